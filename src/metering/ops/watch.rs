//! What the rules say about the last readings: some questions to the database, however many ports there are, and one
//! more for each hundred devices that were read since.

mod watched;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use self::watched::Watched;
pub use self::world::{Judged, Look, Step};
use self::world::{Thing, World};
use super::rules::rules_all;
use crate::base::fault::{Fault, Message};
use crate::base::ids::{AllocationId, DeviceId, PortId, ThresholdRuleId};
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;
use crate::metering::counter::Reading;
use crate::metering::judge::{
    Levels, TargetNow, Verdict, samples_of_slots, slot_rate, sustained, target_silent,
};
use crate::metering::members::{Member, slots_of_members};
use crate::metering::period::Period;
use crate::metering::rows::{Allocation, AllocationPort, Port, Target};
use crate::metering::slot::{SLOT_MS, slot_start};
use crate::metering::threshold::{LONGEST_MINUTES, Place, Rule, RuleKind, RuleScope, rule_for};
use crate::notify::Event;
use crate::notify::event::Subject;
use crate::notify::ops::events::{event_end, event_raise, events_open};
use crate::store::Conn;
use crate::store::schema::{
    allocation_ports, bandwidth_allocations, customers, devices, ports, snmp_targets,
};

/// How far back readings are looked at beyond the longest time of a rule: some polls.
const AROUND_MINUTES: i64 = 35;
/// Devices whose polls are in memory at once.
const DEVICES_AT_ONCE: usize = 100;

/// Judges what changed since `before`.
pub fn watch_look(c: &mut Conn, before: &Judged, now: Timestamp) -> Result<Look, Fault> {
    let rules = rules_all(c)?;
    let versions: Vec<(ThresholdRuleId, i64)> =
        rules.iter().map(|rule| (rule.id, rule.version)).collect();
    let targets: Vec<(Target, String)> = snmp_targets::table
        .inner_join(devices::table)
        .filter(devices::archived_at.is_null())
        .select((Target::as_select(), devices::name))
        .load(c)?;
    let of_traffic = RuleKind::ALL.iter().filter(|kind| !kind.is_of_machines());
    let kinds: Vec<&str> = of_traffic.map(|kind| kind.as_str()).collect();
    let open = events_open(c, &kinds)?;
    let changed = versions != before.rules;
    let is_fresh = |target: &Target| {
        target.enabled
            && target.last_good_at.is_some()
            && (changed || before.targets.get(&target.id).copied() != target.last_good_at)
    };
    let fresh: BTreeSet<DeviceId> = targets
        .iter()
        .filter(|(target, ..)| is_fresh(target))
        .map(|(target, ..)| target.device_id)
        .collect();
    let world = World {
        now,
        links: links_now(c, now)?,
        ports: ports_watched(c, &rules)?,
        window_ms: window_ms(&rules, &targets),
        rules,
        open: open.iter().filter_map(open_key).collect(),
        fresh,
        targets,
    };
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
    let watched = world.ports_judged(&mut known);
    let linked: BTreeSet<PortId> = world.links.iter().map(|(link, ..)| link.port_id).collect();
    let mut readings: BTreeMap<PortId, Vec<Reading>> = BTreeMap::new();
    for devices in world.devices_read().chunks(DEVICES_AT_ONCE) {
        let polls = world.read(c, devices)?;
        let here = |of: &&Watched<'_>| devices.contains(&of.port.device_id);
        for watched in watched.iter().filter(here) {
            world.judge_port(watched, &polls, &mut look);
        }
        let kept = polls.into_iter().filter(|(id, _)| linked.contains(id));
        for (id, of) in kept {
            readings.insert(id, of.into_iter().map(|poll| poll.reading).collect());
        }
    }
    world.judge_allocations(&readings, &mut look, &mut known);
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

/// How far back readings are looked at, milliseconds: two polls at least of targets that are polled seldom.
fn window_ms(rules: &[Rule], targets: &[(Target, String)]) -> i64 {
    let longest = rules
        .iter()
        .filter(|rule| rule.enabled && rule.kind != RuleKind::TargetSilent)
        .map(|rule| rule.raise_minutes.max(rule.clear_minutes))
        .max();
    let seldom = targets.iter().map(|(target, _)| target.interval_s / 30);
    let around = seldom.max().unwrap_or(0).max(AROUND_MINUTES);
    let minutes = longest.unwrap_or(0).saturating_add(around);
    minutes.min(LONGEST_MINUTES + AROUND_MINUTES) * 60_000
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
    fn judge_targets(&self, look: &mut Look, known: &mut BTreeSet<(RuleKind, i64)>) {
        let kind = RuleKind::TargetSilent;
        for (target, device) in &self.targets {
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
                // The address in it is the operator's, not the customer's.
                customer: None,
                tell_customer: false,
            };
            look.add(verdict, &thing, facts);
        }
    }

    fn judge_allocations(
        &self,
        readings: &BTreeMap<PortId, Vec<Reading>>,
        look: &mut Look,
        known: &mut BTreeSet<(RuleKind, i64)>,
    ) {
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
        let targets = self.polled();
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
            let mut of = Vec::new();
            let mut read_at = None;
            let mut is_fresh = false;
            for link in links {
                let port = devices.get(&link.port_id).filter(|port| port.metered);
                let Some(port) = port else {
                    continue;
                };
                let Some(target) = targets.get(&port.device_id) else {
                    continue;
                };
                is_fresh |= self.fresh.contains(&port.device_id);
                read_at = read_at.max(target.last_good_at);
                of.push(Member {
                    dates: link.dates(),
                    rules: target.rules(port.line_speed()),
                    // A change of the line's speed in these two hours is forgiven by its judgement.
                    speeds: Vec::new(),
                    readings: readings.get(&port.id).cloned().unwrap_or_default(),
                });
            }
            if of.is_empty() {
                continue;
            }
            known.insert((kind, allocation.id.get()));
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
                // A rule for a customer or an allocation is the decision to tell them; that of everywhere is none.
                tell_customer: rule.scope != RuleScope::All,
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
            from: slot_start(self.now.plus_millis(SLOT_MS - self.window_ms)).min(until),
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

/// A rate in megabits, to two places.
fn mbps(rate: BitsPerSecond) -> String {
    BitsPerSecond::new(rate.get() / 10_000 * 10_000).to_mbps_text()
}
