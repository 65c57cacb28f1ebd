//! Visits: the list, announcing, one visit and the steps of its life.

use rocket::response::Redirect;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::door_events::event_value;
use super::entry::Said;
use super::visit_form::{Kind, about, form_answer};
use super::visit_loans::visit_loans;
use super::visit_words::{pass_code, possible, visit_json};
use crate::access::{
    AtRack, CONTACT_MAIL, VisitFilter, VisitRecord, VisitScope, passages_of_visit, visit_announce,
    visit_by_number, visit_by_pass, visit_events_of, visit_export, visit_list, visit_warnings,
    visits_at_rack,
};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{CustomerId, DeviceId, RackId, SiteId};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::web::csv_file::csv_answer;
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView};
use crate::web::view::{Answer, View, belongs_in_form, done};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![list, list_csv, new, create, pass, show]
}

/// The filters of the list as they stand in its address.
#[derive(Debug, Clone, Default, rocket::form::FromForm)]
pub struct VisitQuery {
    scope: Option<String>,
    site: Option<i64>,
    rack: Option<i64>,
    device: Option<i64>,
    customer: Option<i64>,
    from: Option<String>,
    until: Option<String>,
    q: Option<String>,
    after: Option<String>,
    before: Option<String>,
}

impl VisitQuery {
    fn list(&self) -> ListQuery {
        ListQuery {
            q: self.q.clone(),
            after: self.after.clone(),
            before: self.before.clone(),
        }
    }

    fn filter(&self, web: &Web) -> Result<VisitFilter, Fault> {
        let zone = web.settings.zone;
        let instant = |name: &'static str, typed: &Option<String>| {
            let typed = typed.as_deref().unwrap_or("").trim();
            if typed.is_empty() {
                return Ok(None);
            }
            Timestamp::parse_in(typed, zone)
                .map(Some)
                .ok_or_else(|| Fault::field(name, Message::new("visit-fault-time")))
        };
        Ok(VisitFilter {
            query: self.list().text().to_owned(),
            scope: self.scope.as_deref().and_then(VisitScope::from_word),
            site: self.site.map(SiteId::new),
            rack: self.rack.map(RackId::new),
            device: self.device.map(DeviceId::new),
            customer: self.customer.map(CustomerId::new),
            from: instant("from", &self.from)?,
            until: instant("until", &self.until)?,
            zone: Some(zone),
        })
    }
}

