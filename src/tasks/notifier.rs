//! Sends the notices of the outbox: over requests to programs and group robots, over the mailer to people.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;
use tokio_util::sync::CancellationToken;

use super::{BoxFuture, Task};
use crate::base::fault::{Fault, Message};
use crate::base::id::Id;
use crate::base::ids::{ChannelId, EventId};
use crate::base::kept::KeptMessage;
use crate::base::locale::Locale;
use crate::base::seal::{Keyring, SealError};
use crate::base::time::Timestamp;
use crate::base::token::random_code;
use crate::drivers::webhook::{Dialect, Request, WebhookClient, WebhookError};
use crate::notify::body::{NoticeText, SIGNATURE_HEADER, outgoing};
use crate::notify::channel::{ChannelKind, addresses};
use crate::notify::event::Transition;
use crate::notify::notice::{Destination, QueuedNotice, Told};
use crate::notify::ops::channels::{ADDRESS, SIGNING};
use crate::notify::ops::notices::{
    ClaimedNotices, Recipient, channel_tested, notices_claim, notices_mailed,
};
use crate::notify::wording::Voice;
use crate::notify::{Channel, Event, MAILER, NOTIFIER, NoticeMail, QueuedMail};
use crate::store::Store;
use crate::store::outbox::{self, Entry, OutboxEntry};
use crate::words::Words;

/// Rests after the first, second, … failed attempt; after the last the notice is given up.
const BACK_OFF_MS: [i64; 5] = [
    60_000,
    5 * 60_000,
    30 * 60_000,
    2 * 3_600_000,
    6 * 3_600_000,
];
/// Rest of notices that were not tried because another to the same place failed.
const UNTRIED_REST_MS: i64 = 60_000;
/// How long claimed notices belong to this process.
const LEASE_MS: i64 = 10 * 60_000;
/// Notices claimed at once: a destination that fails is not tried again within them, so that the lease is long enough.
const AT_ONCE: i64 = 200;
/// More notices than this that are due for a channel at once go as one message.
const MOST_SINGLE: usize = 5;
/// Longest time for one request.
const DEADLINE: Duration = Duration::from_secs(15);

/// What the words of notices need from the configuration.
#[derive(Debug, Clone)]
pub struct NoticePlace {
    /// Address people use, without a slash at the end.
    pub public_url: String,
    /// Zone of times.
    pub zone: Tz,
}

/// The task that empties the outbox of notices.
pub struct Notifier {
    store: Store,
    keyring: Arc<Keyring>,
    words: Words,
    place: NoticePlace,
    interval: Duration,
    owner: String,
}

/// What is sent as one message, and the entries it settles.
struct Parcel {
    to: Destination,
    recipient: Recipient,
    entries: Vec<Entry>,
    told: Vec<Told>,
    /// Whether all of it waited for the end of quiet hours.
    held: bool,
}

/// Why a parcel was not taken.
struct Refusal {
    words: String,
    permanent: bool,
}

impl From<WebhookError> for Refusal {
    fn from(error: WebhookError) -> Self {
        Self {
            words: error.to_string(),
            permanent: error.is_permanent(),
        }
    }
}

impl From<SealError> for Refusal {
    /// An address or a secret that does not open never will, until somebody types it anew.
    fn from(error: SealError) -> Self {
        Self {
            words: error.to_string(),
            permanent: true,
        }
    }
}

/// What one activation did.
#[derive(Debug, Default)]
struct Counts {
    sent: usize,
    mailed: usize,
    later: usize,
    dead: usize,
    dropped: usize,
}

impl Notifier {
    /// A notifier.
    pub fn new(
        store: Store,
        keyring: Arc<Keyring>,
        words: Words,
        place: NoticePlace,
        interval: Duration,
    ) -> Result<Self, Fault> {
        let owner = format!("notifier-{}-{}", std::process::id(), random_code(8)?);
        Ok(Self {
            store,
            keyring,
            words,
            place,
            interval,
            owner,
        })
    }

    async fn send_due(&self, stop: &CancellationToken) -> Result<Message, Fault> {
        let mut counts = Counts::default();
        let mut client = None;
        loop {
            let owner = self.owner.clone();
            let claimed = self
                .store
                .write("notice.claim", move |c| {
                    notices_claim(c, &owner, Timestamp::now(), LEASE_MS, AT_ONCE)
                })
                .await?;
            if claimed.entries.is_empty() && claimed.unreadable.is_empty() {
                break;
            }
            self.send(claimed, &mut client, stop, &mut counts).await?;
            if stop.is_cancelled() {
                break;
            }
        }
        if counts.mailed > 0 {
            self.store.wakeups().wake(MAILER);
        }
        Ok(counts.message())
    }

