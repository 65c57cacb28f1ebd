//! Kept units as CSV; the same columns both ways. References are by name.

use super::csv::{at_columns, customer_of_row, rack_of_row};
use super::ops::{reservation_by_key, reservation_create, reservation_list, reservation_update};
use super::reservation::ReservationDraft;
use crate::base::change::Change;
use crate::base::fault::Fault;
use crate::base::fields::Fields;
use crate::identity::Actor;
use crate::store::Conn;

/// Columns of the kind `rack-reservations`; keyed by `site`, `room`, `rack`, `first_unit`, `last_unit` and `faces`.
pub const COLUMNS: &[&str] = &[
    "site",
    "room",
    "rack",
    "first_unit",
    "last_unit",
    "faces",
    "kind",
    "customer",
    "reason",
    "until_date",
];

/// Creates or updates a reservation from a row.
pub fn import_row(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let columns = [("rack_id", "rack"), ("customer_id", "customer")];
    import_fields(c, actor, row).map_err(|fault| at_columns(fault, &columns))
}

fn import_fields(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let mut fields = row.clone();
    fields.set("rack_id", rack_of_row(c, row)?.id.to_string());
    fields.set("customer_id", customer_of_row(c, row)?);
    let draft = ReservationDraft::parse(&fields)?;
    let units = (draft.first_unit, draft.last_unit);
    let Some(there) = reservation_by_key(c, draft.rack_id, units, draft.faces)? else {
        reservation_create(c, actor, &draft)?;
        return Ok(Change::Created);
    };
    if ReservationDraft::from(&there) == draft {
        return Ok(Change::Unchanged);
    }
    reservation_update(c, actor, there.id, there.version, &draft)?;
    Ok(Change::Updated)
}

/// All reservations that were not ended, as rows.
pub fn export_rows(c: &mut Conn, actor: &Actor) -> Result<Vec<Vec<String>>, Fault> {
    let rows = reservation_list(c, actor)?.into_iter().map(|(row, rack)| {
        let kept = row.reservation;
        vec![
            rack.site.code,
            rack.room.name,
            rack.rack.name,
            kept.first_unit.to_string(),
            kept.last_unit.to_string(),
            kept.faces.to_string(),
            kept.kind.to_string(),
            row.customer
                .map_or_else(String::new, |customer| customer.code),
            kept.reason,
            kept.until_date.unwrap_or_default(),
        ]
    });
    Ok(rows.collect())
}
