//! What is done with channels.

use diesel::prelude::*;
use serde_json::{Value, json};

use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::ChannelId;
use crate::base::seal::Keyring;
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::notify::NOTICE_KIND;
use crate::notify::channel::ChannelDraft;
use crate::notify::notice::{Destination, QueuedNotice, Told};
use crate::notify::rows::{Channel, ChannelColumns};
use crate::store::schema::{channels, customers};
use crate::store::{Conn, outbox};

/// Purpose of the sealed address.
pub const ADDRESS: &str = "channels.address_sealed";
/// Purpose of the sealed secret that requests are signed with.
pub const SIGNING: &str = "channels.signing_sealed";

/// Channels exist for the operator only.
fn require(actor: &Actor, permission: Permission) -> Result<(), Fault> {
    if actor.wall().customer().is_some() {
        return Err(Fault::not_found());
    }
    actor.require(permission)
}

/// Channels that may take something.
pub(super) fn channels_live(c: &mut Conn) -> Result<Vec<Channel>, Fault> {
    Ok(channels::table
        .filter(channels::enabled.eq(true))
        .filter(channels::archived_at.is_null())
        .order(channels::id.asc())
        .select(Channel::as_select())
        .load(c)?)
}

/// Some channels, unless they were archived.
pub(super) fn channels_of(c: &mut Conn, ids: &[ChannelId]) -> Result<Vec<Channel>, Fault> {
    Ok(channels::table
        .filter(channels::id.eq_any(ids.iter().copied()))
        .filter(channels::archived_at.is_null())
        .select(Channel::as_select())
        .load(c)?)
}

/// All channels by name, archived ones last.
pub fn channel_list(c: &mut Conn, actor: &Actor) -> Result<Vec<Channel>, Fault> {
    require(actor, Permission::ViewNetwork)?;
    let mut all: Vec<Channel> = channels::table.select(Channel::as_select()).load(c)?;
    all.sort_by(|a, b| (a.archived_at.is_some(), &a.name).cmp(&(b.archived_at.is_some(), &b.name)));
    Ok(all)
}

