//! Users of a controller (IPMI 22.26 to 22.30).

use super::{DecodeError, Octets};

/// Octets of a user's name.
pub const NAME_LEN: usize = 16;
/// Octets of a short password; longer ones need IPMI 2.0.
pub const SHORT_PASSWORD: usize = 16;
/// Octets of a long password.
pub const LONG_PASSWORD: usize = 20;

/// Operations of Set User Password.
pub mod operation {
    /// Set the password.
    pub const SET: u8 = 2;
    /// Compare it.
    pub const TEST: u8 = 3;
}

/// An answer to Get User Access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserAccess {
    /// Highest user id.
    pub most: u8,
    /// The user may log in: not disabled, messaging allowed, with a privilege.
    pub enabled: bool,
    /// Number of the privilege limit.
    pub privilege: u8,
}

impl UserAccess {
    /// Reads the data of the response.
    ///
    /// # Errors
    /// `Truncated` below four octets.
    pub fn decode(data: &[u8]) -> Result<Self, DecodeError> {
        let [most, status, _, access] = Octets::new(data).array()?;
        const DISABLED: u8 = 2;
        let privilege = access & 0x0F;
        Ok(Self {
            most: most & 0x3F,
            enabled: status >> 6 != DISABLED && access & 0x10 != 0 && (1..=5).contains(&privilege),
            privilege,
        })
    }

    /// The privilege limit in a word.
    pub const fn privilege_word(&self) -> &'static str {
        match self.privilege {
            1 => "callback",
            2 => "user",
            3 => "operator",
            4 => "administrator",
            5 => "oem",
            _ => "none",
        }
    }
}

/// The octets of a name without its fill.
pub fn name(data: &[u8]) -> &[u8] {
    let whole = data.get(..NAME_LEN).unwrap_or(data);
    let end = whole.iter().position(|octet| *octet == 0);
    end.and_then(|end| whole.get(..end)).unwrap_or(whole)
}

/// The data of Set User Password: short passwords in sixteen octets, which IPMI 1.5 has too,
/// longer ones in twenty. None for a password that is longer than any.
pub fn password_data(user: u8, operation: u8, password: &[u8]) -> Option<Vec<u8>> {
    let (long, length) = match password.len() {
        0..=SHORT_PASSWORD => (0x00, SHORT_PASSWORD),
        17..=LONG_PASSWORD => (0x80, LONG_PASSWORD),
        _ => return None,
    };
    let mut data = vec![long | user & 0x3F, operation];
    data.extend_from_slice(password);
    data.resize(2 + length, 0);
    Some(data)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn who_may_log_in_is_told() {
        for (data, enabled, word) in [
            ([0x3F, 0x03, 0x00, 0x14], true, "administrator"),
            ([0x0A, 0x41, 0x00, 0x13], true, "operator"),
            ([0x0A, 0x81, 0x00, 0x14], false, "administrator"),
            ([0x0A, 0x41, 0x00, 0x04], false, "administrator"),
            ([0x0A, 0x41, 0x00, 0x1F], false, "none"),
        ] {
            let access = UserAccess::decode(&data).unwrap();
            let seen = (access.enabled, access.privilege_word());
            assert_eq!(seen, (enabled, word), "{data:x?}");
        }
        assert_eq!(UserAccess::decode(&[0x3F, 3, 0, 0x14]).unwrap().most, 63);
        assert!(UserAccess::decode(&[1, 2]).is_err());
    }

    #[test]
    fn passwords_have_two_lengths() {
        let short = password_data(2, operation::SET, b"0123456789abcdef").unwrap();
        assert_eq!((short.len(), short.first()), (18, Some(&0x02)));
        let long = password_data(2, operation::TEST, b"0123456789abcdefg").unwrap();
        assert_eq!((long.len(), long.first()), (22, Some(&0x82)));
        assert_eq!(long.get(18..), Some(&[b'g', 0, 0, 0][..]));
        assert_eq!(password_data(2, operation::SET, &[b'x'; 21]), None);
    }

    #[test]
    fn names_end_at_their_fill() {
        assert_eq!(name(b"ADMIN\0\0\0\0\0\0\0\0\0\0\0"), b"ADMIN");
        assert_eq!(name(b"sixteen-letters!tail"), b"sixteen-letters!");
        assert_eq!(name(b""), b"");
    }
}
