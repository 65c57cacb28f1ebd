//! Changing several records of a kind alike: what somebody saw of them, what they shall get, and what becomes different.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;

use super::fault::{Fault, Faults, FieldFault, Message};
use super::fields::Fields;
use super::text;

/// Records that can be changed at once.
pub const MOST_CHANGED: usize = 500;
/// Letters of a reason.
const REASON: usize = 200;

/// Keys of what is said about a kind of record.
#[derive(Debug)]
pub struct Said {
    /// Where the faults of one are: `devices` for `devices/12/status`.
    pub folder: &'static str,
    /// What was sent is no record and version.
    pub seen: &'static str,
    /// None was chosen.
    pub none: &'static str,
    /// More than [`MOST_CHANGED`] were chosen.
    pub many: &'static str,
    /// No field was chosen.
    pub no_field: &'static str,
    /// How many a rule refuses.
    pub refused: &'static str,
}

/// The id of a kind of record of which several can be changed alike.
pub trait AlikeId: Copy + Ord + Display + FromStr + 'static {
    /// What is said about them.
    const SAID: &'static Said;
}

/// A field that several records can get alike.
pub trait AlikeField: Copy + Ord + 'static {
    /// Whose field it is.
    type Id: AlikeId;

    /// The field of a name.
    fn read(word: &str) -> Option<Self>;

    /// Its name.
    fn name(self) -> &'static str;

    /// All names, for messages.
    fn names() -> String;

    /// Checks what was typed, as far as it goes without the records.
    ///
    /// # Errors
    /// What is wrong with it.
    fn value(self, raw: &str) -> Result<String, FieldFault>;

    /// What stands in the field then.
    fn after(self, before: &str, wanted: &str) -> String;
}

/// A record as somebody saw it who wants it changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenRecord<I> {
    /// The record.
    pub id: I,
    /// Its version.
    pub version: i64,
}

impl<I: AlikeId> SeenRecord<I> {
    /// Reads [`SeenRecord::to_text`].
    pub fn from_text(text: &str) -> Option<Self> {
        let (id, version) = text.trim().split_once('-')?;
        Some(Self {
            id: id.parse().ok()?,
            version: version.parse().ok()?,
        })
    }

    /// As forms and programs send it back: `12-3` is record 12 in version 3.
    pub fn to_text(self) -> String {
        format!("{}-{}", self.id, self.version)
    }

    /// Reads several, each once and at most [`MOST_CHANGED`]; `field` is what they are called where they were sent.
    ///
    /// # Errors
    /// None of them, too many, and what is no record and version.
    pub fn all<'a>(
        field: &'static str,
        texts: impl Iterator<Item = &'a str>,
    ) -> Result<Vec<Self>, Fault> {
        let mut known = BTreeSet::new();
        let mut seen = Vec::new();
        for text in texts {
            let one = Self::from_text(text).ok_or_else(|| {
                let message = Message::new(I::SAID.seen).with("given", text);
                Fault::field(field, message)
            })?;
            if known.insert(one.id) {
                seen.push(one);
            }
        }
        if seen.is_empty() {
            return Err(Fault::field(field, Message::new(I::SAID.none)));
        }
        if seen.len() > MOST_CHANGED {
            let message = Message::new(I::SAID.many).with("most", MOST_CHANGED);
            return Err(Fault::field(field, message));
        }
        Ok(seen)
    }
}

/// One field of a record, before and after, as a form has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference<F> {
    /// The field.
    pub field: F,
    /// What stands there.
    pub before: String,
    /// What shall stand there.
    pub after: String,
}

/// What several records shall get, as typed, checked as far as it goes without the records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlikeDraft<F> {
    wanted: Vec<(F, String)>,
    reason: String,
}

impl<F: AlikeField> AlikeDraft<F> {
    /// Checks what was typed, all faults at once: `set` names the fields to change, each has its value under its own name;
    /// `reason` may still be missing when nothing is written.
    ///
    /// # Errors
    /// What is wrong, field by field.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let mut named = BTreeSet::new();
        for word in fields.all("set") {
            match F::read(word.trim()) {
                Some(field) => {
                    named.insert(field);
                }
                None => {
                    let message = Message::new("fault-choice").with("allowed", F::names());
                    faults.add("set", message);
                }
            }
        }
        if !fields.has("set") {
            faults.add("set", Message::new(<F::Id as AlikeId>::SAID.no_field));
        }
        let mut wanted = Vec::with_capacity(named.len());
        for field in named {
            if let Some(text) = faults.keep(field.value(fields.get(field.name()))) {
                wanted.push((field, text));
            }
        }
        let reason = faults.keep(text::line("reason", fields.get("reason"), REASON));
        faults.into_result(reason.map(|reason| Self { wanted, reason }))
    }

    /// Why it is done; a fault where nobody said.
    ///
    /// # Errors
    /// Nobody said.
    pub fn reason(&self) -> Result<&str, Fault> {
        if self.reason.is_empty() {
            return Err(Fault::field("reason", Message::new("fault-required")));
        }
        Ok(&self.reason)
    }

    /// Why it is done; empty where nobody said.
    pub fn reason_text(&self) -> &str {
        &self.reason
    }

    /// A record with what is wanted in it.
    pub fn after(&self, record: &Fields) -> Fields {
        let mut after = record.clone();
        for (field, text) in &self.wanted {
            let name = field.name();
            after.set(name, field.after(record.get(name), text));
        }
        after
    }

    /// What becomes different in a record.
    pub fn changes(&self, record: &Fields) -> Vec<Difference<F>> {
        let after = self.after(record);
        let changes = self.wanted.iter().map(|(field, _)| Difference {
            field: *field,
            before: record.get(field.name()).to_owned(),
            after: after.get(field.name()).to_owned(),
        });
        changes
            .filter(|change| change.before != change.after)
            .collect()
    }
}

/// A record among several that are changed alike.
#[derive(Debug, Clone)]
pub struct AlikeRow<R, F> {
    /// The record as it was.
    pub row: R,
    /// What becomes different; nothing when all of it is so already.
    pub changes: Vec<Difference<F>>,
    /// Why it cannot be.
    pub refusal: Option<Fault>,
}

/// A note with a line added to it.
pub fn appended(note: &str, more: &str) -> String {
    if note.trim().is_empty() {
        return more.to_owned();
    }
    format!("{note}\n{more}")
}
