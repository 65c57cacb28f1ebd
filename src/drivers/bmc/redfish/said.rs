//! What a service says when it refuses: `@Message.ExtendedInfo` (DSP0266, error responses), and what that means.

use serde_json::Value;

use super::look;
use crate::drivers::bmc::error::{BmcError, CredentialFault, Where};

/// Longest text of a service that is kept, letters.
const LONGEST: usize = 200;

/// Last parts of message ids by which services say that the state does not allow it.
const STATE: &[&str] = &[
    "InvalidOperationForSystemState",
    "ResourceInStandby",
    "PowerStateNotAllowed",
    "OperationNotAllowedInCurrentState",
    "PSU501",
];
/// … that an account was not let in.
const LOGIN: &[&str] = &[
    "UnauthorizedLoginAttempt",
    "ResourceAtUriUnauthorized",
    "AuthorizationFailed",
    "LoginFailed",
    "UserLoginRestricted",
    "UserLocked",
    "UserFailed",
];
/// … that there is no room for one more session.
const SLOTS: &[&str] = &[
    "SessionLimitExceeded",
    "CreateLimitReachedForResource",
    "CreateSessionLimitReachedForResource",
    "RAC0218",
];
/// … that it should be asked again.
const BUSY: &[&str] = &[
    "ServiceTemporarilyUnavailable",
    "ServiceShuttingDown",
    "ResourceInUse",
];
/// … that the value of a parameter is none it takes, although it may have offered it.
const VALUE: &[&str] = &[
    "ActionParameterValueFormatError",
    "ActionParameterValueNotInList",
    "ActionParameterNotSupported",
    "ActionParameterValueTypeError",
    "PropertyValueNotInList",
    "PropertyValueFormatError",
    "UnsupportedOperation",
];

/// What a refusing answer says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// Message ids, with their registries.
    pub(super) ids: Vec<String>,
    /// The words, joined and cut.
    pub(super) text: String,
}

impl Said {
    /// Reads the body of an answer.
    pub(super) fn of(body: &Value) -> Self {
        let nested = look::list(body, "/error/@Message.ExtendedInfo");
        let plain = look::list(body, "/@Message.ExtendedInfo");
        let messages: Vec<&Value> = nested.iter().chain(plain).collect();
        let mut ids: Vec<String> = messages
            .iter()
            .filter_map(|message| {
                look::text(message, "/MessageId").or_else(|| look::text(message, "/MessageID"))
            })
            .collect();
        ids.extend(look::text(body, "/error/code"));
        let mut words: Vec<String> = Vec::new();
        for message in messages {
            let text = look::text(message, "/Message");
            words.extend(text.filter(|text| !words.contains(text)));
        }
        if words.is_empty() {
            words.extend(look::text(body, "/error/message"));
        }
        if words.is_empty() {
            words.extend(ids.first().cloned());
        }
        Self {
            ids,
            text: words.join(" ").chars().take(LONGEST).collect(),
        }
    }

    fn any(&self, known: &[&str]) -> bool {
        self.ids.iter().any(|id| {
            let last = id.rsplit('.').next().unwrap_or_default();
            known.contains(&last)
        })
    }

    /// Whether the value of a parameter was refused; nothing was done then.
    pub(super) fn refuses_value(&self) -> bool {
        self.any(VALUE)
    }
}

/// Whether an answer to a login says that name or password are wrong.
pub(super) fn refuses_login(status: u16, said: &Said) -> bool {
    status == 401 || (matches!(status, 400 | 403) && said.any(LOGIN))
}

/// The failure that an answer without success means.
pub(super) fn failure(status: u16, said: &Said, at: Where) -> BmcError {
    if said.any(SLOTS) {
        return BmcError::SessionSlotsFull { at };
    }
    if matches!(status, 429 | 503) || said.any(BUSY) {
        return BmcError::Busy { at };
    }
    if matches!(status, 400 | 409) && said.any(STATE) {
        return BmcError::NotInThisState { at };
    }
    match status {
        403 if said
            .ids
            .iter()
            .any(|id| id.ends_with("PasswordChangeRequired")) => {}
        403 => return BmcError::Privilege { at },
        405 | 501 => return BmcError::Unsupported { at },
        _ => {}
    }
    BmcError::Http {
        at,
        status,
        text: said.text.clone(),
    }
}

/// The failure of a refused login.
pub(super) const fn login_failure(at: Where) -> BmcError {
    BmcError::Credentials {
        at,
        fault: CredentialFault::UserOrPassword,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drivers::bmc::error::Step;
    use serde_json::json;
    use std::time::Duration;

    fn at() -> Where {
        Where {
            target: ([192, 0, 2, 1], 443).into(),
            step: Step::Command("reset"),
            elapsed: Duration::ZERO,
            attempt: 1,
        }
    }

    fn message(id: &str) -> Value {
        json!({"error": {"code": "Base.1.8.GeneralError", "@Message.ExtendedInfo": [{"MessageId": id, "Message": "No."}]}})
    }

    #[test]
    fn an_answer_means_what_its_message_id_says() {
        for (status, id, expected) in [
            (
                400,
                "iLO.2.14.InvalidOperationForSystemState",
                "not-in-this-state",
            ),
            (409, "IDRAC.2.7.PSU501", "not-in-this-state"),
            (409, "Base.1.8.GeneralError", "http"),
            (400, "Base.1.8.ActionParameterMissing", "http"),
            (500, "iLO.2.14.InvalidOperationForSystemState", "http"),
            (403, "Base.1.8.InsufficientPrivilege", "privilege"),
            (403, "Base.1.8.PasswordChangeRequired", "http"),
            (503, "Base.1.8.ServiceTemporarilyUnavailable", "busy"),
            (503, "Base.1.8.SessionLimitExceeded", "slots-full"),
            (400, "IDRAC.2.7.RAC0218", "slots-full"),
            (501, "", "unsupported"),
            (405, "", "unsupported"),
            (404, "", "http"),
        ] {
            let said = Said::of(&message(id));
            assert_eq!(
                failure(status, &said, at()).code(),
                expected,
                "{status} {id}"
            );
        }
    }

    #[test]
    fn a_login_is_refused_by_status_or_by_message() {
        for (status, id, expected) in [
            (401, "", true),
            (400, "iLO.2.14.UnauthorizedLoginAttempt", true),
            (403, "iBMC.1.0.AuthorizationFailed", true),
            (403, "Base.1.8.InsufficientPrivilege", false),
            (400, "Base.1.8.PropertyMissing", false),
            (503, "iLO.2.14.UnauthorizedLoginAttempt", false),
        ] {
            let said = Said::of(&message(id));
            assert_eq!(refuses_login(status, &said), expected, "{status} {id}");
        }
    }

    #[test]
    fn the_words_are_kept_from_wherever_they_are() {
        for (body, expected) in [
            (message("Base.1.8.GeneralError"), "No."),
            (
                json!({"@Message.ExtendedInfo": [{"Message": "A"}, {"Message": "B"}, {"Message": "A"}]}),
                "A B",
            ),
            (json!({"error": {"code": "x", "message": "See."}}), "See."),
            (json!({"error": "oops"}), ""),
            (json!([]), ""),
            (
                json!({"error": {"message": "y".repeat(900)}}),
                "y".repeat(200).as_str(),
            ),
        ] {
            assert_eq!(Said::of(&body).text, expected, "{body}");
        }
    }
}
