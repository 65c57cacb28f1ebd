//! Ranges of addresses: the list, one range with who uses it, and its form.

use rocket::form::FromForm;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::address_words::{Choices, allowed, area};
use super::addresses::address_value;
use super::entry::Said;
use super::prefixes::size_text;
use super::record_history::{entries_of, history_value};
use super::saving::{Archive, changed, created, form_status, settled};
use crate::addressing::{
    AddressFilter, RangeDraft, RangePurpose, RangeRow, RangeUsage, address_list, prefix_by_id,
    prefixes_around, range_archive, range_by_id, range_create, range_list, range_update,
    range_usage, vrf_list,
};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{IpRangeId, PrefixId, VrfId};
use crate::base::page::{Page, PageRequest};
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

/// Addresses shown on the page of a range.
const SHOWN: usize = 100;

/// Search, page and filters of the list.
#[derive(Debug, Clone, Default, FromForm)]
struct Narrowing {
    q: Option<String>,
    after: Option<String>,
    before: Option<String>,
    vrf: Option<i64>,
    purpose: Option<String>,
}

impl Narrowing {
    fn query(&self) -> ListQuery {
        ListQuery {
            q: self.q.clone(),
            after: self.after.clone(),
            before: self.before.clone(),
        }
    }
}

/// The ranges that the filters of an address find; a word that is none finds nothing.
fn found(c: &mut Conn, actor: &Actor, narrowing: &Narrowing) -> Result<Vec<RangeRow>, Fault> {
    let mut rows = range_list(c, actor)?;
    let word = narrowing.purpose.as_deref().filter(|word| !word.is_empty());
    let purpose = word
        .map(|word| RangePurpose::from_word(word).ok_or_else(Fault::not_found))
        .transpose()?;
    let vrf = narrowing.vrf.map(VrfId::new);
    rows.retain(|row| {
        vrf.is_none_or(|vrf| row.range.vrf_id == vrf)
            && purpose.is_none_or(|purpose| row.range.purpose == purpose)
    });
    Ok(fitting(rows, narrowing.query().text(), |row| {
        let range = &row.range;
        format!("{} {} {}", range.text(), range.name, range.note)
    }))
}

fn range_value(row: &RangeRow) -> Value {
    let range = &row.range;
    json!({
        "id": range.id,
        "text": range.text(),
        "vrf": row.vrf,
        "vrf_id": range.vrf_id,
        "name": range.name,
        "purpose": range.purpose,
        "note": range.note,
        "archived_at": range.archived_at,
    })
}

fn usage_value(usage: &RangeUsage) -> Value {
    json!({
        "used": usage.used.to_string(),
        "size": size_text(usage.size),
        "percent": usage.percent(),
    })
}

fn purposes(web: &Web, signed: &Signed) -> Vec<Value> {
    let locale = signed.reader.locale;
    RangePurpose::ALL
        .iter()
        .map(|purpose| json!({"value": purpose, "label": web.words.text(locale, &format!("ranges-purpose-{purpose}"))}))
        .collect()
}

