//! The terms by which a thing is found.
//!
//! A name is folded and cut into words; a word is kept without its punctuation, so that `xe-0/0/1`, `aa:bb:cc:dd:ee:ff`
//! and `aabb.ccdd.eeff` are typed any way, and once more from each place where a reader begins: after punctuation, at
//! each Chinese character, at a number. A prefix of such a term is then any part that people type. Numbers that are
//! read off a label from behind (serials, asset tags, addresses of cards) are kept backwards too.

use std::collections::BTreeMap;

use super::chinese::{is_read, spellings};
use crate::base::fold::fold;

/// Longest term, letters; longer ones are cut, and so are queries.
pub(super) const LONGEST_TERM: usize = 40;
/// Marks a term that is written backwards; no folded word has it.
pub(super) const BACKWARDS: char = '<';
/// Places of one text from which it is kept.
const MOST_STARTS: usize = 24;
/// Terms of one thing.
const MOST_TERMS: usize = 300;
/// Letters of an address of a network card.
const MAC_DIGITS: usize = 12;

/// Where a term comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// The beginning of a name or number of the thing itself.
    Own = 0,
    /// A later part of one, or another way to type it.
    Inner = 1,
    /// What is around it.
    Around = 2,
}

impl Class {
    /// As it is stored.
    pub(super) const fn number(self) -> i64 {
        self as i64
    }
}

/// Terms being gathered.
#[derive(Debug, Default)]
pub(super) struct Terms {
    found: BTreeMap<String, Class>,
}

impl Terms {
    /// A name of the thing.
    pub(super) fn name(&mut self, text: &str) {
        self.text(text, Class::Own);
    }

    /// What is around the thing: it narrows a search of several words.
    pub(super) fn around(&mut self, text: &str) {
        self.text(text, Class::Around);
    }

    /// A number that is read from its beginning or its end.
    pub(super) fn number(&mut self, text: &str) {
        let plain = plain(&fold(text));
        self.put(plain.clone(), Class::Own);
        self.backwards(&plain);
    }

    /// Addresses of network cards in a free text.
    pub(super) fn cards(&mut self, text: &str) {
        for mac in macs(text) {
            self.put(mac.clone(), Class::Own);
            self.backwards(&mac);
        }
    }

    /// All terms with their class.
    pub(super) fn finish(self) -> BTreeMap<String, i64> {
        let number = |(term, class): (String, Class)| (term, class.number());
        self.found.into_iter().map(number).collect()
    }

    fn text(&mut self, text: &str, own: Class) {
        let later = own.max(Class::Inner);
        let folded = fold(text);
        // Spellings come last: when there are too many terms, it is they that are left out.
        let mut read = Vec::new();
        for (index, word) in folded.split(' ').enumerate() {
            if is_address(word) {
                self.groups(word, if index == 0 { own } else { later }, later);
                continue;
            }
            let (letters, starts) = starts(word);
            for start in starts.into_iter().take(MOST_STARTS) {
                let part = letters.get(start..).unwrap_or_default();
                let class = if index + start == 0 { own } else { later };
                self.put(part.iter().collect(), class);
                if is_spelled(part, start, own) {
                    read.push(part.to_vec());
                }
            }
            if is_dotted(word) {
                self.put(word.to_owned(), if index == 0 { own } else { later });
            }
        }
        for part in read {
            self.spelled(&part, later);
        }
    }

    /// A network address from each of its groups.
    fn groups(&mut self, address: &str, own: Class, later: Class) {
        self.put(address.to_owned(), own);
        for (dot, _) in address.match_indices('.') {
            let rest = address.get(dot + 1..).unwrap_or_default();
            if rest.contains('.') {
                self.put(rest.to_owned(), later);
            }
        }
    }

    fn spelled(&mut self, part: &[char], class: Class) {
        for way in spellings(part) {
            self.put(way.full, class);
            self.put(way.initials, class);
        }
    }

