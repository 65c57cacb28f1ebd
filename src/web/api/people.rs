//! `/api/v1/people`: known people, blocks, agreements, merging.

use rocket::http::Status;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::ToSchema;

use super::listing::{ApiQuery, Listing};
use super::one::{One, versioned};
use crate::access::{
    AgreedHow, Block, BlockDraft, NumberRead, PeopleFilter, PersonRecord, RecordDraft, block_lift,
    blocks_of_person, consent_add, consent_withdraw, consents_of_person, number_reads,
    people_alike, people_list, people_merge, person_add, person_block, person_change,
    person_record, person_reveal,
};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{ConsentId, PersonBlockId, PersonId};
use crate::identity::Permission;
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        list, show, create, update, reveal, reads, blocks, block, lift, consents, agree, withdraw,
        alike, merge
    ]
}

/// A known person.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonJson {
    id: i64,
    customer_id: Option<i64>,
    name: String,
    company: String,
    phone: String,
    email: String,
    /// `zh-CN` or `en`.
    language: String,
    nationality: String,
    vehicle_plate: String,
    /// `resident_id`, `passport`, `work_pass`, `other` or `none`.
    document_kind: String,
    /// Number with its middle hidden.
    document_masked: String,
    note: String,
    /// The record that took this one over.
    merged_into_id: Option<i64>,
    /// RFC 3339; null while the name is there.
    anonymised_at: Option<String>,
    /// Send it back with a change.
    version: i64,
}

versioned!(PersonJson: version);

impl From<PersonRecord> for PersonJson {
    fn from(person: PersonRecord) -> Self {
        Self {
            id: person.id.get(),
            customer_id: person.customer_id.map(|id| id.get()),
            name: person.name,
            company: person.company,
            phone: person.phone,
            email: person.email,
            language: person.language.to_string(),
            nationality: person.nationality,
            vehicle_plate: person.vehicle_plate,
            document_kind: person.identity_kind.to_string(),
            document_masked: person.identity_masked,
            note: person.note,
            merged_into_id: person.merged_into_id.map(|id| id.get()),
            anonymised_at: person.anonymised_at.map(|at| at.to_rfc3339()),
            version: person.version,
        }
    }
}

/// People by name. `blocked` narrows to those who are blocked somewhere.
#[utoipa::path(get, path = "/api/v1/people", tag = "people",
    params(ApiQuery, ("blocked" = Option<bool>, Query)),
    responses((status = 200, body = Listing<PersonJson>)))]
#[get("/people?<blocked>&<query..>")]
pub(super) async fn list(
    web: &State<Web>,
    caller: Caller,
    blocked: Option<bool>,
    query: ApiQuery,
) -> Result<Json<Listing<PersonJson>>, Failure> {
    let filter = PeopleFilter {
        query: query.text(),
        blocked: blocked.unwrap_or(false),
    };
    let page = query.page();
    let found = web
        .store
        .read(move |c| people_list(c, &caller.actor, &filter, &page))
        .await?;
    Ok(Json(Listing::from_page(found)))
}

/// One person, merged and anonymised records too.
#[utoipa::path(get, path = "/api/v1/people/{id}", tag = "people",
    responses((status = 200, body = PersonJson), (status = 404)))]
#[get("/people/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<PersonJson>, Failure> {
    let found = web
        .store
        .read(move |c| person_record(c, &caller.actor, PersonId::new(id)))
        .await?;
    Ok(One(found.into()))
}

/// Writes down a person: `name`, `company`, `phone`, `email`, `language`, `nationality`, `vehicle_plate`,
/// `document_kind`, `document_number`, `note`.
#[utoipa::path(post, path = "/api/v1/people", tag = "people", request_body = Object,
    responses((status = 201, body = PersonJson), (status = 422)))]
#[post("/people", data = "<body>")]
pub(super) async fn create(
    web: &State<Web>,
    caller: Caller,
    body: Body,
) -> Result<status::Custom<Json<PersonJson>>, Failure> {
    caller.actor.require(Permission::EditPeople)?;
    let draft = RecordDraft::parse(&body.fields, web.settings.zone, caller.actor.now)?;
    let keys = web.keyring.clone();
    let made = web
        .store
        .write("person.create", move |c| {
            let id = person_add(c, &caller.actor, &keys, &draft)?;
            person_record(c, &caller.actor, id)
        })
        .await?;
    Ok(status::Custom(Status::Created, Json(made.into())))
}

/// Changes a person; the body has all fields and the `version` that was read. Without `document_number` the one on
/// record stays.
#[utoipa::path(put, path = "/api/v1/people/{id}", tag = "people", request_body = Object,
    responses((status = 200, body = PersonJson), (status = 404), (status = 409), (status = 422)))]
#[put("/people/<id>", data = "<body>")]
pub(super) async fn update(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<PersonJson>, Failure> {
    caller.actor.require(Permission::EditPeople)?;
    let draft = RecordDraft::parse(&body.fields, web.settings.zone, caller.actor.now)?;
    let (version, keys) = (body.condition()?, web.keyring.clone());
    let id = PersonId::new(id);
    let changed = web
        .store
        .write("person.update", move |c| {
            let version = version.held(person_record(c, &caller.actor, id)?.version)?;
            person_change(c, &caller.actor, &keys, id, version, &draft)?;
            person_record(c, &caller.actor, id)
        })
        .await?;
    Ok(One(changed.into()))
}

/// The number of a document in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct NumberJson {
    number: String,
}

