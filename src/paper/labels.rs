//! Labels with a square code: sheets of them, or one after the other on a tape. Beside the code stands in words what a
//! person needs who has no telephone at hand.

use super::document::PageSize;
use super::fonts::{Weight, fitted, text_width};
use super::square::code;
use super::{MOST_PAGES, PaperError};

/// Points of a millimetre.
const MM: f32 = 72.0 / 25.4;
/// Most labels of one document.
pub const MOST_LABELS: usize = 500;
/// Largest side of a code with its light edge, millimetres.
const LARGEST_CODE: f32 = 34.0;
/// From the edge of a label to what is on it, millimetres.
const EDGE: f32 = 1.5;
/// Smallest letters that are read at arm's length, points.
const SMALLEST: f32 = 5.5;

crate::text_enum! {
    /// What labels are printed on.
    pub enum LabelStock {
        /// A4 with 24 labels of 70 by 37 mm.
        A4Of24 = "a4-3x8",
        /// A4 with 14 labels of 99.1 by 38.1 mm.
        A4Of14 = "a4-2x7",
        /// A4 with 65 labels of 38.1 by 21.2 mm.
        A4Of65 = "a4-5x13",
        /// Letter with 30 labels of 2 5/8 by 1 inch.
        LetterOf30 = "letter-3x10",
        /// Continuous tape of 62 mm; a label of 29 mm each.
        Tape62 = "tape-62",
    }
}

/// Places of labels on a page, millimetres.
#[derive(Debug, Clone, Copy)]
struct Grid {
    page: (f32, f32),
    columns: usize,
    rows: usize,
    label: (f32, f32),
    first: (f32, f32),
    pitch: (f32, f32),
}

impl LabelStock {
    const fn grid(self) -> Grid {
        const A4: (f32, f32) = (210.0, 297.0);
        const LETTER: (f32, f32) = (215.9, 279.4);
        match self {
            Self::A4Of24 => Grid {
                page: A4,
                columns: 3,
                rows: 8,
                label: (70.0, 37.0),
                first: (0.0, 0.5),
                pitch: (70.0, 37.0),
            },
            Self::A4Of14 => Grid {
                page: A4,
                columns: 2,
                rows: 7,
                label: (99.1, 38.1),
                first: (4.65, 15.15),
                pitch: (101.6, 38.1),
            },
            Self::A4Of65 => Grid {
                page: A4,
                columns: 5,
                rows: 13,
                label: (38.1, 21.2),
                first: (4.75, 10.7),
                pitch: (40.6, 21.2),
            },
            Self::LetterOf30 => Grid {
                page: LETTER,
                columns: 3,
                rows: 10,
                label: (66.675, 25.4),
                first: (4.7625, 12.7),
                pitch: (69.85, 25.4),
            },
            Self::Tape62 => Grid {
                page: (62.0, 29.0),
                columns: 1,
                rows: 1,
                label: (62.0, 29.0),
                first: (0.0, 0.0),
                pitch: (62.0, 29.0),
            },
        }
    }

    /// Labels of one page.
    pub const fn places(self) -> usize {
        let grid = self.grid();
        grid.columns * grid.rows
    }

    /// Size of a page.
    pub fn page(self) -> PageSize {
        let (width, height) = self.grid().page;
        PageSize {
            width: width * MM,
            height: height * MM,
        }
    }
}

/// What is on one label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What people call the thing.
    pub title: String,
    /// What else is to be read, the most important first; what does not fit is left out.
    pub lines: Vec<String>,
    /// What the code opens.
    pub address: String,
}

