//! Takes known names out of a map and keeps a list of everything else.

use crate::base::fault::Message;
use crate::base::units::decimal;

use super::yaml::{Node, Value};

/// Longest value that a finding repeats, in letters.
const SHOWN_LETTERS: usize = 80;

/// Something in a file that was not understood, or is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// 1-based line; 0 for the file as a whole.
    pub line: u64,
    /// Where: `interfaces[3].poe_mode`.
    pub place: String,
    /// What stands there.
    pub value: String,
    /// What is odd about it, and what became of it.
    pub message: Message,
}

impl Finding {
    /// A finding at a place.
    pub fn new(line: u64, place: impl Into<String>, value: &str, message: Message) -> Self {
        Self {
            line,
            place: place.into(),
            value: value.chars().take(SHOWN_LETTERS).collect(),
            message,
        }
    }
}

/// What was found while reading.
#[derive(Debug, Default)]
pub struct Findings {
    /// What was left out or doubted; the file is used all the same.
    pub odd: Vec<Finding>,
    /// What makes the file of no use.
    pub wrong: Vec<Finding>,
}

/// The names and values of a map that were not taken yet.
pub struct Entries<'a> {
    place: String,
    line: u64,
    left: Vec<(String, &'a Node)>,
    taken: Vec<&'static str>,
}

/// A name as the format has it: hyphens and underscores are the same.
fn plain_name(name: &str) -> String {
    name.trim().to_lowercase().replace('-', "_")
}

impl<'a> Entries<'a> {
    /// The entries of a map at a place; `None` when it is none.
    pub fn of(node: &'a Node, place: String) -> Option<Self> {
        let Value::Map(entries) = &node.value else {
            return None;
        };
        Some(Self {
            place,
            line: node.line,
            left: entries
                .iter()
                .map(|(name, node)| (name.clone(), node))
                .collect(),
            taken: Vec::new(),
        })
    }

    /// The line the map starts on.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Where a name of this map is.
    pub fn at(&self, name: &str) -> String {
        if self.place.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.place)
        }
    }

    /// Takes the value of a name that is there; an empty one is as good as none.
    pub fn take(&mut self, name: &'static str) -> Option<&'a Node> {
        let wanted = plain_name(name);
        let index = self
            .left
            .iter()
            .position(|(there, _)| plain_name(there) == wanted)?;
        let (_, node) = self.left.remove(index);
        self.taken.push(name);
        (node.value != Value::Empty).then_some(node)
    }

    /// Takes a text of at most `max` letters; a longer one is cut and noted.
    pub fn text(&mut self, name: &'static str, max: usize, findings: &mut Findings) -> String {
        let Some(node) = self.take(name) else {
            return String::new();
        };
        let Some(text) = written(node) else {
            findings.odd.push(self.odd(name, node, "library-no-text"));
            return String::new();
        };
        let clean: String = text
            .replace("\r\n", "\n")
            .chars()
            .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
            .collect();
        let clean = clean.trim();
        if clean.chars().count() > max {
            let message = Message::new("library-cut").with("max", max);
            let place = self.at(name);
            findings
                .odd
                .push(Finding::new(node.line, place, clean, message));
        }
        clean
            .chars()
            .take(max)
            .collect::<String>()
            .trim()
            .to_owned()
    }

    /// Takes a text of one line.
    pub fn line_text(&mut self, name: &'static str, max: usize, findings: &mut Findings) -> String {
        let text = self.text(name, max, findings);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Takes one of the words that are allowed; any other is kept and noted.
    pub fn word(&mut self, name: &'static str, known: &[&str], findings: &mut Findings) -> String {
        let before = self.line_of(name);
        let word = self.line_text(name, 64, findings);
        if !word.is_empty() && !known.contains(&word.as_str()) {
            let message = Message::new("library-unknown-word");
            let place = self.at(name);
            findings
                .odd
                .push(Finding::new(before, place, &word, message));
        }
        word
    }

    /// Takes a whole number from `min` to `max`; anything else is left out and noted.
    pub fn whole(
        &mut self,
        name: &'static str,
        (min, max): (i64, i64),
        findings: &mut Findings,
    ) -> Option<i64> {
        let node = self.take(name)?;
        let number = written(node)
            .and_then(|text| decimal(text, 0))
            .filter(|number| (min..=max).contains(number));
        if number.is_none() {
            let message = Message::new("library-no-whole")
                .with("min", min)
                .with("max", max);
            let (place, value) = (self.at(name), shown(node));
            findings
                .odd
                .push(Finding::new(node.line, place, &value, message));
        }
        number
    }

    /// Takes a truth value; anything else is left out and noted.
    pub fn truth(&mut self, name: &'static str, findings: &mut Findings) -> Option<bool> {
        let node = self.take(name)?;
        let word = written(node).map(str::to_lowercase);
        match word.as_deref() {
            Some("true" | "yes" | "on") => Some(true),
            Some("false" | "no" | "off") => Some(false),
            _ => {
                findings.odd.push(self.odd(name, node, "library-no-truth"));
                None
            }
        }
    }

    /// Takes a list; anything else is noted.
    pub fn list(&mut self, name: &'static str, findings: &mut Findings) -> &'a [Node] {
        match self.take(name) {
            None => &[],
            Some(node) => {
                if let Value::List(items) = &node.value {
                    return items;
                }
                findings.odd.push(self.odd(name, node, "library-no-list"));
                &[]
            }
        }
    }

    fn line_of(&self, name: &str) -> u64 {
        let wanted = plain_name(name);
        let found = self
            .left
            .iter()
            .find(|(there, _)| plain_name(there) == wanted);
        found.map_or(self.line, |(_, node)| node.line)
    }

    fn odd(&self, name: &str, node: &Node, key: &'static str) -> Finding {
        Finding::new(node.line, self.at(name), &shown(node), Message::new(key))
    }

    /// Nothing of the rest is asked for: the whole entry is left out, and that is said already.
    pub fn leave(&mut self) {
        self.left.clear();
    }

    /// Notes every name that nobody asked for.
    pub fn finish(self, findings: &mut Findings) {
        for (name, node) in &self.left {
            let twice = self
                .taken
                .iter()
                .any(|taken| plain_name(taken) == plain_name(name));
            let key = if twice {
                "library-twice"
            } else {
                "library-unknown-name"
            };
            findings.odd.push(self.odd(name, node, key));
        }
    }
}

/// A text as it is written; none for lists and maps.
pub fn written(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Text { text, .. } => Some(text.trim()),
        _ => None,
    }
}

/// What stands at a place, for people.
pub fn shown(node: &Node) -> String {
    match &node.value {
        Value::Empty => String::new(),
        Value::Text { text, .. } => text.trim().to_owned(),
        Value::List(items) => format!("[{}]", items.len()),
        Value::Map(entries) => {
            let names: Vec<&str> = entries.iter().map(|(name, _)| name.as_str()).collect();
            format!("{{{}}}", names.join(", "))
        }
    }
}
