//! Ranges of addresses.

use diesel::prelude::*;
use serde_json::json;

use super::names::vrf_names;
use super::tree::{numbers, ranges_meeting};
use super::vrfs::{for_staff, vrf_live};
use crate::addressing::model::RangeDraft;
use crate::addressing::rows::{IpRange, RangeRow};
use crate::addressing::usage::RangeUsage;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{IpRangeId, VrfId};
use crate::base::ip::Ip;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::ip_ranges;

/// Live ranges by routing table and number; for staff.
pub fn range_list(c: &mut Conn, actor: &Actor) -> Result<Vec<RangeRow>, Fault> {
    for_staff(actor)?;
    let found: Vec<IpRange> = ip_ranges::table
        .filter(ip_ranges::archived_at.is_null())
        .order((
            ip_ranges::vrf_id.asc(),
            ip_ranges::family.asc(),
            ip_ranges::first.asc(),
        ))
        .select(IpRange::as_select())
        .load(c)?;
    with_tables(c, found)
}

fn with_tables(c: &mut Conn, found: Vec<IpRange>) -> Result<Vec<RangeRow>, Fault> {
    let tables = vrf_names(c)?;
    let row = |range: IpRange| RangeRow {
        vrf: tables.get(&range.vrf_id).cloned().unwrap_or_default(),
        range,
    };
    Ok(found.into_iter().map(row).collect())
}

/// One range; for staff.
pub fn range_by_id(c: &mut Conn, actor: &Actor, id: IpRangeId) -> Result<RangeRow, Fault> {
    for_staff(actor)?;
    let found: Option<IpRange> = ip_ranges::table
        .find(id)
        .select(IpRange::as_select())
        .first(c)
        .optional()?;
    with_tables(c, found.into_iter().collect())?
        .pop()
        .ok_or_else(Fault::not_found)
}

/// How full a range is. For the pages of this program: who has read the range may see it.
pub fn range_usage(c: &mut Conn, range: &IpRange) -> Result<RangeUsage, Fault> {
    let span = range.span();
    let taken = numbers(c, range.vrf_id, range.family, span)?;
    Ok(RangeUsage {
        used: taken.len() as u128,
        size: span.size(),
    })
}

/// The range between two addresses, for imports; archived ones too.
pub fn range_named(
    c: &mut Conn,
    vrf: VrfId,
    first: Ip,
    last: Ip,
) -> Result<Option<IpRange>, Fault> {
    Ok(ip_ranges::table
        .filter(ip_ranges::vrf_id.eq(vrf))
        .filter(ip_ranges::family.eq(first.family()))
        .filter(ip_ranges::first.eq(first.octets()))
        .filter(ip_ranges::last.eq(last.octets()))
        .select(IpRange::as_select())
        .first(c)
        .optional()?)
}

fn refuse_overlap(
    c: &mut Conn,
    draft: &RangeDraft,
    except: Option<IpRangeId>,
) -> Result<(), Fault> {
    let other = ranges_meeting(c, draft.vrf_id, draft.first.family(), draft.span())?
        .into_iter()
        .find(|other| Some(other.id) != except);
    match other {
        Some(other) => {
            let message = Message::new("ranges-overlap").with("range", other.text());
            Err(Fault::field("first", message))
        }
        None => Ok(()),
    }
}

fn label(draft: &RangeDraft) -> String {
    format!("{} – {}", draft.first, draft.last)
}

/// Adds a range; it may not overlap another one. One that was archived comes back.
pub fn range_create(c: &mut Conn, actor: &Actor, draft: &RangeDraft) -> Result<IpRangeId, Fault> {
    actor.require(Permission::EditAddresses)?;
    vrf_live(c, draft.vrf_id)?;
    refuse_overlap(c, draft, None)?;
    let id = match range_named(c, draft.vrf_id, draft.first, draft.last)? {
        Some(there) => {
            range_set(c, actor, there.id, there.version, draft)?;
            there.id
        }
        None => diesel::insert_into(ip_ranges::table)
            .values((
                ip_ranges::vrf_id.eq(draft.vrf_id),
                ip_ranges::family.eq(draft.first.family()),
                ip_ranges::first.eq(draft.first.octets()),
                ip_ranges::last.eq(draft.last.octets()),
                ip_ranges::name.eq(&draft.name),
                ip_ranges::purpose.eq(draft.purpose),
                ip_ranges::note.eq(&draft.note),
                ip_ranges::created_at.eq(actor.now),
                ip_ranges::updated_at.eq(actor.now),
            ))
            .returning(ip_ranges::id)
            .get_result(c)?,
    };
    let event = Event::new("range.create", "range", id.get(), label(draft))
        .with(json!({"purpose": draft.purpose}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

fn range_set(
    c: &mut Conn,
    actor: &Actor,
    id: IpRangeId,
    version: i64,
    draft: &RangeDraft,
) -> Result<(), Fault> {
    let changed = diesel::update(
        ip_ranges::table
            .find(id)
            .filter(ip_ranges::version.eq(version)),
    )
    .set((
        ip_ranges::family.eq(draft.first.family()),
        ip_ranges::first.eq(draft.first.octets()),
        ip_ranges::last.eq(draft.last.octets()),
        ip_ranges::name.eq(&draft.name),
        ip_ranges::purpose.eq(draft.purpose),
        ip_ranges::note.eq(&draft.note),
        ip_ranges::archived_at.eq(None::<crate::base::time::Timestamp>),
        ip_ranges::version.eq(ip_ranges::version + 1),
        ip_ranges::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Fault::stale())
    }
}

/// Changes a live range; `version` is the one that was read. Its routing table stays.
pub fn range_update(
    c: &mut Conn,
    actor: &Actor,
    id: IpRangeId,
    version: i64,
    draft: &RangeDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditAddresses)?;
    let before = range_by_id(c, actor, id)?.range;
    if before.archived_at.is_some() {
        return Err(Fault::conflict(Message::new("addressing-archived")));
    }
    if before.vrf_id != draft.vrf_id {
        return Err(Fault::field("vrf_id", Message::new("ranges-vrf-stays")));
    }
    refuse_overlap(c, draft, Some(id))?;
    range_set(c, actor, id, version, draft)?;
    let event = Event::new("range.update", "range", id.get(), label(draft)).with(json!({
        "before": {"range": before.text(), "purpose": before.purpose},
        "after": {"range": label(draft), "purpose": draft.purpose},
    }));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Archives a range, or brings one back when nothing overlaps it by now.
pub fn range_archive(
    c: &mut Conn,
    actor: &Actor,
    id: IpRangeId,
    version: i64,
    archived: bool,
) -> Result<(), Fault> {
    actor.require(Permission::EditAddresses)?;
    let range = range_by_id(c, actor, id)?.range;
    if !archived
        && let Some(other) = ranges_meeting(c, range.vrf_id, range.family, range.span())?.first()
    {
        return Err(Fault::conflict(
            Message::new("ranges-overlap").with("range", other.text()),
        ));
    }
    let changed = diesel::update(
        ip_ranges::table
            .find(id)
            .filter(ip_ranges::version.eq(version)),
    )
    .set((
        ip_ranges::archived_at.eq(archived.then_some(actor.now)),
        ip_ranges::version.eq(ip_ranges::version + 1),
        ip_ranges::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let action = if archived {
        "range.archive"
    } else {
        "range.restore"
    };
    let event = Event::new(action, "range", id.get(), range.text());
    audit::record(c, &actor.author(), actor.now, event)
}
