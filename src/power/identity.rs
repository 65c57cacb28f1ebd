//! Whether the BMC that answers is that of the machine that is meant. Pure.
//!
//! The UUID decides where the record has one and the BMC reports one. Else the serial number decides, where the record
//! has one and the BMC reports one. A record with a UUID that nothing confirms is refused; where the record has only a
//! serial number that the BMC does not report, or neither, there is nothing to compare and nothing is held back.
//! What makers leave in their fields when nobody filled them in counts as not reported, and as not on record.

/// What the record says of a machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OnRecord<'a> {
    /// UUID that its BMC must report, canonical.
    pub guid: Option<&'a str>,
    /// Serial number.
    pub serial: Option<&'a str>,
}

/// What a BMC reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reported<'a> {
    /// UUID, canonical.
    pub guid: Option<&'a str>,
    /// Whether that is the one on record, in whichever order of octets the BMC sends it.
    pub is_expected: Option<bool>,
    /// Serial numbers that may be the machine's; none when they were not asked for yet.
    pub serials: Option<&'a [String]>,
}

/// What a comparison came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It is the machine that is meant.
    Right,
    /// There is nothing to compare.
    NothingToCompare,
    /// Only the serial numbers can tell: ask for them.
    AskSerials,
    /// Another UUID.
    OtherGuid {
        /// On record.
        expected: String,
        /// Reported.
        reported: String,
    },
    /// Another serial number.
    OtherSerial {
        /// On record.
        expected: String,
        /// Reported.
        reported: String,
    },
    /// The UUID on record is not confirmed by anything.
    Unconfirmed {
        /// On record.
        expected: String,
    },
}

impl<'a> OnRecord<'a> {
    /// The same without what says nothing.
    fn said(self) -> Self {
        Self {
            guid: self.guid.filter(|guid| !is_blank_guid(guid)),
            serial: self.serial.filter(|serial| says_something(serial)),
        }
    }
}

/// Compares record and report.
pub fn compare(record: OnRecord<'_>, reported: Reported<'_>) -> Finding {
    let record = record.said();
    let told = reported.guid.filter(|guid| !is_blank_guid(guid));
    if let (Some(expected), Some(told)) = (record.guid, told) {
        return match reported.is_expected {
            Some(true) => Finding::Right,
            _ => Finding::OtherGuid {
                expected: expected.to_owned(),
                reported: told.to_owned(),
            },
        };
    }
    let by_serial = match (record.serial, reported.serials) {
        (None, _) => None,
        (Some(_), None) => return Finding::AskSerials,
        (Some(serial), Some(told)) => compare_serials(serial, told),
    };
    match (by_serial, record.guid) {
        (Some(finding), _) => finding,
        (None, Some(expected)) => Finding::Unconfirmed {
            expected: expected.to_owned(),
        },
        (None, None) => Finding::NothingToCompare,
    }
}

/// None when the BMC tells no serial number.
fn compare_serials(expected: &str, told: &[String]) -> Option<Finding> {
    let said: Vec<&str> = told
        .iter()
        .map(|serial| serial.trim())
        .filter(|serial| says_something(serial))
        .collect();
    let first = *said.first()?;
    if said.iter().any(|serial| is_same_serial(serial, expected)) {
        return Some(Finding::Right);
    }
    Some(Finding::OtherSerial {
        expected: expected.to_owned(),
        reported: first.to_owned(),
    })
}

/// Serial numbers are alike whatever the case of their letters and the blanks around and between them.
fn is_same_serial(one: &str, other: &str) -> bool {
    let plain = |text: &str| -> String {
        let letters = text.chars().filter(|letter| !letter.is_whitespace());
        letters.flat_map(char::to_uppercase).collect()
    };
    plain(one) == plain(other)
}

/// What the tools of makers write into fields that nobody fills in, lower-case.
const PLACEHOLDERS: &[&str] = &[
    "to be filled by o.e.m.",
    "to be filled by o.e.m",
    "to be filled by oem",
    "filled by oem",
    "default string",
    "default",
    "not specified",
    "not available",
    "not applicable",
    "not present",
    "unspecified",
    "undefined",
    "unknown",
    "invalid",
    "empty",
    "none",
    "null",
    "n/a",
    "na",
    "oem",
    "o.e.m.",
    "tbd",
    "serial number",
    "serial",
    "s/n",
    "system serial number",
    "system product name",
    "system manufacturer",
    "chassis serial number",
    "base board serial number",
    "board serial number",
    "product serial",
    "chassis serial",
    "asset tag",
    "no asset tag",
    "no asset information",
    "01234567",
    "012345678",
    "0123456789",
    "01234567890",
    "01234567890123456789",
    "123456789",
    "1234567890",
    "12345678",
];

/// Whether a text of a machine's inventory says something: makers leave fields at what their tool wrote into them.
pub fn says_something(text: &str) -> bool {
    let plain = text.trim().to_lowercase();
    let is_fill = plain
        .chars()
        .all(|letter| matches!(letter, '0' | '.' | '-' | '_' | ' ' | 'x' | '*' | '?' | '#'));
    let all_ones = plain.len() >= 4 && plain.chars().all(|letter| letter == 'f');
    !is_fill && !all_ones && !PLACEHOLDERS.contains(&plain.as_str())
}

/// UUIDs that boards of many owners share, besides those of only zeros or ones.
const SHARED_GUIDS: &[&str] = &[
    "03000200-0400-0500-0006-000700080009",
    "12345678-1234-5678-90ab-cddeefaabbcc",
    "01234567-89ab-cdef-0123-456789abcdef",
];

fn is_blank_guid(guid: &str) -> bool {
    let plain = guid.trim().to_lowercase();
    let of = |digit: char| plain.chars().all(|letter| letter == digit || letter == '-');
    of('0') || of('f') || SHARED_GUIDS.contains(&plain.as_str())
}

#[cfg(test)]
#[path = "identity_tests.rs"]
mod tests;
