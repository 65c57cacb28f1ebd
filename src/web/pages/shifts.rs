//! The shift book and the reader's own hours.

use chrono_tz::Tz;
use rocket::form::FromForm;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::saving::{created, form_status, settled};
use crate::access::{OwnStay, SiteName, own_stays, site_choices};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{ShiftNoteId, SiteId};
use crate::base::page::{Page, every_page};
use crate::base::time::Timestamp;
use crate::identity::Permission;
use crate::shifts::{
    NoteDraft, ShiftFilter, ShiftNote, ShiftNoteKind, shift_note_add, shift_note_by_id,
    shift_note_list, shift_notes_open,
};
use crate::web::csv_file::csv_answer;
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView};
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, list_csv, add, correct, mine]
}

/// Search, page and filters of the book.
#[derive(Debug, Clone, Default, FromForm)]
struct Narrowing {
    q: Option<String>,
    after: Option<String>,
    before: Option<String>,
    site: Option<i64>,
    kind: Option<String>,
}

impl Narrowing {
    fn query(&self) -> ListQuery {
        ListQuery {
            q: self.q.clone(),
            after: self.after.clone(),
            before: self.before.clone(),
        }
    }

    fn filter(&self) -> ShiftFilter {
        ShiftFilter {
            query: self.query().text().to_owned(),
            site: self.site.map(SiteId::new),
            kind: self.kind.as_deref().and_then(ShiftNoteKind::from_word),
            ..ShiftFilter::default()
        }
    }
}

/// What the page of the book shows.
struct Shown {
    page: Page<ShiftNote>,
    open: Vec<ShiftNote>,
    houses: Vec<SiteName>,
}

fn note_value(houses: &[SiteName], note: &ShiftNote) -> Value {
    let house = houses.iter().find(|house| house.id == note.site_id);
    json!({
        "id": note.id,
        "at": note.at,
        "kind": note.kind,
        "refers_to": note.refers_to_id,
        "body": note.body,
        "author": note.author_name,
        "site": house.map(|house| house.code.as_str()),
        "time_zone": house.map(|house| house.time_zone.as_str()),
    })
}