#[get("/visits?<query..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    query: VisitQuery,
) -> Result<Answer, Failure> {
    let filter = query.filter(web).map_err(|fault| signed.failure(fault))?;
    let request = query.list().page();
    let (actor, wanted) = (signed.actor.clone(), filter.clone());
    let (page, at_rack) = web
        .store
        .read(move |c| {
            let page = visit_list(c, &actor, &wanted, &request)?;
            Ok((page, stays_asked_for(c, &actor, &wanted)?))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let words = |key: &str| web.words.text(locale, key);
    let rows = page
        .rows
        .iter()
        .map(|record| visit_json(web, locale, record))
        .collect();
    let number = |value: Option<i64>| value.map(|value| value.to_string());
    let list = ListView::new(
        web,
        locale,
        "/visits",
        &query.list(),
        ("visit-empty", "visit-empty-text"),
    )
    .filter(
        "scope",
        filter.scope.map(|scope| scope.to_string()),
        |word| web.words.text(locale, &format!("visit-scope-{word}")),
    )
    .filter("site", number(query.site), |_| words("visit-filter-site"))
    .filter("rack", number(query.rack), |_| words("visit-filter-rack"))
    .filter("device", number(query.device), |_| {
        words("visit-filter-device")
    })
    .filter("customer", number(query.customer), |_| {
        words("visit-filter-customer")
    })
    .filter("from", query.from.clone(), |at| format!("≥ {at}"))
    .filter("until", query.until.clone(), |at| format!("< {at}"))
    .csv()
    .action(
        signed.actor.may(Permission::AnnounceVisits),
        "visit-new",
        "/visits/new",
    )
    .finish(&page, rows);
    let title = words("visit-title");
    View::new(web, &signed.reader, "visits/list.html", &title, "visits")
        .flash(said.as_ref())
        .with("list", list)
        .with("scopes", scopes(web, &signed, filter.scope))
        .with("at_rack", at_rack)
        .with("desk", signed.actor.may(Permission::DeskVisits))
        .with("staff", !signed.actor.role.is_customer())
        .answer()
}

/// Who could touch a rack, when the address asks for a rack and a time.
fn stays_asked_for(
    c: &mut Conn,
    actor: &Actor,
    filter: &VisitFilter,
) -> Result<Option<Vec<AtRack>>, Fault> {
    match (filter.rack, filter.from, filter.until) {
        (Some(rack), Some(from), until) => {
            let until = until.unwrap_or_else(|| actor.now.plus_millis(1));
            visits_at_rack(c, actor, rack, from, until).map(Some)
        }
        _ => Ok(None),
    }
}

/// The tabs above the list.
fn scopes(web: &Web, signed: &Signed, current: Option<VisitScope>) -> Vec<Value> {
    let words = |key: &str| web.words.text(signed.reader.locale, key);
    let mut tabs = vec![
        json!({"label": words("visit-scope-all"), "href": "/visits", "current": current.is_none()}),
    ];
    tabs.extend(VisitScope::ALL.iter().map(|scope| {
        json!({
            "label": words(&format!("visit-scope-{scope}")),
            "href": format!("/visits?scope={scope}"),
            "current": current == Some(*scope),
        })
    }));
    tabs
}

const COLUMNS: &[&str] = &[
    "number",
    "state",
    "site",
    "customer",
    "purpose",
    "purpose_text",
    "planned_from",
    "planned_until",
    "time_zone",
    "racks",
    "person",
    "company",
    "phone",
    "document_kind",
    "document_number",
    "badge",
    "badge_returned",
    "checked_in_at",
    "checked_in_by",
    "checked_out_at",
    "checked_out_by",
    "escort",
    "announced_by",
];

#[get("/visits.csv?<query..>")]
async fn list_csv(web: &State<Web>, signed: Signed, query: VisitQuery) -> Result<Answer, Failure> {
    let filter = query.filter(web).map_err(|fault| signed.failure(fault))?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| visit_export(c, &actor, &filter))
        .await
        .and_then(|records| {
            let mut rows = Vec::new();
            for record in &records {
                rows.extend(csv_rows(record)?);
            }
            csv_answer("visits", COLUMNS, &rows)
        })
        .map_err(|fault| signed.failure(fault))
}

/// One row per person, times in the site's zone.
fn csv_rows(record: &VisitRecord) -> Result<Vec<Vec<String>>, Fault> {
    let zone = record.site.zone()?;
    let visit = &record.visit;
    let at = |at: Option<Timestamp>| at.map(|at| at.local_minute(zone)).unwrap_or_default();
    let racks: Vec<String> = record
        .racks
        .iter()
        .map(|rack| format!("{} / {}", rack.room, rack.name))
        .collect();
    let row = |visitor: &crate::access::Visitor| {
        let (person, desk) = (&visitor.person, &visitor.attendance);
        vec![
            visit.number.clone(),
            visit.state.to_string(),
            record.site.code.clone(),
            record
                .customer
                .as_ref()
                .map(|host| host.code.clone())
                .unwrap_or_default(),
            visit.purpose.to_string(),
            visit.purpose_text.clone(),
            at(Some(visit.planned_from)),
            at(Some(visit.planned_until)),
            record.site.time_zone.clone(),
            racks.join("; "),
            person.name.clone(),
            person.company.clone(),
            person.phone.clone(),
            person.identity_kind.to_string(),
            person.identity_masked.clone(),
            desk.badge.clone(),
            desk.badge_returned
                .map(|yes| if yes { "yes" } else { "no" }.to_owned())
                .unwrap_or_default(),
            at(desk.checked_in_at),
            desk.checked_in_by.clone(),
            at(desk.checked_out_at),
            desk.checked_out_by.clone(),
            visit.escort_name.clone(),
            visit.created_by_name.clone(),
        ]
    };
    Ok(record.people.iter().map(row).collect())
}

#[get("/visits/new?<q>&<person>&<rack>")]
async fn new(
    web: &State<Web>,
    signed: Signed,
    q: Option<String>,
    person: Option<i64>,
    rack: Option<i64>,
) -> Result<Answer, Failure> {
    let mut fields = Fields::new();
    if let Some(rack) = rack {
        fields.push("rack_ids", rack.to_string());
    }
    let find = (q.unwrap_or_default(), person);
    form_answer(web, &signed, Kind::Announce, fields, None, find).await
}

#[post("/visits/new", data = "<form>")]
async fn create(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    let (actor, keys, url) = (
        signed.actor.clone(),
        web.keyring.clone(),
        web.settings.public_url.clone(),
    );
    let fields = form.fields.clone();
    let outcome = web
        .store
        .write("visit.announce", move |c| {
            visit_announce(c, &actor, &keys, &url, &fields)
        })
        .await;
    match outcome {
        Ok(number) => {
            web.store.wakeups().wake(CONTACT_MAIL);
            let said = about("visit-announced", &number);
            Ok(done(
                web,
                signed.reader.locale,
                format!("/visits/{number}"),
                &said,
            ))
        }
        Err(fault) if belongs_in_form(&fault) => {
            let find = (String::new(), None);
            form_answer(
                web,
                &signed,
                Kind::Announce,
                form.fields,
                Some(&fault),
                find,
            )
            .await
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

/// Where the square code of a pass leads.
#[get("/visits/pass?<code>")]
async fn pass(web: &State<Web>, signed: Signed, code: Option<String>) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let number = web
        .store
        .read(move |c| visit_by_pass(c, &actor, &code.unwrap_or_default()))
        .await
        .map_err(|fault| signed.failure(fault))?;
    Ok(Answer::See(Redirect::to(format!("/visits/{number}"))))
}

/// One visit for a page.
pub(super) async fn record(
    web: &Web,
    signed: &Signed,
    number: &str,
) -> Result<VisitRecord, Failure> {
    let (actor, number) = (signed.actor.clone(), number.to_owned());
    web.store
        .read(move |c| visit_by_number(c, &actor, &number))
        .await
        .map_err(|fault| signed.failure(fault))
}

#[get("/visits/<number>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    number: &str,
) -> Result<Answer, Failure> {
    let record = record(web, &signed, number).await?;
    let (actor, wanted) = (signed.actor.clone(), record.visit.number.clone());
    let (events, passages, warnings) = web
        .store
        .read(move |c| {
            let events = visit_events_of(c, &actor, &wanted)?;
            let passages = passages_of_visit(c, &actor, &wanted)?;
            Ok((events, passages, visit_warnings(c, &actor, &wanted)?))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let loans = visit_loans(web, &signed, &record.visit.number).await?;
    let locale = signed.reader.locale;
    let history: Vec<Value> = events
        .iter()
        .rev()
        .map(|entry| {
            json!({
                "at": entry.at,
                "who": entry.author_name,
                "text": web.words.text(locale, &format!("visit-event-{}", entry.event)),
                "note": entry.note,
                "corrected_at": entry.corrected_at,
            })
        })
        .collect();
    let warnings: Vec<String> = warnings
        .iter()
        .map(|warning| web.words.say(locale, warning))
        .collect();
    let pass = pass_code(web, &record.visit.pass_code).map_err(|fault| signed.failure(fault))?;
    let title = record.visit.number.clone();
    View::new(web, &signed.reader, "visits/show.html", &title, "visits")
        .crumbs(&[(&web.words.text(locale, "visit-title"), "/visits")])
        .flash(said.as_ref())
        .with("visit", visit_json(web, locale, &record))
        .with("may", possible(&signed.actor, &record))
        .with("history", history)
        .with("loans", loans)
        .with(
            "passages",
            passages.iter().map(event_value).collect::<Vec<_>>(),
        )
        .with("warnings", warnings)
        .with("pass", pass)
        .with("facility", signed.actor.may(Permission::ViewFacility))
        .answer()
}

/// The visits to a device's rack for the device's page: the latest five, and where the rest is.
pub(super) fn device_visits(
    web: &Web,
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
) -> Result<Value, Fault> {
    if !actor.may(Permission::ViewVisits) {
        return Ok(json!({"allowed": false, "rows": [], "total": 0, "href": "", "new_href": null}));
    }
    let filter = VisitFilter {
        device: Some(device),
        ..VisitFilter::default()
    };
    let request = crate::base::page::PageRequest {
        limit: 5,
        ..crate::base::page::PageRequest::first()
    };
    let page = visit_list(c, actor, &filter, &request)?;
    let rows: Vec<Value> = page
        .rows
        .iter()
        .map(|record| visit_json(web, actor.locale, record))
        .collect();
    Ok(json!({
        "allowed": true,
        "rows": rows,
        "total": page.total,
        "href": format!("/visits?device={device}"),
        "new_href": actor.may(Permission::AnnounceVisits).then_some("/visits/new"),
    }))
}
