//! The mail to the contact who expects the visit, with the pass.

use super::places::site_of;
use crate::access::model::VisitDraft;
use crate::access::rows::{SiteName, Visit};
use crate::access::state::VisitState;
use crate::base::fault::{Fault, Message};
use crate::base::ids::{ContactId, CustomerId};
use crate::identity::Actor;
use crate::notify::{self, QueuedMail, VisitAnnounced, VisitCancelled, VisitDates};
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
    let Some((customer, contact)) = holder(c, actor, visit)? else {
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
        dates: Some(VisitDates {
            pass_url: format!("{public_url}/visits/pass?code={}", visit.pass_code),
            ..dates(actor, visit, site)
        }),
    };
    let mail = QueuedMail::visit_announced(&contact.email, &contact.name, contact.locale, &facts)?;
    let key = format!("visit.announced.{}", visit.number);
    notify::ops::mail_queue(c, &mail, Some(&key), actor.now)
}

/// The customer of a visit, and the contact who has its pass.
fn holder(
    c: &mut Conn,
    actor: &Actor,
    visit: &Visit,
) -> Result<Option<(CustomerId, Contact)>, Fault> {
    let (Some(customer), Some(contact)) = (visit.customer_id, visit.host_contact_id) else {
        return Ok(None);
    };
    let contacts = contact_list(c, actor, customer)?;
    let found = contacts.into_iter().find(|known| known.id == contact);
    Ok(found.map(|contact| (customer, contact)))
}

/// What a calendar entry of the visit is made of.
fn dates(actor: &Actor, visit: &Visit, site: &SiteName) -> VisitDates {
    VisitDates {
        number: visit.number.clone(),
        uid: format!(
            "{}.{}@{}",
            visit.number,
            visit.created_at.millis(),
            site.code
        ),
        sequence: visit.version,
        written_at_ms: actor.now.millis(),
        from_ms: visit.planned_from.millis(),
        until_ms: visit.planned_until.millis(),
        pass_url: String::new(),
    }
}

/// Queues the mail that takes the pass back, in the caller's transaction: the visit was called off, or the operator
/// declined.
pub(super) fn recall(
    c: &mut Conn,
    actor: &Actor,
    visit: &Visit,
    reason: &str,
) -> Result<(), Fault> {
    let Some((customer, contact)) = holder(c, actor, visit)? else {
        return Ok(());
    };
    let site = site_of(c, visit)?;
    let zone = site.zone()?;
    let facts = VisitCancelled {
        customer: host_name(c, actor, customer)?,
        site: site.name.clone(),
        from: visit.planned_from.local_minute(zone),
        until: visit.planned_until.local_minute(zone),
        offset: visit.planned_from.local_offset(zone),
        reason: reason.to_owned(),
        is_refused: visit.state == VisitState::Refused,
        dates: dates(actor, visit, &site),
    };
    let mail = QueuedMail::visit_cancelled(&contact.email, &contact.name, contact.locale, &facts)?;
    let key = format!("visit.cancelled.{}", visit.number);
    notify::ops::mail_queue(c, &mail, Some(&key), actor.now)
}

fn host_name(c: &mut Conn, actor: &Actor, customer: CustomerId) -> Result<String, Fault> {
    Ok(crate::tenancy::customer_choices(c, actor)?
        .into_iter()
        .find(|(id, ..)| *id == customer)
        .map(|(_, _, name)| name)
        .unwrap_or_default())
}
