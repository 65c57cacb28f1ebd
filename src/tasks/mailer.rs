//! Sends the mails of the outbox, one claimed row at a time, over one session as long as it lasts.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{BoxFuture, Task};
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::time::Timestamp;
use crate::base::token::random_code;
use crate::drivers::mail::{Enclosed, Letter, MailError, MailServer, MailSession};
use crate::notify::{MAILER, MailTemplate, OUTBOX_KIND, QueuedMail, enclosures, render};
use crate::reports::report_enclosed;
use crate::store::Store;
use crate::store::outbox::{self, Entry};
use crate::words::Words;

/// Rests after the first, second, … failed attempt; after the last the mail is given up.
const BACK_OFF_MS: [i64; 5] = [
    60_000,
    5 * 60_000,
    30 * 60_000,
    2 * 3_600_000,
    6 * 3_600_000,
];
/// How long a claimed mail belongs to this process.
const LEASE_MS: i64 = 5 * 60_000;
/// Longest time for one mail, safely within the lease.
const DEADLINE: Duration = Duration::from_secs(4 * 60);
/// A notice that waited longer is not sent any more: an old alarm is no alarm.
const NOTICE_LASTS_MS: i64 = 24 * 3_600_000;

/// What the mailer needs to send.
#[derive(Debug, Clone)]
pub struct MailRoute {
    /// The server.
    pub server: MailServer,
    /// Sender of every mail.
    pub from: String,
}

/// The task that empties the outbox of mails.
pub struct Mailer {
    store: Store,
    words: Words,
    route: Option<MailRoute>,
    interval: Duration,
    owner: String,
}

impl Mailer {
    /// A mailer; without a route mails wait in the outbox.
    pub fn new(
        store: Store,
        words: Words,
        route: Option<MailRoute>,
        interval: Duration,
    ) -> Result<Self, Fault> {
        let owner = format!("mailer-{}-{}", std::process::id(), random_code(8)?);
        Ok(Self {
            store,
            words,
            route,
            interval,
            owner,
        })
    }

    /// Sends what is due, one after another, until nothing is due or the server is at fault.
    async fn send_due(&self, stop: &CancellationToken) -> Result<Message, Fault> {
        let Some(route) = &self.route else {
            let (waiting, _) = self.store.read(outbox::counts).await?;
            return Ok(Message::new("tasks-said-mailer-off").with("waiting", waiting));
        };
        let mut counts = Counts::default();
        let mut session = None;
        let mut fault = None;
        while !stop.is_cancelled()
            && let Some(entry) = self.claim().await?
        {
            if is_old_notice(&entry, Timestamp::now()) {
                self.pass_over(&entry).await?;
                continue;
            }
            let enclosed = self.enclosed(&entry).await?;
            let result = self.deliver(route, &entry, enclosed, &mut session).await;
            if let Err(error) = &result
                && error.is_about_the_server()
            {
                fault = Some(error.to_string());
            }
            self.settle(&entry, result, &mut counts).await?;
            if fault.is_some() {
                break;
            }
        }
        if let Some(session) = session {
            session.close().await;
        }
        match fault {
            Some(words) => Err(
                Fault::new(FaultKind::Upstream, Message::new("fault-mail-server")).because(words),
            ),
            None => Ok(counts.words()),
        }
    }

    async fn claim(&self) -> Result<Option<Entry>, Fault> {
        let owner = self.owner.clone();
        let claimed = self
            .store
            .write("mail.claim", move |c| {
                outbox::claim(c, OUTBOX_KIND, &owner, Timestamp::now(), LEASE_MS, 1)
            })
            .await?;
        Ok(claimed.into_iter().next())
    }

    /// Settles a mail without sending it.
    async fn pass_over(&self, entry: &Entry) -> Result<(), Fault> {
        let id = entry.id;
        tracing::info!(mail = %id, "notice is too old to be sent");
        self.store
            .write("mail.done", move |c| outbox::done(c, id, Timestamp::now()))
            .await
    }

    /// The document that goes with a mail; a mail that can't be read is told of when it is worded.
    async fn enclosed(&self, entry: &Entry) -> Result<Option<Enclosed>, Fault> {
        let mail: Option<QueuedMail> = serde_json::from_str(&entry.payload).ok();
        let Some(id) = mail.and_then(|mail| mail.enclosed_report()) else {
            return Ok(None);
        };
        let found = self.store.read(move |c| report_enclosed(c, id)).await?;
        Ok(found.map(|(name, body)| Enclosed {
            name,
            media_type: "application/pdf",
            body,
        }))
    }

