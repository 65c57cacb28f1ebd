//! The stock of what is lent at the desk: badges, lockers, keys.

use rocket::form::FromForm;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::saving::{Archive, form_status, settled};
use crate::access::{
    LoanItemDraft, LoanItemFilter, LoanItemRow, LoanKind, LoanState, RackPlace, SiteName,
    loan_history, loan_item_archive, loan_item_by_id, loan_item_create, loan_item_list,
    loan_item_update, rack_choices, site_choices,
};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{LoanItemId, RackId, SiteId};
use crate::base::locale::Locale;
use crate::base::page::PageRequest;
use crate::base::time::Timestamp;
use crate::identity::Permission;
use crate::web::csv_file::csv_answer;
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView};
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

/// Search, page and filters as they stand in the address.
#[derive(Debug, Clone, Default, FromForm)]
struct Narrowing {
    q: Option<String>,
    after: Option<String>,
    before: Option<String>,
    kind: Option<String>,
    state: Option<String>,
    site: Option<i64>,
    rack: Option<i64>,
}

impl Narrowing {
    fn query(&self) -> ListQuery {
        ListQuery {
            q: self.q.clone(),
            after: self.after.clone(),
            before: self.before.clone(),
        }
    }

    fn filter(&self) -> LoanItemFilter {
        LoanItemFilter {
            query: self.query().text().to_owned(),
            site: self.site.map(SiteId::new),
            kind: self.kind.as_deref().and_then(LoanKind::from_word),
            state: self.state.as_deref().and_then(LoanState::from_word),
            rack: self.rack.map(RackId::new),
        }
    }
}

/// Kind of badge for a state.
const fn state_kind(state: LoanState) -> &'static str {
    match state {
        LoanState::InStock => "ok",
        LoanState::Out => "note",
        LoanState::Lost => "fault",
        LoanState::Retired => "off",
    }
}

/// A thing as templates take it.
pub(super) fn item_value(web: &Web, locale: Locale, row: &LoanItemRow) -> Value {
    let item = &row.item;
    let is_late = row.loan.as_ref().is_some_and(|loan| loan.late);
    json!({
        "id": item.id,
        "href": format!("/loan-items/{}", item.id),
        "kind": item.kind,
        "kind_word": web.words.text(locale, &format!("loan-kind-{}", item.kind)),
        "number": item.number,
        "site": row.site_name,
        "rack": row.rack,
        "rack_id": item.rack_id,
        "state": item.state,
        "state_kind": if is_late { "warning" } else { state_kind(item.state) },
        "state_word": web.words.text(locale, &format!("loan-state-{}", item.state)),
        "note": item.note,
        "loan": row.loan,
    })
}

/// The words of a closed set as choices: `loan-kind-badge` and so on.
fn kinds(web: &Web, locale: Locale) -> Vec<Value> {
    LoanKind::ALL
        .iter()
        .map(|kind| json!({"value": kind, "label": web.words.text(locale, &format!("loan-kind-{kind}"))}))
        .collect()
}

fn states(web: &Web, locale: Locale) -> Vec<Value> {
    LoanState::ALL
        .iter()
        .map(|state| json!({"value": state, "label": web.words.text(locale, &format!("loan-state-{state}"))}))
        .collect()
}

