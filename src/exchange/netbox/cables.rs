//! Cables: what is at both ends by device and port.

use super::translation::{Line, Making, Translation};
use crate::base::fault::Message;

/// Their types, by value and by label, and our kinds.
const KINDS: &[(&str, &str)] = &[
    ("cat5e", "cat5e"),
    ("cat6", "cat6"),
    ("cat6a", "cat6a"),
    ("cat7", "cat7"),
    ("cat7a", "cat7"),
    ("cat8", "cat8"),
    ("dac-active", "dac"),
    ("dac-passive", "dac"),
    ("direct attach copper (active)", "dac"),
    ("direct attach copper (passive)", "dac"),
    ("coaxial", "coax"),
    ("mmf-om3", "mmf-om3"),
    ("mmf-om4", "mmf-om4"),
    ("mmf-om5", "mmf-om5"),
    ("multimode fiber (om3)", "mmf-om3"),
    ("multimode fiber (om4)", "mmf-om4"),
    ("multimode fiber (om5)", "mmf-om5"),
    ("smf-os2", "smf-os2"),
    ("singlemode fiber (os2)", "smf-os2"),
    ("single-mode fiber (os2)", "smf-os2"),
    ("aoc", "aoc"),
    ("active optical cabling (aoc)", "aoc"),
    ("usb", "usb"),
    ("power", "power"),
];
const STATUSES: &[(&str, &str)] = &[
    ("connected", "connected"),
    ("planned", "planned"),
    ("decommissioning", "decommissioning"),
];

/// Ours for a word of theirs; `None` when it is not known.
fn ours(words: &[(&'static str, &'static str)], theirs: &str) -> Option<&'static str> {
    let theirs = theirs.trim().to_lowercase();
    let found = words.iter().find(|(known, _)| *known == theirs);
    found.map(|(_, ours)| *ours)
}

/// `#rrggbb` of their six digits; a word stays.
fn colour(theirs: &str) -> String {
    let is_number = theirs.len() == 6 && theirs.bytes().all(|octet| octet.is_ascii_hexdigit());
    if is_number {
        format!("#{}", theirs.to_lowercase())
    } else {
        theirs.to_owned()
    }
}

/// Metres of a length in a unit; the unit may stand behind the number. `None` when it can't be read.
fn metres(length: &str, unit: &str) -> Option<String> {
    let length = length.trim();
    let split = length.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (number, behind) = length.split_at(split.unwrap_or(length.len()));
    let unit = if behind.trim().is_empty() {
        unit
    } else {
        behind
    };
    let number: f64 = number.parse().ok()?;
    let millimetres = match unit.trim().to_lowercase().as_str() {
        "" | "m" | "meters" | "metres" => 1000.0,
        "km" | "kilometers" | "kilometres" => 1_000_000.0,
        "cm" | "centimeters" | "centimetres" => 10.0,
        "mi" | "miles" => 1_609_344.0,
        "ft" | "feet" => 304.8,
        "in" | "inches" => 25.4,
        _ => return None,
    };
    let text = format!("{:.3}", number * millimetres / 1000.0);
    Some(text.trim_end_matches('0').trim_end_matches('.').to_owned())
}

/// The ports of a side, ours between semicolons; `None`, with a note, when one of them is not there.
fn ports(
    into: &mut Translation,
    line: &Line,
    columns: (&'static str, &'static str),
) -> Option<String> {
    let device = line.get(columns.0);
    let names: Vec<&str> = line.get(columns.1).split(',').map(str::trim).collect();
    let missing = names.iter().find(|name| !into.known.has_port(device, name));
    if let Some(name) = missing {
        let message = Message::new("netbox-no-port")
            .with("device", device)
            .with("port", *name);
        into.note(line, columns.1, message);
        return None;
    }
    Some(names.join(";"))
}

/// A cable.
pub(super) fn cable(into: &mut Translation, line: &Line) {
    let Some(port_a) = ports(into, line, ("device_a", "port_a")) else {
        return;
    };
    let Some(port_b) = ports(into, line, ("device_b", "port_b")) else {
        return;
    };
    let mut making = Making::new();
    making.copy("device_a", line, "device_a");
    making.set("port_a", port_a, "port_a");
    making.copy("device_b", line, "device_b");
    making.set("port_b", port_b, "port_b");
    making.copy("label", line, "label");
    let kind = line.get("type");
    match ours(KINDS, kind) {
        Some(ours) => making.set("kind", ours, "type"),
        None if kind.is_empty() => {}
        None => {
            into.note(
                line,
                "type",
                Message::new("netbox-value-as").with("ours", "other"),
            );
            making.set("kind", "other", "type");
        }
    }
    match ours(STATUSES, line.get("status")) {
        Some(ours) => making.set("status", ours, "status"),
        None if line.get("status").is_empty() => {}
        None => into.note(line, "status", Message::new("netbox-value-left")),
    }
    making.set("colour", colour(line.get("color")), "color");
    match metres(line.get("length"), line.get("length_unit")) {
        Some(metres) => making.set("length_m", metres, "length"),
        None if line.get("length").is_empty() => {}
        None => into.note(line, "length", Message::new("netbox-value-left")),
    }
    making.set("note", line.note(), "description");
    into.make("cables", line, making, false);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_by_table() {
        for (length, unit, ours) in [
            ("2", "m", Some("2")),
            ("2.50 Meters", "", Some("2.5")),
            ("10", "ft", Some("3.048")),
            ("120", "cm", Some("1.2")),
            ("", "m", None),
            ("long", "", None),
            ("2", "parsec", None),
        ] {
            assert_eq!(metres(length, unit).as_deref(), ours, "{length} {unit}");
        }
    }

    #[test]
    fn words_and_colours_by_table() {
        assert_eq!(ours(KINDS, "CAT6a"), Some("cat6a"));
        assert_eq!(ours(KINDS, "Multimode Fiber (OM4)"), Some("mmf-om4"));
        assert_eq!(ours(KINDS, "mrj21-trunk"), None);
        assert_eq!(
            (colour("AA1409"), colour("Red")),
            ("#aa1409".to_owned(), "Red".to_owned())
        );
    }
}
