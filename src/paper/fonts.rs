//! The fonts inside the program: one for Latin in two weights, one for Chinese.

use std::sync::{Arc, LazyLock};

use resvg::usvg::fontdb::{Database, ID, Source};
use ttf_parser::Face;

use crate::words::asset;

/// Family of Latin letters; what it lacks comes from the other font.
const LATIN: &str = "Open Sans";
const REGULAR: &str = "fonts/OpenSans-Regular.ttf";
const SEMIBOLD: &str = "fonts/OpenSans-Semibold.ttf";
const CHINESE: &str = "fonts/DroidSansFallbackFull.ttf";

/// How heavy a text is drawn. Chinese letters have one weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// `font-weight` 400.
    Regular,
    /// `font-weight` 600.
    Semibold,
}

static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    for path in [REGULAR, SEMIBOLD, CHINESE] {
        match asset(path) {
            Some(file) => {
                fonts.load_font_source(Source::Binary(Arc::new(file.bytes)));
            }
            None => tracing::error!(path, "a font is missing"),
        }
    }
    for set in [
        Database::set_serif_family,
        Database::set_sans_serif_family,
        Database::set_monospace_family,
    ] {
        set(&mut fonts, LATIN.to_owned());
    }
    Arc::new(fonts)
});

/// All fonts, read once.
pub(super) fn fonts() -> Arc<Database> {
    FONTS.clone()
}

/// A font that has a letter, besides those that were tried.
pub(super) fn another(letter: char, used: &[ID], fonts: &Database) -> Option<ID> {
    let has = |id: &ID| {
        let found = fonts.with_face_data(*id, |octets, index| {
            let face = Face::parse(octets, index).ok()?;
            face.glyph_index(letter)
        });
        found.flatten().is_some()
    };
    let mut others = fonts.faces().map(|face| face.id);
    others.find(|id| !used.contains(id) && has(id))
}

/// Advance widths of a font in parts of its size.
struct Widths(std::collections::HashMap<char, f32>);

static WIDTHS: LazyLock<[Widths; 3]> = LazyLock::new(|| [REGULAR, SEMIBOLD, CHINESE].map(widths));

fn widths(path: &str) -> Widths {
    let mut known = std::collections::HashMap::new();
    if let Some(file) = asset(path)
        && let Ok(face) = Face::parse(&file.bytes, 0)
    {
        let em = f32::from(face.units_per_em());
        let tables = face.tables().cmap.iter().flat_map(|cmap| cmap.subtables);
        for table in tables.filter(ttf_parser::cmap::Subtable::is_unicode) {
            table.codepoints(|code| {
                if let Some(letter) = char::from_u32(code)
                    && let Some(glyph) = face.glyph_index(letter)
                    && let Some(advance) = face.glyph_hor_advance(glyph)
                {
                    known.insert(letter, f32::from(advance) / em);
                }
            });
        }
    }
    Widths(known)
}

/// How wide a text is drawn, in the unit of `size`; kerning left out.
pub fn text_width(text: &str, size: f32, weight: Weight) -> f32 {
    let [regular, semibold, chinese] = &*WIDTHS;
    let latin = match weight {
        Weight::Regular => regular,
        Weight::Semibold => semibold,
    };
    let width = |letter: char| latin.0.get(&letter).or_else(|| chinese.0.get(&letter));
    text.chars()
        .map(|letter| width(letter).copied().unwrap_or(1.0) * size)
        .sum()
}

/// The text as far as it fits, with an ellipsis where something was left out.
pub fn fitted(text: &str, size: f32, weight: Weight, width: f32) -> String {
    if text_width(text, size, weight) <= width {
        return text.to_owned();
    }
    let room = width - text_width("…", size, weight);
    let mut used = 0.0;
    let kept = text.chars().take_while(|letter| {
        used += text_width(letter.encode_utf8(&mut [0; 4]), size, weight);
        used <= room
    });
    let mut kept: String = kept.collect();
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}
