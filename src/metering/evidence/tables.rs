//! Readings and slots as lines of text: UTF-8, comma, line feed, a head line; nothing in them needs quoting.

use std::fmt::Write;

use super::EvidenceFault;
use crate::base::time::Timestamp;
use crate::metering::counter::{GapReason, Reading, Width};
use crate::metering::percentile::{Direction, octets_by};
use crate::metering::slot::{Slot, SlotFlags};

/// Head line of readings.
pub const READING_HEAD: &str = "at_ms,at_utc,uptime_ms,discontinuity,in_octets,out_octets,bits";
/// Head line of slots.
pub const SLOT_HEAD: &str = "start_ms,start_utc,in_octets,out_octets,flags,gap";
/// Head line of slots that were left out.
pub const DROPPED_HEAD: &str = "start_ms,start_utc,in_octets,out_octets,reason";

/// Words of the marks of a slot, separated by spaces.
const FLAGS: [(SlotFlags, &str); 3] = [
    (SlotFlags::ESTIMATED, "estimated"),
    (SlotFlags::SUSPECT, "suspect"),
    (SlotFlags::INCOMPLETE, "incomplete"),
];
const REASONS: [GapReason; 6] = [
    GapReason::Restart,
    GapReason::Reset,
    GapReason::Discontinuity,
    GapReason::Missing,
    GapReason::WidthChanged,
    GapReason::ClockWentBack,
];

struct OrNothing<T>(Option<T>);

impl<T: std::fmt::Display> std::fmt::Display for OrNothing<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.as_ref().map_or(Ok(()), |value| value.fmt(f))
    }
}

/// Readings of one port as a file.
#[must_use]
pub fn readings_csv(readings: &[Reading]) -> String {
    let mut text = with_head(READING_HEAD, readings.len());
    for reading in readings {
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{},{},{},{},{},{},{}",
            reading.at.millis(),
            reading.at.to_rfc3339(),
            OrNothing(reading.uptime_ms),
            OrNothing(reading.discontinuity),
            OrNothing(reading.in_octets),
            OrNothing(reading.out_octets),
            reading.width.bits(),
        );
    }
    text
}

/// Reads what [`readings_csv`] wrote.
///
/// # Errors
/// [`EvidenceFault::Line`] with the first line that means nothing or goes back in time.
pub fn parse_readings(file: &str, text: &str) -> Result<Vec<Reading>, EvidenceFault> {
    let mut readings: Vec<Reading> = Vec::new();
    for (line, row) in rows(file, text, READING_HEAD)? {
        let wrong = |what: &str| wrong_line(file, line, what);
        let [at_ms, _, uptime, discontinuity, inward, outward, bits] =
            cells(row).ok_or_else(|| wrong("not seven values"))?;
        let at = Timestamp::from_millis(at_ms.parse().map_err(|_| wrong("at_ms is no number"))?);
        if readings.last().is_some_and(|last| at <= last.at) {
            return Err(wrong("not later than the line before"));
        }
        readings.push(Reading {
            at,
            uptime_ms: number(uptime).ok_or_else(|| wrong("uptime_ms is no number"))?,
            discontinuity: number(discontinuity)
                .ok_or_else(|| wrong("discontinuity is no number"))?,
            in_octets: number(inward).ok_or_else(|| wrong("in_octets is no number"))?,
            out_octets: number(outward).ok_or_else(|| wrong("out_octets is no number"))?,
            width: match bits {
                "64" => Width::Bits64,
                "32" => Width::Bits32,
                _ => return Err(wrong("bits is neither 32 nor 64")),
            },
        });
    }
    Ok(readings)
}

/// Slots as a file.
#[must_use]
pub fn slots_csv(slots: &[Slot]) -> String {
    let mut text = with_head(SLOT_HEAD, slots.len());
    for slot in slots {
        let _ = writeln!(
            text,
            "{},{},{},{},{},{}",
            slot.start.millis(),
            slot.start.to_rfc3339(),
            OrNothing(slot.in_octets),
            OrNothing(slot.out_octets),
            flag_words(slot.flags),
            OrNothing(slot.gap.map(GapReason::as_str)),
        );
    }
    text
}

