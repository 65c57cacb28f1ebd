//! Keeping the index: in the transaction that writes a record, and making all of it anew.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::sources::{Source, ids_after, sources};
use crate::base::fault::Fault;
use crate::base::ids::{CustomerId, DeviceId, RackId, RoomId, SiteId};
use crate::base::time::Timestamp;
use crate::insert_all;
use crate::search::model::{SearchKind, Searched, TERMS_VERSION};
use crate::search::rows::TermRow;
use crate::store::Conn;
use crate::store::schema::{contacts, ports, rack_reservations, racks, rooms, search_terms};
use crate::store::settings::{set_setting, setting};

/// Name of the setting that says which rules the index was made by.
const VERSION: &str = "search.terms";
/// Things that are looked at together.
const AT_ONCE: usize = 500;

/// Puts a new record into the index, in the transaction that wrote it.
///
/// # Errors
/// The database's faults.
pub fn search_added(c: &mut Conn, record: Searched) -> Result<(), Fault> {
    search_added_all(c, &[record])
}

/// Puts new records into the index; there may be nothing of them in it.
///
/// # Errors
/// The database's faults.
pub fn search_added_all(c: &mut Conn, records: &[Searched]) -> Result<(), Fault> {
    let mut by_kind: BTreeMap<SearchKind, Vec<i64>> = BTreeMap::new();
    for record in records {
        if let Some((kind, id)) = own(*record) {
            by_kind.entry(kind).or_default().push(id);
        }
    }
    for (kind, ids) in by_kind {
        for some in ids.chunks(AT_ONCE) {
            let found = sources(c, kind, some)?;
            put(c, &rows_of(kind, found))?;
        }
    }
    Ok(())
}

/// Brings the index up to date with a record that was changed or archived, and with what is found by it; in the
/// transaction that wrote it.
///
/// # Errors
/// The database's faults.
pub fn search_changed(c: &mut Conn, record: Searched) -> Result<(), Fault> {
    search_changed_all(c, &[record])
}

/// Brings the index up to date with records that were changed or archived.
///
/// # Errors
/// The database's faults.
pub fn search_changed_all(c: &mut Conn, records: &[Searched]) -> Result<(), Fault> {
    let mut by_kind: BTreeMap<SearchKind, Vec<i64>> = BTreeMap::new();
    for record in records {
        if let Some((kind, id)) = own(*record) {
            by_kind.entry(kind).or_default().push(id);
        }
        for (kind, ids) in found_by(c, *record)? {
            by_kind.entry(kind).or_default().extend(ids);
        }
    }
    for (kind, mut ids) in by_kind {
        ids.sort_unstable();
        ids.dedup();
        for some in ids.chunks(AT_ONCE) {
            renew(c, kind, some)?;
        }
    }
    Ok(())
}

/// A record as a thing of its own; a building is none.
const fn own(record: Searched) -> Option<(SearchKind, i64)> {
    Some(match record {
        Searched::Device(id) | Searched::Components(id) => (SearchKind::Device, id.get()),
        Searched::Rack(id) => (SearchKind::Rack, id.get()),
        Searched::Room(id) => (SearchKind::Room, id.get()),
        Searched::Reservation(id) => (SearchKind::Reservation, id.get()),
        Searched::Customer(id) => (SearchKind::Customer, id.get()),
        Searched::Contact(id) => (SearchKind::Contact, id.get()),
        Searched::Port(id) => (SearchKind::Port, id.get()),
        Searched::Cable(id) => (SearchKind::Cable, id.get()),
        Searched::Address(id) => (SearchKind::Address, id.get()),
        Searched::Prefix(id) => (SearchKind::Prefix, id.get()),
        Searched::Vlan(id) => (SearchKind::Vlan, id.get()),
        Searched::Visit(id) => (SearchKind::Visit, id.get()),
        Searched::Goods(id) => (SearchKind::Goods, id.get()),
        Searched::Site(_) => return None,
    })
}

/// What has terms of a record among its own.
fn found_by(c: &mut Conn, record: Searched) -> Result<Vec<(SearchKind, Vec<i64>)>, Fault> {
    Ok(match record {
        Searched::Device(id) => vec![(SearchKind::Port, ports_of(c, id)?)],
        Searched::Room(id) => vec![(SearchKind::Rack, racks_of(c, &[id])?)],
        Searched::Site(id) => {
            let rooms = rooms_of(c, id)?;
            let racks = racks_of(c, &rooms)?;
            let rooms = rooms.into_iter().map(RoomId::get).collect();
            vec![(SearchKind::Room, rooms), (SearchKind::Rack, racks)]
        }
        Searched::Rack(id) => vec![(SearchKind::Reservation, reservations_in(c, id)?)],
        Searched::Customer(id) => vec![
            (SearchKind::Contact, contacts_of(c, id)?),
            (SearchKind::Reservation, reservations_for(c, id)?),
        ],
        Searched::Components(_)
        | Searched::Reservation(_)
        | Searched::Contact(_)
        | Searched::Port(_)
        | Searched::Cable(_)
        | Searched::Address(_)
        | Searched::Prefix(_)
        | Searched::Vlan(_)
        | Searched::Visit(_)
        | Searched::Goods(_) => Vec::new(),
    })
}

