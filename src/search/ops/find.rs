//! Finding: ranges of the index for each word, then the records behind the best ones.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::hits::hits;
use crate::base::fault::Fault;
use crate::base::ids::CustomerId;
use crate::identity::Actor;
use crate::search::model::{Group, Rank, SearchKind};
use crate::search::query::{Word, after_all, words};
use crate::search::terms::Class;
use crate::store::Conn;
use crate::store::schema::search_terms;

/// Terms that are read for a word at first.
const FEW: i64 = 400;
/// Terms that are read for the rarest word when all words are common.
const MANY: i64 = 4_000;
/// Things whose terms are fetched at once.
const AT_ONCE: usize = 500;

/// What fits a query of all words, within the wall, by kind in their order; at most `most` of a kind, the best first.
/// Kinds without a hit are left out, and so are kinds that the actor has no right to or, being a customer, finds in
/// lists ([`SearchKind::is_owned`]).
///
/// # Errors
/// The database's faults.
pub fn search_find(
    c: &mut Conn,
    actor: &Actor,
    query: &str,
    most: usize,
) -> Result<Vec<Group>, Fault> {
    let words = words(query);
    let owner = actor.wall().customer();
    let mut groups = Vec::new();
    if words.is_empty() {
        return Ok(groups);
    }
    let kinds = SearchKind::ALL.iter().copied();
    for kind in kinds.filter(|kind| actor.may(kind.right())) {
        if owner.is_some() && !kind.is_owned() {
            continue;
        }
        let scope = Scope { kind, owner };
        groups.extend(scope.group(c, actor, &words, most)?);
    }
    Ok(groups)
}

/// Where is looked.
#[derive(Clone, Copy)]
struct Scope {
    kind: SearchKind,
    owner: Option<CustomerId>,
}

/// A term that fits a word.
type Fitting = (i64, String, i64);

impl Scope {
    fn group(
        self,
        c: &mut Conn,
        actor: &Actor,
        words: &[Word],
        most: usize,
    ) -> Result<Option<Group>, Fault> {
        let (ranks, is_more) = self.ranked(c, words)?;
        if ranks.is_empty() {
            return Ok(None);
        }
        let total = ranks.len();
        // The best by rank; among equals names decide, so more are looked at than are shown.
        let mut best: Vec<(Rank, i64)> = ranks.into_iter().map(|(id, rank)| (rank, id)).collect();
        best.sort_unstable();
        best.truncate(most.saturating_mul(4));
        let best: BTreeMap<i64, Rank> = best.into_iter().map(|(rank, id)| (id, rank)).collect();
        let mut found = hits(c, actor, self.kind, &best)?;
        found.sort_by(|a, b| (a.rank, &a.label, a.id).cmp(&(b.rank, &b.label, b.id)));
        found.truncate(most);
        let group = Group {
            kind: self.kind,
            hits: found,
            total,
            is_more,
        };
        Ok((!group.hits.is_empty()).then_some(group))
    }

    /// What all words fit, with how well; and whether there is more of it.
    fn ranked(self, c: &mut Conn, words: &[Word]) -> Result<(BTreeMap<i64, Rank>, bool), Fault> {
        let mut listed: Vec<(&Word, Vec<Fitting>)> = Vec::with_capacity(words.len());
        for word in words {
            let found = self.fitting(c, word, FEW)?;
            if found.is_empty() {
                return Ok((BTreeMap::new(), false));
            }
            listed.push((word, found));
        }
        // The rarest first: what it leaves is all that the others are asked about.
        listed.sort_by_key(|(_, found)| found.len());
        let mut listed = listed.into_iter();
        let Some((word, mut found)) = listed.next() else {
            return Ok((BTreeMap::new(), false));
        };
        let mut is_more = is_full(&found, FEW);
        if is_more && words.len() > 1 {
            found = self.fitting(c, word, MANY)?;
            is_more = is_full(&found, MANY);
        }
        let mut ranks = ranks_of(word, &found);
        for (word, found) in listed {
            ranks = self.also(c, ranks, word, found)?;
        }
        Ok((ranks, is_more))
    }

    /// Terms that a word is the beginning of, in their order: what is exactly it comes first.
    fn fitting(self, c: &mut Conn, word: &Word, most: i64) -> Result<Vec<Fitting>, Fault> {
        let mut found = Vec::new();
        for beginning in &word.beginnings {
            let mut query = search_terms::table
                .filter(search_terms::kind.eq(self.kind))
                .filter(search_terms::term.ge(beginning))
                .filter(search_terms::term.lt(after_all(beginning)))
                .into_boxed();
            if let Some(owner) = self.owner {
                query = query.filter(search_terms::customer_id.eq(owner));
            }
            let of_it: Vec<Fitting> = query
                .order(search_terms::term.asc())
                .limit(most)
                .select((
                    search_terms::object_id,
                    search_terms::term,
                    search_terms::class,
                ))
                .load(c)?;
            found.extend(of_it);
        }
        Ok(found)
    }

    /// Those that another word fits too; each is as good as its worst word. `listed` are the first terms of the word.
    fn also(
        self,
        c: &mut Conn,
        found: BTreeMap<i64, Rank>,
        word: &Word,
        mut listed: Vec<Fitting>,
    ) -> Result<BTreeMap<i64, Rank>, Fault> {
        if is_full(&listed, FEW) {
            listed = self.fitting(c, word, MANY)?;
        }
        let others = if is_full(&listed, MANY) {
            let ids: Vec<i64> = found.keys().copied().collect();
            self.of_things(c, word, &ids)?
        } else {
            ranks_of(word, &listed)
        };
        let worst = |(id, rank): (i64, Rank)| Some((id, rank.max(*others.get(&id)?)));
        Ok(found.into_iter().filter_map(worst).collect())
    }

    /// How well a word fits some things.
    fn of_things(
        self,
        c: &mut Conn,
        word: &Word,
        ids: &[i64],
    ) -> Result<BTreeMap<i64, Rank>, Fault> {
        let mut found: Vec<Fitting> = Vec::new();
        for some in ids.chunks(AT_ONCE) {
            for beginning in &word.beginnings {
                let of_it: Vec<Fitting> = search_terms::table
                    .filter(search_terms::kind.eq(self.kind))
                    .filter(search_terms::object_id.eq_any(some.to_vec()))
                    .filter(search_terms::term.ge(beginning))
                    .filter(search_terms::term.lt(after_all(beginning)))
                    .select((
                        search_terms::object_id,
                        search_terms::term,
                        search_terms::class,
                    ))
                    .load(c)?;
                found.extend(of_it);
            }
        }
        Ok(ranks_of(word, &found))
    }
}

/// The best that a word does with each thing.
fn ranks_of(word: &Word, found: &[Fitting]) -> BTreeMap<i64, Rank> {
    let mut ranks: BTreeMap<i64, Rank> = BTreeMap::new();
    for (id, term, class) in found {
        let rank = rank(word, term, *class);
        let kept = ranks.entry(*id).or_insert(rank);
        *kept = rank.min(*kept);
    }
    ranks
}

fn is_full(found: &[Fitting], most: i64) -> bool {
    i64::try_from(found.len()).unwrap_or(i64::MAX) >= most
}

fn rank(word: &Word, term: &str, class: i64) -> Rank {
    let is_whole = word.fits(term) == Some(true);
    if class == Class::Own.number() {
        return if is_whole {
            Rank::Exact
        } else {
            Rank::Beginning
        };
    }
    if class == Class::Inner.number() {
        Rank::Inner
    } else {
        Rank::Around
    }
}
