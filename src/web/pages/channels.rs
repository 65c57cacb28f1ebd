//! Ways notices go: mail boxes, programs, group robots.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::events::voice;
use super::saving::{Archive, form_status, saved};
use crate::base::fault::{Fault, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{ChannelId, CustomerId};
use crate::base::kept::KeptMessage;
use crate::base::locale::Locale;
use crate::identity::Permission;
use crate::metering::threshold::RuleKind;
use crate::notify::channel::{ChannelDraft, ChannelKind, minute_text};
use crate::notify::event::Severity;
use crate::notify::ops::channels::{
    channel_archive, channel_by_id, channel_create, channel_list, channel_test, channel_update,
};
use crate::notify::{Channel, NOTIFIER};
use crate::tenancy::customer_choices;
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        list,
        new,
        create,
        show,
        edit,
        update,
        archive_dialog,
        archive,
        test
    ]
}

const PATH: &str = "/settings/channels";

fn row(web: &Web, locale: Locale, channel: &Channel) -> Value {
    let tested = KeptMessage::from_text(&channel.test_outcome);
    let said = tested
        .as_ref()
        .and_then(|kept| web.words.say_kept(locale, kept));
    let quiet = channel
        .quiet_from_minute
        .zip(channel.quiet_until_minute)
        .map(|(from, until)| format!("{}–{}", minute_text(from), minute_text(until)));
    let kinds: Vec<String> = channel
        .event_kinds
        .split_whitespace()
        .map(|kind| voice(web, locale).kind(kind))
        .collect();
    json!({
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "address": channel.address_shown,
        "is_signed": channel.signing_sealed.is_some(),
        "locale": channel.locale,
        "min_severity": channel.min_severity,
        "kinds": kinds,
        "customer_id": channel.customer_id,
        "quiet": quiet,
        "quiet_days": channel.quiet_days,
        "quiet_zone": channel.quiet_zone,
        "critical_passes": channel.critical_passes,
        "escalate_minutes": channel.escalate_minutes,
        "enabled": channel.enabled,
        "archived": channel.archived_at.is_some(),
        "tested_at": channel.tested_at,
        "test_ok": tested.as_ref().is_some_and(|kept| kept.technical.is_empty()),
        "test_said": said,
        "test_technical": tested.map(|kept| kept.technical),
    })
}

#[get("/settings/channels")]
async fn list(web: &State<Web>, signed: Signed, said: Said<'_>) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let channels = web
        .store
        .read(move |c| channel_list(c, &actor))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let rows: Vec<Value> = channels
        .iter()
        .map(|channel| row(web, locale, channel))
        .collect();
    let title = web.words.text(locale, "channels-title");
    View::new(
        web,
        &signed.reader,
        "channels/list.html",
        &title,
        "settings",
    )
    .crumbs(&[(&web.words.text(locale, "nav-settings"), "/settings")])
    .flash(said.as_ref())
    .with("rows", rows)
    .with("may_edit", signed.actor.may(Permission::EditNetwork))
    .answer()
}

#[get("/settings/channels/<id>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
) -> Result<Answer, Failure> {
    let channel = found(web, &signed, id).await?;
    let locale = signed.reader.locale;
    View::new(
        web,
        &signed.reader,
        "channels/show.html",
        &channel.name,
        "settings",
    )
    .crumbs(&[(&web.words.text(locale, "channels-title"), PATH)])
    .flash(said.as_ref())
    .with("channel", row(web, locale, &channel))
    .with("may_edit", signed.actor.may(Permission::EditNetwork))
    .answer()
}

