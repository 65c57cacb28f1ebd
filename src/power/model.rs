//! Actions, states, and the drafts of a BMC endpoint and of a wish.

use std::net::IpAddr;

use super::reach::{Protocol, Reach};
use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::secret::Secret;
use crate::base::text;

crate::text_enum! {
    /// What can be asked of a machine's power.
    pub enum Action {
        /// Power on.
        On = "on",
        /// Hard power off.
        Off = "off",
        /// Ask the operating system to shut down (ACPI).
        SoftOff = "soft_off",
        /// Hard off, then on.
        Cycle = "cycle",
        /// Hardware reset without a change of power.
        Reset = "reset",
        /// Diagnostic interrupt: a crash dump, where the system is set up for it.
        Nmi = "nmi",
        /// The light at the machine.
        Identify = "identify",
        /// From where it boots next.
        BootDevice = "boot_device",
        /// Restart of the BMC, not of the machine.
        BmcReset = "bmc_reset",
    }
}

crate::text_enum! {
    /// Which way a machine is switched.
    pub enum Path {
        /// By its BMC.
        Bmc = "bmc",
        /// By the outlets it is plugged into, all of them.
        Outlets = "outlets",
    }
}

impl Action {
    /// Whether what runs on the machine ends with it; the label has to be typed then.
    pub const fn is_destructive(self) -> bool {
        matches!(self, Self::Off | Self::Cycle | Self::Reset | Self::Nmi)
    }

    /// Whether what runs on the machine may notice; the others ask for no state and disturb nobody at the rack.
    pub const fn changes_power(self) -> bool {
        !matches!(self, Self::Identify | Self::BootDevice | Self::BmcReset)
    }

    /// Whether it leaves the machine and its BMC as they are: a light needs no approval, no rest, and no unlocking.
    pub const fn is_harmless(self) -> bool {
        matches!(self, Self::Identify)
    }

    /// Whether it may be tried on a machine whose state nobody knows, when that is confirmed.
    pub const fn allows_unknown_state(self) -> bool {
        matches!(self, Self::On | Self::Off)
    }

    /// Whether the outlets of PDUs can do it.
    pub const fn works_by_outlets(self) -> bool {
        matches!(self, Self::On | Self::Off | Self::Cycle)
    }

    /// The harder action to offer after this one showed no effect in time.
    pub const fn harder(self) -> Option<Self> {
        match self {
            Self::SoftOff | Self::Cycle => Some(Self::Off),
            Self::Reset | Self::Nmi => Some(Self::Cycle),
            Self::On | Self::Off | Self::Identify | Self::BootDevice | Self::BmcReset => None,
        }
    }
}

crate::text_enum! {
    /// Where an intent stands; see [`super::state`] for the ways between them.
    pub enum IntentState {
        /// A second person must agree.
        AwaitingApproval = "awaiting_approval",
        /// Waits for the executor.
        Queued = "queued",
        /// The executor reads the state and acts.
        Running = "running",
        /// The command went out; the state is watched.
        Verifying = "verifying",
        /// The state shows what was asked.
        Succeeded = "succeeded",
        /// It could not be done.
        Failed = "failed",
        /// The command went out, the state did not show it in time.
        TimedOut = "timed_out",
        /// An interlock stopped it; nothing was done.
        Refused = "refused",
        /// A person took it back; nothing was done.
        Cancelled = "cancelled",
    }
}

crate::text_enum! {
    /// Whether a machine has power, as its BMC last said.
    pub enum PowerState {
        /// On.
        On = "on",
        /// Off.
        Off = "off",
        /// Nobody knows.
        Unknown = "unknown",
    }
}

crate::text_enum! {
    /// Where a line of a machine's event log comes from.
    pub enum LogOrigin {
        /// The BMC's log.
        Entry = "entry",
        /// Found while reading: the BMC's log was cleared.
        Cleared = "cleared",
    }
}

crate::text_enum! {
    /// Where a change of a BMC's password stands.
    pub enum RotationState {
        /// Waits for its task; nothing was sent.
        Queued = "queued",
        /// The command is about to go out, or went out.
        Sending = "sending",
        /// The new password is tried.
        Testing = "testing",
        /// The new one has worked and is on record.
        Done = "done",
        /// The old one holds.
        Failed = "failed",
        /// Nobody knows which one holds.
        Unclear = "unclear",
    }
}

impl RotationState {
    /// Those in which nobody but the change itself logs in: neither password is sure to be right.
    pub const LIVE: [Self; 4] = [Self::Queued, Self::Sending, Self::Testing, Self::Unclear];
}

crate::text_enum! {
    /// Why what a bulk had not begun was taken back.
    pub enum Stopped {
        /// So many failed.
        Failures = "failures",
        /// A person.
        Person = "person",
    }
}

/// What the operator set for power actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Rest between two actions on one machine, milliseconds.
    pub cool_down_ms: i64,
    /// Actions that one customer may ask for in an hour.
    pub customer_actions_per_hour: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cool_down_ms: 30_000,
            customer_actions_per_hour: 10,
        }
    }
}

/// IPMI 2.0, section 13.31: at most this many octets of K_g.
const LONGEST_KEY: usize = 20;

