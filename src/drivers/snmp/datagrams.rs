//! The socket that questions of version 2c go out by: one for all devices of an address family, and one task that
//! reads it. Who asks has a box; what comes from the device it asks, with its number, is put there.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::task::AbortHandle;

use crate::wire::snmp::request_id;

/// Bits of a request id that say whose it is; the others tell one's own questions apart and are hard to guess.
const BOX_BITS: u32 = 13;
const MOST_BOXES: usize = 1 << BOX_BITS;
const NUMBER_BITS: u32 = 31 - BOX_BITS;
/// Datagrams read before they are put into their boxes.
const BATCH: usize = 64;
/// Datagrams that wait in a box: more than anyone has questions out.
const MOST_WAITING: usize = 32;
/// Empty datagrams kept for the next ones, and how large they may be.
const MOST_SPARE: usize = 2048;
const SPARE_OCTETS: usize = 4096;
const LARGEST_DATAGRAM: usize = 65_535;
/// After a fault of the network nothing is read for so long.
const PAUSE: Duration = Duration::from_millis(50);

/// The quick way to a device.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way<'a> {
    pub(super) datagrams: &'a Datagrams,
    pub(super) community: &'a [u8],
}

/// A socket, who waits for what comes in by it, and what came.
#[derive(Debug)]
pub(super) struct Datagrams {
    shared: Arc<Shared>,
    reader: AbortHandle,
}

/// Datagrams since the socket was opened.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Came {
    pub(super) answers: u64,
    pub(super) discarded: u64,
    pub(super) malformed: u64,
}

#[derive(Debug)]
struct Shared {
    socket: UdpSocket,
    desk: Mutex<Desk>,
    hasher: RandomState,
    numbers: AtomicU64,
    answers: AtomicU64,
    discarded: AtomicU64,
    malformed: AtomicU64,
}

/// All boxes, those that nobody has, and emptied datagrams.
#[derive(Debug, Default)]
struct Desk {
    boxes: Vec<Postbox>,
    free: Vec<usize>,
    spare: Vec<Vec<u8>>,
}

#[derive(Debug, Default)]
struct Postbox {
    /// The device that is asked; nobody has the box without one.
    device: Option<SocketAddr>,
    datagrams: Vec<Vec<u8>>,
    waker: Option<Waker>,
}

impl Drop for Datagrams {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

impl Datagrams {
    /// Opens a socket of the address family of `device` with room for `receive_octets` that were not read yet.
    pub(super) fn open(device: SocketAddr, receive_octets: usize) -> io::Result<Self> {
        let (domain, any): (_, SocketAddr) = match device {
            SocketAddr::V4(_) => (socket2::Domain::IPV4, ([0; 4], 0).into()),
            SocketAddr::V6(_) => (socket2::Domain::IPV6, ([0_u16; 8], 0).into()),
        };
        let socket = socket2::Socket::new(domain, socket2::Type::DGRAM, None)?;
        // As much as the system allows.
        let _ = socket.set_recv_buffer_size(receive_octets);
        socket.set_nonblocking(true)?;
        socket.bind(&any.into())?;
        let hasher = RandomState::new();
        let shared = Arc::new(Shared {
            socket: UdpSocket::from_std(socket.into())?,
            desk: Mutex::default(),
            numbers: AtomicU64::new(hasher.hash_one(std::process::id())),
            hasher,
            answers: AtomicU64::new(0),
            discarded: AtomicU64::new(0),
            malformed: AtomicU64::new(0),
        });
        let reader = Arc::clone(&shared);
        let reader = tokio::spawn(async move { reader.read().await }).abort_handle();
        Ok(Self { shared, reader })
    }

    /// A box for answers of a device; `None` when all are taken.
    pub(super) fn postbox(&self, device: SocketAddr) -> Option<Mailbox<'_>> {
        let mut desk = self.shared.desk();
        let place = match desk.free.pop() {
            Some(place) => place,
            None if desk.boxes.len() < MOST_BOXES => {
                desk.boxes.push(Postbox::default());
                desk.boxes.len() - 1
            }
            None => return None,
        };
        desk.boxes.get_mut(place)?.device = Some(device);
        Some(Mailbox {
            shared: &self.shared,
            place,
            device,
        })
    }

    pub(super) fn came(&self) -> Came {
        Came {
            answers: self.shared.answers.load(Ordering::Relaxed),
            discarded: self.shared.discarded.load(Ordering::Relaxed),
            malformed: self.shared.malformed.load(Ordering::Relaxed),
        }
    }
}

/// What one poll of one device sends and gets.
#[derive(Debug)]
pub(super) struct Mailbox<'a> {
    shared: &'a Shared,
    place: usize,
    device: SocketAddr,
}

