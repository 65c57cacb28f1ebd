//! The mail server that takes our mails.

use std::path::PathBuf;

use serde::Deserialize;

use super::fault::Findings;
use super::key::{Key, Kind};
use crate::base::fault::Message;
use crate::base::secret::Secret;

crate::text_enum! {
    /// How the connection to a mail server is secured.
    pub enum MailSecurity {
        /// Not at all; for a server on this machine.
        None = "none",
        /// Plain first, TLS before anything is said.
        StartTls = "starttls",
        /// TLS from the first byte.
        Tls = "tls",
    }
}

/// Section `mail`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct MailConfig {
    /// Whether mails are sent; when not, they wait in the outbox.
    pub enabled: bool,
    /// Name or address of the mail server.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    pub security: MailSecurity,
    /// PEM file with the authority that signed the server's certificate, when the system does not know it.
    pub ca_file: Option<PathBuf>,
    /// User; empty means no login.
    pub user: String,
    /// Password of the user.
    pub password: Secret,
    /// Sender: `noreply@dc.example` or `Machine room <noreply@dc.example>`.
    pub from: String,
    /// Longest wait for one answer of the server, in seconds.
    pub timeout_s: u32,
}

impl Default for MailConfig {
    fn default() -> Self {
        Self {
            enabled: false,
            server: String::new(),
            port: 587,
            security: MailSecurity::StartTls,
            ca_file: None,
            user: String::new(),
            password: Secret::new(""),
            from: String::new(),
            timeout_s: 30,
        }
    }
}

impl MailConfig {
    pub(super) const KEYS: &'static [Key] = &[
        Key::new("mail.enabled", Kind::Switch),
        Key::text("mail.server"),
        Key::whole("mail.port", 1, 65535),
        Key::new("mail.security", Kind::Word(&["none", "starttls", "tls"])),
        Key::text("mail.ca_file"),
        Key::text("mail.user"),
        Key::new("mail.password", Kind::Secret),
        Key::text("mail.from"),
        Key::whole("mail.timeout_s", 1, 300),
    ];

    pub(super) fn check(&self, findings: &mut Findings) {
        let with_login = !self.user.is_empty();
        if with_login && self.password.is_empty() {
            findings.missing("mail.password", Message::new("config-mail-password"));
        }
        if let Some(path) = self.ca_file.as_ref().filter(|path| !path.is_file()) {
            let message = Message::new("config-file-missing");
            findings.wrong("mail.ca_file", path.display(), message);
        }
        if !self.from.is_empty() && self.from.parse::<lettre::message::Mailbox>().is_err() {
            findings.wrong("mail.from", &self.from, Message::new("config-mail-from"));
        }
        if !self.enabled {
            return;
        }
        if self.server.is_empty() {
            findings.missing("mail.server", Message::new("config-mail-needs"));
        }
        if self.from.is_empty() {
            findings.missing("mail.from", Message::new("config-mail-needs"));
        }
    }
}
