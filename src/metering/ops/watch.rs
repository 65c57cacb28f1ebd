//! What the rules say about the last readings: seven questions to the database, however many ports there are.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::readings::Kept as _;
use super::rules::rules_all;
use crate::base::fault::{Fault, Message};
use crate::base::ids::{AllocationId, CustomerId, DeviceId, PortId, SnmpTargetId, ThresholdRuleId};
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;
use crate::metering::counter::Reading;
use crate::metering::judge::{
    ErrorRates, Levels, PortNow, TargetNow, Verdict, port_down, samples_of_errors,
    samples_of_slots, slot_rate, sustained, target_silent,
};
use crate::metering::members::{Member, slots_of_members};
use crate::metering::packed;
use crate::metering::packets::{IN_ERRORS, OUT_ERRORS, PacketCounters, PacketReading, passed};
use crate::metering::period::Period;
use crate::metering::rows::{Allocation, AllocationPort, Port, Target};
use crate::metering::slot::{SLOT_MS, slot_start};
use crate::metering::threshold::{LONGEST_MINUTES, Place, Rule, RuleKind, RuleScope, rule_for};
use crate::notify::Event;
use crate::notify::event::{Raise, Subject};
use crate::notify::ops::events::{event_end, event_raise, events_open};
use crate::store::Conn;
use crate::store::schema::{
    allocation_ports, bandwidth_allocations, customers, devices, ports, readings, snmp_targets,
};

/// How far back readings are looked at: the longest time of a rule, and some polls around it.
const WINDOW_MS: i64 = (LONGEST_MINUTES + 35) * 60_000;

/// What was judged already: the last readings of the targets, and the rules then.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judged {
    targets: BTreeMap<SnmpTargetId, Timestamp>,
    rules: Vec<(ThresholdRuleId, i64)>,
}

