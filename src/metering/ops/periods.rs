//! Billing periods: which there are, what they come to, closing and correcting them.

use diesel::prelude::*;
use serde_json::json;

use super::allocations::{NamedAllocation, allocation_by_id, allocation_links};
use super::members::{Computed, compute, in_force};
use super::series::{Series, series_of_links};
use crate::audit::{self, Event, Via};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{AllocationId, ClosedPeriodId, PeriodCorrectionId};
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;
use crate::identity::{Actor, Permission};
use crate::metering::correction::CorrectionDraft;
use crate::metering::evidence::document::Frozen;
use crate::metering::evidence::package::{freeze, thaw};
use crate::metering::percentile::{Direction, Figure, RULE_VERSION, percentile};
use crate::metering::period::{Period, period_at, period_named};
use crate::metering::rows::{
    Allocation, AllocationPort, ClosedPeriod, NewClosedPeriod, PeriodCorrection,
};
use crate::metering::series::{Summary, summary};
use crate::metering::usage::{Contract, Usage, usage};
use crate::metering::variants::{Terms, USUAL_MINIMUM_PERCENT, Variants, variants};
use crate::store::Conn;
use crate::store::schema::{bandwidth_allocations, closed_periods, period_corrections};

/// Periods on one list: five years.
const MOST_LISTED: usize = 60;
/// Open periods of a list that come with their figures; each takes reading all of its readings.
const MOST_COMPUTED: usize = 3;
/// A frozen period of a month has 200 kB; nothing near this is one.
const MOST_FROZEN_OCTETS: usize = 16 * 1_048_576;
/// Periods that ended longer ago than this are left to people.
const TASK_LOOKS_BACK_MS: i64 = 62 * 86_400_000;
/// Periods of one allocation that the task looks at in a run.
const MOST_LOOKED_BACK: usize = 4;

crate::text_enum! {
    /// Where a period is in its life.
    pub enum PeriodState {
        /// It is not over.
        Running = "running",
        /// It is over, and its last slots may still get data.
        Settling = "settling",
        /// It can be closed.
        Open = "open",
        /// It is closed and does not change any more.
        Closed = "closed",
    }
}

/// A period in a list.
#[derive(Debug, Clone)]
pub struct PeriodListed {
    /// Its time.
    pub period: Period,
    /// Where it is in its life.
    pub state: PeriodState,
    /// The 95th; `None` without data, and for older open periods, which are not computed for a list.
    pub figure: Option<BitsPerSecond>,
    /// How much of it is above the commitment.
    pub overage: Option<BitsPerSecond>,
    /// Whether the figure was looked for.
    pub is_computed: bool,
    /// The closed period.
    pub closed: Option<ClosedPeriod>,
}

/// A figure under another rule.
#[derive(Debug, Clone, Copy)]
pub struct WhatIf {
    /// The rule.
    pub direction: Direction,
    /// Its figure.
    pub figure: Figure,
    /// Whether it is the contract's.
    pub is_contract: bool,
}

/// One period with all that is known of it.
#[derive(Debug, Clone)]
pub struct PeriodView {
    /// The allocation.
    pub allocation: NamedAllocation,
    /// Its time.
    pub period: Period,
    /// Where it is in its life.
    pub state: PeriodState,
    /// Document and slots: frozen, or as they are now.
    pub frozen: Frozen,
    /// SHA-256 of both.
    pub hash: String,
    /// Figures.
    pub usage: Usage,
    /// Means, maxima, volumes.
    pub summary: Summary,
    /// The figure under each direction rule.
    pub what_if: Vec<WhatIf>,
    /// The figure under the rules of Chinese carriers.
    pub variants: Variants,
    /// The closed period.
    pub closed: Option<ClosedPeriod>,
    /// Its corrections, oldest first.
    pub corrections: Vec<PeriodCorrection>,
}

