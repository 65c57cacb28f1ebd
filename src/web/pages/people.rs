//! Known people: the list, one person, the form, the number in full.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::entry::Said;
use super::saving::{form_status, settled};
use crate::access::{
    Block, Consent, ConsentText, DocumentKind, Language, NumberRead, PeopleFilter, PersonRecord,
    PersonVisit, RecordDraft, SiteName, blocks_of_person, consents_of_person, notice_list,
    number_reads, people_export, people_list, person_add, person_change, person_record,
    person_reveal, site_choices, visits_of_person,
};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{PersonId, SiteId};
use crate::base::locale::Locale;
use crate::identity::Permission;
use crate::web::csv_file::csv_answer;
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::lists::{ListQuery, ListView};
use crate::web::view::{Answer, View, belongs_in_form, form_context};
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
        reveal_dialog,
        reveal
    ]
}

/// Refuses a reader without a right.
pub(super) fn allowed(signed: &Signed, right: Permission) -> Result<(), Failure> {
    signed
        .actor
        .require(right)
        .map_err(|fault| signed.failure(fault))
}

/// Words for the kind of a document.
fn document_word(web: &Web, locale: Locale, kind: DocumentKind) -> String {
    web.words.text(locale, &format!("visit-document-{kind}"))
}

/// The name of a site, or the words for all of them.
pub(super) fn site_word(
    web: &Web,
    locale: Locale,
    sites: &[SiteName],
    site: Option<SiteId>,
) -> String {
    match site {
        None => web.words.text(locale, "people-everywhere"),
        Some(id) => sites
            .iter()
            .find(|site| site.id == id)
            .map_or_else(|| format!("#{id}"), |site| site.name.clone()),
    }
}

#[get("/people?<blocked>&<query..>")]
async fn list(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    blocked: Option<bool>,
    query: ListQuery,
) -> Result<Answer, Failure> {
    let blocked = blocked.unwrap_or(false);
    let filter = PeopleFilter {
        query: query.text().to_owned(),
        blocked,
    };
    let (actor, request) = (signed.actor.clone(), query.page());
    let page = web
        .store
        .read(move |c| people_list(c, &actor, &filter, &request))
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let rows = page
        .rows
        .iter()
        .map(|row| {
            json!({
                "id": row.id,
                "name": row.name,
                "company": row.company,
                "phone": row.phone,
                "document": document_word(web, locale, row.identity_kind),
                "number": row.identity_masked,
            })
        })
        .collect();
    let list = ListView::new(
        web,
        locale,
        "/people",
        &query,
        ("people-empty", "people-empty-text"),
    )
    .filter("blocked", blocked.then(|| "true".to_owned()), |_| {
        web.words.text(locale, "people-blocked-only")
    })
    .csv()
    .action(
        signed.actor.may(Permission::EditPeople),
        "people-new",
        "/people/new",
    )
    .finish(&page, rows);
    let title = web.words.text(locale, "people-title");
    View::new(web, &signed.reader, "people/list.html", &title, "visits")
        .crumbs(&[(&web.words.text(locale, "visit-title"), "/visits")])
        .flash(said.as_ref())
        .with("list", list)
        .with("may_merge", signed.actor.may(Permission::MergePeople))
        .answer()
}

const COLUMNS: &[&str] = &[
    "id",
    "name",
    "company",
    "phone",
    "email",
    "language",
    "nationality",
    "vehicle_plate",
    "document_kind",
    "document_masked",
    "note",
];

#[get("/people.csv?<blocked>&<query..>")]
async fn list_csv(
    web: &State<Web>,
    signed: Signed,
    blocked: Option<bool>,
    query: ListQuery,
) -> Result<Answer, Failure> {
    let filter = PeopleFilter {
        query: query.text().to_owned(),
        blocked: blocked.unwrap_or(false),
    };
    let actor = signed.actor.clone();
    web.store
        .read(move |c| people_export(c, &actor, &filter))
        .await
        .and_then(|people| {
            let rows: Vec<Vec<String>> = people.iter().map(csv_row).collect();
            csv_answer("people", COLUMNS, &rows)
        })
        .map_err(|fault| signed.failure(fault))
}

fn csv_row(person: &PersonRecord) -> Vec<String> {
    vec![
        person.id.to_string(),
        person.name.clone(),
        person.company.clone(),
        person.phone.clone(),
        person.email.clone(),
        person.language.to_string(),
        person.nationality.clone(),
        person.vehicle_plate.clone(),
        person.identity_kind.to_string(),
        person.identity_masked.clone(),
        person.note.clone(),
    ]
}

/// All that the page of a person shows.
struct PersonPage {
    person: PersonRecord,
    blocks: Vec<Block>,
    consents: Vec<(Consent, ConsentText)>,
    notices: Vec<ConsentText>,
    reads: Vec<NumberRead>,
    visits: Vec<PersonVisit>,
    sites: Vec<SiteName>,
}

