//! What power needs to know of a machine, its rack and the people there. Read-only.

use diesel::prelude::*;

use crate::access;
use crate::base::fault::Fault;
use crate::base::gauge::OutletState;
use crate::base::ids::{CustomerId, DeviceId, IntentId, RackId, UserId};
use crate::base::time::Timestamp;
use crate::facility::{OutletToSwitch, outlets_to_switch};
use crate::identity::{Actor, Permission};
use crate::power::interlocks::{Lock, OutletWay, Situation};
use crate::power::model::{Action, Path, PowerState};
use crate::power::outlet_steps::state_of;
use crate::power::rows::{BmcEndpoint, Machine, Place};
use crate::power::state::LIVE;
use crate::store::Conn;
use crate::store::schema::{customers, devices, power_intents, racks, rooms, sites, users};

/// The columns of `devices` that power reads.
#[derive(Queryable, Selectable)]
#[diesel(table_name = devices)]
struct DeviceFacts {
    id: DeviceId,
    name: String,
    label: String,
    serial: Option<String>,
    customer_id: Option<CustomerId>,
    status: String,
    rack_id: Option<RackId>,
    position_half_units: Option<i64>,
    protected: bool,
    lock_reason: Option<String>,
    locked_by_user_id: Option<UserId>,
    locked_at: Option<Timestamp>,
    archived_at: Option<Timestamp>,
}

/// A machine on the actor's side of the wall.
pub fn machine(c: &mut Conn, actor: &Actor, id: DeviceId) -> Result<Machine, Fault> {
    actor.require(Permission::ViewPower)?;
    let mut query = devices::table
        .filter(devices::id.eq(id))
        .select(DeviceFacts::as_select())
        .into_boxed();
    if let Some(customer) = actor.wall().customer() {
        query = query.filter(devices::customer_id.eq(customer));
    }
    let facts = query.first(c).optional()?.ok_or_else(Fault::not_found)?;
    let customer_name = match facts.customer_id {
        None => None,
        Some(customer) => customers::table
            .find(customer)
            .select(customers::name)
            .first(c)
            .optional()?,
    };
    let lock = match facts.locked_at {
        None => None,
        Some(_) => Some(Lock {
            owner: user_name(c, facts.locked_by_user_id)?,
            reason: facts.lock_reason.clone().unwrap_or_default(),
        }),
    };
    let place = match facts.rack_id {
        None => None,
        Some(rack) => Some(place(c, rack, facts.position_half_units)?),
    };
    Ok(Machine {
        id: facts.id,
        label: if facts.label.is_empty() {
            facts.name.clone()
        } else {
            facts.label
        },
        name: facts.name,
        serial: facts.serial,
        customer_id: facts.customer_id,
        customer_name,
        gone: facts.archived_at.is_some() || facts.status == "removed",
        protected: facts.protected,
        lock,
        rack_id: facts.rack_id,
        place,
    })
}

fn user_name(c: &mut Conn, user: Option<UserId>) -> Result<String, Fault> {
    let Some(user) = user else {
        return Ok("terminal".to_owned());
    };
    Ok(users::table
        .find(user)
        .select(users::display_name)
        .first(c)
        .optional()?
        .unwrap_or_default())
}

/// Site, zone, room, rack, units, first unit, numbering.
type PlaceFacts = (String, String, String, String, i64, i64, String);

fn place(c: &mut Conn, rack: RackId, position: Option<i64>) -> Result<Place, Fault> {
    let (site, zone, room, name, units, first, numbering): PlaceFacts = racks::table
        .inner_join(rooms::table.inner_join(sites::table))
        .filter(racks::id.eq(rack))
        .select((
            sites::code,
            sites::time_zone,
            rooms::name,
            racks::name,
            racks::units,
            racks::starting_unit,
            racks::numbering,
        ))
        .first(c)?;
    let unit = position.map(|half_units| unit_text(half_units, units, first, numbering == "down"));
    Ok(Place {
        site,
        zone,
        room,
        rack: name,
        unit,
    })
}

/// The unit at an offset of half units from the rack's bottom, as the rack numbers its units.
fn unit_text(half_units: i64, units: i64, first: i64, down: bool) -> String {
    let slot = half_units.div_euclid(2);
    let number = if down {
        first + units - 1 - slot
    } else {
        first + slot
    };
    if half_units.rem_euclid(2) == 0 {
        number.to_string()
    } else {
        format!("{number}.5")
    }
}

