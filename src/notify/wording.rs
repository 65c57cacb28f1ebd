//! Events and notices in the words of a language.

use chrono_tz::Tz;

use super::body::{NoticeText, ToldEvent};
use super::event::Transition;
use super::rows::Event;
use crate::base::fault::Message;
use crate::base::locale::Locale;
use crate::words::Words;

/// Longest list of what one message tells; the rest is counted.
const MOST_LISTED: usize = 30;

/// What words need beside the event.
#[derive(Clone, Copy)]
pub struct Voice<'a> {
    /// Both languages.
    pub words: &'a Words,
    /// The language.
    pub locale: Locale,
    /// Zone of the times.
    pub zone: Tz,
    /// Address people use, without a slash at the end.
    pub public_url: &'a str,
}

impl Voice<'_> {
    fn say(&self, message: Message) -> String {
        self.words.say(self.locale, &message)
    }

    /// The name of a kind of event.
    #[must_use]
    pub fn kind(&self, kind: &str) -> String {
        self.say(Message::new("event-kind-of").with("kind", kind))
    }

    /// The facts of an event; empty for what this program has no words for.
    #[must_use]
    pub fn facts(&self, event: &Event) -> String {
        let said = event.facts().map(|kept| {
            let said = self.words.say_kept(self.locale, &kept);
            [said.unwrap_or_default(), kept.technical].join(" ")
        });
        said.unwrap_or_default().trim().to_owned()
    }

    fn at(&self, at: crate::base::time::Timestamp) -> String {
        format!(
            "{} ({})",
            at.local_minute(self.zone),
            at.local_offset(self.zone)
        )
    }

    fn url(&self, event: &Event) -> String {
        format!("{}/events/{}", self.public_url, event.id)
    }

    fn subject(&self, event: &Event, transition: Transition) -> String {
        self.say(
            Message::new("notice-subject")
                .with("transition", transition.as_str())
                .with("severity", event.severity.as_str())
                .with("kind", self.kind(&event.kind))
                .with("subject", event.subject_label.as_str()),
        )
    }

    /// The notice of one step of an event.
    #[must_use]
    pub fn notice(&self, event: &Event, transition: Transition) -> NoticeText {
        let mut lines = vec![self.facts(event)];
        let began = Message::new("notice-began").with("at", self.at(event.started_at));
        lines.push(self.say(began));
        if let Some(ended) = event.ended_at {
            let minutes = ended.since_millis(event.started_at) / 60_000;
            let ended = Message::new("notice-ended")
                .with("at", self.at(ended))
                .with("minutes", minutes);
            lines.push(self.say(ended));
        }
        if transition == Transition::Escalated {
            lines.push(self.say(Message::new("notice-escalated")));
        }
        lines.retain(|line| !line.is_empty());
        NoticeText {
            title: self.subject(event, transition),
            text: lines.join("\n"),
            url: self.url(event),
            told: vec![told(event, transition)],
        }
    }

    /// One message for all that happened in quiet hours, or for what came at once.
    #[must_use]
    pub fn summary(&self, steps: &[(&Event, Transition)], quiet: bool) -> NoticeText {
        let title = if quiet {
            "notice-summary"
        } else {
            "notice-summary-many"
        };
        let mut lines: Vec<String> = steps
            .iter()
            .take(MOST_LISTED)
            .map(|(event, transition)| {
                let at = match transition {
                    Transition::Ended => event.ended_at.unwrap_or(event.last_seen_at),
                    Transition::Raised | Transition::Escalated => event.started_at,
                };
                let subject = self.subject(event, *transition);
                format!("{} {subject}", at.local_minute(self.zone))
            })
            .collect();
        let more = steps.len().saturating_sub(MOST_LISTED);
        if more > 0 {
            lines.push(self.say(Message::new("notice-more").with("count", more)));
        }
        NoticeText {
            title: self.say(Message::new(title).with("count", steps.len())),
            text: lines.join("\n"),
            url: format!("{}/events", self.public_url),
            told: steps
                .iter()
                .map(|(event, transition)| told(event, *transition))
                .collect(),
        }
    }

    /// What a test says.
    #[must_use]
    pub fn test(&self, channel: &str) -> NoticeText {
        NoticeText {
            title: self.say(Message::new("notice-test")),
            text: self.say(Message::new("notice-test-text").with("channel", channel)),
            url: format!("{}/settings/channels", self.public_url),
            told: Vec::new(),
        }
    }
}

fn told(event: &Event, transition: Transition) -> ToldEvent {
    ToldEvent {
        id: event.id.get(),
        kind: event.kind.clone(),
        transition: transition.as_str(),
        severity: event.severity.as_str(),
        subject_kind: event.subject_kind.clone(),
        subject_id: event.subject_id,
        subject: event.subject_label.clone(),
        customer_id: event.customer_id.map(|id| id.get()),
        started_at: event.started_at.to_rfc3339(),
        ended_at: event.ended_at.map(|at| at.to_rfc3339()),
    }
}
