//! Finding what is free: along the ordered list of what is taken, never address by address.

use std::collections::VecDeque;

use crate::base::ip_prefix::Span;

/// The first number of the lowest free stretch of 2^`host_bits` numbers, aligned to its size, within a span. `blocks` are
/// taken as a whole, in order and apart from each other; `taken` gives the single taken numbers from a number on, in
/// order and at least one while there are any.
///
/// # Errors
/// What `taken` fails with.
pub fn lowest_free<E>(
    within: Span,
    host_bits: u32,
    blocks: &[Span],
    mut taken: impl FnMut(u128) -> Result<Vec<u128>, E>,
) -> Result<Option<u128>, E> {
    let Some(size) = 1_u128.checked_shl(host_bits) else {
        return Ok(None);
    };
    let mut next = aligned(within.first, size);
    let mut waiting: VecDeque<u128> = VecDeque::new();
    let mut is_end = false;
    let mut blocks = blocks.iter().peekable();
    while let Some(at) = next {
        let Some(last) = at.checked_add(size - 1).filter(|last| *last <= within.last) else {
            return Ok(None);
        };
        while blocks.next_if(|block| block.last < at).is_some() {}
        if let Some(block) = blocks.peek().filter(|block| block.first <= last) {
            next = after(block.last, size);
            continue;
        }
        while waiting.front().is_some_and(|number| *number < at) {
            waiting.pop_front();
        }
        if waiting.is_empty() && !is_end {
            waiting = taken(at)?.into();
            is_end = waiting.is_empty();
        }
        match waiting.front() {
            Some(number) if *number <= last => next = after(*number, size),
            _ => return Ok(Some(at)),
        }
    }
    Ok(None)
}

/// The first multiple of a power of two that is not below a number.
fn aligned(number: u128, size: u128) -> Option<u128> {
    let mask = size - 1;
    if number & mask == 0 {
        Some(number)
    } else {
        (number | mask).checked_add(1)
    }
}

fn after(number: u128, size: u128) -> Option<u128> {
    aligned(number.checked_add(1)?, size)
}

/// The stretches of a span that nothing takes, at most so many; `taken` in order and apart.
#[must_use]
pub fn gaps(within: Span, taken: &[Span], most: usize) -> Vec<Span> {
    let mut found = Vec::new();
    let mut from = Some(within.first);
    for span in taken.iter().filter(|span| span.meets(&within)) {
        if let Some(first) = from
            && first < span.first
        {
            found.push(Span {
                first,
                last: span.first - 1,
            });
        }
        from = span.last.checked_add(1);
    }
    if let Some(first) = from.filter(|first| *first <= within.last) {
        found.push(Span {
            first,
            last: within.last,
        });
    }
    found.truncate(most);
    found
}

#[cfg(test)]
#[path = "free_tests.rs"]
mod tests;
