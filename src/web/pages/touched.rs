//! Who could touch a rack between two instants, and the evidence of visits.

use chrono_tz::Tz;
use rocket::form::FromForm;
use rocket::{Route, State, get, routes};
use serde_json::{Value, json};

use super::saving::form_status;
use crate::access::{
    Touch, site_choices, touch_candidates, touch_place, visit_evidence, visit_evidence_note,
};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{RackId, SiteId};
use crate::base::time::Timestamp;
use crate::identity::Permission;
use crate::web::csv_file::csv_answer;
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, belongs_in_form, form_context};
use crate::web::{Failure, Web};

/// The time that is looked at when none is asked for.
const USUAL_MS: i64 = 7 * 86_400_000;
/// The time that evidence is offered for.
const MONTH_MS: i64 = 31 * 86_400_000;

pub(super) fn routes() -> Vec<Route> {
    routes![page, file, evidence_form, evidence]
}

/// A time as it stands in an address.
#[derive(Debug, Clone, Default, FromForm)]
pub struct Span {
    from: Option<String>,
    until: Option<String>,
}

impl Span {
    /// The instants it means in a zone; what is not said is until now, and `usual` before.
    fn read(&self, zone: Tz, now: Timestamp, usual: i64) -> Result<(Timestamp, Timestamp), Fault> {
        let instant = |name: &'static str, typed: &Option<String>, usual: Timestamp| {
            let typed = typed.as_deref().unwrap_or("").trim();
            if typed.is_empty() {
                return Ok(usual);
            }
            Timestamp::parse_in(typed, zone)
                .ok_or_else(|| Fault::field(name, Message::new("visit-fault-time")))
        };
        let until = instant("until", &self.until, now.plus_millis(1))?;
        Ok((
            instant("from", &self.from, until.plus_millis(-usual))?,
            until,
        ))
    }

    fn fields(&self, zone: Tz, now: Timestamp, usual: i64) -> Fields {
        let or = |typed: &Option<String>, usual: Timestamp| {
            typed.clone().unwrap_or_else(|| usual.local_minute(zone))
        };
        [
            ("from", or(&self.from, now.plus_millis(-usual))),
            ("until", or(&self.until, now)),
        ]
        .into_iter()
        .collect()
    }
}

async fn found(web: &Web, signed: &Signed, id: i64, span: &Span) -> Result<Touch, Fault> {
    let (actor, span, id) = (signed.actor.clone(), span.clone(), RackId::new(id));
    web.store
        .read(move |c| {
            let zone = touch_place(c, &actor, id)?.1.zone()?;
            let (from, until) = span.read(zone, actor.now, USUAL_MS)?;
            touch_candidates(c, &actor, id, from, until)
        })
        .await
}

#[get("/racks/<id>/touched?<span..>")]
async fn page(web: &State<Web>, signed: Signed, id: i64, span: Span) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let path = format!("/racks/{id}/touched");
    let (touch, fault) = match found(web, &signed, id, &span).await {
        Ok(touch) => (touch, None),
        Err(fault) if belongs_in_form(&fault) => {
            let usual = found(web, &signed, id, &<Span as Default>::default()).await;
            (usual.map_err(|fault| signed.failure(fault))?, Some(fault))
        }
        Err(fault) => return Err(signed.failure(fault)),
    };
    let zone = touch.site.zone().map_err(|fault| signed.failure(fault))?;
    let fields = span.fields(zone, signed.actor.now, USUAL_MS);
    let name = format!("{} / {}", touch.rack.room, touch.rack.name);
    let title = web
        .words
        .say(locale, &Message::new("touched-title").with("rack", name));
    let rows: Vec<Value> = touch
        .candidates
        .iter()
        .map(|row| {
            json!({
                "way": row.way,
                "name": row.name,
                "company": row.company,
                "from": row.from,
                "until": row.until,
                "visit": row.visit,
                "what": row.what,
            })
        })
        .collect();
    let asked = |name: &str| fields.get(name).replace(' ', "T");
    let csv = format!("{path}.csv?from={}&until={}", asked("from"), asked("until"));
    let facility = signed.actor.may(Permission::ViewFacility);
    let back = if facility {
        format!("/racks/{id}")
    } else {
        "/visits".to_owned()
    };
    View::new(web, &signed.reader, "doors/touched.html", &title, "visits")
        .crumbs(&[(&web.words.text(locale, "visit-title"), "/visits")])
        .with(
            "form",
            form_context(web, locale, &path, &fields, fault.as_ref()),
        )
        .with("rows", rows)
        .with("zone", &touch.site.time_zone)
        .with("csv_href", csv)
        .with("back", back)
        .status(form_status(fault.as_ref()))
        .answer()
}