async fn book(
    web: &Web,
    signed: &Signed,
    said: Said<'_>,
    narrowing: &Narrowing,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let (actor, query, filter) = (signed.actor.clone(), narrowing.query(), narrowing.filter());
    let asked = query.page();
    let Shown { page, open, houses } = web
        .store
        .read(move |c| {
            Ok(Shown {
                page: shift_note_list(c, &actor, &filter, &asked)?,
                open: shift_notes_open(c, &actor, filter.site)?,
                houses: site_choices(c)?,
            })
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let value = |note: &ShiftNote| note_value(&houses, note);
    let rows: Vec<Value> = page.rows.iter().map(value).collect();
    let open: Vec<Value> = open.iter().map(value).collect();
    let kind_word = |word: &str| web.words.text(locale, &format!("shift-kind-{word}"));
    let list = ListView::new(
        web,
        locale,
        "/shifts",
        &query,
        ("shift-empty", "shift-empty-text"),
    )
    .filter("site", narrowing.site.map(|id| id.to_string()), |id| {
        let house = houses.iter().find(|house| house.id.to_string() == id);
        house.map_or_else(|| id.to_owned(), |house| house.name.clone())
    })
    .filter(
        "kind",
        narrowing
            .kind
            .as_deref()
            .and_then(ShiftNoteKind::from_word)
            .map(|kind| kind.to_string()),
        kind_word,
    )
    .csv()
    .finish(&page, rows);
    let choices: Vec<Value> = houses
        .iter()
        .map(|house| json!({"value": house.id.to_string(), "label": house.name}))
        .collect();
    let kinds: Vec<Value> = ShiftNoteKind::ALL
        .iter()
        .map(|kind| json!({"value": kind, "label": kind_word(kind.as_str())}))
        .collect();
    let title = web.words.text(locale, "shift-title");
    View::new(web, &signed.reader, "shifts/book.html", &title, "visits")
        .crumbs(&[(&web.words.text(locale, "visit-title"), "/visits")])
        .flash(said.as_ref())
        .with("list", list)
        .with("open", open)
        .with("houses", choices)
        .with("kinds", kinds)
        .with("may_write", signed.actor.may(Permission::DeskVisits))
        .with("form", form_context(web, locale, "/shifts", fields, fault))
        .status(form_status(fault))
        .answer()
}

#[get("/shifts?<narrowing..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let mut fields = Fields::new();
    if let Some(site) = narrowing.site {
        fields.push("site_id", site.to_string());
    }
    book(web, &signed, said, &narrowing, &fields, None).await
}

#[get("/shifts.csv?<narrowing..>")]
async fn list_csv(
    web: &State<Web>,
    signed: Signed,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let (actor, filter) = (signed.actor.clone(), narrowing.filter());
    web.store
        .read(move |c| {
            let houses = site_choices(c)?;
            let mut lines = Vec::new();
            every_page(|page| {
                let part = shift_note_list(c, &actor, &filter, page)?;
                lines.extend(part.rows.iter().map(|note| line(&houses, note)));
                Ok(part.next)
            })?;
            Ok(lines)
        })
        .await
        .and_then(|lines| csv_answer("shifts", COLUMNS, &lines))
        .map_err(|fault| signed.failure(fault))
}

const COLUMNS: &[&str] = &["id", "at", "site", "kind", "refers_to", "author", "body"];

fn line(houses: &[SiteName], note: &ShiftNote) -> Vec<String> {
    let house = houses.iter().find(|house| house.id == note.site_id);
    vec![
        note.id.to_string(),
        note.at.to_rfc3339(),
        house.map(|house| house.code.clone()).unwrap_or_default(),
        note.kind.to_string(),
        note.refers_to_id
            .map(|id| id.to_string())
            .unwrap_or_default(),
        note.author_name.clone(),
        note.body.clone(),
    ]
}

fn may_write(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::DeskVisits)
        .map_err(|fault| signed.failure(fault))
}

#[post("/shifts", data = "<form>")]
async fn add(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    may_write(&signed)?;
    let outcome = created(
        web,
        &signed,
        &form,
        "shift.note",
        NoteDraft::parse,
        shift_note_add,
    )
    .await;
    let outcome = outcome.map(|_| "/shifts".to_owned());
    match settled(web, &signed, outcome)? {
        Ok(answer) => Ok(answer),
        Err(fault) if !form.fields.get("refers_to_id").trim().is_empty() => {
            correction(web, &signed, &form.fields, Some(&fault)).await
        }
        Err(fault) => {
            let all: Narrowing = Default::default();
            book(web, &signed, None, &all, &form.fields, Some(&fault)).await
        }
    }
}

/// The form that puts an entry right.
#[get("/shifts/<id>/correct")]
async fn correct(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let fields: Fields = [
        ("kind", ShiftNoteKind::Correction.to_string()),
        ("refers_to_id", id.to_string()),
    ]
    .into_iter()
    .collect();
    correction(web, &signed, &fields, None).await
}