/// Reads the number of a person's document in full, for a `reason`; it is on record who did.
#[utoipa::path(post, path = "/api/v1/people/{id}/reveal", tag = "people", request_body = Object,
    responses((status = 200, body = NumberJson), (status = 404), (status = 409), (status = 422)))]
#[post("/people/<id>/reveal", data = "<body>")]
pub(super) async fn reveal(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<Json<NumberJson>, Failure> {
    let keys = web.keyring.clone();
    let plain = web
        .store
        .write("person.reveal", move |c| {
            let reason = body.fields.get("reason");
            person_reveal(c, &caller.actor, &keys, PersonId::new(id), reason)
        })
        .await?;
    Ok(Json(NumberJson {
        number: plain.expose().to_owned(),
    }))
}

/// That someone read a number in full.
#[derive(Debug, Serialize, ToSchema)]
pub struct NumberReadJson {
    /// RFC 3339.
    at: String,
    who: String,
    reason: String,
    /// Number of the visit, or empty.
    visit: String,
}

impl From<NumberRead> for NumberReadJson {
    fn from(read: NumberRead) -> Self {
        Self {
            at: read.at.to_rfc3339(),
            who: read.who,
            reason: read.reason,
            visit: read.visit,
        }
    }
}

/// Who read a person's number in full, newest first.
#[utoipa::path(get, path = "/api/v1/people/{id}/reads", tag = "people",
    responses((status = 200, body = Vec<NumberReadJson>), (status = 404)))]
#[get("/people/<id>/reads")]
pub(super) async fn reads(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<Vec<NumberReadJson>>, Failure> {
    let found = web
        .store
        .read(move |c| number_reads(c, &caller.actor, PersonId::new(id)))
        .await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

/// A block of a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct BlockJson {
    id: i64,
    person_id: i64,
    /// Null is everywhere.
    site_id: Option<i64>,
    reason: String,
    /// RFC 3339.
    from_at: String,
    /// RFC 3339; null is until it is lifted.
    until_at: Option<String>,
    blocked_by: String,
    /// RFC 3339; null while it was not lifted.
    lifted_at: Option<String>,
    lifted_by: String,
    lift_reason: String,
}

impl From<Block> for BlockJson {
    fn from(block: Block) -> Self {
        Self {
            id: block.id.get(),
            person_id: block.person_id.get(),
            site_id: block.site_id.map(|id| id.get()),
            reason: block.reason,
            from_at: block.from_at.to_rfc3339(),
            until_at: block.until_at.map(|at| at.to_rfc3339()),
            blocked_by: block.blocked_by_name,
            lifted_at: block.lifted_at.map(|at| at.to_rfc3339()),
            lifted_by: block.lifted_by_name,
            lift_reason: block.lift_reason,
        }
    }
}

/// Blocks of a person, lifted ones too, newest first.
#[utoipa::path(get, path = "/api/v1/people/{id}/blocks", tag = "people",
    responses((status = 200, body = Vec<BlockJson>), (status = 404)))]
#[get("/people/<id>/blocks")]
pub(super) async fn blocks(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<Vec<BlockJson>>, Failure> {
    let found = web
        .store
        .read(move |c| blocks_of_person(c, &caller.actor, PersonId::new(id)))
        .await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

/// Blocks a person: `reason`, and if wanted `site_id`, `from_at`, `until_at`. Gives all blocks of the person.
#[utoipa::path(post, path = "/api/v1/people/{id}/blocks", tag = "people", request_body = Object,
    responses((status = 201, body = Vec<BlockJson>), (status = 404), (status = 422)))]
#[post("/people/<id>/blocks", data = "<body>")]
pub(super) async fn block(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<status::Custom<Json<Vec<BlockJson>>>, Failure> {
    caller.actor.require(Permission::BlockPeople)?;
    let draft = BlockDraft::parse(&body.fields, web.settings.zone, caller.actor.now)?;
    let id = PersonId::new(id);
    let found = web
        .store
        .write("person.block", move |c| {
            person_block(c, &caller.actor, id, &draft)?;
            blocks_of_person(c, &caller.actor, id)
        })
        .await?;
    let found = found.into_iter().map(Into::into).collect();
    Ok(status::Custom(Status::Created, Json(found)))
}

/// Lifts a block, with a `reason`. Gives all blocks of the person.
#[utoipa::path(post, path = "/api/v1/person-blocks/{id}/lift", tag = "people", request_body = Object,
    responses((status = 200, body = Vec<BlockJson>), (status = 404), (status = 409), (status = 422)))]
