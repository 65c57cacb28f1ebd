//! Which BMC has a line, who shares it, and when it may end.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::order::{Left, Order};
use crate::drivers::bmc::BmcTarget;
use crate::drivers::bmc::gate::{LoginKey, Permit};

/// The lines of a hub, at most one for each address.
#[derive(Default)]
pub(super) struct Lines {
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    by_address: HashMap<SocketAddr, Entry>,
    last: u64,
}

struct Entry {
    id: u64,
    login: LoginKey,
    orders: mpsc::UnboundedSender<Order>,
    holders: usize,
    ending: bool,
    gone: CancellationToken,
}

/// What there is at an address.
pub(super) enum Found {
    /// A line with this login.
    Line(Holder),
    /// One that ends; ask again when this is cancelled.
    Ending(CancellationToken),
    /// None: the caller is the first and starts it.
    Nothing(Holder, Arc<Seat>, mpsc::UnboundedReceiver<Order>),
}

/// A caller's share of a line; leaves when dropped.
pub(super) struct Holder {
    lines: Arc<Lines>,
    address: SocketAddr,
    id: u64,
    orders: mpsc::UnboundedSender<Order>,
    keep: Duration,
    /// The gate's permit, given back when the line is kept or closed.
    pub(super) permit: Option<Permit>,
    has_left: bool,
}

/// The line's own place; the address is free again when it and the session's parts are gone.
pub(super) struct Seat {
    lines: Arc<Lines>,
    address: SocketAddr,
    id: u64,
}

impl Lines {
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a share in the line to `target`. A line with another login is told to end.
    pub(super) fn join(self: &Arc<Self>, target: &BmcTarget, login: LoginKey) -> Found {
        let mut entries = self.entries();
        let holder = |id, orders| Holder {
            lines: Arc::clone(self),
            address: target.address,
            id,
            orders,
            keep: target.keep,
            permit: None,
            has_left: false,
        };
        if let Some(entry) = entries.by_address.get_mut(&target.address) {
            if entry.login == login && !entry.ending {
                entry.holders += 1;
                return Found::Line(holder(entry.id, entry.orders.clone()));
            }
            entry.ending = true;
            // A line that is gone already needs no word.
            let _ = entry.orders.send(Order::End);
            return Found::Ending(entry.gone.clone());
        }
        entries.last += 1;
        let id = entries.last;
        let (orders, receiver) = mpsc::unbounded_channel();
        let entry = Entry {
            id,
            login,
            orders: orders.clone(),
            holders: 1,
            ending: false,
            gone: CancellationToken::new(),
        };
        entries.by_address.insert(target.address, entry);
        let seat = Arc::new(Seat {
            lines: Arc::clone(self),
            address: target.address,
            id,
        });
        Found::Nothing(holder(id, orders), seat, receiver)
    }
}

impl Holder {
    /// Gives an order; false when the line is gone.
    pub(super) fn order(&self, order: Order) -> bool {
        self.orders.send(order).is_ok()
    }

    /// Leaves and waits until the session is closed, or kept, or left to others; false when it
    /// was closed and the BMC did not confirm it.
    pub(super) async fn leave(mut self) -> bool {
        let (done, closed) = oneshot::channel();
        self.go(Some(done));
        closed.await.unwrap_or(false)
    }

    fn go(&mut self, done: Option<oneshot::Sender<bool>>) {
        if std::mem::replace(&mut self.has_left, true) {
            return;
        }
        let mut entries = self.lines.entries();
        let entry = entries.by_address.get_mut(&self.address);
        if let Some(entry) = entry.filter(|entry| entry.id == self.id) {
            entry.holders = entry.holders.saturating_sub(1);
        }
        // Under the lock: a line that sees nobody left has the order already.
        let _ = self.orders.send(Order::Left(Box::new(Left {
            keep: self.keep,
            permit: self.permit.take(),
            done,
        })));
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        self.go(None);
    }
}

impl Seat {
    fn with<T>(&self, ask: impl FnOnce(&mut Entry) -> T) -> Option<T> {
        let mut entries = self.lines.entries();
        let entry = entries.by_address.get_mut(&self.address);
        entry.filter(|entry| entry.id == self.id).map(ask)
    }

    /// True when somebody has a share.
    pub(super) fn is_held(&self) -> bool {
        self.with(|entry| entry.holders > 0).unwrap_or(false)
    }

    /// Lets nobody in any more, if nobody has a share; true when so.
    pub(super) fn end_if_empty(&self) -> bool {
        let ends = self.with(|entry| {
            entry.ending |= entry.holders == 0;
            entry.ending
        });
        ends.unwrap_or(true)
    }

    /// Lets nobody in any more.
    pub(super) fn end(&self) {
        self.with(|entry| entry.ending = true);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut entries = self.lines.entries();
        let own = entries.by_address.get(&self.address);
        if own.is_some_and(|entry| entry.id == self.id)
            && let Some(entry) = entries.by_address.remove(&self.address)
        {
            entry.gone.cancel();
        }
    }
}
