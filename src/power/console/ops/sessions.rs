//! A console session while it lives: opened, people come and go, ended.

use diesel::prelude::*;
use serde_json::json;

use super::rights::attendance;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{ConsoleId, ConsoleSeatId, DeviceId};
use crate::base::seal::Keyring;
use crate::base::time::Timestamp;
use crate::identity::Actor;
use crate::power::console::model::{EndReason, Seat};
use crate::power::console::rows::ConsoleSession;
use crate::power::ops::{endpoint_of_device, target};
use crate::power::port::PortTarget;
use crate::power::rows::Machine;
use crate::store::Conn;
use crate::store::schema::{console_seats, console_sessions};

/// How the serial line of a machine is reached; the actor must be one who may sit at its console.
pub fn line_target(
    c: &mut Conn,
    actor: &Actor,
    keyring: &Keyring,
    device: DeviceId,
) -> Result<PortTarget, Fault> {
    let machine = attendance(c, actor, device, Seat::Watch)?;
    let refuse = |key| Fault::conflict(Message::new(key).with("machine", machine.name.as_str()));
    if machine.gone {
        return Err(refuse("console-fault-gone"));
    }
    let endpoint = endpoint_of_device(c, actor, device)?;
    let endpoint = endpoint.ok_or_else(|| refuse("console-fault-no-bmc"))?;
    if endpoint.credential_fault.is_some() {
        return Err(refuse("console-fault-credential"));
    }
    target(&endpoint, keyring, false)
}

fn event(action: &'static str, machine: &Machine, console: ConsoleId) -> Event {
    Event::new(action, "device", machine.id.get(), machine.name.as_str())
        .for_customer(machine.customer_id)
        .with(json!({"console": console}))
}

/// Opens a session; the first person's seat is taken with [`seat_join`].
pub fn console_open(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    seat: Seat,
    reason: &str,
) -> Result<ConsoleId, Fault> {
    let machine = attendance(c, actor, device, seat)?;
    Ok(diesel::insert_into(console_sessions::table)
        .values((
            console_sessions::device_id.eq(device),
            console_sessions::customer_id.eq(machine.customer_id),
            console_sessions::machine.eq(&machine.name),
            console_sessions::opened_by_user_id.eq(actor.user_id),
            console_sessions::opened_by_name.eq(&actor.name),
            console_sessions::reason.eq(reason),
            console_sessions::opened_at.eq(actor.now),
            console_sessions::seen_at.eq(actor.now),
        ))
        .returning(console_sessions::id)
        .get_result(c)?)
}

/// Someone sits down.
pub fn seat_join(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    console: ConsoleId,
    seat: Seat,
    reason: &str,
) -> Result<ConsoleSeatId, Fault> {
    let machine = attendance(c, actor, device, seat)?;
    let id = diesel::insert_into(console_seats::table)
        .values((
            console_seats::session_id.eq(console),
            console_seats::user_id.eq(actor.user_id),
            console_seats::name.eq(&actor.name),
            console_seats::remote.eq(&actor.remote),
            console_seats::wrote.eq(seat == Seat::Write),
            console_seats::joined_at.eq(actor.now),
        ))
        .returning(console_seats::id)
        .get_result(c)?;
    let action = match seat {
        Seat::Write => "console.open",
        Seat::Watch => "console.watch",
    };
    let event =
        event(action, &machine, console).with(json!({"console": console, "reason": reason}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Someone types now instead of another one.
pub fn console_taken_over(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    console: ConsoleId,
    seat: ConsoleSeatId,
    former: &str,
) -> Result<(), Fault> {
    let machine = attendance(c, actor, device, Seat::Write)?;
    diesel::update(console_seats::table.find(seat))
        .set(console_seats::wrote.eq(true))
        .execute(c)?;
    if former.is_empty() {
        return Ok(());
    }
    let event = event("console.take_over", &machine, console)
        .with(json!({"console": console, "former": former}));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Someone threw another session of the BMC out.
pub fn console_evicted(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    console: ConsoleId,
) -> Result<(), Fault> {
    let machine = attendance(c, actor, device, Seat::Write)?;
    audit::record(
        c,
        &actor.author(),
        actor.now,
        event("console.evict", &machine, console),
    )
}

/// Someone left.
pub fn seat_leave(c: &mut Conn, seat: ConsoleSeatId, now: Timestamp) -> Result<(), Fault> {
    let open = console_seats::table
        .find(seat)
        .filter(console_seats::left_at.is_null());
    diesel::update(open)
        .set(console_seats::left_at.eq(now))
        .execute(c)?;
    Ok(())
}

/// Ends a session and whatever seats are left; done twice it changes nothing.
pub fn console_end(
    c: &mut Conn,
    actor: &Actor,
    console: ConsoleId,
    reason: EndReason,
    cut: bool,
) -> Result<(), Fault> {
    let open = console_sessions::table
        .find(console)
        .filter(console_sessions::ended_at.is_null());
    let changed = diesel::update(open)
        .set((
            console_sessions::ended_at.eq(actor.now),
            console_sessions::end_reason.eq(reason),
            console_sessions::cut.eq(cut),
        ))
        .execute(c)?;
    if changed == 0 {
        return Ok(());
    }
    let ended: ConsoleSession = console_sessions::table
        .find(console)
        .select(ConsoleSession::as_select())
        .first(c)?;
    let seats = console_seats::table
        .filter(console_seats::session_id.eq(console))
        .filter(console_seats::left_at.is_null());
    diesel::update(seats)
        .set(console_seats::left_at.eq(actor.now))
        .execute(c)?;
    let seconds = actor.now.since_millis(ended.opened_at) / 1000;
    let event = Event::new(
        "console.close",
        "device",
        ended.device_id.get(),
        ended.machine,
    )
    .for_customer(ended.customer_id)
    .with(json!({"console": console, "end": reason, "seconds": seconds, "octets": ended.octets}));
    audit::record(c, &actor.author(), actor.now, event)
}
