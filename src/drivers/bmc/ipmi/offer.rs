//! Asking a BMC which cipher suites it offers, without a login.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use super::hub::IpmiHub;
use super::sockets::Place;
use crate::drivers::bmc::Timing;
use crate::drivers::bmc::error::{Acted, BmcError, Step, Where};
use crate::wire::ipmi::message::{Request, Response, netfn};
use crate::wire::ipmi::{DecodeError, DecodeKind};
use crate::wire::rmcp::{GET_CHANNEL_CIPHER_SUITES, Offer, PayloadKind, open, plain_v15};

/// Console session id under which the answers are routed; nothing is opened.
const NO_SESSION: u32 = 0;

struct Question<'a> {
    place: &'a mut Place,
    peer: SocketAddr,
    timing: Timing,
    begun: Instant,
}

impl IpmiHub {
    /// The numbers of the cipher suites that a BMC offers, in its order. Many BMCs do not answer
    /// this before a login, or leave out what they have: for people to look at, never needed for
    /// a login.
    ///
    /// # Errors
    /// [`BmcError`], `NoAnswer` and `NotUnderstood` above all.
    pub async fn offered_suites(
        &self,
        peer: SocketAddr,
        timing: Timing,
    ) -> Result<Vec<u8>, BmcError> {
        let begun = Instant::now();
        let sockets = Arc::clone(self.sockets());
        let mut place =
            sockets
                .place(peer, NO_SESSION)
                .await
                .map_err(|error| BmcError::Network {
                    at: at(peer, begun, 0),
                    kind: error.kind(),
                })?;
        let mut question = Question {
            place: &mut place,
            peer,
            timing,
            begun,
        };
        let mut offer = Offer::default();
        let not_understood = |fault| BmcError::NotUnderstood {
            at: at(peer, begun, 1),
            fault,
        };
        while let Some(data) = offer.question() {
            let response = question.ask(data).await?;
            match response.completion {
                0 => offer.take(&response.data).map_err(not_understood)?,
                code => {
                    let at = at(peer, begun, 1);
                    return Err(BmcError::Completion { at, code });
                }
            }
        }
        offer.suites().map_err(not_understood)
    }
}

fn at(target: SocketAddr, begun: Instant, attempt: u32) -> Where {
    Where {
        target,
        step: Step::Command("get channel cipher suites"),
        elapsed: begun.elapsed(),
        attempt,
    }
}

impl Question<'_> {
    async fn ask(&mut self, data: [u8; 3]) -> Result<Response, BmcError> {
        let [_, _, part] = data;
        let request = Request {
            netfn: netfn::APP,
            lun: 0,
            sequence: part & 0x3F,
            command: GET_CHANNEL_CIPHER_SUITES,
            data: data.to_vec(),
        };
        let datagram = plain_v15(&request.encode());
        for attempt in 1..=self.timing.attempts.max(1) {
            let sent = self.place.socket.send_to(&datagram, self.peer).await;
            sent.map_err(|error| BmcError::Network {
                at: at(self.peer, self.begun, attempt),
                kind: error.kind(),
            })?;
            let wait = self.timing.wait(attempt);
            if let Ok(response) = tokio::time::timeout(wait, self.answer(&request)).await {
                return Ok(response);
            }
        }
        Err(BmcError::NoAnswer {
            at: at(self.peer, self.begun, self.timing.attempts),
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
