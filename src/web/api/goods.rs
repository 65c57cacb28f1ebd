//! `/api/v1/goods` and `/api/v1/holds`.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::listing::{ApiQuery, Listing};
use super::one::{One, versioned};
use crate::access::{
    Direction, GoodsFilter, GoodsLine, GoodsRecord, GoodsState, Hold, HoldDraft, HoldSubject,
    goods_approve, goods_by_number, goods_cancel, goods_draft, goods_finish, goods_list,
    goods_refuse, goods_submit, hold_by_id, hold_lift, hold_set, holds_of,
};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{CustomerId, DeviceId, HoldId};
use crate::base::time::Timestamp;
use crate::identity::Permission;
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        list,
        show,
        create,
        submit,
        approve,
        refuse,
        cancel,
        finish,
        hold,
        lift,
        device_holds,
        device_hold,
        customer_holds,
        customer_hold
    ]
}

/// An item of a goods pass.
#[derive(Debug, Serialize, ToSchema)]
pub struct GoodsItemJson {
    description: String,
    serial: String,
    count: i64,
    /// Name of the device on record.
    device: Option<String>,
    device_id: Option<i64>,
    /// Maker and model of what comes onto record when it passes the door.
    device_type: Option<String>,
    /// Name of the rack that it goes into; null is the stock of the site.
    rack: Option<String>,
    unit: String,
}

impl From<GoodsLine> for GoodsItemJson {
    fn from(line: GoodsLine) -> Self {
        Self {
            description: line.item.description,
            serial: line.item.serial,
            count: line.item.count,
            device: line.device,
            device_id: line.item.device_id.map(|id| id.get()),
            device_type: line.device_type,
            rack: line.rack,
            unit: line.item.unit,
        }
    }
}

/// A goods pass as programs see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct GoodsJson {
    /// `G-2026-000001`.
    number: String,
    /// `in` or `out`.
    direction: String,
    /// `drafted`, `submitted`, `approved`, `done`, `refused` or `cancelled`.
    state: String,
    /// Code of the site.
    site: String,
    /// Code of the customer; null for the operator itself.
    customer: Option<String>,
    /// Number of the visit.
    visit: Option<String>,
    carrier_name: String,
    carrier_company: String,
    vehicle_plate: String,
    note: String,
    drafted_by: String,
    /// RFC 3339.
    drafted_at: String,
    released_by: String,
    /// RFC 3339.
    released_at: Option<String>,
    done_by: String,
    /// RFC 3339.
    done_at: Option<String>,
    items: Vec<GoodsItemJson>,
    /// Counts its changes.
    version: i64,
}

versioned!(GoodsJson: version, HoldJson: version);

impl From<GoodsRecord> for GoodsJson {
    fn from(record: GoodsRecord) -> Self {
        let pass = record.pass;
        Self {
            number: pass.number,
            direction: pass.direction.to_string(),
            state: pass.state.to_string(),
            site: record.site.code,
            customer: record.customer.map(|owner| owner.code),
            visit: record.visit,
            carrier_name: pass.carrier_name,
            carrier_company: pass.carrier_company,
            vehicle_plate: pass.vehicle_plate,
            note: pass.note,
            drafted_by: pass.created_by_name,
            drafted_at: pass.created_at.to_rfc3339(),
            released_by: pass.released_by_name,
            released_at: pass.released_at.map(Timestamp::to_rfc3339),
            done_by: pass.done_by_name,
            done_at: pass.done_at.map(Timestamp::to_rfc3339),
            items: record.items.into_iter().map(Into::into).collect(),
            version: pass.version,
        }
    }
}

/// A hold as programs see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct HoldJson {
    id: i64,
    /// The device that is held back.
    device_id: Option<i64>,
    /// The customer whose goods are all held back.
    customer_id: Option<i64>,
    /// `unpaid`, `evidence` or `other`.
    kind: String,
    reason: String,
    set_by: String,
    /// RFC 3339.
    set_at: String,
    lifted_by: String,
    /// RFC 3339; null while it is in force.
    lifted_at: Option<String>,
    lift_reason: String,
    /// Counts its changes.
    version: i64,
}

