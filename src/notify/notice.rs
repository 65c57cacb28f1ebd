//! Notices as they wait in the outbox.

use serde::{Deserialize, Serialize};

use super::event::Transition;
use crate::base::ids::{ChannelId, ContactId, EventId};

/// Where a notice goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// A channel of the operator's.
    Channel(ChannelId),
    /// A customer's contact.
    Contact(ContactId),
}

/// What a notice tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// A step in an event's life.
    Event(EventId, Transition),
    /// Nothing: somebody tries the channel.
    Test,
}

/// A notice in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuedNotice {
    /// Where it goes.
    pub to: Destination,
    /// What it tells.
    pub told: Told,
    /// Whether it waited for the end of quiet hours, and goes with others that did.
    pub held: bool,
}
