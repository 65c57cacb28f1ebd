//! The floor of a room from above.

use std::fmt::Write;

use super::text::escaped;
use crate::base::fault::Message;
use crate::base::locale::Locale;
use crate::facility::floor::{Area, Floor, Rotation, Spot, footprint};
use crate::facility::{Fill, Rack};
use crate::words::Words;

/// Edge of a tile.
const TILE: i64 = 44;
/// Room for numbers at the left and above.
const EDGE: i64 = 24;

/// What the colours of a floor plan say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Heat {
    /// How full the racks are.
    Fill,
    /// Planned draw against what is allowed.
    Power,
    /// The warmest air at an inlet.
    Temperature,
}

impl Heat {
    /// All, in the order of the choice.
    pub(in crate::web) const ALL: [Self; 3] = [Self::Fill, Self::Power, Self::Temperature];

    /// Its word in addresses and keys.
    pub(in crate::web) const fn word(self) -> &'static str {
        match self {
            Self::Fill => "fill",
            Self::Power => "power",
            Self::Temperature => "temperature",
        }
    }

    /// What a word stands for.
    pub(in crate::web) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
}

/// A rack with what its colour needs.
pub(in crate::web) struct Tile<'a> {
    /// The rack.
    pub rack: &'a Rack,
    /// How full it is.
    pub fill: Fill,
    /// The warmest air at an inlet, degrees Celsius.
    pub warmest: Option<f64>,
}

impl Tile<'_> {
    /// The colour and its word.
    pub(in crate::web) fn heat(&self, heat: Heat) -> ((&'static str, &'static str), String) {
        match heat {
            Heat::Fill => {
                let percent = self.fill.percent();
                (
                    super::paint::heat_of_percent(percent),
                    format!("{percent} %"),
                )
            }
            Heat::Power => {
                let watts = self.fill.watts.get();
                let tint = match self.rack.max_watts.map(|limit| limit.get()) {
                    Some(limit) if limit > 0 => super::paint::heat_of_percent(watts * 100 / limit),
                    _ => super::paint::plain(),
                };
                (tint, format!("{}.{} kW", watts / 1000, watts % 1000 / 100))
            }
            Heat::Temperature => match self.warmest {
                Some(air) => (super::paint::heat_of_air(air), format!("{air:.0} °C")),
                None => (super::paint::plain(), "–".to_owned()),
            },
        }
    }
}

/// What the drawing needs.
pub(in crate::web) struct FloorPlan<'a> {
    /// Name of the room.
    pub name: &'a str,
    /// Its floor.
    pub floor: &'a Floor,
    /// The racks that stand on it.
    pub tiles: &'a [Tile<'a>],
    /// What the colours say.
    pub heat: Heat,
    /// Whether racks can be moved instead of opened.
    pub edit: bool,
    /// Words.
    pub words: &'a Words,
    /// Language.
    pub locale: Locale,
}

