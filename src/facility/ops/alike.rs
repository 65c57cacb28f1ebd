//! Changing several racks alike: all or none, each as a change of one.

use super::racks::{rack_by_id, rack_update_because};
use crate::base::alike::AlikeRow;
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::fields::Fields;
use crate::facility::alike::{RackField, RacksDraft, SeenRack, apply, rack_record};
use crate::facility::model::RackDraft;
use crate::facility::rows::RackRow;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::alike::{all_or_none, each_alike, previewed};

/// A rack among several that are changed alike.
pub type RacksRow = AlikeRow<RackRow, RackField>;

/// What [`racks_change`] would do, rack by rack, with every refusal; in a write transaction, of which nothing stays.
pub fn racks_change_preview(
    c: &mut Conn,
    actor: &Actor,
    seen: &[SeenRack],
    draft: &RacksDraft,
) -> Result<Vec<RacksRow>, Fault> {
    actor.require(Permission::EditFacility)?;
    previewed(c, |c| each(c, actor, seen, draft))
}

/// Changes several racks alike, or none of them: the first that is another than was seen, or all that a rule refuses, are
/// named. A draft without a reason is refused.
pub fn racks_change(
    c: &mut Conn,
    actor: &Actor,
    seen: &[SeenRack],
    draft: &RacksDraft,
) -> Result<Vec<RacksRow>, Fault> {
    actor.require(Permission::EditFacility)?;
    draft.reason()?;
    let rows = each(c, actor, seen, draft)?;
    all_or_none(rows, |row| row.rack.id)
}

fn each(
    c: &mut Conn,
    actor: &Actor,
    seen: &[SeenRack],
    draft: &RacksDraft,
) -> Result<Vec<RacksRow>, Fault> {
    each_alike(
        c,
        seen,
        draft,
        |c, id| {
            let row = rack_by_id(c, actor, id)?;
            let record = rack_record(&row.rack);
            Ok((row, record))
        },
        |c, one, row, record| change(c, actor, one, row, record, draft),
    )
}

fn change(
    c: &mut Conn,
    actor: &Actor,
    seen: SeenRack,
    row: &RackRow,
    record: &Fields,
    draft: &RacksDraft,
) -> Result<(), Fault> {
    let rack = &row.rack;
    if rack.version != seen.version {
        let message = Message::new("devices-bulk-stale").with("name", rack.name.as_str());
        return Err(Fault::new(FaultKind::Stale, message));
    }
    if rack.archived_at.is_some() {
        return Err(Fault::conflict(Message::new("racks-bulk-archived")));
    }
    let changes = draft.changes(record);
    if changes.is_empty() {
        return Ok(());
    }
    let mut after = RackDraft::from(rack);
    for change in &changes {
        apply(&mut after, change).map_err(|fault| Fault::invalid(vec![fault]))?;
    }
    rack_update_because(c, actor, rack.id, seen.version, &after, draft.reason_text())
}
