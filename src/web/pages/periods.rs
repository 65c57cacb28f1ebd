//! Billing periods of an allocation: the list, one period with its figures and evidence, closing and correcting it.

use rocket::http::Status;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::allocations::list_title;
use super::entry::Said;
use super::ports::section;
use super::saving::form_status;
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::fields::Fields;
use crate::base::ids::AllocationId;
use crate::base::time::Timestamp;
use crate::identity::Permission;
use crate::metering::csv::date_text;
use crate::metering::period::date_of;
use crate::metering::{
    CorrectionDraft, PeriodListed, PeriodState, PeriodView, period_close, period_correct,
    period_evidence, period_list, period_named_by, period_view,
};
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::pages::spans::SummaryJson;
use crate::web::view::{Answer, View, belongs_in_form, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        list,
        show,
        evidence,
        close_dialog,
        close,
        correct_form,
        correct
    ]
}

const fn kind(state: PeriodState) -> &'static str {
    match state {
        PeriodState::Running => "working",
        PeriodState::Settling => "note",
        PeriodState::Open => "warning",
        PeriodState::Closed => "ok",
    }
}

/// An address of a period that names none is an address of nothing.
fn no_such_page(fault: Fault) -> Fault {
    match fault.kind {
        FaultKind::Invalid => Fault::not_found(),
        _ => fault,
    }
}

#[get("/allocations/<id>/periods")]
async fn list(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let (actor, id) = (signed.actor.clone(), AllocationId::new(id));
    let (named, periods) = web
        .store
        .read(move |c| period_list(c, &actor, id))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let allocation = &named.allocation;
    let zone = allocation.zone();
    let row = |row: &PeriodListed| {
        json!({
            "name": date_of(row.period, zone),
            "from": date_text(Some(row.period.from), zone),
            "until": date_text(Some(row.period.until), zone),
            "state": row.state,
            "state_kind": kind(row.state),
            "figure_bps": row.figure,
            "overage_bps": row.overage,
            "is_computed": row.is_computed,
            "closed_at": row.closed.as_ref().map(|closed| closed.closed_at),
        })
    };
    let title = web.words.text(signed.reader.locale, "periods-title");
    let href = format!("/allocations/{id}");
    View::new(
        web,
        &signed.reader,
        "periods/list.html",
        &title,
        section(&signed),
    )
    .crumbs(&[
        (&list_title(web, &signed), "/allocations"),
        (&allocation.name, &href),
    ])
    .with("allocation", json!({"id": id, "name": allocation.name}))
    .with("periods", periods.iter().map(row).collect::<Vec<_>>())
    .with("zone", zone.name())
    .answer()
}

/// The period that an address names.
async fn viewed(
    web: &Web,
    signed: &Signed,
    id: i64,
    from: &str,
    right: Permission,
) -> Result<Box<PeriodView>, Failure> {
    let (actor, id, from) = (signed.actor.clone(), AllocationId::new(id), from.to_owned());
    web.store
        .read(move |c| {
            actor.require(right)?;
            let at = period_named_by(c, &actor, id, &from).map_err(no_such_page)?;
            period_view(c, &actor, id, at)
        })
        .await
        .map(Box::new)
        .map_err(|fault| signed.failure(fault))
}

/// Names and addresses of a period.
struct Place {
    from: String,
    until: String,
    allocation_href: String,
    href: String,
}

impl Place {
    fn of(view: &PeriodView) -> Self {
        let allocation = &view.allocation.allocation;
        let zone = allocation.zone();
        let name = date_of(view.period, zone);
        let allocation_href = format!("/allocations/{}", allocation.id);
        Self {
            href: format!("{allocation_href}/periods/{name}"),
            from: date_text(Some(view.period.from), zone),
            until: date_text(Some(view.period.until), zone),
            allocation_href,
        }
    }

    fn title(&self, web: &Web, signed: &Signed) -> String {
        let message = Message::new("periods-name")
            .with("from", self.from.as_str())
            .with("until", self.until.as_str());
        web.words.say(signed.reader.locale, &message)
    }
}

#[get("/allocations/<id>/periods/<from>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
    from: &str,
) -> Result<Answer, Failure> {
    let view = viewed(web, &signed, id, from, Permission::ViewNetwork).await?;
    let place = Place::of(&view);
    let name = &view.allocation.allocation.name;
    let zone = view.allocation.allocation.zone();
    let list_href = format!("{}/periods", place.allocation_href);
    let list_word = web.words.text(signed.reader.locale, "periods-title");
    let may_close = signed.actor.may(Permission::ClosePeriods);
    View::new(
        web,
        &signed.reader,
        "periods/show.html",
        &place.title(web, &signed),
        section(&signed),
    )
    .crumbs(&[
        (&list_title(web, &signed), "/allocations"),
        (name, &place.allocation_href),
        (&list_word, &list_href),
    ])
    .flash(said.as_ref())
    .with("period", period_context(&view, &place))
    .with("figures", figures_context(&view))
    .with(
        "summary",
        SummaryJson::of_parts(&view.summary, view.usage.figure.rate),
    )
    .with("graph_of", graph_of(&view, &place, signed.actor.now))
    .with("what_if", what_if_context(&view))
    .with("variants", variants_context(&view))
    .with("ports", ports_context(&view))
    .with(
        "corrections",
        corrections_context(&view, signed.actor.role.is_customer()),
    )
    .with("zone", zone.name())
    .with("is_staff", !signed.actor.role.is_customer())
    .with("may_close", may_close && view.state == PeriodState::Open)
    .with("may_correct", may_close && view.closed.is_some())
    .answer()
}

