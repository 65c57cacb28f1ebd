//! What the rules say about machines: a handful of questions to the database, however many machines there are.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use crate::base::fault::{Fault, Message};
use crate::base::ids::{CustomerId, DeviceId, MachineSensorId};
use crate::base::machine::Health;
use crate::base::time::Timestamp;
use crate::inventory::DeviceStatus;
use crate::metering::judge::{Patience, Verdict};
use crate::metering::threshold::{Place, Rule, RuleKind, rule_for};
use crate::metering::{Step, machine_rules, watch_do};
use crate::notify::event::{Raise, Severity, Subject};
use crate::notify::ops::events::events_open;
use crate::power::alarm::{
    BmcNow, MachineNow, SensorState, bmc_silent, credential_stopped, machine_off, means_off,
    sensor_over, severity_of,
};
use crate::power::model::{Action, IntentState, PowerState};
use crate::power::rows::Sensor;
use crate::power::state::ACTING;
use crate::power::telling::{Values, is_supply, number_text};
use crate::store::Conn;
use crate::store::schema::{
    bmc_endpoints, devices, machine_readings, machine_sensors, power_intents,
};

/// Actions after which a machine is meant to be on or off.
const SWITCHING: [Action; 5] = [
    Action::On,
    Action::Off,
    Action::SoftOff,
    Action::Cycle,
    Action::Reset,
];
/// Machines asked for in one question.
const AT_ONCE: usize = 500;

/// What a look at all machines came to.
#[derive(Debug, Default)]
pub struct MachineLook {
    /// Events to begin and to end.
    pub steps: Vec<Step>,
    /// Since when machines are off, where that changed.
    pub off_since: Vec<(DeviceId, Option<Timestamp>)>,
    /// Machines and sensors that were judged.
    pub things: usize,
}

/// A machine with its BMC, as far as it is judged.
#[derive(Queryable)]
struct Watched {
    device: DeviceId,
    name: String,
    customer: Option<CustomerId>,
    status: DeviceStatus,
    address: String,
    state: PowerState,
    failures: i64,
    credential_fault_at: Option<Timestamp>,
    last_answer_at: Option<Timestamp>,
    created_at: Timestamp,
}

/// A sensor that is or was over, with its machine.
type WatchedSensor = (Sensor, String, Option<CustomerId>);

struct World {
    now: Timestamp,
    rules: Vec<Rule>,
    open: BTreeSet<(RuleKind, i64)>,
    off_since: BTreeMap<DeviceId, Timestamp>,
    meant_off: BTreeSet<DeviceId>,
    busy: BTreeSet<DeviceId>,
}

/// Judges all machines.
pub fn machine_look(c: &mut Conn, now: Timestamp) -> Result<MachineLook, Fault> {
    let of_machines = RuleKind::ALL.iter().filter(|kind| kind.is_of_machines());
    let kinds: Vec<&str> = of_machines.map(|kind| kind.as_str()).collect();
    let open = events_open(c, &kinds)?;
    let machines = machines_watched(c)?;
    let off: Vec<DeviceId> = machines
        .iter()
        .filter(|machine| machine.state == PowerState::Off)
        .map(|machine| machine.device)
        .collect();
    let world = World {
        now,
        rules: machine_rules(c)?,
        open: open
            .iter()
            .filter_map(|event| Some((RuleKind::from_word(&event.kind)?, event.subject_id)))
            .collect(),
        off_since: off_since(c)?,
        meant_off: meant_off(c, &off)?,
        busy: busy(c, &off)?,
    };
    let mut look = MachineLook::default();
    let mut known = BTreeSet::new();
    let states: BTreeMap<DeviceId, PowerState> = machines
        .iter()
        .map(|machine| (machine.device, machine.state))
        .collect();
    for machine in &machines {
        world.judge_machine(machine, &mut look, &mut known);
    }
    let sensors = sensors_watched(c, &world.open)?;
    let values = values_of(c, &sensors)?;
    for sensor in &sensors {
        let is_off = states.get(&sensor.0.device_id) == Some(&PowerState::Off);
        world.judge_sensor(sensor, is_off, &values, &mut look, &mut known);
    }
    look.things = machines.len() + sensors.len();
    // What no rule watches any more is over.
    for event in &open {
        let key = RuleKind::from_word(&event.kind).map(|kind| (kind, event.subject_id));
        if let Some((kind, id)) = key.filter(|key| !known.contains(key)) {
            let of = event.subject_kind.clone();
            look.steps.push(Step::End(kind.as_str(), of, id));
        }
    }
    Ok(look)
}

/// Does what a look came to; doing it again changes nothing. Gives how many events began and how many ended.
pub fn machine_do(
    c: &mut Conn,
    look: &MachineLook,
    now: Timestamp,
) -> Result<(usize, usize), Fault> {
    for (device, since) in &look.off_since {
        diesel::update(machine_readings::table.find(*device))
            .set(machine_readings::off_since.eq(*since))
            .execute(c)?;
    }
    watch_do(c, &look.steps, now)
}

