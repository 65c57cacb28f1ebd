//! One gate per BMC: one session at a time, the urgent first, a stop at a wrong password, and a
//! pause where nothing answers.

mod breaker;
mod queue;
mod ticket;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use tokio::sync::Notify;

pub use breaker::{Breaker, Pause};
pub use queue::{Caller, Next, Priority, Queue, Refusal, Sharing};
pub use ticket::Ticket;

use super::error::{BmcError, CredentialFault, Step, Where};
use super::{BmcTarget, Lookup, OldSessions, Privilege};

/// Credentials as a hash: enough to see whether they changed, nothing to log in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of a target's user, password and K_g.
    pub fn of(target: &BmcTarget) -> Self {
        let mut hash = Sha256::new();
        let kg = target.kg.as_ref().map_or("", |kg| kg.expose());
        for part in [target.user.as_str(), target.password.expose(), kg] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }
}

/// What makes two logins alike, so that one session does for both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LoginKey {
    /// User, password, K_g.
    pub credentials: Fingerprint,
    /// Privilege asked for.
    pub privilege: Privilege,
    /// How the user is looked up.
    pub lookup: Lookup,
    /// Allowed cipher suites, bit by number; their order does not matter.
    pub suites: u32,
    /// Whether IPMI 1.5 is allowed.
    pub old_sessions: OldSessions,
}

impl LoginKey {
    /// The key of a target.
    pub fn of(target: &BmcTarget) -> Self {
        let bit = |number: u8| 1u32.checked_shl(number.into()).unwrap_or(0);
        let suites = target.suites.iter().map(|suite| bit(suite.number()));
        Self {
            credentials: Fingerprint::of(target),
            privilege: target.privilege,
            lookup: target.lookup,
            suites: suites.fold(0, |all, suite| all | suite),
            old_sessions: target.old_sessions,
        }
    }
}

struct Gate {
    queue: Mutex<Queue>,
    changed: Notify,
}

impl Gate {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The gates of all BMCs, by address.
pub struct Gates {
    pacing: Duration,
    gates: Mutex<HashMap<SocketAddr, Arc<Gate>>>,
}

/// Tells the gate what a login or a command showed of its BMC.
#[derive(Clone)]
pub struct Reporter {
    gate: Arc<Gate>,
    credentials: Fingerprint,
}

/// The right to talk to one BMC; gives it back when dropped.
pub struct Permit {
    reporter: Reporter,
    ticket: Ticket,
    login: LoginKey,
}

impl Gates {
    /// Gates that leave at least `pacing` between one who leaves and the next one, except before
    /// power commands and on a session that others hold.
    pub fn new(pacing: Duration) -> Self {
        Self {
            pacing,
            gates: Mutex::default(),
        }
    }

    fn gate(&self, address: SocketAddr) -> Arc<Gate> {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let gate = gates.entry(address).or_insert_with(|| {
            Arc::new(Gate {
                queue: Mutex::new(Queue::new(self.pacing)),
                changed: Notify::new(),
            })
        });
        Arc::clone(gate)
    }

    /// Waits for a target's turn; nobody else has the BMC meanwhile.
    ///
    /// # Errors
    /// As [`Gates::enter_with`].
    pub async fn enter(&self, target: &BmcTarget, priority: Priority) -> Result<Permit, BmcError> {
        self.enter_with(target, priority, Sharing::Alone).await
    }

