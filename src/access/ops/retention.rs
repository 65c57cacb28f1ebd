//! Forgetting: numbers and names are taken out when they are no longer needed, unless a legal hold stops it.

use diesel::dsl::not;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::json;

use super::chain::visit_entries_forget;
use super::person::live_record;
use super::visit_row;
use crate::access::document::DocumentKind;
use crate::access::person_model::KeptFor;
use crate::access::rows::LegalHold;
use crate::access::state::VisitState;
use crate::audit::{self, Entry, Event, Filter};
use crate::base::fault::{Fault, Message};
use crate::base::fold::fold;
use crate::base::ids::{LegalHoldId, PersonId, VisitId};
use crate::base::text;
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::search::{Searched, search_changed};
use crate::store::Conn;
use crate::store::schema::{goods_passes, legal_holds, people, visit_people, visits};

/// Runs shown on the page.
const SHOWN_RUNS: i64 = 20;

/// What is due now, and what a hold keeps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Due {
    /// Would go.
    pub due: i64,
    /// Would go but for a legal hold.
    pub held: i64,
}

/// What forgetting would do now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RetentionPlan {
    /// Visits that lose their words.
    pub visits: Due,
    /// People that lose their names.
    pub people: Due,
    /// People that lose the number of their document.
    pub numbers: Due,
}

/// What one step did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Visits that lost their words.
    pub visits: usize,
    /// People that lost their names.
    pub people: usize,
    /// People that lost the number of their document.
    pub numbers: usize,
}

impl Forgotten {
    /// Whether there was nothing to do.
    pub const fn is_nothing(self) -> bool {
        self.visits == 0 && self.people == 0 && self.numbers == 0
    }
}

/// What holds keep: visits, and people with all who were on a held visit.
struct Held {
    visits: Vec<VisitId>,
    people: Vec<PersonId>,
}

fn held(c: &mut Conn) -> Result<Held, Fault> {
    let holds: Vec<LegalHold> = legal_holds::table
        .filter(legal_holds::lifted_at.is_null())
        .select(LegalHold::as_select())
        .load(c)?;
    let mut visits: Vec<VisitId> = holds.iter().filter_map(|hold| hold.visit_id).collect();
    let mut people: Vec<PersonId> = holds.iter().filter_map(|hold| hold.person_id).collect();
    let on_held: Vec<PersonId> = visit_people::table
        .filter(visit_people::visit_id.eq_any(visits.clone()))
        .select(visit_people::person_id)
        .load(c)?;
    let of_held: Vec<VisitId> = visit_people::table
        .filter(visit_people::person_id.eq_any(people.clone()))
        .select(visit_people::visit_id)
        .load(c)?;
    people.extend(on_held);
    visits.extend(of_held);
    people.sort();
    people.dedup();
    visits.sort();
    visits.dedup();
    Ok(Held { visits, people })
}

type People<'a> = people::BoxedQuery<'a, <Conn as diesel::Connection>::Backend>;
type Visits<'a> = visits::BoxedQuery<'a, <Conn as diesel::Connection>::Backend>;

/// Records that nobody came under since an instant.
fn unseen_since(since: Timestamp) -> People<'static> {
    let recent = visits::table
        .filter(
            visits::planned_until
                .ge(since)
                .or(visits::updated_at.ge(since))
                .or(visits::state.eq(VisitState::CheckedIn)),
        )
        .select(visits::id);
    let seen = visit_people::table
        .filter(visit_people::visit_id.eq_any(recent))
        .select(visit_people::person_id);
    people::table
        .filter(people::merged_into_id.is_null())
        .filter(people::created_at.lt(since))
        .filter(not(people::id.eq_any(seen)))
        .into_boxed()
}

fn names_due(since: Timestamp) -> People<'static> {
    unseen_since(since).filter(people::anonymised_at.is_null())
}

fn numbers_due(since: Timestamp) -> People<'static> {
    unseen_since(since).filter(people::identity_kind.ne(DocumentKind::None))
}

fn visits_due(since: Timestamp) -> Visits<'static> {
    visits::table
        .filter(visits::anonymised_at.is_null())
        .filter(visits::planned_until.lt(since))
        .filter(visits::updated_at.lt(since))
        .filter(visits::state.ne(VisitState::CheckedIn))
        .into_boxed()
}

