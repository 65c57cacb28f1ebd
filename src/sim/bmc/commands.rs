//! The IPMI commands of a simulated BMC.

use std::time::Instant;

use super::machine::{Power, Verdict};
use super::sensors::{Moment, POWER_SUPPLY, SENSORS, records};
use super::server::{Server, State};
use crate::wire::ipmi::chassis::ChassisControl;
use crate::wire::ipmi::completion::{
    INSUFFICIENT_PRIVILEGE, INVALID_COMMAND, NOT_IN_THIS_STATE, RESERVATION_LOST,
};
use crate::wire::ipmi::message::{Request, Response, netfn};
use crate::wire::rmcp::{ACTIVATE_PAYLOAD, DEACTIVATE_PAYLOAD, Privilege};

const WRONG_LENGTH: u8 = 0xC7;
const OUT_OF_RANGE: u8 = 0xC9;
const CANNOT_RETURN: u8 = 0xCA;
const NOT_PRESENT: u8 = 0xCB;
const INVALID_FIELD: u8 = 0xCC;
const PRIVILEGE_OVER_LIMIT: u8 = 0x81;
const INVALID_SESSION_ID: u8 = 0x87;

/// Octets of a record that fit in one answer.
const RECORD_PART: usize = 32;

/// Data, or a completion code.
type Outcome = Result<Vec<u8>, u8>;

fn response(request: &Request, outcome: Outcome) -> Response {
    match outcome {
        Ok(data) => request.response(0, data),
        Err(code) => request.response(code, Vec::new()),
    }
}

/// A command within a session.
struct Context<'a> {
    server: &'a Server,
    session: u32,
    state: &'a mut State,
    now: Instant,
}

impl Server {
    /// Commands that need no login.
    pub(super) fn before_login(&self, request: &Request) -> Response {
        let outcome = match (request.netfn, request.command) {
            (netfn::APP, 0x37) => Ok(self.config.guid.to_vec()),
            (netfn::APP, 0x38) => Ok(self.authentication_capabilities()),
            (netfn::APP, 0x54) => self.cipher_suites(&request.data),
            _ => Err(INSUFFICIENT_PRIVILEGE),
        };
        response(request, outcome)
    }

    /// Commands of a session.
    pub(super) fn command(
        &self,
        session: u32,
        request: &Request,
        state: &mut State,
        now: Instant,
    ) -> Response {
        let mut context = Context {
            server: self,
            session,
            state,
            now,
        };
        let data = request.data.as_slice();
        let outcome = match request.netfn {
            netfn::APP if matches!(request.command, ACTIVATE_PAYLOAD | DEACTIVATE_PAYLOAD) => {
                context.payload(request.command, data)
            }
            netfn::APP => context.app(request.command, data),
            netfn::CHASSIS => context.chassis(request.command, data),
            netfn::SENSOR => context.sensor(request.command, data),
            netfn::STORAGE => context.storage(request.command, data),
            _ => Err(INVALID_COMMAND),
        };
        response(request, outcome)
    }

    /// IPMI 22.13: channel 1, IPMI 2.0 only, non-null users, whether there is a K_g.
    fn authentication_capabilities(&self) -> Vec<u8> {
        let status = 0x04 | if self.config.kg.is_some() { 0x20 } else { 0 };
        vec![0x01, 0x80, status, 0x02, 0, 0, 0, 0]
    }

    /// IPMI 22.15: sixteen octets of the suite list at a time.
    fn cipher_suites(&self, data: &[u8]) -> Outcome {
        let [_, _, index] = data else {
            return Err(WRONG_LENGTH);
        };
        let list: Vec<u8> = self
            .config
            .suites
            .iter()
            .flat_map(|suite| {
                let a = suite.algorithms();
                let (integrity, confidentiality) = (0x40 | a.integrity, 0x80 | a.confidentiality);
                [
                    0xC0,
                    suite.number(),
                    a.authentication,
                    integrity,
                    confidentiality,
                ]
            })
            .collect();
        let skipped = usize::from(index & 0x3F) * 16;
        let mut out = vec![0x01];
        out.extend(list.iter().skip(skipped).take(16));
        Ok(out)
    }
}

