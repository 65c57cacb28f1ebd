//! What each kind of thing is found by, read from the records. What is archived is found by nothing.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

use crate::base::fault::Fault;
use crate::base::ids::CustomerId;
use crate::base::ip::{Family, Ip, IpOctets};
use crate::base::ip_prefix::IpPrefix;
use crate::search::model::SearchKind;
use crate::search::terms::Terms;
use crate::store::Conn;
use crate::store::schema::{
    cables, contacts, customers, device_components, devices, goods_passes, ip_addresses,
    neighbours, ports, prefixes, rack_reservations, racks, rooms, sites, visits, vlans,
};

/// A live thing with its terms.
#[derive(Debug)]
pub(super) struct Source {
    pub id: i64,
    pub customer_id: Option<CustomerId>,
    pub terms: BTreeMap<String, i64>,
}

impl Source {
    fn open(id: i64, terms: Terms) -> Self {
        Self {
            id,
            customer_id: None,
            terms: terms.finish(),
        }
    }

    fn owned(id: i64, customer_id: Option<CustomerId>, terms: Terms) -> Self {
        Self {
            customer_id,
            ..Self::open(id, terms)
        }
    }
}

/// The live ones of these things with their terms.
pub(super) fn sources(c: &mut Conn, kind: SearchKind, ids: &[i64]) -> Result<Vec<Source>, Fault> {
    match kind {
        SearchKind::Device => devices_of(c, ids),
        SearchKind::Rack => racks_of(c, ids),
        SearchKind::Room => rooms_of(c, ids),
        SearchKind::Reservation => reservations_of(c, ids),
        SearchKind::Customer => customers_of(c, ids),
        SearchKind::Contact => contacts_of(c, ids),
        SearchKind::Port => ports_of(c, ids),
        SearchKind::Cable => cables_of(c, ids),
        SearchKind::Address => addresses_of(c, ids),
        SearchKind::Prefix => prefixes_of(c, ids),
        SearchKind::Vlan => vlans_of(c, ids),
        SearchKind::Visit => visits_of(c, ids),
        SearchKind::Goods => goods_of(c, ids),
    }
}

macro_rules! ids_after {
    ($c:expr, $after:expr, $most:expr, $table:ident) => {
        $table::table
            .filter($table::id.gt($after))
            .order($table::id.asc())
            .limit($most)
            .select($table::id)
            .load($c)?
    };
}

/// Row ids of a kind in their order, archived ones too.
pub(super) fn ids_after(
    c: &mut Conn,
    kind: SearchKind,
    after: i64,
    most: i64,
) -> Result<Vec<i64>, Fault> {
    Ok(match kind {
        SearchKind::Device => ids_after!(c, after, most, devices),
        SearchKind::Rack => ids_after!(c, after, most, racks),
        SearchKind::Room => ids_after!(c, after, most, rooms),
        SearchKind::Reservation => ids_after!(c, after, most, rack_reservations),
        SearchKind::Customer => ids_after!(c, after, most, customers),
        SearchKind::Contact => ids_after!(c, after, most, contacts),
        SearchKind::Port => ids_after!(c, after, most, ports),
        SearchKind::Cable => ids_after!(c, after, most, cables),
        SearchKind::Address => ids_after!(c, after, most, ip_addresses),
        SearchKind::Prefix => ids_after!(c, after, most, prefixes),
        SearchKind::Vlan => ids_after!(c, after, most, vlans),
        SearchKind::Visit => ids_after!(c, after, most, visits),
        SearchKind::Goods => ids_after!(c, after, most, goods_passes),
    })
}