/// The period that an instant lies in: a closed one as it was closed, else that of the contract without what
/// closed ones have of it (the billing day may have changed since).
pub(super) fn find(
    c: &mut Conn,
    allocation: &Allocation,
    at: Timestamp,
) -> Result<(Period, Option<ClosedPeriod>), Fault> {
    let closed = closed_of(c, allocation.id)?;
    locate(&closed, allocation, at)
}

fn closed_of(c: &mut Conn, id: AllocationId) -> Result<Vec<ClosedPeriod>, Fault> {
    Ok(closed_periods::table
        .filter(closed_periods::allocation_id.eq(id))
        .order(closed_periods::from_at.asc())
        .select(ClosedPeriod::as_select())
        .load(c)?)
}

fn locate(
    closed: &[ClosedPeriod],
    allocation: &Allocation,
    at: Timestamp,
) -> Result<(Period, Option<ClosedPeriod>), Fault> {
    if let Some(found) = closed.iter().find(|one| one.period().contains(at)) {
        return Ok((found.period(), Some(found.clone())));
    }
    let mut period =
        period_at(at, allocation.billing_day(), allocation.zone()).map_err(Fault::internal)?;
    for one in closed {
        if one.until_at <= at {
            period.from = period.from.max(one.until_at);
        } else {
            period.until = period.until.min(one.from_at);
        }
    }
    Ok((period, None))
}

/// The instant that a period is meant by: a month (`2026-11`) or a local date in it (`2026-11-05`).
pub fn period_named_by(
    c: &mut Conn,
    actor: &Actor,
    id: AllocationId,
    text: &str,
) -> Result<Timestamp, Fault> {
    let allocation = allocation_by_id(c, actor, id)?.allocation;
    let zone = allocation.zone();
    // A date is an instant of its own: with a changed billing day it names the period that it lies in.
    let date = crate::metering::model::instant("period", text, zone);
    let at = match (text.trim().len(), date) {
        (10, Ok(Some(at))) => Some(at),
        _ => period_named(text, allocation.billing_day(), zone).map(|period| period.from),
    };
    at.ok_or_else(|| Fault::field("period", Message::new("fault-period-name")))
}

/// The period that an instant lies in.
pub fn period_at_instant(
    c: &mut Conn,
    actor: &Actor,
    id: AllocationId,
    at: Timestamp,
) -> Result<Period, Fault> {
    let allocation = allocation_by_id(c, actor, id)?.allocation;
    Ok(find(c, &allocation, at)?.0)
}

/// All periods since the contract is in force, the newest first.
pub fn period_list(
    c: &mut Conn,
    actor: &Actor,
    id: AllocationId,
) -> Result<(NamedAllocation, Vec<PeriodListed>), Fault> {
    let named = allocation_by_id(c, actor, id)?;
    let closed = closed_of(c, id)?;
    let allocation = &named.allocation;
    let end = allocation.active_until.unwrap_or(actor.now);
    let mut at = actor.now.min(end.plus_millis(-1));
    let mut listed = Vec::new();
    let mut computed = 0;
    while at >= allocation.active_from && listed.len() < MOST_LISTED {
        let (period, found) = locate(&closed, allocation, at)?;
        at = period.from.plus_millis(-1);
        listed.push(match found {
            Some(closed) => listed_closed(closed),
            None if computed < MOST_COMPUTED => {
                computed += 1;
                listed_open(&compute(c, actor.now, &named, period)?, period, actor.now)
            }
            None => listed_later(period),
        });
    }
    Ok((named, listed))
}

fn listed_closed(closed: ClosedPeriod) -> PeriodListed {
    PeriodListed {
        period: closed.period(),
        state: PeriodState::Closed,
        figure: closed.figure_bps,
        overage: closed.overage_bps,
        is_computed: true,
        closed: Some(closed),
    }
}

fn listed_open(computed: &Computed, period: Period, now: Timestamp) -> PeriodListed {
    let figure = &computed.frozen.document.figure;
    PeriodListed {
        period,
        state: state_of(computed, period, now),
        figure: figure.p95_bps.map(BitsPerSecond::new),
        overage: figure.overage_bps.map(BitsPerSecond::new),
        is_computed: true,
        closed: None,
    }
}

