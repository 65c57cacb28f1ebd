//! Power feeds of rooms.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::courses::now_value;
use super::entry::Said;
use super::facility::room_choices;
use super::failure::{Failing, FailureQuery, failing_shown};
use super::record_history::{entries_of, history_value};
use super::saving::{Archive, changed, created, form_status, settled};
use crate::audit;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::PowerFeedId;
use crate::base::page::Page;
use crate::facility::chain::Part;
use crate::facility::{
    FeedDraft, FeedRow, FeedSide, USUAL_MAX_PERCENT, feed_archive, feed_by_id, feed_create,
    feed_list, feed_update, panel_list, pdus_of_feed, room_list,
};
use crate::identity::{Actor, Permission};
use crate::inventory::device_by_id;
use crate::metering::{PowerNow, PowerOf, power_now};
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

/// A feed's power now, for those who may see power.
fn power(c: &mut Conn, actor: &Actor, row: &FeedRow) -> Result<Option<PowerNow>, Fault> {
    let may = actor.may(Permission::ViewPower);
    may.then(|| power_now(c, actor, PowerOf::Feed(row.feed.id)))
        .transpose()
}

/// How much of what a feed carries is drawn.
fn load_percent(most: i64, watts: Option<i64>) -> Option<i64> {
    watts
        .filter(|_| most > 0)
        .map(|watts| watts.saturating_mul(100) / most)
}

fn feed_value(row: &FeedRow, now: Option<&PowerNow>) -> Value {
    let watts = now.and_then(|now| now.watts).map(|watts| watts.get());
    let most = row.feed.volt_amperes();
    json!({
        "id": row.feed.id,
        "name": row.feed.name,
        "side": row.feed.side,
        "phases": row.feed.phases,
        "volts": row.feed.volts,
        "amps": row.feed.amps,
        "volt_amperes": most,
        "max_percent": row.feed.max_percent,
        "usable": row.feed.usable_volt_amperes(),
        "contracted_watts": row.feed.contracted_watts,
        "panel": row.panel.as_ref().map(|panel| json!({"id": panel.id, "name": panel.name})),
        "note": row.feed.note,
        "archived_at": row.feed.archived_at,
        "room": row.room.name,
        "site": row.site.name,
        "power": now.map(now_value),
        "percent": load_percent(most, watts),
    })
}

/// The feeds that a search fits.
fn found(c: &mut Conn, actor: &Actor, query: &ListQuery) -> Result<Vec<FeedRow>, Fault> {
    let rows = feed_list(c, actor)?;
    Ok(fitting(rows, query.text(), |row| {
        let panel = row.panel.as_ref().map_or("", |panel| panel.name.as_str());
        let site = &row.site;
        format!(
            "{} {} {} {} {panel}",
            row.feed.name, site.code, site.name, row.room.name
        )
    }))
}

#[get("/feeds?<query..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    query: ListQuery,
) -> Result<Answer, Failure> {
    let (actor, asked) = (signed.actor.clone(), query.clone());
    let (page, rows) = web
        .store
        .read(move |c| {
            let found = found(c, &actor, &asked)?;
            let page = Page::cut(found, &asked.page(), |row| row.feed.id.to_string());
            let mut rows = Vec::with_capacity(page.rows.len());
            for row in &page.rows {
                let now = power(c, &actor, row)?;
                rows.push(feed_value(row, now.as_ref()));
            }
            Ok((page, rows))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let list = ListView::new(
        web,
        locale,
        "/feeds",
        &query,
        ("feeds-empty", "feeds-empty-text"),
    )
    .csv()
    .action(
        signed.actor.may(Permission::EditFacility),
        "feeds-new",
        "/feeds/new",
    )
    .finish(&page, rows);
    let title = web.words.text(locale, "feeds-title");
    View::new(web, &signed.reader, "feeds/list.html", &title, "racks")
        .crumbs(&[(&web.words.text(locale, "sites-title"), "/sites")])
        .flash(said.as_ref())
        .with("list", list)
        .with("may_see_power", signed.actor.may(Permission::ViewPower))
        .answer()
}

/// Columns of the file: those of the page. The last two stay empty for those who may not see power.
const COLUMNS: &[&str] = &[
    "name", "site", "room", "side", "phases", "volts", "amps", "watts", "percent",
];

#[get("/feeds.csv?<query..>")]
async fn list_csv(web: &State<Web>, signed: Signed, query: ListQuery) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            let mut lines = Vec::new();
            for row in found(c, &actor, &query)? {
                let now = power(c, &actor, &row)?;
                lines.push(cells(&row, now.as_ref()));
            }
            Ok(lines)
        })
        .await
        .and_then(|lines: Vec<Vec<String>>| csv_answer("feeds", COLUMNS, &lines))
        .map_err(|fault| signed.failure(fault))
}

