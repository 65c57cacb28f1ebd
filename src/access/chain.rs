//! How the entries of visits' records hang together: each holds the hash of the one before.
//!
//! What names people is not in the chain itself but as a digest with a salt of its own. When people are forgotten the
//! salt goes with their names, and the chain still holds.

use sha2::{Digest, Sha256};

use crate::base::ids::{PersonId, UserId, VisitEventId, VisitId};
use crate::base::time::Timestamp;
use crate::base::token::hex;

/// Hash of the entries from before there was a chain, before the first of them.
pub const FIRST_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// SHA-256 over a purpose and parts, each with its length: no two lists of parts, and no two purposes, run together.
fn hash_of(purpose: &str, parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in std::iter::once(&purpose).chain(parts) {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    hex(&digest.finalize())
}

fn number(id: Option<i64>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

/// What of an entry may name people.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// Who made the entry.
    pub author_name: &'a str,
    /// From which network address.
    pub remote: &'a str,
    /// In words.
    pub note: &'a str,
}

impl Named<'_> {
    /// The digest that stands for it in the chain.
    pub fn digest(self, salt: &str) -> String {
        let parts = [salt, self.author_name, self.remote, self.note];
        hash_of("coldaisle visit entry names 1", &parts)
    }
}

/// What of an entry names nobody.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The visit.
    pub visit: VisitId,
    /// Row of the person it concerns.
    pub person: Option<PersonId>,
    /// When.
    pub at: Timestamp,
    /// What, as stored.
    pub event: &'a str,
    /// Row of the user who made it.
    pub author: Option<UserId>,
    /// The entry that it puts right, and when that really was.
    pub corrects: Option<(VisitEventId, Timestamp)>,
}

impl Facts<'_> {
    fn parts(self) -> [String; 7] {
        [
            self.visit.to_string(),
            number(self.person.map(|id| id.get())),
            self.at.millis().to_string(),
            self.event.to_owned(),
            number(self.author.map(|id| id.get())),
            number(self.corrects.map(|(entry, _)| entry.get())),
            number(self.corrects.map(|(_, at)| at.millis())),
        ]
    }

    /// Hash of an entry in the chain.
    pub fn entry_hash(self, sequence: i64, previous_hash: &str, named_digest: &str) -> String {
        let sequence = sequence.to_string();
        let own = self.parts();
        let mut parts = vec![sequence.as_str(), previous_hash, named_digest];
        parts.extend(own.iter().map(String::as_str));
        hash_of("coldaisle visit entry 1", &parts)
    }

    /// Hash of all older entries up to this one, which was written before there was a chain.
    pub fn older_hash(self, id: VisitEventId, previous_hash: &str) -> String {
        let id = id.to_string();
        let own = self.parts();
        let mut parts = vec![id.as_str(), previous_hash];
        parts.extend(own.iter().map(String::as_str));
        hash_of("coldaisle visit entry before the chain 1", &parts)
    }
}

/// The hash that the first entry of the chain follows: it commits to everything from before.
pub fn genesis(older_entries: i64, older_hash: &str) -> String {
    let count = older_entries.to_string();
    hash_of("coldaisle visit chain 1", &[count.as_str(), older_hash])
}

crate::text_enum! {
    /// What does not fit in the chain.
    pub enum ChainFault {
        /// An entry from before the chain was changed, added or removed.
        Older = "older",
        /// An entry before this one is missing, or was changed.
        Previous = "previous",
        /// What, when or whom it tells was changed.
        Content = "content",
        /// The names or words in it were changed.
        Names = "names",
        /// Entries after it are missing.
        Head = "head",
    }
}

/// What a verification of the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChainVerdict {
    /// Every entry fits the one before.
    Whole {
        /// Entries in the chain.
        entries: i64,
        /// Entries from before there was a chain.
        older: i64,
        /// Entries whose people were forgotten.
        forgotten: i64,
        /// Hash of the last entry; empty while there is none.
        head_hash: String,
    },
    /// The first entry that does not fit.
    Broken {
        /// Its row; 0 when there is none to name.
        id: i64,
        /// Number of its visit, or empty.
        visit: String,
        /// What does not fit.
        fault: ChainFault,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: Facts<'_> = Facts {
        visit: VisitId::new(7),
        person: Some(PersonId::new(3)),
        at: Timestamp::from_millis(1_000),
        event: "checked_in",
        author: None,
        corrects: None,
    };
    const NAMED: Named<'_> = Named {
        author_name: "Lin",
        remote: "",
        note: "Chen · P1",
    };

    #[test]
    fn every_part_of_an_entry_is_in_its_hash() {
        let hash = FACTS.entry_hash(1, FIRST_HASH, "names");
        let others = [
            FACTS.entry_hash(2, FIRST_HASH, "names"),
            FACTS.entry_hash(1, "other", "names"),
            FACTS.entry_hash(1, FIRST_HASH, "others"),
            Facts {
                visit: VisitId::new(8),
                ..FACTS
            }
            .entry_hash(1, FIRST_HASH, "names"),
            Facts {
                person: None,
                ..FACTS
            }
            .entry_hash(1, FIRST_HASH, "names"),
            Facts {
                at: Timestamp::from_millis(1_001),
                ..FACTS
            }
            .entry_hash(1, FIRST_HASH, "names"),
            Facts {
                event: "checked_out",
                ..FACTS
            }
            .entry_hash(1, FIRST_HASH, "names"),
            Facts {
                author: Some(UserId::new(1)),
                ..FACTS
            }
            .entry_hash(1, FIRST_HASH, "names"),
            Facts {
                corrects: Some((VisitEventId::new(1), Timestamp::from_millis(5))),
                ..FACTS
            }
            .entry_hash(1, FIRST_HASH, "names"),
            FACTS.older_hash(VisitEventId::new(1), FIRST_HASH),
            genesis(1, FIRST_HASH),
        ];
        for other in others {
            assert_ne!(hash, other);
        }
    }

    #[test]
    fn names_are_salted_and_do_not_run_together() {
        assert_ne!(NAMED.digest("a"), NAMED.digest("b"));
        let moved = Named {
            author_name: "LinC",
            note: "hen · P1",
            ..NAMED
        };
        assert_ne!(NAMED.digest("a"), moved.digest("a"));
    }
}
