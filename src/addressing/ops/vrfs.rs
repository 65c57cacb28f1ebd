//! Routing tables.

use diesel::prelude::*;
use serde_json::json;

use crate::addressing::model::VrfDraft;
use crate::addressing::rows::Vrf;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::VrfId;
use crate::base::ip::{Family, IpOctets};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{ip_addresses, ip_ranges, prefixes, vrfs};

/// Live routing tables by name; for staff.
pub fn vrf_list(c: &mut Conn, actor: &Actor) -> Result<Vec<Vrf>, Fault> {
    for_staff(actor)?;
    Ok(vrfs::table
        .filter(vrfs::archived_at.is_null())
        .order(vrfs::name.asc())
        .select(Vrf::as_select())
        .load(c)?)
}

/// Routing tables, VLANs and ranges are the operator's own: to a customer they do not exist.
pub(super) fn for_staff(actor: &Actor) -> Result<(), Fault> {
    actor.require(Permission::ViewAddresses)?;
    match actor.wall().customer() {
        Some(_) => Err(Fault::not_found()),
        None => Ok(()),
    }
}

/// One routing table; for staff.
pub fn vrf_by_id(c: &mut Conn, actor: &Actor, id: VrfId) -> Result<Vrf, Fault> {
    for_staff(actor)?;
    vrfs::table
        .find(id)
        .select(Vrf::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// The routing table of a name, for imports; archived ones too.
pub fn vrf_named(c: &mut Conn, name: &str) -> Result<Option<Vrf>, Fault> {
    Ok(vrfs::table
        .filter(vrfs::name.eq(name.trim()))
        .select(Vrf::as_select())
        .first(c)
        .optional()?)
}

/// The live routing table that a draft names; a fault at `vrf_id` when there is none.
pub(super) fn vrf_live(c: &mut Conn, id: VrfId) -> Result<Vrf, Fault> {
    vrfs::table
        .find(id)
        .filter(vrfs::archived_at.is_null())
        .select(Vrf::as_select())
        .first(c)
        .optional()?
        .ok_or_else(|| Fault::field("vrf_id", Message::new("vrfs-no-such")))
}

fn refuse_taken(c: &mut Conn, draft: &VrfDraft, except: Option<VrfId>) -> Result<(), Fault> {
    let named = vrf_named(c, &draft.name)?.map(|vrf| vrf.id);
    if named.is_some() && named != except {
        return Err(Fault::field("name", Message::new("vrfs-name-taken")));
    }
    let Some(rd) = &draft.route_distinguisher else {
        return Ok(());
    };
    let other: Option<(VrfId, String)> = vrfs::table
        .filter(vrfs::route_distinguisher.eq(rd))
        .select((vrfs::id, vrfs::name))
        .first(c)
        .optional()?;
    match other {
        Some((id, name)) if Some(id) != except => {
            let message = Message::new("vrfs-route-distinguisher-taken").with("name", name);
            Err(Fault::field("route_distinguisher", message))
        }
        _ => Ok(()),
    }
}

/// Adds a routing table.
pub fn vrf_create(c: &mut Conn, actor: &Actor, draft: &VrfDraft) -> Result<VrfId, Fault> {
    actor.require(Permission::EditAddresses)?;
    refuse_taken(c, draft, None)?;
    let id: VrfId = diesel::insert_into(vrfs::table)
        .values((
            vrfs::name.eq(&draft.name),
            vrfs::route_distinguisher.eq(&draft.route_distinguisher),
            vrfs::refuse_duplicates.eq(draft.refuse_duplicates),
            vrfs::note.eq(&draft.note),
            vrfs::created_at.eq(actor.now),
            vrfs::updated_at.eq(actor.now),
        ))
        .returning(vrfs::id)
        .get_result(c)?;
    let event = Event::new("vrf.create", "vrf", id.get(), &draft.name);
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Changes a routing table; `version` is the one that was read. Duplicates can only be refused when there are none.
pub fn vrf_update(
    c: &mut Conn,
    actor: &Actor,
    id: VrfId,
    version: i64,
    draft: &VrfDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditAddresses)?;
    let before = vrf_by_id(c, actor, id)?;
    refuse_taken(c, draft, Some(id))?;
    if draft.refuse_duplicates && !before.refuse_duplicates {
        refuse_duplicates_there(c, id)?;
    }
    let changed = diesel::update(vrfs::table.find(id).filter(vrfs::version.eq(version)))
        .set((
            vrfs::name.eq(&draft.name),
            vrfs::route_distinguisher.eq(&draft.route_distinguisher),
            vrfs::refuse_duplicates.eq(draft.refuse_duplicates),
            vrfs::note.eq(&draft.note),
            vrfs::version.eq(vrfs::version + 1),
            vrfs::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let event = Event::new("vrf.update", "vrf", id.get(), &draft.name).with(json!({
        "before": {"name": before.name, "refuse_duplicates": before.refuse_duplicates},
        "after": {"name": draft.name, "refuse_duplicates": draft.refuse_duplicates},
    }));
    audit::record(c, &actor.author(), actor.now, event)
}

fn refuse_duplicates_there(c: &mut Conn, id: VrfId) -> Result<(), Fault> {
    let live = ip_addresses::table
        .filter(ip_addresses::vrf_id.eq(id))
        .filter(ip_addresses::archived_at.is_null());
    let all: i64 = live.count().get_result(c)?;
    let distinct: Vec<(Family, IpOctets)> = live
        .select((ip_addresses::family, ip_addresses::address))
        .distinct()
        .load(c)?;
    let twice = all - i64::try_from(distinct.len()).unwrap_or(i64::MAX);
    if twice == 0 {
        return Ok(());
    }
    let message = Message::new("vrfs-has-duplicates").with("count", twice);
    Err(Fault::field("refuse_duplicates", message))
}

/// Archives a routing table that nothing live is in, or brings one back.
pub fn vrf_archive(
    c: &mut Conn,
    actor: &Actor,
    id: VrfId,
    version: i64,
    archived: bool,
) -> Result<(), Fault> {
    actor.require(Permission::EditAddresses)?;
    let vrf = vrf_by_id(c, actor, id)?;
    if archived {
        let networks: i64 = prefixes::table
            .filter(prefixes::vrf_id.eq(id))
            .filter(prefixes::archived_at.is_null())
            .count()
            .get_result(c)?;
        let addresses: i64 = ip_addresses::table
            .filter(ip_addresses::vrf_id.eq(id))
            .filter(ip_addresses::archived_at.is_null())
            .count()
            .get_result(c)?;
        let ranges: i64 = ip_ranges::table
            .filter(ip_ranges::vrf_id.eq(id))
            .filter(ip_ranges::archived_at.is_null())
            .count()
            .get_result(c)?;
        if networks + addresses + ranges > 0 {
            return Err(Fault::conflict(
                Message::new("vrfs-in-use").with("count", networks + addresses + ranges),
            ));
        }
    }
    let changed = diesel::update(vrfs::table.find(id).filter(vrfs::version.eq(version)))
        .set((
            vrfs::archived_at.eq(archived.then_some(actor.now)),
            vrfs::version.eq(vrfs::version + 1),
            vrfs::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let action = if archived {
        "vrf.archive"
    } else {
        "vrf.restore"
    };
    let event = Event::new(action, "vrf", id.get(), vrf.name);
    audit::record(c, &actor.author(), actor.now, event)
}

/// The live routing table that a question is about: that of a name; without one the only one there is, or `global`. Which
/// tables there are is no secret, what is in them is: the wall is where they are looked into.
pub fn vrf_at(c: &mut Conn, name: &str) -> Result<Vrf, Fault> {
    let live: Vec<Vrf> = vrfs::table
        .filter(vrfs::archived_at.is_null())
        .select(Vrf::as_select())
        .load(c)?;
    let wanted = match name.trim() {
        "" if live.len() > 1 => "global",
        name => name,
    };
    let found = live
        .into_iter()
        .find(|vrf| wanted.is_empty() || vrf.name == wanted);
    found.ok_or_else(|| Fault::field("vrf", Message::new("vrfs-no-such")))
}
