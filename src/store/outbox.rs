//! The outbox: side effects as rows, written in the transaction that wants them, done later under a lease.

use diesel::prelude::*;
use serde::Serialize;

use super::Conn;
use super::schema::outbox;
use crate::base::fault::Fault;
use crate::base::id::Id;
use crate::base::time::Timestamp;

/// Marker of outbox ids.
pub struct OutboxEntry;

/// One side effect to be done.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = outbox)]
pub struct Entry {
    /// Row id.
    pub id: Id<OutboxEntry>,
    /// What kind of effect, for example `mail`.
    pub kind: String,
    /// JSON that the kind understands.
    pub payload: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Not to be done before.
    pub not_before: Timestamp,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was done.
    pub done_at: Option<Timestamp>,
    /// When it was given up.
    pub dead_at: Option<Timestamp>,
    /// What the last attempt said.
    pub last_error: Option<String>,
}

/// Asks for a side effect in the caller's transaction. A `dedupe_key` that is there already asks for nothing.
pub fn put<P: Serialize>(
    c: &mut Conn,
    kind: &str,
    payload: &P,
    dedupe_key: Option<&str>,
    now: Timestamp,
) -> Result<(), Fault> {
    put_for(c, kind, payload, dedupe_key, now, now)
}

/// Like [`put`], to be done not before an instant.
pub fn put_for<P: Serialize>(
    c: &mut Conn,
    kind: &str,
    payload: &P,
    dedupe_key: Option<&str>,
    now: Timestamp,
    not_before: Timestamp,
) -> Result<(), Fault> {
    let text = serde_json::to_string(payload).map_err(Fault::internal)?;
    if let Some(key) = dedupe_key {
        let there: i64 = outbox::table
            .filter(outbox::dedupe_key.eq(key))
            .count()
            .get_result(c)?;
        if there > 0 {
            return Ok(());
        }
    }
    diesel::insert_into(outbox::table)
        .values((
            outbox::kind.eq(kind),
            outbox::payload.eq(text),
            outbox::dedupe_key.eq(dedupe_key),
            outbox::created_at.eq(now),
            outbox::not_before.eq(not_before),
        ))
        .execute(c)?;
    Ok(())
}

/// Takes up to `limit` due entries of a kind for `lease_ms` milliseconds.
pub fn claim(
    c: &mut Conn,
    kind: &str,
    owner: &str,
    now: Timestamp,
    lease_ms: i64,
    limit: i64,
) -> Result<Vec<Entry>, Fault> {
    let due: Vec<Entry> = outbox::table
        .filter(outbox::kind.eq(kind))
        .filter(outbox::done_at.is_null())
        .filter(outbox::dead_at.is_null())
        .filter(outbox::not_before.le(now))
        .filter(
            outbox::lease_until
                .is_null()
                .or(outbox::lease_until.lt(now)),
        )
        .order((outbox::not_before.asc(), outbox::id.asc()))
        .limit(limit)
        .select(Entry::as_select())
        .load(c)?;
    let ids: Vec<Id<OutboxEntry>> = due.iter().map(|entry| entry.id).collect();
    diesel::update(outbox::table.filter(outbox::id.eq_any(ids)))
        .set((
            outbox::lease_owner.eq(owner),
            outbox::lease_until.eq(now.plus_millis(lease_ms)),
            outbox::attempts.eq(outbox::attempts + 1),
        ))
        .execute(c)?;
    Ok(due
        .into_iter()
        .map(|entry| Entry {
            attempts: entry.attempts + 1,
            ..entry
        })
        .collect())
}

/// Marks an entry as done, whoever holds it by now: the effect has happened.
pub fn done(c: &mut Conn, id: Id<OutboxEntry>, now: Timestamp) -> Result<(), Fault> {
    diesel::update(outbox::table.find(id))
        .set((
            outbox::done_at.eq(now),
            outbox::lease_until.eq(None::<i64>),
            outbox::last_error.eq(None::<String>),
        ))
        .execute(c)?;
    Ok(())
}

