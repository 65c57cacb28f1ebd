//! Customers and their contacts.

use rocket::http::Status;
use rocket::{Route, State, get, post, routes};
use serde_json::json;

use super::entry::Said;
use super::saving::{Archive, changed};
use crate::access::HoldSubject;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{ContactId, CustomerId};
use crate::identity::Permission;
use crate::tenancy::{
    ContactDraft, Customer, CustomerDraft, CustomerFilter, contact_archive, contact_by_id,
    contact_create, contact_list, contact_update, csv, customer_archive, customer_by_id,
    customer_create, customer_list, customer_update,
};
use crate::web::csv_file::csv_answer;
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView};
use crate::web::view::{Answer, View, belongs_in_form, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        list,
        list_csv,
        new,
        create,
        show,
        edit,
        update,
        archive_dialog,
        archive,
        contact_new,
        contact_add,
        contact_edit,
        contact_save,
        contact_remove
    ]
}

#[get("/customers?<archived>&<query..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    archived: Option<bool>,
    query: ListQuery,
) -> Result<Answer, Failure> {
    let archived = archived.unwrap_or(false);
    let filter = CustomerFilter {
        query: query.text().to_owned(),
        archived,
    };
    let (actor, request) = (signed.actor.clone(), query.page());
    let page = web
        .store
        .read(move |c| customer_list(c, &actor, &filter, &request))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let rows = page
        .rows
        .iter()
        .map(|row| json!({"id": row.id, "code": row.code, "name": row.name, "phone": row.phone, "email": row.email}))
        .collect();
    let locale = signed.reader.locale;
    let list = ListView::new(
        web,
        locale,
        "/customers",
        &query,
        ("customers-empty", "customers-empty-text"),
    )
    .filter("archived", archived.then(|| "true".to_owned()), |_| {
        web.words.text(locale, "customers-archived")
    })
    .csv()
    .action(
        signed.actor.may(Permission::EditCustomers),
        "customers-new",
        "/customers/new",
    )
    .finish(&page, rows);
    let title = web.words.text(locale, "customers-title");
    View::new(
        web,
        &signed.reader,
        "customers/list.html",
        &title,
        "customers",
    )
    .flash(said.as_ref())
    .with("list", list)
    .answer()
}

#[get("/customers.csv")]
async fn list_csv(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| csv::customer_export(c, &actor))
        .await
        .and_then(|rows| csv_answer("customers", csv::CUSTOMER_COLUMNS, &rows))
        .map_err(|fault| signed.failure(fault))
}

fn form_view(
    web: &Web,
    signed: &Signed,
    there: Option<&Customer>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let (title, action, cancel) = match there {
        None => (
            web.words.text(locale, "customers-new"),
            "/customers/new".to_owned(),
            "/customers".to_owned(),
        ),
        Some(customer) => (
            web.words.say(
                locale,
                &Message::new("customers-edit").with("name", customer.name.as_str()),
            ),
            format!("/customers/{}/edit", customer.id),
            format!("/customers/{}", customer.id),
        ),
    };
    View::new(
        web,
        &signed.reader,
        "customers/form.html",
        &title,
        "customers",
    )
    .crumbs(&[(&web.words.text(locale, "customers-title"), "/customers")])
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("cancel_href", cancel)
    .status(if fault.is_some() {
        Status::UnprocessableEntity
    } else {
        Status::Ok
    })
    .answer()
}

#[get("/customers/new")]
async fn new(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    signed
        .actor
        .require(Permission::EditCustomers)
        .map_err(|fault| signed.failure(fault))?;
    let fields: Fields = [("locale", signed.reader.locale.as_str())]
        .into_iter()
        .collect();
    form_view(web, &signed, None, &fields, None)
}

