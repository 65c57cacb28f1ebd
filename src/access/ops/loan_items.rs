//! The stock of what is lent: added, changed, lost, found, no longer used.

use diesel::prelude::*;
use serde_json::json;

use super::loan_list::{open_loan, place_label};
use super::loan_steps::{end_loan, item_by_id, live_item, missing, out_fault, set_state};
use crate::access::loan::{LoanEnd, LoanItemDraft, LoanKind, LoanState};
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::fold::fold_all;
use crate::base::ids::{LoanItemId, RackId, SiteId};
use crate::base::text;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::{loan_items, racks, rooms, sites};

/// The rack a key is for: a live one of the key's site; its label.
fn rack_of_site(c: &mut Conn, site: SiteId, rack: Option<RackId>) -> Result<String, Fault> {
    let Some(rack) = rack else {
        return Ok(String::new());
    };
    let found: Option<(String, String)> = racks::table
        .inner_join(rooms::table)
        .filter(racks::id.eq(rack))
        .filter(racks::archived_at.is_null())
        .filter(rooms::site_id.eq(site))
        .select((rooms::name, racks::name))
        .first(c)
        .optional()?;
    found
        .map(|(room, rack)| place_label(&room, &rack))
        .ok_or_else(|| Fault::field("rack_id", Message::new("loan-fault-rack")))
}

fn refuse_unknown_site(c: &mut Conn, site: SiteId) -> Result<(), Fault> {
    let live: i64 = sites::table
        .filter(sites::id.eq(site))
        .filter(sites::archived_at.is_null())
        .count()
        .get_result(c)?;
    if live == 1 {
        Ok(())
    } else {
        Err(Fault::field("site_id", Message::new("visit-fault-site")))
    }
}

fn refuse_taken_number(
    c: &mut Conn,
    draft: &LoanItemDraft,
    except: Option<LoanItemId>,
) -> Result<(), Fault> {
    let other = live_item(c, draft.site_id, draft.kind, &draft.number)?;
    if other.is_none_or(|other| Some(other.id) == except) {
        return Ok(());
    }
    let message = Message::new("loan-fault-number-taken").with("number", draft.number.as_str());
    Err(Fault::field("number", message))
}

