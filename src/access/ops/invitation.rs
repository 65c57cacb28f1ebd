//! The mail to the contact who expects the visit, with the pass.

use crate::access::model::VisitDraft;
use crate::access::rows::{SiteName, Visit};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{ContactId, CustomerId};
use crate::identity::Actor;
use crate::notify::{self, QueuedMail, VisitAnnounced};
use crate::store::Conn;
use crate::tenancy::{Contact, contact_list};

/// The task to wake once an announced visit is committed.
pub const CONTACT_MAIL: &str = notify::MAILER;

/// The contact who gets the pass: the one that was picked, else the first who wants notices and has an address.
pub(super) fn contact(
    c: &mut Conn,
    actor: &Actor,
    customer: Option<CustomerId>,
    draft: &VisitDraft,
) -> Result<Option<ContactId>, Fault> {
    let Some(customer) = customer else {
        return match draft.host_contact_id {
            Some(_) => Err(wrong_contact()),
            None => Ok(None),
        };
    };
    let contacts = contact_list(c, actor, customer)?;
    let found = match draft.host_contact_id {
        Some(picked) => Some(
            contacts
                .iter()
                .find(|contact| contact.id == picked)
                .ok_or_else(wrong_contact)?,
        ),
        None => contacts
            .iter()
            .find(|contact| contact.receives_notices && !contact.email.is_empty()),
    };
    Ok(found.map(|contact| contact.id))
}

fn wrong_contact() -> Fault {
    Fault::field("host_contact_id", Message::new("visit-fault-contact"))
}

/// Queues the mail in the caller's transaction, when there is a contact with an address.
pub(super) fn send(
    c: &mut Conn,
    actor: &Actor,
    public_url: &str,
    visit: &Visit,
    site: &SiteName,
    visitors: &[String],
) -> Result<(), Fault> {
    let (Some(customer), Some(contact)) = (visit.customer_id, visit.host_contact_id) else {
        return Ok(());
    };
    let contact: Option<Contact> = contact_list(c, actor, customer)?
        .into_iter()
        .find(|known| known.id == contact);
    let Some(contact) = contact else {
        return Ok(());
    };
    let zone = site.zone()?;
    let purpose = if visit.purpose_text.is_empty() {
        visit.purpose.as_str()
    } else {
        &visit.purpose_text
    };
    let facts = VisitAnnounced {
        customer: host_name(c, actor, customer)?,
        site: site.name.clone(),
        address: site.address.clone(),
        from: visit.planned_from.local_minute(zone),
        until: visit.planned_until.local_minute(zone),
        offset: visit.planned_from.local_offset(zone),
        visitors: visitors.to_vec(),
        purpose: purpose.to_owned(),
        pass_code: visit.pass_code.clone(),
        url: format!("{public_url}/visits/{}", visit.number),
    };
    let mail = QueuedMail::visit_announced(&contact.email, &contact.name, contact.locale, &facts)?;
    let key = format!("visit.announced.{}", visit.number);
    notify::ops::mail_queue(c, &mail, Some(&key), actor.now)
}

fn host_name(c: &mut Conn, actor: &Actor, customer: CustomerId) -> Result<String, Fault> {
    Ok(crate::tenancy::customer_choices(c, actor)?
        .into_iter()
        .find(|(id, ..)| *id == customer)
        .map(|(_, _, name)| name)
        .unwrap_or_default())
}
