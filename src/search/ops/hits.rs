//! The records behind what was found. They are read again within the wall: the index only says where to look.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

use crate::base::fault::Fault;
use crate::base::ip::{Family, Ip, IpOctets};
use crate::base::ip_prefix::IpPrefix;
use crate::identity::Actor;
use crate::search::model::{Hit, Rank, SearchKind};
use crate::store::Conn;
use crate::store::schema::{
    cable_ends, cables, contacts, customers, device_ports, device_types, devices, goods_passes,
    ip_addresses, people, ports, prefixes, rack_reservations, racks, rooms, sites, visit_people,
    visits, vlans, vrfs,
};

/// The live things of a kind that the actor may see, in no order.
pub(super) fn hits(
    c: &mut Conn,
    actor: &Actor,
    kind: SearchKind,
    ranks: &BTreeMap<i64, Rank>,
) -> Result<Vec<Hit>, Fault> {
    let ids: Vec<i64> = ranks.keys().copied().collect();
    let shown = match kind {
        SearchKind::Device => devices_shown(c, actor, &ids)?,
        SearchKind::Visit => visits_shown(c, actor, &ids)?,
        SearchKind::Goods => goods_shown(c, actor, &ids)?,
        // What is nobody's own is not shown behind a wall.
        _ if actor.wall().customer().is_some() => Vec::new(),
        SearchKind::Rack => racks_shown(c, &ids)?,
        SearchKind::Room => rooms_shown(c, &ids)?,
        SearchKind::Reservation => reservations_shown(c, &ids)?,
        SearchKind::Customer => customers_shown(c, &ids)?,
        SearchKind::Contact => contacts_shown(c, &ids)?,
        SearchKind::Port => ports_shown(c, &ids)?,
        SearchKind::Cable => cables_shown(c, &ids)?,
        SearchKind::Address => addresses_shown(c, &ids)?,
        SearchKind::Prefix => prefixes_shown(c, &ids)?,
        SearchKind::Vlan => vlans_shown(c, &ids)?,
    };
    let hit = |shown: Shown| {
        Some(Hit {
            rank: *ranks.get(&shown.id)?,
            id: shown.id,
            parent: shown.parent,
            label: shown.label,
            detail: shown.detail,
        })
    };
    Ok(shown.into_iter().filter_map(hit).collect())
}

struct Shown {
    id: i64,
    parent: Option<i64>,
    label: String,
    detail: Vec<String>,
}

impl Shown {
    fn new(id: i64, label: String, detail: impl IntoIterator<Item = String>) -> Self {
        let mut told: Vec<String> = Vec::new();
        for part in detail {
            if !part.is_empty() && part != label && !told.contains(&part) {
                told.push(part);
            }
        }
        Self {
            id,
            parent: None,
            label,
            detail: told,
        }
    }
}

fn devices_shown(c: &mut Conn, actor: &Actor, ids: &[i64]) -> Result<Vec<Shown>, Fault> {
    type Row = (
        i64,
        String,
        String,
        Option<String>,
        Option<String>,
        String,
        Option<String>,
        Option<String>,
    );
    let mut query = devices::table
        .inner_join(device_types::table)
        .left_join(racks::table)
        .left_join(customers::table)
        .filter(devices::id.eq_any(ids.to_vec()))
        .filter(devices::archived_at.is_null())
        .select((
            devices::id,
            devices::name,
            devices::label,
            devices::serial,
            devices::asset_tag,
            device_types::model,
            racks::name.nullable(),
            customers::name.nullable(),
        ))
        .into_boxed();
    if let Some(own) = actor.wall().customer() {
        query = query.filter(devices::customer_id.eq(own));
    }
    let rows: Vec<Row> = query.load(c)?;
    let shown = |(id, name, label, serial, asset_tag, model, rack, owner): Row| {
        let or_none = Option::unwrap_or_default;
        let detail = [
            label,
            or_none(serial),
            or_none(asset_tag),
            model,
            or_none(rack),
            or_none(owner),
        ];
        Shown::new(id, name, detail)
    };
    Ok(rows.into_iter().map(shown).collect())
}

