//! Networks.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::json;

use super::holder::{network_holder, of_prefixes_at, prefixes_around};
use super::names::{site_names, vrf_names, with_holders};
use super::vrfs::vrf_live;
use crate::addressing::model::PrefixDraft;
use crate::addressing::rows::{AssignmentRow, Prefix, PrefixRow, Vlan};
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{PrefixId, VlanId, VrfId};
use crate::base::ip::IpOctets;
use crate::base::ip_prefix::IpPrefix;
use crate::identity::{Actor, Permission};
use crate::search::{Searched, search_added, search_changed};
use crate::store::Conn;
use crate::store::schema::{ip_addresses, ip_assignments, prefixes, sites, vlans};

/// Networks with the names of what they belong to, in the same order.
pub(super) fn with_names(
    c: &mut Conn,
    actor: &Actor,
    found: Vec<Prefix>,
) -> Result<Vec<PrefixRow>, Fault> {
    let tables = vrf_names(c)?;
    let places = site_names(c, found.iter().filter_map(|prefix| prefix.site_id))?;
    let mut on: Vec<VlanId> = found.iter().filter_map(|prefix| prefix.vlan_id).collect();
    on.sort_unstable();
    on.dedup();
    let known: Vec<Vlan> = vlans::table
        .filter(vlans::id.eq_any(on))
        .select(Vlan::as_select())
        .load(c)?;
    let known: HashMap<VlanId, Vlan> = known.into_iter().map(|vlan| (vlan.id, vlan)).collect();
    let ids: Vec<PrefixId> = found.iter().map(|prefix| prefix.id).collect();
    let held = of_prefixes_at(c, &ids, actor.now)?;
    let held: HashMap<PrefixId, AssignmentRow> = with_holders(c, held)?
        .into_iter()
        .filter(|row| actor.wall().shows(row.assignment.customer_id))
        .filter_map(|row| Some((row.assignment.prefix_id?, row)))
        .collect();
    let row = |prefix: Prefix| PrefixRow {
        vrf: tables.get(&prefix.vrf_id).cloned().unwrap_or_default(),
        site: prefix.site_id.and_then(|id| places.get(&id).cloned()),
        vlan: prefix.vlan_id.and_then(|id| known.get(&id).cloned()),
        held: held.get(&prefix.id).cloned(),
        prefix,
    };
    Ok(found.into_iter().map(row).collect())
}

/// One network. A customer sees those that are assigned to the customer now, by themselves or through a wider one.
pub fn prefix_by_id(c: &mut Conn, actor: &Actor, id: PrefixId) -> Result<PrefixRow, Fault> {
    actor.require(Permission::ViewAddresses)?;
    let prefix = prefix_known(c, id)?.ok_or_else(Fault::not_found)?;
    if actor.wall().customer().is_some() {
        let network = prefix.prefix();
        let held = network_holder(
            c,
            prefix.vrf_id,
            network.network(),
            network.length(),
            actor.now,
        )?;
        let owner = held.and_then(|(assignment, _)| assignment.customer_id);
        if prefix.archived_at.is_some() || !actor.wall().shows(owner) {
            return Err(Fault::not_found());
        }
    }
    with_names(c, actor, vec![prefix])?
        .pop()
        .ok_or_else(Fault::not_found)
}

pub(super) fn prefix_known(c: &mut Conn, id: PrefixId) -> Result<Option<Prefix>, Fault> {
    Ok(prefixes::table
        .find(id)
        .select(Prefix::as_select())
        .first(c)
        .optional()?)
}

/// The network of a routing table, for imports; archived ones too.
pub fn prefix_named(c: &mut Conn, vrf: VrfId, prefix: IpPrefix) -> Result<Option<Prefix>, Fault> {
    Ok(prefixes::table
        .filter(prefixes::vrf_id.eq(vrf))
        .filter(prefixes::family.eq(prefix.family()))
        .filter(prefixes::network.eq(prefix.network().octets()))
        .filter(prefixes::length.eq(i64::from(prefix.length())))
        .select(Prefix::as_select())
        .first(c)
        .optional()?)
}

