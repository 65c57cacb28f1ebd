//! Boards that feeds of power come from.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::facility::room_choices;
use super::failure::{Failing, FailureQuery, failing_shown};
use super::record_history::{entries_of, history_value};
use super::saving::{Archive, changed, created, form_status, settled};
use crate::audit;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::PowerPanelId;
use crate::base::page::Page;
use crate::facility::chain::Part;
use crate::facility::{
    FeedRow, PanelDraft, PanelRow, feed_list, feeds_of_panel, panel_archive, panel_by_id,
    panel_create, panel_list, panel_update, room_list,
};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::web::csv_file::csv_answer;
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView, fitting};
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        list,
        list_csv,
        new,
        add,
        show,
        edit,
        save,
        archive_dialog,
        archive_post
    ]
}

fn panel_value(row: &PanelRow, feeds: usize) -> Value {
    json!({
        "id": row.panel.id,
        "name": row.panel.name,
        "note": row.panel.note,
        "archived_at": row.panel.archived_at,
        "room": row.room.name,
        "site": row.site.name,
        "feeds": feeds,
    })
}

/// The boards that a search fits, each with how many feeds come from it.
fn found(c: &mut Conn, actor: &Actor, query: &ListQuery) -> Result<Vec<(PanelRow, usize)>, Fault> {
    let panels = panel_list(c, actor)?;
    let feeds = feed_list(c, actor)?;
    let panels = fitting(panels, query.text(), |row| {
        let (panel, site) = (&row.panel, &row.site);
        format!(
            "{} {} {} {}",
            panel.name, site.code, site.name, row.room.name
        )
    });
    let counted = panels.into_iter().map(|row| {
        let of_panel = |feed: &&FeedRow| feed.feed.panel_id == Some(row.panel.id);
        let count = feeds.iter().filter(of_panel).count();
        (row, count)
    });
    Ok(counted.collect())
}

#[get("/panels?<query..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    query: ListQuery,
) -> Result<Answer, Failure> {
    let (actor, asked) = (signed.actor.clone(), query.clone());
    let panels = web
        .store
        .read(move |c| found(c, &actor, &asked))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let page = Page::cut(panels, &query.page(), |(row, _)| row.panel.id.to_string());
    let rows: Vec<Value> = page
        .rows
        .iter()
        .map(|(row, feeds)| panel_value(row, *feeds))
        .collect();
    let locale = signed.reader.locale;
    let list = ListView::new(
        web,
        locale,
        "/panels",
        &query,
        ("panels-empty", "panels-empty-text"),
    )
    .csv()
    .action(
        signed.actor.may(Permission::EditFacility),
        "panels-new",
        "/panels/new",
    )
    .finish(&page, rows);
    let title = web.words.text(locale, "panels-title");
    View::new(web, &signed.reader, "panels/list.html", &title, "racks")
        .crumbs(&[(&web.words.text(locale, "feeds-title"), "/feeds")])
        .flash(said.as_ref())
        .with("list", list)
        .answer()
}

/// Columns of the file: those of the page.
const COLUMNS: &[&str] = &["name", "site", "room", "feeds", "note"];

#[get("/panels.csv?<query..>")]
async fn list_csv(web: &State<Web>, signed: Signed, query: ListQuery) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            let rows = found(c, &actor, &query)?;
            Ok(rows.iter().map(|(row, feeds)| cells(row, *feeds)).collect())
        })
        .await
        .and_then(|rows: Vec<Vec<String>>| csv_answer("panels", COLUMNS, &rows))
        .map_err(|fault| signed.failure(fault))
}

fn cells(row: &PanelRow, feeds: usize) -> Vec<String> {
    vec![
        row.panel.name.clone(),
        row.site.code.clone(),
        row.room.name.clone(),
        feeds.to_string(),
        row.panel.note.clone(),
    ]
}

struct PanelPage {
    row: PanelRow,
    feeds: Vec<FeedRow>,
    failing: Option<Failing>,
    history: Option<Vec<audit::Entry>>,
}

