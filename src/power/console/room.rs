//! Who sits at a console: one writer, any number of watchers, and what late ones are shown. Pure.

use std::collections::{BTreeMap, VecDeque};

/// Octets that someone who comes later is shown first.
const BACKLOG_OCTETS: usize = 64 * 1024;

/// A person's place at a console, within one room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(u64);

#[derive(Debug, Clone)]
struct Person {
    name: String,
    may_write: bool,
}

/// The people and the last output of one console.
#[derive(Debug, Default)]
pub struct Room {
    people: BTreeMap<Place, Person>,
    writer: Option<Place>,
    last: u64,
    backlog: VecDeque<u8>,
    cut: bool,
}

/// What came of a wish to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// Writes now; nobody did before.
    Free,
    /// Writes now instead of this person.
    From(Place, String),
    /// Wrote already.
    Own,
    /// Has no right to write, or is not here.
    Refused,
}

impl Room {
    /// Someone comes. Who may write and wants to, does when nobody else does.
    pub fn join(&mut self, name: impl Into<String>, may_write: bool, wants: bool) -> Place {
        self.last += 1;
        let place = Place(self.last);
        let name = name.into();
        self.people.insert(place, Person { name, may_write });
        if may_write && wants && self.writer.is_none() {
            self.writer = Some(place);
        }
        place
    }

    /// Someone goes; gives the name, unless they were gone already.
    pub fn leave(&mut self, place: Place) -> Option<String> {
        if self.writer == Some(place) {
            self.writer = None;
        }
        self.people.remove(&place).map(|person| person.name)
    }

    /// Someone wants to write, also when another one does.
    pub fn take(&mut self, place: Place) -> Taken {
        if !self
            .people
            .get(&place)
            .is_some_and(|person| person.may_write)
        {
            return Taken::Refused;
        }
        match self.writer.replace(place) {
            None => Taken::Free,
            Some(former) if former == place => Taken::Own,
            Some(former) => Taken::From(former, self.name(former).to_owned()),
        }
    }

    /// Whether this person writes.
    pub fn writes(&self, place: Place) -> bool {
        self.writer == Some(place)
    }

    /// The name of the one who writes.
    pub fn writer(&self) -> Option<&str> {
        self.writer.map(|place| self.name(place))
    }

    /// The name of someone who is here; empty for others.
    pub fn name(&self, place: Place) -> &str {
        self.people.get(&place).map_or("", |person| &person.name)
    }

    /// How many are here.
    pub fn count(&self) -> usize {
        self.people.len()
    }

    /// Keeps output for those who come later.
    pub fn shown(&mut self, octets: &[u8]) {
        self.backlog.extend(octets);
        if self.backlog.len() > BACKLOG_OCTETS {
            let over = self.backlog.len() - BACKLOG_OCTETS;
            self.backlog.drain(..over);
            self.cut = true;
        }
    }

    /// The last output. Where its beginning is gone it starts behind a line end, so that no half
    /// sequence comes first.
    pub fn backlog(&self) -> Vec<u8> {
        let all: Vec<u8> = self.backlog.iter().copied().collect();
        if !self.cut {
            return all;
        }
        let start = all
            .iter()
            .position(|octet| *octet == b'\n')
            .map_or(0, |at| at + 1);
        all.get(start..).unwrap_or_default().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_writes_and_all_others_look() {
        let mut room = Room::default();
        let watcher = room.join("auditor", false, true);
        assert_eq!(room.writer(), None);
        let li = room.join("li", true, true);
        let wang = room.join("wang", true, true);
        assert!(room.writes(li) && !room.writes(wang));
        assert_eq!(room.take(watcher), Taken::Refused);
        assert_eq!(room.take(wang), Taken::From(li, "li".to_owned()));
        assert_eq!(room.take(wang), Taken::Own);
        assert_eq!((room.writer(), room.count()), (Some("wang"), 3));
        assert_eq!(room.leave(wang), Some("wang".to_owned()));
        // Nobody writes by accident: it has to be asked for.
        assert_eq!(room.leave(wang), None);
        assert_eq!(room.writer(), None);
        assert_eq!(room.take(li), Taken::Free);
    }

    #[test]
    fn who_comes_late_sees_the_last_output_from_the_start_of_a_line() {
        let mut room = Room::default();
        room.shown(b"boot\r\nlogin: ");
        assert_eq!(room.backlog(), b"boot\r\nlogin: ");
        for line in 0..10_000 {
            room.shown(format!("line {line:05}\n").as_bytes());
        }
        let backlog = String::from_utf8(room.backlog()).unwrap_or_default();
        assert!(backlog.len() <= BACKLOG_OCTETS && backlog.len() > BACKLOG_OCTETS - 20);
        assert!(backlog.starts_with("line ") && backlog.ends_with("line 09999\n"));
    }
}
