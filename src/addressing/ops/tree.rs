//! The tree of networks, and what is in one.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::holder::of_prefixes_at;
use super::prefixes::{prefixes_live, with_names};
use crate::addressing::free::gaps;
use crate::addressing::rows::{IpRange, Prefix, PrefixMap, TreeRow};
use crate::addressing::usage::{Usage, merged, used};
use crate::base::fault::Fault;
use crate::base::ids::{CustomerId, PrefixId, VrfId};
use crate::base::ip::{Family, IpOctets};
use crate::base::ip_prefix::Span;
use crate::base::page::{Page, PageRequest};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{ip_addresses, ip_ranges};

/// Free stretches that a page names.
const GAPS: usize = 50;

/// Live networks as a tree, a page of it: by routing table, then by number. `query` finds by network, role and note and
/// keeps what is around a hit. A customer sees those that are the customer's now.
pub fn prefix_tree(
    c: &mut Conn,
    actor: &Actor,
    vrf: Option<VrfId>,
    query: &str,
    page: &PageRequest,
) -> Result<Page<TreeRow>, Fault> {
    actor.require(Permission::ViewAddresses)?;
    let all = prefixes_live(c, vrf)?;
    let mut shown: Vec<usize> = match actor.wall().customer() {
        Some(own) => of_customer(c, actor, &all, own)?,
        None => (0..all.len()).collect(),
    };
    if !query.trim().is_empty() {
        shown = hits(&all, &shown, query.trim());
    }
    let ids = shown
        .into_iter()
        .filter_map(|at| Some((at, all.get(at)?.clone())))
        .collect();
    let page = Page::cut(ids, page, |(_, prefix): &(usize, Prefix)| {
        prefix.id.to_string()
    });
    let wanted: Vec<usize> = page.rows.iter().map(|(at, _)| *at).collect();
    let rows = tree_rows(c, actor, &all, &wanted)?;
    Ok(Page {
        rows,
        next: page.next,
        previous: page.previous,
        total: page.total,
    })
}

/// Where networks stand that are a customer's now: assigned to the customer, or within such a one and not another's.
fn of_customer(
    c: &mut Conn,
    actor: &Actor,
    all: &[Prefix],
    own: CustomerId,
) -> Result<Vec<usize>, Fault> {
    let ids: Vec<PrefixId> = all.iter().map(|prefix| prefix.id).collect();
    let mut owners: HashMap<PrefixId, Option<CustomerId>> = HashMap::new();
    for part in ids.chunks(10_000) {
        let held = of_prefixes_at(c, part, actor.now)?;
        owners.extend(
            held.into_iter()
                .filter_map(|row| Some((row.prefix_id?, row.customer_id))),
        );
    }
    let mut around: Vec<(&Prefix, Option<CustomerId>)> = Vec::new();
    let mut found = Vec::new();
    for (at, prefix) in all.iter().enumerate() {
        while around
            .last()
            .is_some_and(|(wider, _)| !wider.is_around(prefix))
        {
            around.pop();
        }
        let outer = around.last().and_then(|(_, owner)| *owner);
        let owner = owners.get(&prefix.id).copied().unwrap_or(outer);
        if owner == Some(own) {
            found.push(at);
        }
        around.push((prefix, owner));
    }
    Ok(found)
}

/// Those that fit a query, and what is around them.
fn hits(all: &[Prefix], shown: &[usize], query: &str) -> Vec<usize> {
    let wanted = query.to_lowercase();
    let fits = |prefix: &Prefix| {
        [
            prefix.prefix().to_string(),
            prefix.role.to_lowercase(),
            prefix.note.to_lowercase(),
        ]
        .iter()
        .any(|text| text.contains(&wanted))
    };
    let mut kept: HashSet<usize> = HashSet::new();
    let mut around: Vec<usize> = Vec::new();
    for at in shown {
        let Some(prefix) = all.get(*at) else { continue };
        while around
            .last()
            .and_then(|wider| all.get(*wider))
            .is_some_and(|wider| !wider.is_around(prefix))
        {
            around.pop();
        }
        around.push(*at);
        if fits(prefix) {
            kept.extend(around.iter().copied());
        }
    }
    shown
        .iter()
        .copied()
        .filter(|at| kept.contains(at))
        .collect()
}

/// Rows of the tree for some places in the ordered list of all networks.
fn tree_rows(
    c: &mut Conn,
    actor: &Actor,
    all: &[Prefix],
    wanted: &[usize],
) -> Result<Vec<TreeRow>, Fault> {
    let picked: Vec<Prefix> = wanted
        .iter()
        .filter_map(|at| all.get(*at).cloned())
        .collect();
    let taken = Taken::of(c, &picked)?;
    let named = with_names(c, actor, picked)?;
    let hidden = actor.wall().customer().is_some();
    let rows = named.into_iter().zip(wanted).map(|(row, at)| {
        let depth = all
            .get(..*at)
            .unwrap_or_default()
            .iter()
            .filter(|wider| !hidden && wider.is_around(&row.prefix))
            .count();
        let within = all.get(at + 1..).unwrap_or_default();
        TreeRow {
            depth,
            usage: taken.usage(&row.prefix, within),
            row,
        }
    });
    Ok(rows.collect())
}

/// Live addresses of routing tables, in order, each once.
struct Taken(HashMap<(VrfId, Family), Vec<u128>>);

