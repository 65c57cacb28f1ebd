//! Which version of a record a change is meant for: `If-Match` (RFC 9110 section 13.1.1), or the `version` of the body.

use rocket::Request;
use rocket::request::{FromRequest, Outcome};

use crate::base::fault::{Fault, FaultKind, Message};

/// The header that says it.
pub(super) const IF_MATCH: &str = "If-Match";

/// What must be there for a change to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    /// The version that a body names; the operation compares it.
    Version(i64),
    /// `*`: whatever version is there.
    Any,
    /// One of these entity tags, without their quotes.
    OneOf(Vec<String>),
}

impl Condition {
    /// The version to change, when the one that is `there` is one that was meant.
    pub(super) fn held(&self, there: i64) -> Result<i64, Fault> {
        match self {
            Self::Version(version) => Ok(*version),
            Self::Any => Ok(there),
            Self::OneOf(tags) if tags.contains(&there.to_string()) => Ok(there),
            Self::OneOf(_) => {
                let message = Message::new("fault-precondition").with("version", there.to_string());
                Err(Fault::new(FaultKind::Stale, message))
            }
        }
    }

    /// Reads the value of the header. Comparison is strong, so a weak tag is none that anything has.
    fn parse(value: &str) -> Self {
        if value.trim() == "*" {
            return Self::Any;
        }
        let tags = value.split(',').filter_map(|tag| {
            let tag = tag.trim().strip_prefix('"')?.strip_suffix('"')?;
            Some(tag.to_owned())
        });
        Self::OneOf(tags.collect())
    }

    /// What a request demands; `None` without the header.
    pub(super) fn of(request: &Request<'_>) -> Option<Self> {
        let values: Vec<&str> = request.headers().get(IF_MATCH).collect();
        (!values.is_empty()).then(|| Self::parse(&values.join(",")))
    }
}

/// The header of a request that has no body.
pub(super) struct IfMatch(pub(super) Option<Condition>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for IfMatch {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(Self(Condition::of(request)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_tag_is_compared_strongly() {
        for (header, fits) in [
            ("\"7\"", true),
            ("\"6\", \"7\"", true),
            (" * ", true),
            ("\"6\"", false),
            ("\"07\"", false),
            ("\"+7\"", false),
            ("W/\"7\"", false),
            ("7", false),
            ("\"", false),
            ("", false),
            ("\"*\"", false),
        ] {
            let held = Condition::parse(header).held(7);
            assert_eq!(held.is_ok(), fits, "{header}");
            match held {
                Ok(version) => assert_eq!(version, 7, "{header}"),
                Err(fault) => assert_eq!(fault.kind, FaultKind::Stale, "{header}"),
            }
        }
    }

    #[test]
    fn the_version_of_a_body_is_left_to_the_operation() {
        assert_eq!(Condition::Version(3).held(7).unwrap(), 3);
    }
}