#[get("/people/<id>")]
async fn show(
    web: &State<Web>,
    signed: Signed,
    said: Said<'_>,
    id: i64,
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let id = PersonId::new(id);
    let page = web
        .store
        .read(move |c| {
            Ok(PersonPage {
                person: person_record(c, &actor, id)?,
                blocks: blocks_of_person(c, &actor, id)?,
                consents: consents_of_person(c, &actor, id)?,
                notices: notice_list(c, &actor)?,
                reads: number_reads(c, &actor, id)?,
                visits: visits_of_person(c, &actor, id)?,
                sites: site_choices(c)?,
            })
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    let locale = signed.reader.locale;
    let now = signed.actor.now;
    let words = |key: &str| web.words.text(locale, key);
    let person = &page.person;
    let is_live = person.merged_into_id.is_none() && person.anonymised_at.is_none();
    let may = |right: Permission| is_live && signed.actor.may(right);
    let blocks: Vec<Value> = page
        .blocks
        .iter()
        .map(|block| {
            json!({
                "id": block.id,
                "site": site_word(web, locale, &page.sites, block.site_id),
                "reason": block.reason,
                "from_at": block.from_at,
                "until_at": block.until_at,
                "by": block.blocked_by_name,
                "is_active": block.is_active(now),
                "lifted_at": block.lifted_at,
                "lifted_by": block.lifted_by_name,
                "lift_reason": block.lift_reason,
            })
        })
        .collect();
    let consents: Vec<Value> = page
        .consents
        .iter()
        .map(|(consent, text)| {
            json!({
                "id": consent.id,
                "notice": words(&format!("people-notice-{}", text.kind)),
                "edition": text.edition,
                "site": site_word(web, locale, &page.sites, text.site_id),
                "at": consent.agreed_at,
                "how": words(&format!("people-how-{}", consent.how)),
                "by": consent.noted_by_name,
                "withdrawn_at": consent.withdrawn_at,
            })
        })
        .collect();
    let offered: Vec<Value> = page
        .notices
        .iter()
        .filter(|text| text.withdrawn_at.is_none())
        .map(|text| {
            let kind = words(&format!("people-notice-{}", text.kind));
            let site = site_word(web, locale, &page.sites, text.site_id);
            json!({"value": text.id, "label": format!("{kind} v{} · {site}", text.edition)})
        })
        .collect();
    let visits: Vec<Value> = page
        .visits
        .iter()
        .map(|visit| {
            json!({
                "number": visit.number,
                "state": words(&format!("visit-state-{}", visit.state)),
                "planned_from": visit.planned_from,
                "in_at": visit.checked_in_at,
                "out_at": visit.checked_out_at,
            })
        })
        .collect();
    View::new(
        web,
        &signed.reader,
        "people/show.html",
        &person.name,
        "visits",
    )
    .crumbs(&[(&words("people-title"), "/people")])
    .flash(said.as_ref())
    .with("person", person)
    .with("document", document_word(web, locale, person.identity_kind))
    .with("blocks", blocks)
    .with(
        "is_blocked",
        page.blocks.iter().any(|block| block.is_active(now)),
    )
    .with("consents", consents)
    .with("offered", offered)
    .with("reads", &page.reads)
    .with("visits", visits)
    .with(
        "may",
        json!({
            "edit": may(Permission::EditPeople),
            "block": may(Permission::BlockPeople),
            "reveal": may(Permission::RevealIdentity) && !person.identity_masked.is_empty(),
            "hold": may(Permission::ManagePrivacy),
        }),
    )
    .answer()
}

fn form_view(
    web: &Web,
    signed: &Signed,
    there: Option<&PersonRecord>,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let (title, action, back) = match there {
        None => (
            web.words.text(locale, "people-new"),
            "/people/new".to_owned(),
            "/people".to_owned(),
        ),
        Some(person) => (
            web.words.say(
                locale,
                &Message::new("facility-edit").with("name", person.name.as_str()),
            ),
            format!("/people/{}/edit", person.id),
            format!("/people/{}", person.id),
        ),
    };
    let documents: Vec<Value> = DocumentKind::ALL
        .iter()
        .filter(|kind| **kind != DocumentKind::None)
        .map(|kind| json!({"value": kind, "label": document_word(web, locale, *kind)}))
        .collect();
    let languages: Vec<Value> = Language::ALL
        .iter()
        .map(|language| json!({"value": language, "label": web.words.text(locale, &format!("people-language-{language}"))}))
        .collect();
    View::new(web, &signed.reader, "people/form.html", &title, "visits")
        .crumbs(&[(&web.words.text(locale, "people-title"), "/people")])
        .with("form", form_context(web, locale, &action, fields, fault))
        .with("documents", documents)
        .with("languages", languages)
        .with(
            "number_there",
            there.map(|person| person.identity_masked.clone()),
        )
        .with("back", back)
        .status(form_status(fault))
        .answer()
}

fn answer(
    web: &Web,
    signed: &Signed,
    there: Option<&PersonRecord>,
    fields: &Fields,
    outcome: Result<PersonId, Fault>,
) -> Result<Answer, Failure> {
    match settled(web, signed, outcome.map(|id| format!("/people/{id}")))? {
        Ok(answer) => Ok(answer),
        Err(fault) => form_view(web, signed, there, fields, Some(&fault)),
    }
}

#[get("/people/new")]
async fn new(web: &State<Web>, signed: Signed) -> Result<Answer, Failure> {
    allowed(&signed, Permission::EditPeople)?;
    let fields: Fields = [("document_kind", "resident_id"), ("language", "zh-CN")]
        .into_iter()
        .collect();
    form_view(web, &signed, None, &fields, None)
}

#[post("/people/new", data = "<form>")]
async fn add(web: &State<Web>, signed: Signed, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed, Permission::EditPeople)?;
    let parsed = RecordDraft::parse(&form.fields, web.settings.zone, signed.actor.now);
    let outcome = match parsed {
        Ok(draft) => {
            let (actor, keys) = (signed.actor.clone(), web.keyring.clone());
            web.store
                .write("person.create", move |c| {
                    person_add(c, &actor, &keys, &draft)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    answer(web, &signed, None, &form.fields, outcome)
}

/// The record of a person, for a page that does something with it.
pub(super) async fn person(web: &Web, signed: &Signed, id: i64) -> Result<PersonRecord, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| person_record(c, &actor, PersonId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

#[get("/people/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    allowed(&signed, Permission::EditPeople)?;
    let there = person(web, &signed, id).await?;
    let kind = match there.identity_kind {
        DocumentKind::None => DocumentKind::ResidentId,
        kind => kind,
    };
    let fields: Fields = [
        ("name", there.name.clone()),
        ("company", there.company.clone()),
        ("phone", there.phone.clone()),
        ("email", there.email.clone()),
        ("language", there.language.to_string()),
        ("nationality", there.nationality.clone()),
        ("vehicle_plate", there.vehicle_plate.clone()),
        ("document_kind", kind.to_string()),
        ("note", there.note.clone()),
        ("version", there.version.to_string()),
    ]
    .into_iter()
    .collect();
    form_view(web, &signed, Some(&there), &fields, None)
}

#[post("/people/<id>/edit", data = "<form>")]
async fn save(web: &State<Web>, signed: Signed, id: i64, form: Posted) -> Result<Answer, Failure> {
    allowed(&signed, Permission::EditPeople)?;
    let there = person(web, &signed, id).await?;
    let parsed = RecordDraft::parse(&form.fields, web.settings.zone, signed.actor.now)
        .and_then(|draft| Ok((draft, version(&form.fields)?)));
    let outcome = match parsed {
        Ok((draft, version)) => {
            let (actor, keys, id) = (signed.actor.clone(), web.keyring.clone(), there.id);
            web.store
                .write("person.update", move |c| {
                    person_change(c, &actor, &keys, id, version, &draft).map(|()| id)
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    answer(web, &signed, Some(&there), &form.fields, outcome)
}

fn reveal_view(
    web: &Web,
    signed: &Signed,
    there: &PersonRecord,
    (fault, plain): (Option<&Fault>, Option<String>),
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let words = |key: &str| web.words.text(locale, key);
    let href = format!("/people/{}", there.id);
    let action = format!("{href}/reveal");
    let title = words("visit-reveal-title");
    View::new(web, &signed.reader, "visits/reveal.html", &title, "visits")
        .crumbs(&[(&words("people-title"), "/people"), (&there.name, &href)])
        .with("person", there)
        .with("document", document_word(web, locale, there.identity_kind))
        .with("plain", plain)
        .with("form", form_context(web, locale, &action, &Fields::new(), fault))
        .with("dialog", json!({
            "submit": words("visit-reveal"), "danger": false, "cancel_href": href, "confirm_label": null, "icon": "eye",
        }))
        .status(form_status(fault))
        .answer()
}

#[get("/people/<id>/reveal")]
async fn reveal_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    allowed(&signed, Permission::RevealIdentity)?;
    let there = person(web, &signed, id).await?;
    reveal_view(web, &signed, &there, (None, None))
}

#[post("/people/<id>/reveal", data = "<form>")]
async fn reveal(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    allowed(&signed, Permission::RevealIdentity)?;
    let there = person(web, &signed, id).await?;
    let (actor, keys, id) = (signed.actor.clone(), web.keyring.clone(), there.id);
    let reason = form.fields.get("reason").to_owned();
    let outcome = web
        .store
        .write("person.reveal", move |c| {
            person_reveal(c, &actor, &keys, id, &reason)
        })
        .await;
    match outcome {
        Ok(plain) => {
            let plain = plain.expose().to_owned();
            reveal_view(web, &signed, &there, (None, Some(plain)))
        }
        Err(fault) if belongs_in_form(&fault) => {
            reveal_view(web, &signed, &there, (Some(&fault), None))
        }
        Err(fault) => Err(signed.failure(fault)),
    }
}
