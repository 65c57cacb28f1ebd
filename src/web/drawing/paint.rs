//! What the colours of a drawing say. Each colour has a word beside it.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;

use crate::base::fault::Message;
use crate::base::ids::{CustomerId, DeviceId};
use crate::base::locale::Locale;
use crate::inventory::{DeviceRow, DeviceStatus};
use crate::words::Words;

/// What the colours of an elevation say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Colour {
    /// Where the device is in its life.
    Status,
    /// Whose it is.
    Customer,
    /// What it draws.
    Power,
    /// The air it breathes.
    Temperature,
    /// How long its warranty lasts.
    Age,
}

impl Colour {
    /// All, in the order of the choice.
    pub(in crate::web) const ALL: [Self; 5] = [
        Self::Status,
        Self::Customer,
        Self::Power,
        Self::Temperature,
        Self::Age,
    ];

    /// Its word in addresses and keys.
    pub(in crate::web) const fn word(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Customer => "customer",
            Self::Power => "power",
            Self::Temperature => "temperature",
            Self::Age => "age",
        }
    }

    /// What a word stands for.
    pub(in crate::web) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
}

/// What machines say of themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(in crate::web) struct Told {
    /// Measured draw, watts.
    pub watts: Option<i64>,
    /// Air at the inlet, degrees Celsius.
    pub inlet: Option<f64>,
}

/// One colour with its word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::web) struct Tint {
    /// Class of the page's style sheets.
    pub class: &'static str,
    /// Fill where there is no style sheet.
    pub fill: &'static str,
    /// What it says of this device; empty when it says nothing.
    pub word: String,
}

/// A line of the legend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(in crate::web) struct Legend {
    /// Class of the page's style sheets.
    pub class: &'static str,
    /// Fill where there is no style sheet.
    pub fill: &'static str,
    /// What the colour says.
    pub word: String,
}

/// Classes and fills of what has an order, from little to much.
const HEAT: [(&str, &str); 5] = [
    ("heat-0", "#dbe9f6"),
    ("heat-1", "#d9f0d3"),
    ("heat-2", "#fff3bf"),
    ("heat-3", "#fdd49e"),
    ("heat-4", "#f6a5a0"),
];
/// Classes and fills of what has no order.
const HUES: [(&str, &str); 8] = [
    ("hue-0", "#cfe3f7"),
    ("hue-1", "#fbe0c3"),
    ("hue-2", "#d8efd6"),
    ("hue-3", "#ead9f2"),
    ("hue-4", "#fbd5dc"),
    ("hue-5", "#d3efee"),
    ("hue-6", "#f3efc4"),
    ("hue-7", "#e3dcd2"),
];
const PLAIN: (&str, &str) = ("hue-none", "#eef2f5");
/// Limits between the steps of draw, watts.
const WATTS: [i64; 4] = [150, 300, 500, 800];
/// Limits between the steps of air, degrees Celsius: 18 and 27 are what ASHRAE TC 9.9 recommends, 32 allows in class A1.
const DEGREES: [f64; 4] = [18.0, 24.0, 27.0, 32.0];
/// Limits between the steps of warranty, days left.
const DAYS: [i64; 4] = [0, 90, 365, 1095];

/// The step of heat of a share of one hundred.
pub(super) fn heat_of_percent(percent: i64) -> (&'static str, &'static str) {
    step(usize::try_from(percent / 20).unwrap_or(0).min(4))
}

/// The step of heat of air.
pub(super) fn heat_of_air(degrees: f64) -> (&'static str, &'static str) {
    step(DEGREES.iter().filter(|limit| degrees >= **limit).count())
}

/// No colour.
pub(super) const fn plain() -> (&'static str, &'static str) {
    PLAIN
}

fn step(number: usize) -> (&'static str, &'static str) {
    HEAT.get(number).copied().unwrap_or(PLAIN)
}

/// The colours of one drawing.
pub(in crate::web) struct Paints<'a> {
    /// What they say.
    pub colour: Colour,
    /// What machines say of themselves.
    pub told: &'a HashMap<DeviceId, Told>,
    /// Today at the site, `2026-11-22`.
    pub today: &'a str,
    /// Words.
    pub words: &'a Words,
    /// Language.
    pub locale: Locale,
    /// Owners by code; their order gives their hues.
    pub owners: Vec<(Option<CustomerId>, String)>,
}

