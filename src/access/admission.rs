//! Areas, standing permissions and approval rules as typed, and the hours they hold in.

use chrono::{Datelike, Timelike};
use chrono_tz::Tz;

use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{AreaId, CustomerId, PersonId, RackId, SiteId};
use crate::base::number::{required_whole, whole};
use crate::base::text;
use crate::base::time::Timestamp;

/// All days of the week: bit 0 is Monday.
pub const ALL_DAYS: i64 = 0b111_1111;
/// Minutes of a day.
pub const DAY_MINUTES: i64 = 24 * 60;

/// Days of the week and hours of a day in a site's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// Bit 0 is Monday, bit 6 Sunday.
    pub weekdays: i64,
    /// First minute of the day.
    pub from_minute: i64,
    /// Minute after the last; 1440 is midnight.
    pub until_minute: i64,
}

impl Hours {
    fn parse(faults: &mut Faults, fields: &Fields) -> Option<Self> {
        let weekdays = faults.keep(weekdays(fields));
        let from = faults.keep(minute("from_time", fields.get("from_time"), 0));
        let until = faults.keep(minute("until_time", fields.get("until_time"), DAY_MINUTES));
        let (from_minute, until_minute) = (from?, until?);
        if until_minute <= from_minute {
            faults.add("until_time", Message::new("visit-fault-hours-order"));
            return None;
        }
        Some(Self {
            weekdays: weekdays?,
            from_minute,
            until_minute,
        })
    }

    /// Whether an instant lies in them.
    pub fn hold(self, at: Timestamp, zone: Tz) -> bool {
        let local = at.to_utc().with_timezone(&zone);
        let day = local.weekday().num_days_from_monday();
        let minute = i64::from(local.hour() * 60 + local.minute());
        self.weekdays & (1 << day) != 0 && self.from_minute <= minute && minute < self.until_minute
    }

    /// Whether a window that is planned lies in them: within one day, from its first to its last minute.
    pub fn hold_all(self, from: Timestamp, until: Timestamp, zone: Tz) -> bool {
        let last = until.plus_millis(-1);
        self.hold(from, zone)
            && self.hold(last, zone)
            && from.local_date(zone) == last.local_date(zone)
    }

    /// `08:00`.
    pub fn from_time(self) -> String {
        clock(self.from_minute)
    }

    /// `18:00`, or `24:00`.
    pub fn until_time(self) -> String {
        clock(self.until_minute)
    }

    /// The days as they are typed: 1 is Monday, 7 Sunday.
    pub fn days(self) -> Vec<i64> {
        (1..=7)
            .filter(|day| self.weekdays & (1 << (day - 1)) != 0)
            .collect()
    }
}

fn clock(minute: i64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// `weekdays` as numbers from 1 (Monday) to 7; all of them when none is typed.
fn weekdays(fields: &Fields) -> Result<i64, FieldFault> {
    let mut days = 0;
    for typed in fields
        .all("weekdays")
        .flat_map(|text| text.split([',', ' ']))
        .filter(|text| !text.trim().is_empty())
    {
        let day = required_whole("weekdays", typed, 1, 7)?;
        days |= 1 << (day - 1);
    }
    Ok(if days == 0 { ALL_DAYS } else { days })
}

fn minute(field: &'static str, typed: &str, default: i64) -> Result<i64, FieldFault> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(default);
    }
    let wrong = || FieldFault::new(field, Message::new("visit-fault-clock"));
    let (hour, minute) = typed.split_once([':', '：']).ok_or_else(wrong)?;
    let part = |text: &str, max: i64| match text.trim().parse::<i64>() {
        Ok(number) if (0..=max).contains(&number) => Ok(number),
        _ => Err(wrong()),
    };
    let at = part(hour, 24)? * 60 + part(minute, 59)?;
    if at > DAY_MINUTES {
        return Err(wrong());
    }
    Ok(at)
}