/// Adds a badge, locker or key.
pub fn loan_item_create(
    c: &mut Conn,
    actor: &Actor,
    draft: &LoanItemDraft,
) -> Result<LoanItemId, Fault> {
    actor.require(Permission::EditLoanItems)?;
    refuse_unknown_site(c, draft.site_id)?;
    let rack = rack_of_site(c, draft.site_id, draft.rack_id)?;
    refuse_taken_number(c, draft, None)?;
    let id: LoanItemId = diesel::insert_into(loan_items::table)
        .values((
            loan_items::site_id.eq(draft.site_id),
            loan_items::kind.eq(draft.kind),
            loan_items::number.eq(&draft.number),
            loan_items::rack_id.eq(draft.rack_id),
            loan_items::state.eq(LoanState::InStock),
            loan_items::note.eq(&draft.note),
            loan_items::search_folded.eq(searched(draft, &rack)),
            loan_items::created_at.eq(actor.now),
            loan_items::updated_at.eq(actor.now),
        ))
        .returning(loan_items::id)
        .get_result(c)?;
    let detail = json!({"kind": draft.kind, "rack": rack, "note": draft.note});
    let event = Event::new("loan_item.create", "loan_item", id.get(), &draft.number).with(detail);
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

fn searched(draft: &LoanItemDraft, rack: &str) -> String {
    fold_all([draft.number.as_str(), rack, draft.note.as_str()])
}

/// Changes a thing; `version` is the one that was read. One that somebody has keeps its site, kind and number.
pub fn loan_item_update(
    c: &mut Conn,
    actor: &Actor,
    id: LoanItemId,
    version: i64,
    draft: &LoanItemDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditLoanItems)?;
    let before = item_by_id(c, id)?;
    if before.state == LoanState::Retired {
        return Err(Fault::conflict(Message::new("loan-fault-retired")));
    }
    let is_same = before.site_id == draft.site_id
        && before.kind == draft.kind
        && before.number == draft.number;
    if !is_same && open_loan(c, id)?.is_some() {
        return Err(Fault::field(
            "number",
            Message::new("loan-fault-changed-out"),
        ));
    }
    if before.site_id != draft.site_id {
        refuse_unknown_site(c, draft.site_id)?;
    }
    let rack = rack_of_site(c, draft.site_id, draft.rack_id)?;
    refuse_taken_number(c, draft, Some(id))?;
    let changed = diesel::update(
        loan_items::table
            .find(id)
            .filter(loan_items::version.eq(version)),
    )
    .set((
        loan_items::site_id.eq(draft.site_id),
        loan_items::kind.eq(draft.kind),
        loan_items::number.eq(&draft.number),
        loan_items::rack_id.eq(draft.rack_id),
        loan_items::note.eq(&draft.note),
        loan_items::search_folded.eq(searched(draft, &rack)),
        loan_items::version.eq(loan_items::version + 1),
        loan_items::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let told = |kind: LoanKind, number: &str, rack: Option<RackId>, note: &str| json!({"kind": kind, "number": number, "rack_id": rack, "note": note});
    let detail = json!({
        "before": told(before.kind, &before.number, before.rack_id, &before.note),
        "after": told(draft.kind, &draft.number, draft.rack_id, &draft.note),
    });
    let event = Event::new("loan_item.update", "loan_item", id.get(), &draft.number).with(detail);
    audit::record(c, &actor.author(), actor.now, event)
}

/// Takes a thing out of use, or brings one back. One that somebody has stays; the loan of a lost one is given up.
pub fn loan_item_archive(
    c: &mut Conn,
    actor: &Actor,
    id: LoanItemId,
    version: i64,
    retired: bool,
) -> Result<(), Fault> {
    actor.require(Permission::EditLoanItems)?;
    let item = item_by_id(c, id)?;
    if item.version != version {
        return Err(Fault::stale());
    }
    match (item.state, retired) {
        (LoanState::Retired, true)
        | (LoanState::InStock | LoanState::Out | LoanState::Lost, false) => return Ok(()),
        (LoanState::Out, true) => return Err(out_fault(c, &item)?),
        (LoanState::Lost, true) => match open_loan(c, id)? {
            Some(loan) => end_loan(c, actor, &item, &loan, LoanEnd::WrittenOff)?,
            None => set_state(c, actor, &item, LoanState::Retired)?,
        },
        (LoanState::InStock, true) => set_state(c, actor, &item, LoanState::Retired)?,
        (LoanState::Retired, false) => {
            if live_item(c, item.site_id, item.kind, &item.number)?.is_some() {
                let message =
                    Message::new("loan-fault-number-taken").with("number", item.number.as_str());
                return Err(Fault::conflict(message));
            }
            set_state(c, actor, &item, LoanState::InStock)?;
        }
    }
    let action = if retired {
        "loan_item.archive"
    } else {
        "loan_item.restore"
    };
    let event = Event::new(action, "loan_item", id.get(), &item.number);
    audit::record(c, &actor.author(), actor.now, event)
}

/// Nobody knows where a thing is: it can't be handed out until it is found.
pub fn loan_item_lost(
    c: &mut Conn,
    actor: &Actor,
    id: LoanItemId,
    reason: &str,
) -> Result<(), Fault> {
    actor.require(Permission::DeskVisits)?;
    let item = item_by_id(c, id)?;
    let reason = text::required_line("reason", reason, 200)?;
    match item.state {
        LoanState::Lost => Err(Fault::conflict(Message::new("loan-fault-lost-already"))),
        LoanState::Retired => Err(Fault::conflict(Message::new("loan-fault-retired"))),
        LoanState::Out => match open_loan(c, id)? {
            Some(loan) => missing(c, actor, &item, &loan, &reason),
            None => Err(Fault::internal(format!("item {id} is out with nobody"))),
        },
        LoanState::InStock => {
            set_state(c, actor, &item, LoanState::Lost)?;
            let event = Event::new("loan_item.lost", "loan_item", id.get(), &item.number)
                .with(json!({"reason": reason}));
            audit::record(c, &actor.author(), actor.now, event)
        }
    }
}

/// A lost thing is back at the desk; whoever had it has returned it.
pub fn loan_item_found(c: &mut Conn, actor: &Actor, id: LoanItemId) -> Result<(), Fault> {
    actor.require(Permission::DeskVisits)?;
    let item = item_by_id(c, id)?;
    if item.state != LoanState::Lost {
        return Err(Fault::conflict(Message::new("loan-fault-not-lost")));
    }
    match open_loan(c, id)? {
        Some(loan) => end_loan(c, actor, &item, &loan, LoanEnd::Returned)?,
        None => set_state(c, actor, &item, LoanState::InStock)?,
    }
    let event = Event::new("loan_item.found", "loan_item", id.get(), &item.number);
    audit::record(c, &actor.author(), actor.now, event)
}
