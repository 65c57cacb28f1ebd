//! What is done with attachments.

mod marks;

use diesel::prelude::*;
use serde_json::{Value, json};

use super::model::{AttachmentDraft, MOST_ATTACHMENTS, RemarkDraft, Subject, SubjectKind};
use super::rows::Attachment;
use super::shelf::Stored;
use crate::audit::{self, Event};
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::ids::{AttachmentId, CustomerId};
use crate::base::time::Timestamp;
use crate::facility::rack_by_id;
use crate::identity::{Actor, Permission};
use crate::inventory::device_by_id;
use crate::store::Conn;
use crate::store::portable::one_at_a_time;
use crate::store::schema::attachments;
use crate::store::settings::{set_setting, setting};

pub use marks::attachment_marks_withdraw;

/// What is known of the device or rack that attachments belong to.
struct About {
    name: String,
    customer: Option<CustomerId>,
    is_archived: bool,
}

/// The device or rack, if the actor may see it.
fn about(c: &mut Conn, actor: &Actor, subject: Subject) -> Result<About, Fault> {
    match subject {
        Subject::Device(id) => {
            let device = device_by_id(c, actor, id)?.device;
            Ok(About {
                name: device.name,
                customer: device.customer_id,
                is_archived: device.archived_at.is_some(),
            })
        }
        Subject::Rack(id) => {
            let rack = rack_by_id(c, actor, id)?.rack;
            Ok(About {
                name: rack.name,
                customer: rack.customer_id,
                is_archived: rack.archived_at.is_some(),
            })
        }
    }
}

fn require_edit(actor: &Actor, subject: Subject) -> Result<(), Fault> {
    actor.require(match subject {
        Subject::Device(_) => Permission::EditDevices,
        Subject::Rack(_) => Permission::EditFacility,
    })
}

/// The live attachments of a device or rack, newest first; a customer's are those shown to them.
pub fn attachment_list(
    c: &mut Conn,
    actor: &Actor,
    subject: Subject,
) -> Result<Vec<Attachment>, Fault> {
    about(c, actor, subject)?;
    let mut query = attachments::table
        .filter(attachments::subject_kind.eq(subject.kind()))
        .filter(attachments::subject_id.eq(subject.id()))
        .filter(attachments::archived_at.is_null())
        .order(attachments::id.desc())
        .limit(i64::try_from(MOST_ATTACHMENTS).unwrap_or(100))
        .select(Attachment::as_select())
        .into_boxed();
    if actor.wall().customer().is_some() {
        query = query.filter(attachments::customer_visible.eq(true));
    }
    Ok(query.load(c)?)
}

/// One attachment, archived ones too; for a customer a live one of an own device that is shown to them.
pub fn attachment_by_id(
    c: &mut Conn,
    actor: &Actor,
    id: AttachmentId,
) -> Result<Attachment, Fault> {
    if !actor.may(Permission::ViewDevices) && !actor.may(Permission::ViewFacility) {
        return Err(Fault::forbidden());
    }
    let found: Option<Attachment> = attachments::table
        .find(id)
        .select(Attachment::as_select())
        .first(c)
        .optional()?;
    let there = found.ok_or_else(Fault::not_found)?;
    let is_shown = there.customer_visible && there.archived_at.is_none();
    if actor.wall().customer().is_some() && !is_shown {
        return Err(Fault::not_found());
    }
    about(c, actor, there.subject())?;
    Ok(there)
}

/// One attachment that the actor may change.
pub fn attachment_for_edit(
    c: &mut Conn,
    actor: &Actor,
    id: AttachmentId,
) -> Result<Attachment, Fault> {
    let there = attachment_by_id(c, actor, id)?;
    require_edit(actor, there.subject())?;
    Ok(there)
}

/// The name of a device or rack that the actor may add an attachment to; refused when it is archived or has too many.
pub fn attachment_room(c: &mut Conn, actor: &Actor, subject: Subject) -> Result<String, Fault> {
    Ok(roomy(c, actor, subject)?.name)
}

fn roomy(c: &mut Conn, actor: &Actor, subject: Subject) -> Result<About, Fault> {
    require_edit(actor, subject)?;
    let about = about(c, actor, subject)?;
    if about.is_archived {
        return Err(Fault::conflict(Message::new(
            "attachments-subject-archived",
        )));
    }
    refuse_too_many(c, subject)?;
    Ok(about)
}

fn refuse_too_many(c: &mut Conn, subject: Subject) -> Result<(), Fault> {
    let count: i64 = attachments::table
        .filter(attachments::subject_kind.eq(subject.kind()))
        .filter(attachments::subject_id.eq(subject.id()))
        .filter(attachments::archived_at.is_null())
        .count()
        .get_result(c)?;
    if usize::try_from(count).unwrap_or(usize::MAX) >= MOST_ATTACHMENTS {
        let message = Message::new("attachments-too-many").with("max", MOST_ATTACHMENTS);
        return Err(Fault::new(FaultKind::Conflict, message));
    }
    Ok(())
}

