//! Announcing visits, and those that come unannounced.

use diesel::prelude::*;
use serde_json::json;

use super::approval::approving_rule;
use super::areas::areas_named;
use super::desk::{Arriving, DeskEntry, enter};
use super::numbers::{in_turn, next_number};
use super::people::person_resolve;
use super::places::{racks_named, site_named};
use super::standing::{Wanted, come_under, standing_for};
use super::work::link;
use super::{advance, audit_visit, gate, invitation, note_event};
use crate::access::document::DocumentKind;
use crate::access::model::{Arrival, PersonDraft, Purpose, VisitDraft, VisitEventKind};
use crate::access::rows::{Area, Person, RackPlace, SiteName, Visit};
use crate::access::state::{VisitAction, VisitState};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::fold::fold_all;
use crate::base::ids::{AreaId, CustomerId, PersonId, RackId, VisitId};
use crate::base::seal::Keyring;
use crate::base::text;
use crate::base::token::random_code;
use crate::identity::{Actor, Permission};
use crate::insert_all;
use crate::search::{Searched, search_added};
use crate::store::Conn;
use crate::store::schema::{visit_areas, visit_people, visit_racks, visits};
use crate::tenancy::customer_choices;

/// Letters of a pass code.
const PASS_LETTERS: usize = 8;

/// Reads what was typed against the site it names (or the only one), in that site's zone.
fn visit_draft(
    c: &mut Conn,
    actor: &Actor,
    fields: &Fields,
    arrival: Arrival,
) -> Result<(VisitDraft, SiteName), Fault> {
    let site = site_named(c, fields)?;
    let draft = VisitDraft::parse(fields, site.zone()?, actor.now, arrival)?;
    Ok((draft, site))
}

/// Announces a visit. What staff announces is expected at once; a customer's waits for approval.
pub fn visit_announce(
    c: &mut Conn,
    actor: &Actor,
    keys: &Keyring,
    public_url: &str,
    fields: &Fields,
) -> Result<String, Fault> {
    actor.require(Permission::AnnounceVisits)?;
    in_turn(c)?;
    let (draft, site) = visit_draft(c, actor, fields, Arrival::Announced)?;
    let by_customer = actor.wall().customer().is_some();
    if by_customer && draft.rack_ids.is_empty() {
        return Err(Fault::field(
            "rack_ids",
            Message::new("visit-fault-rack-needed"),
        ));
    }
    let mut made = insert_visit(c, actor, keys, &draft, &site, Arrival::Announced)?;
    note_event(c, actor, made.visit.id, None, VisitEventKind::Announced, "")?;
    gate::announced(c, actor, &made.visit, &made.people)?;
    audit_visit(c, actor, &made.visit, "visit.announce", made.detail())?;
    if by_customer {
        approve_by_rule(c, actor, &mut made, &site)?;
    } else {
        note_event(c, actor, made.visit.id, None, VisitEventKind::Approved, "")?;
    }
    invitation::send(c, actor, public_url, &made.visit, &site, &made.names())?;
    Ok(made.visit.number)
}

/// Approves what nobody has to be asked for: the standing permission it comes under, else the first rule of the site.
fn approve_by_rule(
    c: &mut Conn,
    actor: &Actor,
    made: &mut Made,
    site: &SiteName,
) -> Result<(), Fault> {
    let rack_ids: Vec<RackId> = made.racks.iter().map(|rack| rack.id).collect();
    let why = match made.visit.standing_permission_id {
        Some(id) => format!("#{id}"),
        None => match approving_rule(c, site, &made.visit, &made.people, &rack_ids)? {
            None => return Ok(()),
            Some(rule) => {
                if rule.escort_required && !made.visit.escort_required {
                    diesel::update(visits::table.find(made.visit.id))
                        .set(visits::escort_required.eq(true))
                        .execute(c)?;
                    made.visit.escort_required = true;
                }
                rule.name
            }
        },
    };
    let rules = &Actor::task("visit-rules", actor.now);
    advance(c, rules, &mut made.visit, VisitAction::Approve)?;
    note_event(
        c,
        rules,
        made.visit.id,
        None,
        VisitEventKind::Approved,
        &why,
    )?;
    audit_visit(c, rules, &made.visit, "visit.approve", json!({"rule": why}))
}