fn racks_shown(c: &mut Conn, ids: &[i64]) -> Result<Vec<Shown>, Fault> {
    let rows: Vec<(i64, String, String, String, Option<String>)> = racks::table
        .inner_join(rooms::table.inner_join(sites::table))
        .left_join(customers::table)
        .filter(racks::id.eq_any(ids.to_vec()))
        .filter(racks::archived_at.is_null())
        .select((
            racks::id,
            racks::name,
            sites::name,
            rooms::name,
            customers::name.nullable(),
        ))
        .load(c)?;
    let shown = |(id, name, site, room, owner): (i64, String, String, String, Option<String>)| {
        Shown::new(id, name, [site, room, owner.unwrap_or_default()])
    };
    Ok(rows.into_iter().map(shown).collect())
}

fn rooms_shown(c: &mut Conn, ids: &[i64]) -> Result<Vec<Shown>, Fault> {
    let rows: Vec<(i64, String, String)> = rooms::table
        .inner_join(sites::table)
        .filter(rooms::id.eq_any(ids.to_vec()))
        .filter(rooms::archived_at.is_null())
        .select((rooms::id, rooms::name, sites::name))
        .load(c)?;
    let shown = |(id, name, site): (i64, String, String)| Shown::new(id, name, [site]);
    Ok(rows.into_iter().map(shown).collect())
}

fn reservations_shown(c: &mut Conn, ids: &[i64]) -> Result<Vec<Shown>, Fault> {
    type Row = (i64, i64, String, i64, i64, String, Option<String>);
    let rows: Vec<Row> = rack_reservations::table
        .inner_join(racks::table)
        .left_join(customers::table)
        .filter(rack_reservations::id.eq_any(ids.to_vec()))
        .filter(rack_reservations::archived_at.is_null())
        .filter(racks::archived_at.is_null())
        .select((
            rack_reservations::id,
            rack_reservations::rack_id,
            racks::name,
            rack_reservations::first_unit,
            rack_reservations::last_unit,
            rack_reservations::reason,
            customers::name.nullable(),
        ))
        .load(c)?;
    let shown = |(id, rack_id, rack, first, last, reason, customer): Row| {
        let label = format!("{rack} U{first}–U{last}");
        let detail = [customer.unwrap_or_default(), reason];
        Shown {
            parent: Some(rack_id),
            ..Shown::new(id, label, detail)
        }
    };
    Ok(rows.into_iter().map(shown).collect())
}

fn customers_shown(c: &mut Conn, ids: &[i64]) -> Result<Vec<Shown>, Fault> {
    let rows: Vec<(i64, String, String)> = customers::table
        .filter(customers::id.eq_any(ids.to_vec()))
        .filter(customers::archived_at.is_null())
        .select((customers::id, customers::name, customers::code))
        .load(c)?;
    let shown = |(id, name, code): (i64, String, String)| Shown::new(id, name, [code]);
    Ok(rows.into_iter().map(shown).collect())
}

fn contacts_shown(c: &mut Conn, ids: &[i64]) -> Result<Vec<Shown>, Fault> {
    let rows: Vec<(i64, i64, String, String, String)> = contacts::table
        .inner_join(customers::table)
        .filter(contacts::id.eq_any(ids.to_vec()))
        .filter(contacts::archived_at.is_null())
        .filter(customers::archived_at.is_null())
        .select((
            contacts::id,
            contacts::customer_id,
            contacts::name,
            contacts::title,
            customers::name,
        ))
        .load(c)?;
    let shown = |(id, customer, name, title, of): (i64, i64, String, String, String)| Shown {
        parent: Some(customer),
        ..Shown::new(id, name, [title, of])
    };
    Ok(rows.into_iter().map(shown).collect())
}

