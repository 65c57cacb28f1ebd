//! The BMC's side of a login, and the table of its sessions.

use std::time::{Duration, Instant};

use subtle::ConstantTimeEq;

use super::SimBmcConfig;
use super::machine::Chance;
use crate::base::secret::Secret;
use crate::wire::rmcp::{
    CipherSuite, DecodeError, Exchange, OpenGrant, OpenReply, OpenRequest, Packet, PayloadKind,
    Privilege, Rakp1, Rakp2, Rakp2Proof, Rakp3, Rakp4, RakpStatus, SessionKeys, Window, plain,
};

/// Sessions a BMC can hold, half-open ones included.
pub(super) const SLOTS: usize = 4;
/// An idle session ends after this (IPMI 6.12.15).
const IDLE: Duration = Duration::from_secs(60);
/// A login that does not go on ends after this.
const HALF_OPEN: Duration = Duration::from_secs(10);

/// A slot in use.
pub(super) struct Session {
    pub(super) exchange: Exchange,
    pub(super) keys: Option<SessionKeys>,
    pub(super) window: Window,
    pub(super) sequence: u32,
    /// Privilege now; a session begins at user.
    pub(super) privilege: Privilege,
    /// Highest privilege this session may have.
    pub(super) most: Privilege,
    rakp1_seen: bool,
    last_used: Instant,
}

/// All sessions of a BMC.
#[derive(Default)]
pub(super) struct Sessions {
    slots: Vec<Session>,
    /// Logins that succeeded.
    pub(super) logins: u64,
    /// Logins that were refused for name or password.
    pub(super) refused: u64,
}

/// What a login message needs besides the table.
pub(super) struct Desk<'a> {
    pub(super) config: &'a SimBmcConfig,
    /// The password now; it may have been changed since the start.
    pub(super) password: &'a Secret,
    pub(super) chance: &'a mut Chance,
    pub(super) full: bool,
    pub(super) now: Instant,
}

impl Sessions {
    /// Forgets what timed out; how many are left.
    pub(super) fn live(&mut self, now: Instant) -> usize {
        self.slots.retain(|session| {
            let limit = if session.keys.is_some() {
                IDLE
            } else {
                HALF_OPEN
            };
            now.duration_since(session.last_used) < limit
        });
        self.slots.len()
    }

    /// The session of an id, used now.
    pub(super) fn get(&mut self, id: u32, now: Instant) -> Option<&mut Session> {
        self.live(now);
        let session = self
            .slots
            .iter_mut()
            .find(|session| session.exchange.bmc_session == id)?;
        session.last_used = now;
        Some(session)
    }

    /// Whether there is a session of this id; asking does not keep it alive.
    pub(super) fn holds(&mut self, id: u32, now: Instant) -> bool {
        self.live(now);
        self.peek(id).is_some()
    }

    /// The session of an id, without using it.
    pub(super) fn peek(&mut self, id: u32) -> Option<&mut Session> {
        self.slots
            .iter_mut()
            .find(|session| session.exchange.bmc_session == id)
    }

    /// Ends a session; false when there is none of this id.
    pub(super) fn close(&mut self, id: u32) -> bool {
        let before = self.slots.len();
        self.slots
            .retain(|session| session.exchange.bmc_session != id);
        self.slots.len() < before
    }

    /// Forgets all sessions, as a restart does.
    pub(super) fn forget(&mut self) {
        self.slots.clear();
    }

    /// Answers a login message; none for what gets no answer.
    pub(super) fn login(
        &mut self,
        packet: &Packet,
        desk: &mut Desk<'_>,
    ) -> Result<Option<Vec<u8>>, DecodeError> {
        match packet.kind {
            PayloadKind::OpenRequest => {
                let reply = self.open(&OpenRequest::decode(&packet.payload)?, desk);
                Ok(Some(plain(PayloadKind::OpenReply, &reply.encode())))
            }
            PayloadKind::Rakp1 => {
                let reply = self.rakp1(Rakp1::decode(&packet.payload)?, desk);
                Ok(reply.map(|reply| plain(PayloadKind::Rakp2, &reply.encode())))
            }
            PayloadKind::Rakp3 => {
                let reply = self.rakp3(&packet.payload, desk)?;
                Ok(reply.map(|reply| plain(PayloadKind::Rakp4, &reply.encode())))
            }
            _ => Ok(None),
        }
    }

