//! Columns of NetBox 4's CSV exports: of each sort of file what we read from it, and the names that NetBox gives the column,
//! as lists export them (labels, in lower case with `_`) and as its own import wants them (fields). The source is the labels
//! and fields of its tables and import forms.

/// Our name of what is read, and NetBox's names of its column.
pub(super) type Column = (&'static str, &'static [&'static str]);

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    /// Sites: `sites`.
    Sites,
    /// Racks: `rooms` (of locations) and `racks`.
    Racks,
    /// Device types: `device-types`.
    DeviceTypes,
    /// Devices: `devices`.
    Devices,
    /// Interfaces of devices: `device-ports`.
    Interfaces,
    /// Cables: `cables`.
    Cables,
    /// Prefixes: `vrfs`, `vlans` and `prefixes`.
    Prefixes,
    /// IP addresses: `vrfs`, `addresses` and `address-assignments`.
    Addresses,
}

/// Columns that say nothing about the thing itself.
pub(super) const SILENT: &[&str] = &[
    "id",
    "pk",
    "url",
    "display",
    "actions",
    "created",
    "last_updated",
    "slug",
    "tenant_group",
    "site_group",
    "manufacturer",
    "side_a_type",
    "side_b_type",
    "side_a_site",
    "side_b_site",
    "rack_a",
    "rack_b",
    "location_a",
    "location_b",
    "site_a",
    "site_b",
];

const NOTE: Column = ("description", &["description"]);
const COMMENTS: Column = ("comments", &["comments"]);
const TENANT: Column = ("tenant", &["tenant"]);
const STATUS: Column = ("status", &["status"]);
const SITE: Column = ("site", &["site"]);
const NAME: Column = ("name", &["name"]);
const SERIAL: Column = ("serial", &["serial", "serial_number"]);
const ASSET_TAG: Column = ("asset_tag", &["asset_tag"]);

/// Sites.
pub(super) const SITES: &[Column] = &[
    NAME,
    ("slug", &["slug"]),
    ("time_zone", &["time_zone"]),
    ("physical_address", &["physical_address"]),
    ("facility", &["facility"]),
    NOTE,
    COMMENTS,
];

/// Racks.
pub(super) const RACKS: &[Column] = &[
    NAME,
    SITE,
    ("location", &["location"]),
    ("u_height", &["u_height", "height", "height_u"]),
    ("starting_unit", &["starting_unit"]),
    ("desc_units", &["desc_units", "descending_units"]),
    ("outer_width", &["outer_width"]),
    ("outer_depth", &["outer_depth"]),
    ("outer_unit", &["outer_unit"]),
    ("max_weight", &["max_weight", "maximum_weight"]),
    ("weight_unit", &["weight_unit"]),
    TENANT,
    NOTE,
    COMMENTS,
];

/// Device types.
pub(super) const DEVICE_TYPES: &[Column] = &[
    ("manufacturer", &["manufacturer"]),
    ("model", &["model", "device_type", "name"]),
    ("slug", &["slug"]),
    ("part_number", &["part_number"]),
    ("u_height", &["u_height", "height", "height_u"]),
    ("is_full_depth", &["is_full_depth", "full_depth"]),
    (
        "subdevice_role",
        &["subdevice_role", "parent_child", "parent_child_status"],
    ),
    ("airflow", &["airflow"]),
    ("weight", &["weight"]),
    ("weight_unit", &["weight_unit"]),
    NOTE,
    COMMENTS,
];

/// Devices.
pub(super) const DEVICES: &[Column] = &[
    NAME,
    ("device_type", &["device_type", "type"]),
    ("manufacturer", &["manufacturer"]),
    ("role", &["role", "device_role"]),
    TENANT,
    SERIAL,
    ASSET_TAG,
    STATUS,
    SITE,
    ("location", &["location"]),
    ("rack", &["rack"]),
    ("position", &["position", "rack_position", "position_u"]),
    ("face", &["face", "rack_face"]),
    NOTE,
    COMMENTS,
];

/// Interfaces.
pub(super) const INTERFACES: &[Column] = &[
    ("device", &["device"]),
    NAME,
    ("label", &["label"]),
    ("enabled", &["enabled"]),
    ("type", &["type"]),
    ("mgmt_only", &["mgmt_only", "management_only"]),
    ("mac_address", &["mac_address", "primary_mac_address"]),
    NOTE,
];

/// Cables; ends in several places are between commas.
pub(super) const CABLES: &[Column] = &[
    ("device_a", &["side_a_device", "device_a"]),
    (
        "port_a",
        &["side_a_name", "termination_a", "a_terminations"],
    ),
    ("device_b", &["side_b_device", "device_b"]),
    (
        "port_b",
        &["side_b_name", "termination_b", "b_terminations"],
    ),
    ("label", &["label"]),
    ("type", &["type"]),
    STATUS,
    ("color", &["color", "colour"]),
    ("length", &["length"]),
    ("length_unit", &["length_unit"]),
    NOTE,
    COMMENTS,
];

/// Prefixes.
pub(super) const PREFIXES: &[Column] = &[
    ("prefix", &["prefix"]),
    ("vrf", &["vrf"]),
    ("scope_type", &["scope_type"]),
    ("site", &["site", "scope", "scope_name"]),
    ("vlan_group", &["vlan_group"]),
    ("vlan", &["vlan", "vlan_vid", "vlan_id"]),
    STATUS,
    ("role", &["role"]),
    ("is_pool", &["is_pool", "pool"]),
    TENANT,
    NOTE,
    COMMENTS,
];

/// IP addresses.
pub(super) const ADDRESSES: &[Column] = &[
    ("address", &["address", "ip_address"]),
    ("vrf", &["vrf"]),
    STATUS,
    ("role", &["role"]),
    ("dns_name", &["dns_name"]),
    (
        "device",
        &[
            "device",
            "parent",
            "assigned_object_parent",
            "parent_object",
        ],
    ),
    (
        "interface",
        &["interface", "assigned_object", "assigned_interface"],
    ),
    ("created", &["created"]),
    TENANT,
    NOTE,
    COMMENTS,
];

/// A name in the header as it is compared.
pub(super) fn header_name(raw: &str) -> String {
    let mut name = String::new();
    for c in raw.trim().to_lowercase().chars() {
        if c.is_ascii_alphanumeric() {
            name.push(c);
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    name.trim_matches('_').to_owned()
}

impl Sort {
    /// What a file with this header holds.
    pub(super) fn of_header(header: &[String]) -> Option<Self> {
        let names: Vec<String> = header.iter().map(|name| header_name(name)).collect();
        let has = |name: &str| names.iter().any(|known| known == name);
        let any = |wanted: &[&str]| wanted.iter().any(|name| has(name));
        let height = any(&["u_height", "height", "height_u"]);
        let ends = [
            "side_a_device",
            "a_terminations",
            "termination_a",
            "device_a",
        ];
        if any(&ends) {
            Some(Self::Cables)
        } else if has("prefix") {
            any(&["vrf", "status", "is_pool", "vlan", "scope", "site"]).then_some(Self::Prefixes)
        } else if any(&["address", "ip_address"])
            && any(&["vrf", "dns_name", "nat_inside", "assigned"])
            && !has("site")
        {
            Some(Self::Addresses)
        } else if has("device") && has("name") && any(&["type", "enabled", "mgmt_only"]) {
            Some(Self::Interfaces)
        } else if has("manufacturer") && height && !has("site") {
            Some(Self::DeviceTypes)
        } else if has("name")
            && has("site")
            && any(&["device_type", "face", "position", "rack_position"])
        {
            Some(Self::Devices)
        } else if has("name") && has("site") && (height || any(&["facility_id", "desc_units"])) {
            Some(Self::Racks)
        } else if has("name") && any(&["facility", "physical_address", "time_zone", "asns"]) {
            Some(Self::Sites)
        } else {
            None
        }
    }

    /// What is read from such a file.
    pub(super) const fn columns(self) -> &'static [Column] {
        match self {
            Self::Sites => SITES,
            Self::Racks => RACKS,
            Self::DeviceTypes => DEVICE_TYPES,
            Self::Devices => DEVICES,
            Self::Interfaces => INTERFACES,
            Self::Cables => CABLES,
            Self::Prefixes => PREFIXES,
            Self::Addresses => ADDRESSES,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_header() {
        for (header, sort) in [
            (
                "id,name,slug,status,region,group,facility,tenant,time_zone",
                Some(Sort::Sites),
            ),
            ("Name,Status,Facility,Region,Tenant", Some(Sort::Sites)),
            (
                "name,site,location,status,u_height,width,serial,asset_tag,role",
                Some(Sort::Racks),
            ),
            (
                "Name,Location,Site,Status,Facility ID,Tenant,Role,Height",
                Some(Sort::Racks),
            ),
            (
                "manufacturer,model,slug,u_height,is_full_depth,part_number",
                Some(Sort::DeviceTypes),
            ),
            (
                "Device Type,Manufacturer,Part number,U Height,Full Depth",
                Some(Sort::DeviceTypes),
            ),
            (
                "name,device_type,manufacturer,role,tenant,serial,asset_tag,status,site,location,rack,position,face",
                Some(Sort::Devices),
            ),
            (
                "Name,Status,Tenant,Site,Location,Rack,Rack Position,Role,Manufacturer,Type,IP Address",
                Some(Sort::Devices),
            ),
            (
                "device,name,label,enabled,type,mac_address,description",
                Some(Sort::Interfaces),
            ),
            (
                "Side A Device,Side A Type,Side A Name,Side B Device",
                Some(Sort::Cables),
            ),
            (
                "prefix,vrf,tenant,site,vlan,status,role,is_pool,description",
                Some(Sort::Prefixes),
            ),
            (
                "IP Address,VRF,Status,Role,Tenant,Assigned,DNS Name,Description",
                Some(Sort::Addresses),
            ),
            ("code,name", None),
            (
                "vrf,address,device,interface,customer,from,until,note",
                Some(Sort::Addresses),
            ),
        ] {
            let names: Vec<String> = header.split(',').map(str::to_owned).collect();
            assert_eq!(Sort::of_header(&names), sort, "{header}");
        }
    }

    #[test]
    fn names_are_compared_without_their_dress() {
        for (raw, name) in [
            ("Rack Position", "rack_position"),
            ("Height (U)", "height_u"),
            ("U Height", "u_height"),
            (" mac_address ", "mac_address"),
        ] {
            assert_eq!(header_name(raw), name);
        }
    }
}
