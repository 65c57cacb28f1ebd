//! State, timers, commands and closing.

use std::collections::VecDeque;
use std::time::Instant;

use super::{Command, Event, Failure, Generation, Login, Repeat, Stage, Timing};
use crate::wire::ipmi::message::{Request, Response, netfn};
use crate::wire::ipmi::{DecodeError, DecodeKind};
use crate::wire::rmcp::cipher::IvStream;
use crate::wire::rmcp::keys::{Exchange, SessionKeys};
use crate::wire::rmcp::packet::{Addressee, PayloadKind, addressee, open, seal};
use crate::wire::rmcp::v15::Guard;
use crate::wire::rmcp::window::Window;

const CLOSE_SESSION: u8 = 0x3C;
/// Transmissions of Close Session. A BMC that closed the session and whose answer was lost does
/// not answer again, so the waits are short and do not grow: all together as long as two others.
const CLOSE_ATTEMPTS: u32 = 8;
/// Close Session messages after a login whose last answer never came.
const PARTING: u8 = 3;
/// Payloads of serial over LAN kept until they are taken.
const SOL_KEPT: usize = 64;

/// What is sent again when no answer comes.
pub(super) enum Resend {
    /// These octets.
    Datagram(Vec<u8>),
    /// This message, sealed anew.
    Message(Request),
    /// Nothing: the answer is only waited for.
    Nothing,
}

/// A transmission that waits for its answer.
pub(super) struct Pending {
    resend: Resend,
    attempt: u32,
    due: Instant,
}

/// One session with one BMC, from Open Session to Close Session.
pub struct Client {
    pub(super) login: Login,
    pub(super) timing: Timing,
    ivs: IvStream,
    pub(super) stage: Stage,
    pub(super) tag: u8,
    pub(super) exchange: Option<Exchange>,
    pub(super) keys: Option<SessionKeys>,
    /// Of a session of IPMI 1.5, in the place of the keys.
    pub(super) guard: Option<Guard>,
    pub(super) bmc_session: u32,
    pub(super) request: Option<Request>,
    request_sequence: u8,
    pub(super) session_sequence: u32,
    window: Window,
    pub(super) pending: Option<Pending>,
    pub(super) outbox: VecDeque<Vec<u8>>,
    events: VecDeque<Event>,
    pub(super) fault: Option<DecodeError>,
    pub(super) close_wanted: bool,
    pub(super) most_attempts: u32,
    sol_wanted: bool,
    sol: VecDeque<Vec<u8>>,
}

impl Client {
    /// A client that starts to log in at once. `first_tag` numbers the login's messages;
    /// `seed` is 32 random octets for the initialisation vectors.
    pub fn new(login: Login, timing: Timing, first_tag: u8, seed: [u8; 32], now: Instant) -> Self {
        let mut client = Self {
            login,
            timing,
            ivs: IvStream::new(seed),
            stage: Stage::Open,
            tag: first_tag,
            exchange: None,
            keys: None,
            guard: None,
            bmc_session: 0,
            request: None,
            request_sequence: 0,
            session_sequence: 0,
            window: Window::new(),
            pending: None,
            outbox: VecDeque::new(),
            events: VecDeque::new(),
            fault: None,
            close_wanted: false,
            most_attempts: timing.attempts,
            sol_wanted: false,
            sol: VecDeque::new(),
        };
        match client.login.generation {
            Generation::V20 => client.open_session(now),
            Generation::V15 => client.ask_challenge(now),
        }
        client
    }

    /// Where the session stands.
    pub const fn stage(&self) -> Stage {
        self.stage
    }

    /// The console session id, by which the BMC addresses this session.
    pub const fn console_session(&self) -> u32 {
        self.login.console_session
    }

    /// The message tag of the login step under way.
    pub const fn tag(&self) -> u8 {
        self.tag
    }

    /// The GUID that the BMC sent in RAKP message 2, once it did.
    pub fn bmc_guid(&self) -> Option<[u8; 16]> {
        self.exchange.as_ref().map(|exchange| exchange.bmc_guid)
    }

