//! Appending to the chain of the visits' record, verifying it, and forgetting the people in it.

use diesel::prelude::*;

use crate::access::chain::{ChainFault, ChainVerdict, FIRST_HASH, Facts, Named, genesis};
use crate::access::model::VisitEventKind;
use crate::access::rows::{ChainHead, ChainedEntry};
use crate::base::fault::Fault;
use crate::base::ids::{PersonId, VisitEventId, VisitId};
use crate::base::time::Timestamp;
use crate::base::token::random_token;
use crate::identity::Actor;
use crate::store::Conn;
use crate::store::schema::{visit_chain, visit_events, visits};

/// Rows read at a time by a verification.
const VERIFY_ROWS: i64 = 1000;
/// The row that says where the chain stands.
const HEAD: i64 = 1;

/// Where the chain stands.
fn head(c: &mut Conn) -> Result<ChainHead, Fault> {
    Ok(visit_chain::table
        .find(HEAD)
        .select(ChainHead::as_select())
        .first(c)?)
}

/// The hash of the last entry, and how many there are; for evidence.
pub(super) fn chain_head(c: &mut Conn) -> Result<(i64, String), Fault> {
    let head = head(c)?;
    Ok((head.entries, head.head_hash))
}

/// Entries from before the chain, a part of them in their order.
fn older_after(c: &mut Conn, after: VisitEventId) -> Result<Vec<ChainedEntry>, Fault> {
    Ok(visit_events::table
        .filter(visit_events::sequence.is_null())
        .filter(visit_events::id.gt(after))
        .order(visit_events::id.asc())
        .limit(VERIFY_ROWS)
        .select(ChainedEntry::as_select())
        .load(c)?)
}

/// How many entries are from before the chain, and the hash that commits to all of them.
fn older(c: &mut Conn) -> Result<(i64, String), Fault> {
    let (mut count, mut hash): (i64, String) = (0, FIRST_HASH.to_owned());
    let mut last = VisitEventId::new(0);
    loop {
        let part = older_after(c, last)?;
        let Some(end) = part.last() else {
            return Ok((count, hash));
        };
        last = end.id;
        for entry in &part {
            hash = entry.facts().older_hash(entry.id, &hash);
            count += 1;
        }
    }
}

/// What an entry tells.
pub(super) struct NewEntry<'a> {
    /// The visit.
    pub visit: VisitId,
    /// The person it concerns.
    pub person: Option<PersonId>,
    /// What.
    pub kind: VisitEventKind,
    /// In words.
    pub note: &'a str,
    /// The entry that it puts right, and when that really was.
    pub corrects: Option<(VisitEventId, Timestamp)>,
}

/// Appends an entry to a visit's record and to the chain. The row of the head makes writers go one after the other.
pub(super) fn append(c: &mut Conn, actor: &Actor, entry: &NewEntry<'_>) -> Result<(), Fault> {
    let mut before = head(c)?;
    if before.entries == 0 {
        let (count, hash) = older(c)?;
        before.head_hash = genesis(count, &hash);
        diesel::update(visit_chain::table.find(HEAD))
            .set((
                visit_chain::older_entries.eq(count),
                visit_chain::older_hash.eq(hash),
            ))
            .execute(c)?;
    }
    let sequence = before.entries + 1;
    let salt = random_token()?;
    let named = Named {
        author_name: &actor.name,
        remote: &actor.remote,
        note: entry.note,
    };
    let digest = named.digest(&salt);
    let facts = Facts {
        visit: entry.visit,
        person: entry.person,
        at: actor.now,
        event: entry.kind.as_str(),
        author: actor.user_id,
        corrects: entry.corrects,
    };
    let hash = facts.entry_hash(sequence, &before.head_hash, &digest);
    // The head first: whoever comes second waits here and runs again, on either database.
    let moved = diesel::update(
        visit_chain::table
            .find(HEAD)
            .filter(visit_chain::entries.eq(before.entries)),
    )
    .set((
        visit_chain::entries.eq(sequence),
        visit_chain::head_hash.eq(&hash),
    ))
    .execute(c)?;
    if moved != 1 {
        return Err(Fault::stale());
    }
    diesel::insert_into(visit_events::table)
        .values((
            visit_events::visit_id.eq(entry.visit),
            visit_events::person_id.eq(entry.person),
            visit_events::at.eq(actor.now),
            visit_events::event.eq(entry.kind),
            visit_events::author_user_id.eq(actor.user_id),
            visit_events::author_name.eq(&actor.name),
            visit_events::remote.eq(&actor.remote),
            visit_events::note.eq(entry.note),
            visit_events::corrects_event_id.eq(entry.corrects.map(|(id, _)| id)),
            visit_events::corrected_at.eq(entry.corrects.map(|(_, at)| at)),
            visit_events::sequence.eq(sequence),
            visit_events::previous_hash.eq(&before.head_hash),
            visit_events::entry_hash.eq(&hash),
            visit_events::named_salt.eq(salt),
            visit_events::named_digest.eq(digest),
        ))
        .execute(c)?;
    Ok(())
}

