//! What a simulated BMC can be asked and told besides power, sensors and logs: the next boot,
//! the identify light, its network side, its users.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use subtle::ConstantTimeEq;

use super::SimBmcConfig;
use super::machine::{Chance, Power};
use crate::base::secret::Secret;
use crate::wire::ipmi::accounts::{LONG_PASSWORD, NAME_LEN, SHORT_PASSWORD, operation};
use crate::wire::ipmi::boot::{BootFlags, parameter as boot_parameter};
use crate::wire::ipmi::lan::parameter;

/// Id of the one user.
const USER_ID: u8 = 2;
/// User ids that there are.
const USERS: u8 = 10;
/// A parameter that is not there (IPMI 23.2, 28.13).
const NO_PARAMETER: u8 = 0x80;
/// The password is another one (IPMI 22.30).
const OTHER_PASSWORD: u8 = 0x80;
const WRONG_LENGTH: u8 = 0xC7;
const OUT_OF_RANGE: u8 = 0xC9;
const INVALID_FIELD: u8 = 0xCC;

type Outcome = Result<Vec<u8>, u8>;

/// Settings that last while the simulation runs.
pub(super) struct Settings {
    pub(super) password: Secret,
    flags: BootFlags,
    acknowledged: [u8; 2],
    clearing: u8,
    in_progress: u8,
    light: Light,
}

/// The identify light.
enum Light {
    Off,
    Until(Instant),
    On,
}

impl Settings {
    pub(super) fn new(config: &SimBmcConfig) -> Self {
        Self {
            password: config.password.clone(),
            flags: BootFlags::default(),
            acknowledged: [0; 2],
            clearing: 0,
            in_progress: 0,
            light: Light::Off,
        }
    }

    /// Chassis Identify (IPMI 28.5).
    pub(super) fn identify(&mut self, data: &[u8], now: Instant) -> Outcome {
        self.light = match data {
            [_, force, ..] if force & 0x01 != 0 => Light::On,
            [0, ..] => Light::Off,
            [seconds, ..] => Light::Until(now + Duration::from_secs(u64::from(*seconds))),
            [] => Light::Until(now + Duration::from_secs(15)),
        };
        Ok(Vec::new())
    }

    /// The state of the identify light as Get Chassis Status has it: 0 off, 1 for a while, 2 on.
    pub(super) fn identify_state(&self, now: Instant) -> u8 {
        match self.light {
            Light::Until(end) if now < end => 1,
            Light::On => 2,
            Light::Off | Light::Until(_) => 0,
        }
    }

    /// The override that the next boot obeys, if there is one.
    pub(super) fn boot_flags(&self) -> BootFlags {
        self.flags
    }

    /// The firmware obeys an override for one boot, unless it is for all.
    pub(super) fn booted(&mut self) {
        self.flags.valid &= self.flags.persistent;
    }

    /// Obeys what happened to the power.
    pub(super) fn observe(&mut self, changes: &[(Instant, Power)]) {
        if changes.iter().any(|(_, power)| *power == Power::On) {
            self.booted();
        }
    }

    /// Set System Boot Options (IPMI 28.12).
    pub(super) fn set_boot_option(&mut self, data: &[u8]) -> Outcome {
        let (number, value) = data.split_first().ok_or(WRONG_LENGTH)?;
        match (number & 0x7F, value) {
            (boot_parameter::SET_IN_PROGRESS, [state]) => self.in_progress = state & 0x03,
            (boot_parameter::VALID_BIT_CLEARING, [mask]) => self.clearing = *mask,
            (boot_parameter::ACKNOWLEDGE, [mask, bits]) => self.acknowledged = [*mask, *bits],
            (boot_parameter::FLAGS, value) if value.len() == 5 => {
                let answer = [&[1, boot_parameter::FLAGS], value].concat();
                self.flags = BootFlags::decode(&answer).map_err(|_| INVALID_FIELD)?;
            }
            (
                boot_parameter::SET_IN_PROGRESS
                | boot_parameter::VALID_BIT_CLEARING
                | boot_parameter::ACKNOWLEDGE
                | boot_parameter::FLAGS,
                _,
            ) => return Err(WRONG_LENGTH),
            _ => return Err(NO_PARAMETER),
        }
        Ok(Vec::new())
    }

