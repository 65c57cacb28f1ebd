//! Keyset paging: a page is what comes after a key, never an offset.

use std::cmp::Ordering;

use serde::Serialize;

use super::fault::Fault;
use super::token::{hex, hex_bytes};

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

    /// A first page of as many rows as a page can have.
    pub fn largest() -> Self {
        Self {
            limit: 1000,
            ..Self::first()
        }
    }
}

/// Goes through all pages of a list, as few as there can be; `page` gives the key of the next one.
pub fn every_page(
    mut page: impl FnMut(&PageRequest) -> Result<Option<String>, Fault>,
) -> Result<(), Fault> {
    let mut request = PageRequest::largest();
    while let Some(next) = page(&request)? {
        request.after = Some(next);
    }
    Ok(())
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

/// What a row of a sorted list is sorted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SortValue {
    /// A number, an instant, an amount.
    Number(i64),
    /// A text, in the database's own order.
    Text(String),
}

impl SortValue {
    /// The number; 0 for a text, which no list of numbers gave out.
    pub const fn number(&self) -> i64 {
        match self {
            Self::Number(number) => *number,
            Self::Text(_) => 0,
        }
    }

    /// The text; empty for a number, which no list of texts gave out.
    pub fn text(&self) -> String {
        match self {
            Self::Number(_) => String::new(),
            Self::Text(text) => text.clone(),
        }
    }
}

/// Where a row stands in a sorted list: its value, empty ones last, then its row id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Row id; settles what is equal.
    pub id: i64,
    /// What it is sorted by.
    pub value: Option<SortValue>,
}

impl Mark {
    /// A row by a text.
    pub fn of_text(id: i64, text: Option<&str>) -> Self {
        Self {
            id,
            value: text.map(|text| SortValue::Text(text.to_owned())),
        }
    }

    /// A row by a number.
    pub fn of_number(id: i64, number: Option<i64>) -> Self {
        Self {
            id,
            value: number.map(SortValue::Number),
        }
    }

    /// As it stands in an address, whatever the text is: `12`, `12~n42`, `12~tA01`, `12~xe69cba`.
    pub fn to_key(&self) -> String {
        match &self.value {
            None => self.id.to_string(),
            Some(SortValue::Number(number)) => format!("{}~n{number}", self.id),
            Some(SortValue::Text(text)) if is_plain(text) => format!("{}~t{text}", self.id),
            Some(SortValue::Text(text)) => format!("{}~x{}", self.id, hex(text.as_bytes())),
        }
    }

    /// Reads [`Mark::to_key`]; `None` for what is no key.
    pub fn from_key(key: &str) -> Option<Self> {
        let (id, value) = match key.split_once('~') {
            None => (key, None),
            Some((id, value)) => {
                let (kind, value) = value.split_at_checked(1)?;
                let value = match kind {
                    "n" => SortValue::Number(value.parse().ok()?),
                    "t" => SortValue::Text(value.to_owned()),
                    "x" => SortValue::Text(String::from_utf8(hex_bytes(value)?).ok()?),
                    _ => return None,
                };
                (id, Some(value))
            }
        };
        // No text in a database has it, and one of them refuses to look for it.
        let has_nul = matches!(&value, Some(SortValue::Text(text)) if text.contains('\0'));
        Some(Self {
            id: id.parse().ok().filter(|_| !has_nul)?,
            value,
        })
    }
}

/// Whether a text can stand in an address as it is.
fn is_plain(text: &str) -> bool {
    text.bytes()
        .all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'.'))
}

/// How a page of a sorted list is found: from where, which way, how many rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// The row that the page begins behind; none at an end of the list.
    pub from: Option<Mark>,
    /// Whether it goes towards the beginning.
    pub is_back: bool,
    /// Whether great values come first.
    pub is_descending: bool,
    /// Rows of a page, 1 to 1,000.
    pub limit: usize,
}

impl Walk {
    /// The walk that a page asks for.
    pub fn of(page: &PageRequest, is_descending: bool) -> Self {
        let after = page.after.as_deref().and_then(Mark::from_key);
        let before = page.before.as_deref().and_then(Mark::from_key);
        let is_back = after.is_none() && before.is_some();
        Self {
            from: after.or(before),
            is_back,
            is_descending,
            limit: page.limit.clamp(1, 1000),
        }
    }

