//! Which members the body of an operation may have, for the description.

/// Members by the address of what they are sent to; a record of a list has those of the list.
const MEMBERS: &[(&str, &[&str])] = &[
    (
        "/addresses",
        &["vrf_id", "address", "status", "role", "dns_name", "note"],
    ),
    ("/addresses/{id}/assignments", ASSIGNMENT),
    ("/attachments/{id}", &["name", "note", "customer_visible"]),
    ("/address-assignments/{id}/end", &["until"]),
    (
        "/vrfs",
        &["name", "route_distinguisher", "refuse_duplicates", "note"],
    ),
    (
        "/vlans",
        &["site_id", "group_name", "number", "name", "status", "note"],
    ),
    (
        "/ip-ranges",
        &["vrf_id", "first", "last", "name", "role", "note"],
    ),
    ("/ip-ranges/{id}/next-address", NEXT),
    (
        "/prefixes",
        &[
            "vrf_id", "prefix", "site_id", "vlan_id", "status", "role", "is_pool", "note",
        ],
    ),
    ("/prefixes/{id}/next-address", NEXT),
    (
        "/prefixes/{id}/next-prefix",
        &[
            "length",
            "status",
            "role",
            "note",
            "device",
            "interface",
            "customer",
            "from",
            "until",
        ],
    ),
    ("/prefixes/{id}/assignments", ASSIGNMENT),
    (
        "/allocations",
        &[
            "customer_id",
            "name",
            "committed_mbps",
            "burst_mbps",
            "direction_rule",
            "gap_rule",
            "billing_day",
            "time_zone",
            "active_from",
            "active_until",
            "note",
        ],
    ),
    (
        "/allocations/{id}/ports",
        &["port_id", "device", "port", "from", "until"],
    ),
    ("/allocation-ports/{id}/end", &["until"]),
    ("/allocations/{id}/periods/{from}/close", &["sha256"]),
    (
        "/allocations/{id}/periods/{from}/corrections",
        &["credit_mbps", "credit_gigabytes", "reason"],
    ),
    (
        "/targets",
        &[
            "device_id",
            "address",
            "port",
            "snmp_version",
            "community",
            "v3_user",
            "v3_auth_protocol",
            "v3_auth_password",
            "v3_privacy_protocol",
            "v3_privacy_password",
            "v3_context",
            "interval_s",
            "port_identity",
            "enabled",
        ],
    ),
    ("/targets/{id}/read-now", &[]),
    ("/targets/{id}/ports", &["ports", "metered"]),
    (
        "/rules",
        &[
            "kind",
            "scope",
            "scope_id",
            "severity",
            "raise_percent",
            "clear_percent",
            "raise_minutes",
            "clear_minutes",
            "errors_per_minute",
            "enabled",
        ],
    ),
    ("/shift-notes", &["site_id", "kind", "refers_to_id", "body"]),
    ("/events/{id}/acknowledge", &["note"]),
    ("/differences/settle", &["do", "ids", "until"]),
    (
        "/customers",
        &[
            "code",
            "name",
            "phone",
            "email",
            "address",
            "licence_number",
            "legal_representative",
            "locale",
            "note",
        ],
    ),
    ("/customers/{id}/contacts", CONTACT),
    ("/contacts", CONTACT),
    (
        "/sites",
        &["code", "name", "time_zone", "address", "contact", "note"],
    ),
    (
        "/rooms",
        &[
            "site_id",
            "name",
            "grid_columns",
            "grid_rows",
            "tile_mm",
            "aisles",
            "note",
        ],
    ),
    (
        "/racks",
        &[
            "room_id",
            "name",
            "row_name",
            "position_in_row",
            "units",
            "starting_unit",
            "numbering",
            "width_mm",
            "depth_mm",
            "grid_x",
            "grid_y",
            "rotation",
            "max_watts",
            "contracted_watts",
            "max_weight_kg",
            "ownership",
            "customer_id",
            "note",
        ],
    ),
    ("/racks/{id}/reservations", RESERVATION),
    ("/reservations", RESERVATION),
    (
        "/device-types",
        &[
            "manufacturer",
            "model",
            "slug",
            "part_number",
            "height_units",
            "full_depth",
            "half_width",
            "role",
            "subdevice_role",
            "passive",
            "airflow",
            "weight_kg",
            "watts",
            "note",
        ],
    ),
    (
        "/devices",
        &[
            "name",
            "label",
            "serial",
            "asset_tag",
            "device_type_id",
            "role",
            "customer_id",
            "status",
            "rack_id",
            "unit",
            "face",
            "half",
            "chassis_id",
            "bay",
            "cpu",
            "memory_gib",
            "disks",
            "nics",
            "warranty_until",
            "protected",
            "note",
        ],
    ),
    ("/devices/{id}/undo", &["reason"]),
    ("/devices/{id}/ports", PORT),
    ("/device-ports", PORT),
    ("/devices/{id}/components", COMPONENT),
    ("/components", COMPONENT),
    ("/components/{id}/remove", &["removed_on", "because"]),
    ("/devices/{id}/facts/{fact}/accept", &[]),
    ("/devices/{id}/facts/{fact}/set-aside", &["bring_back"]),
    (
        "/cables",
        &[
            "device_a", "port_a", "device_b", "port_b", "label", "kind", "status", "colour",
            "length_m", "bundle", "note",
        ],
    ),
    ("/panels", &["room_id", "name", "note"]),
    (
        "/feeds",
        &[
            "room_id",
            "name",
            "side",
            "phases",
            "volts",
            "amps",
            "panel_id",
            "max_percent",
            "contracted_watts",
            "note",
        ],
    ),
    ("/devices/{id}/pdu", &["feed_id"]),
    ("/outlets", &["device", "supply", "confirmed"]),
    (
        "/devices/{id}/bmc",
        &[
            "protocol",
            "address",
            "port",
            "username",
            "password",
            "kg",
            "expected_guid",
            "privilege",
            "lookup",
            "suites",
            "allow_v15",
            "trust",
        ],
    ),
    ("/devices/{id}/bmc/remove", &[]),
    (
        "/devices/{id}/bmc/password",
        &["make_up", "password", "password_again"],
    ),
    ("/devices/{id}/bmc/password/settle", &["do"]),
    (
        "/devices/{id}/power",
        &[
            "action",
            "path",
            "reason",
            "acknowledge_presence",
            "confirm_unknown_state",
            "identify_seconds",
            "boot_device",
            "boot_persistent",
            "boot_uefi",
        ],
    ),
    ("/power/intents/{id}/approve", &["acknowledge_presence"]),
    ("/power/intents/{id}/cancel", &[]),
    (
        "/power/bulks",
        &[
            "devices",
            "action",
            "path",
            "reason",
            "stagger_s",
            "stop_after",
            "acknowledge_presence",
            "confirm_unknown_state",
        ],
    ),
    ("/power/bulks/{id}/approve", &["acknowledge_presence"]),
    ("/power/bulks/{id}/stop", &[]),
    (
        "/power/schedules",
        &[
            "name",
            "action",
            "path",
            "reason",
            "machines",
            "rhythm",
            "weekdays",
            "date",
            "time",
            "zone",
            "stagger_s",
            "stop_after",
        ],
    ),
    ("/power/schedules/{id}/pause", &["paused"]),
];