fn form(
    web: &Web,
    signed: &Signed,
    (there, customers): (Option<&Channel>, &[Value]),
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let (title, action, back) = match there {
        None => (
            web.words.text(locale, "channels-new"),
            format!("{PATH}/new"),
            PATH.to_owned(),
        ),
        Some(channel) => (
            channel.name.clone(),
            format!("{PATH}/{}/edit", channel.id),
            format!("{PATH}/{}", channel.id),
        ),
    };
    // What was typed as a secret never comes back; mail addresses are none.
    let is_mail = fields.get("kind") == ChannelKind::Mail.as_str();
    let is_secret = |name: &str| name == "signing" || (name == "address" && !is_mail);
    let shown: Fields = fields.iter().filter(|(name, _)| !is_secret(name)).collect();
    let fault = fault.map(|fault| {
        let typed = |&name: &&str| is_secret(name) && !fields.get(name).trim().is_empty();
        let lost = ["address", "signing"].into_iter().filter(typed);
        asking_again(fault, lost)
    });
    let fault = fault.as_ref();
    let choices = |words: Vec<(&'static str, String)>| -> Vec<Value> {
        let choice =
            |(value, label): (&'static str, String)| json!({"value": value, "label": label});
        words.into_iter().map(choice).collect()
    };
    let kinds = ChannelKind::ALL.iter().map(|kind| {
        let label = web.words.text(locale, &format!("channels-kind-{kind}"));
        (kind.as_str(), label)
    });
    let severities = Severity::ALL.iter().map(|severity| {
        let label = web.words.text(locale, &format!("severity-{severity}"));
        (severity.as_str(), label)
    });
    let locales = Locale::ALL.iter().map(|one| {
        let label = web.words.text(locale, &format!("channels-locale-{one}"));
        (one.as_str(), label)
    });
    let events = RuleKind::ALL
        .iter()
        .map(|kind| (kind.as_str(), voice(web, locale).kind(kind.as_str())));
    View::new(
        web,
        &signed.reader,
        "channels/form.html",
        &title,
        "settings",
    )
    .crumbs(&[(&web.words.text(locale, "channels-title"), PATH)])
    .with("form", form_context(web, locale, &action, &shown, fault))
    .with("is_new", there.is_none())
    .with(
        "is_signed",
        there.is_some_and(|channel| channel.signing_sealed.is_some()),
    )
    .with(
        "address_shown",
        there.map(|channel| channel.address_shown.clone()),
    )
    .with("kinds", choices(kinds.collect()))
    .with("severities", choices(severities.collect()))
    .with("locales", choices(locales.collect()))
    .with("events", choices(events.collect()))
    .with("customers", customers)
    .with("cancel_href", back)
    .status(form_status(fault))
    .answer()
}

/// The customers a channel can be for; one that is not on the list any more stays a choice where it is chosen.
async fn customers(
    web: &Web,
    signed: &Signed,
    chosen: Option<CustomerId>,
) -> Result<Vec<Value>, Failure> {
    let actor = signed.actor.clone();
    let all = web
        .store
        .read(move |c| customer_choices(c, &actor))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let gone = chosen.filter(|chosen| !all.iter().any(|(id, ..)| id == chosen));
    let gone = gone.map(|id| json!({"value": id.to_string(), "label": format!("#{id}")}));
    let there = all.iter().map(
        |(id, code, name)| json!({"value": id.to_string(), "label": format!("{name} ({code})")}),
    );
    Ok(there.chain(gone).collect())
}

/// A fault that also says which secrets have to be typed again.
fn asking_again(fault: &Fault, lost: impl Iterator<Item = &'static str>) -> Fault {
    let mut fault = fault.clone();
    let lost: Vec<&str> = lost
        .filter(|name| !fault.fields.iter().any(|there| there.field == *name))
        .collect();
    if !lost.is_empty() && fault.fields.is_empty() {
        // The words of the whole stay on top.
        let whole = FieldFault::new("", fault.message.clone());
        fault.fields.push(whole);
    }
    for name in lost {
        let again = FieldFault::new(name, Message::new("fault-channel-retype"));
        fault.fields.push(again);
    }
    fault
}

fn may_edit(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::EditNetwork)
        .map_err(|fault| signed.failure(fault))
}