/// Adds an attachment whose content is in the folder.
pub fn attachment_add(
    c: &mut Conn,
    actor: &Actor,
    subject: Subject,
    draft: &AttachmentDraft,
    stored: &Stored,
) -> Result<AttachmentId, Fault> {
    one_at_a_time(c, "attachments")?;
    let about = roomy(c, actor, subject)?;
    let remark = &draft.remark;
    let visible = remark.customer_visible && subject.kind() == SubjectKind::Device;
    let id: AttachmentId = diesel::insert_into(attachments::table)
        .values((
            attachments::subject_kind.eq(subject.kind()),
            attachments::subject_id.eq(subject.id()),
            attachments::name.eq(&remark.name),
            attachments::media_type.eq(draft.media_type),
            attachments::octets.eq(draft.octets()),
            attachments::sha256.eq(&stored.sha256),
            attachments::note.eq(&remark.note),
            attachments::customer_visible.eq(visible),
            attachments::added_by_name.eq(&actor.name),
            attachments::created_at.eq(actor.now),
        ))
        .returning(attachments::id)
        .get_result(c)?;
    let action = match subject {
        Subject::Device(_) => "device.attachment_add",
        Subject::Rack(_) => "rack.attachment_add",
    };
    let detail = json!({"before": {}, "after": {
        "name": remark.name,
        "media_type": draft.media_type,
        "octets": draft.octets().get(),
        "sha256": stored.sha256,
        "customer_visible": visible,
    }});
    note(c, actor, subject, &about, (action, detail))?;
    Ok(id)
}

fn note(
    c: &mut Conn,
    actor: &Actor,
    subject: Subject,
    about: &About,
    (action, detail): (&'static str, Value),
) -> Result<(), Fault> {
    let kind = subject.kind().as_str();
    let event = Event::new(action, kind, subject.id(), about.name.as_str())
        .for_customer(about.customer)
        .with(detail);
    audit::record(c, &actor.author(), actor.now, event)
}

/// Changes what is said of an attachment; `version` is the one that was read.
pub fn attachment_update(
    c: &mut Conn,
    actor: &Actor,
    id: AttachmentId,
    version: i64,
    draft: &RemarkDraft,
) -> Result<(), Fault> {
    let before = attachment_for_edit(c, actor, id)?;
    let subject = before.subject();
    let about = about(c, actor, subject)?;
    let visible = draft.customer_visible && subject.kind() == SubjectKind::Device;
    let live = attachments::table
        .find(id)
        .filter(attachments::version.eq(version))
        .filter(attachments::archived_at.is_null());
    let changed = diesel::update(live)
        .set((
            attachments::name.eq(&draft.name),
            attachments::note.eq(&draft.note),
            attachments::customer_visible.eq(visible),
            attachments::version.eq(attachments::version + 1),
        ))
        .execute(c)?;
    changed_one(changed)?;
    let action = match subject {
        Subject::Device(_) => "device.attachment_update",
        Subject::Rack(_) => "rack.attachment_update",
    };
    let told = |name: &str, note: &str, visible: bool| json!({"name": name, "note": note, "customer_visible": visible});
    let detail = json!({
        "before": told(&before.name, &before.note, before.customer_visible),
        "after": told(&draft.name, &draft.note, visible),
    });
    note(c, actor, subject, &about, (action, detail))
}

fn changed_one(changed: usize) -> Result<(), Fault> {
    if changed == 1 {
        Ok(())
    } else {
        Err(Fault::stale())
    }
}

/// Archives an attachment with a reason, or brings one back; its content stays in the folder either way.
pub fn attachment_archive(
    c: &mut Conn,
    actor: &Actor,
    id: AttachmentId,
    version: i64,
    reason: Option<&str>,
) -> Result<(), Fault> {
    one_at_a_time(c, "attachments")?;
    let before = attachment_for_edit(c, actor, id)?;
    let subject = before.subject();
    let about = about(c, actor, subject)?;
    if reason.is_none() {
        refuse_too_many(c, subject)?;
    }
    let at: Option<Timestamp> = reason.map(|_| actor.now);
    let read = attachments::table
        .find(id)
        .filter(attachments::version.eq(version));
    let changed = diesel::update(read)
        .set((
            attachments::archived_at.eq(at),
            attachments::archive_reason.eq(reason.unwrap_or_default()),
            attachments::version.eq(attachments::version + 1),
        ))
        .execute(c)?;
    changed_one(changed)?;
    let action = match (subject, reason) {
        (Subject::Device(_), Some(_)) => "device.attachment_archive",
        (Subject::Device(_), None) => "device.attachment_restore",
        (Subject::Rack(_), Some(_)) => "rack.attachment_archive",
        (Subject::Rack(_), None) => "rack.attachment_restore",
    };
    let detail = json!({"name": before.name, "reason": reason, "sha256": before.sha256});
    note(c, actor, subject, &about, (action, detail))
}

/// Name of the setting that holds the mark of the folder.
const FOLDER_MARK: &str = "attachments.folder_mark";

/// The mark by which the folder of this database is known; `fresh` becomes it when there is none.
pub fn folder_mark(c: &mut Conn, fresh: &str, now: Timestamp) -> Result<String, Fault> {
    if let Some(mark) = setting(c, FOLDER_MARK)? {
        return Ok(mark);
    }
    set_setting(c, FOLDER_MARK, fresh, now)?;
    Ok(fresh.to_owned())
}

/// Which of these contents some row names, archived rows too.
pub fn attachment_sums(c: &mut Conn, sums: &[String]) -> Result<Vec<String>, Fault> {
    Ok(attachments::table
        .filter(attachments::sha256.eq_any(sums.to_vec()))
        .select(attachments::sha256)
        .distinct()
        .load(c)?)
}
