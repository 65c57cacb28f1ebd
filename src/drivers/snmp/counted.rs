//! The shared socket as one device sees it, counting what passes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ::snmp::{Candidate, ReceiveLimits, RequestRegistration, Transport, UdpHandle};
use bytes::Bytes;

/// IPv4 without options, and UDP.
const IP_UDP_OCTETS: usize = 28;
/// What an Ethernet frame carries.
const MTU: usize = 1500;

/// What passed between this machine and a device since its client was made.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    sent: Way,
    received: Way,
}

#[derive(Debug, Default)]
struct Way {
    packets: AtomicU64,
    octets: AtomicU64,
}

/// Packets and octets of UDP payload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Passed {
    pub(super) packets: u64,
    pub(super) octets: u64,
}

impl Way {
    fn add(&self, octets: usize) {
        // A datagram larger than a frame goes in several (IPv4 fragments).
        let packets = (octets + IP_UDP_OCTETS).div_ceil(MTU);
        self.packets.fetch_add(packets as u64, Ordering::Relaxed);
        self.octets.fetch_add(octets as u64, Ordering::Relaxed);
    }

    fn passed(&self) -> Passed {
        Passed {
            packets: self.packets.load(Ordering::Relaxed),
            octets: self.octets.load(Ordering::Relaxed),
        }
    }
}

impl Traffic {
    /// Both ways.
    pub(super) fn passed(&self) -> Passed {
        let (sent, received) = (self.sent.passed(), self.received());
        Passed {
            packets: sent.packets + received.packets,
            octets: sent.octets + received.octets,
        }
    }

    pub(super) fn received(&self) -> Passed {
        self.received.passed()
    }

    /// Counts a datagram that went out by another socket.
    pub(super) fn note_sent(&self, octets: usize) {
        self.sent.add(octets);
    }

    /// Counts a datagram that came in by another socket.
    pub(super) fn note_received(&self, octets: usize) {
        self.received.add(octets);
    }
}

impl Passed {
    /// What passed since an earlier look.
    pub(super) const fn since(self, before: Self) -> Self {
        Self {
            packets: self.packets.saturating_sub(before.packets),
            octets: self.octets.saturating_sub(before.octets),
        }
    }
}

/// A way to one device over the shared socket.
#[derive(Clone)]
pub(super) struct Counted {
    handle: UdpHandle,
    traffic: Arc<Traffic>,
}

impl Counted {
    pub(super) fn new(handle: UdpHandle) -> Self {
        Self {
            handle,
            traffic: Arc::default(),
        }
    }

    pub(super) fn traffic(&self) -> Arc<Traffic> {
        Arc::clone(&self.traffic)
    }
}

impl Transport for Counted {
    async fn send(&self, octets: &[u8]) -> ::snmp::Result<()> {
        self.traffic.sent.add(octets.len());
        self.handle.send(octets).await
    }

    async fn request_with<T, F>(
        &self,
        octets: &[u8],
        registration: RequestRegistration,
        mut validate: F,
    ) -> ::snmp::Result<T>
    where
        T: Send,
        F: FnMut(Bytes, SocketAddr) -> ::snmp::Result<Candidate<T>> + Send,
    {
        self.traffic.sent.add(octets.len());
        let traffic = Arc::clone(&self.traffic);
        let counted = move |answer: Bytes, from| {
            traffic.received.add(answer.len());
            validate(answer, from)
        };
        self.handle
            .request_with(octets, registration, counted)
            .await
    }

    fn peer_addr(&self) -> SocketAddr {
        self.handle.peer_addr()
    }

    fn local_addr(&self) -> SocketAddr {
        self.handle.local_addr()
    }

    fn alloc_request_id(&self) -> i32 {
        self.handle.alloc_request_id()
    }

    fn is_reliable(&self) -> bool {
        self.handle.is_reliable()
    }

    fn receive_limits(&self) -> ReceiveLimits {
        self.handle.receive_limits()
    }

    fn send_capacity(&self) -> usize {
        self.handle.send_capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_datagrams_are_several_packets() {
        let traffic = Traffic::default();
        let before = traffic.passed();
        for octets in [40, 1472, 1473] {
            traffic.sent.add(octets);
        }
        let passed = traffic.passed().since(before);
        assert_eq!((passed.packets, passed.octets), (4, 2985));
    }
}
