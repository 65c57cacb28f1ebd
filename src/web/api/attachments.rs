//! Photos and documents of devices and racks.

use rocket::data::{Data, FromData, Outcome, ToByteUnit};
use rocket::form::{Form, FromForm};
use rocket::fs::TempFile;
use rocket::http::Status;
use rocket::request::Request;
use rocket::response::status;
use rocket::serde::json::Json;
use rocket::{Route, State, get, post, put, routes};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::listing::Listing;
use super::one::{One, versioned};
use crate::attachments::{
    Attachment, MOST_OCTETS, RemarkDraft, Subject, attachment_archive, attachment_by_id,
    attachment_for_edit, attachment_list, attachment_update, reason_of,
};
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::fields::Fields;
use crate::base::ids::{AttachmentId, DeviceId, RackId};
use crate::base::page::Page;
use crate::web::admission::MayAttach;
use crate::web::attachment_file::{AttachmentFile, attachment_file};
use crate::web::forms::Body;
use crate::web::guards::Caller;
use crate::web::pages::attachments::add;
use crate::web::uploads;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        of_device,
        of_rack,
        device_upload,
        rack_upload,
        show,
        content,
        update,
        archive
    ]
}

/// A photo or document as programs see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttachmentJson {
    id: i64,
    /// `device` or `rack`.
    subject_kind: String,
    subject_id: i64,
    name: String,
    /// What its content says: `image/jpeg`, `image/png`, `image/webp`, `application/pdf`, `text/plain` or a type of Office Open XML.
    media_type: String,
    octets: i64,
    /// SHA-256 of what is kept, hexadecimal.
    sha256: String,
    note: String,
    /// Whether the owner of the device sees it.
    customer_visible: bool,
    /// Empty for customers.
    added_by: String,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339, null while live.
    archived_at: Option<String>,
    archive_reason: String,
    /// Send it back with a change.
    version: i64,
}

versioned!(AttachmentJson: version);

fn json(there: Attachment, for_customer: bool) -> AttachmentJson {
    AttachmentJson {
        id: there.id.get(),
        subject_kind: there.subject_kind.to_string(),
        subject_id: there.subject_id,
        name: there.name,
        media_type: there.media_type.to_string(),
        octets: there.octets.get(),
        sha256: there.sha256,
        note: there.note,
        customer_visible: there.customer_visible,
        added_by: if for_customer {
            String::new()
        } else {
            there.added_by_name
        },
        created_at: there.created_at.to_rfc3339(),
        archived_at: there.archived_at.map(|at| at.to_rfc3339()),
        archive_reason: there.archive_reason,
        version: there.version,
    }
}

/// What is said of a file that is sent as the body.
#[derive(Debug, Clone, Default, FromForm, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Said {
    /// Its name; in a form of several parts the name of the file counts when this is missing.
    pub name: Option<String>,
    /// What it shows.
    pub note: Option<String>,
    /// `yes` shows it to the owner of the device.
    pub customer_visible: Option<String>,
}

/// The parts of a form with a file.
#[derive(FromForm)]
struct Parts<'r> {
    note: Option<String>,
    customer_visible: Option<String>,
    file: Option<TempFile<'r>>,
}

/// A file as the body of a request, or as the part `file` of a form.
pub struct Sent {
    fields: Fields,
    content: Vec<u8>,
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Sent {
    type Error = Failure;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        let is_form = request
            .content_type()
            .is_some_and(|kind| kind.is_form_data());
        let read = if is_form {
            form(request, data).await
        } else {
            whole_body(request, data).await
        };
        match read {
            Ok(sent) => Outcome::Success(sent),
            Err(fault) => {
                let failure = Failure::from(fault);
                Outcome::Error((failure.status(), failure.remember(request)))
            }
        }
    }
}

fn too_large() -> Fault {
    Fault::new(FaultKind::Invalid, Message::new("fault-too-large"))
}