fn site(faults: &mut Faults, fields: &Fields) -> Option<SiteId> {
    let typed = required_whole("site_id", fields.get("site_id"), 1, i64::MAX);
    faults.keep(typed).map(SiteId::new)
}

fn optional(faults: &mut Faults, fields: &Fields, name: &'static str) -> Option<Option<i64>> {
    faults.keep(whole(name, fields.get(name), 1, i64::MAX))
}

fn each(faults: &mut Faults, fields: &Fields, name: &'static str) -> Option<Vec<i64>> {
    let mut ids = Vec::new();
    for typed in fields.all(name).filter(|text| !text.trim().is_empty()) {
        ids.push(faults.keep(required_whole(name, typed, 1, i64::MAX))?);
    }
    ids.sort_unstable();
    ids.dedup();
    Some(ids)
}

/// An area as typed, checked.
#[derive(Debug, Clone)]
pub struct AreaDraft {
    /// Site.
    pub site_id: SiteId,
    /// Short code, one of a kind at the site.
    pub code: String,
    /// Name.
    pub name: String,
    /// How many may be inside at once.
    pub occupancy_limit: Option<i64>,
    /// Whether nobody goes in alone.
    pub escort_required: bool,
}

impl AreaDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let site_id = site(&mut faults, fields);
        let code = faults.keep(text::required_visible("code", fields.get("code"), 32));
        let name = faults.keep(text::required_visible("name", fields.get("name"), 80));
        let limit = fields.get("occupancy_limit");
        let occupancy_limit = faults.keep(whole("occupancy_limit", limit, 1, 10_000));
        let draft = (|| {
            Some(Self {
                site_id: site_id?,
                code: code?,
                name: name?,
                occupancy_limit: occupancy_limit?,
                escort_required: fields.yes("escort_required"),
            })
        })();
        faults.into_result(draft)
    }
}

/// A rule that approves visits, as typed, checked.
#[derive(Debug, Clone)]
pub struct ApprovalRuleDraft {
    /// Site.
    pub site_id: SiteId,
    /// What the entry of an approved visit calls it.
    pub name: String,
    /// For this customer only.
    pub customer_id: Option<CustomerId>,
    /// Everyone has been here before.
    pub known_person: bool,
    /// Every rack is the customer's own.
    pub own_rack: bool,
    /// The window lies in these hours.
    pub hours: Hours,
    /// Visits it approves are escorted.
    pub escort_required: bool,
}

impl ApprovalRuleDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let site_id = site(&mut faults, fields);
        let name = faults.keep(text::required_visible("name", fields.get("name"), 80));
        let customer_id = optional(&mut faults, fields, "customer_id");
        let hours = Hours::parse(&mut faults, fields);
        let draft = (|| {
            Some(Self {
                site_id: site_id?,
                name: name?,
                customer_id: customer_id?.map(CustomerId::new),
                known_person: fields.yes("known_person"),
                own_rack: fields.yes("own_rack"),
                hours: hours?,
                escort_required: fields.yes("escort_required"),
            })
        })();
        faults.into_result(draft)
    }
}

/// A standing permission as typed, checked.
#[derive(Debug, Clone)]
pub struct StandingDraft {
    /// Site.
    pub site_id: SiteId,
    /// The customer it is for; none for the operator's own suppliers.
    pub customer_id: Option<CustomerId>,
    /// The person it is for.
    pub person_id: Option<PersonId>,
    /// Or everyone of this company.
    pub company: String,
    /// From.
    pub valid_from: Timestamp,
    /// Until.
    pub valid_until: Timestamp,
    /// On these days and in these hours.
    pub hours: Hours,
    /// Whether its visits are escorted.
    pub escort_required: bool,
    /// Racks that may be opened; none: no rack.
    pub rack_ids: Vec<RackId>,
    /// Areas that may be entered; none: any.
    pub area_ids: Vec<AreaId>,
    /// Anything else.
    pub note: String,
}