/// What is to be done with an event.
#[derive(Debug, Clone)]
pub enum Step {
    /// It is there.
    Raise(Box<Raise>),
    /// It is over: kind, kind of thing, thing.
    End(&'static str, String, i64),
}

/// What a look at the rules and readings came to.
#[derive(Debug, Default)]
pub struct Look {
    /// What is to be done.
    pub steps: Vec<Step>,
    /// What is judged after it was done.
    pub judged: Judged,
    /// Targets with new readings.
    pub targets: usize,
    /// Ports and allocations that were judged.
    pub things: usize,
}

/// One poll of one port.
struct Poll {
    reading: Reading,
    oper_up: Option<bool>,
    packets: PacketCounters,
}

/// All that is judged, as it was loaded.
struct World {
    now: Timestamp,
    rules: Vec<Rule>,
    targets: Vec<(Target, String, Option<CustomerId>)>,
    links: Vec<(AllocationPort, Allocation, String)>,
    ports: Vec<(Port, String)>,
    open: BTreeSet<(RuleKind, i64)>,
    fresh: BTreeSet<DeviceId>,
    polls: BTreeMap<PortId, Vec<Poll>>,
}

/// Judges what changed since `before`.
pub fn watch_look(c: &mut Conn, before: &Judged, now: Timestamp) -> Result<Look, Fault> {
    let rules = rules_all(c)?;
    let versions: Vec<(ThresholdRuleId, i64)> =
        rules.iter().map(|rule| (rule.id, rule.version)).collect();
    let targets: Vec<(Target, String, Option<CustomerId>)> = snmp_targets::table
        .inner_join(devices::table)
        .filter(devices::archived_at.is_null())
        .select((Target::as_select(), devices::name, devices::customer_id))
        .load(c)?;
    let kinds: Vec<&str> = RuleKind::ALL.iter().map(|kind| kind.as_str()).collect();
    let open = events_open(c, &kinds)?;
    let changed = versions != before.rules;
    let is_fresh = |target: &Target| {
        target.last_good_at.is_some()
            && (changed || before.targets.get(&target.id).copied() != target.last_good_at)
    };
    let fresh: BTreeSet<DeviceId> = targets
        .iter()
        .filter(|(target, ..)| is_fresh(target))
        .map(|(target, ..)| target.device_id)
        .collect();
    let mut world = World {
        now,
        links: links_now(c, now)?,
        ports: ports_watched(c, &rules)?,
        rules,
        open: open.iter().filter_map(open_key).collect(),
        fresh,
        polls: BTreeMap::new(),
        targets,
    };
    world.read(c)?;
    let mut look = Look {
        judged: Judged {
            targets: world
                .targets
                .iter()
                .filter_map(|(target, ..)| Some((target.id, target.last_good_at?)))
                .collect(),
            rules: versions,
        },
        targets: world.fresh.len(),
        ..Look::default()
    };
    let mut known = BTreeSet::new();
    world.judge_targets(&mut look, &mut known);
    world.judge_ports(&mut look, &mut known);
    world.judge_allocations(&mut look, &mut known);
    // What no rule watches any more is over.
    for event in &open {
        let key = open_key(event);
        if let Some((kind, id)) = key.filter(|key| !known.contains(key)) {
            look.steps
                .push(Step::End(kind.as_str(), event.subject_kind.clone(), id));
        }
    }
    Ok(look)
}

fn open_key(event: &Event) -> Option<(RuleKind, i64)> {
    Some((RuleKind::from_word(&event.kind)?, event.subject_id))
}

/// Does what a look came to; doing it again changes nothing. Gives how many events began and how many ended.
pub fn watch_do(c: &mut Conn, steps: &[Step], now: Timestamp) -> Result<(usize, usize), Fault> {
    let (mut raised, mut ended) = (0, 0);
    for step in steps {
        match step {
            Step::Raise(raise) => {
                let new = crate::notify::event::Raised::New;
                raised += usize::from(event_raise(c, raise, now)? == new);
            }
            Step::End(kind, subject_kind, id) => {
                ended += usize::from(event_end(c, kind, subject_kind, *id, now)?);
            }
        }
    }
    Ok((raised, ended))
}

/// Links of live allocations that hold now.
fn links_now(
    c: &mut Conn,
    now: Timestamp,
) -> Result<Vec<(AllocationPort, Allocation, String)>, Fault> {
    Ok(allocation_ports::table
        .inner_join(bandwidth_allocations::table.inner_join(customers::table))
        .filter(bandwidth_allocations::archived_at.is_null())
        .filter(allocation_ports::from_at.le(now))
        .filter(
            allocation_ports::until_at
                .is_null()
                .or(allocation_ports::until_at.gt(now)),
        )
        .select((
            AllocationPort::as_select(),
            Allocation::as_select(),
            customers::name,
        ))
        .load(c)?)
}

/// Ports that belong to an allocation, and those that a rule names, alone or with their device.
fn ports_watched(c: &mut Conn, rules: &[Rule]) -> Result<Vec<(Port, String)>, Fault> {
    let named = |scope: RuleScope| {
        let of_scope = rules.iter().filter(move |rule| rule.scope == scope);
        of_scope.map(|rule| rule.scope_id).collect::<Vec<i64>>()
    };
    let linked = allocation_ports::table.select(allocation_ports::port_id);
    Ok(ports::table
        .inner_join(devices::table)
        .filter(devices::archived_at.is_null())
        .filter(
            ports::id
                .eq_any(linked)
                .or(ports::id.eq_any(named(RuleScope::Port)))
                .or(ports::device_id.eq_any(named(RuleScope::Device))),
        )
        .select((Port::as_select(), devices::name))
        .load(c)?)
}

impl World {
    fn is_open(&self, kind: RuleKind, id: i64) -> bool {
        self.open.contains(&(kind, id))
    }