fn cells(row: &FeedRow, now: Option<&PowerNow>) -> Vec<String> {
    let feed = &row.feed;
    let watts = now.and_then(|now| now.watts).map(|watts| watts.get());
    let number = |number: Option<i64>| number.map(|n| n.to_string()).unwrap_or_default();
    vec![
        feed.name.clone(),
        row.site.code.clone(),
        row.room.name.clone(),
        feed.side.to_string(),
        feed.phases.to_string(),
        feed.volts.to_string(),
        feed.amps.to_string(),
        number(watts),
        number(load_percent(feed.volt_amperes(), watts)),
    ]
}

struct FeedPage {
    row: FeedRow,
    now: Option<PowerNow>,
    pdus: Vec<Value>,
    failing: Option<Failing>,
    history: Option<Vec<audit::Entry>>,
}

fn feed_page(c: &mut Conn, actor: &Actor, id: PowerFeedId) -> Result<FeedPage, Fault> {
    let row = feed_by_id(c, actor, id)?;
    let now = power(c, actor, &row)?;
    let mut pdus = Vec::new();
    if actor.may(Permission::ViewDevices) {
        for device in pdus_of_feed(c, row.feed.id)? {
            let device = device_by_id(c, actor, device)?;
            let now = match actor.may(Permission::ViewPower) {
                true => Some(power_now(c, actor, PowerOf::Device(device.device.id))?),
                false => None,
            };
            pdus.push(json!({
                "id": device.device.id,
                "name": device.device.name,
                "position": device.position(),
                "power": now.as_ref().map(now_value),
            }));
        }
    }
    Ok(FeedPage {
        failing: failing_shown(c, actor, Part::Feed(row.feed.id))?,
        history: entries_of(c, actor, "feed", row.feed.id.get())?,
        row,
        now,
        pdus,
    })
}

