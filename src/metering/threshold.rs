//! Rules for what becomes an event: how much, for how long, and where.

use serde::Serialize;

use super::judge::Patience;
use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{AllocationId, CustomerId, DeviceId, PortId, ThresholdRuleId};
use crate::base::number::required_whole;
use crate::base::time::Timestamp;
use crate::notify::event::Severity;

crate::text_enum! {
    /// What a rule watches; the same word is the kind of its events.
    pub enum RuleKind {
        /// An allocation uses more than a share of its commitment.
        AboveCommitment = "above_commitment",
        /// A port that is switched on does not work.
        PortDown = "port_down",
        /// A port sees more errors than it should.
        ErrorsRising = "errors_rising",
        /// A target does not answer.
        TargetSilent = "target_silent",
        /// A machine in service is off, and nobody switched it off.
        MachineOff = "machine_off",
        /// A sensor of a machine is beyond its limit, as the BMC judges it.
        SensorOver = "sensor_over",
        /// A power supply of a machine has failed or lost its input.
        SupplyLost = "supply_lost",
        /// A BMC does not answer.
        BmcSilent = "bmc_silent",
        /// A BMC refused its credential, and nothing is tried any more.
        CredentialStopped = "credential_stopped",
    }
}

crate::text_enum! {
    /// Where a rule holds. The narrowest one decides, also when it is switched off.
    pub enum RuleScope {
        /// Everywhere.
        All = "all",
        /// A customer's things.
        Customer = "customer",
        /// A device and its ports.
        Device = "device",
        /// One port.
        Port = "port",
        /// One allocation and its ports.
        Allocation = "allocation",
    }
}

/// What people enter of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleDraft {
    /// What it watches.
    pub kind: RuleKind,
    /// Where.
    pub scope: RuleScope,
    /// The row of the customer, device, port or allocation; 0 for everywhere.
    pub scope_id: i64,
    /// How bad its events are.
    pub severity: Severity,
    /// Percent of the commitment that raises.
    pub raise_percent: i64,
    /// Percent of the commitment, or of the errors, that clears.
    pub clear_percent: i64,
    /// Minutes it must last.
    pub raise_minutes: i64,
    /// Minutes it must be over.
    pub clear_minutes: i64,
    /// Errors per minute that raise.
    pub errors_per_minute: i64,
    /// Whether it watches anything.
    pub enabled: bool,
}

/// Longest time of a rule, minutes: the last readings are at hand for two hours.
pub const LONGEST_MINUTES: i64 = 60;

impl RuleDraft {
    /// Reads a form.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let required = |field| FieldFault::new(field, Message::new("fault-required"));
        let kind = RuleKind::from_word(fields.get("kind")).ok_or_else(|| required("kind"));
        let scope = RuleScope::from_word(fields.get("scope")).ok_or_else(|| required("scope"));
        let severity = Severity::from_word(fields.get("severity"));
        let (kind, scope) = (faults.keep(kind), faults.keep(scope));
        let severity = faults.keep(severity.ok_or_else(|| required("severity")));
        let mut number = |field, min, max| {
            let text = fields.get(field);
            faults.keep(required_whole(field, text, min, max))
        };
        let needs = |wanted: RuleKind| kind == Some(wanted);
        let raise_percent = if needs(RuleKind::AboveCommitment) {
            number("raise_percent", 1, 1000)
        } else {
            Some(0)
        };
        let clear_percent = if needs(RuleKind::AboveCommitment) || needs(RuleKind::ErrorsRising) {
            number("clear_percent", 0, 1000)
        } else {
            Some(0)
        };
        let raise_minutes = number("raise_minutes", 0, LONGEST_MINUTES);
        let clear_minutes = if kind.is_some_and(RuleKind::ends_at_once) {
            Some(0)
        } else {
            number("clear_minutes", 0, LONGEST_MINUTES)
        };
        let errors_per_minute = if needs(RuleKind::ErrorsRising) {
            number("errors_per_minute", 1, 1_000_000_000)
        } else {
            Some(0)
        };
        let scope_id = match scope {
            Some(RuleScope::All) | None => Some(0),
            Some(_) => number("scope_id", 1, i64::MAX),
        };
        let cap = raise_percent.filter(|percent| *percent > 0).unwrap_or(100);
        if clear_percent.is_some_and(|clear| clear > cap) {
            faults.add("clear_percent", Message::new("fault-rule-clear"));
        }
        if let (Some(kind), Some(scope)) = (kind, scope)
            && !kind.may_be_for(scope)
        {
            faults.add("scope", Message::new("fault-rule-scope"));
        }
        let draft = (|| {
            Some(Self {
                kind: kind?,
                scope: scope?,
                scope_id: scope_id?,
                severity: severity?,
                raise_percent: raise_percent?,
                clear_percent: clear_percent?,
                raise_minutes: raise_minutes?,
                clear_minutes: clear_minutes?,
                errors_per_minute: errors_per_minute?,
                enabled: fields.yes("enabled"),
            })
        })();
        faults.into_result(draft)
    }
}

