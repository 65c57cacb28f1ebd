//! Text made comparable for search: lower case, width-folded, single spaces.

/// Folds a text for a search column or a query.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars() {
        let letter = match letter {
            '\u{3000}' | '\u{2009}' | '\u{a0}' | '\t' | '\n' | '\r' => ' ',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(letter as u32 - 0xfee0).unwrap_or(letter),
            other => other,
        };
        if letter == ' ' && (folded.is_empty() || folded.ends_with(' ')) {
            continue;
        }
        folded.extend(letter.to_lowercase());
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Folds several texts into one search column.
pub fn fold_all<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let joined: Vec<&str> = texts.into_iter().filter(|text| !text.is_empty()).collect();
    fold(&joined.join(" "))
}

/// A `LIKE … ESCAPE '\'` pattern that finds the folded query anywhere in a folded column.
pub fn contains_pattern(query: &str) -> String {
    let escaped = fold(query)
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    format!("%{escaped}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_case_and_spaces_do_not_matter() {
        assert_eq!(fold("  ＳＲＶ－０１２３　 Rack\tA01 "), "srv-0123 rack a01");
        assert_eq!(contains_pattern("50%_a"), "%50\\%\\_a%");
        assert_eq!(fold_all(["A", "", "b "]), "a b");
    }
}
