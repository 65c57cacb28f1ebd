//! `/api/v1/customers`.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::listing::{ApiQuery, Listing};
use super::one::{One, versioned};
use crate::base::ids::CustomerId;
use crate::identity::Permission;
use crate::tenancy::{
    Customer, CustomerDraft, CustomerFilter, customer_archive, customer_by_id, customer_create,
    customer_list, customer_update,
};
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, create, update, archive]
}

/// A customer as programs see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerJson {
    id: i64,
    code: String,
    name: String,
    phone: String,
    email: String,
    address: String,
    licence_number: String,
    legal_representative: String,
    /// `zh-CN` or `en`.
    locale: String,
    note: String,
    /// RFC 3339, null while live.
    archived_at: Option<String>,
    /// Send it back with a change.
    version: i64,
}

versioned!(CustomerJson: version);

impl From<Customer> for CustomerJson {
    fn from(customer: Customer) -> Self {
        Self {
            id: customer.id.get(),
            code: customer.code,
            name: customer.name,
            phone: customer.phone,
            email: customer.email,
            address: customer.address,
            licence_number: customer.licence_number,
            legal_representative: customer.legal_representative,
            locale: customer.locale.to_string(),
            note: customer.note,
            archived_at: customer.archived_at.map(|at| at.to_rfc3339()),
            version: customer.version,
        }
    }
}

/// Customers by code.
#[utoipa::path(get, path = "/api/v1/customers", tag = "customers",
    params(ApiQuery, ("archived" = Option<bool>, Query, description = "The archived ones instead of the live ones.")),
    responses((status = 200, body = Listing<CustomerJson>)))]
#[get("/customers?<archived>&<query..>")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    query: ApiQuery,
    archived: Option<bool>,
) -> Result<Json<Listing<CustomerJson>>, Failure> {
    let filter = CustomerFilter {
        query: query.text(),
        archived: archived.unwrap_or(false),
    };
    let page = query.page();
    let found = web
        .store
        .read(move |c| customer_list(c, &caller.actor, &filter, &page))
        .await?;
    Ok(Json(Listing::from_page(found)))
}

/// One customer.
#[utoipa::path(get, path = "/api/v1/customers/{id}", tag = "customers",
    responses((status = 200, body = CustomerJson), (status = 404)))]
#[get("/customers/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<CustomerJson>, Failure> {
    let customer = web
        .store
        .read(move |c| customer_by_id(c, &caller.actor, CustomerId::new(id)))
        .await?;
    Ok(One(customer.into()))
}

/// Adds a customer; the body has the fields of the CSV kind `customers`.
#[utoipa::path(post, path = "/api/v1/customers", tag = "customers", request_body = Object,
    responses((status = 201, body = CustomerJson), (status = 422)))]
#[post("/customers", data = "<body>")]
pub(super) async fn create(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<Json<CustomerJson>>, Failure> {
    caller.actor.require(Permission::EditCustomers)?;
    let draft = CustomerDraft::parse(&body.fields)?;
    let customer = web
        .store
        .write("customer.create", move |c| {
            let id = customer_create(c, &caller.actor, &draft)?;
            customer_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(customer.into())))
}

/// Changes a customer; the body has all fields and the `version` that was read.
#[utoipa::path(put, path = "/api/v1/customers/{id}", tag = "customers", request_body = Object,
    responses((status = 200, body = CustomerJson), (status = 404), (status = 409), (status = 422)))]
#[put("/customers/<id>", data = "<body>")]
pub(super) async fn update(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<CustomerJson>, Failure> {
    caller.actor.require(Permission::EditCustomers)?;
    let draft = CustomerDraft::parse(&body.fields)?;
    let version = body.condition()?;
    let id = CustomerId::new(id);
    let customer = web
        .store
        .write("customer.update", move |c| {
            let version = version.held(customer_by_id(c, &caller.actor, id)?.version)?;
            customer_update(c, &caller.actor, id, version, &draft)?;
            customer_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(customer.into()))
}

/// Archives a customer who has nothing any more (`archived` yes), or brings one back (no); with the `version` that was read.
#[utoipa::path(post, path = "/api/v1/customers/{id}/archive", tag = "customers", request_body = Object,
    responses((status = 200, body = CustomerJson), (status = 404), (status = 409), (status = 422)))]
#[post("/customers/<id>/archive", data = "<body>")]
pub(super) async fn archive(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<CustomerJson>, Failure> {
    caller.actor.require(Permission::EditCustomers)?;
    let (version, archived) = (body.condition()?, body.fields.yes("archived"));
    let id = CustomerId::new(id);
    let changed = web
        .store
        .write("customer.archive", move |c| {
            let version = version.held(customer_by_id(c, &caller.actor, id)?.version)?;
            customer_archive(c, &caller.actor, id, version, archived)?;
            customer_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}
