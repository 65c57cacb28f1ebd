//! A state machine joined to the shared socket; closes its session when dropped.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, watch};

use super::hub::{Place, Shared};
use crate::drivers::bmc::gate::Permit;
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
    // Given back when the session is closed, in this order.
    _slot: OwnedSemaphorePermit,
    permit: Option<Permit>,
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
    pub(super) slot: OwnedSemaphorePermit,
}

impl Link {
    /// Joins the hub and starts to log in. On failure the permit comes back.
    pub(super) async fn start(
        shared: &Arc<Shared>,
        start: Start,
        permit: Option<Permit>,
    ) -> Result<Self, (std::io::Error, Option<Permit>)> {
        let console_session = start.login.console_session;
        let place = match shared.place(start.peer, console_session).await {
            Ok(place) => place,
            Err(error) => return Err((error, permit)),
        };
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
                _slot: start.slot,
                permit,
            })),
            stopping: shared.stopping.subscribe(),
        })
    }

    /// The state machine; none only after the link was taken apart.
    pub(super) fn client(&mut self) -> Option<&mut Client> {
        self.parts.as_mut().map(|parts| &mut parts.client)
    }

    /// Tells the gate that the credentials were refused.
    pub(super) fn credentials_refused(&self) {
        let permit = self.parts.as_ref().and_then(|parts| parts.permit.as_ref());
        if let Some(permit) = permit {
            permit.credentials_refused();
        }
    }

    /// Takes the gate's permit out, for another attempt.
    pub(super) fn take_permit(&mut self) -> Option<Permit> {
        self.parts.as_mut().and_then(|parts| parts.permit.take())
    }

    /// Sends, receives and waits until something happened.
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
        let Some(parts) = &mut self.parts else {
            return false;
        };
        let confirmed = parts.close().await;
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
                        self.client.datagram(&datagram, Instant::now());
                    }
                }
                () = sleep_until(deadline) => self.client.tick(Instant::now()),
            }
        }
    }

    /// Drives the client to its end, through the rest of a login if there is one under way.
    async fn close(&mut self) -> bool {
        self.client.close(Instant::now());
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
            runtime.spawn(async move { parts.close().await });
        } else if parts.client.stage() == Stage::Over {
            // A last word that waits for no answer (RAKP 3 with a status), best effort.
            while let Some(datagram) = parts.client.transmit() {
                let _ = parts.place.socket.try_send_to(&datagram, parts.peer);
            }
        }
    }
}
