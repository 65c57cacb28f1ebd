//! Mails to people: what they say, in the person's language, and their place in the outbox.
//!
//! A domain queues a mail in its own transaction; the mailer task words and sends it.

mod model;
pub mod ops;
mod render;

pub use model::{MailTemplate, MonthReported, PowerFinished, QueuedMail, VisitAnnounced};
pub use render::{RenderedMail, render};

/// Kind of outbox entries that are mails.
pub const OUTBOX_KIND: &str = "mail";

/// Name of the task that sends mails, for wake-ups after a commit.
pub const MAILER: &str = "mailer";