fn devices_of(c: &mut Conn, ids: &[i64]) -> Result<Vec<Source>, Fault> {
    type Row = (
        i64,
        Option<CustomerId>,
        String,
        String,
        Option<String>,
        Option<String>,
        String,
    );
    let rows: Vec<Row> = devices::table
        .filter(devices::id.eq_any(ids.to_vec()))
        .filter(devices::archived_at.is_null())
        .select((
            devices::id,
            devices::customer_id,
            devices::name,
            devices::label,
            devices::serial,
            devices::asset_tag,
            devices::nics,
        ))
        .load(c)?;
    let mut inside = serials_inside(c, ids)?;
    let source = |(id, owner, name, label, serial, asset_tag, nics): Row| {
        let mut terms = Terms::default();
        terms.number(serial.as_deref().unwrap_or_default());
        terms.number(asset_tag.as_deref().unwrap_or_default());
        terms.cards(&nics);
        terms.name(&name);
        terms.name(&label);
        // Last: when there are too many terms, it is these that are left out.
        for serial in inside.remove(&id).unwrap_or_default() {
            terms.number(&serial);
        }
        Source::owned(id, owner, terms)
    };
    Ok(rows.into_iter().map(source).collect())
}

/// Serial numbers of what is in devices now.
fn serials_inside(c: &mut Conn, ids: &[i64]) -> Result<HashMap<i64, Vec<String>>, Fault> {
    let rows: Vec<(i64, String)> = device_components::table
        .filter(device_components::device_id.eq_any(ids.to_vec()))
        .filter(device_components::removed_on.is_null())
        .filter(device_components::serial.is_not_null())
        .order(device_components::id.asc())
        .select((
            device_components::device_id,
            device_components::serial.assume_not_null(),
        ))
        .load(c)?;
    let mut inside: HashMap<i64, Vec<String>> = HashMap::new();
    for (device, serial) in rows {
        inside.entry(device).or_default().push(serial);
    }
    Ok(inside)
}

fn reservations_of(c: &mut Conn, ids: &[i64]) -> Result<Vec<Source>, Fault> {
    type Row = (i64, String, String, Option<String>, Option<String>);
    let rows: Vec<Row> = rack_reservations::table
        .inner_join(racks::table)
        .left_join(customers::table)
        .filter(rack_reservations::id.eq_any(ids.to_vec()))
        .filter(rack_reservations::archived_at.is_null())
        .filter(racks::archived_at.is_null())
        .select((
            rack_reservations::id,
            rack_reservations::reason,
            racks::name,
            customers::code.nullable(),
            customers::name.nullable(),
        ))
        .load(c)?;
    let source = |(id, reason, rack, code, customer): Row| {
        let mut terms = Terms::default();
        terms.name(&reason);
        terms.around(&rack);
        terms.around(code.as_deref().unwrap_or_default());
        terms.around(customer.as_deref().unwrap_or_default());
        Source::open(id, terms)
    };
    Ok(rows.into_iter().map(source).collect())
}

fn racks_of(c: &mut Conn, ids: &[i64]) -> Result<Vec<Source>, Fault> {
    let rows: Vec<(i64, String, String, String, String, String)> = racks::table
        .inner_join(rooms::table.inner_join(sites::table))
        .filter(racks::id.eq_any(ids.to_vec()))
        .filter(racks::archived_at.is_null())
        .select((
            racks::id,
            racks::name,
            racks::row_name,
            rooms::name,
            sites::code,
            sites::name,
        ))
        .load(c)?;
    let source =
        |(id, name, row, room, code, site): (i64, String, String, String, String, String)| {
            let mut terms = Terms::default();
            terms.name(&name);
            for around in [&row, &room, &code, &site] {
                terms.around(around);
            }
            Source::open(id, terms)
        };
    Ok(rows.into_iter().map(source).collect())
}

fn rooms_of(c: &mut Conn, ids: &[i64]) -> Result<Vec<Source>, Fault> {
    let rows: Vec<(i64, String, String, String)> = rooms::table
        .inner_join(sites::table)
        .filter(rooms::id.eq_any(ids.to_vec()))
        .filter(rooms::archived_at.is_null())
        .select((rooms::id, rooms::name, sites::code, sites::name))
        .load(c)?;
    let source = |(id, name, code, site): (i64, String, String, String)| {
        let mut terms = Terms::default();
        terms.name(&name);
        terms.around(&code);
        terms.around(&site);
        Source::open(id, terms)
    };
    Ok(rows.into_iter().map(source).collect())
}

