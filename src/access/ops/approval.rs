//! Rules that approve a customer's visit without asking anyone.

use diesel::prelude::*;
use serde_json::json;

use super::areas::{live_site, require_staff};
use crate::access::admission::ApprovalRuleDraft;
use crate::access::rows::{ApprovalRule, Person, SiteName, Visit};
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{ApprovalRuleId, CustomerId, PersonId, RackId};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{approval_rules, customers, racks, visit_people};

/// Live rules by site and name. Not for customers.
pub fn approval_rule_list(c: &mut Conn, actor: &Actor) -> Result<Vec<ApprovalRule>, Fault> {
    require_staff(actor)?;
    Ok(approval_rules::table
        .filter(approval_rules::archived_at.is_null())
        .order((
            approval_rules::site_id.asc(),
            approval_rules::name.asc(),
            approval_rules::id.asc(),
        ))
        .select(ApprovalRule::as_select())
        .load(c)?)
}

/// One rule. Not for customers.
pub fn approval_rule_by_id(
    c: &mut Conn,
    actor: &Actor,
    id: ApprovalRuleId,
) -> Result<ApprovalRule, Fault> {
    require_staff(actor)?;
    approval_rules::table
        .find(id)
        .select(ApprovalRule::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// Refuses a customer that is not there.
pub(super) fn known_customer(c: &mut Conn, id: Option<CustomerId>) -> Result<(), Fault> {
    let Some(id) = id else {
        return Ok(());
    };
    let found: Option<CustomerId> = customers::table
        .find(id)
        .select(customers::id)
        .first(c)
        .optional()?;
    match found {
        Some(_) => Ok(()),
        None => Err(Fault::field(
            "customer_id",
            Message::new("visit-fault-customer"),
        )),
    }
}

/// Adds a rule.
pub fn approval_rule_create(
    c: &mut Conn,
    actor: &Actor,
    draft: &ApprovalRuleDraft,
) -> Result<ApprovalRuleId, Fault> {
    actor.require(Permission::ManageAccess)?;
    live_site(c, draft.site_id)?;
    known_customer(c, draft.customer_id)?;
    let id: ApprovalRuleId = diesel::insert_into(approval_rules::table)
        .values((
            approval_rules::site_id.eq(draft.site_id),
            approval_rules::name.eq(&draft.name),
            approval_rules::customer_id.eq(draft.customer_id),
            approval_rules::known_person.eq(draft.known_person),
            approval_rules::own_rack.eq(draft.own_rack),
            approval_rules::weekdays.eq(draft.hours.weekdays),
            approval_rules::from_minute.eq(draft.hours.from_minute),
            approval_rules::until_minute.eq(draft.hours.until_minute),
            approval_rules::escort_required.eq(draft.escort_required),
            approval_rules::created_at.eq(actor.now),
            approval_rules::updated_at.eq(actor.now),
        ))
        .returning(approval_rules::id)
        .get_result(c)?;
    let event = Event::new(
        "approval_rule.create",
        "approval_rule",
        id.get(),
        &draft.name,
    )
    .with(facts(draft));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

fn facts(draft: &ApprovalRuleDraft) -> serde_json::Value {
    json!({
        "site_id": draft.site_id, "customer_id": draft.customer_id,
        "known_person": draft.known_person, "own_rack": draft.own_rack,
        "weekdays": draft.hours.days(), "from": draft.hours.from_time(),
        "until": draft.hours.until_time(), "escort_required": draft.escort_required,
    })
}

/// Changes a rule; `version` is the one that was read.
pub fn approval_rule_update(
    c: &mut Conn,
    actor: &Actor,
    id: ApprovalRuleId,
    version: i64,
    draft: &ApprovalRuleDraft,
) -> Result<(), Fault> {
    actor.require(Permission::ManageAccess)?;
    approval_rule_by_id(c, actor, id)?;
    live_site(c, draft.site_id)?;
    known_customer(c, draft.customer_id)?;
    let changed = diesel::update(
        approval_rules::table
            .find(id)
            .filter(approval_rules::version.eq(version)),
    )
    .set((
        approval_rules::site_id.eq(draft.site_id),
        approval_rules::name.eq(&draft.name),
        approval_rules::customer_id.eq(draft.customer_id),
        approval_rules::known_person.eq(draft.known_person),
        approval_rules::own_rack.eq(draft.own_rack),
        approval_rules::weekdays.eq(draft.hours.weekdays),
        approval_rules::from_minute.eq(draft.hours.from_minute),
        approval_rules::until_minute.eq(draft.hours.until_minute),
        approval_rules::escort_required.eq(draft.escort_required),
        approval_rules::version.eq(approval_rules::version + 1),
        approval_rules::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let event = Event::new(
        "approval_rule.update",
        "approval_rule",
        id.get(),
        &draft.name,
    )
    .with(facts(draft));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Archives a rule, or brings one back.
pub fn approval_rule_archive(
    c: &mut Conn,
    actor: &Actor,
    id: ApprovalRuleId,
    version: i64,
    archived: bool,
) -> Result<(), Fault> {
    actor.require(Permission::ManageAccess)?;
    let rule = approval_rule_by_id(c, actor, id)?;
    let changed = diesel::update(
        approval_rules::table
            .find(id)
            .filter(approval_rules::version.eq(version)),
    )
    .set((
        approval_rules::archived_at.eq(archived.then_some(actor.now)),
        approval_rules::version.eq(approval_rules::version + 1),
        approval_rules::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let action = if archived {
        "approval_rule.archive"
    } else {
        "approval_rule.restore"
    };
    let event = Event::new(action, "approval_rule", id.get(), rule.name);
    audit::record(c, &actor.author(), actor.now, event)
}

/// The first rule of the site that approves a visit which was just written down.
pub(super) fn approving_rule(
    c: &mut Conn,
    site: &SiteName,
    visit: &Visit,
    people: &[Person],
    rack_ids: &[RackId],
) -> Result<Option<ApprovalRule>, Fault> {
    let rules: Vec<ApprovalRule> = approval_rules::table
        .filter(approval_rules::site_id.eq(site.id))
        .filter(approval_rules::archived_at.is_null())
        .order((approval_rules::name.asc(), approval_rules::id.asc()))
        .select(ApprovalRule::as_select())
        .load(c)?;
    if rules.is_empty() {
        return Ok(None);
    }
    let known = all_known(c, visit, people)?;
    let own = all_own(c, visit, rack_ids)?;
    let zone = site.zone()?;
    Ok(rules.into_iter().find(|rule| {
        let of_customer = rule.customer_id.is_none() || rule.customer_id == visit.customer_id;
        let hours = rule
            .hours()
            .hold_all(visit.planned_from, visit.planned_until, zone);
        of_customer && hours && (known || !rule.known_person) && (own || !rule.own_rack)
    }))
}

/// Whether everyone of a visit came in once before, on another one.
fn all_known(c: &mut Conn, visit: &Visit, people: &[Person]) -> Result<bool, Fault> {
    let ids: Vec<PersonId> = people.iter().map(|person| person.id).collect();
    let came: Vec<PersonId> = visit_people::table
        .filter(visit_people::person_id.eq_any(ids.clone()))
        .filter(visit_people::visit_id.ne(visit.id))
        .filter(visit_people::checked_in_at.is_not_null())
        .select(visit_people::person_id)
        .distinct()
        .load(c)?;
    Ok(ids.iter().all(|id| came.contains(id)))
}

/// Whether a visit names racks and its customer owns each of them.
fn all_own(c: &mut Conn, visit: &Visit, rack_ids: &[RackId]) -> Result<bool, Fault> {
    let Some(customer) = visit.customer_id else {
        return Ok(false);
    };
    let own: i64 = racks::table
        .filter(racks::id.eq_any(rack_ids.to_vec()))
        .filter(racks::customer_id.eq(customer))
        .count()
        .get_result(c)?;
    Ok(own > 0 && usize::try_from(own).is_ok_and(|own| own == rack_ids.len()))
}
