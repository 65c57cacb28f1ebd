//! Standing permissions.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::access_index::{back_to_index, day_choices, site_options};
use super::saving::{Archive, form_status, settled};
use crate::access::{
    Area, RackPlace, SiteName, StandingRecord, area_list, people_known, rack_choices, site_choices,
    standing_archive, standing_by_id, standing_create, standing_draft, standing_update,
};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::StandingPermissionId;
use crate::identity::Permission;
use crate::tenancy::customer_choices;
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![new, add, edit, save, archive_dialog, archive_post]
}

const INDEX: &str = "/settings/access";

fn allowed(signed: &Signed) -> Result<(), Failure> {
    signed
        .actor
        .require(Permission::ManageAccess)
        .map_err(|fault| signed.failure(fault))
}

async fn form_view(
    web: &Web,
    signed: &Signed,
    there: Option<&StandingRecord>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let actor = signed.actor.clone();
    let (sites, customers, racks, areas, people) = web
        .store
        .read(move |c| {
            Ok((
                site_choices(c)?,
                customer_choices(c, &actor)?,
                rack_choices(c, &actor)?,
                area_list(c, &actor)?,
                people_known(c, &actor)?,
            ))
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let customers: Vec<Value> = customers
        .iter()
        .map(|(id, code, name)| json!({"value": id.to_string(), "label": format!("{name} ({code})")}))
        .collect();
    let people: Vec<Value> = people
        .iter()
        .map(|person| json!({"value": person.id.to_string(), "label": format!("{} {} {}", person.name, person.company, person.phone)}))
        .collect();
    let (title, action) = match there {
        None => (
            web.words.text(locale, "standing-new"),
            "/settings/standing/new".to_owned(),
        ),
        Some(row) => (
            web.words.say(
                locale,
                &Message::new("standing-edit").with("name", format!("#{}", row.permission.id)),
            ),
            format!("/settings/standing/{}/edit", row.permission.id),
        ),
    };
    View::new(
        web,
        &signed.reader,
        "access/standing_form.html",
        &title,
        "settings",
    )
    .crumbs(&back_to_index(web, signed).each())
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("sites_offered", site_options(&sites))
    .with("customers", customers)
    .with("people", people)
    .with("racks", rack_boxes(fields, &racks, &sites))
    .with("areas", area_boxes(fields, &areas))
    .with("days", day_choices(web, locale, fields))
    .with("back", INDEX)
    .status(form_status(fault))
    .answer()
}

async fn answer(
    web: &Web,
    signed: &Signed,
    there: Option<&StandingRecord>,
    fields: &Fields,
    outcome: Result<String, Fault>,
) -> Result<Answer, Failure> {
    match settled(web, signed, outcome)? {
        Ok(answer) => Ok(answer),
        Err(fault) => form_view(web, signed, there, fields, Some(&fault)).await,
    }
}

#[get("/settings/standing/new")]
async fn new(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    allowed(&signed)?;
    form_view(web, &signed, None, &Fields::new(), None).await
}

#[post("/settings/standing/new", data = "<form>")]
async fn add(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed)?;
    let (actor, fields) = (signed.actor.clone(), form.fields.clone());
    let outcome = web
        .store
        .write("standing.create", move |c| {
            let draft = standing_draft(c, &fields)?;
            standing_create(c, &actor, &draft)
        })
        .await
        .map(|_| INDEX.to_owned());
    answer(web, &signed, None, &form.fields, outcome).await
}

async fn found(web: &Web, signed: &Signed, id: i64) -> Result<StandingRecord, Failure> {
    allowed(signed)?;
    let actor = signed.actor.clone();
    web.store
        .read(move |c| standing_by_id(c, &actor, StandingPermissionId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

fn rack_boxes(fields: &Fields, racks: &[RackPlace], sites: &[SiteName]) -> Vec<Value> {
    let chosen: Vec<&str> = fields.all("rack_ids").collect();
    racks
        .iter()
        .map(|rack| {
            let site = sites.iter().find(|site| site.id == rack.site_id);
            let code = site.map_or("", |site| site.code.as_str());
            let id = rack.id.to_string();
            let label = format!("{code} / {} / {}", rack.room, rack.name);
            json!({"value": id, "label": label, "chosen": chosen.contains(&id.as_str())})
        })
        .collect()
}

fn area_boxes(fields: &Fields, areas: &[Area]) -> Vec<Value> {
    let chosen: Vec<&str> = fields.all("area_ids").collect();
    areas
        .iter()
        .map(|area| {
            let id = area.id.to_string();
            let label = format!("{} {}", area.code, area.name);
            json!({"value": id, "label": label, "chosen": chosen.contains(&id.as_str())})
        })
        .collect()
}

/// What is on record as it is typed, times in the site's zone.
async fn fields_of(web: &Web, signed: &Signed, there: &StandingRecord) -> Result<Fields, Failure> {
    let sites = web
        .store
        .read(site_choices)
        .await
        .map_err(|fault| signed.failure(fault))?;
    let own = &there.permission;
    let zone = match sites.iter().find(|site| site.id == own.site_id) {
        Some(site) => site.zone().map_err(|fault| signed.failure(fault))?,
        None => web.settings.zone,
    };
    let hours = own.hours();
    let mut fields =
        Fields::from_json(&serde_json::to_value(there).unwrap_or_default()).unwrap_or_default();
    fields.set("valid_from", own.valid_from.local_minute(zone));
    fields.set("valid_until", own.valid_until.local_minute(zone));
    fields.set("from_time", hours.from_time());
    fields.set("until_time", hours.until_time());
    fields.set("weekdays", "");
    for day in hours.days() {
        fields.push("weekdays", day.to_string());
    }
    Ok(fields)
}

#[get("/settings/standing/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = found(web, &signed, id).await?;
    let fields = fields_of(web, &signed, &there).await?;
    form_view(web, &signed, Some(&there), &fields, None).await
}

#[post("/settings/standing/<id>/edit", data = "<form>")]
async fn save(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    let there = found(web, &signed, id).await?;
    let outcome = match version(&form.fields) {
        Ok(version) => {
            let (actor, fields, id) = (
                signed.actor.clone(),
                form.fields.clone(),
                there.permission.id,
            );
            web.store
                .write("standing.update", move |c| {
                    let draft = standing_draft(c, &fields)?;
                    standing_update(c, &actor, id, version, &draft)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    let outcome = outcome.map(|()| INDEX.to_owned());
    answer(web, &signed, Some(&there), &form.fields, outcome).await
}

fn archive_of<'a>(there: &StandingRecord, name: &'a str) -> Archive<'a> {
    Archive {
        name,
        action: format!("/settings/standing/{}/archive", there.permission.id),
        back: INDEX.to_owned(),
        version: there.permission.version,
        archived: there.permission.archived_at.is_some(),
        consequence: "standing-archive-consequence",
        section: "settings",
    }
}

#[get("/settings/standing/<id>/archive")]
async fn archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = found(web, &signed, id).await?;
    archive_of(&there, &format!("#{}", there.permission.id)).view(web, &signed, None)
}

#[post("/settings/standing/<id>/archive", data = "<form>")]
async fn archive_post(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = found(web, &signed, id).await?;
    let id = there.permission.id;
    archive_of(&there, &format!("#{}", there.permission.id))
        .post(
            web,
            &signed,
            &form,
            "standing.archive",
            move |c, actor, version, archive| standing_archive(c, actor, id, version, archive),
        )
        .await
}
