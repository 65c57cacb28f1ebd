//! Questions that a BMC answers without a login.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use super::sockets::{Place, Sockets};
use crate::drivers::bmc::Timing;
use crate::drivers::bmc::error::{Acted, BmcError, Step, Where};
use crate::wire::ipmi::message::{Request, Response};
use crate::wire::ipmi::{DecodeError, DecodeKind};
use crate::wire::rmcp::{PayloadKind, open, plain_v15};

/// Console session id under which the answers are routed; nothing is opened.
const NO_SESSION: u32 = 0;

/// One BMC that is asked without a login.
pub(super) struct Question {
    place: Place,
    peer: SocketAddr,
    timing: Timing,
    begun: Instant,
    name: &'static str,
}

impl Question {
    /// A place to ask from; `name` is what is asked, for errors.
    pub(super) async fn new(
        sockets: &Arc<Sockets>,
        peer: SocketAddr,
        timing: Timing,
        name: &'static str,
    ) -> Result<Self, BmcError> {
        let begun = Instant::now();
        let place = sockets.place(peer, NO_SESSION).await;
        let place = place.map_err(|error| BmcError::Network {
            at: Where {
                target: peer,
                step: Step::Command(name),
                elapsed: begun.elapsed(),
                attempt: 0,
            },
            kind: error.kind(),
        })?;
        Ok(Self {
            place,
            peer,
            timing,
            begun,
            name,
        })
    }

    /// Where a failure of it happened.
    fn at(&self, attempt: u32) -> Where {
        Where {
            target: self.peer,
            step: Step::Command(self.name),
            elapsed: self.begun.elapsed(),
            attempt,
        }
    }

    /// The data of the answer; a completion code is an error.
    pub(super) async fn told(&mut self, request: &Request) -> Result<Vec<u8>, BmcError> {
        let response = self.ask(request).await?;
        match response.completion {
            0 => Ok(response.data),
            code => Err(BmcError::Completion {
                at: self.at(1),
                code,
            }),
        }
    }

    /// The error of an answer that can't be read.
    pub(super) fn not_understood(&self, fault: DecodeError) -> BmcError {
        BmcError::NotUnderstood {
            at: self.at(1),
            fault,
        }
    }

    /// Sends until it is answered.
    async fn ask(&mut self, request: &Request) -> Result<Response, BmcError> {
        let datagram = plain_v15(&request.encode());
        for attempt in 1..=self.timing.attempts.max(1) {
            let sent = self.place.socket.send_to(&datagram, self.peer).await;
            sent.map_err(|error| BmcError::Network {
                at: self.at(attempt),
                kind: error.kind(),
            })?;
            let wait = self.timing.wait(attempt);
            if let Ok(response) = tokio::time::timeout(wait, self.answer(request)).await {
                return Ok(response);
            }
        }
        Err(BmcError::NoAnswer {
            at: self.at(self.timing.attempts),
            acted: Acted::No,
        })
    }

    /// The first datagram that answers; others are not for us.
    async fn answer(&mut self, request: &Request) -> Response {
        loop {
            let Some(datagram) = self.place.inbox.recv().await else {
                return std::future::pending().await;
            };
            if let Ok(response) = read(&datagram)
                && request.answered_by(&response)
            {
                return response;
            }
        }
    }
}

fn read(datagram: &[u8]) -> Result<Response, DecodeError> {
    let packet = open(datagram, None)?;
    match packet.kind {
        PayloadKind::Ipmi => Response::decode(&packet.payload),
        _ => Err(DecodeError::new(DecodeKind::Field, 5)),
    }
}