#[post("/customers/new", data = "<form>")]
async fn create(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    let outcome = match CustomerDraft::parse(&form.fields) {
        Ok(draft) => {
            let actor = signed.actor.clone();
            web.store
                .write("customer.create", move |c| {
                    customer_create(c, &actor, &draft)
                })
                .await
        }
        Err(fault) => signed
            .actor
            .require(Permission::EditCustomers)
            .and(Err(fault)),
    };
    match outcome {
        Ok(id) => {
            let said = Message::new("customers-created")
                .with("code", form.fields.get("code").to_uppercase());
            Ok(done(
                web,
                signed.reader.locale,
                format!("/customers/{id}"),
                &said,
            ))
        }
        Err(fault) if belongs_in_form(&fault) => {
            form_view(web, &signed, None, &form.fields, Some(&fault))
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

#[get("/customers/<id>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
) -> Result<Answer, Failure> {
    let (actor, id) = (signed.actor.clone(), CustomerId::new(id));
    let (customer, contacts, holds) = web
        .store
        .read(move |c| {
            let customer = customer_by_id(c, &actor, id)?;
            let contacts = contact_list(c, &actor, id)?;
            let held = HoldSubject::Customer(id);
            let holds = super::holds::hold_section(c, &actor, held, ("", Some(id)))?;
            Ok((customer, contacts, holds))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    View::new(
        web,
        &signed.reader,
        "customers/show.html",
        &customer.name,
        "customers",
    )
    .crumbs(&[(
        &web.words.text(signed.reader.locale, "customers-title"),
        "/customers",
    )])
    .flash(said.as_ref())
    .with("customer", &customer)
    .with("contacts", &contacts)
    .with("holds", holds)
    .with("may_edit", signed.actor.may(Permission::EditCustomers))
    .answer()
}

async fn customer(web: &Web, signed: &Signed, id: i64) -> Result<Customer, Failure> {
    let actor = signed.actor.clone();
    actor
        .require(Permission::EditCustomers)
        .map_err(|fault| signed.failure(fault))?;
    web.store
        .read(move |c| customer_by_id(c, &actor, CustomerId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

#[get("/customers/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = customer(web, &signed, id).await?;
    let fields =
        Fields::from_json(&serde_json::to_value(&there).unwrap_or_default()).unwrap_or_default();
    form_view(web, &signed, Some(&there), &fields, None)
}

#[post("/customers/<id>/edit", data = "<form>")]
async fn update(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = customer(web, &signed, id).await?;
    let id = there.id;
    let outcome = changed(
        web,
        &signed,
        &form,
        "customer.update",
        CustomerDraft::parse,
        move |c, actor, version, draft| customer_update(c, actor, id, version, draft),
    )
    .await;
    match outcome {
        Ok(()) => Ok(done(
            web,
            signed.reader.locale,
            format!("/customers/{id}"),
            &Message::new("flash-saved"),
        )),
        Err(fault) if belongs_in_form(&fault) => {
            form_view(web, &signed, Some(&there), &form.fields, Some(&fault))
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

fn archive_of(there: &Customer) -> Archive<'_> {
    Archive {
        name: &there.name,
        action: format!("/customers/{}/archive", there.id),
        back: format!("/customers/{}", there.id),
        version: there.version,
        archived: there.archived_at.is_some(),
        consequence: "archive-consequence",
        section: "customers",
    }
}

#[get("/customers/<id>/archive")]
async fn archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = customer(web, &signed, id).await?;
    archive_of(&there).view(web, &signed, None)
}

#[post("/customers/<id>/archive", data = "<form>")]
async fn archive(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = customer(web, &signed, id).await?;
    let id = there.id;
    archive_of(&there)
        .post(
            web,
            &signed,
            &form,
            "customer.archive",
            move |c, actor, version, archive| customer_archive(c, actor, id, version, archive),
        )
        .await
}

/// Whose contact, and which one when it is there already.
struct ContactPlace {
    customer: Customer,
    contact: Option<ContactId>,
}

impl ContactPlace {
    fn action(&self) -> String {
        match self.contact {
            None => format!("/customers/{}/contacts/new", self.customer.id),
            Some(contact) => format!("/contacts/{contact}/edit"),
        }
    }

    fn back(&self) -> String {
        format!("/customers/{}", self.customer.id)
    }
}

fn contact_view(
    web: &Web,
    signed: &Signed,
    place: &ContactPlace,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let key = if place.contact.is_some() {
        "contacts-edit"
    } else {
        "contacts-new"
    };
    let title = web.words.say(
        locale,
        &Message::new(key).with("customer", place.customer.name.as_str()),
    );
    View::new(
        web,
        &signed.reader,
        "customers/contact_form.html",
        &title,
        "customers",
    )
    .crumbs(&[
        (&web.words.text(locale, "customers-title"), "/customers"),
        (&place.customer.name, &place.back()),
    ])
    .with(
        "form",
        form_context(web, locale, &place.action(), fields, fault),
    )
    .with("cancel_href", place.back())
    .with(
        "remove_action",
        place.contact.map(|id| format!("/contacts/{id}/archive")),
    )
    .status(if fault.is_some() {
        Status::UnprocessableEntity
    } else {
        Status::Ok
    })
    .answer()
}

#[get("/customers/<id>/contacts/new")]
async fn contact_new(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let customer = customer(web, &signed, id).await?;
    let fields: Fields = [
        ("locale", customer.locale.as_str()),
        ("may_announce", "yes"),
        ("receives_notices", "yes"),
    ]
    .into_iter()
    .collect();
    contact_view(
        web,
        &signed,
        &ContactPlace {
            customer,
            contact: None,
        },
        &fields,
        None,
    )
}

#[post("/customers/<id>/contacts/new", data = "<form>")]
async fn contact_add(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let place = ContactPlace {
        customer: customer(web, &signed, id).await?,
        contact: None,
    };
    let outcome = match ContactDraft::parse(&form.fields) {
        Ok(draft) => {
            let (actor, id) = (signed.actor.clone(), place.customer.id);
            web.store
                .write("contact.create", move |c| {
                    contact_create(c, &actor, id, &draft).map(|_| ())
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    contact_answer(web, &signed, &place, &form.fields, outcome)
}

fn contact_answer(
    web: &Web,
    signed: &Signed,
    place: &ContactPlace,
    fields: &Fields,
    outcome: Result<(), Fault>,
) -> Result<Answer, Failure> {
    match outcome {
        Ok(()) => Ok(done(
            web,
            signed.reader.locale,
            place.back(),
            &Message::new("flash-saved"),
        )),
        Err(fault) if belongs_in_form(&fault) => {
            contact_view(web, signed, place, fields, Some(&fault))
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

async fn contact_place(
    web: &Web,
    signed: &Signed,
    id: i64,
) -> Result<(ContactPlace, crate::tenancy::Contact), Failure> {
    let actor = signed.actor.clone();
    let (customer, contact) = web
        .store
        .read(move |c| {
            actor.require(Permission::EditCustomers)?;
            let contact = contact_by_id(c, &actor, ContactId::new(id))?;
            Ok((customer_by_id(c, &actor, contact.customer_id)?, contact))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    Ok((
        ContactPlace {
            customer,
            contact: Some(contact.id),
        },
        contact,
    ))
}

#[get("/contacts/<id>/edit")]
async fn contact_edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let (place, contact) = contact_place(web, &signed, id).await?;
    let fields =
        Fields::from_json(&serde_json::to_value(&contact).unwrap_or_default()).unwrap_or_default();
    contact_view(web, &signed, &place, &fields, None)
}

#[post("/contacts/<id>/edit", data = "<form>")]
async fn contact_save(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let (place, contact) = contact_place(web, &signed, id).await?;
    let parsed =
        ContactDraft::parse(&form.fields).and_then(|draft| Ok((draft, version(&form.fields)?)));
    let outcome = match parsed {
        Ok((draft, version)) => {
            let actor = signed.actor.clone();
            web.store
                .write("contact.update", move |c| {
                    contact_update(c, &actor, contact.id, version, &draft)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    contact_answer(web, &signed, &place, &form.fields, outcome)
}

#[post("/contacts/<id>/archive", data = "<form>")]
async fn contact_remove(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let (place, contact) = contact_place(web, &signed, id).await?;
    let actor = signed.actor.clone();
    let outcome = match version(&form.fields) {
        Ok(version) => {
            web.store
                .write("contact.archive", move |c| {
                    contact_archive(c, &actor, contact.id, version)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    contact_answer(web, &signed, &place, &form.fields, outcome)
}