    fn open(&mut self, request: &OpenRequest, desk: &mut Desk<'_>) -> OpenReply {
        let suite = CipherSuite::from_algorithms(request.algorithms)
            .filter(|suite| desk.config.suites.contains(suite));
        // The same request again: doubled on its way, or the answer was lost.
        let half_open = self.slots.iter().find(|session| {
            session.exchange.console_session == request.console_session && session.keys.is_none()
        });
        let again = half_open
            .filter(|session| Some(session.exchange.suite) == suite)
            .map(|session| OpenGrant {
                bmc_session: session.exchange.bmc_session,
                algorithms: request.algorithms,
            });
        let outcome = match (suite, again) {
            (None, _) => Err(RakpStatus::NO_MATCHING_SUITE),
            (_, Some(grant)) => Ok(grant),
            (Some(_), None) if desk.full || self.live(desk.now) >= SLOTS => {
                Err(RakpStatus::NO_RESOURCES)
            }
            (Some(suite), None) => Ok(self.take_slot(suite, request.console_session, desk)),
        };
        let limit = desk.config.limit.number();
        OpenReply {
            tag: request.tag,
            privilege: match request.privilege {
                0 => limit,
                asked => asked.min(limit),
            },
            console_session: request.console_session,
            outcome,
        }
    }

    fn take_slot(&mut self, suite: CipherSuite, console: u32, desk: &mut Desk<'_>) -> OpenGrant {
        let [a, b, c, d, ..] = desk.chance.octets();
        let bmc_session = u32::from_le_bytes([a, b, c, d]) | 1;
        self.slots.push(Session {
            exchange: Exchange {
                suite,
                console_session: console,
                bmc_session,
                console_random: [0; 16],
                bmc_random: desk.chance.octets(),
                bmc_guid: desk.config.guid,
                role: 0,
                user: Vec::new(),
            },
            keys: None,
            window: Window::new(),
            sequence: 0,
            privilege: Privilege::User,
            most: Privilege::User,
            rakp1_seen: false,
            last_used: desk.now,
        });
        OpenGrant {
            bmc_session,
            algorithms: suite.algorithms(),
        }
    }

    fn rakp1(&mut self, rakp1: Rakp1, desk: &Desk<'_>) -> Option<Rakp2> {
        let config = desk.config;
        let session = self.get(rakp1.bmc_session, desk.now)?;
        let console_session = session.exchange.console_session;
        let asked = match rakp1.role & 0x0F {
            0 => Some(config.limit),
            level => Privilege::from_number(level),
        };
        let known = rakp1.user == config.user.as_bytes();
        let outcome = match asked {
            _ if !known => Err(RakpStatus::UNAUTHORIZED_NAME),
            None => Err(RakpStatus::INVALID_ROLE),
            Some(asked) if asked > config.limit => Err(RakpStatus::UNAUTHORIZED_ROLE),
            Some(asked) => {
                session.most = asked;
                session.rakp1_seen = true;
                session.exchange.console_random = rakp1.console_random;
                session.exchange.role = rakp1.role;
                session.exchange.user = rakp1.user;
                Ok(Rakp2Proof {
                    bmc_random: session.exchange.bmc_random,
                    bmc_guid: session.exchange.bmc_guid,
                    code: session
                        .exchange
                        .rakp2_code(desk.password.expose().as_bytes()),
                })
            }
        };
        if outcome.is_err() {
            self.refused += 1;
            self.close(rakp1.bmc_session);
        }
        Some(Rakp2 {
            tag: rakp1.tag,
            console_session,
            outcome,
        })
    }

    fn rakp3(&mut self, payload: &[u8], desk: &Desk<'_>) -> Result<Option<Rakp4>, DecodeError> {
        let id = payload.get(4..8).and_then(|id| id.try_into().ok());
        let id = id.map_or(0, u32::from_le_bytes);
        let config = desk.config;
        let Some(session) = self.get(id, desk.now).filter(|session| session.rakp1_seen) else {
            return Ok(None);
        };
        let suite = session.exchange.suite;
        let rakp3 = Rakp3::decode(payload, suite.digest_len())?;
        let console_session = session.exchange.console_session;
        let Ok(code) = rakp3.outcome else {
            self.refused += 1;
            self.close(id);
            return Ok(None);
        };
        let wanted = session
            .exchange
            .rakp3_code(desk.password.expose().as_bytes());
        let outcome = if bool::from(wanted.ct_eq(&code)) {
            let kg = config.kg.as_ref().map(|kg| kg.expose().as_bytes());
            let password = desk.password.expose().as_bytes();
            let keys = session.exchange.session_keys(password, kg);
            let proof = keys.rakp4_code().to_vec();
            let first = session.keys.replace(keys).is_none();
            self.logins += u64::from(first);
            Ok(proof)
        } else {
            self.refused += 1;
            self.close(id);
            Err(RakpStatus::INVALID_CHECK_VALUE)
        };
        Ok(Some(Rakp4 {
            tag: rakp3.tag,
            console_session,
            outcome,
        }))
    }
}