fn period_context(view: &PeriodView, place: &Place) -> Value {
    let allocation = &view.allocation.allocation;
    let document = &view.frozen.document;
    json!({
        "from": place.from,
        "until": place.until,
        "href": place.href,
        "allocation_id": allocation.id,
        "allocation": allocation.name,
        "allocation_href": place.allocation_href,
        "customer_id": allocation.customer_id,
        "customer": view.allocation.customer,
        "state": view.state,
        "state_kind": kind(view.state),
        "direction_rule": document.rule.direction,
        "gap_rule": document.rule.gaps,
        "rule_version": document.rule.version,
        "counted_until": document.counted.until,
        "hash": view.hash,
        "closed_at": view.closed.as_ref().map(|closed| closed.closed_at),
        "closed_by": view.closed.as_ref().map(|closed| closed.closed_by_name.as_str()),
    })
}

fn figures_context(view: &PeriodView) -> Value {
    let (usage, document) = (&view.usage, &view.frozen.document);
    let left_minutes = usage.burst.left().get() / 60;
    json!({
        "p95_bps": usage.figure.rate,
        "overage_bps": usage.overage,
        "committed_bps": document.committed_bps,
        "burst_bps": document.burst_bps,
        "forecast_bps": usage.forecast,
        "free_slots": usage.burst.free_slots,
        "used_free_slots": usage.burst.used_slots,
        "left_hours": left_minutes / 60,
        "left_minutes": left_minutes % 60,
        "decided_by": usage.figure.decided_by.map(|by| by.as_str()),
        "ranked": usage.figure.ranked,
        "rank": usage.figure.rank,
        "counts": {
            "slots": usage.figure.counts.slots,
            "used": usage.figure.counts.used,
            "gap": usage.figure.counts.gap,
            "estimated": usage.figure.counts.estimated,
            "suspect": usage.figure.counts.suspect,
            "incomplete": usage.figure.counts.incomplete,
        },
    })
}

fn graph_of(view: &PeriodView, place: &Place, now: Timestamp) -> Value {
    let id = view.allocation.allocation.id;
    let from = view.period.from.to_rfc3339();
    let until = view
        .period
        .until
        .min(now)
        .max(view.period.from.plus_millis(1))
        .to_rfc3339();
    json!({
        "series": format!("/api/v1/allocations/{id}/series"),
        "base_href": format!("{}?range=", place.allocation_href),
        "csv_href": format!("{}.csv?from={from}&to={until}", place.allocation_href),
        "from": from,
        "to": until,
        "committed_bps": view.frozen.document.committed_bps,
    })
}

fn what_if_context(view: &PeriodView) -> Vec<Value> {
    let row = |row: &crate::metering::WhatIf| {
        json!({
            "direction": row.direction.as_str(),
            "rate_bps": row.figure.rate,
            "is_contract": row.is_contract,
        })
    };
    view.what_if.iter().map(row).collect()
}

fn variants_context(view: &PeriodView) -> Value {
    let variants = &view.variants;
    json!({
        "days": variants.days.days,
        "existing": variants.days.existing,
        "valid": variants.days.valid,
        "rows": [
            {"key": "month-95", "rate_bps": variants.month_95},
            {"key": "fifth-peak", "rate_bps": variants.fifth_peak},
            {"key": "peak-mean", "rate_bps": variants.peak_mean},
            {"key": "minimum", "rate_bps": variants.minimum},
            {"key": "fifth-or-minimum", "rate_bps": variants.fifth_peak_or_minimum},
        ],
    })
}

fn ports_context(view: &PeriodView) -> Vec<Value> {
    let row = |port: &crate::metering::evidence::document::PortSaid| {
        json!({
            "href": format!("/ports/{}", port.port_id),
            "name": format!("{} {}", port.device, port.port),
            "from": port.from,
            "until": port.until,
            "line_speed_bps": port.line_speed_bps,
        })
    };
    view.frozen.document.ports.iter().map(row).collect()
}