#[get("/loan-items?<narrowing..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let query = narrowing.query();
    let (filter, request) = (narrowing.filter(), query.page());
    let (actor, wanted) = (signed.actor.clone(), filter.clone());
    let (page, sites) = web
        .store
        .read(move |c| {
            Ok((
                loan_item_list(c, &actor, &wanted, &request)?,
                site_choices(c)?,
            ))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let words = |key: &str| web.words.text(locale, key);
    let rows = page
        .rows
        .iter()
        .map(|row| item_value(web, locale, row))
        .collect();
    let number = |id: Option<i64>| id.map(|id| id.to_string());
    let list = ListView::new(
        web,
        locale,
        "/loan-items",
        &query,
        ("loan-items-empty", "loan-items-empty-text"),
    )
    .filter("kind", filter.kind.map(|kind| kind.to_string()), |word| {
        web.words.text(locale, &format!("loan-kind-{word}"))
    })
    .filter(
        "state",
        filter.state.map(|state| state.to_string()),
        |word| web.words.text(locale, &format!("loan-state-{word}")),
    )
    .filter("site", number(narrowing.site), |id| {
        let known = sites.iter().find(|site| site.id.to_string() == id);
        known.map_or_else(|| id.to_owned(), |site| site.name.clone())
    })
    .filter("rack", number(narrowing.rack), |_| {
        words("visit-filter-rack")
    })
    .csv()
    .action(
        signed.actor.may(Permission::EditLoanItems),
        "loan-items-new",
        "/loan-items/new",
    )
    .finish(&page, rows);
    let title = words("loan-items-title");
    View::new(web, &signed.reader, "loans/items.html", &title, "visits")
        .crumbs(&[(&words("visit-title"), "/visits")])
        .flash(said.as_ref())
        .with("list", list)
        .with("kinds", kinds(web, locale))
        .with("states", states(web, locale))
        .with("houses", houses(&sites))
        .answer()
}

fn houses(sites: &[SiteName]) -> Vec<Value> {
    sites
        .iter()
        .map(|site| json!({"value": site.id.to_string(), "label": site.name}))
        .collect()
}

const COLUMNS: &[&str] = &[
    "kind", "number", "site", "rack", "state", "holder", "company", "visit", "since", "due", "note",
];

#[get("/loan-items.csv?<narrowing..>")]
async fn list_csv(
    web: &State<Web>,
    signed: Signed,
    narrowing: Narrowing,
) -> Result<Answer, Failure> {
    let (actor, filter) = (signed.actor.clone(), narrowing.filter());
    web.store
        .read(move |c| {
            let mut lines = Vec::new();
            let mut page = PageRequest {
                limit: 1000,
                ..PageRequest::first()
            };
            loop {
                let part = loan_item_list(c, &actor, &filter, &page)?;
                lines.extend(part.rows.iter().map(csv_line));
                match part.next {
                    Some(next) => page.after = Some(next),
                    None => return Ok(lines),
                }
            }
        })
        .await
        .and_then(|lines| csv_answer("loan-items", COLUMNS, &lines))
        .map_err(|fault| signed.failure(fault))
}

fn csv_line(row: &LoanItemRow) -> Vec<String> {
    let loan = row.loan.as_ref();
    let at = |at: Option<Timestamp>| at.map(Timestamp::to_rfc3339).unwrap_or_default();
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    vec![
        row.item.kind.to_string(),
        row.item.number.clone(),
        row.site.clone(),
        row.rack.clone().unwrap_or_default(),
        row.item.state.to_string(),
        text(loan.map(|loan| &loan.holder)),
        text(loan.map(|loan| &loan.company)),
        text(loan.and_then(|loan| loan.visit.as_ref())),
        at(loan.map(|loan| loan.loan.out_at)),
        at(loan.and_then(|loan| loan.due)),
        row.item.note.clone(),
    ]
}

/// A thing that the reader may see.
pub(super) async fn item(web: &Web, signed: &Signed, id: i64) -> Result<LoanItemRow, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| loan_item_by_id(c, &actor, LoanItemId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

#[get("/loan-items/<id>?<at>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
    at: Option<String>,
) -> Result<Answer, Failure> {
    let row = item(web, &signed, id).await?;
    let typed = at.unwrap_or_default();
    let asked = typed.trim();
    let zone = web.settings.zone;
    let instant = match (asked.is_empty(), Timestamp::parse_in(asked, zone)) {
        (true, _) => None,
        (false, Some(instant)) => Some(instant),
        (false, None) => {
            let fault = Fault::field("at", Message::new("visit-fault-time"));
            return Err(signed.failure(fault));
        }
    };
    let (actor, id) = (signed.actor.clone(), row.item.id);
    let history = web
        .store
        .read(move |c| loan_history(c, &actor, id, instant))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let words = |key: &str| web.words.text(locale, key);
    let is_live = row.item.state != LoanState::Retired;
    let desk = signed.actor.may(Permission::DeskVisits);
    View::new(
        web,
        &signed.reader,
        "loans/item.html",
        &row.item.number,
        "visits",
    )
    .crumbs(&[
        (&words("visit-title"), "/visits"),
        (&words("loan-items-title"), "/loan-items"),
    ])
    .flash(said.as_ref())
    .with("item", item_value(web, locale, &row))
    .with("history", history)
    .with("asked_at", asked)
    .with("zone", zone.name())
    .with("facility", signed.actor.may(Permission::ViewFacility))
    .with(
        "may",
        json!({
            "edit": signed.actor.may(Permission::EditLoanItems),
            "lend": desk && row.item.state == LoanState::InStock,
            "take_back": desk && row.item.state == LoanState::Out,
            "lose": desk && is_live && row.item.state != LoanState::Lost,
            "find": desk && row.item.state == LoanState::Lost,
        }),
    )
    .answer()
}

fn allowed(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::EditLoanItems)
        .map_err(|fault| signed.failure(fault))
}

