//! What a file is, by its content; what its name says does not count.

use crate::base::units::Octets;

crate::text_enum! {
    /// What can be kept; the words are media types.
    pub enum MediaType {
        /// A photo.
        Jpeg = "image/jpeg",
        /// A picture without loss.
        Png = "image/png",
        /// A photo or picture.
        Webp = "image/webp",
        /// A document as it prints.
        Pdf = "application/pdf",
        /// Plain text in UTF-8.
        Text = "text/plain",
        /// A workbook.
        Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        /// A written document.
        Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    }
}

/// Largest picture, octets.
const PICTURE_MOST: i64 = 10 * 1_048_576;
/// Largest document, octets.
const DOCUMENT_MOST: i64 = 25 * 1_048_576;

impl MediaType {
    /// Whether browsers show it as a picture.
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp)
    }

    /// Whether a browser may show it in its window; anything else is kept as a file.
    pub const fn is_shown(self) -> bool {
        self.is_picture() || matches!(self, Self::Pdf)
    }

    /// The largest that is taken.
    pub const fn most(self) -> Octets {
        Octets::new(if self.is_picture() {
            PICTURE_MOST
        } else {
            DOCUMENT_MOST
        })
    }

    /// The header that it is served with.
    pub const fn header(self) -> &'static str {
        match self {
            Self::Text => "text/plain; charset=utf-8",
            other => other.as_str(),
        }
    }
}

/// The largest file of any kind, octets.
pub const MOST_OCTETS: u64 = DOCUMENT_MOST.unsigned_abs();

/// What a file is; `None` for what is not kept, workbooks and documents with macros among it.
pub fn sniff(octets: &[u8]) -> Option<MediaType> {
    if octets.starts_with(&[0xff, 0xd8, 0xff]) {
        return Some(MediaType::Jpeg);
    }
    if octets.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(MediaType::Png);
    }
    if octets.starts_with(b"RIFF") && octets.get(8..12) == Some(b"WEBP".as_slice()) {
        return Some(MediaType::Webp);
    }
    if octets.starts_with(b"%PDF-") {
        return Some(MediaType::Pdf);
    }
    if octets.starts_with(b"PK\x03\x04") {
        return office(octets);
    }
    is_text(octets).then_some(MediaType::Text)
}

/// Whether it is text in UTF-8 without control characters other than those that make lines.
fn is_text(octets: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(octets) else {
        return false;
    };
    let is_plain = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{c}');
    !text.trim().is_empty() && text.chars().all(is_plain)
}

/// What an Office Open XML package (ECMA-376, part 2) holds, by the names in its directory.
fn office(octets: &[u8]) -> Option<MediaType> {
    let names = names_in_zip(octets)?;
    let has = |name: &str| names.contains(&name.as_bytes());
    let has_macros = names.iter().any(|name| name.ends_with(b"vbaProject.bin"));
    if !has("[Content_Types].xml") || has_macros {
        return None;
    }
    if has("xl/workbook.xml") {
        return Some(MediaType::Xlsx);
    }
    has("word/document.xml").then_some(MediaType::Docx)
}

/// End of the central directory and one entry of it (APPNOTE.TXT 4.3.16 and 4.3.12): signature, and length without texts.
const END: (&[u8], usize) = (b"PK\x05\x06", 22);
const ENTRY: (&[u8], usize) = (b"PK\x01\x02", 46);
/// Longest comment behind the end.
const COMMENT: usize = 65_535;
/// Names that are looked at.
const MOST_NAMES: u64 = 10_000;

/// The names in the central directory of a zip file; `None` when it has none that can be read.
fn names_in_zip(octets: &[u8]) -> Option<Vec<&[u8]>> {
    let last = octets.len().checked_sub(END.1)?;
    let first = last.saturating_sub(COMMENT);
    let end = (first..=last).rev().find(|at| {
        octets
            .get(*at..)
            .is_some_and(|rest| rest.starts_with(END.0))
    })?;
    let count = little(octets, end.checked_add(10)?, 2)?;
    let mut at = usize::try_from(little(octets, end.checked_add(16)?, 4)?).ok()?;
    let mut names = Vec::new();
    for _ in 0..count.min(MOST_NAMES) {
        if !octets.get(at..)?.starts_with(ENTRY.0) {
            return None;
        }
        let length = |offset: usize| {
            let length = little(octets, at.checked_add(offset)?, 2)?;
            usize::try_from(length).ok()
        };
        let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
        let begin = at.checked_add(ENTRY.1)?;
        let behind = begin.checked_add(name)?;
        names.push(octets.get(begin..behind)?);
        at = behind.checked_add(extra)?.checked_add(comment)?;
    }
    Some(names)
}

/// A number whose lowest octet comes first.
fn little(octets: &[u8], at: usize, length: usize) -> Option<u64> {
    let part = octets.get(at..at.checked_add(length)?)?;
    Some(
        part.iter()
            .rev()
            .fold(0, |number, octet| number << 8 | u64::from(*octet)),
    )
}

#[cfg(test)]
#[path = "sniff_tests.rs"]
mod tests;
