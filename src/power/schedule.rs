//! Wishes that come back by the calendar: what was typed, and when they are due. Pure.
//!
//! Times are wall-clock times of a site's zone. A time in the hour that a day with a change of clocks skips runs at the
//! next instant there is; a time in a doubled hour runs once, the first time.

use chrono::{Datelike, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, offset::LocalResult};
use chrono_tz::Tz;

use super::bulk::Order;
use super::wish::Wish;
use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::text;
use crate::base::time::Timestamp;

/// Longest name, letters.
const NAME_LETTERS: usize = 100;
/// Most letters of the list of machines.
const LIST_LETTERS: usize = 40_000;
/// A gap of the clocks is never longer, minutes.
const LONGEST_GAP_MINUTES: i64 = 24 * 60;

crate::text_enum! {
    /// How often.
    pub enum Rhythm {
        /// On one day.
        Once = "once",
        /// On some days of each week.
        Weekly = "weekly",
    }
}

/// Days of a week, one bit each, Monday the lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Weekdays(u8);

impl Weekdays {
    /// Their words in forms and in JSON, Monday first.
    pub const WORDS: [&'static str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    /// From the number that a row has.
    pub fn from_number(number: i64) -> Self {
        Self(u8::try_from(number & 0x7f).unwrap_or(0))
    }

    /// The number for a row.
    pub fn number(self) -> i64 {
        self.0.into()
    }

    /// Whether a day is among them; 0 is Monday.
    pub const fn has(self, day: u32) -> bool {
        self.0 >> day & 1 == 1
    }

    /// The words of the days.
    pub fn words(self) -> Vec<&'static str> {
        let all = Self::WORDS.into_iter().zip(0_u32..);
        all.filter(|(_, day)| self.has(*day))
            .map(|(word, _)| word)
            .collect()
    }

    fn parse(fields: &Fields) -> Result<Self, FieldFault> {
        let mut days = 0;
        for word in fields.all("weekdays") {
            let place = Self::WORDS.iter().position(|known| *known == word.trim());
            let place = place.ok_or_else(|| {
                let message = Message::new("fault-choice").with("allowed", Self::WORDS.join(", "));
                FieldFault::new("weekdays", message)
            })?;
            days |= 1 << place;
        }
        if days == 0 {
            return Err(FieldFault::new("weekdays", Message::new("fault-required")));
        }
        Ok(Self(days))
    }
}

/// When.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// On one day.
    Once(NaiveDate),
    /// On these days of each week.
    Weekly(Weekdays),
}

/// The first time after an instant, none when there is none.
pub fn next_run(when: When, minute_of_day: i64, zone: Tz, after: Timestamp) -> Option<Timestamp> {
    let due = |day: NaiveDate| wall_instant(day, minute_of_day, zone).filter(|at| *at > after);
    match when {
        When::Once(day) => due(day),
        When::Weekly(days) => {
            let today = after.to_utc().with_timezone(&zone).date_naive();
            let first = today.checked_sub_days(Days::new(1))?;
            first
                .iter_days()
                .take(10)
                .filter(|day| days.has(day.weekday().num_days_from_monday()))
                .find_map(due)
        }
    }
}

/// The instant of a wall-clock time: after a gap the first there is, of a doubled one the earlier.
fn wall_instant(day: NaiveDate, minute_of_day: i64, zone: Tz) -> Option<Timestamp> {
    let midnight = day.and_time(NaiveTime::MIN);
    (minute_of_day..minute_of_day + LONGEST_GAP_MINUTES).find_map(|minute| {
        let wall = midnight.checked_add_signed(TimeDelta::minutes(minute))?;
        match zone.from_local_datetime(&wall) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => {
                Some(Timestamp::from_millis(at.timestamp_millis()))
            }
            LocalResult::None => None,
        }
    })
}

/// A schedule as typed, checked for its form only.
#[derive(Debug, Clone)]
pub struct ScheduleDraft {
    /// Name.
    pub name: String,
    /// What is wanted of each machine; its key and confirmations are not used.
    pub wish: Wish,
    /// Names of the machines.
    pub machines: Vec<String>,
    /// How they follow each other.
    pub order: Order,
    /// When.
    pub when: When,
    /// Minutes after midnight by the wall clock.
    pub minute_of_day: i64,
    /// Zone of the wall clock.
    pub zone: Tz,
}

impl ScheduleDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let name = faults.keep(text::required_line(
            "name",
            fields.get("name"),
            NAME_LETTERS,
        ));
        let machines = faults.keep(machine_names(fields));
        let zone = faults.keep(zone(fields.get("zone")));
        let when = faults.keep(when(fields));
        let minute = faults.keep(minute_of_day(fields.get("time")));
        let wish = collect(&mut faults, Wish::parse(fields, None));
        let order = collect(&mut faults, Order::parse(fields));
        let draft = (|| {
            Some(Self {
                name: name?,
                wish: wish?,
                machines: machines?,
                order: order?,
                when: when?,
                minute_of_day: minute?,
                zone: zone?,
            })
        })();
        faults.into_result(draft)
    }
}

fn collect<T>(faults: &mut Faults, result: Result<T, Fault>) -> Option<T> {
    result
        .map_err(|fault| {
            for field in fault.fields {
                faults.add(field.field, field.message);
            }
        })
        .ok()
}

/// One name a line; a list in JSON gives one each.
fn machine_names(fields: &Fields) -> Result<Vec<String>, FieldFault> {
    let mut names: Vec<String> = Vec::new();
    for list in fields.all("machines") {
        let list = text::paragraph("machines", list, LIST_LETTERS)?;
        for name in list.lines().map(str::trim).filter(|name| !name.is_empty()) {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
    }
    let most = super::bulk::MOST_MACHINES;
    if names.is_empty() || names.len() > most {
        let message = Message::new("power-fault-machines").with("most", most);
        return Err(FieldFault::new("machines", message));
    }
    Ok(names)
}

fn zone(raw: &str) -> Result<Tz, FieldFault> {
    raw.trim()
        .parse()
        .map_err(|_| FieldFault::new("zone", Message::new("power-fault-zone")))
}

fn when(fields: &Fields) -> Result<When, FieldFault> {
    let rhythm = Rhythm::from_word(fields.get("rhythm").trim()).ok_or_else(|| {
        let message = Message::new("fault-choice").with("allowed", Rhythm::words());
        FieldFault::new("rhythm", message)
    })?;
    match rhythm {
        Rhythm::Weekly => Weekdays::parse(fields).map(When::Weekly),
        Rhythm::Once => day(fields.get("date"))
            .map(When::Once)
            .ok_or_else(|| FieldFault::new("date", Message::new("power-fault-date"))),
    }
}

/// A date as `2026-11-22`.
pub fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok()
}

fn minute_of_day(raw: &str) -> Result<i64, FieldFault> {
    let wrong = || FieldFault::new("time", Message::new("power-fault-time"));
    let (hour, minute) = raw.trim().split_once([':', '：']).ok_or_else(wrong)?;
    let part = |text: &str, below: i64| {
        let digits =
            !text.is_empty() && text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit());
        let number = text.parse::<i64>().ok().filter(|number| *number < below);
        number.filter(|_| digits)
    };
    match (part(hour, 24), part(minute, 60)) {
        (Some(hour), Some(minute)) => Ok(hour * 60 + minute),
        _ => Err(wrong()),
    }
}

/// Minutes after midnight as `07:05`.
pub fn time_text(minute_of_day: i64) -> String {
    format!("{:02}:{:02}", minute_of_day / 60, minute_of_day % 60)
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
