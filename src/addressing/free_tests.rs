#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::cell::Cell;
use std::convert::Infallible;

use proptest::prelude::*;

use super::*;
use crate::addressing::usage::merged;
use crate::base::ip_prefix::IpPrefix;

fn span(first: u128, last: u128) -> Span {
    Span { first, last }
}

/// Asks for batches of three, as the database would give them.
fn lowest(within: Span, bits: u32, blocks: &[Span], taken: &[u128]) -> Option<u128> {
    let found: Result<_, Infallible> = lowest_free(within, bits, blocks, |from| {
        let rest = taken.iter().copied().filter(|number| *number >= from);
        Ok(rest.take(3).collect())
    });
    found.unwrap()
}

#[test]
fn the_lowest_gap_is_found() {
    let ten = span(1, 10);
    for (taken, blocks, free) in [
        (vec![], vec![], Some(1)),
        (vec![1, 2, 3], vec![], Some(4)),
        (vec![2, 3], vec![], Some(1)),
        (vec![1, 2, 3, 4, 5, 6, 8], vec![], Some(7)),
        (vec![1, 2], vec![span(3, 8)], Some(9)),
        (vec![1, 2, 4, 9], vec![span(3, 8)], Some(10)),
        (vec![9, 10], vec![span(0, 8)], None),
        ((1..=10).collect(), vec![], None),
        (vec![], vec![span(0, 20)], None),
    ] {
        assert_eq!(
            lowest(ten, 0, &blocks, &taken),
            free,
            "{taken:?} {blocks:?}"
        );
    }
}

#[test]
fn the_lowest_network_is_aligned_and_touches_nothing() {
    let within = |text: &str| IpPrefix::parse("p", text).unwrap().span();
    let start = within("10.0.0.0/8").first;
    let wide = span(start, start + 1023);
    for (bits, blocks, taken, free) in [
        (8, vec![], vec![], Some(0)),
        (8, vec![], vec![5], Some(256)),
        (
            8,
            vec![span(start, start + 63)],
            vec![start + 256],
            Some(512),
        ),
        (6, vec![span(start, start + 63)], vec![], Some(64)),
        (9, vec![span(start + 512, start + 515)], vec![], Some(0)),
        (10, vec![span(start + 512, start + 515)], vec![], None),
        (11, vec![], vec![], None),
    ] {
        let taken: Vec<u128> = taken
            .into_iter()
            .map(|number| {
                if number < start {
                    start + number
                } else {
                    number
                }
            })
            .collect();
        let found = lowest(wide, bits, &blocks, &taken).map(|at| at - start);
        assert_eq!(found, free, "{bits} {blocks:?} {taken:?}");
    }
}

#[test]
fn the_end_of_all_numbers_is_no_trap() {
    let all = span(0, u128::MAX);
    assert_eq!(lowest(all, 127, &[span(0, 5)], &[]), Some(1 << 127));
    assert_eq!(lowest(all, 127, &[span(0, 5)], &[u128::MAX]), None);
    let tail = span(u128::MAX - 1, u128::MAX);
    assert_eq!(lowest(tail, 0, &[], &[u128::MAX - 1]), Some(u128::MAX));
    assert_eq!(lowest(tail, 0, &[], &[u128::MAX - 1, u128::MAX]), None);
}

/// Sixteen million addresses, a hundred of them taken, a child network that hides most: few questions, no walk through all.
#[test]
fn a_wide_network_with_gaps_is_not_counted_through() {
    let eight = IpPrefix::parse("p", "10.0.0.0/8").unwrap();
    let blocks = [IpPrefix::parse("p", "10.0.0.0/9").unwrap().span()];
    let first = blocks[0].last + 1;
    let taken: Vec<u128> = (0..100).map(|number| first + number).collect();
    let asked = Cell::new(0);
    let found: Result<_, Infallible> = lowest_free(eight.usable(false), 0, &blocks, |from| {
        asked.set(asked.get() + 1);
        Ok(taken
            .iter()
            .copied()
            .filter(|number| *number >= from)
            .take(50)
            .collect())
    });
    assert_eq!((found.unwrap(), asked.get()), (Some(first + 100), 3));
}

proptest! {
    /// What is found is free, lies within, is aligned, and there is nothing lower.
    #[test]
    fn what_is_found_is_free_and_the_lowest(
        first in 0_u128..40, width in 0_u128..40, bits in 0_u32..4,
        mut taken in proptest::collection::vec(0_u128..90, 0..60),
        spans in proptest::collection::vec((0_u128..90, 0_u128..6), 0..5),
    ) {
        let within = span(first, first + width);
        taken.sort_unstable();
        taken.dedup();
        let blocks = merged(spans.into_iter().map(|(at, more)| span(at, at + more)).collect());
        let size = 1_u128 << bits;
        let free = |at: u128| {
            let wanted = span(at, at + size - 1);
            within.contains(&wanted)
                && !taken.iter().any(|number| wanted.holds(*number))
                && !blocks.iter().any(|block| block.meets(&wanted))
        };
        let slowly = (0..200_u128).map(|step| step * size).find(|at| free(*at));
        prop_assert_eq!(lowest(within, bits, &blocks, &taken), slowly);
    }

    /// Every number is either taken or in a gap.
    #[test]
    fn gaps_are_what_is_left(spans in proptest::collection::vec((0_u128..60, 0_u128..8), 0..8)) {
        let within = span(10, 50);
        let taken = merged(spans.into_iter().map(|(at, more)| span(at, at + more)).collect());
        let found = gaps(within, &taken, 100);
        for number in 10..=50 {
            let is_taken = taken.iter().any(|span| span.holds(number));
            prop_assert_eq!(found.iter().any(|gap| gap.holds(number)), !is_taken);
        }
        prop_assert!(found.iter().all(|gap| within.contains(gap)));
    }
}
