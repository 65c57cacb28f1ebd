//! The form of a visit, announced or at the door, with its choices.

use rocket::http::Status;
use serde_json::{Value, json};

use super::visit_words::notice_words;
use crate::access::{
    Area, ConsentText, DocumentKind, PEOPLE_OF_FORM, PERSON_FIELDS, Purpose, RackPlace, SiteName,
    StandingRecord, WALK_IN_HOURS, area_choices, notices_now, person_by_id, person_search,
    rack_choices, site_choices, standing_list,
};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{CustomerId, PersonId};
use crate::identity::Permission;
use crate::tenancy::{Contact, contact_list, customer_choices};
use crate::web::guards::Signed;
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

/// Which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// To come later.
    Announce,
    /// At the door now.
    WalkIn,
}

impl Kind {
    const fn address(self) -> &'static str {
        match self {
            Self::Announce => "/visits/new",
            Self::WalkIn => "/visits/walk-in",
        }
    }

    const fn right(self) -> Permission {
        match self {
            Self::Announce => Permission::AnnounceVisits,
            Self::WalkIn => Permission::DeskVisits,
        }
    }
}

/// What the form offers.
struct Choices {
    sites: Vec<SiteName>,
    racks: Vec<RackPlace>,
    areas: Vec<Area>,
    standing: Vec<StandingRecord>,
    customers: Vec<(CustomerId, String, String)>,
    contacts: Vec<Contact>,
    notices: Vec<ConsentText>,
    known: Vec<crate::access::Person>,
    picked: Option<crate::access::Person>,
}

/// Shows the form; `search` finds known people, `picked` fills one in.
pub(super) async fn form_answer(
    web: &Web,
    signed: &Signed,
    kind: Kind,
    fields: Fields,
    fault: Option<&Fault>,
    find: (String, Option<i64>),
) -> Result<Answer, Failure> {
    let actor = signed.actor.clone();
    let (search, picked) = find.clone();
    let choices = web
        .store
        .read(move |c| {
            actor.require(kind.right())?;
            let own = actor.wall().customer();
            Ok(Choices {
                sites: site_choices(c)?,
                racks: rack_choices(c, &actor)?,
                areas: area_choices(c, &actor)?,
                standing: standing_list(c, &actor)?,
                customers: if own.is_some() {
                    Vec::new()
                } else {
                    customer_choices(c, &actor)?
                },
                contacts: match own {
                    Some(own) => contact_list(c, &actor, own)?,
                    None => Vec::new(),
                },
                notices: notices_now(c, &actor, None)?,
                known: person_search(c, &actor, &search)?,
                picked: match picked {
                    Some(id) => Some(person_by_id(c, &actor, PersonId::new(id))?),
                    None => None,
                },
            })
        })
        .await
        .map_err(|fault| signed.failure(fault))?;
    render(web, signed, kind, fields, fault, &find.0, &choices)
}

fn render(
    web: &Web,
    signed: &Signed,
    kind: Kind,
    mut fields: Fields,
    fault: Option<&Fault>,
    search: &str,
    choices: &Choices,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let words = |key: &str| web.words.text(locale, key);
    let zone_name = choices.sites.first().map_or_else(
        || web.settings.zone.to_string(),
        |site| site.time_zone.clone(),
    );
    if fields.is_empty() {
        preset(web, signed, &mut fields, kind, choices)?;
    }
    let chosen: Vec<&str> = fields.all("rack_ids").collect();
    let racks: Vec<Value> = choices
        .racks
        .iter()
        .map(|rack| {
            let site = choices.sites.iter().find(|site| site.id == rack.site_id);
            let place = match (choices.sites.len(), site) {
                (2.., Some(site)) => format!("{} / {} / {}", site.code, rack.room, rack.name),
                _ => format!("{} / {}", rack.room, rack.name),
            };
            json!({"value": rack.id, "label": place, "chosen": chosen.contains(&rack.id.to_string().as_str())})
        })
        .collect();
    let people: Vec<Value> = PERSON_FIELDS
        .iter()
        .take(PEOPLE_OF_FORM)
        .enumerate()
        .map(|(index, names)| {
            let typed = [
                names.name,
                names.company,
                names.phone,
                names.document_number,
            ]
            .iter()
            .any(|name| !fields.get(name).is_empty());
            json!({
                "index": index + 1,
                "name": names.name, "company": names.company, "phone": names.phone,
                "kind": names.document_kind, "number": names.document_number,
                "person_id": names.person_id, "badge": names.badge, "typed": typed,
            })
        })
        .collect();
    let option = |value: String, label: String| json!({"value": value, "label": label});
    let title = words(match kind {
        Kind::Announce => "visit-new",
        Kind::WalkIn => "visit-walk-in",
    });
    View::new(web, &signed.reader, "visits/form.html", &title, "visits")
        .crumbs(&[(&words("visit-title"), "/visits")])
        .with(
            "form",
            form_context(web, locale, kind.address(), &fields, fault),
        )
        .with("walk_in", kind == Kind::WalkIn)
        .with("people", people)
        .with("racks", racks)
        .with("areas_offered", areas_offered(&fields, choices))
        .with("standing_offered", standing_offered(choices))
        .with("zone", zone_name)
        .with(
            "sites_offered",
            choices
                .sites
                .iter()
                .map(|site| option(site.id.to_string(), site.name.clone()))
                .collect::<Vec<_>>(),
        )
        .with(
            "customers",
            choices
                .customers
                .iter()
                .map(|(id, code, name)| option(id.to_string(), format!("{name} ({code})")))
                .collect::<Vec<_>>(),
        )
        .with(
            "contacts",
            choices
                .contacts
                .iter()
                .map(|contact| option(contact.id.to_string(), contact.name.clone()))
                .collect::<Vec<_>>(),
        )
        .with("purposes", purposes(web, signed))
        .with(
            "documents",
            DocumentKind::ALL
                .iter()
                .filter(|kind| **kind != DocumentKind::None)
                .map(|kind| {
                    option(
                        kind.to_string(),
                        web.words.text(locale, &format!("visit-document-{kind}")),
                    )
                })
                .collect::<Vec<_>>(),
        )
        .with("search", search)
        .with("notices", notice_words(web, locale, &choices.notices))
        .with("known", &choices.known)
        .with("picked", &choices.picked)
        .with(
            "cancel_href",
            if kind == Kind::WalkIn {
                "/visits/here"
            } else {
                "/visits"
            },
        )
        .status(if fault.is_some() {
            Status::UnprocessableEntity
        } else {
            Status::Ok
        })
        .answer()
}