const fn listed_later(period: Period) -> PeriodListed {
    PeriodListed {
        period,
        state: PeriodState::Open,
        figure: None,
        overage: None,
        is_computed: false,
        closed: None,
    }
}

fn state_of(computed: &Computed, period: Period, now: Timestamp) -> PeriodState {
    if now < period.until {
        PeriodState::Running
    } else if computed.is_settled {
        PeriodState::Open
    } else {
        PeriodState::Settling
    }
}

/// The period that an instant lies in, with all its figures.
pub fn period_view(
    c: &mut Conn,
    actor: &Actor,
    id: AllocationId,
    at: Timestamp,
) -> Result<PeriodView, Fault> {
    let named = allocation_by_id(c, actor, id)?;
    let (period, closed) = find(c, &named.allocation, at)?;
    let (frozen, whole, state) = match &closed {
        Some(closed) => {
            let frozen = frozen_of(c, closed)?;
            let counted = frozen.document.counted.into();
            (frozen, counted, PeriodState::Closed)
        }
        None => {
            let computed = compute(c, actor.now, &named, period)?;
            let state = state_of(&computed, period, actor.now);
            (computed.frozen, computed.in_force, state)
        }
    };
    let corrections = match &closed {
        Some(closed) => corrections_of(c, closed.id)?,
        None => Vec::new(),
    };
    view(named, period, state, frozen, whole, closed, corrections)
}

fn view(
    allocation: NamedAllocation,
    period: Period,
    state: PeriodState,
    frozen: Frozen,
    whole: Period,
    closed: Option<ClosedPeriod>,
    corrections: Vec<PeriodCorrection>,
) -> Result<PeriodView, Fault> {
    let document = &frozen.document;
    let (direction, gaps) = document.rule().map_err(Fault::internal)?;
    let committed = BitsPerSecond::new(document.committed_bps);
    let contract = Contract {
        direction,
        gaps,
        committed,
        period_slots: usize::try_from(whole.slot_count()).unwrap_or(0),
    };
    let terms = Terms {
        period: document.period.into(),
        existing: whole,
        zone: document.time_zone.parse().map_err(Fault::internal)?,
        cap: document.burst_bps.map_or(committed, BitsPerSecond::new),
        minimum_percent: USUAL_MINIMUM_PERCENT,
    };
    let what_if = Direction::ALL.map(|rule| WhatIf {
        direction: rule,
        figure: percentile(&frozen.slots, rule, gaps),
        is_contract: rule == direction,
    });
    Ok(PeriodView {
        period,
        state,
        hash: frozen.hash(),
        usage: usage(&frozen.slots, &contract),
        summary: summary(&frozen.slots),
        what_if: what_if.to_vec(),
        variants: variants(&frozen.slots, &terms),
        allocation,
        frozen,
        closed,
        corrections,
    })
}

/// What was frozen of a closed period; a body that is not what was hashed is a fault.
pub(super) fn frozen_of(c: &mut Conn, closed: &ClosedPeriod) -> Result<Frozen, Fault> {
    let body: Vec<u8> = closed_periods::table
        .find(closed.id)
        .select(closed_periods::body)
        .first(c)?;
    let broken = |what: &dyn std::fmt::Display| {
        Fault::internal(format!("closed period {}: {what}", closed.id))
    };
    let frozen = thaw(&body).map_err(|fault| broken(&fault))?;
    if frozen.hash() != closed.sha256 {
        return Err(broken(&"its body is not what was hashed"));
    }
    Ok(frozen)
}

fn corrections_of(c: &mut Conn, id: ClosedPeriodId) -> Result<Vec<PeriodCorrection>, Fault> {
    Ok(period_corrections::table
        .filter(period_corrections::closed_period_id.eq(id))
        .order(period_corrections::id.asc())
        .select(PeriodCorrection::as_select())
        .load(c)?)
}