    /// How many rows to fetch: one more than are shown, to know whether there are more.
    pub fn fetch(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(1000).saturating_add(1)
    }

    /// The page of what was fetched: at most [`Walk::fetch`] rows, in the order of the walk.
    pub fn page<T>(&self, mut rows: Vec<T>, total: i64, mark: impl Fn(&T) -> Mark) -> Page<T> {
        let is_more = rows.len() > self.limit;
        rows.truncate(self.limit);
        if self.is_back {
            rows.reverse();
        }
        let (has_previous, has_next) = if self.is_back {
            (is_more, true)
        } else {
            (self.from.is_some(), is_more)
        };
        let key = |row: Option<&T>| row.map(|row| mark(row).to_key());
        Page {
            next: key(rows.last()).filter(|_| has_next),
            previous: key(rows.first()).filter(|_| has_previous),
            rows,
            total,
        }
    }

    /// Which of two rows comes first in the list.
    pub fn order(&self, a: &Mark, b: &Mark) -> Ordering {
        let values = match (&a.value, &b.value) {
            (Some(a), Some(b)) if self.is_descending => b.cmp(a),
            (Some(a), Some(b)) => a.cmp(b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        values.then_with(|| a.id.cmp(&b.id))
    }

    /// Sorts a list that is in memory as a whole, and cuts the page out of it.
    pub fn cut<T>(&self, all: Vec<T>, mark: impl Fn(&T) -> Mark) -> Page<T> {
        let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let mut marked: Vec<(Mark, T)> = all.into_iter().map(|row| (mark(&row), row)).collect();
        marked.sort_by(|(a, _), (b, _)| self.order(a, b));
        if self.is_back {
            marked.reverse();
        }
        let is_behind = |place: &Mark| {
            self.from.as_ref().is_none_or(|from| {
                let order = self.order(place, from);
                order
                    == if self.is_back {
                        Ordering::Less
                    } else {
                        Ordering::Greater
                    }
            })
        };
        let rows: Vec<T> = marked
            .into_iter()
            .filter(|(place, _)| is_behind(place))
            .take(self.limit.saturating_add(1))
            .map(|(_, row)| row)
            .collect();
        self.page(rows, total, mark)
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

    #[test]
    fn a_key_is_read_as_it_was_written() {
        for mark in [
            Mark::of_text(7, Some("a~b~机柜")),
            Mark::of_text(7, Some("")),
            Mark::of_text(7, None),
            Mark::of_number(1, Some(-42)),
        ] {
            assert_eq!(Mark::from_key(&mark.to_key()), Some(mark));
        }
        for wrong in [
            "", "x", "1~", "1~q", "1~nx", "~tA", "1~xzz", "1~xff", "1~x00",
        ] {
            assert_eq!(Mark::from_key(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_sorted_list_shows_every_row_once_whichever_way() {
        let values = [
            Some(3),
            None,
            Some(1),
            Some(3),
            Some(2),
            None,
            Some(1),
            Some(9),
        ];
        let rows: Vec<(i64, Option<i64>)> = (1..).zip(values).collect();
        let mark = |row: &(i64, Option<i64>)| Mark::of_number(row.0, row.1);
        for (is_descending, limit) in [false, true]
            .into_iter()
            .flat_map(|way| (1..=9).map(move |limit| (way, limit)))
        {
            let page = |after: Option<String>, before: Option<String>| {
                let request = PageRequest {
                    after,
                    before,
                    limit,
                };
                Walk::of(&request, is_descending).cut(rows.clone(), mark)
            };
            let mut seen = Vec::new();
            let mut at = page(None, None);
            loop {
                seen.extend(at.rows.iter().copied());
                let Some(next) = at.next.clone() else { break };
                let on = page(Some(next), None);
                let back = page(None, on.previous.clone());
                assert_eq!(back.rows, at.rows, "back by {limit}");
                at = on;
            }
            let ids: Vec<i64> = seen.iter().map(|row| row.0).collect();
            let expected = if is_descending {
                [8, 1, 4, 5, 3, 7, 2, 6]
            } else {
                [3, 7, 5, 1, 4, 8, 2, 6]
            };
            assert_eq!(ids, expected, "by {limit}");
        }
    }
}
