//! Money in minor units with its currency; no floats.

use super::units::{decimal, decimal_text};

crate::text_enum! {
    /// ISO 4217 codes of currencies in use; all have two decimals.
    pub enum Currency {
        /// Renminbi.
        Cny = "CNY",
        /// United States dollar.
        Usd = "USD",
        /// Euro.
        Eur = "EUR",
    }
}

/// An amount in hundredths of a currency's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// Hundredths (分, cents); negative is a credit.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// An amount from a text like `1234.50`, exact.
    pub fn parse(text: &str, currency: Currency) -> Option<Self> {
        decimal(text, 2).map(|minor| Self { minor, currency })
    }

    /// The sum; `None` when the currencies differ or it does not fit.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let same = self.currency == other.currency;
        let minor = self.minor.checked_add(other.minor)?;
        same.then_some(Self {
            minor,
            currency: self.currency,
        })
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", decimal_text(self.minor, 2), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_keep_to_one_currency() {
        let a = Money::parse("0.10", Currency::Cny);
        let b = Money::parse("0.2", Currency::Cny);
        let sum = a.zip(b).and_then(|(a, b)| a.checked_add(b));
        assert_eq!(sum.map(|m| m.to_string()).as_deref(), Some("0.3 CNY"));
        let other = Money {
            minor: 1,
            currency: Currency::Eur,
        };
        assert_eq!(a.and_then(|a| a.checked_add(other)), None);
        assert_eq!(Money::parse("0.001", Currency::Cny), None);
    }
}
