//! When machines are read through their BMCs, and keeping what came of it: many machines in one transaction.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use serde_json::json;

use super::endpoints::find;
use super::event_log::log_keep;
use super::execution::credential_refused;
use super::machine_rows::{reading_find, reading_save};
use super::machines::machine;
use super::parts::parts_keep;
use super::polling::{jitter_ms, retry_ms};
use super::sensors::sensors_keep;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{BmcId, DeviceId};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::power::model::RotationState;
use crate::power::port::{PortFault, PortFaultKind};
use crate::power::rows::{BmcEndpoint, MachineReading};
use crate::power::state::ACTING;
use crate::power::telling::{Due, Pace, Told, due, line};
use crate::store::Conn;
use crate::store::schema::{
    bmc_endpoints, bmc_rotations, devices, machine_readings, power_intents,
};

/// A reading that isn't recorded within this time, milliseconds, is taken up again.
const CLAIM_MS: i64 = 300_000;
/// Longest words of a trouble.
const LONGEST_TROUBLE: usize = 300;

/// A machine to be read.
#[derive(Debug, Clone)]
pub struct FactsClaim {
    /// Its BMC.
    pub endpoint: BmcEndpoint,
    /// What is known of it.
    pub reading: MachineReading,
    /// What is to be read.
    pub due: Due,
}

/// One reading of one machine.
#[derive(Debug, Clone)]
pub struct FactsRead {
    /// As it was claimed.
    pub claim: FactsClaim,
    /// When it was read.
    pub at: Timestamp,
    /// What it told, or why nothing was read.
    pub outcome: Result<Told, PortFault>,
}

fn place_of(endpoint: &BmcEndpoint) -> String {
    format!("{} {}", endpoint.address, endpoint.port)
}

/// Takes up to `limit` machines that are due. Those whose BMC did not answer the last look at their power wait until it
/// does: the power state is the scout, so that there is one back-off. Left out besides: refused credentials, archived
/// machines, an intent or a change of the password under way.
pub fn facts_claim(
    c: &mut Conn,
    now: Timestamp,
    limit: i64,
    pace: Pace,
) -> Result<Vec<FactsClaim>, Fault> {
    rows_make(c, now, limit)?;
    let busy = power_intents::table
        .filter(power_intents::device_id.eq(machine_readings::device_id))
        .filter(power_intents::state.eq_any(ACTING));
    let rotating = bmc_rotations::table
        .filter(bmc_rotations::device_id.eq(machine_readings::device_id))
        .filter(bmc_rotations::state.eq_any(RotationState::LIVE));
    let found: Vec<(MachineReading, BmcEndpoint)> = machine_readings::table
        .inner_join(devices::table)
        .inner_join(
            bmc_endpoints::table.on(bmc_endpoints::device_id.eq(machine_readings::device_id)),
        )
        .filter(machine_readings::next_at.le(now))
        .filter(bmc_endpoints::credential_fault.is_null())
        .filter(bmc_endpoints::consecutive_failures.eq(0))
        .filter(bmc_endpoints::last_answer_at.is_not_null())
        .filter(devices::archived_at.is_null())
        .filter(not(exists(busy)))
        .filter(not(exists(rotating)))
        .order((
            machine_readings::next_at.asc(),
            machine_readings::device_id.asc(),
        ))
        .limit(limit)
        .select((MachineReading::as_select(), BmcEndpoint::as_select()))
        .load(c)?;
    let mut claims = Vec::with_capacity(found.len());
    for (reading, endpoint) in found {
        let reading = of_this_bmc(c, reading, &endpoint)?;
        let due = due(reading.last_read(), pace, now);
        claims.push(FactsClaim {
            endpoint,
            reading,
            due,
        });
    }
    let ids: Vec<DeviceId> = claims.iter().map(|claim| claim.reading.device_id).collect();
    diesel::update(machine_readings::table.filter(machine_readings::device_id.eq_any(ids)))
        .set(machine_readings::next_at.eq(now.plus_millis(CLAIM_MS)))
        .execute(c)?;
    Ok(claims)
}

/// Makes the rows of machines that have a BMC since.
fn rows_make(c: &mut Conn, now: Timestamp, limit: i64) -> Result<(), Fault> {
    let there =
        machine_readings::table.filter(machine_readings::device_id.eq(bmc_endpoints::device_id));
    let new: Vec<BmcEndpoint> = bmc_endpoints::table
        .filter(not(exists(there)))
        .filter(bmc_endpoints::last_answer_at.is_not_null())
        .limit(limit)
        .select(BmcEndpoint::as_select())
        .load(c)?;
    for endpoint in new {
        let row = MachineReading::new(endpoint.device_id, place_of(&endpoint), now);
        diesel::insert_into(machine_readings::table)
            .values(&row)
            .execute(c)?;
    }
    Ok(())
}

/// What another BMC said is no beginning for this one: its log is read from the first entry.
fn of_this_bmc(
    c: &mut Conn,
    reading: MachineReading,
    endpoint: &BmcEndpoint,
) -> Result<MachineReading, Fault> {
    let place = place_of(endpoint);
    if reading.endpoint == place {
        return Ok(reading);
    }
    let fresh = MachineReading {
        log_epoch: reading.log_epoch.saturating_add(1),
        off_since: reading.off_since,
        ..MachineReading::new(reading.device_id, place, reading.next_at)
    };
    reading_save(c, &fresh)?;
    Ok(fresh)
}

