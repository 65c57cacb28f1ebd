//! Socket and datagrams: who is it for, what is the answer.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::net::UdpSocket;

use super::SimBmcConfig;
use super::faults::Faults;
use super::log::Log;
use super::login::{Desk, Sessions};
use super::machine::{Chance, Machine};
use super::settings::Settings;
use super::sol::Sol;
use crate::wire::ipmi::message::Request;
use crate::wire::rmcp::{
    Addressee, DecodeError, MAX_DATAGRAM, PayloadKind, addressee, open, plain, plain_v15, seal,
};

/// What a simulated BMC has seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Datagrams that arrived, lost ones included.
    pub datagrams: u64,
    /// Datagrams lost on purpose, in either direction.
    pub lost: u64,
    /// Answers spoilt on purpose.
    pub spoilt: u64,
    /// Logins that succeeded.
    pub logins: u64,
    /// Logins refused for name, password or role.
    pub refused_logins: u64,
    /// Commands carried out within sessions.
    pub commands: u64,
    /// Chassis controls accepted.
    pub controls: u64,
    /// Sessions open now, half-open ones included.
    pub open_sessions: usize,
}

/// Everything that changes.
pub(super) struct State {
    pub(super) machine: Machine,
    pub(super) faults: Faults,
    pub(super) sessions: Sessions,
    pub(super) chance: Chance,
    pub(super) seen: Counters,
    pub(super) reservation: u16,
    pub(super) log: Log,
    pub(super) settings: Settings,
    /// The controller restarts and is silent until then.
    pub(super) back_at: Option<Instant>,
    pub(super) sol: Sol,
    /// Where the datagram under way came from.
    pub(super) peer: Option<SocketAddr>,
}

/// A BMC: what it is, its socket, its state.
pub(super) struct Server {
    pub(super) config: SimBmcConfig,
    pub(super) began: Instant,
    socket: Arc<UdpSocket>,
    state: Mutex<State>,
}

impl State {
    /// True while the controller restarts.
    fn restarting(&mut self, now: Instant) -> bool {
        self.back_at = self.back_at.filter(|back_at| now < *back_at);
        self.back_at.is_some()
    }

    /// Lets log and settings notice what happened to the machine.
    pub(super) fn observe(&mut self, now: Instant) {
        let changes = self.machine.take_changes(now);
        self.log.observe(&changes, self.faults.supply_lost, now);
        self.settings.observe(&changes);
    }

    pub(super) fn counters(&mut self, now: Instant) -> Counters {
        Counters {
            logins: self.sessions.logins,
            refused_logins: self.sessions.refused,
            open_sessions: self.sessions.live(now),
            ..self.seen
        }
    }
}

impl State {
    /// Seals serial over LAN for a session; none when that is over.
    fn seal(&mut self, session: u32, payload: &[u8]) -> Option<Vec<u8>> {
        let iv = self.chance.octets();
        let session = self.sessions.peek(session)?;
        let keys = session.keys.as_ref()?;
        session.sequence += 1;
        let console = session.exchange.console_session;
        let sequence = session.sequence;
        Some(seal(keys, PayloadKind::Sol, console, sequence, iv, payload))
    }
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}

impl Server {
    pub(super) async fn bind(config: SimBmcConfig) -> io::Result<Self> {
        let socket = Arc::new(UdpSocket::bind(config.bind).await?);
        let began = Instant::now();
        let state = State {
            machine: Machine::new(config.power, config.delays.clone(), config.seed, began),
            faults: Faults::default(),
            sessions: Sessions::default(),
            chance: Chance::new(config.seed.rotate_left(17)),
            seen: Counters::default(),
            reservation: 0,
            log: Log::with_past(config.seed),
            settings: Settings::new(&config),
            back_at: None,
            sol: Sol::new(config.power),
            peer: None,
        };
        Ok(Self {
            config,
            began,
            socket,
            state: Mutex::new(state),
        })
    }

    pub(super) fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers until the task is aborted.
    pub(super) async fn run(self: Arc<Self>) {
        let mut buffer = vec![0; MAX_DATAGRAM];
        loop {
            let (shown, due) = self.console(Instant::now());
            for (datagram, peer) in shown {
                let _ = self.socket.send_to(&datagram, peer).await;
            }
            let received = tokio::select! {
                received = self.socket.recv_from(&mut buffer) => received,
                () = sleep_until(due) => continue,
            };
            // Errors of an unconnected UDP socket belong to single datagrams.
            let Ok((length, peer)) = received else {
                continue;
            };
            self.state().peer = Some(peer);
            let datagram = buffer.get(..length).unwrap_or_default();
            let Some((answer, delay)) = self.answer(datagram, Instant::now()) else {
                continue;
            };
            if delay.is_zero() {
                let _ = self.socket.send_to(&answer, peer).await;
            } else {
                let socket = Arc::clone(&self.socket);
                tokio::spawn(async move {
                    tokio::time::sleep(delay).await;
                    let _ = socket.send_to(&answer, peer).await;
                });
            }
        }
    }

