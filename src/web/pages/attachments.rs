//! Photos and documents on the pages of devices and racks, and the forms for them.

use rocket::tokio::task::spawn_blocking;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::saving::{changed, form_status, saved};
use crate::attachments::{
    Attachment, AttachmentDraft, MOST_ATTACHMENTS, RemarkDraft, Subject, SubjectKind,
    attachment_add, attachment_archive, attachment_for_edit, attachment_list, attachment_room,
    attachment_update, folder_mark, reason_of, remark_fields,
};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{AttachmentId, DeviceId, RackId};
use crate::base::time::Timestamp;
use crate::base::token::random_code;
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::web::admission::MayAttach;
use crate::web::attachment_file::{AttachmentFile, attachment_file};
use crate::web::forms::{Posted, version};
use crate::web::guards::Signed;
use crate::web::uploads::Uploaded;
use crate::web::view::{Answer, View, form_context};
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![
        device_form,
        device_add,
        rack_form,
        rack_add,
        content,
        edit,
        update,
        archive_dialog,
        archive
    ]
}

fn may_change(actor: &Actor, subject: Subject) -> bool {
    actor.may(match subject {
        Subject::Device(_) => Permission::EditDevices,
        Subject::Rack(_) => Permission::EditFacility,
    })
}

/// What the page of a device or rack shows of its photos and documents; one that is archived takes no more.
pub(super) fn attachment_section(
    c: &mut Conn,
    actor: &Actor,
    subject: Subject,
    is_live: bool,
) -> Result<Value, Fault> {
    let all = attachment_list(c, actor, subject)?;
    let (pictures, documents): (Vec<&Attachment>, Vec<&Attachment>) =
        all.iter().partition(|there| there.media_type.is_picture());
    let values = |part: &[&Attachment]| part.iter().map(|one| value(one)).collect::<Vec<_>>();
    let may_edit = may_change(actor, subject);
    let has_room = is_live && all.len() < MOST_ATTACHMENTS;
    Ok(json!({
        "count": all.len(),
        "pictures": values(&pictures),
        "documents": values(&documents),
        "may_edit": may_edit,
        "is_customer": actor.role.is_customer(),
        "new_href": (may_edit && has_room).then(|| format!("{}/attachments/new", subject.path())),
    }))
}

fn value(there: &Attachment) -> Value {
    json!({
        "id": there.id,
        "name": there.name,
        "note": there.note,
        "octets": there.octets,
        "customer_visible": there.customer_visible,
        "added_by_name": there.added_by_name,
        "created_at": there.created_at,
    })
}

fn section_of(subject: Subject) -> &'static str {
    match subject.kind() {
        SubjectKind::Device => "devices",
        SubjectKind::Rack => "racks",
    }
}

/// The name of what a file is to be added to, if the actor may.
async fn room(web: &Web, signed: &Signed, subject: Subject) -> Result<String, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| attachment_room(c, &actor, subject))
        .await
        .map_err(|fault| signed.failure(fault))
}

fn new_view(
    web: &Web,
    signed: &Signed,
    subject: Subject,
    owner: &str,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let title = Message::new("attachments-new-title").with("name", owner);
    let title = web.words.say(locale, &title);
    let back = subject.path();
    let action = format!("{back}/attachments/new");
    View::new(
        web,
        &signed.reader,
        "attachments/new.html",
        &title,
        section_of(subject),
    )
    .crumbs(&[(owner, &back)])
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("of_device", subject.kind() == SubjectKind::Device)
    .with("cancel_href", format!("{back}#attachments"))
    .status(form_status(fault))
    .answer()
}

/// Marks an empty folder as this database's before its first file.
async fn claim_fresh(web: &Web) -> Result<(), Fault> {
    let shelf = web.shelf.clone();
    let is_fresh = spawn_blocking(move || shelf.is_fresh())
        .await
        .map_err(Fault::internal)??;
    if !is_fresh {
        return Ok(());
    }
    let fresh = random_code(32).map_err(Fault::internal)?;
    let now = Timestamp::now();
    let mark = web
        .store
        .write("attachments.mark", move |c| folder_mark(c, &fresh, now))
        .await?;
    let shelf = web.shelf.clone();
    spawn_blocking(move || shelf.claim(&mark))
        .await
        .map_err(Fault::internal)?
}

/// Keeps the content first, then writes its row: a file without a row is swept, a row without a file would be a loss.
pub(in crate::web) async fn add(
    web: &Web,
    actor: &Actor,
    subject: Subject,
    fields: &Fields,
    content: Vec<u8>,
) -> Result<AttachmentId, Fault> {
    let draft = AttachmentDraft::parse(fields, content)?;
    claim_fresh(web).await?;
    let (shelf, actor) = (web.shelf.clone(), actor.clone());
    let (draft, stored) = spawn_blocking(move || {
        let stored = shelf.keep(&draft.content)?;
        Ok::<_, Fault>((draft, stored))
    })
    .await
    .map_err(Fault::internal)??;
    web.store
        .write("attachment.add", move |c| {
            attachment_add(c, &actor, subject, &draft, &stored)
        })
        .await
}

async fn upload(
    web: &Web,
    signed: &Signed,
    subject: Subject,
    sent: Uploaded,
) -> Result<Answer, Failure> {
    let owner = room(web, signed, subject).await?;
    let mut fields = sent.fields;
    fields.set("name", sent.sent_name);
    let outcome = add(web, &signed.actor, subject, &fields, sent.bytes).await;
    let outcome = outcome.map(|_| format!("{}#attachments", subject.path()));
    saved(web, signed, outcome, |fault| {
        new_view(web, signed, subject, &owner, &fields, Some(fault))
    })
}

