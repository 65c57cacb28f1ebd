//! One gate per BMC: one session at a time, the urgent first, and a stop at a wrong password.

mod queue;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use tokio::sync::Notify;

pub use queue::{Next, Priority, Queue, Stopped, Ticket};

use super::BmcTarget;
use super::error::{BmcError, CredentialFault, Step, Where};

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

/// The right to hold a session with one BMC; gives it back when dropped.
pub struct Permit {
    gate: Arc<Gate>,
    ticket: Ticket,
    fingerprint: Fingerprint,
}

impl Gates {
    /// Gates that leave at least `pacing` between the end of a session and the next one, except
    /// before power commands.
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

    /// Waits for a target's turn.
    ///
    /// # Errors
    /// `Credentials` with `Stopped`, at once or while waiting, when these credentials were
    /// refused before.
    pub async fn enter(&self, target: &BmcTarget, priority: Priority) -> Result<Permit, BmcError> {
        let begun = Instant::now();
        let stopped = |_: Stopped| BmcError::Credentials {
            at: Where {
                target: target.address,
                step: Step::Gate,
                elapsed: begun.elapsed(),
                attempt: 0,
            },
            fault: CredentialFault::Stopped,
        };
        let gate = self.gate(target.address);
        let fingerprint = Fingerprint::of(target);
        let ticket = gate.queue().enter(priority, fingerprint).map_err(stopped)?;
        // From here on the ticket is given back on every path, also when this future is dropped.
        let permit = Permit {
            gate: Arc::clone(&gate),
            ticket,
            fingerprint,
        };
        loop {
            let changed = gate.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let next = gate.queue().next(ticket, Instant::now()).map_err(stopped)?;
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

    /// Lets stopped credentials try again: someone says that they are right now (the account
    /// was unlocked or created on the BMC).
    pub fn resume(&self, address: SocketAddr) {
        self.gate(address).queue().resume();
    }
}

impl Permit {
    /// The BMC refused these credentials: no one tries them again, whoever waits is told.
    pub fn credentials_refused(&self) {
        self.gate.queue().stop(self.fingerprint);
        self.gate.changed.notify_waiters();
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.gate.queue().leave(self.ticket, Instant::now());
        self.gate.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests;
