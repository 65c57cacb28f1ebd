//! A rack from the front and from the rear.
//!
//! What the reader may not see is a grey box without name, address or number, in the source as on the screen.

use std::fmt::Write;

use super::paint::{Legend, Paints};
use super::text::{FONT, escaped, squeezed};
use crate::base::fault::Message;
use crate::base::fold::fold;
use crate::base::ids::DeviceId;
use crate::facility::{Face, Frame, Half, Numbering, Occupant, Place};
use crate::inventory::DeviceRow;

/// Height of a half-unit.
const HALF: i64 = 9;
/// Left edge of the units.
const BODY: i64 = 50;
/// Width of the units.
const WIDTH: i64 = 240;
/// Width of one face.
const FACE: i64 = 340;
/// Room above the units.
const TOP: i64 = 6;
/// Room above a face for its name, in a file of its own.
const HEAD: i64 = 26;
/// Lines of the legend in a file of its own.
const LEGEND_LINE: i64 = 16;

/// Units that are kept, as the reader may know of them.
pub(in crate::web) struct Kept {
    /// What is kept.
    pub place: Place,
    /// For whom and what for; `None` for what the reader may not know.
    pub label: Option<String>,
}

/// What the drawing needs: the rack, what stands in it, and what the reader may see of that.
pub(in crate::web) struct Elevation<'a> {
    /// Name of the rack.
    pub name: &'a str,
    /// The rack's grid.
    pub frame: Frame,
    /// All that stands in it.
    pub occupants: &'a [Occupant],
    /// The devices the reader may see, blades too; the others have no name.
    pub seen: &'a [DeviceRow],
    /// What is kept.
    pub kept: &'a [Kept],
    /// Colours and words.
    pub paints: &'a Paints<'a>,
    /// Text that lights devices up, folded.
    pub search: String,
    /// Prefix to which a unit number is added for "put something here".
    pub free_href: Option<String>,
    /// Whether devices carry what the script needs to move them.
    pub movable: bool,
}

/// A box on a face.
struct Spot {
    x: i64,
    y: i64,
    wide: i64,
    high: i64,
}

