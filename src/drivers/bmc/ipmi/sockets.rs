//! The shared sockets: who gets which datagram, and how many sessions are alive.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::runtime::Handle;
use tokio::sync::{OnceCell, Semaphore, mpsc, watch};
use tokio::task::AbortHandle;

use crate::wire::rmcp::{Addressee, MAX_DATAGRAM, addressee};

/// Logins, commands and closings under way at the same time; the rest wait. Bounds the datagrams
/// in flight to what a socket buffer of the usual size (208 KiB, some 270 small datagrams) holds.
/// Sessions that are open and still count for nothing.
const AT_ONCE: usize = 256;
/// Datagrams kept for a session that is not reading: one answer, and serial over LAN.
const INBOX: usize = 32;

/// What sessions and the receiving tasks share.
pub(super) struct Sockets {
    v4: OnceCell<Port>,
    v6: OnceCell<Port>,
    routes: Mutex<HashMap<SocketAddr, Vec<Route>>>,
    pub(super) slots: Arc<Semaphore>,
    pub(super) live: watch::Sender<usize>,
    pub(super) stopping: watch::Sender<bool>,
}

/// A bound socket and the task that reads it.
struct Port {
    socket: Arc<UdpSocket>,
    reader: AbortHandle,
    runtime: Handle,
}

struct Route {
    console_session: u32,
    inbox: mpsc::Sender<Vec<u8>>,
}

/// A session's place in the hub; leaves it when dropped.
pub(super) struct Place {
    shared: Arc<Sockets>,
    peer: SocketAddr,
    console_session: u32,
    pub(super) inbox: mpsc::Receiver<Vec<u8>>,
    pub(super) socket: Arc<UdpSocket>,
    pub(super) runtime: Handle,
}

impl Sockets {
    /// None yet; they are bound at the first use of their address family.
    pub(super) fn new() -> Self {
        Self {
            v4: OnceCell::new(),
            v6: OnceCell::new(),
            routes: Mutex::default(),
            slots: Arc::new(Semaphore::new(AT_ONCE)),
            live: watch::Sender::new(0),
            stopping: watch::Sender::new(false),
        }
    }

    /// Sessions that are open or being closed.
    pub(super) fn live(&self) -> usize {
        *self.live.borrow()
    }

    /// Tells everything to end; how many sessions were still open when `budget` was over.
    pub(super) async fn stop(&self, budget: Duration) -> usize {
        self.stopping.send_replace(true);
        let mut live = self.live.subscribe();
        let all_closed = live.wait_for(|live| *live == 0);
        // On time-out the number is what is left; the sender cannot be gone while we hold it.
        let _ = tokio::time::timeout(budget, all_closed).await;
        self.live()
    }

    fn routes(&self) -> MutexGuard<'_, HashMap<SocketAddr, Vec<Route>>> {
        self.routes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn port(self: &Arc<Self>, peer: SocketAddr) -> io::Result<&Port> {
        let (cell, any): (_, SocketAddr) = if peer.is_ipv4() {
            (&self.v4, (Ipv4Addr::UNSPECIFIED, 0).into())
        } else {
            (&self.v6, (Ipv6Addr::UNSPECIFIED, 0).into())
        };
        cell.get_or_try_init(|| async {
            let socket = Arc::new(UdpSocket::bind(any).await?);
            let reader = tokio::spawn(read(Arc::clone(&socket), Arc::downgrade(self)));
            Ok(Port {
                socket,
                reader: reader.abort_handle(),
                runtime: Handle::current(),
            })
        })
        .await
    }

    /// Takes a place for a session with `peer`.
    pub(super) async fn place(
        self: &Arc<Self>,
        peer: SocketAddr,
        console_session: u32,
    ) -> io::Result<Place> {
        let port = self.port(peer).await?;
        let (sender, inbox) = mpsc::channel(INBOX);
        self.routes().entry(peer).or_default().push(Route {
            console_session,
            inbox: sender,
        });
        self.live.send_modify(|live| *live += 1);
        Ok(Place {
            shared: Arc::clone(self),
            peer,
            console_session,
            inbox,
            socket: Arc::clone(&port.socket),
            runtime: port.runtime.clone(),
        })
    }

    /// Hands a datagram to the session it is for. What is for no one is dropped: late answers,
    /// port scans, forgeries. A full inbox drops too; the session asks again.
    fn deliver(&self, peer: SocketAddr, datagram: &[u8]) {
        let routes = self.routes();
        let Some(routes) = routes.get(&peer) else {
            return;
        };
        let wanted = match addressee(datagram) {
            Some(Addressee::Session(id)) => Some(id),
            Some(Addressee::Login {
                console_session, ..
            }) => console_session,
            // Rubbish from a BMC we talk to: the session notes it for its error.
            Some(Addressee::Sessionless) | None => None,
        };
        for route in routes {
            if wanted.is_none_or(|id| id == route.console_session) {
                let _ = route.inbox.try_send(datagram.to_vec());
            }
        }
    }
}

async fn read(socket: Arc<UdpSocket>, shared: Weak<Sockets>) {
    let mut buffer = vec![0; MAX_DATAGRAM];
    loop {
        match socket.recv_from(&mut buffer).await {
            Ok((length, peer)) => {
                let Some(shared) = shared.upgrade() else {
                    return;
                };
                shared.deliver(peer, buffer.get(..length).unwrap_or_default());
            }
            // Errors on an unconnected UDP socket belong to single datagrams.
            Err(error) => tracing::debug!(%error, "IPMI socket"),
        }
    }
}

impl Drop for Sockets {
    fn drop(&mut self) {
        for port in [self.v4.get(), self.v6.get()].into_iter().flatten() {
            port.reader.abort();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut routes = self.shared.routes();
        if let Some(peers) = routes.get_mut(&self.peer) {
            peers.retain(|route| route.console_session != self.console_session);
            if peers.is_empty() {
                routes.remove(&self.peer);
            }
        }
        drop(routes);
        self.shared
            .live
            .send_modify(|live| *live = live.saturating_sub(1));
    }
}
