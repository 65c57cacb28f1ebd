//! Changing several ports alike: all or none, each as a change of one.

use super::port_list::PortRow;
use super::ports::{port_by_id, port_speed_because, port_uplink_because};
use crate::base::alike::AlikeRow;
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::fields::Fields;
use crate::identity::{Actor, Permission};
use crate::metering::alike::{PortField, PortsDraft, SeenPort, port_record, speed};
use crate::store::Conn;
use crate::store::alike::{all_or_none, each_alike, previewed};

/// A port among several that are changed alike.
pub type PortsRow = AlikeRow<PortRow, PortField>;

/// What [`ports_change`] would do, port by port, with every refusal; in a write transaction, of which nothing stays.
pub fn ports_change_preview(
    c: &mut Conn,
    actor: &Actor,
    seen: &[SeenPort],
    draft: &PortsDraft,
) -> Result<Vec<PortsRow>, Fault> {
    actor.require(Permission::EditNetwork)?;
    previewed(c, |c| each(c, actor, seen, draft))
}

/// Changes several ports alike, or none of them: the first that is another than was seen, or all that a rule refuses, are
/// named. A draft without a reason is refused.
pub fn ports_change(
    c: &mut Conn,
    actor: &Actor,
    seen: &[SeenPort],
    draft: &PortsDraft,
) -> Result<Vec<PortsRow>, Fault> {
    actor.require(Permission::EditNetwork)?;
    draft.reason()?;
    let rows = each(c, actor, seen, draft)?;
    all_or_none(rows, |row| row.port.id)
}

fn each(
    c: &mut Conn,
    actor: &Actor,
    seen: &[SeenPort],
    draft: &PortsDraft,
) -> Result<Vec<PortsRow>, Fault> {
    each_alike(
        c,
        seen,
        draft,
        |c, id| {
            let row = port_by_id(c, actor, id)?.row;
            let record = port_record(&row.port);
            Ok((row, record))
        },
        |c, one, row, record| change(c, actor, one, row, record, draft),
    )
}

fn change(
    c: &mut Conn,
    actor: &Actor,
    seen: SeenPort,
    row: &PortRow,
    record: &Fields,
    draft: &PortsDraft,
) -> Result<(), Fault> {
    if row.port.version != seen.version {
        let name = format!("{} {}", row.device, row.port.name);
        let message = Message::new("devices-bulk-stale").with("name", name);
        return Err(Fault::new(FaultKind::Stale, message));
    }
    let reason = draft.reason_text();
    // Each change makes the next version of the port.
    for (version, change) in (seen.version..).zip(draft.changes(record)) {
        match change.field {
            PortField::Speed => {
                let speed = speed(change.field.as_str(), &change.after)
                    .map_err(|fault| Fault::invalid(vec![fault]))?;
                port_speed_because(c, actor, seen.id, version, speed, reason)?;
            }
            PortField::Uplink => {
                let is_uplink = change.after == "yes";
                port_uplink_because(c, actor, seen.id, version, is_uplink, reason)?;
            }
        }
    }
    Ok(())
}