impl StandingDraft {
    /// Checks what was typed; all faults at once. Times are in the site's zone.
    pub fn parse(fields: &Fields, zone: Tz) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let site_id = site(&mut faults, fields);
        let customer_id = optional(&mut faults, fields, "customer_id");
        let person_id = optional(&mut faults, fields, "person_id");
        let company = faults.keep(text::visible("company", fields.get("company"), 120));
        let hours = Hours::parse(&mut faults, fields);
        let rack_ids = each(&mut faults, fields, "rack_ids");
        let area_ids = each(&mut faults, fields, "area_ids");
        let note = faults.keep(text::paragraph("note", fields.get("note"), 2000));
        let mut instant = |name: &'static str| {
            let read = Timestamp::parse_in(fields.get(name), zone);
            if read.is_none() {
                faults.add(name, Message::new("visit-fault-time"));
            }
            read
        };
        let (from, until) = (instant("valid_from"), instant("valid_until"));
        if let (Some(from), Some(until)) = (from, until)
            && until <= from
        {
            faults.add("valid_until", Message::new("visit-fault-window-order"));
        }
        if let (Some(person), Some(company)) = (person_id, company.as_ref())
            && person.is_some() != company.is_empty()
        {
            faults.add("company", Message::new("visit-fault-standing-whom"));
        }
        let draft = (|| {
            Some(Self {
                site_id: site_id?,
                customer_id: customer_id?.map(CustomerId::new),
                person_id: person_id?.map(PersonId::new),
                company: company?,
                valid_from: from?,
                valid_until: until?,
                hours: hours?,
                escort_required: fields.yes("escort_required"),
                rack_ids: rack_ids?.into_iter().map(RackId::new).collect(),
                area_ids: area_ids?.into_iter().map(AreaId::new).collect(),
                note: note?,
            })
        })();
        faults.into_result(draft)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const ZONE: Tz = chrono_tz::Asia::Shanghai;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_in(text, ZONE).unwrap()
    }

    #[test]
    fn hours_hold_in_the_zone_of_the_site() {
        let office = Hours {
            weekdays: 0b001_1111,
            from_minute: 9 * 60,
            until_minute: 18 * 60,
        };
        for (text, expected) in [
            ("2026-11-23 09:00", true),
            ("2026-11-23 08:59", false),
            ("2026-11-23 17:59", true),
            ("2026-11-23 18:00", false),
            ("2026-11-22 12:00", false),
            ("2026-11-27 12:00", true),
            ("2026-11-28 12:00", false),
        ] {
            assert_eq!(office.hold(at(text), ZONE), expected, "{text}");
        }
        let (from, until) = (at("2026-11-23 09:00"), at("2026-11-23 18:00"));
        assert!(office.hold_all(from, until, ZONE));
        assert!(!office.hold_all(from, at("2026-11-23 18:01"), ZONE));
        assert!(!office.hold_all(from, at("2026-11-24 12:00"), ZONE));
    }

    #[test]
    fn hours_are_typed_as_clock_times_and_days() {
        let read = |pairs: &[(&str, &str)]| {
            let fields: Fields = pairs.iter().copied().collect();
            let mut faults = Faults::new();
            let hours = Hours::parse(&mut faults, &fields);
            faults.into_result(hours)
        };
        let all = read(&[]).unwrap();
        assert_eq!(
            (all.days().len(), all.from_time(), all.until_time()),
            (7, "00:00".to_owned(), "24:00".to_owned())
        );
        let some = read(&[
            ("weekdays", "1"),
            ("weekdays", "5"),
            ("from_time", "08:30"),
            ("until_time", "18:00"),
        ])
        .unwrap();
        assert_eq!((some.days(), some.from_minute), (vec![1, 5], 510));
        for (name, text) in [
            ("weekdays", "8"),
            ("from_time", "8"),
            ("from_time", "24:01"),
            ("until_time", "00:00"),
        ] {
            let fault = read(&[(name, text)]).unwrap_err();
            let field = fault.fields.first().unwrap();
            assert_eq!(field.field, name, "{text}");
        }
    }
}