async fn whole_body(request: &Request<'_>, data: Data<'_>) -> Result<Sent, Fault> {
    let most = MOST_OCTETS.bytes();
    let limit = request
        .limits()
        .get("file")
        .map_or(most, |set| set.min(most));
    let body = data
        .open(limit)
        .into_bytes()
        .await
        .map_err(Fault::unavailable)?;
    if !body.is_complete() {
        return Err(too_large());
    }
    Ok(Sent {
        fields: Fields::new(),
        content: body.into_inner(),
    })
}

async fn form<'r>(request: &'r Request<'_>, data: Data<'r>) -> Result<Sent, Fault> {
    let parts = match Form::<Parts<'r>>::from_data(request, data).await {
        Outcome::Success(form) => form.into_inner(),
        Outcome::Error((status, _)) if status.code == 413 => return Err(too_large()),
        Outcome::Error(_) | Outcome::Forward(_) => {
            return Err(Fault::field("file", Message::new("attachments-no-file")));
        }
    };
    let mut fields = Fields::new();
    fields.set("note", parts.note.unwrap_or_default());
    fields.set(
        "customer_visible",
        parts.customer_visible.unwrap_or_default(),
    );
    let mut content = Vec::new();
    if let Some(file) = parts.file {
        fields.set("name", uploads::raw_name(&file));
        content = uploads::content(file).await?;
    }
    Ok(Sent { fields, content })
}

async fn listed(
    web: &Web,
    caller: Caller,
    subject: Subject,
) -> Result<Json<Listing<AttachmentJson>>, Failure> {
    let for_customer = caller.actor.role.is_customer();
    let found = web
        .store
        .read(move |c| attachment_list(c, &caller.actor, subject))
        .await?;
    let total = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let page = Page {
        rows: found,
        next: None,
        previous: None,
        total,
    };
    let page = page.map(|there| json(there, for_customer));
    Ok(Json(Listing::from_page(page)))
}

async fn uploaded(
    web: &Web,
    caller: Caller,
    subject: Subject,
    said: Said,
    sent: Sent,
) -> Result<status::Custom<Json<AttachmentJson>>, Failure> {
    let actor = caller.actor;
    let mut fields = sent.fields;
    let said = [
        ("name", said.name),
        ("note", said.note),
        ("customer_visible", said.customer_visible),
    ];
    for (name, text) in said {
        if let Some(text) = text {
            fields.set(name, text);
        }
    }
    let id = add(web, &actor, subject, &fields, sent.content).await?;
    let made = web
        .store
        .read(move |c| attachment_by_id(c, &actor, id))
        .await?;
    Ok(status::Custom(Status::Created, Json(json(made, false))))
}

/// Live photos and documents of a device, newest first, at most 100; a customer's are those shown to them.
#[utoipa::path(get, path = "/api/v1/devices/{id}/attachments", tag = "attachments",
    responses((status = 200, body = Listing<AttachmentJson>), (status = 404)))]
#[get("/devices/<id>/attachments")]
pub(super) async fn of_device(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<Listing<AttachmentJson>>, Failure> {
    listed(web, caller, Subject::Device(DeviceId::new(id))).await
}

/// Live photos and documents of a rack, newest first, at most 100.
#[utoipa::path(get, path = "/api/v1/racks/{id}/attachments", tag = "attachments",
    responses((status = 200, body = Listing<AttachmentJson>), (status = 404)))]
#[get("/racks/<id>/attachments")]
pub(super) async fn of_rack(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<Json<Listing<AttachmentJson>>, Failure> {
    listed(web, caller, Subject::Rack(RackId::new(id))).await
}

/// Adds a photo or document to a device: the file is the body and `name` in the query, or a form with the part `file`.
#[utoipa::path(post, path = "/api/v1/devices/{id}/attachments", tag = "attachments", params(Said),
    request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 201, body = AttachmentJson), (status = 404), (status = 409), (status = 422)))]
#[post("/devices/<id>/attachments?<said..>", data = "<sent>")]
pub(super) async fn device_upload(
    web: &State<Web>,
    caller: Caller,
    _may: MayAttach,
    id: i64,
    said: Said,
    sent: Sent,
) -> Result<status::Custom<Json<AttachmentJson>>, Failure> {
    let subject = Subject::Device(DeviceId::new(id));
    uploaded(web, caller, subject, said, sent).await
}