impl FloorPlan<'_> {
    /// The plan as a part of a page.
    pub(in crate::web) fn svg(&self) -> String {
        let (wide, high) = (
            EDGE + self.floor.columns * TILE + 2,
            EDGE + self.floor.rows * TILE + 2,
        );
        let message = Message::new("floor-plan-of").with("name", self.name);
        let mut svg = format!(
            "<svg class=\"floor-plan\" viewBox=\"0 0 {wide} {high}\" width=\"{wide}\" height=\"{high}\" role=\"group\" aria-label=\"{}\" \
             data-columns=\"{}\" data-rows=\"{}\" data-tile=\"{TILE}\" data-edge=\"{EDGE}\">",
            escaped(&self.words.say(self.locale, &message)),
            self.floor.columns,
            self.floor.rows,
        );
        svg.push_str(&self.ground());
        for aisle in &self.floor.aisles {
            let kind = self
                .words
                .text(self.locale, &format!("aisle-{}", aisle.kind));
            let label = if aisle.name.is_empty() {
                kind
            } else {
                format!("{kind} {}", aisle.name)
            };
            let (x, y, w, h) = on_paper(aisle.area);
            let _ = write!(
                svg,
                "<g class=\"aisle aisle-{}\"><rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\"/><text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text></g>",
                aisle.kind,
                x + w / 2,
                y + h / 2 + 4,
                escaped(&label),
            );
        }
        for tile in self.tiles {
            if let Some(spot) = tile.rack.spot() {
                svg.push_str(&self.rack(tile, spot));
            }
        }
        svg.push_str("</svg>");
        svg
    }

    fn ground(&self) -> String {
        let mut svg = String::new();
        for column in 1..=self.floor.columns {
            let x = EDGE + (column - 1) * TILE;
            let _ = write!(
                svg,
                "<text class=\"floor-number\" x=\"{}\" y=\"15\" text-anchor=\"middle\" aria-hidden=\"true\">{column}</text>",
                x + TILE / 2,
            );
        }
        for row in 1..=self.floor.rows {
            let y = EDGE + (row - 1) * TILE;
            let _ = write!(
                svg,
                "<text class=\"floor-number\" x=\"11\" y=\"{}\" text-anchor=\"middle\" aria-hidden=\"true\">{row}</text>",
                y + TILE / 2 + 4,
            );
            for column in 0..self.floor.columns {
                let _ = write!(
                    svg,
                    "<rect class=\"floor-tile\" x=\"{}\" y=\"{y}\" width=\"{TILE}\" height=\"{TILE}\"/>",
                    EDGE + column * TILE,
                );
            }
        }
        svg
    }

    fn rack(&self, tile: &Tile<'_>, spot: Spot) -> String {
        let rack = tile.rack;
        let area = footprint(spot, rack.width_mm, rack.depth_mm, self.floor.tile);
        let (x, y, w, h) = on_paper(area);
        let ((class, fill), word) = tile.heat(self.heat);
        let front = match spot.rotation {
            Rotation::Up => (x, y, w, 5),
            Rotation::Right => (x + w - 5, y, 5, h),
            Rotation::Down => (x, y + h - 5, w, 5),
            Rotation::Left => (x, y, 5, h),
        };
        let name = escaped(&rack.name);
        let shape = format!(
            "<title>{name}, {word}</title><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"2\" fill=\"{fill}\" stroke=\"#55616e\"/>\
             <rect class=\"floor-front\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\
             <text x=\"{cx}\" y=\"{}\" text-anchor=\"middle\">{name}</text><text class=\"el-sub\" x=\"{cx}\" y=\"{}\" text-anchor=\"middle\">{word}</text>",
            x + 1,
            y + 1,
            w - 2,
            h - 2,
            front.0,
            front.1,
            front.2,
            front.3,
            y + h / 2 - 1,
            y + h / 2 + 13,
            cx = x + w / 2,
        );
        if !self.edit {
            return format!(
                "<a class=\"floor-place {class}\" href=\"/racks/{}\">{shape}</a>",
                rack.id
            );
        }
        format!(
            "<g class=\"floor-place {class}\" tabindex=\"0\" role=\"button\" aria-label=\"{name}\" data-rack=\"{}\" data-version=\"{}\" data-name=\"{name}\" \
             data-x=\"{}\" data-y=\"{}\" data-rotation=\"{}\" data-columns=\"{}\" data-rows=\"{}\">{shape}</g>",
            rack.id,
            rack.version,
            spot.x,
            spot.y,
            spot.rotation.degrees(),
            area.columns,
            area.rows,
        )
    }
}

/// Upper left corner, width and height on the drawing.
const fn on_paper(area: Area) -> (i64, i64, i64, i64) {
    (
        EDGE + (area.x - 1) * TILE,
        EDGE + (area.y - 1) * TILE,
        area.columns * TILE,
        area.rows * TILE,
    )
}
