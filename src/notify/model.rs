//! A mail that waits, and the facts of each kind of mail.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::base::fault::Fault;
use crate::base::ids::MonthReportId;
use crate::base::locale::Locale;

crate::text_enum! {
    /// What a mail is about.
    pub enum MailTemplate {
        /// A visit was announced; to the contact, with the pass.
        VisitAnnounced = "visit_announced",
        /// A visit was called off or refused; to the contact who has the pass.
        VisitCancelled = "visit_cancelled",
        /// A power intent came to its end; to the requester.
        PowerFinished = "power_finished",
        /// A month report was made; to the contacts who want it, with the document.
        MonthReported = "month_reported",
        /// Something happened to machines or lines; to a channel's mail boxes or a customer's contacts.
        Notice = "notice",
    }
}

/// A mail in the outbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueuedMail {
    /// Address of the recipient.
    pub to: String,
    /// Name of the recipient.
    pub name: String,
    /// Language of the recipient.
    pub locale: Locale,
    /// What it is about.
    pub template: MailTemplate,
    /// The facts, as the template's struct has them.
    pub args: Value,
}

impl QueuedMail {
    /// The mail with the pass of a visit.
    pub fn visit_announced(
        to: &str,
        name: &str,
        locale: Locale,
        facts: &VisitAnnounced,
    ) -> Result<Self, Fault> {
        Self::new(to, name, locale, MailTemplate::VisitAnnounced, facts)
    }

    /// The mail that takes a pass back.
    pub fn visit_cancelled(
        to: &str,
        name: &str,
        locale: Locale,
        facts: &VisitCancelled,
    ) -> Result<Self, Fault> {
        Self::new(to, name, locale, MailTemplate::VisitCancelled, facts)
    }

    /// The mail with the outcome of a power intent.
    pub fn power_finished(
        to: &str,
        name: &str,
        locale: Locale,
        facts: &PowerFinished,
    ) -> Result<Self, Fault> {
        Self::new(to, name, locale, MailTemplate::PowerFinished, facts)
    }

    /// The mail with a month report.
    pub fn month_reported(
        to: &str,
        name: &str,
        locale: Locale,
        facts: &MonthReported,
    ) -> Result<Self, Fault> {
        Self::new(to, name, locale, MailTemplate::MonthReported, facts)
    }

    /// The report whose document goes with it.
    pub fn enclosed_report(&self) -> Option<MonthReportId> {
        let is_report = self.template == MailTemplate::MonthReported;
        let id = self.args.get("report_id").and_then(Value::as_i64);
        id.filter(|_| is_report).map(MonthReportId::new)
    }

    /// A mail of an event.
    pub fn notice(to: &str, name: &str, locale: Locale, facts: &NoticeMail) -> Result<Self, Fault> {
        Self::new(to, name, locale, MailTemplate::Notice, facts)
    }

    fn new(
        to: &str,
        name: &str,
        locale: Locale,
        template: MailTemplate,
        facts: &impl Serialize,
    ) -> Result<Self, Fault> {
        Ok(Self {
            to: to.to_owned(),
            name: name.to_owned(),
            locale,
            template,
            args: serde_json::to_value(facts).map_err(Fault::internal)?,
        })
    }
}

/// Facts of an announced visit, ready to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitAnnounced {
    /// Name of the customer.
    pub customer: String,
    /// Name of the site.
    pub site: String,
    /// Where the site is; may be empty.
    pub address: String,
    /// From when, in the site's zone: `2026-11-23 14:00`.
    pub from: String,
    /// Until when, in the site's zone.
    pub until: String,
    /// The zone's offset: `+08:00`.
    pub offset: String,
    /// Names of the visitors.
    pub visitors: Vec<String>,
    /// What for: a word of `access::Purpose`, or words of a person.
    pub purpose: String,
    /// The code to show at the door.
    pub pass_code: String,
    /// Page of the visit; may be empty.
    pub url: String,
    /// What the calendar entry and the code are made of; mails that an older version queued have none.
    #[serde(default)]
    pub dates: Option<VisitDates>,
}

impl VisitAnnounced {
    /// Where, in one line.
    pub fn place(&self) -> String {
        match self.address.is_empty() {
            true => self.site.clone(),
            false => format!("{}, {}", self.site, self.address),
        }
    }
}

/// What a calendar entry of a visit is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitDates {
    /// Number of the visit.
    pub number: String,
    /// Names the entry in calendars.
    pub uid: String,
    /// Version of the entry.
    pub sequence: i64,
    /// When it was written, milliseconds since the epoch.
    pub written_at_ms: i64,
    /// Start, milliseconds since the epoch.
    pub from_ms: i64,
    /// End, milliseconds since the epoch.
    pub until_ms: i64,
    /// What the square code of the pass opens; empty for a visit that is called off.
    pub pass_url: String,
}

/// Facts of a visit that was called off, ready to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitCancelled {
    /// Name of the customer.
    pub customer: String,
    /// Name of the site.
    pub site: String,
    /// From when it was planned, in the site's zone.
    pub from: String,
    /// Until when, in the site's zone.
    pub until: String,
    /// The zone's offset: `+08:00`.
    pub offset: String,
    /// Why; may be empty.
    pub reason: String,
    /// Whether the operator declined, rather than somebody called it off.
    pub is_refused: bool,
    /// What the calendar entry is made of.
    pub dates: VisitDates,
}

/// Facts of a power intent that came to its end, ready to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PowerFinished {
    /// Name of the device.
    pub device: String,
    /// Where it stands: `A01 U12`; may be empty.
    pub position: String,
    /// Word of the action: `on`, `off`, `soft_off`, `cycle`, `reset`.
    pub action: String,
    /// Word of the outcome: `succeeded`, `failed`, `timed_out`, `refused`, `cancelled`.
    pub outcome: String,
    /// What was observed: words, or a stored [`crate::power::Detail`]; may be empty.
    pub detail: String,
    /// When it was asked for, in the site's zone.
    pub asked_at: String,
    /// When it ended, in the site's zone.
    pub finished_at: String,
    /// The zone's offset: `+08:00`.
    pub offset: String,
    /// Page of the intent; may be empty.
    pub url: String,
}

/// Facts of a month report, ready to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthReported {
    /// Row id of the report whose document is enclosed when the mail is sent.
    pub report_id: i64,
    /// Name of the customer.
    pub customer: String,
    /// `2026-11`.
    pub month: String,
    /// Its number among those of the month, from 1.
    pub edition: i64,
    /// Whether all periods in it are closed.
    pub is_final: bool,
    /// How many billing periods are in it.
    pub periods: usize,
    /// SHA-256 of the document.
    pub sha256: String,
    /// Page of the reports; may be empty.
    pub url: String,
}

/// A notice, in the recipient's words already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeMail {
    /// Subject.
    pub subject: String,
    /// What happened.
    pub text: String,
}
