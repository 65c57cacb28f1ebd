//! `/api/v1/allocations/{id}/usage` and `/api/v1/allocations/{id}/periods`.

use rocket::http::Status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::ids::AllocationId;
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;
use crate::identity::Permission;
use crate::metering::period::date_of;
use crate::metering::{
    CorrectionDraft, PeriodListed, PeriodView, period_close, period_correct, period_evidence,
    period_list, period_named_by, period_view,
};
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::pages::spans::SummaryJson;
use crate::web::view::Answer;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![usage, list, show, close, correct, evidence]
}

/// A billing period in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeriodJson {
    /// What it is called by: its first date in the allocation's zone.
    name: String,
    /// RFC 3339.
    from: String,
    /// RFC 3339; does not belong to it.
    until: String,
    /// `running`, `settling`, `open` or `closed`.
    state: String,
    /// 95th percentile, bit/s; null without data, and for older open periods, which only their own address computes.
    p95_bps: Option<i64>,
    /// How much of it is above the commitment, bit/s.
    overage_bps: Option<i64>,
    /// RFC 3339.
    closed_at: Option<String>,
    /// SHA-256 of what was frozen when it was closed.
    sha256: Option<String>,
}

/// All periods of an allocation.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeriodsJson {
    /// The newest first, at most 60.
    items: Vec<PeriodJson>,
}

/// What a period comes to.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageJson {
    allocation_id: i64,
    #[serde(flatten)]
    period: PeriodJson,
    /// Committed rate, bit/s.
    committed_bps: i64,
    /// Burst rate, bit/s.
    burst_bps: Option<i64>,
    /// The 95th at the end of the period if each slot to come is like the one a week before it, bit/s.
    forecast_bps: Option<i64>,
    /// Time that may still be above the commitment without being billed, seconds.
    burst_left_s: i64,
    /// Slots of 300 s above the rank of the 95th at the end of the period.
    burst_free_slots: usize,
    /// Slots above the commitment so far.
    burst_used_slots: usize,
    /// Means, maxima, volumes.
    summary: SummaryJson,
}

/// A member of a period.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeriodPortJson {
    port_id: i64,
    device: String,
    port: String,
    /// RFC 3339.
    from: String,
    /// RFC 3339; null while it goes on.
    until: Option<String>,
}

/// A figure under a rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhatIfJson {
    /// Name of the rule.
    rule: &'static str,
    /// Its figure, bit/s.
    rate_bps: Option<i64>,
    /// Whether the contract bills by it.
    is_contract: bool,
}

/// How the figure was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeOfJson {
    /// Direction rule.
    direction_rule: String,
    /// Gap rule.
    gap_rule: String,
    /// Version of the rules.
    rule_version: u16,
    /// The direction that decided.
    decided_by: Option<&'static str>,
    /// How many values were ranked.
    ranked: usize,
    /// Place of the figure among them, from 1 and from the smallest.
    rank: usize,
    /// All slots so far.
    slots: usize,
    /// Ranked slots with data.
    used: usize,
    /// Slots without data.
    gap: usize,
    /// Of the used: estimated.
    estimated: usize,
    /// Left out because a rate was impossible.
    suspect: usize,
    /// Of the used: incomplete.
    incomplete: usize,
}

/// A correction of a closed period.
#[derive(Debug, Serialize, ToSchema)]
pub struct CorrectionJson {
    /// RFC 3339.
    at: String,
    /// Credited off the figure, bit/s.
    credit_bps: Option<i64>,
    /// Credited off the volume, octets.
    credit_octets: Option<i64>,
    reason: String,
}

/// A billing period with all that is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeriodFullJson {
    #[serde(flatten)]
    usage: UsageJson,
    /// How the figure was made.
    made_of: MadeOfJson,
    /// The members with their dates.
    ports: Vec<PeriodPortJson>,
    /// The figure under other rules.
    what_if: Vec<WhatIfJson>,
    /// Days of the period, days in force, days with traffic.
    days: [usize; 3],
    /// Corrections, oldest first.
    corrections: Vec<CorrectionJson>,
}

fn bps(rate: Option<BitsPerSecond>) -> Option<i64> {
    rate.map(BitsPerSecond::get)
}