impl Context<'_> {
    fn app(&mut self, command: u8, data: &[u8]) -> Outcome {
        match command {
            0x01 => Ok(self.device_id()),
            0x37 | 0x38 | 0x54 => {
                let request = Request {
                    netfn: netfn::APP,
                    lun: 0,
                    sequence: 0,
                    command,
                    data: data.to_vec(),
                };
                let answer = self.server.before_login(&request);
                match answer.completion {
                    0 => Ok(answer.data),
                    code => Err(code),
                }
            }
            0x3B => self.set_privilege(data),
            0x3C => self.close_session(data),
            _ => Err(INVALID_COMMAND),
        }
    }

    /// IPMI 20.1: IPMI 2.0, repository, sensors, chassis; firmware 1.07.
    fn device_id(&self) -> Vec<u8> {
        let (maker, product) = self.server.config.product;
        let [m0, m1, m2, _] = maker.to_le_bytes();
        let [p0, p1] = product.to_le_bytes();
        vec![
            0x20, 0x01, 0x01, 0x07, 0x02, 0x83, m0, m1, m2, p0, p1, 0, 0, 0, 0,
        ]
    }

    fn privilege(&mut self) -> Privilege {
        let session = self.state.sessions.get(self.session, self.now);
        session.map_or(Privilege::User, |session| session.privilege)
    }

    fn set_privilege(&mut self, data: &[u8]) -> Outcome {
        let [asked] = data else {
            return Err(WRONG_LENGTH);
        };
        let session = self.state.sessions.get(self.session, self.now);
        let session = session.ok_or(INVALID_SESSION_ID)?;
        if asked & 0x0F != 0 {
            let level = Privilege::from_number(asked & 0x0F).ok_or(INVALID_FIELD)?;
            if level > session.most {
                return Err(PRIVILEGE_OVER_LIMIT);
            }
            session.privilege = level;
        }
        Ok(vec![session.privilege.number()])
    }

    fn payload(&mut self, command: u8, data: &[u8]) -> Outcome {
        if self.privilege() < Privilege::Operator {
            return Err(INSUFFICIENT_PRIVILEGE);
        }
        let (session, peer) = (self.session, self.state.peer);
        let sol = &mut self.state.sol;
        match command {
            ACTIVATE_PAYLOAD => sol.activate(session, peer, data),
            _ => sol.deactivate(),
        }
    }

    fn close_session(&mut self, data: &[u8]) -> Outcome {
        let id = data.first_chunk::<4>().ok_or(WRONG_LENGTH)?;
        if self.state.sessions.close(u32::from_le_bytes(*id)) {
            Ok(Vec::new())
        } else {
            Err(INVALID_SESSION_ID)
        }
    }

    fn chassis(&mut self, command: u8, data: &[u8]) -> Outcome {
        match command {
            0x01 => {
                let on = self.state.machine.power(self.now) == Power::On;
                // Restore policy "previous state"; no faults; front panel as usual.
                Ok(vec![0x20 | u8::from(on), 0, 0x40, 0])
            }
            0x02 => self.control(data),
            0x04 => Ok(Vec::new()),
            _ => Err(INVALID_COMMAND),
        }
    }

    fn control(&mut self, data: &[u8]) -> Outcome {
        let [number] = data else {
            return Err(WRONG_LENGTH);
        };
        if self.privilege() < Privilege::Operator {
            return Err(INSUFFICIENT_PRIVILEGE);
        }
        let control = ChassisControl::from_number(number & 0x0F).ok_or(INVALID_FIELD)?;
        let ignore = self.state.faults.ignore_soft_off;
        match self.state.machine.control(control, ignore, self.now) {
            Verdict::Accepted => {
                self.state.seen.controls += 1;
                Ok(Vec::new())
            }
            Verdict::NotInThisState => Err(NOT_IN_THIS_STATE),
            Verdict::Unknown => Err(INVALID_FIELD),
        }
    }

    fn sensor(&mut self, command: u8, data: &[u8]) -> Outcome {
        let number = *data.first().ok_or(WRONG_LENGTH)?;
        let sensor = SENSORS.iter().find(|sensor| sensor.number == number);
        match (command, sensor) {
            (0x2D, Some(sensor)) => Ok(match sensor.raw(&self.moment()) {
                Some(raw) => vec![raw, 0xC0, 0xC0 | sensor.comparison(raw)],
                None => vec![0, 0xE0, 0xC0],
            }),
            // Presence detected.
            (0x2D, None) if number == POWER_SUPPLY => Ok(vec![0, 0xC0, 0x01, 0x80]),
            (0x27, Some(sensor)) => Ok(sensor.thresholds()),
            (0x2D | 0x27, _) => Err(NOT_PRESENT),
            _ => Err(INVALID_COMMAND),
        }
    }

    fn moment(&mut self) -> Moment {
        let power = self.state.machine.power(self.now);
        Moment {
            seed: self.server.config.seed,
            power,
            running: self.now.duration_since(self.server.began),
            settled: self.now.duration_since(self.state.machine.since()),
        }
    }

    fn storage(&mut self, command: u8, data: &[u8]) -> Outcome {
        match command {
            0x20 => {
                let count = u8::try_from(records().len()).unwrap_or(u8::MAX);
                // Version 51h, no free space, never changed, reservations.
                Ok(vec![0x51, count, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0x02])
            }
            0x22 => {
                self.state.reservation = self.state.reservation.wrapping_add(1).max(1);
                Ok(self.state.reservation.to_le_bytes().to_vec())
            }
            0x23 => self.record(data),
            _ => Err(INVALID_COMMAND),
        }
    }

    /// IPMI 33.12. A whole record does not fit in an answer, as with many real BMCs.
    fn record(&self, data: &[u8]) -> Outcome {
        let [r0, r1, i0, i1, offset, length] = data else {
            return Err(WRONG_LENGTH);
        };
        if *offset != 0 && u16::from_le_bytes([*r0, *r1]) != self.state.reservation {
            return Err(RESERVATION_LOST);
        }
        let records = records();
        let index = match u16::from_le_bytes([*i0, *i1]) {
            0 => 0,
            0xFFFF => records.len().saturating_sub(1),
            id => usize::from(id) - 1,
        };
        let record = records.get(index).ok_or(NOT_PRESENT)?;
        let rest = record.get(usize::from(*offset)..).ok_or(OUT_OF_RANGE)?;
        let wanted = rest.len().min(usize::from(*length));
        let part = rest
            .get(..wanted)
            .filter(|part| part.len() <= RECORD_PART)
            .ok_or(CANNOT_RETURN)?;
        let next = match u16::try_from(index + 2) {
            Ok(id) if index + 1 < records.len() => id,
            _ => 0xFFFF,
        };
        let mut out = next.to_le_bytes().to_vec();
        out.extend_from_slice(part);
        Ok(out)
    }
}
