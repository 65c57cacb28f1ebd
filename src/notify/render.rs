//! The words of a mail in the person's language.

use serde::de::DeserializeOwned;

use super::model::{
    MailTemplate, MonthReported, NoticeMail, PowerFinished, QueuedMail, VisitAnnounced,
    VisitCancelled,
};
use crate::base::fault::{Fault, Message};
use crate::base::locale::Locale;
use crate::power::Detail;
use crate::words::Words;

/// A mail in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedMail {
    /// Subject.
    pub subject: String,
    /// Text.
    pub text: String,
}

/// Puts a queued mail into words; fails when its facts are not those of its template.
pub fn render(words: &Words, mail: &QueuedMail) -> Result<RenderedMail, Fault> {
    let page = Page {
        words,
        locale: mail.locale,
    };
    let (subject, body) = match mail.template {
        MailTemplate::VisitAnnounced => visit_announced(&page, &facts(mail)?),
        MailTemplate::VisitCancelled => visit_cancelled(&page, &facts(mail)?),
        MailTemplate::PowerFinished => power_finished(&page, &facts(mail)?),
        MailTemplate::MonthReported => month_reported(&page, &facts(mail)?),
        MailTemplate::Notice => {
            let NoticeMail { subject, text } = facts(mail)?;
            (subject, text)
        }
    };
    let greeting = page.say(Message::new("mail-greeting").with("name", mail.name.as_str()));
    let footer = page.say(Message::new("mail-footer"));
    Ok(RenderedMail {
        subject,
        text: format!("{greeting}\n\n{body}\n\n{footer}\n"),
    })
}

/// The facts of a mail, when they are those of its template.
pub(super) fn facts<T: DeserializeOwned>(mail: &QueuedMail) -> Result<T, Fault> {
    serde_json::from_value(mail.args.clone()).map_err(Fault::internal)
}

struct Page<'a> {
    words: &'a Words,
    locale: Locale,
}

