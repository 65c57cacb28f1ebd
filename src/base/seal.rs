//! Secrets at rest: XChaCha20-Poly1305 under a key that lives outside the database.
//!
//! A sealed value is `version (1) | key id (4) | nonce (24) | ciphertext and tag`; the purpose
//! (table and column) is authenticated with it, so a value can't be moved to another column.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::secret::Secret;
use super::token::{hex, hex_bytes};

const VERSION: u8 = 1;
const NONCE_START: usize = 5;
const BODY_START: usize = NONCE_START + 24;

/// Why a sealed value can't be made or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The value was sealed under a key that is not in the key file.
    #[error("sealed under key {0}, which is not in the key file")]
    UnknownKey(String),
    /// The value is damaged or was sealed for another column.
    #[error("the sealed value does not open: damaged, or sealed for another purpose")]
    Damaged,
    /// The key file's text is wrong.
    #[error("key file, line {line}: {fault}")]
    KeyFile {
        /// 1-based line of the key file.
        line: usize,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// The operating system gave no random bytes.
    #[error("no random bytes from the operating system")]
    NoEntropy,
}

#[derive(Clone)]
struct Key {
    id: [u8; 4],
    bytes: Zeroizing<[u8; 32]>,
}

/// The keys of one installation: the first seals, all open; the index key makes fingerprints.
#[derive(Clone)]
pub struct Keyring {
    keys: Vec<Key>,
    index: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keyring({} keys)", self.keys.len())
    }
}

impl Keyring {
    /// A new ring with one random sealing key and a random index key.
    pub fn generate() -> Result<Self, SealError> {
        Ok(Self {
            keys: vec![Key::generate()?],
            index: random_key()?,
        })
    }

    /// Reads the text of a key file: `seal HEX` lines (the first one seals) and one `index HEX` line.
    pub fn parse(text: &str) -> Result<Self, SealError> {
        let mut keys = Vec::new();
        let mut index = None;
        for (number, line) in text.lines().enumerate() {
            let fault = |fault| SealError::KeyFile {
                line: number + 1,
                fault,
            };
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (kind, value) = line
                .split_once(' ')
                .ok_or(fault("want `seal HEX` or `index HEX`"))?;
            let bytes: [u8; 32] = hex_bytes(value.trim())
                .and_then(|bytes| bytes.try_into().ok())
                .ok_or(fault("want 64 hexadecimal digits"))?;
            match kind {
                "seal" => keys.push(Key::new(Zeroizing::new(bytes))),
                "index" => index = Some(Zeroizing::new(bytes)),
                _ => return Err(fault("want `seal` or `index`")),
            }
        }
        let index = index.ok_or(SealError::KeyFile {
            line: 0,
            fault: "no `index` line",
        })?;
        if keys.is_empty() {
            return Err(SealError::KeyFile {
                line: 0,
                fault: "no `seal` line",
            });
        }
        Ok(Self { keys, index })
    }

