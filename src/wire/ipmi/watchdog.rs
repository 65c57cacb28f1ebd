//! The watchdog timer (IPMI 27.7).

use std::fmt;

use super::{DecodeError, Octets};

/// An answer to Get Watchdog Timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watchdog {
    /// Whether it counts.
    pub running: bool,
    /// Number of what it does at the end.
    pub action: u8,
    /// What is left, in tenths of a second.
    pub left_tenths: u16,
}

impl Watchdog {
    /// Reads the data of the response.
    ///
    /// # Errors
    /// `Truncated` below eight octets.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut octets = Octets::new(data);
        let timer = octets.u8()?;
        let action = octets.u8()?;
        octets.take(4)?; // warning before the end, expired ones, initial value
        Ok(Self {
            running: timer & 0x40 != 0,
            action: action & 0x07,
            left_tenths: octets.u16()?,
        })
    }
}

impl fmt::Display for Watchdog {
    /// `stopped`, or `power_cycle in 300 s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.running {
            return f.write_str("stopped");
        }
        let action = match self.action {
            0 => "no_action",
            1 => "hard_reset",
            2 => "power_down",
            3 => "power_cycle",
            _ => "reserved",
        };
        write!(f, "{action} in {} s", self.left_tenths.div_ceil(10))
    }
}

#[cfg(test)]
mod tests {
    use super::Watchdog;

    #[test]
    fn a_watchdog_says_what_it_will_do() {
        for (data, wanted) in [
            (
                [0x44, 0x03, 0, 0, 0xB8, 0x0B, 0xB8, 0x0B],
                "power_cycle in 300 s",
            ),
            ([0x04, 0x01, 0, 0, 0x64, 0x00, 0x64, 0x00], "stopped"),
            (
                [0x44, 0x01, 0, 0, 0x64, 0x00, 0x05, 0x00],
                "hard_reset in 1 s",
            ),
        ] {
            let seen = Watchdog::decode(&data).map(|watchdog| watchdog.to_string());
            assert_eq!(seen.as_deref(), Ok(wanted));
        }
        assert!(Watchdog::decode(&[0x44; 7]).is_err());
    }
}
