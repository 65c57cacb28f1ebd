//! Saved views: kept by their owners, seen by all staff when shared. A view is an address and shows no more than its
//! list shows the reader.

use diesel::prelude::*;
use serde_json::json;

use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{SavedViewId, UserId};
use crate::identity::actor::Actor;
use crate::identity::rows::SavedView;
use crate::identity::view::{MOST_VIEWS, ViewDraft, ViewedList};
use crate::store::Conn;
use crate::store::schema::saved_views;

/// Most shared views of a list that are offered.
const MOST_OFFERED: i64 = 200;

/// The acting user's views of a list and, for staff, those that others share, by name.
pub fn view_list(c: &mut Conn, actor: &Actor, list: ViewedList) -> Result<Vec<SavedView>, Fault> {
    actor.require(list.permission())?;
    let Some(user) = actor.user_id else {
        return Ok(Vec::new());
    };
    let mut query = saved_views::table
        .filter(saved_views::list.eq(list))
        .into_boxed();
    query = if actor.role.is_customer() {
        query.filter(saved_views::user_id.eq(user))
    } else {
        query.filter(
            saved_views::user_id
                .eq(user)
                .or(saved_views::is_shared.eq(true)),
        )
    };
    Ok(query
        .order((saved_views::name.asc(), saved_views::id.asc()))
        .limit(MOST_OFFERED)
        .select(SavedView::as_select())
        .load(c)?)
}

/// A view of the acting user's own.
pub fn view_by_id(c: &mut Conn, actor: &Actor, id: SavedViewId) -> Result<SavedView, Fault> {
    let user = actor.user_id.ok_or_else(Fault::not_found)?;
    saved_views::table
        .find(id)
        .filter(saved_views::user_id.eq(user))
        .select(SavedView::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

fn refuse_sharing(actor: &Actor, draft: &ViewDraft) -> Result<(), Fault> {
    if draft.is_shared && actor.role.is_customer() {
        return Err(Fault::field("is_shared", Message::new("views-not-shared")));
    }
    Ok(())
}

fn refuse_taken(
    c: &mut Conn,
    user: UserId,
    list: ViewedList,
    name: &str,
    except: Option<SavedViewId>,
) -> Result<(), Fault> {
    let there: Option<SavedViewId> = saved_views::table
        .filter(saved_views::user_id.eq(user))
        .filter(saved_views::list.eq(list))
        .filter(saved_views::name.eq(name.to_owned()))
        .select(saved_views::id)
        .first(c)
        .optional()?;
    match there {
        Some(other) if Some(other) != except => {
            let message = Message::new("views-name-taken").with("name", name);
            Err(Fault::field("name", message))
        }
        _ => Ok(()),
    }
}

/// Keeps a view of a list.
pub fn view_create(
    c: &mut Conn,
    actor: &Actor,
    list: ViewedList,
    draft: &ViewDraft,
) -> Result<SavedViewId, Fault> {
    actor.require(list.permission())?;
    let user = actor.user_id.ok_or_else(Fault::unauthenticated)?;
    refuse_sharing(actor, draft)?;
    refuse_taken(c, user, list, &draft.name, None)?;
    let kept: i64 = saved_views::table
        .filter(saved_views::user_id.eq(user))
        .count()
        .get_result(c)?;
    if usize::try_from(kept).unwrap_or(usize::MAX) >= MOST_VIEWS {
        let message = Message::new("views-too-many").with("most", MOST_VIEWS);
        return Err(Fault::conflict(message));
    }
    let id: SavedViewId = diesel::insert_into(saved_views::table)
        .values((
            saved_views::user_id.eq(user),
            saved_views::list.eq(list),
            saved_views::name.eq(&draft.name),
            saved_views::query.eq(&draft.query),
            saved_views::is_shared.eq(draft.is_shared),
            saved_views::created_at.eq(actor.now),
            saved_views::updated_at.eq(actor.now),
        ))
        .returning(saved_views::id)
        .get_result(c)?;
    let event = Event::new("view.create", "saved_view", id.get(), &draft.name)
        .for_customer(actor.customer_id)
        .with(json!({"list": list, "query": draft.query, "is_shared": draft.is_shared}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Names a view anew, changes what it shows, shares it or keeps it to oneself; `version` is the one that was read.
pub fn view_update(
    c: &mut Conn,
    actor: &Actor,
    id: SavedViewId,
    version: i64,
    draft: &ViewDraft,
) -> Result<(), Fault> {
    let before = view_by_id(c, actor, id)?;
    actor.require(before.list.permission())?;
    refuse_sharing(actor, draft)?;
    refuse_taken(c, before.user_id, before.list, &draft.name, Some(id))?;
    let changed = diesel::update(
        saved_views::table
            .find(id)
            .filter(saved_views::version.eq(version)),
    )
    .set((
        saved_views::name.eq(&draft.name),
        saved_views::query.eq(&draft.query),
        saved_views::is_shared.eq(draft.is_shared),
        saved_views::version.eq(saved_views::version + 1),
        saved_views::updated_at.eq(actor.now),
    ))
    .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    let event = Event::new("view.update", "saved_view", id.get(), &draft.name)
        .for_customer(actor.customer_id)
        .with(json!({
            "before": {"name": before.name, "query": before.query, "is_shared": before.is_shared},
            "after": {"name": draft.name, "query": draft.query, "is_shared": draft.is_shared},
        }));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Removes a view; `version` is the one that was read.
pub fn view_remove(
    c: &mut Conn,
    actor: &Actor,
    id: SavedViewId,
    version: i64,
) -> Result<(), Fault> {
    let before = view_by_id(c, actor, id)?;
    actor.require(before.list.permission())?;
    let removed = diesel::delete(
        saved_views::table
            .find(id)
            .filter(saved_views::version.eq(version)),
    )
    .execute(c)?;
    if removed != 1 {
        return Err(Fault::stale());
    }
    let event = Event::new("view.remove", "saved_view", id.get(), &before.name)
        .for_customer(actor.customer_id)
        .with(json!({"list": before.list, "query": before.query}));
    audit::record(c, &actor.author(), actor.now, event)
}
