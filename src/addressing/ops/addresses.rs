//! Addresses.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::json;

use super::holder::{address_holder, of_addresses_at, prefixes_around};
use super::names::{vrf_names, with_holders};
use super::vrfs::{for_staff, vrf_live};
use crate::addressing::model::{AddressDraft, AddressFilter};
use crate::addressing::rows::{AddressRow, AssignmentRow, IpAddress};
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::fold::contains_pattern;
use crate::base::ids::{CustomerId, IpAddressId, VrfId};
use crate::base::ip::{Ip, IpOctets};
use crate::base::page::{Page, PageRequest};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::search::{Searched, search_added, search_changed};
use crate::store::Conn;
use crate::store::schema::{ip_addresses, ip_assignments};

type Boxed<'a> = ip_addresses::BoxedQuery<'a, crate::store::conn::MultiBackend>;

/// What a filter lets through; a customer's own at the instant of the request.
fn filtered<'a>(filter: &'a AddressFilter, own: Option<CustomerId>, now: Timestamp) -> Boxed<'a> {
    let mut query = ip_addresses::table.into_boxed();
    query = if filter.archived && own.is_none() {
        query.filter(ip_addresses::archived_at.is_not_null())
    } else {
        query.filter(ip_addresses::archived_at.is_null())
    };
    if let Some(vrf) = filter.vrf_id {
        query = query.filter(ip_addresses::vrf_id.eq(vrf));
    }
    if let Some(status) = filter.status {
        query = query.filter(ip_addresses::status.eq(status));
    }
    let meant = filter.meant();
    for prefix in [filter.within, meant].into_iter().flatten() {
        let span = prefix.span();
        query = query
            .filter(ip_addresses::family.eq(prefix.family()))
            .filter(ip_addresses::address.ge(IpOctets::new(span.first)))
            .filter(ip_addresses::address.le(IpOctets::new(span.last)));
    }
    if let Some((first, last)) = filter.between {
        query = query
            .filter(ip_addresses::family.eq(first.family()))
            .filter(ip_addresses::address.ge(first.octets()))
            .filter(ip_addresses::address.le(last.octets()));
    }
    if meant.is_none() && !filter.query.trim().is_empty() {
        let pattern = contains_pattern(&filter.query);
        query = query.filter(ip_addresses::dns_name.like(pattern).escape('\\'));
    }
    if let Some(own) = own {
        let mine = ip_assignments::table
            .filter(ip_assignments::customer_id.eq(own))
            .filter(ip_assignments::address_id.is_not_null())
            .filter(ip_assignments::from_at.le(now))
            .filter(
                ip_assignments::until_at
                    .is_null()
                    .or(ip_assignments::until_at.gt(now)),
            )
            .select(ip_assignments::address_id.assume_not_null());
        query = query.filter(ip_addresses::id.eq_any(mine));
    }
    query
}

/// Addresses by routing table and number, a page of them. A customer's are those assigned to the customer now.
pub fn address_list(
    c: &mut Conn,
    actor: &Actor,
    filter: &AddressFilter,
    page: &PageRequest,
) -> Result<Page<AddressRow>, Fault> {
    actor.require(Permission::ViewAddresses)?;
    let own = actor.wall().customer();
    let total: i64 = filtered(filter, own, actor.now).count().get_result(c)?;
    let limit = page.limit.clamp(1, 1000);
    let is_back = page.after.is_none() && page.before.is_some();
    let edge = match page.after.as_deref().or(page.before.as_deref()) {
        Some(key) => edge(c, actor, filter, key)?,
        None => None,
    };
    let mut found = beyond(c, filter, actor, edge.as_ref(), is_back, limit)?;
    let is_more = found.len() > limit;
    found.truncate(limit);
    if is_back {
        found.reverse();
    }
    let key = |row: Option<&IpAddress>| row.map(|address| address.id.to_string());
    let next = (is_more || is_back).then(|| key(found.last())).flatten();
    let previous = match is_back {
        true => is_more.then(|| key(found.first())).flatten(),
        false => edge.is_some().then(|| key(found.first())).flatten(),
    };
    Ok(Page {
        rows: with_names(c, actor, found)?,
        next,
        previous,
        total,
    })
}

