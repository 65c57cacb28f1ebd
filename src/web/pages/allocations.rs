//! Bandwidth allocations: what a contract grants, which ports make it up, and the graph of their sum.

use rocket::http::Status;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::events::lines_context;
use super::ports::section;
use super::saving::{Archive, changed};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{AllocationId, CustomerId};
use crate::identity::Permission;
use crate::metering::csv::{ALLOCATION_COLUMNS, allocation_export, date_text};
use crate::metering::{
    AllocationDraft, AllocationFilter, DEFAULT_ZONE, DirectionWord, GapWord, NamedAllocation,
    NamedLink, allocation_archive, allocation_by_id, allocation_create, allocation_links,
    allocation_list, allocation_members, allocation_period, allocation_series, allocation_update,
};
use crate::notify::ops::events::events_of;
use crate::tenancy::customer_choices;
use crate::web::csv_file::csv_answer;
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView};
use crate::web::pages::compare::{
    Beside, allocation_choices, compare_context, other_of_allocation,
};
use crate::web::pages::spans::{
    CsvId, SLOT_COLUMNS, SpanQuery, SummaryJson, graph_context, member_contexts, slot_rows,
};
use crate::web::view::{Answer, View, belongs_in_form, done, form_context};
use crate::web::{Failure, Web};

/// Ports of an allocation that are drawn one by one; the others have their own pages.
const MOST_DRAWN: usize = 24;

pub(super) fn routes() -> Vec<Route> {
    routes![
        list,
        list_csv,
        new,
        create,
        show,
        show_csv,
        edit,
        update,
        archive_dialog,
        archive
    ]
}

/// Title of the list in the words of its reader.
pub(super) fn list_title(web: &Web, signed: &Signed) -> String {
    let key = if signed.actor.role.is_customer() {
        "allocations-title-own"
    } else {
        "allocations-title"
    };
    web.words.text(signed.reader.locale, key)
}

fn row_context(row: &NamedAllocation) -> Value {
    let allocation = &row.allocation;
    json!({
        "id": allocation.id,
        "customer_id": allocation.customer_id,
        "customer": row.customer,
        "name": allocation.name,
        "committed_bps": allocation.committed_bps,
        "burst_bps": allocation.burst_bps,
        "direction_rule": allocation.direction_rule,
        "gap_rule": allocation.gap_rule,
        "billing_day": allocation.billing_day,
        "zone": allocation.zone().name(),
        "active_from": allocation.active_from,
        "active_until": allocation.active_until,
        "archived_at": allocation.archived_at,
        "version": allocation.version,
    })
}

fn filter(query: &ListQuery, archived: Option<bool>) -> AllocationFilter {
    AllocationFilter {
        query: query.text().to_owned(),
        archived: archived.unwrap_or(false),
        customer: None,
    }
}

#[get("/allocations?<archived>&<query..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    archived: Option<bool>,
    query: ListQuery,
) -> Result<Answer, Failure> {
    let filter = filter(&query, archived);
    let archived = filter.archived;
    let (actor, request) = (signed.actor.clone(), query.page());
    let page = web
        .store
        .read(move |c| allocation_list(c, &actor, &filter, &request))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let rows = page.rows.iter().map(row_context).collect();
    let locale = signed.reader.locale;
    let empty = if signed.actor.role.is_customer() {
        ("allocations-empty", "allocations-empty-own")
    } else {
        ("allocations-empty", "allocations-empty-text")
    };
    let list = ListView::new(web, locale, "/allocations", &query, empty)
        .filter("archived", archived.then(|| "true".to_owned()), |_| {
            web.words.text(locale, "allocations-archived")
        })
        .csv()
        .action(
            signed.actor.may(Permission::EditNetwork),
            "allocations-new",
            "/allocations/new",
        )
        .finish(&page, rows);
    View::new(
        web,
        &signed.reader,
        "allocations/list.html",
        &list_title(web, &signed),
        section(&signed),
    )
    .flash(said.as_ref())
    .with("list", list)
    .with("is_staff", !signed.actor.role.is_customer())
    .with(
        "reports_href",
        signed
            .actor
            .wall()
            .customer()
            .map(|own| format!("/customers/{own}/reports")),
    )
    .answer()
}

