//! Every kind of record that can be imported and exported, in the order that imports need.

use crate::base::change::Change;
use crate::base::fault::Fault;
use crate::base::fields::Fields;
use crate::base::seal::Keyring;
use crate::facility;
use crate::identity::Actor;
use crate::inventory;
use crate::metering;
use crate::power;
use crate::store::Conn;
use crate::tenancy;

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
pub struct Kind {
    /// Its name, and the name of its file without `.csv`.
    pub name: &'static str,
    /// Columns, in the order of an export.
    pub columns: &'static [&'static str],
    /// Creates or updates a record from a row.
    pub import_row: fn(&mut Conn, &Context<'_>, &Fields) -> Result<Change, Fault>,
    /// All live records as rows.
    pub export_rows: fn(&mut Conn, &Context<'_>) -> Result<Table, Fault>,
}

/// All kinds, in the order of imports: what is referred to comes first.
pub const KINDS: &[Kind] = &[
    Kind {
        name: "sites",
        columns: facility::csv::SITE_COLUMNS,
        import_row: |c, context, row| facility::csv::site_import(c, context.actor, row),
        export_rows: |c, context| facility::csv::site_export(c, context.actor),
    },
    Kind {
        name: "rooms",
        columns: facility::csv::ROOM_COLUMNS,
        import_row: |c, context, row| facility::csv::room_import(c, context.actor, row),
        export_rows: |c, context| facility::csv::room_export(c, context.actor),
    },
    Kind {
        name: "customers",
        columns: tenancy::csv::CUSTOMER_COLUMNS,
        import_row: |c, context, row| tenancy::csv::customer_import(c, context.actor, row),
        export_rows: |c, context| tenancy::csv::customer_export(c, context.actor),
    },
    Kind {
        name: "contacts",
        columns: tenancy::csv::CONTACT_COLUMNS,
        import_row: |c, context, row| tenancy::csv::contact_import(c, context.actor, row),
        export_rows: |c, context| tenancy::csv::contact_export(c, context.actor),
    },
    Kind {
        name: "racks",
        columns: facility::csv::RACK_COLUMNS,
        import_row: |c, context, row| facility::csv::rack_import(c, context.actor, row),
        export_rows: |c, context| facility::csv::rack_export(c, context.actor),
    },
    Kind {
        name: "device-types",
        columns: inventory::csv::DEVICE_TYPE_COLUMNS,
        import_row: |c, context, row| inventory::csv::device_type_import(c, context.actor, row),
        export_rows: |c, context| inventory::csv::device_type_export(c, context.actor),
    },
    Kind {
        name: "devices",
        columns: inventory::csv::DEVICE_COLUMNS,
        import_row: |c, context, row| inventory::csv::device_import(c, context.actor, row),
        export_rows: |c, context| inventory::csv::device_export(c, context.actor),
    },
    Kind {
        name: "bmc-endpoints",
        columns: power::csv::COLUMNS,
        import_row: |c, context, row| {
            power::csv::import_row(c, context.actor, context.keyring, row)
        },
        export_rows: |c, context| power::csv::export_rows(c, context.actor),
    },
    Kind {
        name: "snmp-targets",
        columns: metering::csv::TARGET_COLUMNS,
        import_row: |c, context, row| {
            metering::csv::target_import(c, context.actor, context.keyring, row)
        },
        export_rows: |c, context| metering::csv::target_export(c, context.actor),
    },
    Kind {
        name: "allocations",
        columns: metering::csv::ALLOCATION_COLUMNS,
        import_row: |c, context, row| metering::csv::allocation_import(c, context.actor, row),
        export_rows: |c, context| {
            let filter = metering::AllocationFilter::default();
            metering::csv::allocation_export(c, context.actor, &filter)
        },
    },
    Kind {
        name: "allocation-ports",
        columns: metering::csv::LINK_COLUMNS,
        import_row: |c, context, row| metering::csv::link_import(c, context.actor, row),
        export_rows: |c, context| metering::csv::link_export(c, context.actor),
    },
];

/// The kind of a name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}
