//! Get Chassis Status and Chassis Control (IPMI 28.2, 28.3), in the shape of `ipmi-rs` commands.

use ipmi_rs::connection::{IpmiCommand, Message, NetFn, NotEnoughData};

/// Asks for the state of power and chassis.
#[derive(Debug, Clone, Copy)]
pub struct GetChassisStatus;

/// Answer to [`GetChassisStatus`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChassisStatus {
    /// True while the host has power.
    pub power_on: bool,
    /// Main power was shut off because of an overload.
    pub power_overload: bool,
    /// A fault was found in main power.
    pub power_fault: bool,
    /// Chassis intrusion is active.
    pub intrusion: bool,
    /// The identify light; none where the BMC does not tell (IPMI 28.2, octet 4: bit 6 supported, bits 5:4 state).
    pub light: Option<ChassisLight>,
}

/// What the identify light of a chassis does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChassisLight {
    /// Off.
    Off,
    /// On for a time.
    Timed,
    /// On until it is switched off.
    On,
}

impl ChassisLight {
    const fn of(misc: u8) -> Option<Self> {
        match (misc & 0x40, (misc >> 4) & 0x03) {
            (0, _) => None,
            (_, 0) => Some(Self::Off),
            (_, 1) => Some(Self::Timed),
            (_, 2) => Some(Self::On),
            _ => None,
        }
    }
}

impl From<GetChassisStatus> for Message {
    fn from(_: GetChassisStatus) -> Self {
        Self::new_request(NetFn::Chassis, 0x01, Vec::new())
    }
}

impl IpmiCommand for GetChassisStatus {
    type Output = ChassisStatus;
    type Error = NotEnoughData;

    fn parse_success_response(data: &[u8]) -> Result<Self::Output, Self::Error> {
        let [power, _, misc, ..] = data else {
            return Err(NotEnoughData);
        };
        Ok(ChassisStatus {
            power_on: power & 0x01 != 0,
            power_overload: power & 0x02 != 0,
            power_fault: power & 0x08 != 0,
            intrusion: misc & 0x01 != 0,
            light: ChassisLight::of(*misc),
        })
    }
}

/// What Chassis Control can be told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChassisControl {
    /// Hard power off, no warning to the host.
    PowerDown,
    /// Power on.
    PowerUp,
    /// Off, at least a second, on again.
    PowerCycle,
    /// Hard reset without a change of power.
    HardReset,
    /// A diagnostic interrupt (NMI).
    Diagnostic,
    /// Soft shutdown by ACPI over-temperature emulation.
    SoftShutdown,
}

impl ChassisControl {
    /// The octet on the wire.
    pub const fn number(self) -> u8 {
        match self {
            Self::PowerDown => 0,
            Self::PowerUp => 1,
            Self::PowerCycle => 2,
            Self::HardReset => 3,
            Self::Diagnostic => 4,
            Self::SoftShutdown => 5,
        }
    }

    /// The action of an octet.
    pub const fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::PowerDown,
            1 => Self::PowerUp,
            2 => Self::PowerCycle,
            3 => Self::HardReset,
            4 => Self::Diagnostic,
            5 => Self::SoftShutdown,
            _ => return None,
        })
    }
}

impl From<ChassisControl> for Message {
    fn from(control: ChassisControl) -> Self {
        Self::new_request(NetFn::Chassis, 0x02, vec![control.number()])
    }
}

impl IpmiCommand for ChassisControl {
    type Output = ();
    type Error = NotEnoughData;

    fn parse_success_response(_: &[u8]) -> Result<Self::Output, Self::Error> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_light_where_it_is_told() {
        for (misc, light) in [
            (0x00, None),
            (0x10, None),
            (0x40, Some(ChassisLight::Off)),
            (0x51, Some(ChassisLight::Timed)),
            (0x60, Some(ChassisLight::On)),
            (0x70, None),
        ] {
            let status = GetChassisStatus::parse_success_response(&[0x21, 0x10, misc]);
            assert_eq!(status.map(|s| s.light), Ok(light), "{misc:#04x}");
        }
    }

    #[test]
    fn reads_power_from_the_first_octet() {
        for (octets, on) in [([0x21, 0x10, 0x40], true), ([0x20, 0x10, 0x40], false)] {
            let status = GetChassisStatus::parse_success_response(&octets);
            assert_eq!(status.map(|s| s.power_on), Ok(on));
        }
        assert_eq!(
            GetChassisStatus::parse_success_response(&[0x21]),
            Err(NotEnoughData)
        );
    }

    #[test]
    fn every_control_octet_has_one_meaning() {
        for number in 0..=5 {
            assert_eq!(
                ChassisControl::from_number(number).map(ChassisControl::number),
                Some(number)
            );
        }
        assert_eq!(ChassisControl::from_number(6), None);
    }
}
