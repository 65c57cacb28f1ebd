//! What the executor needs of a driver. Tasks adapt the BMC driver to it; tests put a fake in its place.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;

use super::model::{Action, PowerState};
use super::reach::{BmcPrivilege, Protocol, Trust, UserLookup};
use super::setting::BootChoice;
use crate::base::ids::DeviceId;
use crate::base::machine::{Boot, Controller, Light, LogMark, LogPart, Part, SensorReading};
use crate::base::secret::Secret;

/// A boxed future of a port call.
pub type PortFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, PortFault>> + Send + 'a>>;

/// Where a BMC is and how to log in.
#[derive(Debug, Clone)]
pub struct PortTarget {
    /// How it is spoken to.
    pub protocol: Protocol,
    /// Address and port.
    pub address: SocketAddr,
    /// User name.
    pub user: String,
    /// Password.
    pub password: Secret,
    /// The BMC's own key.
    pub kg: Option<Secret>,
    /// Cipher suite that worked last.
    pub remembered_suite: Option<i64>,
    /// GUID that the BMC must report, canonical.
    pub expected_guid: Option<String>,
    /// Which certificate is accepted.
    pub trust: Trust,
    /// SHA-256 of the certificate that is trusted; none: the first that is shown.
    pub certificate_sha256: Option<String>,
    /// Privilege to ask for.
    pub privilege: BmcPrivilege,
    /// How the user is looked up.
    pub lookup: UserLookup,
    /// Cipher suites to try; empty: as usual.
    pub suites: Vec<i64>,
    /// Whether IPMI 1.5 may be spoken where the BMC has no 2.0.
    pub allow_v15: bool,
    /// Grows when somebody changes the endpoint: a refused credential may be tried again.
    pub version: i64,
    /// Somebody waits for it: before all readings.
    pub urgent: bool,
    /// It can wait until the power state of all is read: sensors, logs, parts.
    pub patient: bool,
    /// Ask for the administrator's privilege: changing a password needs it.
    pub administrator: bool,
}

/// Who a BMC says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BmcIdentity {
    /// GUID, canonical; `None` when it has none.
    pub guid: Option<String>,
    /// Whether that is the expected one; `None` when none is expected or none reported.
    pub is_expected: Option<bool>,
    /// Maker, IANA enterprise number.
    pub manufacturer_id: i64,
    /// Product, in the maker's numbers.
    pub product_id: i64,
    /// Firmware revision.
    pub firmware: String,
}

/// What the caller can do about a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortFaultKind {
    /// Try again later; nobody has to change anything.
    Passing,
    /// Change the credential; nothing is tried until then.
    Credential,
    /// The BMC won't do it in the present state.
    NotInThisState,
    /// The BMC won't or can't.
    Lasting,
}

/// A failed call to a BMC.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {text}")]
pub struct PortFault {
    /// What the caller can do.
    pub kind: PortFaultKind,
    /// Whether the command may have been carried out all the same.
    pub may_have_acted: bool,
    /// Stable word of the failure; `power-bmc-CODE` are its words.
    pub code: &'static str,
    /// Target, stage, elapsed, attempt, in English.
    pub text: String,
    /// SHA-256 of a certificate that was refused.
    pub certificate_refused: Option<String>,
}

impl PortFault {
    /// A failure after which nothing has happened.
    pub fn new(kind: PortFaultKind, code: &'static str, text: impl Into<String>) -> Self {
        Self {
            kind,
            may_have_acted: false,
            code,
            text: text.into(),
            certificate_refused: None,
        }
    }
}

/// Opens sessions with BMCs; never two with one BMC at a time.
pub trait PowerPort: Send + Sync {
    /// Waits for the BMC's turn and logs in.
    fn open<'a>(&'a self, target: &'a PortTarget) -> PortFuture<'a, Box<dyn PowerSession>>;
}

