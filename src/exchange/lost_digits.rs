//! What a spreadsheet does to numbers that are names: `000123` becomes `123`, and `1234567890123456` becomes `1.23E+15`.

use crate::base::fault::{FieldFault, Message};

use super::reading::Row;

/// Columns of texts that look like numbers.
const WATCHED: &[&str] = &[
    "serial",
    "asset_tag",
    "phone",
    "licence_number",
    "part_number",
];

/// Whether a kind has columns that are watched.
pub(super) fn is_watched(columns: &[&str]) -> bool {
    columns.iter().any(|column| WATCHED.contains(column))
}

/// What a spreadsheet has done to a row. `on_record` gives what the record that the row means has in a column.
pub(super) fn lost_digits(
    row: &Row,
    on_record: impl Fn(&str) -> Option<String>,
) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    for column in WATCHED {
        let text = row.fields.get(column);
        if text.is_empty() {
            continue;
        }
        let recorded = on_record(column).unwrap_or_default();
        if recorded == text {
            continue;
        }
        let message = if is_scientific(text) {
            Message::new("import-scientific")
        } else if is_without_zeros(text, &recorded) {
            Message::new("import-zeros-lost").with("recorded", recorded)
        } else if row.numbers.iter().any(|number| number == column) {
            Message::new("import-number-cell")
        } else {
            continue;
        };
        faults.push(FieldFault::new(*column, message));
    }
    faults
}

/// `1.23E+15`.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, power)) = text.split_once("E+").or_else(|| text.split_once("e+")) else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    digits(whole) && whole.len() == 1 && digits(part) && digits(power)
}

/// Whether a text is what is on record without the zeros in front.
fn is_without_zeros(text: &str, recorded: &str) -> bool {
    text.len() < recorded.len()
        && text.bytes().all(|octet| octet.is_ascii_digit())
        && recorded.trim_start_matches('0') == text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::fields::Fields;

    #[test]
    fn what_is_lost_by_table() {
        for (text, is_number, recorded, key) in [
            ("000123", false, "", None),
            ("123", false, "", None),
            ("123", false, "000123", Some("import-zeros-lost")),
            ("123", true, "000123", Some("import-zeros-lost")),
            ("123", true, "", Some("import-number-cell")),
            ("123", true, "456", Some("import-number-cell")),
            ("123", true, "123", None),
            ("123", false, "0001234", None),
            ("1.23E+15", false, "", Some("import-scientific")),
            ("1E+15", false, "", Some("import-scientific")),
            ("12E+15", false, "", None),
            ("E+15", false, "", None),
            ("1.23E+15", false, "1.23E+15", None),
            ("", true, "000123", None),
        ] {
            let fields: Fields = [("serial", text)].into_iter().collect();
            let numbers = is_number.then(|| "serial".to_owned()).into_iter().collect();
            let row = Row {
                fields,
                numbers,
                ..Row::default()
            };
            let found = lost_digits(&row, |_| Some(recorded.to_owned()));
            let found = found.first().map(|fault| fault.message.key);
            assert_eq!(found, key, "{text} {is_number} {recorded}");
        }
    }
}
