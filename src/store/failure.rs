//! Database errors as faults: a broken database is never "not found".

use diesel::result::{DatabaseErrorKind, Error};

use crate::base::fault::{Fault, FaultKind, Message};

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match &error {
            Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Self {
                retryable: true,
                ..Self::unavailable(text)
            },
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
                Self::conflict(Message::new("fault-already-there")).because(text)
            }
            Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => {
                Self::conflict(Message::new("fault-still-in-use")).because(text)
            }
            Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => Self::unavailable(text),
            Error::DatabaseError(_, _) if is_passing(&text) => Self {
                retryable: true,
                ..Self::unavailable(text)
            },
            Error::BrokenTransactionManager => Self::unavailable(text),
            _ => Self::new(FaultKind::Internal, Message::new("fault-internal")).because(text),
        }
    }
}

/// SQLite's busy states and PostgreSQL's deadlock have no kind of their own in diesel.
fn is_passing(text: &str) -> bool {
    [
        "database is locked",
        "database table is locked",
        "deadlock detected",
        "could not serialize",
    ]
    .iter()
    .any(|part| text.contains(part))
}
