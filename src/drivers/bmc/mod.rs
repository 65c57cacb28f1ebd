//! Acting on BMCs: one trait over the protocols, one gate per BMC, typed errors.
//!
//! [`BmcAccess`] is the door: it lets one caller at a time to a BMC, in order of urgency, and
//! stops for good at a wrong password. [`ipmi`] is the IPMI 2.0 implementation, [`redfish`] the one over HTTPS.

mod access;
mod address;
mod error;
pub mod gate;
pub mod ipmi;
pub mod redfish;

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use crate::base::machine::{
    Boot, BootDevice, Controller, Health, Light, LogEntry, LogMark, LogPart, Part, PartKind,
    Quantity, SensorReading, Thresholds,
};
use crate::base::secret::Secret;
use crate::wire::ipmi::guid::Guid;
pub use crate::wire::rmcp::{CipherSuite, Lookup, Privilege, Timing};

pub use access::BmcAccess;
pub use address::{AddressError, resolve};
pub use error::{Acted, BmcError, CredentialFault, Step, V15Fault, Where};
pub use gate::Priority;
pub use redfish::{ServiceSeen, Trust};

/// Longest wait for an answer over HTTPS: some controllers think for twenty seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a BMC is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// IPMI 2.0 over RMCP+.
    Ipmi,
    /// Redfish over HTTPS.
    Redfish,
}

/// Whether a BMC that has no IPMI 2.0 may be spoken to with IPMI 1.5, where nothing is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OldSessions {
    /// No.
    #[default]
    Refused,
    /// Yes, with MD5 and a code on every packet; never where the BMC has IPMI 2.0.
    Allowed,
}

/// Where a BMC is and how to log in.
#[derive(Debug, Clone)]
pub struct BmcTarget {
    /// How it is spoken to.
    pub protocol: Protocol,
    /// Address: UDP, port 623 unless configured otherwise, or TCP, usually 443, for Redfish.
    pub address: SocketAddr,
    /// User name; with IPMI at most 16 octets.
    pub user: String,
    /// Password; with IPMI at most 20 octets.
    pub password: Secret,
    /// K_g, the BMC's own key, where it has one; at most 20 octets.
    pub kg: Option<Secret>,
    /// Cipher suites in the order to try them. The one that worked is told by
    /// [`BmcSession::cipher_suite`], to be remembered and put first.
    pub suites: Vec<CipherSuite>,
    /// Whether IPMI 1.5 may be spoken.
    pub old_sessions: OldSessions,
    /// Highest privilege to ask for.
    pub privilege: Privilege,
    /// How the BMC looks the user up.
    pub lookup: Lookup,
    /// Waits and attempts.
    pub timing: Timing,
    /// How long the session is kept open for the next caller; 0 closes it at once. At most 50 s:
    /// BMCs end a session that is still for a minute.
    pub keep: Duration,
    /// Longest wait for an answer of a Redfish service.
    pub patience: Duration,
    /// Which certificate is accepted from a Redfish service.
    pub trust: Trust,
    /// UUID of the machine that is meant, for Redfish services with several.
    pub expected_guid: Option<String>,
}

impl BmcTarget {
    /// A target with suites 17 and 3, privilege operator, look-up by name, usual waits.
    pub fn new(address: SocketAddr, user: impl Into<String>, password: Secret) -> Self {
        Self {
            protocol: Protocol::Ipmi,
            address,
            user: user.into(),
            password,
            kg: None,
            suites: CipherSuite::PREFERRED.to_vec(),
            old_sessions: OldSessions::Refused,
            privilege: Privilege::Operator,
            lookup: Lookup::NameOnly,
            timing: Timing::default(),
            keep: Duration::ZERO,
            patience: PATIENCE,
            trust: Trust::Pin(None),
            expected_guid: None,
        }
    }

    /// The same for a Redfish service.
    #[must_use]
    pub fn redfish(self, trust: Trust) -> Self {
        Self {
            protocol: Protocol::Redfish,
            trust,
            ..self
        }
    }
}

/// Whether the host has power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PowerState {
    /// On.
    On,
    /// Off.
    Off,
    /// The BMC does not say.
    Unknown,
}

/// What can be done to the power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PowerAction {
    /// On.
    On,
    /// Hard off.
    Off,
    /// Asks the host to shut down (ACPI).
    SoftOff,
    /// Off and on again.
    Cycle,
    /// Reset without a change of power.
    Reset,
    /// Diagnostic interrupt: a crash dump, where the system is set up for it.
    Nmi,
}

