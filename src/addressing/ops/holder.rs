//! Who has an address: its own assignment, else that of the narrowest network around it that was assigned.

use diesel::prelude::*;

use super::names::with_holders;
use crate::addressing::rows::{Assignment, Holder, Prefix};
use crate::base::fault::Fault;
use crate::base::ids::{IpAddressId, PrefixId, VrfId};
use crate::base::ip::{Ip, IpOctets};
use crate::base::ip_prefix::IpPrefix;
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{ip_addresses, ip_assignments, prefixes};

/// The networks on record that hold an address, the narrowest first, of at most `longest` bits; archived ones too when
/// asked for. For the operations of this program: the caller has checked the right.
pub fn prefixes_around(
    c: &mut Conn,
    vrf: VrfId,
    ip: Ip,
    longest: u32,
    archived: bool,
) -> Result<Vec<Prefix>, Fault> {
    let mut networks: Vec<IpOctets> = IpPrefix::all_around(ip, longest)
        .map(|prefix| prefix.network().octets())
        .collect();
    networks.dedup();
    let mut query = prefixes::table
        .filter(prefixes::vrf_id.eq(vrf))
        .filter(prefixes::family.eq(ip.family()))
        .filter(prefixes::network.eq_any(networks))
        .filter(prefixes::length.le(i64::from(longest)))
        .select(Prefix::as_select())
        .into_boxed();
    if !archived {
        query = query.filter(prefixes::archived_at.is_null());
    }
    let mut found: Vec<Prefix> = query.load(c)?;
    found.retain(|prefix| prefix.prefix().holds(ip));
    found.sort_by_key(|prefix| std::cmp::Reverse(prefix.length));
    Ok(found)
}

/// The assignments of some addresses at an instant.
pub(super) fn of_addresses_at(
    c: &mut Conn,
    ids: &[IpAddressId],
    at: Timestamp,
) -> Result<Vec<Assignment>, Fault> {
    Ok(ip_assignments::table
        .filter(ip_assignments::address_id.eq_any(ids))
        .filter(ip_assignments::from_at.le(at))
        .filter(
            ip_assignments::until_at
                .is_null()
                .or(ip_assignments::until_at.gt(at)),
        )
        .order(ip_assignments::from_at.desc())
        .select(Assignment::as_select())
        .load(c)?)
}

/// The assignments of some networks at an instant.
pub(super) fn of_prefixes_at(
    c: &mut Conn,
    ids: &[PrefixId],
    at: Timestamp,
) -> Result<Vec<Assignment>, Fault> {
    Ok(ip_assignments::table
        .filter(ip_assignments::prefix_id.eq_any(ids))
        .filter(ip_assignments::from_at.le(at))
        .filter(
            ip_assignments::until_at
                .is_null()
                .or(ip_assignments::until_at.gt(at)),
        )
        .order(ip_assignments::from_at.desc())
        .select(Assignment::as_select())
        .load(c)?)
}

/// The assignment that held for a network and those around it at an instant, of at most `longest` bits.
pub(super) fn network_holder(
    c: &mut Conn,
    vrf: VrfId,
    ip: Ip,
    longest: u32,
    at: Timestamp,
) -> Result<Option<(Assignment, Prefix)>, Fault> {
    let around = prefixes_around(c, vrf, ip, longest, true)?;
    let ids: Vec<PrefixId> = around.iter().map(|prefix| prefix.id).collect();
    let mut held = of_prefixes_at(c, &ids, at)?;
    for prefix in around {
        if let Some(index) = held.iter().position(|row| row.prefix_id == Some(prefix.id)) {
            return Ok(Some((held.swap_remove(index), prefix)));
        }
    }
    Ok(None)
}

/// The assignment that held for an address at an instant, and the network when it was assigned as a whole. Where a routing
/// table lets an address be there twice, the younger assignment counts.
pub(super) fn address_holder(
    c: &mut Conn,
    vrf: VrfId,
    ip: Ip,
    at: Timestamp,
) -> Result<Option<(Assignment, Option<Prefix>)>, Fault> {
    let ids: Vec<IpAddressId> = ip_addresses::table
        .filter(ip_addresses::vrf_id.eq(vrf))
        .filter(ip_addresses::family.eq(ip.family()))
        .filter(ip_addresses::address.eq(ip.octets()))
        .select(ip_addresses::id)
        .load(c)?;
    if let Some(own) = of_addresses_at(c, &ids, at)?.into_iter().next() {
        return Ok(Some((own, None)));
    }
    let through = network_holder(c, vrf, ip, ip.family().bits(), at)?;
    Ok(through.map(|(assignment, prefix)| (assignment, Some(prefix))))
}

/// Who had an address at an instant; `None` when nobody. A customer gets an answer only where it was the customer's.
pub fn holder_at(
    c: &mut Conn,
    actor: &Actor,
    vrf: VrfId,
    ip: Ip,
    at: Timestamp,
) -> Result<Option<Holder>, Fault> {
    actor.require(Permission::ViewAddresses)?;
    let found = address_holder(c, vrf, ip, at)?;
    let owner = found.as_ref().and_then(|(held, _)| held.customer_id);
    if !actor.wall().shows(owner) {
        return Err(Fault::not_found());
    }
    let Some((assignment, through)) = found else {
        return Ok(None);
    };
    let row = with_holders(c, vec![assignment])?.pop();
    Ok(row.map(|row| Holder { row, through }))
}
