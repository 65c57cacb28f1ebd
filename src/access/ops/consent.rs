//! Notices and who agreed to them.

use diesel::prelude::*;
use serde_json::json;

use super::blocks::site_known;
use super::person::{live_record, person_record};
use crate::access::person_model::{AgreedHow, NoticeDraft, NoticeKind};
use crate::access::rows::{Consent, ConsentText};
use crate::audit::{self, Event};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{ConsentId, ConsentTextId, PersonId, SiteId};
use crate::base::time::Timestamp;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::portable::one_at_a_time;
use crate::store::schema::{consent_texts, consents};

/// All editions, newest first, withdrawn ones too.
pub fn notice_list(c: &mut Conn, actor: &Actor) -> Result<Vec<ConsentText>, Fault> {
    actor.require(Permission::ViewPeople)?;
    Ok(consent_texts::table
        .order(consent_texts::id.desc())
        .select(ConsentText::as_select())
        .load(c)?)
}

/// Writes a new edition; the edition is counted by kind and site.
pub fn notice_add(
    c: &mut Conn,
    actor: &Actor,
    draft: &NoticeDraft,
) -> Result<ConsentTextId, Fault> {
    actor.require(Permission::ManagePrivacy)?;
    one_at_a_time(c, "consent_texts")?;
    site_known(c, draft.site_id)?;
    let known: Vec<ConsentText> = consent_texts::table
        .filter(consent_texts::kind.eq(draft.kind))
        .select(ConsentText::as_select())
        .load(c)?;
    let last = known
        .iter()
        .filter(|text| text.site_id == draft.site_id)
        .map(|text| text.edition)
        .max();
    let edition = last.unwrap_or(0) + 1;
    let id: ConsentTextId = diesel::insert_into(consent_texts::table)
        .values((
            consent_texts::kind.eq(draft.kind),
            consent_texts::site_id.eq(draft.site_id),
            consent_texts::edition.eq(edition),
            consent_texts::text_zh.eq(&draft.text_zh),
            consent_texts::text_en.eq(&draft.text_en),
            consent_texts::effective_from.eq(draft.effective_from),
            consent_texts::written_by_name.eq(&actor.name),
            consent_texts::created_at.eq(actor.now),
        ))
        .returning(consent_texts::id)
        .get_result(c)?;
    let label = format!("{} {edition}", draft.kind);
    let event = Event::new("notice.create", "notice", id.get(), label)
        .with(json!({"site_id": draft.site_id, "effective_from": draft.effective_from}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(id)
}

/// Withdraws an edition: it is asked for no more, and the one before it is in force again.
pub fn notice_withdraw(c: &mut Conn, actor: &Actor, id: ConsentTextId) -> Result<(), Fault> {
    actor.require(Permission::ManagePrivacy)?;
    let text = notice_by_id(c, id)?;
    if text.withdrawn_at.is_some() {
        return Err(Fault::conflict(Message::new("people-fault-withdrawn")));
    }
    diesel::update(consent_texts::table.find(id))
        .set(consent_texts::withdrawn_at.eq(actor.now))
        .execute(c)?;
    let label = format!("{} {}", text.kind, text.edition);
    let event = Event::new("notice.withdraw", "notice", id.get(), label);
    audit::record(c, &actor.author(), actor.now, event)
}

fn notice_by_id(c: &mut Conn, id: ConsentTextId) -> Result<ConsentText, Fault> {
    consent_texts::table
        .find(id)
        .select(ConsentText::as_select())
        .first(c)
        .optional()?
        .ok_or_else(Fault::not_found)
}

/// What is asked for at a site: of each kind the newest edition of the site, else of all sites.
pub(super) fn in_force(
    c: &mut Conn,
    site: SiteId,
    now: Timestamp,
) -> Result<Vec<ConsentText>, Fault> {
    let all: Vec<ConsentText> = consent_texts::table
        .filter(consent_texts::withdrawn_at.is_null())
        .filter(consent_texts::effective_from.le(now))
        .filter(
            consent_texts::site_id
                .is_null()
                .or(consent_texts::site_id.eq(site)),
        )
        .select(ConsentText::as_select())
        .load(c)?;
    let newest = |kind: NoticeKind| {
        let of_kind = all.iter().filter(|text| text.kind == kind);
        of_kind.max_by_key(|text| (text.site_id.is_some(), text.edition, text.id))
    };
    Ok(NoticeKind::ALL
        .iter()
        .filter_map(|kind| newest(*kind).cloned())
        .collect())
}

/// What is in force at a site, or at any: what a form asks for before it is known who comes.
pub fn notices_now(
    c: &mut Conn,
    actor: &Actor,
    site: Option<SiteId>,
) -> Result<Vec<ConsentText>, Fault> {
    actor.require(Permission::AnnounceVisits)?;
    let sites = match site {
        Some(site) => vec![site],
        None => super::site_choices(c)?
            .into_iter()
            .map(|site| site.id)
            .collect(),
    };
    let mut found: Vec<ConsentText> = Vec::new();
    for site in sites {
        for text in in_force(c, site, actor.now)? {
            if found.iter().all(|there| there.id != text.id) {
                found.push(text);
            }
        }
    }
    Ok(found)
}

/// What a person has not agreed to yet of what is in force at a site.
pub(super) fn lacking(
    c: &mut Conn,
    person: PersonId,
    site: SiteId,
    now: Timestamp,
) -> Result<Vec<ConsentText>, Fault> {
    let wanted = in_force(c, site, now)?;
    if wanted.is_empty() {
        return Ok(wanted);
    }
    let agreed: Vec<ConsentTextId> = consents::table
        .filter(consents::person_id.eq(person))
        .filter(consents::withdrawn_at.is_null())
        .select(consents::consent_text_id)
        .load(c)?;
    Ok(wanted
        .into_iter()
        .filter(|text| !agreed.contains(&text.id))
        .collect())
}

/// Notes that a person agreed to an edition; once is enough.
pub(super) fn agree(
    c: &mut Conn,
    actor: &Actor,
    (person, name): (PersonId, &str),
    text: &ConsentText,
    how: AgreedHow,
) -> Result<(), Fault> {
    diesel::insert_into(consents::table)
        .values((
            consents::person_id.eq(person),
            consents::consent_text_id.eq(text.id),
            consents::agreed_at.eq(actor.now),
            consents::how.eq(how),
            consents::noted_by_name.eq(&actor.name),
        ))
        .execute(c)?;
    let event = Event::new("person.agree", "person", person.get(), name)
        .with(json!({"notice": text.kind, "edition": text.edition, "how": how}));
    audit::record(c, &actor.author(), actor.now, event)
}

/// Notes that a person agreed to an edition.
pub fn consent_add(
    c: &mut Conn,
    actor: &Actor,
    person: PersonId,
    text: ConsentTextId,
    how: AgreedHow,
) -> Result<(), Fault> {
    actor.require(Permission::EditPeople)?;
    let there = live_record(c, person)?;
    let text = notice_by_id(c, text)?;
    let already: i64 = consents::table
        .filter(consents::person_id.eq(person))
        .filter(consents::consent_text_id.eq(text.id))
        .filter(consents::withdrawn_at.is_null())
        .count()
        .get_result(c)?;
    if already > 0 {
        return Ok(());
    }
    agree(c, actor, (person, there.name.as_str()), &text, how)
}

/// Notes that a person took an agreement back.
pub fn consent_withdraw(c: &mut Conn, actor: &Actor, id: ConsentId) -> Result<PersonId, Fault> {
    actor.require(Permission::EditPeople)?;
    let found: Option<Consent> = consents::table
        .find(id)
        .select(Consent::as_select())
        .first(c)
        .optional()?;
    let consent = found.ok_or_else(Fault::not_found)?;
    let person = live_record(c, consent.person_id)?;
    if consent.withdrawn_at.is_some() {
        return Err(Fault::conflict(Message::new("people-fault-withdrawn")));
    }
    diesel::update(consents::table.find(id))
        .set((
            consents::withdrawn_at.eq(actor.now),
            consents::withdrawn_by_name.eq(&actor.name),
        ))
        .execute(c)?;
    let event = Event::new("person.disagree", "person", person.id.get(), &person.name)
        .with(json!({"notice_id": consent.consent_text_id}));
    audit::record(c, &actor.author(), actor.now, event)?;
    Ok(person.id)
}

/// What a person agreed to, newest first, with the edition.
pub fn consents_of_person(
    c: &mut Conn,
    actor: &Actor,
    id: PersonId,
) -> Result<Vec<(Consent, ConsentText)>, Fault> {
    person_record(c, actor, id)?;
    Ok(consents::table
        .inner_join(consent_texts::table)
        .filter(consents::person_id.eq(id))
        .order(consents::id.desc())
        .select((Consent::as_select(), ConsentText::as_select()))
        .load(c)?)
}