/// All live networks by routing table, family and number: each stands behind what is around it. For the operations of
/// this program: the caller has checked the right.
pub(super) fn prefixes_live(c: &mut Conn, vrf: Option<VrfId>) -> Result<Vec<Prefix>, Fault> {
    let mut query = prefixes::table
        .filter(prefixes::archived_at.is_null())
        .order((
            prefixes::vrf_id.asc(),
            prefixes::family.asc(),
            prefixes::network.asc(),
            prefixes::length.asc(),
        ))
        .select(Prefix::as_select())
        .into_boxed();
    if let Some(vrf) = vrf {
        query = query.filter(prefixes::vrf_id.eq(vrf));
    }
    Ok(query.load(c)?)
}

/// All live networks with their names; for exports by staff.
pub fn prefix_rows(c: &mut Conn, actor: &Actor) -> Result<Vec<PrefixRow>, Fault> {
    super::vrfs::for_staff(actor)?;
    let found = prefixes_live(c, None)?;
    with_names(c, actor, found)
}

fn refuse_wrong_place(c: &mut Conn, draft: &PrefixDraft) -> Result<(), Fault> {
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
    let Some(id) = draft.vlan_id else {
        return Ok(());
    };
    let vlan: Option<Vlan> = vlans::table
        .find(id)
        .filter(vlans::archived_at.is_null())
        .select(Vlan::as_select())
        .first(c)
        .optional()?;
    let vlan =
        vlan.ok_or_else(|| Fault::field("vlan_id", Message::new("prefixes-no-such-vlan")))?;
    match (vlan.site_id, draft.site_id) {
        (Some(of), Some(at)) if of != at => Err(Fault::field(
            "vlan_id",
            Message::new("prefixes-vlan-elsewhere"),
        )),
        _ => Ok(()),
    }
}

/// A network whose first or last address a host has already is refused, unless a smaller one holds that host.
fn refuse_hosts_at_ends(c: &mut Conn, draft: &PrefixDraft) -> Result<(), Fault> {
    let prefix = draft.prefix;
    if draft.is_pool || !prefix.has_ends() {
        return Ok(());
    }
    let ends = [prefix.network(), prefix.last()];
    let taken: Vec<IpOctets> = ip_addresses::table
        .filter(ip_addresses::vrf_id.eq(draft.vrf_id))
        .filter(ip_addresses::family.eq(prefix.family()))
        .filter(ip_addresses::address.eq_any(ends.map(|end| end.octets())))
        .filter(ip_addresses::archived_at.is_null())
        .select(ip_addresses::address)
        .load(c)?;
    for end in ends {
        if !taken.contains(&end.octets()) {
            continue;
        }
        let around = prefixes_around(c, draft.vrf_id, end, end.family().bits(), false)?;
        let narrowest = around.first().map_or(-1, |prefix| prefix.length);
        if narrowest <= i64::from(prefix.length()) {
            let message = Message::new("prefixes-host-at-end").with("address", end.to_string());
            return Err(Fault::field("prefix", message));
        }
    }
    Ok(())
}

