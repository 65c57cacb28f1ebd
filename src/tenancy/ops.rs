//! What is done with customers and contacts.

use diesel::prelude::*;
use serde_json::json;

use super::model::{ContactDraft, CustomerDraft, CustomerFilter};
use super::rows::{Contact, Customer};
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::fold::contains_pattern;
use crate::base::ids::{ContactId, CustomerId};
use crate::base::page::{Page, PageRequest};
use crate::identity::{Actor, Permission};
use crate::search::{Searched, search_added, search_changed};
use crate::store::Conn;
use crate::store::schema::{contacts, customers, devices};

/// Customers by code, a page of them.
pub fn customer_list(
    c: &mut Conn,
    actor: &Actor,
    filter: &CustomerFilter,
    page: &PageRequest,
) -> Result<Page<Customer>, Fault> {
    actor.require(Permission::ViewCustomers)?;
    let mut query = customers::table.into_boxed();
    query = if filter.archived {
        query.filter(customers::archived_at.is_not_null())
    } else {
        query.filter(customers::archived_at.is_null())
    };
    if !filter.query.is_empty() {
        let pattern = contains_pattern(&filter.query);
        let code = contains_pattern(&filter.query).to_uppercase();
        query = query.filter(
            customers::name
                .like(pattern)
                .escape('\\')
                .or(customers::code.like(code).escape('\\')),
        );
    }
    // A building has hundreds of customers, not millions: cutting in memory keeps both engines alike.
    let all: Vec<Customer> = query
        .order(customers::code.asc())
        .select(Customer::as_select())
        .load(c)?;
    Ok(Page::cut(all, page, |customer| customer.code.clone()))
}

/// Live customers as choices for a form: id, code and name.
pub fn customer_choices(
    c: &mut Conn,
    actor: &Actor,
) -> Result<Vec<(CustomerId, String, String)>, Fault> {
    let mut query = customers::table
        .filter(customers::archived_at.is_null())
        .into_boxed();
    if let Some(own) = actor.wall().customer() {
        query = query.filter(customers::id.eq(own));
    }
    Ok(query
        .order(customers::code.asc())
        .select((customers::id, customers::code, customers::name))
        .load(c)?)
}

