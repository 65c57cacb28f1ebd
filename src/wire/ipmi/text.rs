//! Texts behind a type and length octet: sensor names (IPMI 43.15) and FRU fields (Platform
//! Management FRU Information Storage Definition, chapter 13).

use super::{DecodeError, Octets};

/// The name at the end of a sensor record. Makers disagree whether the length counts octets or
/// packed characters, and some records end early: what is there is taken.
///
/// # Errors
/// `Truncated` without even the type and length octet.
pub fn sensor_name(octets: &mut Octets<'_>) -> Result<String, DecodeError> {
    let head = octets.u8()?;
    let length = usize::from(head & 0x1F);
    let rest = octets.rest();
    let bytes = rest.get(..length).unwrap_or(rest);
    Ok(match head >> 6 {
        0b00 => clean(&wide_or_narrow(bytes)),
        kind => packed_or_plain(kind, bytes),
    })
}

/// A FRU field of the type in the two upper bits of its head; `english` says that the area's
/// language is English, where type 3 has one octet a letter. Type 0 is binary: hexadecimal.
pub fn fru_field(kind: u8, bytes: &[u8], english: bool) -> String {
    match kind {
        0b00 => bytes.iter().map(|octet| format!("{octet:02x}")).collect(),
        0b11 if !english => clean(&wide_or_narrow(bytes)),
        kind => packed_or_plain(kind, bytes),
    }
}

fn packed_or_plain(kind: u8, bytes: &[u8]) -> String {
    clean(&match kind {
        0b01 => bytes
            .iter()
            .flat_map(|octet| [bcd_plus(octet >> 4), bcd_plus(octet & 0x0F)])
            .collect(),
        0b10 => six_bit(bytes),
        _ => narrow(bytes),
    })
}

/// UTF-8 where it is (and ASCII always is), else ISO 8859-1, which the specification names.
fn narrow(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|octet| char::from(*octet)).collect(),
    }
}

/// Type "Unicode" does not say which. Some makers write plain ASCII under it: what is UTF-8
/// without a NUL inside is that, everything else of even length UTF-16, low octet first.
fn wide_or_narrow(bytes: &[u8]) -> String {
    let end = bytes.iter().rposition(|octet| *octet != 0);
    let filled = end.and_then(|end| bytes.get(..=end)).unwrap_or_default();
    if std::str::from_utf8(filled).is_ok() && !filled.contains(&0) || !bytes.len().is_multiple_of(2)
    {
        return narrow(filled);
    }
    let words = bytes
        .chunks_exact(2)
        .filter_map(|pair| pair.first_chunk::<2>());
    char::decode_utf16(words.map(|pair| u16::from_le_bytes(*pair)))
        .map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// Without fill at the ends; what would steer a terminal becomes a question mark.
fn clean(text: &str) -> String {
    let visible: String = text
        .trim_end_matches(['\0', ' '])
        .chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect();
    visible.trim().to_owned()
}

fn bcd_plus(nibble: u8) -> char {
    match nibble {
        0..=9 => char::from(b'0' + nibble),
        0xA => ' ',
        0xB => '-',
        0xC => '.',
        0xD => ':',
        0xE => ',',
        _ => '_',
    }
}

/// Packed six-bit ASCII: four characters in three octets, low bits first, blank is 0.
fn six_bit(bytes: &[u8]) -> String {
    let mut out = String::new();
    let (mut bits, mut held) = (0u16, 0u32);
    for octet in bytes {
        bits |= u16::from(*octet) << held;
        held += 8;
        while held >= 6 {
            let [low, _] = (bits & 0x3F).to_le_bytes();
            out.push(char::from(low + 0x20));
            bits >>= 6;
            held -= 6;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fru_fields_read_in_every_encoding() {
        for (kind, bytes, english, wanted) in [
            (0b11, &b"SN-42  \0"[..], true, "SN-42"),
            (0b10, &[0x29, 0xDC, 0xA6][..], true, "IPMI"), // the specification's example
            (0b01, &[0x12, 0xB3, 0xC4][..], true, "12-3.4"),
            (0b00, &[0xDE, 0xAD][..], true, "dead"),
        ] {
            assert_eq!(fru_field(kind, bytes, english), wanted, "{bytes:x?}");
        }
        let power: Vec<u8> = "电源".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(fru_field(0b11, &power, false), "电源");
        assert_eq!(fru_field(0b11, "电源".as_bytes(), true), "电源");
        assert_eq!(fru_field(0b11, b"S\0N\0\x31\0", false), "SN1");
        assert_eq!(fru_field(0b11, b"plain", false), "plain");
        assert_eq!(fru_field(0b11, b"a\x1b[2Jb", true), "a?[2Jb");
    }
}
