//! Where records and devices differ: the list, and deciding about several at once.

use rocket::form::FromForm;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::device_columns::is_day;
use super::entry::Said;
use super::saving::form_status;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::DeviceId;
use crate::base::time::Timestamp;
use crate::identity::Permission;
use crate::inventory::{
    Difference, DifferenceFilter, DifferenceKind, Seen, Settle, difference_list, differences_of,
    differences_settle,
};
use crate::web::csv_file::csv_answer;
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView, every_row};
use crate::web::view::{Answer, View, belongs_in_form, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, list_csv, confirm, settle]
}

fn row_value(one: &Difference) -> Value {
    json!({
        "id": one.seen().to_text(),
        "device_id": one.device.device.id,
        "device": one.device.device.name,
        "position": one.device.position(),
        "kind": one.kind,
        "source": one.fact.source,
        "record": one.record,
        "said": one.fact.value,
        "verdict": one.verdict,
        "said_at": one.fact.said_at,
        "seen_at": one.fact.seen_at,
        "ignored_at": one.fact.ignored_at,
        "ignored_by": one.fact.ignored_by_name,
        "ignored_until": one.fact.ignored_until,
        "by_hand": !one.kind.can_be_taken_over(),
    })
}

/// Filters and place of the list.
#[derive(Debug, Clone, Default, FromForm)]
struct Narrowing {
    q: Option<String>,
    after: Option<String>,
    before: Option<String>,
    kind: Option<String>,
    device: Option<i64>,
    aside: Option<String>,
}

impl Narrowing {
    fn query(&self) -> ListQuery {
        ListQuery {
            q: self.q.clone(),
            after: self.after.clone(),
            before: self.before.clone(),
        }
    }

    fn filter(&self) -> DifferenceFilter {
        DifferenceFilter {
            query: self.query().text().to_owned(),
            kind: self.kind.as_deref().and_then(DifferenceKind::from_word),
            device: self.device.map(DeviceId::new),
            set_aside: self.aside.as_deref() == Some("yes"),
        }
    }
}

#[get("/differences?<narrowing..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let query = narrowing.query();
    let filter = narrowing.filter();
    let (kind, is_aside) = (filter.kind, filter.set_aside);
    let (actor, asked) = (signed.actor.clone(), query.page());
    let page = web
        .store
        .read(move |c| difference_list(c, &actor, &filter, &asked))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let rows: Vec<Value> = page.rows.iter().map(row_value).collect();
    let word = |kind: &str| web.words.text(locale, &format!("differences-kind-{kind}"));
    let first = page.rows.first().map(|row| row.device.device.name.clone());
    let aside = web.words.text(locale, "differences-aside");
    let mut list = ListView::new(
        web,
        locale,
        "/differences",
        &query,
        ("differences-empty", "differences-empty-text"),
    )
    .filter("kind", kind.map(|kind| kind.to_string()), word)
    .filter("aside", is_aside.then(|| "yes".to_owned()), |_| aside)
    .filter("device", narrowing.device.map(|id| id.to_string()), |id| {
        first.unwrap_or_else(|| id.to_owned())
    })
    .csv()
    .finish(&page, rows);
    // Facts are compared a page at a time; how many differ in all nobody has counted.
    if let Some(list) = list.as_object_mut() {
        list.insert("total".to_owned(), Value::Null);
    }
    let kinds: Vec<Value> = DifferenceKind::ALL
        .iter()
        .map(|kind| json!({"value": kind, "label": word(kind.as_str())}))
        .collect();
    let title = web.words.text(locale, "differences-title");
    View::new(
        web,
        &signed.reader,
        "differences/list.html",
        &title,
        "devices",
    )
    .flash(said.as_ref())
    .with("list", list)
    .with("kinds", kinds)
    .with("is_aside", is_aside)
    .with("may_edit", signed.actor.may(Permission::EditDevices))
    .answer()
}

/// Columns of the file: those of the page.
const COLUMNS: &[&str] = &[
    "device",
    "kind",
    "verdict",
    "record",
    "said",
    "source",
    "since",
    "set_aside_by",
    "set_aside_until",
];

#[get("/differences.csv?<narrowing..>")]
async fn list_csv(
    web: &State<Web>,
    signed: Signed,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let (actor, filter) = (signed.actor.clone(), narrowing.filter());
    let is_aside = filter.set_aside;
    web.store
        .read(move |c| {
            let rows = every_row(|page| difference_list(c, &actor, &filter, page))?;
            Ok(rows.iter().map(|one| cells(one, is_aside)).collect())
        })
        .await
        .and_then(|rows: Vec<Vec<String>>| csv_answer("differences", COLUMNS, &rows))
        .map_err(|fault| signed.failure(fault))
}

