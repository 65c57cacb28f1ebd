//! Who switched machines or sat at their consoles in a time, for whoever asks who could touch a rack.

use diesel::prelude::*;

use crate::base::fault::Fault;
use crate::base::ids::DeviceId;
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::power::model::Action;
use crate::store::Conn;
use crate::store::schema::{console_seats, console_sessions, devices, power_intents};

/// Most rows of one answer.
const MOST_ROWS: i64 = 10_000;

/// Somebody who switched a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switched {
    /// Name of who asked.
    pub name: String,
    /// What was asked.
    pub action: Action,
    /// Name of the machine.
    pub machine: String,
    /// When the command went out.
    pub at: Timestamp,
}

/// Commands that went out to machines in `from..until`, oldest first.
pub fn switched_between(
    c: &mut Conn,
    actor: &Actor,
    machines: &[DeviceId],
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Switched>, Fault> {
    actor.require(Permission::ViewPower)?;
    let mut query = power_intents::table
        .inner_join(devices::table)
        .filter(power_intents::device_id.eq_any(machines.to_vec()))
        .filter(power_intents::command_sent_at.ge(from))
        .filter(power_intents::command_sent_at.lt(until))
        .into_boxed();
    if let Some(customer) = actor.wall().customer() {
        query = query.filter(devices::customer_id.eq(customer));
    }
    let rows: Vec<(String, Action, String, Option<Timestamp>)> = query
        .order(power_intents::id.asc())
        .limit(MOST_ROWS)
        .select((
            power_intents::requested_by_name,
            power_intents::action,
            devices::name,
            power_intents::command_sent_at,
        ))
        .load(c)?;
    Ok(rows
        .into_iter()
        .filter_map(|(name, action, machine, at)| {
            Some(Switched {
                name,
                action,
                machine,
                at: at?,
            })
        })
        .collect())
}

/// Somebody who sat at the console of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attended {
    /// Name.
    pub name: String,
    /// Name of the machine.
    pub machine: String,
    /// Whether they were the one who types for some time.
    pub wrote: bool,
    /// When they sat down.
    pub from: Timestamp,
    /// When they left.
    pub until: Option<Timestamp>,
}

/// People at consoles of machines at any moment of `from..until`, oldest first.
pub fn consoles_between(
    c: &mut Conn,
    actor: &Actor,
    machines: &[DeviceId],
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Attended>, Fault> {
    actor.require(Permission::WatchConsole)?;
    let mut query = console_seats::table
        .inner_join(console_sessions::table)
        .filter(console_sessions::device_id.eq_any(machines.to_vec()))
        .filter(console_seats::joined_at.lt(until))
        .filter(
            console_seats::left_at
                .is_null()
                .or(console_seats::left_at.gt(from)),
        )
        .into_boxed();
    if let Some(customer) = actor.wall().customer() {
        query = query.filter(console_sessions::customer_id.eq(customer));
    }
    let rows: Vec<(String, String, bool, Timestamp, Option<Timestamp>)> = query
        .order(console_seats::id.asc())
        .limit(MOST_ROWS)
        .select((
            console_seats::name,
            console_sessions::machine,
            console_seats::wrote,
            console_seats::joined_at,
            console_seats::left_at,
        ))
        .load(c)?;
    Ok(rows
        .into_iter()
        .map(|(name, machine, wrote, from, until)| Attended {
            name,
            machine,
            wrote,
            from,
            until,
        })
        .collect())
}
