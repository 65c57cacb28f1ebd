//! Numbers as people type them, checked against what is allowed.

use super::fault::{FieldFault, Message};

/// Reads a whole number between `min` and `max`; `None` for an empty text.
pub fn whole(
    field: &'static str,
    raw: &str,
    min: i64,
    max: i64,
) -> Result<Option<i64>, FieldFault> {
    let text = raw.trim();
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<i64>() {
        Ok(number) if (min..=max).contains(&number) => Ok(Some(number)),
        _ => Err(FieldFault::new(
            field,
            Message::new("fault-range")
                .with("min", min)
                .with("max", max),
        )),
    }
}

/// Like [`whole`], and refuses an empty text.
pub fn required_whole(
    field: &'static str,
    raw: &str,
    min: i64,
    max: i64,
) -> Result<i64, FieldFault> {
    whole(field, raw, min, max)?
        .ok_or_else(|| FieldFault::new(field, Message::new("fault-required")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_whole_and_within_its_limits() {
        assert_eq!(whole("units", " 42 ", 1, 60), Ok(Some(42)));
        assert_eq!(whole("units", "", 1, 60), Ok(None));
        for wrong in ["0", "61", "4.5", "x", "99999999999999999999"] {
            assert!(whole("units", wrong, 1, 60).is_err(), "{wrong}");
        }
        assert!(required_whole("units", " ", 1, 60).is_err());
    }
}