/// Puts an entry back to be tried again at `not_before`; `false` when another holds it by now.
pub fn retry(
    c: &mut Conn,
    id: Id<OutboxEntry>,
    owner: &str,
    error: &str,
    not_before: Timestamp,
) -> Result<bool, Fault> {
    let held = outbox::table.find(id).filter(outbox::lease_owner.eq(owner));
    let changed = diesel::update(held)
        .set((
            outbox::not_before.eq(not_before),
            outbox::lease_until.eq(None::<i64>),
            outbox::last_error.eq(error),
        ))
        .execute(c)?;
    Ok(changed == 1)
}

/// Puts an entry back that was claimed and not tried: the attempt does not count. `false` when another holds it by now.
pub fn put_back(
    c: &mut Conn,
    id: Id<OutboxEntry>,
    owner: &str,
    not_before: Timestamp,
) -> Result<bool, Fault> {
    let held = outbox::table
        .find(id)
        .filter(outbox::lease_owner.eq(owner))
        .filter(outbox::lease_until.is_not_null());
    let changed = diesel::update(held)
        .set((
            outbox::not_before.eq(not_before),
            outbox::lease_until.eq(None::<i64>),
            outbox::attempts.eq(outbox::attempts - 1),
        ))
        .execute(c)?;
    Ok(changed == 1)
}

/// Gives an entry up; it stays on the dead-letter list. `false` when another holds it by now.
pub fn bury(
    c: &mut Conn,
    id: Id<OutboxEntry>,
    owner: &str,
    error: &str,
    now: Timestamp,
) -> Result<bool, Fault> {
    let held = outbox::table.find(id).filter(outbox::lease_owner.eq(owner));
    let changed = diesel::update(held)
        .set((
            outbox::dead_at.eq(now),
            outbox::lease_until.eq(None::<i64>),
            outbox::last_error.eq(error),
        ))
        .execute(c)?;
    Ok(changed == 1)
}

/// Takes a dead entry off the dead-letter list to be tried anew; `false` when it isn't dead.
pub fn revive(c: &mut Conn, id: Id<OutboxEntry>, now: Timestamp) -> Result<bool, Fault> {
    let changed = diesel::update(outbox::table.find(id).filter(outbox::dead_at.is_not_null()))
        .set((
            outbox::dead_at.eq(None::<i64>),
            outbox::not_before.eq(now),
            outbox::attempts.eq(0),
        ))
        .execute(c)?;
    Ok(changed == 1)
}

/// Entries not done: the dead ones first, then the waiting ones, newest first.
pub fn unfinished(c: &mut Conn, limit: i64) -> Result<Vec<Entry>, Fault> {
    let mut dead: Vec<Entry> = outbox::table
        .filter(outbox::dead_at.is_not_null())
        .order(outbox::id.desc())
        .limit(limit)
        .select(Entry::as_select())
        .load(c)?;
    let waiting: Vec<Entry> = outbox::table
        .filter(outbox::done_at.is_null())
        .filter(outbox::dead_at.is_null())
        .order(outbox::id.desc())
        .limit(limit)
        .select(Entry::as_select())
        .load(c)?;
    dead.extend(waiting);
    Ok(dead)
}

/// How many entries are waiting and how many are dead.
pub fn counts(c: &mut Conn) -> Result<(i64, i64), Fault> {
    let waiting = outbox::table
        .filter(outbox::done_at.is_null())
        .filter(outbox::dead_at.is_null())
        .count()
        .get_result(c)?;
    let dead = outbox::table
        .filter(outbox::dead_at.is_not_null())
        .count()
        .get_result(c)?;
    Ok((waiting, dead))
}

/// Deletes entries that were done before an instant; gives how many. Dead ones stay.
pub fn purge_done(c: &mut Conn, before: Timestamp) -> Result<usize, Fault> {
    Ok(diesel::delete(outbox::table.filter(outbox::done_at.lt(before))).execute(c)?)
}
