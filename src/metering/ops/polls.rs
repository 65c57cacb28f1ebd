//! What the poller writes: who polls what until when, and what each poll brought, in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::discovered::discovery_of;
use super::speeds::speed_changed;
use crate::base::fault::Fault;
use crate::base::ids::{DeviceId, PortId, SnmpTargetId};
use crate::base::time::Timestamp;
use crate::metering::counter::{self, Width};
use crate::metering::day::DAY_MS;
use crate::metering::model::{PollTrouble, TakeOver};
use crate::metering::naming::{self, Known};
use crate::metering::packed::{self, PackedPort};
use crate::metering::poll::{Failed, PortSeen, Sample};
use crate::metering::rows::{Port, Target};
use crate::metering::schedule;
use crate::store::Conn;
use crate::store::schema::{ports, readings, snmp_targets, target_discoveries};

/// Word in a port's `warning`: its chosen name is empty or not unique, it is known by another.
pub const WARNING_FELL_BACK: &str = "fell_back";
/// Word in a port's `warning`: its counters stand still while it works.
pub const WARNING_FROZEN: &str = "frozen";
/// Longest text kept of what a device says of itself.
const LONGEST_TEXT: usize = 500;

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
    let due: Vec<Target> = snmp_targets::table
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
        .load(c)?;
    let mut claimed = Vec::with_capacity(due.len());
    for target in due {
        let mut turn = target.turn();
        turn.take(now);
        diesel::update(snmp_targets::table.find(target.id))
            .set((
                snmp_targets::lease_owner.eq(owner),
                snmp_targets::lease_until.eq(turn.taken_until),
            ))
            .execute(c)?;
        let with_names = schedule::wants_names(target.names_read_at, now);
        claimed.push(Claimed { target, with_names });
    }
    Ok(claimed)
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
fn held(c: &mut Conn, owner: &str, id: SnmpTargetId) -> Result<Option<Target>, Fault> {
    Ok(snmp_targets::table
        .find(id)
        .filter(snmp_targets::lease_owner.eq(owner))
        .select(Target::as_select())
        .first(c)
        .optional()?)
}

/// When somebody, or a notification, last wanted a target read.
#[derive(Default)]
struct Wishes {
    asked_at: Option<Timestamp>,
    hinted_at: Option<Timestamp>,
}

