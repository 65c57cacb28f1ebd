//! Drawings on paper: SVG text in, octets of a PNG picture or of a PDF document out.
//!
//! Pure: nothing is read but the drawing and the fonts inside the program. A drawing cannot reach files or
//! addresses. Rendering takes milliseconds to tenths of a second of one core: not for a thread that others wait for.

mod document;
mod fonts;
mod labels;
mod picture;
mod square;

pub use document::{A4_HEIGHT_PT, A4_WIDTH_PT, PageSize, pdf, pdf_of_size};
pub use fonts::{Weight, fitted, text_width};
pub use labels::{Label, LabelStock, MOST_LABELS, label_sheets};
pub use picture::png;
pub use square::square;

use resvg::usvg;

/// Longest drawing, octets.
pub const MOST_SVG_OCTETS: usize = 4 * 1_048_576;
/// Longest edge of a picture, pixels.
pub const MOST_PIXELS: u32 = 4_096;
/// Most pages of a document.
pub const MOST_PAGES: usize = 500;

/// Why nothing came of a drawing.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// It is too long.
    #[error("a drawing of {octets} octets, {MOST_SVG_OCTETS} are allowed")]
    Long {
        /// Its length.
        octets: usize,
    },
    /// The picture would be too large, or has no size.
    #[error("a picture of {width} by {height} pixels, 1 to {MOST_PIXELS} are allowed")]
    Size {
        /// Pixels from left to right.
        width: f32,
        /// Pixels from top to bottom.
        height: f32,
    },
    /// No page, or too many.
    #[error("a document of {count} pages, 1 to {MOST_PAGES} are allowed")]
    Pages {
        /// How many.
        count: usize,
    },
    /// An address does not fit into a square code.
    #[error("square code: {0}")]
    Square(#[from] qrcode::types::QrError),
    /// It is no SVG.
    #[error("no drawing: {0}")]
    Drawing(#[from] usvg::Error),
    /// The picture could not be written.
    #[error("picture: {0}")]
    Picture(String),
    /// The page could not be written.
    #[error("page {page}: {fault}")]
    Page {
        /// Its number, from 1.
        page: usize,
        /// What is wrong with it.
        fault: String,
    },
}

#[cfg(test)]
#[path = "paper_tests.rs"]
mod tests;
