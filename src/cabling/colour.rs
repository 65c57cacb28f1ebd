//! Colours of cables: words that catalogues use, or `#rrggbb`.

use crate::base::fault::{FieldFault, Message};

/// Words of colours with what a drawing paints for them and how people in a Chinese room write them.
pub const COLOURS: &[(&str, &str, &str)] = &[
    ("black", "#2b2b2b", "黑"),
    ("white", "#f2f2f2", "白"),
    ("grey", "#8a8f94", "灰"),
    ("red", "#cc2b2b", "红"),
    ("orange", "#e8791a", "橙"),
    ("yellow", "#e6c117", "黄"),
    ("green", "#2e8b45", "绿"),
    ("aqua", "#22a8a8", "湖蓝"),
    ("blue", "#2866c7", "蓝"),
    ("violet", "#7a3fb0", "紫"),
    ("magenta", "#c2348c", "粉"),
    ("brown", "#7b5230", "棕"),
];

/// Reads a colour: one of the words, in either language, or six hexadecimal digits behind `#`; empty when nothing was typed.
pub(super) fn colour(field: &'static str, raw: &str) -> Result<String, FieldFault> {
    let text = raw.trim().to_lowercase();
    if text.is_empty() {
        return Ok(text);
    }
    let short = text.trim_end_matches('色');
    let known = COLOURS.iter().find(|(word, _, chinese)| {
        *word == text || *chinese == short || (*word == "grey" && text == "gray")
    });
    if let Some((word, ..)) = known {
        return Ok((*word).to_owned());
    }
    let digits = text.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(text);
    }
    let words: Vec<&str> = COLOURS.iter().map(|(word, ..)| *word).collect();
    let message = Message::new("cables-colour-wrong").with("allowed", words.join(", "));
    Err(FieldFault::new(field, message))
}

/// What a drawing paints for a stored colour; `None` when none is on record.
#[must_use]
pub fn hex(stored: &str) -> Option<&str> {
    if stored.starts_with('#') {
        return Some(stored);
    }
    COLOURS
        .iter()
        .find(|(word, ..)| *word == stored)
        .map(|(_, hex, _)| *hex)
}
