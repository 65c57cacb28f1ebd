//! `/api/v1/loan-items` and `/api/v1/loans`.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::listing::{ApiQuery, Listing, word};
use super::one::{One, versioned};
use crate::access::{
    LendDraft, LoanItemDraft, LoanItemFilter, LoanItemRow, LoanKind, LoanRow, LoanState,
    StaffLendDraft, loan_back, loan_history, loan_item_archive, loan_item_by_id, loan_item_create,
    loan_item_found, loan_item_list, loan_item_lost, loan_item_update, loan_to_staff,
    loan_to_visitor, loans_of_visit, loans_out,
};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{LoanId, LoanItemId, RackId, SiteId, VisitPersonId};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        list,
        show,
        create,
        update,
        archive,
        lost,
        found,
        lend,
        history,
        out,
        back,
        lend_visitor
    ]
}

/// That somebody has, or had, a thing.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoanJson {
    id: i64,
    loan_item_id: i64,
    /// `badge`, `locker` or `key`.
    kind: String,
    number: String,
    /// Code of the site.
    site: String,
    /// Name of whoever has it.
    holder: String,
    company: String,
    /// Number of the visit; null for staff.
    visit: Option<String>,
    /// The person on the visit; null for staff.
    visit_person_id: Option<i64>,
    /// RFC 3339.
    out_at: String,
    out_by: String,
    /// When it should be back, RFC 3339; null for good.
    due_at: Option<String>,
    /// It should be back by now and is not.
    late: bool,
    /// Why a key went to someone whose visit does not name its rack.
    override_reason: String,
    /// When it was said to be missing, RFC 3339.
    missing_at: Option<String>,
    missing_reason: String,
    /// RFC 3339, null while it is out.
    ended_at: Option<String>,
    /// `returned` or `written_off`.
    ended_how: Option<String>,
    ended_by: String,
}

impl From<LoanRow> for LoanJson {
    fn from(row: LoanRow) -> Self {
        let loan = row.loan;
        Self {
            id: loan.id.get(),
            loan_item_id: loan.loan_item_id.get(),
            kind: row.kind.to_string(),
            number: row.number,
            site: row.site,
            holder: row.holder,
            company: row.company,
            visit: row.visit,
            visit_person_id: loan.visit_person_id.map(VisitPersonId::get),
            out_at: loan.out_at.to_rfc3339(),
            out_by: loan.out_by,
            due_at: row.due.map(Timestamp::to_rfc3339),
            late: row.late,
            override_reason: loan.override_reason,
            missing_at: loan.missing_at.map(Timestamp::to_rfc3339),
            missing_reason: loan.missing_reason,
            ended_at: loan.ended_at.map(Timestamp::to_rfc3339),
            ended_how: loan.ended_how.map(|how| how.to_string()),
            ended_by: loan.ended_by,
        }
    }
}

/// A badge, locker or key.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoanItemJson {
    id: i64,
    /// `badge`, `locker` or `key`.
    kind: String,
    number: String,
    site_id: i64,
    /// Code of the site.
    site: String,
    rack_id: Option<i64>,
    /// The rack that a key opens: `Room A / A01`.
    rack: Option<String>,
    /// `in_stock`, `out`, `lost` or `retired`.
    state: String,
    note: String,
    /// Who has it now.
    loan: Option<LoanJson>,
    /// Send it back with a change.
    version: i64,
}

versioned!(LoanItemJson: version);

impl From<LoanItemRow> for LoanItemJson {
    fn from(row: LoanItemRow) -> Self {
        let item = row.item;
        Self {
            id: item.id.get(),
            kind: item.kind.to_string(),
            number: item.number,
            site_id: item.site_id.get(),
            site: row.site,
            rack_id: item.rack_id.map(RackId::get),
            rack: row.rack,
            state: item.state.to_string(),
            note: item.note,
            loan: row.loan.map(Into::into),
            version: item.version,
        }
    }
}

fn looked_up(c: &mut Conn, actor: &Actor, id: LoanItemId) -> Result<LoanItemJson, Fault> {
    Ok(loan_item_by_id(c, actor, id)?.into())
}

/// Badges, lockers and keys by number, without retired ones unless `state` asks for them.
#[utoipa::path(get, path = "/api/v1/loan-items", tag = "visits",
    params(ApiQuery, ("kind" = Option<String>, Query), ("state" = Option<String>, Query),
        ("site" = Option<i64>, Query), ("rack" = Option<i64>, Query)),
    responses((status = 200, body = Listing<LoanItemJson>)))]