async fn correction(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let id = fields.get("refers_to_id").trim().parse().unwrap_or(0);
    let (note, houses) = web
        .store
        .read(move |c| {
            actor.require(Permission::DeskVisits)?;
            let note = shift_note_by_id(c, &actor, ShiftNoteId::new(id))?;
            Ok((note, site_choices(c)?))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let title = web.words.text(locale, "shift-correct-title");
    View::new(web, &signed.reader, "shifts/correct.html", &title, "visits")
        .crumbs(&[(&web.words.text(locale, "shift-title"), "/shifts")])
        .with("note", note_value(&houses, &note))
        .with("form", form_context(web, locale, "/shifts", fields, fault))
        .status(form_status(fault))
        .answer()
}

/// The month that an address names (`2026-11`), or the present one, from its first instant to its last.
fn month(
    typed: Option<&str>,
    now: Timestamp,
    zone: Tz,
) -> Result<(String, Timestamp, Timestamp), Fault> {
    use chrono::{Months, NaiveDate};
    let present = now.local_date(zone);
    let text = typed
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| present.get(..7).unwrap_or_default());
    let first = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d")
        .ok()
        .filter(|_| text.len() == 7);
    let next = first.and_then(|first| first.checked_add_months(Months::new(1)));
    let start = |day: NaiveDate| Timestamp::parse_in(&format!("{day} 00:00"), zone);
    match (first.and_then(start), next.and_then(start)) {
        (Some(from), Some(until)) => Ok((text.to_owned(), from, until)),
        _ => Err(Fault::field("month", Message::new("shift-fault-month"))),
    }
}

/// The months beside one.
fn beside(from: Timestamp, until: Timestamp, zone: Tz) -> (String, String) {
    let of = |at: Timestamp| at.local_date(zone).get(..7).unwrap_or_default().to_owned();
    (
        of(from.plus_seconds(-86_400)),
        of(until.plus_seconds(43_200)),
    )
}

#[get("/shifts/mine?<month>")]
async fn mine(web: &State<Web>, signed: Signed, month: Option<String>) -> Result<Answer, Failure> {
    let zone = web.settings.zone;
    let (text, from, until) = self::month(month.as_deref(), signed.actor.now, zone)
        .map_err(|fault| signed.failure(fault))?;
    let actor = signed.actor.clone();
    let stays = web
        .store
        .read(move |c| own_stays(c, &actor, from, until))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let total_ms: i64 = stays.iter().map(|own| own.in_time_ms).sum();
    let rows: Vec<Value> = stays.iter().map(stay_value).collect();
    let (before, after) = beside(from, until, zone);
    let locale = signed.reader.locale;
    let title = web.words.text(locale, "shift-mine");
    View::new(web, &signed.reader, "shifts/mine.html", &title, "visits")
        .crumbs(&[(&web.words.text(locale, "shift-title"), "/shifts")])
        .with("rows", rows)
        .with("month", text)
        .with("total", hours(total_ms))
        .with("before_href", format!("/shifts/mine?month={before}"))
        .with("after_href", format!("/shifts/mine?month={after}"))
        .status(Status::Ok)
        .answer()
}

fn stay_value(own: &OwnStay) -> Value {
    json!({
        "number": own.number,
        "site": own.site,
        "time_zone": own.time_zone,
        "came": own.stay.from,
        "left": own.stay.until,
        "hours": hours(own.in_time_ms),
    })
}

/// `7:05` of milliseconds, whole minutes.
fn hours(ms: i64) -> String {
    let minutes = ms / 60_000;
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_goes_from_its_first_instant_to_the_next_ones() {
        let zone = Tz::Asia__Shanghai;
        let now =
            Timestamp::parse_in("2026-11-24 09:00", zone).unwrap_or(Timestamp::from_millis(0));
        let at = |text: &str| Timestamp::parse_in(text, zone);
        for (typed, text, from, until) in [
            (None, "2026-11", "2026-11-01 00:00", "2026-12-01 00:00"),
            (
                Some("2026-02"),
                "2026-02",
                "2026-02-01 00:00",
                "2026-03-01 00:00",
            ),
            (
                Some("2026-12"),
                "2026-12",
                "2026-12-01 00:00",
                "2027-01-01 00:00",
            ),
        ] {
            let found = month(typed, now, zone).ok();
            let wanted = at(from)
                .zip(at(until))
                .map(|(from, until)| (text.to_owned(), from, until));
            assert_eq!(found, wanted, "{typed:?}");
        }
        for wrong in ["2026", "2026-13", "11-2026", "2026-1", "x"] {
            assert!(month(Some(wrong), now, zone).is_err(), "{wrong}");
        }
    }

    #[test]
    fn hours_are_whole_minutes() {
        assert_eq!(hours(0), "0:00");
        assert_eq!(hours(25_559_999), "7:05");
        assert_eq!(hours(100 * 3_600_000), "100:00");
    }
}