impl Taken {
    /// Those in any of some networks.
    fn of(c: &mut Conn, networks: &[Prefix]) -> Result<Self, Fault> {
        let mut widest: HashMap<(VrfId, Family), Span> = HashMap::new();
        for prefix in networks {
            let span = prefix.prefix().span();
            widest
                .entry((prefix.vrf_id, prefix.family))
                .and_modify(|wide| {
                    wide.first = wide.first.min(span.first);
                    wide.last = wide.last.max(span.last);
                })
                .or_insert(span);
        }
        let mut taken = HashMap::new();
        for ((vrf, family), span) in widest {
            taken.insert((vrf, family), numbers(c, vrf, family, span)?);
        }
        Ok(Self(taken))
    }

    fn numbers(&self, prefix: &Prefix) -> &[u128] {
        self.0
            .get(&(prefix.vrf_id, prefix.family))
            .map_or(&[], Vec::as_slice)
    }

    /// How full a network is; `behind` are the networks that stand behind it in the list.
    fn usage(&self, prefix: &Prefix, behind: &[Prefix]) -> Usage {
        let blocks = merged(inside(prefix, behind));
        let network = prefix.prefix();
        Usage {
            used: used(network.span(), &blocks, self.numbers(prefix)),
            host_bits: network.family().bits() - network.length(),
        }
    }
}

/// The stretches of all smaller networks within one.
fn inside(prefix: &Prefix, behind: &[Prefix]) -> Vec<Span> {
    behind
        .iter()
        .take_while(|other| prefix.is_around(other))
        .map(|other| other.prefix().span())
        .collect()
}

/// Live addresses of a stretch, in order, each once.
pub(super) fn numbers(
    c: &mut Conn,
    vrf: VrfId,
    family: Family,
    span: Span,
) -> Result<Vec<u128>, Fault> {
    let found: Vec<IpOctets> = ip_addresses::table
        .filter(ip_addresses::vrf_id.eq(vrf))
        .filter(ip_addresses::family.eq(family))
        .filter(ip_addresses::address.ge(IpOctets::new(span.first)))
        .filter(ip_addresses::address.le(IpOctets::new(span.last)))
        .filter(ip_addresses::archived_at.is_null())
        .order(ip_addresses::address.asc())
        .select(ip_addresses::address)
        .load(c)?;
    let mut numbers: Vec<u128> = found.into_iter().map(IpOctets::value).collect();
    numbers.dedup();
    Ok(numbers)
}

/// Live ranges that have an address of a stretch.
pub(super) fn ranges_meeting(
    c: &mut Conn,
    vrf: VrfId,
    family: Family,
    span: Span,
) -> Result<Vec<IpRange>, Fault> {
    Ok(ip_ranges::table
        .filter(ip_ranges::vrf_id.eq(vrf))
        .filter(ip_ranges::family.eq(family))
        .filter(ip_ranges::first.le(IpOctets::new(span.last)))
        .filter(ip_ranges::last.ge(IpOctets::new(span.first)))
        .filter(ip_ranges::archived_at.is_null())
        .order(ip_ranges::first.asc())
        .select(IpRange::as_select())
        .load(c)?)
}

/// What is in a network that the actor may see. For a customer: what is the customer's in it, and no ranges.
pub fn prefix_map(c: &mut Conn, actor: &Actor, prefix: &Prefix) -> Result<PrefixMap, Fault> {
    actor.require(Permission::ViewAddresses)?;
    let all = prefixes_live(c, Some(prefix.vrf_id))?;
    let own = actor.wall().customer();
    let seen: HashSet<usize> = match own {
        Some(own) => of_customer(c, actor, &all, own)?.into_iter().collect(),
        None => (0..all.len()).collect(),
    };
    let around: Vec<Prefix> = all
        .iter()
        .enumerate()
        .filter(|(at, wider)| seen.contains(at) && wider.is_around(prefix))
        .map(|(_, wider)| wider.clone())
        .collect();
    let start = all.partition_point(|other| {
        (other.family, other.network, other.length)
            <= (prefix.family, prefix.network, prefix.length)
    });
    let behind = all.get(start..).unwrap_or_default();
    let mut direct = Vec::new();
    let mut last: Option<&Prefix> = None;
    for (at, other) in behind
        .iter()
        .enumerate()
        .take_while(|(_, o)| prefix.is_around(o))
    {
        if last.is_none_or(|wider| !wider.is_around(other)) {
            last = Some(other);
            direct.push(start + at);
        }
    }
    direct.retain(|at| seen.contains(at));
    let taken = Taken::of(c, std::slice::from_ref(prefix))?;
    let span = prefix.prefix().span();
    let ranges = match own {
        Some(_) => Vec::new(),
        None => ranges_meeting(c, prefix.vrf_id, prefix.family, span)?,
    };
    let single = |number: &u128| Span {
        first: *number,
        last: *number,
    };
    let mut blocks = inside(prefix, behind);
    blocks.extend(ranges.iter().map(IpRange::span));
    blocks.extend(taken.numbers(prefix).iter().map(single));
    Ok(PrefixMap {
        around,
        children: tree_rows(c, actor, &all, &direct)?,
        usage: taken.usage(prefix, behind),
        gaps: gaps(
            prefix.prefix().usable(prefix.is_pool),
            &merged(blocks),
            GAPS,
        ),
        ranges,
    })
}
