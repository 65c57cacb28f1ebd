//! Runs of schedules: at its time a schedule becomes a bulk of whoever answers for it, under the same interlocks.

use diesel::prelude::*;

use super::bulks::{BulkAsked, bulk_request};
use super::machines::machine;
use super::schedules::{following, schedule_machines};
use crate::audit::Via;
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::ids::{DeviceId, PowerScheduleId};
use crate::base::kept::KeptMessage;
use crate::base::locale::Locale;
use crate::base::time::Timestamp;
use crate::identity::ops::user_by_id;
use crate::identity::{Actor, Permission, TokenScope};
use crate::notify::event::{Raise, Severity, Subject};
use crate::notify::ops::events::{event_end, event_raise};
use crate::power::bulk::{BulkWish, Order};
use crate::power::model::Limits;
use crate::power::rows::Schedule;
use crate::power::wish::Wish;
use crate::store::Conn;
use crate::store::schema::power_schedules;

/// A run that is later than this, milliseconds, would come as a surprise.
const LATE_MS: i64 = 600_000;
/// The event of a schedule that could not run.
const STOPPED: &str = "schedule_stopped";
/// What the event is about.
const SUBJECT: &str = "power_schedule";

/// What came of a schedule's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScheduleRan {
    /// It became a bulk.
    Bulk(BulkAsked),
    /// It did not run; the event says why.
    Not,
    /// It was not due any more.
    NotDue,
}

/// Schedules whose time has come.
pub fn schedules_due(c: &mut Conn, now: Timestamp) -> Result<Vec<PowerScheduleId>, Fault> {
    Ok(power_schedules::table
        .filter(power_schedules::next_run_at.le(now))
        .filter(power_schedules::paused.eq(false))
        .filter(power_schedules::archived_at.is_null())
        .order(power_schedules::next_run_at.asc())
        .select(power_schedules::id)
        .load(c)?)
}

/// Runs a schedule whose time has come, in one transaction with the time of its next run: no run comes twice.
pub fn schedule_run(
    c: &mut Conn,
    id: PowerScheduleId,
    now: Timestamp,
    limits: &Limits,
) -> Result<ScheduleRan, Fault> {
    let there: Option<Schedule> = power_schedules::table
        .find(id)
        .filter(power_schedules::next_run_at.le(now))
        .filter(power_schedules::paused.eq(false))
        .filter(power_schedules::archived_at.is_null())
        .select(Schedule::as_select())
        .first(c)
        .optional()?;
    let Some(there) = there else {
        return Ok(ScheduleRan::NotDue);
    };
    let late_ms = there.next_run_at.map_or(0, |due| now.since_millis(due));
    let ran = if late_ms > LATE_MS {
        Err(Message::new("power-schedule-missed").with("minutes", late_ms / 60_000))
    } else {
        run(c, &there, now, limits)?
    };
    let (said, outcome) = match ran {
        Ok(asked) => {
            event_end(c, STOPPED, SUBJECT, there.id.get(), now)?;
            let said = Message::new("power-schedule-ran")
                .with("count", asked.accepted)
                .with("refused", asked.refused);
            (said, ScheduleRan::Bulk(asked))
        }
        Err(said) => {
            raise(c, &there, &said, now)?;
            (said, ScheduleRan::Not)
        }
    };
    diesel::update(power_schedules::table.find(id))
        .set((
            power_schedules::next_run_at.eq(following(&there, now)),
            power_schedules::last_run_at.eq(now),
            power_schedules::last_said.eq(KeptMessage::from(&said).to_text()),
            power_schedules::updated_at.eq(now),
        ))
        .execute(c)?;
    Ok(outcome)
}

fn raise(c: &mut Conn, there: &Schedule, facts: &Message, now: Timestamp) -> Result<(), Fault> {
    let raise = Raise {
        kind: STOPPED,
        subject: Subject {
            kind: SUBJECT,
            id: there.id.get(),
        },
        label: there.name.clone(),
        customer: there.customer_id,
        severity: Severity::Warning,
        tell_customer: false,
        facts: facts.clone(),
    };
    event_raise(c, &raise, now).map(drop)
}

/// Asks as whoever answers for the schedule; the words say why it could not be asked.
fn run(
    c: &mut Conn,
    there: &Schedule,
    now: Timestamp,
    limits: &Limits,
) -> Result<Result<BulkAsked, Message>, Fault> {
    let Some(actor) = owner(c, there, now)? else {
        let message =
            Message::new("power-schedule-no-right").with("name", there.owner_name.as_str());
        return Ok(Err(message));
    };
    let machines = seen_by(c, &actor, there)?;
    if machines.is_empty() {
        return Ok(Err(Message::new("power-schedule-no-machines")));
    }
    let bulk = BulkWish {
        wish: Wish {
            setting: there.setting(),
            path: there.path,
            reason: there.reason.clone(),
            ..Wish::of(there.action)
        },
        machines,
        order: Order {
            stagger_ms: there.stagger_ms,
            stop_after: there.stop_after,
        },
    };
    bulk_request(c, &actor, &bulk, limits, Some(there.id)).map(Ok)
}

/// Who answers for a schedule, when they may still switch what it switches.
fn owner(c: &mut Conn, there: &Schedule, now: Timestamp) -> Result<Option<Actor>, Fault> {
    let Some(user) = there.owner_user_id else {
        return Ok(None);
    };
    let user = user_by_id(c, &Actor::task("power_schedule", now), user)?;
    let actor = Actor {
        user_id: Some(user.id),
        name: user.display_name,
        role: user.role,
        customer_id: user.customer_id,
        via: Via::Task,
        remote: String::new(),
        locale: Locale::En,
        scope: TokenScope::Write,
        now,
    };
    let same_side = actor.wall().customer() == there.customer_id;
    let may = user.disabled_at.is_none() && same_side && actor.may(Permission::ControlPower);
    Ok(may.then_some(actor))
}

/// The machines that are still on the owner's side of the wall.
fn seen_by(c: &mut Conn, actor: &Actor, there: &Schedule) -> Result<Vec<DeviceId>, Fault> {
    let mut found = Vec::new();
    for (device, _) in schedule_machines(c, there.id)? {
        match machine(c, actor, device) {
            Ok(_) => found.push(device),
            Err(fault) if fault.kind == FaultKind::NotFound => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(found)
}