/// What forgetting would do now; changes nothing.
pub fn retention_plan(c: &mut Conn, actor: &Actor, keep: KeptFor) -> Result<RetentionPlan, Fault> {
    actor.require(Permission::ViewPeople)?;
    let held = held(c)?;
    let (names, numbers) = (
        keep.visits_before(actor.now),
        keep.numbers_before(actor.now),
    );
    let count = |c: &mut Conn, all: People<'static>, kept: People<'static>| -> Result<Due, Fault> {
        let all: i64 = all.count().get_result(c)?;
        let kept: i64 = kept.count().get_result(c)?;
        Ok(Due {
            due: all - kept,
            held: kept,
        })
    };
    let of_held = |query: People<'static>| query.filter(people::id.eq_any(held.people.clone()));
    let all: i64 = visits_due(names).count().get_result(c)?;
    let kept: i64 = visits_due(names)
        .filter(visits::id.eq_any(held.visits.clone()))
        .count()
        .get_result(c)?;
    Ok(RetentionPlan {
        visits: Due {
            due: all - kept,
            held: kept,
        },
        people: count(c, names_due(names), of_held(names_due(names)))?,
        numbers: count(c, numbers_due(numbers), of_held(numbers_due(numbers)))?,
    })
}

/// Forgets at most so many of each kind; nothing left to do gives nothing, so it may run as often as it likes.
pub fn retention_step(
    c: &mut Conn,
    actor: &Actor,
    keep: KeptFor,
    most: i64,
) -> Result<Forgotten, Fault> {
    actor.require(Permission::ManagePrivacy)?;
    let held = held(c)?;
    let (names, numbers) = (
        keep.visits_before(actor.now),
        keep.numbers_before(actor.now),
    );
    let of_numbers: Vec<PersonId> = numbers_due(numbers)
        .filter(people::id.ne_all(held.people.clone()))
        .order(people::id.asc())
        .limit(most)
        .select(people::id)
        .load(c)?;
    for id in &of_numbers {
        forget_number(c, actor, *id)?;
    }
    let of_names: Vec<PersonId> = names_due(names)
        .filter(people::id.ne_all(held.people.clone()))
        .order(people::id.asc())
        .limit(most)
        .select(people::id)
        .load(c)?;
    for id in &of_names {
        forget_number(c, actor, *id)?;
        forget_name(c, actor, *id)?;
    }
    let of_visits: Vec<(VisitId, String)> = visits_due(names)
        .filter(visits::id.ne_all(held.visits.clone()))
        .order(visits::id.asc())
        .limit(most)
        .select((visits::id, visits::number))
        .load(c)?;
    for (id, number) in &of_visits {
        forget_words(c, actor, *id, number)?;
    }
    let done = Forgotten {
        visits: of_visits.len(),
        people: of_names.len(),
        numbers: of_numbers.len(),
    };
    if !done.is_nothing() {
        let visits: Vec<VisitId> = of_visits.iter().map(|(id, _)| *id).collect();
        let event = Event::new("privacy.retention", "privacy", 0, "")
            .with(json!({"visits": visits, "people": of_names, "numbers": of_numbers}));
        audit::record(c, &actor.author(), actor.now, event)?;
    }
    Ok(done)
}

/// The record and those that were merged into it.
fn with_merged(c: &mut Conn, id: PersonId) -> Result<Vec<PersonId>, Fault> {
    let mut ids: Vec<PersonId> = people::table
        .filter(people::merged_into_id.eq(id))
        .select(people::id)
        .load(c)?;
    ids.push(id);
    Ok(ids)
}

