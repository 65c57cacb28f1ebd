//! Simulated Redfish services: HTTPS on loopback with sessions, tasks and entity tags, in the shapes of two
//! families, each with a machine behind it. [`http`] also serves tests with services that misbehave.

mod certificate;
pub mod http;
mod machine;
mod service;
mod tree;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::base::secret::Secret;

pub use certificate::Certificate;
pub use machine::{Fault, Power};
use service::Service;

/// The family a service behaves like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Expands collections, tells reset types in an ActionInfo.
    Usual,
    /// As field notes say of Huawei's iBMC: a domain at login, entity tags wanted, reset types offered that it refuses,
    /// numbers for text.
    Ibmc,
}

/// What a simulated service is like.
#[derive(Clone)]
pub struct SimRedfishConfig {
    /// Address to bind; port 0 lets the kernel choose.
    pub bind: SocketAddr,
    /// The only user.
    pub user: String,
    /// Its password.
    pub password: Secret,
    /// Family.
    pub shape: Shape,
    /// UUID of the machine.
    pub uuid: String,
    /// Serial number of the machine.
    pub serial: String,
    /// Maker of the machine.
    pub maker: String,
    /// Model of the machine.
    pub model: String,
    /// Power at the start.
    pub power: Power,
    /// How long a change of power takes.
    pub delay: Duration,
    /// Sessions at a time.
    pub most_sessions: usize,
    /// Certificate; when there is none, one that follows from the serial number.
    pub certificate: Option<Certificate>,
}

impl SimRedfishConfig {
    /// A service on `bind` with user `admin`, four sessions, power on that changes within a second.
    pub fn new(bind: SocketAddr, password: Secret, uuid: &str) -> Self {
        Self {
            bind,
            user: "admin".to_owned(),
            password,
            shape: Shape::Usual,
            uuid: uuid.to_owned(),
            serial: format!("SIM{}", uuid.chars().take(8).collect::<String>()),
            maker: "Sample".to_owned(),
            model: "S2000".to_owned(),
            power: Power::On,
            delay: Duration::from_millis(800),
            most_sessions: 4,
            certificate: None,
        }
    }
}

/// What happened at a service so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counters {
    /// Sessions that are open.
    pub open_sessions: usize,
    /// Most that were open at a time.
    pub most_open: usize,
    /// Logins that succeeded.
    pub logins: u32,
    /// Logins with wrong credentials.
    pub refused_logins: u32,
    /// Reset types that were carried out, in order.
    pub resets: Vec<String>,
    /// Restarts of the controller.
    pub controller_restarts: u32,
}

/// A running simulated service. Stops when dropped.
pub struct SimRedfish {
    service: Arc<Service>,
    server: http::Server,
    fingerprint: [u8; 32],
}

impl SimRedfish {
    /// Binds the address and starts to answer.
    ///
    /// # Errors
    /// The address cannot be bound, or there is no certificate.
    pub async fn start(config: SimRedfishConfig) -> io::Result<Self> {
        let certificate = match &config.certificate {
            Some(certificate) => certificate.clone(),
            None => {
                let name = format!("bmc-{}", config.serial);
                Certificate::new(&name, config.bind.ip())
                    .map_err(|fault| io::Error::other(fault.to_string()))?
            }
        };
        let bind = config.bind;
        let service = Arc::new(Service::new(config));
        let answering = service.clone();
        let handler: http::Handler = Arc::new(move |request| answering.answer(&request));
        Ok(Self {
            service,
            server: http::Server::start(bind, &certificate, handler).await?,
            fingerprint: certificate.fingerprint(),
        })
    }

    /// Stops, and returns when the address is free again.
    pub async fn stop(self) {
        self.server.stop().await;
    }

    /// The address it answers on.
    pub const fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// SHA-256 of its certificate.
    pub const fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    /// Power now.
    pub fn power(&self) -> Power {
        self.service.state().power(Instant::now())
    }

    /// Whether the identify light is on.
    pub fn is_lit(&self) -> bool {
        self.service.state().lit
    }

    /// Switches a fault on or off.
    pub fn set_fault(&self, fault: Fault, on: bool) {
        let mut state = self.service.state();
        if on {
            state.faults.insert(fault);
        } else {
            state.faults.remove(&fault);
        }
    }

    /// Whether a fault is on; one that happens once is off after it has.
    pub fn has_fault(&self, fault: Fault) -> bool {
        self.service.state().faults.contains(&fault)
    }

    /// What happened so far.
    pub fn counters(&self) -> Counters {
        let state = self.service.state();
        Counters {
            open_sessions: state.sessions.len(),
            most_open: state.most_open,
            logins: state.logins,
            refused_logins: state.refused_logins,
            resets: state.resets.clone(),
            controller_restarts: state.controller_restarts,
        }
    }
}
