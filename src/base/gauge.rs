//! What hardware measures besides traffic: power, current, temperature. Drivers say it in these words, metering keeps it.

use super::units::decimal_text;

/// Place of the gauge with the power draw of a whole machine, as its BMC tells it; a [`GaugePart::Sensor`].
pub const DRAW_PLACE: &str = "draw";

crate::text_enum! {
    /// The part of a device that a gauge belongs to.
    pub enum GaugePart {
        /// A whole inlet of a PDU.
        Input = "input",
        /// A conductor of an inlet.
        Line = "line",
        /// A phase of an inlet.
        Phase = "phase",
        /// A group of outlets behind one breaker.
        Bank = "bank",
        /// An outlet.
        Outlet = "outlet",
        /// A probe of the air in a rack.
        Probe = "probe",
        /// A sensor inside a machine.
        Sensor = "sensor",
    }
}

crate::text_enum! {
    /// What a gauge measures; each has one unit.
    pub enum Quantity {
        /// Real power in watts.
        ActivePower = "active_power",
        /// Apparent power in volt-amperes.
        ApparentPower = "apparent_power",
        /// Thousandths of an ampere.
        Current = "current",
        /// Thousandths of a volt.
        Voltage = "voltage",
        /// Watt-hours since the counter began.
        Energy = "energy",
        /// Thousandths of a degree Celsius.
        Temperature = "temperature",
        /// Thousandths of saturation.
        Humidity = "humidity",
        /// Revolutions a minute.
        FanSpeed = "fan_speed",
        /// Thousandths of a fan's full speed.
        FanShare = "fan_share",
    }
}

crate::text_enum! {
    /// Why a value that was asked for is not there.
    pub enum GaugeMissing {
        /// The device has a word for "not measured", and said it.
        NotMeasured = "not_measured",
        /// More or less than there can be.
        OutOfRange = "out_of_range",
        /// Not a number.
        WrongType = "wrong_type",
        /// No such object, or no value.
        NoSuch = "no_such",
    }
}

crate::text_enum! {
    /// Whether an outlet gives power.
    pub enum OutletState {
        /// It does.
        On = "on",
        /// It does not.
        Off = "off",
        /// The device did not say.
        Unknown = "unknown",
    }
}

impl Quantity {
    /// Symbol of the unit it is shown in, and decimals of the kept number in it.
    #[must_use]
    pub const fn shown_in(self) -> (&'static str, u32) {
        match self {
            Self::ActivePower => ("W", 0),
            Self::ApparentPower => ("VA", 0),
            Self::Current => ("A", 3),
            Self::Voltage => ("V", 3),
            Self::Energy => ("kWh", 3),
            Self::Temperature => ("°C", 3),
            Self::Humidity | Self::FanShare => ("%", 1),
            Self::FanSpeed => ("RPM", 0),
        }
    }

    /// A kept number as text in the unit it is shown in, exact.
    #[must_use]
    pub fn text(self, amount: i64) -> String {
        decimal_text(amount, self.shown_in().1)
    }

    /// Smallest and largest number that can be true.
    #[must_use]
    pub const fn bounds(self) -> (i64, i64) {
        match self {
            Self::ActivePower | Self::ApparentPower => (0, 10_000_000),
            Self::Current => (0, 10_000_000),
            Self::Voltage => (0, 1_000_000_000),
            Self::Energy => (0, 1_000_000_000_000_000),
            Self::Temperature => (-100_000, 500_000),
            Self::Humidity => (0, 1000),
            Self::FanSpeed => (0, 1_000_000),
            // Some fans are told to run above what their maker calls full speed.
            Self::FanShare => (0, 10_000),
        }
    }
}

/// What was said of one gauge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GaugeSeen {
    /// The part it belongs to.
    pub part: GaugePart,
    /// Which of these parts, as the device counts them: `1` or `1.2`.
    pub index: String,
    /// What it measures.
    pub quantity: Quantity,
    /// What the device calls the part.
    pub name: Option<String>,
    /// The number in the unit of the quantity, or why there is none.
    pub value: Result<i64, GaugeMissing>,
}

/// What was said of one outlet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutletSeen {
    /// Which, as the device counts them; the same as that of its gauges.
    pub index: String,
    /// What the device calls it.
    pub name: Option<String>,
    /// Whether it gives power.
    pub state: OutletState,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_exactly_in_their_unit() {
        let table = [
            (Quantity::ActivePower, 270, "270"),
            (Quantity::Current, 1300, "1.3"),
            (Quantity::Energy, 8_185_493, "8185.493"),
            (Quantity::Temperature, -500, "-0.5"),
            (Quantity::Humidity, 455, "45.5"),
            (Quantity::FanSpeed, 4320, "4320"),
            (Quantity::FanShare, 355, "35.5"),
        ];
        for (quantity, amount, text) in table {
            assert_eq!(quantity.text(amount), text);
        }
    }
}