    /// Reads the last polls of all targets that matter, in one question.
    fn read(&mut self, c: &mut Conn) -> Result<(), Fault> {
        let mut wanted: BTreeMap<DeviceId, Vec<i64>> = BTreeMap::new();
        for (port, _) in &self.ports {
            wanted
                .entry(port.device_id)
                .or_default()
                .push(port.id.get());
        }
        if self.fresh.is_empty() {
            return Ok(());
        }
        let devices: BTreeMap<SnmpTargetId, DeviceId> = self
            .targets
            .iter()
            .map(|(target, ..)| (target.id, target.device_id))
            .filter(|(_, device)| wanted.contains_key(device))
            .collect();
        for ids in wanted.values_mut() {
            ids.sort_unstable();
        }
        let rows: Vec<(SnmpTargetId, Timestamp, Option<i64>, Vec<u8>)> = readings::table
            .filter(readings::target_id.eq_any(devices.keys().copied().collect::<Vec<_>>()))
            .filter(readings::at.gt(self.now.plus_millis(-WINDOW_MS)))
            .order((readings::target_id.asc(), readings::at.asc()))
            .select((
                readings::target_id,
                readings::at,
                readings::uptime_ms,
                readings::body,
            ))
            .load(c)?;
        for (target, at, uptime_ms, body) in &rows {
            let Some(ids) = devices.get(target).and_then(|device| wanted.get(device)) else {
                continue;
            };
            packed::select(body, ids, |_, port| {
                let poll = Poll {
                    reading: Reading::of(*at, *uptime_ms, &port),
                    oper_up: port.oper_up,
                    packets: port.packets,
                };
                let id = PortId::new(port.port_id);
                self.polls.entry(id).or_default().push(poll);
            })
            .map_err(|error| Fault::internal(format!("reading at {}: {error}", at.millis())))?;
        }
        Ok(())
    }

    fn judge_targets(&self, look: &mut Look, known: &mut BTreeSet<(RuleKind, i64)>) {
        let kind = RuleKind::TargetSilent;
        for (target, device, customer) in &self.targets {
            let place = Place {
                device: Some(target.device_id),
                ..Place::default()
            };
            let Some(rule) = rule_for(&self.rules, kind, place) else {
                continue;
            };
            let id = target.id.get();
            known.insert((kind, id));
            let state = TargetNow {
                enabled: target.enabled,
                good_at: target.last_good_at.unwrap_or(target.created_at),
                failures: target.consecutive_failures,
            };
            let patience = rule.patience();
            let verdict = target_silent(state, patience.raise_ms, self.now, self.is_open(kind, id));
            let facts = Message::new("event-target-silent")
                .with("address", target.address.as_str())
                .with("minutes", rule.raise_minutes);
            let thing = Thing {
                rule,
                subject: Subject { kind: "target", id },
                label: device.clone(),
                customer: *customer,
                tell_customer: false,
            };
            look.add(verdict, &thing, facts);
        }
    }

    fn judge_ports(&self, look: &mut Look, known: &mut BTreeSet<(RuleKind, i64)>) {
        let mut owners: BTreeMap<PortId, &Allocation> = BTreeMap::new();
        for (link, allocation, _) in &self.links {
            owners.insert(link.port_id, allocation);
        }
        let read_at: BTreeMap<DeviceId, Option<Timestamp>> = self
            .targets
            .iter()
            .map(|(target, ..)| (target.device_id, target.last_good_at))
            .collect();
        for (port, device) in &self.ports {
            let owner = owners.get(&port.id);
            let place = Place {
                customer: owner.map(|allocation| allocation.customer_id),
                device: Some(port.device_id),
                port: Some(port.id),
                allocation: owner.map(|allocation| allocation.id),
            };
            for kind in [RuleKind::PortDown, RuleKind::ErrorsRising] {
                let rule = rule_for(&self.rules, kind, place);
                // A port that belongs to nobody is watched only where a rule names it.
                let named = |rule: &&Rule| {
                    owner.is_some() || matches!(rule.scope, RuleScope::Port | RuleScope::Device)
                };
                let Some(rule) = rule.filter(named) else {
                    continue;
                };
                known.insert((kind, port.id.get()));
                if !self.fresh.contains(&port.device_id) {
                    continue;
                }
                look.things += 1;
                let thing = Thing {
                    rule,
                    subject: Subject {
                        kind: "port",
                        id: port.id.get(),
                    },
                    label: format!("{device} {}", port.name),
                    customer: place.customer,
                    tell_customer: false,
                };
                let read = read_at.get(&port.device_id).copied().flatten();
                let (verdict, facts) = self.judge_port(port, read, rule);
                look.add(verdict, &thing, facts);
            }
        }
    }