/// Adds a network. One that was archived comes back as what the draft says, with its history.
pub fn prefix_create(c: &mut Conn, actor: &Actor, draft: &PrefixDraft) -> Result<PrefixId, Fault> {
    actor.require(Permission::EditAddresses)?;
    vrf_live(c, draft.vrf_id)?;
    refuse_wrong_place(c, draft)?;
    refuse_hosts_at_ends(c, draft)?;
    let id = match prefix_named(c, draft.vrf_id, draft.prefix)? {
        None => prefix_insert(c, actor, draft)?,
        Some(there) if there.archived_at.is_some() => {
            prefix_set(c, actor, there.id, there.version, draft)?;
            there.id
        }
        Some(_) => return Err(Fault::field("prefix", Message::new("prefixes-taken"))),
    };
    search_added(c, Searched::Prefix(id))?;
    let event = Event::new(
        "prefix.create",
        "prefix",
        id.get(),
        draft.prefix.to_string(),
    )
    .with(json!({"vrf_id": draft.vrf_id, "status": draft.status}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

fn prefix_insert(c: &mut Conn, actor: &Actor, draft: &PrefixDraft) -> Result<PrefixId, Fault> {
    Ok(diesel::insert_into(prefixes::table)
        .values((
            prefixes::vrf_id.eq(draft.vrf_id),
            prefixes::family.eq(draft.prefix.family()),
            prefixes::network.eq(draft.prefix.network().octets()),
            prefixes::length.eq(i64::from(draft.prefix.length())),
            prefixes::site_id.eq(draft.site_id),
            prefixes::vlan_id.eq(draft.vlan_id),
            prefixes::status.eq(draft.status),
            prefixes::role.eq(&draft.role),
            prefixes::is_pool.eq(draft.is_pool),
            prefixes::note.eq(&draft.note),
            prefixes::created_at.eq(actor.now),
            prefixes::updated_at.eq(actor.now),
        ))
        .returning(prefixes::id)
        .get_result(c)?)
}

fn prefix_set(
    c: &mut Conn,
    actor: &Actor,
    id: PrefixId,
    version: i64,
    draft: &PrefixDraft,
) -> Result<(), Fault> {
    let changed = diesel::update(
        prefixes::table
            .find(id)
            .filter(prefixes::version.eq(version)),
    )
    .set((
        prefixes::site_id.eq(draft.site_id),
        prefixes::vlan_id.eq(draft.vlan_id),
        prefixes::status.eq(draft.status),
        prefixes::role.eq(&draft.role),
        prefixes::is_pool.eq(draft.is_pool),
        prefixes::note.eq(&draft.note),
        prefixes::archived_at.eq(None::<crate::base::time::Timestamp>),
        prefixes::version.eq(prefixes::version + 1),
        prefixes::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Fault::stale())
    }
}

/// Changes a live network; `version` is the one that was read. Table and network stay: who had them is on record.
pub fn prefix_update(
    c: &mut Conn,
    actor: &Actor,
    id: PrefixId,
    version: i64,
    draft: &PrefixDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditAddresses)?;
    let before = prefix_by_id(c, actor, id)?.prefix;
    if before.archived_at.is_some() {
        return Err(Fault::conflict(Message::new("addressing-archived")));
    }
    if before.vrf_id != draft.vrf_id || before.prefix() != draft.prefix {
        return Err(Fault::field("prefix", Message::new("prefixes-stays")));
    }
    refuse_wrong_place(c, draft)?;
    if before.is_pool {
        refuse_hosts_at_ends(c, draft)?;
    }
    prefix_set(c, actor, id, version, draft)?;
    search_changed(c, Searched::Prefix(id))?;
    let event = Event::new(
        "prefix.update",
        "prefix",
        id.get(),
        draft.prefix.to_string(),
    )
    .with(json!({
        "before": {"status": before.status, "role": before.role, "is_pool": before.is_pool},
        "after": {"status": draft.status, "role": draft.role, "is_pool": draft.is_pool},
    }));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Archives a network that nobody has, or brings one back. What is in it stays as it is.
pub fn prefix_archive(
    c: &mut Conn,
    actor: &Actor,
    id: PrefixId,
    version: i64,
    archived: bool,
) -> Result<(), Fault> {
    actor.require(Permission::EditAddresses)?;
    let row = prefix_by_id(c, actor, id)?;
    let prefix = row.prefix;
    if archived {
        let running: i64 = ip_assignments::table
            .filter(ip_assignments::prefix_id.eq(id))
            .filter(
                ip_assignments::until_at
                    .is_null()
                    .or(ip_assignments::until_at.gt(actor.now)),
            )
            .count()
            .get_result(c)?;
        if running > 0 {
            return Err(Fault::conflict(Message::new("addressing-assigned")));
        }
    } else {
        vrf_live(c, prefix.vrf_id)?;
    }
    let changed = diesel::update(
        prefixes::table
            .find(id)
            .filter(prefixes::version.eq(version)),
    )
    .set((
        prefixes::archived_at.eq(archived.then_some(actor.now)),
        prefixes::version.eq(prefixes::version + 1),
        prefixes::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    search_changed(c, Searched::Prefix(id))?;
    let action = if archived {
        "prefix.archive"
    } else {
        "prefix.restore"
    };
    let event = Event::new(action, "prefix", id.get(), prefix.prefix().to_string());
    audit::record(c, &actor.author(), actor.now, event)
}
