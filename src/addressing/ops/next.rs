//! Taking the next free address or network. Exact under concurrency: SQLite has one writer; on PostgreSQL the takers wait
//! for each other, and each looks at what the one before left.

use diesel::prelude::*;

use super::addresses::address_create;
use super::assignments::assignment_add;
use super::prefixes::{prefix_by_id, prefix_create, prefixes_live};
use super::ranges::range_by_id;
use super::tree::ranges_meeting;
use crate::addressing::free::lowest_free;
use crate::addressing::holding::{AssignmentDraft, Subject};
use crate::addressing::model::{AddressDraft, PrefixDraft, RangePurpose};
use crate::addressing::rows::{IpRange, Prefix};
use crate::addressing::usage::merged;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{IpAddressId, IpRangeId, PrefixId, VrfId};
use crate::base::ip::{Family, Ip, IpOctets};
use crate::base::ip_prefix::{IpPrefix, Span};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::portable::one_at_a_time;
use crate::store::schema::ip_addresses;

/// Addresses looked at in one go.
const BATCH: i64 = 1000;

/// Live addresses of a stretch from a number on, the first of them.
fn taken_from(
    c: &mut Conn,
    vrf: VrfId,
    family: Family,
    within: Span,
    from: u128,
) -> Result<Vec<u128>, Fault> {
    let found: Vec<IpOctets> = ip_addresses::table
        .filter(ip_addresses::vrf_id.eq(vrf))
        .filter(ip_addresses::family.eq(family))
        .filter(ip_addresses::address.ge(IpOctets::new(from)))
        .filter(ip_addresses::address.le(IpOctets::new(within.last)))
        .filter(ip_addresses::archived_at.is_null())
        .order(ip_addresses::address.asc())
        .limit(BATCH)
        .select(ip_addresses::address)
        .load(c)?;
    Ok(found.into_iter().map(IpOctets::value).collect())
}

fn lowest(
    c: &mut Conn,
    vrf: VrfId,
    family: Family,
    within: Span,
    host_bits: u32,
    blocks: Vec<Span>,
) -> Result<Option<Ip>, Fault> {
    let blocks = merged(blocks);
    let found = lowest_free(within, host_bits, &blocks, |from| {
        taken_from(c, vrf, family, within, from)
    })?;
    Ok(found.map(|value| Ip::new(family, value)))
}

/// The live network that is taken from.
fn source(c: &mut Conn, actor: &Actor, id: PrefixId) -> Result<Prefix, Fault> {
    let prefix = prefix_by_id(c, actor, id)?.prefix;
    match prefix.archived_at {
        Some(_) => Err(Fault::conflict(Message::new("addressing-archived"))),
        None => Ok(prefix),
    }
}

/// Smaller networks and ranges, which are taken as a whole.
fn blocks_in(c: &mut Conn, prefix: &Prefix) -> Result<Vec<Span>, Fault> {
    let all = prefixes_live(c, Some(prefix.vrf_id))?;
    let smaller = all.iter().filter(|other| prefix.is_around(other));
    let mut blocks: Vec<Span> = smaller.map(|other| other.prefix().span()).collect();
    let span = prefix.prefix().span();
    let ranges = ranges_meeting(c, prefix.vrf_id, prefix.family, span)?;
    blocks.extend(ranges.iter().map(IpRange::span));
    Ok(blocks)
}

fn full(text: String) -> Fault {
    Fault::conflict(Message::new("addressing-nothing-free").with("prefix", text))
}

/// Takes the lowest free address of a network: in no smaller network and no range of it, and not one of its ends. `fields`
/// say the rest of the address; with `to` it is assigned at once.
pub fn next_address(
    c: &mut Conn,
    actor: &Actor,
    id: PrefixId,
    fields: &Fields,
    to: Option<&AssignmentDraft>,
) -> Result<IpAddressId, Fault> {
    actor.require(Permission::EditAddresses)?;
    one_at_a_time(c, "ip_addresses")?;
    let prefix = source(c, actor, id)?;
    let network = prefix.prefix();
    let blocks = blocks_in(c, &prefix)?;
    let within = network.usable(prefix.is_pool);
    let free = lowest(c, prefix.vrf_id, prefix.family, within, 0, blocks)?;
    let free = free.ok_or_else(|| full(network.to_string()))?;
    take(c, actor, prefix.vrf_id, free, fields, to)
}