fn machines_watched(c: &mut Conn) -> Result<Vec<Watched>, Fault> {
    Ok(bmc_endpoints::table
        .inner_join(devices::table)
        .filter(devices::archived_at.is_null())
        .select((
            devices::id,
            devices::name,
            devices::customer_id,
            devices::status,
            bmc_endpoints::address,
            bmc_endpoints::power_state,
            bmc_endpoints::consecutive_failures,
            bmc_endpoints::credential_fault_at,
            bmc_endpoints::last_answer_at,
            bmc_endpoints::created_at,
        ))
        .load(c)?)
}

fn off_since(c: &mut Conn) -> Result<BTreeMap<DeviceId, Timestamp>, Fault> {
    let rows: Vec<(DeviceId, Option<Timestamp>)> = machine_readings::table
        .filter(machine_readings::off_since.is_not_null())
        .select((machine_readings::device_id, machine_readings::off_since))
        .load(c)?;
    let known = rows.into_iter();
    Ok(known.filter_map(|(id, at)| Some((id, at?))).collect())
}

/// Those of some machines whose last good action took the power away.
fn meant_off(c: &mut Conn, of: &[DeviceId]) -> Result<BTreeSet<DeviceId>, Fault> {
    let mut last: BTreeMap<DeviceId, Action> = BTreeMap::new();
    for some in of.chunks(AT_ONCE) {
        let acted: Vec<(DeviceId, Action)> = power_intents::table
            .filter(power_intents::device_id.eq_any(some.to_vec()))
            .filter(power_intents::state.eq(IntentState::Succeeded))
            .filter(power_intents::action.eq_any(SWITCHING))
            .order(power_intents::id.asc())
            .select((power_intents::device_id, power_intents::action))
            .load(c)?;
        last.extend(acted);
    }
    let off = last.into_iter().filter(|(_, action)| means_off(*action));
    Ok(off.map(|(device, _)| device).collect())
}

fn busy(c: &mut Conn, of: &[DeviceId]) -> Result<BTreeSet<DeviceId>, Fault> {
    let mut busy = BTreeSet::new();
    for some in of.chunks(AT_ONCE) {
        let acting: Vec<DeviceId> = power_intents::table
            .filter(power_intents::device_id.eq_any(some.to_vec()))
            .filter(power_intents::state.eq_any(ACTING))
            .select(power_intents::device_id)
            .load(c)?;
        busy.extend(acting);
    }
    Ok(busy)
}

/// Sensors that are over, and those with an open event.
fn sensors_watched(
    c: &mut Conn,
    open: &BTreeSet<(RuleKind, i64)>,
) -> Result<Vec<WatchedSensor>, Fault> {
    let of_sensors = [RuleKind::SensorOver, RuleKind::SupplyLost];
    let with_event = open.iter().filter(|(kind, _)| of_sensors.contains(kind));
    let with_event: Vec<MachineSensorId> = with_event
        .map(|(_, id)| MachineSensorId::new(*id))
        .collect();
    let bad = [Health::Warning, Health::Critical, Health::Fatal];
    Ok(machine_sensors::table
        .inner_join(devices::table)
        .filter(devices::archived_at.is_null())
        .filter(
            machine_sensors::health
                .eq_any(bad)
                .or(machine_sensors::id.eq_any(with_event)),
        )
        .select((Sensor::as_select(), devices::name, devices::customer_id))
        .load(c)?)
}

fn values_of(c: &mut Conn, sensors: &[WatchedSensor]) -> Result<BTreeMap<DeviceId, Values>, Fault> {
    let of: BTreeSet<DeviceId> = sensors.iter().map(|(row, ..)| row.device_id).collect();
    let of: Vec<DeviceId> = of.into_iter().collect();
    let mut values = BTreeMap::new();
    for some in of.chunks(AT_ONCE) {
        let rows: Vec<(DeviceId, String)> = machine_readings::table
            .filter(machine_readings::device_id.eq_any(some.to_vec()))
            .select((machine_readings::device_id, machine_readings::sensors_said))
            .load(c)?;
        let read = rows.into_iter();
        values.extend(read.map(|(id, text)| (id, Values::from_text(&text))));
    }
    Ok(values)
}

/// What an event would say.
struct Telling {
    subject: Subject,
    label: String,
    customer: Option<CustomerId>,
    severity: Severity,
    facts: Message,
}

impl World {
    fn rule(
        &self,
        kind: RuleKind,
        device: DeviceId,
        customer: Option<CustomerId>,
    ) -> Option<&Rule> {
        let place = Place {
            customer,
            device: Some(device),
            ..Place::default()
        };
        rule_for(&self.rules, kind, place)
    }

    fn is_open(&self, kind: RuleKind, id: i64) -> bool {
        self.open.contains(&(kind, id))
    }

