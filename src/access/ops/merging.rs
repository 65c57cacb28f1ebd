//! Records that may be of one person, and making one of two.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use serde::Serialize;
use serde_json::json;

use super::people::folded;
use super::person::{live_record, person_record};
use crate::access::document::DocumentKind;
use crate::access::person_model::LikeKind;
use crate::access::rows::Person;
use crate::access::rows::PersonRecord;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::fold::fold;
use crate::base::ids::{CustomerId, PersonId, VisitId};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{
    consents, goods_passes, legal_holds, people, person_blocks, standing_permissions, visit_people,
};

/// Groups on the page.
const MOST_GROUPS: usize = 200;

/// Records that may be of one person.
#[derive(Debug, Clone, Serialize)]
pub struct Alike {
    /// What they have in common.
    pub why: LikeKind,
    /// Two or more.
    pub people: Vec<Person>,
}

fn may_be_one(one: Option<CustomerId>, other: Option<CustomerId>) -> bool {
    one.is_none() || other.is_none() || one == other
}

/// Records with the same document, telephone, or name and company, strongest likeness first; at most 200 groups.
/// Those of different customers are kept apart.
pub fn people_alike(c: &mut Conn, actor: &Actor) -> Result<Vec<Alike>, Fault> {
    actor.require(Permission::ViewPeople)?;
    let all: Vec<Person> = people::table
        .filter(people::merged_into_id.is_null())
        .filter(people::anonymised_at.is_null())
        .order(people::id.asc())
        .limit(100_000)
        .select(Person::as_select())
        .load(c)?;
    Ok(groups(&all))
}

fn groups(all: &[Person]) -> Vec<Alike> {
    let mut found: Vec<Alike> = Vec::new();
    for why in LikeKind::ALL {
        let mut by_key: BTreeMap<String, Vec<&Person>> = BTreeMap::new();
        for person in all {
            if let Some(key) = likeness(*why, person) {
                by_key.entry(key).or_default().push(person);
            }
        }
        for people in by_key.into_values() {
            let Some(first) = people.first() else {
                continue;
            };
            let owner = people.iter().find_map(|person| person.customer_id);
            let fits = |person: &&&Person| may_be_one(person.customer_id, owner);
            let together: Vec<Person> = people
                .iter()
                .filter(fits)
                .map(|one| (*one).clone())
                .collect();
            let ids: Vec<PersonId> = together.iter().map(|person| person.id).collect();
            let is_known = found.iter().any(|group| {
                let there: Vec<PersonId> = group.people.iter().map(|person| person.id).collect();
                ids.iter().all(|id| there.contains(id))
            });
            let is_alone = together.len() < 2 || first.name.is_empty();
            if !is_alone && !is_known && found.len() < MOST_GROUPS {
                found.push(Alike {
                    why: *why,
                    people: together,
                });
            }
        }
    }
    found
}

fn likeness(why: LikeKind, person: &Person) -> Option<String> {
    match why {
        LikeKind::Document => person.identity_fingerprint.clone(),
        LikeKind::Phone => (!person.phone.is_empty()).then(|| person.phone.clone()),
        LikeKind::Name => (!person.company.is_empty())
            .then(|| format!("{}\n{}", fold(&person.name), fold(&person.company))),
    }
}

/// Into which record each of these was merged; those that were not are missing.
pub(super) fn merged_into(
    c: &mut Conn,
    ids: Vec<PersonId>,
) -> Result<HashMap<PersonId, PersonId>, Fault> {
    let rows: Vec<(PersonId, Option<PersonId>)> = people::table
        .filter(people::id.eq_any(ids))
        .filter(people::merged_into_id.is_not_null())
        .select((people::id, people::merged_into_id))
        .load(c)?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, into)| Some((id, into?)))
        .collect())
}

/// What becomes of two records that are made one.
#[derive(Debug, Clone, Serialize)]
pub struct MergePlan {
    /// The record that stays.
    pub keep: PersonRecord,
    /// The record that is read through it from then on.
    pub lose: PersonRecord,
    /// Visits that move.
    pub visits: i64,
    /// Blocks that move.
    pub blocks: i64,
    /// Agreements that move.
    pub consents: i64,
    /// Legal holds that move.
    pub holds: i64,
}

