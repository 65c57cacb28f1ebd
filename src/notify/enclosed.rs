//! What goes along with a mail besides its words.

use super::calendar::CalendarEntry;
use super::model::{MailTemplate, QueuedMail, VisitAnnounced, VisitCancelled, VisitDates};
use super::render::{RenderedMail, facts};
use crate::base::fault::Fault;
use crate::base::time::Timestamp;
use crate::paper;

/// Media type of a calendar entry.
const CALENDAR: &str = "text/calendar; charset=utf-8";
/// Points of a side of the drawn code, and pixels of a point.
const CODE: (f32, f32) = (120.0, 3.0);

/// A file that goes with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enclosure {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its octets.
    pub body: Vec<u8>,
}

/// The files of a mail that are made of its facts: for a visit the calendar entry and the pass as a square code.
///
/// # Errors
/// When the facts are not those of the template, or the code can't be drawn.
pub fn enclosures(mail: &QueuedMail, rendered: &RenderedMail) -> Result<Vec<Enclosure>, Fault> {
    match mail.template {
        MailTemplate::VisitAnnounced => {
            let told: VisitAnnounced = facts(mail)?;
            let Some(dates) = &told.dates else {
                return Ok(Vec::new());
            };
            let entry = entry(dates, rendered, &told.place(), &told.url, false);
            let drawing = paper::square(&dates.pass_url, CODE.0).map_err(Fault::internal)?;
            let code = paper::png(&drawing, CODE.1).map_err(Fault::internal)?;
            Ok(vec![
                calendar(dates, &entry),
                Enclosure {
                    name: format!("{}.png", dates.number),
                    media_type: "image/png",
                    body: code,
                },
            ])
        }
        MailTemplate::VisitCancelled => {
            let told: VisitCancelled = facts(mail)?;
            let entry = entry(&told.dates, rendered, &told.site, "", true);
            Ok(vec![calendar(&told.dates, &entry)])
        }
        MailTemplate::PowerFinished | MailTemplate::MonthReported | MailTemplate::Notice => {
            Ok(Vec::new())
        }
    }
}

fn calendar(dates: &VisitDates, entry: &CalendarEntry) -> Enclosure {
    Enclosure {
        name: format!("{}.ics", dates.number),
        media_type: CALENDAR,
        body: entry.to_ics(),
    }
}

fn entry(
    dates: &VisitDates,
    rendered: &RenderedMail,
    place: &str,
    url: &str,
    is_cancelled: bool,
) -> CalendarEntry {
    CalendarEntry {
        uid: dates.uid.clone(),
        sequence: dates.sequence,
        written_at: Timestamp::from_millis(dates.written_at_ms),
        from: Timestamp::from_millis(dates.from_ms),
        until: Timestamp::from_millis(dates.until_ms),
        title: rendered.subject.clone(),
        place: place.to_owned(),
        text: rendered.text.clone(),
        url: url.to_owned(),
        is_cancelled,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;
    use crate::base::locale::Locale;
    use crate::notify::render;
    use crate::words::Words;

    fn dates() -> VisitDates {
        VisitDates {
            number: "V-2026-000007".into(),
            uid: "V-2026-000007@dc.example".into(),
            sequence: 1,
            written_at_ms: 1_795_334_400_000,
            from_ms: 1_795_420_800_000,
            until_ms: 1_795_428_000_000,
            pass_url: "https://dc.example/visits/pass?code=K7Q2MX".into(),
        }
    }

    #[test]
    fn a_pass_goes_with_its_calendar_entry_and_its_code() {
        let facts = VisitAnnounced {
            customer: "Cloud".into(),
            site: "SH1".into(),
            address: "1 Road".into(),
            from: "2026-11-23 16:00".into(),
            until: "2026-11-23 18:00".into(),
            offset: "+08:00".into(),
            visitors: vec!["Li Lei".into()],
            purpose: "repair".into(),
            pass_code: "K7Q2MX".into(),
            url: String::new(),
            dates: Some(dates()),
        };
        let mail = QueuedMail::visit_announced("a@b.example", "A", Locale::En, &facts).unwrap();
        let words = Words::load().unwrap();
        let files = enclosures(&mail, &render(&words, &mail).unwrap()).unwrap();
        assert_eq!(files.len(), 2);
        let ics = String::from_utf8(files[0].body.clone()).unwrap();
        assert!(ics.contains("DTSTART:20261123T080000Z"), "{ics}");
        assert!(ics.contains("LOCATION:SH1\\, 1 Road"), "{ics}");
        assert!(files[1].body.starts_with(b"\x89PNG"));
        let old = VisitAnnounced {
            dates: None,
            ..facts
        };
        let mail = QueuedMail::visit_announced("a@b.example", "A", Locale::En, &old).unwrap();
        assert!(
            enclosures(&mail, &render(&words, &mail).unwrap())
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn a_visit_that_is_called_off_leaves_the_calendar() {
        let facts = VisitCancelled {
            customer: "Cloud".into(),
            site: "SH1".into(),
            from: "2026-11-23 16:00".into(),
            until: "2026-11-23 18:00".into(),
            offset: "+08:00".into(),
            reason: "not today".into(),
            is_refused: true,
            dates: dates(),
        };
        let words = Words::load().unwrap();
        for locale in Locale::ALL {
            let mail = QueuedMail::visit_cancelled("a@b.example", "A", *locale, &facts).unwrap();
            let rendered = render(&words, &mail).unwrap();
            assert!(rendered.text.contains("not today") && rendered.text.contains("V-2026-000007"));
            assert!(!rendered.text.contains("mail-"), "{rendered:?}");
            let files = enclosures(&mail, &rendered).unwrap();
            let ics = String::from_utf8(files[0].body.clone()).unwrap();
            assert!(ics.contains("METHOD:CANCEL") && ics.contains("UID:V-2026-000007@dc.example"));
        }
    }
}