    /// What the host's console sends now, and when it has to be looked at again.
    fn console(&self, now: Instant) -> (Vec<(Vec<u8>, SocketAddr)>, Option<Instant>) {
        let mut state = self.state();
        if !state.sol.is_active() {
            return (Vec::new(), None);
        }
        let mut out = Vec::new();
        let state = &mut *state;
        let power = state.machine.power(now);
        for (session, peer, payload) in state.sol.run_host(power, &mut state.sessions, now) {
            if state.faults.loses(&mut state.chance) {
                state.seen.lost += 1;
            } else if let Some(sealed) = state.seal(session, &payload) {
                out.push((sealed, peer));
            }
        }
        (out, state.sol.host_due(now))
    }

    /// The answer to a datagram and how long to hold it back.
    fn answer(&self, datagram: &[u8], now: Instant) -> Option<(Vec<u8>, Duration)> {
        let mut state = self.state();
        let state = &mut *state;
        state.seen.datagrams += 1;
        if state.restarting(now) || state.faults.loses(&mut state.chance) {
            state.seen.lost += 1;
            return None;
        }
        // What cannot be read gets no answer, as with real ones.
        let answer = match pong(datagram) {
            Some(pong) => pong,
            None => self.reply(datagram, state, now).ok().flatten()?,
        };
        if state.faults.loses(&mut state.chance) {
            state.seen.lost += 1;
            return None;
        }
        let spoilt = state.faults.spoil(answer.clone(), &mut state.chance);
        state.seen.spoilt += u64::from(spoilt != answer);
        Some((spoilt, state.faults.delay))
    }

    fn reply(
        &self,
        datagram: &[u8],
        state: &mut State,
        now: Instant,
    ) -> Result<Option<Vec<u8>>, DecodeError> {
        if let Some(Addressee::Session(id)) = addressee(datagram) {
            return self.in_session(id, datagram, state, now);
        }
        let packet = open(datagram, None)?;
        if packet.kind != PayloadKind::Ipmi {
            let mut desk = Desk {
                config: &self.config,
                password: &state.settings.password,
                chance: &mut state.chance,
                full: state.faults.slots_full,
                now,
            };
            return state.sessions.login(&packet, &mut desk);
        }
        let request = Request::decode(&packet.payload)?;
        let response = self.before_login(&request).encode();
        Ok(Some(if packet.v15 {
            plain_v15(&response)
        } else {
            plain(PayloadKind::Ipmi, &response)
        }))
    }

    fn in_session(
        &self,
        id: u32,
        datagram: &[u8],
        state: &mut State,
        now: Instant,
    ) -> Result<Option<Vec<u8>>, DecodeError> {
        let Some(session) = state.sessions.get(id, now) else {
            return Ok(None);
        };
        let Some(keys) = session.keys.clone() else {
            return Ok(None);
        };
        let packet = open(datagram, Some(&keys))?;
        if !session.window.accept(packet.sequence) {
            return Ok(None);
        }
        if packet.kind == PayloadKind::Sol {
            state.sol.payload(id, &packet.payload, now);
            return Ok(None);
        }
        if packet.kind != PayloadKind::Ipmi {
            return Ok(None);
        }
        // Before the command: it may be the one that ends the session.
        session.sequence += 1;
        let (sequence, console) = (session.sequence, session.exchange.console_session);
        let request = Request::decode(&packet.payload)?;
        let response = self.command(id, &request, state, now);
        state.seen.commands += 1;
        let iv = state.chance.octets();
        Ok(Some(seal(
            &keys,
            PayloadKind::Ipmi,
            console,
            sequence,
            iv,
            &response.encode(),
        )))
    }
}

/// The answer to an RMCP presence ping (ASF 2.0, 3.2.4.3); some tools ping first.
fn pong(datagram: &[u8]) -> Option<Vec<u8>> {
    const ASF: [u8; 4] = [0x00, 0x00, 0x11, 0xBE];
    let [6, 0, 0xFF, 6, 0x00, 0x00, 0x11, 0xBE, 0x80, tag, ..] = datagram else {
        return None;
    };
    let mut out = vec![6, 0, 0xFF, 6];
    out.extend(ASF);
    out.extend([0x40, *tag, 0, 16]);
    out.extend(ASF);
    out.extend([0, 0, 0, 0, 0x81, 0, 0, 0, 0, 0, 0, 0]); // speaks IPMI
    Some(out)
}
