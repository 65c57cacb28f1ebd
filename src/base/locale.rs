//! The two languages of every page, mail and error.

crate::text_enum! {
    /// A language the product speaks.
    pub enum Locale {
        /// Simplified Chinese.
        ZhCn = "zh-CN",
        /// English.
        En = "en",
    }
}

impl Locale {
    /// The best language for an `Accept-Language` header (RFC 9110, section 12.5.4); English when none fits.
    pub fn from_accept_language(header: &str) -> Self {
        let mut best = (Self::En, 0.0_f32);
        for part in header.split(',').take(20) {
            let mut pieces = part.split(';');
            let tag = pieces.next().unwrap_or("").trim().to_ascii_lowercase();
            let quality = pieces
                .find_map(|piece| piece.trim().strip_prefix("q=").and_then(|q| q.parse().ok()))
                .unwrap_or(1.0_f32);
            let locale = match tag.split('-').next() {
                Some("zh") => Self::ZhCn,
                Some("en") => Self::En,
                _ => continue,
            };
            if quality > best.1 {
                best = (locale, quality);
            }
        }
        best.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_s_first_language_wins() {
        for (header, locale) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Locale::ZhCn),
            ("en-US,en;q=0.9,zh;q=0.1", Locale::En),
            ("de,zh-TW;q=0.4,en;q=0.2", Locale::ZhCn),
            ("fr", Locale::En),
            ("", Locale::En),
            (";;;q=,zh;q=x", Locale::ZhCn),
        ] {
            assert_eq!(Locale::from_accept_language(header), locale, "{header}");
        }
    }
}
