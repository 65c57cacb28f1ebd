//! Drawings as the pages of a PDF document (ISO 32000-1), with text that can be selected.

use std::collections::HashMap;

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, TextStr};
use svg2pdf::ConversionOptions;

use super::picture::tree;
use super::{MOST_PAGES, PaperError};
use crate::base::locale::Locale;

/// Width of a page: 210 mm in points of 1/72 inch.
pub const A4_WIDTH_PT: f32 = 595.276;
/// Height of a page: 297 mm.
pub const A4_HEIGHT_PT: f32 = 841.89;

const DRAWING: Name<'static> = Name(b"D");

/// Width and height of a page, points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PageSize {
    /// From left to right.
    pub width: f32,
    /// From top to bottom.
    pub height: f32,
}

/// A4, upright.
const A4: PageSize = PageSize {
    width: A4_WIDTH_PT,
    height: A4_HEIGHT_PT,
};

/// A document of A4 pages, a drawing each, stretched to the page. The same drawings give the same octets.
///
/// # Errors
/// [`PaperError`] for no page or too many, and for a page that is no drawing.
pub fn pdf(pages: &[String], title: &str, language: Locale) -> Result<Vec<u8>, PaperError> {
    pdf_of_size(pages, A4, title, language)
}

/// The same with pages of another size.
///
/// # Errors
/// [`PaperError`] for no page or too many, and for a page that is no drawing.
pub fn pdf_of_size(
    pages: &[String],
    size: PageSize,
    title: &str,
    language: Locale,
) -> Result<Vec<u8>, PaperError> {
    if pages.is_empty() || pages.len() > MOST_PAGES {
        return Err(PaperError::Pages { count: pages.len() });
    }
    let mut next = Ref::new(1);
    let (catalog, page_tree, about) = (next.bump(), next.bump(), next.bump());
    let mut pdf = Pdf::new();
    let mut kids = Vec::new();
    for (index, svg) in pages.iter().enumerate() {
        let drawing = put(&mut pdf, &mut next, svg, index + 1)?;
        let (page, content) = (next.bump(), next.bump());
        pdf.stream(content, &stretched(size));
        let mut written = pdf.page(page);
        written.parent(page_tree);
        written.media_box(Rect::new(0.0, 0.0, size.width, size.height));
        written.contents(content);
        let mut resources = written.resources();
        resources.x_objects().pair(DRAWING, drawing);
        resources.finish();
        written.finish();
        kids.push(page);
    }
    let count = i32::try_from(kids.len()).unwrap_or(i32::MAX);
    pdf.pages(page_tree).kids(kids).count(count);
    pdf.catalog(catalog)
        .pages(page_tree)
        .lang(TextStr(language.as_str()));
    pdf.document_info(about)
        .title(TextStr(title))
        .producer(TextStr("Coldaisle"));
    Ok(pdf.finish())
}

/// Puts a drawing into the document; gives where it is.
fn put(pdf: &mut Pdf, next: &mut Ref, svg: &str, page: usize) -> Result<Ref, PaperError> {
    let fault = |fault: String| PaperError::Page { page, fault };
    let tree = tree(svg)?;
    let (chunk, root) = svg2pdf::to_chunk(&tree, ConversionOptions::default())
        .map_err(|error| fault(error.to_string()))?;
    let mut numbers = HashMap::new();
    let chunk = chunk.renumber(|old| *numbers.entry(old).or_insert_with(|| next.bump()));
    pdf.extend(&chunk);
    let root = numbers.get(&root).copied();
    root.ok_or_else(|| fault("it has no content".to_owned()))
}

/// What a page shows: its drawing, which is one by one, over the whole of it.
fn stretched(size: PageSize) -> Vec<u8> {
    let mut content = Content::new();
    content.save_state();
    content.transform([size.width, 0.0, 0.0, size.height, 0.0, 0.0]);
    content.x_object(DRAWING);
    content.restore_state();
    content.finish()
}
