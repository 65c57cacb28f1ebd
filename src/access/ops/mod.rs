//! What is done with visits, one file per group of doings.

mod announce;
mod approval;
mod areas;
mod blocks;
mod chain;
mod consent;
mod corrections;
mod desk;
mod door_rules;
mod evidence;
mod gate;
mod goods;
mod holds;
mod invitation;
mod life;
mod list;
mod loan_items;
mod loan_list;
mod loan_steps;
mod loans;
mod merging;
mod numbers;
mod own;
mod people;
mod person;
mod places;
mod presence;
mod retention;
mod standing;
mod stepping;
mod sweep;
mod work;

use self::chain::{NewEntry, append};
use super::model::VisitEventKind;
use super::rows::Visit;
use super::state::VisitAction;
use crate::audit::{self, Event};
use crate::base::fault::Fault;
use crate::base::ids::{PersonId, VisitId};
use crate::identity::Actor;
use crate::store::Conn;
use crate::store::schema::visits;
use diesel::prelude::*;
use serde_json::Value;

pub use announce::{own_visit, visit_announce, walk_in};
pub use approval::{
    approval_rule_archive, approval_rule_by_id, approval_rule_create, approval_rule_list,
    approval_rule_update,
};
pub use areas::{
    area_archive, area_by_id, area_choices, area_create, area_list, area_occupancy, area_update,
};
pub use blocks::{block_by_id, block_lift, blocks_of_person, person_block};
pub use chain::{visit_chain_verify, visit_entries_forget};
pub use consent::{
    consent_add, consent_withdraw, consents_of_person, notice_add, notice_list, notice_withdraw,
    notices_now,
};
pub use corrections::visit_correct;
pub use desk::{badge_return, check_in, check_out};
pub use evidence::{visit_evidence, visit_evidence_note};
pub use gate::{is_block, notices_asked, refusal_note, visit_warnings};
pub use goods::{
    GoodsEvent, GoodsFilter, GoodsItem, GoodsLine, GoodsPass, GoodsRecord, goods_approve,
    goods_by_number, goods_cancel, goods_devices, goods_draft, goods_events_of, goods_export,
    goods_finish, goods_list, goods_refuse, goods_submit, goods_types,
};
pub use holds::{Hold, HoldSubject, hold_by_id, hold_lift, hold_set, hold_subject, holds_of};
pub use invitation::CONTACT_MAIL;
pub use life::{visit_approve, visit_cancel, visit_no_show, visit_refuse};
pub use list::{
    AtRack, VisitFilter, VisitScope, visit_by_number, visit_by_pass, visit_events_of, visit_export,
    visit_list, visits_at_rack,
};
pub use loan_items::{
    loan_item_archive, loan_item_create, loan_item_found, loan_item_lost, loan_item_update,
};
pub use loan_list::{
    loan_history, loan_item_by_id, loan_item_list, loan_items_in_stock, loans_of_visit, loans_out,
    staff_choices,
};
pub use loans::{loan_back, loan_to_staff, loan_to_visitor};
pub use merging::{Alike, MergePlan, merge_plan, people_alike, people_merge};
pub use own::{OwnStay, own_stays};
pub use people::{identity_reveal, people_known, person_by_id, person_search};
pub use person::{
    NumberRead, PeopleFilter, PersonVisit, number_reads, people_export, people_list, person_add,
    person_change, person_record, person_reveal, visits_of_person,
};
pub use places::{rack_choices, site_choices};
pub use presence::{people_at_rack, people_inside};
pub use retention::{
    Due, Forgotten, HoldOn, HoldRow, RetentionPlan, legal_hold_lift, legal_hold_list,
    legal_hold_place, retention_plan, retention_runs, retention_step,
};
pub use standing::{
    site_zone, standing_archive, standing_by_id, standing_create, standing_draft, standing_list,
    standing_update,
};
pub use stepping::{visit_step_in, visit_step_out};
pub use sweep::{Swept, visits_sweep};
pub use work::{visit_close, visit_device_choices};

/// A visit that the actor may see.
pub(super) fn visit_row(c: &mut Conn, actor: &Actor, number: &str) -> Result<Visit, Fault> {
    let mut query = visits::table
        .filter(visits::number.eq(number.trim().to_uppercase()))
        .into_boxed();
    if let Some(own) = actor.wall().customer() {
        query = query.filter(visits::customer_id.eq(own));
    }
    query
        .select(Visit::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// Appends an entry to a visit's record, and to the chain of all of them.
pub(super) fn note_event(
    c: &mut Conn,
    actor: &Actor,
    visit: VisitId,
    person: Option<PersonId>,
    kind: VisitEventKind,
    note: &str,
) -> Result<(), Fault> {
    let entry = NewEntry {
        visit,
        person,
        kind,
        note,
        corrects: None,
    };
    append(c, actor, &entry)
}

/// Leaves the audit entry of something done to a visit.
pub(super) fn audit_visit(
    c: &mut Conn,
    actor: &Actor,
    visit: &Visit,
    action: &'static str,
    detail: Value,
) -> Result<(), Fault> {
    let event = Event::new(action, "visit", visit.id.get(), &visit.number)
        .for_customer(visit.customer_id)
        .with(detail);
    audit::record(c, &actor.author(), actor.now, event)
}

/// Moves a visit along its table of transitions; the row tells the new state afterwards.
pub(super) fn advance(
    c: &mut Conn,
    actor: &Actor,
    visit: &mut Visit,
    action: VisitAction,
) -> Result<(), Fault> {
    let state = visit.state.after(action)?;
    let changed = diesel::update(
        visits::table
            .find(visit.id)
            .filter(visits::version.eq(visit.version)),
    )
    .set((
        visits::state.eq(state),
        visits::version.eq(visits::version + 1),
        visits::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    visit.state = state;
    visit.version += 1;
    Ok(())
}
