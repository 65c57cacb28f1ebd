//! What is done with visits, one file per group of doings.

mod announce;
mod chain;
mod desk;
mod evidence;
mod invitation;
mod life;
mod list;
mod people;
mod places;
mod presence;

use diesel::prelude::*;
use serde_json::Value;

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

pub use announce::{own_visit, visit_announce, walk_in};
pub use chain::{visit_chain_verify, visit_entries_forget};
pub use desk::{badge_return, check_in, check_out};
pub use evidence::{visit_evidence, visit_evidence_note};
pub use invitation::CONTACT_MAIL;
pub use life::{
    visit_approve, visit_cancel, visit_close, visit_correct, visit_no_show, visit_refuse,
};
pub use list::{
    AtRack, VisitFilter, VisitScope, visit_by_number, visit_by_pass, visit_events_of, visit_export,
    visit_list, visits_at_rack,
};
pub use people::{identity_reveal, person_by_id, person_search};
pub use places::{rack_choices, site_choices};
pub use presence::{people_at_rack, people_inside};

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