    fn judge_port(
        &self,
        port: &Port,
        read_at: Option<Timestamp>,
        rule: &Rule,
    ) -> (Verdict, Message) {
        let is_open = self.is_open(rule.kind, port.id.get());
        let polls = self.polls.get(&port.id).map_or(&[][..], Vec::as_slice);
        if rule.kind == RuleKind::ErrorsRising {
            let levels = Levels {
                raise: rule.errors_per_minute,
                clear: rule.errors_per_minute * rule.clear_percent / 100,
            };
            let samples = samples_of_errors(&error_rates(polls), levels);
            let facts = Message::new("event-errors-rising")
                .with("errors", rule.errors_per_minute)
                .with("minutes", rule.raise_minutes);
            return (sustained(&samples, rule.patience(), is_open), facts);
        }
        let state = PortNow {
            admin_up: port.admin_up,
            missing_since: port.missing_since,
            read_at,
        };
        let states: Vec<(Timestamp, Option<bool>)> = polls
            .iter()
            .map(|poll| (poll.reading.at, poll.oper_up))
            .collect();
        let facts = Message::new("event-port-down")
            .with("alias", port.alias.as_str())
            .with(
                "missing",
                if port.missing_since.is_some() {
                    "yes"
                } else {
                    "no"
                },
            )
            .with("minutes", rule.raise_minutes);
        (port_down(state, &states, rule.patience(), is_open), facts)
    }

    fn judge_allocations(&self, look: &mut Look, known: &mut BTreeSet<(RuleKind, i64)>) {
        let kind = RuleKind::AboveCommitment;
        let mut members: BTreeMap<AllocationId, (&Allocation, &str, Vec<&AllocationPort>)> =
            BTreeMap::new();
        for (link, allocation, customer) in &self.links {
            let entry = members
                .entry(allocation.id)
                .or_insert((allocation, customer, Vec::new()));
            entry.2.push(link);
        }
        let devices: BTreeMap<PortId, &Port> =
            self.ports.iter().map(|(port, _)| (port.id, port)).collect();
        let targets: BTreeMap<DeviceId, &Target> = self
            .targets
            .iter()
            .map(|(target, ..)| (target.device_id, target))
            .collect();
        for (allocation, customer, links) in members.into_values() {
            let place = Place {
                customer: Some(allocation.customer_id),
                allocation: Some(allocation.id),
                ..Place::default()
            };
            let rule = rule_for(&self.rules, kind, place);
            let levels = rule.and_then(|rule| {
                let committed = allocation.committed_bps;
                Levels::of_commitment(committed, rule.raise_percent, rule.clear_percent)
            });
            let (Some(rule), Some(levels)) = (rule, levels) else {
                continue;
            };
            known.insert((kind, allocation.id.get()));
            let mut of = Vec::new();
            let mut read_at = None;
            let mut is_fresh = false;
            for link in links {
                let Some(port) = devices.get(&link.port_id) else {
                    continue;
                };
                let Some(target) = targets.get(&port.device_id) else {
                    continue;
                };
                is_fresh |= self.fresh.contains(&port.device_id);
                read_at = read_at.max(target.last_good_at);
                let polls = self.polls.get(&port.id).map_or(&[][..], Vec::as_slice);
                of.push(Member {
                    dates: link.dates(),
                    rules: target.rules(port.line_speed()),
                    // A change of the line's speed in these two hours is forgiven by its judgement.
                    speeds: Vec::new(),
                    readings: polls.iter().map(|poll| poll.reading).collect(),
                });
            }
            let Some(read_at) = read_at.filter(|_| is_fresh) else {
                continue;
            };
            look.things += 1;
            let (verdict, facts) = self.judge_use(allocation, customer, &of, read_at, rule, levels);
            let thing = Thing {
                rule,
                subject: Subject {
                    kind: "allocation",
                    id: allocation.id.get(),
                },
                label: format!("{customer} {}", allocation.name),
                customer: Some(allocation.customer_id),
                tell_customer: true,
            };
            look.add(verdict, &thing, facts);
        }
    }

