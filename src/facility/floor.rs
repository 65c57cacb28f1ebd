//! The floor of a room: a grid of tiles, the racks on it, and the aisles between them.
//!
//! Tiles are counted from one, from left to right and from the back of the room to its front. A rack's spot is the
//! upper left tile of its footprint.

use serde::Serialize;

use crate::base::fault::{Faults, Message};
use crate::base::fields::Fields;
use crate::base::ids::RackId;
use crate::base::number::whole;
use crate::base::units::Millimetres;

/// Most tiles of a floor in one direction.
pub const MAX_TILES: i64 = 200;
/// Edge of a tile when none is on record (the usual raised floor).
pub const USUAL_TILE: Millimetres = Millimetres::new(600);
/// Most aisles of a room.
const MAX_AISLES: usize = 40;

/// Where the front of a rack looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Rotation {
    /// To the back of the room: up on the plan.
    Up,
    /// To the right.
    Right,
    /// To the front of the room: down on the plan.
    Down,
    /// To the left.
    Left,
}

impl Rotation {
    /// All, clockwise.
    pub const ALL: [Self; 4] = [Self::Up, Self::Right, Self::Down, Self::Left];

    /// Degrees, clockwise.
    pub const fn degrees(self) -> i64 {
        match self {
            Self::Up => 0,
            Self::Right => 90,
            Self::Down => 180,
            Self::Left => 270,
        }
    }

    /// The rotation of so many degrees.
    pub fn from_degrees(degrees: i64) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|known| known.degrees() == degrees)
    }

    const fn lies_across(self) -> bool {
        matches!(self, Self::Right | Self::Left)
    }
}

/// Where a rack stands on the floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Spot {
    /// Column of its upper left tile, counted from one.
    pub x: i64,
    /// Row of its upper left tile, counted from one.
    pub y: i64,
    /// Where its front looks.
    pub rotation: Rotation,
}

impl Spot {
    /// Reads the fields `grid_x`, `grid_y` and `rotation`; `Some(None)` when no place on the floor was typed.
    pub fn read(fields: &Fields, faults: &mut Faults) -> Option<Option<Self>> {
        let mut number = |field, min, max| faults.keep(whole(field, fields.get(field), min, max));
        let x = number("grid_x", 1, MAX_TILES);
        let y = number("grid_y", 1, MAX_TILES);
        let rotation = number("rotation", 0, 270);
        let rotation = match rotation? {
            None => Some(Rotation::Up),
            Some(degrees) => Rotation::from_degrees(degrees),
        };
        let Some(rotation) = rotation else {
            let message = Message::new("fault-choice").with("allowed", "0, 90, 180, 270");
            faults.add("rotation", message);
            return None;
        };
        match (x?, y?) {
            (Some(x), Some(y)) => Some(Some(Self { x, y, rotation })),
            (None, None) => Some(None),
            (Some(_), None) => {
                faults.add("grid_y", Message::new("fault-required"));
                None
            }
            (None, Some(_)) => {
                faults.add("grid_x", Message::new("fault-required"));
                None
            }
        }
    }
}

/// A rectangle of tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Area {
    /// First column.
    pub x: i64,
    /// First row.
    pub y: i64,
    /// How many columns.
    pub columns: i64,
    /// How many rows.
    pub rows: i64,
}

impl Area {
    /// Whether two areas share a tile.
    pub const fn overlaps(self, other: Self) -> bool {
        self.x < other.x + other.columns
            && other.x < self.x + self.columns
            && self.y < other.y + other.rows
            && other.y < self.y + self.rows
    }
}

/// The tiles that a rack of this size takes at a spot. A side that nobody measured takes one tile.
pub fn footprint(
    spot: Spot,
    width: Option<Millimetres>,
    depth: Option<Millimetres>,
    tile: Millimetres,
) -> Area {
    let tiles = |side: Option<Millimetres>| {
        let edge = tile.get().max(1);
        side.map_or(1, |side| (side.get() + edge - 1) / edge).max(1)
    };
    let (wide, deep) = (tiles(width), tiles(depth));
    let (columns, rows) = if spot.rotation.lies_across() {
        (deep, wide)
    } else {
        (wide, deep)
    };
    Area {
        x: spot.x,
        y: spot.y,
        columns,
        rows,
    }
}

crate::text_enum! {
    /// What air an aisle has.
    pub enum AisleKind {
        /// Air that was cooled; the fronts look into it.
        Cold = "cold",
        /// Air that machines have blown out.
        Hot = "hot",
    }
}

/// A named aisle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Aisle {
    /// Its air.
    pub kind: AisleKind,
    /// Its tiles.
    pub area: Area,
    /// Its name; may be empty.
    pub name: String,
}

impl Aisle {
    /// Reads one line: `cold 1,3 12x2 Aisle A`.
    pub fn from_line(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let kind = AisleKind::from_word(&words.next()?.to_lowercase())?;
        let (x, y) = pair(words.next()?, ',')?;
        let (columns, rows) = pair(&words.next()?.replace(['X', '×'], "x"), 'x')?;
        let area = Area {
            x,
            y,
            columns,
            rows,
        };
        let name: Vec<&str> = words.collect();
        Some(Self {
            kind,
            area,
            name: name.join(" "),
        })
    }

