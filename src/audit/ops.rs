//! Appending, reading and verifying.

use diesel::prelude::*;

use super::model::{Author, Event, FIRST_HASH, Filter, Verdict};
use super::rows::{Entry, NewEntry};
use crate::base::fault::Fault;
use crate::base::ids::AuditEntryId;
use crate::base::time::Timestamp;
use crate::store::Conn;
use crate::store::schema::audit_entries;

diesel::define_sql_function! {
    /// Lower case; both engines agree on ASCII.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// Rows read at a time by a verification.
const VERIFY_ROWS: i64 = 1000;

/// Appends an entry in the caller's transaction.
pub fn record(c: &mut Conn, author: &Author, now: Timestamp, event: Event) -> Result<(), Fault> {
    let previous: Option<String> = audit_entries::table
        .order(audit_entries::id.desc())
        .select(audit_entries::entry_hash)
        .first(c)
        .optional()?;
    let entry = NewEntry {
        at: now,
        author_user_id: author.user_id,
        author_name: author.name.clone(),
        via: author.via,
        remote: author.remote.clone(),
        action: event.action,
        object_kind: event.object_kind,
        object_id: event.object_id,
        object_label: event.object_label,
        customer_id: event.customer_id,
        detail: if event.detail.is_null() {
            String::new()
        } else {
            event.detail.to_string()
        },
        previous_hash: previous.unwrap_or_else(|| FIRST_HASH.to_owned()),
        entry_hash: String::new(),
    };
    diesel::insert_into(audit_entries::table)
        .values(entry.seal())
        .execute(c)?;
    Ok(())
}

/// Text for a pattern in which nothing stands for anything else.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

/// Entries that fit a filter, newest first. The caller checks the right to see them.
pub fn list(c: &mut Conn, filter: &Filter) -> Result<Vec<Entry>, Fault> {
    let mut query = audit_entries::table.into_boxed();
    if let Some(kind) = &filter.object_kind {
        query = query.filter(audit_entries::object_kind.eq(kind));
    }
    if let Some(id) = filter.object_id {
        query = query.filter(audit_entries::object_id.eq(id));
    }
    if let Some(action) = &filter.action {
        // Words of actions are lower case, so both engines agree on this.
        let prefix = escaped(&action.to_lowercase());
        query = query.filter(
            audit_entries::action
                .like(format!("{prefix}%"))
                .escape('\\'),
        );
    }
    if let Some(author) = &filter.author {
        let part = escaped(&author.to_lowercase());
        query = query.filter(
            lower(audit_entries::author_name)
                .like(format!("%{part}%"))
                .escape('\\'),
        );
    }
    if let Some(before) = filter.before {
        query = query.filter(audit_entries::id.lt(before));
    }
    Ok(query
        .order(audit_entries::id.desc())
        .limit(filter.limit.clamp(1, 1000))
        .select(Entry::as_select())
        .load(c)?)
}

/// Checks every entry against its own hash and the one before; names the first that does not fit.
pub fn verify(c: &mut Conn) -> Result<Verdict, Fault> {
    let mut last_id = AuditEntryId::new(0);
    let mut last_hash = FIRST_HASH.to_owned();
    let mut entries = 0;
    loop {
        let batch: Vec<Entry> = audit_entries::table
            .filter(audit_entries::id.gt(last_id))
            .order(audit_entries::id.asc())
            .limit(VERIFY_ROWS)
            .select(Entry::as_select())
            .load(c)?;
        if batch.is_empty() {
            return Ok(Verdict::Whole { entries, last_hash });
        }
        for entry in batch {
            let broken = |fault| {
                Ok(Verdict::Broken {
                    id: entry.id.get(),
                    fault,
                })
            };
            if entry.previous_hash != last_hash {
                return broken("an entry before it is missing or was changed");
            }
            if entry.expected_hash() != entry.entry_hash {
                return broken("its content was changed");
            }
            last_id = entry.id;
            last_hash = entry.entry_hash;
            entries += 1;
        }
    }
}