/// What would move, for the page that asks once more.
pub fn merge_plan(
    c: &mut Conn,
    actor: &Actor,
    keep: PersonId,
    lose: PersonId,
) -> Result<MergePlan, Fault> {
    actor.require(Permission::MergePeople)?;
    person_record(c, actor, keep)?;
    person_record(c, actor, lose)?;
    let (keep, lose) = (live_record(c, keep)?, live_record(c, lose)?);
    if keep.id == lose.id {
        return Err(Fault::conflict(Message::new("people-fault-same")));
    }
    if !may_be_one(keep.customer_id, lose.customer_id) {
        return Err(Fault::conflict(Message::new("people-fault-walls")));
    }
    let is_inside: i64 = visit_people::table
        .filter(visit_people::person_id.eq(lose.id))
        .filter(visit_people::checked_in_at.is_not_null())
        .filter(visit_people::checked_out_at.is_null())
        .count()
        .get_result(c)?;
    if is_inside > 0 {
        let message = Message::new("people-fault-inside").with("name", lose.name.as_str());
        return Err(Fault::conflict(message));
    }
    let visits = movable(c, keep.id, lose.id)?;
    Ok(MergePlan {
        visits: i64::try_from(visits.len()).unwrap_or(i64::MAX),
        blocks: person_blocks::table
            .filter(person_blocks::person_id.eq(lose.id))
            .count()
            .get_result(c)?,
        consents: consents::table
            .filter(consents::person_id.eq(lose.id))
            .count()
            .get_result(c)?,
        holds: legal_holds::table
            .filter(legal_holds::person_id.eq(lose.id))
            .count()
            .get_result(c)?,
        keep,
        lose,
    })
}

/// Visits of one that the other is not on as well.
fn movable(c: &mut Conn, keep: PersonId, lose: PersonId) -> Result<Vec<VisitId>, Fault> {
    let own: Vec<VisitId> = visit_people::table
        .filter(visit_people::person_id.eq(keep))
        .select(visit_people::visit_id)
        .load(c)?;
    let theirs: Vec<VisitId> = visit_people::table
        .filter(visit_people::person_id.eq(lose))
        .select(visit_people::visit_id)
        .load(c)?;
    Ok(theirs
        .into_iter()
        .filter(|visit| !own.contains(visit))
        .collect())
}

