//! What the poller writes: who polls what until when, and what each poll brought, in one transaction.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::hints::BETWEEN_HINTS_MS;
use super::polled_ports::{PortMemory, cut, ports_apply};
use crate::base::fault::Fault;
use crate::base::ids::SnmpTargetId;
use crate::base::time::Timestamp;
use crate::inventory::system_name_keep;
use crate::metering::counter;
use crate::metering::day::DAY_MS;
use crate::metering::model::PollTrouble;
use crate::metering::packed;
use crate::metering::poll::{Failed, Sample, SystemSeen};
use crate::metering::rows::Target;
use crate::metering::schedule;
use crate::on_engine;
use crate::store::Conn;
use crate::store::portable::BATCH_ROWS;
use crate::store::schema::{readings, snmp_targets, target_discoveries};

/// Leases end at multiples of this.
const LEASE_STEP_MS: i64 = 10_000;

/// A poll to be made.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The target.
    pub target: Target,
    /// Whether names and speeds are read too.
    pub with_names: bool,
}

/// Whether any target is due before `until`.
pub fn targets_due(c: &mut Conn, now: Timestamp, until: Timestamp) -> Result<bool, Fault> {
    let due: Option<SnmpTargetId> = snmp_targets::table
        .filter(snmp_targets::enabled.eq(true))
        .filter(snmp_targets::next_poll_at.lt(until))
        .filter(
            snmp_targets::lease_until
                .is_null()
                .or(snmp_targets::lease_until.lt(now)),
        )
        .select(snmp_targets::id)
        .first(c)
        .optional()?;
    Ok(due.is_some())
}

