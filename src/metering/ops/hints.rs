//! What a device's notifications do: they make it due, and nothing they say is believed.

use diesel::prelude::*;

use super::discovered::{discovery_change, discovery_of};
use crate::base::fault::Fault;
use crate::base::ids::SnmpTargetId;
use crate::base::time::Timestamp;
use crate::store::Conn;
use crate::store::schema::snmp_targets;

/// Hints of a target are heeded at most this often.
pub(super) const BETWEEN_HINTS_MS: i64 = 10_000;
/// Longest word kept of a notification.
const LONGEST_KIND: usize = 200;

/// Notes that a notification of a target came, and wants it polled at once; when one did so just before, after the time
/// between two. Nothing that the notification says is believed. Gives whether it is due now.
pub fn target_hint(
    c: &mut Conn,
    id: SnmpTargetId,
    kind: &str,
    now: Timestamp,
) -> Result<bool, Fault> {
    let enabled: Option<bool> = snmp_targets::table
        .find(id)
        .select(snmp_targets::enabled)
        .first(c)
        .optional()?;
    let Some(enabled) = enabled else {
        return Ok(false);
    };
    let before = discovery_of(c, id)?.hinted_at;
    let early = before.filter(|at| (0..BETWEEN_HINTS_MS).contains(&now.since_millis(*at)));
    let heeded = enabled && early.is_none();
    discovery_change(c, id, |row| {
        row.trap_at = Some(now);
        row.trap_kind = kind.chars().take(LONGEST_KIND).collect();
        row.traps = row.traps.saturating_add(1);
        if heeded {
            row.hinted_at = Some(now);
        }
    })?;
    if heeded {
        diesel::update(snmp_targets::table.find(id))
            .set(snmp_targets::next_poll_at.eq(now))
            .execute(c)?;
    }
    if let Some(at) = early {
        let after = at.plus_millis(BETWEEN_HINTS_MS);
        let later = snmp_targets::table
            .find(id)
            .filter(snmp_targets::enabled.eq(true))
            .filter(snmp_targets::next_poll_at.gt(after));
        diesel::update(later)
            .set(snmp_targets::next_poll_at.eq(after))
            .execute(c)?;
    }
    Ok(heeded)
}