const ASSIGNMENT: &[&str] = &["device", "interface", "customer", "from", "until"];
const NEXT: &[&str] = &[
    "dns_name",
    "role",
    "status",
    "note",
    "device",
    "interface",
    "customer",
    "from",
    "until",
];
const CONTACT: &[&str] = &[
    "name",
    "title",
    "phone",
    "email",
    "locale",
    "may_announce",
    "receives_notices",
    "wants_reports",
    "note",
];
const RESERVATION: &[&str] = &[
    "kind",
    "first_unit",
    "last_unit",
    "faces",
    "customer_id",
    "reason",
    "until_date",
];
const PORT: &[&str] = &[
    "kind",
    "name",
    "label",
    "connector",
    "positions",
    "through_port",
    "through_position",
    "feed_leg",
    "max_watts",
    "allocated_watts",
    "management",
    "disabled",
    "poe",
    "color",
    "mac",
    "note",
];
const COMPONENT: &[&str] = &[
    "kind",
    "slot",
    "maker",
    "model",
    "part_number",
    "serial",
    "capacity",
    "installed_on",
    "note",
];

/// The members of a body sent to a path; `None` for one whose members its own text tells.
pub(super) fn members(path: &str) -> Option<&'static [&'static str]> {
    let path = path.strip_prefix("/api/v1")?;
    if path.ends_with("/archive") {
        return Some(&["archived"]);
    }
    let of = |wanted: &str| {
        let found = MEMBERS.iter().find(|(known, _)| *known == wanted);
        found.map(|(_, members)| *members)
    };
    of(path).or_else(|| of(path.strip_suffix("/{id}")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_has_the_members_of_its_list() {
        assert_eq!(
            members("/api/v1/panels/{id}"),
            Some(&["room_id", "name", "note"][..])
        );
        assert_eq!(members("/api/v1/panels"), members("/api/v1/panels/{id}"));
        assert_eq!(
            members("/api/v1/sites/{id}/archive"),
            Some(&["archived"][..])
        );
        assert_eq!(members("/api/v1/visits"), None);
    }
}
