//! Photos without what they say of place, time and camera.
//!
//! A JPEG file (ITU-T T.81, annex B) is a row of segments. Where it was taken stands in those for applications: Exif and
//! XMP in APP1, further pictures (MPF) in APP2 and behind the end, C2PA and JUMBF in APP11, IPTC in APP13, what makers think
//! of in others. All segments for applications go but the three that say how the colours are meant: JFIF, ICC profiles and
//! Adobe's. Which way up the picture is (Exif tag 0x0112) is said again in a small segment of our own, else it would lie on
//! its side.

const START: u8 = 0xd8;
const END: u8 = 0xd9;
const SCAN: u8 = 0xda;
const APP1: u8 = 0xe1;
/// The first segment for applications.
const APP0: u8 = 0xe0;
/// Comments; from the first segment for applications to here nothing belongs to the picture itself.
const COMMENT: u8 = 0xfe;
/// Segments for applications that stay, by what they begin with: they say how the colours are meant.
const KEPT: [(u8, &[u8]); 3] = [
    (APP0, b"JFIF\0"),
    (0xe2, b"ICC_PROFILE\0"),
    (0xee, b"Adobe"),
];
const EXIF: &[u8] = b"Exif\0\0";
const ORIENTATION: u16 = 0x0112;
/// Entries of a directory that are looked at.
const MOST_ENTRIES: u16 = 1000;

/// The photo without what applications and people put beside the picture, and without what lies behind its end; `None` when its segments can't be read.
pub fn without_position(photo: &[u8]) -> Option<Vec<u8>> {
    if photo.get(..2) != Some([0xff, START].as_slice()) {
        return None;
    }
    let mut kept = vec![0xff, START];
    let mut way_up = None;
    let mut rest = Vec::with_capacity(photo.len());
    let mut at = 2;
    let mut has_scan = false;
    while at < photo.len() {
        if *photo.get(at)? != 0xff {
            return None;
        }
        // Any number of fill octets may stand before a marker.
        let marker = *photo.get(at.checked_add(1)?)?;
        match marker {
            0xff => {
                at += 1;
                continue;
            }
            END => {
                rest.extend_from_slice(&[0xff, END]);
                at = photo.len();
                continue;
            }
            0x01 | 0xd0..=0xd7 => {
                rest.extend_from_slice(&[0xff, marker]);
                at += 2;
                continue;
            }
            0x00 | START => return None,
            _ => {}
        }
        let size = usize::from(big(photo, at.checked_add(2)?)?);
        let behind = at.checked_add(2)?.checked_add(size)?;
        let content = photo.get(at.checked_add(4)?..behind)?;
        match marker {
            APP1 => {
                if let Some(tiff) = content.strip_prefix(EXIF) {
                    way_up = way_up.or_else(|| orientation(tiff));
                }
            }
            APP0..=COMMENT
                if !KEPT
                    .iter()
                    .any(|(kept, start)| *kept == marker && content.starts_with(start)) => {}
            _ => rest.extend_from_slice(photo.get(at..behind)?),
        }
        at = behind;
        if marker == SCAN {
            has_scan = true;
            let end = end_of_scan(photo, at);
            rest.extend_from_slice(photo.get(at..end)?);
            at = end;
        }
    }
    if !has_scan {
        return None;
    }
    if let Some(way_up) = way_up.filter(|way_up| (2..=8).contains(way_up)) {
        kept.extend_from_slice(&exif_of(way_up));
    }
    kept.extend_from_slice(&rest);
    Some(kept)
}

/// Where the next marker stands behind the coded picture; the end of the file when there is none.
fn end_of_scan(photo: &[u8], from: usize) -> usize {
    let rest = photo.get(from..).unwrap_or_default();
    let is_marker = |pair: &[u8]| match pair {
        [0xff, second] => !matches!(second, 0x00 | 0xff | 0xd0..=0xd7),
        _ => false,
    };
    rest.windows(2)
        .position(is_marker)
        .map_or(photo.len(), |place| from.saturating_add(place))
}

fn big(octets: &[u8], at: usize) -> Option<u16> {
    match octets.get(at..at.checked_add(2)?)? {
        [high, low] => Some(u16::from_be_bytes([*high, *low])),
        _ => None,
    }
}

/// Which way up a picture is, from the first directory of its Exif (TIFF 6.0, section 2).
fn orientation(tiff: &[u8]) -> Option<u16> {
    let is_little = match tiff.get(..2)? {
        b"II" => true,
        b"MM" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let number = big(tiff, at)?;
        Some(if is_little {
            number.swap_bytes()
        } else {
            number
        })
    };
    let (first, second) = (u32::from(short(4)?), u32::from(short(6)?));
    let offset = if is_little {
        second << 16 | first
    } else {
        first << 16 | second
    };
    let directory = usize::try_from(offset).ok()?;
    let entries = short(directory)?.min(MOST_ENTRIES);
    (0..entries).find_map(|number| {
        let entry = directory
            .checked_add(2)?
            .checked_add(usize::from(number).checked_mul(12)?)?;
        if short(entry)? != ORIENTATION {
            return None;
        }
        short(entry.checked_add(8)?)
    })
}

/// A segment that says which way up a picture is, and nothing else.
fn exif_of(way_up: u16) -> Vec<u8> {
    let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    tiff.extend_from_slice(&ORIENTATION.to_be_bytes());
    tiff.extend_from_slice(&[0, 3, 0, 0, 0, 1]);
    tiff.extend_from_slice(&way_up.to_be_bytes());
    tiff.extend_from_slice(&[0, 0, 0, 0, 0, 0]);
    let size = u16::try_from(EXIF.len() + tiff.len() + 2).unwrap_or(u16::MAX);
    let mut segment = vec![0xff, APP1];
    segment.extend_from_slice(&size.to_be_bytes());
    segment.extend_from_slice(EXIF);
    segment.extend_from_slice(&tiff);
    segment
}

#[cfg(test)]
#[path = "jpeg_tests.rs"]
mod tests;