    /// Words and sends one mail within its deadline.
    async fn deliver<'a>(
        &self,
        route: &'a MailRoute,
        entry: &Entry,
        enclosed: Option<Enclosed>,
        session: &mut Option<MailSession<'a>>,
    ) -> Result<String, MailError> {
        let letter = self.letter(route, entry, enclosed)?;
        let sending = async {
            let open = match session.take().filter(MailSession::is_usable) {
                Some(open) => open,
                None => MailSession::open(&route.server).await?,
            };
            session.insert(open).send(&letter).await
        };
        match tokio::time::timeout(DEADLINE, sending).await {
            Ok(result) => result,
            Err(_) => Err(MailError::Unreachable(crate::drivers::mail::Trouble {
                server: route.server.label(),
                stage: crate::drivers::mail::Stage::Send,
                elapsed: DEADLINE,
                words: "the whole mail took too long".to_owned(),
            })),
        }
    }

    fn letter(
        &self,
        route: &MailRoute,
        entry: &Entry,
        enclosed: Option<Enclosed>,
    ) -> Result<Letter, MailError> {
        let unreadable = |fault: String| MailError::Letter {
            field: "payload",
            fault,
        };
        let mail: QueuedMail =
            serde_json::from_str(&entry.payload).map_err(|error| unreadable(error.to_string()))?;
        if mail.enclosed_report().is_some() && enclosed.is_none() {
            return Err(unreadable("the report is not there".to_owned()));
        }
        let rendered = render(&self.words, &mail).map_err(|fault| unreadable(fault.to_string()))?;
        let made = enclosures(&mail, &rendered).map_err(|fault| unreadable(fault.to_string()))?;
        let made = made.into_iter().map(|file| Enclosed {
            name: file.name,
            media_type: file.media_type,
            body: file.body,
        });
        Ok(Letter {
            from: route.from.clone(),
            to: mail.to,
            name: mail.name,
            subject: rendered.subject,
            text: rendered.text,
            message_id: format!("outbox-{}-{}", entry.id, entry.created_at.millis()),
            language: mail.locale.as_str().to_owned(),
            written_at_ms: entry.created_at.millis(),
            enclosed: enclosed.into_iter().chain(made).collect(),
        })
    }

    /// Writes down what came of an attempt.
    async fn settle(
        &self,
        entry: &Entry,
        result: Result<String, MailError>,
        counts: &mut Counts,
    ) -> Result<(), Fault> {
        let id = entry.id;
        let now = Timestamp::now();
        let Err(error) = result else {
            counts.sent += 1;
            return self
                .store
                .write("mail.done", move |c| outbox::done(c, id, now))
                .await;
        };
        let (words, owner) = (error.to_string(), self.owner.clone());
        let rest = usize::try_from(entry.attempts - 1)
            .ok()
            .and_then(|failed| BACK_OFF_MS.get(failed))
            .filter(|_| !error.is_permanent());
        match rest {
            Some(rest) => {
                counts.later += 1;
                let at = now.plus_millis(*rest);
                tracing::info!(mail = %id, attempt = entry.attempts, error = words, "mail put back");
                self.store
                    .write("mail.retry", move |c| {
                        outbox::retry(c, id, &owner, &words, at)
                    })
                    .await
                    .map(drop)
            }
            None => {
                counts.dead += 1;
                tracing::warn!(mail = %id, attempt = entry.attempts, error = words, "mail given up");
                self.store
                    .write("mail.bury", move |c| {
                        outbox::bury(c, id, &owner, &words, now)
                    })
                    .await
                    .map(drop)
            }
        }
    }
}

/// Whether a mail tells of an event and has waited too long for that.
fn is_old_notice(entry: &Entry, now: Timestamp) -> bool {
    now.since_millis(entry.created_at) > NOTICE_LASTS_MS
        && serde_json::from_str::<QueuedMail>(&entry.payload)
            .is_ok_and(|mail| mail.template == MailTemplate::Notice)
}

/// What one activation did.
#[derive(Debug, Default)]
struct Counts {
    sent: usize,
    later: usize,
    dead: usize,
}

impl Counts {
    fn words(&self) -> Message {
        Message::new("tasks-said-mailer")
            .with("sent", self.sent)
            .with("later", self.later)
            .with("dead", self.dead)
    }
}

impl Task for Mailer {
    fn name(&self) -> &'static str {
        MAILER
    }

    fn interval(&self) -> Duration {
        self.interval
    }

    fn activate(&self, stop: CancellationToken) -> BoxFuture<'_, Result<Message, Fault>> {
        Box::pin(async move { self.send_due(&stop).await })
    }
}
