//! What is out, handing out and taking back, lost and found.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::loan_items::{item, item_value};
use super::saving::{form_status, saved, settled};
use super::visits::record;
use crate::access::{
    LendDraft, LoanItemRow, LoanKind, LoanRow, StaffLendDraft, VisitRecord, Visitor, loan_back,
    loan_item_found, loan_item_lost, loan_items_in_stock, loan_to_staff, loan_to_visitor,
    loans_out, site_choices, staff_choices,
};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{LoanId, SiteId, VisitPersonId};
use crate::base::time::Timestamp;
use crate::identity::Permission;
use crate::web::csv_file::csv_answer;
use crate::web::forms::Posted;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, done, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        out,
        out_csv,
        lend_form,
        lend_post,
        staff_form,
        staff_post,
        lost_dialog,
        lost_post,
        found_post,
        back_post
    ]
}

fn require_desk(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::DeskVisits)
        .map_err(|fault| signed.failure(fault))
}

#[get("/loans?<site>")]
async fn out(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    site: Option<i64>,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let (loans, sites) = web
        .store
        .read(move |c| {
            Ok((
                loans_out(c, &actor, site.map(SiteId::new))?,
                site_choices(c)?,
            ))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let words = |key: &str| web.words.text(locale, key);
    let mut tabs = vec![
        json!({"label": words("visit-scope-all"), "href": "/loans", "current": site.is_none()}),
    ];
    tabs.extend(sites.iter().map(|known| {
        json!({
            "label": known.name,
            "href": format!("/loans?site={}", known.id),
            "current": Some(known.id.get()) == site,
        })
    }));
    let csv = match site {
        Some(site) => format!("/loans.csv?site={site}"),
        None => "/loans.csv".to_owned(),
    };
    let title = words("loans-title");
    View::new(web, &signed.reader, "loans/out.html", &title, "visits")
        .crumbs(&[(&words("visit-title"), "/visits")])
        .flash(said.as_ref())
        .with("late", loans.iter().filter(|loan| loan.late).count())
        .with("loans", loans)
        .with("site_tabs", tabs)
        .with("csv_href", csv)
        .with("desk", signed.actor.may(Permission::DeskVisits))
        .answer()
}

const COLUMNS: &[&str] = &[
    "kind",
    "number",
    "site",
    "holder",
    "company",
    "visit",
    "since",
    "due",
    "time_zone",
    "late",
    "missing",
    "reason",
    "handed_out_by",
];

#[get("/loans.csv?<site>")]
async fn out_csv(web: &State<Web>, signed: Signed, site: Option<i64>) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| loans_out(c, &actor, site.map(SiteId::new)))
        .await
        .and_then(|loans| {
            let lines: Vec<Vec<String>> = loans.iter().map(csv_line).collect();
            csv_answer("loans", COLUMNS, &lines)
        })
        .map_err(|fault| signed.failure(fault))
}

fn csv_line(row: &LoanRow) -> Vec<String> {
    let zone = row.time_zone.parse().unwrap_or(chrono_tz::Tz::UTC);
    let at = |at: Option<Timestamp>| at.map(|at| at.local_minute(zone)).unwrap_or_default();
    let yes = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    vec![
        row.kind.to_string(),
        row.number.clone(),
        row.site.clone(),
        row.holder.clone(),
        row.company.clone(),
        row.visit.clone().unwrap_or_default(),
        at(Some(row.loan.out_at)),
        at(row.due),
        row.time_zone.clone(),
        yes(row.late),
        yes(row.loan.missing_at.is_some()),
        row.loan.missing_reason.clone(),
        row.loan.out_by.clone(),
    ]
}

fn visitor_of<'a>(
    signed: &Signed,
    record: &'a VisitRecord,
    id: i64,
) -> Result<&'a Visitor, Failure> {
    record
        .people
        .iter()
        .find(|visitor| visitor.attendance.id.get() == id)
        .ok_or_else(|| signed.failure(Fault::not_found()))
}