    /// Get System Boot Options (IPMI 28.13).
    pub(super) fn boot_option(&self, data: &[u8]) -> Outcome {
        let [number, _, _] = data else {
            return Err(WRONG_LENGTH);
        };
        let number = number & 0x7F;
        let mut out = vec![0x01, number];
        match number {
            boot_parameter::SET_IN_PROGRESS => out.push(self.in_progress),
            boot_parameter::VALID_BIT_CLEARING => out.push(self.clearing),
            boot_parameter::ACKNOWLEDGE => out.extend(self.acknowledged),
            boot_parameter::FLAGS => out.extend(self.flags.encode()),
            _ => return Err(NO_PARAMETER),
        }
        Ok(out)
    }

    /// Set User Password (IPMI 22.30): takes effect at the next login.
    pub(super) fn user_password(&mut self, data: &[u8]) -> Outcome {
        let [id, asked, password @ ..] = data else {
            return Err(WRONG_LENGTH);
        };
        if id & 0x3F != USER_ID {
            return Err(OUT_OF_RANGE);
        }
        let length = if id & 0x80 != 0 {
            LONG_PASSWORD
        } else {
            SHORT_PASSWORD
        };
        match asked & 0x03 {
            // Disable and enable: the one user stays.
            0 | 1 => return Ok(Vec::new()),
            _ if password.len() != length => return Err(WRONG_LENGTH),
            _ => {}
        }
        let end = password.iter().position(|octet| *octet == 0);
        let password = end.and_then(|end| password.get(..end)).unwrap_or(password);
        if asked & 0x03 == operation::SET {
            let text = std::str::from_utf8(password).map_err(|_| INVALID_FIELD)?;
            self.password = Secret::new(text);
            return Ok(Vec::new());
        }
        if bool::from(self.password.expose().as_bytes().ct_eq(password)) {
            Ok(Vec::new())
        } else {
            Err(OTHER_PASSWORD)
        }
    }
}

/// Get User Access (IPMI 22.27).
pub(super) fn user_access(config: &SimBmcConfig, data: &[u8]) -> Outcome {
    let [_, id] = data else {
        return Err(WRONG_LENGTH);
    };
    let access = match id & 0x3F {
        USER_ID => [0x40 | 1, 0x30 | config.limit.number()],
        1..=USERS => [0x80 | 1, 0x0F],
        _ => return Err(OUT_OF_RANGE),
    };
    let [status, access] = access;
    Ok(vec![USERS, status, 0, access])
}

/// Get User Name (IPMI 22.29).
pub(super) fn user_name(config: &SimBmcConfig, data: &[u8]) -> Outcome {
    let [id] = data else {
        return Err(WRONG_LENGTH);
    };
    let mut name = match id & 0x3F {
        USER_ID => config.user.clone().into_bytes(),
        1..=USERS => Vec::new(),
        _ => return Err(OUT_OF_RANGE),
    };
    name.resize(NAME_LEN, 0);
    Ok(name)
}

/// Get LAN Configuration Parameters (IPMI 23.2): a fixed address in a network of 256.
pub(super) fn lan_parameter(config: &SimBmcConfig, data: &[u8]) -> Outcome {
    let [_, number, _, _] = data else {
        return Err(WRONG_LENGTH);
    };
    let address = match config.bind.ip() {
        IpAddr::V4(address) => address.octets(),
        IpAddr::V6(_) => [0; 4],
    };
    let [a, b, c, _] = address;
    let mut out = vec![0x11];
    match *number {
        parameter::ADDRESS => out.extend(address),
        parameter::ADDRESS_SOURCE => out.push(1),
        parameter::MAC => {
            let [d, e, f, ..] = Chance::new(config.seed ^ 0x3AC).word().to_le_bytes();
            out.extend([0x02, 0xC0, 0x1D, d, e, f]);
        }
        parameter::NETMASK => out.extend([255, 255, 255, 0]),
        parameter::GATEWAY => out.extend([a, b, c, 1]),
        parameter::VLAN => out.extend([0, 0]),
        _ => return Err(NO_PARAMETER),
    }
    Ok(out)
}
