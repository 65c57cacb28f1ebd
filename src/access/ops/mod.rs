//! What is done with visits, one file per group of doings.

mod announce;
mod blocks;
mod consent;
mod desk;
mod gate;
mod invitation;
mod life;
mod list;
mod merging;
mod people;
mod person;
mod places;
mod presence;
mod retention;

use diesel::prelude::*;
use serde_json::Value;

use super::model::VisitEventKind;
use super::rows::Visit;
use super::state::VisitAction;
use crate::audit::{self, Event};
use crate::base::fault::Fault;
use crate::base::ids::{PersonId, VisitId};
use crate::identity::Actor;
use crate::store::Conn;
use crate::store::schema::{visit_events, visits};

pub use announce::{own_visit, visit_announce, walk_in};
pub use blocks::{block_by_id, block_lift, blocks_of_person, person_block};
pub use consent::{
    consent_add, consent_withdraw, consents_of_person, notice_add, notice_list, notice_withdraw,
    notices_now,
};
pub use desk::{badge_return, check_in, check_out};
pub use gate::{is_block, notices_asked, refusal_note, visit_warnings};
pub use invitation::CONTACT_MAIL;
pub use life::{
    visit_approve, visit_cancel, visit_close, visit_correct, visit_no_show, visit_refuse,
};
pub use list::{
    AtRack, VisitFilter, VisitScope, visit_by_number, visit_by_pass, visit_events_of, visit_export,
    visit_list, visits_at_rack,
};
pub use merging::{Alike, MergePlan, merge_plan, people_alike, people_merge};
pub use people::{identity_reveal, person_by_id, person_search};
pub use person::{
    NumberRead, PeopleFilter, PersonVisit, number_reads, people_export, people_list, person_add,
    person_change, person_record, person_reveal, visits_of_person,
};
pub use places::{rack_choices, site_choices};
pub use presence::{people_at_rack, people_inside};
pub use retention::{
    Due, Forgotten, HoldOn, HoldRow, RetentionPlan, legal_hold_lift, legal_hold_list, legal_hold_place,
    retention_plan, retention_runs, retention_step,
};

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

/// Appends an entry to a visit's record.
pub(super) fn note_event(
    c: &mut Conn,
    actor: &Actor,
    visit: VisitId,
    person: Option<PersonId>,
    kind: VisitEventKind,
    note: &str,
) -> Result<(), Fault> {
    diesel::insert_into(visit_events::table)
        .values((
            visit_events::visit_id.eq(visit),
            visit_events::person_id.eq(person),
            visit_events::at.eq(actor.now),
            visit_events::event.eq(kind),
            visit_events::author_user_id.eq(actor.user_id),
            visit_events::author_name.eq(&actor.name),
            visit_events::remote.eq(&actor.remote),
            visit_events::note.eq(note),
        ))
        .execute(c)?;
    Ok(())
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
