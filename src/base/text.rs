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
    }
}