/// Who a BMC says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The system's GUID, if the BMC has one.
    pub guid: Option<Guid>,
    /// Maker, as an IANA enterprise number.
    pub manufacturer_id: u32,
    /// Product, in the maker's own numbers.
    pub product_id: u16,
    /// Firmware revision, major and minor.
    pub firmware: String,
    /// Serial number of the machine, where the protocol tells it with the rest.
    pub serial: Option<String>,
}

/// What a driver call returns: a boxed future, so that sessions can be trait objects.
pub type BmcFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, BmcError>> + Send + 'a>>;

/// A session with one BMC. Dropping it closes it in the background; [`BmcSession::close`] waits
/// for that.
pub trait BmcSession: Send {
    /// The protocol's name in the product: `ipmi` or `redfish`.
    fn protocol(&self) -> &'static str;
    /// The cipher suite in use, where the protocol has such.
    fn cipher_suite(&self) -> Option<CipherSuite>;
    /// True when what is said can be read on the way: a session of IPMI 1.5.
    fn is_unencrypted(&self) -> bool {
        false
    }
    /// SHA-256 of the certificate that was shown, where the protocol has such.
    fn certificate(&self) -> Option<[u8; 32]> {
        None
    }
    /// Reads whether the host has power.
    fn power_state(&mut self) -> BmcFuture<'_, PowerState>;
    /// Acts once. Success means that the BMC accepted the command, not that it happened: read
    /// the state. After a lost answer the error says whether the BMC may have acted.
    fn power(&mut self, action: PowerAction) -> BmcFuture<'_, ()>;
    /// Reads who the BMC says it is.
    fn identity(&mut self) -> BmcFuture<'_, Identity>;
    /// Reads all sensors that the BMC lists.
    fn sensors(&mut self) -> BmcFuture<'_, Vec<SensorReading>>;
    /// Reads the part of the event log after `mark`, at most `most` entries.
    fn event_log(&mut self, mark: LogMark, most: usize) -> BmcFuture<'_, LogPart> {
        let _ = (mark, most);
        unsupported(self, "event log")
    }
    /// Reads the parts of the machine that the BMC knows (FRU, inventory, firmware).
    fn parts(&mut self) -> BmcFuture<'_, Vec<Part>> {
        unsupported(self, "inventory")
    }
    /// Reads facts about the controller.
    fn controller(&mut self) -> BmcFuture<'_, Controller> {
        unsupported(self, "controller")
    }
    /// Reads the machine's power draw, watts; none where it is not measured.
    fn power_draw(&mut self) -> BmcFuture<'_, Option<u32>> {
        unsupported(self, "power draw")
    }
    /// Switches the identify light on for `seconds` (0: off; 255: until switched off).
    fn identify(&mut self, seconds: u8) -> BmcFuture<'_, ()> {
        let _ = seconds;
        unsupported(self, "identify")
    }
    /// Reads whether the identify light is on; none where the BMC does not tell.
    fn light(&mut self) -> BmcFuture<'_, Option<Light>> {
        unsupported(self, "identify light")
    }
    /// Reads the serial numbers that may be the machine's own, as they are written on it; empty where it tells none.
    fn serials(&mut self) -> BmcFuture<'_, Vec<String>> {
        unsupported(self, "serial number")
    }
    /// Reads the boot override; none when there is none.
    fn boot(&mut self) -> BmcFuture<'_, Option<Boot>> {
        unsupported(self, "boot override")
    }
    /// Sets the boot override; read it back to know.
    fn set_boot(&mut self, boot: Boot) -> BmcFuture<'_, ()> {
        let _ = boot;
        unsupported(self, "boot override")
    }
    /// Restarts the controller, not the machine. The session is lost.
    fn reset_controller(&mut self) -> BmcFuture<'_, ()> {
        unsupported(self, "reset of the controller")
    }
    /// Sets the password of the user who is logged in.
    fn set_password(&mut self, password: Secret) -> BmcFuture<'_, ()> {
        drop(password);
        unsupported(self, "change of the password")
    }
    /// The failure of a call that this protocol or BMC does not have.
    fn unsupported_error(&self, what: &'static str) -> BmcError;
    /// Ends the session and lets the next caller in.
    fn close(self: Box<Self>) -> BmcFuture<'static, ()>;
}

fn unsupported<'a, S: BmcSession + ?Sized, T: Send + 'a>(
    session: &S,
    what: &'static str,
) -> BmcFuture<'a, T> {
    let error = session.unsupported_error(what);
    Box::pin(std::future::ready(Err(error)))
}