#[get("/ip-ranges?<narrowing..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let query = narrowing.query();
    let (actor, asked, narrow) = (signed.actor.clone(), query.page(), narrowing.clone());
    let (page, rows, tables) = web
        .store
        .read(move |c| {
            let found = found(c, &actor, &narrow)?;
            let page = Page::cut(found, &asked, |row| row.range.id.to_string());
            let mut rows = Vec::with_capacity(page.rows.len());
            for row in &page.rows {
                let usage = range_usage(c, &row.range)?;
                rows.push(json!({"range": range_value(row), "usage": usage_value(&usage)}));
            }
            Ok((page, rows, vrf_list(c, &actor)?))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let table_name = |id: &str| {
        let named = tables.iter().find(|table| table.id.to_string() == id);
        named.map_or_else(|| id.to_owned(), |table| table.name.clone())
    };
    let list = ListView::new(
        web,
        locale,
        "/ip-ranges",
        &query,
        ("ranges-empty", "ranges-empty-text"),
    )
    .filter("vrf", narrowing.vrf.map(|id| id.to_string()), table_name)
    .filter("purpose", narrowing.purpose, |word| {
        web.words.text(locale, &format!("ranges-purpose-{word}"))
    })
    .csv()
    .action(
        signed.actor.may(Permission::EditAddresses),
        "ranges-new",
        "/ip-ranges/new",
    )
    .finish(&page, rows);
    let tables: Vec<Value> = tables
        .iter()
        .map(|table| json!({"value": table.id.to_string(), "label": table.name}))
        .collect();
    let title = web.words.text(locale, "ranges-title");
    View::new(
        web,
        &signed.reader,
        "addressing/ranges.html",
        &title,
        area(&signed.actor),
    )
    .crumbs(&[(&web.words.text(locale, "prefixes-title"), "/prefixes")])
    .flash(said.as_ref())
    .with("list", list)
    .with("tables", tables)
    .with("purposes", purposes(web, &signed))
    .answer()
}

/// Columns of the file: those of the page.
const COLUMNS: &[&str] = &[
    "first", "last", "vrf", "name", "purpose", "used", "size", "percent", "note",
];

#[get("/ip-ranges.csv?<narrowing..>")]
async fn list_csv(
    web: &State<Web>,
    signed: Signed,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| {
            let mut lines = Vec::new();
            for row in found(c, &actor, &narrowing)? {
                let usage = range_usage(c, &row.range)?;
                lines.push(cells(&row, &usage));
            }
            Ok(lines)
        })
        .await
        .and_then(|lines: Vec<Vec<String>>| csv_answer("ip-ranges", COLUMNS, &lines))
        .map_err(|fault| signed.failure(fault))
}

fn cells(row: &RangeRow, usage: &RangeUsage) -> Vec<String> {
    let range = &row.range;
    let (first, last) = range.ends();
    vec![
        first.to_string(),
        last.to_string(),
        row.vrf.clone(),
        range.name.clone(),
        range.purpose.to_string(),
        usage.used.to_string(),
        usage.size.to_string(),
        usage.percent().to_string(),
        range.note.clone(),
    ]
}

#[get("/ip-ranges/<id>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let (row, usage, around, addresses, history) = web
        .store
        .read(move |c| {
            let row = range_by_id(c, &actor, IpRangeId::new(id))?;
            let usage = range_usage(c, &row.range)?;
            let (first, last) = row.range.ends();
            let mut around =
                prefixes_around(c, row.range.vrf_id, first, first.family().bits(), false)?;
            around.retain(|prefix| prefix.prefix().holds(last));
            let filter = AddressFilter {
                vrf_id: Some(row.range.vrf_id),
                between: Some((first, last)),
                ..AddressFilter::default()
            };
            let page = PageRequest {
                limit: SHOWN,
                ..PageRequest::first()
            };
            let addresses = address_list(c, &actor, &filter, &page)?;
            let history = entries_of(c, &actor, "range", row.range.id.get())?;
            Ok((row, usage, around, addresses, history))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let (locale, now) = (signed.reader.locale, signed.actor.now);
    let title = row.range.text();
    let around: Vec<Value> = around
        .iter()
        .rev()
        .map(|wider| json!({"id": wider.id, "prefix": wider.prefix().to_string()}))
        .collect();
    let rows: Vec<Value> = addresses
        .rows
        .iter()
        .map(|row| address_value(row, now))
        .collect();
    View::new(
        web,
        &signed.reader,
        "addressing/range.html",
        &title,
        area(&signed.actor),
    )
    .crumbs(&[
        (&web.words.text(locale, "prefixes-title"), "/prefixes"),
        (&web.words.text(locale, "ranges-title"), "/ip-ranges"),
    ])
    .flash(said.as_ref())
    .with("range", range_value(&row))
    .with("usage", usage_value(&usage))
    .with("around", around)
    .with("addresses", rows)
    .with("address_total", addresses.total)
    .with(
        "history",
        history_value(web, locale, history.as_deref(), None),
    )
    .with("may_edit", signed.actor.may(Permission::EditAddresses))
    .answer()
}

async fn form_view(
    web: &Web,
    signed: &Signed,
    there: Option<&RangeRow>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let choices = Choices::of(web, signed).await?;
    let (title, action, back) = match there {
        None => (
            web.words.text(locale, "ranges-new"),
            "/ip-ranges/new".to_owned(),
            "/ip-ranges".to_owned(),
        ),
        Some(row) => {
            let message = Message::new("facility-edit").with("name", row.range.text());
            let here = format!("/ip-ranges/{}", row.range.id);
            (
                web.words.say(locale, &message),
                format!("{here}/edit"),
                here,
            )
        }
    };
    View::new(
        web,
        &signed.reader,
        "addressing/range_form.html",
        &title,
        "network",
    )
    .crumbs(&[
        (&web.words.text(locale, "prefixes-title"), "/prefixes"),
        (&web.words.text(locale, "ranges-title"), "/ip-ranges"),
    ])
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("is_new", there.is_none())
    .with("tables", choices.tables())
    .with("purposes", purposes(web, signed))
    .with("back", back)
    .status(form_status(fault))
    .answer()
}

async fn answer(
    web: &Web,
    signed: &Signed,
    there: Option<&RangeRow>,
    fields: &Fields,
    outcome: Result<IpRangeId, Fault>,
) -> Result<Answer, Failure> {
    match settled(web, signed, outcome.map(|id| format!("/ip-ranges/{id}")))? {
        Ok(answer) => Ok(answer),
        Err(fault) => form_view(web, signed, there, fields, Some(&fault)).await,
    }
}

/// The form of a new range; `prefix` is the network that it begins with.
#[get("/ip-ranges/new?<prefix>")]
async fn new(web: &State<Web>, signed: Signed, prefix: Option<i64>) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let mut fields: Fields = [("purpose", "pool")].into_iter().collect();
    if let Some(prefix) = prefix {
        let actor = signed.actor.clone();
        let row = web
            .store
            .read(move |c| prefix_by_id(c, &actor, PrefixId::new(prefix)))
            .await
            .map_err(|fault| signed.failure(fault))?;
        fields.set("vrf_id", row.prefix.vrf_id.to_string());
        fields.set("first", row.prefix.prefix().network().to_string());
    }
    form_view(web, &signed, None, &fields, None).await
}

