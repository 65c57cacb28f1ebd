//! How full a network is, in whole numbers.

use crate::base::ip_prefix::Span;

/// How much of a stretch is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Numbers that are taken.
    pub used: u128,
    /// Bits of a host: the stretch has two to the power of it.
    pub host_bits: u32,
}

impl Usage {
    /// Whole percent, rounded down; 100 only when nothing is left.
    #[must_use]
    pub const fn percent(&self) -> i64 {
        // used * 100 does not fit 128 bits; in two halves it does.
        let (high, low) = (self.used >> 64, self.used & u64::MAX as u128);
        let low = low * 100;
        let high = high * 100 + (low >> 64);
        let low = low & u64::MAX as u128;
        let whole = if self.host_bits >= 64 {
            high >> (self.host_bits - 64)
        } else {
            ((high << 64) | low) >> self.host_bits
        };
        if whole > 100 { 100 } else { whole as i64 }
    }
}

/// How much of a range is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RangeUsage {
    /// Addresses of it that are on record.
    pub used: u128,
    /// How many it has.
    pub size: u128,
}

impl RangeUsage {
    /// Whole percent, rounded down; 100 only when nothing is left.
    #[must_use]
    pub fn percent(&self) -> i64 {
        let whole = match self.used.checked_mul(100) {
            Some(hundredfold) => hundredfold / self.size.max(1),
            // So many that a hundredth part of the range is a great number too.
            None => self.used / (self.size / 100).max(1),
        };
        i64::try_from(whole.min(100)).unwrap_or(100)
    }
}

/// Spans in order, those that touch or overlap as one.
#[must_use]
pub fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.first <= last.last.saturating_add(1) => {
                last.last = last.last.max(span.last);
            }
            _ => merged.push(span),
        }
    }
    merged
}

/// How much of a span `blocks` (in order, apart) and `numbers` (in order, each once) take together; a number in a block
/// counts once.
#[must_use]
pub fn used(within: Span, blocks: &[Span], numbers: &[u128]) -> u128 {
    let count = |span: Span| {
        let from = numbers.partition_point(|number| *number < span.first);
        let until = numbers.partition_point(|number| *number <= span.last);
        until.saturating_sub(from) as u128
    };
    let mut used = count(within);
    for block in blocks.iter().filter(|block| block.meets(&within)) {
        let inside = Span {
            first: block.first.max(within.first),
            last: block.last.min(within.last),
        };
        used = used.saturating_add(inside.size()) - count(inside);
    }
    used
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_is_exact_to_the_last_bit() {
        for (used, host_bits, percent) in [
            (0, 8, 0),
            (2, 8, 0),
            (3, 8, 1),
            (255, 8, 99),
            (256, 8, 100),
            (1, 0, 100),
            (1_u128 << 127, 128, 50),
            (u128::MAX, 128, 99),
            (1_u128 << 63, 64, 50),
            ((1_u128 << 64) - 1, 64, 99),
            (1_u128 << 64, 64, 100),
            (1_u128 << 96, 96, 100),
            // One address less than a hundredth part is not a hundredth part.
            ((1_u128 << 80) / 100, 80, 0),
            ((1_u128 << 80) / 100 + 1, 80, 1),
        ] {
            let usage = Usage { used, host_bits };
            assert_eq!(usage.percent(), percent, "{used} of 2^{host_bits}");
        }
    }

    #[test]
    fn a_range_is_full_when_nothing_is_left() {
        for (used, size, percent) in [
            (0, 9, 0),
            (1, 200, 0),
            (2, 200, 1),
            (199, 200, 99),
            (200, 200, 100),
            (1, 1, 100),
            (0, 0, 0),
            (1_u128 << 100, u128::MAX, 0),
            (u128::MAX / 2, u128::MAX, 50),
        ] {
            let usage = RangeUsage { used, size };
            assert_eq!(usage.percent(), percent, "{used} of {size}");
        }
    }

    #[test]
    fn what_is_in_a_smaller_network_counts_once() {
        let span = |first, last| Span { first, last };
        let within = span(0, 255);
        let blocks = merged(vec![span(64, 127), span(64, 95), span(128, 130)]);
        assert_eq!(blocks, [span(64, 130)]);
        assert_eq!(used(within, &blocks, &[1, 2, 64, 70, 131, 300]), 67 + 3);
        assert_eq!(used(within, &[], &[]), 0);
        assert_eq!(used(within, &[span(0, 255)], &[5]), 256);
    }
}