    fn backwards(&mut self, plain: &str) {
        let turned: String = plain.chars().rev().collect();
        if turned.chars().nth(2).is_some() {
            self.put(format!("{BACKWARDS}{turned}"), Class::Inner);
        }
    }

    fn put(&mut self, term: String, class: Class) {
        let term = cut(&term);
        if term.is_empty() {
            return;
        }
        if let Some(before) = self.found.get_mut(&term) {
            *before = class.min(*before);
        } else if self.found.len() < MOST_TERMS {
            self.found.insert(term, class);
        }
    }
}

/// Whether a part is spelled: it begins in Chinese, or is a whole word that goes on in it. What is around a thing is
/// spelled from the beginning of its words only.
fn is_spelled(part: &[char], start: usize, own: Class) -> bool {
    let first = part.iter().position(|letter| is_read(*letter));
    first.is_some_and(|first| start == 0 || (first == 0 && own != Class::Around))
}

/// Whether a word is the beginning or the whole of a network address, whose dots mean something.
pub(super) fn is_address(word: &str) -> bool {
    let is_group = |group: &str| group.len() <= 3 && group.chars().all(|c| c.is_ascii_digit());
    let holds_digit = word.chars().any(|c| c.is_ascii_digit());
    word.contains('.') && holds_digit && word.split('.').all(is_group)
}

/// A term or word of a query, not too long.
pub(super) fn cut(term: &str) -> String {
    term.chars().take(LONGEST_TERM).collect()
}

/// Letters and digits only.
pub(super) fn plain(folded: &str) -> String {
    folded.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Whether a word is looked for as it stands too: a network address, a name with a domain.
pub(super) fn is_dotted(word: &str) -> bool {
    word.contains(['.', ':']) && word.chars().any(char::is_alphanumeric)
}

/// Letters and digits of a word, and from which of them it is kept.
fn starts(word: &str) -> (Vec<char>, Vec<usize>) {
    let mut letters: Vec<char> = Vec::new();
    let mut starts = Vec::new();
    let mut before = Letter::Break;
    for letter in word.chars() {
        let now = Letter::of(letter);
        if now != Letter::Break {
            if before.begins(now) {
                starts.push(letters.len());
            }
            letters.push(letter);
        }
        before = now;
    }
    // One Latin letter or digit at the end says nothing.
    let says = |start: &usize| {
        let last = letters.len() == start + 1;
        *start == 0 || !last || letters.last().is_some_and(|letter| is_read(*letter))
    };
    starts.retain(says);
    (letters, starts)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Letter {
    Break,
    Digit,
    Latin,
    Chinese,
}

impl Letter {
    fn of(letter: char) -> Self {
        match letter {
            _ if !letter.is_alphanumeric() => Self::Break,
            _ if letter.is_numeric() => Self::Digit,
            _ if is_read(letter) => Self::Chinese,
            _ => Self::Latin,
        }
    }

    /// Whether a reader may begin at `next`.
    fn begins(self, next: Self) -> bool {
        match (self, next) {
            (Self::Break, _) | (_, Self::Chinese) | (Self::Latin, Self::Digit) => true,
            (before, next) => before == Self::Chinese && next != before,
        }
    }
}

/// Addresses of network cards in a text, in any notation, as twelve digits.
pub(super) fn macs(text: &str) -> Vec<String> {
    let folded = fold(text);
    let apart = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '.'));
    folded.split(apart).filter_map(mac).collect()
}

/// Twelve hexadecimal digits, with or without separators; `192.168.100.101` has as many and is none.
pub(super) fn mac(word: &str) -> Option<String> {
    if is_address(word) {
        return None;
    }
    let digits: String = word
        .chars()
        .filter(|c| !matches!(c, ':' | '-' | '.'))
        .collect();
    let is_mac =
        digits.len() == MAC_DIGITS && digits.chars().all(|digit| digit.is_ascii_hexdigit());
    is_mac.then_some(digits)
}

#[cfg(test)]
#[path = "terms_tests.rs"]
mod tests;
