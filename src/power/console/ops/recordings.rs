//! Recordings: written in parts, listed, replayed, let go.

use diesel::dsl::{InnerJoin, IntoBoxed};
use diesel::prelude::*;
use serde_json::json;

use super::sessions::console_end;
use crate::audit::{self, Event};
use crate::base::fault::Fault;
use crate::base::fold::contains_pattern;
use crate::base::ids::{ConsoleId, DeviceId};
use crate::base::page::{Page, PageRequest};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::power::console::frame::Part;
use crate::power::console::model::EndReason;
use crate::power::console::rows::{ConsoleSeat, ConsoleSession};
use crate::store::Conn;
use crate::store::schema::{
    console_grants, console_parts, console_seats, console_sessions, devices,
};

/// A session whose process wrote nothing for this long has none any more, milliseconds.
const ABANDONED_MS: i64 = 300_000;

/// Keeps a part of a recording; without one it only says that the session lives.
pub fn part_append(
    c: &mut Conn,
    console: ConsoleId,
    part: Option<&Part>,
    now: Timestamp,
) -> Result<(), Fault> {
    let octets = part.map_or(0, |part| part.octets);
    diesel::update(console_sessions::table.find(console))
        .set((
            console_sessions::seen_at.eq(now),
            console_sessions::octets.eq(console_sessions::octets + octets),
        ))
        .execute(c)?;
    let Some(part) = part else { return Ok(()) };
    diesel::insert_into(console_parts::table)
        .values((
            console_parts::session_id.eq(console),
            console_parts::number.eq(part.number),
            console_parts::octets.eq(part.octets),
            console_parts::content.eq(&part.content),
        ))
        .execute(c)?;
    Ok(())
}

/// Which sessions to show.
#[derive(Debug, Clone, Default)]
pub struct ConsoleFilter {
    /// Machines whose name, label or serial contains this.
    pub text: String,
    /// Only those that live.
    pub live: bool,
    /// Of this machine.
    pub device: Option<DeviceId>,
}

type Joined = InnerJoin<console_sessions::table, devices::table>;
type Filtered = IntoBoxed<'static, Joined, <Conn as Connection>::Backend>;

/// Customers see sessions of their own time with the machine, and only while it is open to them.
fn filtered(actor: &Actor, filter: &ConsoleFilter) -> Filtered {
    let mut query = console_sessions::table
        .inner_join(devices::table)
        .into_boxed();
    if let Some(customer) = actor.wall().customer() {
        let granted = console_grants::table
            .filter(console_grants::customer_id.eq(customer))
            .select(console_grants::device_id);
        query = query
            .filter(console_sessions::customer_id.eq(customer))
            .filter(devices::customer_id.eq(customer))
            .filter(console_sessions::device_id.eq_any(granted));
    }
    if !filter.text.trim().is_empty() {
        let pattern = contains_pattern(&filter.text);
        query = query.filter(devices::search_folded.like(pattern).escape('\\'));
    }
    if filter.live {
        query = query.filter(console_sessions::ended_at.is_null());
    }
    if let Some(device) = filter.device {
        query = query.filter(console_sessions::device_id.eq(device));
    }
    query
}

/// Sessions, newest first.
pub fn console_list(
    c: &mut Conn,
    actor: &Actor,
    filter: &ConsoleFilter,
    request: &PageRequest,
) -> Result<Page<ConsoleSession>, Fault> {
    actor.require(Permission::WatchConsole)?;
    let limit = i64::try_from(request.limit.clamp(1, 1000)).unwrap_or(1000);
    let key = |text: &Option<String>| {
        text.as_deref()
            .and_then(|key| key.parse::<ConsoleId>().ok())
    };
    let (after, before) = (key(&request.after), key(&request.before));
    let total = filtered(actor, filter).count().get_result(c)?;
    let query = filtered(actor, filter)
        .select(ConsoleSession::as_select())
        .limit(limit + 1);
    // One row more than asked tells whether there is another page.
    let mut rows: Vec<ConsoleSession> = match (after, before) {
        (Some(after), _) => query
            .filter(console_sessions::id.lt(after))
            .order(console_sessions::id.desc())
            .load(c)?,
        (None, Some(before)) => query
            .filter(console_sessions::id.gt(before))
            .order(console_sessions::id.asc())
            .load(c)?,
        (None, None) => query.order(console_sessions::id.desc()).load(c)?,
    };
    let backwards = after.is_none() && before.is_some();
    let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    if backwards {
        rows.reverse();
    }
    let key_of = |row: Option<&ConsoleSession>| row.map(|session| session.id.to_string());
    let (is_older, is_newer) = if backwards {
        (true, more)
    } else {
        (more, after.is_some())
    };
    Ok(Page {
        next: is_older.then(|| key_of(rows.last())).flatten(),
        previous: is_newer.then(|| key_of(rows.first())).flatten(),
        rows,
        total,
    })
}

