//! `/api/v1/customers/{id}/contacts` and `/api/v1/contacts`: people who may act for a customer; for staff.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::one::{One, versioned};
use crate::base::ids::{ContactId, CustomerId};
use crate::identity::Permission;
use crate::tenancy::{
    Contact, ContactDraft, contact_archive, contact_by_id, contact_create, contact_list,
    contact_update, customer_by_id,
};
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, create, update, archive]
}

/// A person who may act for a customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactJson {
    id: i64,
    customer_id: i64,
    name: String,
    /// What they are there.
    title: String,
    phone: String,
    email: String,
    /// `zh-CN` or `en`.
    locale: String,
    may_announce: bool,
    receives_notices: bool,
    wants_reports: bool,
    note: String,
    /// RFC 3339, null while live.
    archived_at: Option<String>,
    /// Send it back with a change.
    version: i64,
}

versioned!(ContactJson: version);

impl From<Contact> for ContactJson {
    fn from(contact: Contact) -> Self {
        Self {
            id: contact.id.get(),
            customer_id: contact.customer_id.get(),
            name: contact.name,
            title: contact.title,
            phone: contact.phone,
            email: contact.email,
            locale: contact.locale.to_string(),
            may_announce: contact.may_announce,
            receives_notices: contact.receives_notices,
            wants_reports: contact.wants_reports,
            note: contact.note,
            archived_at: contact.archived_at.map(|at| at.to_rfc3339()),
            version: contact.version,
        }
    }
}

/// The live contacts of a customer by name.
#[utoipa::path(get, path = "/api/v1/customers/{id}/contacts", tag = "customers",
    responses((status = 200, body = Vec<ContactJson>), (status = 404)))]
#[get("/customers/<id>/contacts")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<Vec<ContactJson>>, Failure> {
    let found = web
        .store
        .read(move |c| {
            let customer = customer_by_id(c, &caller.actor, CustomerId::new(id))?.id;
            contact_list(c, &caller.actor, customer)
        })
        .await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

/// One contact.
#[utoipa::path(get, path = "/api/v1/contacts/{id}", tag = "customers",
    responses((status = 200, body = ContactJson), (status = 404)))]
#[get("/contacts/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<ContactJson>, Failure> {
    let found = web
        .store
        .read(move |c| {
            caller.actor.require(Permission::ViewCustomers)?;
            contact_by_id(c, &caller.actor, ContactId::new(id))
        })
        .await?;
    Ok(One(found.into()))
}

/// Adds a contact: `name`, `title`, `phone`, `email`, `locale`, `may_announce`, `receives_notices`, `wants_reports`, `note`.
#[utoipa::path(post, path = "/api/v1/customers/{id}/contacts", tag = "customers", request_body = Object,
    responses((status = 201, body = ContactJson), (status = 404), (status = 422)))]
#[post("/customers/<id>/contacts", data = "<body>")]
pub(super) async fn create(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<status::Custom<One<ContactJson>>, Failure> {
    caller.actor.require(Permission::EditCustomers)?;
    let draft = ContactDraft::parse(&body.fields)?;
    let made = web
        .store
        .write("contact.create", move |c| {
            let id = contact_create(c, &caller.actor, CustomerId::new(id), &draft)?;
            contact_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, One(made.into())))
}

/// Changes a contact; the body has all fields and the `version` that was read.
#[utoipa::path(put, path = "/api/v1/contacts/{id}", tag = "customers", request_body = Object,
    responses((status = 200, body = ContactJson), (status = 404), (status = 409), (status = 422)))]
#[put("/contacts/<id>", data = "<body>")]
pub(super) async fn update(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<ContactJson>, Failure> {
    caller.actor.require(Permission::EditCustomers)?;
    let (draft, version) = (ContactDraft::parse(&body.fields)?, body.condition()?);
    let id = ContactId::new(id);
    let changed = web
        .store
        .write("contact.update", move |c| {
            let version = version.held(contact_by_id(c, &caller.actor, id)?.version)?;
            contact_update(c, &caller.actor, id, version, &draft)?;
            contact_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}

/// Archives a contact for good; the body has the `version` that was read.
#[utoipa::path(post, path = "/api/v1/contacts/{id}/archive", tag = "customers", request_body = Object,
    responses((status = 200, body = ContactJson), (status = 404), (status = 409), (status = 422)))]
#[post("/contacts/<id>/archive", data = "<body>")]
pub(super) async fn archive(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<ContactJson>, Failure> {
    caller.actor.require(Permission::EditCustomers)?;
    let version = body.condition()?;
    let id = ContactId::new(id);
    let changed = web
        .store
        .write("contact.archive", move |c| {
            let version = version.held(contact_by_id(c, &caller.actor, id)?.version)?;
            contact_archive(c, &caller.actor, id, version)?;
            contact_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}
