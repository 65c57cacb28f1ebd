//! Power draw by DCMI (Data Center Manageability Interface 1.5, 6.6.1).

use super::{DecodeError, Octets};

/// Network function of group extensions.
pub const GROUP_EXTENSION: u8 = 0x2C;
/// The group: DCMI.
pub const GROUP: u8 = 0xDC;
/// Get Power Reading.
pub const GET_POWER_READING: u8 = 0x02;

/// An answer to Get Power Reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PowerReading {
    /// Now, watts.
    pub now_w: u16,
    /// Least since the statistics began, watts.
    pub least_w: u16,
    /// Most since the statistics began, watts.
    pub most_w: u16,
    /// Mean since the statistics began, watts.
    pub mean_w: u16,
    /// Whether power is measured.
    pub measured: bool,
}

impl PowerReading {
    /// The data of the request: the power of the whole system.
    pub const REQUEST: [u8; 4] = [GROUP, 0x01, 0x00, 0x00];

    /// Reads the data of the response.
    ///
    /// # Errors
    /// `Truncated` below eighteen octets, `Field` for another group.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut octets = Octets::new(data);
        octets.expect(GROUP)?;
        let (now_w, least_w) = (octets.u16()?, octets.u16()?);
        let (most_w, mean_w) = (octets.u16()?, octets.u16()?);
        octets.take(8)?; // time, period
        Ok(Self {
            now_w,
            least_w,
            most_w,
            mean_w,
            measured: octets.u8()? & 0x40 != 0,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_power_reading_is_in_watts() {
        let data = [
            0xDC, 0x40, 0x01, 0x10, 0x00, 0x90, 0x01, 0x2C, 0x01, 0, 0, 0, 0, 0xE8, 3, 0, 0, 0x40,
        ];
        let seen = PowerReading::decode(&data).unwrap();
        assert_eq!((seen.now_w, seen.least_w), (320, 16));
        assert_eq!((seen.most_w, seen.mean_w), (400, 300));
        assert!(seen.measured);
        assert!(PowerReading::decode(data.split_last().unwrap().1).is_err());
        assert!(PowerReading::decode(&[0x00; 18]).is_err());
    }
}