/// Takes up to `limit` targets that are due before `until`; nobody else polls them before their lease is over.
pub fn targets_claim(
    c: &mut Conn,
    owner: &str,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<Claimed>, Fault> {
    let due: Vec<Target> = on_engine!(c, c => snmp_targets::table
        .filter(snmp_targets::enabled.eq(true))
        .filter(snmp_targets::next_poll_at.lt(until))
        .filter(
            snmp_targets::lease_until
                .is_null()
                .or(snmp_targets::lease_until.lt(now)),
        )
        .order((snmp_targets::next_poll_at.asc(), snmp_targets::id.asc()))
        .limit(limit)
        .select(Target::as_select())
        .load(c))?;
    let mut leases: BTreeMap<Option<Timestamp>, Vec<SnmpTargetId>> = BTreeMap::new();
    let mut claimed = Vec::with_capacity(due.len());
    for target in due {
        let mut turn = target.turn();
        turn.take(now);
        let until = turn.taken_until.map(rounded_up);
        leases.entry(until).or_default().push(target.id);
        let with_names = schedule::wants_names(target.names_read_at, now);
        claimed.push(Claimed { target, with_names });
    }
    for (until, ids) in leases {
        lease(c, owner, until, &ids)?;
    }
    Ok(claimed)
}

/// The end of a lease a little later, so that many end together and are written by one statement.
fn rounded_up(until: Timestamp) -> Timestamp {
    let over_ms = until.millis().rem_euclid(LEASE_STEP_MS);
    until.plus_millis((LEASE_STEP_MS - over_ms) % LEASE_STEP_MS)
}

/// Leases targets to `owner` for the same time.
fn lease(
    c: &mut Conn,
    owner: &str,
    until: Option<Timestamp>,
    ids: &[SnmpTargetId],
) -> Result<(), Fault> {
    for ids in ids.chunks(BATCH_ROWS) {
        diesel::update(snmp_targets::table.filter(snmp_targets::id.eq_any(ids)))
            .set((
                snmp_targets::lease_owner.eq(owner),
                snmp_targets::lease_until.eq(until),
            ))
            .execute(c)?;
    }
    Ok(())
}

/// Gives targets back that were taken and not polled.
pub fn targets_release(c: &mut Conn, owner: &str, id: SnmpTargetId) -> Result<(), Fault> {
    diesel::update(
        snmp_targets::table
            .find(id)
            .filter(snmp_targets::lease_owner.eq(owner)),
    )
    .set((
        snmp_targets::lease_owner.eq(None::<String>),
        snmp_targets::lease_until.eq(None::<Timestamp>),
    ))
    .execute(c)?;
    Ok(())
}

/// The target, while `owner` still holds it.
///
/// What every poll does is put to the database itself and without a limit: the statement over both is written out
/// anew each time, and SQLite plans one with a limit anew each time.
fn held(c: &mut Conn, owner: &str, id: SnmpTargetId) -> Result<Option<Target>, Fault> {
    Ok(on_engine!(c, c => snmp_targets::table
        .find(id)
        .filter(snmp_targets::lease_owner.eq(owner))
        .select(Target::as_select())
        .get_result(c))
    .optional()?)
}

/// When somebody, or a notification, last wanted a target read.
#[derive(Default)]
struct Wishes {
    asked_at: Option<Timestamp>,
    hinted_at: Option<Timestamp>,
    /// The last notification, heeded or not.
    trap_at: Option<Timestamp>,
}

impl Wishes {
    fn of(c: &mut Conn, id: SnmpTargetId) -> Result<Self, Fault> {
        type Times = (Option<Timestamp>, Option<Timestamp>, Option<Timestamp>);
        let there = on_engine!(c, c => target_discoveries::table
            .find(id)
            .select((
                target_discoveries::asked_at,
                target_discoveries::hinted_at,
                target_discoveries::trap_at,
            ))
            .get_result::<Times>(c))
        .optional()?;
        let (asked_at, hinted_at, trap_at) = there.unwrap_or_default();
        Ok(Self {
            asked_at,
            hinted_at,
            trap_at,
        })
    }

    /// Whether one came while the poll was under way: what it brought may be older than the wish.
    fn came_after(wish: Option<Timestamp>, sample: &Sample, now: Timestamp) -> bool {
        wish.is_some_and(|wish| wish > sample.at && wish <= now)
    }
}

/// Keeps a good poll: the reading, what changed of the ports, how the target fares. Gives `false` when the
/// target is not `owner`'s any more, or the poll is not later than the last one; then nothing is kept.
pub fn poll_succeeded(
    c: &mut Conn,
    owner: &str,
    id: SnmpTargetId,
    sample: &Sample,
    now: Timestamp,
) -> Result<bool, Fault> {
    Ok(poll_kept(c, owner, id, (sample, now), None)?.is_some())
}

/// What was kept of a poll.
pub struct KeptPoll {
    /// What the poller may remember of the ports; none when what it remembers still holds.
    pub memory: Option<PortMemory>,
}

/// As [`poll_succeeded`], by a poller that remembers the ports; `None` where that gives `false`.
pub fn poll_kept(
    c: &mut Conn,
    owner: &str,
    id: SnmpTargetId,
    (sample, now): (&Sample, Timestamp),
    memory: Option<&PortMemory>,
) -> Result<Option<KeptPoll>, Fault> {
    let Some(target) = held(c, owner, id)? else {
        return Ok(None);
    };
    let mut turn = target.turn();
    turn.good(now);
    // The clock went back: what it says twice is not counted twice. A clock that was a day ahead was wrong.
    let is_earlier = |last: Timestamp| sample.at <= last && last.since_millis(now) < DAY_MS;
    if target.last_good_at.is_some_and(is_earlier) {
        targets_release(c, owner, id)?;
        diesel::update(snmp_targets::table.find(id))
            .set(snmp_targets::next_poll_at.eq(turn.next))
            .execute(c)?;
        return Ok(None);
    }
    let wishes = Wishes::of(c, id)?;
    let asked_meanwhile = Wishes::came_after(wishes.asked_at, sample, now);
    if asked_meanwhile || Wishes::came_after(wishes.hinted_at, sample, now) {
        turn.next = now;
    } else if Wishes::came_after(wishes.trap_at, sample, now) {
        turn.next = turn.next.min(now.plus_millis(BETWEEN_HINTS_MS));
    }
    let outcome = ports_apply(c, &target, sample, memory)?;
    let body = packed::encode(&outcome.packed);
    let uptime_ms = sample
        .uptime_ms
        .and_then(|uptime| i64::try_from(uptime).ok());
    on_engine!(c, c => diesel::insert_into(readings::table)
        .values((
            readings::target_id.eq(id),
            readings::at.eq(sample.at),
            readings::uptime_ms.eq(uptime_ms),
            readings::body.eq(&body),
        ))
        .execute(c))?;
    let nameless = (outcome.nameless > 0 && sample.with_names).then(|| {
        format!(
            "{}: {} / {}",
            PollTrouble::Nameless,
            outcome.nameless,
            sample.ports.len()
        )
    });
    let names_are_good = !restarted(&target, sample) && !outcome.wants_names;
    let names_read_at = match (sample.with_names, names_are_good) {
        _ if asked_meanwhile => None,
        (true, _) => Some(sample.at),
        (false, true) => target.names_read_at,
        (false, false) => None,
    };
    let last_error = if sample.with_names {
        nameless
    } else {
        let was = target.last_error.as_ref();
        was.filter(|_| target.consecutive_failures == 0).cloned()
    };
    let after = (
        snmp_targets::last_good_at.eq(sample.at),
        snmp_targets::last_attempt_at.eq(now),
        snmp_targets::last_error.eq(last_error),
        snmp_targets::consecutive_failures.eq(0),
        snmp_targets::last_uptime_ms.eq(uptime_ms),
        snmp_targets::names_read_at.eq(names_read_at),
        snmp_targets::max_repetitions.eq(i64::from(sample.max_repetitions)),
        snmp_targets::next_poll_at.eq(turn.next),
        snmp_targets::lease_owner.eq(None::<String>),
        snmp_targets::lease_until.eq(None::<Timestamp>),
    );
    let of = snmp_targets::table.find(id);
    on_engine!(c, c => diesel::update(of).set(after).execute(c))?;
    system_keep(c, &target, &sample.system, sample.at)?;
    Ok(Some(KeptPoll {
        memory: outcome.memory,
    }))
}

/// Keeps what a device says of itself, where it says something else than before.
fn system_keep(
    c: &mut Conn,
    target: &Target,
    said: &SystemSeen,
    now: Timestamp,
) -> Result<(), Fault> {
    let kept =
        |said: &Option<String>, was: &str| said.as_deref().map_or_else(|| was.to_owned(), cut);
    let before = (
        &target.system_name,
        &target.system_descr,
        &target.system_object_id,
    );
    let (name, descr, object_id) = (
        kept(&said.name, before.0),
        kept(&said.descr, before.1),
        kept(&said.object_id, before.2),
    );
    if (&name, &descr, &object_id) == before {
        return Ok(());
    }
    system_name_keep(c, target.device_id, &name, now)?;
    diesel::update(snmp_targets::table.find(target.id))
        .set((
            snmp_targets::system_name.eq(name),
            snmp_targets::system_descr.eq(descr),
            snmp_targets::system_object_id.eq(object_id),
        ))
        .execute(c)?;
    Ok(())
}

/// Keeps a failed poll: only the error. Gives `false` when the target is not `owner`'s any more.
pub fn poll_failed(
    c: &mut Conn,
    owner: &str,
    id: SnmpTargetId,
    failed: &Failed,
    now: Timestamp,
) -> Result<bool, Fault> {
    let Some(target) = held(c, owner, id)? else {
        return Ok(false);
    };
    let mut turn = target.turn();
    turn.failed(now);
    diesel::update(snmp_targets::table.find(id))
        .set((
            snmp_targets::last_attempt_at.eq(now),
            snmp_targets::last_error.eq(format!("{}: {}", failed.trouble, cut(&failed.detail))),
            snmp_targets::consecutive_failures.eq(turn.failures),
            snmp_targets::next_poll_at.eq(turn.next),
            snmp_targets::lease_owner.eq(None::<String>),
            snmp_targets::lease_until.eq(None::<Timestamp>),
        ))
        .execute(c)?;
    Ok(true)
}

fn restarted(target: &Target, sample: &Sample) -> bool {
    let was = target
        .last_uptime_ms
        .and_then(|uptime| u64::try_from(uptime).ok());
    match (target.last_good_at, was, sample.uptime_ms) {
        (Some(last), Some(was), Some(is)) => counter::restarted(
            was,
            is,
            u64::try_from(sample.at.since_millis(last)).unwrap_or(0),
        ),
        _ => false,
    }
}