    fn judge_use(
        &self,
        allocation: &Allocation,
        customer: &str,
        members: &[Member],
        read_at: Timestamp,
        rule: &Rule,
        levels: Levels,
    ) -> (Verdict, Message) {
        let until = slot_start(read_at);
        let period = Period {
            from: slot_start(self.now.plus_millis(SLOT_MS - WINDOW_MS)).min(until),
            until,
        };
        let slots = slots_of_members(members, period);
        let direction = allocation.direction_rule.rule();
        let is_open = self.is_open(RuleKind::AboveCommitment, allocation.id.get());
        let samples = samples_of_slots(&slots, direction, levels);
        let last = slots
            .iter()
            .rev()
            .find_map(|slot| slot_rate(slot, direction));
        let facts = Message::new("event-above-commitment")
            .with("allocation", allocation.name.as_str())
            .with("customer", customer)
            .with("rate", mbps(last.unwrap_or_default()))
            .with("committed", mbps(allocation.committed_bps))
            .with("percent", rule.raise_percent)
            .with("minutes", rule.raise_minutes);
        (sustained(&samples, rule.patience(), is_open), facts)
    }
}

/// Packets with errors between polls, per minute.
fn error_rates(polls: &[Poll]) -> Vec<ErrorRates> {
    let readings: Vec<PacketReading> = polls
        .iter()
        .map(|poll| PacketReading {
            with: poll.reading,
            said: poll.packets,
        })
        .collect();
    let pairs = readings.iter().zip(readings.iter().skip(1));
    pairs
        .map(|(before, after)| {
            let passed = passed(before, after);
            let rate = |place| {
                let rate = passed.per_minute(place);
                rate.map(|rate| i64::try_from(rate).unwrap_or(i64::MAX))
            };
            ErrorRates {
                ms: passed.length_ms(),
                inward: rate(IN_ERRORS),
                outward: rate(OUT_ERRORS),
            }
        })
        .collect()
}

/// A rate in megabits, to two places.
fn mbps(rate: BitsPerSecond) -> String {
    BitsPerSecond::new(rate.get() / 10_000 * 10_000).to_mbps_text()
}

/// A thing that was judged.
struct Thing<'a> {
    rule: &'a Rule,
    subject: Subject,
    label: String,
    customer: Option<CustomerId>,
    tell_customer: bool,
}

impl Look {
    fn add(&mut self, verdict: Verdict, thing: &Thing<'_>, facts: Message) {
        let kind = thing.rule.kind.as_str();
        match verdict {
            Verdict::Keep => {}
            Verdict::Raise => self.steps.push(Step::Raise(Box::new(Raise {
                kind,
                subject: thing.subject.clone(),
                label: thing.label.clone(),
                customer: thing.customer,
                severity: thing.rule.severity,
                tell_customer: thing.tell_customer,
                facts,
            }))),
            Verdict::End => self.steps.push(Step::End(
                kind,
                thing.subject.kind.to_owned(),
                thing.subject.id,
            )),
        }
    }
}