fn cells(one: &Difference, is_aside: bool) -> Vec<String> {
    let fact = &one.fact;
    // Who set aside what is open again is not on the page either.
    let aside = fact.ignored_at.filter(|_| is_aside);
    let until = fact.ignored_until.filter(|_| aside.is_some());
    vec![
        one.device.device.name.clone(),
        one.kind.to_string(),
        one.verdict.to_string(),
        one.record.clone(),
        fact.value.clone(),
        fact.source.clone(),
        fact.said_at.to_rfc3339(),
        aside
            .map(|_| fact.ignored_by_name.clone())
            .unwrap_or_default(),
        until.map(|until| until.to_rfc3339()).unwrap_or_default(),
    ]
}

fn wanted(word: &str) -> Result<Settle, Fault> {
    Settle::from_word(word.trim()).ok_or_else(|| {
        let message = Message::new("fault-choice").with("allowed", Settle::words());
        Fault::field("do", message)
    })
}

fn all_seen<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Vec<Seen>, Fault> {
    let seen: Option<Vec<Seen>> = texts.map(Seen::from_text).collect();
    match seen {
        Some(seen) if !seen.is_empty() => Ok(seen),
        _ => Err(Fault::field(
            "seen",
            Message::new("differences-none-chosen"),
        )),
    }
}

/// The first instant after a day; none for an empty text.
fn end_of(web: &Web, day: &str) -> Result<Option<Timestamp>, Fault> {
    let (day, zone) = (day.trim(), web.settings.zone);
    if day.is_empty() {
        return Ok(None);
    }
    Timestamp::parse_in(day, zone)
        .filter(|_| is_day(day))
        .map(|at| Some(at.end_of_local_day(zone)))
        .ok_or_else(|| Fault::field("until", Message::new("fault-date")))
}

async fn dialog_view(
    web: &Web,
    signed: &Signed,
    settle: Settle,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let seen = all_seen(fields.all("id")).map_err(|fault| signed.failure(fault))?;
    let facts: Vec<_> = seen.iter().map(|one| one.fact).collect();
    let actor = signed.actor.clone();
    let found = web
        .store
        .read(move |c| differences_of(c, &actor, &facts))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let rows: Vec<Value> = found.iter().map(row_value).collect();
    if found.is_empty() {
        let gone = Fault::field("seen", Message::new("differences-none-chosen"));
        return Err(signed.failure(gone));
    }
    // What is decided is what this page shows, also when it is shown again because something changed.
    let ids: Vec<String> = found.iter().map(|one| one.seen().to_text()).collect();
    let title = Message::new("differences-confirm")
        .with("do", settle.as_str())
        .with("count", found.len());
    let submit = Message::new("differences-submit")
        .with("do", settle.as_str())
        .with("count", found.len());
    View::new(
        web,
        &signed.reader,
        "differences/confirm.html",
        &web.words.say(locale, &title),
        "devices",
    )
    .with("differences", rows)
    .with("ids", ids)
    .with("settle", settle)
    .with(
        "form",
        form_context(web, locale, "/differences/settle", fields, fault),
    )
    .with(
        "dialog",
        json!({
            "submit": web.words.say(locale, &submit),
            "danger": false,
            "cancel_href": "/differences",
            "confirm_label": null,
            "icon": null,
        }),
    )
    .status(form_status(fault))
    .answer()
}

/// What was ticked, and what shall be done about it.
#[derive(Debug, Clone, Default, FromForm)]
struct Ticked {
    id: Vec<String>,
    #[field(name = "do")]
    wish: Option<String>,
}

#[get("/differences/confirm?<ticked..>")]
async fn confirm(web: &State<Web>, signed: Signed, ticked: Ticked) -> Result<Answer, Failure> {
    let refuse = |fault| signed.failure(fault);
    signed
        .actor
        .require(Permission::EditDevices)
        .map_err(refuse)?;
    let settle = wanted(ticked.wish.as_deref().unwrap_or_default()).map_err(refuse)?;
    let fields: Fields = ticked.id.iter().map(|id| ("id", id.as_str())).collect();
    dialog_view(web, &signed, settle, &fields, None).await
}

#[post("/differences/settle", data = "<form>")]
async fn settle(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    let refuse = |fault| signed.failure(fault);
    signed
        .actor
        .require(Permission::EditDevices)
        .map_err(refuse)?;
    let settle = wanted(form.fields.get("do")).map_err(refuse)?;
    let parsed = all_seen(form.fields.all("id"))
        .and_then(|seen| Ok((seen, end_of(web, form.fields.get("until"))?)));
    let outcome = match parsed {
        Ok((seen, until)) => {
            let actor = signed.actor.clone();
            web.store
                .write("differences.settle", move |c| {
                    differences_settle(c, &actor, &seen, settle, until)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    match outcome {
        Ok(count) => {
            let said = Message::new("differences-done")
                .with("do", settle.as_str())
                .with("count", count);
            Ok(done(web, signed.reader.locale, "/differences", &said))
        }
        Err(fault) if belongs_in_form(&fault) => {
            dialog_view(web, &signed, settle, &form.fields, Some(&fault)).await
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}