/// Writes down someone who stands at the door, and lets them in: one step.
pub fn walk_in(
    c: &mut Conn,
    actor: &Actor,
    keys: &Keyring,
    fields: &Fields,
) -> Result<String, Fault> {
    actor.require(Permission::DeskVisits)?;
    in_turn(c)?;
    let (draft, site) = visit_draft(c, actor, fields, Arrival::WalkIn)?;
    for person in &draft.people {
        document_needed(c, person)?;
    }
    let mut made = insert_visit(c, actor, keys, &draft, &site, Arrival::WalkIn)?;
    note_event(c, actor, made.visit.id, None, VisitEventKind::WalkIn, "")?;
    audit_visit(c, actor, &made.visit, "visit.walk_in", made.detail())?;
    let mut entries = Vec::new();
    for (person, id) in draft.people.iter().zip(&made.attendances) {
        let field = person.fields.badge;
        entries.push(DeskEntry {
            attendance: *id,
            badge: text::line(field, fields.get(field), 40)?,
            badge_field: field.to_owned(),
        });
    }
    gate::agreements_typed(c, actor, site.id, &draft.people, &made.people, fields)?;
    let arriving = Arriving::read(fields, &entries)?;
    enter(c, actor, &mut made.visit, &arriving)?;
    Ok(made.visit.number)
}

/// At the door a document is shown, unless one is on record.
fn document_needed(c: &mut Conn, person: &PersonDraft) -> Result<(), Fault> {
    use crate::store::schema::people;
    if person.document.is_some() {
        return Ok(());
    }
    let on_record: Option<DocumentKind> = match person.known {
        Some(id) => people::table
            .find(id)
            .select(people::identity_kind)
            .first(c)
            .optional()?,
        None => None,
    };
    match on_record {
        Some(kind) if kind != DocumentKind::None => Ok(()),
        _ => Err(Fault::field(
            person.fields.document_number,
            Message::new("visit-fault-document-needed"),
        )),
    }
}

/// A technician's own visit, signed by the login: expected, checked in and on record in one step.
pub fn own_visit(
    c: &mut Conn,
    actor: &Actor,
    keys: &Keyring,
    fields: &Fields,
) -> Result<String, Fault> {
    actor.require(Permission::DeskVisits)?;
    in_turn(c)?;
    let mut own = fields.clone();
    own.set("visitor_name", actor.name.clone());
    for name in [
        "company",
        "phone",
        "document_number",
        "customer_id",
        "person_id",
    ] {
        own.set(name, "");
    }
    if Purpose::from_word(own.get("purpose")).is_none() {
        own.set("purpose", Purpose::Inspection.as_str());
    }
    let (mut draft, site) = visit_draft(c, actor, &own, Arrival::WalkIn)?;
    draft.people.truncate(1);
    if let Some(person) = draft.people.first_mut() {
        person.known = staff_person(c, &actor.name)?;
    }
    let mut made = insert_visit(c, actor, keys, &draft, &site, Arrival::WalkIn)?;
    note_event(c, actor, made.visit.id, None, VisitEventKind::WalkIn, "")?;
    audit_visit(c, actor, &made.visit, "visit.own", made.detail())?;
    let entries: Vec<DeskEntry> = made
        .attendances
        .iter()
        .map(|id| DeskEntry::without_badge(*id))
        .collect();
    gate::agreements_typed(c, actor, site.id, &draft.people, &made.people, &own)?;
    // Staff go with themselves.
    own.set("escort_name", actor.name.clone());
    let arriving = Arriving::read(&own, &entries)?;
    enter(c, actor, &mut made.visit, &arriving)?;
    Ok(made.visit.number)
}

/// The person that stands for a member of staff: that name, no company, no customer.
fn staff_person(c: &mut Conn, name: &str) -> Result<Option<PersonId>, Fault> {
    use crate::store::schema::people;
    Ok(people::table
        .filter(people::name.eq(name))
        .filter(people::company.eq(""))
        .filter(people::customer_id.is_null())
        .filter(people::merged_into_id.is_null())
        .order(people::id.asc())
        .select(people::id)
        .first(c)
        .optional()?)
}

/// A visit that was just written down.
struct Made {
    visit: Visit,
    people: Vec<Person>,
    attendances: Vec<crate::base::ids::VisitPersonId>,
    racks: Vec<RackPlace>,
    areas: Vec<Area>,
}

impl Made {
    fn names(&self) -> Vec<String> {
        self.people
            .iter()
            .map(|person| person.name.clone())
            .collect()
    }

    fn detail(&self) -> serde_json::Value {
        let racks: Vec<&str> = self.racks.iter().map(|rack| rack.name.as_str()).collect();
        json!({
            "purpose": self.visit.purpose,
            "planned_from": self.visit.planned_from,
            "planned_until": self.visit.planned_until,
            "people": self.names(),
            "racks": racks,
            "areas": self.areas.iter().map(|area| area.code.as_str()).collect::<Vec<_>>(),
            "standing_permission": self.visit.standing_permission_id,
        })
    }
}

