//! Prefixes and IP addresses.

use chrono::SecondsFormat;

use super::translation::{Line, Making, Translation};
use crate::base::fault::Message;

/// A word of theirs that is one of ours; one that is another is noted, and read as the first when it is not known.
fn word(
    into: &mut Translation,
    line: &Line,
    column: &'static str,
    ours: &[(&str, &'static str)],
) -> &'static str {
    let theirs = line.get(column).to_lowercase();
    if theirs.is_empty() {
        return "";
    }
    let known = ours.iter().find(|(known, _)| *known == theirs);
    let ours = known.or(ours.first()).map_or("", |(_, ours)| *ours);
    if ours != theirs {
        let message = Message::new("netbox-value-as").with("ours", ours);
        into.note(line, column, message);
    }
    ours
}

/// The number and name of `Management (10)`, `10` or, with a note, nothing.
fn vlan(text: &str) -> Option<(String, String)> {
    let (name, number) = match text
        .strip_suffix(')')
        .and_then(|text| text.rsplit_once('('))
    {
        Some((name, number)) => (name.trim(), number.trim()),
        None => ("", text.trim()),
    };
    let is_number = !number.is_empty() && number.bytes().all(|octet| octet.is_ascii_digit());
    is_number.then(|| (number.to_owned(), name.to_owned()))
}

/// A prefix, with its routing table and VLAN when they are not there.
pub(super) fn prefix(into: &mut Translation, line: &Line) {
    let vrf = into.vrf(line);
    let mut making = Making::new();
    making.set("vrf", vrf, "vrf");
    making.copy("prefix", line, "prefix");
    let scope = line.get("scope_type").to_lowercase();
    let is_site = scope.is_empty() || scope.ends_with("site");
    let mut site = into.site(line);
    if !is_site {
        into.note(line, "site", Message::new("netbox-value-left"));
        site = String::new();
    }
    making.set("site", site.as_str(), "site");
    let group = line.get("vlan_group").to_owned();
    match vlan(line.get("vlan")) {
        Some((number, name)) if !site.is_empty() || !group.is_empty() => {
            let of_site = if group.is_empty() { site.as_str() } else { "" };
            if into.known.add_vlan(of_site, &group, &number) {
                let message = Message::new("netbox-vlan-made").with("number", number.as_str());
                into.note(line, "vlan", message);
                let mut of_vlan = Making::new();
                of_vlan.set("site", of_site, "site");
                of_vlan.set("group_name", group.as_str(), "vlan_group");
                of_vlan.set("number", number.as_str(), "vlan");
                let name = if name.is_empty() {
                    number.clone()
                } else {
                    name
                };
                of_vlan.set("name", name, "vlan");
                into.make("vlans", line, of_vlan, true);
            }
            making.set("vlan", number, "vlan");
            making.set("vlan_group", group, "vlan_group");
        }
        None if line.get("vlan").is_empty() => {}
        _ => into.note(line, "vlan", Message::new("netbox-value-left")),
    }
    let statuses = [
        ("active", "active"),
        ("container", "container"),
        ("reserved", "reserved"),
        ("deprecated", "deprecated"),
    ];
    making.set("status", word(into, line, "status", &statuses), "status");
    making.copy("role", line, "role");
    if !line.get("is_pool").is_empty() {
        making.set(
            "is_pool",
            if line.yes("is_pool") { "yes" } else { "no" },
            "is_pool",
        );
    }
    if !line.get("tenant").is_empty() {
        into.note(line, "tenant", Message::new("netbox-tenant-left"));
    }
    making.set("note", line.note(), "description");
    into.make("prefixes", line, making, false);
}

/// An address, and who has it.
pub(super) fn address(into: &mut Translation, line: &Line) {
    let vrf = into.vrf(line);
    let text = line.get("address");
    let address = text.split_once('/').map_or(text, |(address, _)| address);
    let mut making = Making::new();
    making.set("vrf", vrf.as_str(), "vrf");
    making.set("address", address, "address");
    making.copy("dns_name", line, "dns_name");
    let statuses = [
        ("active", "active"),
        ("reserved", "reserved"),
        ("deprecated", "deprecated"),
        ("dhcp", "active"),
        ("slaac", "active"),
    ];
    making.set("status", word(into, line, "status", &statuses), "status");
    let roles = [
        ("secondary", "host"),
        ("loopback", "loopback"),
        ("anycast", "virtual"),
        ("vip", "virtual"),
        ("vrrp", "virtual"),
        ("hsrp", "virtual"),
        ("glbp", "virtual"),
        ("carp", "virtual"),
    ];
    making.set("role", word(into, line, "role", &roles), "role");
    making.set("note", line.note(), "description");
    into.make("addresses", line, making, false);
    held(into, line, &vrf, address);
}

/// Who has it: the device whose interface it is on. NetBox does not say since when.
fn held(into: &mut Translation, line: &Line, vrf: &str, address: &str) {
    let device = line.get("device");
    if device.is_empty() {
        if !line.get("tenant").is_empty() {
            into.note(line, "tenant", Message::new("netbox-tenant-left"));
        }
        return;
    }
    if !into.known.has_device(device) {
        return into.note(line, "device", Message::new("netbox-no-device"));
    }
    // Somebody has it already: since when stays as it is on record.
    if !into.known.add_held(vrf, address) {
        return;
    }
    let from = match line.get("created") {
        "" => {
            let now = into.now.to_utc().to_rfc3339_opts(SecondsFormat::Secs, true);
            let message = Message::new("netbox-default-from").with("from", now.as_str());
            into.note(line, "device", message);
            now
        }
        created => created.get(..10).unwrap_or(created).to_owned(),
    };
    let mut making = Making::new();
    making.set("vrf", vrf, "vrf");
    making.set("address", address, "address");
    making.set("device", device, "device");
    making.copy("interface", line, "interface");
    making.set("customer", into.customer(line), "tenant");
    making.set("from", from, "created");
    into.make("address-assignments", line, making, false);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vlans_by_table() {
        let pair = |number: &str, name: &str| Some((number.to_owned(), name.to_owned()));
        for (text, wanted) in [
            ("10", pair("10", "")),
            ("Management (10)", pair("10", "Management")),
            ("Lab (old) (12)", pair("12", "Lab (old)")),
            ("Management", None),
            ("", None),
        ] {
            assert_eq!(vlan(text), wanted, "{text}");
        }
    }
}
