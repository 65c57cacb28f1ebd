//! How a BMC is reached: protocol, whose certificate is trusted, and what an IPMI login asks for.

use crate::base::fault::{Faults, FieldFault, Message};
use crate::base::fields::Fields;

crate::text_enum! {
    /// How a BMC is spoken to.
    pub enum Protocol {
        /// IPMI 2.0 over RMCP+.
        Ipmi = "ipmi",
        /// Redfish.
        Redfish = "redfish",
    }
}

impl Protocol {
    /// The port when none is given: RMCP+ (IPMI 2.0, section 13.1.2), HTTPS.
    pub const fn usual_port(self) -> i64 {
        match self {
            Self::Ipmi => 623,
            Self::Redfish => 443,
        }
    }

    /// Longest user name, octets (IPMI 2.0, section 22.29).
    pub const fn longest_user(self) -> usize {
        match self {
            Self::Ipmi => 16,
            Self::Redfish => 64,
        }
    }

    /// Longest password, octets (IPMI 2.0, section 22.30).
    pub const fn longest_password(self) -> usize {
        match self {
            Self::Ipmi => 20,
            Self::Redfish => 128,
        }
    }

    /// Reads it; IPMI when nothing is said.
    pub(super) fn parse(raw: &str) -> Result<Self, FieldFault> {
        match raw.trim() {
            "" => Ok(Self::Ipmi),
            word => choice("protocol", Self::from_word(word), Self::words()),
        }
    }
}

crate::text_enum! {
    /// Which certificate of a Redfish service is accepted.
    pub enum Trust {
        /// The one that was shown first, or that a person named.
        Pin = "pin",
        /// One that an authority vouches for.
        Authority = "authority",
    }
}

crate::text_enum! {
    /// The highest privilege that an IPMI session asks for (IPMI 2.0, section 6.8).
    pub enum BmcPrivilege {
        /// Reads only.
        User = "user",
        /// Switches power.
        Operator = "operator",
        /// Everything.
        Administrator = "administrator",
    }
}

crate::text_enum! {
    /// How an IPMI BMC looks the user up (IPMI 2.0, section 13.20).
    pub enum UserLookup {
        /// By the name alone.
        Name = "name",
        /// By name and privilege: for BMCs with the same name twice.
        NamePrivilege = "name_privilege",
    }
}

/// Cipher suites that may be named, strongest first. When none is, 17 and then 3 are tried.
pub const SUITES: [i64; 4] = [17, 3, 8, 12];

/// What is set beside address and account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Whose certificate is trusted.
    pub trust: Trust,
    /// SHA-256 of the trusted certificate, 64 digits; none keeps what is there, or the first that is shown.
    pub certificate_sha256: Option<String>,
    /// Privilege to ask for.
    pub privilege: BmcPrivilege,
    /// How the user is looked up.
    pub lookup: UserLookup,
    /// Cipher suites in the order to try them; empty: as usual.
    pub suites: Vec<i64>,
    /// Whether IPMI 1.5, which does not encrypt, may be spoken where the BMC has no 2.0.
    pub allow_v15: bool,
}

impl Reach {
    /// Reads what was typed; a field that is not there is as usual.
    pub(super) fn parse(fields: &Fields, faults: &mut Faults) -> Option<Self> {
        let trust = faults.keep(usual(
            "trust",
            fields,
            Trust::Pin,
            Trust::from_word,
            Trust::words,
        ));
        let certificate = faults.keep(certificate(fields.get("certificate_sha256")));
        let privilege = faults.keep(usual(
            "privilege",
            fields,
            BmcPrivilege::Operator,
            BmcPrivilege::from_word,
            BmcPrivilege::words,
        ));
        let lookup = faults.keep(usual(
            "lookup",
            fields,
            UserLookup::Name,
            UserLookup::from_word,
            UserLookup::words,
        ));
        let suites = faults.keep(suites(fields.get("suites")));
        Some(Self {
            trust: trust?,
            certificate_sha256: certificate?,
            privilege: privilege?,
            lookup: lookup?,
            suites: suites?,
            allow_v15: fields.yes("allow_v15"),
        })
    }
}

fn choice<T>(field: &'static str, found: Option<T>, allowed: String) -> Result<T, FieldFault> {
    let message = Message::new("fault-choice").with("allowed", allowed);
    found.ok_or_else(|| FieldFault::new(field, message))
}

fn usual<T>(
    field: &'static str,
    fields: &Fields,
    usual: T,
    from_word: fn(&str) -> Option<T>,
    words: fn() -> String,
) -> Result<T, FieldFault> {
    match fields.get(field).trim() {
        "" => Ok(usual),
        word => choice(field, from_word(word), words()),
    }
}

/// A SHA-256 fingerprint as browsers and tools write it: digits in either case, with or without colons.
fn certificate(raw: &str) -> Result<Option<String>, FieldFault> {
    let digits: String = raw
        .trim()
        .chars()
        .filter(|letter| !matches!(letter, ':' | ' '))
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    if digits.is_empty() {
        return Ok(None);
    }
    if digits.len() != 64 || !digits.chars().all(|digit| digit.is_ascii_hexdigit()) {
        let message = Message::new("power-fault-certificate");
        return Err(FieldFault::new("certificate_sha256", message));
    }
    Ok(Some(digits))
}

/// Numbers of cipher suites, by commas or spaces; each once.
fn suites(raw: &str) -> Result<Vec<i64>, FieldFault> {
    let wrong = || {
        let allowed = SUITES.map(|suite| suite.to_string()).join(", ");
        FieldFault::new(
            "suites",
            Message::new("fault-choice").with("allowed", allowed),
        )
    };
    let mut suites = Vec::new();
    for word in raw.split([',', '，', ' ']).filter(|word| !word.is_empty()) {
        let suite: i64 = word.parse().map_err(|_| wrong())?;
        if !SUITES.contains(&suite) {
            return Err(wrong());
        }
        if !suites.contains(&suite) {
            suites.push(suite);
        }
    }
    Ok(suites)
}

/// Suites as they are stored: `17,3`.
pub(super) fn suites_text(suites: &[i64]) -> String {
    let words: Vec<_> = suites.iter().map(i64::to_string).collect();
    words.join(",")
}

/// Suites as they were stored.
pub(super) fn suites_stored(text: &str) -> Vec<i64> {
    text.split(',')
        .filter_map(|word| word.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_are_named_in_their_order_or_left_to_the_program() {
        for (text, expected) in [
            ("", Some(vec![])),
            ("3", Some(vec![3])),
            ("3, 17", Some(vec![3, 17])),
            ("17，3，17", Some(vec![17, 3])),
            ("3, 8, 12", Some(vec![3, 8, 12])),
            ("0", None),
            ("3,x", None),
        ] {
            assert_eq!(suites(text).ok(), expected, "{text}");
        }
        assert_eq!(suites_stored(&suites_text(&[3, 17])), [3, 17]);
        assert_eq!(suites_stored(""), [0_i64; 0]);
    }

    #[test]
    fn a_fingerprint_is_read_as_tools_write_it() {
        let digits = "ab".repeat(32);
        let colons = ["AB"; 32].join(":");
        for text in [
            digits.as_str(),
            &colons,
            &format!(" {} ", digits.to_uppercase()),
        ] {
            let read = certificate(text).ok().flatten();
            assert_eq!(read.as_deref(), Some(digits.as_str()), "{text}");
        }
        assert_eq!(certificate("").ok(), Some(None));
        for text in ["abc", &"zz".repeat(32), &"ab".repeat(33)] {
            assert!(certificate(text).is_err(), "{text}");
        }
    }
}