impl Wishes {
    fn of(c: &mut Conn, id: SnmpTargetId) -> Result<Self, Fault> {
        let there = target_discoveries::table
            .find(id)
            .select((target_discoveries::asked_at, target_discoveries::hinted_at))
            .first::<(Option<Timestamp>, Option<Timestamp>)>(c)
            .optional()?;
        let (asked_at, hinted_at) = there.unwrap_or_default();
        Ok(Self {
            asked_at,
            hinted_at,
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
    let Some(target) = held(c, owner, id)? else {
        return Ok(false);
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
        return Ok(false);
    }
    let wishes = Wishes::of(c, id)?;
    let asked_meanwhile = Wishes::came_after(wishes.asked_at, sample, now);
    if asked_meanwhile || Wishes::came_after(wishes.hinted_at, sample, now) {
        turn.next = now;
    }
    let outcome = ports_apply(c, &target, sample)?;
    let body = packed::encode(&outcome.packed);
    let uptime_ms = sample
        .uptime_ms
        .and_then(|uptime| i64::try_from(uptime).ok());
    diesel::insert_into(readings::table)
        .values((
            readings::target_id.eq(id),
            readings::at.eq(sample.at),
            readings::uptime_ms.eq(uptime_ms),
            readings::body.eq(body),
        ))
        .execute(c)?;
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
    let kept =
        |said: &Option<String>, was: &str| said.as_deref().map_or_else(|| was.to_owned(), cut);
    diesel::update(snmp_targets::table.find(id))
        .set((
            snmp_targets::last_good_at.eq(sample.at),
            snmp_targets::last_attempt_at.eq(now),
            snmp_targets::last_error.eq(if sample.with_names {
                nameless
            } else {
                target
                    .last_error
                    .clone()
                    .filter(|_| target.consecutive_failures == 0)
            }),
            snmp_targets::consecutive_failures.eq(0),
            snmp_targets::system_name.eq(kept(&sample.system.name, &target.system_name)),
            snmp_targets::system_descr.eq(kept(&sample.system.descr, &target.system_descr)),
            snmp_targets::system_object_id
                .eq(kept(&sample.system.object_id, &target.system_object_id)),
            snmp_targets::last_uptime_ms.eq(uptime_ms),
            snmp_targets::names_read_at.eq(names_read_at),
            snmp_targets::max_repetitions.eq(i64::from(sample.max_repetitions)),
            snmp_targets::next_poll_at.eq(turn.next),
            snmp_targets::lease_owner.eq(None::<String>),
            snmp_targets::lease_until.eq(None::<Timestamp>),
        ))
        .execute(c)?;
    Ok(true)
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

fn cut(text: &str) -> String {
    text.chars()
        .filter(|c| *c != '\0')
        .take(LONGEST_TEXT)
        .collect()
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

/// What became of a sample's ports.
pub(super) struct Applied {
    /// What is kept of their counters, by port id.
    pub packed: Vec<PackedPort>,
    /// Ports that no name tells from others.
    pub nameless: usize,
    /// Whether something is there that only a reading of names can explain.
    pub wants_names: bool,
}

/// Finds each port by its name, makes new ones, notes what changed and which are missing.
pub(super) fn ports_apply(
    c: &mut Conn,
    target: &Target,
    sample: &Sample,
) -> Result<Applied, Fault> {
    let names: Vec<_> = sample.ports.iter().map(|seen| seen.names.clone()).collect();
    let known = naming::names(&names, target.port_identity);
    let there = ports_of(c, target.device_id)?;
    let mut applied = Applied {
        packed: Vec::with_capacity(sample.ports.len()),
        nameless: 0,
        wants_names: false,
    };
    let mut take_over = None;
    let mut seen_ids = BTreeSet::new();
    for (seen, known) in sample.ports.iter().zip(known) {
        let Some(known) = known else {
            applied.nameless += 1;
            continue;
        };
        let (id, metered) = match there.get(&known.name) {
            Some(port) => {
                let after = changed(port, seen, &known, sample);
                if after != *port {
                    speed_changed(c, target, port, &after, sample.at)?;
                    port_write(c, &after, sample.at)?;
                }
                // A line that came up may run at another speed than before.
                applied.wants_names |=
                    !sample.with_names && seen.oper_up == Some(true) && port.oper_up != Some(true);
                applied.wants_names |=
                    port.if_index != Some(i64::from(seen.if_index)) && !sample.with_names;
                (port.id, port.metered)
            }
            None => {
                applied.wants_names |= !sample.with_names;
                let rule = match take_over {
                    Some(rule) => rule,
                    None => discovery_of(c, target.id)?.take_over,
                };
                take_over = Some(rule);
                let metered = rule == TakeOver::All;
                let id = port_create(c, target.device_id, (seen, &known), metered, sample.at)?;
                (id, metered)
            }
        };
        seen_ids.insert(id);
        applied.packed.extend(packed(id, seen).filter(|_| metered));
    }
    let was_seen = target.last_good_at.unwrap_or(sample.at);
    for port in there.values() {
        let gone = !seen_ids.contains(&port.id)
            && port.last_seen_at.is_some()
            && port.missing_since.is_none();
        if gone {
            port_vanished(c, port.id, was_seen, sample.at)?;
        }
    }
    applied.packed.sort_unstable_by_key(|port| port.port_id);
    Ok(applied)
}

fn ports_of(c: &mut Conn, device: DeviceId) -> Result<BTreeMap<String, Port>, Fault> {
    let all: Vec<Port> = ports::table
        .filter(ports::device_id.eq(device))
        .select(Port::as_select())
        .load(c)?;
    Ok(all
        .into_iter()
        .map(|port| (port.name.clone(), port))
        .collect())
}

/// A port as it is after a poll. What only a reading of names tells stays as it was otherwise.
fn changed(port: &Port, seen: &PortSeen, known: &Known, sample: &Sample) -> Port {
    let mut after = port.clone();
    let back = port.missing_since.is_some() || port.last_seen_at.is_none();
    after.if_index = Some(i64::from(seen.if_index));
    // The light reading does not ask for it.
    if sample.with_names {
        after.admin_up = seen.admin_up;
    }
    after.oper_up = seen.oper_up;
    after.counter_bits = seen.width.map(|width| i64::from(width.bits()));
    after.missing_since = None;
    if back {
        after.last_seen_at = Some(sample.at);
    }
    if sample.with_names {
        after.descr = seen.names.descr.as_deref().map(cut).unwrap_or_default();
        after.alias = seen.names.alias.as_deref().map(cut).unwrap_or_default();
        after.if_type = seen.if_type.map(i64::from);
        after.speed_bps = seen.speed;
        // What stands still is judged after the reading is kept.
        let frozen = port.warning == WARNING_FROZEN && !known.fell_back;
        if !frozen {
            after.warning = warning(known);
        }
    }
    after
}

fn warning(known: &Known) -> String {
    if known.fell_back {
        WARNING_FELL_BACK
    } else {
        ""
    }
    .to_owned()
}

fn packed(id: PortId, seen: &PortSeen) -> Option<PackedPort> {
    // A port without any counter has nothing to be computed from; its state is in its row.
    seen.width?;
    Some(PackedPort {
        port_id: id.get(),
        flags: 0,
        in_octets: seen.in_octets,
        out_octets: seen.out_octets,
        width: seen.width.unwrap_or(Width::Bits64),
        discontinuity: seen.discontinuity,
        oper_up: seen.oper_up,
        packets: seen.packets,
    })
}

fn port_write(c: &mut Conn, port: &Port, now: Timestamp) -> Result<(), Fault> {
    diesel::update(ports::table.find(port.id))
        .set((
            ports::if_index.eq(port.if_index),
            ports::descr.eq(&port.descr),
            ports::alias.eq(&port.alias),
            ports::if_type.eq(port.if_type),
            ports::speed_bps.eq(port.speed_bps),
            ports::admin_up.eq(port.admin_up),
            ports::oper_up.eq(port.oper_up),
            ports::counter_bits.eq(port.counter_bits),
            ports::last_seen_at.eq(port.last_seen_at),
            ports::missing_since.eq(port.missing_since),
            ports::warning.eq(&port.warning),
            ports::updated_at.eq(now),
        ))
        .execute(c)?;
    Ok(())
}

fn port_create(
    c: &mut Conn,
    device: DeviceId,
    (seen, known): (&PortSeen, &Known),
    metered: bool,
    at: Timestamp,
) -> Result<PortId, Fault> {
    Ok(diesel::insert_into(ports::table)
        .values((
            ports::device_id.eq(device),
            ports::name.eq(cut(&known.name)),
            ports::if_index.eq(i64::from(seen.if_index)),
            ports::descr.eq(seen.names.descr.as_deref().map(cut).unwrap_or_default()),
            ports::alias.eq(seen.names.alias.as_deref().map(cut).unwrap_or_default()),
            ports::if_type.eq(seen.if_type.map(i64::from)),
            ports::speed_bps.eq(seen.speed),
            ports::admin_up.eq(seen.admin_up),
            ports::oper_up.eq(seen.oper_up),
            ports::counter_bits.eq(seen.width.map(|width| i64::from(width.bits()))),
            ports::last_seen_at.eq(at),
            ports::warning.eq(warning(known)),
            ports::metered.eq(metered),
            ports::created_at.eq(at),
            ports::updated_at.eq(at),
        ))
        .returning(ports::id)
        .get_result(c)?)
}

fn port_vanished(
    c: &mut Conn,
    id: PortId,
    last_seen: Timestamp,
    now: Timestamp,
) -> Result<(), Fault> {
    diesel::update(ports::table.find(id))
        .set((
            ports::missing_since.eq(now),
            ports::last_seen_at.eq(last_seen),
            ports::if_index.eq(None::<i64>),
            ports::admin_up.eq(None::<bool>),
            ports::oper_up.eq(None::<bool>),
            ports::updated_at.eq(now),
        ))
        .execute(c)?;
    Ok(())
}