/// The page on which someone inside gets something: keys of the visit's racks first, one button each.
async fn lend_view(
    web: &Web,
    signed: &Signed,
    record: &VisitRecord,
    id: i64,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let visitor = visitor_of(signed, record, id)?;
    let locale = signed.reader.locale;
    let words = |key: &str| web.words.text(locale, key);
    let (actor, site) = (signed.actor.clone(), record.visit.site_id);
    let stock = web
        .store
        .read(move |c| loan_items_in_stock(c, &actor, site))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let is_own = |row: &LoanItemRow| {
        let of_key = row.item.rack_id;
        record.racks.iter().any(|rack| Some(rack.id) == of_key)
    };
    let own: Vec<Value> = stock
        .iter()
        .filter(|row| is_own(row))
        .map(|row| item_value(web, locale, row))
        .collect();
    let others: Vec<Value> = stock
        .iter()
        .filter(|row| !is_own(row))
        .map(|row| {
            let kind = words(&format!("loan-kind-{}", row.item.kind));
            let rack = row.rack.as_deref().unwrap_or_default();
            json!({
                "value": row.item.id.to_string(),
                "label": format!("{kind} {} {rack}", row.item.number).trim_end(),
            })
        })
        .collect();
    let kinds: Vec<Value> = LoanKind::ALL
        .iter()
        .rev()
        .map(|kind| json!({"value": kind, "label": words(&format!("loan-kind-{kind}"))}))
        .collect();
    let href = format!("/visits/{}", record.visit.number);
    let title = web.words.say(
        locale,
        &Message::new("loan-lend-to").with("name", visitor.person.name.as_str()),
    );
    View::new(web, &signed.reader, "loans/lend.html", &title, "visits")
        .crumbs(&[
            (&words("visit-title"), "/visits"),
            (&record.visit.number, &href),
        ])
        .with("person", &visitor.person)
        .with("own_keys", own)
        .with("others", others)
        .with("kinds", kinds)
        .with("may_override", signed.actor.may(Permission::LendAnyKey))
        .with(
            "form",
            form_context(
                web,
                locale,
                &format!("{href}/people/{id}/lend"),
                fields,
                fault,
            ),
        )
        .with("back", href)
        .status(form_status(fault))
        .answer()
}

#[get("/visits/<number>/people/<id>/lend")]
async fn lend_form(
    web: &State<Web>,
    signed: Signed,
    number: &str,
    id: i64,
) -> Result<Answer, Failure> {
    require_desk(&signed)?;
    let record = record(web, &signed, number).await?;
    let fields: Fields = [("kind", "key")].into_iter().collect();
    lend_view(web, &signed, &record, id, &fields, None).await
}

