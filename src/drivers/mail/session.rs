//! A conversation with a mail server: connect, TLS, login, mails, goodbye; each step with its own time-out.

use std::time::{Duration, Instant};

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use lettre::transport::smtp::{Error, client};

use super::error::{MailError, Stage, Trouble, words};
use super::letter::Letter;
use crate::base::secret::Secret;

/// Speed below which a line is as good as none.
const SLOWEST_OCTETS_PER_S: u64 = 16_384;
/// Longest time for handing a mail over; the mailer gives up a little later.
const LONGEST_SENDING: Duration = Duration::from_secs(200);

/// How the connection is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Not at all.
    None,
    /// Plain first, TLS before anything is said; without TLS nothing is said.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

/// A mail server and how to talk to it.
#[derive(Debug, Clone)]
pub struct MailServer {
    /// Name or address; the certificate must be for it.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is secured.
    pub security: Security,
    /// Certificate of an authority to trust besides the system's, PEM.
    pub authority_pem: Option<Vec<u8>>,
    /// User and password.
    pub login: Option<(String, Secret)>,
    /// Longest time for one step.
    pub timeout: Duration,
}

impl MailServer {
    /// `host:port`.
    pub fn label(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    fn trouble(&self, stage: Stage, started: Instant, words: String) -> Trouble {
        Trouble {
            server: self.label(),
            stage,
            elapsed: started.elapsed(),
            words,
        }
    }

    fn tls(&self) -> Result<TlsParameters, MailError> {
        let started = Instant::now();
        let fault =
            |error: Error| MailError::Tls(self.trouble(Stage::Connect, started, words(&error)));
        let mut builder = TlsParameters::builder(self.host.clone());
        if let Some(pem) = &self.authority_pem {
            builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(fault)?);
        }
        builder
            .set_min_tls_version(client::TlsVersion::Tlsv12)
            .build_rustls()
            .map_err(fault)
    }
}

/// A session with a mail server, logged in when a login is given.
pub struct MailSession<'a> {
    server: &'a MailServer,
    connection: AsyncSmtpConnection,
}

impl<'a> MailSession<'a> {
    /// Connects, secures and logs in.
    pub async fn open(server: &'a MailServer) -> Result<Self, MailError> {
        let tls = match server.security {
            Security::None => None,
            Security::StartTls | Security::Tls => Some(server.tls()?),
        };
        let first = tls.clone().filter(|_| server.security == Security::Tls);
        let hello = ClientId::default();
        let connection = step(
            server,
            Stage::Connect,
            AsyncSmtpConnection::connect_tokio1(
                (server.host.as_str(), server.port),
                Some(server.timeout),
                &hello,
                first,
                None,
            ),
        )
        .await?;
        let mut session = Self { server, connection };
        if let Some(tls) = tls.filter(|_| server.security == Security::StartTls) {
            step(
                server,
                Stage::StartTls,
                session.connection.starttls(tls, &hello),
            )
            .await?;
        }
        if let Some((user, password)) = &server.login {
            session.log_in(user, password).await?;
        }
        Ok(session)
    }

    async fn log_in(&mut self, user: &str, password: &Secret) -> Result<(), MailError> {
        let credentials = Credentials::new(user.to_owned(), password.expose().to_owned());
        let mechanisms = [Mechanism::Plain, Mechanism::Login];
        let answer = self.connection.auth(&mechanisms, &credentials);
        step(self.server, Stage::Login, answer).await?;
        Ok(())
    }

    /// Hands one mail over; gives the server's answer.
    pub async fn send(&mut self, letter: &Letter) -> Result<String, MailError> {
        let message = letter.message()?;
        let octets = message.formatted();
        let sending = self.connection.send(message.envelope(), &octets);
        let limit = sending_limit(self.server.timeout, octets.len());
        let response: Response = step_within(self.server, Stage::Send, limit, sending).await?;
        Ok(response.first_line().unwrap_or("").to_owned())
    }

    /// Whether the connection can take another mail.
    pub fn is_usable(&self) -> bool {
        !self.connection.has_broken()
    }

    /// Whether the connection is secured by TLS.
    pub fn is_encrypted(&self) -> bool {
        self.connection.is_encrypted()
    }

    /// Says goodbye; what the server says to it does not matter any more.
    pub async fn close(mut self) {
        let goodbye = tokio::time::timeout(self.server.timeout, self.connection.quit()).await;
        if !matches!(goodbye, Ok(Ok(_))) {
            tracing::debug!(server = self.server.label(), "no answer to QUIT");
        }
    }
}

/// Longest time for handing a mail over: the step's own, and more for a large one over a slow line.
fn sending_limit(timeout: Duration, octets: usize) -> Duration {
    let octets = u64::try_from(octets).unwrap_or(u64::MAX);
    let for_all = timeout.saturating_add(Duration::from_secs(octets / SLOWEST_OCTETS_PER_S));
    for_all.min(LONGEST_SENDING.max(timeout))
}

/// Runs one step within the server's time-out.
async fn step<T>(
    server: &MailServer,
    stage: Stage,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, MailError> {
    step_within(server, stage, server.timeout, work).await
}

/// Runs one step within a time.
async fn step_within<T>(
    server: &MailServer,
    stage: Stage,
    limit: Duration,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, MailError> {
    let started = Instant::now();
    match tokio::time::timeout(limit, work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            let trouble = server.trouble(stage, started, words(&error));
            Err(MailError::from_smtp(&error, trouble))
        }
        Err(_) => {
            let trouble = server.trouble(stage, started, "no answer in time".to_owned());
            Err(MailError::Unreachable(trouble))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_mail_has_more_time_but_not_for_ever() {
        let timeout = Duration::from_secs(20);
        for (octets, seconds) in [(0, 20), (16_384 * 60, 80), (usize::MAX, 200)] {
            assert_eq!(sending_limit(timeout, octets).as_secs(), seconds);
        }
        let patient = Duration::from_secs(300);
        assert_eq!(sending_limit(patient, usize::MAX), patient);
    }
}
