//! The login's three round trips: Open Session, RAKP 1-2, RAKP 3-4.

use std::time::Instant;

use subtle::ConstantTimeEq;

use super::client::Client;
use super::{Failure, Stage};
use crate::wire::ipmi::{DecodeError, DecodeKind};
use crate::wire::rmcp::keys::Exchange;
use crate::wire::rmcp::login::{OpenReply, OpenRequest, Rakp1, Rakp2, Rakp3, Rakp4};
use crate::wire::rmcp::packet::{PayloadKind, open, plain};
use crate::wire::rmcp::status::RakpStatus;

/// The payload of a login answer, or the fault that makes it something else.
fn payload(datagram: &[u8], kind: PayloadKind) -> Result<Vec<u8>, DecodeError> {
    let packet = open(datagram, None)?;
    if packet.kind == kind && !packet.v15 {
        Ok(packet.payload)
    } else {
        Err(DecodeError::new(DecodeKind::Field, 5))
    }
}

/// An answer to another step or another session: not for us.
const NOT_OURS: DecodeError = DecodeError::new(DecodeKind::Field, 16);

impl Client {
    pub(super) fn open_session(&mut self, now: Instant) {
        let request = OpenRequest {
            tag: self.tag,
            privilege: self.login.privilege.number(),
            console_session: self.login.console_session,
            algorithms: self.login.suite.algorithms(),
        };
        self.send(plain(PayloadKind::OpenRequest, &request.encode()), now);
    }

    /// True when an answer with this tag and console session id is to the step under way. In a
    /// refusal the session id may be missing.
    fn is_ours(&self, tag: u8, console_session: u32, refused: bool) -> bool {
        tag == self.tag
            && (console_session == self.login.console_session || (refused && console_session == 0))
    }

    pub(super) fn on_open_reply(
        &mut self,
        datagram: &[u8],
        now: Instant,
    ) -> Result<(), DecodeError> {
        let reply = OpenReply::decode(&payload(datagram, PayloadKind::OpenReply)?)?;
        if !self.is_ours(reply.tag, reply.console_session, reply.outcome.is_err()) {
            return Err(NOT_OURS);
        }
        let grant = match reply.outcome {
            Ok(grant) => grant,
            Err(status) => {
                self.failed(Failure::Refused(status));
                return Ok(());
            }
        };
        self.bmc_session = grant.bmc_session;
        if grant.algorithms != self.login.suite.algorithms() {
            self.failed(Failure::OtherSuite(grant.algorithms));
            return Ok(());
        }
        self.stage = Stage::Identify;
        // One that is to be closed was to ask no more; now there is something to close.
        self.most_attempts = self.timing.attempts;
        self.tag = self.tag.wrapping_add(1);
        let rakp1 = Rakp1 {
            tag: self.tag,
            bmc_session: self.bmc_session,
            console_random: self.login.console_random,
            role: self.login.lookup.role(self.login.privilege),
            user: self.login.user.clone(),
        };
        self.send(plain(PayloadKind::Rakp1, &rakp1.encode()), now);
        Ok(())
    }

    pub(super) fn on_rakp2(&mut self, datagram: &[u8], now: Instant) -> Result<(), DecodeError> {
        let octets = payload(datagram, PayloadKind::Rakp2)?;
        let rakp2 = Rakp2::decode(&octets, self.login.suite.digest_len())?;
        if !self.is_ours(rakp2.tag, rakp2.console_session, rakp2.outcome.is_err()) {
            return Err(NOT_OURS);
        }
        let proof = match rakp2.outcome {
            Ok(proof) => proof,
            Err(status) => {
                self.failed(Failure::Refused(status));
                return Ok(());
            }
        };
        let exchange = Exchange {
            suite: self.login.suite,
            console_session: self.login.console_session,
            bmc_session: self.bmc_session,
            console_random: self.login.console_random,
            bmc_random: proof.bmc_random,
            bmc_guid: proof.bmc_guid,
            role: self.login.lookup.role(self.login.privilege),
            user: self.login.user.clone(),
        };
        let wanted = exchange.rakp2_code(&self.login.password);
        if !bool::from(wanted.ct_eq(&proof.code)) {
            self.decline();
            self.failed(Failure::PasswordDiffers);
            return Ok(());
        }
        self.prove(exchange, now);
        Ok(())
    }

    /// Tells the BMC that the login ends here, so that the half-open session is freed. Sent
    /// once: there is no answer to it.
    fn decline(&mut self) {
        let rakp3 = Rakp3 {
            tag: self.tag.wrapping_add(1),
            bmc_session: self.bmc_session,
            outcome: Err(RakpStatus::INVALID_CHECK_VALUE),
        };
        self.send_once(plain(PayloadKind::Rakp3, &rakp3.encode()));
    }

    fn prove(&mut self, exchange: Exchange, now: Instant) {
        self.stage = Stage::Prove;
        self.tag = self.tag.wrapping_add(1);
        let rakp3 = Rakp3 {
            tag: self.tag,
            bmc_session: self.bmc_session,
            outcome: Ok(exchange.rakp3_code(&self.login.password)),
        };
        let kg = self.login.kg.as_ref().map(|kg| kg.as_slice());
        self.keys = Some(exchange.session_keys(&self.login.password, kg));
        self.exchange = Some(exchange);
        self.send(plain(PayloadKind::Rakp3, &rakp3.encode()), now);
    }

    pub(super) fn on_rakp4(&mut self, datagram: &[u8], _: Instant) -> Result<(), DecodeError> {
        let octets = payload(datagram, PayloadKind::Rakp4)?;
        let rakp4 = Rakp4::decode(&octets, self.login.suite.code_len())?;
        if !self.is_ours(rakp4.tag, rakp4.console_session, rakp4.outcome.is_err()) {
            return Err(NOT_OURS);
        }
        let code = match rakp4.outcome {
            Ok(code) => code,
            Err(status) => {
                self.failed(Failure::Refused(status));
                return Ok(());
            }
        };
        let fits = self
            .keys
            .as_ref()
            .is_some_and(|keys| bool::from(keys.rakp4_code().ct_eq(&code)));
        if fits {
            self.opened();
        } else {
            self.failed(Failure::KeyDiffers);
        }
        Ok(())
    }
}