impl From<Hold> for HoldJson {
    fn from(hold: Hold) -> Self {
        Self {
            id: hold.id.get(),
            device_id: hold.device_id.map(|id| id.get()),
            customer_id: hold.customer_id.map(|id| id.get()),
            kind: hold.kind.to_string(),
            reason: hold.reason,
            set_by: hold.set_by_name,
            set_at: hold.set_at.to_rfc3339(),
            lifted_by: hold.lifted_by_name,
            lifted_at: hold.lifted_at.map(Timestamp::to_rfc3339),
            lift_reason: hold.lift_reason,
            version: hold.version,
        }
    }
}

/// Goods passes, the latest first. `state` is `drafted`, `submitted`, `approved`, `done`, `refused` or `cancelled`;
/// `direction` is `in` or `out`.
#[utoipa::path(get, path = "/api/v1/goods", tag = "goods",
    params(ApiQuery, ("state" = Option<String>, Query), ("direction" = Option<String>, Query),
        ("device" = Option<i64>, Query), ("customer" = Option<i64>, Query)),
    responses((status = 200, body = Listing<GoodsJson>)))]
#[get("/goods?<state>&<direction>&<device>&<customer>&<query..>")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    state: Option<String>,
    direction: Option<String>,
    device: Option<i64>,
    customer: Option<i64>,
    query: ApiQuery,
) -> Result<Json<Listing<GoodsJson>>, Failure> {
    let state = match state {
        None => None,
        Some(word) => Some(GoodsState::from_word(&word).ok_or_else(|| {
            let message = Message::new("fault-choice").with("allowed", GoodsState::words());
            Fault::field("state", message)
        })?),
    };
    let direction = match direction {
        None => None,
        Some(word) => Some(Direction::from_word(&word).ok_or_else(|| {
            let message = Message::new("fault-choice").with("allowed", Direction::words());
            Fault::field("direction", message)
        })?),
    };
    let filter = GoodsFilter {
        query: query.text(),
        state,
        direction,
        device: device.map(DeviceId::new),
        customer: customer.map(CustomerId::new),
        ..GoodsFilter::default()
    };
    let page = query.page();
    let found = web
        .store
        .read(move |c| goods_list(c, &caller.actor, &filter, &page))
        .await?;
    Ok(Json(Listing::from_page(found)))
}

/// One goods pass.
#[utoipa::path(get, path = "/api/v1/goods/{number}", tag = "goods",
    responses((status = 200, body = GoodsJson), (status = 404)))]
#[get("/goods/<number>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    number: &str,
) -> Result<One<GoodsJson>, Failure> {
    let number = number.to_owned();
    let record = web
        .store
        .read(move |c| goods_by_number(c, &caller.actor, &number))
        .await?;
    Ok(One(record.into()))
}

/// Writes a goods pass down and hands it in: `direction`, `carrier_name` or `visit`, and items: `device` (name, serial number or
/// asset tag on record) or `description` with `count`, and if wanted `serial`, then with `_2` to `_12`. Staff also give
/// `site_id`, `customer_id`, and for what comes in `device_type_id`, `rack_id`, `unit`, `face` of each item. If wanted
/// `carrier_company`, `vehicle_plate`, `note`; `keep` keeps it as a draft.
#[utoipa::path(post, path = "/api/v1/goods", tag = "goods", request_body = Object,
    responses((status = 201, body = GoodsJson), (status = 422)))]
#[post("/goods", data = "<body>")]
pub(super) async fn create(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<Json<GoodsJson>>, Failure> {
    let record = web
        .store
        .write("goods.draft", move |c| {
            let number = goods_draft(c, &caller.actor, &body.fields)?;
            goods_by_number(c, &caller.actor, &number)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(record.into())))
}

/// Hands a draft in.
#[utoipa::path(post, path = "/api/v1/goods/{number}/submit", tag = "goods", request_body = Object,
    responses((status = 200, body = GoodsJson), (status = 404), (status = 409)))]