impl Mailbox<'_> {
    /// A request id of this box.
    pub(super) fn request_id(&self) -> u32 {
        let count = self.shared.numbers.fetch_add(1, Ordering::Relaxed);
        let number = self.shared.hasher.hash_one(count) as u32 & ((1 << NUMBER_BITS) - 1);
        number << BOX_BITS | self.place as u32
    }

    pub(super) async fn send(&self, datagram: &[u8]) -> io::Result<()> {
        let socket = &self.shared.socket;
        match socket.try_send_to(datagram, self.device) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                socket.send_to(datagram, self.device).await.map(drop)
            }
            sent => sent.map(drop),
        }
    }

    /// Takes what came, as soon as something did.
    pub(super) fn poll_take(&self, cx: &mut Context<'_>, into: &mut Vec<Vec<u8>>) -> Poll<()> {
        let mut desk = self.shared.desk();
        let Some(own) = desk.boxes.get_mut(self.place) else {
            return Poll::Pending;
        };
        if own.datagrams.is_empty() {
            if !own.waker.as_ref().is_some_and(|w| w.will_wake(cx.waker())) {
                own.waker = Some(cx.waker().clone());
            }
            return Poll::Pending;
        }
        into.append(&mut own.datagrams);
        Poll::Ready(())
    }

    /// Gives datagrams back that were read; so many of them were answers.
    pub(super) fn done(&self, datagrams: &mut Vec<Vec<u8>>, answers: usize) {
        let discarded = datagrams.len().saturating_sub(answers);
        add(&self.shared.answers, answers);
        add(&self.shared.discarded, discarded);
        let mut desk = self.shared.desk();
        for datagram in datagrams.drain(..) {
            desk.keep_spare(datagram);
        }
    }
}

impl Drop for Mailbox<'_> {
    fn drop(&mut self) {
        let mut desk = self.shared.desk();
        let Some(own) = desk.boxes.get_mut(self.place) else {
            return;
        };
        let left = std::mem::take(own);
        desk.free.push(self.place);
        add(&self.shared.discarded, left.datagrams.len());
        for datagram in left.datagrams {
            desk.keep_spare(datagram);
        }
    }
}

impl Desk {
    fn keep_spare(&mut self, mut datagram: Vec<u8>) {
        if self.spare.len() < MOST_SPARE && datagram.capacity() <= SPARE_OCTETS {
            datagram.clear();
            self.spare.push(datagram);
        }
    }

    /// Puts a datagram into its box; gives who is to be woken, or the datagram where nobody waits for it.
    fn put(&mut self, id: i32, from: SocketAddr, datagram: &[u8]) -> Result<Option<Waker>, ()> {
        let place = usize::try_from(id).map_err(|_| ())? & (MOST_BOXES - 1);
        let own = self.boxes.get_mut(place).ok_or(())?;
        let wanted = own.device.is_some_and(|device| is_same(device, from));
        if !wanted || own.datagrams.len() >= MOST_WAITING {
            return Err(());
        }
        let mut copy = self.spare.pop().unwrap_or_default();
        copy.extend_from_slice(datagram);
        own.datagrams.push(copy);
        Ok(own.waker.take())
    }
}

impl Shared {
    /// A panic elsewhere leaves the desk whole.
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the socket for ever.
    async fn read(&self) {
        let mut buffer = vec![0; LARGEST_DATAGRAM];
        let mut wakers = Vec::with_capacity(BATCH);
        loop {
            let outcome = match self.socket.readable().await {
                Ok(()) => self.read_batch(&mut buffer, &mut wakers),
                Err(error) => Err(error),
            };
            for waker in wakers.drain(..) {
                Waker::wake(waker);
            }
            if let Err(error) = outcome {
                tracing::warn!(%error, "the socket for SNMP could not be read");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    fn read_batch(&self, buffer: &mut [u8], wakers: &mut Vec<Waker>) -> io::Result<()> {
        for _ in 0..BATCH {
            let (length, from) = match self.socket.try_recv_from(buffer) {
                Ok(came) => came,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            };
            let datagram = buffer.get(..length).unwrap_or_default();
            let Some(id) = request_id(datagram) else {
                add(&self.malformed, 1);
                continue;
            };
            match self.desk().put(id, from, datagram) {
                Ok(waker) => wakers.extend(waker),
                Err(()) => add(&self.discarded, 1),
            }
        }
        Ok(())
    }
}

/// Whether an answer comes from where the question went; a flow label makes no difference.
fn is_same(device: SocketAddr, from: SocketAddr) -> bool {
    let scope = |address: SocketAddr| match address {
        SocketAddr::V4(_) => 0,
        SocketAddr::V6(address) => address.scope_id(),
    };
    let scopes = (scope(device), scope(from));
    let same_scope = scopes.0 == scopes.1 || scopes.0 == 0;
    device.ip() == from.ip() && device.port() == from.port() && same_scope
}

fn add(counter: &AtomicU64, more: usize) {
    counter.fetch_add(more as u64, Ordering::Relaxed);
}

#[cfg(test)]
#[path = "datagrams_tests.rs"]
mod tests;
