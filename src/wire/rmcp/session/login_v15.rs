//! The login of IPMI 1.5: Get Session Challenge, Activate Session (IPMI 22.16, 22.17).

use std::time::Instant;

use super::client::Client;
use super::{Failure, Stage};
use crate::wire::ipmi::message::{Request, Response, netfn};
use crate::wire::ipmi::{DecodeError, DecodeKind, completion};
use crate::wire::rmcp::packet::{PayloadKind, open, plain_v15};
use crate::wire::rmcp::status::RakpStatus;
use crate::wire::rmcp::v15::{
    ACTIVATE_SESSION, Activation, Capabilities, Challenge, GET_AUTHENTICATION_CAPABILITIES,
    GET_SESSION_CHALLENGE, Guard, activate_request, challenge_request,
};

/// Transmissions of Activate Session. A BMC ignores it when the password is wrong, and counts: it
/// must not take one login for as many as lock the account.
const ACTIVATE_ATTEMPTS: u32 = 2;

impl Client {
    pub(super) fn ask_challenge(&mut self, now: Instant) {
        self.stage = Stage::Challenge;
        let data = challenge_request(&self.login.user);
        let request = self.numbered(netfn::APP, 0, GET_SESSION_CHALLENGE, data);
        let datagram = plain_v15(&request.encode());
        self.request = Some(request);
        self.send(datagram, now);
    }

    /// The answer to the message under way; none for an answer to another one.
    fn answered(&self, message: &[u8]) -> Result<Option<Response>, DecodeError> {
        let response = Response::decode(message)?;
        let fits = |request: &Request| request.answered_by(&response);
        Ok(self.request.as_ref().is_some_and(fits).then_some(response))
    }

    /// An answer outside a session.
    fn answered_outside(&self, datagram: &[u8]) -> Result<Option<Response>, DecodeError> {
        let packet = open(datagram, None)?;
        if packet.kind == PayloadKind::Ipmi && packet.v15 {
            self.answered(&packet.payload)
        } else {
            Err(DecodeError::new(DecodeKind::Field, 4))
        }
    }

    pub(super) fn on_challenge(
        &mut self,
        datagram: &[u8],
        now: Instant,
    ) -> Result<(), DecodeError> {
        let Some(response) = self.answered_outside(datagram)? else {
            return Ok(());
        };
        match response.completion {
            0 => {
                let challenge = Challenge::decode(&response.data)?;
                self.activate(challenge, now);
            }
            // The name is unknown; or it is empty and that is not allowed.
            0x81 | 0x82 => self.failed(Failure::Refused(RakpStatus::UNAUTHORIZED_NAME)),
            code => self.failed(Failure::Completion(code)),
        }
        Ok(())
    }

    fn activate(&mut self, challenge: Challenge, now: Instant) {
        self.stage = Stage::Activate;
        self.bmc_session = challenge.session;
        self.most_attempts = self.timing.attempts.min(ACTIVATE_ATTEMPTS);
        // The random session id of RMCP+ has no use here: it numbers the BMC's packets.
        let outbound = self.login.console_session;
        let guard = Guard::new(&self.login.password, challenge.session, outbound);
        let data = activate_request(self.login.privilege.number(), challenge.octets, outbound);
        let request = self.numbered(netfn::APP, 0, ACTIVATE_SESSION, data);
        let datagram = guard.seal(0, &request.encode());
        self.guard = Some(guard);
        self.request = Some(request);
        self.send(datagram, now);
    }

    pub(super) fn on_activation(&mut self, datagram: &[u8]) -> Result<(), DecodeError> {
        let Some(guard) = &mut self.guard else {
            return Ok(());
        };
        let opened = match guard.open(datagram) {
            // A refusal may come without a code; a grant may not.
            Err(fault) if fault.kind == DecodeKind::Unprotected => {
                return match self.answered_outside(datagram)? {
                    Some(response) if response.completion != 0 => {
                        self.refused(response.completion);
                        Ok(())
                    }
                    Some(_) => Err(fault),
                    None => Ok(()),
                };
            }
            opened => opened?,
        };
        let Some(response) = self.answered(&opened.message)? else {
            return Ok(());
        };
        if response.completion != 0 {
            self.refused(response.completion);
            return Ok(());
        }
        let grant = Activation::decode(&response.data)?;
        self.activated(grant, opened.session, opened.sequence)
    }

    fn activated(
        &mut self,
        grant: Activation,
        session: u32,
        sequence: u32,
    ) -> Result<(), DecodeError> {
        let Some(guard) = &mut self.guard else {
            return Ok(());
        };
        if session != guard.temporary && session != grant.session {
            return Err(DecodeError::new(DecodeKind::Field, 9));
        }
        // Some BMCs begin to number behind this packet.
        if sequence != 0 && !guard.accept(sequence) {
            return Err(DecodeError::new(DecodeKind::Field, 5));
        }
        guard.session = grant.session;
        self.bmc_session = grant.session;
        self.session_sequence = grant.inbound.wrapping_sub(1);
        if grant.is_per_message {
            self.opened();
        } else {
            // No word of this session could be believed.
            self.part();
            self.failed(Failure::Unprotected);
        }
        Ok(())
    }

    fn refused(&mut self, code: u8) {
        self.failed(match code {
            // No slot at all, for this user, at this privilege (22.17).
            0x81 => Failure::Refused(RakpStatus::NO_RESOURCES),
            0x82 | 0x83 => Failure::Refused(RakpStatus::NO_RESOURCES_FOR_ROLE),
            0x85 => Failure::Refused(RakpStatus::INVALID_SESSION),
            0x86 => Failure::Refused(RakpStatus::UNAUTHORIZED_ROLE),
            completion::INSUFFICIENT_PRIVILEGE => Failure::PasswordDiffers,
            code => Failure::Completion(code),
        });
    }

    /// A wrong password is answered with silence, or under another password than ours: a question
    /// that needs none tells whether the BMC is there.
    pub(super) fn doubt(&mut self, now: Instant) {
        if std::mem::take(&mut self.close_wanted) {
            self.over(false);
            return;
        }
        self.stage = Stage::Doubt;
        self.fault = None;
        self.most_attempts = self.timing.attempts;
        let data = Capabilities::question(false).to_vec();
        let request = self.numbered(netfn::APP, 0, GET_AUTHENTICATION_CAPABILITIES, data);
        let datagram = plain_v15(&request.encode());
        self.request = Some(request);
        self.send(datagram, now);
    }

    pub(super) fn on_sign_of_life(&mut self, datagram: &[u8]) -> Result<(), DecodeError> {
        let late = |guard: &Guard| guard.open(datagram).is_ok();
        if self.guard.as_ref().is_some_and(late) {
            return Ok(());
        }
        if self.answered_outside(datagram)?.is_some() {
            self.failed(Failure::PasswordDiffers);
        }
        Ok(())
    }

    /// The message in a packet of this session, once; none for what is of the login or was there
    /// before.
    pub(super) fn guarded(&mut self, datagram: &[u8]) -> Result<Option<Vec<u8>>, DecodeError> {
        let Some(guard) = &mut self.guard else {
            return Ok(None);
        };
        let opened = guard.open(datagram)?;
        if opened.session != guard.session {
            return if opened.session == guard.temporary {
                Ok(None)
            } else {
                Err(DecodeError::new(DecodeKind::Field, 9))
            };
        }
        Ok(guard.accept(opened.sequence).then_some(opened.message))
    }
}
