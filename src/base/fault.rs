//! What can go wrong, sorted by what the caller can do, with words in both languages.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// What the caller can do about a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// Change the input; the fields at fault are named.
    Invalid,
    /// Nothing there, or nothing the actor may see.
    NotFound,
    /// The state of things forbids it now.
    Conflict,
    /// Someone else changed it since it was read.
    Stale,
    /// Sign in first.
    Unauthenticated,
    /// Ask someone with the right.
    Forbidden,
    /// Wait, then try again.
    TooMany,
    /// A device or another server did not do its part.
    Upstream,
    /// The database is busy or gone; try again.
    Unavailable,
    /// A defect of ours; the log has more.
    Internal,
}

impl FaultKind {
    /// Stable word for APIs and logs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::NotFound => "not-found",
            Self::Conflict => "conflict",
            Self::Stale => "stale",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::TooMany => "too-many",
            Self::Upstream => "upstream",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }
}

/// One value inside a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Argument {
    /// Text as it is.
    Text(String),
    /// A whole number.
    Number(i64),
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<i64> for Argument {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}
impl From<usize> for Argument {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}
impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

/// A message to a person: the key of its words in `locales/`, and the values inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Key of the Fluent message.
    pub key: &'static str,
    /// Values by the names the message uses.
    pub arguments: Vec<(&'static str, Argument)>,
}

impl Message {
    /// A message without values.
    pub const fn new(key: &'static str) -> Self {
        Self {
            key,
            arguments: Vec::new(),
        }
    }

    /// The same message with one more value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Argument>) -> Self {
        self.arguments.push((name, value.into()));
        self
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key)?;
        for (name, value) in &self.arguments {
            write!(f, " {name}={value}")?;
        }
        Ok(())
    }
}

/// A fault at one field of a form, a JSON body or a CSV row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// Name of the field as the form has it.
    pub field: Cow<'static, str>,
    /// What is wrong and what would be right.
    pub message: Message,
}

impl FieldFault {
    /// A fault at `field`.
    pub fn new(field: impl Into<Cow<'static, str>>, message: Message) -> Self {
        Self {
            field: field.into(),
            message,
        }
    }
}

/// A failed operation: kind, words for the person, and the private detail for the log.
#[derive(Debug, Clone)]
pub struct Fault {
    /// What the caller can do.
    pub kind: FaultKind,
    /// Words for the person.
    pub message: Message,
    /// Fields at fault, for [`FaultKind::Invalid`].
    pub fields: Vec<FieldFault>,
    /// For the log only; never shown.
    pub detail: String,
    /// Whether running the same transaction again may succeed.
    pub retryable: bool,
}

impl Fault {
    /// A fault of a kind with words.
    pub fn new(kind: FaultKind, message: Message) -> Self {
        Self {
            kind,
            message,
            fields: Vec::new(),
            detail: String::new(),
            retryable: false,
        }
    }

    /// Nothing there, or nothing this actor may see; the two can't be told apart.
    pub fn not_found() -> Self {
        Self::new(FaultKind::NotFound, Message::new("fault-not-found"))
    }

    /// The role lacks the right.
    pub fn forbidden() -> Self {
        Self::new(FaultKind::Forbidden, Message::new("fault-forbidden"))
    }

    /// Nobody is signed in.
    pub fn unauthenticated() -> Self {
        Self::new(
            FaultKind::Unauthenticated,
            Message::new("fault-unauthenticated"),
        )
    }

    /// Someone else saved in between.
    pub fn stale() -> Self {
        Self::new(FaultKind::Stale, Message::new("fault-stale"))
    }

    /// The state of things forbids it.
    pub fn conflict(message: Message) -> Self {
        Self::new(FaultKind::Conflict, message)
    }

    /// Wrong input at several fields.
    pub fn invalid(fields: Vec<FieldFault>) -> Self {
        Self {
            fields,
            ..Self::new(FaultKind::Invalid, Message::new("fault-invalid"))
        }
    }

    /// Wrong input at one field.
    pub fn field(field: impl Into<Cow<'static, str>>, message: Message) -> Self {
        Self::invalid(vec![FieldFault::new(field, message)])
    }

    /// A defect or a broken part of ours; `detail` goes to the log.
    pub fn internal(detail: impl fmt::Display) -> Self {
        Self::new(FaultKind::Internal, Message::new("fault-internal")).because(detail)
    }

    /// The database or another part is not there now.
    pub fn unavailable(detail: impl fmt::Display) -> Self {
        Self::new(FaultKind::Unavailable, Message::new("fault-unavailable")).because(detail)
    }

    /// The same fault with a detail for the log.
    #[must_use]
    pub fn because(mut self, detail: impl fmt::Display) -> Self {
        self.detail = detail.to_string();
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.word(), self.message)?;
        for fault in &self.fields {
            write!(f, "; {}: {}", fault.field, fault.message)?;
        }
        if !self.detail.is_empty() {
            write!(f, " ({})", self.detail)?;
        }
        Ok(())
    }
}

impl std::error::Error for Fault {}

impl From<FieldFault> for Fault {
    fn from(fault: FieldFault) -> Self {
        Self::invalid(vec![fault])
    }
}

impl From<super::seal::SealError> for Fault {
    fn from(error: super::seal::SealError) -> Self {
        Self::new(FaultKind::Internal, Message::new("fault-sealed-value")).because(error)
    }
}

impl From<getrandom::Error> for Fault {
    fn from(error: getrandom::Error) -> Self {
        Self::internal(error)
    }
}

/// Collects field faults while a form is read, so that all are shown at once.
#[derive(Debug, Default)]
pub struct Faults(Vec<FieldFault>);

impl Faults {
    /// An empty collection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a fault at a field.
    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, message: Message) {
        self.0.push(FieldFault::new(field, message));
    }

    /// Keeps the value, or notes the fault and gives `None`.
    pub fn keep<T>(&mut self, result: Result<T, FieldFault>) -> Option<T> {
        result.map_err(|fault| self.0.push(fault)).ok()
    }

    /// The value when nothing was at fault, else all the faults.
    pub fn into_result<T>(self, value: Option<T>) -> Result<T, Fault> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(Fault::invalid(self.0)),
        }
    }
}