#[post("/visits/<number>/people/<id>/lend", data = "<form>")]
async fn lend_post(
    web: &State<Web>,
    signed: Signed,
    number: &str,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    require_desk(&signed)?;
    let record = record(web, &signed, number).await?;
    visitor_of(&signed, &record, id)?;
    let outcome = match LendDraft::parse(&form.fields) {
        Ok(draft) => {
            let (actor, number) = (signed.actor.clone(), record.visit.number.clone());
            web.store
                .write("loan.out", move |c| {
                    loan_to_visitor(c, &actor, &number, VisitPersonId::new(id), &draft)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    let outcome = outcome.map(|_| format!("/visits/{}", record.visit.number));
    match settled(web, &signed, outcome)? {
        Ok(answer) => Ok(answer),
        Err(fault) => lend_view(web, &signed, &record, id, &form.fields, Some(&fault)).await,
    }
}

async fn staff_view(
    web: &Web,
    signed: &Signed,
    there: &LoanItemRow,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let actor = signed.actor.clone();
    let staff = web
        .store
        .read(move |c| staff_choices(c, &actor))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let staff: Vec<Value> = staff
        .iter()
        .map(|(id, name)| json!({"value": id.to_string(), "label": name}))
        .collect();
    let href = format!("/loan-items/{}", there.item.id);
    let title = web.words.say(
        locale,
        &Message::new("loan-lend-item").with("number", there.item.number.as_str()),
    );
    View::new(
        web,
        &signed.reader,
        "loans/lend_staff.html",
        &title,
        "visits",
    )
    .crumbs(&[(&web.words.text(locale, "loan-items-title"), "/loan-items")])
    .with("item", item_value(web, locale, there))
    .with("staff", staff)
    .with("zone", web.settings.zone.name())
    .with("may_override", signed.actor.may(Permission::LendAnyKey))
    .with(
        "form",
        form_context(web, locale, &format!("{href}/lend"), fields, fault),
    )
    .with("back", href)
    .status(form_status(fault))
    .answer()
}

#[get("/loan-items/<id>/lend")]
async fn staff_form(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    require_desk(&signed)?;
    let there = item(web, &signed, id).await?;
    staff_view(web, &signed, &there, &Fields::new(), None).await
}

#[post("/loan-items/<id>/lend", data = "<form>")]
async fn staff_post(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    require_desk(&signed)?;
    let there = item(web, &signed, id).await?;
    let parsed = StaffLendDraft::parse(&form.fields, web.settings.zone, signed.actor.now);
    let outcome = match parsed {
        Ok(draft) => {
            let (actor, id) = (signed.actor.clone(), there.item.id);
            web.store
                .write("loan.out", move |c| loan_to_staff(c, &actor, id, &draft))
                .await
        }
        Err(fault) => Err(fault),
    };
    let outcome = outcome.map(|_| format!("/loan-items/{}", there.item.id));
    match settled(web, &signed, outcome)? {
        Ok(answer) => Ok(answer),
        Err(fault) => staff_view(web, &signed, &there, &form.fields, Some(&fault)).await,
    }
}

fn lost_view(
    web: &Web,
    signed: &Signed,
    there: &LoanItemRow,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let href = format!("/loan-items/{}", there.item.id);
    let title = web.words.say(
        locale,
        &Message::new("loan-lost-title").with("number", there.item.number.as_str()),
    );
    View::new(web, &signed.reader, "loans/lost.html", &title, "visits")
        .with("item", item_value(web, locale, there))
        .with(
            "form",
            form_context(web, locale, &format!("{href}/lost"), fields, fault),
        )
        .with(
            "dialog",
            json!({
                "submit": web.words.text(locale, "loan-lost"),
                "danger": true,
                "cancel_href": href,
                "confirm_label": null,
                "icon": null,
            }),
        )
        .status(form_status(fault))
        .answer()
}

#[get("/loan-items/<id>/lost")]
async fn lost_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    require_desk(&signed)?;
    let there = item(web, &signed, id).await?;
    lost_view(web, &signed, &there, &Fields::new(), None)
}

#[post("/loan-items/<id>/lost", data = "<form>")]
async fn lost_post(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    require_desk(&signed)?;
    let there = item(web, &signed, id).await?;
    let (actor, id) = (signed.actor.clone(), there.item.id);
    let reason = form.fields.get("reason").to_owned();
    let outcome = web
        .store
        .write("loan_item.lost", move |c| {
            loan_item_lost(c, &actor, id, &reason)
        })
        .await
        .map(|()| format!("/loan-items/{id}"));
    saved(web, &signed, outcome, |fault| {
        lost_view(web, &signed, &there, &form.fields, Some(fault))
    })
}

#[post("/loan-items/<id>/found", data = "<_form>")]
async fn found_post(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    _form: Posted,
) -> Result<Answer, Failure> {
    require_desk(&signed)?;
    let there = item(web, &signed, id).await?;
    let (actor, id) = (signed.actor.clone(), there.item.id);
    web.store
        .write("loan_item.found", move |c| loan_item_found(c, &actor, id))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let said = Message::new("loan-came-back").with("number", there.item.number.as_str());
    let href = format!("/loan-items/{id}");
    Ok(done(web, signed.reader.locale, href, &said))
}

/// A thing came back; the form says the visit to go on to, else the thing's page follows.
#[post("/loans/<id>/back", data = "<form>")]
async fn back_post(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let item = web
        .store
        .write("loan.back", move |c| loan_back(c, &actor, LoanId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let href = match form.fields.get("next") {
        "loans" => "/loans".to_owned(),
        visit if is_visit_number(visit) => format!("/visits/{visit}"),
        _ => format!("/loan-items/{item}"),
    };
    Ok(done(
        web,
        signed.reader.locale,
        href,
        &Message::new("flash-saved"),
    ))
}

/// Whether a text looks like the number of a visit: it becomes part of an address.
fn is_visit_number(text: &str) -> bool {
    text.starts_with("V-")
        && text
            .bytes()
            .all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
}