/// Makes one of two records: visits, blocks, agreements, holds, standing permissions and goods passes move; what the one
/// lacks it takes from the other.
/// Entries of visits stay as they were written. `versions` are those that were read: of the one that stays, of the other.
pub fn people_merge(
    c: &mut Conn,
    actor: &Actor,
    keep: PersonId,
    lose: PersonId,
    versions: (i64, i64),
) -> Result<(), Fault> {
    let plan = merge_plan(c, actor, keep, lose)?;
    if (plan.keep.version, plan.lose.version) != versions {
        return Err(Fault::stale());
    }
    for visit in movable(c, keep, lose)? {
        let row = visit_people::table
            .filter(visit_people::visit_id.eq(visit))
            .filter(visit_people::person_id.eq(lose));
        diesel::update(row)
            .set(visit_people::person_id.eq(keep))
            .execute(c)?;
    }
    diesel::update(person_blocks::table.filter(person_blocks::person_id.eq(lose)))
        .set(person_blocks::person_id.eq(keep))
        .execute(c)?;
    diesel::update(consents::table.filter(consents::person_id.eq(lose)))
        .set(consents::person_id.eq(keep))
        .execute(c)?;
    diesel::update(legal_holds::table.filter(legal_holds::person_id.eq(lose)))
        .set(legal_holds::person_id.eq(keep))
        .execute(c)?;
    diesel::update(standing_permissions::table.filter(standing_permissions::person_id.eq(lose)))
        .set(standing_permissions::person_id.eq(keep))
        .execute(c)?;
    diesel::update(goods_passes::table.filter(goods_passes::carrier_person_id.eq(lose)))
        .set(goods_passes::carrier_person_id.eq(keep))
        .execute(c)?;
    take_over(c, actor, &plan)?;
    // Records that were merged into the one that goes are read through the one that stays.
    diesel::update(people::table.filter(people::merged_into_id.eq(lose)))
        .set(people::merged_into_id.eq(keep))
        .execute(c)?;
    diesel::update(people::table.find(lose))
        .set((
            people::merged_into_id.eq(keep),
            people::search_folded.eq(""),
            people::version.eq(people::version + 1),
            people::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    let event = Event::new("person.merge", "person", keep.get(), &plan.keep.name)
        .for_customer(plan.keep.customer_id.or(plan.lose.customer_id))
        .with(json!({
            "merged": lose, "name": plan.lose.name, "visits": plan.visits, "blocks": plan.blocks,
            "agreements": plan.consents, "holds": plan.holds,
        }));
    audit::record(c, &actor.author(), actor.now, event)
}

/// What the record that stays lacks.
fn take_over(c: &mut Conn, actor: &Actor, plan: &MergePlan) -> Result<(), Fault> {
    let (keep, lose) = (&plan.keep, &plan.lose);
    let either = |own: &str, other: &str| if own.is_empty() { other } else { own }.to_owned();
    let (company, phone) = (
        either(&keep.company, &lose.company),
        either(&keep.phone, &lose.phone),
    );
    diesel::update(people::table.find(keep.id))
        .set((
            people::customer_id.eq(keep.customer_id.or(lose.customer_id)),
            people::company.eq(&company),
            people::phone.eq(&phone),
            people::email.eq(either(&keep.email, &lose.email)),
            people::nationality.eq(either(&keep.nationality, &lose.nationality)),
            people::vehicle_plate.eq(either(&keep.vehicle_plate, &lose.vehicle_plate)),
            people::note.eq(either(&keep.note, &lose.note)),
            people::search_folded.eq(folded(&keep.name, &company, &phone)),
            people::version.eq(people::version + 1),
            people::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if keep.identity_kind != DocumentKind::None || lose.identity_kind == DocumentKind::None {
        return Ok(());
    }
    let (sealed, fingerprint): (Option<Vec<u8>>, Option<String>) = people::table
        .find(lose.id)
        .select((people::identity_sealed, people::identity_fingerprint))
        .first(c)?;
    diesel::update(people::table.find(keep.id))
        .set((
            people::identity_kind.eq(lose.identity_kind),
            people::identity_sealed.eq(sealed),
            people::identity_fingerprint.eq(fingerprint),
            people::identity_masked.eq(&lose.identity_masked),
        ))
        .execute(c)?;
    diesel::update(people::table.find(lose.id))
        .set((
            people::identity_kind.eq(DocumentKind::None),
            people::identity_sealed.eq(None::<Vec<u8>>),
            people::identity_fingerprint.eq(None::<String>),
            people::identity_masked.eq(""),
        ))
        .execute(c)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "tests")]
    use super::*;

    fn person(id: i64, owner: Option<i64>, name: &str, company: &str, phone: &str) -> Person {
        Person {
            id: PersonId::new(id),
            customer_id: owner.map(CustomerId::new),
            name: name.to_owned(),
            company: company.to_owned(),
            phone: phone.to_owned(),
            email: String::new(),
            identity_kind: DocumentKind::None,
            identity_masked: String::new(),
            identity_fingerprint: None,
            version: 1,
        }
    }

    #[test]
    fn likeness_needs_something_in_common_and_one_customer() {
        let all = [
            person(1, None, "Li Ming", "ACME", ""),
            person(2, None, "ＬＩ  ming", "acme", ""),
            person(3, Some(1), "A", "", "138"),
            person(4, Some(2), "B", "", "138"),
            person(5, Some(1), "C", "", "138"),
            person(6, None, "Same", "", ""),
            person(7, None, "Same", "", ""),
        ];
        let found = groups(&all);
        let ids = |at: usize| -> Vec<i64> {
            let people = &found[at].people;
            people.iter().map(|person| person.id.get()).collect()
        };
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].why, ids(0)), (LikeKind::Phone, vec![3, 5]));
        assert_eq!((found[1].why, ids(1)), (LikeKind::Name, vec![1, 2]));
    }
}
