//! Boot flags: where the next boot is from (IPMI 28.12, table 28-14, parameter 5).

use super::{DecodeError, Octets};

/// Parameters of Set and Get System Boot Options.
pub mod parameter {
    /// Set in progress.
    pub const SET_IN_PROGRESS: u8 = 0;
    /// When the valid bit is cleared.
    pub const VALID_BIT_CLEARING: u8 = 3;
    /// Who has seen the flags.
    pub const ACKNOWLEDGE: u8 = 4;
    /// The flags.
    pub const FLAGS: u8 = 5;
}

/// Selector of the device in the flags.
pub mod device {
    /// No override.
    pub const NONE: u8 = 0;
    /// Network.
    pub const PXE: u8 = 1;
    /// Hard disk.
    pub const DISK: u8 = 2;
    /// Optical drive.
    pub const CDROM: u8 = 5;
    /// The firmware's setup pages.
    pub const SETUP: u8 = 6;
    /// An optical drive over the network.
    pub const REMOTE_CDROM: u8 = 8;
    /// A disk over the network.
    pub const REMOTE_DISK: u8 = 11;
}

/// The flags that say where the next boot is from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BootFlags {
    /// The firmware is to obey them.
    pub valid: bool,
    /// For all boots, not only the next.
    pub persistent: bool,
    /// In UEFI mode.
    pub uefi: bool,
    /// Selector, see [`device`].
    pub device: u8,
}

impl BootFlags {
    /// The five octets of the parameter.
    pub const fn encode(self) -> [u8; 5] {
        let first = (self.valid as u8) << 7 | (self.persistent as u8) << 6 | (self.uefi as u8) << 5;
        [first, (self.device & 0x0F) << 2, 0, 0, 0]
    }

    /// Reads the answer to Get System Boot Options for this parameter: version, parameter, flags.
    ///
    /// # Errors
    /// `Truncated` below four octets, `Field` for another parameter.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut octets = Octets::new(data);
        octets.u8()?; // version
        let at = octets.error(super::DecodeKind::Field);
        let valid = octets.u8()?;
        if valid & 0x7F != parameter::FLAGS {
            return Err(at);
        }
        let [first, second] = octets.array()?;
        Ok(Self {
            // The upper bit of the parameter says that it is locked or invalid as a whole.
            valid: first & 0x80 != 0 && valid & 0x80 == 0,
            persistent: first & 0x40 != 0,
            uefi: first & 0x20 != 0,
            device: second >> 2 & 0x0F,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn flags_survive_the_wire() {
        for device in 0..16 {
            for bits in 0..8u8 {
                let flags = BootFlags {
                    valid: bits & 4 != 0,
                    persistent: bits & 2 != 0,
                    uefi: bits & 1 != 0,
                    device,
                };
                let mut answer = vec![1, 5];
                answer.extend(flags.encode());
                assert_eq!(BootFlags::decode(&answer), Ok(flags));
            }
        }
    }

    #[test]
    fn known_octets() {
        let pxe = BootFlags {
            valid: true,
            persistent: false,
            uefi: true,
            device: device::PXE,
        };
        assert_eq!(pxe.encode(), [0xA0, 0x04, 0, 0, 0]);
        // As ipmi_sim gives it back: the device, but not valid.
        let seen = BootFlags::decode(&[1, 5, 0, 8, 0, 0, 0]).unwrap();
        assert_eq!((seen.valid, seen.device), (false, device::DISK));
        let locked = BootFlags::decode(&[1, 0x85, 0x80, 4, 0, 0, 0]).unwrap();
        assert!(!locked.valid);
        assert!(BootFlags::decode(&[1, 4, 0, 0]).is_err());
        assert!(BootFlags::decode(&[1, 5, 0]).is_err());
    }
}