    fn to_line(&self) -> String {
        let Area {
            x,
            y,
            columns,
            rows,
        } = self.area;
        let line = format!("{} {x},{y} {columns}x{rows} {}", self.kind, self.name);
        line.trim_end().to_owned()
    }
}

fn pair(text: &str, mark: char) -> Option<(i64, i64)> {
    let (a, b) = text.split_once(mark)?;
    let number = |text: &str| {
        let number = text.parse::<i64>().ok()?;
        (1..=MAX_TILES).contains(&number).then_some(number)
    };
    Some((number(a)?, number(b)?))
}

/// A floor as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FloorDraft {
    /// Tiles from left to right; 0 for no plan.
    pub columns: i64,
    /// Tiles from back to front.
    pub rows: i64,
    /// Edge of a tile.
    pub tile: Millimetres,
    /// Aisles.
    pub aisles: Vec<Aisle>,
}

impl Default for FloorDraft {
    fn default() -> Self {
        Self {
            columns: 0,
            rows: 0,
            tile: USUAL_TILE,
            aisles: Vec::new(),
        }
    }
}

/// A floor as it is used.
pub type Floor = FloorDraft;

impl FloorDraft {
    /// Reads the fields `grid_columns`, `grid_rows`, `tile_mm` and `aisles`.
    pub fn read(fields: &Fields, faults: &mut Faults) -> Option<Self> {
        let mut number = |field, min, max| faults.keep(whole(field, fields.get(field), min, max));
        let columns = number("grid_columns", 0, MAX_TILES);
        let rows = number("grid_rows", 0, MAX_TILES);
        let tile = number("tile_mm", 100, 2000);
        let mut floor = Self {
            columns: columns?.unwrap_or(0),
            rows: rows?.unwrap_or(0),
            tile: tile?.map_or(USUAL_TILE, Millimetres::new),
            aisles: Vec::new(),
        };
        if (floor.columns == 0) != (floor.rows == 0) {
            faults.add("grid_rows", Message::new("facility-grid-half"));
            return None;
        }
        floor.aisles = floor.read_aisles(fields.get("aisles"), faults)?;
        Some(floor)
    }

    fn read_aisles(&self, text: &str, faults: &mut Faults) -> Option<Vec<Aisle>> {
        let mut aisles = Vec::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            match Aisle::from_line(line).filter(|aisle| aisle.name.chars().count() <= 64) {
                Some(aisle) if self.holds(aisle.area) => aisles.push(aisle),
                Some(_) => {
                    let message = Message::new("facility-aisle-outside").with("line", line.trim());
                    faults.add("aisles", message);
                    return None;
                }
                None => {
                    let shown: String = line.trim().chars().take(80).collect();
                    let message = Message::new("facility-aisle-line").with("line", shown);
                    faults.add("aisles", message);
                    return None;
                }
            }
        }
        if aisles.len() > MAX_AISLES {
            let message = Message::new("facility-aisles-many").with("max", MAX_AISLES);
            faults.add("aisles", message);
            return None;
        }
        Some(aisles)
    }

    /// The floor of a stored record; lines that nobody can read are left out.
    pub fn stored(columns: i64, rows: i64, tile: Millimetres, aisles: &str) -> Self {
        Self {
            columns,
            rows,
            tile,
            aisles: aisles.lines().filter_map(Aisle::from_line).collect(),
        }
    }

    /// Whether there is a plan of it.
    pub const fn is_planned(&self) -> bool {
        self.columns > 0 && self.rows > 0
    }

    /// Whether an area lies on it.
    pub const fn holds(&self, area: Area) -> bool {
        area.x >= 1
            && area.y >= 1
            && area.x + area.columns - 1 <= self.columns
            && area.y + area.rows - 1 <= self.rows
    }

    /// Its aisles as text, one a line.
    pub fn aisles_text(&self) -> String {
        let lines: Vec<String> = self.aisles.iter().map(Aisle::to_line).collect();
        lines.join("\n")
    }
}

/// A rack on the floor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The rack.
    pub rack_id: RackId,
    /// Its name.
    pub name: String,
    /// Its tiles.
    pub area: Area,
}

/// Why a rack may not stand somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FloorRefusal<'a> {
    /// The room has no plan.
    NoPlan,
    /// It would stick out.
    Outside,
    /// Racks are there.
    Taken(Vec<&'a Standing>),
}

/// Whether a rack may stand on these tiles beside the others (without itself). Aisles may be crossed: a person may
/// have reasons.
pub fn settle<'a>(
    floor: &Floor,
    others: &'a [Standing],
    area: Area,
) -> Result<(), FloorRefusal<'a>> {
    if !floor.is_planned() {
        return Err(FloorRefusal::NoPlan);
    }
    if !floor.holds(area) {
        return Err(FloorRefusal::Outside);
    }
    let taken: Vec<&Standing> = others
        .iter()
        .filter(|other| other.area.overlaps(area))
        .collect();
    if taken.is_empty() {
        Ok(())
    } else {
        Err(FloorRefusal::Taken(taken))
    }
}

#[cfg(test)]
#[path = "floor_tests.rs"]
mod tests;