#[get("/devices/<id>/attachments/new")]
async fn device_form(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let subject = Subject::Device(DeviceId::new(id));
    let owner = room(web, &signed, subject).await?;
    new_view(web, &signed, subject, &owner, &Fields::new(), None)
}

#[post("/devices/<id>/attachments/new", data = "<sent>")]
async fn device_add(
    web: &State<Web>,
    signed: Signed,
    _may: MayAttach,
    id: i64,
    sent: Uploaded,
) -> Result<Answer, Failure> {
    upload(web, &signed, Subject::Device(DeviceId::new(id)), sent).await
}

#[get("/racks/<id>/attachments/new")]
async fn rack_form(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let subject = Subject::Rack(RackId::new(id));
    let owner = room(web, &signed, subject).await?;
    new_view(web, &signed, subject, &owner, &Fields::new(), None)
}

#[post("/racks/<id>/attachments/new", data = "<sent>")]
async fn rack_add(
    web: &State<Web>,
    signed: Signed,
    _may: MayAttach,
    id: i64,
    sent: Uploaded,
) -> Result<Answer, Failure> {
    upload(web, &signed, Subject::Rack(RackId::new(id)), sent).await
}

/// The file itself; `?keep=1` asks for a file to keep.
#[get("/attachments/<id>/content?<keep>")]
async fn content(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    keep: Option<i64>,
) -> Result<AttachmentFile, Failure> {
    let id = AttachmentId::new(id);
    attachment_file(web, &signed.actor, id, keep == Some(1))
        .await
        .map_err(|fault| signed.failure(fault))
}

async fn editable(web: &Web, signed: &Signed, id: i64) -> Result<Attachment, Failure> {
    let actor = signed.actor.clone();
    web.store
        .read(move |c| attachment_for_edit(c, &actor, AttachmentId::new(id)))
        .await
        .map_err(|fault| signed.failure(fault))
}

fn back_of(there: &Attachment) -> String {
    format!("{}#attachments", there.subject().path())
}

fn edit_view(
    web: &Web,
    signed: &Signed,
    there: &Attachment,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let title = Message::new("facility-edit").with("name", there.name.as_str());
    let title = web.words.say(locale, &title);
    let action = format!("/attachments/{}/edit", there.id);
    View::new(
        web,
        &signed.reader,
        "attachments/edit.html",
        &title,
        section_of(there.subject()),
    )
    .with("form", form_context(web, locale, &action, fields, fault))
    .with("of_device", there.subject_kind == SubjectKind::Device)
    .with("cancel_href", back_of(there))
    .status(form_status(fault))
    .answer()
}

#[get("/attachments/<id>/edit")]
async fn edit(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = editable(web, &signed, id).await?;
    let mut fields = remark_fields(&RemarkDraft::from(&there));
    fields.set("version", there.version.to_string());
    edit_view(web, &signed, &there, &fields, None)
}

#[post("/attachments/<id>/edit", data = "<form>")]
async fn update(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = editable(web, &signed, id).await?;
    let id = there.id;
    let outcome = changed(
        web,
        &signed,
        &form,
        "attachment.update",
        RemarkDraft::parse,
        move |c, actor, version, draft| attachment_update(c, actor, id, version, draft),
    )
    .await;
    let outcome = outcome.map(|()| back_of(&there));
    saved(web, &signed, outcome, |fault| {
        edit_view(web, &signed, &there, &form.fields, Some(fault))
    })
}

fn archive_view(
    web: &Web,
    signed: &Signed,
    there: &Attachment,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Result<Answer, Failure> {
    let locale = signed.reader.locale;
    let words = |message: Message| web.words.say(locale, &message);
    let name = there.name.as_str();
    let title = words(Message::new("archive-title").with("name", name));
    let submit = words(Message::new("archive-submit").with("name", name));
    let action = format!("/attachments/{}/archive", there.id);
    View::new(
        web,
        &signed.reader,
        "attachments/archive.html",
        &title,
        section_of(there.subject()),
    )
    .with("name", name)
    .with("form", form_context(web, locale, &action, fields, fault))
    .with(
        "dialog",
        json!({
            "submit": submit,
            "danger": true,
            "cancel_href": back_of(there),
            "confirm_label": null,
            "icon": null,
        }),
    )
    .status(form_status(fault))
    .answer()
}

#[get("/attachments/<id>/archive")]
async fn archive_dialog(web: &State<Web>, signed: Signed, id: i64) -> Result<Answer, Failure> {
    let there = editable(web, &signed, id).await?;
    let fields: Fields = [("version", there.version.to_string())]
        .into_iter()
        .collect();
    archive_view(web, &signed, &there, &fields, None)
}

#[post("/attachments/<id>/archive", data = "<form>")]
async fn archive(
    web: &State<Web>,
    signed: Signed,
    id: i64,
    form: Posted,
) -> Result<Answer, Failure> {
    let there = editable(web, &signed, id).await?;
    let parsed = reason_of(&form.fields).and_then(|reason| Ok((reason, version(&form.fields)?)));
    let outcome = match parsed {
        Ok((reason, version)) => {
            let (actor, id) = (signed.actor.clone(), there.id);
            web.store
                .write("attachment.archive", move |c| {
                    attachment_archive(c, &actor, id, version, Some(&reason))
                })
                .await
        }
        Err(fault) => Err(fault),
    };
    let outcome = outcome.map(|()| back_of(&there));
    saved(web, &signed, outcome, |fault| {
        archive_view(web, &signed, &there, &form.fields, Some(fault))
    })
}