    /// Waits for a target's turn.
    ///
    /// # Errors
    /// At once or while waiting: `Credentials` with `Stopped` when these credentials were refused
    /// before, `Paused` when the BMC does not answer and is left alone.
    pub async fn enter_with(
        &self,
        target: &BmcTarget,
        priority: Priority,
        sharing: Sharing,
    ) -> Result<Permit, BmcError> {
        let begun = Instant::now();
        let refused = |refusal| refused(refusal, target.address, begun);
        let gate = self.gate(target.address);
        let login = LoginKey::of(target);
        let caller = Caller {
            priority,
            login,
            sharing,
        };
        let ticket = gate.queue().enter(caller, begun).map_err(refused)?;
        // From here on the ticket is given back on every path, also when this future is dropped.
        let permit = Permit {
            reporter: Reporter {
                gate: Arc::clone(&gate),
                credentials: login.credentials,
            },
            ticket,
            login,
        };
        loop {
            let changed = gate.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let next = gate.queue().next(ticket, Instant::now()).map_err(refused)?;
            match next {
                Next::Go => return Ok(permit),
                Next::Wait => changed.await,
                Next::At(instant) => tokio::select! {
                    () = changed => {}
                    () = tokio::time::sleep_until(instant.into()) => {}
                },
            }
        }
    }

    /// Addresses whose credentials are stopped.
    pub fn stopped(&self) -> Vec<SocketAddr> {
        let gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        gates
            .iter()
            .filter(|(_, gate)| gate.queue().is_stopped())
            .map(|(address, _)| *address)
            .collect()
    }

    /// BMCs that do not answer and are left alone, with since when and until when.
    pub fn paused(&self) -> Vec<(SocketAddr, Pause)> {
        let gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        gates
            .iter()
            .filter_map(|(address, gate)| Some((*address, gate.queue().pause()?)))
            .collect()
    }

    /// The pause of one BMC, if it does not answer and is left alone.
    pub fn pause(&self, address: SocketAddr) -> Option<Pause> {
        let gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        gates.get(&address).and_then(|gate| gate.queue().pause())
    }

    /// Lets stopped credentials try again: someone says that they are right now (the account
    /// was unlocked or created on the BMC).
    pub fn resume(&self, address: SocketAddr) {
        self.gate(address).queue().resume();
    }
}

fn refused(refusal: Refusal, target: SocketAddr, begun: Instant) -> BmcError {
    let at = Where {
        target,
        step: Step::Gate,
        elapsed: begun.elapsed(),
        attempt: 0,
    };
    match refusal {
        Refusal::Stopped => BmcError::Credentials {
            at,
            fault: CredentialFault::Stopped,
        },
        Refusal::Paused(pause) => BmcError::Paused {
            at,
            failures: pause.failures,
            next: pause.next_trial.saturating_duration_since(Instant::now()),
        },
    }
}

impl Permit {
    /// How its holder logs in.
    pub const fn login(&self) -> LoginKey {
        self.login
    }

    /// Who tells the gate of this BMC what was seen; may outlive the permit.
    pub fn reporter(&self) -> Reporter {
        self.reporter.clone()
    }

    /// The BMC refused these credentials: no one tries them again, whoever waits is told.
    pub fn credentials_refused(&self) {
        self.reporter.credentials_refused();
    }
}

impl Reporter {
    /// The BMC refused these credentials: no one tries them again, whoever waits is told.
    pub fn credentials_refused(&self) {
        self.gate.queue().stop(self.credentials);
        self.gate.changed.notify_waiters();
    }

    /// A login or a command was not answered. After a few in a row the BMC is left alone.
    pub fn silent(&self) {
        self.gate.queue().silent(Instant::now());
        self.gate.changed.notify_waiters();
    }

    /// The BMC answered, whatever it said.
    pub fn answered(&self) {
        self.gate.queue().answered();
    }

    /// Tells what a failed login or command says of the BMC.
    pub fn failed(&self, error: &BmcError) {
        match error {
            BmcError::NoAnswer { .. } | BmcError::Network { .. } => self.silent(),
            BmcError::Credentials {
                fault: CredentialFault::TooLong(_) | CredentialFault::Stopped,
                ..
            }
            | BmcError::Cancelled { .. }
            | BmcError::Closed { .. }
            | BmcError::Paused { .. } => {}
            BmcError::Credentials { .. } => {
                self.answered();
                self.credentials_refused();
            }
            _ => self.answered(),
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let gate = &self.reporter.gate;
        gate.queue().leave(self.ticket, Instant::now());
        gate.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests;
