//! What a device says of itself, beside what its record says: serial number, model, maker, revision.

use crate::base::fold::fold;

/// Source of facts that were read over SNMP (ENTITY-MIB, RFC 6933).
pub const FROM_SNMP: &str = "snmp";
/// Source of facts that the management controller told (FRU, Redfish inventory).
pub const FROM_BMC: &str = "bmc";
/// Source of facts that neighbours tell over LLDP (IEEE 802.1AB).
pub const FROM_LLDP: &str = "lldp";
/// Name that the device has been given (sysName, RFC 3418).
pub const SYSTEM_NAME: &str = "system_name";
/// Port of the device that a neighbour sees, one for each port there.
pub const PORT: &str = "port";
/// Serial number.
pub const SERIAL: &str = "serial";
/// Model.
pub const MODEL: &str = "model";
/// Who made it.
pub const MAKER: &str = "maker";
/// Revision of its software.
pub const REVISION: &str = "revision";
/// Asset tag.
pub const ASSET_TAG: &str = "asset_tag";
/// Memory in whole GiB.
pub const MEMORY: &str = "memory_gib";
/// MAC address of a network port, one a part.
pub const MAC: &str = "mac";

crate::text_enum! {
    /// Whether the record and the device agree.
    pub enum Verdict {
        /// They say the same.
        Same = "same",
        /// They say different things.
        Differs = "differs",
        /// Only the device says something.
        NotOnRecord = "not_on_record",
        /// Only the record says something.
        NotSaid = "not_said",
    }
}

crate::text_enum! {
    /// What a record and a device can differ in.
    pub enum DifferenceKind {
        /// Serial number.
        Serial = "serial",
        /// Model.
        Model = "model",
        /// Asset tag.
        AssetTag = "asset_tag",
        /// Memory in whole GiB.
        Memory = "memory_gib",
        /// MAC addresses of network ports.
        Mac = "mac",
        /// The name that the device has been given.
        SystemName = "system_name",
        /// A port that a neighbour sees.
        Port = "port",
    }
}

impl DifferenceKind {
    /// Whether the record can take over what is said; a model is chosen by a person.
    pub const fn can_be_taken_over(self) -> bool {
        !matches!(self, Self::Model)
    }
}

/// A name without its domain.
pub fn host_of(name: &str) -> &str {
    let name = name.trim();
    match name.split_once('.') {
        Some((host, _)) if name.parse::<std::net::IpAddr>().is_err() => host,
        _ => name,
    }
}

/// A text as two sources can be compared: without letters that have no shape, in one kind of blanks and letters.
fn plain(text: &str) -> String {
    let shaped: String = text
        .chars()
        .filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{ad}' | '\u{feff}'))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    fold(&shaped)
}

/// Compares what may stand on record with what a device says, once for each chassis of a stack: one that fits is
/// enough, because a record is about one of them. `None` where neither says anything.
pub fn verdict(record: &[&str], said: &[&str]) -> Option<Verdict> {
    let plain = |texts: &[&str]| -> Vec<String> {
        let texts = texts.iter().map(|text| plain(text));
        texts.filter(|text| !text.is_empty()).collect()
    };
    let (record, said) = (plain(record), plain(said));
    match (record.is_empty(), said.is_empty()) {
        (true, true) => None,
        (true, false) => Some(Verdict::NotOnRecord),
        (false, true) => Some(Verdict::NotSaid),
        (false, false) if said.iter().any(|said| record.contains(said)) => Some(Verdict::Same),
        (false, false) => Some(Verdict::Differs),
    }
}

/// The MAC addresses in a text that people wrote, lower-case with colons.
pub fn macs_in(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !(c.is_ascii_hexdigit() || matches!(c, ':' | '-' | '.')));
    let mac = |word: &str| {
        let digits: Vec<char> = word.chars().filter(char::is_ascii_hexdigit).collect();
        let has_marks = word.len() > digits.len();
        let pairs = digits.chunks(2).map(|pair| pair.iter().collect::<String>());
        let text = pairs.collect::<Vec<_>>().join(":").to_ascii_lowercase();
        (digits.len() == 12 && has_marks).then_some(text)
    };
    words.filter_map(mac).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macs_are_found_in_what_people_write() {
        for (text, expected) in [
            (
                "2x 10G 02:00:00:AA:00:01, 02-00-00-aa-00-02",
                vec!["02:00:00:aa:00:01", "02:00:00:aa:00:02"],
            ),
            ("eth0 0200.00aa.0003", vec!["02:00:00:aa:00:03"]),
            ("four ports", vec![]),
            ("020000aa0003", vec![]),
        ] {
            assert_eq!(macs_in(text), expected, "{text}");
        }
    }

    #[test]
    fn record_and_device_by_table() {
        let table: [(&[&str], &[&str], Option<Verdict>); 10] = [
            (&["FOC1234X0AB"], &["FOC1234X0AB"], Some(Verdict::Same)),
            (
                &["foc1234x0ab "],
                &["FOC1234X0AB\u{200b}   "],
                Some(Verdict::Same),
            ),
            (&["\u{feff}21023A"], &["21023A"], Some(Verdict::Same)),
            (&["２１０２３A"], &["21023A"], Some(Verdict::Same)),
            (&["B2"], &["A1", "B2"], Some(Verdict::Same)),
            (
                &["S5735", "Huawei S5735"],
                &["huawei  s5735"],
                Some(Verdict::Same),
            ),
            (&["A1"], &["A2"], Some(Verdict::Differs)),
            (&["", " "], &["A2"], Some(Verdict::NotOnRecord)),
            (&["A1"], &["\u{200b}"], Some(Verdict::NotSaid)),
            (&[], &[""], None),
        ];
        for (record, said, expected) in table {
            assert_eq!(verdict(record, said), expected, "{record:?} {said:?}");
        }
    }
}