fn rack_options(racks: &[RackPlace]) -> Vec<Value> {
    racks
        .iter()
        .map(|rack| {
            json!({
                "value": rack.id.to_string(),
                "label": format!("{} / {}", rack.room, rack.name),
            })
        })
        .collect()
}

async fn form_view(
    web: &Web,
    signed: &Signed,
    there: Option<&LoanItemRow>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let actor = signed.actor.clone();
    let (sites, racks) = web
        .store
        .read(move |c| Ok((site_choices(c)?, rack_choices(c, &actor)?)))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let (title, action, back) = match there {
        None => (
            web.words.text(locale, "loan-items-new"),
            "/loan-items/new".to_owned(),
            "/loan-items".to_owned(),
        ),
        Some(row) => {
            let message = Message::new("facility-edit").with("name", row.item.number.as_str());
            let here = format!("/loan-items/{}", row.item.id);
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
        "loans/item_form.html",
        &title,
        "visits",
    )
    .crumbs(&[(&web.words.text(locale, "loan-items-title"), "/loan-items")])
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("kinds", kinds(web, locale))
    .with("houses", houses(&sites))
    .with("racks", rack_options(&racks))
    .with("back", back)
    .status(form_status(fault))
    .answer()
}

async fn answer(
    web: &Web,
    signed: &Signed,
    there: Option<&LoanItemRow>,
    fields: &Fields,
    outcome: Result<LoanItemId, Fault>,
) -> Result<Answer, Failure> {
    match settled(web, signed, outcome.map(|id| format!("/loan-items/{id}")))? {
        Ok(answer) => Ok(answer),
        Err(fault) => form_view(web, signed, there, fields, Some(&fault)).await,
    }
}

/// The form of a new thing; `kind`, `site` and `rack` are filled in when the address says them.
#[get("/loan-items/new?<kind>&<site>&<rack>")]
async fn new(
    web: &State<Web>,
    signed: Signed,
    kind: Option<String>,
    site: Option<i64>,
    rack: Option<i64>,
) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let number = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
    let fields: Fields = [
        ("kind", kind.unwrap_or_else(|| "badge".to_owned())),
        ("site_id", number(site)),
        ("rack_id", number(rack)),
    ]
    .into_iter()
    .collect();
    form_view(web, &signed, None, &fields, None).await
}

#[post("/loan-items/new", data = "<form>")]
async fn add(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let outcome = match LoanItemDraft::parse(&form.fields) {
        Ok(draft) => {
            let actor = signed.actor.clone();
            web.store
                .write("loan_item.create", move |c| {
                    loan_item_create(c, &actor, &draft)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    answer(web, &signed, None, &form.fields, outcome).await
}

#[get("/loan-items/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let there = item(web, &signed, id).await?;
    let kept = &there.item;
    let fields: Fields = [
        ("site_id", kept.site_id.to_string()),
        ("kind", kept.kind.to_string()),
        ("number", kept.number.clone()),
        (
            "rack_id",
            kept.rack_id.map(|id| id.to_string()).unwrap_or_default(),
        ),
        ("note", kept.note.clone()),
        ("version", kept.version.to_string()),
    ]
    .into_iter()
    .collect();
    form_view(web, &signed, Some(&there), &fields, None).await
}

#[post("/loan-items/<id>/edit", data = "<form>")]
async fn save(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let there = item(web, &signed, id).await?;
    let parsed =
        LoanItemDraft::parse(&form.fields).and_then(|draft| Ok((draft, version(&form.fields)?)));
    let outcome = match parsed {
        Ok((draft, version)) => {
            let (actor, id) = (signed.actor.clone(), there.item.id);
            web.store
                .write("loan_item.update", move |c| {
                    loan_item_update(c, &actor, id, version, &draft).map(|()| id)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    answer(web, &signed, Some(&there), &form.fields, outcome).await
}

fn archive_of(there: &LoanItemRow) -> Archive<'_> {
    let back = format!("/loan-items/{}", there.item.id);
    Archive {
        name: &there.item.number,
        action: format!("{back}/archive"),
        back,
        version: there.item.version,
        archived: there.item.state == LoanState::Retired,
        consequence: "loan-items-archive-consequence",
        section: "visits",
    }
}

#[get("/loan-items/<id>/archive")]
async fn archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let there = item(web, &signed, id).await?;
    archive_of(&there).view(web, &signed, None)
}

#[post("/loan-items/<id>/archive", data = "<form>")]
async fn archive_post(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let there = item(web, &signed, id).await?;
    let id = there.item.id;
    archive_of(&there)
        .post(
            web,
            &signed,
            &form,
            "loan_item.archive",
            move |c, actor, version, archive| loan_item_archive(c, actor, id, version, archive),
        )
        .await
}
