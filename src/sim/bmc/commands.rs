//! The IPMI commands of a simulated BMC.

use std::time::{Duration, Instant};

use super::inventory::{image, lying_image};
use super::log::Happening;
use super::machine::{Power, Verdict};
use super::records::records;
use super::sensor_list::{ACPI, BAY, DISCRETE, PSU1, PSU2, SENSORS};
use super::sensors::Moment;
use super::server::{Server, State};
use super::settings::{lan_parameter, user_access, user_name};
use crate::wire::ipmi::chassis::ChassisControl;
use crate::wire::ipmi::completion::{
    INSUFFICIENT_PRIVILEGE, INVALID_COMMAND, NOT_IN_THIS_STATE, NOT_PRESENT, RESERVATION_LOST,
};
use crate::wire::ipmi::dcmi;
use crate::wire::ipmi::message::{Request, Response, netfn};
use crate::wire::rmcp::{ACTIVATE_PAYLOAD, DEACTIVATE_PAYLOAD, Privilege};

const TIMED_OUT: u8 = 0xC3;
const WRONG_LENGTH: u8 = 0xC7;
const OUT_OF_RANGE: u8 = 0xC9;
const CANNOT_RETURN: u8 = 0xCA;
const INVALID_FIELD: u8 = 0xCC;
const PRIVILEGE_OVER_LIMIT: u8 = 0x81;
const INVALID_SESSION_ID: u8 = 0x87;

