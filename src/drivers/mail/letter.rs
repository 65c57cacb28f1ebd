//! One mail, and its octets.

use std::time::{Duration, SystemTime};

use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};

use super::error::MailError;

/// A file that goes with a mail.
#[derive(Debug, Clone)]
pub struct Enclosed {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its content.
    pub body: Vec<u8>,
}

/// One mail in plain text to one person.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Sender: address, or name and address in angle brackets.
    pub from: String,
    /// Address of the recipient.
    pub to: String,
    /// Name of the recipient, may be empty.
    pub name: String,
    /// Subject; line breaks become spaces.
    pub subject: String,
    /// Text.
    pub text: String,
    /// Left half of the Message-ID; the same for every attempt, so that a doubled mail can be recognised.
    pub message_id: String,
    /// Language tag (RFC 3282).
    pub language: String,
    /// When it was written, milliseconds since the epoch.
    pub written_at_ms: i64,
    /// Files that go with it.
    pub enclosed: Vec<Enclosed>,
}

impl Letter {
    /// The mail as RFC 5322 has it.
    pub(super) fn message(&self) -> Result<Message, MailError> {
        let from: Mailbox = self.from.parse().map_err(|error| wrong("from", &error))?;
        let address = self.to.parse().map_err(|error| wrong("to", &error))?;
        let name = one_line(&self.name);
        let to = Mailbox::new((!name.is_empty()).then_some(name), address);
        let message_id = format!("<{}@{}>", self.message_id, from.email.domain());
        let written = u64::try_from(self.written_at_ms).unwrap_or(0);
        let part = SinglePart::builder()
            .header(ContentType::TEXT_PLAIN)
            .body(self.text.clone());
        let builder = Message::builder()
            .from(from)
            .to(to)
            .subject(one_line(&self.subject))
            .message_id(Some(message_id))
            .date(SystemTime::UNIX_EPOCH + Duration::from_millis(written))
            .raw_header(raw("Auto-Submitted", "auto-generated"))
            .raw_header(raw("Content-Language", &self.language));
        if self.enclosed.is_empty() {
            return builder
                .singlepart(part)
                .map_err(|error| wrong("mail", &error));
        }
        let mut parts = MultiPart::mixed().singlepart(part);
        for enclosed in &self.enclosed {
            let kind = ContentType::parse(enclosed.media_type)
                .map_err(|error| wrong("enclosed", &error))?;
            let file = Attachment::new(one_line(&enclosed.name)).body(enclosed.body.clone(), kind);
            parts = parts.singlepart(file);
        }
        let built = builder.multipart(parts);
        built.map_err(|error| wrong("mail", &error))
    }
}

fn wrong(field: &'static str, error: &dyn std::fmt::Display) -> MailError {
    MailError::Letter {
        field,
        fault: error.to_string(),
    }
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), one_line(value))
}

fn one_line(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn letter() -> Letter {
        Letter {
            from: "机房 <noreply@dc.example>".into(),
            to: "li@customer.example".into(),
            name: "李雷".into(),
            subject: "来访\r\nBcc: all@customer.example".into(),
            text: "您好\n.\n再见".into(),
            message_id: "outbox-7".into(),
            language: "zh-CN".into(),
            written_at_ms: 1_795_000_000_000,
            enclosed: Vec::new(),
        }
    }

    #[test]
    fn a_subject_can_not_smuggle_a_header_in() {
        let octets = letter().message().unwrap().formatted();
        let text = String::from_utf8(octets).unwrap();
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("Message-ID: <outbox-7@dc.example>"), "{head}");
        assert!(head.contains("Auto-Submitted: auto-generated"));
        assert!(!head.to_lowercase().contains("\r\nbcc:"));
        assert!(head.is_ascii());
    }

    #[test]
    fn a_file_goes_along_in_base64() {
        let enclosed = Enclosed {
            name: "ACME-2026-11.pdf\r\nBcc: x@y.example".into(),
            media_type: "application/pdf",
            body: b"%PDF-1.7 \xff\x00".to_vec(),
        };
        let letter = Letter {
            enclosed: vec![enclosed],
            ..letter()
        };
        let text = String::from_utf8(letter.message().unwrap().formatted()).unwrap();
        assert!(text.contains("Content-Type: multipart/mixed"), "{text}");
        assert!(text.contains("Content-Type: application/pdf"), "{text}");
        assert!(text.contains("JVBERi0xLjcg/wA="), "{text}");
        assert!(!text.to_lowercase().contains("\r\nbcc:"), "{text}");
    }

    #[test]
    fn wrong_addresses_are_named() {
        for (from, to, field) in [
            ("nobody", "li@customer.example", "from"),
            ("a@b.example", "li", "to"),
            ("a@b.example", "li@x.example\r\nRCPT TO:<x@y>", "to"),
        ] {
            let letter = Letter {
                from: from.into(),
                to: to.into(),
                ..letter()
            };
            let error = letter.message().unwrap_err();
            assert!(error.is_permanent());
            assert!(matches!(error, MailError::Letter { field: named, .. } if named == field));
        }
    }
}