const COLUMNS: &[&str] = &[
    "way",
    "name",
    "company",
    "from",
    "until",
    "time_zone",
    "visit",
    "what",
];

#[get("/racks/<id>/touched.csv?<span..>")]
async fn file(web: &State<Web>, signed: Signed, id: i64, span: Span) -> Result<Answer, Failure> {
    found(web, &signed, id, &span)
        .await
        .and_then(|touch| {
            let zone = touch.site.zone()?;
            let rows: Vec<Vec<String>> = touch
                .candidates
                .iter()
                .map(|row| {
                    let until = row.until.map(|at| at.local_minute(zone));
                    vec![
                        row.way.to_string(),
                        row.name.clone(),
                        row.company.clone(),
                        row.from.local_minute(zone),
                        until.unwrap_or_default(),
                        touch.site.time_zone.clone(),
                        row.visit.clone().unwrap_or_default(),
                        row.what.clone(),
                    ]
                })
                .collect();
            csv_answer("touched", COLUMNS, &rows)
        })
        .map_err(|fault| signed.failure(fault))
}

/// What evidence is asked for.
#[derive(Debug, Clone, Default, FromForm)]
pub struct Asked {
    site: Option<i64>,
    from: Option<String>,
    until: Option<String>,
}

impl Asked {
    fn span(&self) -> Span {
        Span {
            from: self.from.clone(),
            until: self.until.clone(),
        }
    }
}

async fn form_view(
    web: &Web,
    signed: &Signed,
    asked: &Asked,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let found = web
        .store
        .read(site_choices)
        .await
        .map_err(|fault| signed.failure(fault))?;
    let mut fields = asked
        .span()
        .fields(web.settings.zone, signed.actor.now, MONTH_MS);
    let first = found.first().map(|site| site.id.get());
    if let Some(site) = asked.site.or(first) {
        fields.set("site", site.to_string());
    }
    let places: Vec<Value> = found
        .iter()
        .map(|site| json!({"value": site.id.to_string(), "label": format!("{} · {}", site.code, site.name)}))
        .collect();
    let title = web.words.text(locale, "visit-evidence-title");
    View::new(web, &signed.reader, "doors/evidence.html", &title, "visits")
        .crumbs(&[(&web.words.text(locale, "visit-title"), "/visits")])
        .with(
            "form",
            form_context(web, locale, "/visits/evidence.zip", &fields, fault),
        )
        .with("places", places)
        .status(form_status(fault))
        .answer()
}

/// For staff who see visits.
fn allowed(signed: &Signed) -> Result<(), Failure> {
    if signed.actor.role.is_customer() {
        return Err(signed.failure(Fault::not_found()));
    }
    signed
        .actor
        .require(Permission::ViewVisits)
        .map_err(|fault| signed.failure(fault))
}

#[get("/visits/evidence")]
async fn evidence_form(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    allowed(&signed)?;
    form_view(web, &signed, &<Asked as Default>::default(), None).await
}

#[get("/visits/evidence.zip?<asked..>")]
async fn evidence(web: &State<Web>, signed: Signed, asked: Asked) -> Result<Answer, Failure> {
    allowed(&signed)?;
    match packed(web, &signed, &asked).await {
        Ok(answer) => Ok(answer),
        Err(fault) if belongs_in_form(&fault) => {
            form_view(web, &signed, &asked, Some(&fault)).await
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}

async fn packed(web: &Web, signed: &Signed, asked: &Asked) -> Result<Answer, Fault> {
    let site = SiteId::new(asked.site.unwrap_or_default());
    let (actor, span) = (signed.actor.clone(), asked.span());
    let made = web
        .store
        .read(move |c| {
            let place = site_choices(c)?.into_iter().find(|place| place.id == site);
            let place =
                place.ok_or_else(|| Fault::field("site", Message::new("visit-fault-site")))?;
            let (from, until) = span.read(place.zone()?, actor.now, MONTH_MS)?;
            visit_evidence(c, &actor, site, from, until)
        })
        .await?;
    let (actor, noted) = (signed.actor.clone(), made.clone());
    web.store
        .write("visit.evidence", move |c| {
            visit_evidence_note(c, &actor, site, &noted)
        })
        .await?;
    Ok(Answer::File {
        name: format!("visits-{}.zip", made.manifest.site),
        media_type: "application/zip",
        body: made.body,
    })
}
