//! Outlets: what PDUs say of them, and what people say is plugged in.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use serde_json::json;

use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::gauge::{OutletSeen, OutletState};
use crate::base::ids::{CustomerId, DeviceId, OutletId, RackId, UserId};
use crate::base::time::Timestamp;
use crate::facility::feed::OutletDraft;
use crate::facility::rows::{Outlet, OutletPlace, OutletRow, Plugged};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::portable::BATCH_ROWS;
use crate::store::schema::{devices, outlets, pdus};

/// Longest text kept of what a PDU says.
const LONGEST_TEXT: usize = 200;

/// Keeps what a PDU said of itself and its outlets at one time; what people said of them stays.
pub fn pdu_seen(
    c: &mut Conn,
    device: DeviceId,
    at: Timestamp,
    family: &str,
    trouble: Option<&str>,
    seen: &[OutletSeen],
) -> Result<(), Fault> {
    let trouble = trouble.map(cut);
    let changed = diesel::update(pdus::table.filter(pdus::device_id.eq(device)))
        .set((
            pdus::family.eq(family),
            pdus::last_read_at.eq(at),
            pdus::last_trouble.eq(&trouble),
        ))
        .execute(c)?;
    if changed == 0 {
        diesel::insert_into(pdus::table)
            .values((
                pdus::device_id.eq(device),
                pdus::family.eq(family),
                pdus::last_read_at.eq(at),
                pdus::last_trouble.eq(&trouble),
                pdus::created_at.eq(at),
                pdus::updated_at.eq(at),
            ))
            .execute(c)?;
    }
    let known: BTreeMap<String, Outlet> = of_pdu(c, device)?
        .into_iter()
        .map(|outlet| (outlet.place.clone(), outlet))
        .collect();
    let told = seen.iter().map(|one| one.index.as_str());
    let numbers = numbered(known.keys().map(String::as_str).chain(told));
    let number = |place: &str| numbers.get(place).copied().unwrap_or(0);
    let mut heard = BTreeSet::new();
    for one in seen {
        heard.insert(one.index.as_str());
        let number = number(&one.index);
        match known.get(&one.index) {
            Some(outlet) => outlet_heard(c, outlet, one, number, at)?,
            None => outlet_create(c, device, one, number, at)?,
        }
    }
    // A PDU that was not read to its end has not lost its outlets.
    let whole = trouble.is_none();
    for outlet in known.values() {
        if !heard.contains(outlet.place.as_str()) {
            outlet_unheard(c, outlet, number(&outlet.place), whole, at)?;
        }
    }
    Ok(())
}

/// Places in their order, counted from 1; arcs are compared as numbers. Counted over all that are known, so that no
/// outlet gets another's number while a unit of a chain is away.
fn numbered<'a>(places: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, i64> {
    let arcs = |place: &str| -> Vec<u64> {
        let arcs = place.split('.');
        arcs.map(|arc| arc.parse().unwrap_or(u64::MAX)).collect()
    };
    let sorted: BTreeSet<(Vec<u64>, &'a str)> = places.map(|place| (arcs(place), place)).collect();
    let numbers = sorted.into_iter().zip(1_i64..);
    numbers
        .map(|((_, place), number)| (place, number))
        .collect()
}

/// An outlet that was not told of: it keeps its place in the order, and after a whole reading it is missing.
fn outlet_unheard(
    c: &mut Conn,
    outlet: &Outlet,
    number: i64,
    whole: bool,
    at: Timestamp,
) -> Result<(), Fault> {
    if outlet.number != number {
        diesel::update(outlets::table.find(outlet.id))
            .set((outlets::number.eq(number), outlets::updated_at.eq(at)))
            .execute(c)?;
    }
    if whole && outlet.missing_since.is_none() {
        diesel::update(outlets::table.find(outlet.id))
            .set((
                outlets::state.eq(OutletState::Unknown),
                outlets::state_at.eq(at),
                outlets::missing_since.eq(at),
                outlets::updated_at.eq(at),
            ))
            .execute(c)?;
    }
    Ok(())
}