#[get("/feeds/<id>?<asked..>")]
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
        .read(move |c| feed_page(c, &actor, PowerFeedId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let feed = &page.row.feed;
    let path = format!("/feeds/{}", feed.id);
    let failure = page
        .failing
        .as_ref()
        .map(|failing| failing.section(web, locale, &path, &asked));
    View::new(web, &signed.reader, "feeds/show.html", &feed.name, "racks")
        .crumbs(&[(&web.words.text(locale, "feeds-title"), "/feeds")])
        .flash(said.as_ref())
        .with("feed", feed_value(&page.row, page.now.as_ref()))
        .with("pdus", page.pdus)
        .with("failure", failure)
        .with(
            "history",
            history_value(web, locale, page.history.as_deref(), None),
        )
        .with("may_edit", signed.actor.may(Permission::EditFacility))
        .with("may_see_power", signed.actor.may(Permission::ViewPower))
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
    there: Option<&FeedRow>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let actor = signed.actor.clone();
    let (rooms, panels) = web
        .store
        .read(move |c| Ok((room_list(c, &actor)?, panel_list(c, &actor)?)))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let panels: Vec<Value> = panels
        .iter()
        .map(|row| json!({"value": row.panel.id.to_string(), "label": format!("{} · {} · {}", row.site.code, row.room.name, row.panel.name)}))
        .collect();
    let rooms = room_choices(&rooms);
    let sides: Vec<Value> = FeedSide::ALL
        .iter()
        .map(|side| json!({"value": side, "label": web.words.text(locale, &format!("feeds-side-{side}"))}))
        .collect();
    let (title, action, back) = match there {
        None => (
            web.words.text(locale, "feeds-new"),
            "/feeds/new".to_owned(),
            "/feeds".to_owned(),
        ),
        Some(row) => (
            web.words.say(
                locale,
                &Message::new("facility-edit").with("name", row.feed.name.as_str()),
            ),
            format!("/feeds/{}/edit", row.feed.id),
            format!("/feeds/{}", row.feed.id),
        ),
    };
    View::new(web, &signed.reader, "feeds/form.html", &title, "racks")
        .crumbs(&[(&web.words.text(locale, "feeds-title"), "/feeds")])
        .with("form", form_context(web, locale, &action, fields, fault))
        .with("rooms", rooms)
        .with("sides", sides)
        .with("panels", panels)
        .with("back", back)
        .with(
            "archive_href",
            there.map(|row| format!("/feeds/{}/archive", row.feed.id)),
        )
        .status(form_status(fault))
        .answer()
}

async fn answer(
    web: &Web,
    signed: &Signed,
    there: Option<&FeedRow>,
    fields: &Fields,
    outcome: Result<String, Fault>,
) -> Result<Answer, Failure> {
    match settled(web, signed, outcome)? {
        Ok(answer) => Ok(answer),
        Err(fault) => form_view(web, signed, there, fields, Some(&fault)).await,
    }
}

#[get("/feeds/new")]
async fn new(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let mut fields: Fields = [("side", "a"), ("phases", "1"), ("volts", "220")]
        .into_iter()
        .collect();
    fields.set("max_percent", USUAL_MAX_PERCENT.to_string());
    form_view(web, &signed, None, &fields, None).await
}

#[post("/feeds/new", data = "<form>")]
async fn add(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let outcome = created(
        web,
        &signed,
        &form,
        "feed.create",
        FeedDraft::parse,
        feed_create,
    )
    .await;
    let outcome = outcome.map(|id| format!("/feeds/{id}"));
    answer(web, &signed, None, &form.fields, outcome).await
}

async fn feed(web: &Web, signed: &Signed, id: i64) -> Result<FeedRow, Failure> {
    allowed(signed)?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| feed_by_id(c, &actor, PowerFeedId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

#[get("/feeds/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = feed(web, &signed, id).await?;
    let fields = Fields::from_json(&serde_json::to_value(&there.feed).unwrap_or_default())
        .unwrap_or_default();
    form_view(web, &signed, Some(&there), &fields, None).await
}

#[post("/feeds/<id>/edit", data = "<form>")]
async fn save(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let there = feed(web, &signed, id).await?;
    let id = there.feed.id;
    let outcome = changed(
        web,
        &signed,
        &form,
        "feed.update",
        FeedDraft::parse,
        move |c, actor, version, draft| feed_update(c, actor, id, version, draft),
    )
    .await;
    let outcome = outcome.map(|()| format!("/feeds/{}", there.feed.id));
    answer(web, &signed, Some(&there), &form.fields, outcome).await
}

fn archive_of(there: &FeedRow) -> Archive<'_> {
    Archive {
        name: &there.feed.name,
        action: format!("/feeds/{}/archive", there.feed.id),
        back: "/feeds".to_owned(),
        version: there.feed.version,
        archived: there.feed.archived_at.is_some(),
        consequence: "archive-consequence",
        section: "racks",
    }
}

#[get("/feeds/<id>/archive")]
async fn archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = feed(web, &signed, id).await?;
    archive_of(&there).view(web, &signed, None)
}

#[post("/feeds/<id>/archive", data = "<form>")]
async fn archive_post(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = feed(web, &signed, id).await?;
    let id = there.feed.id;
    archive_of(&there)
        .post(
            web,
            &signed,
            &form,
            "feed.archive",
            move |c, actor, version, archive| feed_archive(c, actor, id, version, archive),
        )
        .await
}