/// Reads what [`slots_csv`] wrote.
///
/// # Errors
/// [`EvidenceFault::Line`] with the first line that means nothing.
pub fn parse_slots(file: &str, text: &str) -> Result<Vec<Slot>, EvidenceFault> {
    let mut slots = Vec::new();
    for (line, row) in rows(file, text, SLOT_HEAD)? {
        let wrong = |what: &str| wrong_line(file, line, what);
        let [start, _, inward, outward, flags, gap] =
            cells(row).ok_or_else(|| wrong("not six values"))?;
        let start = start.parse().map_err(|_| wrong("start_ms is no number"))?;
        slots.push(Slot {
            start: Timestamp::from_millis(start),
            in_octets: number(inward).ok_or_else(|| wrong("in_octets is no number"))?,
            out_octets: number(outward).ok_or_else(|| wrong("out_octets is no number"))?,
            flags: flags_of(flags).ok_or_else(|| wrong("an unknown mark"))?,
            gap: reason_of(gap).ok_or_else(|| wrong("an unknown reason"))?,
        });
    }
    Ok(slots)
}

/// The slots that a figure was made without, each with its reason: `suspect`, or `gap` with what a reading told.
#[must_use]
pub fn dropped_csv(slots: &[Slot], direction: Direction) -> String {
    let mut text = with_head(DROPPED_HEAD, 0);
    for slot in slots {
        let reason = if slot.flags.contains(SlotFlags::SUSPECT) {
            "suspect"
        } else if octets_by(direction, slot).is_none() {
            "gap"
        } else {
            continue;
        };
        let told = slot.gap.filter(|_| reason == "gap").map(GapReason::as_str);
        let space = if told.is_some() { " " } else { "" };
        let _ = writeln!(
            text,
            "{},{},{},{},{reason}{space}{}",
            slot.start.millis(),
            slot.start.to_rfc3339(),
            OrNothing(slot.in_octets),
            OrNothing(slot.out_octets),
            OrNothing(told),
        );
    }
    text
}

/// The first line in which a file differs from what was computed.
#[must_use]
pub fn first_difference(file: &str, found: &str, computed: &str) -> Option<EvidenceFault> {
    let (mut there, mut ours) = (found.split('\n'), computed.split('\n'));
    let mut line = 0;
    loop {
        line += 1;
        match (there.next(), ours.next()) {
            (None, None) => return None,
            (a, b) if a == b => {}
            (a, b) => {
                return Some(EvidenceFault::Differs {
                    file: file.to_owned(),
                    line,
                    found: a.unwrap_or_default().chars().take(200).collect(),
                    computed: b.unwrap_or_default().to_owned(),
                });
            }
        }
    }
}

fn with_head(head: &str, rows: usize) -> String {
    let mut text = String::with_capacity(head.len() + 1 + rows * 80);
    text.push_str(head);
    text.push('\n');
    text
}

/// Lines after the head, with their numbers.
fn rows<'a>(
    file: &str,
    text: &'a str,
    head: &str,
) -> Result<impl Iterator<Item = (usize, &'a str)>, EvidenceFault> {
    let mut lines = text.lines();
    if lines.next() != Some(head) {
        return Err(wrong_line(file, 1, &format!("the head is not {head}")));
    }
    Ok(lines.enumerate().map(|(index, row)| (index + 2, row)))
}

fn wrong_line(file: &str, line: usize, what: &str) -> EvidenceFault {
    EvidenceFault::Line {
        file: file.to_owned(),
        line,
        what: what.to_owned(),
    }
}

fn cells<const N: usize>(row: &str) -> Option<[&str; N]> {
    let mut cells = row.split(',');
    let mut found = [""; N];
    for place in &mut found {
        *place = cells.next()?;
    }
    cells.next().is_none().then_some(found)
}

/// `None` for what is no number, `Some(None)` for nothing.
fn number(text: &str) -> Option<Option<u64>> {
    if text.is_empty() {
        return Some(None);
    }
    text.parse().ok().map(Some)
}

fn flag_words(flags: SlotFlags) -> String {
    let words = FLAGS.iter().filter(|(flag, _)| flags.contains(*flag));
    words.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

fn flags_of(text: &str) -> Option<SlotFlags> {
    text.split(' ')
        .filter(|word| !word.is_empty())
        .try_fold(SlotFlags::NONE, |flags, word| {
            let (flag, _) = FLAGS.iter().find(|(_, known)| *known == word)?;
            Some(flags.with(*flag))
        })
}

fn reason_of(text: &str) -> Option<Option<GapReason>> {
    if text.is_empty() {
        return Some(None);
    }
    let known = REASONS.into_iter().find(|reason| reason.as_str() == text);
    known.map(Some)
}