#[post("/goods/<number>/submit", data = "<_body>")]
pub(super) async fn submit(
    web: &State<Web>,
    caller: Caller,
    number: &str,
    _body: Body,
) -> Result<One<GoodsJson>, Failure> {
    let number = number.to_owned();
    let record = web
        .store
        .write("goods.step", move |c| {
            goods_submit(c, &caller.actor, &number)?;
            goods_by_number(c, &caller.actor, &number)
        })
        .await?;
    Ok(One(record.into()))
}

/// Lets the goods pass the door; what goes out is released by somebody who did not draft the pass. `note` if wanted.
#[utoipa::path(post, path = "/api/v1/goods/{number}/approve", tag = "goods", request_body = Object,
    responses((status = 200, body = GoodsJson), (status = 404), (status = 409)))]
#[post("/goods/<number>/approve", data = "<body>")]
pub(super) async fn approve(
    web: &State<Web>,
    caller: Caller,
    number: &str,
    body: Body,
) -> Result<One<GoodsJson>, Failure> {
    let number = number.to_owned();
    let record = web
        .store
        .write("goods.step", move |c| {
            goods_approve(c, &caller.actor, &number, body.fields.get("note"))?;
            goods_by_number(c, &caller.actor, &number)
        })
        .await?;
    Ok(One(record.into()))
}

/// Does not let the goods pass; `note` says why.
#[utoipa::path(post, path = "/api/v1/goods/{number}/refuse", tag = "goods", request_body = Object,
    responses((status = 200, body = GoodsJson), (status = 404), (status = 409), (status = 422)))]
#[post("/goods/<number>/refuse", data = "<body>")]
pub(super) async fn refuse(
    web: &State<Web>,
    caller: Caller,
    number: &str,
    body: Body,
) -> Result<One<GoodsJson>, Failure> {
    let number = number.to_owned();
    let record = web
        .store
        .write("goods.step", move |c| {
            goods_refuse(c, &caller.actor, &number, body.fields.get("note"))?;
            goods_by_number(c, &caller.actor, &number)
        })
        .await?;
    Ok(One(record.into()))
}

/// Calls it off; `note` if wanted.
#[utoipa::path(post, path = "/api/v1/goods/{number}/cancel", tag = "goods", request_body = Object,
    responses((status = 200, body = GoodsJson), (status = 404), (status = 409)))]
#[post("/goods/<number>/cancel", data = "<body>")]
pub(super) async fn cancel(
    web: &State<Web>,
    caller: Caller,
    number: &str,
    body: Body,
) -> Result<One<GoodsJson>, Failure> {
    let number = number.to_owned();
    let record = web
        .store
        .write("goods.step", move |c| {
            goods_cancel(c, &caller.actor, &number, body.fields.get("note"))?;
            goods_by_number(c, &caller.actor, &number)
        })
        .await?;
    Ok(One(record.into()))
}

/// The goods were checked and passed the door: the inventory says so with the answer. `note` if wanted.
#[utoipa::path(post, path = "/api/v1/goods/{number}/done", tag = "goods", request_body = Object,
    responses((status = 200, body = GoodsJson), (status = 404), (status = 409), (status = 422)))]
#[post("/goods/<number>/done", data = "<body>")]
pub(super) async fn finish(
    web: &State<Web>,
    caller: Caller,
    number: &str,
    body: Body,
) -> Result<One<GoodsJson>, Failure> {
    let number = number.to_owned();
    let record = web
        .store
        .write("goods.step", move |c| {
            goods_finish(c, &caller.actor, &number, body.fields.get("note"))?;
            goods_by_number(c, &caller.actor, &number)
        })
        .await?;
    Ok(One(record.into()))
}

