//! Counters that froze: a switch that repeats old values of a port while the port works. A hint for
//! the operator; no figure depends on it.

/// Intervals over which a counter stands still before anything is said.
pub const STILL: usize = 6;
/// Intervals with traffic before that.
const MOVED: usize = 3;
/// Readings that are looked at.
pub const WINDOW: usize = 16;

/// A port in one poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Octets received and sent.
    pub octets: Option<(u64, u64)>,
    /// Whether it works.
    pub up: bool,
}

/// A port over the last polls.
#[derive(Clone, Debug)]
pub struct Watched {
    /// Oldest first; `None` where the port was not there.
    pub looks: Vec<Option<Look>>,
    /// Whether it was said to be frozen before.
    pub was_frozen: bool,
}

/// Which of a device's ports are frozen, by their places.
///
/// A port is, when over the last [`STILL`] intervals it was up and neither direction counted
/// anything, it counted before, and most of the other ports that counted before still do: a device
/// that answers from an old copy altogether, or a quiet night, is not a port's fault.
pub fn frozen(ports: &[Watched]) -> Vec<usize> {
    let suspects = ports.iter().enumerate().filter(|(_, port)| {
        port.stands_still() && (port.was_frozen || port.moved_before() >= MOVED)
    });
    suspects
        .filter(|(place, _)| others_move(ports, *place))
        .map(|(place, _)| place)
        .collect()
}

fn others_move(ports: &[Watched], place: usize) -> bool {
    let others = ports
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != place);
    let moved: Vec<&Watched> = others
        .map(|(_, port)| port)
        .filter(|port| port.moved_before() >= MOVED)
        .collect();
    let moving = moved.iter().filter(|port| port.moves_now()).count();
    moving >= 2 && moving * 2 >= moved.len()
}

impl Watched {
    /// The looks that decide, and those before; the one between belongs to both.
    fn split(&self) -> Option<[&[Option<Look>]; 2]> {
        let from = self.looks.len().checked_sub(STILL + 1)?;
        Some([self.looks.get(..=from)?, self.looks.get(from..)?])
    }

    fn stands_still(&self) -> bool {
        let Some([_, last]) = self.split() else {
            return false;
        };
        let first = last.first().copied().flatten().and_then(|look| look.octets);
        first.is_some()
            && last
                .iter()
                .all(|look| look.is_some_and(|look| look.up && look.octets == first))
    }

    fn moves_now(&self) -> bool {
        self.split().is_some_and(|[_, last]| moves(last) > 0)
    }

    fn moved_before(&self) -> usize {
        self.split().map_or(0, |[before, _]| moves(before))
    }
}

/// Intervals in which something was counted.
fn moves(looks: &[Option<Look>]) -> usize {
    let octets = |look: &Option<Look>| look.and_then(|look| look.octets);
    let pairs = looks.iter().zip(looks.iter().skip(1));
    pairs
        .filter(|(from, to)| match (octets(from), octets(to)) {
            (Some(from), Some(to)) => from != to,
            _ => false,
        })
        .count()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "tests")]

    use super::*;

    /// A port that counts in the intervals marked `x`, stands still in those marked `.`, is down
    /// in those marked `d` and was not read in those marked ` `.
    fn port(marks: &str) -> Watched {
        let mut octets = 1000;
        let looks = marks.chars().map(|mark| {
            octets += u64::from(mark == 'x') * 500;
            (mark != ' ').then_some(Look {
                octets: Some((octets, octets / 2)),
                up: mark != 'd',
            })
        });
        Watched {
            looks: looks.collect(),
            was_frozen: false,
        }
    }

    const BUSY: &str = "xxxxxxxxxxxxxxxx";

    #[test]
    fn frozen_by_table() {
        let table: [(&str, &[&str], &[usize]); 11] = [
            ("one stopped", &["xxxxxxxxxx......", BUSY, BUSY], &[0]),
            ("not long enough", &["xxxxxxxxxxx.....", BUSY, BUSY], &[]),
            ("stopped long ago", &["xxxx............", BUSY, BUSY], &[0]),
            (
                "hardly ever counted",
                &["xx..............", BUSY, BUSY],
                &[],
            ),
            ("never counted", &["................", BUSY, BUSY], &[]),
            ("is down", &["xxxxxxxxxxdddddd", BUSY, BUSY], &[]),
            ("was down once", &["xxxxxxxxxx...d..", BUSY, BUSY], &[]),
            ("was not read once", &["xxxxxxxxxx... ..", BUSY, BUSY], &[]),
            ("all stopped", &["xxxxxxxxxx......"; 3], &[]),
            ("alone", &["xxxxxxxxxx......", BUSY], &[]),
            (
                "most of the others stopped too",
                &[
                    "xxxxxxxxxx......",
                    "xxxxxxxxxx......",
                    "xxxxxxxxxx......",
                    "xxxxxxxxxx......",
                    BUSY,
                    BUSY,
                ],
                &[],
            ),
        ];
        for (name, marks, expected) in table {
            let ports: Vec<Watched> = marks.iter().map(|marks| port(marks)).collect();
            assert_eq!(frozen(&ports), expected, "{name}");
        }
    }

    #[test]
    fn what_was_frozen_stays_so_until_it_counts() {
        let mut ports = vec![port("................"), port(BUSY), port(BUSY)];
        ports[0].was_frozen = true;
        assert_eq!(frozen(&ports), [0]);
        ports[0] = Watched {
            was_frozen: true,
            ..port("...............x")
        };
        assert!(frozen(&ports).is_empty());
    }

    #[test]
    fn one_direction_that_counts_is_enough() {
        let mut ports = vec![port("xxxxxxxxxx......"), port(BUSY), port(BUSY)];
        if let Some(Some(look)) = ports[0].looks.last_mut() {
            look.octets = look.octets.map(|(inward, outward)| (inward, outward + 1));
        }
        assert!(frozen(&ports).is_empty());
    }

    #[test]
    fn too_few_readings_say_nothing() {
        let ports = [port("xxx"), port("xxx"), port("")];
        assert!(frozen(&ports).is_empty());
    }
}