/// Adds a photo or document to a rack, as for a device; customers never see it.
#[utoipa::path(post, path = "/api/v1/racks/{id}/attachments", tag = "attachments", params(Said),
    request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 201, body = AttachmentJson), (status = 404), (status = 409), (status = 422)))]
#[post("/racks/<id>/attachments?<said..>", data = "<sent>")]
pub(super) async fn rack_upload(
    web: &State<Web>,
    caller: Caller,
    _may: MayAttach,
    id: i64,
    said: Said,
    sent: Sent,
) -> Result<status::Custom<Json<AttachmentJson>>, Failure> {
    let subject = Subject::Rack(RackId::new(id));
    uploaded(web, caller, subject, said, sent).await
}

/// What is known of one photo or document, archived ones too.
#[utoipa::path(get, path = "/api/v1/attachments/{id}", tag = "attachments",
    responses((status = 200, body = AttachmentJson), (status = 404)))]
#[get("/attachments/<id>")]
pub(super) async fn show(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<One<AttachmentJson>, Failure> {
    let for_customer = caller.actor.role.is_customer();
    let there = web
        .store
        .read(move |c| attachment_by_id(c, &caller.actor, AttachmentId::new(id)))
        .await?;
    Ok(One(json(there, for_customer)))
}

/// The file itself.
#[utoipa::path(get, path = "/api/v1/attachments/{id}/content", tag = "attachments",
    responses((status = 200, content_type = "application/octet-stream"), (status = 404)))]
#[get("/attachments/<id>/content")]
pub(super) async fn content(
    web: &State<Web>,
    caller: Caller,
    id: i64,
) -> Result<AttachmentFile, Failure> {
    let file = attachment_file(web, &caller.actor, AttachmentId::new(id), false).await?;
    Ok(file)
}

/// Changes what is said of a live photo or document: its name, its note, whether the owner of the device sees it. The file stays.
#[utoipa::path(put, path = "/api/v1/attachments/{id}", tag = "attachments", request_body = Object,
    responses((status = 200, body = AttachmentJson), (status = 404), (status = 409), (status = 422)))]
#[put("/attachments/<id>", data = "<body>")]
pub(super) async fn update(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<AttachmentJson>, Failure> {
    let id = AttachmentId::new(id);
    let actor = caller.actor;
    let asking = actor.clone();
    web.store
        .read(move |c| attachment_for_edit(c, &asking, id))
        .await?;
    let draft = RemarkDraft::parse(&body.fields)?;
    let version = body.condition()?;
    let changed = web
        .store
        .write("attachment.update", move |c| {
            let version = version.held(attachment_by_id(c, &actor, id)?.version)?;
            attachment_update(c, &actor, id, version, &draft)?;
            attachment_by_id(c, &actor, id)
        })
        .await?;
    Ok(One(json(changed, false)))
}

/// Archives a photo or document (`archived` yes, with a `reason`), or brings one back (no); with its `version`.
#[utoipa::path(post, path = "/api/v1/attachments/{id}/archive", tag = "attachments", request_body = Object,
    responses((status = 200, body = AttachmentJson), (status = 404), (status = 409), (status = 422)))]
#[post("/attachments/<id>/archive", data = "<body>")]
pub(super) async fn archive(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    body: Body,
) -> Result<One<AttachmentJson>, Failure> {
    let id = AttachmentId::new(id);
    let actor = caller.actor;
    let asking = actor.clone();
    web.store
        .read(move |c| attachment_for_edit(c, &asking, id))
        .await?;
    let version = body.condition()?;
    let reason = match body.fields.yes("archived") {
        true => Some(reason_of(&body.fields)?),
        false => None,
    };
    let changed = web
        .store
        .write("attachment.archive", move |c| {
            let version = version.held(attachment_by_id(c, &actor, id)?.version)?;
            attachment_archive(c, &actor, id, version, reason.as_deref())?;
            attachment_by_id(c, &actor, id)
        })
        .await?;
    Ok(One(json(changed, false)))
}