fn take(
    c: &mut Conn,
    actor: &Actor,
    vrf: VrfId,
    free: Ip,
    fields: &Fields,
    to: Option<&AssignmentDraft>,
) -> Result<IpAddressId, Fault> {
    let draft = AddressDraft::parse_for(fields, vrf, free)?;
    let taken = address_create(c, actor, &draft)?;
    if let Some(to) = to {
        assignment_add(c, actor, Subject::Address(taken), to)?;
    }
    Ok(taken)
}

/// Takes the lowest free address of a pool; the ends of networks and networks smaller than the pool are left out.
pub fn range_next_address(
    c: &mut Conn,
    actor: &Actor,
    id: IpRangeId,
    fields: &Fields,
    to: Option<&AssignmentDraft>,
) -> Result<IpAddressId, Fault> {
    actor.require(Permission::EditAddresses)?;
    one_at_a_time(c, "ip_addresses")?;
    let range = range_by_id(c, actor, id)?.range;
    if range.archived_at.is_some() {
        return Err(Fault::conflict(Message::new("addressing-archived")));
    }
    if range.purpose != RangePurpose::Pool {
        return Err(Fault::conflict(Message::new("ranges-no-pool")));
    }
    let within = range.span();
    let mut blocks = Vec::new();
    for other in prefixes_live(c, Some(range.vrf_id))? {
        let prefix = other.prefix();
        let span = prefix.span();
        if other.family != range.family || !span.meets(&within) {
            continue;
        }
        if !span.contains(&within) {
            blocks.push(span);
        } else if prefix.has_ends() && !other.is_pool {
            let ends = [span.first, span.last];
            blocks.extend(ends.map(|end| Span {
                first: end,
                last: end,
            }));
        }
    }
    let free = lowest(c, range.vrf_id, range.family, within, 0, blocks)?;
    let free = free.ok_or_else(|| full(range.text()))?;
    take(c, actor, range.vrf_id, free, fields, to)
}

/// Takes the lowest free network of a length within a network: it touches no smaller network, range or address. `fields` say
/// the rest; the site is that of the network around it when not said. With `to` it is assigned at once.
pub fn next_prefix(
    c: &mut Conn,
    actor: &Actor,
    id: PrefixId,
    length: i64,
    fields: &Fields,
    to: Option<&AssignmentDraft>,
) -> Result<PrefixId, Fault> {
    actor.require(Permission::EditAddresses)?;
    one_at_a_time(c, "ip_addresses")?;
    let prefix = source(c, actor, id)?;
    let network = prefix.prefix();
    let bits = network.family().bits();
    let fitting = u32::try_from(length)
        .ok()
        .filter(|length| (network.length() + 1..=bits).contains(length));
    let Some(length) = fitting else {
        let message = Message::new("fault-range")
            .with("min", i64::from(network.length() + 1))
            .with("max", i64::from(bits));
        return Err(Fault::field("length", message));
    };
    let blocks = blocks_in(c, &prefix)?;
    let within = network.span();
    let free = lowest(
        c,
        prefix.vrf_id,
        prefix.family,
        within,
        bits - length,
        blocks,
    )?;
    let free = free
        .and_then(|ip| IpPrefix::around(ip, length))
        .ok_or_else(|| full(network.to_string()))?;
    let mut fields = fields.clone();
    fields.set("vrf_id", prefix.vrf_id.to_string());
    fields.set("prefix", free.to_string());
    if let Some(site) = prefix.site_id.filter(|_| !fields.has("site_id")) {
        fields.set("site_id", site.to_string());
    }
    let draft = PrefixDraft::parse(&fields)?;
    let taken = prefix_create(c, actor, &draft)?;
    if let Some(to) = to {
        assignment_add(c, actor, Subject::Prefix(taken), to)?;
    }
    Ok(taken)
}