/// Slots without data or with impossible rates, in percent of all, up to which the program closes a period by
/// itself: what is not measured well is billed only by a person who looked at it.
const MOST_GAPS_PERCENT: usize = 5;

/// Closes the period that an instant lies in: freezes figure, rule, ports, slots and their hash. With `seen`, the
/// hash that the person looked at, only what they saw is closed.
pub fn period_close(
    c: &mut Conn,
    actor: &Actor,
    id: AllocationId,
    at: Timestamp,
    seen: Option<&str>,
) -> Result<ClosedPeriodId, Fault> {
    actor.require(Permission::ClosePeriods)?;
    let named = allocation_by_id(c, actor, id)?;
    let (period, closed) = find(c, &named.allocation, at)?;
    let zone = named.allocation.zone();
    let refused = |key| {
        let message = Message {
            key,
            arguments: vec![
                ("from", period.from.local_date(zone).into()),
                ("until", period.until.local_date(zone).into()),
            ],
        };
        Err(Fault::conflict(message))
    };
    if closed.is_some() {
        return refused("fault-period-closed");
    }
    let force = in_force(&named, period);
    if force.until <= force.from {
        return refused("fault-period-not-in-force");
    }
    if actor.now < period.until {
        return refused("fault-period-running");
    }
    let computed = compute(c, actor.now, &named, period)?;
    if !computed.is_settled {
        return refused("fault-period-settling");
    }
    let figure = &computed.frozen.document.figure;
    if actor.via == Via::Task
        && (figure.gap + figure.suspect) * 100 > figure.slots * MOST_GAPS_PERCENT
    {
        return refused("fault-period-gaps");
    }
    let hash = computed.frozen.hash();
    if seen.is_some_and(|seen| seen != hash) {
        return Err(Fault::stale());
    }
    let row = frozen_row(actor, &named.allocation, period, &computed.frozen, hash)?;
    let event = Event::new("period.close", "allocation", id.get(), &named.allocation.name)
        .for_customer(Some(named.allocation.customer_id))
        .with(json!({"from": row.from_at, "until": row.until_at, "figure_bps": row.figure_bps, "sha256": row.sha256,
            "direction_rule": row.direction_rule, "gap_rule": row.gap_rule, "rule_version": row.rule_version}));
    let closed: ClosedPeriodId = diesel::insert_into(closed_periods::table)
        .values(row)
        .returning(closed_periods::id)
        .get_result(c)?;
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(closed)
}

fn frozen_row(
    actor: &Actor,
    allocation: &Allocation,
    period: Period,
    frozen: &Frozen,
    hash: String,
) -> Result<NewClosedPeriod, Fault> {
    let body = freeze(frozen).map_err(Fault::internal)?;
    if body.len() > MOST_FROZEN_OCTETS {
        return Err(Fault::internal(format!("{} octets frozen", body.len())));
    }
    let figure = &frozen.document.figure;
    let count = |slots: usize| i64::try_from(slots).map_err(Fault::internal);
    Ok(NewClosedPeriod {
        allocation_id: allocation.id,
        from_at: period.from,
        until_at: period.until,
        figure_bps: figure.p95_bps,
        direction_rule: allocation.direction_rule,
        gap_rule: allocation.gap_rule,
        rule_version: RULE_VERSION.into(),
        committed_bps: frozen.document.committed_bps,
        overage_bps: figure.overage_bps,
        slots: count(figure.slots)?,
        used_slots: count(figure.used)?,
        gap_slots: count(figure.gap)?,
        estimated_slots: count(figure.estimated)?,
        suspect_slots: count(figure.suspect)?,
        incomplete_slots: count(figure.incomplete)?,
        sha256: hash,
        body,
        closed_by_user_id: actor.user_id,
        closed_by_name: actor.name.clone(),
        closed_at: actor.now,
    })
}

