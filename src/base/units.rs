//! Quantities with their unit in the type. All are whole numbers in an `i64`.

/// Defines an integer newtype for one unit, usable as a `BIGINT` column.
macro_rules! unit {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default,
            serde::Serialize, serde::Deserialize, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
        )]
        #[serde(transparent)]
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        pub struct $name(i64);

        impl $name {
            /// Wraps a number that is already in this unit.
            pub const fn new(value: i64) -> Self {
                Self(value)
            }

            /// The bare number in this unit.
            pub const fn get(self) -> i64 {
                self.0
            }

            /// Sum that stays at the edge of the range instead of wrapping.
            #[must_use]
            pub const fn saturating_add(self, other: Self) -> Self {
                Self(self.0.saturating_add(other.0))
            }
        }

        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::BigInt, DB> for $name
        where
            i64: diesel::serialize::ToSql<diesel::sql_types::BigInt, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                self.0.to_sql(out)
            }
        }

        impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB> for $name
        where
            i64: diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                <i64 as diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB>>::from_sql(bytes).map(Self)
            }
        }
    };
}

unit!(
    /// Bits per second, decimal: 1 Mbps is 1,000,000.
    BitsPerSecond
);
unit!(
    /// Octets (bytes) on the wire.
    Octets
);
unit!(
    /// Watts of real power.
    Watts
);
unit!(
    /// Thousandths of an ampere.
    Milliamps
);
unit!(
    /// Half rack units: 2 make one U (44.45 mm).
    HalfUnits
);
unit!(
    /// Grams.
    Grams
);
unit!(
    /// Millimetres.
    Millimetres
);
unit!(
    /// Mebibytes (1,048,576 octets) of memory.
    Mebibytes
);
unit!(
    /// Whole seconds of a duration.
    Seconds
);

impl BitsPerSecond {
    /// A decimal Mbps text such as `100` or `2.5`, to the bit per second.
    pub fn from_mbps_text(text: &str) -> Option<Self> {
        decimal(text, 6).map(Self)
    }

    /// The value in Mbps as the shortest exact decimal text.
    pub fn to_mbps_text(self) -> String {
        decimal_text(self.0, 6)
    }
}

impl HalfUnits {
    /// A height or position in U such as `2` or `1.5`.
    pub fn from_units_text(text: &str) -> Option<Self> {
        let tenths = decimal(text, 1)?;
        (tenths % 5 == 0).then_some(Self(tenths / 5))
    }

    /// The value in U, `2` or `1.5`.
    pub fn to_units_text(self) -> String {
        decimal_text(self.0 * 5, 1)
    }
}

impl Grams {
    /// A weight in kilograms such as `28.6`.
    pub fn from_kilograms_text(text: &str) -> Option<Self> {
        decimal(text, 3).map(Self)
    }

    /// The weight in kilograms as text.
    pub fn to_kilograms_text(self) -> String {
        decimal_text(self.0, 3)
    }
}

/// Reads a non-negative decimal with at most `places` decimals into an integer scaled by 10^places.
pub fn decimal(text: &str, places: u32) -> Option<i64> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty()
        || !whole
            .bytes()
            .chain(fraction.bytes())
            .all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let missing = places.checked_sub(u32::try_from(fraction.len()).ok()?)?;
    let scale = 10_i64.checked_pow(places)?;
    let fraction: i64 = if fraction.is_empty() {
        0
    } else {
        fraction.parse().ok()?
    };
    whole
        .parse::<i64>()
        .ok()?
        .checked_mul(scale)?
        .checked_add(fraction.checked_mul(10_i64.checked_pow(missing)?)?)
}

/// Prints an integer scaled by 10^places as the shortest exact decimal.
pub fn decimal_text(value: i64, places: u32) -> String {
    let scale = 10_i64.pow(places);
    let (whole, fraction) = (value / scale, (value % scale).abs());
    if fraction == 0 {
        return whole.to_string();
    }
    let sign = if value < 0 && whole == 0 { "-" } else { "" };
    let digits = format!("{fraction:0width$}", width = places as usize);
    format!("{sign}{whole}.{}", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact_both_ways() {
        for (text, value) in [("100", 100_000_000), ("2.5", 2_500_000), ("0.000001", 1)] {
            assert_eq!(
                BitsPerSecond::from_mbps_text(text).map(BitsPerSecond::get),
                Some(value)
            );
            assert_eq!(BitsPerSecond::new(value).to_mbps_text(), text);
        }
        for wrong in [
            "",
            ".",
            "-1",
            "1e3",
            "0.0000001",
            "1,5",
            "99999999999999999999",
        ] {
            assert_eq!(BitsPerSecond::from_mbps_text(wrong), None, "{wrong}");
        }
        assert_eq!(
            HalfUnits::from_units_text("1.5").map(HalfUnits::get),
            Some(3)
        );
        assert_eq!(HalfUnits::from_units_text("1.2"), None);
        assert_eq!(HalfUnits::new(3).to_units_text(), "1.5");
    }
}