/// One hold.
#[utoipa::path(get, path = "/api/v1/holds/{id}", tag = "goods",
    responses((status = 200, body = HoldJson), (status = 404)))]
#[get("/holds/<id>")]
pub(super) async fn hold(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<HoldJson>, Failure> {
    let hold = web
        .store
        .read(move |c| hold_by_id(c, &caller.actor, HoldId::new(id)))
        .await?;
    Ok(One(hold.into()))
}

/// Lifts a hold; `reason` says why. One of kind `evidence` is lifted by somebody else than who set it.
#[utoipa::path(post, path = "/api/v1/holds/{id}/lift", tag = "goods", request_body = Object,
    responses((status = 200, body = HoldJson), (status = 404), (status = 409), (status = 422)))]
#[post("/holds/<id>/lift", data = "<body>")]
pub(super) async fn lift(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<HoldJson>, Failure> {
    let hold = web
        .store
        .write("hold.lift", move |c| {
            let reason = body.fields.get("reason");
            hold_lift(c, &caller.actor, HoldId::new(id), reason)
        })
        .await?;
    Ok(One(hold.into()))
}

async fn holds_on(
    web: &Web,
    caller: Caller,
    subject: HoldSubject,
) -> Result<Json<Vec<HoldJson>>, Failure> {
    let holds = web
        .store
        .read(move |c| holds_of(c, &caller.actor, subject))
        .await?;
    Ok(Json(holds.into_iter().map(Into::into).collect()))
}

async fn hold_on(
    web: &Web,
    caller: Caller,
    subject: HoldSubject,
    body: Body,
) -> Result<status::Custom<Json<HoldJson>>, Failure> {
    caller.actor.require(Permission::SetHolds)?;
    let draft = HoldDraft::parse(&body.fields)?;
    let hold = web
        .store
        .write("hold.set", move |c| {
            let id = hold_set(c, &caller.actor, subject, &draft)?;
            hold_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(hold.into())))
}

/// Holds on a device, those in force first.
#[utoipa::path(get, path = "/api/v1/devices/{id}/holds", tag = "goods",
    responses((status = 200, body = Vec<HoldJson>), (status = 404)))]
#[get("/devices/<id>/holds")]
pub(super) async fn device_holds(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<Vec<HoldJson>>, Failure> {
    holds_on(web, caller, HoldSubject::Device(DeviceId::new(id))).await
}

/// Holds a device back in the building: `kind` (`unpaid`, `evidence` or `other`) and `reason`.
#[utoipa::path(post, path = "/api/v1/devices/{id}/holds", tag = "goods", request_body = Object,
    responses((status = 201, body = HoldJson), (status = 404), (status = 422)))]
#[post("/devices/<id>/holds", data = "<body>")]
pub(super) async fn device_hold(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<status::Custom<Json<HoldJson>>, Failure> {
    hold_on(web, caller, HoldSubject::Device(DeviceId::new(id)), body).await
}

/// Holds on all goods of a customer, those in force first.
#[utoipa::path(get, path = "/api/v1/customers/{id}/holds", tag = "goods",
    responses((status = 200, body = Vec<HoldJson>), (status = 404)))]
#[get("/customers/<id>/holds")]
pub(super) async fn customer_holds(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<Vec<HoldJson>>, Failure> {
    holds_on(web, caller, HoldSubject::Customer(CustomerId::new(id))).await
}

/// Holds all goods of a customer back: `kind` (`unpaid`, `evidence` or `other`) and `reason`.
#[utoipa::path(post, path = "/api/v1/customers/{id}/holds", tag = "goods", request_body = Object,
    responses((status = 201, body = HoldJson), (status = 404), (status = 422)))]
#[post("/customers/<id>/holds", data = "<body>")]
pub(super) async fn customer_hold(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<status::Custom<Json<HoldJson>>, Failure> {
    hold_on(
        web,
        caller,
        HoldSubject::Customer(CustomerId::new(id)),
        body,
    )
    .await
}