fn listed(row: &PeriodListed, zone: chrono_tz::Tz) -> PeriodJson {
    PeriodJson {
        name: date_of(row.period, zone),
        from: row.period.from.to_rfc3339(),
        until: row.period.until.to_rfc3339(),
        state: row.state.to_string(),
        p95_bps: bps(row.figure),
        overage_bps: bps(row.overage),
        closed_at: row
            .closed
            .as_ref()
            .map(|closed| closed.closed_at.to_rfc3339()),
        sha256: row.closed.as_ref().map(|closed| closed.sha256.clone()),
    }
}

fn usage_json(view: &PeriodView) -> UsageJson {
    let allocation = &view.allocation.allocation;
    let burst = view.usage.burst;
    let row = PeriodListed {
        period: view.period,
        state: view.state,
        figure: view.usage.figure.rate,
        overage: view.usage.overage,
        is_computed: true,
        closed: view.closed.clone(),
    };
    UsageJson {
        allocation_id: allocation.id.get(),
        period: listed(&row, allocation.zone()),
        committed_bps: view.frozen.document.committed_bps,
        burst_bps: view.frozen.document.burst_bps,
        forecast_bps: bps(view.usage.forecast),
        burst_left_s: burst.left().get(),
        burst_free_slots: burst.free_slots,
        burst_used_slots: burst.used_slots,
        summary: SummaryJson::of_parts(&view.summary, view.usage.figure.rate),
    }
}

fn what_if_json(view: &PeriodView) -> Vec<WhatIfJson> {
    let contract = view.what_if.iter().map(|row| WhatIfJson {
        rule: row.direction.as_str(),
        rate_bps: bps(row.figure.rate),
        is_contract: row.is_contract,
    });
    let variants = &view.variants;
    let others = [
        ("month_95_by_valid_days", variants.month_95),
        ("fifth_daily_peak", variants.fifth_peak),
        ("mean_of_daily_peaks", variants.peak_mean),
        ("daily_minimum", Some(variants.minimum)),
        (
            "fifth_daily_peak_or_minimum",
            Some(variants.fifth_peak_or_minimum),
        ),
    ];
    let others = others.into_iter().map(|(rule, rate)| WhatIfJson {
        rule,
        rate_bps: bps(rate),
        is_contract: false,
    });
    contract.chain(others).collect()
}

fn made_of_json(view: &PeriodView) -> MadeOfJson {
    let (figure, rule) = (&view.usage.figure, &view.frozen.document.rule);
    MadeOfJson {
        direction_rule: rule.direction.clone(),
        gap_rule: rule.gaps.clone(),
        rule_version: rule.version,
        decided_by: figure.decided_by.map(|by| by.as_str()),
        ranked: figure.ranked,
        rank: figure.rank,
        slots: figure.counts.slots,
        used: figure.counts.used,
        gap: figure.counts.gap,
        estimated: figure.counts.estimated,
        suspect: figure.counts.suspect,
        incomplete: figure.counts.incomplete,
    }
}

fn full_json(view: &PeriodView) -> PeriodFullJson {
    let ports = view
        .frozen
        .document
        .ports
        .iter()
        .map(|port| PeriodPortJson {
            port_id: port.port_id,
            device: port.device.clone(),
            port: port.port.clone(),
            from: port.from.to_rfc3339(),
            until: port.until.map(Timestamp::to_rfc3339),
        });
    let corrections = view.corrections.iter().map(|row| CorrectionJson {
        at: row.created_at.to_rfc3339(),
        credit_bps: bps(row.credit_bps),
        credit_octets: row.credit_octets.map(|octets| octets.get()),
        reason: row.reason.clone(),
    });
    let days = view.variants.days;
    PeriodFullJson {
        usage: usage_json(view),
        made_of: made_of_json(view),
        ports: ports.collect(),
        what_if: what_if_json(view),
        days: [days.days, days.existing, days.valid],
        corrections: corrections.collect(),
    }
}

/// What the running billing period comes to so far.
#[utoipa::path(get, path = "/api/v1/allocations/{id}/usage", tag = "allocations",
    responses((status = 200, body = UsageJson), (status = 404)))]
#[get("/allocations/<id>/usage")]
pub(super) async fn usage(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<UsageJson>, Failure> {
    let view = web
        .store
        .read(move |c| {
            let actor = &caller.actor;
            period_view(c, actor, AllocationId::new(id), actor.now)
        })
        .await?;
    Ok(Json(usage_json(&view)))
}

/// All billing periods since the contract is in force.
#[utoipa::path(get, path = "/api/v1/allocations/{id}/periods", tag = "allocations",
    responses((status = 200, body = PeriodsJson), (status = 404)))]