impl Page<'_> {
    fn say(&self, message: Message) -> String {
        self.words.say(self.locale, &message)
    }

    /// `label: value` lines, without those that have no value.
    fn lines(&self, lines: &[(&'static str, &str)]) -> String {
        let lines = lines
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(key, value)| self.say(Message::new(key).with("value", *value)));
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn visit_announced(page: &Page<'_>, facts: &VisitAnnounced) -> (String, String) {
    let subject = page.say(
        Message::new("mail-visit-subject")
            .with("site", facts.site.as_str())
            .with("from", facts.from.as_str()),
    );
    let window = page.say(
        Message::new("mail-visit-window")
            .with("from", facts.from.as_str())
            .with("until", facts.until.as_str())
            .with("offset", facts.offset.as_str()),
    );
    let visitors = facts
        .visitors
        .join(&page.say(Message::new("mail-list-comma")));
    let purpose =
        page.say(Message::new("mail-visit-purpose-word").with("purpose", facts.purpose.as_str()));
    let lines = page.lines(&[
        ("mail-visit-code", &facts.pass_code),
        ("mail-visit-when", &window),
        ("mail-visit-site", &facts.site),
        ("mail-visit-address", &facts.address),
        ("mail-visit-visitors", &visitors),
        ("mail-visit-purpose", &purpose),
        ("mail-page", &facts.url),
    ]);
    let first =
        page.say(Message::new("mail-visit-first").with("customer", facts.customer.as_str()));
    let bring = page.say(Message::new("mail-visit-bring"));
    (subject, format!("{first}\n\n{lines}\n\n{bring}"))
}

fn visit_cancelled(page: &Page<'_>, facts: &VisitCancelled) -> (String, String) {
    let outcome = if facts.is_refused {
        "refused"
    } else {
        "cancelled"
    };
    let subject = page.say(
        Message::new("mail-visit-off-subject")
            .with("site", facts.site.as_str())
            .with("from", facts.from.as_str())
            .with("outcome", outcome),
    );
    let window = page.say(
        Message::new("mail-visit-window")
            .with("from", facts.from.as_str())
            .with("until", facts.until.as_str())
            .with("offset", facts.offset.as_str()),
    );
    let lines = page.lines(&[
        ("mail-visit-number", &facts.dates.number),
        ("mail-visit-when", &window),
        ("mail-visit-site", &facts.site),
        ("mail-visit-reason", &facts.reason),
    ]);
    let first = page.say(
        Message::new("mail-visit-off-first")
            .with("customer", facts.customer.as_str())
            .with("outcome", outcome),
    );
    (subject, format!("{first}\n\n{lines}"))
}

fn power_finished(page: &Page<'_>, facts: &PowerFinished) -> (String, String) {
    let subject = page.say(
        Message::new("mail-power-subject")
            .with("device", facts.device.as_str())
            .with("action", facts.action.as_str())
            .with("outcome", facts.outcome.as_str()),
    );
    let at = |instant: &str| {
        page.say(
            Message::new("mail-power-instant")
                .with("at", instant)
                .with("offset", facts.offset.as_str()),
        )
    };
    let action =
        page.say(Message::new("mail-power-action-word").with("action", facts.action.as_str()));
    let outcome =
        page.say(Message::new("mail-power-outcome-word").with("outcome", facts.outcome.as_str()));
    let detail = match Detail::from_text(&facts.detail) {
        Some(detail) => page.say(detail.message().clone()),
        None => facts.detail.clone(),
    };
    let lines = page.lines(&[
        ("mail-power-device", &facts.device),
        ("mail-power-position", &facts.position),
        ("mail-power-action", &action),
        ("mail-power-outcome", &outcome),
        ("mail-power-detail", &detail),
        ("mail-power-asked", &at(&facts.asked_at)),
        ("mail-power-ended", &at(&facts.finished_at)),
        ("mail-page", &facts.url),
    ]);
    let first = page.say(Message::new("mail-power-first"));
    (subject, format!("{first}\n\n{lines}"))
}

fn month_reported(page: &Page<'_>, facts: &MonthReported) -> (String, String) {
    let word = if facts.is_final { "final" } else { "open" };
    let subject = page.say(
        Message::new("mail-report-subject")
            .with("customer", facts.customer.as_str())
            .with("month", facts.month.as_str())
            .with("state", word),
    );
    let first = page.say(
        Message::new("mail-report-first")
            .with("customer", facts.customer.as_str())
            .with("month", facts.month.as_str())
            .with("periods", facts.periods),
    );
    let mut paragraphs = vec![first];
    if !facts.is_final {
        paragraphs.push(page.say(Message::new("mail-report-open")));
    }
    if facts.edition > 1 {
        paragraphs.push(
            page.say(Message::new("mail-report-again").with("edition", facts.edition.to_string())),
        );
    }
    paragraphs.push(page.lines(&[
        ("mail-report-sha256", &facts.sha256),
        ("mail-page", &facts.url),
    ]));
    (subject, paragraphs.join("\n\n"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn visit(locale: Locale) -> QueuedMail {
        let facts = VisitAnnounced {
            customer: "云帆".into(),
            site: "上海一号".into(),
            address: String::new(),
            from: "2026-11-23 14:00".into(),
            until: "2026-11-23 16:00".into(),
            offset: "+08:00".into(),
            visitors: vec!["李雷".into(), "Han Meimei".into()],
            purpose: "换盘 { $x }".into(),
            pass_code: "K7Q2MX".into(),
            url: "https://dc.example/visits/7".into(),
            dates: None,
        };
        QueuedMail::visit_announced("li@customer.example", "李雷", locale, &facts).unwrap()
    }

    #[test]
    fn a_visit_s_mail_has_pass_window_and_site_in_both_languages() {
        let words = Words::load().unwrap();
        for locale in Locale::ALL {
            let mail = render(&words, &visit(*locale)).unwrap();
            assert!(mail.subject.contains("上海一号"), "{mail:?}");
            for fact in [
                "K7Q2MX",
                "2026-11-23 14:00",
                "2026-11-23 16:00",
                "+08:00",
                "Han Meimei",
                "换盘 { $x }",
                "https://dc.example/visits/7",
            ] {
                assert!(mail.text.contains(fact), "{fact}: {mail:?}");
            }
            assert!(!mail.text.contains("mail-"), "{mail:?}");
            assert!(!mail.text.contains('\u{2068}'));
        }
        assert_ne!(
            render(&words, &visit(Locale::En)).unwrap(),
            render(&words, &visit(Locale::ZhCn)).unwrap()
        );
    }

    #[test]
    fn every_action_and_outcome_has_its_own_words() {
        let words = Words::load().unwrap();
        for locale in Locale::ALL {
            let mut subjects = std::collections::BTreeSet::new();
            for action in ["on", "off", "soft_off", "cycle", "reset"] {
                for outcome in ["succeeded", "failed", "timed_out", "refused", "cancelled"] {
                    let facts = PowerFinished {
                        device: "web-01".into(),
                        position: "A01 U12".into(),
                        action: action.into(),
                        outcome: outcome.into(),
                        detail: String::new(),
                        asked_at: "2026-11-23 03:00".into(),
                        finished_at: "2026-11-23 03:01".into(),
                        offset: "+08:00".into(),
                        url: String::new(),
                    };
                    let mail =
                        QueuedMail::power_finished("a@b.example", "A", *locale, &facts).unwrap();
                    let mail = render(&words, &mail).unwrap();
                    assert!(mail.text.contains("A01 U12"));
                    assert!(
                        !mail.text.contains("mail-") && !mail.text.contains("soft_off"),
                        "{mail:?}"
                    );
                    subjects.insert(mail.subject);
                }
            }
            assert_eq!(subjects.len(), 25);
        }
    }

    #[test]
    fn facts_of_another_template_are_refused() {
        let words = Words::load().unwrap();
        let mail = QueuedMail {
            template: MailTemplate::PowerFinished,
            ..visit(Locale::En)
        };
        assert!(render(&words, &mail).is_err());
    }
}