    /// Sends what was claimed.
    async fn send(
        &self,
        claimed: ClaimedNotices,
        client: &mut Option<WebhookClient>,
        stop: &CancellationToken,
        counts: &mut Counts,
    ) -> Result<(), Fault> {
        let ClaimedNotices {
            entries,
            unreadable,
            recipients,
            events,
        } = claimed;
        for entry in unreadable {
            counts.dead += 1;
            self.bury(&entry, "the notice cannot be read").await?;
        }
        let (parcels, idle) = parcels(entries, &recipients, &events);
        counts.dropped += idle.len();
        self.done(idle.iter().map(|entry| entry.id).collect())
            .await?;
        let mut silent = BTreeSet::new();
        let mut untried = Vec::new();
        for parcel in parcels {
            if silent.contains(&parcel.to) || stop.is_cancelled() {
                untried.extend(parcel.entries.iter().map(|entry| entry.id));
                continue;
            }
            let sent = self.deliver(&parcel, &events, client).await?;
            if sent.is_err() {
                silent.insert(parcel.to);
            }
            self.settle(parcel, sent, counts).await?;
        }
        counts.later += untried.len();
        self.put_back(untried).await
    }

    /// Words one message and hands it on.
    async fn deliver(
        &self,
        parcel: &Parcel,
        events: &BTreeMap<EventId, Event>,
        client: &mut Option<WebhookClient>,
    ) -> Result<Result<bool, Refusal>, Fault> {
        let (locale, name) = match &parcel.recipient {
            Recipient::Channel(channel) => (channel.locale, channel.name.clone()),
            Recipient::Contact(name, _, locale) => (*locale, name.clone()),
        };
        let text = self.text(parcel, locale, &name, events);
        match &parcel.recipient {
            Recipient::Contact(name, address, locale) => {
                self.mail(parcel, &[(name, address, *locale)], &text)
                    .await?;
                Ok(Ok(true))
            }
            Recipient::Channel(channel) if channel.kind == ChannelKind::Mail => {
                let address = match self.keyring.open(ADDRESS, &channel.address_sealed) {
                    Ok(address) => address,
                    Err(error) => return Ok(Err(error.into())),
                };
                let to: Vec<(&str, &str, Locale)> = addresses(address.expose())
                    .unwrap_or_default()
                    .into_iter()
                    .map(|address| (channel.name.as_str(), address, channel.locale))
                    .collect();
                self.mail(parcel, &to, &text).await?;
                Ok(Ok(true))
            }
            Recipient::Channel(channel) => {
                let posted = self.post(channel, &text, client).await;
                Ok(posted.map(|()| false))
            }
        }
    }

    async fn post(
        &self,
        channel: &Channel,
        text: &NoticeText,
        client: &mut Option<WebhookClient>,
    ) -> Result<(), Refusal> {
        let Some(request) = self.request(channel, text)? else {
            return Ok(());
        };
        let client = match client {
            Some(client) => client,
            None => client.insert(WebhookClient::new(DEADLINE)?),
        };
        Ok(client.post(&request).await?)
    }

    fn text(
        &self,
        parcel: &Parcel,
        locale: Locale,
        name: &str,
        events: &BTreeMap<EventId, Event>,
    ) -> NoticeText {
        let voice = Voice {
            words: &self.words,
            locale,
            zone: self.place.zone,
            public_url: &self.place.public_url,
        };
        let steps: Vec<(&Event, Transition)> = parcel
            .told
            .iter()
            .filter_map(|told| match told {
                Told::Event(id, transition) => Some((events.get(id)?, *transition)),
                Told::Test => None,
            })
            .collect();
        match steps.as_slice() {
            [] => voice.test(name),
            [(event, transition)] => voice.notice(event, *transition),
            steps => voice.summary(steps, parcel.held),
        }
    }

    fn request(&self, channel: &Channel, text: &NoticeText) -> Result<Option<Request>, Refusal> {
        let address = self.keyring.open(ADDRESS, &channel.address_sealed)?;
        let signing = match &channel.signing_sealed {
            Some(sealed) => Some(self.keyring.open(SIGNING, sealed)?),
            None => None,
        };
        let now = Timestamp::now();
        let outgoing = outgoing(channel.kind, &address, signing.as_ref(), text, now);
        Ok(outgoing.map(|outgoing| Request {
            url: outgoing.url,
            body: outgoing.body,
            header: outgoing.signature.map(|value| (SIGNATURE_HEADER, value)),
            dialect: match channel.kind {
                ChannelKind::WeCom | ChannelKind::DingTalk => Dialect::ErrorCode,
                ChannelKind::Feishu => Dialect::Code,
                ChannelKind::Mail | ChannelKind::Webhook => Dialect::Plain,
            },
        }))
    }

