//! Every kind of record that can be imported and exported, in the order that imports need.

use super::cells::column_name;
use crate::addressing::csv as nets;
use crate::base::change::Change;
use crate::base::fault::Fault;
use crate::base::fields::Fields;
use crate::base::seal::Keyring;
use crate::cabling::csv as lines;
use crate::facility::csv as places;
use crate::facility::reservation_csv as kept;
use crate::facility::supply_csv as supplies;
use crate::identity::Actor;
use crate::inventory::csv as things;
use crate::inventory::parts_csv as parts;
use crate::metering::AllocationFilter;
use crate::metering::csv as meters;
use crate::power::csv as bmcs;
use crate::store::Conn;
use crate::tenancy::csv as owners;

/// What a row is imported with.
pub struct Context<'a> {
    /// Who imports.
    pub actor: &'a Actor,
    /// Keys for sealed columns.
    pub keyring: &'a Keyring,
}

/// Rows of cells.
pub type Table = Vec<Vec<String>>;

/// A kind of record.
#[derive(Debug)]
pub struct Kind {
    /// Its name, and the name of its file without `.csv`.
    pub name: &'static str,
    /// Columns that a record is found by: those of the first key that says something in a row, else those of the next. A
    /// record that the row calls otherwise by an earlier key is another one.
    pub keys: &'static [&'static [&'static str]],
    /// Columns, in the order of an export.
    pub columns: &'static [&'static str],
    /// Creates or updates a record from a row.
    pub import_row: fn(&mut Conn, &Context<'_>, &Fields) -> Result<Change, Fault>,
    /// All live records as rows.
    pub export_rows: fn(&mut Conn, &Context<'_>) -> Result<Table, Fault>,
}

impl Kind {
    /// Whether all names of a header are columns of this kind.
    pub fn has_columns(&self, header: &[String]) -> bool {
        header
            .iter()
            .all(|name| self.columns.contains(&column_name(name).as_str()))
    }
}

/// A kind whose rows need nothing but the actor; its key, or several with `; else` between.
macro_rules! plain {
    ($name:literal, $key:expr $(; else $further:expr)*, $columns:path, $import:path, $export:path) => {
        Kind {
            name: $name,
            keys: &[$key $(, $further)*],
            columns: $columns,
            import_row: |c, context, row| $import(c, context.actor, row),
            export_rows: |c, context| $export(c, context.actor),
        }
    };
}

/// A kind whose rows hold secrets.
macro_rules! sealed {
    ($name:literal, $key:expr, $columns:path, $import:path, $export:path) => {
        Kind {
            name: $name,
            keys: &[$key],
            columns: $columns,
            import_row: |c, context, row| $import(c, context.actor, context.keyring, row),
            export_rows: |c, context| $export(c, context.actor),
        }
    };
}

/// All kinds, in the order of imports: what is referred to comes first.
pub const KINDS: &[Kind] = &[
    plain!(
        "sites",
        &["code"],
        places::SITE_COLUMNS,
        places::site_import,
        places::site_export
    ),
    plain!(
        "rooms",
        &["site", "name"],
        places::ROOM_COLUMNS,
        places::room_import,
        places::room_export
    ),
    plain!(
        "customers",
        &["code"],
        owners::CUSTOMER_COLUMNS,
        owners::customer_import,
        owners::customer_export
    ),
    plain!(
        "contacts",
        &["customer", "name"],
        owners::CONTACT_COLUMNS,
        owners::contact_import,
        owners::contact_export
    ),
    plain!(
        "racks",
        &["site", "room", "name"],
        places::RACK_COLUMNS,
        places::rack_import,
        places::rack_export
    ),
    plain!(
        "rack-reservations",
        &["site", "room", "rack", "first_unit", "last_unit", "faces"],
        kept::COLUMNS,
        kept::import_row,
        kept::export_rows
    ),
    plain!(
        "device-types",
        &["slug"],
        things::DEVICE_TYPE_COLUMNS,
        things::device_type_import,
        things::device_type_export
    ),
    plain!(
        "devices",
        &["name"],
        things::DEVICE_COLUMNS,
        things::device_import,
        things::device_export
    ),
    plain!(
        "device-ports",
        &["device", "kind", "name"],
        parts::PORT_COLUMNS,
        parts::port_import,
        parts::port_export
    ),
    plain!(
        "cables",
        &["label"]; else &["device_a", "port_a", "device_b", "port_b"],
        lines::COLUMNS,
        lines::import_row,
        lines::export_rows
    ),
    plain!(
        "device-components",
        &["device", "kind", "slot"],
        parts::COMPONENT_COLUMNS,
        parts::component_import,
        parts::component_export
    ),
    plain!(
        "power-panels",
        &["site", "room", "name"],
        supplies::PANEL_COLUMNS,
        supplies::panel_import,
        supplies::panel_export
    ),
    plain!(
        "power-feeds",
        &["site", "room", "name"],
        supplies::FEED_COLUMNS,
        supplies::feed_import,
        supplies::feed_export
    ),
    plain!(
        "pdus",
        &["pdu"],
        supplies::PDU_COLUMNS,
        supplies::pdu_import,
        supplies::pdu_export
    ),
    plain!(
        "outlets",
        &["pdu", "number"],
        supplies::OUTLET_COLUMNS,
        supplies::outlet_import,
        supplies::outlet_export
    ),
    sealed!(
        "bmc-endpoints",
        &["device"],
        bmcs::COLUMNS,
        bmcs::import_row,
        bmcs::export_rows
    ),
    sealed!(
        "snmp-targets",
        &["device"],
        meters::TARGET_COLUMNS,
        meters::target_import,
        meters::target_export
    ),
    plain!(
        "vrfs",
        &["name"],
        nets::VRF_COLUMNS,
        nets::vrf_import,
        nets::vrf_export
    ),
    plain!(
        "vlans",
        &["site", "group_name", "number"],
        nets::VLAN_COLUMNS,
        nets::vlan_import,
        nets::vlan_export
    ),
    plain!(
        "prefixes",
        &["vrf", "prefix"],
        nets::PREFIX_COLUMNS,
        nets::prefix_import,
        nets::prefix_export
    ),
    plain!(
        "ip-ranges",
        &["vrf", "first", "last"],
        nets::RANGE_COLUMNS,
        nets::range_import,
        nets::range_export
    ),
    plain!(
        "addresses",
        &["vrf", "address"],
        nets::ADDRESS_COLUMNS,
        nets::address_import,
        nets::address_export
    ),
    plain!(
        "address-assignments",
        &["vrf", "address", "from"],
        nets::ASSIGNMENT_COLUMNS,
        nets::assignment_import,
        nets::assignment_export
    ),
    plain!(
        "allocations",
        &["customer", "name"],
        meters::ALLOCATION_COLUMNS,
        meters::allocation_import,
        allocations_live
    ),
    plain!(
        "allocation-ports",
        &["customer", "allocation", "device", "port", "from"],
        meters::LINK_COLUMNS,
        meters::link_import,
        meters::link_export
    ),
];

fn allocations_live(c: &mut Conn, actor: &Actor) -> Result<Table, Fault> {
    meters::allocation_export(c, actor, &AllocationFilter::default())
}

/// The kind of a name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}