    /// True when there may be a session on the BMC that has to be closed; also a half-open one,
    /// from the moment when the first datagram has left.
    pub fn may_hold_session(&self) -> bool {
        match self.stage {
            Stage::Over => false,
            Stage::Open => self.attempts() > 1 || self.outbox.is_empty(),
            _ => self.bmc_session != 0,
        }
    }

    /// How often the present step was sent.
    pub fn attempts(&self) -> u32 {
        self.pending.as_ref().map_or(0, |pending| pending.attempt)
    }

    /// The next datagram to send.
    pub fn transmit(&mut self) -> Option<Vec<u8>> {
        self.outbox.pop_front()
    }

    /// The next event.
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When [`Client::tick`] has to be called at the latest.
    pub fn deadline(&self) -> Option<Instant> {
        self.pending.as_ref().map(|pending| pending.due)
    }

    /// Starts a command; false when there is no session for it. A command under way whose
    /// asker went away is given up for the new one; its late answer will not fit.
    #[must_use]
    pub fn command(&mut self, command: Command, now: Instant) -> bool {
        if !matches!(self.stage, Stage::Ready | Stage::Command) {
            return false;
        }
        self.events.clear();
        self.stage = Stage::Command;
        self.most_attempts = self.timing.attempts;
        self.send_command(command, now);
        true
    }

    /// Lowers the transmissions of the command or the closing under way to `attempts`, at least 1.
    pub const fn limit(&mut self, attempts: u32) {
        if attempts < self.most_attempts {
            self.most_attempts = attempts;
        }
    }

    /// Whether payloads of serial over LAN are wanted; those that were not taken are forgotten.
    pub fn want_sol(&mut self, wanted: bool) {
        self.sol_wanted = wanted;
        self.sol.clear();
    }

    /// The next payload of serial over LAN from the BMC (IPMI 15.9), in the order of arrival.
    pub fn sol(&mut self) -> Option<Vec<u8>> {
        self.sol.pop_front()
    }

    /// Sends a payload of serial over LAN once; its own protocol repeats. False when there is no
    /// session for it.
    #[must_use]
    pub fn send_sol(&mut self, payload: &[u8]) -> bool {
        let has_sol = self.keys.is_some();
        if !has_sol || !matches!(self.stage, Stage::Ready | Stage::Command) {
            return false;
        }
        let datagram = self.sealed(PayloadKind::Sol, payload);
        self.outbox.push_back(datagram);
        true
    }

    /// Ends the session: sends Close Session, or, during the login, as soon as that is through.
    /// A login that has heard nothing from the BMC yet waits a little for the answer that may be
    /// on its way, because the BMC then holds half a session; it does not ask again.
    pub fn close(&mut self, now: Instant) {
        match self.stage {
            Stage::Ready | Stage::Command => {
                self.stage = Stage::Close;
                self.most_attempts = CLOSE_ATTEMPTS;
                let command = self.close_command();
                self.send_command(command, now);
            }
            Stage::Open => {
                self.close_wanted = true;
                self.most_attempts = 1;
                let latest = now + self.timing.first_wait;
                if let Some(pending) = &mut self.pending {
                    pending.due = pending.due.min(latest);
                }
            }
            Stage::Identify | Stage::Prove | Stage::Activate => self.close_wanted = true,
            // A challenge holds no session.
            Stage::Challenge | Stage::Doubt => self.over(false),
            Stage::Close | Stage::Over => {}
        }
    }

    fn close_command(&self) -> Command {
        Command {
            netfn: netfn::APP,
            lun: 0,
            command: CLOSE_SESSION,
            data: self.bmc_session.to_le_bytes().to_vec(),
            repeat: Repeat::Again,
        }
    }