fn outlet_heard(
    c: &mut Conn,
    outlet: &Outlet,
    one: &OutletSeen,
    number: i64,
    at: Timestamp,
) -> Result<(), Fault> {
    let name = one.name.as_deref().map_or_else(|| outlet.name.clone(), cut);
    let same = outlet.state == one.state
        && outlet.name == name
        && outlet.number == number
        && outlet.missing_since.is_none();
    if same {
        return Ok(());
    }
    let state_at = match outlet.state == one.state {
        true => outlet.state_at,
        false => at,
    };
    diesel::update(outlets::table.find(outlet.id))
        .set((
            outlets::state.eq(one.state),
            outlets::state_at.eq(state_at),
            outlets::name.eq(name),
            outlets::number.eq(number),
            outlets::missing_since.eq(None::<Timestamp>),
            outlets::updated_at.eq(at),
        ))
        .execute(c)?;
    Ok(())
}

fn outlet_create(
    c: &mut Conn,
    device: DeviceId,
    one: &OutletSeen,
    number: i64,
    at: Timestamp,
) -> Result<(), Fault> {
    diesel::insert_into(outlets::table)
        .values((
            outlets::device_id.eq(device),
            outlets::place.eq(&one.index),
            outlets::number.eq(number),
            outlets::name.eq(one.name.as_deref().map(cut).unwrap_or_default()),
            outlets::state.eq(one.state),
            outlets::state_at.eq(at),
            outlets::created_at.eq(at),
            outlets::updated_at.eq(at),
        ))
        .execute(c)?;
    Ok(())
}

fn cut(text: &str) -> String {
    text.chars()
        .filter(|c| *c != '\0')
        .take(LONGEST_TEXT)
        .collect()
}

fn of_pdu(c: &mut Conn, device: DeviceId) -> Result<Vec<Outlet>, Fault> {
    Ok(outlets::table
        .filter(outlets::device_id.eq(device))
        .order((outlets::number.asc(), outlets::id.asc()))
        .select(Outlet::as_select())
        .load(c)?)
}

/// The devices that outlets name.
fn plugged(c: &mut Conn, of: &[Outlet]) -> Result<BTreeMap<DeviceId, Plugged>, Fault> {
    let ids: Vec<DeviceId> = of
        .iter()
        .filter_map(|outlet| outlet.mapped_device_id)
        .collect();
    let found: Vec<(DeviceId, String, Option<CustomerId>)> = devices::table
        .filter(devices::id.eq_any(ids))
        .select((devices::id, devices::name, devices::customer_id))
        .load(c)?;
    let all = found.into_iter().map(|(id, name, customer_id)| {
        let device = Plugged {
            id,
            name,
            customer_id,
        };
        (id, device)
    });
    Ok(all.collect())
}

/// The outlets of a PDU in their order. A customer sees of their own PDU all, without the names of others' devices,
/// and of another only those that are confirmed to feed an own device.
pub fn outlets_of_pdu(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
) -> Result<Vec<OutletRow>, Fault> {
    actor.require(Permission::ViewPower)?;
    let owner: Option<CustomerId> = devices::table
        .find(device)
        .select(devices::customer_id)
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)?;
    let of = of_pdu(c, device)?;
    rows(c, actor, of, owner)
}

/// The outlets that feed a device, by PDU and number; the caller has checked the right to see the device.
pub fn outlets_feeding(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
) -> Result<Vec<OutletRow>, Fault> {
    actor.require(Permission::ViewPower)?;
    let of: Vec<Outlet> = outlets::table
        .filter(outlets::mapped_device_id.eq(device))
        .order((outlets::device_id.asc(), outlets::number.asc()))
        .select(Outlet::as_select())
        .load(c)?;
    rows(c, actor, of, None)
}

fn rows(
    c: &mut Conn,
    actor: &Actor,
    of: Vec<Outlet>,
    owner: Option<CustomerId>,
) -> Result<Vec<OutletRow>, Fault> {
    let wall = actor.wall();
    let devices = plugged(c, &of)?;
    let own_pdu = wall.customer().is_none() || wall.shows(owner);
    let rows = of.into_iter().filter_map(|outlet| {
        let device = outlet.mapped_device_id.and_then(|id| devices.get(&id));
        let device = device.filter(|device| wall.shows(device.customer_id));
        let shown = own_pdu || (device.is_some() && outlet.confirmed_at.is_some());
        shown.then(|| OutletRow {
            plugged: device.cloned(),
            outlet,
        })
    });
    Ok(rows.collect())
}

