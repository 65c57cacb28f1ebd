//! Text as it may be stored: trimmed, bounded, without control characters.

use super::fault::{FieldFault, Message};

/// Checks one line of text: trims it, refuses control characters and more than `max` letters.
pub fn line(field: &'static str, raw: &str, max: usize) -> Result<String, FieldFault> {
    let text = raw.trim();
    if text.chars().any(|c| c.is_control()) {
        return Err(FieldFault::new(
            field,
            Message::new("fault-control-characters"),
        ));
    }
    bounded(field, text, max)
}

/// Like [`line`], and refuses an empty text.
pub fn required_line(field: &'static str, raw: &str, max: usize) -> Result<String, FieldFault> {
    let text = line(field, raw, max)?;
    if text.is_empty() {
        return Err(FieldFault::new(field, Message::new("fault-required")));
    }
    Ok(text)
}

/// Whether a letter shows nothing, or turns the direction of what follows: names with such letters look like others.
const fn is_unseen(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Like [`line`], and refuses letters that are not seen or turn the direction of the text.
pub fn visible(field: &'static str, raw: &str, max: usize) -> Result<String, FieldFault> {
    let text = line(field, raw, max)?;
    if text.chars().any(is_unseen) {
        return Err(FieldFault::new(
            field,
            Message::new("fault-unseen-characters"),
        ));
    }
    Ok(text)
}

/// Like [`visible`], and refuses an empty text.
pub fn required_visible(field: &'static str, raw: &str, max: usize) -> Result<String, FieldFault> {
    let text = visible(field, raw, max)?;
    if text.is_empty() {
        return Err(FieldFault::new(field, Message::new("fault-required")));
    }
    Ok(text)
}

/// Checks text of several lines: keeps line breaks, refuses other control characters.
pub fn paragraph(field: &'static str, raw: &str, max: usize) -> Result<String, FieldFault> {
    let text = raw.trim().replace("\r\n", "\n");
    if text
        .chars()
        .any(|c| c.is_control() && c != '\n' && c != '\t')
    {
        return Err(FieldFault::new(
            field,
            Message::new("fault-control-characters"),
        ));
    }
    bounded(field, &text, max)
}

/// Like [`line`], for what is sent in at most `max` octets.
pub fn octets(field: &'static str, raw: &str, max: usize) -> Result<String, FieldFault> {
    let text = line(field, raw, max)?;
    refuse_longer(field, text.len(), max)?;
    Ok(text)
}

fn bounded(field: &'static str, text: &str, max: usize) -> Result<String, FieldFault> {
    refuse_longer(field, text.chars().count(), max)?;
    Ok(text.to_owned())
}

fn refuse_longer(field: &'static str, count: usize, max: usize) -> Result<(), FieldFault> {
    if count > max {
        let message = Message::new("fault-too-long")
            .with("max", max)
            .with("count", count);
        return Err(FieldFault::new(field, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn text_is_trimmed_bounded_and_free_of_control_characters() {
        assert_eq!(line("name", "  机柜 A01 ", 10).unwrap(), "机柜 A01");
        assert_eq!(
            line("name", "四个汉字", 3).unwrap_err().message.key,
            "fault-too-long"
        );
        assert_eq!(
            line("name", "a\0b", 10).unwrap_err().message.key,
            "fault-control-characters"
        );
        assert_eq!(
            required_line("name", " ", 10).unwrap_err().message.key,
            "fault-required"
        );
        assert_eq!(paragraph("note", "a\r\nb", 10).unwrap(), "a\nb");
        for unseen in ["a\u{202e}b", "a\u{200b}b", "\u{feff}ab", "a\u{2066}b"] {
            assert_eq!(
                visible("name", unseen, 10).unwrap_err().message.key,
                "fault-unseen-characters"
            );
        }
        assert_eq!(
            visible("name", " 李\u{2009}明 ", 10).unwrap(),
            "李\u{2009}明"
        );
    }
}