#[post("/ip-ranges/new", data = "<form>")]
async fn add(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let outcome = created(
        web,
        &signed,
        &form,
        "range.create",
        RangeDraft::parse,
        range_create,
    )
    .await;
    answer(web, &signed, None, &form.fields, outcome).await
}

async fn range(web: &Web, signed: &Signed, id: i64) -> Result<RangeRow, Failure> {
    allowed(signed)?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| range_by_id(c, &actor, IpRangeId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

#[get("/ip-ranges/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = range(web, &signed, id).await?;
    let kept = &there.range;
    let (first, last) = kept.ends();
    let fields: Fields = [
        ("vrf_id", kept.vrf_id.to_string()),
        ("first", first.to_string()),
        ("last", last.to_string()),
        ("name", kept.name.clone()),
        ("purpose", kept.purpose.to_string()),
        ("note", kept.note.clone()),
        ("version", kept.version.to_string()),
    ]
    .into_iter()
    .collect();
    form_view(web, &signed, Some(&there), &fields, None).await
}

#[post("/ip-ranges/<id>/edit", data = "<form>")]
async fn save(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let there = range(web, &signed, id).await?;
    let id = there.range.id;
    let outcome = changed(
        web,
        &signed,
        &form,
        "range.update",
        RangeDraft::parse,
        move |c, actor, version, draft| range_update(c, actor, id, version, draft).map(|()| id),
    )
    .await;
    answer(web, &signed, Some(&there), &form.fields, outcome).await
}

fn archive_of<'a>(there: &RangeRow, name: &'a str) -> Archive<'a> {
    let back = format!("/ip-ranges/{}", there.range.id);
    Archive {
        name,
        action: format!("{back}/archive"),
        back,
        version: there.range.version,
        archived: there.range.archived_at.is_some(),
        consequence: "ranges-archive-consequence",
        section: "network",
    }
}

#[get("/ip-ranges/<id>/archive")]
async fn archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = range(web, &signed, id).await?;
    let name = there.range.text();
    archive_of(&there, &name).view(web, &signed, None)
}

#[post("/ip-ranges/<id>/archive", data = "<form>")]
async fn archive_post(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = range(web, &signed, id).await?;
    let (id, name) = (there.range.id, there.range.text());
    archive_of(&there, &name)
        .post(
            web,
            &signed,
            &form,
            "range.archive",
            move |c, actor, version, archive| range_archive(c, actor, id, version, archive),
        )
        .await
}
