//! Cables as CSV; the same columns both ways, devices and ports by their names.

use super::fit::Plug;
use super::model::{CableDraft, cable_fields};
use super::ops::{
    cable_by_id, cable_create, cable_labelled, cable_of_ports, cable_update, cables_all,
    ports_named,
};
use super::rows::CableRow;
use super::side::Side;
use crate::base::change::Change;
use crate::base::fault::Fault;
use crate::base::fields::Fields;
use crate::base::ids::{CableId, DevicePortId};
use crate::identity::{Actor, Permission};
use crate::store::Conn;

/// Columns of the kind `cables`; keyed by `label`, or by the ends where there is none. Several ports of a side stand between
/// semicolons, their devices as many or one for all; a port whose name its device has twice is written `front:1`.
pub const COLUMNS: &[&str] = &[
    "device_a", "port_a", "device_b", "port_b", "label", "kind", "colour", "length_m", "status",
    "bundle", "note",
];

/// Creates or updates a cable from a row.
pub fn import_row(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    actor.require(Permission::EditDevices)?;
    let draft = CableDraft::parse(row)?;
    let (a, b) = ports_named(c, actor, &draft.ends)?;
    let Some(id) = known(c, actor, &draft, (&a, &b))? else {
        cable_create(c, actor, &draft)?;
        return Ok(Change::Created);
    };
    let there = cable_by_id(c, actor, id)?;
    if is_same(&there, &draft, (&a, &b)) {
        return Ok(Change::Unchanged);
    }
    cable_update(c, actor, id, there.cable.version, &draft)?;
    Ok(Change::Updated)
}

fn ports(plugs: &[Plug]) -> Vec<DevicePortId> {
    plugs.iter().map(|plug| plug.port).collect()
}

/// The live cable that a row means: of its label, else the one without a label (or of a row without one) in the same ports.
fn known(
    c: &mut Conn,
    actor: &Actor,
    draft: &CableDraft,
    (a, b): (&[Plug], &[Plug]),
) -> Result<Option<CableId>, Fault> {
    if !draft.label.is_empty()
        && let Some(id) = cable_labelled(c, &draft.label)?
    {
        return Ok(Some(id));
    }
    let Some(id) = cable_of_ports(c, &ports(a), &ports(b))? else {
        return Ok(None);
    };
    let has_label = !cable_by_id(c, actor, id)?.cable.label.is_empty();
    // Another label is another cable, which then finds its ports taken.
    Ok((draft.label.is_empty() || !has_label).then_some(id))
}

fn is_same(there: &CableRow, draft: &CableDraft, (a, b): (&[Plug], &[Plug])) -> bool {
    let at = |side: Side| -> Vec<DevicePortId> {
        let plugs = there.side(side).filter_map(|end| end.plug.as_ref());
        plugs.map(|plug| plug.port_id).collect()
    };
    let kept = CableDraft {
        ends: draft.ends.clone(),
        ..CableDraft::from(there)
    };
    kept == *draft && at(Side::A) == ports(a) && at(Side::B) == ports(b)
}

/// All live cables as rows.
pub fn export_rows(c: &mut Conn, actor: &Actor) -> Result<Vec<Vec<String>>, Fault> {
    let rows = cables_all(c, actor)?.into_iter().map(|row| {
        let fields = cable_fields(&CableDraft::from(&row));
        let cells = COLUMNS.iter().map(|column| fields.get(column).to_owned());
        cells.collect()
    });
    Ok(rows.collect())
}
