//! Passwords: argon2id (RFC 9106) with the parameters OWASP names for 19 MiB.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::base::fault::{Fault, FieldFault, Message};
use crate::base::secret::Secret;

/// Fewest letters of a password.
pub const MIN_LETTERS: usize = 10;
const MAX_OCTETS: usize = 1024;

fn argon() -> Argon2<'static> {
    Argon2::new(
        Algorithm::Argon2id,
        Version::V0x13,
        Params::new(19_456, 2, 1, None).unwrap_or_default(),
    )
}

/// What is wrong with a new password, if anything.
pub fn password_fault(field: &'static str, password: &Secret, login: &str) -> Option<FieldFault> {
    let text = password.expose();
    let fault = |message| Some(FieldFault::new(field, message));
    if text.chars().count() < MIN_LETTERS {
        return fault(Message::new("fault-password-short").with("min", MIN_LETTERS));
    }
    if text.len() > MAX_OCTETS {
        return fault(
            Message::new("fault-too-long")
                .with("max", MAX_OCTETS)
                .with("count", text.len()),
        );
    }
    if text.eq_ignore_ascii_case(login)
        || text.chars().collect::<std::collections::HashSet<_>>().len() < 4
    {
        return fault(Message::new("fault-password-simple"));
    }
    None
}

/// Hashes a password with a random salt, as a PHC string.
pub fn hash_password(password: &Secret) -> Result<String, Fault> {
    let mut salt = [0_u8; 16];
    getrandom::fill(&mut salt)?;
    let salt = SaltString::encode_b64(&salt).map_err(Fault::internal)?;
    Ok(argon()
        .hash_password(password.expose().as_bytes(), &salt)
        .map_err(Fault::internal)?
        .to_string())
}

/// Whether a password fits a hash; takes as long for a user without one.
pub fn verify_password(password: &Secret, hash: Option<&str>) -> bool {
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$YWFhYWFhYWFhYWFhYWFhYQ$ib7bWAeJfVxFCk3P7a8GnwfBzKsSjWiEOSP4vB1Vwl0";
    if password.expose().len() > MAX_OCTETS {
        return false;
    }
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(NOBODY)) else {
        return false;
    };
    argon()
        .verify_password(password.expose().as_bytes(), &parsed)
        .is_ok()
        && hash.is_some()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_password_fits_only_its_own_hash() {
        let hash = hash_password(&Secret::new("correct horse")).unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify_password(&Secret::new("correct horse"), Some(&hash)));
        assert!(!verify_password(&Secret::new("correct horsf"), Some(&hash)));
        assert!(!verify_password(&Secret::new("correct horse"), None));
        assert!(!verify_password(&Secret::new("x"), Some("not a hash")));
    }

    #[test]
    fn simple_passwords_are_refused() {
        for wrong in ["short", "aaaaaaaaaaaa", "operations-team"] {
            assert!(
                password_fault("password", &Secret::new(wrong), "operations-team").is_some(),
                "{wrong}"
            );
        }
        assert!(password_fault("password", &Secret::new("机房里的一匹好马跑得快"), "x").is_none());
    }
}
