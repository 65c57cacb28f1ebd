//! Queueing mails; events, and the notices of them.

pub mod channels;
pub mod events;
pub mod notices;

use super::{OUTBOX_KIND, QueuedMail};
use crate::base::fault::Fault;
use crate::base::time::Timestamp;
use crate::store::{Conn, outbox};

/// Queues a mail in the caller's transaction; after the commit `store.wakeups().wake(notify::MAILER)` has it sent
/// at once. A `dedupe_key` that is there already queues nothing; a recipient without an address neither.
pub fn mail_queue(
    c: &mut Conn,
    mail: &QueuedMail,
    dedupe_key: Option<&str>,
    now: Timestamp,
) -> Result<(), Fault> {
    if mail.to.trim().is_empty() {
        return Ok(());
    }
    outbox::put(c, OUTBOX_KIND, mail, dedupe_key, now)
}
