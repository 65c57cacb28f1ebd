//! What was typed, as the beginnings of terms that are looked for.

use super::terms::{BACKWARDS, cut, is_address, is_dotted, mac, plain};
use crate::base::fold::fold;

/// Words that are looked at; more say nothing more.
const MOST_WORDS: usize = 6;
/// Letters that are looked at.
const LONGEST_QUERY: usize = 200;
/// From this length on a word is looked for at the end of numbers too.
const SHORTEST_END: usize = 3;

/// A word of a query: a thing fits when one of its terms begins with one of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub beginnings: Vec<String>,
}

impl Word {
    fn of(folded: &str) -> Option<Self> {
        if is_address(folded) {
            let beginnings = vec![cut(folded)];
            return Some(Self { beginnings });
        }
        let plain = cut(&plain(folded));
        if plain.is_empty() {
            return None;
        }
        let mut beginnings = Vec::with_capacity(3);
        if plain.chars().count() >= SHORTEST_END {
            let turned: String = plain.chars().rev().collect();
            beginnings.push(cut(&format!("{BACKWARDS}{turned}")));
        }
        if is_dotted(folded) {
            beginnings.push(cut(folded));
        }
        beginnings.insert(0, plain);
        Some(Self { beginnings })
    }

    /// Whether a term fits, and whether it is exactly what was typed.
    pub(super) fn fits(&self, term: &str) -> Option<bool> {
        let fitting = self
            .beginnings
            .iter()
            .filter(|beginning| term.starts_with(beginning.as_str()));
        fitting.map(|beginning| beginning.len() == term.len()).max()
    }
}

/// The words of a query.
pub(super) fn words(text: &str) -> Vec<Word> {
    let without = |letter: char| if letter.is_control() { ' ' } else { letter };
    let folded = fold(
        &text
            .chars()
            .take(LONGEST_QUERY)
            .map(without)
            .collect::<String>(),
    );
    // The address of a card that was typed in groups.
    if let Some(card) = mac(&folded.replace(' ', "")) {
        return Word::of(&card).into_iter().collect();
    }
    folded
        .split(' ')
        .filter_map(Word::of)
        .take(MOST_WORDS)
        .collect()
}

/// What comes after everything that begins with a text, in the order of octets.
pub(super) fn after_all(beginning: &str) -> String {
    format!("{beginning}\u{10ffff}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "tests")]
    use super::*;

    #[test]
    fn a_card_is_the_same_in_every_notation() {
        let wanted = words("aabbccddeeff");
        for typed in [
            "AA:BB:CC:DD:EE:FF",
            "aabb.ccdd.eeff",
            "aa-bb-cc-dd-ee-ff",
            "aa bb cc dd ee ff",
            "ＡＡＢＢＣＣＤＤＥＥＦＦ",
        ] {
            let found = words(typed);
            assert_eq!(found.len(), 1, "{typed}");
            assert_eq!(found[0].beginnings[0], wanted[0].beginnings[0], "{typed}");
        }
    }

    #[test]
    fn words_are_apart_and_punctuation_alone_is_none() {
        let found = words("  SRV-01   机柜 -- ");
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].beginnings, ["srv01", "<10vrs"]);
        assert_eq!(found[1].beginnings, ["机柜"]);
        assert!(words(" -/ ").is_empty());
        assert_eq!(words(&"a b ".repeat(100)).len(), MOST_WORDS);
        assert_eq!(words("10.0.0.1")[0].beginnings, ["10.0.0.1"]);
        assert_eq!(
            words("2001:db8::1")[0].beginnings,
            ["2001db81", "<18bd1002", "2001:db8::1"]
        );
    }
}
