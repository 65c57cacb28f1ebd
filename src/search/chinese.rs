//! Chinese characters as they are typed without a Chinese keyboard: full pinyin and initials.

use pinyin::{ToPinyin, ToPinyinMulti};

/// Readings of one character that are kept.
const MOST_READINGS: usize = 3;
/// Ways to read a word that are kept; the usual one is the first.
const MOST_WAYS: usize = 6;
/// Characters of a word that are spelled out.
const MOST_CHARACTERS: usize = 12;

/// Whether a letter is read in pinyin.
pub(super) fn is_read(letter: char) -> bool {
    letter.to_pinyin().is_some()
}

/// A word as it is spelled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Spelling {
    /// All letters.
    pub full: String,
    /// The first letter of each character.
    pub initials: String,
}

/// How the Chinese characters of a name are read, whole and by initials: `zhangsan zs`; empty without any.
pub fn pinyin_of(text: &str) -> String {
    let word: Vec<char> = text.chars().filter(|letter| is_read(*letter)).collect();
    if word.is_empty() {
        return String::new();
    }
    let ways = spellings(&word).into_iter().take(4);
    ways.flat_map(|way| [way.full, way.initials])
        .collect::<Vec<String>>()
        .join(" ")
}

/// How a word may be spelled, with all readings up to a bound. Other letters are what they are.
pub(super) fn spellings(word: &[char]) -> Vec<Spelling> {
    let mut ways = vec![Spelling::default()];
    for letter in word.iter().take(MOST_CHARACTERS) {
        let mut readings = readings(*letter);
        if ways.len() * readings.len() > MOST_WAYS {
            readings.truncate(1);
        }
        ways = ways
            .iter()
            .flat_map(|way| readings.iter().map(|reading| way.with(reading)))
            .collect();
    }
    ways
}

impl Spelling {
    fn with(&self, reading: &str) -> Self {
        let mut longer = self.clone();
        longer.full.push_str(reading);
        longer.initials.extend(reading.chars().take(1));
        longer
    }
}

/// How a character is read, the usual way first; ü is typed as v.
fn readings(letter: char) -> Vec<String> {
    let Some(usual) = letter.to_pinyin() else {
        return vec![letter.to_string()];
    };
    let mut readings = vec![typed(usual.plain())];
    for other in letter.to_pinyin_multi().into_iter().flatten() {
        let other = typed(other.plain());
        if readings.len() < MOST_READINGS && !readings.contains(&other) {
            readings.push(other);
        }
    }
    readings
}

fn typed(reading: &str) -> String {
    reading.replace('ü', "v")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "tests")]
    use super::*;

    fn spelled(word: &str) -> Vec<Spelling> {
        spellings(&word.chars().collect::<Vec<_>>())
    }

    #[test]
    fn a_word_is_spelled_whole_and_by_initials() {
        let cloud = &spelled("云海")[0];
        assert_eq!(
            (cloud.full.as_str(), cloud.initials.as_str()),
            ("yunhai", "yh")
        );
        let mixed = &spelled("a区机柜")[0];
        assert_eq!(
            (mixed.full.as_str(), mixed.initials.as_str()),
            ("aqujigui", "aqjg")
        );
        assert_eq!(spelled("绿")[0].full, "lv");
    }

    #[test]
    fn other_readings_are_kept_up_to_a_bound() {
        let ways: Vec<String> = spelled("重庆").into_iter().map(|way| way.full).collect();
        assert!(ways.iter().any(|way| way == "chongqing"), "{ways:?}");
        assert!(ways.iter().any(|way| way == "zhongqing"), "{ways:?}");
        assert!(spelled("行行行行行行行行行行行行行行行行").len() <= MOST_WAYS);
    }
}