    fn judge_machine(
        &self,
        machine: &Watched,
        look: &mut MachineLook,
        known: &mut BTreeSet<(RuleKind, i64)>,
    ) {
        let id = machine.device.get();
        self.judge_power(machine, look, known);
        let good_at = machine.last_answer_at.unwrap_or(machine.created_at);
        let bmc = BmcNow {
            stopped: machine.credential_fault_at.is_some(),
            failures: machine.failures,
            good_at,
        };
        // The controller is the operator's care: its events are not the customer's.
        for kind in [RuleKind::BmcSilent, RuleKind::CredentialStopped] {
            let Some(rule) = self.rule(kind, machine.device, machine.customer) else {
                continue;
            };
            known.insert((kind, id));
            let (patience, is_open) = (rule.patience(), self.is_open(kind, id));
            let (verdict, facts) = if kind == RuleKind::BmcSilent {
                let facts = Message::new("event-bmc-silent")
                    .with("address", machine.address.as_str())
                    .with("minutes", rule.raise_minutes);
                (bmc_silent(bmc, patience, self.now, is_open), facts)
            } else {
                let facts = Message::new("event-credential-stopped")
                    .with("address", machine.address.as_str());
                let at = machine.credential_fault_at;
                (credential_stopped(at, patience, self.now, is_open), facts)
            };
            let telling = Telling {
                subject: device_subject(machine.device),
                label: machine.name.clone(),
                customer: None,
                severity: rule.severity,
                facts,
            };
            look.add(kind, verdict, telling);
        }
    }

    fn judge_power(
        &self,
        machine: &Watched,
        look: &mut MachineLook,
        known: &mut BTreeSet<(RuleKind, i64)>,
    ) {
        let kind = RuleKind::MachineOff;
        let id = machine.device.get();
        let before = self.off_since.get(&machine.device).copied();
        let now = MachineNow {
            in_service: machine.status == DeviceStatus::Installed,
            state: machine.state,
            meant_to_be_off: self.meant_off.contains(&machine.device),
            busy: self.busy.contains(&machine.device),
            off_since: before,
        };
        let rule = self.rule(kind, machine.device, machine.customer);
        let patience = rule.map_or(
            Patience {
                raise_ms: i64::MAX,
                clear_ms: 0,
            },
            Rule::patience,
        );
        let is_open = self.is_open(kind, id);
        let (verdict, since) = machine_off(now, patience, self.now, is_open);
        if since != before {
            look.off_since.push((machine.device, since));
        }
        let Some(rule) = rule else { return };
        known.insert((kind, id));
        let facts = Message::new("event-machine-off").with("minutes", rule.raise_minutes);
        let telling = Telling {
            subject: device_subject(machine.device),
            label: machine.name.clone(),
            customer: machine.customer,
            severity: rule.severity,
            facts,
        };
        look.add(kind, verdict, telling);
    }

    fn judge_sensor(
        &self,
        (sensor, name, customer): &WatchedSensor,
        machine_off: bool,
        values: &BTreeMap<DeviceId, Values>,
        look: &mut MachineLook,
        known: &mut BTreeSet<(RuleKind, i64)>,
    ) {
        let kind = if is_supply(&sensor.entity, sensor.quantity) {
            RuleKind::SupplyLost
        } else {
            RuleKind::SensorOver
        };
        let Some(rule) = self.rule(kind, sensor.device_id, *customer) else {
            return;
        };
        let id = sensor.id.get();
        known.insert((kind, id));
        let state = SensorState {
            health: sensor.health,
            since: sensor.health_since,
            missing: sensor.missing_since.is_some(),
            machine_off,
        };
        let verdict = sensor_over(state, rule.patience(), self.now, self.is_open(kind, id));
        let value = values
            .get(&sensor.device_id)
            .and_then(|values| values.0.get(&sensor.sensor_key).copied());
        let telling = Telling {
            subject: Subject { kind: "sensor", id },
            label: format!("{name} {}", sensor.name),
            customer: *customer,
            severity: severity_of(sensor.health, rule.severity),
            facts: sensor_facts(sensor, value),
        };
        look.add(kind, verdict, telling);
    }
}

const fn device_subject(device: DeviceId) -> Subject {
    Subject {
        kind: "device",
        id: device.get(),
    }
}

fn sensor_facts(sensor: &Sensor, value: Option<f64>) -> Message {
    let states = sensor.states.replace('\n', ", ");
    match value {
        Some(value) => Message::new("event-sensor-over")
            .with("name", sensor.name.as_str())
            .with("value", number_text(value))
            .with("unit", sensor.unit.as_str())
            .with("health", sensor.health.as_str()),
        None => Message::new("event-sensor-states")
            .with("name", sensor.name.as_str())
            .with("states", states)
            .with("health", sensor.health.as_str()),
    }
}

impl MachineLook {
    fn add(&mut self, kind: RuleKind, verdict: Verdict, telling: Telling) {
        match verdict {
            Verdict::Keep => {}
            Verdict::Raise => self.steps.push(Step::Raise(Box::new(Raise {
                kind: kind.as_str(),
                subject: telling.subject,
                label: telling.label,
                customer: telling.customer,
                severity: telling.severity,
                tell_customer: false,
                facts: telling.facts,
            }))),
            Verdict::End => self.steps.push(Step::End(
                kind.as_str(),
                telling.subject.kind.to_owned(),
                telling.subject.id,
            )),
        }
    }
}
