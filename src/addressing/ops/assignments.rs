//! Who has an address or a network from when until when. An assignment is ended, never deleted.

use diesel::prelude::*;
use serde_json::json;

use super::addresses::address_by_id;
use super::names::with_holders;
use super::prefixes::prefix_by_id;
use super::vrfs::for_staff;
use crate::addressing::holding::{AssignmentDraft, Subject, Times};
use crate::addressing::rows::{Assignment, AssignmentRow, IpAddress, Prefix};
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{CustomerId, DeviceId, IpAddressId, IpAssignmentId, PrefixId};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::inventory::{device_by_id, device_by_name};
use crate::store::Conn;
use crate::store::schema::{ip_addresses, ip_assignments, prefixes};
use crate::tenancy::customer_by_code;

/// The text of what is assigned; not found when the actor may not see it, a conflict when it is archived.
fn label(c: &mut Conn, actor: &Actor, subject: Subject) -> Result<String, Fault> {
    let (text, archived_at) = match subject {
        Subject::Address(id) => {
            let address = address_by_id(c, actor, id)?.address;
            (address.ip().to_string(), address.archived_at)
        }
        Subject::Prefix(id) => {
            let prefix = prefix_by_id(c, actor, id)?.prefix;
            (prefix.prefix().to_string(), prefix.archived_at)
        }
    };
    match archived_at {
        Some(_) => Err(Fault::conflict(Message::new("addressing-archived"))),
        None => Ok(text),
    }
}

fn all_of(c: &mut Conn, subject: Subject) -> Result<Vec<Assignment>, Fault> {
    let query = ip_assignments::table
        .order((ip_assignments::from_at.desc(), ip_assignments::id.desc()))
        .select(Assignment::as_select())
        .into_boxed();
    let query = match subject {
        Subject::Address(id) => query.filter(ip_assignments::address_id.eq(id)),
        Subject::Prefix(id) => query.filter(ip_assignments::prefix_id.eq(id)),
    };
    Ok(query.load(c)?)
}

/// The assignments of an address or a network, newest first. A customer sees the own ones.
pub fn assignments_of(
    c: &mut Conn,
    actor: &Actor,
    subject: Subject,
) -> Result<Vec<AssignmentRow>, Fault> {
    match subject {
        Subject::Address(id) => drop(address_by_id(c, actor, id)?),
        Subject::Prefix(id) => drop(prefix_by_id(c, actor, id)?),
    }
    let mut found = all_of(c, subject)?;
    found.retain(|row| actor.wall().shows(row.customer_id));
    with_holders(c, found)
}

