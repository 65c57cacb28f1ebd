//! All Redfish sessions of a process: how many are alive, and their end.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;
use tokio::sync::{Semaphore, watch};

use super::channel::{Auth, Channel};
use super::login::{ServiceSeen, log_in, look_in};
use super::place::Place;
use super::session::RedfishSession;
use super::shelf::{Found, Shelf};
use super::tls::Tls;
use crate::drivers::bmc::BmcTarget;
use crate::drivers::bmc::error::{Acted, BmcError, Step, Where};
use crate::drivers::bmc::gate::Permit;

/// Sessions under way at the same time; the rest wait. Each has a connection of its own.
const SESSIONS_AT_ONCE: usize = 256;
/// Longest wait for a connection.
const CONNECTING: Duration = Duration::from_secs(5);

/// All Redfish sessions of a process.
pub struct RedfishHub {
    tls: Tls,
    slots: Arc<Semaphore>,
    live: Arc<watch::Sender<usize>>,
    stopping: watch::Sender<bool>,
    shelf: Arc<Shelf>,
}

impl RedfishHub {
    /// A hub; certificates may be vouched for by the authorities of this system and those of a PEM file, which are
    /// read when one is first asked for.
    pub fn new(authority_file: Option<&Path>) -> Self {
        Self {
            tls: Tls::new(authority_file),
            slots: Arc::new(Semaphore::new(SESSIONS_AT_ONCE)),
            live: Arc::new(watch::Sender::new(0)),
            stopping: watch::Sender::new(false),
            shelf: Arc::default(),
        }
    }

    /// Sessions that are open or being closed.
    pub fn live(&self) -> usize {
        *self.live.borrow()
    }

    /// Takes up the session that is kept, or logs in. Also when this future is dropped half-way, a session that came
    /// about is deleted on the BMC.
    ///
    /// # Errors
    /// [`BmcError`]; `Credentials` stops the gate for these credentials.
    pub async fn open(
        &self,
        target: &BmcTarget,
        permit: Option<Permit>,
    ) -> Result<RedfishSession, BmcError> {
        let cancelled = || BmcError::Cancelled {
            at: Where {
                target: target.address,
                step: Step::Command("service root"),
                elapsed: Duration::ZERO,
                attempt: 0,
            },
            acted: Acted::No,
        };
        let slot = self.slots.clone().acquire_owned().await.ok();
        if *self.stopping.borrow() {
            return Err(cancelled());
        }
        let place = Place::take(self.live.clone(), permit, slot);
        let found = match self.shelf.take(target) {
            Found::Fits(kept) => {
                let shelf = self.shelf.clone();
                return Ok(RedfishSession::resume(*kept, place, target, shelf));
            }
            found => found,
        };
        let channel = match self.channel(target) {
            Ok(channel) => Channel {
                reporter: place.reporter(),
                ..channel
            },
            Err(error) => {
                if let Found::Stale(kept) = found {
                    tokio::spawn(kept.end());
                }
                return Err(error);
            }
        };
        let (target, shelf) = (target.clone(), self.shelf.clone());
        let opening = tokio::spawn(async move {
            // There is never more than one session with a BMC.
            match found {
                Found::Stale(kept) => kept.end().await,
                Found::Ending(gone) => gone.cancelled().await,
                Found::Fits(_) | Found::Nothing => {}
            }
            log_in(channel, place, &target, shelf).await
        });
        opening.await.map_err(|_| cancelled())?
    }

    /// What a service says of itself before a login: no user and no password is sent.
    ///
    /// # Errors
    /// [`BmcError`].
    pub async fn service(&self, target: &BmcTarget) -> Result<ServiceSeen, BmcError> {
        look_in(&self.channel(target)?).await
    }

    fn channel(&self, target: &BmcTarget) -> Result<Channel, BmcError> {
        let refused = |fault: String| BmcError::Certificate {
            at: Where {
                target: target.address,
                step: Step::Command("service root"),
                elapsed: Duration::ZERO,
                attempt: 0,
            },
            fault,
            shown: None,
        };
        let (config, shown) = self.tls.config(target.trust).map_err(refused)?;
        // A client per session: a connection that was made under one pin is never used under another.
        let client = Client::builder()
            .use_preconfigured_tls(config)
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(CONNECTING)
            .pool_max_idle_per_host(1)
            .user_agent(concat!("Coldaisle/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| refused(error.without_url().to_string()))?;
        Ok(Channel {
            client,
            target: target.address,
            shown,
            stopping: self.stopping.subscribe(),
            auth: Mutex::new(Auth::Anonymous),
            patience: target.patience,
            reporter: None,
        })
    }

    /// Ends everything: calls under way fail with `Cancelled`, sessions are deleted. Returns how many were left
    /// when `budget` was over.
    pub async fn shutdown(&self, budget: Duration) -> usize {
        self.stopping.send_replace(true);
        let mut live = self.live.subscribe();
        let all_closed = live.wait_for(|live| *live == 0);
        // On time-out the number is what is left; the sender cannot be gone while we hold it.
        let _ = tokio::time::timeout(budget, all_closed).await;
        self.live()
    }
}