fn areas_offered(fields: &Fields, choices: &Choices) -> Vec<Value> {
    let chosen: Vec<&str> = fields.all("area_ids").collect();
    choices
        .areas
        .iter()
        .map(|area| {
            let site = choices.sites.iter().find(|site| site.id == area.site_id);
            let label = match (choices.sites.len(), site) {
                (2.., Some(site)) => format!("{} / {} {}", site.code, area.code, area.name),
                _ => format!("{} {}", area.code, area.name),
            };
            let id = area.id.to_string();
            json!({"value": id, "label": label, "chosen": chosen.contains(&id.as_str())})
        })
        .collect()
}

fn standing_offered(choices: &Choices) -> Vec<Value> {
    choices
        .standing
        .iter()
        .map(|record| {
            let own = &record.permission;
            let whom = record.person.as_deref().unwrap_or(own.company.as_str());
            let of = record.customer.as_deref().unwrap_or_default();
            json!({"value": own.id.to_string(), "label": format!("#{} {whom} {of}", own.id)})
        })
        .collect()
}

/// Choices of a purpose.
pub(super) fn purposes(web: &Web, signed: &Signed) -> Vec<Value> {
    Purpose::ALL
        .iter()
        .map(|purpose| json!({"value": purpose, "label": web.words.text(signed.reader.locale, &format!("visit-purpose-{purpose}"))}))
        .collect()
}

/// What an untouched form holds: a window from the next hour on, the usual document, a picked person.
fn preset(
    web: &Web,
    signed: &Signed,
    fields: &mut Fields,
    kind: Kind,
    choices: &Choices,
) -> Result<(), Failure> {
    let zone = match choices.sites.first() {
        Some(site) => site.zone().map_err(|fault| signed.failure(fault))?,
        None => web.settings.zone,
    };
    let now = signed.actor.now;
    if kind == Kind::Announce {
        let hour = now.plus_seconds(3600 - now.millis().rem_euclid(3_600_000) / 1000);
        fields.set("planned_from", hour.local_minute(zone));
        fields.set(
            "planned_until",
            hour.plus_seconds(4 * 3600).local_minute(zone),
        );
    } else {
        let end = now.plus_seconds(WALK_IN_HOURS * 3600);
        fields.set("planned_until", end.local_minute(zone));
    }
    fields.set("purpose", Purpose::Repair.as_str());
    for names in PERSON_FIELDS.iter().take(PEOPLE_OF_FORM) {
        fields.set(names.document_kind, DocumentKind::ResidentId.as_str());
    }
    if let Some(site) = choices.sites.first() {
        fields.set("site_id", site.id.to_string());
    }
    if let Some(person) = &choices.picked {
        fields.set("person_id", person.id.to_string());
        fields.set("visitor_name", person.name.clone());
        fields.set("company", person.company.clone());
        fields.set("phone", person.phone.clone());
        if person.identity_kind != DocumentKind::None {
            fields.set("document_kind", person.identity_kind.as_str());
        }
    }
    Ok(())
}

/// Words of a sentence after a form that names the visit.
pub(super) fn about(key: &'static str, number: &str) -> Message {
    Message {
        key,
        arguments: vec![("number", number.into())],
    }
}