/// Keeps what was read. What somebody changed meanwhile is left alone.
pub fn facts_record(c: &mut Conn, reads: &[FactsRead], pace: Pace) -> Result<(), Fault> {
    for read in reads {
        let bmc = &read.claim.endpoint;
        let still: Option<BmcId> = bmc_endpoints::table
            .find(bmc.id)
            .filter(bmc_endpoints::version.eq(bmc.version))
            .select(bmc_endpoints::id)
            .first(c)
            .optional()?;
        let row = reading_find(c, read.claim.reading.device_id)?;
        if let (Some(_), Some(mut row)) = (still, row) {
            match &read.outcome {
                Ok(told) => keep(c, &mut row, read, told, pace)?,
                Err(fault) => failed(c, &mut row, read, fault)?,
            }
            reading_save(c, &row)?;
        }
    }
    Ok(())
}

fn trouble(fault: &PortFault) -> String {
    line(&fault.to_string(), LONGEST_TROUBLE)
}

fn keep(
    c: &mut Conn,
    row: &mut MachineReading,
    read: &FactsRead,
    told: &Told,
    pace: Pace,
) -> Result<(), Fault> {
    let at = read.at;
    let mut lost = None;
    let mut note = |fault: &PortFault| {
        if fault.kind == PortFaultKind::Passing {
            lost = Some(fault.clone());
        }
        trouble(fault)
    };
    if let Some(outcome) = &told.sensors {
        row.sensors_trouble = match outcome {
            Ok(said) => {
                sensors_keep(c, row, said, at)?;
                String::new()
            }
            Err(fault) => note(fault),
        };
    }
    if let Some(outcome) = &told.log {
        row.log_trouble = match outcome {
            Ok(parts) => {
                log_keep(c, row, parts, at)?;
                String::new()
            }
            Err(fault) => note(fault),
        };
    }
    if let Some(outcome) = &told.parts {
        row.parts_trouble = match outcome {
            Ok(said) => {
                parts_keep(c, row, said, at)?;
                String::new()
            }
            Err(fault) => note(fault),
        };
    }
    if let Some(fault) = lost {
        return failed(c, row, read, &fault);
    }
    // What this BMC does not have is not asked for again before its time.
    let due = read.claim.due;
    for (is_due, last) in [
        (due.sensors, &mut row.sensors_at),
        (due.log, &mut row.log_at),
        (due.parts, &mut row.parts_at),
    ] {
        if is_due {
            *last = Some(at);
        }
    }
    row.failures = 0;
    let spread = jitter_ms(read.claim.endpoint.id, pace.sensors_ms);
    row.next_at = at.plus_millis(pace.sensors_ms.saturating_sub(spread));
    Ok(())
}

fn failed(
    c: &mut Conn,
    row: &mut MachineReading,
    read: &FactsRead,
    fault: &PortFault,
) -> Result<(), Fault> {
    let bmc = &read.claim.endpoint;
    if fault.kind == PortFaultKind::Credential {
        credential_refused(c, bmc.id, bmc.version, read.at, &fault.to_string())?;
    }
    row.failures = row.failures.saturating_add(1);
    row.sensors_trouble = trouble(fault);
    let rest = retry_ms(row.failures);
    row.next_at = read.at.plus_millis(rest + jitter_ms(bmc.id, rest));
    if fault.kind == PortFaultKind::Passing {
        // The scout looks whether it is gone altogether.
        let later = bmc_endpoints::table
            .find(bmc.id)
            .filter(bmc_endpoints::next_poll_at.gt(read.at));
        diesel::update(later)
            .set(bmc_endpoints::next_poll_at.eq(read.at))
            .execute(c)?;
    }
    Ok(())
}

/// Asks for everything to be read again soon. The caller wakes the task after the commit.
pub fn facts_ask(c: &mut Conn, actor: &Actor, device: DeviceId) -> Result<(), Fault> {
    actor.require(Permission::ControlPower)?;
    let machine = machine(c, actor, device)?;
    let refuse = |key| {
        Err(Fault::conflict(
            Message::new(key).with("machine", machine.name.as_str()),
        ))
    };
    let Some(bmc) = find(c, device)? else {
        return refuse("power-refuse-no-bmc");
    };
    if bmc.credential_fault.is_some() {
        return refuse("power-refuse-credential");
    }
    if reading_find(c, device)?.is_none() {
        let row = MachineReading::new(device, place_of(&bmc), actor.now);
        diesel::insert_into(machine_readings::table)
            .values(&row)
            .execute(c)?;
    }
    diesel::update(machine_readings::table.find(device))
        .set((
            machine_readings::asked_at.eq(actor.now),
            machine_readings::next_at.eq(actor.now),
        ))
        .execute(c)?;
    let event = Event::new("bmc.read", "device", device.get(), &machine.name)
        .for_customer(machine.customer_id)
        .with(json!({}));
    audit::record(c, &actor.author(), actor.now, event)
}
