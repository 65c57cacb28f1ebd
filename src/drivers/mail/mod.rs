//! Sending mail over SMTP (RFC 5321) with STARTTLS (RFC 3207) or TLS from the first byte (RFC 8314).

mod error;
mod letter;
mod session;

pub use error::{MailError, Stage, Trouble};
pub use letter::{Enclosed, Letter};
pub use session::{MailServer, MailSession, Security};
