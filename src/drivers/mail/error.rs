//! Why a mail was not taken, by what the caller can do.

use std::fmt;
use std::time::Duration;

use lettre::transport::smtp::Error;

/// The step at which it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Connecting, TLS from the first byte, greeting, EHLO.
    Connect,
    /// STARTTLS and EHLO after it.
    StartTls,
    /// AUTH.
    Login,
    /// MAIL, RCPT, DATA and the mail itself.
    Send,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connect",
            Self::StartTls => "STARTTLS",
            Self::Login => "login",
            Self::Send => "send",
        })
    }
}

/// Where it happened and what the server or the system said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// `host:port`.
    pub server: String,
    /// The step.
    pub stage: Stage,
    /// Time since the start of the step.
    pub elapsed: Duration,
    /// Words of the server or the system.
    pub words: String,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} at {} after {} ms: {}",
            self.server,
            self.stage,
            self.elapsed.as_millis(),
            self.words
        )
    }
}

/// Why a mail was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// No connection, no answer in time, or the connection broke: try later.
    #[error("mail server not reached: {0}")]
    Unreachable(Trouble),
    /// TLS failed or is not offered: the operator must act.
    #[error("no TLS with the mail server: {0}")]
    Tls(Trouble),
    /// The server refused user and password: the operator must act.
    #[error("mail server refused the login: {0}")]
    Credentials(Trouble),
    /// The server wants it later (4yz).
    #[error("mail server said later: {0}")]
    Later(Trouble),
    /// The server will never take this mail (5yz).
    #[error("mail server refused the mail: {0}")]
    Refused(Trouble),
    /// The answer was no SMTP, or the server lacks something we need.
    #[error("mail server not understood: {0}")]
    NotUnderstood(Trouble),
    /// The mail itself can't be sent by anyone: a wrong address.
    #[error("wrong {field}: {fault}")]
    Letter {
        /// Part of the mail.
        field: &'static str,
        /// What is wrong with it.
        fault: String,
    },
}

impl MailError {
    /// Whether trying this mail again is of no use.
    pub const fn is_permanent(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Letter { .. })
    }

    /// Whether the server as a whole is at fault, so that other mails would fare no better now.
    pub const fn is_about_the_server(&self) -> bool {
        matches!(
            self,
            Self::Unreachable(_) | Self::Tls(_) | Self::Credentials(_) | Self::NotUnderstood(_)
        )
    }

    pub(super) fn from_smtp(error: &Error, trouble: Trouble) -> Self {
        // The library calls a connection that closes within an answer an incomplete one.
        let closed = error.is_response() && trouble.words.contains("incomplete response");
        if error.is_timeout() || closed {
            return Self::Unreachable(trouble);
        }
        let code = error.status().map(u16::from);
        match (trouble.stage, code) {
            (Stage::Login, Some(500..=599)) => Self::Credentials(trouble),
            (Stage::Send, Some(530 | 534 | 535 | 538)) => Self::Credentials(trouble),
            (Stage::Send, Some(500..=599)) => Self::Refused(trouble),
            (Stage::StartTls, Some(_)) => Self::Tls(trouble),
            (_, Some(400..=499)) => Self::Later(trouble),
            (_, Some(_)) => Self::NotUnderstood(trouble),
            (Stage::StartTls, None) if error.is_client() => Self::Tls(trouble),
            (_, None) if error.is_tls() || is_handshake_fault(error) => Self::Tls(trouble),
            (_, None) if error.is_response() || error.is_client() => Self::NotUnderstood(trouble),
            (_, None) => Self::Unreachable(trouble),
        }
    }
}

/// Whether a TLS handshake failed: it comes as an I/O error about wrong octets.
fn is_handshake_fault(error: &Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            return io.kind() == std::io::ErrorKind::InvalidData;
        }
        cause = inner.source();
    }
    false
}

/// An error with all its causes; the outermost alone says little.
pub(super) fn words(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        cause = inner.source();
    }
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(400)
        .collect()
}
