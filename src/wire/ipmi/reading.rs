//! Sensor readings: raw octets to values and states (IPMI 35.14, 36.3).

use crate::wire::ipmi::{DecodeError, Octets};

/// How a raw reading counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RawFormat {
    /// 0 to 255.
    Unsigned,
    /// One's complement.
    OnesComplement,
    /// Two's complement.
    TwosComplement,
}

impl RawFormat {
    /// The format of the two bits in a record; none when the sensor has no analog reading.
    pub const fn from_bits(bits: u8) -> Option<Self> {
        match bits & 0x03 {
            0 => Some(Self::Unsigned),
            1 => Some(Self::OnesComplement),
            2 => Some(Self::TwosComplement),
            _ => None,
        }
    }

    fn number(self, raw: u8) -> f64 {
        match self {
            Self::Unsigned => f64::from(raw),
            Self::OnesComplement if raw & 0x80 != 0 => -f64::from(!raw),
            Self::OnesComplement => f64::from(raw),
            Self::TwosComplement => f64::from(raw.cast_signed()),
        }
    }
}

/// The function over the linear result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linearization {
    /// The value as it is.
    Linear,
    /// Function 1 to 11 of the specification: ln, log10, log2, e^x, 10^x, 2^x, 1/x, x², x³, √x, ∛x.
    Function(u8),
    /// The factors change with the reading: Get Sensor Reading Factors tells those of one.
    NonLinear,
}

impl Linearization {
    /// The function of a record's octet.
    pub const fn from_number(number: u8) -> Self {
        match number & 0x7F {
            0 => Self::Linear,
            function @ 1..=11 => Self::Function(function),
            _ => Self::NonLinear,
        }
    }

    fn apply(self, x: f64) -> Option<f64> {
        Some(match self {
            Self::Linear => x,
            Self::NonLinear => return None,
            Self::Function(function) => match function {
                1 => x.ln(),
                2 => x.log10(),
                3 => x.log2(),
                4 => x.exp(),
                5 => 10f64.powf(x),
                6 => x.exp2(),
                7 => x.recip(),
                8 => x * x,
                9 => x * x * x,
                10 => x.sqrt(),
                _ => x.cbrt(),
            },
        })
    }
}

/// Factors of a sensor: value = L[(M·raw + B·10^k1)·10^k2].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factors {
    /// How the raw octet counts.
    pub format: RawFormat,
    /// Function over the result.
    pub linearization: Linearization,
    /// Multiplier, -512 to 511; 0 is impossible.
    pub m: i16,
    /// Offset, -512 to 511.
    pub b: i16,
    /// Exponent of the offset (k1).
    pub b_exponent: i8,
    /// Exponent of the result (k2).
    pub result_exponent: i8,
}

/// A signed number of ten bits: eight low bits, the two high ones at the top of `high`.
pub(super) fn ten_bits(low: u8, high: u8) -> i16 {
    let raw = i16::from(low) | i16::from(high >> 6) << 8;
    if raw >= 512 { raw - 1024 } else { raw }
}

/// A signed number in the low four bits.
pub(super) fn four_bits(octet: u8) -> i8 {
    let raw = (octet & 0x0F).cast_signed();
    if raw >= 8 { raw - 16 } else { raw }
}

/// No sensor in a server reads more than this in any unit.
const IMPOSSIBLE: f64 = 1e12;

impl Factors {
    /// These factors with those that an answer of Get Sensor Reading Factors (IPMI 35.5) gives
    /// for one raw reading; the result is as it is, without a function.
    ///
    /// # Errors
    /// `Truncated` below seven octets.
    pub fn at_reading(self, data: &[u8]) -> Result<Self, DecodeError> {
        let mut octets = Octets::new(data);
        let [_, m_low, m_high, b_low, b_high, _, exponents] = octets.array()?;
        Ok(Self {
            format: self.format,
            linearization: Linearization::Linear,
            m: ten_bits(m_low, m_high),
            b: ten_bits(b_low, b_high),
            b_exponent: four_bits(exponents),
            result_exponent: four_bits(exponents >> 4),
        })
    }