    /// Takes in a datagram from the BMC's address. What is not for this session, was seen
    /// before, or does not hold together is dropped; the last such fault is remembered for
    /// the error that follows when nothing better comes.
    pub fn datagram(&mut self, datagram: &[u8], now: Instant) {
        let outcome = match self.stage {
            _ if self.is_of_an_earlier_step(datagram) => Ok(()),
            Stage::Open => self.on_open_reply(datagram, now),
            Stage::Identify => self.on_rakp2(datagram, now),
            Stage::Prove => self.on_rakp4(datagram, now),
            Stage::Challenge => self.on_challenge(datagram, now),
            Stage::Activate => self.on_activation(datagram),
            Stage::Doubt => self.on_sign_of_life(datagram),
            Stage::Ready | Stage::Command | Stage::Close => self.on_message(datagram),
            Stage::Over => Ok(()),
        };
        if let Err(fault) = outcome {
            self.fault = Some(fault);
        }
        if self.stage == Stage::Ready && self.close_wanted {
            self.close_wanted = false;
            self.close(now);
        }
    }

    /// A login answer that the network doubled or delayed: nothing is wrong with it.
    fn is_of_an_earlier_step(&self, datagram: &[u8]) -> bool {
        let Some(Addressee::Login {
            tag,
            console_session,
        }) = addressee(datagram)
        else {
            return false;
        };
        // Each step has a tag of its own, one more than the step before.
        let steps_back = self.tag.wrapping_sub(tag);
        let earlier = match self.stage {
            Stage::Open | Stage::Identify | Stage::Prove => matches!(steps_back, 1 | 2),
            _ => steps_back <= 2,
        };
        earlier && console_session == Some(self.login.console_session)
    }

    /// Tells the time: sends again or gives up where that is due.
    pub fn tick(&mut self, now: Instant) {
        let Some(pending) = self.pending.take_if(|pending| pending.due <= now) else {
            return;
        };
        let datagram = match &pending.resend {
            Resend::Nothing => return self.give_up(pending.attempt, now),
            _ if pending.attempt >= self.most_attempts => {
                return self.give_up(pending.attempt, now);
            }
            Resend::Datagram(datagram) => datagram.clone(),
            Resend::Message(request) => self.sealed(PayloadKind::Ipmi, &request.encode()),
        };
        self.outbox.push_back(datagram);
        self.wait(pending.resend, pending.attempt + 1, now);
    }

    pub(super) fn send(&mut self, datagram: Vec<u8>, now: Instant) {
        self.outbox.push_back(datagram.clone());
        self.wait(Resend::Datagram(datagram), 1, now);
    }

    /// Sends without waiting for an answer.
    pub(super) fn send_once(&mut self, datagram: Vec<u8>) {
        self.outbox.push_back(datagram);
    }

    fn wait(&mut self, resend: Resend, attempt: u32, now: Instant) {
        let wait = match resend {
            Resend::Nothing => self.timing.in_vain(),
            _ if self.stage == Stage::Close => self.timing.first_wait * 3 / CLOSE_ATTEMPTS,
            _ => self.timing.wait(attempt),
        };
        let due = now + wait;
        self.pending = Some(Pending {
            resend,
            attempt,
            due,
        });
    }

    pub(super) fn opened(&mut self) {
        self.pending = None;
        self.request = None;
        self.fault = None;
        self.stage = Stage::Ready;
        self.events.push_back(Event::Opened);
    }

    /// The login is over and failed.
    pub(super) fn failed(&mut self, failure: Failure) {
        let attempts = self.attempts();
        self.end_with(failure, attempts);
    }

    fn end_with(&mut self, failure: Failure, attempts: u32) {
        let stage = std::mem::replace(&mut self.stage, Stage::Over);
        self.pending = None;
        self.events.push_back(Event::Failed {
            stage,
            failure,
            attempts,
        });
    }

    fn give_up(&mut self, attempts: u32, now: Instant) {
        let unlike = |fault: DecodeError| fault.kind != DecodeKind::Integrity;
        if self.stage == Stage::Activate && !self.fault.is_some_and(unlike) {
            return self.doubt(now);
        }
        let failure = match self.fault.take() {
            Some(fault) => Failure::NotUnderstood(fault),
            None => Failure::NoAnswer,
        };
        match self.stage {
            Stage::Command => {
                self.stage = Stage::Ready;
                self.request = None;
                self.events.push_back(Event::Failed {
                    stage: Stage::Command,
                    failure,
                    attempts,
                });
            }
            Stage::Close => self.over(false),
            stage => {
                if stage == Stage::Prove {
                    self.part();
                }
                self.end_with(failure, attempts);
            }
        }
    }