#[get("/loan-items?<kind>&<state>&<site>&<rack>&<query..>")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    kind: Option<&str>,
    state: Option<&str>,
    site: Option<i64>,
    rack: Option<i64>,
    query: ApiQuery,
) -> Result<Json<Listing<LoanItemJson>>, Failure> {
    let filter = LoanItemFilter {
        query: query.text(),
        site: site.map(SiteId::new),
        kind: word("kind", kind, LoanKind::from_word, LoanKind::words)?,
        state: word("state", state, LoanState::from_word, LoanState::words)?,
        rack: rack.map(RackId::new),
    };
    let page = query.page();
    let found = web
        .store
        .read(move |c| loan_item_list(c, &caller.actor, &filter, &page))
        .await?;
    Ok(Json(Listing::from_page(found)))
}

/// One badge, locker or key, with whoever has it.
#[utoipa::path(get, path = "/api/v1/loan-items/{id}", tag = "visits",
    responses((status = 200, body = LoanItemJson), (status = 404)))]
#[get("/loan-items/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<LoanItemJson>, Failure> {
    let found = web
        .store
        .read(move |c| looked_up(c, &caller.actor, LoanItemId::new(id)))
        .await?;
    Ok(One(found))
}

/// Adds one: `site_id`, `kind`, `number`, `rack_id` (keys), `note`.
#[utoipa::path(post, path = "/api/v1/loan-items", tag = "visits", request_body = Object,
    responses((status = 201, body = LoanItemJson), (status = 422)))]
#[post("/loan-items", data = "<body>")]
pub(super) async fn create(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<Json<LoanItemJson>>, Failure> {
    caller.actor.require(Permission::EditLoanItems)?;
    let draft = LoanItemDraft::parse(&body.fields)?;
    let made = web
        .store
        .write("loan_item.create", move |c| {
            let id = loan_item_create(c, &caller.actor, &draft)?;
            looked_up(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(made)))
}

/// Changes one; the body has all fields and the `version` that was read. What somebody has keeps site, kind and number.
#[utoipa::path(put, path = "/api/v1/loan-items/{id}", tag = "visits", request_body = Object,
    responses((status = 200, body = LoanItemJson), (status = 404), (status = 409), (status = 422)))]
#[put("/loan-items/<id>", data = "<body>")]
pub(super) async fn update(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<LoanItemJson>, Failure> {
    caller.actor.require(Permission::EditLoanItems)?;
    let (draft, version) = (LoanItemDraft::parse(&body.fields)?, body.condition()?);
    let id = LoanItemId::new(id);
    let changed = web
        .store
        .write("loan_item.update", move |c| {
            let there = loan_item_by_id(c, &caller.actor, id)?.item.version;
            let version = version.held(there)?;
            loan_item_update(c, &caller.actor, id, version, &draft)?;
            looked_up(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed))
}

/// Takes one out of use (`archived` yes), or brings it back (no); with the `version` that was read.
#[utoipa::path(post, path = "/api/v1/loan-items/{id}/archive", tag = "visits", request_body = Object,
    responses((status = 200, body = LoanItemJson), (status = 404), (status = 409), (status = 422)))]
#[post("/loan-items/<id>/archive", data = "<body>")]
pub(super) async fn archive(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<LoanItemJson>, Failure> {
    caller.actor.require(Permission::EditLoanItems)?;
    let (version, archived) = (body.condition()?, body.fields.yes("archived"));
    let id = LoanItemId::new(id);
    let changed = web
        .store
        .write("loan_item.archive", move |c| {
            let there = loan_item_by_id(c, &caller.actor, id)?.item.version;
            let version = version.held(there)?;
            loan_item_archive(c, &caller.actor, id, version, archived)?;
            looked_up(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed))
}

/// Nobody knows where it is: `reason`. It can't be handed out until it is found.
#[utoipa::path(post, path = "/api/v1/loan-items/{id}/lost", tag = "visits", request_body = Object,
    responses((status = 200, body = LoanItemJson), (status = 404), (status = 409), (status = 422)))]
#[post("/loan-items/<id>/lost", data = "<body>")]
pub(super) async fn lost(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<LoanItemJson>, Failure> {
    let id = LoanItemId::new(id);
    let changed = web
        .store
        .write("loan_item.lost", move |c| {
            loan_item_lost(c, &caller.actor, id, body.fields.get("reason"))?;
            looked_up(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed))
}

/// A lost one is there again; a loan of it ends with that.
#[utoipa::path(post, path = "/api/v1/loan-items/{id}/found", tag = "visits", request_body = Object,
    responses((status = 200, body = LoanItemJson), (status = 404), (status = 409)))]