impl Elevation<'_> {
    fn word(&self, key: &'static str) -> String {
        escaped(&self.paints.words.text(self.paints.locale, key))
    }

    fn row(&self, id: DeviceId) -> Option<&DeviceRow> {
        self.seen.iter().find(|row| row.device.id == id)
    }

    const fn height(&self) -> i64 {
        self.frame.half_units() * HALF + 2 * TOP
    }

    /// One face as a part of a page.
    pub(in crate::web) fn face(&self, face: Face) -> String {
        let title = self.face_title(face);
        let numbering = match self.frame.numbering {
            Numbering::Up => "up",
            Numbering::Down => "down",
        };
        format!(
            "<svg class=\"elevation\" id=\"{face}-drawing\" viewBox=\"0 0 {FACE} {}\" role=\"group\" aria-label=\"{title}\" \
             data-face=\"{face}\" data-units=\"{}\" data-start=\"{}\" data-numbering=\"{numbering}\">{}</svg>",
            self.height(),
            self.frame.units,
            self.frame.starting_unit,
            self.group(face),
        )
    }

    fn face_title(&self, face: Face) -> String {
        let side = match face {
            Face::Rear => self.word("face-rear"),
            _ => self.word("face-front"),
        };
        let message = Message::new("elevation-face")
            .with("face", side)
            .with("units", self.frame.units);
        let said = self.paints.words.say(self.paints.locale, &message);
        format!("{} {said}", escaped(self.name))
    }

    /// Faces side by side as a file of its own, with the legend below.
    pub(in crate::web) fn file(&self, faces: &[Face]) -> String {
        let legend = self.paints.legend();
        let count = i64::try_from(faces.len()).unwrap_or(1);
        let lines = i64::try_from(legend.len()).unwrap_or(0);
        let (wide, body) = (FACE * count, self.height() + HEAD);
        let high = body + lines * LEGEND_LINE + 12;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide} {high}\" width=\"{wide}\" height=\"{high}\" \
             role=\"img\" font-family=\"{FONT}\" font-size=\"10.5\"><title>{}</title>\
             <rect width=\"{wide}\" height=\"{high}\" fill=\"#ffffff\"/>",
            escaped(self.name),
        );
        for (at, face) in (0..).zip(faces) {
            let _ = write!(
                svg,
                "<g transform=\"translate({} {HEAD})\"><text x=\"{BODY}\" y=\"-8\" font-size=\"13\" font-weight=\"600\" fill=\"#18222d\">{}</text>{}</g>",
                FACE * at,
                self.face_title(*face),
                self.group(*face),
            );
        }
        for (at, line) in (0..).zip(&legend) {
            svg.push_str(&legend_line(line, body + 8 + at * LEGEND_LINE));
        }
        svg.push_str("</svg>\n");
        svg
    }

    fn group(&self, face: Face) -> String {
        let mut svg = self.posts(face);
        for kept in self.kept {
            svg.push_str(&self.kept(kept, face));
        }
        let (mut behind, mut here) = (String::new(), String::new());
        for occupant in self.occupants {
            let Some(Place::Units { front, rear, .. }) = occupant.place() else {
                continue;
            };
            let is_here = if face == Face::Rear { rear } else { front };
            if is_here {
                here.push_str(&self.device(occupant, face));
            } else {
                behind.push_str(&self.behind(occupant, face));
            }
        }
        svg.push_str(&behind);
        svg.push_str(&here);
        svg.push_str(&self.sides(face));
        svg
    }

    /// Frame, numbers and empty units.
    fn posts(&self, face: Face) -> String {
        let high = self.frame.half_units() * HALF;
        let mut svg = format!(
            "<rect class=\"el-frame\" x=\"{}\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"3\" fill=\"#d5dce2\" stroke=\"#8a97a4\"/>",
            BODY - 8,
            WIDTH + 16,
            high + 2 * TOP - 1,
        );
        for (at, number) in (0..).zip(self.frame.numbers_from_top()) {
            let y = TOP + at * 2 * HALF;
            for x in [BODY - 19, BODY + WIDTH + 19] {
                let _ = write!(
                    svg,
                    "<text class=\"el-unit\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\" font-size=\"9\" fill=\"#55616e\" aria-hidden=\"true\">{number}</text>",
                    y + 12,
                );
            }
            let slot = format!(
                "<rect class=\"el-slot\" x=\"{BODY}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{}\" fill=\"#f7f9fa\" stroke=\"#c6ced6\" stroke-width=\"0.5\"/>",
                2 * HALF,
            );
            match &self.free_href {
                Some(href) => {
                    let _ = write!(
                        svg,
                        "<a href=\"{}{number}&amp;face={face}\" tabindex=\"-1\" aria-hidden=\"true\">{slot}</a>",
                        escaped(href),
                    );
                }
                None => svg.push_str(&slot),
            }
        }
        svg
    }

    /// Where something is drawn; the rear is seen from behind, so that left is right.
    fn spot_of(&self, place: Place, face: Face) -> Option<Spot> {
        let Place::Units {
            offset,
            height,
            half,
            ..
        } = place
        else {
            return None;
        };
        let top = self.frame.half_units() - offset.get() - height.get();
        let is_right = match half {
            Some(Half::Left) => face == Face::Rear,
            Some(Half::Right) => face != Face::Rear,
            None => false,
        };
        Some(Spot {
            x: BODY + if is_right { WIDTH / 2 } else { 0 },
            y: TOP + top * HALF,
            wide: if half.is_some() { WIDTH / 2 } else { WIDTH },
            high: height.get() * HALF,
        })
    }

    fn kept(&self, kept: &Kept, face: Face) -> String {
        let Place::Units { front, rear, .. } = kept.place else {
            return String::new();
        };
        let is_here = if face == Face::Rear { rear } else { front };
        let Some(at) = self.spot_of(kept.place, face).filter(|_| is_here) else {
            return String::new();
        };
        let label = match &kept.label {
            Some(label) => escaped(label),
            None => self.word("racks-occupied"),
        };
        let class = if kept.label.is_some() {
            "el-reserved"
        } else {
            "el-other"
        };
        format!(
            "<g class=\"{class}\" role=\"img\"><title>{label}</title><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"2\" \
             fill=\"#fdf3da\" stroke=\"#8a6100\" stroke-dasharray=\"4 3\"/><text x=\"{}\" y=\"{}\" fill=\"#55616e\">{label}</text></g>",
            at.x + 1,
            at.y + 1,
            at.wide - 2,
            at.high - 2,
            at.x + 10,
            at.y + at.high / 2 + 4,
        )
    }

    /// What is fixed at the other face and does not reach this one.
    fn behind(&self, occupant: &Occupant, face: Face) -> String {
        let Some(at) = occupant.place().and_then(|place| self.spot_of(place, face)) else {
            return String::new();
        };
        let label = match self.row(occupant.device_id) {
            Some(row) => escaped(&row.device.name),
            None => self.word("racks-occupied"),
        };
        format!(
            "<g class=\"el-behind\" role=\"img\"><title>{label}</title><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"2\" \
             fill=\"none\" stroke=\"#8a97a4\" stroke-dasharray=\"2 3\"/><text x=\"{}\" y=\"{}\" fill=\"#55616e\">{label}</text></g>",
            at.x + 1,
            at.y + 1,
            at.wide - 2,
            at.high - 2,
            at.x + 12,
            at.y + at.high / 2 + 4,
        )
    }

    fn device(&self, occupant: &Occupant, face: Face) -> String {
        let Some(at) = occupant.place().and_then(|place| self.spot_of(place, face)) else {
            return String::new();
        };
        match self.row(occupant.device_id) {
            Some(row) => self.named(row, occupant, &at),
            None => self.nameless(&at) + &self.blades(occupant.device_id, &at),
        }
    }

    fn nameless(&self, at: &Spot) -> String {
        let label = self.word("racks-occupied");
        format!(
            "<g class=\"el-other\" role=\"img\"><title>{label}</title><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"2\" \
             fill=\"#dfe4e9\" stroke=\"#8a97a4\"/><text x=\"{}\" y=\"{}\" fill=\"#55616e\">{label}</text></g>",
            at.x + 1,
            at.y + 1,
            at.wide - 2,
            at.high - 2,
            at.x + 12,
            at.y + at.high / 2 + 4,
        )
    }

    fn is_hit(&self, row: &DeviceRow) -> bool {
        let device = &row.device;
        let texts = [
            device.name.as_str(),
            &device.label,
            device.serial.as_deref().unwrap_or(""),
            device.asset_tag.as_deref().unwrap_or(""),
        ];
        !self.search.is_empty() && texts.iter().any(|text| fold(text).contains(&self.search))
    }

    fn named(&self, row: &DeviceRow, occupant: &Occupant, at: &Spot) -> String {
        let tint = self.paints.of(row);
        let blades = self.blades(row.device.id, at);
        let mut inside = self
            .seen
            .iter()
            .filter(|blade| blade.device.chassis_id == Some(row.device.id));
        let is_hit = self.is_hit(row) || inside.any(|blade| self.is_hit(blade));
        let (name, word) = (escaped(&row.device.name), escaped(&tint.word));
        let title = [name.as_str(), &escaped(&row.device.label), &word]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(", ");
        let hit = if is_hit { " is-hit" } else { "" };
        let line = if is_hit { "3" } else { "0.75" };
        let low = at.high < 30;
        let middle = at.y + at.high / 2 + 4;
        let (text_y, word_x, word_y, anchor) = if low || !blades.is_empty() {
            let y = if blades.is_empty() { middle } else { at.y + 12 };
            (y, at.x + at.wide - 8, y, "end")
        } else {
            (middle - 6, at.x + 12, middle + 8, "start")
        };
        let shown_word = if at.wide < WIDTH && low {
            ""
        } else {
            word.as_str()
        };
        format!(
            "<a class=\"el-device {class}{hit}\" href=\"/devices/{id}\"{moving}><title>{title}</title>\
             <rect x=\"{x}.75\" y=\"{y}.75\" width=\"{wide}\" height=\"{high}\" rx=\"2\" fill=\"{fill}\" stroke=\"#55616e\" stroke-width=\"{line}\"/>\
             <text x=\"{text_x}\" y=\"{text_y}\" fill=\"#18222d\"{fit}>{name}</text>\
             <text class=\"el-sub\" x=\"{word_x}\" y=\"{word_y}\" text-anchor=\"{anchor}\" font-size=\"9\" fill=\"#3a4652\">{shown_word}</text></a>{blades}",
            class = tint.class,
            id = row.device.id,
            moving = self.moving(row, occupant),
            x = at.x,
            y = at.y,
            wide = at.wide - 2,
            high = at.high - 2,
            fill = tint.fill,
            text_x = at.x + 12,
            fit = fit(&row.device.name, at.wide, low && !shown_word.is_empty()),
        )
    }

    /// What the script needs to move a device; nothing for who may not.
    fn moving(&self, row: &DeviceRow, occupant: &Occupant) -> String {
        if !self.movable {
            return String::new();
        }
        let half = occupant.half.map_or("", Half::as_str);
        format!(
            " data-device=\"{}\" data-version=\"{}\" data-name=\"{}\" data-offset=\"{}\" data-height=\"{}\" data-face=\"{}\" \
             data-deep=\"{}\" data-half=\"{half}\"",
            row.device.id,
            row.device.version,
            escaped(&row.device.name),
            occupant.offset.map_or(0, |offset| offset.get()),
            occupant.height.get(),
            occupant.face,
            occupant.full_depth,
        )
    }

    /// The blades of a chassis side by side, as far as the reader sees them.
    fn blades(&self, chassis: DeviceId, at: &Spot) -> String {
        let mut inside: Vec<&DeviceRow> = self
            .seen
            .iter()
            .filter(|row| row.device.chassis_id == Some(chassis))
            .collect();
        let count = i64::try_from(inside.len()).unwrap_or(0);
        if count == 0 || at.high < 4 * HALF {
            return String::new();
        }
        inside.sort_by(|a, b| a.device.bay.cmp(&b.device.bay));
        let wide = (at.wide - 16) / count;
        let mut svg = String::new();
        for (number, row) in (0..).zip(inside) {
            let tint = self.paints.of(row);
            let name = escaped(&row.device.name);
            let bay = escaped(row.device.bay.as_deref().unwrap_or(""));
            let _ = write!(
                svg,
                "<a class=\"el-device el-blade {}{}\" href=\"/devices/{}\"><title>{bay}: {name}</title><rect x=\"{}\" y=\"{}\" \
                 width=\"{}\" height=\"{}\" rx=\"1.5\" fill=\"{}\" stroke=\"#55616e\" stroke-width=\"0.5\"/><text class=\"el-sub\" \
                 x=\"{}\" y=\"{}\" font-size=\"9\" text-anchor=\"middle\" fill=\"#18222d\">{bay}</text></a>",
                tint.class,
                if self.is_hit(row) { " is-hit" } else { "" },
                row.device.id,
                at.x + 8 + number * wide,
                at.y + 17,
                (wide - 2).max(1),
                at.high - 21,
                tint.fill,
                at.x + 8 + number * wide + wide / 2,
                at.y + at.high / 2 + 11,
            );
        }
        svg
    }

    /// What hangs at the sides; seen from behind, left is right.
    fn sides(&self, face: Face) -> String {
        let mut svg = String::new();
        let full = self.frame.half_units() * HALF;
        for side in [Face::Left, Face::Right] {
            let hanging: Vec<&Occupant> = self
                .occupants
                .iter()
                .filter(|one| one.face == side)
                .collect();
            let count = i64::try_from(hanging.len()).unwrap_or(0).max(1);
            let is_left = (side == Face::Left) == (face != Face::Rear);
            let x = if is_left { 4 } else { FACE - 18 };
            let high = full / count;
            for (number, occupant) in (0..).zip(hanging) {
                svg.push_str(&self.hanging(occupant, x, TOP + number * high, high - 4));
            }
        }
        svg
    }

    fn hanging(&self, occupant: &Occupant, x: i64, y: i64, high: i64) -> String {
        let shape = |fill: &str, label: &str| {
            let middle = y + high / 2;
            format!(
                "<title>{label}</title><rect x=\"{x}\" y=\"{y}\" width=\"14\" height=\"{high}\" rx=\"2\" fill=\"{fill}\" \
                 stroke=\"#55616e\" stroke-width=\"0.75\"/><text x=\"{}\" y=\"{middle}\" font-size=\"9\" text-anchor=\"middle\" fill=\"#18222d\" \
                 transform=\"rotate(-90 {} {middle})\">{label}</text>",
                x + 10,
                x + 10,
            )
        };
        match self.row(occupant.device_id) {
            Some(row) => {
                let tint = self.paints.of(row);
                let name = escaped(&row.device.name);
                let hit = if self.is_hit(row) { " is-hit" } else { "" };
                format!(
                    "<a class=\"el-device {}{hit}\" href=\"/devices/{}\">{}</a>",
                    tint.class,
                    row.device.id,
                    shape(tint.fill, &name),
                )
            }
            None => {
                let label = self.word("racks-occupied");
                format!(
                    "<g class=\"el-other\" role=\"img\">{}</g>",
                    shape("#dfe4e9", &label)
                )
            }
        }
    }

    /// How many devices the search lights up.
    pub(in crate::web) fn hits(&self) -> usize {
        self.seen.iter().filter(|row| self.is_hit(row)).count()
    }
}

/// Squeezes a name that is wider than its box.
fn fit(name: &str, wide: i64, beside: bool) -> String {
    squeezed(name, wide - if beside { 100 } else { 24 })
}

fn legend_line(line: &Legend, y: i64) -> String {
    format!(
        "<rect x=\"{BODY}\" y=\"{y}\" width=\"14\" height=\"10\" fill=\"{}\" stroke=\"#55616e\" stroke-width=\"0.5\"/>\
         <text x=\"{}\" y=\"{}\" fill=\"#18222d\">{}</text>",
        line.fill,
        BODY + 20,
        y + 9,
        escaped(&line.word),
    )
}