fn ports_shown(c: &mut Conn, ids: &[i64]) -> Result<Vec<Shown>, Fault> {
    let rows: Vec<(i64, String, String, String)> = ports::table
        .inner_join(devices::table)
        .filter(ports::id.eq_any(ids.to_vec()))
        .filter(devices::archived_at.is_null())
        .select((ports::id, devices::name, ports::name, ports::alias))
        .load(c)?;
    let shown = |(id, device, name, alias): (i64, String, String, String)| {
        Shown::new(id, format!("{device} {name}"), [alias])
    };
    Ok(rows.into_iter().map(shown).collect())
}

fn cables_shown(c: &mut Conn, ids: &[i64]) -> Result<Vec<Shown>, Fault> {
    let rows: Vec<(i64, String, String)> = cables::table
        .filter(cables::id.eq_any(ids.to_vec()))
        .filter(cables::archived_at.is_null())
        .select((cables::id, cables::label, cables::bundle))
        .load(c)?;
    let mut ends = ends_of(c, ids)?;
    let shown = |(id, label, bundle): (i64, String, String)| {
        let mut detail = ends.remove(&id).unwrap_or_default();
        detail.push(bundle);
        let label = if label.is_empty() {
            format!("#{id}")
        } else {
            label
        };
        Shown::new(id, label, detail)
    };
    Ok(rows.into_iter().map(shown).collect())
}

/// What cables are plugged into, in the order of their sides.
fn ends_of(c: &mut Conn, cables: &[i64]) -> Result<HashMap<i64, Vec<String>>, Fault> {
    let rows: Vec<(i64, String, String)> = cable_ends::table
        .inner_join(device_ports::table.inner_join(devices::table))
        .filter(cable_ends::cable_id.eq_any(cables.to_vec()))
        .order((cable_ends::side.asc(), cable_ends::id.asc()))
        .select((cable_ends::cable_id, devices::name, device_ports::name))
        .load(c)?;
    let mut of: HashMap<i64, Vec<String>> = HashMap::new();
    for (cable, device, port) in rows {
        of.entry(cable)
            .or_default()
            .push(format!("{device} {port}"));
    }
    Ok(of)
}

fn vlans_shown(c: &mut Conn, ids: &[i64]) -> Result<Vec<Shown>, Fault> {
    let rows: Vec<(i64, i64, String, String, Option<i64>)> = vlans::table
        .filter(vlans::id.eq_any(ids.to_vec()))
        .filter(vlans::archived_at.is_null())
        .select((
            vlans::id,
            vlans::number,
            vlans::name,
            vlans::group_name,
            vlans::site_id,
        ))
        .load(c)?;
    let of: Vec<i64> = rows.iter().filter_map(|(.., site)| *site).collect();
    let sites: Vec<(i64, String)> = sites::table
        .filter(sites::id.eq_any(of))
        .select((sites::id, sites::name))
        .load(c)?;
    let sites: HashMap<i64, String> = sites.into_iter().collect();
    let shown = |(id, number, name, group, site): (i64, i64, String, String, Option<i64>)| {
        let site = site.and_then(|site| sites.get(&site).cloned());
        let detail = [name, group, site.unwrap_or_default()];
        Shown::new(id, format!("VLAN {number}"), detail)
    };
    Ok(rows.into_iter().map(shown).collect())
}

/// Names of routing tables.
fn tables(c: &mut Conn) -> Result<HashMap<i64, String>, Fault> {
    let rows: Vec<(i64, String)> = vrfs::table.select((vrfs::id, vrfs::name)).load(c)?;
    Ok(rows.into_iter().collect())
}