#[post("/person-blocks/<id>/lift", data = "<body>")]
pub(super) async fn lift(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<Json<Vec<BlockJson>>, Failure> {
    let found = web
        .store
        .write("person.unblock", move |c| {
            let reason = body.fields.get("reason");
            let person = block_lift(c, &caller.actor, PersonBlockId::new(id), reason)?;
            blocks_of_person(c, &caller.actor, person)
        })
        .await?;
    Ok(Json(found.into_iter().map(Into::into).collect()))
}

/// That a person agreed to a notice.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentJson {
    id: i64,
    notice_id: i64,
    /// `safety` or `privacy`.
    notice: String,
    edition: i64,
    /// RFC 3339.
    agreed_at: String,
    /// `desk`, `tablet` or `portal`.
    how: String,
    noted_by: String,
    /// RFC 3339; null while it holds.
    withdrawn_at: Option<String>,
}

/// What a person agreed to, newest first.
#[utoipa::path(get, path = "/api/v1/people/{id}/consents", tag = "people",
    responses((status = 200, body = Vec<ConsentJson>), (status = 404)))]
#[get("/people/<id>/consents")]
pub(super) async fn consents(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<Vec<ConsentJson>>, Failure> {
    let found = web
        .store
        .read(move |c| consents_of_person(c, &caller.actor, PersonId::new(id)))
        .await?;
    let found = found.into_iter().map(|(consent, text)| ConsentJson {
        id: consent.id.get(),
        notice_id: text.id.get(),
        notice: text.kind.to_string(),
        edition: text.edition,
        agreed_at: consent.agreed_at.to_rfc3339(),
        how: consent.how.to_string(),
        noted_by: consent.noted_by_name,
        withdrawn_at: consent.withdrawn_at.map(|at| at.to_rfc3339()),
    });
    Ok(Json(found.collect()))
}

/// Notes that a person agreed to a notice: `notice_id`, `how`.
#[utoipa::path(post, path = "/api/v1/people/{id}/consents", tag = "people", request_body = Object,
    responses((status = 204), (status = 404), (status = 422)))]
#[post("/people/<id>/consents", data = "<body>")]
pub(super) async fn agree(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<Status, Failure> {
    caller.actor.require(Permission::EditPeople)?;
    let text = body.fields.get("notice_id").trim().parse();
    let text = text.map_err(|_| Fault::field("notice_id", Message::new("fault-required")))?;
    let how = AgreedHow::from_word(body.fields.get("how").trim()).ok_or_else(|| {
        let message = Message::new("fault-choice").with("allowed", AgreedHow::words());
        Fault::field("how", message)
    })?;
    web.store
        .write("person.agree", move |c| {
            consent_add(c, &caller.actor, PersonId::new(id), text, how)
        })
        .await?;
    Ok(Status::NoContent)
}

/// Notes that a person took an agreement back.
#[utoipa::path(post, path = "/api/v1/consents/{id}/withdraw", tag = "people", request_body = Object,
    responses((status = 204), (status = 404), (status = 409)))]
#[post("/consents/<id>/withdraw", data = "<_body>")]
pub(super) async fn withdraw(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    _body: Body,
) -> Result<Status, Failure> {
    web.store
        .write("person.disagree", move |c| {
            consent_withdraw(c, &caller.actor, ConsentId::new(id))
        })
        .await?;
    Ok(Status::NoContent)
}

/// Records that may be of one person.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlikeJson {
    /// `document`, `phone` or `name`.
    why: String,
    person_ids: Vec<i64>,
}

/// Records that may be of one person: the same document, telephone, or name and company.
#[utoipa::path(get, path = "/api/v1/people/alike", tag = "people",
    responses((status = 200, body = Vec<AlikeJson>)))]
#[get("/people/alike")]
pub(super) async fn alike(
    web: &State<Web>,
    caller: Caller,
) -> Result<Json<Vec<AlikeJson>>, Failure> {
    let found = web
        .store
        .read(move |c| people_alike(c, &caller.actor))
        .await?;
    let found = found.into_iter().map(|group| AlikeJson {
        why: group.why.to_string(),
        person_ids: group.people.iter().map(|person| person.id.get()).collect(),
    });
    Ok(Json(found.collect()))
}

/// Makes one of two records: this one stays, `other_id` is read through it. With both versions that were read:
/// `version` and `other_version`. It can't be taken back.
#[utoipa::path(post, path = "/api/v1/people/{id}/merge", tag = "people", request_body = Object,
    responses((status = 200, body = PersonJson), (status = 404), (status = 409), (status = 422)))]
#[post("/people/<id>/merge", data = "<body>")]
pub(super) async fn merge(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<PersonJson>, Failure> {
    caller.actor.require(Permission::MergePeople)?;
    let number = |name: &'static str| -> Result<i64, Fault> {
        let typed = body.fields.get(name).trim().parse();
        typed.map_err(|_| Fault::field(name, Message::new("fault-required")))
    };
    let (other, versions) = (
        PersonId::new(number("other_id")?),
        (number("version")?, number("other_version")?),
    );
    let id = PersonId::new(id);
    let kept = web
        .store
        .write("person.merge", move |c| {
            people_merge(c, &caller.actor, id, other, versions)?;
            person_record(c, &caller.actor, id)
        })
        .await?;
    Ok(One(kept.into()))
}