/// One channel.
pub fn channel_by_id(c: &mut Conn, actor: &Actor, id: ChannelId) -> Result<Channel, Fault> {
    require(actor, Permission::ViewNetwork)?;
    channels::table
        .find(id)
        .select(Channel::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

fn columns(draft: &ChannelDraft) -> ChannelColumns {
    ChannelColumns {
        name: draft.name.clone(),
        kind: draft.kind,
        locale: draft.locale,
        min_severity: draft.min_severity,
        event_kinds: draft.event_kinds.join(" "),
        customer_id: draft.customer,
        quiet_from_minute: draft.quiet.map(|(from, _)| from),
        quiet_until_minute: draft.quiet.map(|(_, until)| until),
        quiet_days: draft.quiet_days.clone(),
        quiet_zone: draft.zone.name().to_owned(),
        critical_passes: draft.critical_passes,
        escalate_minutes: draft.escalate_minutes,
        enabled: draft.enabled,
    }
}

fn told(columns: &ChannelColumns) -> Value {
    json!({"name": columns.name, "kind": columns.kind, "locale": columns.locale,
        "min_severity": columns.min_severity, "event_kinds": columns.event_kinds,
        "customer_id": columns.customer_id, "quiet_from_minute": columns.quiet_from_minute,
        "quiet_until_minute": columns.quiet_until_minute, "quiet_days": columns.quiet_days,
        "quiet_zone": columns.quiet_zone, "critical_passes": columns.critical_passes,
        "escalate_minutes": columns.escalate_minutes, "enabled": columns.enabled})
}

/// Refuses a customer who is not there.
fn refuse_unknown_customer(c: &mut Conn, draft: &ChannelDraft) -> Result<(), Fault> {
    let Some(customer) = draft.customer else {
        return Ok(());
    };
    let there: i64 = customers::table
        .filter(customers::id.eq(customer))
        .count()
        .get_result(c)?;
    if there == 0 {
        let message = Message::new("fault-channel-customer");
        return Err(Fault::field("customer_id", message));
    }
    Ok(())
}

fn refuse_taken_name(c: &mut Conn, name: &str, except: Option<ChannelId>) -> Result<(), Fault> {
    let taken: Option<ChannelId> = channels::table
        .filter(channels::name.eq(name))
        .select(channels::id)
        .first(c)
        .optional()?;
    match taken {
        Some(id) if Some(id) != except => Err(Fault::field(
            "name",
            Message::new("fault-channel-name-taken"),
        )),
        _ => Ok(()),
    }
}

/// Adds a channel.
pub fn channel_create(
    c: &mut Conn,
    actor: &Actor,
    keyring: &Keyring,
    draft: &ChannelDraft,
) -> Result<ChannelId, Fault> {
    require(actor, Permission::EditNetwork)?;
    if draft.address.is_empty() {
        return Err(Fault::field("address", Message::new("fault-required")));
    }
    refuse_unknown_customer(c, draft)?;
    refuse_taken_name(c, &draft.name, None)?;
    let signing = match draft.signing.is_empty() {
        true => None,
        false => Some(keyring.seal(SIGNING, &draft.signing)?),
    };
    let columns = columns(draft);
    let id: ChannelId = diesel::insert_into(channels::table)
        .values((
            &columns,
            channels::address_sealed.eq(keyring.seal(ADDRESS, &draft.address)?),
            channels::address_shown.eq(&draft.address_shown),
            channels::signing_sealed.eq(signing),
            channels::test_outcome.eq(""),
            channels::created_at.eq(actor.now),
            channels::updated_at.eq(actor.now),
        ))
        .returning(channels::id)
        .get_result(c)?;
    let event = Event::new("channel.create", "channel", id.get(), &draft.name)
        .with(json!({"after": told(&columns)}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Changes a channel; an address and a secret that are not typed stay.
pub fn channel_update(
    c: &mut Conn,
    actor: &Actor,
    keyring: &Keyring,
    id: ChannelId,
    version: i64,
    draft: &ChannelDraft,
) -> Result<(), Fault> {
    require(actor, Permission::EditNetwork)?;
    let before = channel_by_id(c, actor, id)?;
    refuse_unknown_customer(c, draft)?;
    refuse_taken_name(c, &draft.name, Some(id))?;
    if draft.address.is_empty() && draft.kind != before.kind {
        return Err(Fault::field("address", Message::new("fault-required")));
    }
    let (address, shown) = if draft.address.is_empty() {
        (before.address_sealed.clone(), before.address_shown.clone())
    } else {
        let sealed = keyring.seal(ADDRESS, &draft.address)?;
        (sealed, draft.address_shown.clone())
    };
    let signing = match (draft.forget_signing, draft.signing.is_empty()) {
        (_, false) => Some(keyring.seal(SIGNING, &draft.signing)?),
        (true, true) => None,
        (false, true) => before.signing_sealed.clone(),
    };
    let after = columns(draft);
    let address_changed = !draft.address.is_empty();
    let signing_changed =
        !draft.signing.is_empty() || signing.is_some() != before.signing_sealed.is_some();
    let changed = diesel::update(
        channels::table
            .find(id)
            .filter(channels::version.eq(version)),
    )
    .set((
        &after,
        channels::address_sealed.eq(address),
        channels::address_shown.eq(shown),
        channels::signing_sealed.eq(signing),
        channels::version.eq(channels::version + 1),
        channels::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let event = Event::new("channel.update", "channel", id.get(), &draft.name).with(
        json!({"before": told(&columns_of(&before)), "after": told(&after),
            "address_changed": address_changed, "signing_changed": signing_changed}),
    );
    audit::record(c, &actor.author(), actor.now, event)
}

fn columns_of(channel: &Channel) -> ChannelColumns {
    ChannelColumns {
        name: channel.name.clone(),
        kind: channel.kind,
        locale: channel.locale,
        min_severity: channel.min_severity,
        event_kinds: channel.event_kinds.clone(),
        customer_id: channel.customer_id,
        quiet_from_minute: channel.quiet_from_minute,
        quiet_until_minute: channel.quiet_until_minute,
        quiet_days: channel.quiet_days.clone(),
        quiet_zone: channel.quiet_zone.clone(),
        critical_passes: channel.critical_passes,
        escalate_minutes: channel.escalate_minutes,
        enabled: channel.enabled,
    }
}

/// Archives a channel, or brings one back.
pub fn channel_archive(
    c: &mut Conn,
    actor: &Actor,
    id: ChannelId,
    version: i64,
    archived: bool,
) -> Result<(), Fault> {
    require(actor, Permission::EditNetwork)?;
    let there = channel_by_id(c, actor, id)?;
    let changed = diesel::update(
        channels::table
            .find(id)
            .filter(channels::version.eq(version)),
    )
    .set((
        channels::archived_at.eq(archived.then_some(actor.now)),
        channels::version.eq(channels::version + 1),
        channels::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let action = if archived {
        "channel.archive"
    } else {
        "channel.restore"
    };
    let event = Event::new(action, "channel", id.get(), there.name);
    audit::record(c, &actor.author(), actor.now, event)
}

/// Asks for a test of a channel; the task that sends notices makes it and keeps what came of it.
pub fn channel_test(c: &mut Conn, actor: &Actor, id: ChannelId) -> Result<(), Fault> {
    require(actor, Permission::EditNetwork)?;
    let there = channel_by_id(c, actor, id)?;
    if there.archived_at.is_some() {
        return Err(Fault::conflict(Message::new("fault-channel-archived")));
    }
    let notice = QueuedNotice {
        to: Destination::Channel(id),
        told: Told::Test,
        held: false,
    };
    outbox::put(c, NOTICE_KIND, &notice, None, actor.now)?;
    diesel::update(channels::table.find(id))
        .set((
            channels::tested_at.eq(None::<Timestamp>),
            channels::test_outcome.eq(""),
        ))
        .execute(c)?;
    let event = Event::new("channel.test", "channel", id.get(), there.name);
    audit::record(c, &actor.author(), actor.now, event)
}
