//! What was shown to one owner of a device is not shown to the next.

use diesel::prelude::*;
use serde_json::json;

use crate::attachments::model::SubjectKind;
use crate::audit::{self, Event};
use crate::base::fault::Fault;
use crate::base::ids::{AttachmentId, CustomerId, DeviceId};
use crate::identity::{Actor, Permission};
use crate::store::Conn;
use crate::store::schema::attachments;

/// Takes back that photos and documents of a device, archived ones too, are shown to `owner`, who has it no longer.
pub fn attachment_marks_withdraw(
    c: &mut Conn,
    actor: &Actor,
    device: DeviceId,
    name: &str,
    owner: Option<CustomerId>,
) -> Result<(), Fault> {
    actor.require(Permission::EditDevices)?;
    let shown: Vec<(AttachmentId, String)> = attachments::table
        .filter(attachments::subject_kind.eq(SubjectKind::Device))
        .filter(attachments::subject_id.eq(device.get()))
        .filter(attachments::customer_visible.eq(true))
        .order(attachments::id)
        .select((attachments::id, attachments::name))
        .load(c)?;
    if shown.is_empty() {
        return Ok(());
    }
    let (ids, names): (Vec<AttachmentId>, Vec<String>) = shown.into_iter().unzip();
    diesel::update(attachments::table.filter(attachments::id.eq_any(ids)))
        .set((
            attachments::customer_visible.eq(false),
            attachments::version.eq(attachments::version + 1),
        ))
        .execute(c)?;
    // The one who saw them may read that; the new owner learns no names.
    let event = Event::new("device.attachment_withdraw", "device", device.get(), name)
        .for_customer(owner)
        .with(json!({
            "before": {"customer_visible": true},
            "after": {"customer_visible": false},
            "names": names,
        }));
    audit::record(c, &actor.author(), actor.now, event)
}
