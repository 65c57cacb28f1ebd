//! The limits of a sensor: from its record, or from Get Sensor Thresholds (IPMI 35.9).

use super::reading::Factors;
use super::{DecodeError, Octets};

/// Which limit; the numbers are the bits of the masks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Lower non-critical.
    LowerWarning = 0,
    /// Lower critical.
    LowerCritical = 1,
    /// Lower non-recoverable.
    LowerFatal = 2,
    /// Upper non-critical.
    UpperWarning = 3,
    /// Upper critical.
    UpperCritical = 4,
    /// Upper non-recoverable.
    UpperFatal = 5,
}

/// How a controller lets thresholds be used (bits 3:2 of a record's capabilities).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ThresholdAccess {
    /// No thresholds.
    #[default]
    None,
    /// Can be read.
    Readable,
    /// Can be read and set.
    Settable,
    /// Fixed, and not to be read.
    Fixed,
}

impl ThresholdAccess {
    /// The access of a record's capabilities octet.
    pub const fn from_capabilities(octet: u8) -> Self {
        match octet >> 2 & 0x03 {
            0 => Self::None,
            1 => Self::Readable,
            2 => Self::Settable,
            _ => Self::Fixed,
        }
    }

    /// True when Get Sensor Thresholds says more than the record.
    pub const fn can_be_asked(self) -> bool {
        matches!(self, Self::Readable | Self::Settable)
    }
}

/// Raw limits and which of them count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    mask: u8,
    raw: [u8; 6],
}

impl Limits {
    /// From the six octets of a full record (upper first, 43.1) under its mask of readable ones.
    pub const fn of_record(mask: u8, octets: [u8; 6]) -> Self {
        let [
            upper_fatal,
            upper_critical,
            upper_warning,
            lower_fatal,
            lower_critical,
            lower_warning,
        ] = octets;
        Self {
            mask: mask & 0x3F,
            raw: [
                lower_warning,
                lower_critical,
                lower_fatal,
                upper_warning,
                upper_critical,
                upper_fatal,
            ],
        }
    }

    /// From the answer of Get Sensor Thresholds.
    ///
    /// # Errors
    /// `Truncated` below one octet; missing limits read as absent.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut octets = Octets::new(data);
        let mut mask = octets.u8()? & 0x3F;
        let mut raw = [0; 6];
        for (index, limit) in raw.iter_mut().enumerate() {
            match octets.u8() {
                Ok(octet) => *limit = octet,
                Err(_) => mask &= !(1 << index),
            }
        }
        Ok(Self { mask, raw })
    }

    /// A limit in the sensor's unit; none when it does not count or the factors are impossible.
    pub fn value(&self, limit: Limit, factors: &Factors) -> Option<f64> {
        let index = limit as usize;
        let raw = *self.raw.get(index)?;
        (self.mask >> index & 1 != 0)
            .then(|| factors.value(raw))
            .flatten()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::wire::ipmi::reading::{Linearization, RawFormat};

    const CELSIUS: Factors = Factors {
        format: RawFormat::TwosComplement,
        linearization: Linearization::Linear,
        m: 1,
        b: 0,
        b_exponent: 0,
        result_exponent: 0,
    };

    #[test]
    fn limits_of_an_answer_and_of_a_record_are_the_same() {
        let asked = Limits::decode(&[0x1B, 0xF0, 0xEC, 0, 40, 45, 0]).unwrap();
        let record = Limits::of_record(0x1B, [0, 45, 40, 0, 0xEC, 0xF0]);
        assert_eq!(asked, record);
        for (limit, wanted) in [
            (Limit::LowerWarning, Some(-16.0)),
            (Limit::LowerCritical, Some(-20.0)),
            (Limit::LowerFatal, None),
            (Limit::UpperWarning, Some(40.0)),
            (Limit::UpperCritical, Some(45.0)),
            (Limit::UpperFatal, None),
        ] {
            assert_eq!(asked.value(limit, &CELSIUS), wanted, "{limit:?}");
        }
    }

    #[test]
    fn a_short_answer_has_fewer_limits() {
        let limits = Limits::decode(&[0x3F, 1, 2]).unwrap();
        assert_eq!(limits.value(Limit::LowerCritical, &CELSIUS), Some(2.0));
        assert_eq!(limits.value(Limit::UpperWarning, &CELSIUS), None);
        assert!(Limits::decode(&[]).is_err());
    }
}
