//! Text as it may stand in XML.

/// Letters of drawings in files of their own.
pub(super) const FONT: &str =
    "system-ui, Open Sans, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif";

/// The attribute that squeezes a text which is wider than its room, in letters of 10.5; nothing for one that fits.
pub(super) fn squeezed(text: &str, room: i64) -> String {
    let letters: i64 = text
        .chars()
        .map(|letter| if letter.is_ascii() { 6 } else { 11 })
        .sum();
    if letters <= room {
        return String::new();
    }
    format!(" textLength=\"{room}\" lengthAdjust=\"spacingAndGlyphs\"")
}

/// A text for an element or an attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // XML 1.0 has no place for controls and two of the code points at the end of the plane.
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => {
                safe.push(' ');
            }
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn nothing_leaves_its_element() {
        assert_eq!(
            escaped("</text><script a=\"b\" c='d'>&\0"),
            "&lt;/text&gt;&lt;script a=&quot;b&quot; c=&#39;d&#39;&gt;&amp; "
        );
    }
}