/// A controller is silent for this long when it restarts.
const RESTART: Duration = Duration::from_secs(1);
/// Number of the sensor of the machine's draw, and watts in a step of it.
const SYS_POWER: (u8, u16) = (5, 4);
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
        state.observe(now);
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
            netfn::TRANSPORT if request.command == 0x02 => lan_parameter(&self.config, data),
            dcmi::GROUP_EXTENSION => context.dcmi(request.command, data),
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
            0x02 => self.cold_reset(),
            // The watchdog of the host's software: stopped.
            0x25 => Ok(vec![0x04, 0, 0, 0, 0, 0, 0, 0]),
            0x3B => self.set_privilege(data),
            0x3C => self.close_session(data),
            // Channel 1, a LAN with IPMB messages and sessions, IPMI's own vendor number.
            0x42 => Ok(vec![0x01, 0x04, 0x01, 0x81, 0xF2, 0x1B, 0, 0, 0]),
            0x44 => user_access(&self.server.config, data),
            0x46 => user_name(&self.server.config, data),
            0x47 if self.privilege() < Privilege::Administrator => Err(INSUFFICIENT_PRIVILEGE),
            0x47 => self.state.settings.user_password(data),
            _ => Err(INVALID_COMMAND),
        }
    }

    /// IPMI 20.1: IPMI 2.0, sensors, records, event log, inventory, chassis; firmware 1.07.
    fn device_id(&self) -> Vec<u8> {
        let (maker, product) = self.server.config.product;
        let [m0, m1, m2, _] = maker.to_le_bytes();
        let [p0, p1] = product.to_le_bytes();
        vec![
            0x20, 0x01, 0x01, 0x07, 0x02, 0x8F, m0, m1, m2, p0, p1, 0, 0, 0, 0,
        ]
    }

    fn cold_reset(&mut self) -> Outcome {
        if self.privilege() < Privilege::Administrator {
            return Err(INSUFFICIENT_PRIVILEGE);
        }
        self.state.sessions.forget();
        self.state.back_at = Some(self.now + RESTART);
        Ok(Vec::new())
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
                let light = self.state.settings.identify_state(self.now);
                // Restore policy "previous state"; no faults; front panel as usual.
                Ok(vec![0x20 | u8::from(on), 0, 0x40 | light << 4, 0])
            }
            0x02 => self.control(data),
            0x04 | 0x08 | 0x09 if self.privilege() < Privilege::Operator => {
                Err(INSUFFICIENT_PRIVILEGE)
            }
            0x04 => self.state.settings.identify(data, self.now),
            0x08 => self.state.settings.set_boot_option(data),
            0x09 => self.state.settings.boot_option(data),
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
                self.note(control);
                Ok(Vec::new())
            }
            Verdict::NotInThisState => Err(NOT_IN_THIS_STATE),
        }
    }

    /// What a control makes happen at once, apart from the power.
    fn note(&mut self, control: ChassisControl) {
        match control {
            ChassisControl::HardReset => {
                self.state.settings.booted();
                self.state.log.happens(Happening::BOOT_BY_RESET);
            }
            ChassisControl::Diagnostic => self.state.log.happens(Happening::NMI),
            _ => {}
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
            (0x2D, None) if DISCRETE.iter().any(|sensor| sensor.has(number)) => {
                let [low, high] = self.states(number).to_le_bytes();
                Ok(vec![0, 0xC0, low, 0x80 | high])
            }
            (0x27, Some(sensor)) => Ok(sensor.thresholds()),
            (0x2D | 0x27, _) => Err(NOT_PRESENT),
            _ => Err(INVALID_COMMAND),
        }
    }

    /// The states of a discrete sensor, a bit each.
    fn states(&mut self, number: u8) -> u16 {
        let lost = self.state.faults.supply_lost;
        match number {
            PSU1 => 1 << 0,
            PSU2 => 1 << 0 | u16::from(lost) << 3,
            ACPI if self.state.machine.power(self.now) == Power::On => 1 << 0,
            ACPI => 1 << 6,
            // Two of four drive bays are in use.
            bay if (BAY..BAY + 2).contains(&bay) => 1 << 0,
            _ => 0,
        }
    }

    /// DCMI Get Power Reading: what the sensor of the machine's draw says.
    fn dcmi(&mut self, command: u8, data: &[u8]) -> Outcome {
        if (command, data) != (dcmi::GET_POWER_READING, &dcmi::PowerReading::REQUEST) {
            return Err(INVALID_COMMAND);
        }
        let (number, step) = SYS_POWER;
        let moment = self.moment();
        let sensor = SENSORS.iter().find(|sensor| sensor.number == number);
        let raw = sensor.and_then(|sensor| sensor.raw(&moment)).unwrap_or(0);
        let watts = u16::from(raw) * step;
        let mut out = vec![dcmi::GROUP];
        for watts in [watts, watts.min(16), watts.max(444), watts] {
            out.extend(watts.to_le_bytes());
        }
        out.extend(self.state.log.time().to_le_bytes());
        out.extend(1_000u32.to_le_bytes());
        out.push(0x40);
        Ok(out)
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
            0x10 | 0x11 => self.inventory(command, data),
            0x40 => Ok(self.state.log.info()),
            0x42 => {
                self.state.log.reservation = self.state.log.reservation.wrapping_add(1).max(1);
                Ok(self.state.log.reservation.to_le_bytes().to_vec())
            }
            0x43 => self.log_entry(data),
            0x47 => self.clear_log(data),
            0x48 => Ok(self.state.log.time().to_le_bytes().to_vec()),
            0x49 => {
                let time = data.first_chunk::<4>().ok_or(WRONG_LENGTH)?;
                self.state.log.set_time(u32::from_le_bytes(*time));
                Ok(Vec::new())
            }
            _ => Err(INVALID_COMMAND),
        }
    }

    /// IPMI 34.1, 34.2.
    fn inventory(&mut self, command: u8, data: &[u8]) -> Outcome {
        let device = *data.first().ok_or(WRONG_LENGTH)?;
        let lying = self.state.faults.lying_inventory;
        self.state.seen.spoilt += u64::from(lying);
        let image = if lying {
            lying_image()
        } else {
            image(&self.server.config, device).ok_or(NOT_PRESENT)?
        };
        if command == 0x10 {
            let mut out = u16::try_from(image.len())
                .unwrap_or(0)
                .to_le_bytes()
                .to_vec();
            out.push(0); // by octets
            return Ok(out);
        }
        let [_, low, high, count] = data else {
            return Err(WRONG_LENGTH);
        };
        let rest = image.get(usize::from(u16::from_le_bytes([*low, *high]))..);
        let rest = rest.ok_or(OUT_OF_RANGE)?;
        if usize::from(*count) > RECORD_PART {
            return Err(CANNOT_RETURN);
        }
        let part = rest.get(..usize::from(*count)).unwrap_or(rest);
        let mut out = vec![u8::try_from(part.len()).unwrap_or(0)];
        out.extend_from_slice(part);
        Ok(out)
    }

    /// IPMI 31.5.
    fn log_entry(&mut self, data: &[u8]) -> Outcome {
        let [r0, r1, i0, i1, offset, length] = data else {
            return Err(WRONG_LENGTH);
        };
        let reservation = u16::from_le_bytes([*r0, *r1]);
        if reservation != self.state.log.reservation && (reservation != 0 || *offset != 0) {
            return Err(RESERVATION_LOST);
        }
        let id = u16::from_le_bytes([*i0, *i1]);
        let endless = self.state.faults.endless_log;
        self.state.seen.spoilt += u64::from(endless);
        let whole = if endless {
            self.state.log.another(id)
        } else {
            self.state.log.entry(id)
        };
        let whole = whole.ok_or(NOT_PRESENT)?;
        let (next, record) = whole.split_first_chunk::<2>().ok_or(NOT_PRESENT)?;
        let rest = record.get(usize::from(*offset)..).ok_or(OUT_OF_RANGE)?;
        let part = rest.get(..usize::from(*length)).unwrap_or(rest);
        Ok([next.as_slice(), part].concat())
    }

    /// IPMI 31.9: with the reservation and the letters CLR; 0 asks whether it is done.
    fn clear_log(&mut self, data: &[u8]) -> Outcome {
        let [r0, r1, b'C', b'L', b'R', act] = data else {
            return Err(INVALID_FIELD);
        };
        if *act == 0xAA {
            if u16::from_le_bytes([*r0, *r1]) != self.state.log.reservation {
                return Err(RESERVATION_LOST);
            }
            self.state.log.clear();
            self.state.log.reservation = self.state.log.reservation.wrapping_add(1).max(1);
        }
        Ok(vec![0x01])
    }

    /// IPMI 33.12. A whole record does not fit in an answer, as with many real BMCs.
    fn record(&mut self, data: &[u8]) -> Outcome {
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
        let is_last = index + 1 == records.len();
        if is_last && self.state.faults.last_record_refused {
            self.state.seen.spoilt += 1;
            return Err(TIMED_OUT);
        }
        let rest = record.get(usize::from(*offset)..).ok_or(OUT_OF_RANGE)?;
        let wanted = rest.len().min(usize::from(*length));
        let part = rest
            .get(..wanted)
            .filter(|part| part.len() <= RECORD_PART)
            .ok_or(CANNOT_RETURN)?;
        let next = match u16::try_from(index + 2) {
            Ok(id) if !is_last => id,
            Ok(id) if self.state.faults.records_without_end => {
                self.state.seen.spoilt += 1;
                id
            }
            _ if self.state.faults.endless_records => {
                self.state.seen.spoilt += 1;
                1
            }
            _ => 0xFFFF,
        };
        let mut out = next.to_le_bytes().to_vec();
        out.extend_from_slice(part);
        Ok(out)
    }
}
