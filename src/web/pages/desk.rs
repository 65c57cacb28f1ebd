//! The desk: "I am here", walk-ins, check-in and check-out, who is inside.

use rocket::http::Status;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::visit_form::{Kind, about, form_answer, purposes};
use super::visit_loans::{held_value, visit_loans};
use super::visit_words::{notice_words, visit_json};
use super::visits::record;
use crate::access::{
    AreaOccupancy, ConsentText, LoanRow, PresentPerson, SiteName, VisitFilter, VisitRecord,
    VisitScope, area_occupancy, check_in, check_out, is_block, loans_out, notices_asked,
    notices_now, own_visit, people_inside, rack_choices, refusal_note, site_choices, visit_list,
    walk_in,
};
use crate::base::fault::Fault;
use crate::base::fields::Fields;
use crate::base::ids::{SiteId, VisitPersonId};
use crate::base::page::PageRequest;
use crate::identity::Permission;
use crate::web::csv_file::csv_answer;
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, belongs_in_form, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        here,
        here_own,
        walk_in_form,
        walk_in_post,
        inside,
        inside_csv,
        in_form,
        in_post,
        out_form,
        out_post
    ]
}

fn require_desk(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::DeskVisits)
        .map_err(|fault| signed.failure(fault))
}

#[get("/visits/here?<q>")]
async fn here(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    q: Option<String>,
) -> Result<Answer, Failure> {
    here_view(
        web,
        &signed,
        said,
        q.unwrap_or_default(),
        &Fields::new(),
        None,
    )
    .await
}

