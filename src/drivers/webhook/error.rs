//! Why a request was not taken, by what the caller can do. No address is ever in it: it may be a secret.

use std::time::Duration;

/// Why a request was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// The address is none that a request may go to: the operator must act.
    #[error("wrong address: {0}")]
    Address(&'static str),
    /// No connection, no TLS, no answer in time, or it broke: try later.
    #[error("{host} not reached after {} ms: {words}", .elapsed.as_millis())]
    Unreachable {
        /// `host:port`.
        host: String,
        /// Time since the start.
        elapsed: Duration,
        /// Words of the system.
        words: String,
    },
    /// It wants it later: try later.
    #[error("{host} said later ({code}): {words}")]
    Later {
        /// `host:port`.
        host: String,
        /// HTTP status, or the robot's own number.
        code: i64,
        /// Its words.
        words: String,
    },
    /// It is broken itself (5xx): try later.
    #[error("{host} failed ({status}): {words}")]
    Broken {
        /// `host:port`.
        host: String,
        /// HTTP status.
        status: u16,
        /// Its words.
        words: String,
    },
    /// It will never take this: another address, another secret.
    #[error("{host} refused ({code}): {words}")]
    Refused {
        /// `host:port`.
        host: String,
        /// HTTP status, or the robot's own number.
        code: i64,
        /// Its words.
        words: String,
    },
    /// It points elsewhere (3xx); that is not followed.
    #[error("{host} points elsewhere ({status}); that is not followed")]
    Elsewhere {
        /// `host:port`.
        host: String,
        /// HTTP status.
        status: u16,
    },
    /// The answer is none of a robot's.
    #[error("{host} gave an answer that is not understood: {words}")]
    NotUnderstood {
        /// `host:port`.
        host: String,
        /// What was said, cut.
        words: String,
    },
}

impl WebhookError {
    /// Whether trying again is of no use.
    pub const fn is_permanent(&self) -> bool {
        matches!(
            self,
            Self::Address(_) | Self::Refused { .. } | Self::Elsewhere { .. }
        )
    }
}

/// Words of another, without control letters, cut to 200.
pub(super) fn words(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(200)
        .collect()
}

/// An error with all its causes; the outermost alone says little. The address is taken out before.
pub(super) fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        cause = inner.source();
    }
    words(&text)
}
