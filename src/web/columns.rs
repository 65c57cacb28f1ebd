//! Which columns a list has, which of them are shown, and by what it is sorted: one table for each list.

use serde_json::{Value, json};

use super::Web;
use crate::base::fault::{Fault, Message};
use crate::base::locale::Locale;
use crate::identity::ViewedList;

/// Longest value of a filter in a query that is kept, letters.
const VALUE_LETTERS: usize = 200;

/// A column that a list can show.
#[derive(Debug)]
pub(super) struct Column {
    /// Its name in addresses and in files.
    pub key: &'static str,
    /// Key of its words.
    pub label: &'static str,
    /// The word that the list is sorted by through it; none when it cannot be.
    pub sort: Option<&'static str>,
    /// Numbers, right-aligned.
    pub is_numeric: bool,
    /// Shown when nothing is chosen.
    pub is_usual: bool,
    /// Not for customers.
    pub for_staff: bool,
}

impl Column {
    /// A column that is shown when nothing is chosen.
    pub const fn usual(key: &'static str, label: &'static str) -> Self {
        Self {
            key,
            label,
            sort: None,
            is_numeric: false,
            is_usual: true,
            for_staff: false,
        }
    }

    /// A column that is shown when it is chosen.
    pub const fn further(key: &'static str, label: &'static str) -> Self {
        Self {
            is_usual: false,
            ..Self::usual(key, label)
        }
    }

    /// The same column, sorting by a word.
    #[must_use]
    pub const fn sorts(mut self, word: &'static str) -> Self {
        self.sort = Some(word);
        self
    }

    /// The same column with numbers.
    #[must_use]
    pub const fn numeric(mut self) -> Self {
        self.is_numeric = true;
        self
    }

    /// The same column, for staff only.
    #[must_use]
    pub const fn staff(mut self) -> Self {
        self.for_staff = true;
        self
    }
}

/// Whether a text can be the value of a filter.
pub(super) type Check = fn(&str) -> bool;

/// What is known of a list: all that its address may say.
pub(super) struct Known {
    /// The list.
    pub list: ViewedList,
    /// Its columns, in the order they are shown.
    pub columns: &'static [Column],
    /// Its filters, in the order of its address.
    pub filters: &'static [(&'static str, Check)],
    /// What it can be sorted by; the first when nothing is said.
    pub sorts: &'static [&'static str],
}

/// The id of a record.
pub(super) fn is_id(text: &str) -> bool {
    text.parse::<i64>().is_ok_and(|id| id > 0)
}

/// The code of a record.
pub(super) fn is_code(text: &str) -> bool {
    (1..=64).contains(&text.chars().count())
}

/// The columns and the order that an address asks for.
pub(super) struct Shown {
    /// The columns, in the order of the list's table.
    pub columns: Vec<&'static Column>,
    /// What the list is sorted by.
    pub sort: &'static str,
    /// Great values first.
    pub is_descending: bool,
    is_chosen: bool,
    choices: Vec<&'static Column>,
    first_sort: &'static str,
}

