//! Device types, devices and their interfaces.

use super::places::{kilograms, room, units};
use super::translation::{Line, Making, Translation};
use crate::base::fault::Message;

/// The role of a type of which nothing says what it does.
const ROLE: &str = "other";

/// A device type.
pub(super) fn device_type(into: &mut Translation, line: &Line) {
    let (maker, model) = (line.get("manufacturer"), line.get("model"));
    let slug = match line.get("slug") {
        "" => into.known.device_type(maker, model).unwrap_or_else(|| {
            let slug = slug_of(&format!("{maker} {model}"));
            let message = Message::new("netbox-slug-made").with("slug", slug.as_str());
            into.note(line, "model", message);
            slug
        }),
        slug => slug.to_lowercase(),
    };
    let mut making = Making::new();
    making.copy("manufacturer", line, "manufacturer");
    making.copy("model", line, "model");
    making.set("slug", slug.as_str(), "slug");
    making.copy("part_number", line, "part_number");
    making.set("height_units", units(line.get("u_height")), "u_height");
    if !line.get("is_full_depth").is_empty() {
        let full = if line.yes("is_full_depth") {
            "yes"
        } else {
            "no"
        };
        making.set("full_depth", full, "is_full_depth");
    }
    making.set(
        "subdevice_role",
        line.get("subdevice_role").to_lowercase(),
        "subdevice_role",
    );
    making.set(
        "airflow",
        line.get("airflow").to_lowercase().replace(' ', "-"),
        "airflow",
    );
    match kilograms(line.get("weight"), line.get("weight_unit")) {
        Some(weight) => making.set("weight_kg", weight, "weight"),
        None if line.get("weight").is_empty() => {}
        None => into.note(line, "weight", Message::new("netbox-value-left")),
    }
    if !into.known.has_type(&slug) {
        let message = Message::new("netbox-default-role").with("role", ROLE);
        into.note(line, "model", message);
        making.set("role", ROLE, "role");
    }
    making.set("note", line.note(), "description");
    into.known.add_type(maker, model, &slug);
    into.make("device-types", line, making, false);
}

fn slug_of(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_matches('-').to_owned()
}

/// Our status of theirs, and whether it says the same.
fn status(theirs: &str, in_rack: bool) -> (&'static str, bool) {
    match (theirs, in_rack) {
        ("active", true) | ("", true) => ("installed", true),
        ("offline" | "failed", true) => ("installed", false),
        ("planned", _) => ("planned", true),
        ("staged", _) => ("planned", false),
        ("inventory", false) | ("", false) => ("in_stock", true),
        ("inventory", true) => ("installed", false),
        ("decommissioning", true) => ("decommissioning", true),
        (_, true) => ("installed", false),
        (_, false) => ("in_stock", false),
    }
}

/// Our role of theirs, empty where they name none; `None` for one that is none of ours.
fn role(theirs: &str) -> Option<&'static str> {
    let word = theirs.trim().to_lowercase().replace([' ', '-'], "_");
    Some(match word.as_str() {
        "" => "",
        "server" | "compute" | "hypervisor" => "server",
        "switch" | "access_switch" | "core_switch" | "distribution_switch" | "leaf" | "spine" => {
            "switch"
        }
        "router" => "router",
        "firewall" => "firewall",
        "storage" => "storage",
        "pdu" => "pdu",
        "patch_panel" => "patch_panel",
        "console_server" => "console_server",
        "blank" | "blanking_panel" => "blank",
        _ => return None,
    })
}

/// A device.
pub(super) fn device(into: &mut Translation, line: &Line) {
    let name = line.get("name");
    if name.is_empty() {
        return into.note(line, "name", Message::new("netbox-no-name"));
    }
    let (maker, model) = (line.get("manufacturer"), line.get("device_type"));
    let known = into.known.device_type(maker, model);
    let device_type = known.unwrap_or_else(|| model.to_owned());
    let (site, rack) = (into.site(line), line.get("rack"));
    let mut making = Making::new();
    making.copy("name", line, "name");
    making.set("device_type", device_type, "device_type");
    match role(line.get("role")) {
        Some(ours) => making.set("role", ours, "role"),
        None => into.note(line, "role", Message::new("netbox-value-left")),
    }
    making.copy("serial", line, "serial");
    making.copy("asset_tag", line, "asset_tag");
    making.set("customer", into.customer(line), "tenant");
    if !rack.is_empty() {
        making.set("site", site.as_str(), "site");
        let room = room(into, line, &site, rack);
        making.set("room", room, "location");
        making.copy("rack", line, "rack");
        making.set("unit", units(line.get("position")), "position");
        making.set("face", line.get("face").to_lowercase(), "face");
    }
    let theirs = line.get("status").to_lowercase();
    let (ours, is_same) = status(&theirs, !rack.is_empty());
    making.set("status", ours, "status");
    if !is_same {
        let message = Message::new("netbox-value-as").with("ours", ours);
        into.note(line, "status", message);
    }
    making.set("note", line.note(), "description");
    into.known.add_device(name);
    into.make("devices", line, making, false);
}

/// An interface of a device.
pub(super) fn interface(into: &mut Translation, line: &Line) {
    into.known.add_port(line.get("device"), line.get("name"));
    let mut making = Making::new();
    making.copy("device", line, "device");
    making.set("kind", "interface", "name");
    making.copy("name", line, "name");
    making.copy("label", line, "label");
    making.copy("connector", line, "type");
    if !line.get("enabled").is_empty() {
        making.set(
            "disabled",
            if line.yes("enabled") { "no" } else { "yes" },
            "enabled",
        );
    }
    if !line.get("mgmt_only").is_empty() {
        making.set(
            "management",
            if line.yes("mgmt_only") { "yes" } else { "no" },
            "mgmt_only",
        );
    }
    making.copy("mac", line, "mac_address");
    making.set("note", line.note(), "description");
    into.make("device-ports", line, making, false);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_by_table() {
        for (theirs, ours) in [
            ("", Some("")),
            ("Server", Some("server")),
            ("Access Switch", Some("switch")),
            ("patch-panel", Some("patch_panel")),
            ("Coffee machine", None),
        ] {
            assert_eq!(role(theirs), ours, "{theirs}");
        }
    }

    #[test]
    fn statuses_by_table() {
        for (theirs, in_rack, ours) in [
            ("active", true, ("installed", true)),
            ("active", false, ("in_stock", false)),
            ("inventory", false, ("in_stock", true)),
            ("inventory", true, ("installed", false)),
            ("planned", true, ("planned", true)),
            ("staged", false, ("planned", false)),
            ("decommissioning", true, ("decommissioning", true)),
            ("decommissioning", false, ("in_stock", false)),
            ("on loan", true, ("installed", false)),
        ] {
            assert_eq!(status(theirs, in_rack), ours, "{theirs} {in_rack}");
        }
        assert_eq!(
            slug_of("Dell  PowerEdge R640 (8x2.5)"),
            "dell-poweredge-r640-8x2-5"
        );
    }
}