#[get("/allocations.csv?<archived>&<query..>")]
async fn list_csv(
    web: &State<Web>,
    signed: Signed,
    archived: Option<bool>,
    query: ListQuery,
) -> Result<Answer, Failure> {
    let (actor, filter) = (signed.actor.clone(), filter(&query, archived));
    web.store
        .read(move |c| allocation_export(c, &actor, &filter))
        .await
        .and_then(|rows| csv_answer("allocations", ALLOCATION_COLUMNS, &rows))
        .map_err(|fault| signed.failure(fault))
}

#[get("/allocations/<id>?<query..>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
    query: SpanQuery,
) -> Result<Answer, Failure> {
    let (actor, span, id) = (signed.actor.clone(), query.clone(), AllocationId::new(id));
    let (row, links, series, members, month, (beside, choices), open) = web
        .store
        .read(move |c| {
            let row = allocation_by_id(c, &actor, id)?;
            let links = allocation_links(c, id)?;
            let period = span.period(actor.now, row.allocation.zone())?;
            let series = allocation_series(c, &actor, id, period)?;
            let members = allocation_members(c, &actor, id, period, MOST_DRAWN)?;
            let zone = row.allocation.zone();
            let beside = Beside::of(other_of_allocation(c, &actor, id, &span, period, zone))?;
            let choices = allocation_choices(c, &actor, id)?;
            Ok((
                row,
                links,
                series,
                members,
                allocation_period(c, &actor, id, actor.now)?,
                (beside, choices),
                events_of(c, &actor, "allocation", id.get())?,
            ))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let (page, endpoint) = (
        format!("/allocations/{id}"),
        format!("/api/v1/allocations/{id}/series"),
    );
    let zone = row.allocation.zone();
    let now = signed.actor.now;
    let note = if signed.actor.role.is_customer() {
        ""
    } else {
        row.allocation.note.as_str()
    };
    View::new(
        web,
        &signed.reader,
        "allocations/show.html",
        &row.allocation.name,
        section(&signed),
    )
    .crumbs(&[(&list_title(web, &signed), "/allocations")])
    .flash(said.as_ref())
    .with("allocation", row_context(&row))
    .with("events", lines_context(web, signed.reader.locale, &open))
    .with("note", note)
    .with(
        "links",
        links
            .iter()
            .map(|link| link_context(link, now))
            .collect::<Vec<_>>(),
    )
    .with(
        "graph_of",
        graph_context(&beside.graph_query(&query), &series, &page, &endpoint),
    )
    .with(
        "compare",
        compare_context(&query, &page, choices, &beside, zone),
    )
    .with(
        "members",
        member_contexts(
            &query,
            series.asked,
            members.get(..MOST_DRAWN).unwrap_or(&members),
        ),
    )
    .with(
        "period",
        json!({
            "from": date_text(Some(month.asked.from), zone),
            "href": format!("/allocations/{id}/periods/{}", date_text(Some(month.asked.from), zone)),
            "until": date_text(Some(month.asked.until), zone),
            "summary": SummaryJson::of(&month),
        }),
    )
    .with("is_staff", !signed.actor.role.is_customer())
    .with("may_edit", signed.actor.may(Permission::EditNetwork))
    .answer()
}

fn link_context(link: &NamedLink, now: crate::base::time::Timestamp) -> Value {
    let dates = &link.link;
    json!({
        "id": dates.id,
        "port_id": dates.port_id,
        "port": link.port,
        "device": link.device,
        "from": dates.from_at,
        "until": dates.until_at,
        "is_begun": dates.from_at <= now,
        "is_now": dates.covers(now),
    })
}

#[get("/allocations/<file>?<query..>", rank = 2)]
async fn show_csv(
    web: &State<Web>,
    signed: Signed,
    file: CsvId,
    query: SpanQuery,
) -> Result<Answer, Failure> {
    let (actor, usual_zone, id) = (
        signed.actor.clone(),
        web.settings.zone,
        AllocationId::new(file.0),
    );
    web.store
        .read(move |c| {
            let zone = allocation_by_id(c, &actor, id)?.allocation.zone();
            allocation_series(c, &actor, id, query.period(actor.now, zone)?)
        })
        .await
        .and_then(|series| {
            csv_answer(
                &format!("allocation-{id}"),
                SLOT_COLUMNS,
                &slot_rows(&series, usual_zone),
            )
        })
        .map_err(|fault| signed.failure(fault))
}

/// What the form is about: a new allocation of one of these customers, or one that is there.
enum Place {
    New(Vec<(CustomerId, String, String)>),
    There(Box<NamedAllocation>),
}

fn form_view(
    web: &Web,
    signed: &Signed,
    place: &Place,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let (title, action, cancel, customers) = match place {
        Place::New(customers) => (
            Message::new("allocations-new"),
            "/allocations/new".to_owned(),
            "/allocations".to_owned(),
            customers
                .iter()
                .map(|(id, code, name)| json!({"value": id, "label": format!("{code} {name}")}))
                .collect::<Vec<_>>(),
        ),
        Place::There(there) => (
            Message::new("allocations-edit").with("name", there.allocation.name.as_str()),
            format!("/allocations/{}/edit", there.allocation.id),
            format!("/allocations/{}", there.allocation.id),
            Vec::new(),
        ),
    };
    let directions = DirectionWord::ALL.iter().map(|rule| {
        json!({"value": rule, "label": web.words.text(locale, &format!("allocations-direction-{rule}"))})
    });
    let gaps = GapWord::ALL.iter().map(|rule| {
        json!({"value": rule, "label": web.words.text(locale, &format!("allocations-gap-{rule}"))})
    });
    View::new(
        web,
        &signed.reader,
        "allocations/form.html",
        &web.words.say(locale, &title),
        "network",
    )
    .crumbs(&[(&web.words.text(locale, "allocations-title"), "/allocations")])
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("is_new", matches!(place, Place::New(_)))
    .with("customers", customers)
    .with("direction_choices", directions.collect::<Vec<_>>())
    .with("gap_choices", gaps.collect::<Vec<_>>())
    .with("cancel_href", cancel)
    .status(if fault.is_some() {
        Status::UnprocessableEntity
    } else {
        Status::Ok
    })
    .answer()
}

async fn new_place(web: &Web, signed: &Signed) -> Result<Place, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            actor.require(Permission::EditNetwork)?;
            customer_choices(c, &actor)
        })
        .await
        .map(Place::New)
        .map_err(|fault| signed.failure(fault))
}