fn customers_of(c: &mut Conn, ids: &[i64]) -> Result<Vec<Source>, Fault> {
    let rows: Vec<(i64, String, String, String)> = customers::table
        .filter(customers::id.eq_any(ids.to_vec()))
        .filter(customers::archived_at.is_null())
        .select((
            customers::id,
            customers::code,
            customers::name,
            customers::phone,
        ))
        .load(c)?;
    let source = |(id, code, name, phone): (i64, String, String, String)| {
        let mut terms = Terms::default();
        terms.name(&code);
        terms.number(&phone);
        terms.name(&name);
        Source::open(id, terms)
    };
    Ok(rows.into_iter().map(source).collect())
}

fn contacts_of(c: &mut Conn, ids: &[i64]) -> Result<Vec<Source>, Fault> {
    type Row = (i64, String, String, String, String, String);
    let rows: Vec<Row> = contacts::table
        .inner_join(customers::table)
        .filter(contacts::id.eq_any(ids.to_vec()))
        .filter(contacts::archived_at.is_null())
        .filter(customers::archived_at.is_null())
        .select((
            contacts::id,
            contacts::name,
            contacts::phone,
            contacts::email,
            customers::code,
            customers::name,
        ))
        .load(c)?;
    let source = |(id, name, phone, email, code, customer): Row| {
        let mut terms = Terms::default();
        terms.number(&phone);
        terms.name(&name);
        terms.name(&email);
        terms.around(&code);
        terms.around(&customer);
        Source::open(id, terms)
    };
    Ok(rows.into_iter().map(source).collect())
}

fn ports_of(c: &mut Conn, ids: &[i64]) -> Result<Vec<Source>, Fault> {
    let rows: Vec<(i64, String, String, String)> = ports::table
        .inner_join(devices::table)
        .filter(ports::id.eq_any(ids.to_vec()))
        .filter(devices::archived_at.is_null())
        .select((ports::id, ports::name, ports::alias, devices::name))
        .load(c)?;
    let mut seen = neighbours_of(c, ids)?;
    let source = |(id, name, alias, device): (i64, String, String, String)| {
        let mut terms = Terms::default();
        for (chassis, remote) in seen.remove(&id).unwrap_or_default() {
            terms.cards(&chassis);
            terms.around(&remote);
        }
        terms.name(&name);
        terms.name(&alias);
        terms.around(&device);
        Source::open(id, terms)
    };
    Ok(rows.into_iter().map(source).collect())
}

fn cables_of(c: &mut Conn, ids: &[i64]) -> Result<Vec<Source>, Fault> {
    let rows: Vec<(i64, String, String)> = cables::table
        .filter(cables::id.eq_any(ids.to_vec()))
        .filter(cables::archived_at.is_null())
        .select((cables::id, cables::label, cables::bundle))
        .load(c)?;
    let source = |(id, label, bundle): (i64, String, String)| {
        let mut terms = Terms::default();
        terms.number(&label);
        terms.name(&label);
        terms.around(&bundle);
        Source::open(id, terms)
    };
    Ok(rows.into_iter().map(source).collect())
}

fn addresses_of(c: &mut Conn, ids: &[i64]) -> Result<Vec<Source>, Fault> {
    let rows: Vec<(i64, Family, IpOctets, String)> = ip_addresses::table
        .filter(ip_addresses::id.eq_any(ids.to_vec()))
        .filter(ip_addresses::archived_at.is_null())
        .select((
            ip_addresses::id,
            ip_addresses::family,
            ip_addresses::address,
            ip_addresses::dns_name,
        ))
        .load(c)?;
    let source = |(id, family, octets, dns_name): (i64, Family, IpOctets, String)| {
        let mut terms = Terms::default();
        terms.name(&Ip::new(family, octets.value()).to_string());
        terms.name(&dns_name);
        Source::open(id, terms)
    };
    Ok(rows.into_iter().map(source).collect())
}