    /// The text of a key file that holds this ring.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = String::from(
            "# Coldaisle key file. Keep a copy apart from the database; without it sealed values are lost.\n",
        );
        for key in &self.keys {
            text.push_str(&format!("seal {}\n", hex(key.bytes.as_slice())));
        }
        text.push_str(&format!("index {}\n", hex(self.index.as_slice())));
        Zeroizing::new(text)
    }

    /// How many sealing keys there are; more than one while a rotation is under way.
    pub fn key_count(&self) -> usize {
        self.keys.len()
    }

    /// The same ring with a new sealing key in front; the old ones still open.
    pub fn with_new_key(&self) -> Result<Self, SealError> {
        let mut keys = vec![Key::generate()?];
        keys.extend(self.keys.iter().cloned());
        Ok(Self {
            keys,
            index: self.index.clone(),
        })
    }

    /// The same ring without any key but the one that seals.
    #[must_use]
    pub fn only_newest(&self) -> Self {
        Self {
            keys: self.keys.first().cloned().into_iter().collect(),
            index: self.index.clone(),
        }
    }

    /// Seals a text for one purpose (`table.column`).
    pub fn seal(&self, purpose: &str, secret: &Secret) -> Result<Vec<u8>, SealError> {
        let key = self
            .keys
            .first()
            .ok_or(SealError::UnknownKey("(none)".into()))?;
        let mut nonce = [0_u8; 24];
        getrandom::fill(&mut nonce).map_err(|_| SealError::NoEntropy)?;
        let payload = Payload {
            msg: secret.expose().as_bytes(),
            aad: purpose.as_bytes(),
        };
        let body = key
            .cipher()
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|_| SealError::Damaged)?;
        let mut sealed = Vec::with_capacity(BODY_START + body.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&key.id);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&body);
        Ok(sealed)
    }

    /// Opens a sealed value for the purpose it was sealed for.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Secret, SealError> {
        let (Some(&VERSION), Some(id), Some(nonce), Some(body)) = (
            sealed.first(),
            sealed.get(1..NONCE_START),
            sealed.get(NONCE_START..BODY_START),
            sealed.get(BODY_START..),
        ) else {
            return Err(SealError::Damaged);
        };
        let key = self
            .keys
            .iter()
            .find(|key| key.id == id)
            .ok_or_else(|| SealError::UnknownKey(hex(id)))?;
        let payload = Payload {
            msg: body,
            aad: purpose.as_bytes(),
        };
        let plain = key
            .cipher()
            .decrypt(XNonce::from_slice(nonce), payload)
            .map_err(|_| SealError::Damaged)?;
        String::from_utf8(plain)
            .map(Secret::new)
            .map_err(|_| SealError::Damaged)
    }

    /// Whether a value was sealed under the newest key, so that rotation can skip it.
    pub fn is_newest(&self, sealed: &[u8]) -> bool {
        match (self.keys.first(), sealed.get(1..NONCE_START)) {
            (Some(key), Some(id)) => key.id == id,
            _ => false,
        }
    }

    /// A keyed fingerprint of a text, to find equal secrets without opening them. Survives rotation.
    pub fn fingerprint(&self, purpose: &str, text: &str) -> String {
        let Ok(mut mac) = <Hmac<Sha256> as Mac>::new_from_slice(self.index.as_slice()) else {
            return String::new();
        };
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        hex(&mac.finalize().into_bytes())
    }
}

impl Key {
    fn generate() -> Result<Self, SealError> {
        Ok(Self::new(random_key()?))
    }

    fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        let digest = Sha256::digest(bytes.as_slice());
        let mut id = [0_u8; 4];
        id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self { id, bytes }
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.bytes.as_slice().into())
    }
}

fn random_key() -> Result<Zeroizing<[u8; 32]>, SealError> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|_| SealError::NoEntropy)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    #[test]
    fn sealed_values_open_only_for_their_purpose_and_key() {
        let ring = Keyring::generate().unwrap();
        let sealed = ring.seal("a.b", &Secret::new("calvin")).unwrap();
        assert_eq!(ring.open("a.b", &sealed).unwrap().expose(), "calvin");
        assert_eq!(ring.open("a.c", &sealed).unwrap_err(), SealError::Damaged);
        assert!(matches!(
            Keyring::generate().unwrap().open("a.b", &sealed),
            Err(SealError::UnknownKey(_))
        ));
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert!(ring.open("a.b", &damaged).is_err(), "byte {at}");
        }
        assert!(ring.open("a.b", &sealed[..10]).is_err());
    }

    #[test]
    fn rotation_keeps_old_values_readable_until_the_old_key_goes() {
        let old = Keyring::generate().unwrap();
        let sealed = old.seal("a.b", &Secret::new("x")).unwrap();
        let both = Keyring::parse(&old.with_new_key().unwrap().to_text()).unwrap();
        assert_eq!(both.open("a.b", &sealed).unwrap().expose(), "x");
        assert!(!both.is_newest(&sealed));
        let again = both
            .seal("a.b", &both.open("a.b", &sealed).unwrap())
            .unwrap();
        let newest = both.only_newest();
        assert!(newest.open("a.b", &sealed).is_err());
        assert_eq!(newest.open("a.b", &again).unwrap().expose(), "x");
        assert_eq!(old.fingerprint("p", "1"), newest.fingerprint("p", "1"));
    }

    #[test]
    fn a_bad_key_file_names_its_line() {
        let text = Keyring::generate()
            .unwrap()
            .to_text()
            .replace("index", "indicts");
        assert!(matches!(
            Keyring::parse(&text),
            Err(SealError::KeyFile { line: 3, .. })
        ));
        assert!(Keyring::parse("").is_err());
        assert!(Keyring::parse("seal 00").is_err());
    }
}
