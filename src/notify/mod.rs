//! Events and notices: what is wrong since when, and who is told; mails to people.
//!
//! A domain raises an [`event`] or queues a mail in its own transaction. Which channels hear of an event is decided
//! there and then; the notifier task sends, over [`body`] to programs and group robots, over the mailer to people.

pub mod body;
pub mod calendar;
pub mod channel;
mod enclosed;
pub mod event;
mod model;
pub mod notice;
pub mod ops;
pub mod quiet;
mod render;
mod rows;
pub mod wording;

pub use enclosed::{Enclosure, enclosures};
pub use model::{
    MailTemplate, MonthReported, NoticeMail, PowerFinished, QueuedMail, VisitAnnounced,
    VisitCancelled, VisitDates,
};
pub use render::{RenderedMail, render};
pub use rows::{Channel, Event};

/// Kind of outbox entries that are mails.
pub const OUTBOX_KIND: &str = "mail";

/// Kind of outbox entries that are notices of events.
pub const NOTICE_KIND: &str = "notice";

/// Name of the task that sends mails, for wake-ups after a commit.
pub const MAILER: &str = "mailer";

/// Name of the task that sends notices, for wake-ups after a commit.
pub const NOTIFIER: &str = "notifier";
