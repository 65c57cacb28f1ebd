//! Square codes (QR, ISO/IEC 18004) as drawings.

use qrcode::{Color, EcLevel, QrCode};

use super::PaperError;

/// Light modules around a code (ISO/IEC 18004, 9.1).
pub(super) const QUIET: usize = 4;

/// The dark modules of a code, with its light edge inside a square of `side` points.
pub(super) fn code(address: &str, (x, y): (f32, f32), side: f32) -> Result<String, PaperError> {
    let square = QrCode::with_error_correction_level(address, EcLevel::M)?;
    let modules = square.width();
    let mut path = String::new();
    for (at, color) in square.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (column, row) = (at % modules + QUIET, at / modules + QUIET);
            path.push_str(&format!("M{column} {row}h1v1h-1z"));
        }
    }
    let scale = side / (modules + 2 * QUIET) as f32;
    Ok(format!(
        "<path transform=\"translate({x} {y}) scale({scale})\" d=\"{path}\"/>"
    ))
}

/// A code alone, dark on white, as a drawing of `side` by `side` points.
///
/// # Errors
/// [`PaperError::Square`] for an address that is too long for a code.
pub fn square(address: &str, side: f32) -> Result<String, PaperError> {
    let drawn = code(address, (0.0, 0.0), side)?;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{side}\" height=\"{side}\" viewBox=\"0 0 {side} {side}\" \
         fill=\"#000000\"><rect width=\"{side}\" height=\"{side}\" fill=\"#ffffff\"/>{drawn}</svg>"
    ))
}
