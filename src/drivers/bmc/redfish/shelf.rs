//! Sessions that nobody uses at the moment, kept for the next caller: at most one of each BMC.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::channel::Channel;
use super::expand::Expand;
use super::place::Place;
use super::tls::Trust;
use super::token::log_out;
use crate::drivers::bmc::BmcTarget;
use crate::drivers::bmc::gate::LoginKey;

/// Most sessions kept by a process: each holds a connection. The rest are deleted at once.
const MOST_KEPT: usize = 256;

/// How a session was made, to know for whom else it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Made {
    /// User and password.
    pub(super) login: LoginKey,
    /// Which certificate was asked for.
    pub(super) trust: Trust,
}

/// A session without a caller.
pub(super) struct Kept {
    /// How it was made.
    pub(super) made: Made,
    /// The way to the service, with its token.
    pub(super) channel: Arc<Channel>,
    /// The service root.
    pub(super) root: Value,
    /// Whether the service expands collections.
    pub(super) expand: Expand,
    /// Address of the machine's system, and the UUID by which it was chosen.
    pub(super) system: (Option<String>, Option<String>),
    /// Address of the session.
    pub(super) own_address: String,
    /// Counts it among those that are open.
    pub(super) place: Place,
}

impl Kept {
    /// Whether it does for a target: the same user and password, and the certificate that is trusted now.
    fn fits(&self, target: &BmcTarget) -> bool {
        let shown = self.channel.shown.fingerprint();
        let trusted = match target.trust {
            Trust::Pin(Some(pin)) => Some(pin) == shown,
            trust => trust == self.made.trust,
        };
        trusted && self.made.login == LoginKey::of(target)
    }

    /// Deletes it on the BMC.
    pub(super) async fn end(self) {
        log_out(&self.channel, &self.own_address).await;
        drop(self.place);
    }
}

enum Entry {
    Kept(u64, Box<Kept>),
    /// It is being deleted; cancelled when that is done.
    Ending(u64, CancellationToken),
}

#[derive(Default)]
struct Entries {
    by_address: HashMap<SocketAddr, Entry>,
    last: u64,
}

/// What there is of a BMC.
pub(super) enum Found {
    /// A session that fits.
    Fits(Box<Kept>),
    /// One that does not: delete it first.
    Stale(Box<Kept>),
    /// One that is being deleted: wait for that.
    Ending(CancellationToken),
    /// None.
    Nothing,
}

/// The kept sessions of a hub.
#[derive(Default)]
pub(super) struct Shelf {
    entries: Mutex<Entries>,
}

impl Shelf {
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what there is for a target; the caller holds the BMC's gate.
    pub(super) fn take(&self, target: &BmcTarget) -> Found {
        let mut entries = self.entries();
        match entries.by_address.remove(&target.address) {
            None => Found::Nothing,
            Some(Entry::Kept(_, kept)) if kept.fits(target) => Found::Fits(kept),
            Some(Entry::Kept(_, kept)) => Found::Stale(kept),
            Some(Entry::Ending(id, gone)) => {
                let found = Found::Ending(gone.clone());
                let entry = Entry::Ending(id, gone);
                entries.by_address.insert(target.address, entry);
                found
            }
        }
    }

    /// Keeps a session for a while, then deletes it; also when the program stops. Gives it back when there is no room.
    pub(super) fn keep(
        self: &Arc<Self>,
        kept: Kept,
        span: Duration,
        mut stopping: watch::Receiver<bool>,
    ) -> Option<Kept> {
        let address = kept.channel.target;
        let mut entries = self.entries();
        let is_taken = entries.by_address.contains_key(&address);
        if is_taken || entries.by_address.len() >= MOST_KEPT || *stopping.borrow() {
            return Some(kept);
        }
        entries.last += 1;
        let id = entries.last;
        let entry = Entry::Kept(id, Box::new(kept));
        entries.by_address.insert(address, entry);
        drop(entries);
        let shelf = Arc::clone(self);
        tokio::spawn(async move {
            tokio::select! {
                () = tokio::time::sleep(span) => {}
                // A sender that is gone means that the program is at its end too.
                _ = stopping.wait_for(|stopping| *stopping) => {}
            }
            shelf.end(address, id).await;
        });
        None
    }

    /// Deletes a session that still waits here.
    async fn end(&self, address: SocketAddr, id: u64) {
        let Some((kept, gone)) = self.begin_end(address, id) else {
            return;
        };
        kept.end().await;
        self.forget(address, id);
        gone.cancel();
    }

    fn begin_end(&self, address: SocketAddr, id: u64) -> Option<(Box<Kept>, CancellationToken)> {
        let mut entries = self.entries();
        match entries.by_address.remove(&address) {
            Some(Entry::Kept(own, kept)) if own == id => {
                let gone = CancellationToken::new();
                let entry = Entry::Ending(id, gone.clone());
                entries.by_address.insert(address, entry);
                Some((kept, gone))
            }
            Some(other) => {
                entries.by_address.insert(address, other);
                None
            }
            None => None,
        }
    }

    fn forget(&self, address: SocketAddr, id: u64) {
        let mut entries = self.entries();
        let is_own = |entry: &Entry| matches!(entry, Entry::Ending(own, _) if *own == id);
        if entries.by_address.get(&address).is_some_and(is_own) {
            entries.by_address.remove(&address);
        }
    }
}