fn addresses_shown(c: &mut Conn, ids: &[i64]) -> Result<Vec<Shown>, Fault> {
    type Row = (i64, i64, Family, IpOctets, String);
    let rows: Vec<Row> = ip_addresses::table
        .filter(ip_addresses::id.eq_any(ids.to_vec()))
        .filter(ip_addresses::archived_at.is_null())
        .select((
            ip_addresses::id,
            ip_addresses::vrf_id,
            ip_addresses::family,
            ip_addresses::address,
            ip_addresses::dns_name,
        ))
        .load(c)?;
    let tables = tables(c)?;
    let shown = |(id, vrf, family, octets, dns_name): Row| {
        let table = tables.get(&vrf).cloned().unwrap_or_default();
        let ip = Ip::new(family, octets.value());
        Shown::new(id, ip.to_string(), [dns_name, table])
    };
    Ok(rows.into_iter().map(shown).collect())
}

fn prefixes_shown(c: &mut Conn, ids: &[i64]) -> Result<Vec<Shown>, Fault> {
    type Row = (i64, i64, Family, IpOctets, i64, String);
    let rows: Vec<Row> = prefixes::table
        .filter(prefixes::id.eq_any(ids.to_vec()))
        .filter(prefixes::archived_at.is_null())
        .select((
            prefixes::id,
            prefixes::vrf_id,
            prefixes::family,
            prefixes::network,
            prefixes::length,
            prefixes::role,
        ))
        .load(c)?;
    let tables = tables(c)?;
    let shown = |(id, vrf, family, network, length, role): Row| {
        let table = tables.get(&vrf).cloned().unwrap_or_default();
        let prefix = IpPrefix::stored(family, network, length);
        Shown::new(id, prefix.to_string(), [role, table])
    };
    Ok(rows.into_iter().map(shown).collect())
}

fn visits_shown(c: &mut Conn, actor: &Actor, ids: &[i64]) -> Result<Vec<Shown>, Fault> {
    let mut query = visits::table
        .left_join(customers::table)
        .filter(visits::id.eq_any(ids.to_vec()))
        .select((visits::id, visits::number, customers::name.nullable()))
        .into_boxed();
    if let Some(own) = actor.wall().customer() {
        query = query.filter(visits::customer_id.eq(own));
    }
    let rows: Vec<(i64, String, Option<String>)> = query.load(c)?;
    let seen: Vec<i64> = rows.iter().map(|(id, ..)| *id).collect();
    let mut people = people_of(c, &seen)?;
    let shown = |(id, number, customer): (i64, String, Option<String>)| {
        let people = people.remove(&id).unwrap_or_default().join(", ");
        Shown::new(id, number, [people, customer.unwrap_or_default()])
    };
    Ok(rows.into_iter().map(shown).collect())
}

fn goods_shown(c: &mut Conn, actor: &Actor, ids: &[i64]) -> Result<Vec<Shown>, Fault> {
    let mut query = goods_passes::table
        .left_join(customers::table)
        .filter(goods_passes::id.eq_any(ids.to_vec()))
        .select((
            goods_passes::id,
            goods_passes::number,
            goods_passes::carrier_name,
            customers::name.nullable(),
        ))
        .into_boxed();
    if let Some(own) = actor.wall().customer() {
        query = query.filter(goods_passes::customer_id.eq(own));
    }
    let rows: Vec<(i64, String, String, Option<String>)> = query.load(c)?;
    let shown = |(id, number, carrier, customer): (i64, String, String, Option<String>)| {
        Shown::new(id, number, [carrier, customer.unwrap_or_default()])
    };
    Ok(rows.into_iter().map(shown).collect())
}

/// Names of the people of visits.
fn people_of(c: &mut Conn, visits: &[i64]) -> Result<HashMap<i64, Vec<String>>, Fault> {
    let rows: Vec<(i64, String)> = visit_people::table
        .inner_join(people::table)
        .filter(visit_people::visit_id.eq_any(visits.to_vec()))
        .order(visit_people::id.asc())
        .select((visit_people::visit_id, people::name))
        .load(c)?;
    let mut of: HashMap<i64, Vec<String>> = HashMap::new();
    for (visit, name) in rows {
        of.entry(visit).or_default().push(name);
    }
    Ok(of)
}
