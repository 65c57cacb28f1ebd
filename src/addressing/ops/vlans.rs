//! VLANs of sites and groups.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::json;

use super::names::site_names;
use super::vrfs::for_staff;
use crate::addressing::model::VlanDraft;
use crate::addressing::rows::{Vlan, VlanRow};
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{SiteId, VlanId};
use crate::identity::{Actor, Permission};
use crate::search::{Searched, search_added, search_changed};
use crate::store::Conn;
use crate::store::schema::{prefixes, sites, vlans};

/// Live VLANs by site or group and number; for staff.
pub fn vlan_list(c: &mut Conn, actor: &Actor) -> Result<Vec<VlanRow>, Fault> {
    for_staff(actor)?;
    let found: Vec<Vlan> = vlans::table
        .filter(vlans::archived_at.is_null())
        .select(Vlan::as_select())
        .load(c)?;
    let mut rows = with_names(c, found)?;
    rows.sort_by_cached_key(|row| {
        let site = row.site.as_ref().map(|site| site.name.clone());
        (site, row.vlan.group_name.clone(), row.vlan.number)
    });
    Ok(rows)
}

fn with_names(c: &mut Conn, found: Vec<Vlan>) -> Result<Vec<VlanRow>, Fault> {
    let sites = site_names(c, found.iter().filter_map(|vlan| vlan.site_id))?;
    let on: Vec<Option<VlanId>> = prefixes::table
        .filter(prefixes::archived_at.is_null())
        .filter(prefixes::vlan_id.is_not_null())
        .select(prefixes::vlan_id)
        .load(c)?;
    let mut counts: HashMap<VlanId, i64> = HashMap::new();
    for id in on.into_iter().flatten() {
        *counts.entry(id).or_default() += 1;
    }
    let row = |vlan: Vlan| VlanRow {
        site: vlan.site_id.and_then(|id| sites.get(&id).cloned()),
        prefixes: counts.get(&vlan.id).copied().unwrap_or(0),
        vlan,
    };
    Ok(found.into_iter().map(row).collect())
}

/// One VLAN; for staff.
pub fn vlan_by_id(c: &mut Conn, actor: &Actor, id: VlanId) -> Result<VlanRow, Fault> {
    for_staff(actor)?;
    let vlan: Option<Vlan> = vlans::table
        .find(id)
        .select(Vlan::as_select())
        .first(c)
        .optional()?;
    with_names(c, vlan.into_iter().collect())?
        .pop()
        .ok_or_else(Fault::not_found)
}

/// The VLAN of a number in a site or a group, for imports; archived ones too.
pub fn vlan_named(
    c: &mut Conn,
    site: Option<SiteId>,
    group: &str,
    number: i64,
) -> Result<Option<Vlan>, Fault> {
    let query = vlans::table
        .filter(vlans::number.eq(number))
        .filter(vlans::group_name.eq(group.trim()))
        .select(Vlan::as_select())
        .into_boxed();
    let query = match site {
        Some(site) => query.filter(vlans::site_id.eq(site)),
        None => query.filter(vlans::site_id.is_null()),
    };
    Ok(query.first(c).optional()?)
}

fn refuse_wrong(c: &mut Conn, draft: &VlanDraft, except: Option<VlanId>) -> Result<(), Fault> {
    if let Some(site) = draft.site_id {
        let there: i64 = sites::table
            .find(site)
            .filter(sites::archived_at.is_null())
            .count()
            .get_result(c)?;
        if there == 0 {
            return Err(Fault::field("site_id", Message::new("vlans-no-such-site")));
        }
    }
    match vlan_named(c, draft.site_id, &draft.group_name, draft.number)? {
        Some(other) if Some(other.id) != except => {
            let message = match other.archived_at {
                None => Message::new("vlans-number-taken").with("name", other.name),
                Some(_) => Message::new("vlans-number-archived").with("name", other.name),
            };
            Err(Fault::field("number", message))
        }
        _ => Ok(()),
    }
}

/// Adds a VLAN.
pub fn vlan_create(c: &mut Conn, actor: &Actor, draft: &VlanDraft) -> Result<VlanId, Fault> {
    actor.require(Permission::EditAddresses)?;
    refuse_wrong(c, draft, None)?;
    let id: VlanId = diesel::insert_into(vlans::table)
        .values((
            vlans::site_id.eq(draft.site_id),
            vlans::group_name.eq(&draft.group_name),
            vlans::number.eq(draft.number),
            vlans::name.eq(&draft.name),
            vlans::note.eq(&draft.note),
            vlans::created_at.eq(actor.now),
            vlans::updated_at.eq(actor.now),
        ))
        .returning(vlans::id)
        .get_result(c)?;
    search_added(c, Searched::Vlan(id))?;
    let event = Event::new("vlan.create", "vlan", id.get(), label(draft));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

fn label(draft: &VlanDraft) -> String {
    format!("{} {}", draft.number, draft.name)
}

/// Changes a VLAN; `version` is the one that was read.
pub fn vlan_update(
    c: &mut Conn,
    actor: &Actor,
    id: VlanId,
    version: i64,
    draft: &VlanDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditAddresses)?;
    let before = vlan_by_id(c, actor, id)?.vlan;
    refuse_wrong(c, draft, Some(id))?;
    let changed = diesel::update(vlans::table.find(id).filter(vlans::version.eq(version)))
        .set((
            vlans::site_id.eq(draft.site_id),
            vlans::group_name.eq(&draft.group_name),
            vlans::number.eq(draft.number),
            vlans::name.eq(&draft.name),
            vlans::note.eq(&draft.note),
            vlans::version.eq(vlans::version + 1),
            vlans::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    search_changed(c, Searched::Vlan(id))?;
    let event = Event::new("vlan.update", "vlan", id.get(), label(draft)).with(json!({
        "before": {"number": before.number, "name": before.name},
        "after": {"number": draft.number, "name": draft.name},
    }));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Archives a VLAN without live networks, or brings one back.
pub fn vlan_archive(
    c: &mut Conn,
    actor: &Actor,
    id: VlanId,
    version: i64,
    archived: bool,
) -> Result<(), Fault> {
    actor.require(Permission::EditAddresses)?;
    let row = vlan_by_id(c, actor, id)?;
    if archived && row.prefixes > 0 {
        return Err(Fault::conflict(
            Message::new("vlans-in-use").with("count", row.prefixes),
        ));
    }
    let changed = diesel::update(vlans::table.find(id).filter(vlans::version.eq(version)))
        .set((
            vlans::archived_at.eq(archived.then_some(actor.now)),
            vlans::version.eq(vlans::version + 1),
            vlans::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    search_changed(c, Searched::Vlan(id))?;
    let action = if archived {
        "vlan.archive"
    } else {
        "vlan.restore"
    };
    let event = Event::new(
        action,
        "vlan",
        id.get(),
        format!("{} {}", row.vlan.number, row.vlan.name),
    );
    audit::record(c, &actor.author(), actor.now, event)
}