    /// The BMC may have let us in, and its answers were lost: closes what may be open. A few
    /// times, because nothing comes back.
    pub(super) fn part(&mut self) {
        let close = self.close_command();
        for sequence in 1..=PARTING {
            let request = Request {
                netfn: close.netfn,
                lun: close.lun,
                sequence,
                command: close.command,
                data: close.data.clone(),
            };
            let datagram = self.sealed(PayloadKind::Ipmi, &request.encode());
            self.send_once(datagram);
        }
    }

    pub(super) fn over(&mut self, confirmed: bool) {
        self.stage = Stage::Over;
        self.pending = None;
        self.request = None;
        self.events.push_back(Event::Closed { confirmed });
    }

    /// A message under the next message number.
    pub(super) fn numbered(&mut self, netfn: u8, lun: u8, command: u8, data: Vec<u8>) -> Request {
        self.request_sequence = (self.request_sequence + 1) & 0x3F;
        Request {
            netfn,
            lun,
            sequence: self.request_sequence,
            command,
            data,
        }
    }

    fn send_command(&mut self, command: Command, now: Instant) {
        self.fault = None;
        let request = self.numbered(command.netfn, command.lun, command.command, command.data);
        let datagram = self.sealed(PayloadKind::Ipmi, &request.encode());
        self.outbox.push_back(datagram);
        let resend = match command.repeat {
            Repeat::Again => Resend::Message(request.clone()),
            Repeat::Never => Resend::Nothing,
        };
        self.request = Some(request);
        self.wait(resend, 1, now);
    }

    /// Seals a payload under the next session sequence number (never 0).
    fn sealed(&mut self, kind: PayloadKind, payload: &[u8]) -> Vec<u8> {
        self.session_sequence = match self.session_sequence.wrapping_add(1) {
            0 => 1,
            next => next,
        };
        if let Some(guard) = &self.guard {
            return guard.seal(self.session_sequence, payload);
        }
        let iv = self.ivs.next_iv();
        self.keys.as_ref().map_or_else(Vec::new, |keys| {
            seal(
                keys,
                kind,
                self.bmc_session,
                self.session_sequence,
                iv,
                payload,
            )
        })
    }

    fn on_message(&mut self, datagram: &[u8]) -> Result<(), DecodeError> {
        if self.guard.is_some() {
            return match self.guarded(datagram)? {
                Some(message) => self.on_response(&message),
                None => Ok(()),
            };
        }
        let Some(keys) = &self.keys else {
            return Ok(());
        };
        let packet = open(datagram, Some(keys))?;
        if packet.session != self.login.console_session {
            return Err(DecodeError::new(DecodeKind::Field, 6));
        }
        if !self.window.accept(packet.sequence) {
            return Ok(());
        }
        match packet.kind {
            PayloadKind::Ipmi => self.on_response(&packet.payload),
            PayloadKind::Sol => {
                // A full queue drops: the BMC repeats what is not acknowledged.
                if self.sol_wanted && self.sol.len() < SOL_KEPT {
                    self.sol.push_back(packet.payload);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn on_response(&mut self, payload: &[u8]) -> Result<(), DecodeError> {
        let response = Response::decode(payload)?;
        let fits = self
            .request
            .as_ref()
            .is_some_and(|request| request.answered_by(&response));
        if !fits {
            return Ok(()); // a late answer to an earlier command
        }
        self.request = None;
        self.pending = None;
        if self.stage == Stage::Close {
            self.over(response.completion == 0);
        } else {
            self.stage = Stage::Ready;
            self.events.push_back(Event::Answered(response));
        }
        Ok(())
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("stage", &self.stage)
            .field("login", &self.login)
            .finish_non_exhaustive()
    }
}