/// One customer.
pub fn customer_by_id(c: &mut Conn, actor: &Actor, id: CustomerId) -> Result<Customer, Fault> {
    actor.require(Permission::ViewCustomers)?;
    customers::table
        .find(id)
        .select(Customer::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// The customer of a code, for imports; archived ones too.
pub fn customer_by_code(c: &mut Conn, code: &str) -> Result<Option<Customer>, Fault> {
    Ok(customers::table
        .filter(customers::code.eq(code.trim().to_uppercase()))
        .select(Customer::as_select())
        .first(c)
        .optional()?)
}

/// The customer whose things are asked for by its code; archived ones too. To a customer every code but the own is one that
/// nobody has, so that none can be tried out.
pub fn customer_sought(c: &mut Conn, actor: &Actor, code: &str) -> Result<CustomerId, Fault> {
    customer_by_code(c, code)?
        .map(|customer| customer.id)
        .filter(|id| actor.wall().shows(Some(*id)))
        .ok_or_else(Fault::not_found)
}

fn refuse_taken_code(c: &mut Conn, code: &str, except: Option<CustomerId>) -> Result<(), Fault> {
    match customer_by_code(c, code)? {
        Some(other) if Some(other.id) != except => Err(Fault::field(
            "code",
            Message::new("fault-code-taken").with("name", other.name),
        )),
        _ => Ok(()),
    }
}

/// Adds a customer.
pub fn customer_create(
    c: &mut Conn,
    actor: &Actor,
    draft: &CustomerDraft,
) -> Result<CustomerId, Fault> {
    actor.require(Permission::EditCustomers)?;
    refuse_taken_code(c, &draft.code, None)?;
    let id: CustomerId = diesel::insert_into(customers::table)
        .values((
            customers::code.eq(&draft.code),
            customers::name.eq(&draft.name),
            customers::phone.eq(&draft.phone),
            customers::email.eq(&draft.email),
            customers::address.eq(&draft.address),
            customers::licence_number.eq(&draft.licence_number),
            customers::legal_representative.eq(&draft.legal_representative),
            customers::locale.eq(draft.locale),
            customers::note.eq(&draft.note),
            customers::created_at.eq(actor.now),
            customers::updated_at.eq(actor.now),
        ))
        .returning(customers::id)
        .get_result(c)?;
    search_added(c, Searched::Customer(id))?;
    let event = Event::new("customer.create", "customer", id.get(), &draft.code)
        .for_customer(Some(id))
        .with(json!({"name": draft.name}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Changes a customer; `version` is the one that was read.
pub fn customer_update(
    c: &mut Conn,
    actor: &Actor,
    id: CustomerId,
    version: i64,
    draft: &CustomerDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditCustomers)?;
    let before = customer_by_id(c, actor, id)?;
    refuse_taken_code(c, &draft.code, Some(id))?;
    let changed = diesel::update(
        customers::table
            .find(id)
            .filter(customers::version.eq(version)),
    )
    .set((
        customers::code.eq(&draft.code),
        customers::name.eq(&draft.name),
        customers::phone.eq(&draft.phone),
        customers::email.eq(&draft.email),
        customers::address.eq(&draft.address),
        customers::licence_number.eq(&draft.licence_number),
        customers::legal_representative.eq(&draft.legal_representative),
        customers::locale.eq(draft.locale),
        customers::note.eq(&draft.note),
        customers::version.eq(customers::version + 1),
        customers::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    search_changed(c, Searched::Customer(id))?;
    let event = Event::new("customer.update", "customer", id.get(), &draft.code).for_customer(Some(id)).with(json!({
        "before": {"code": before.code, "name": before.name, "phone": before.phone, "email": before.email},
        "after": {"code": draft.code, "name": draft.name, "phone": draft.phone, "email": draft.email},
    }));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Archives a customer that owns no installed machine, or brings one back.
pub fn customer_archive(
    c: &mut Conn,
    actor: &Actor,
    id: CustomerId,
    version: i64,
    archived: bool,
) -> Result<(), Fault> {
    actor.require(Permission::EditCustomers)?;
    let customer = customer_by_id(c, actor, id)?;
    if archived {
        let machines: i64 = devices::table
            .filter(devices::customer_id.eq(id))
            .filter(devices::archived_at.is_null())
            .count()
            .get_result(c)?;
        if machines > 0 {
            return Err(Fault::conflict(
                Message::new("fault-customer-has-devices").with("count", machines),
            ));
        }
    }
    let changed = diesel::update(
        customers::table
            .find(id)
            .filter(customers::version.eq(version)),
    )
    .set((
        customers::archived_at.eq(archived.then_some(actor.now)),
        customers::version.eq(customers::version + 1),
        customers::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    search_changed(c, Searched::Customer(id))?;
    let action = if archived {
        "customer.archive"
    } else {
        "customer.restore"
    };
    let event = Event::new(action, "customer", id.get(), customer.code).for_customer(Some(id));
    audit::record(c, &actor.author(), actor.now, event)
}

/// The live contacts of a customer, by name.
pub fn contact_list(
    c: &mut Conn,
    actor: &Actor,
    customer: CustomerId,
) -> Result<Vec<Contact>, Fault> {
    if actor.wall().customer().is_none() {
        actor.require(Permission::ViewCustomers)?;
    }
    if !actor.wall().shows(Some(customer)) {
        return Err(Fault::not_found());
    }
    Ok(contacts::table
        .filter(contacts::customer_id.eq(customer))
        .filter(contacts::archived_at.is_null())
        .order((contacts::name.asc(), contacts::id.asc()))
        .select(Contact::as_select())
        .load(c)?)
}

/// One contact.
pub fn contact_by_id(c: &mut Conn, actor: &Actor, id: ContactId) -> Result<Contact, Fault> {
    let contact: Option<Contact> = contacts::table
        .find(id)
        .select(Contact::as_select())
        .first(c)
        .optional()?;
    contact
        .filter(|contact| actor.wall().shows(Some(contact.customer_id)))
        .ok_or_else(Fault::not_found)
}

/// Adds a contact to a customer.
pub fn contact_create(
    c: &mut Conn,
    actor: &Actor,
    customer: CustomerId,
    draft: &ContactDraft,
) -> Result<ContactId, Fault> {
    actor.require(Permission::EditCustomers)?;
    let owner = customer_by_id(c, actor, customer)?;
    let id: ContactId = diesel::insert_into(contacts::table)
        .values((
            contacts::customer_id.eq(owner.id),
            contacts::name.eq(&draft.name),
            contacts::title.eq(&draft.title),
            contacts::phone.eq(&draft.phone),
            contacts::email.eq(&draft.email),
            contacts::locale.eq(draft.locale),
            contacts::may_announce.eq(draft.may_announce),
            contacts::receives_notices.eq(draft.receives_notices),
            contacts::wants_reports.eq(draft.wants_reports),
            contacts::note.eq(&draft.note),
            contacts::created_at.eq(actor.now),
            contacts::updated_at.eq(actor.now),
        ))
        .returning(contacts::id)
        .get_result(c)?;
    search_added(c, Searched::Contact(id))?;
    let event =
        Event::new("contact.create", "contact", id.get(), &draft.name).for_customer(Some(customer));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Changes a contact; `version` is the one that was read.
pub fn contact_update(
    c: &mut Conn,
    actor: &Actor,
    id: ContactId,
    version: i64,
    draft: &ContactDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditCustomers)?;
    let before = contact_by_id(c, actor, id)?;
    let changed = diesel::update(
        contacts::table
            .find(id)
            .filter(contacts::version.eq(version)),
    )
    .set((
        contacts::name.eq(&draft.name),
        contacts::title.eq(&draft.title),
        contacts::phone.eq(&draft.phone),
        contacts::email.eq(&draft.email),
        contacts::locale.eq(draft.locale),
        contacts::may_announce.eq(draft.may_announce),
        contacts::receives_notices.eq(draft.receives_notices),
        contacts::wants_reports.eq(draft.wants_reports),
        contacts::note.eq(&draft.note),
        contacts::version.eq(contacts::version + 1),
        contacts::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    search_changed(c, Searched::Contact(id))?;
    let event = Event::new("contact.update", "contact", id.get(), &draft.name)
        .for_customer(Some(before.customer_id))
        .with(json!({
            "before": {"name": before.name, "phone": before.phone, "email": before.email},
            "after": {"name": draft.name, "phone": draft.phone, "email": draft.email},
        }));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Archives a contact.
pub fn contact_archive(
    c: &mut Conn,
    actor: &Actor,
    id: ContactId,
    version: i64,
) -> Result<(), Fault> {
    actor.require(Permission::EditCustomers)?;
    let contact = contact_by_id(c, actor, id)?;
    let changed = diesel::update(
        contacts::table
            .find(id)
            .filter(contacts::version.eq(version)),
    )
    .set((
        contacts::archived_at.eq(actor.now),
        contacts::version.eq(contacts::version + 1),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    search_changed(c, Searched::Contact(id))?;
    let event = Event::new("contact.archive", "contact", id.get(), contact.name)
        .for_customer(Some(contact.customer_id));
    audit::record(c, &actor.author(), actor.now, event)
}