/// The address whose key a page begins behind; `None` for what is no key of this list. A customer's list has own keys only.
fn edge(
    c: &mut Conn,
    actor: &Actor,
    filter: &AddressFilter,
    key: &str,
) -> Result<Option<IpAddress>, Fault> {
    let Ok(id) = key.parse::<IpAddressId>() else {
        return Ok(None);
    };
    let own = actor.wall().customer();
    if own.is_some() {
        let listed: Vec<IpAddress> = filtered(filter, own, actor.now)
            .filter(ip_addresses::id.eq(id))
            .limit(1)
            .select(IpAddress::as_select())
            .load(c)?;
        return Ok(listed.into_iter().next());
    }
    Ok(ip_addresses::table
        .find(id)
        .select(IpAddress::as_select())
        .first(c)
        .optional()?)
}

/// One more than `limit` addresses behind an edge, or before it and backwards.
fn beyond(
    c: &mut Conn,
    filter: &AddressFilter,
    actor: &Actor,
    edge: Option<&IpAddress>,
    is_back: bool,
    limit: usize,
) -> Result<Vec<IpAddress>, Fault> {
    use ip_addresses::{address, family, id, vrf_id};
    let mut query = filtered(filter, actor.wall().customer(), actor.now);
    if let Some(at) = edge {
        query = if is_back {
            query.filter(
                vrf_id.lt(at.vrf_id).or(vrf_id.eq(at.vrf_id).and(
                    family.lt(at.family).or(family.eq(at.family).and(
                        address
                            .lt(at.address)
                            .or(address.eq(at.address).and(id.lt(at.id))),
                    )),
                )),
            )
        } else {
            query.filter(
                vrf_id.gt(at.vrf_id).or(vrf_id.eq(at.vrf_id).and(
                    family.gt(at.family).or(family.eq(at.family).and(
                        address
                            .gt(at.address)
                            .or(address.eq(at.address).and(id.gt(at.id))),
                    )),
                )),
            )
        };
    }
    query = if is_back {
        query.order((vrf_id.desc(), family.desc(), address.desc(), id.desc()))
    } else {
        query.order((vrf_id.asc(), family.asc(), address.asc(), id.asc()))
    };
    let limit = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    Ok(query.limit(limit).select(IpAddress::as_select()).load(c)?)
}

/// Addresses with their tables and who has them now, as far as the actor may know.
fn with_names(
    c: &mut Conn,
    actor: &Actor,
    found: Vec<IpAddress>,
) -> Result<Vec<AddressRow>, Fault> {
    let tables = vrf_names(c)?;
    let ids: Vec<IpAddressId> = found.iter().map(|address| address.id).collect();
    let mut held: HashMap<IpAddressId, AssignmentRow> = HashMap::new();
    for part in ids.chunks(10_000) {
        let now = of_addresses_at(c, part, actor.now)?;
        let rows = with_holders(c, now)?.into_iter();
        held.extend(
            rows.filter(|row| actor.wall().shows(row.assignment.customer_id))
                .filter_map(|row| Some((row.assignment.address_id?, row))),
        );
    }
    let row = |address: IpAddress| AddressRow {
        vrf: tables.get(&address.vrf_id).cloned().unwrap_or_default(),
        held: held.get(&address.id).cloned(),
        address,
    };
    Ok(found.into_iter().map(row).collect())
}

