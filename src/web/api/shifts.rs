//! `/api/v1/shift-notes`.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::listing::{ApiQuery, Listing, word};
use crate::base::ids::{ShiftNoteId, SiteId};
use crate::identity::Permission;
use crate::shifts::{
    NoteDraft, ShiftFilter, ShiftNote, ShiftNoteKind, shift_note_add, shift_note_by_id,
    shift_note_list,
};
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, show, add]
}

/// An entry of a shift book. Entries are never changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShiftNoteJson {
    id: i64,
    site_id: i64,
    /// RFC 3339.
    at: String,
    /// `note`, `handover`, `taken_over` or `correction`.
    kind: String,
    /// The entry that it takes over or puts right.
    refers_to_id: Option<i64>,
    body: String,
    author: String,
}

impl From<ShiftNote> for ShiftNoteJson {
    fn from(note: ShiftNote) -> Self {
        Self {
            id: note.id.get(),
            site_id: note.site_id.get(),
            at: note.at.to_rfc3339(),
            kind: note.kind.to_string(),
            refers_to_id: note.refers_to_id.map(ShiftNoteId::get),
            body: note.body,
            author: note.author_name,
        }
    }
}

/// Entries of shift books, the newest first. `kind` is `note`, `handover`, `taken_over` or `correction`.
#[utoipa::path(get, path = "/api/v1/shift-notes", tag = "visits",
    params(ApiQuery, ("site" = Option<i64>, Query), ("kind" = Option<String>, Query)),
    responses((status = 200, body = Listing<ShiftNoteJson>)))]
#[get("/shift-notes?<site>&<kind>&<query..>")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    site: Option<i64>,
    kind: Option<String>,
    query: ApiQuery,
) -> Result<Json<Listing<ShiftNoteJson>>, Failure> {
    let filter = ShiftFilter {
        query: query.text(),
        site: site.map(SiteId::new),
        kind: word(
            "kind",
            kind.as_deref(),
            ShiftNoteKind::from_word,
            ShiftNoteKind::words,
        )?,
        ..ShiftFilter::default()
    };
    let page = query.page();
    let found = web
        .store
        .read(move |c| shift_note_list(c, &caller.actor, &filter, &page))
        .await?;
    Ok(Json(Listing::from_page(found)))
}

/// One entry.
#[utoipa::path(get, path = "/api/v1/shift-notes/{id}", tag = "visits",
    responses((status = 200, body = ShiftNoteJson), (status = 404)))]
#[get("/shift-notes/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<ShiftNoteJson>, Failure> {
    let note = web
        .store
        .read(move |c| shift_note_by_id(c, &caller.actor, ShiftNoteId::new(id)))
        .await?;
    Ok(Json(note.into()))
}

/// Adds an entry.
#[utoipa::path(post, path = "/api/v1/shift-notes", tag = "visits", request_body = Object,
    responses((status = 201, body = ShiftNoteJson), (status = 409), (status = 422)))]
#[post("/shift-notes", data = "<body>")]
pub(super) async fn add(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<Json<ShiftNoteJson>>, Failure> {
    caller.actor.require(Permission::DeskVisits)?;
    let draft = NoteDraft::parse(&body.fields)?;
    let note = web
        .store
        .write("shift.note", move |c| {
            let id = shift_note_add(c, &caller.actor, &draft)?;
            shift_note_by_id(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(note.into())))
}