impl RuleKind {
    /// Whether a rule of this kind makes sense there.
    #[must_use]
    pub const fn may_be_for(self, scope: RuleScope) -> bool {
        match self {
            Self::AboveCommitment => matches!(
                scope,
                RuleScope::All | RuleScope::Customer | RuleScope::Allocation
            ),
            Self::TargetSilent => matches!(scope, RuleScope::All | RuleScope::Device),
            Self::PortDown | Self::ErrorsRising => true,
            Self::MachineOff
            | Self::SensorOver
            | Self::SupplyLost
            | Self::BmcSilent
            | Self::CredentialStopped => matches!(
                scope,
                RuleScope::All | RuleScope::Customer | RuleScope::Device
            ),
        }
    }

    /// Whether it watches machines through their BMCs, and not traffic.
    #[must_use]
    pub const fn is_of_machines(self) -> bool {
        matches!(
            self,
            Self::MachineOff
                | Self::SensorOver
                | Self::SupplyLost
                | Self::BmcSilent
                | Self::CredentialStopped
        )
    }

    /// Whether its events end with the first good look.
    const fn ends_at_once(self) -> bool {
        matches!(
            self,
            Self::TargetSilent | Self::MachineOff | Self::BmcSilent | Self::CredentialStopped
        )
    }
}

/// Where a watched thing is, for the choice of its rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// Whose it is.
    pub customer: Option<CustomerId>,
    /// Its device.
    pub device: Option<DeviceId>,
    /// The port.
    pub port: Option<PortId>,
    /// The allocation.
    pub allocation: Option<AllocationId>,
}

/// The numbers of a rule that judging needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Row id.
    pub id: ThresholdRuleId,
    /// What it watches.
    pub kind: RuleKind,
    /// Where.
    pub scope: RuleScope,
    /// The row there; 0 for everywhere.
    pub scope_id: i64,
    /// How bad its events are.
    pub severity: Severity,
    /// Percent that raises.
    pub raise_percent: i64,
    /// Percent that clears.
    pub clear_percent: i64,
    /// Minutes to raise.
    pub raise_minutes: i64,
    /// Minutes to clear.
    pub clear_minutes: i64,
    /// Errors per minute.
    pub errors_per_minute: i64,
    /// Whether it watches anything.
    pub enabled: bool,
    /// Version for edits.
    pub version: i64,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Rule {
    /// How long is long enough.
    #[must_use]
    pub const fn patience(&self) -> Patience {
        Patience {
            raise_ms: self.raise_minutes * 60_000,
            clear_ms: self.clear_minutes * 60_000,
        }
    }

    fn covers(&self, place: Place) -> bool {
        let is = |id: Option<i64>| id == Some(self.scope_id);
        match self.scope {
            RuleScope::All => true,
            RuleScope::Customer => is(place.customer.map(|id| id.get())),
            RuleScope::Device => is(place.device.map(|id| id.get())),
            RuleScope::Port => is(place.port.map(|id| id.get())),
            RuleScope::Allocation => is(place.allocation.map(|id| id.get())),
        }
    }

    /// The narrower, the higher.
    const fn narrowness(&self) -> u8 {
        match self.scope {
            RuleScope::All => 0,
            RuleScope::Customer => 1,
            RuleScope::Device => 2,
            RuleScope::Allocation => 3,
            RuleScope::Port => 4,
        }
    }
}

/// The rule that decides about a thing: the narrowest; none when that one is switched off.
#[must_use]
pub fn rule_for(rules: &[Rule], kind: RuleKind, place: Place) -> Option<&Rule> {
    rules
        .iter()
        .filter(|rule| rule.kind == kind && rule.covers(place))
        .max_by_key(|rule| rule.narrowness())
        .filter(|rule| rule.enabled)
}

#[cfg(test)]
#[path = "threshold_tests.rs"]
mod tests;