/// All live addresses; for exports by staff.
pub fn addresses_all(c: &mut Conn, actor: &Actor) -> Result<Vec<AddressRow>, Fault> {
    for_staff(actor)?;
    let found: Vec<IpAddress> = ip_addresses::table
        .filter(ip_addresses::archived_at.is_null())
        .order((
            ip_addresses::vrf_id.asc(),
            ip_addresses::family.asc(),
            ip_addresses::address.asc(),
        ))
        .select(IpAddress::as_select())
        .load(c)?;
    let tables = vrf_names(c)?;
    let row = |address: IpAddress| AddressRow {
        vrf: tables.get(&address.vrf_id).cloned().unwrap_or_default(),
        held: None,
        address,
    };
    Ok(found.into_iter().map(row).collect())
}

/// One address. A customer sees those that are the customer's now, by themselves or through a network.
pub fn address_by_id(c: &mut Conn, actor: &Actor, id: IpAddressId) -> Result<AddressRow, Fault> {
    actor.require(Permission::ViewAddresses)?;
    let address: IpAddress = ip_addresses::table
        .find(id)
        .select(IpAddress::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)?;
    if actor.wall().customer().is_some() {
        let held = address_holder(c, address.vrf_id, address.ip(), actor.now)?;
        let owner = held.and_then(|(assignment, _)| assignment.customer_id);
        if address.archived_at.is_some() || !actor.wall().shows(owner) {
            return Err(Fault::not_found());
        }
    }
    with_names(c, actor, vec![address])?
        .pop()
        .ok_or_else(Fault::not_found)
}

/// The records of an address in a routing table, the live ones first. For imports: the caller has checked the right.
pub fn address_named(c: &mut Conn, vrf: VrfId, ip: Ip) -> Result<Vec<IpAddress>, Fault> {
    let mut found: Vec<IpAddress> = ip_addresses::table
        .filter(ip_addresses::vrf_id.eq(vrf))
        .filter(ip_addresses::family.eq(ip.family()))
        .filter(ip_addresses::address.eq(ip.octets()))
        .order(ip_addresses::id.asc())
        .select(IpAddress::as_select())
        .load(c)?;
    found.sort_by_key(|address| address.archived_at.is_some());
    Ok(found)
}

/// The ends of an IPv4 network are no host's, unless the network is a pool.
fn refuse_ends(c: &mut Conn, vrf: VrfId, ip: Ip) -> Result<(), Fault> {
    let around = prefixes_around(c, vrf, ip, ip.family().bits(), false)?;
    let Some(narrowest) = around.first().filter(|prefix| !prefix.is_pool) else {
        return Ok(());
    };
    let prefix = narrowest.prefix();
    if !prefix.has_ends() || (ip != prefix.network() && ip != prefix.last()) {
        return Ok(());
    }
    let text = prefix.to_string();
    let message = if ip == prefix.network() {
        Message::new("addresses-is-network").with("prefix", text)
    } else {
        Message::new("addresses-is-broadcast").with("prefix", text)
    };
    Err(Fault::field("address", message))
}

