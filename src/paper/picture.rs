//! A drawing as a tree, and as a picture.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{FontResolver, ImageHrefResolver, Options, Tree};

use super::fonts::{another, fonts};
use super::{MOST_PIXELS, MOST_SVG_OCTETS, PaperError};

/// Reads a drawing; images in it, of whatever address, are left out.
pub(super) fn tree(svg: &str) -> Result<Tree, PaperError> {
    if svg.len() > MOST_SVG_OCTETS {
        return Err(PaperError::Long { octets: svg.len() });
    }
    let options = Options {
        resources_dir: None,
        font_family: "Open Sans".to_owned(),
        fontdb: fonts(),
        font_resolver: FontResolver {
            select_fallback: Box::new(|letter, used, fonts| another(letter, used, fonts)),
            ..FontResolver::default()
        },
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    Ok(Tree::from_str(svg, &options)?)
}

/// The drawing as a PNG picture, so many pixels to one of its units.
///
/// # Errors
/// [`PaperError`] for what is no drawing, or larger than a picture may be.
pub fn png(svg: &str, scale: f32) -> Result<Vec<u8>, PaperError> {
    let tree = tree(svg)?;
    let (width, height) = (tree.size().width() * scale, tree.size().height() * scale);
    let size = PaperError::Size { width, height };
    let (Some(across), Some(down)) = (pixels(width), pixels(height)) else {
        return Err(size);
    };
    let mut picture = Pixmap::new(across, down).ok_or(size)?;
    let scale = Transform::from_scale(scale, scale);
    resvg::render(&tree, scale, &mut picture.as_mut());
    picture
        .encode_png()
        .map_err(|fault| PaperError::Picture(fault.to_string()))
}

/// Whole pixels of a length; none when it is nothing or too much.
fn pixels(length: f32) -> Option<u32> {
    let whole = length.ceil();
    (whole >= 1.0 && whole <= MOST_PIXELS as f32).then_some(whole as u32)
}
