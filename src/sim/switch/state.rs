//! What is wrong with a simulated switch, and since when it counts.

use std::time::Duration;

use crate::base::clock::Clock;
use crate::base::time::Timestamp;

use super::spec::PortSpec;

/// What is wrong with a switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// It does not answer; what was asked meanwhile is answered late.
    Silent,
    /// Each answer takes this long.
    Slow {
        /// How long.
        delay: Duration,
    },
    /// It fails (genErr) when one question asks for more values than this.
    FewValues {
        /// The most.
        most: u32,
    },
    /// It has no 64-bit counters.
    NarrowCounters,
    /// Its counters stand still.
    Frozen,
}

/// What is answered right now, shared with whoever sets faults.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) fault: Fault,
    pub(super) boot: Timestamp,
    /// Counters count from here; from the beginning of the traffic when `None`.
    pub(super) since: Option<Timestamp>,
    pub(super) frozen_at: Option<Timestamp>,
    pub(super) index_shift: u32,
    pub(super) clock: Clock,
}

impl State {
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn if_index(&self, port: &PortSpec) -> u32 {
        port.if_index.saturating_add(self.index_shift)
    }

    pub(super) fn octets(&self, port: &PortSpec) -> (u64, u64) {
        let at = self.frozen_at.unwrap_or_else(|| self.now());
        let (inward, outward) = port.octets_at(at);
        let (inward_then, outward_then) = self.since.map_or((0, 0), |since| port.octets_at(since));
        (
            inward.saturating_sub(inward_then),
            outward.saturating_sub(outward_then),
        )
    }
}