impl Known {
    /// Reads the columns and the order; what the list does not know is refused by name.
    pub fn shown(
        &self,
        asked: &[String],
        sort: Option<&str>,
        is_customer: bool,
    ) -> Result<Shown, Fault> {
        let choices: Vec<&'static Column> = self
            .columns
            .iter()
            .filter(|column| !(is_customer && column.for_staff))
            .collect();
        let asked: Vec<&str> = asked
            .iter()
            .map(|key| key.trim())
            .filter(|key| !key.is_empty())
            .collect();
        for key in &asked {
            if !choices.iter().any(|column| column.key == *key) {
                let message = Message::new("list-unknown-column")
                    .with("name", *key)
                    .with("allowed", names(choices.iter().map(|column| column.key)));
                return Err(Fault::field("column", message));
            }
        }
        // The first column is what a row is called and its link: it is always there.
        let first = self.columns.first().map(|column| column.key);
        let wanted = |column: &&&'static Column| match asked.is_empty() {
            true => column.is_usual,
            false => Some(column.key) == first || asked.contains(&column.key),
        };
        let columns: Vec<&'static Column> = choices.iter().filter(wanted).copied().collect();
        let usual: Vec<&str> = choices
            .iter()
            .filter(|column| column.is_usual)
            .map(|column| column.key)
            .collect();
        let is_chosen = !columns.iter().map(|column| column.key).eq(usual);
        let (sort, is_descending) = self.order(sort, is_customer)?;
        Ok(Shown {
            columns,
            sort,
            is_descending,
            is_chosen,
            choices,
            first_sort: self.first_sort(),
        })
    }

    fn first_sort(&self) -> &'static str {
        self.sorts.first().copied().unwrap_or_default()
    }

    fn order(&self, sort: Option<&str>, is_customer: bool) -> Result<(&'static str, bool), Fault> {
        let asked = sort.unwrap_or_default().trim();
        if asked.is_empty() {
            return Ok((self.first_sort(), false));
        }
        let (word, is_descending) = match asked.strip_prefix('-') {
            Some(word) => (word, true),
            None => (asked, false),
        };
        let hidden = |word: &str| {
            let mut of_staff = self.columns.iter().filter(|column| column.for_staff);
            is_customer && of_staff.any(|column| column.sort == Some(word))
        };
        let found = self.sorts.iter().find(|known| **known == word);
        match found.filter(|word| !hidden(word)) {
            Some(word) => Ok((*word, is_descending)),
            None => {
                let message = Message::new("list-unknown-sort")
                    .with("name", word)
                    .with("allowed", names(self.sorts.iter().copied()));
                Err(Fault::field("sort", message))
            }
        }
    }

    /// The query of an address as it may be kept: everything in it is known and can be meant, in one order, without the
    /// place in the list.
    pub fn checked(&self, query: &str, is_customer: bool) -> Result<String, Fault> {
        let said = pairs_of(query);
        let mut kept: Vec<(&str, &str)> = Vec::new();
        let mut columns: Vec<String> = Vec::new();
        let (mut search, mut sort) = (None, None);
        for (name, value) in &said {
            let value = value.trim();
            let check = self.filters.iter().find(|(known, _)| known == name);
            match (name.as_str(), check) {
                ("after" | "before", _) => {}
                (_, _) if value.is_empty() => {}
                (_, _) if value.chars().count() > VALUE_LETTERS => {
                    return Err(wrong_value(name, value));
                }
                ("q", _) => search = Some(value),
                ("column", _) => columns.push(value.to_owned()),
                ("sort", _) => sort = Some(value),
                (_, Some((known, is_right))) if is_right(value) => kept.push((*known, value)),
                (_, Some(_)) => return Err(wrong_value(name, value)),
                (_, None) => {
                    let message = Message::new("list-unknown-filter")
                        .with("name", name.as_str())
                        .with("allowed", names(self.filters.iter().map(|(name, _)| *name)));
                    return Err(Fault::field("query", message));
                }
            }
        }
        let shown = self.shown(&columns, sort, is_customer)?;
        let place = |name: &str| self.filters.iter().position(|(known, _)| *known == name);
        kept.sort_by_key(|(name, _)| place(name));
        kept.dedup_by_key(|(name, _)| *name);
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        pairs.extend(search.map(|text| ("q", text)));
        pairs.extend(kept);
        let told = shown.kept();
        pairs.extend(told.iter().map(|(name, value)| (*name, value.as_str())));
        Ok(encoded(&pairs))
    }
}

fn wrong_value(name: &str, value: &str) -> Fault {
    let shown: String = value.chars().take(60).collect();
    let message = Message::new("list-wrong-value")
        .with("name", name)
        .with("value", shown);
    Fault::field("query", message)
}

fn names<'a>(all: impl Iterator<Item = &'a str>) -> String {
    all.collect::<Vec<_>>().join(", ")
}

impl Shown {
    /// What an address must say to ask for the same again: nothing when it is what comes unasked.
    pub fn kept(&self) -> Vec<(&'static str, String)> {
        let mut kept = Vec::new();
        if self.is_descending || self.sort != self.first_sort {
            let sign = if self.is_descending { "-" } else { "" };
            kept.push(("sort", format!("{sign}{}", self.sort)));
        }
        if self.is_chosen {
            let keys = self.columns.iter().map(|column| column.key.to_owned());
            kept.extend(keys.map(|key| ("column", key)));
        }
        kept
    }

    /// Names of the columns, for the head of a file.
    pub fn keys(&self) -> Vec<&'static str> {
        self.columns.iter().map(|column| column.key).collect()
    }

    /// The shown columns for a template.
    pub fn columns_value(&self, web: &Web, locale: Locale) -> Value {
        let value = |column: &&'static Column| {
            json!({
                "key": column.key,
                "label": web.words.text(locale, column.label),
                "sort": column.sort,
                "numeric": column.is_numeric,
            })
        };
        self.columns.iter().map(value).collect()
    }

    /// All columns to choose from, for a template.
    pub fn choices_value(&self, web: &Web, locale: Locale) -> Value {
        let is_shown = |column: &Column| self.columns.iter().any(|one| one.key == column.key);
        let value = |column: &&'static Column| {
            json!({
                "key": column.key,
                "label": web.words.text(locale, column.label),
                "shown": is_shown(column),
            })
        };
        self.choices.iter().map(value).collect()
    }

    /// The cells of a row for a template, by column.
    pub fn cells(&self, cell: impl Fn(&str) -> String) -> Value {
        let pairs = self
            .columns
            .iter()
            .map(|column| (column.key.to_owned(), Value::String(cell(column.key))));
        Value::Object(pairs.collect())
    }

    /// The cells of a row for a file.
    pub fn line(&self, cell: impl Fn(&str) -> String) -> Vec<String> {
        self.columns.iter().map(|column| cell(column.key)).collect()
    }
}

/// Names and values as the query of an address.
pub(super) fn encoded(pairs: &[(&str, &str)]) -> String {
    let encode = |text: &str| rocket::http::RawStr::new(text).percent_encode().to_string();
    let query: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    query.join("&")
}

/// Names and values of the query of an address.
fn pairs_of(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        rocket::http::RawStr::new(text)
            .url_decode_lossy()
            .replace('\0', "\u{fffd}")
    };
    query
        .trim()
        .trim_start_matches('?')
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

#[cfg(test)]
#[path = "columns_tests.rs"]
mod tests;
