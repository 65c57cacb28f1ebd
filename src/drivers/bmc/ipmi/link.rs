//! A state machine joined to the shared socket; closes its session when dropped.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::lines::Seat;
use super::side::Side;
use super::sockets::{Place, Sockets};
use crate::wire::rmcp::{Client, Event, Login, Stage, Timing};

/// Longest time for closing a session in the background.
const CLOSING: Duration = Duration::from_secs(5);

/// Why [`Link::event`] ended without an event.
#[derive(Debug)]
pub(super) enum Broken {
    /// The hub is stopping.
    Stopping,
    /// Sending failed.
    Send(std::io::Error),
}

/// The parts of a session; moved as a whole to the closing task.
struct Parts {
    client: Client,
    place: Place,
    peer: SocketAddr,
    side: Option<Side>,
    // Lets the next line begin when the session is closed.
    _seat: Arc<Seat>,
}

/// A session on the wire.
pub(super) struct Link {
    parts: Option<Box<Parts>>,
    stopping: watch::Receiver<bool>,
}

/// What a link starts from.
pub(super) struct Start {
    pub(super) login: Login,
    pub(super) timing: Timing,
    pub(super) first_tag: u8,
    pub(super) seed: [u8; 32],
    pub(super) peer: SocketAddr,
    pub(super) seat: Arc<Seat>,
}

impl Link {
    /// Joins the hub and starts to log in.
    pub(super) async fn start(sockets: &Arc<Sockets>, start: Start) -> std::io::Result<Self> {
        let console_session = start.login.console_session;
        let place = sockets.place(start.peer, console_session).await?;
        let client = Client::new(
            start.login,
            start.timing,
            start.first_tag,
            start.seed,
            Instant::now(),
        );
        Ok(Self {
            parts: Some(Box::new(Parts {
                client,
                place,
                peer: start.peer,
                side: None,
                _seat: start.seat,
            })),
            stopping: sockets.stopping.subscribe(),
        })
    }

    /// The state machine; none only after the link was taken apart.
    pub(super) fn client(&mut self) -> Option<&mut Client> {
        self.parts.as_mut().map(|parts| &mut parts.client)
    }

    /// Joins a console's payloads to the session; one that was there before ends.
    pub(super) fn attach(&mut self, side: Side) {
        if let Some(parts) = &mut self.parts {
            parts.client.want_sol(true);
            parts.side = Some(side);
        }
    }

    /// Sends, receives and waits until something happened. Cancel safe.
    pub(super) async fn event(&mut self) -> Result<Event, Broken> {
        let Some(parts) = &mut self.parts else {
            return Ok(Event::Closed { confirmed: false });
        };
        tokio::select! {
            biased;
            event = parts.event() => event,
            _ = self.stopping.wait_for(|stopping| *stopping) => Err(Broken::Stopping),
        }
    }

    /// Closes the session and waits for that; true when the BMC confirmed it.
    pub(super) async fn close(&mut self) -> bool {
        self.close_within(u32::MAX).await
    }

    /// Closes the session with at most `attempts` transmissions.
    pub(super) async fn close_within(&mut self, attempts: u32) -> bool {
        let Some(parts) = &mut self.parts else {
            return false;
        };
        let confirmed = parts.close(attempts).await;
        self.parts = None;
        confirmed
    }
}

impl Parts {
    async fn event(&mut self) -> Result<Event, Broken> {
        loop {
            while let Some(datagram) = self.client.transmit() {
                let sent = self.place.socket.send_to(&datagram, self.peer).await;
                sent.map_err(Broken::Send)?;
            }
            if let Some(event) = self.client.event() {
                return Ok(event);
            }
            let deadline = self.client.deadline();
            tokio::select! {
                biased;
                datagram = self.place.inbox.recv() => {
                    if let Some(datagram) = datagram {
                        self.received(&datagram);
                    }
                }
                payload = next_of(&mut self.side) => self.typed(payload),
                () = sleep_until(deadline) => self.client.tick(Instant::now()),
            }
        }
    }

    fn received(&mut self, datagram: &[u8]) {
        let now = Instant::now();
        self.client.datagram(datagram, now);
        // A BMC that never stops talking does not stop the clock.
        self.client.tick(now);
        if let Some(side) = &self.side {
            while let Some(payload) = self.client.sol() {
                side.deliver(payload);
            }
        }
    }

    fn typed(&mut self, payload: Option<Vec<u8>>) {
        let sent = payload.is_some_and(|payload| self.client.send_sol(&payload));
        if !sent {
            self.side = None;
            self.client.want_sol(false);
        }
    }

    /// Drives the client to its end, through the rest of a login if there is one under way.
    async fn close(&mut self, attempts: u32) -> bool {
        self.side = None;
        self.client.close(Instant::now());
        self.client.limit(attempts);
        let until_over = async {
            loop {
                match self.event().await {
                    Ok(Event::Closed { confirmed }) => return confirmed,
                    Ok(_) if self.client.stage() == Stage::Over => return false,
                    Ok(_) => {}
                    Err(_) => return false,
                }
            }
        };
        tokio::time::timeout(CLOSING, until_over)
            .await
            .unwrap_or(false)
    }
}

async fn next_of(side: &mut Option<Side>) -> Option<Vec<u8>> {
    match side {
        Some(side) => side.next().await,
        None => std::future::pending().await,
    }
}

async fn sleep_until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}

impl Drop for Link {
    /// Whoever holds a link may be cancelled anywhere; the BMC's slot must not leak.
    fn drop(&mut self) {
        let Some(mut parts) = self.parts.take() else {
            return;
        };
        if parts.client.may_hold_session() {
            let runtime = parts.place.runtime.clone();
            runtime.spawn(async move { parts.close(u32::MAX).await });
        } else if parts.client.stage() == Stage::Over {
            // A last word that waits for no answer (RAKP 3 with a status), best effort.
            while let Some(datagram) = parts.client.transmit() {
                let _ = parts.place.socket.try_send_to(&datagram, parts.peer);
            }
        }
    }
}
