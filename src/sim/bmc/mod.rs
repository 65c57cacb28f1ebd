//! Simulated BMCs: IPMI 2.0 with suites 3 and 17 on loopback, each with a machine behind it
//! whose power takes time and whose sensors move. For the demo and for load; one task and one
//! socket each, thousands in a process (mind the limit of open files).

mod commands;
mod faults;
mod inventory;
mod log;
mod login;
mod machine;
mod records;
mod sensor_list;
mod sensors;
mod server;
mod settings;
mod sol;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use crate::base::secret::Secret;
use crate::wire::rmcp::{CipherSuite, Privilege};

use crate::wire::ipmi::boot::BootFlags;
pub use faults::Faults;
pub use inventory::Label;
pub use machine::{Delays, Power};
pub use server::Counters;
use server::Server;

/// What a simulated BMC is like.
#[derive(Debug, Clone)]
pub struct SimBmcConfig {
    /// UDP address to bind; port 0 lets the kernel choose.
    pub bind: SocketAddr,
    /// The only user.
    pub user: String,
    /// Its password.
    pub password: Secret,
    /// What the user may do at most.
    pub limit: Privilege,
    /// K_g, if the BMC has one.
    pub kg: Option<Secret>,
    /// Accepted cipher suites.
    pub suites: Vec<CipherSuite>,
    /// GUID as sent on the wire.
    pub guid: [u8; 16],
    /// Maker as IANA enterprise number, product number.
    pub product: (u32, u16),
    /// What is written on the machine.
    pub label: Label,
    /// Makes delays, sensors and faults differ from BMC to BMC and repeat from run to run.
    pub seed: u64,
    /// Power at the start.
    pub power: Power,
    /// How long power takes to change.
    pub delays: Delays,
}

impl SimBmcConfig {
    /// A BMC on `bind` with user `ADMIN`, both suites, power on, realistic delays.
    pub fn new(bind: SocketAddr, password: Secret, seed: u64) -> Self {
        let [a, b, c, d, e, f, g, h] = machine::Chance::new(seed).word().to_be_bytes();
        Self {
            bind,
            user: "ADMIN".to_owned(),
            password,
            limit: Privilege::Administrator,
            kg: None,
            suites: CipherSuite::PREFERRED.to_vec(),
            // Version 4, variant 1, in the order of RFC 4122 and no other.
            guid: [
                b'C',
                b'o',
                b'l',
                b'd',
                a,
                b,
                0x40,
                0xF0 | c,
                0x80,
                d,
                e,
                f,
                g,
                h,
                0,
                1,
            ],
            product: (0x2A2A, 7),
            label: Label {
                manufacturer: "Simulated Works".to_owned(),
                product: "SIM 2U Server".to_owned(),
                part_number: "SIM-2U".to_owned(),
                serial: format!("SIM{:08}", seed % 100_000_000),
                asset_tag: String::new(),
            },
            seed,
            power: Power::On,
            delays: Delays::default(),
        }
    }
}

/// A running simulated BMC. Stops when dropped.
pub struct SimBmc {
    server: Arc<Server>,
    address: SocketAddr,
    task: tokio::task::AbortHandle,
}

impl SimBmc {
    /// Binds the socket and starts to answer.
    ///
    /// # Errors
    /// The address cannot be bound.
    pub async fn start(config: SimBmcConfig) -> io::Result<Self> {
        let server = Arc::new(Server::bind(config).await?);
        let address = server.address()?;
        let task = tokio::spawn(Arc::clone(&server).run()).abort_handle();
        Ok(Self {
            server,
            address,
            task,
        })
    }

    /// The address it answers on.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends serial over LAN behind the back of whoever has it, as a BMC that restarts does.
    pub fn drop_console(&self) {
        // Nobody may have it.
        let _ = self.server.state().sol.deactivate();
    }

    /// Power now.
    pub fn power(&self) -> Power {
        self.server.state().machine.power(Instant::now())
    }

    /// Sets the power at once, as someone at the machine's button would; what was under way is
    /// forgotten.
    pub fn set_power(&self, power: Power) {
        self.server.state().machine.set(power);
    }

    /// Faults that are switched on.
    pub fn faults(&self) -> Faults {
        self.server.state().faults.clone()
    }

    /// Switches faults on and off.
    pub fn set_faults(&self, faults: Faults) {
        self.server.state().faults = faults;
    }

    /// True while the identify light is on.
    pub fn identify_lit(&self) -> bool {
        self.server.state().settings.identify_state(Instant::now()) != 0
    }

    /// The boot override as the BMC keeps it.
    pub fn boot_flags(&self) -> BootFlags {
        let mut state = self.server.state();
        state.observe(Instant::now());
        state.settings.boot_flags()
    }

    /// What happened so far.
    pub fn counters(&self) -> Counters {
        self.server.state().counters(Instant::now())
    }

    /// Stops answering; open sessions are forgotten.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for SimBmc {
    fn drop(&mut self) {
        self.task.abort();
    }
}
