//! Sites, locations and racks.

use super::translation::{Line, Making, Translation};
use crate::base::fault::Message;

/// The room of racks that say no location.
const ROOM: &str = "main";
/// The height of racks that say none; NetBox's own default.
const UNITS: &str = "42";

/// A site. Its code is the slug, unless a site of that name is there.
pub(super) fn site(into: &mut Translation, line: &Line) {
    let (name, slug) = (line.get("name"), line.get("slug"));
    let known = into.known.site(name).or_else(|| into.known.site(slug));
    let code = known.unwrap_or_else(|| {
        let code = if slug.is_empty() { name } else { slug };
        code.to_owned()
    });
    let is_new = into.known.site(&code).is_none();
    let mut making = Making::new();
    making.set(
        "code",
        code.as_str(),
        if slug.is_empty() { "name" } else { "slug" },
    );
    making.copy("name", line, "name");
    making.copy("address", line, "physical_address");
    making.set("note", line.note(), "description");
    making.copy("time_zone", line, "time_zone");
    if line.get("time_zone").is_empty() && is_new {
        let zone = into.known.zone().unwrap_or("UTC").to_owned();
        let message = Message::new("netbox-default-zone").with("zone", zone.as_str());
        into.note(line, "time_zone", message);
        making.set("time_zone", zone, "time_zone");
    }
    if !line.get("facility").is_empty() {
        into.note(line, "facility", Message::new("netbox-value-left"));
    }
    into.known.add_site(&code, name);
    into.make("sites", line, making, false);
}

/// The room of a line: its location, that of the rack it names, or the one for those that say none.
pub(super) fn room(into: &mut Translation, line: &Line, site: &str, rack: &str) -> String {
    let location = line.get("location");
    if !location.is_empty() {
        return location.to_owned();
    }
    if let Some(room) = into.known.room_of_rack(site, rack) {
        return room;
    }
    let message = Message::new("netbox-default-room").with("room", ROOM);
    into.note(line, "location", message);
    ROOM.to_owned()
}

/// A rack, and the room it is in.
pub(super) fn rack(into: &mut Translation, line: &Line) {
    let (site, name) = (into.site(line), line.get("name"));
    let is_new = into.known.room_of_rack(&site, name).is_none();
    let room = room(into, line, &site, name);
    let mut of_room = Making::new();
    of_room.set("site", site.as_str(), "site");
    of_room.set("name", room.as_str(), "location");
    into.make("rooms", line, of_room, true);
    let mut making = Making::new();
    making.set("site", site.as_str(), "site");
    making.set("room", room.as_str(), "location");
    making.copy("name", line, "name");
    making.set("units", units(line.get("u_height")), "u_height");
    if line.get("u_height").is_empty() && is_new {
        let message = Message::new("netbox-default-units").with("units", UNITS);
        into.note(line, "u_height", message);
        making.set("units", UNITS, "u_height");
    }
    making.copy("starting_unit", line, "starting_unit");
    if line.yes("desc_units") {
        making.set("numbering", "down", "desc_units");
    }
    let unit = line.get("outer_unit").to_lowercase();
    for (ours, theirs) in [("width_mm", "outer_width"), ("depth_mm", "outer_depth")] {
        match millimetres(line.get(theirs), &unit) {
            Some(millimetres) => making.set(ours, millimetres, theirs),
            None if line.get(theirs).is_empty() => {}
            None => into.note(line, theirs, Message::new("netbox-value-left")),
        }
    }
    match kilograms(line.get("max_weight"), line.get("weight_unit")) {
        Some(weight) => making.set("max_weight_kg", weight, "max_weight"),
        None if line.get("max_weight").is_empty() => {}
        None => into.note(line, "max_weight", Message::new("netbox-value-left")),
    }
    let customer = into.customer(line);
    if !customer.is_empty() {
        making.set("ownership", "customer", "tenant");
        making.set("customer", customer, "tenant");
    }
    making.set("note", line.note(), "description");
    into.known.add_rack(&site, &room, name);
    into.make("racks", line, making, false);
}

/// `42U` is 42, and `2.0` is 2.
pub(super) fn units(text: &str) -> String {
    let text = text.trim().trim_start_matches(['U', 'u']);
    let text = text.trim_end_matches(['U', 'u']).trim();
    match text.split_once('.') {
        Some((whole, part)) if part.bytes().all(|octet| octet == b'0') => whole.to_owned(),
        _ => text.to_owned(),
    }
}

/// A number with its unit behind it or beside it.
fn measure(text: &str, unit: &str) -> Option<(f64, String)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (number, behind) = text.split_at_checked(end.unwrap_or(text.len()))?;
    let behind = behind.trim();
    let unit = if behind.is_empty() { unit } else { behind };
    let number: f64 = number.parse().ok()?;
    Some((number, unit.to_lowercase()))
}

/// Whole millimetres; NetBox knows `mm` and `in`.
fn millimetres(text: &str, unit: &str) -> Option<String> {
    let (number, unit) = measure(text, unit)?;
    let millimetres = match unit.as_str() {
        "mm" | "millimeters" => number,
        "in" | "inches" => number * 25.4,
        _ => return None,
    };
    Some(format!("{millimetres:.0}"))
}

/// Kilograms with at most three places; NetBox knows `kg`, `g`, `lb` and `oz`.
pub(super) fn kilograms(text: &str, unit: &str) -> Option<String> {
    let (number, unit) = measure(text, unit)?;
    let kilograms = match unit.as_str() {
        "kg" | "kilograms" => number,
        "g" | "grams" => number / 1000.0,
        "lb" | "lbs" | "pounds" => number * 0.453_592_37,
        "oz" | "ounces" => number * 0.028_349_523_125,
        _ => return None,
    };
    let text = format!("{kilograms:.3}");
    Some(text.trim_end_matches('0').trim_end_matches('.').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_by_table() {
        for (text, wanted) in [
            ("42U", "42"),
            ("42", "42"),
            ("U12", "12"),
            ("2.0", "2"),
            ("0.5", "0.5"),
            ("", ""),
        ] {
            assert_eq!(units(text), wanted, "{text}");
        }
        for (text, unit, wanted) in [
            ("21.9", "kg", Some("21.9")),
            ("21.90 Kilograms", "", Some("21.9")),
            ("1000", "g", Some("1")),
            ("10", "lb", Some("4.536")),
            ("10", "", None),
            ("heavy", "kg", None),
            ("", "kg", None),
        ] {
            assert_eq!(kilograms(text, unit).as_deref(), wanted, "{text} {unit}");
        }
        assert_eq!(millimetres("600", "mm").as_deref(), Some("600"));
        assert_eq!(millimetres("19", "in").as_deref(), Some("483"));
        assert_eq!(millimetres("600", ""), None);
    }
}
