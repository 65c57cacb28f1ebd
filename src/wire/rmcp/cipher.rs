//! AES-CBC-128 payload confidentiality (IPMI 13.29) and the initialisation vectors for it.

use aes::Aes128;
use cbc::cipher::{BlockDecryptMut, BlockEncryptMut, KeyIvInit, block_padding::NoPadding};
use zeroize::Zeroizing;

use super::keys::{SessionKeys, hmac};
use super::suite::CipherSuite;
use crate::wire::ipmi::Octets;
use crate::wire::ipmi::{DecodeError, DecodeKind};

const BLOCK: usize = 16;

/// Octets that `clear` octets of payload take once encrypted, with vector and padding.
pub const fn encrypted_len(clear: usize) -> usize {
    BLOCK + (clear + BLOCK) / BLOCK * BLOCK
}

/// Encrypts a payload: vector, then payload with padding 1, 2, 3 … and the padding's length.
pub fn encrypt(keys: &SessionKeys, iv: [u8; 16], payload: &[u8]) -> Vec<u8> {
    let mut clear = payload.to_vec();
    let pad = (BLOCK - (clear.len() + 1) % BLOCK) % BLOCK;
    clear.extend((1..).take(pad));
    clear.push(u8::try_from(pad).unwrap_or_default());
    let sealed = cbc::Encryptor::<Aes128>::new((&*keys.aes).into(), (&iv).into())
        .encrypt_padded_vec_mut::<NoPadding>(&clear);
    let mut out = iv.to_vec();
    out.extend_from_slice(&sealed);
    out
}

/// Decrypts what [`encrypt`] made.
///
/// # Errors
/// `Truncated` without a vector and a block, `Length` when not whole blocks, `Padding` when the
/// padding's length or its octets are impossible.
pub fn decrypt(keys: &SessionKeys, payload: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let mut octets = Octets::new(payload);
    let iv = octets.array::<BLOCK>()?;
    let sealed = octets.rest();
    if sealed.is_empty() {
        return Err(octets.error(DecodeKind::Truncated));
    }
    let mut clear = cbc::Decryptor::<Aes128>::new((&*keys.aes).into(), (&iv).into())
        .decrypt_padded_vec_mut::<NoPadding>(sealed)
        .map_err(|_| octets.error(DecodeKind::Length))?;
    let padding = DecodeError::new(DecodeKind::Padding, payload.len().saturating_sub(1));
    let pad = usize::from(clear.pop().ok_or(padding)?);
    let kept = clear.len().checked_sub(pad).ok_or(padding)?;
    let tail = clear.split_off(kept);
    let as_specified = (1..)
        .zip(&tail)
        .all(|(wanted, got)| wanted == u32::from(*got));
    if pad >= BLOCK || !as_specified {
        return Err(padding);
    }
    Ok(clear)
}

/// Unpredictable initialisation vectors from one random seed: HMAC-SHA256(seed, counter).
///
/// Keeps the state machine free of a random source of its own.
pub struct IvStream {
    seed: Zeroizing<[u8; 32]>,
    counter: u64,
}

impl IvStream {
    /// A stream from 32 random octets that are used for nothing else.
    pub fn new(seed: [u8; 32]) -> Self {
        Self {
            seed: Zeroizing::new(seed),
            counter: 0,
        }
    }

    /// The next vector.
    pub fn next_iv(&mut self) -> [u8; 16] {
        self.counter += 1;
        let block = hmac(
            CipherSuite::Seventeen,
            &*self.seed,
            &[&self.counter.to_le_bytes()],
        );
        let mut iv = [0; 16];
        for (to, from) in iv.iter_mut().zip(block) {
            *to = from;
        }
        iv
    }
}

impl std::fmt::Debug for IvStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IvStream(..)")
    }
}