#[post("/loan-items/<id>/found", data = "<_body>")]
pub(super) async fn found(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    _body: Body,
) -> Result<One<LoanItemJson>, Failure> {
    let id = LoanItemId::new(id);
    let changed = web
        .store
        .write("loan_item.found", move |c| {
            loan_item_found(c, &caller.actor, id)?;
            looked_up(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed))
}

/// Hands one to a member of staff: `user_id`, `due_at`, and `reason` for the key of a rack.
#[utoipa::path(post, path = "/api/v1/loan-items/{id}/lend", tag = "visits", request_body = Object,
    responses((status = 200, body = LoanItemJson), (status = 404), (status = 409), (status = 422)))]
#[post("/loan-items/<id>/lend", data = "<body>")]
pub(super) async fn lend(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<LoanItemJson>, Failure> {
    caller.actor.require(Permission::DeskVisits)?;
    let draft = StaffLendDraft::parse(&body.fields, web.settings.zone, caller.actor.now)?;
    let id = LoanItemId::new(id);
    let changed = web
        .store
        .write("loan.out", move |c| {
            loan_to_staff(c, &caller.actor, id, &draft)?;
            looked_up(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed))
}

/// Who had it, the latest first; `at` (RFC 3339) narrows it to whoever had it then.
#[utoipa::path(get, path = "/api/v1/loan-items/{id}/loans", tag = "visits",
    params(("at" = Option<String>, Query)),
    responses((status = 200, body = Vec<LoanJson>), (status = 404), (status = 422)))]
#[get("/loan-items/<id>/loans?<at>")]
pub(super) async fn history(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    at: Option<&str>,
) -> Result<Json<Vec<LoanJson>>, Failure> {
    let (zone, typed) = (web.settings.zone, at.map(str::to_owned));
    let found = web
        .store
        .read(move |c| {
            let id = LoanItemId::new(id);
            // Who may not see it learns nothing from its faults.
            loan_item_by_id(c, &caller.actor, id)?;
            let at = match typed {
                None => None,
                Some(typed) => Some(
                    Timestamp::parse_in(&typed, zone)
                        .ok_or_else(|| Fault::field("at", Message::new("visit-fault-time")))?,
                ),
            };
            loan_history(c, &caller.actor, id, at)
        })
        .await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

/// What is out: late ones first, then by the time they went out.
#[utoipa::path(get, path = "/api/v1/loans", tag = "visits", params(("site" = Option<i64>, Query)),
    responses((status = 200, body = Vec<LoanJson>)))]
#[get("/loans?<site>")]
pub(super) async fn out(
    web: &State<Web>,
    caller: Caller,
    site: Option<i64>,
) -> Result<Json<Vec<LoanJson>>, Failure> {
    let found = web
        .store
        .read(move |c| loans_out(c, &caller.actor, site.map(SiteId::new)))
        .await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

/// It came back, lost before or not.
#[utoipa::path(post, path = "/api/v1/loans/{id}/back", tag = "visits", request_body = Object,
    responses((status = 200, body = LoanItemJson), (status = 404), (status = 409)))]
#[post("/loans/<id>/back", data = "<_body>")]
pub(super) async fn back(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    _body: Body,
) -> Result<One<LoanItemJson>, Failure> {
    let changed = web
        .store
        .write("loan.back", move |c| {
            let item = loan_back(c, &caller.actor, LoanId::new(id))?;
            looked_up(c, &caller.actor, item)
        })
        .await?;
    Ok(One(changed))
}

/// Hands one to someone inside: `item_id`, or `kind` and `number`; `reason` for the key of a rack that the visit does
/// not name. Answers what the people of the visit have and had.
#[utoipa::path(post, path = "/api/v1/visits/{number}/people/{id}/lend", tag = "visits", request_body = Object,
    responses((status = 200, body = Vec<LoanJson>), (status = 404), (status = 409), (status = 422)))]
#[post("/visits/<number>/people/<id>/lend", data = "<body>")]
pub(super) async fn lend_visitor(
    web: &State<Web>,
    caller: Caller,
    number: &str,
    id: i64,
    body: Body,
) -> Result<Json<Vec<LoanJson>>, Failure> {
    caller.actor.require(Permission::DeskVisits)?;
    let draft = LendDraft::parse(&body.fields)?;
    let number = number.to_owned();
    let loans = web
        .store
        .write("loan.out", move |c| {
            let id = VisitPersonId::new(id);
            loan_to_visitor(c, &caller.actor, &number, id, &draft)?;
            loans_of_visit(c, &caller.actor, &number)
        })
        .await?;
    Ok(Json(loans.into_iter().map(Into::into).collect()))
}