/// A session with one BMC; dropped, it closes itself.
pub trait PowerSession: TellingSession {
    /// The cipher suite in use, to be remembered.
    fn suite(&self) -> Option<i64>;
    /// SHA-256 of the certificate that was shown, to be trusted from now on.
    fn certificate(&self) -> Option<String> {
        None
    }
    /// Reads whether the machine has power.
    fn state(&mut self) -> PortFuture<'_, PowerState>;
    /// Sends a command once; success means that the BMC accepted it.
    fn act(&mut self, action: Action) -> PortFuture<'_, ()>;
    /// Reads who the BMC says it is.
    fn identity(&mut self) -> PortFuture<'_, BmcIdentity>;
    /// Switches the light on for so many seconds; 0 is off, 255 until it is switched off.
    fn light(&mut self, seconds: u8) -> PortFuture<'_, ()> {
        let _ = seconds;
        unsupported("light")
    }
    /// Sets the boot override; read it back to know.
    fn set_boot(&mut self, choice: BootChoice) -> PortFuture<'_, ()> {
        let _ = choice;
        unsupported("boot override")
    }
    /// Reads the boot override.
    fn boot(&mut self) -> PortFuture<'_, Option<BootChoice>> {
        unsupported("boot override")
    }
    /// Restarts the BMC, not the machine.
    fn reset_bmc(&mut self) -> PortFuture<'_, ()> {
        unsupported("restart")
    }
    /// Ends the session.
    fn close(self: Box<Self>) -> PortFuture<'static, ()>;
}

/// The code of a fault after which nothing else will help: this BMC doesn't have it.
pub const UNSUPPORTED: &str = "unsupported";

/// A call that a peer does not have.
fn unsupported<'a, T: Send + 'a>(what: &'static str) -> PortFuture<'a, T> {
    let fault = PortFault::new(PortFaultKind::Lasting, UNSUPPORTED, what);
    Box::pin(std::future::ready(Err(fault)))
}

/// What a session tells of its machine besides power: sensors, event log, parts, the controller itself. A peer without
/// any of it says so by saying nothing.
pub trait TellingSession: Send {
    /// Reads all sensors that the BMC lists.
    fn sensors(&mut self) -> PortFuture<'_, Vec<SensorReading>> {
        unsupported("sensors")
    }
    /// Reads the machine's power draw, watts; none where it isn't measured.
    fn power_draw(&mut self) -> PortFuture<'_, Option<u32>> {
        unsupported("power draw")
    }
    /// Reads the part of the event log after `mark`, at most `most` entries.
    fn event_log(&mut self, mark: LogMark, most: usize) -> PortFuture<'_, LogPart> {
        let _ = (mark, most);
        unsupported("event log")
    }
    /// Reads the parts of the machine.
    fn parts(&mut self) -> PortFuture<'_, Vec<Part>> {
        unsupported("inventory")
    }
    /// Reads facts about the controller.
    fn controller(&mut self) -> PortFuture<'_, Controller> {
        unsupported("controller")
    }
    /// Reads whether the identify light is on; none where the BMC does not tell.
    fn light_state(&mut self) -> PortFuture<'_, Option<Light>> {
        unsupported("identify light")
    }
    /// Reads the serial numbers that may be the machine's own; empty where the BMC tells none.
    fn serials(&mut self) -> PortFuture<'_, Vec<String>> {
        unsupported("serial number")
    }
    /// Reads the boot override; none when there is none.
    fn boot_override(&mut self) -> PortFuture<'_, Option<Boot>> {
        unsupported("boot override")
    }
    /// Sets the password of the user who is logged in, once.
    fn set_password(&mut self, password: Secret) -> PortFuture<'_, ()> {
        drop(password);
        unsupported("change of the password")
    }
}

/// An outlet as a PDU knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutletAt {
    /// The PDU.
    pub pdu: DeviceId,
    /// Index of the outlet in the PDU's tables.
    pub place: String,
}

/// Reads and switches outlets of PDUs.
pub trait OutletPort: Send + Sync {
    /// Reads whether an outlet gives power.
    fn read<'a>(&'a self, at: &'a OutletAt) -> PortFuture<'a, PowerState>;
    /// Tells an outlet once to give power or not; success means that the PDU took it.
    fn switch<'a>(&'a self, at: &'a OutletAt, on: bool) -> PortFuture<'a, ()>;
}