/// The labels as drawings of pages, the first at `start` (from 1, row by row) of the first page; on a tape from its
/// beginning.
///
/// # Errors
/// [`PaperError`] for no label, too many of them, and for an address that is too long for a code.
pub fn label_sheets(
    labels: &[Label],
    stock: LabelStock,
    start: usize,
) -> Result<Vec<String>, PaperError> {
    let places = stock.places();
    let skipped = start.clamp(1, places) - 1;
    let count = labels.len();
    if count == 0 || count > MOST_LABELS || (count + skipped).div_ceil(places) > MOST_PAGES {
        return Err(PaperError::Pages { count });
    }
    let grid = stock.grid();
    let mut pages = Vec::new();
    let mut drawn = String::new();
    for (index, label) in labels.iter().enumerate() {
        let place = (index + skipped) % places;
        if place == 0 && !drawn.is_empty() {
            pages.push(page(grid, &std::mem::take(&mut drawn)));
        }
        let (row, column) = (place / grid.columns, place % grid.columns);
        let x = grid.first.0 + column as f32 * grid.pitch.0;
        let y = grid.first.1 + row as f32 * grid.pitch.1;
        drawn.push_str(&one(label, (x * MM, y * MM), grid.label)?);
    }
    pages.push(page(grid, &drawn));
    Ok(pages)
}

fn page(grid: Grid, drawn: &str) -> String {
    let (width, height) = (grid.page.0 * MM, grid.page.1 * MM);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"Open Sans, sans-serif\" fill=\"#000000\">\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>{drawn}</svg>"
    )
}

/// One label: the code at the left, words at its right.
fn one(
    label: &Label,
    (x, y): (f32, f32),
    (width, height): (f32, f32),
) -> Result<String, PaperError> {
    let side = (height - 2.0 * EDGE).min(width * 0.48).min(LARGEST_CODE);
    let code_x = x + EDGE * MM;
    let code_y = y + (height - side) / 2.0 * MM;
    let mut drawn = code(&label.address, (code_x, code_y), side * MM)?;
    let left = code_x + (side + 0.5) * MM;
    let room = Room {
        x: left,
        y: y + EDGE * MM,
        width: x + (width - EDGE) * MM - left,
        height: (height - 2.0 * EDGE) * MM,
    };
    drawn.push_str(&room.words(label));
    Ok(drawn)
}

/// Where words may stand, points.
struct Room {
    x: f32,
    y: f32,
    width: f32,
    height: f32,
}

impl Room {
    fn words(&self, label: &Label) -> String {
        let usual = (self.height * 0.16).clamp(SMALLEST, 11.0);
        let title = self.size_of(&label.title, usual * 1.6, Weight::Semibold);
        let mut base = self.y + title;
        let mut drawn = self.line(&label.title, base, title, Weight::Semibold);
        for line in label.lines.iter().filter(|line| !line.is_empty()) {
            let size = self.size_of(line, usual, Weight::Regular);
            for piece in self.pieces(line, size) {
                base += size * 1.3;
                if base > self.y + self.height {
                    return drawn;
                }
                drawn.push_str(&self.line(&piece, base, size, Weight::Regular));
            }
        }
        drawn
    }

    /// A line as it is, or on several ones where it is too long even in the smallest letters: half a serial number is
    /// none.
    fn pieces(&self, line: &str, size: f32) -> Vec<String> {
        let mut pieces = vec![String::new()];
        for letter in line.chars() {
            let Some(last) = pieces.last_mut() else { break };
            last.push(letter);
            let is_over = text_width(last, size, Weight::Regular) > self.width;
            if is_over && last.chars().nth(1).is_some() {
                last.pop();
                pieces.push(letter.to_string());
            }
        }
        pieces
    }

    /// Letters as large as a text allows, none too small to read.
    fn size_of(&self, text: &str, largest: f32, weight: Weight) -> f32 {
        let width = text_width(text, largest, weight);
        if width <= self.width {
            return largest;
        }
        (largest * self.width / width * 0.99).max(SMALLEST)
    }

    fn line(&self, text: &str, base: f32, size: f32, weight: Weight) -> String {
        let text = escaped(&fitted(text, size, weight, self.width));
        let weight = match weight {
            Weight::Semibold => " font-weight=\"600\"",
            Weight::Regular => "",
        };
        let x = self.x;
        format!("<text x=\"{x}\" y=\"{base}\" font-size=\"{size}\"{weight}>{text}</text>")
    }
}

/// Text that may stand in XML.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => {
                safe.push(' ');
            }
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
#[path = "labels_tests.rs"]
mod tests;
