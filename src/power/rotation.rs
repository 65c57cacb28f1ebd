//! A new password for a BMC as typed or made up, checked. What becomes of it is in [`super::ops`].

use super::reach::Protocol;
use crate::base::fault::{Fault, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::secret::Secret;
use crate::base::token::random_code;

/// Letters of a password that the program makes up: every BMC takes so many.
const MADE_UP_LETTERS: usize = 16;
/// Shortest password that is taken.
const SHORTEST: usize = 8;
/// Longest password of IPMI 2.0 (section 22.30), octets.
const LONGEST_IPMI: usize = 20;
/// Longest password of a Redfish account that is taken, octets.
const LONGEST_REDFISH: usize = 127;

/// A new password for a BMC.
#[derive(Debug, Clone)]
pub struct RotationDraft {
    /// The password.
    pub password: Secret,
}

impl RotationDraft {
    /// Checks what was typed, or makes a password up when that was asked for.
    pub fn parse(fields: &Fields, protocol: Protocol) -> Result<Self, Fault> {
        if fields.yes("make_up") {
            return Self::made_up();
        }
        let (password, again) = (fields.get("password"), fields.get("password_again"));
        let longest = match protocol {
            Protocol::Ipmi => LONGEST_IPMI,
            Protocol::Redfish => LONGEST_REDFISH,
        };
        let refuse = |field, message: Message| Err(FieldFault::new(field, message).into());
        if password.is_empty() {
            return refuse("password", Message::new("fault-required"));
        }
        if password.chars().any(char::is_control) {
            return refuse("password", Message::new("fault-control-characters"));
        }
        if password.len() < SHORTEST {
            let message = Message::new("rotation-fault-short").with("min", SHORTEST);
            return refuse("password", message);
        }
        if password.len() > longest {
            let message = Message::new("power-fault-octets")
                .with("count", password.len())
                .with("max", longest);
            return refuse("password", message);
        }
        if password != again {
            return refuse("password_again", Message::new("rotation-fault-again"));
        }
        Ok(Self {
            password: Secret::new(password),
        })
    }

    /// A password that nobody needs to know, with letters of every kind that BMCs ask for.
    fn made_up() -> Result<Self, Fault> {
        let code = random_code(MADE_UP_LETTERS - 4)?;
        Ok(Self {
            password: Secret::new(format!("Kd7-{code}")),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;

    fn parse(fields: &[(&str, &str)]) -> Result<RotationDraft, Fault> {
        let fields: Fields = fields.iter().copied().collect();
        RotationDraft::parse(&fields, Protocol::Ipmi)
    }

    #[test]
    fn a_password_is_typed_twice_and_fits_the_protocol() {
        let typed = parse(&[
            ("password", "calvin-2026"),
            ("password_again", "calvin-2026"),
        ]);
        assert_eq!(typed.unwrap().password.expose(), "calvin-2026");
        for (password, again, field) in [
            ("", "", "password"),
            ("short", "short", "password"),
            ("123456789012345678901", "123456789012345678901", "password"),
            ("tab\there-2026", "tab\there-2026", "password"),
            ("calvin-2026", "calvin-2027", "password_again"),
        ] {
            let fault = parse(&[("password", password), ("password_again", again)]).unwrap_err();
            assert_eq!(fault.fields[0].field, field, "{password}");
        }
    }

    #[test]
    fn a_made_up_password_is_another_each_time_and_has_letters_of_every_kind() {
        let made = || parse(&[("make_up", "true")]).unwrap().password;
        let (a, b) = (made(), made());
        assert_ne!(a.expose(), b.expose());
        assert_eq!(a.expose().len(), MADE_UP_LETTERS);
        assert!(a.expose().chars().any(char::is_uppercase));
        assert!(a.expose().chars().any(char::is_lowercase));
        assert!(a.expose().chars().any(|c| c.is_ascii_digit()));
        assert!(a.expose().chars().any(|c| c.is_ascii_punctuation()));
    }
}