fn forget_number(c: &mut Conn, actor: &Actor, id: PersonId) -> Result<(), Fault> {
    let ids = with_merged(c, id)?;
    diesel::update(people::table.filter(people::id.eq_any(ids)))
        .set((
            people::identity_kind.eq(DocumentKind::None),
            people::identity_sealed.eq(None::<Vec<u8>>),
            people::identity_fingerprint.eq(None::<String>),
            people::identity_masked.eq(""),
            people::version.eq(people::version + 1),
            people::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    Ok(())
}

fn forget_name(c: &mut Conn, actor: &Actor, id: PersonId) -> Result<(), Fault> {
    for one in with_merged(c, id)? {
        diesel::update(people::table.find(one))
            .set((
                people::name.eq(format!("#{one}")),
                people::company.eq(""),
                people::phone.eq(""),
                people::email.eq(""),
                people::nationality.eq(""),
                people::vehicle_plate.eq(""),
                people::note.eq(""),
                people::search_folded.eq(""),
                people::anonymised_at.eq(actor.now),
                people::version.eq(people::version + 1),
                people::updated_at.eq(actor.now),
            ))
            .execute(c)?;
        visit_entries_forget(c, one)?;
        diesel::update(goods_passes::table.filter(goods_passes::carrier_person_id.eq(one)))
            .set((
                goods_passes::carrier_name.eq(format!("#{one}")),
                goods_passes::carrier_company.eq(""),
                goods_passes::vehicle_plate.eq(""),
            ))
            .execute(c)?;
    }
    Ok(())
}

fn forget_words(c: &mut Conn, actor: &Actor, id: VisitId, number: &str) -> Result<(), Fault> {
    diesel::update(visits::table.find(id))
        .set((
            visits::purpose_text.eq(""),
            visits::escort_name.eq(""),
            visits::note.eq(""),
            visits::search_folded.eq(fold(number)),
            visits::anonymised_at.eq(actor.now),
        ))
        .execute(c)?;
    diesel::update(visit_people::table.filter(visit_people::visit_id.eq(id)))
        .set((visit_people::badge_note.eq(""), visit_people::note.eq("")))
        .execute(c)?;
    search_changed(c, Searched::Visit(id))
}

/// What a hold is on.
#[derive(Debug, Clone)]
pub enum HoldOn {
    /// A person.
    Person(PersonId),
    /// A visit, by its number.
    Visit(String),
}

/// Puts a legal hold on a person or a visit: nothing of it is forgotten until it is lifted.
pub fn legal_hold_place(
    c: &mut Conn,
    actor: &Actor,
    on: &HoldOn,
    reason: &str,
) -> Result<LegalHoldId, Fault> {
    actor.require(Permission::ManagePrivacy)?;
    let reason = text::required_line("reason", reason, 300)?;
    let (person, visit) = match on {
        HoldOn::Person(id) => (Some(live_record(c, *id)?.id), None),
        HoldOn::Visit(number) => (None, Some(visit_row(c, actor, number)?.id)),
    };
    let id: LegalHoldId = diesel::insert_into(legal_holds::table)
        .values((
            legal_holds::person_id.eq(person),
            legal_holds::visit_id.eq(visit),
            legal_holds::reason.eq(&reason),
            legal_holds::placed_by_name.eq(&actor.name),
            legal_holds::placed_at.eq(actor.now),
        ))
        .returning(legal_holds::id)
        .get_result(c)?;
    let event = Event::new("privacy.hold", "legal_hold", id.get(), "")
        .with(json!({"person_id": person, "visit_id": visit, "reason": reason}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Lifts a legal hold.
pub fn legal_hold_lift(c: &mut Conn, actor: &Actor, id: LegalHoldId) -> Result<(), Fault> {
    actor.require(Permission::ManagePrivacy)?;
    let found: Option<LegalHold> = legal_holds::table
        .find(id)
        .select(LegalHold::as_select())
        .first(c)
        .optional()?;
    if found.ok_or_else(Fault::not_found)?.lifted_at.is_some() {
        return Err(Fault::conflict(Message::new("people-fault-lifted")));
    }
    diesel::update(legal_holds::table.find(id))
        .set((
            legal_holds::lifted_at.eq(actor.now),
            legal_holds::lifted_by_name.eq(&actor.name),
        ))
        .execute(c)?;
    let event = Event::new("privacy.unhold", "legal_hold", id.get(), "");
    audit::record(c, &actor.author(), actor.now, event)
}

/// A hold with what it is on.
#[derive(Debug, Clone, Serialize)]
pub struct HoldRow {
    /// The hold.
    #[serde(flatten)]
    pub hold: LegalHold,
    /// Name of the person.
    pub person: Option<String>,
    /// Number of the visit.
    pub visit: Option<String>,
}

/// Holds that were not lifted, newest first.
pub fn legal_hold_list(c: &mut Conn, actor: &Actor) -> Result<Vec<HoldRow>, Fault> {
    actor.require(Permission::ViewPeople)?;
    let rows: Vec<(LegalHold, Option<String>, Option<String>)> = legal_holds::table
        .left_join(people::table)
        .left_join(visits::table)
        .filter(legal_holds::lifted_at.is_null())
        .order(legal_holds::id.desc())
        .select((
            LegalHold::as_select(),
            people::name.nullable(),
            visits::number.nullable(),
        ))
        .load(c)?;
    Ok(rows
        .into_iter()
        .map(|(hold, person, visit)| HoldRow {
            hold,
            person,
            visit,
        })
        .collect())
}

/// The last runs that forgot something, newest first, from the audit log.
pub fn retention_runs(c: &mut Conn, actor: &Actor) -> Result<Vec<Entry>, Fault> {
    actor.require(Permission::ViewPeople)?;
    let filter = Filter {
        action: Some("privacy.retention".to_owned()),
        limit: SHOWN_RUNS,
        ..Filter::default()
    };
    audit::list(c, &filter)
}