    /// Hands a message to the mailer; that settles its entries too.
    async fn mail(
        &self,
        parcel: &Parcel,
        to: &[(&str, &str, Locale)],
        text: &NoticeText,
    ) -> Result<(), Fault> {
        let facts = NoticeMail {
            subject: text.title.clone(),
            text: format!("{}\n\n{}", text.text, text.url),
        };
        let mails: Vec<QueuedMail> = to
            .iter()
            .map(|(name, address, locale)| QueuedMail::notice(address, name, *locale, &facts))
            .collect::<Result<_, _>>()?;
        let ids: Vec<Id<OutboxEntry>> = parcel.entries.iter().map(|entry| entry.id).collect();
        self.store
            .write("notice.mail", move |c| {
                notices_mailed(c, &ids, &mails, Timestamp::now())
            })
            .await
    }

    /// Writes down what came of a message.
    async fn settle(
        &self,
        parcel: Parcel,
        sent: Result<bool, Refusal>,
        counts: &mut Counts,
    ) -> Result<(), Fault> {
        if let (Destination::Channel(id), [Told::Test]) = (parcel.to, parcel.told.as_slice()) {
            return self.settle_test(id, &parcel, sent, counts).await;
        }
        match sent {
            Ok(true) => counts.mailed += 1,
            Ok(false) => {
                counts.sent += 1;
                self.done(parcel.entries.iter().map(|entry| entry.id).collect())
                    .await?;
            }
            Err(refusal) => {
                for entry in &parcel.entries {
                    let rest = usize::try_from(entry.attempts - 1)
                        .ok()
                        .and_then(|failed| BACK_OFF_MS.get(failed))
                        .filter(|_| !refusal.permanent);
                    match rest {
                        Some(rest) => {
                            counts.later += 1;
                            self.retry(entry, &refusal.words, *rest).await?;
                        }
                        None => {
                            counts.dead += 1;
                            self.bury(entry, &refusal.words).await?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// A test is made once; its page shows what came of it.
    async fn settle_test(
        &self,
        id: ChannelId,
        parcel: &Parcel,
        sent: Result<bool, Refusal>,
        counts: &mut Counts,
    ) -> Result<(), Fault> {
        let outcome = match sent {
            Ok(true) => {
                counts.mailed += 1;
                KeptMessage::from(&Message::new("channel-test-mailed"))
            }
            Ok(false) => {
                counts.sent += 1;
                KeptMessage::from(&Message::new("channel-test-taken"))
            }
            Err(refusal) => {
                counts.dead += 1;
                KeptMessage::from(&Message::new("channel-test-failed")).saying(&refusal.words)
            }
        };
        let ids: Vec<Id<OutboxEntry>> = parcel.entries.iter().map(|entry| entry.id).collect();
        self.store
            .write("notice.tested", move |c| {
                let now = Timestamp::now();
                channel_tested(c, id, &outcome, now)?;
                ids.iter().try_for_each(|id| outbox::done(c, *id, now))
            })
            .await
    }

    async fn done(&self, ids: Vec<Id<OutboxEntry>>) -> Result<(), Fault> {
        if ids.is_empty() {
            return Ok(());
        }
        self.store
            .write("notice.done", move |c| {
                let now = Timestamp::now();
                ids.iter().try_for_each(|id| outbox::done(c, *id, now))
            })
            .await
    }

    /// Puts back what was not tried; that is no attempt.
    async fn put_back(&self, ids: Vec<Id<OutboxEntry>>) -> Result<(), Fault> {
        if ids.is_empty() {
            return Ok(());
        }
        tracing::info!(notices = ids.len(), "notices put back untried");
        let owner = self.owner.clone();
        self.store
            .write("notice.put_back", move |c| {
                let at = Timestamp::now().plus_millis(UNTRIED_REST_MS);
                ids.iter()
                    .try_for_each(|id| outbox::put_back(c, *id, &owner, at).map(drop))
            })
            .await
    }

    async fn retry(&self, entry: &Entry, words: &str, rest_ms: i64) -> Result<(), Fault> {
        let (id, owner, words) = (entry.id, self.owner.clone(), words.to_owned());
        tracing::info!(notice = %id, attempt = entry.attempts, error = words, "notice put back");
        self.store
            .write("notice.retry", move |c| {
                let at = Timestamp::now().plus_millis(rest_ms);
                outbox::retry(c, id, &owner, &words, at)
            })
            .await
            .map(drop)
    }

    async fn bury(&self, entry: &Entry, words: &str) -> Result<(), Fault> {
        let (id, owner, words) = (entry.id, self.owner.clone(), words.to_owned());
        tracing::warn!(notice = %id, attempt = entry.attempts, error = words, "notice given up");
        self.store
            .write("notice.bury", move |c| {
                outbox::bury(c, id, &owner, &words, Timestamp::now())
            })
            .await
            .map(drop)
    }
}

/// Sorts notices into messages: those that waited for the end of quiet hours go as one, and so do many at once to a
/// channel. The rest are entries that nobody is to be told of any more.
fn parcels(
    entries: Vec<(Entry, QueuedNotice)>,
    recipients: &BTreeMap<Destination, Recipient>,
    events: &BTreeMap<EventId, Event>,
) -> (Vec<Parcel>, Vec<Entry>) {
    let (wanted, idle): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(entry, notice)| {
        let recipient = recipients.get(&notice.to);
        recipient.is_some_and(|there| takes(there, notice)) && is_wanted(entry, notice, events)
    });
    let crowded = crowded(&wanted);
    let mut parcels: Vec<Parcel> = Vec::new();
    let mut bundles: BTreeMap<Destination, usize> = BTreeMap::new();
    for (entry, notice) in wanted {
        let Some(recipient) = recipients.get(&notice.to) else {
            continue;
        };
        let crowds = crowded.contains(&notice.to) && notice.told != Told::Test;
        let bundled = notice.held || crowds;
        let place = bundles.get(&notice.to).copied().filter(|_| bundled);
        if let Some(parcel) = place.and_then(|place| parcels.get_mut(place)) {
            parcel.entries.push(entry);
            parcel.told.push(notice.told);
            parcel.held &= notice.held;
            continue;
        }
        if bundled {
            bundles.insert(notice.to, parcels.len());
        }
        parcels.push(Parcel {
            to: notice.to,
            recipient: recipient.clone(),
            entries: vec![entry],
            told: vec![notice.told],
            held: notice.held,
        });
    }
    (parcels, idle.into_iter().map(|(entry, _)| entry).collect())
}

/// Channels with more notices at once than go one by one.
fn crowded(wanted: &[(Entry, QueuedNotice)]) -> BTreeSet<Destination> {
    let mut counts: BTreeMap<Destination, usize> = BTreeMap::new();
    for (_, notice) in wanted {
        let is_step = matches!(notice.told, Told::Event(..)) && !notice.held;
        if is_step && matches!(notice.to, Destination::Channel(_)) {
            *counts.entry(notice.to).or_default() += 1;
        }
    }
    counts.retain(|_, count| *count > MOST_SINGLE);
    counts.into_keys().collect()
}

/// A channel that was switched off takes tests only.
fn takes(recipient: &Recipient, notice: &QueuedNotice) -> bool {
    match recipient {
        Recipient::Channel(channel) => channel.enabled || notice.told == Told::Test,
        Recipient::Contact(_, address, _) => !address.is_empty(),
    }
}

/// What somebody has taken note of, or what is over, is not told again; and nobody is told of a beginning that was put
/// off until after the end.
fn is_wanted(entry: &Entry, notice: &QueuedNotice, events: &BTreeMap<EventId, Event>) -> bool {
    let Told::Event(id, transition) = notice.told else {
        return true;
    };
    events.get(&id).is_some_and(|event| match transition {
        Transition::Raised => {
            let put_off = |ended| entry.attempts > 1 || entry.not_before > ended;
            notice.held || !event.ended_at.is_some_and(put_off)
        }
        Transition::Escalated => event.ended_at.is_none() && event.acked_at.is_none(),
        Transition::Ended => true,
    })
}

impl Counts {
    fn message(&self) -> Message {
        Message::new("tasks-said-notifier")
            .with("sent", self.sent)
            .with("mailed", self.mailed)
            .with("later", self.later)
            .with("dead", self.dead)
            .with("dropped", self.dropped)
    }
}

impl Task for Notifier {
    fn name(&self) -> &'static str {
        NOTIFIER
    }

    fn interval(&self) -> Duration {
        self.interval
    }

    fn activate(&self, stop: CancellationToken) -> BoxFuture<'_, Result<Message, Fault>> {
        Box::pin(async move { self.send_due(&stop).await })
    }
}
