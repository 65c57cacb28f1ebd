//! Keyset paging: a page is what comes after a key, never an offset.

use serde::Serialize;

/// How many rows a list page shows.
pub const PAGE_ROWS: usize = 50;

/// Where a page starts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageRequest {
    /// Rows after this key in the list's order, when going on.
    pub after: Option<String>,
    /// Rows before this key, when going back.
    pub before: Option<String>,
    /// At most this many rows (1 to 1,000).
    pub limit: usize,
}

impl PageRequest {
    /// A first page of the usual size.
    pub fn first() -> Self {
        Self {
            after: None,
            before: None,
            limit: PAGE_ROWS,
        }
    }
}

/// One page of rows with the keys of its neighbours.
#[derive(Debug, Clone, Serialize)]
pub struct Page<T> {
    /// The rows, in the list's order.
    pub rows: Vec<T>,
    /// Key to pass as `after` for the next page, when there is one.
    pub next: Option<String>,
    /// Key to pass as `before` for the previous page, when there is one.
    pub previous: Option<String>,
    /// How many rows match in all.
    pub total: i64,
}

impl<T> Page<T> {
    /// Cuts a page out of an ordered list that is already in memory, by a key of each row.
    pub fn cut(all: Vec<T>, request: &PageRequest, key: impl Fn(&T) -> String) -> Self {
        let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let limit = request.limit.clamp(1, 1000);
        let start = match (&request.after, &request.before) {
            (Some(after), _) => all
                .iter()
                .position(|row| key(row) == *after)
                .map_or(0, |at| at + 1),
            (None, Some(before)) => all
                .iter()
                .position(|row| key(row) == *before)
                .map_or(0, |at| at.saturating_sub(limit)),
            (None, None) => 0,
        };
        let end = start.saturating_add(limit).min(all.len());
        let next = (end < all.len())
            .then(|| all.get(end.saturating_sub(1)).map(&key))
            .flatten();
        let previous = (start > 0).then(|| all.get(start).map(&key)).flatten();
        let rows = all.into_iter().skip(start).take(limit).collect();
        Self {
            rows,
            next,
            previous,
            total,
        }
    }

    /// The same page with each row turned into another.
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(turn).collect(),
            next: self.next,
            previous: self.previous,
            total: self.total,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_join_without_overlap_both_ways() {
        let all: Vec<i32> = (0..25).collect();
        let request = |after: Option<&str>, before: Option<&str>| PageRequest {
            after: after.map(str::to_owned),
            before: before.map(str::to_owned),
            limit: 10,
        };
        let cut = |request: PageRequest| Page::cut(all.clone(), &request, i32::to_string);
        let first = cut(request(None, None));
        assert_eq!((first.rows.len(), first.previous.clone()), (10, None));
        let second = cut(request(first.next.as_deref(), None));
        assert_eq!(second.rows.first(), Some(&10));
        let third = cut(request(second.next.as_deref(), None));
        assert_eq!((third.rows.len(), third.next.clone()), (5, None));
        let back = cut(request(None, third.previous.as_deref()));
        assert_eq!(back.rows, second.rows);
    }
}
