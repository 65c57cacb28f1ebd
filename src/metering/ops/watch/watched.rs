//! Ports: their last polls, and what the rules say about them.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::super::readings::Kept as _;
use super::world::{Look, Thing, World};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{CustomerId, DeviceId, PortId, SnmpTargetId};
use crate::base::time::Timestamp;
use crate::metering::counter::Reading;
use crate::metering::judge::{
    ErrorRates, Levels, PortNow, Verdict, port_down, samples_of_errors, sustained,
};
use crate::metering::packed;
use crate::metering::packets::{IN_ERRORS, OUT_ERRORS, PacketCounters, PacketReading, passed};
use crate::metering::rows::{Allocation, Port};
use crate::metering::threshold::{Place, Rule, RuleKind, RuleScope, rule_for};
use crate::notify::event::Subject;
use crate::store::Conn;
use crate::store::schema::readings;

/// One poll of one port.
pub(super) struct Poll {
    pub(super) reading: Reading,
    oper_up: Option<bool>,
    packets: PacketCounters,
}

/// The polls of some ports, each in order of time.
pub(super) type Polls = BTreeMap<PortId, Vec<Poll>>;

/// A port that a rule watches.
pub(super) struct Watched<'a> {
    pub(super) port: &'a Port,
    rule: &'a Rule,
    label: String,
    customer: Option<CustomerId>,
    read_at: Option<Timestamp>,
}

impl World {
    /// Reads the last polls of the watched ports of some devices, in one question.
    pub(super) fn read(&self, c: &mut Conn, of: &[DeviceId]) -> Result<Polls, Fault> {
        let mut wanted: BTreeMap<DeviceId, Vec<i64>> = BTreeMap::new();
        for (port, _) in &self.ports {
            if of.contains(&port.device_id) {
                let ids = wanted.entry(port.device_id).or_default();
                ids.push(port.id.get());
            }
        }
        let mut polls = Polls::new();
        if wanted.is_empty() {
            return Ok(polls);
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
            .filter(readings::at.gt(self.now.plus_millis(-self.window_ms)))
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
                polls.entry(id).or_default().push(poll);
            })
            .map_err(|error| Fault::internal(format!("reading at {}: {error}", at.millis())))?;
        }
        Ok(polls)
    }

    /// Ports that can be judged and that a rule watches; of these, those that were read since.
    pub(super) fn ports_judged(&self, known: &mut BTreeSet<(RuleKind, i64)>) -> Vec<Watched<'_>> {
        let mut owners: BTreeMap<PortId, &Allocation> = BTreeMap::new();
        for (link, allocation, _) in &self.links {
            owners.insert(link.port_id, allocation);
        }
        let polled = self.polled();
        let mut all = Vec::new();
        for (port, device) in self.ports.iter().filter(|(port, _)| port.metered) {
            // Where nothing is read nothing can be judged, and what is open is over.
            let Some(target) = polled.get(&port.device_id) else {
                continue;
            };
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
                all.push(Watched {
                    port,
                    rule,
                    label: format!("{device} {}", port.name),
                    customer: place.customer,
                    read_at: target.last_good_at,
                });
            }
        }
        all
    }

    pub(super) fn judge_port(&self, watched: &Watched<'_>, polls: &Polls, look: &mut Look) {
        let Watched { port, rule, .. } = *watched;
        look.things += 1;
        let is_open = self.is_open(rule.kind, port.id.get());
        let polls = polls.get(&port.id).map_or(&[][..], Vec::as_slice);
        let (verdict, facts) = if rule.kind == RuleKind::ErrorsRising {
            judge_errors(rule, polls, is_open)
        } else {
            judge_link(watched, polls, is_open)
        };
        let thing = Thing {
            rule,
            subject: Subject {
                kind: "port",
                id: port.id.get(),
            },
            label: watched.label.clone(),
            customer: watched.customer,
            tell_customer: false,
        };
        look.add(verdict, &thing, facts);
    }
}

fn judge_errors(rule: &Rule, polls: &[Poll], is_open: bool) -> (Verdict, Message) {
    let levels = Levels {
        raise: rule.errors_per_minute,
        clear: rule.errors_per_minute * rule.clear_percent / 100,
    };
    let samples = samples_of_errors(&error_rates(polls), levels);
    let facts = Message::new("event-errors-rising")
        .with("errors", rule.errors_per_minute)
        .with("minutes", rule.raise_minutes);
    (sustained(&samples, rule.patience(), is_open), facts)
}

fn judge_link(watched: &Watched<'_>, polls: &[Poll], is_open: bool) -> (Verdict, Message) {
    let Watched { port, rule, .. } = *watched;
    let state = PortNow {
        admin_up: port.admin_up,
        missing_since: port.missing_since,
        read_at: watched.read_at,
    };
    let states: Vec<(Timestamp, Option<bool>)> = polls
        .iter()
        .map(|poll| (poll.reading.at, poll.oper_up))
        .collect();
    let is_missing = port.missing_since.is_some();
    let facts = Message::new("event-port-down")
        .with("alias", port.alias.as_str())
        .with("missing", if is_missing { "yes" } else { "no" })
        .with("minutes", rule.raise_minutes);
    (port_down(state, &states, rule.patience(), is_open), facts)
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
