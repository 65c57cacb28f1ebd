//! Acting on BMCs: one trait over the protocols, one gate per BMC, typed errors.
//!
//! [`BmcAccess`] is the door: it lets one caller at a time to a BMC, in order of urgency, and
//! stops for good at a wrong password. [`ipmi`] is the IPMI 2.0 implementation.

mod access;
mod address;
mod error;
pub mod gate;
pub mod ipmi;

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;

use serde::{Deserialize, Serialize};

use crate::base::secret::Secret;
use crate::wire::ipmi::guid::Guid;
pub use crate::wire::rmcp::{CipherSuite, Lookup, Privilege, Timing};

pub use access::BmcAccess;
pub use address::{AddressError, resolve};
pub use error::{Acted, BmcError, CredentialFault, Step, Where};
pub use gate::Priority;

/// Where a BMC is and how to log in.
#[derive(Debug, Clone)]
pub struct BmcTarget {
    /// UDP address, port 623 unless configured otherwise.
    pub address: SocketAddr,
    /// User name, at most 16 octets.
    pub user: String,
    /// Password, at most 20 octets.
    pub password: Secret,
    /// K_g, the BMC's own key, where it has one; at most 20 octets.
    pub kg: Option<Secret>,
    /// Cipher suites in the order to try them. The one that worked is told by
    /// [`BmcSession::cipher_suite`], to be remembered and put first.
    pub suites: Vec<CipherSuite>,
    /// Highest privilege to ask for.
    pub privilege: Privilege,
    /// How the BMC looks the user up.
    pub lookup: Lookup,
    /// Waits and attempts.
    pub timing: Timing,
}

impl BmcTarget {
    /// A target with suites 17 and 3, privilege operator, look-up by name, usual waits.
    pub fn new(address: SocketAddr, user: impl Into<String>, password: Secret) -> Self {
        Self {
            address,
            user: user.into(),
            password,
            kg: None,
            suites: CipherSuite::PREFERRED.to_vec(),
            privilege: Privilege::Operator,
            lookup: Lookup::NameOnly,
            timing: Timing::default(),
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
}

/// One sensor as it was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SensorReading {
    /// Name in the BMC's records.
    pub name: String,
    /// Converted value; none for states, absent readings and impossible factors.
    pub value: Option<f64>,
    /// Unit of the value.
    pub unit: Option<&'static str>,
    /// `ok`, `warning`, `critical`, `non_recoverable` by the BMC's thresholds; `unavailable`,
    /// `disabled`, `impossible` (factors), `unsupported` (conversion), `elsewhere` (another
    /// controller's); for discrete sensors `states:0x…` with a bit per state.
    pub state: String,
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
    /// Reads whether the host has power.
    fn power_state(&mut self) -> BmcFuture<'_, PowerState>;
    /// Acts once. Success means that the BMC accepted the command, not that it happened: read
    /// the state. After a lost answer the error says whether the BMC may have acted.
    fn power(&mut self, action: PowerAction) -> BmcFuture<'_, ()>;
    /// Reads who the BMC says it is.
    fn identity(&mut self) -> BmcFuture<'_, Identity>;
    /// Reads all sensors that the BMC lists.
    fn sensors(&mut self) -> BmcFuture<'_, Vec<SensorReading>>;
    /// Ends the session and lets the next caller in.
    fn close(self: Box<Self>) -> BmcFuture<'static, ()>;
}
