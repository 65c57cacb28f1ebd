//! Customers and contacts as CSV; the same columns both ways.

use super::model::{ContactDraft, CustomerDraft, CustomerFilter};
use super::ops::{
    contact_create, contact_list, contact_update, customer_archive, customer_by_code,
    customer_create, customer_list, customer_update,
};
use super::rows::{Contact, Customer};
use crate::base::change::Change;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::page::every_page;
use crate::identity::Actor;
use crate::store::Conn;

/// Columns of the kind `customers`; keyed by `code`.
pub const CUSTOMER_COLUMNS: &[&str] = &[
    "code",
    "name",
    "phone",
    "email",
    "address",
    "licence_number",
    "legal_representative",
    "locale",
    "note",
];

/// Columns of the kind `contacts`; keyed by `customer` and `name`.
pub const CONTACT_COLUMNS: &[&str] = &[
    "customer",
    "name",
    "title",
    "phone",
    "email",
    "locale",
    "may_announce",
    "receives_notices",
    "wants_reports",
    "note",
];

/// Creates or updates a customer from a row.
pub fn customer_import(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let draft = CustomerDraft::parse(row)?;
    let Some(there) = customer_by_code(c, &draft.code)? else {
        customer_create(c, actor, &draft)?;
        return Ok(Change::Created);
    };
    let mut version = there.version;
    if there.archived_at.is_some() {
        customer_archive(c, actor, there.id, version, false)?;
        version += 1;
    } else if customer_draft(&there) == draft {
        return Ok(Change::Unchanged);
    }
    customer_update(c, actor, there.id, version, &draft)?;
    Ok(Change::Updated)
}

fn customer_draft(there: &Customer) -> CustomerDraft {
    let there = there.clone();
    CustomerDraft {
        code: there.code,
        name: there.name,
        phone: there.phone,
        email: there.email,
        address: there.address,
        licence_number: there.licence_number,
        legal_representative: there.legal_representative,
        locale: there.locale,
        note: there.note,
    }
}

fn every_customer(c: &mut Conn, actor: &Actor) -> Result<Vec<Customer>, Fault> {
    let mut customers = Vec::new();
    every_page(|page| {
        let part = customer_list(c, actor, &CustomerFilter::default(), page)?;
        customers.extend(part.rows);
        Ok(part.next)
    })?;
    Ok(customers)
}

/// All live customers as rows.
pub fn customer_export(c: &mut Conn, actor: &Actor) -> Result<Vec<Vec<String>>, Fault> {
    let rows = every_customer(c, actor)?.into_iter().map(|customer| {
        vec![
            customer.code,
            customer.name,
            customer.phone,
            customer.email,
            customer.address,
            customer.licence_number,
            customer.legal_representative,
            customer.locale.to_string(),
            customer.note,
        ]
    });
    Ok(rows.collect())
}

/// Creates or updates a contact from a row.
pub fn contact_import(c: &mut Conn, actor: &Actor, row: &Fields) -> Result<Change, Fault> {
    let mut draft = ContactDraft::parse(row)?;
    let code = row.get("customer");
    let customer = customer_by_code(c, code)?.ok_or_else(|| {
        Fault::field(
            "customer",
            Message::new("fault-no-such-customer").with("code", code),
        )
    })?;
    let there = contact_list(c, actor, customer.id)?
        .into_iter()
        .find(|contact| contact.name == draft.name);
    // A file from before the column was there changes nothing of it.
    if let Some(there) = there.as_ref().filter(|_| !row.has("wants_reports")) {
        draft.wants_reports = there.wants_reports;
    }
    match there {
        None => contact_create(c, actor, customer.id, &draft).map(|_| Change::Created),
        Some(there) if contact_draft(&there) == draft => Ok(Change::Unchanged),
        Some(there) => {
            contact_update(c, actor, there.id, there.version, &draft)?;
            Ok(Change::Updated)
        }
    }
}

fn contact_draft(there: &Contact) -> ContactDraft {
    let there = there.clone();
    ContactDraft {
        name: there.name,
        title: there.title,
        phone: there.phone,
        email: there.email,
        locale: there.locale,
        may_announce: there.may_announce,
        receives_notices: there.receives_notices,
        wants_reports: there.wants_reports,
        note: there.note,
    }
}

/// All live contacts as rows.
pub fn contact_export(c: &mut Conn, actor: &Actor) -> Result<Vec<Vec<String>>, Fault> {
    let mut rows = Vec::new();
    let yes_no = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    for customer in every_customer(c, actor)? {
        for contact in contact_list(c, actor, customer.id)? {
            rows.push(vec![
                customer.code.clone(),
                contact.name,
                contact.title,
                contact.phone,
                contact.email,
                contact.locale.to_string(),
                yes_no(contact.may_announce),
                yes_no(contact.receives_notices),
                yes_no(contact.wants_reports),
                contact.note,
            ]);
        }
    }
    Ok(rows)
}
