//! A calendar entry as a file (RFC 5545), so that a visit stands in people's calendars and goes when it is called off.

use crate::base::time::Timestamp;

/// Octets of a line before it is folded (RFC 5545, 3.1).
const LINE_OCTETS: usize = 75;

/// One appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarEntry {
    /// Names it for good; the same in each of its versions.
    pub uid: String,
    /// Which version; a calendar keeps the highest.
    pub sequence: i64,
    /// When this version was written.
    pub written_at: Timestamp,
    /// Start.
    pub from: Timestamp,
    /// End.
    pub until: Timestamp,
    /// Title.
    pub title: String,
    /// Where.
    pub place: String,
    /// More words, of several lines.
    pub text: String,
    /// A page; may be empty.
    pub url: String,
    /// Whether it is called off.
    pub is_cancelled: bool,
}

impl CalendarEntry {
    /// The file, UTF-8 with CRLF line ends.
    #[must_use]
    pub fn to_ics(&self) -> Vec<u8> {
        let (method, status) = match self.is_cancelled {
            true => ("CANCEL", "CANCELLED"),
            false => ("PUBLISH", "CONFIRMED"),
        };
        let mut file = File::default();
        file.line("BEGIN", "VCALENDAR");
        file.line("VERSION", "2.0");
        file.line("PRODID", "-//Coldaisle//Visits//EN");
        file.line("CALSCALE", "GREGORIAN");
        file.line("METHOD", method);
        file.line("BEGIN", "VEVENT");
        file.line("UID", &escaped(&self.uid));
        file.line("SEQUENCE", &self.sequence.to_string());
        file.line("DTSTAMP", &utc(self.written_at));
        file.line("DTSTART", &utc(self.from));
        file.line("DTEND", &utc(self.until));
        file.line("SUMMARY", &escaped(&self.title));
        file.line("LOCATION", &escaped(&self.place));
        file.line("DESCRIPTION", &escaped(&self.text));
        if !self.url.is_empty() {
            file.line("URL", &without_controls(&self.url));
        }
        file.line("STATUS", status);
        file.line("END", "VEVENT");
        file.line("END", "VCALENDAR");
        file.0.into_bytes()
    }
}

/// `20261123T060000Z`.
fn utc(at: Timestamp) -> String {
    at.to_utc().format("%Y%m%dT%H%M%SZ").to_string()
}

/// A text value (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => safe.extend(['\\', letter]),
            '\n' => safe.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => safe.push(letter),
        }
    }
    safe
}

fn without_controls(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}

#[derive(Default)]
struct File(String);

impl File {
    /// Appends a line, folded between letters.
    fn line(&mut self, name: &str, value: &str) {
        let mut octets = 0;
        for letter in name.chars().chain([':']).chain(value.chars()) {
            if octets + letter.len_utf8() > LINE_OCTETS {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(letter);
            octets += letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn entry() -> CalendarEntry {
        CalendarEntry {
            uid: "V-2026-000123@dc.example".into(),
            sequence: 2,
            written_at: Timestamp::from_seconds(1_795_334_400),
            from: Timestamp::from_seconds(1_795_420_800),
            until: Timestamp::from_seconds(1_795_428_000),
            title: "Visit; site, one".into(),
            place: "上海一号".into(),
            text: "Pass K7Q2MX\nback\\slash".into(),
            url: "https://dc.example/visits/V-2026-000123".into(),
            is_cancelled: false,
        }
    }

    #[test]
    fn a_visit_is_an_entry_as_calendars_read_it() {
        let file = String::from_utf8(entry().to_ics()).unwrap();
        let expected = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Coldaisle//Visits//EN\r\nCALSCALE:GREGORIAN\r\n\
                        METHOD:PUBLISH\r\nBEGIN:VEVENT\r\nUID:V-2026-000123@dc.example\r\nSEQUENCE:2\r\n\
                        DTSTAMP:20261122T080000Z\r\nDTSTART:20261123T080000Z\r\nDTEND:20261123T100000Z\r\n\
                        SUMMARY:Visit\\; site\\, one\r\nLOCATION:上海一号\r\n\
                        DESCRIPTION:Pass K7Q2MX\\nback\\\\slash\r\n\
                        URL:https://dc.example/visits/V-2026-000123\r\nSTATUS:CONFIRMED\r\n\
                        END:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(file, expected);
    }

    #[test]
    fn what_is_called_off_takes_the_entry_away() {
        let gone = CalendarEntry {
            is_cancelled: true,
            ..entry()
        };
        let file = String::from_utf8(gone.to_ics()).unwrap();
        assert!(
            file.contains("\r\nMETHOD:CANCEL\r\n") && file.contains("\r\nSTATUS:CANCELLED\r\n")
        );
        assert!(file.contains("\r\nUID:V-2026-000123@dc.example\r\n"));
    }

    #[test]
    fn long_lines_are_folded_between_letters_and_come_back_whole() {
        let title: String = "机房维护".repeat(40);
        let long = CalendarEntry {
            title: title.clone(),
            ..entry()
        };
        let file = String::from_utf8(long.to_ics()).unwrap();
        assert!(file.lines().all(|line| line.len() <= LINE_OCTETS));
        let whole = file.replace("\r\n ", "");
        assert!(whole.contains(&format!("SUMMARY:{title}\r\n")));
    }

    #[test]
    fn nobody_smuggles_a_line_in() {
        let sly = CalendarEntry {
            title: "x\r\nATTENDEE:mailto:a@b.example".into(),
            url: "https://a.example/\r\nX:1".into(),
            ..entry()
        };
        let file = String::from_utf8(sly.to_ics()).unwrap();
        assert!(
            !file.contains("\r\nATTENDEE") && !file.contains("\r\nX:1"),
            "{file}"
        );
    }
}
