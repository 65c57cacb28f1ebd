//! Cells of CSV that a spreadsheet would take for formulas: they go out behind an apostrophe and come in without it.

use std::borrow::Cow;

/// What a spreadsheet takes for the start of a formula, wide letters of Chinese keyboards too.
const STARTS: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Whether a spreadsheet would calculate this. Plain numbers, telephone numbers of digits and blanks, and a lone sign are
/// nothing to calculate.
fn is_formula(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(STARTS) else {
        return false;
    };
    let has_sign = text.starts_with(['+', '-']);
    let is_plain = rest
        .chars()
        .all(|letter| letter.is_ascii_digit() || matches!(letter, '.' | ' '));
    !(has_sign && is_plain)
}

/// Whether apostrophes stand before what would be a formula without them, or it is one as it is.
fn is_marked_or_formula(text: &str) -> bool {
    is_formula(text.trim_start_matches('\''))
}

/// A cell as it goes out; what begins with apostrophes before a formula gets one more, so that each text comes back as it was.
pub fn marked(text: &str) -> Cow<'_, str> {
    if is_marked_or_formula(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A cell as it came in, without the apostrophe that [`marked`] put there.
pub(super) fn unmarked(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_marked_or_formula(rest) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_get_an_apostrophe_and_lose_it_again() {
        for (text, out) in [
            ("=1+1", "'=1+1"),
            ("+SUM(A1)", "'+SUM(A1)"),
            ("-2+3|cmd", "'-2+3|cmd"),
            ("@SUM(1)", "'@SUM(1)"),
            ("\t=1", "'\t=1"),
            ("＝1+1", "'＝1+1"),
            ("+86-21-5555", "'+86-21-5555"),
            ("'=1+1", "''=1+1"),
            ("''@x", "'''@x"),
            ("-12.5", "-12.5"),
            ("+8613800000000", "+8613800000000"),
            ("+86 21 5555", "+86 21 5555"),
            ("-", "-"),
            ("'quoted'", "'quoted'"),
            ("web-1", "web-1"),
            ("1=1", "1=1"),
            ("", ""),
        ] {
            assert_eq!(marked(text), out, "{text}");
            assert_eq!(unmarked(out), text, "{text}");
        }
        // What others wrote without the mark stays as it is.
        assert_eq!(unmarked("=1+1"), "=1+1");
        assert_eq!(unmarked("'it"), "'it");
    }
}
