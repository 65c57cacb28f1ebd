//! Names as devices send them.

/// RFC 2863 allows 255 octets; sysDescr the same.
const LONGEST: usize = 255;

/// Octets as text: UTF-8, else GB 18030 (what switches set up in Chinese send), else Latin-1;
/// control characters become blanks, ends are trimmed; `None` when nothing is left.
pub(super) fn text(octets: &[u8]) -> Option<String> {
    let text = match std::str::from_utf8(octets) {
        Ok(text) => text.to_owned(),
        Err(_) => other(octets),
    };
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LONGEST)
        .collect();
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_owned())
}

fn other(octets: &[u8]) -> String {
    let chinese = encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(octets);
    match chinese {
        Some(text) => text.into_owned(),
        None => octets.iter().copied().map(char::from).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_by_table() {
        let long = "x".repeat(400);
        let cut = "x".repeat(255);
        let table: [(&[u8], Option<&str>); 8] = [
            (b"GigabitEthernet0/0/1", Some("GigabitEthernet0/0/1")),
            (b"ge-0/0/0\0\0", Some("ge-0/0/0")),
            (b"  \0", None),
            (b"", None),
            ("上联核心".as_bytes(), Some("上联核心")),
            (&[0xc9, 0xcf, 0xc1, 0xaa], Some("上联")),
            (&[0xff, b'a'], Some("ÿa")),
            (long.as_bytes(), Some(&cut)),
        ];
        for (octets, expected) in table {
            assert_eq!(text(octets).as_deref(), expected, "{octets:02x?}");
        }
        assert_eq!(text(b"two\r\nlines").as_deref(), Some("two  lines"));
    }
}