async fn here_view(
    web: &Web,
    signed: &Signed,
    said: Said<'_>,
    query: String,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    require_desk(signed)?;
    let today = VisitFilter {
        query: query.clone(),
        scope: Some(VisitScope::Today),
        zone: Some(web.settings.zone),
        ..VisitFilter::default()
    };
    let actor = signed.actor.clone();
    let request = PageRequest {
        limit: 200,
        ..PageRequest::first()
    };
    let (mut today, inside, racks, sites, notices) = web
        .store
        .read(move |c| {
            Ok((
                visit_list(c, &actor, &today, &request)?.rows,
                people_inside(c, &actor, None)?,
                rack_choices(c, &actor)?,
                site_choices(c)?,
                notices_now(c, &actor, None)?,
            ))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    today.reverse();
    let locale = signed.reader.locale;
    let expected: Vec<Value> = today
        .iter()
        .map(|record| (record, super::visit_words::possible(&signed.actor, record)))
        .filter(|(_, may)| may.get("check_in").is_some_and(|yes| yes == true))
        .filter(|(record, _)| {
            let mut people = record.people.iter();
            people.any(|visitor| visitor.attendance.checked_in_at.is_none())
        })
        .map(|(record, _)| visit_json(web, locale, record))
        .collect();
    let own = inside
        .iter()
        .find(|person| person.name == signed.actor.name && person.company.is_empty());
    let title = web.words.text(locale, "visit-here");
    View::new(web, &signed.reader, "visits/here.html", &title, "visits")
        .flash(said.as_ref())
        .with("expected", expected)
        .with("inside_count", inside.len())
        .with("own", own)
        .with("query", query)
        .with("notices", notice_words(web, locale, &notices))
        .with("purposes", purposes(web, signed))
        .with("racks", racks.iter().map(|rack| json!({"value": rack.id, "label": format!("{} / {}", rack.room, rack.name)})).collect::<Vec<_>>())
        .with("sites_offered", sites.iter().map(|site| json!({"value": site.id, "label": site.name})).collect::<Vec<_>>())
        .with("form", form_context(web, locale, "/visits/here", fields, fault))
        .status(if fault.is_some() {
            Status::UnprocessableEntity
        } else {
            Status::Ok
        })
        .answer()
}

/// The reader's own visit, signed by the login.
#[post("/visits/here", data = "<form>")]
async fn here_own(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    let (actor, keys, fields) = (
        signed.actor.clone(),
        web.keyring.clone(),
        form.fields.clone(),
    );
    let outcome = web
        .store
        .write("visit.own", move |c| own_visit(c, &actor, &keys, &fields))
        .await;
    match outcome {
        Ok(number) => {
            let said = about("visit-came-in", &number);
            Ok(done(
                web,
                signed.reader.locale,
                format!("/visits/{number}"),
                &said,
            ))
        }
        Err(fault) if belongs_in_form(&fault) => {
            here_view(
                web,
                &signed,
                None,
                String::new(),
                &form.fields,
                Some(&fault),
            )
            .await
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

#[get("/visits/walk-in?<q>&<person>")]
async fn walk_in_form(
    web: &State<Web>,
    signed: Signed,
    q: Option<String>,
    person: Option<i64>,
) -> Result<Answer, Failure> {
    let find = (q.unwrap_or_default(), person);
    form_answer(web, &signed, Kind::WalkIn, Fields::new(), None, find).await
}

#[post("/visits/walk-in", data = "<form>")]
async fn walk_in_post(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    let (actor, keys, fields) = (
        signed.actor.clone(),
        web.keyring.clone(),
        form.fields.clone(),
    );
    let outcome = web
        .store
        .write("visit.walk_in", move |c| walk_in(c, &actor, &keys, &fields))
        .await;
    match outcome {
        Ok(number) => {
            let said = about("visit-came-in", &number);
            Ok(done(
                web,
                signed.reader.locale,
                format!("/visits/{number}"),
                &said,
            ))
        }
        Err(fault) if belongs_in_form(&fault) => {
            let find = (String::new(), None);
            form_answer(web, &signed, Kind::WalkIn, form.fields, Some(&fault), find).await
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

#[get("/visits/inside?<site>")]
async fn inside(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    site: Option<i64>,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let (people, areas, sites, loans) = web
        .store
        .read(move |c| {
            let site = site.map(SiteId::new);
            Ok((
                people_inside(c, &actor, site)?,
                area_occupancy(c, &actor, site)?,
                site_choices(c)?,
                loans_out(c, &actor, site)?,
            ))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let title = web.words.text(signed.reader.locale, "visit-inside");
    let tabs: Vec<Value> = sites
        .iter()
        .map(|known| json!({"label": known.name, "href": format!("/visits/inside?site={}", known.id), "current": Some(known.id.get()) == site}))
        .collect();
    let overdue = people.iter().filter(|person| person.overdue).count();
    View::new(web, &signed.reader, "visits/inside.html", &title, "visits")
        .crumbs(&[(
            &web.words.text(signed.reader.locale, "visit-title"),
            "/visits",
        )])
        .flash(said.as_ref())
        .with("people", &people)
        .with(
            "areas",
            areas
                .iter()
                .map(|row| occupancy(row, &sites))
                .collect::<Vec<_>>(),
        )
        .with("loans", loans)
        .with("overdue", overdue)
        .with("now", signed.actor.now)
        .with(
            "csv_href",
            match site {
                Some(site) => format!("/visits/inside.csv?site={site}"),
                None => "/visits/inside.csv".to_owned(),
            },
        )
        .with("site_tabs", tabs)
        .with("desk", signed.actor.may(Permission::DeskVisits))
        .answer()
}

/// How full an area is, for the board.
fn occupancy(row: &AreaOccupancy, sites: &[SiteName]) -> Value {
    let site = sites.iter().find(|site| site.id == row.area.site_id);
    json!({
        "code": row.area.code,
        "name": row.area.name,
        "site": site.map(|site| site.name.as_str()),
        "inside": row.inside,
        "limit": row.area.occupancy_limit,
        "full": row.is_full(),
    })
}

const INSIDE_COLUMNS: &[&str] = &[
    "name",
    "company",
    "phone",
    "customer",
    "site",
    "since",
    "time_zone",
    "racks",
    "areas",
    "escort",
    "badge",
    "visit",
    "planned_until",
    "overdue",
];

#[get("/visits/inside.csv?<site>")]
async fn inside_csv(
    web: &State<Web>,
    signed: Signed,
    site: Option<i64>,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| people_inside(c, &actor, site.map(SiteId::new)))
        .await
        .and_then(|people| {
            let rows: Vec<Vec<String>> = people.iter().map(inside_row).collect::<Result<_, _>>()?;
            csv_answer("inside", INSIDE_COLUMNS, &rows)
        })
        .map_err(|fault| signed.failure(fault))
}

fn inside_row(person: &PresentPerson) -> Result<Vec<String>, Fault> {
    let zone = person.site.zone()?;
    Ok(vec![
        person.name.clone(),
        person.company.clone(),
        person.phone.clone(),
        person.customer.clone().unwrap_or_default(),
        person.site.code.clone(),
        person.since.local_minute(zone),
        person.site.time_zone.clone(),
        person.racks.join("; "),
        person
            .areas
            .iter()
            .map(|area| area.code.as_str())
            .collect::<Vec<_>>()
            .join("; "),
        person.escort.clone(),
        person.badge.clone(),
        person.number.clone(),
        person.planned_until.local_minute(zone),
        if person.overdue { "yes" } else { "no" }.to_owned(),
    ])
}

/// What each person of a visit is still to agree to.
type Asked = Vec<(VisitPersonId, Vec<ConsentText>)>;

async fn asked_at_door(
    web: &Web,
    signed: &Signed,
    number: &str,
    way: Way,
) -> Result<Asked, Failure> {
    if way == Way::Out {
        return Ok(Vec::new());
    }
    let (actor, number) = (signed.actor.clone(), number.to_owned());
    web.store
        .read(move |c| notices_asked(c, &actor, &number))
        .await
        .map_err(|fault| signed.failure(fault))
}

/// Which way through the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    In,
    Out,
}

fn door_view(
    web: &Web,
    signed: &Signed,
    (record, loans, asked): (&VisitRecord, &[LoanRow], &Asked),
    way: Way,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let words = |key: &str| web.words.text(locale, key);
    let href = format!("/visits/{}", record.visit.number);
    let (path, template, title) = match way {
        Way::In => ("check-in", "visits/check_in.html", words("visit-check-in")),
        Way::Out => (
            "check-out",
            "visits/check_out.html",
            words("visit-check-out"),
        ),
    };
    let chosen: Vec<&str> = fields.all("person_ids").collect();
    let people: Vec<Value> = record
        .people
        .iter()
        .filter(|visitor| visitor.attendance.has_come() == (way == Way::Out))
        .map(|visitor| {
            let id = visitor.attendance.id;
            let lacking = asked.iter().find(|(row, _)| *row == id);
            let notices = lacking.map(|(_, texts)| notice_words(web, locale, texts));
            json!({
                "notices": notices.unwrap_or_default(),
                "id": id,
                "name": visitor.person.name,
                "company": visitor.person.company,
                "document": visitor.person.identity_masked,
                "badge": visitor.attendance.badge,
                "held": held_value(loans, visitor),
                "since": visitor.attendance.checked_in_at,
                "chosen": chosen.is_empty() || chosen.contains(&id.to_string().as_str()),
                "returned": fault.is_none() || fields.yes(&format!("badge_returned_{id}")),
            })
        })
        .collect();
    View::new(web, &signed.reader, template, &title, "visits")
        .crumbs(&[
            (&words("visit-title"), "/visits"),
            (&record.visit.number, &href),
        ])
        .with("visit", visit_json(web, locale, record))
        .with("people", people)
        .with(
            "form",
            form_context(web, locale, &format!("{href}/{path}"), fields, fault),
        )
        .with("cancel_href", href)
        .with(
            "may_override",
            signed.actor.may(Permission::OverrideVisitRules),
        )
        .status(if fault.is_some() {
            Status::UnprocessableEntity
        } else {
            Status::Ok
        })
        .answer()
}

async fn door_form(web: &Web, signed: &Signed, number: &str, way: Way) -> Result<Answer, Failure> {
    require_desk(signed)?;
    let record = record(web, signed, number).await?;
    let loans = visit_loans(web, signed, &record.visit.number).await?;
    let fields: Fields = [("escort_name", record.visit.escort_name.clone())]
        .into_iter()
        .collect();
    let asked = asked_at_door(web, signed, &record.visit.number, way).await?;
    let shown = (&record, loans.as_slice(), &asked);
    door_view(web, signed, shown, way, &fields, None)
}

async fn door_post(
    web: &Web,
    signed: &Signed,
    number: &str,
    way: Way,
    form: Posted,
) -> Result<Answer, Failure> {
    require_desk(signed)?;
    let record = record(web, signed, number).await?;
    let (actor, fields, number) = (
        signed.actor.clone(),
        form.fields.clone(),
        record.visit.number.clone(),
    );
    let outcome = web
        .store
        .write("visit.door", move |c| match way {
            Way::In => check_in(c, &actor, &number, &fields),
            Way::Out => check_out(c, &actor, &number, &fields),
        })
        .await;
    match outcome {
        Ok(()) => {
            let number = record.visit.number.as_str();
            let said = match way {
                Way::In => about("visit-came-in", number),
                Way::Out => about("visit-went-out", number),
            };
            Ok(done(
                web,
                signed.reader.locale,
                format!("/visits/{number}"),
                &said,
            ))
        }
        Err(fault) if belongs_in_form(&fault) => {
            if is_block(&fault) {
                let (actor, number) = (signed.actor.clone(), record.visit.number.clone());
                web.store
                    .write("visit.turned_away", move |c| {
                        refusal_note(c, &actor, &number)
                    })
                    .await
                    .map_err(|fault| signed.failure(fault))?;
            }
            let loans = visit_loans(web, signed, &record.visit.number).await?;
            let asked = asked_at_door(web, signed, &record.visit.number, way).await?;
            let shown = (&record, loans.as_slice(), &asked);
            door_view(web, signed, shown, way, &form.fields, Some(&fault))
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

#[get("/visits/<number>/check-in")]
async fn in_form(web: &State<Web>, signed: Signed, number: &str) -> Result<Answer, Failure> {
    door_form(web, &signed, number, Way::In).await
}

#[post("/visits/<number>/check-in", data = "<form>")]
async fn in_post(
    web: &State<Web>,
    signed: Signed,
    number: &str,
    form: Posted,
) -> Result<Answer, Failure> {
    door_post(web, &signed, number, Way::In, form).await
}

#[get("/visits/<number>/check-out")]
async fn out_form(web: &State<Web>, signed: Signed, number: &str) -> Result<Answer, Failure> {
    door_form(web, &signed, number, Way::Out).await
}

#[post("/visits/<number>/check-out", data = "<form>")]
async fn out_post(
    web: &State<Web>,
    signed: Signed,
    number: &str,
    form: Posted,
) -> Result<Answer, Failure> {
    door_post(web, &signed, number, Way::Out, form).await
}
