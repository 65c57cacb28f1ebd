//! A recording as an asciicast file, version 2: a JSON head, then a JSON array a line.
//!
//! The format is UTF-8: octets that are none become U+FFFD. Source: the format's description by
//! asciinema, "asciicast file format, version 2".

use serde_json::json;

use super::frame::{Frame, FrameKind};
use crate::base::time::Timestamp;

/// Columns and rows of a terminal when nobody said others.
pub const USUAL_SIZE: (u16, u16) = (80, 25);

/// Writes the file; `say` gives the words of a frame that holds a note, empty for none.
pub fn cast(
    title: &str,
    began: Timestamp,
    frames: &[Frame],
    mut say: impl FnMut(&Frame) -> String,
) -> String {
    let (width, height) = USUAL_SIZE;
    let head = json!({
        "version": 2, "width": width, "height": height,
        "timestamp": began.millis().div_euclid(1000), "title": title,
    });
    let mut out = format!("{head}\n");
    let mut rest = Vec::new();
    for frame in frames {
        let (letter, text) = match frame.kind {
            FrameKind::Shown => {
                rest.extend_from_slice(&frame.octets);
                ("o", text_so_far(&mut rest))
            }
            FrameKind::Size => ("r", String::from_utf8_lossy(&frame.octets).into_owned()),
            FrameKind::Note => ("m", say(frame)),
        };
        let seconds = f64::from(frame.at_ms) / 1000.0;
        if letter == "m" && !text.is_empty() {
            out.push_str(&format!(
                "{}\n",
                json!([seconds, "o", format!("\r\n--- {text} ---\r\n")])
            ));
        }
        if !text.is_empty() {
            out.push_str(&format!("{}\n", json!([seconds, letter, text])));
        }
    }
    out
}

/// The text at the start of `rest`; what may be the beginning of a character stays.
fn text_so_far(rest: &mut Vec<u8>) -> String {
    let mut text = String::new();
    loop {
        match std::str::from_utf8(rest) {
            Ok(whole) => {
                text.push_str(whole);
                rest.clear();
                return text;
            }
            Err(error) => {
                let good: Vec<u8> = rest.drain(..error.valid_up_to()).collect();
                text.push_str(&String::from_utf8_lossy(&good));
                let Some(bad) = error.error_len() else {
                    return text;
                };
                text.push(char::REPLACEMENT_CHARACTER);
                rest.drain(..bad.min(rest.len()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "tests")]

    use super::*;

    #[test]
    fn a_character_in_two_frames_is_one_character() {
        let frame = |at_ms, kind, octets: &[u8]| Frame {
            at_ms,
            kind,
            octets: octets.to_vec(),
        };
        let frames = [
            frame(0, FrameKind::Shown, b"\x1b[1ma\xe6\x9c"),
            frame(1_500, FrameKind::Shown, b"\xba\xffz"),
            frame(1_600, FrameKind::Size, b"100x31"),
            frame(1_700, FrameKind::Note, b"a note"),
        ];
        let text = cast("web-1", Timestamp::from_millis(2_000_500), &frames, |_| {
            "since then".to_owned()
        });
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            r#"{"version":2,"width":80,"height":25,"timestamp":2000,"title":"web-1"}"#
        );
        assert_eq!(lines[1], r#"[0.0,"o","\u001b[1ma"]"#);
        assert_eq!(lines[2], "[1.5,\"o\",\"机\u{fffd}z\"]");
        assert_eq!(lines[3], r#"[1.6,"r","100x31"]"#);
        assert_eq!(lines[4], r#"[1.7,"o","\r\n--- since then ---\r\n"]"#);
        assert_eq!(lines[5], r#"[1.7,"m","since then"]"#);
    }
}