fn ports_of(c: &mut Conn, device: DeviceId) -> Result<Vec<i64>, Fault> {
    Ok(ports::table
        .filter(ports::device_id.eq(device))
        .select(ports::id)
        .load(c)?)
}

fn racks_of(c: &mut Conn, rooms: &[RoomId]) -> Result<Vec<i64>, Fault> {
    Ok(racks::table
        .filter(racks::room_id.eq_any(rooms.to_vec()))
        .select(racks::id)
        .load(c)?)
}

fn rooms_of(c: &mut Conn, site: SiteId) -> Result<Vec<RoomId>, Fault> {
    Ok(rooms::table
        .filter(rooms::site_id.eq(site))
        .select(rooms::id)
        .load(c)?)
}

fn contacts_of(c: &mut Conn, customer: CustomerId) -> Result<Vec<i64>, Fault> {
    Ok(contacts::table
        .filter(contacts::customer_id.eq(customer))
        .select(contacts::id)
        .load(c)?)
}

fn reservations_in(c: &mut Conn, rack: RackId) -> Result<Vec<i64>, Fault> {
    Ok(rack_reservations::table
        .filter(rack_reservations::rack_id.eq(rack))
        .select(rack_reservations::id)
        .load(c)?)
}

fn reservations_for(c: &mut Conn, customer: CustomerId) -> Result<Vec<i64>, Fault> {
    Ok(rack_reservations::table
        .filter(rack_reservations::customer_id.eq(customer))
        .select(rack_reservations::id)
        .load(c)?)
}

fn rows_of(kind: SearchKind, found: Vec<Source>) -> Vec<TermRow> {
    let of_one = |source: Source| {
        let (object_id, customer_id) = (source.id, source.customer_id);
        source.terms.into_iter().map(move |(term, class)| TermRow {
            kind,
            object_id,
            term,
            class,
            customer_id,
        })
    };
    let mut rows: Vec<TermRow> = found.into_iter().flat_map(of_one).collect();
    // In the order of the key: neighbours go into the same place of the table.
    rows.sort_unstable_by(|a, b| (&a.term, a.object_id).cmp(&(&b.term, b.object_id)));
    rows
}

fn put(c: &mut Conn, rows: &[TermRow]) -> Result<(), Fault> {
    insert_all!(c, search_terms::table, rows)?;
    Ok(())
}

/// Writes what differs from the records. What is as it was is not written, so that moving a machine costs nothing here.
fn renew(c: &mut Conn, kind: SearchKind, ids: &[i64]) -> Result<(), Fault> {
    let mut there: BTreeMap<i64, Vec<TermRow>> = BTreeMap::new();
    let kept: Vec<TermRow> = search_terms::table
        .filter(search_terms::kind.eq(kind))
        .filter(search_terms::object_id.eq_any(ids.to_vec()))
        .order((search_terms::term.asc(), search_terms::object_id.asc()))
        .select((
            search_terms::kind,
            search_terms::object_id,
            search_terms::term,
            search_terms::class,
            search_terms::customer_id,
        ))
        .load(c)?;
    for row in kept {
        there.entry(row.object_id).or_default().push(row);
    }
    let mut wanted: BTreeMap<i64, Vec<TermRow>> = BTreeMap::new();
    for row in rows_of(kind, sources(c, kind, ids)?) {
        wanted.entry(row.object_id).or_default().push(row);
    }
    let other: Vec<i64> = ids
        .iter()
        .copied()
        .filter(|id| there.get(id) != wanted.get(id))
        .collect();
    if other.is_empty() {
        return Ok(());
    }
    diesel::delete(
        search_terms::table
            .filter(search_terms::kind.eq(kind))
            .filter(search_terms::object_id.eq_any(other.clone())),
    )
    .execute(c)?;
    let fresh: Vec<TermRow> = other
        .iter()
        .filter_map(|id| wanted.remove(id))
        .flatten()
        .collect();
    put(c, &fresh)
}

/// Makes a part of the index anew: things of a kind whose row id comes after `after`. Gives the last one, `None` when
/// there are no more, and how many were read.
///
/// # Errors
/// The database's faults.
pub fn search_rebuild_step(
    c: &mut Conn,
    kind: SearchKind,
    after: i64,
    most: i64,
) -> Result<(Option<i64>, usize), Fault> {
    let ids = ids_after(c, kind, after, most)?;
    let last = ids.last().copied();
    let old = search_terms::table
        .filter(search_terms::kind.eq(kind))
        .filter(search_terms::object_id.gt(after))
        .filter(search_terms::object_id.le(last.unwrap_or(i64::MAX)));
    diesel::delete(old).execute(c)?;
    let found = sources(c, kind, &ids)?;
    put(c, &rows_of(kind, found))?;
    Ok((last, ids.len()))
}

/// Whether the index was made whole by the rules of this program.
///
/// # Errors
/// The database's faults.
pub fn search_index_is_current(c: &mut Conn) -> Result<bool, Fault> {
    Ok(setting(c, VERSION)?.as_deref() == Some(TERMS_VERSION))
}

/// Notes that the index was made whole.
///
/// # Errors
/// The database's faults.
pub fn search_index_kept(c: &mut Conn, now: Timestamp) -> Result<(), Fault> {
    set_setting(c, VERSION, TERMS_VERSION, now)
}
