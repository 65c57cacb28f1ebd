//! What the watcher has loaded, and what comes of looking at it.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::fault::Message;
use crate::base::ids::{AllocationId, CustomerId, DeviceId, PortId, SnmpTargetId, ThresholdRuleId};
use crate::base::time::Timestamp;
use crate::metering::judge::Verdict;
use crate::metering::rows::{Allocation, AllocationPort, Port, Target};
use crate::metering::threshold::{Rule, RuleKind};
use crate::notify::event::{Raise, Subject};

/// What was judged already: the last readings of the targets, and the rules then.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judged {
    pub(in crate::metering::ops) targets: BTreeMap<SnmpTargetId, Timestamp>,
    pub(in crate::metering::ops) rules: Vec<(ThresholdRuleId, i64)>,
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

/// All that is judged, as it was loaded.
pub(in crate::metering::ops) struct World {
    pub(in crate::metering::ops) now: Timestamp,
    pub(in crate::metering::ops) rules: Vec<Rule>,
    pub(in crate::metering::ops) targets: Vec<(Target, String)>,
    pub(in crate::metering::ops) links: Vec<(AllocationPort, Allocation, String)>,
    pub(in crate::metering::ops) ports: Vec<(Port, String)>,
    pub(in crate::metering::ops) open: BTreeSet<(RuleKind, i64)>,
    pub(in crate::metering::ops) fresh: BTreeSet<DeviceId>,
    pub(in crate::metering::ops) window_ms: i64,
}

impl World {
    pub(in crate::metering::ops) fn is_open(&self, kind: RuleKind, id: i64) -> bool {
        self.open.contains(&(kind, id))
    }

    /// Targets that are polled, by device.
    pub(in crate::metering::ops) fn polled(&self) -> BTreeMap<DeviceId, &Target> {
        let polled = self.targets.iter().filter(|(target, ..)| target.enabled);
        polled
            .map(|(target, ..)| (target.device_id, target))
            .collect()
    }

    /// Devices whose polls are needed: those that were read since, and those that share an allocation with one.
    pub(in crate::metering::ops) fn devices_read(&self) -> Vec<DeviceId> {
        let device_of: BTreeMap<PortId, DeviceId> = self
            .ports
            .iter()
            .map(|(port, _)| (port.id, port.device_id))
            .collect();
        let mut together: BTreeMap<AllocationId, Vec<DeviceId>> = BTreeMap::new();
        for (link, allocation, _) in &self.links {
            let device = device_of.get(&link.port_id);
            together.entry(allocation.id).or_default().extend(device);
        }
        let mut needed = self.fresh.clone();
        for devices in together.into_values() {
            if devices.iter().any(|device| self.fresh.contains(device)) {
                needed.extend(devices);
            }
        }
        needed.into_iter().collect()
    }
}

/// A thing that was judged.
pub(in crate::metering::ops) struct Thing<'a> {
    pub(in crate::metering::ops) rule: &'a Rule,
    pub(in crate::metering::ops) subject: Subject,
    pub(in crate::metering::ops) label: String,
    pub(in crate::metering::ops) customer: Option<CustomerId>,
    pub(in crate::metering::ops) tell_customer: bool,
}

impl Look {
    pub(in crate::metering::ops) fn add(
        &mut self,
        verdict: Verdict,
        thing: &Thing<'_>,
        facts: Message,
    ) {
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
