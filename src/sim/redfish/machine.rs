//! The machine behind a simulated service, and the sessions and tasks of the service. Time is given in.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

/// Power of the simulated machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Power {
    /// On.
    On,
    /// Off.
    Off,
}

impl Power {
    /// The word of DSP2046.
    pub const fn word(self) -> &'static str {
        match self {
            Self::On => "On",
            Self::Off => "Off",
        }
    }
}

/// What a service remembers.
pub(super) struct State {
    power: Power,
    /// Changes to come, in order.
    changes: Vec<(Instant, Power)>,
    /// Identify light.
    pub(super) lit: bool,
    /// Enabled, target, mode of the boot override.
    pub(super) boot: (String, String, String),
    /// Grows with each change of the system.
    pub(super) version: u64,
    pub(super) password: String,
    /// Tokens by the number of their session.
    pub(super) sessions: HashMap<u64, String>,
    /// Tasks that are over.
    pub(super) tasks: HashMap<u64, u32>,
    pub(super) numbers: u64,
    /// Reset types that were carried out.
    pub(super) resets: Vec<String>,
    pub(super) controller_restarts: u32,
    pub(super) faults: HashSet<Fault>,
    /// Most sessions that were open at a time, and logins.
    pub(super) most_open: usize,
    pub(super) logins: u32,
    pub(super) refused_logins: u32,
}

/// What a service can be made to do wrong or otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The next change finds that somebody was faster (412).
    TagMovesOnce,
    /// Resets are tasks (202).
    Tasks,
    /// Tasks end in an exception.
    TasksFail,
    /// There are no sessions (404): Basic only.
    NoSessions,
    /// All sessions are taken.
    SessionsFull,
    /// Says it expands collections and answers 500 when asked.
    BadExpand,
    /// Resets are answered and never happen.
    ResetsIgnored,
}

impl State {
    pub(super) fn new(power: Power, password: String) -> Self {
        Self {
            power,
            changes: Vec::new(),
            lit: false,
            boot: ("Disabled".to_owned(), "None".to_owned(), "UEFI".to_owned()),
            version: 1,
            password,
            sessions: HashMap::new(),
            tasks: HashMap::new(),
            numbers: 0,
            resets: Vec::new(),
            controller_restarts: 0,
            faults: HashSet::new(),
            most_open: 0,
            logins: 0,
            refused_logins: 0,
        }
    }

    /// Power now.
    pub(super) fn power(&mut self, now: Instant) -> Power {
        let over = self.changes.iter().take_while(|(at, _)| *at <= now).count();
        for (_, power) in self.changes.drain(..over) {
            self.power = power;
        }
        self.power
    }

    /// Carries out a reset; `false` for a type that the machine does not know.
    pub(super) fn reset(&mut self, kind: &str, delay: Duration, now: Instant) -> bool {
        let changes: Vec<(Instant, Power)> = match kind {
            "On" | "ForceOn" => vec![(now + delay, Power::On)],
            "ForceOff" => vec![(now + delay, Power::Off)],
            "GracefulShutdown" => vec![(now + delay * 3, Power::Off)],
            "PowerCycle" => vec![(now + delay, Power::Off), (now + delay * 3, Power::On)],
            "ForceRestart" | "Nmi" => Vec::new(),
            _ => return false,
        };
        self.resets.push(kind.to_owned());
        if !self.faults.contains(&Fault::ResetsIgnored) && !changes.is_empty() {
            self.changes = changes;
        }
        true
    }

    /// A number that no session or task had before.
    pub(super) const fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// Whether this fault is on; taken away when it is one of once.
    pub(super) fn has(&mut self, fault: Fault) -> bool {
        if fault == Fault::TagMovesOnce {
            return self.faults.remove(&fault);
        }
        self.faults.contains(&fault)
    }
}
