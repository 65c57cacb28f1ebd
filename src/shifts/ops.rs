//! Writing into shift books and reading them. For staff only.

use diesel::prelude::*;
use serde_json::json;

use super::model::{NoteDraft, ShiftNoteKind};
use super::rows::ShiftNote;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::fold::{contains_pattern, fold_all};
use crate::base::ids::{ShiftNoteId, SiteId};
use crate::base::page::{Mark, Page, PageRequest, Walk};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{shift_notes, sites};

/// Which entries to list.
#[derive(Debug, Clone, Default)]
pub struct ShiftFilter {
    /// Part of what it says or of who wrote it.
    pub query: String,
    /// Of this site's book.
    pub site: Option<SiteId>,
    /// Of this kind.
    pub kind: Option<ShiftNoteKind>,
    /// Written at or after.
    pub from: Option<Timestamp>,
    /// Written before.
    pub until: Option<Timestamp>,
}

type Notes<'a> = shift_notes::BoxedQuery<'a, <Conn as diesel::Connection>::Backend>;

/// Staff who see visits see the books; for customers there are none.
fn require_reader(actor: &Actor) -> Result<(), Fault> {
    if actor.role.is_customer() {
        return Err(Fault::not_found());
    }
    actor.require(Permission::ViewVisits)
}

fn filtered(filter: &ShiftFilter) -> Notes<'static> {
    let mut query = shift_notes::table.into_boxed();
    if let Some(site) = filter.site {
        query = query.filter(shift_notes::site_id.eq(site));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(shift_notes::kind.eq(kind));
    }
    if let Some(from) = filter.from {
        query = query.filter(shift_notes::at.ge(from));
    }
    if let Some(until) = filter.until {
        query = query.filter(shift_notes::at.lt(until));
    }
    if !filter.query.trim().is_empty() {
        query = query.filter(
            shift_notes::search_folded
                .like(contains_pattern(&filter.query))
                .escape('\\'),
        );
    }
    query
}

/// A page of entries, the newest first.
pub fn shift_note_list(
    c: &mut Conn,
    actor: &Actor,
    filter: &ShiftFilter,
    page: &PageRequest,
) -> Result<Page<ShiftNote>, Fault> {
    require_reader(actor)?;
    let total = filtered(filter).count().get_result(c)?;
    let walk = Walk::of(page, true);
    let mut query = filtered(filter);
    if let Some(from) = &walk.from {
        let id = ShiftNoteId::new(from.id);
        query = match walk.is_back {
            true => query.filter(shift_notes::id.gt(id)),
            false => query.filter(shift_notes::id.lt(id)),
        };
    }
    query = match walk.is_back {
        true => query.order(shift_notes::id.asc()),
        false => query.order(shift_notes::id.desc()),
    };
    let rows: Vec<ShiftNote> = query
        .limit(walk.fetch())
        .select(ShiftNote::as_select())
        .load(c)?;
    Ok(walk.page(rows, total, |row| Mark::of_number(row.id.get(), None)))
}

/// One entry.
pub fn shift_note_by_id(c: &mut Conn, actor: &Actor, id: ShiftNoteId) -> Result<ShiftNote, Fault> {
    require_reader(actor)?;
    shift_notes::table
        .find(id)
        .select(ShiftNote::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// Handovers that nobody has taken over, the oldest first; at most a hundred.
pub fn shift_notes_open(
    c: &mut Conn,
    actor: &Actor,
    site: Option<SiteId>,
) -> Result<Vec<ShiftNote>, Fault> {
    require_reader(actor)?;
    let taken = shift_notes::table
        .filter(shift_notes::kind.eq(ShiftNoteKind::TakenOver))
        .filter(shift_notes::refers_to_id.is_not_null())
        .select(shift_notes::refers_to_id.assume_not_null());
    let taken: Vec<ShiftNoteId> = taken.load(c)?;
    let mut query = shift_notes::table
        .filter(shift_notes::kind.eq(ShiftNoteKind::Handover))
        .filter(shift_notes::id.ne_all(taken))
        .into_boxed();
    if let Some(site) = site {
        query = query.filter(shift_notes::site_id.eq(site));
    }
    Ok(query
        .order(shift_notes::id.asc())
        .limit(100)
        .select(ShiftNote::as_select())
        .load(c)?)
}

/// The site that a draft names, or the only one there is.
fn site_of(c: &mut Conn, draft: &NoteDraft) -> Result<SiteId, Fault> {
    let live: Vec<SiteId> = sites::table
        .filter(sites::archived_at.is_null())
        .order(sites::code.asc())
        .select(sites::id)
        .load(c)?;
    let found = match (draft.site_id, live.as_slice()) {
        (Some(id), live) => live.contains(&id).then_some(id),
        (None, [only]) => Some(*only),
        (None, _) => None,
    };
    found.ok_or_else(|| Fault::field("site_id", Message::new("visit-fault-site")))
}

/// Adds an entry. A handover is taken over once; a correction is of its own book.
pub fn shift_note_add(
    c: &mut Conn,
    actor: &Actor,
    draft: &NoteDraft,
) -> Result<ShiftNoteId, Fault> {
    actor.require(Permission::DeskVisits)?;
    let concerned = match draft.refers_to_id {
        None => None,
        Some(id) => Some(concerned(c, draft, id)?),
    };
    let site = match &concerned {
        Some(earlier) => earlier.site_id,
        None => site_of(c, draft)?,
    };
    let id: ShiftNoteId = diesel::insert_into(shift_notes::table)
        .values((
            shift_notes::site_id.eq(site),
            shift_notes::at.eq(actor.now),
            shift_notes::kind.eq(draft.kind),
            shift_notes::refers_to_id.eq(concerned.as_ref().map(|earlier| earlier.id)),
            shift_notes::body.eq(&draft.body),
            shift_notes::author_user_id.eq(actor.user_id),
            shift_notes::author_name.eq(&actor.name),
            shift_notes::search_folded.eq(fold_all([draft.body.as_str(), actor.name.as_str()])),
        ))
        .returning(shift_notes::id)
        .get_result(c)?;
    let event = Event::new("shift.note", "shift_note", id.get(), draft.kind.as_str())
        .with(json!({"kind": draft.kind, "refers_to": draft.refers_to_id}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// The entry that a new one concerns, when it can.
fn concerned(c: &mut Conn, draft: &NoteDraft, id: ShiftNoteId) -> Result<ShiftNote, Fault> {
    let refused = |key| Fault::field("refers_to_id", Message::new(key));
    let earlier: ShiftNote = shift_notes::table
        .find(id)
        .select(ShiftNote::as_select())
        .first(c)
        .optional()?
        .ok_or_else(|| refused("shift-fault-refers"))?;
    if draft.kind != ShiftNoteKind::TakenOver {
        return Ok(earlier);
    }
    if earlier.kind != ShiftNoteKind::Handover {
        return Err(refused("shift-fault-no-handover"));
    }
    let by: Option<String> = shift_notes::table
        .filter(shift_notes::refers_to_id.eq(id))
        .filter(shift_notes::kind.eq(ShiftNoteKind::TakenOver))
        .order(shift_notes::id.asc())
        .select(shift_notes::author_name)
        .first(c)
        .optional()?;
    match by {
        None => Ok(earlier),
        Some(name) => Err(Fault::conflict(
            Message::new("shift-fault-taken").with("name", name),
        )),
    }
}
