//! Sites.

use diesel::prelude::*;
use serde_json::json;

use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::SiteId;
use crate::facility::model::SiteDraft;
use crate::facility::rows::Site;
use crate::identity::{Actor, Permission};
use crate::search::{Searched, search_changed};
use crate::store::Conn;
use crate::store::schema::{rooms, sites};

/// Live sites by code.
pub fn site_list(c: &mut Conn, actor: &Actor) -> Result<Vec<Site>, Fault> {
    actor.require(Permission::ViewFacility)?;
    Ok(sites::table
        .filter(sites::archived_at.is_null())
        .order(sites::code.asc())
        .select(Site::as_select())
        .load(c)?)
}

/// One site.
pub fn site_by_id(c: &mut Conn, actor: &Actor, id: SiteId) -> Result<Site, Fault> {
    actor.require(Permission::ViewFacility)?;
    sites::table
        .find(id)
        .select(Site::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// The site of a code, for imports; archived ones too.
pub fn site_by_code(c: &mut Conn, code: &str) -> Result<Option<Site>, Fault> {
    Ok(sites::table
        .filter(sites::code.eq(code.trim()))
        .select(Site::as_select())
        .first(c)
        .optional()?)
}

fn refuse_taken_code(c: &mut Conn, code: &str, except: Option<SiteId>) -> Result<(), Fault> {
    match site_by_code(c, code)? {
        Some(other) if Some(other.id) != except => Err(Fault::field(
            "code",
            Message::new("fault-code-taken").with("name", other.name),
        )),
        _ => Ok(()),
    }
}

/// Adds a site.
pub fn site_create(c: &mut Conn, actor: &Actor, draft: &SiteDraft) -> Result<SiteId, Fault> {
    actor.require(Permission::EditFacility)?;
    refuse_taken_code(c, &draft.code, None)?;
    let id: SiteId = diesel::insert_into(sites::table)
        .values((
            sites::code.eq(&draft.code),
            sites::name.eq(&draft.name),
            sites::time_zone.eq(&draft.time_zone),
            sites::address.eq(&draft.address),
            sites::contact.eq(&draft.contact),
            sites::note.eq(&draft.note),
            sites::created_at.eq(actor.now),
            sites::updated_at.eq(actor.now),
        ))
        .returning(sites::id)
        .get_result(c)?;
    let event = Event::new("site.create", "site", id.get(), &draft.code)
        .with(json!({"name": draft.name, "time_zone": draft.time_zone}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Changes a site; `version` is the one that was read.
pub fn site_update(
    c: &mut Conn,
    actor: &Actor,
    id: SiteId,
    version: i64,
    draft: &SiteDraft,
) -> Result<(), Fault> {
    actor.require(Permission::EditFacility)?;
    let before = site_by_id(c, actor, id)?;
    refuse_taken_code(c, &draft.code, Some(id))?;
    let changed = diesel::update(sites::table.find(id).filter(sites::version.eq(version)))
        .set((
            sites::code.eq(&draft.code),
            sites::name.eq(&draft.name),
            sites::time_zone.eq(&draft.time_zone),
            sites::address.eq(&draft.address),
            sites::contact.eq(&draft.contact),
            sites::note.eq(&draft.note),
            sites::version.eq(sites::version + 1),
            sites::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    search_changed(c, Searched::Site(id))?;
    let event = Event::new("site.update", "site", id.get(), &draft.code).with(json!({
        "before": {"code": before.code, "name": before.name, "time_zone": before.time_zone},
        "after": {"code": draft.code, "name": draft.name, "time_zone": draft.time_zone},
    }));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Archives a site without live rooms, or brings one back.
pub fn site_archive(
    c: &mut Conn,
    actor: &Actor,
    id: SiteId,
    version: i64,
    archived: bool,
) -> Result<(), Fault> {
    actor.require(Permission::EditFacility)?;
    let site = site_by_id(c, actor, id)?;
    let live_rooms: i64 = rooms::table
        .filter(rooms::site_id.eq(id))
        .filter(rooms::archived_at.is_null())
        .count()
        .get_result(c)?;
    if archived && live_rooms > 0 {
        let message = Message::new("facility-site-has-rooms").with("count", live_rooms);
        return Err(Fault::conflict(message));
    }
    let changed = diesel::update(sites::table.find(id).filter(sites::version.eq(version)))
        .set((
            sites::archived_at.eq(archived.then_some(actor.now)),
            sites::version.eq(sites::version + 1),
            sites::updated_at.eq(actor.now),
        ))
        .execute(c)?;
    if changed != 1 {
        return Err(Fault::stale());
    }
    search_changed(c, Searched::Site(id))?;
    let action = if archived {
        "site.archive"
    } else {
        "site.restore"
    };
    let event = Event::new(action, "site", id.get(), site.code);
    audit::record(c, &actor.author(), actor.now, event)
}