/// A password in a draft: keep the one that is there, or a new one.
#[derive(Debug, Clone)]
pub enum PasswordDraft {
    /// Nothing was typed: as it is.
    Keep,
    /// Takes it away.
    Remove,
    /// A new one.
    Set(Secret),
}

impl PasswordDraft {
    /// Whether something was typed or taken away.
    pub const fn changes(&self) -> bool {
        !matches!(self, Self::Keep)
    }
}

/// A BMC endpoint as typed into a form or a CSV row, checked.
#[derive(Debug, Clone)]
pub struct BmcDraft {
    /// How it is spoken to.
    pub protocol: Protocol,
    /// Network address.
    pub address: IpAddr,
    /// UDP port, or TCP port for Redfish.
    pub port: i64,
    /// User name on the BMC.
    pub username: String,
    /// Password on the BMC.
    pub password: PasswordDraft,
    /// The BMC's own key.
    pub kg: PasswordDraft,
    /// GUID that the BMC must report, canonical.
    pub expected_guid: Option<String>,
    /// What else is set for the protocol.
    pub reach: Reach,
}

impl BmcDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let protocol = faults.keep(Protocol::parse(fields.get("protocol")));
        // Further faults are those of the usual protocol.
        let like = protocol.unwrap_or(Protocol::Ipmi);
        let address = faults.keep(address(fields.get("address")));
        let port = faults.keep(port(fields.get("port"), like.usual_port()));
        let user = octets("username", fields.get("username"), like.longest_user());
        let username = faults.keep(user);
        let password = faults.keep(secret("password", fields, like.longest_password(), false));
        let kg = faults.keep(secret("kg", fields, LONGEST_KEY, true));
        let reach = Reach::parse(fields, &mut faults);
        let guid = faults.keep(guid(fields.get("expected_guid")));
        let draft = (|| {
            Some(Self {
                protocol: protocol?,
                address: address?,
                port: port?,
                username: username?,
                password: password?,
                kg: kg?,
                expected_guid: guid?,
                reach: reach?,
            })
        })();
        faults.into_result(draft)
    }
}

fn address(raw: &str) -> Result<IpAddr, FieldFault> {
    let wrong = || FieldFault::new("address", Message::new("power-fault-address"));
    let raw = raw.trim();
    if raw.is_empty() {
        return Err(FieldFault::new("address", Message::new("fault-required")));
    }
    let address: IpAddr = raw.parse().map_err(|_| wrong())?;
    let broadcast = matches!(address, IpAddr::V4(v4) if v4.is_broadcast());
    if address.is_unspecified() || address.is_multicast() || broadcast {
        return Err(wrong());
    }
    Ok(address)
}

fn port(raw: &str, usual: i64) -> Result<i64, FieldFault> {
    match raw.trim() {
        "" => Ok(usual),
        text => text
            .parse::<u16>()
            .ok()
            .filter(|port| *port > 0)
            .map(i64::from)
            .ok_or_else(|| FieldFault::new("port", Message::new("power-fault-port"))),
    }
}

fn octets(field: &'static str, raw: &str, max: usize) -> Result<String, FieldFault> {
    let text = text::required_line(field, raw, max)?;
    if text.len() > max {
        return Err(too_many_octets(field, text.len(), max));
    }
    Ok(text)
}

fn too_many_octets(field: &'static str, count: usize, max: usize) -> FieldFault {
    FieldFault::new(
        field,
        Message::new("power-fault-octets")
            .with("count", count)
            .with("max", max),
    )
}

/// Passwords are taken as typed; spaces at the ends may belong to them.
fn secret(
    field: &'static str,
    fields: &Fields,
    longest: usize,
    removable: bool,
) -> Result<PasswordDraft, FieldFault> {
    let raw = fields.get(field);
    if removable && fields.yes("kg_remove") {
        return Ok(PasswordDraft::Remove);
    }
    if raw.is_empty() {
        return Ok(PasswordDraft::Keep);
    }
    if raw.chars().any(char::is_control) {
        return Err(FieldFault::new(
            field,
            Message::new("fault-control-characters"),
        ));
    }
    if raw.len() > longest {
        return Err(too_many_octets(field, raw.len(), longest));
    }
    Ok(PasswordDraft::Set(Secret::new(raw)))
}

fn guid(raw: &str) -> Result<Option<String>, FieldFault> {
    if raw.trim().is_empty() {
        return Ok(None);
    }
    canonical_guid(raw)
        .map(Some)
        .ok_or_else(|| FieldFault::new("expected_guid", Message::new("power-fault-guid")))
}

/// A GUID as 8-4-4-4-12 lower-case digits; `None` when it is none, or says nothing (all zero, all ones).
pub fn canonical_guid(raw: &str) -> Option<String> {
    let digits: String = raw
        .trim()
        .trim_matches(['{', '}'])
        .chars()
        .filter(|letter| *letter != '-')
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    let says_nothing = digits.chars().all(|d| d == '0') || digits.chars().all(|d| d == 'f');
    if digits.len() != 32 || says_nothing || !digits.chars().all(|d| d.is_ascii_hexdigit()) {
        return None;
    }
    let part = |from: usize, to: usize| digits.get(from..to);
    let parts = [
        part(0, 8)?,
        part(8, 12)?,
        part(12, 16)?,
        part(16, 20)?,
        part(20, 32)?,
    ];
    Some(parts.join("-"))
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