/// The last sessions of a machine, newest first; for its page.
pub fn consoles_of_device(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    limit: i64,
) -> Result<Vec<ConsoleSession>, Fault> {
    actor.require(Permission::WatchConsole)?;
    let filter = ConsoleFilter {
        device: Some(device),
        ..ConsoleFilter::default()
    };
    Ok(filtered(actor, &filter)
        .select(ConsoleSession::as_select())
        .order(console_sessions::id.desc())
        .limit(limit)
        .load(c)?)
}

/// One session on the actor's side of the wall.
pub fn console_by_id(c: &mut Conn, actor: &Actor, id: ConsoleId) -> Result<ConsoleSession, Fault> {
    actor.require(Permission::WatchConsole)?;
    filtered(actor, &ConsoleFilter::default())
        .filter(console_sessions::id.eq(id))
        .select(ConsoleSession::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// Who sat at a console, first come first.
pub fn console_people(
    c: &mut Conn,
    actor: &Actor,
    id: ConsoleId,
) -> Result<Vec<ConsoleSeat>, Fault> {
    console_by_id(c, actor, id)?;
    Ok(console_seats::table
        .filter(console_seats::session_id.eq(id))
        .order(console_seats::id.asc())
        .select(ConsoleSeat::as_select())
        .load(c)?)
}

/// Notes that someone replays a recording.
pub fn console_replayed(
    c: &mut Conn,
    actor: &Actor,
    id: ConsoleId,
) -> Result<ConsoleSession, Fault> {
    let session = console_by_id(c, actor, id)?;
    let event = Event::new(
        "console.replay",
        "device",
        session.device_id.get(),
        session.machine.as_str(),
    )
    .for_customer(session.customer_id)
    .with(json!({"console": id}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(session)
}

/// The compressed parts of a recording, in order.
pub fn console_parts(c: &mut Conn, actor: &Actor, id: ConsoleId) -> Result<Vec<Vec<u8>>, Fault> {
    console_by_id(c, actor, id)?;
    Ok(console_parts::table
        .filter(console_parts::session_id.eq(id))
        .order(console_parts::number.asc())
        .select(console_parts::content)
        .load(c)?)
}

/// Ends sessions whose process is gone; gives how many.
pub fn consoles_close_abandoned(c: &mut Conn, actor: &Actor) -> Result<usize, Fault> {
    let gone: Vec<ConsoleId> = console_sessions::table
        .filter(console_sessions::ended_at.is_null())
        .filter(console_sessions::seen_at.lt(actor.now.plus_millis(-ABANDONED_MS)))
        .select(console_sessions::id)
        .load(c)?;
    for console in &gone {
        console_end(c, actor, *console, EndReason::Died, false)?;
    }
    Ok(gone.len())
}

/// Lets at most `limit` sessions go that ended before an instant; gives how many.
pub fn consoles_expire(c: &mut Conn, before: Timestamp, limit: i64) -> Result<usize, Fault> {
    let old: Vec<ConsoleId> = console_sessions::table
        .filter(console_sessions::ended_at.lt(before))
        .order(console_sessions::ended_at.asc())
        .limit(limit)
        .select(console_sessions::id)
        .load(c)?;
    diesel::delete(console_parts::table.filter(console_parts::session_id.eq_any(&old)))
        .execute(c)?;
    diesel::delete(console_seats::table.filter(console_seats::session_id.eq_any(&old)))
        .execute(c)?;
    diesel::delete(console_sessions::table.filter(console_sessions::id.eq_any(&old))).execute(c)?;
    Ok(old.len())
}