fn prefixes_of(c: &mut Conn, ids: &[i64]) -> Result<Vec<Source>, Fault> {
    let rows: Vec<(i64, Family, IpOctets, i64, String)> = prefixes::table
        .filter(prefixes::id.eq_any(ids.to_vec()))
        .filter(prefixes::archived_at.is_null())
        .select((
            prefixes::id,
            prefixes::family,
            prefixes::network,
            prefixes::length,
            prefixes::role,
        ))
        .load(c)?;
    let source = |(id, family, network, length, role): (i64, Family, IpOctets, i64, String)| {
        let mut terms = Terms::default();
        terms.name(&IpPrefix::stored(family, network, length).to_string());
        terms.around(&role);
        Source::open(id, terms)
    };
    Ok(rows.into_iter().map(source).collect())
}

fn vlans_of(c: &mut Conn, ids: &[i64]) -> Result<Vec<Source>, Fault> {
    let rows: Vec<(i64, i64, String, String)> = vlans::table
        .filter(vlans::id.eq_any(ids.to_vec()))
        .filter(vlans::archived_at.is_null())
        .select((vlans::id, vlans::number, vlans::name, vlans::group_name))
        .load(c)?;
    let source = |(id, number, name, group): (i64, i64, String, String)| {
        let mut terms = Terms::default();
        // `120`, `vlan120` and `vlan 120` are all typed.
        terms.name(&number.to_string());
        terms.name(&format!("vlan{number}"));
        terms.name(&name);
        terms.around(&group);
        Source::open(id, terms)
    };
    Ok(rows.into_iter().map(source).collect())
}

/// What is seen at the other end of ports now: identifier and name.
fn neighbours_of(
    c: &mut Conn,
    ports: &[i64],
) -> Result<HashMap<i64, Vec<(String, String)>>, Fault> {
    let rows: Vec<(i64, String, String)> = neighbours::table
        .filter(neighbours::port_id.eq_any(ports.to_vec()))
        .filter(neighbours::gone_at.is_null())
        .order(neighbours::id.asc())
        .select((
            neighbours::port_id,
            neighbours::chassis_id,
            neighbours::system_name,
        ))
        .load(c)?;
    let mut seen: HashMap<i64, Vec<(String, String)>> = HashMap::new();
    for (port, chassis, name) in rows {
        seen.entry(port).or_default().push((chassis, name));
    }
    Ok(seen)
}

fn visits_of(c: &mut Conn, ids: &[i64]) -> Result<Vec<Source>, Fault> {
    let rows: Vec<(i64, Option<CustomerId>, String, String)> = visits::table
        .filter(visits::id.eq_any(ids.to_vec()))
        .select((
            visits::id,
            visits::customer_id,
            visits::number,
            visits::search_folded,
        ))
        .load(c)?;
    let source = |(id, owner, number, folded): (i64, Option<CustomerId>, String, String)| {
        let mut terms = Terms::default();
        terms.name(&number);
        terms.around(&folded);
        Source::owned(id, owner, terms)
    };
    Ok(rows.into_iter().map(source).collect())
}

fn goods_of(c: &mut Conn, ids: &[i64]) -> Result<Vec<Source>, Fault> {
    let rows: Vec<(i64, Option<CustomerId>, String, String)> = goods_passes::table
        .filter(goods_passes::id.eq_any(ids.to_vec()))
        .select((
            goods_passes::id,
            goods_passes::customer_id,
            goods_passes::number,
            goods_passes::search_folded,
        ))
        .load(c)?;
    let source = |(id, owner, number, folded): (i64, Option<CustomerId>, String, String)| {
        let mut terms = Terms::default();
        terms.name(&number);
        terms.around(&folded);
        Source::owned(id, owner, terms)
    };
    Ok(rows.into_iter().map(source).collect())
}