/// Adds an address. One that was archived comes back as what the draft says, with its history.
pub fn address_create(
    c: &mut Conn,
    actor: &Actor,
    draft: &AddressDraft,
) -> Result<IpAddressId, Fault> {
    actor.require(Permission::EditAddresses)?;
    let vrf = vrf_live(c, draft.vrf_id)?;
    refuse_ends(c, vrf.id, draft.address)?;
    let there = address_named(c, vrf.id, draft.address)?;
    let is_live = there.iter().any(|address| address.archived_at.is_none());
    if is_live && vrf.refuse_duplicates {
        let message = Message::new("addresses-taken").with("vrf", vrf.name);
        return Err(Fault::field("address", message));
    }
    let id = match there.iter().find(|address| address.archived_at.is_some()) {
        Some(old) => {
            address_set(c, actor, old.id, old.version, draft)?;
            old.id
        }
        None => address_insert(c, actor, draft)?,
    };
    search_added(c, Searched::Address(id))?;
    let event = Event::new(
        "address.create",
        "address",
        id.get(),
        draft.address.to_string(),
    )
    .with(json!({"vrf_id": draft.vrf_id, "dns_name": draft.dns_name, "role": draft.role}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

fn address_insert(c: &mut Conn, actor: &Actor, draft: &AddressDraft) -> Result<IpAddressId, Fault> {
    Ok(diesel::insert_into(ip_addresses::table)
        .values((
            ip_addresses::vrf_id.eq(draft.vrf_id),
            ip_addresses::family.eq(draft.address.family()),
            ip_addresses::address.eq(draft.address.octets()),
            ip_addresses::dns_name.eq(&draft.dns_name),
            ip_addresses::role.eq(draft.role),
            ip_addresses::status.eq(draft.status),
            ip_addresses::note.eq(&draft.note),
            ip_addresses::created_at.eq(actor.now),
            ip_addresses::updated_at.eq(actor.now),
        ))
        .returning(ip_addresses::id)
        .get_result(c)?)
}

fn address_set(
    c: &mut Conn,
    actor: &Actor,
    id: IpAddressId,
    version: i64,
    draft: &AddressDraft,
) -> Result<(), Fault> {
    let changed = diesel::update(
        ip_addresses::table
            .find(id)
            .filter(ip_addresses::version.eq(version)),
    )
    .set((
        ip_addresses::dns_name.eq(&draft.dns_name),
        ip_addresses::role.eq(draft.role),
        ip_addresses::status.eq(draft.status),
        ip_addresses::note.eq(&draft.note),
        ip_addresses::archived_at.eq(None::<Timestamp>),
        ip_addresses::version.eq(ip_addresses::version + 1),
        ip_addresses::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Fault::stale())
    }
}

/// Changes a live address; `version` is the one that was read. Table and number stay: who had them is on record.
pub fn address_update(
    c: &mut Conn,
    actor: &Actor,
    id: IpAddressId,
    version: i64,
    draft: &AddressDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditAddresses)?;
    let before = address_by_id(c, actor, id)?.address;
    if before.archived_at.is_some() {
        return Err(Fault::conflict(Message::new("addressing-archived")));
    }
    if before.vrf_id != draft.vrf_id || before.ip() != draft.address {
        return Err(Fault::field("address", Message::new("addresses-stays")));
    }
    address_set(c, actor, id, version, draft)?;
    search_changed(c, Searched::Address(id))?;
    let event = Event::new(
        "address.update",
        "address",
        id.get(),
        draft.address.to_string(),
    )
    .with(json!({
        "before": {"dns_name": before.dns_name, "role": before.role, "status": before.status},
        "after": {"dns_name": draft.dns_name, "role": draft.role, "status": draft.status},
    }));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Archives an address that nobody has, which frees it, or brings one back.
pub fn address_archive(
    c: &mut Conn,
    actor: &Actor,
    id: IpAddressId,
    version: i64,
    archived: bool,
) -> Result<(), Fault> {
    actor.require(Permission::EditAddresses)?;
    let address = address_by_id(c, actor, id)?.address;
    if archived {
        let running: i64 = ip_assignments::table
            .filter(ip_assignments::address_id.eq(id))
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
        let vrf = vrf_live(c, address.vrf_id)?;
        refuse_ends(c, vrf.id, address.ip())?;
        let others = address_named(c, vrf.id, address.ip())?;
        if vrf.refuse_duplicates && others.iter().any(|other| other.archived_at.is_none()) {
            let message = Message::new("addresses-taken").with("vrf", vrf.name);
            return Err(Fault::conflict(message));
        }
    }
    let changed = diesel::update(
        ip_addresses::table
            .find(id)
            .filter(ip_addresses::version.eq(version)),
    )
    .set((
        ip_addresses::archived_at.eq(archived.then_some(actor.now)),
        ip_addresses::version.eq(ip_addresses::version + 1),
        ip_addresses::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    search_changed(c, Searched::Address(id))?;
    let action = if archived {
        "address.archive"
    } else {
        "address.restore"
    };
    let event = Event::new(action, "address", id.get(), address.ip().to_string());
    audit::record(c, &actor.author(), actor.now, event)
}
