//! Keys and check values of the RAKP exchange (IPMI 13.28 to 13.32).

use hmac::{Hmac, Mac};
use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

use super::suite::CipherSuite;

/// HMAC of `parts` with the hash of the suite: 16, 20 or 32 octets.
pub(super) fn hmac(suite: CipherSuite, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    match suite {
        CipherSuite::Three => digest(Hmac::<Sha1>::new_from_slice(key), parts),
        CipherSuite::Eight | CipherSuite::Twelve => digest(Hmac::<Md5>::new_from_slice(key), parts),
        CipherSuite::Seventeen => digest(Hmac::<Sha256>::new_from_slice(key), parts),
    }
}

/// MD5 over `parts` between the same secret twice: the code of suite 12 and of IPMI 1.5 sessions.
pub(super) fn enclosed(secret: &[u8], parts: &[&[u8]]) -> [u8; 16] {
    let mut hash = Md5::new_with_prefix(secret);
    for part in parts {
        hash.update(part);
    }
    hash.update(secret);
    hash.finalize().into()
}

/// The password as the BMC keeps it: zeros behind it up to 20 octets.
fn field_of_20(password: &[u8]) -> Vec<u8> {
    let mut field = password.to_vec();
    field.resize(password.len().max(20), 0);
    field
}

/// HMAC takes keys of every length, so the error arm is unreachable; it yields an empty digest,
/// which equals no code on the wire.
fn digest<M: Mac, E>(mac: Result<M, E>, parts: &[&[u8]]) -> Vec<u8> {
    let Ok(mut mac) = mac else {
        return Vec::new();
    };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

/// What both sides know after RAKP message 2; everything else is computed from it.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Suite agreed on in Open Session.
    pub suite: CipherSuite,
    /// Session id that the console (client) chose.
    pub console_session: u32,
    /// Session id that the BMC chose.
    pub bmc_session: u32,
    /// The console's random number (Rm).
    pub console_random: [u8; 16],
    /// The BMC's random number (Rc).
    pub bmc_random: [u8; 16],
    /// The BMC's GUID as sent in RAKP message 2.
    pub bmc_guid: [u8; 16],
    /// Requested role octet as sent in RAKP message 1: privilege and look-up bit.
    pub role: u8,
    /// User name, 0 to 16 octets.
    pub user: Vec<u8>,
}

impl Exchange {
    fn who(&self) -> Vec<u8> {
        let length = u8::try_from(self.user.len()).unwrap_or(u8::MAX);
        let mut who = vec![self.role, length];
        who.extend_from_slice(&self.user);
        who
    }

    /// The key exchange code of RAKP message 2, keyed with the password.
    pub fn rakp2_code(&self, password: &[u8]) -> Vec<u8> {
        hmac(
            self.suite,
            password,
            &[
                &self.console_session.to_le_bytes(),
                &self.bmc_session.to_le_bytes(),
                &self.console_random,
                &self.bmc_random,
                &self.bmc_guid,
                &self.who(),
            ],
        )
    }

    /// The key exchange code of RAKP message 3, keyed with the password.
    pub fn rakp3_code(&self, password: &[u8]) -> Vec<u8> {
        hmac(
            self.suite,
            password,
            &[
                &self.bmc_random,
                &self.console_session.to_le_bytes(),
                &self.who(),
            ],
        )
    }

    /// Session keys, from K_g where the BMC has one, else from the password. The integrity key of
    /// suite 12 is the password itself (IPMI 13.28.4), in the 20 octets of its field.
    pub fn session_keys(&self, password: &[u8], kg: Option<&[u8]>) -> SessionKeys {
        let key = kg.unwrap_or(password);
        let sik = Zeroizing::new(hmac(
            self.suite,
            key,
            &[&self.console_random, &self.bmc_random, &self.who()],
        ));
        let integrity = match self.suite {
            CipherSuite::Twelve => field_of_20(password),
            suite => hmac(suite, &sik, &[&[1; 20]]),
        };
        let mut second = Zeroizing::new(hmac(self.suite, &sik, &[&[2; 20]]));
        let mut aes = [0; 16];
        for (to, from) in aes.iter_mut().zip(second.iter()) {
            *to = *from;
        }
        second.zeroize();
        let mut check = hmac(
            self.suite,
            &sik,
            &[
                &self.console_random,
                &self.bmc_session.to_le_bytes(),
                &self.bmc_guid,
            ],
        );
        check.truncate(self.suite.code_len());
        SessionKeys {
            suite: self.suite,
            integrity: Zeroizing::new(integrity),
            aes: Zeroizing::new(aes),
            rakp4_code: check,
        }
    }
}

/// Keys of one session; wiped when dropped, never printed.
#[derive(Clone)]
pub struct SessionKeys {
    pub(super) suite: CipherSuite,
    pub(super) integrity: Zeroizing<Vec<u8>>,
    pub(super) aes: Zeroizing<[u8; 16]>,
    rakp4_code: Vec<u8>,
}

impl SessionKeys {
    /// The check value of RAKP message 4: 12 or 16 octets.
    pub fn rakp4_code(&self) -> &[u8] {
        &self.rakp4_code
    }

    /// The suite these keys belong to.
    pub const fn suite(&self) -> CipherSuite {
        self.suite
    }

    /// The integrity code over `covered`: 12 or 16 octets.
    pub(super) fn packet_code(&self, covered: &[u8]) -> Vec<u8> {
        let mut code = match self.suite {
            CipherSuite::Twelve => enclosed(&self.integrity, &[covered]).to_vec(),
            suite => hmac(suite, &self.integrity, &[covered]),
        };
        code.truncate(self.suite.code_len());
        code
    }
}

impl std::fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SessionKeys(suite {})", self.suite)
    }
}