/// The series of an allocation in its billing period that an instant lies in.
pub fn allocation_period(
    c: &mut Conn,
    actor: &Actor,
    id: AllocationId,
    at: Timestamp,
) -> Result<Series, Fault> {
    let named = allocation_by_id(c, actor, id)?;
    let (period, _) = find(c, &named.allocation, at)?;
    let links: Vec<AllocationPort> = allocation_links(c, id)?
        .into_iter()
        .map(|link| link.link)
        .collect();
    let asked = in_force(&named, period);
    let mut series = series_of_links(c, actor.now, &named.allocation, &links, asked)?;
    series.asked = period;
    Ok(series)
}

/// Adds a correction to the closed period that an instant lies in. The period stays as it is.
pub fn period_correct(
    c: &mut Conn,
    actor: &Actor,
    id: AllocationId,
    at: Timestamp,
    draft: &CorrectionDraft,
) -> Result<PeriodCorrectionId, Fault> {
    actor.require(Permission::ClosePeriods)?;
    let named = allocation_by_id(c, actor, id)?;
    let (_, closed) = find(c, &named.allocation, at)?;
    let Some(closed) = closed else {
        return Err(Fault::conflict(Message::new("fault-period-not-closed")));
    };
    let correction: PeriodCorrectionId = diesel::insert_into(period_corrections::table)
        .values((
            period_corrections::closed_period_id.eq(closed.id),
            period_corrections::credit_bps.eq(draft.credit),
            period_corrections::credit_octets.eq(draft.volume),
            period_corrections::reason.eq(&draft.reason),
            period_corrections::author_user_id.eq(actor.user_id),
            period_corrections::author_name.eq(&actor.name),
            period_corrections::created_at.eq(actor.now),
        ))
        .returning(period_corrections::id)
        .get_result(c)?;
    let event = Event::new(
        "period.correct",
        "allocation",
        id.get(),
        &named.allocation.name,
    )
    .for_customer(Some(named.allocation.customer_id))
    .with(
        json!({"from": closed.from_at, "until": closed.until_at, "credit_bps": draft.credit,
            "credit_octets": draft.volume, "reason": draft.reason}),
    );
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(correction)
}

/// Where the first period of an allocation begins that is not closed: its readings are still needed.
pub(super) fn first_open(
    c: &mut Conn,
    allocation: &Allocation,
    now: Timestamp,
) -> Result<Option<Timestamp>, Fault> {
    let closed = closed_of(c, allocation.id)?;
    let ends = [allocation.active_until, allocation.archived_at];
    let end = ends.into_iter().flatten().min().unwrap_or(now).min(now);
    let mut at = allocation.active_from;
    while at < end {
        let (period, found) = locate(&closed, allocation, at)?;
        if found.is_none() {
            return Ok(Some(period.from.max(allocation.active_from)));
        }
        at = period.until.max(at.plus_millis(1));
    }
    Ok(None)
}

/// Periods that ended a time ago, not too long, and are not closed; of each allocation the latest first.
pub fn periods_due(
    c: &mut Conn,
    now: Timestamp,
    rest_ms: i64,
) -> Result<Vec<(AllocationId, Period)>, Fault> {
    let allocations: Vec<Allocation> = bandwidth_allocations::table
        .order(bandwidth_allocations::id.asc())
        .select(Allocation::as_select())
        .load(c)?;
    let mut due = Vec::new();
    for allocation in allocations {
        let closed = closed_of(c, allocation.id)?;
        let (running, _) = locate(&closed, &allocation, now.plus_millis(-rest_ms))?;
        let mut edge = running.from;
        // Periods are weeks at least; a stub after a changed billing day may be shorter.
        for _ in 0..MOST_LOOKED_BACK {
            let (period, closed) = locate(&closed, &allocation, edge.plus_millis(-1))?;
            let is_recent = now.since_millis(period.until) < TASK_LOOKS_BACK_MS;
            if !is_recent || period.until <= allocation.active_from {
                break;
            }
            let ends = [allocation.active_until, allocation.archived_at];
            let was_there = ends.iter().flatten().all(|end| *end > period.from);
            if closed.is_none() && was_there {
                due.push((allocation.id, period));
            }
            edge = period.from;
        }
    }
    Ok(due)
}
