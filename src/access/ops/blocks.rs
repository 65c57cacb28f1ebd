//! Who may not come in.

use diesel::prelude::*;
use serde_json::json;

use super::note_event;
use super::person::{live_record, person_record};
use crate::access::model::VisitEventKind;
use crate::access::person_model::BlockDraft;
use crate::access::rows::Block;
use crate::access::rows::Person;
use crate::access::state::VisitState;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{PersonBlockId, PersonId, SiteId, VisitId};
use crate::base::text;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{people, person_blocks, sites, visit_people, visits};

/// The site that a block or a notice names is there.
pub(super) fn site_known(c: &mut Conn, site: Option<SiteId>) -> Result<(), Fault> {
    let Some(id) = site else {
        return Ok(());
    };
    let there: Option<SiteId> = sites::table
        .find(id)
        .select(sites::id)
        .first(c)
        .optional()?;
    match there {
        Some(_) => Ok(()),
        None => Err(Fault::field("site_id", Message::new("visit-fault-site"))),
    }
}

/// Blocks a person, with the document on record: whoever shows it again is kept out under any name.
pub fn person_block(
    c: &mut Conn,
    actor: &Actor,
    id: PersonId,
    draft: &BlockDraft,
) -> Result<PersonBlockId, Fault> {
    actor.require(Permission::BlockPeople)?;
    let person = live_record(c, id)?;
    site_known(c, draft.site_id)?;
    let fingerprint: Option<String> = people::table
        .find(id)
        .select(people::identity_fingerprint)
        .first(c)?;
    let block: PersonBlockId = diesel::insert_into(person_blocks::table)
        .values((
            person_blocks::person_id.eq(id),
            person_blocks::identity_fingerprint.eq(fingerprint),
            person_blocks::site_id.eq(draft.site_id),
            person_blocks::reason.eq(&draft.reason),
            person_blocks::from_at.eq(draft.from_at),
            person_blocks::until_at.eq(draft.until_at),
            person_blocks::blocked_by_name.eq(&actor.name),
            person_blocks::created_at.eq(actor.now),
        ))
        .returning(person_blocks::id)
        .get_result(c)?;
    note_upcoming(c, actor, id, draft.site_id)?;
    let event = Event::new("person.block", "person", id.get(), &person.name)
        .for_customer(person.customer_id)
        .with(json!({
            "reason": draft.reason, "site_id": draft.site_id,
            "from": draft.from_at, "until": draft.until_at,
        }));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(block)
}

/// The record of each visit to come says that someone on it is blocked.
fn note_upcoming(
    c: &mut Conn,
    actor: &Actor,
    person: PersonId,
    site: Option<SiteId>,
) -> Result<(), Fault> {
    let mut query = visit_people::table
        .inner_join(visits::table)
        .filter(visit_people::person_id.eq(person))
        .filter(visits::state.eq_any([VisitState::Announced, VisitState::Expected]))
        .into_boxed();
    if let Some(site) = site {
        query = query.filter(visits::site_id.eq(site));
    }
    let upcoming: Vec<VisitId> = query.select(visits::id).load(c)?;
    for visit in upcoming {
        note_event(c, actor, visit, Some(person), VisitEventKind::Blocked, "")?;
    }
    Ok(())
}

/// Lifts a block, with a reason.
pub fn block_lift(
    c: &mut Conn,
    actor: &Actor,
    id: PersonBlockId,
    reason: &str,
) -> Result<PersonId, Fault> {
    actor.require(Permission::BlockPeople)?;
    let reason = text::required_line("reason", reason, 300)?;
    let block = block_by_id(c, actor, id)?;
    if block.lifted_at.is_some() {
        return Err(Fault::conflict(Message::new("people-fault-lifted")));
    }
    diesel::update(person_blocks::table.find(id))
        .set((
            person_blocks::lifted_at.eq(actor.now),
            person_blocks::lifted_by_name.eq(&actor.name),
            person_blocks::lift_reason.eq(&reason),
        ))
        .execute(c)?;
    let name: String = people::table
        .find(block.person_id)
        .select(people::name)
        .first(c)?;
    let event = Event::new("person.unblock", "person", block.person_id.get(), name)
        .with(json!({"reason": reason}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(block.person_id)
}

/// One block.
pub fn block_by_id(c: &mut Conn, actor: &Actor, id: PersonBlockId) -> Result<Block, Fault> {
    actor.require(Permission::ViewPeople)?;
    person_blocks::table
        .find(id)
        .select(Block::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// Blocks of a person, lifted ones too, newest first.
pub fn blocks_of_person(c: &mut Conn, actor: &Actor, id: PersonId) -> Result<Vec<Block>, Fault> {
    person_record(c, actor, id)?;
    Ok(person_blocks::table
        .filter(person_blocks::person_id.eq(id))
        .order(person_blocks::id.desc())
        .select(Block::as_select())
        .load(c)?)
}

/// The block that keeps a person out of a site now: of the person, of a record that was merged into it, or of the same document.
pub(super) fn blocking(
    c: &mut Conn,
    actor: &Actor,
    person: &Person,
    site: SiteId,
) -> Result<Option<Block>, Fault> {
    let mut ids: Vec<PersonId> = people::table
        .filter(people::merged_into_id.eq(person.id))
        .select(people::id)
        .load(c)?;
    ids.push(person.id);
    if let Some(fingerprint) = &person.identity_fingerprint {
        let same: Vec<PersonId> = people::table
            .filter(people::identity_fingerprint.eq(fingerprint))
            .select(people::id)
            .load(c)?;
        ids.extend(same);
    }
    Ok(person_blocks::table
        .filter(person_blocks::lifted_at.is_null())
        .filter(person_blocks::from_at.le(actor.now))
        .filter(
            person_blocks::until_at
                .is_null()
                .or(person_blocks::until_at.gt(actor.now)),
        )
        .filter(
            person_blocks::site_id
                .is_null()
                .or(person_blocks::site_id.eq(site)),
        )
        .filter(
            person_blocks::person_id
                .eq_any(ids)
                .or(person_blocks::identity_fingerprint.eq(person.identity_fingerprint.clone())),
        )
        .order(person_blocks::id.asc())
        .select(Block::as_select())
        .first(c)
        .optional()?)
}