    /// The value of a raw reading; none when the factors are impossible (multiplier 0, a result
    /// that is not a number or absurd) or not supported.
    pub fn value(&self, raw: u8) -> Option<f64> {
        if self.m == 0 {
            return None;
        }
        let offset = f64::from(self.b) * 10f64.powi(i32::from(self.b_exponent));
        let sum = f64::from(self.m) * self.format.number(raw) + offset;
        let scaled = sum * 10f64.powi(i32::from(self.result_exponent));
        let value = self.linearization.apply(scaled)?;
        // Six decimals are more than a raw octet can carry; this hides binary fractions.
        let rounded = (value * 1e6).round() / 1e6;
        (rounded.is_finite() && rounded.abs() < IMPOSSIBLE).then_some(rounded)
    }
}

/// An answer to Get Sensor Reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawReading {
    /// Raw octet.
    pub raw: u8,
    /// False while the sensor is not scanned.
    pub scanning: bool,
    /// False while there is no valid reading.
    pub available: bool,
    /// Threshold comparison or state bits, low octet first; fewer octets read as zero.
    pub bits: u16,
}

impl RawReading {
    /// Reads the data of the response.
    ///
    /// # Errors
    /// `Truncated` below two octets.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let mut octets = Octets::new(data);
        let raw = octets.u8()?;
        let flags = octets.u8()?;
        let low = octets.u8().unwrap_or_default();
        let high = octets.u8().unwrap_or_default();
        Ok(Self {
            raw,
            scanning: flags & 0x40 != 0,
            available: flags & 0x20 == 0,
            bits: u16::from_le_bytes([low, high & 0x7F]),
        })
    }

    /// The worst threshold that is crossed, in a word.
    pub const fn threshold_word(&self) -> &'static str {
        const NON_RECOVERABLE: u16 = 0x24;
        const CRITICAL: u16 = 0x12;
        const WARNING: u16 = 0x09;
        if self.bits & NON_RECOVERABLE != 0 {
            "non_recoverable"
        } else if self.bits & CRITICAL != 0 {
            "critical"
        } else if self.bits & WARNING != 0 {
            "warning"
        } else {
            "ok"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const P12V: Factors = Factors {
        format: RawFormat::Unsigned,
        linearization: Linearization::Linear,
        m: 63,
        b: 0,
        b_exponent: 0,
        result_exponent: -3,
    };

    #[test]
    fn raw_octets_convert_as_the_specification_says() {
        let celsius = Factors {
            format: RawFormat::TwosComplement,
            m: 1,
            result_exponent: 0,
            ..P12V
        };
        let ones = Factors {
            format: RawFormat::OnesComplement,
            ..celsius
        };
        let offset = Factors {
            m: 2,
            b: -5,
            b_exponent: 1,
            result_exponent: 0,
            ..P12V
        };
        let inverse = Factors {
            linearization: Linearization::Function(7),
            m: 1,
            result_exponent: 0,
            ..P12V
        };
        for (factors, raw, wanted) in [
            (P12V, 191, Some(12.033)),
            (celsius, 0xF4, Some(-12.0)),
            (ones, 0xFE, Some(-1.0)),
            (ones, 0x05, Some(5.0)),
            (offset, 100, Some(150.0)),
            (inverse, 4, Some(0.25)),
            (inverse, 0, None),
            (Factors { m: 0, ..P12V }, 191, None),
        ] {
            assert_eq!(factors.value(raw), wanted, "{factors:?} {raw}");
        }
    }

    #[test]
    fn a_reading_says_when_it_is_none() {
        for (data, available, scanning, word) in [
            (&[48, 0xC0, 0x00][..], true, true, "ok"),
            (&[48, 0xC0, 0xC8][..], true, true, "warning"),
            (&[48, 0xC0, 0xD8][..], true, true, "critical"),
            (&[48, 0xC0, 0xF8][..], true, true, "non_recoverable"),
            (&[0, 0xE0][..], false, true, "ok"),
            (&[0, 0x80, 0, 0x80][..], true, false, "ok"),
        ] {
            let reading = RawReading::decode(data);
            let seen = reading.map(|r| (r.available, r.scanning, r.threshold_word()));
            assert_eq!(seen, Ok((available, scanning, word)), "{data:x?}");
        }
        assert!(RawReading::decode(&[1]).is_err());
    }
}