#[get("/panels/<id>?<asked..>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
    asked: FailureQuery,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let page = web
        .store
        .read(move |c| {
            let row = panel_by_id(c, &actor, PowerPanelId::new(id))?;
            let part = Part::Panel(row.panel.id);
            Ok(PanelPage {
                feeds: feeds_of_panel(c, &actor, row.panel.id)?,
                failing: failing_shown(c, &actor, part)?,
                history: entries_of(c, &actor, "panel", row.panel.id.get())?,
                row,
            })
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let path = format!("/panels/{}", page.row.panel.id);
    let feeds: Vec<Value> = page
        .feeds
        .iter()
        .map(|row| {
            json!({
                "id": row.feed.id,
                "name": row.feed.name,
                "room": row.room.name,
                "side": row.feed.side,
                "usable": row.feed.usable_volt_amperes(),
                "max_percent": row.feed.max_percent,
            })
        })
        .collect();
    let failure = page
        .failing
        .as_ref()
        .map(|failing| failing.section(web, locale, &path, &asked));
    View::new(
        web,
        &signed.reader,
        "panels/show.html",
        &page.row.panel.name,
        "racks",
    )
    .crumbs(&[(&web.words.text(locale, "panels-title"), "/panels")])
    .flash(said.as_ref())
    .with("panel", panel_value(&page.row, feeds.len()))
    .with("feeds", feeds)
    .with("failure", failure)
    .with(
        "history",
        history_value(web, locale, page.history.as_deref(), None),
    )
    .with("may_edit", signed.actor.may(Permission::EditFacility))
    .answer()
}

fn allowed(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::EditFacility)
        .map_err(|fault| signed.failure(fault))
}

async fn form_view(
    web: &Web,
    signed: &Signed,
    there: Option<&PanelRow>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let actor = signed.actor.clone();
    let rooms = web
        .store
        .read(move |c| room_list(c, &actor))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let rooms = room_choices(&rooms);
    let (title, action, back) = match there {
        None => (
            web.words.text(locale, "panels-new"),
            "/panels/new".to_owned(),
            "/panels".to_owned(),
        ),
        Some(row) => (
            web.words.say(
                locale,
                &Message::new("facility-edit").with("name", row.panel.name.as_str()),
            ),
            format!("/panels/{}/edit", row.panel.id),
            format!("/panels/{}", row.panel.id),
        ),
    };
    View::new(web, &signed.reader, "panels/form.html", &title, "racks")
        .crumbs(&[(&web.words.text(locale, "panels-title"), "/panels")])
        .with("form", form_context(web, locale, &action, fields, fault))
        .with("rooms", rooms)
        .with("back", back)
        .status(form_status(fault))
        .answer()
}

async fn answer(
    web: &Web,
    signed: &Signed,
    there: Option<&PanelRow>,
    fields: &Fields,
    outcome: Result<String, Fault>,
) -> Result<Answer, Failure> {
    match settled(web, signed, outcome)? {
        Ok(answer) => Ok(answer),
        Err(fault) => form_view(web, signed, there, fields, Some(&fault)).await,
    }
}

#[get("/panels/new?<room>")]
async fn new(web: &State<Web>, signed: Signed, room: Option<i64>) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let mut fields = Fields::new();
    if let Some(room) = room {
        fields.set("room_id", room.to_string());
    }
    form_view(web, &signed, None, &fields, None).await
}

#[post("/panels/new", data = "<form>")]
async fn add(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let outcome = created(
        web,
        &signed,
        &form,
        "panel.create",
        PanelDraft::parse,
        panel_create,
    )
    .await;
    let outcome = outcome.map(|id| format!("/panels/{id}"));
    answer(web, &signed, None, &form.fields, outcome).await
}

async fn panel(web: &Web, signed: &Signed, id: i64) -> Result<PanelRow, Failure> {
    allowed(signed)?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| panel_by_id(c, &actor, PowerPanelId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

#[get("/panels/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = panel(web, &signed, id).await?;
    let fields = Fields::from_json(&serde_json::to_value(&there.panel).unwrap_or_default())
        .unwrap_or_default();
    form_view(web, &signed, Some(&there), &fields, None).await
}

#[post("/panels/<id>/edit", data = "<form>")]
async fn save(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let there = panel(web, &signed, id).await?;
    let id = there.panel.id;
    let outcome = changed(
        web,
        &signed,
        &form,
        "panel.update",
        PanelDraft::parse,
        move |c, actor, version, draft| panel_update(c, actor, id, version, draft),
    )
    .await;
    let outcome = outcome.map(|()| format!("/panels/{}", there.panel.id));
    answer(web, &signed, Some(&there), &form.fields, outcome).await
}

fn archive_of(there: &PanelRow) -> Archive<'_> {
    Archive {
        name: &there.panel.name,
        action: format!("/panels/{}/archive", there.panel.id),
        back: "/panels".to_owned(),
        version: there.panel.version,
        archived: there.panel.archived_at.is_some(),
        consequence: "archive-consequence",
        section: "racks",
    }
}

#[get("/panels/<id>/archive")]
async fn archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = panel(web, &signed, id).await?;
    archive_of(&there).view(web, &signed, None)
}

#[post("/panels/<id>/archive", data = "<form>")]
async fn archive_post(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = panel(web, &signed, id).await?;
    let id = there.panel.id;
    archive_of(&there)
        .post(
            web,
            &signed,
            &form,
            "panel.archive",
            move |c, actor, version, archive| panel_archive(c, actor, id, version, archive),
        )
        .await
}