#[get("/allocations/new?<customer>")]
async fn new(web: &State<Web>, signed: Signed, customer: Option<i64>) -> Result<Answer, Failure> {
    let place = new_place(web, &signed).await?;
    let fields: Fields = [
        (
            "customer_id",
            customer.map(|id| id.to_string()).unwrap_or_default(),
        ),
        ("direction_rule", "max_of_p95".to_owned()),
        ("gap_rule", "drop".to_owned()),
        ("billing_day", "1".to_owned()),
        ("time_zone", DEFAULT_ZONE.to_owned()),
        (
            "active_from",
            signed.actor.now.local_date(web.settings.zone),
        ),
    ]
    .into_iter()
    .collect();
    form_view(web, &signed, &place, &fields, None)
}

#[post("/allocations/new", data = "<form>")]
async fn create(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    let place = new_place(web, &signed).await?;
    let customer = form.fields.get("customer_id").parse().map(CustomerId::new);
    let customer =
        customer.map_err(|_| Fault::field("customer_id", Message::new("fault-required")));
    let parsed = AllocationDraft::parse(&form.fields).and_then(|draft| Ok((draft, customer?)));
    let outcome = match parsed {
        Ok((draft, customer)) => {
            let actor = signed.actor.clone();
            web.store
                .write("allocation.create", move |c| {
                    allocation_create(c, &actor, customer, &draft)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    match outcome {
        Ok(id) => {
            let said = Message::new("allocations-created");
            Ok(done(
                web,
                signed.reader.locale,
                format!("/allocations/{id}"),
                &said,
            ))
        }
        Err(fault) if belongs_in_form(&fault) => {
            form_view(web, &signed, &place, &form.fields, Some(&fault))
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

/// An allocation that the reader may change.
pub(super) async fn editable(
    web: &Web,
    signed: &Signed,
    id: i64,
) -> Result<Box<NamedAllocation>, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            actor.require(Permission::EditNetwork)?;
            allocation_by_id(c, &actor, AllocationId::new(id))
        })
        .await
        .map(Box::new)
        .map_err(|fault| signed.failure(fault))
}

#[get("/allocations/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = editable(web, &signed, id).await?;
    let allocation = &there.allocation;
    let zone = allocation.zone();
    let fields: Fields = [
        ("name", allocation.name.clone()),
        ("committed_mbps", allocation.committed_bps.to_mbps_text()),
        (
            "burst_mbps",
            allocation
                .burst_bps
                .map(|burst| burst.to_mbps_text())
                .unwrap_or_default(),
        ),
        ("direction_rule", allocation.direction_rule.to_string()),
        ("gap_rule", allocation.gap_rule.to_string()),
        ("billing_day", allocation.billing_day.to_string()),
        ("time_zone", allocation.time_zone.clone()),
        ("active_from", date_text(Some(allocation.active_from), zone)),
        ("active_until", date_text(allocation.active_until, zone)),
        ("note", allocation.note.clone()),
        ("version", allocation.version.to_string()),
    ]
    .into_iter()
    .collect();
    form_view(web, &signed, &Place::There(there), &fields, None)
}

#[post("/allocations/<id>/edit", data = "<form>")]
async fn update(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = editable(web, &signed, id).await?;
    let id = there.allocation.id;
    let outcome = changed(
        web,
        &signed,
        &form,
        "allocation.update",
        AllocationDraft::parse,
        move |c, actor, version, draft| allocation_update(c, actor, id, version, draft),
    )
    .await;
    match outcome {
        Ok(()) => {
            let said = Message::new("flash-saved");
            Ok(done(
                web,
                signed.reader.locale,
                format!("/allocations/{id}"),
                &said,
            ))
        }
        Err(fault) if belongs_in_form(&fault) => form_view(
            web,
            &signed,
            &Place::There(there),
            &form.fields,
            Some(&fault),
        ),
        Err(fault) => Err(signed.failure(fault)),
    }
}

fn archive_of(there: &NamedAllocation) -> Archive<'_> {
    let allocation = &there.allocation;
    Archive {
        name: &allocation.name,
        action: format!("/allocations/{}/archive", allocation.id),
        back: format!("/allocations/{}", allocation.id),
        version: allocation.version,
        archived: allocation.archived_at.is_some(),
        consequence: "allocations-archive-consequence",
        section: "network",
    }
}

#[get("/allocations/<id>/archive")]
async fn archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = editable(web, &signed, id).await?;
    archive_of(&there).view(web, &signed, None)
}

#[post("/allocations/<id>/archive", data = "<form>")]
async fn archive(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = editable(web, &signed, id).await?;
    let id = there.allocation.id;
    archive_of(&there)
        .post(
            web,
            &signed,
            &form,
            "allocation.archive",
            move |c, actor, version, archive| allocation_archive(c, actor, id, version, archive),
        )
        .await
}
