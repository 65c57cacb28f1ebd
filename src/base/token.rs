//! Random tokens, their hashes, and hexadecimal text.

use sha2::{Digest, Sha256};

/// A new random 256-bit token as 64 hexadecimal digits.
pub fn random_token() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)?;
    Ok(hex(&bytes))
}

/// Letters and digits that can't be mistaken for one another, for codes that people type.
const CODE_LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// A random code of `length` letters for people to read and type.
pub fn random_code(length: usize) -> Result<String, getrandom::Error> {
    let mut bytes = vec![0_u8; length];
    getrandom::fill(&mut bytes)?;
    Ok(bytes
        .iter()
        .filter_map(|byte| {
            CODE_LETTERS
                .get(usize::from(byte & 31))
                .map(|letter| char::from(*letter))
        })
        .collect())
}

/// SHA-256 of a text as hexadecimal; how tokens are stored.
pub fn sha256_hex(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Bytes as lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Hexadecimal text as bytes; `None` when it is not such text.
pub fn hex_bytes(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .bytes()
        .map(|b| {
            char::from(b)
                .to_digit(16)
                .and_then(|d| u8::try_from(d).ok())
        })
        .collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    pairs.remainder().is_empty().then(|| {
        digits
            .chunks_exact(2)
            .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
            .collect()
    })
}

/// Whether two texts are equal, in a time that doesn't tell where they differ.
pub fn equal_in_constant_time(a: &str, b: &str) -> bool {
    subtle::ConstantTimeEq::ct_eq(a.as_bytes(), b.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_reads_what_it_writes() {
        assert_eq!(hex_bytes(&hex(&[0, 127, 255])), Some(vec![0, 127, 255]));
        assert_eq!(hex_bytes("0"), None);
        assert_eq!(hex_bytes("zz"), None);
        assert_eq!(sha256_hex("abc").get(..8), Some("ba7816bf"));
    }

    #[test]
    fn tokens_differ() {
        assert_ne!(random_token().ok(), random_token().ok());
        assert_eq!(random_code(8).ok().map(|code| code.len()), Some(8));
    }
}