/// What a device has now: the assignments with the text of what is assigned. The caller has looked up the device, which
/// holds the wall of the device; that of the assignment is kept here.
pub fn assignments_of_device(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
) -> Result<Vec<(Assignment, String)>, Fault> {
    actor.require(Permission::ViewAddresses)?;
    let mut held: Vec<Assignment> = ip_assignments::table
        .filter(ip_assignments::device_id.eq(device))
        .filter(ip_assignments::from_at.le(actor.now))
        .filter(
            ip_assignments::until_at
                .is_null()
                .or(ip_assignments::until_at.gt(actor.now)),
        )
        .select(Assignment::as_select())
        .load(c)?;
    held.retain(|row| actor.wall().shows(row.customer_id));
    let ids: Vec<IpAddressId> = held.iter().filter_map(|row| row.address_id).collect();
    let addresses: Vec<IpAddress> = ip_addresses::table
        .filter(ip_addresses::id.eq_any(ids))
        .select(IpAddress::as_select())
        .load(c)?;
    let ids: Vec<PrefixId> = held.iter().filter_map(|row| row.prefix_id).collect();
    let networks: Vec<Prefix> = prefixes::table
        .filter(prefixes::id.eq_any(ids))
        .select(Prefix::as_select())
        .load(c)?;
    let mut rows = Vec::new();
    for row in held {
        let address = addresses.iter().find(|one| Some(one.id) == row.address_id);
        let network = networks.iter().find(|one| Some(one.id) == row.prefix_id);
        let (key, text) = match (address, network) {
            (Some(one), _) => ((one.family, one.address, 0), one.ip().to_string()),
            (None, Some(one)) => ((one.family, one.network, 1), one.prefix().to_string()),
            (None, None) => continue,
        };
        rows.push((key, (row, text)));
    }
    rows.sort_by_key(|(key, _)| *key);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// Every assignment; for exports by staff.
pub fn assignments_all(c: &mut Conn, actor: &Actor) -> Result<Vec<AssignmentRow>, Fault> {
    for_staff(actor)?;
    let found: Vec<Assignment> = ip_assignments::table
        .order((ip_assignments::from_at.asc(), ip_assignments::id.asc()))
        .select(Assignment::as_select())
        .load(c)?;
    with_holders(c, found)
}

/// One assignment; a customer's own ones only.
pub fn assignment_by_id(
    c: &mut Conn,
    actor: &Actor,
    id: IpAssignmentId,
) -> Result<AssignmentRow, Fault> {
    actor.require(Permission::ViewAddresses)?;
    let found: Option<Assignment> = ip_assignments::table
        .find(id)
        .select(Assignment::as_select())
        .first(c)
        .optional()?;
    let found = found.filter(|row| actor.wall().shows(row.customer_id));
    with_holders(c, found.into_iter().collect())?
        .pop()
        .ok_or_else(Fault::not_found)
}

/// Device and customer that a draft names. Without a customer it is the device's owner; another's device is refused.
fn named(
    c: &mut Conn,
    actor: &Actor,
    draft: &AssignmentDraft,
) -> Result<(Option<DeviceId>, Option<CustomerId>), Fault> {
    let customer = match draft.customer.as_str() {
        "" => None,
        code => {
            let found = customer_by_code(c, code)?.filter(|found| found.archived_at.is_none());
            let missing = || {
                let message = Message::new("fault-no-such-customer").with("code", code);
                Fault::field("customer", message)
            };
            Some(found.ok_or_else(missing)?)
        }
    };
    let customer_id = customer.map(|customer| customer.id);
    if draft.device.is_empty() {
        return Ok((None, customer_id));
    }
    let no_device = || {
        let message =
            Message::new("assignments-no-such-device").with("name", draft.device.as_str());
        Fault::field("device", message)
    };
    let device = device_by_name(c, &draft.device)?
        .filter(|device| device.archived_at.is_none())
        .ok_or_else(no_device)?;
    let row = device_by_id(c, actor, device.id)?;
    match (&row.customer, customer_id) {
        (Some(owner), Some(wanted)) if owner.id != wanted => {
            let message = Message::new("assignments-device-of-other")
                .with("device", draft.device.as_str())
                .with("owner", owner.name.as_str());
            Err(Fault::field("customer", message))
        }
        (Some(owner), None) => Ok((Some(device.id), Some(owner.id))),
        _ => Ok((Some(device.id), customer_id)),
    }
}

fn refuse_overlap(
    c: &mut Conn,
    subject: Subject,
    times: &Times,
    except: Option<IpAssignmentId>,
) -> Result<(), Fault> {
    let others = all_of(c, subject)?;
    let others: Vec<Times> = others
        .iter()
        .filter(|row| Some(row.id) != except)
        .map(Assignment::times)
        .collect();
    let Some(other) = times.clash(&others) else {
        return Ok(());
    };
    let until = other
        .until
        .map_or_else(|| "…".to_owned(), Timestamp::to_rfc3339);
    let message = Message::new("assignments-overlap")
        .with("from", other.from.to_rfc3339())
        .with("until", until);
    let field = if except.is_some() { "until" } else { "from" };
    Err(Fault::field(field, message))
}

/// Assigns an address or a network to a device, a customer or both.
pub fn assignment_add(
    c: &mut Conn,
    actor: &Actor,
    subject: Subject,
    draft: &AssignmentDraft,
) -> Result<IpAssignmentId, Fault> {
    actor.require(Permission::EditAddresses)?;
    let label = label(c, actor, subject)?;
    let (device_id, customer_id) = named(c, actor, draft)?;
    refuse_overlap(c, subject, &draft.times, None)?;
    let (address_id, prefix_id) = match subject {
        Subject::Address(id) => (Some(id), None),
        Subject::Prefix(id) => (None, Some(id)),
    };
    let id: IpAssignmentId = diesel::insert_into(ip_assignments::table)
        .values((
            ip_assignments::address_id.eq(address_id),
            ip_assignments::prefix_id.eq(prefix_id),
            ip_assignments::device_id.eq(device_id),
            ip_assignments::interface.eq(&draft.interface),
            ip_assignments::customer_id.eq(customer_id),
            ip_assignments::from_at.eq(draft.times.from),
            ip_assignments::until_at.eq(draft.times.until),
            ip_assignments::note.eq(&draft.note),
            ip_assignments::created_at.eq(actor.now),
            ip_assignments::updated_at.eq(actor.now),
        ))
        .returning(ip_assignments::id)
        .get_result(c)?;
    let event = Event::new("address.assign", kind(subject), number(subject), label)
        .for_customer(customer_id)
        .with(json!({
            "assignment_id": id, "device": draft.device, "interface": draft.interface,
            "from": draft.times.from, "until": draft.times.until,
        }));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

const fn kind(subject: Subject) -> &'static str {
    match subject {
        Subject::Address(_) => "address",
        Subject::Prefix(_) => "prefix",
    }
}

const fn number(subject: Subject) -> i64 {
    match subject {
        Subject::Address(id) => id.get(),
        Subject::Prefix(id) => id.get(),
    }
}

/// Says when an assignment ends; without `until` it goes on. `version` is the one that was read.
pub fn assignment_end(
    c: &mut Conn,
    actor: &Actor,
    id: IpAssignmentId,
    version: i64,
    until: Option<Timestamp>,
) -> Result<(), Fault> {
    actor.require(Permission::EditAddresses)?;
    let before = assignment_by_id(c, actor, id)?.assignment;
    let subject = match (before.address_id, before.prefix_id) {
        (Some(address), _) => Subject::Address(address),
        (None, Some(prefix)) => Subject::Prefix(prefix),
        (None, None) => return Err(Fault::not_found()),
    };
    if until.is_some_and(|until| until <= before.from_at) {
        return Err(Fault::field(
            "until",
            Message::new("assignments-until-before-from"),
        ));
    }
    // What is archived is free: nobody goes on having it.
    let label = match (label(c, actor, subject), until) {
        (Ok(label), _) => label,
        (Err(_), Some(until)) if until <= actor.now => format!("#{}", number(subject)),
        (Err(fault), _) => return Err(fault),
    };
    let times = Times {
        from: before.from_at,
        until,
    };
    refuse_overlap(c, subject, &times, Some(id))?;
    let changed = diesel::update(
        ip_assignments::table
            .find(id)
            .filter(ip_assignments::version.eq(version)),
    )
    .set((
        ip_assignments::until_at.eq(until),
        ip_assignments::version.eq(ip_assignments::version + 1),
        ip_assignments::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let event = Event::new(
        "address.assignment_end",
        kind(subject),
        number(subject),
        label,
    )
    .for_customer(before.customer_id)
    .with(json!({
        "assignment_id": id, "before": {"until": before.until_at}, "after": {"until": until},
    }));
    audit::record(c, &actor.author(), actor.now, event)
}