fn corrections_context(view: &PeriodView, is_customer: bool) -> Vec<Value> {
    let row = |row: &crate::metering::PeriodCorrection| {
        json!({
            "at": row.created_at,
            "credit_bps": row.credit_bps,
            "credit_octets": row.credit_octets,
            "reason": row.reason,
            "by": (!is_customer).then_some(row.author_name.as_str()),
        })
    };
    view.corrections.iter().map(row).collect()
}

#[get("/allocations/<id>/periods/<from>/evidence.zip")]
async fn evidence(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    from: String,
) -> Result<Answer, Failure> {
    let (actor, id) = (signed.actor.clone(), AllocationId::new(id));
    let file = web
        .store
        .read(move |c| {
            let at = period_named_by(c, &actor, id, &from).map_err(no_such_page)?;
            period_evidence(c, &actor, id, at)
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    Ok(Answer::File {
        name: file.name,
        media_type: "application/zip",
        body: file.body,
    })
}

fn close_view(
    web: &Web,
    signed: &Signed,
    view: &PeriodView,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let place = Place::of(view);
    let name = &view.allocation.allocation.name;
    let title = Message::new("periods-close-title")
        .with("name", name.as_str())
        .with("from", place.from.as_str())
        .with("until", place.until.as_str());
    let fields: Fields = [("sha256", view.hash.clone())].into_iter().collect();
    let action = format!("{}/close", place.href);
    View::new(
        web,
        &signed.reader,
        "periods/close.html",
        &web.words.say(locale, &title),
        section(signed),
    )
    .crumbs(&[(name, &place.allocation_href)])
    .with("period", period_context(view, &place))
    .with("figures", figures_context(view))
    .with("form", form_context(web, locale, &action, &fields, fault))
    .with(
        "dialog",
        json!({
            "submit": web.words.text(locale, "periods-close"),
            "danger": false,
            "cancel_href": place.href,
            "confirm_label": null,
            "icon": null,
        }),
    )
    .status(if fault.is_some() {
        Status::Conflict
    } else {
        Status::Ok
    })
    .answer()
}

#[get("/allocations/<id>/periods/<from>/close")]
async fn close_dialog(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    from: &str,
) -> Result<Answer, Failure> {
    let view = viewed(web, &signed, id, from, Permission::ClosePeriods).await?;
    close_view(web, &signed, &view, None)
}

#[post("/allocations/<id>/periods/<from>/close", data = "<form>")]
async fn close(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    from: &str,
    form: Posted,
) -> Result<Answer, Failure> {
    let view = viewed(web, &signed, id, from, Permission::ClosePeriods).await?;
    let (actor, id, at) = (
        signed.actor.clone(),
        AllocationId::new(id),
        view.period.from,
    );
    let seen = form.fields.get("sha256").to_owned();
    let outcome = web
        .store
        .write("period.close", move |c| {
            let seen = Some(seen.as_str()).filter(|seen| !seen.is_empty());
            period_close(c, &actor, id, at, seen)
        })
        .await;
    match outcome {
        Ok(_) => Ok(done(
            web,
            signed.reader.locale,
            Place::of(&view).href,
            &Message::new("periods-closed-flash"),
        )),
        Err(fault) if belongs_in_form(&fault) => close_view(web, &signed, &view, Some(&fault)),
        Err(fault) => Err(signed.failure(fault)),
    }
}

fn correct_view(
    web: &Web,
    signed: &Signed,
    view: &PeriodView,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let place = Place::of(view);
    let action = format!("{}/correct", place.href);
    View::new(
        web,
        &signed.reader,
        "periods/correct.html",
        &web.words.text(locale, "periods-correct"),
        section(signed),
    )
    .crumbs(&[
        (&view.allocation.allocation.name, &place.allocation_href),
        (&place.title(web, signed), &place.href),
    ])
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("cancel_href", place.href)
    .status(form_status(fault))
    .answer()
}

#[get("/allocations/<id>/periods/<from>/correct")]
async fn correct_form(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    from: &str,
) -> Result<Answer, Failure> {
    let view = viewed(web, &signed, id, from, Permission::ClosePeriods).await?;
    correct_view(web, &signed, &view, &Fields::new(), None)
}

#[post("/allocations/<id>/periods/<from>/correct", data = "<form>")]
async fn correct(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    from: &str,
    form: Posted,
) -> Result<Answer, Failure> {
    let view = viewed(web, &signed, id, from, Permission::ClosePeriods).await?;
    let outcome = match CorrectionDraft::parse(&form.fields) {
        Ok(draft) => {
            let (actor, id, at) = (
                signed.actor.clone(),
                AllocationId::new(id),
                view.period.from,
            );
            web.store
                .write("period.correct", move |c| {
                    period_correct(c, &actor, id, at, &draft)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    match outcome {
        Ok(_) => Ok(done(
            web,
            signed.reader.locale,
            Place::of(&view).href,
            &Message::new("periods-corrected-flash"),
        )),
        Err(fault) if belongs_in_form(&fault) => {
            correct_view(web, &signed, &view, &form.fields, Some(&fault))
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}