impl<'a> Paints<'a> {
    /// The colours of the devices that the reader sees.
    pub(in crate::web) fn new(
        colour: Colour,
        told: &'a HashMap<DeviceId, Told>,
        today: &'a str,
        (words, locale): (&'a Words, Locale),
        seen: &[DeviceRow],
    ) -> Self {
        let mut owners: Vec<(Option<CustomerId>, String)> = seen
            .iter()
            .map(|row| match &row.customer {
                Some(customer) => (Some(customer.id), customer.code.clone()),
                None => (None, words.text(locale, "devices-operator")),
            })
            .collect();
        owners.sort_by(|a, b| a.1.cmp(&b.1));
        owners.dedup();
        Self {
            colour,
            told,
            today,
            words,
            locale,
            owners,
        }
    }

    fn word(&self, key: &'static str) -> String {
        self.words.text(self.locale, key)
    }

    /// The colour of a device.
    pub(in crate::web) fn of(&self, row: &DeviceRow) -> Tint {
        let told = self.told.get(&row.device.id).copied().unwrap_or_default();
        let ((class, fill), word) = match self.colour {
            Colour::Status => self.of_status(row.device.status),
            Colour::Customer => self.of_owner(row),
            Colour::Power => self.of_draw(row, told),
            Colour::Temperature => match told.inlet {
                Some(air) => (heat_of_air(air), format!("{air:.0} °C")),
                None => (PLAIN, String::new()),
            },
            Colour::Age => self.of_warranty(row.device.warranty_until.as_deref()),
        };
        Tint { class, fill, word }
    }

    fn of_status(&self, status: DeviceStatus) -> ((&'static str, &'static str), String) {
        let tint = match status {
            DeviceStatus::Planned => ("is-planned", "#fdf3da"),
            DeviceStatus::Decommissioning => ("is-warning", "#f6d9a8"),
            _ => ("is-ok", "#e6ecf1"),
        };
        let word = self
            .words
            .text(self.locale, &format!("device-status-{status}"));
        (tint, word)
    }

    fn of_owner(&self, row: &DeviceRow) -> ((&'static str, &'static str), String) {
        let id = row.customer.as_ref().map(|customer| customer.id);
        let at = self.owners.iter().position(|(known, _)| *known == id);
        let word = at.and_then(|at| self.owners.get(at));
        let hue = at.and_then(|at| HUES.get(at % HUES.len())).copied();
        (
            hue.unwrap_or(PLAIN),
            word.map_or_else(String::new, |(_, name)| name.clone()),
        )
    }

    fn of_draw(&self, row: &DeviceRow, told: Told) -> ((&'static str, &'static str), String) {
        let tint = |watts: i64| step(WATTS.iter().filter(|limit| watts >= **limit).count());
        match (told.watts, row.device_type.watts) {
            (Some(watts), _) => (tint(watts), format!("{watts} W")),
            (None, Some(planned)) => {
                let message = Message::new("drawing-planned-watts").with("watts", planned.get());
                (tint(planned.get()), self.words.say(self.locale, &message))
            }
            (None, None) => (PLAIN, String::new()),
        }
    }

    fn of_warranty(&self, until: Option<&str>) -> ((&'static str, &'static str), String) {
        let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        let left = until
            .and_then(day)
            .zip(day(self.today))
            .map(|(until, today)| (until - today).num_days());
        match left {
            Some(left) => {
                let over = DAYS.iter().filter(|limit| left < **limit).count();
                (step(over), until.unwrap_or_default().to_owned())
            }
            None => (PLAIN, String::new()),
        }
    }

    /// What the colours say.
    pub(in crate::web) fn legend(&self) -> Vec<Legend> {
        let line = |(class, fill): (&'static str, &'static str), word: String| Legend {
            class,
            fill,
            word,
        };
        let steps = |words: [String; 5]| -> Vec<Legend> {
            HEAT.iter()
                .zip(words)
                .map(|(tint, word)| line(*tint, word))
                .collect()
        };
        let unknown = || line(PLAIN, self.word("drawing-unknown"));
        let mut all = match self.colour {
            Colour::Status => {
                return [
                    DeviceStatus::Installed,
                    DeviceStatus::Planned,
                    DeviceStatus::Decommissioning,
                ]
                .into_iter()
                .map(|status| {
                    let (tint, word) = self.of_status(status);
                    line(tint, word)
                })
                .collect();
            }
            Colour::Customer => {
                return self
                    .owners
                    .iter()
                    .enumerate()
                    .map(|(at, (_, name))| {
                        let hue = HUES.get(at % HUES.len()).copied().unwrap_or(PLAIN);
                        line(hue, name.clone())
                    })
                    .collect();
            }
            Colour::Power => steps(ranges(&WATTS.map(|watts| watts.to_string()), "W")),
            Colour::Temperature => steps(ranges(&DEGREES.map(|air| format!("{air:.0}")), "°C")),
            Colour::Age => steps([
                self.word("drawing-warranty-years"),
                self.word("drawing-warranty-more"),
                self.word("drawing-warranty-year"),
                self.word("drawing-warranty-soon"),
                self.word("drawing-warranty-over"),
            ]),
        };
        all.push(unknown());
        all
    }
}

/// Words of steps between limits: `< 18 °C`, `18–24 °C`, …, `≥ 32 °C`.
fn ranges(limits: &[String; 4], unit: &str) -> [String; 5] {
    let [a, b, c, d] = limits;
    [
        format!("< {a} {unit}"),
        format!("{a}–{b} {unit}"),
        format!("{b}–{c} {unit}"),
        format!("{c}–{d} {unit}"),
        format!("≥ {d} {unit}"),
    ]
}