/// Everything the interlocks ask about a machine.
pub fn situation(
    c: &mut Conn,
    actor: &Actor,
    machine: &Machine,
    endpoint: Option<&BmcEndpoint>,
    path: Path,
) -> Result<Situation, Fault> {
    let people = match machine.rack_id {
        None => Vec::new(),
        Some(rack) => access::people_at_rack(c, rack, actor.now)?,
    };
    let live: Option<IntentId> = power_intents::table
        .filter(power_intents::device_id.eq(machine.id))
        .filter(power_intents::state.eq_any(LIVE))
        .select(power_intents::id)
        .first(c)
        .optional()?;
    let outlets = outlets_to_switch(c, machine.id)?;
    let state = match path {
        Path::Bmc => endpoint.map_or(PowerState::Unknown, |bmc| bmc.power_state),
        Path::Outlets => outlet_state(&outlets),
    };
    Ok(Situation {
        machine: machine.name.clone(),
        path,
        outlets: outlet_way(&outlets),
        gone: machine.gone,
        has_bmc: endpoint.is_some(),
        credential_refused: endpoint.is_some_and(|bmc| bmc.credential_fault.is_some()),
        lock: machine.lock.clone(),
        protected: machine.protected,
        state,
        people_at_rack: people.len(),
        rack: machine.rack_name().to_owned(),
        live,
        last_acted_at: last_acted_at(c, machine.id)?,
        customer_actions: customer_actions(c, actor)?,
    })
}

/// Whether a machine can be switched by the outlets on record for it.
pub fn outlet_way(outlets: &[OutletToSwitch]) -> OutletWay {
    if outlets.is_empty() {
        OutletWay::None
    } else if outlets.iter().any(|outlet| !outlet.is_confirmed) {
        OutletWay::Unconfirmed
    } else if outlets.iter().any(|outlet| outlet.is_missing) {
        OutletWay::Missing
    } else {
        OutletWay::Ready
    }
}

/// Whether a machine has power by its outlets, as they were last seen.
pub fn outlet_state(outlets: &[OutletToSwitch]) -> PowerState {
    let states: Vec<PowerState> = outlets
        .iter()
        .map(|outlet| match outlet.state {
            OutletState::On => PowerState::On,
            OutletState::Off => PowerState::Off,
            OutletState::Unknown => PowerState::Unknown,
        })
        .collect();
    state_of(&states)
}

/// When the last command to a machine was finished with; commands only, not wishes that did nothing.
fn last_acted_at(c: &mut Conn, device: DeviceId) -> Result<Option<Timestamp>, Fault> {
    let last: Option<(Option<Timestamp>, Option<Timestamp>)> = power_intents::table
        .filter(power_intents::device_id.eq(device))
        .filter(power_intents::command_sent_at.is_not_null())
        .filter(power_intents::action.ne(Action::Identify))
        .order(power_intents::requested_at.desc())
        .select((power_intents::command_sent_at, power_intents::finished_at))
        .first(c)
        .optional()?;
    Ok(last.and_then(|(sent, finished)| finished.max(sent)))
}

fn customer_actions(c: &mut Conn, actor: &Actor) -> Result<Option<i64>, Fault> {
    let Some(customer) = actor.wall().customer() else {
        return Ok(None);
    };
    let count = power_intents::table
        .inner_join(users::table.on(power_intents::requested_by_user_id.eq(users::id.nullable())))
        .filter(users::customer_id.eq(customer))
        .filter(power_intents::requested_at.gt(actor.now.plus_seconds(-3600)))
        .count()
        .get_result(c)?;
    Ok(Some(count))
}

#[cfg(test)]
mod tests {
    use super::unit_text;

    #[test]
    fn units_are_named_as_the_rack_numbers_them() {
        for (half_units, first, down, text) in [
            (0, 1, false, "1"),
            (40, 1, false, "21"),
            (41, 1, false, "21.5"),
            (0, 0, false, "0"),
            (0, 1, true, "42"),
            (82, 1, true, "1"),
        ] {
            assert_eq!(unit_text(half_units, 42, first, down), text);
        }
    }
}