async fn found(web: &Web, signed: &Signed, id: i64) -> Result<Channel, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| channel_by_id(c, &actor, ChannelId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

async fn editable(web: &Web, signed: &Signed, id: i64) -> Result<Channel, Failure> {
    may_edit(signed)?;
    found(web, signed, id).await
}

#[get("/settings/channels/new")]
async fn new(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    may_edit(&signed)?;
    let fields: Fields = [
        ("kind", "mail"),
        ("locale", signed.reader.locale.as_str()),
        ("min_severity", "warning"),
        ("quiet_zone", web.settings.zone.name()),
        ("critical_passes", "true"),
        ("enabled", "true"),
    ]
    .into_iter()
    .collect();
    let customers = customers(web, &signed, None).await?;
    form(web, &signed, (None, &customers), &fields, None)
}

#[post("/settings/channels/new", data = "<posted>")]
async fn create(web: &State<Web>, signed: Signed, posted: Posted) -> Result<Answer, Failure> {
    may_edit(&signed)?;
    let customers = customers(web, &signed, None).await?;
    let outcome = match ChannelDraft::parse(&posted.fields, web.settings.zone) {
        Ok(draft) => {
            let (actor, keyring) = (signed.actor.clone(), web.keyring.clone());
            web.store
                .write("channel.create", move |c| {
                    channel_create(c, &actor, &keyring, &draft)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    let outcome = outcome.map(|id| format!("{PATH}/{id}"));
    saved(web, &signed, outcome, |fault| {
        form(
            web,
            &signed,
            (None, &customers),
            &posted.fields,
            Some(fault),
        )
    })
}

#[get("/settings/channels/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let channel = editable(web, &signed, id).await?;
    let value = serde_json::to_value(&channel).unwrap_or_default();
    let mut fields = Fields::from_json(&value).unwrap_or_default();
    for (name, on) in [
        ("enabled", channel.enabled),
        ("critical_passes", channel.critical_passes),
    ] {
        fields.set(name, if on { "true" } else { "" });
    }
    for (name, minute) in [
        ("quiet_from", channel.quiet_from_minute),
        ("quiet_until", channel.quiet_until_minute),
    ] {
        fields.set(name, minute.map(minute_text).unwrap_or_default());
    }
    for kind in channel.event_kinds.split_whitespace() {
        fields.set(format!("kind_{kind}"), "true");
    }
    let customers = customers(web, &signed, channel.customer_id).await?;
    form(web, &signed, (Some(&channel), &customers), &fields, None)
}

#[post("/settings/channels/<id>/edit", data = "<posted>")]
async fn update(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    posted: Posted,
) -> Result<Answer, Failure> {
    let channel = editable(web, &signed, id).await?;
    let customers = customers(web, &signed, channel.customer_id).await?;
    let parsed = ChannelDraft::parse(&posted.fields, web.settings.zone)
        .and_then(|draft| Ok((draft, version(&posted.fields)?)));
    let id = channel.id;
    let outcome = match parsed {
        Ok((draft, version)) => {
            let (actor, keyring) = (signed.actor.clone(), web.keyring.clone());
            web.store
                .write("channel.update", move |c| {
                    channel_update(c, &actor, &keyring, id, version, &draft)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    let outcome = outcome.map(|()| format!("{PATH}/{id}"));
    saved(web, &signed, outcome, |fault| {
        let there = (Some(&channel), customers.as_slice());
        form(web, &signed, there, &posted.fields, Some(fault))
    })
}

fn archive_of(channel: &Channel) -> Archive<'_> {
    Archive {
        name: &channel.name,
        action: format!("{PATH}/{}/archive", channel.id),
        back: format!("{PATH}/{}", channel.id),
        version: channel.version,
        archived: channel.archived_at.is_some(),
        consequence: "channels-archive-consequence",
        section: "settings",
    }
}

#[get("/settings/channels/<id>/archive")]
async fn archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let channel = editable(web, &signed, id).await?;
    archive_of(&channel).view(web, &signed, None)
}

#[post("/settings/channels/<id>/archive", data = "<posted>")]
async fn archive(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    posted: Posted,
) -> Result<Answer, Failure> {
    let channel = editable(web, &signed, id).await?;
    let id = channel.id;
    archive_of(&channel)
        .post(
            web,
            &signed,
            &posted,
            "channel.archive",
            move |c, actor, version, archive| channel_archive(c, actor, id, version, archive),
        )
        .await
}

#[post("/settings/channels/<id>/test", data = "<posted>")]
async fn test(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    posted: Posted,
) -> Result<Answer, Failure> {
    let _ = posted;
    let actor = signed.actor.clone();
    web.store
        .write("channel.test", move |c| {
            channel_test(c, &actor, ChannelId::new(id))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    web.store.wakeups().wake(NOTIFIER);
    Ok(done(
        web,
        signed.reader.locale,
        format!("{PATH}/{id}"),
        &Message::new("channels-testing"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_was_typed_is_asked_for_again() {
        let fault = Fault::field("name", Message::new("fault-required"));
        let again = asking_again(&fault, ["address", "signing"].into_iter());
        let names: Vec<&str> = again.fields.iter().map(|of| of.field.as_ref()).collect();
        assert_eq!(names, ["name", "address", "signing"]);
        // One that is at fault itself says so already.
        let fault = Fault::field("address", Message::new("fault-channel-url"));
        let again = asking_again(&fault, ["address"].into_iter());
        assert_eq!(again.fields, fault.fields);
        // The words of a conflict stay.
        let again = asking_again(&Fault::stale(), ["signing"].into_iter());
        let keys: Vec<&str> = again.fields.iter().map(|of| of.message.key).collect();
        assert_eq!(keys, ["fault-stale", "fault-channel-retype"]);
        let again = asking_again(&Fault::stale(), [].into_iter());
        assert!(again.fields.is_empty());
    }
}