fn broken(
    c: &mut Conn,
    entry: Option<&ChainedEntry>,
    fault: ChainFault,
) -> Result<ChainVerdict, Fault> {
    let visit: Option<String> = match entry {
        Some(entry) => visits::table
            .find(entry.visit_id)
            .select(visits::number)
            .first(c)
            .optional()?,
        None => None,
    };
    Ok(ChainVerdict::Broken {
        id: entry.map_or(0, |entry| entry.id.get()),
        visit: visit.unwrap_or_default(),
        fault,
    })
}

/// What does not fit of one entry that should follow `last_hash` as number `sequence`.
fn fault_of(entry: &ChainedEntry, sequence: i64, last_hash: &str) -> Option<ChainFault> {
    if entry.sequence != Some(sequence) || entry.previous_hash != last_hash {
        return Some(ChainFault::Previous);
    }
    let hash = entry
        .facts()
        .entry_hash(sequence, last_hash, &entry.named_digest);
    if hash != entry.entry_hash {
        return Some(ChainFault::Content);
    }
    let names_fit = match &entry.named_salt {
        Some(salt) => entry.named().digest(salt) == entry.named_digest,
        // Forgotten: there is nothing left that a digest could be of.
        None => entry.is_nameless(),
    };
    (!names_fit).then_some(ChainFault::Names)
}

/// Checks every entry of all visits against its own hash and the one before; names the first that does not fit. Asks
/// no rights: the caller is a person at the server, or has checked those of its own doing.
pub fn visit_chain_verify(c: &mut Conn) -> Result<ChainVerdict, Fault> {
    let head = head(c)?;
    let (older_count, older_hash) = older(c)?;
    let begun = head.entries > 0;
    if begun && (older_count, &older_hash) != (head.older_entries, &head.older_hash) {
        let first = older_after(c, VisitEventId::new(0))?;
        return broken(c, first.first(), ChainFault::Older);
    }
    let (mut sequence, mut forgotten): (i64, i64) = (0, 0);
    let mut last_hash = if begun {
        genesis(older_count, &older_hash)
    } else {
        String::new()
    };
    loop {
        let part: Vec<ChainedEntry> = visit_events::table
            .filter(visit_events::sequence.gt(sequence))
            .order(visit_events::sequence.asc())
            .limit(VERIFY_ROWS)
            .select(ChainedEntry::as_select())
            .load(c)?;
        if part.is_empty() {
            break;
        }
        for entry in &part {
            sequence += 1;
            if let Some(fault) = fault_of(entry, sequence, &last_hash) {
                return broken(c, Some(entry), fault);
            }
            last_hash.clone_from(&entry.entry_hash);
            forgotten += i64::from(entry.named_salt.is_none());
        }
    }
    if (sequence, &last_hash) != (head.entries, &head.head_hash) {
        return broken(c, None, ChainFault::Head);
    }
    Ok(ChainVerdict::Whole {
        entries: sequence,
        older: older_count,
        forgotten,
        head_hash: last_hash,
    })
}

/// Takes the names, words and addresses out of the entries about a person, and the salts with them: nothing tells any
/// more what they were, and the chain still holds. For the operation that forgets the person, which has checked the
/// right and leaves the audit entry. Gives how many entries it were.
pub fn visit_entries_forget(c: &mut Conn, person: PersonId) -> Result<usize, Fault> {
    Ok(
        diesel::update(visit_events::table.filter(visit_events::person_id.eq(person)))
            .set((
                visit_events::author_name.eq(""),
                visit_events::remote.eq(""),
                visit_events::note.eq(""),
                visit_events::named_salt.eq(None::<String>),
            ))
            .execute(c)?,
    )
}