#[get("/allocations/<id>/periods")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<PeriodsJson>, Failure> {
    let (named, periods) = web
        .store
        .read(move |c| period_list(c, &caller.actor, AllocationId::new(id)))
        .await?;
    let zone = named.allocation.zone();
    let items = periods.iter().map(|row| listed(row, zone)).collect();
    Ok(Json(PeriodsJson { items }))
}

/// One billing period: `from` is its first date, any date in it, or the month it begins in.
#[utoipa::path(get, path = "/api/v1/allocations/{id}/periods/{from}", tag = "allocations",
    responses((status = 200, body = PeriodFullJson), (status = 404), (status = 422)))]
#[get("/allocations/<id>/periods/<from>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    from: String,
) -> Result<Json<PeriodFullJson>, Failure> {
    let view = web
        .store
        .read(move |c| {
            let id = AllocationId::new(id);
            let at = period_named_by(c, &caller.actor, id, &from)?;
            period_view(c, &caller.actor, id, at)
        })
        .await?;
    Ok(Json(full_json(&view)))
}

/// Closes a billing period that is over and settled. With `sha256` only what has this hash is closed.
#[utoipa::path(post, path = "/api/v1/allocations/{id}/periods/{from}/close", tag = "allocations", request_body = Object,
    responses((status = 201, body = PeriodFullJson), (status = 404), (status = 409), (status = 422)))]
#[post("/allocations/<id>/periods/<from>/close", data = "<body>")]
pub(super) async fn close(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    from: String,
    body: Body,
) -> Result<(Status, Json<PeriodFullJson>), Failure> {
    let (actor, id) = (caller.actor, AllocationId::new(id));
    let seen = body.fields.get("sha256").to_owned();
    let view = web
        .store
        .write("period.close", move |c| {
            let at = period_named_by(c, &actor, id, &from)?;
            let seen = Some(seen.as_str()).filter(|seen| !seen.is_empty());
            period_close(c, &actor, id, at, seen)?;
            period_view(c, &actor, id, at)
        })
        .await?;
    Ok((Status::Created, Json(full_json(&view))))
}

/// Corrects a closed billing period by a record beside it: `credit_mbps` or `credit_gigabytes` or both, and `reason`.
#[utoipa::path(post, path = "/api/v1/allocations/{id}/periods/{from}/corrections", tag = "allocations", request_body = Object,
    responses((status = 201, body = PeriodFullJson), (status = 404), (status = 409), (status = 422)))]
#[post("/allocations/<id>/periods/<from>/corrections", data = "<body>")]
pub(super) async fn correct(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    from: String,
    body: Body,
) -> Result<(Status, Json<PeriodFullJson>), Failure> {
    let (actor, id) = (caller.actor, AllocationId::new(id));
    let draft = CorrectionDraft::parse(&body.fields);
    let view = web
        .store
        .write("period.correct", move |c| {
            // Who may not correct learns nothing from the faults of what was sent.
            actor.require(Permission::ClosePeriods)?;
            let at = period_named_by(c, &actor, id, &from)?;
            period_correct(c, &actor, id, at, draft.as_ref().map_err(Clone::clone)?)?;
            period_view(c, &actor, id, at)
        })
        .await?;
    Ok((Status::Created, Json(full_json(&view))))
}

/// The evidence of a billing period as a ZIP file.
#[utoipa::path(get, path = "/api/v1/allocations/{id}/periods/{from}/evidence.zip", tag = "allocations",
    responses((status = 200, content_type = "application/zip"), (status = 404), (status = 422)))]
#[get("/allocations/<id>/periods/<from>/evidence.zip")]
pub(super) async fn evidence(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    from: String,
) -> Result<Answer, Failure> {
    let file = web
        .store
        .read(move |c| {
            let id = AllocationId::new(id);
            let at = period_named_by(c, &caller.actor, id, &from)?;
            period_evidence(c, &caller.actor, id, at)
        })
        .await?;
    Ok(Answer::File {
        name: file.name,
        media_type: "application/zip",
        body: file.body,
    })
}