fn insert_visit(
    c: &mut Conn,
    actor: &Actor,
    keys: &Keyring,
    draft: &VisitDraft,
    site: &SiteName,
    arrival: Arrival,
) -> Result<Made, Fault> {
    let customer = host_customer(c, actor, draft.customer_id)?;
    let state = if actor.wall().customer().is_some() {
        VisitState::Announced
    } else {
        VisitState::Expected
    };
    let racks = racks_named(c, actor, site.id, &draft.rack_ids)?;
    let areas = areas_named(c, site.id, &draft.area_ids)?;
    let escorted = draft.escort_required || areas.iter().any(|area| area.escort_required);
    let contact = invitation::contact(c, actor, customer.as_ref().map(|(id, _)| *id), draft)?;
    let mut people: Vec<Person> = Vec::new();
    for person in &draft.people {
        let resolved =
            person_resolve(c, actor, keys, person, customer.as_ref().map(|(id, _)| *id))?;
        if people.iter().any(|other| other.id == resolved.id) {
            let message = Message::new("visit-fault-person-twice");
            return Err(Fault::field(person.fields.name, message));
        }
        people.push(resolved);
    }
    let number = next_number(c, actor, site)?;
    let words: Vec<&str> = [number.as_str(), draft.purpose_text.as_str()]
        .into_iter()
        .chain(customer.iter().map(|(_, name)| name.as_str()))
        .chain(
            people
                .iter()
                .flat_map(|p| [p.name.as_str(), p.company.as_str(), p.phone.as_str()]),
        )
        .chain(racks.iter().map(|rack| rack.name.as_str()))
        .collect();
    let id: VisitId = diesel::insert_into(visits::table)
        .values((
            (
                visits::number.eq(&number),
                visits::site_id.eq(site.id),
                visits::customer_id.eq(customer.as_ref().map(|(id, _)| *id)),
                visits::purpose.eq(draft.purpose),
                visits::purpose_text.eq(&draft.purpose_text),
                visits::planned_from.eq(draft.planned_from),
                visits::planned_until.eq(draft.planned_until),
                visits::state.eq(state),
                visits::walk_in.eq(arrival == Arrival::WalkIn),
                visits::escort_required.eq(escorted),
            ),
            (
                visits::escort_name.eq(&draft.escort_name),
                visits::areas.eq(&draft.areas),
                visits::pass_code.eq(random_code(PASS_LETTERS)?),
                visits::host_contact_id.eq(contact),
                visits::note.eq(&draft.note),
                visits::search_folded.eq(fold_all(words)),
                visits::created_by_user_id.eq(actor.user_id),
                visits::created_by_name.eq(&actor.name),
                visits::created_at.eq(actor.now),
                visits::updated_at.eq(actor.now),
            ),
        ))
        .returning(visits::id)
        .get_result(c)?;
    search_added(c, Searched::Visit(id))?;
    let rack_rows: Vec<_> = racks
        .iter()
        .map(|rack| {
            (
                visit_racks::visit_id.eq(id),
                visit_racks::rack_id.eq(rack.id),
            )
        })
        .collect();
    insert_all!(c, visit_racks::table, rack_rows)?;
    let mut attendances = Vec::new();
    for person in &people {
        attendances.push(
            diesel::insert_into(visit_people::table)
                .values((
                    visit_people::visit_id.eq(id),
                    visit_people::person_id.eq(person.id),
                ))
                .returning(visit_people::id)
                .get_result(c)?,
        );
    }
    let area_rows: Vec<_> = areas
        .iter()
        .map(|area| {
            (
                visit_areas::visit_id.eq(id),
                visit_areas::area_id.eq(area.id),
            )
        })
        .collect();
    insert_all!(c, visit_areas::table, area_rows)?;
    link(c, actor, id, &draft.device_ids, &draft.intent_ids)?;
    let mut visit: Visit = visits::table.find(id).select(Visit::as_select()).first(c)?;
    let (rack_ids, area_ids): (Vec<RackId>, Vec<AreaId>) = (
        racks.iter().map(|rack| rack.id).collect(),
        areas.iter().map(|area| area.id).collect(),
    );
    let wanted = Wanted {
        named: draft.standing,
        site,
        customer: visit.customer_id,
        people: &people,
        racks: &rack_ids,
        areas: &area_ids,
        from: visit.planned_from,
        until: visit.planned_until,
    };
    if let Some(permission) = standing_for(c, &wanted)? {
        come_under(c, &mut visit, &permission)?;
    }
    Ok(Made {
        visit,
        people,
        attendances,
        racks,
        areas,
    })
}

/// The customer that is visited for: a customer's own, whatever was typed; for staff the one that was picked.
fn host_customer(
    c: &mut Conn,
    actor: &Actor,
    typed: Option<CustomerId>,
) -> Result<Option<(CustomerId, String)>, Fault> {
    let Some(wanted) = actor.wall().customer().or(typed) else {
        return Ok(None);
    };
    customer_choices(c, actor)?
        .into_iter()
        .find(|(id, ..)| *id == wanted)
        .map(|(id, code, name)| Some((id, format!("{name} {code}"))))
        .ok_or_else(|| Fault::field("customer_id", Message::new("visit-fault-customer")))
}