/// One outlet, as [`outlets_of_pdu`] shows it to the actor.
pub fn outlet_by_id(c: &mut Conn, actor: &Actor, id: OutletId) -> Result<OutletRow, Fault> {
    actor.require(Permission::ViewPower)?;
    let (outlet, owner): (Outlet, Option<CustomerId>) = outlets::table
        .inner_join(devices::table.on(devices::id.eq(outlets::device_id)))
        .filter(outlets::id.eq(id))
        .select((Outlet::as_select(), devices::customer_id))
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)?;
    let found = rows(c, actor, vec![outlet], owner)?;
    found.into_iter().next().ok_or_else(Fault::not_found)
}

/// Says what an outlet feeds; `version` is the one that was read. It counts as confirmed only by who says so now; one
/// that is confirmed to feed the same supply already stays so, since when it was.
pub fn outlet_map(
    c: &mut Conn,
    actor: &Actor,
    id: OutletId,
    version: i64,
    draft: &OutletDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditFacility)?;
    let before = outlet_by_id(c, actor, id)?.outlet;
    let device = match &draft.device {
        None => None,
        Some(name) => Some(device_to_plug(c, name, &before)?),
    };
    if let (Some(device), false) = (device, draft.supply.is_empty()) {
        refuse_taken_supply(c, id, device, &draft.supply)?;
    }
    let same =
        device.is_some() && before.mapped_device_id == device && before.supply == draft.supply;
    let kept = same && before.confirmed_at.is_some();
    let changed = diesel::update(outlets::table.find(id).filter(outlets::version.eq(version)))
        .set((
            outlets::mapped_device_id.eq(device),
            outlets::supply.eq(&draft.supply),
            outlets::version.eq(outlets::version + 1),
            outlets::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    if !kept {
        confirmation_set(c, actor, id, draft.confirmed)?;
    }
    let pdu: String = devices::table
        .find(before.device_id)
        .select(devices::name)
        .first(c)?;
    let event = Event::new(
        "outlet.map",
        "device",
        before.device_id.get(),
        format!("{pdu} / {}", before.number),
    )
    .with(json!({
        "outlet": before.number,
        "device": draft.device,
        "supply": draft.supply,
        "confirmed": kept || draft.confirmed,
    }));
    audit::record(c, &actor.author(), actor.now, event)
}

fn confirmation_set(
    c: &mut Conn,
    actor: &Actor,
    id: OutletId,
    confirmed: bool,
) -> Result<(), Fault> {
    let by: Option<UserId> = actor.user_id.filter(|_| confirmed);
    let by_name = if confirmed { actor.name.as_str() } else { "" };
    diesel::update(outlets::table.find(id))
        .set((
            outlets::confirmed_at.eq(confirmed.then_some(actor.now)),
            outlets::confirmed_by_user_id.eq(by),
            outlets::confirmed_by_name.eq(by_name),
        ))
        .execute(c)?;
    Ok(())
}

/// Takes the confirmation from all outlets of a device that has another owner now, or left its rack: what they measured
/// before is not the new owner's to see, and a pulled cable may feed another machine. The caller has checked the right.
pub fn outlets_unconfirm(c: &mut Conn, device: DeviceId, now: Timestamp) -> Result<(), Fault> {
    let confirmed = outlets::table
        .filter(outlets::mapped_device_id.eq(device))
        .filter(outlets::confirmed_at.is_not_null());
    diesel::update(confirmed)
        .set((
            outlets::confirmed_at.eq(None::<Timestamp>),
            outlets::confirmed_by_user_id.eq(None::<UserId>),
            outlets::confirmed_by_name.eq(""),
            outlets::version.eq(outlets::version + 1),
            outlets::updated_at.eq(now),
        ))
        .execute(c)?;
    Ok(())
}

fn device_to_plug(c: &mut Conn, name: &str, outlet: &Outlet) -> Result<DeviceId, Fault> {
    let found: Option<DeviceId> = devices::table
        .filter(devices::name.eq(name))
        .filter(devices::archived_at.is_null())
        .select(devices::id)
        .first(c)
        .optional()?;
    found
        .filter(|device| *device != outlet.device_id)
        .ok_or_else(|| Fault::field("device", Message::new("outlets-no-such-device")))
}

/// One supply has one cable.
fn refuse_taken_supply(
    c: &mut Conn,
    id: OutletId,
    device: DeviceId,
    supply: &str,
) -> Result<(), Fault> {
    let taken: Option<OutletId> = outlets::table
        .filter(outlets::mapped_device_id.eq(device))
        .filter(outlets::supply.eq(supply))
        .filter(outlets::id.ne(id))
        .select(outlets::id)
        .first(c)
        .optional()?;
    match taken {
        None => Ok(()),
        Some(_) => Err(Fault::field("supply", Message::new("outlets-supply-taken"))),
    }
}

/// Since when an outlet is confirmed to feed a device of a customer; none when it is not. For the operations of this
/// program.
pub fn outlet_shown(
    c: &mut Conn,
    pdu: DeviceId,
    place: &str,
    customer: CustomerId,
) -> Result<Option<Timestamp>, Fault> {
    let mapped: Option<(Option<DeviceId>, Option<Timestamp>)> = outlets::table
        .filter(outlets::device_id.eq(pdu))
        .filter(outlets::place.eq(place))
        .select((outlets::mapped_device_id, outlets::confirmed_at))
        .first(c)
        .optional()?;
    let Some((Some(device), Some(since))) = mapped else {
        return Ok(None);
    };
    let owner: Option<Option<CustomerId>> = devices::table
        .find(device)
        .filter(devices::archived_at.is_null())
        .select(devices::customer_id)
        .first(c)
        .optional()?;
    Ok((owner.flatten() == Some(customer)).then_some(since))
}

/// Outlets that are confirmed to feed devices. For the operations of this program, as the others below: the caller
/// has checked the right.
fn confirmed(c: &mut Conn, to: &[DeviceId]) -> Result<Vec<OutletPlace>, Fault> {
    Ok(outlets::table
        .filter(outlets::mapped_device_id.eq_any(to))
        .filter(outlets::confirmed_at.is_not_null())
        .order((outlets::device_id.asc(), outlets::number.asc()))
        .select((
            outlets::device_id,
            outlets::place,
            outlets::confirmed_at,
            outlets::mapped_device_id,
        ))
        .load(c)?)
}

/// A customer's devices that are not archived.
pub fn machines_of_customer(c: &mut Conn, customer: CustomerId) -> Result<Vec<DeviceId>, Fault> {
    Ok(devices::table
        .filter(devices::customer_id.eq(customer))
        .filter(devices::archived_at.is_null())
        .order(devices::id.asc())
        .select(devices::id)
        .load(c)?)
}

/// The devices of a rack that are not archived.
pub fn machines_of_rack(c: &mut Conn, rack: RackId) -> Result<Vec<DeviceId>, Fault> {
    Ok(devices::table
        .filter(devices::rack_id.eq(rack))
        .filter(devices::archived_at.is_null())
        .order(devices::id.asc())
        .select(devices::id)
        .load(c)?)
}

/// Outlets that are confirmed to feed a customer's devices.
pub fn outlets_of_customer(c: &mut Conn, customer: CustomerId) -> Result<Vec<OutletPlace>, Fault> {
    let own = machines_of_customer(c, customer)?;
    confirmed(c, &own)
}

/// Outlets that are confirmed to feed devices of a rack.
pub fn outlets_of_rack(c: &mut Conn, rack: RackId) -> Result<Vec<OutletPlace>, Fault> {
    let inside = machines_of_rack(c, rack)?;
    confirmed(c, &inside)
}

/// Outlets that are confirmed to feed any of these devices.
pub fn outlets_to_devices(c: &mut Conn, to: &[DeviceId]) -> Result<Vec<OutletPlace>, Fault> {
    let mut found = Vec::new();
    for some in to.chunks(BATCH_ROWS) {
        found.extend(confirmed(c, some)?);
    }
    Ok(found)
}

/// Outlets that are confirmed to feed a device.
pub fn outlets_to_device(c: &mut Conn, device: DeviceId) -> Result<Vec<OutletPlace>, Fault> {
    confirmed(c, &[device])
}
