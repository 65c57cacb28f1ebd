//! One request and its answer: bounded in time and size, typed in its failures.

use std::error::Error as StdError;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;
use tokio::sync::watch;

use super::look;
use super::said::{Said, failure};
use super::tls::Shown;
use crate::base::secret::Secret;
use crate::drivers::bmc::error::{Acted, BmcError, Step, Where};
use crate::drivers::bmc::gate::Reporter;

/// Longest answer that is read, octets.
const LONGEST_ANSWER: usize = 2 * 1024 * 1024;
/// Redirects followed within the same service.
const MOST_REDIRECTS: usize = 3;
/// Pause before a busy service is asked again.
const BUSY_PAUSE: Duration = Duration::from_secs(1);

/// How requests show who asks.
#[derive(Clone)]
pub(super) enum Auth {
    /// Not at all.
    Anonymous,
    /// With the token of a session.
    Token(Secret),
    /// With name and password each time, where there are no sessions.
    Basic {
        /// User name.
        user: String,
        /// Password.
        password: Secret,
    },
}

/// A request.
pub(super) struct Ask<'a> {
    /// Its name in errors.
    pub(super) name: &'static str,
    /// Method.
    pub(super) method: Method,
    /// Path and query on the service.
    pub(super) path: &'a str,
    /// JSON to send.
    pub(super) body: Option<Value>,
    /// Entity tag that must still be that of the resource.
    pub(super) if_match: Option<String>,
    /// Whether a request without an answer may have been carried out.
    pub(super) acts: Acted,
    /// Longest wait, where it is less than usual.
    pub(super) patience: Option<Duration>,
}

impl<'a> Ask<'a> {
    /// Reads a resource.
    pub(super) const fn get(name: &'static str, path: &'a str) -> Self {
        Self::of(name, Method::GET, path, None, Acted::No)
    }

    /// Carries out an action.
    pub(super) const fn post(name: &'static str, path: &'a str, body: Value) -> Self {
        Self::of(name, Method::POST, path, Some(body), Acted::Perhaps)
    }

    /// Changes a resource.
    pub(super) const fn patch(name: &'static str, path: &'a str, body: Value) -> Self {
        Self::of(name, Method::PATCH, path, Some(body), Acted::Perhaps)
    }

    pub(super) const fn of(
        name: &'static str,
        method: Method,
        path: &'a str,
        body: Option<Value>,
        acts: Acted,
    ) -> Self {
        Self {
            name,
            method,
            path,
            body,
            if_match: None,
            acts,
            patience: None,
        }
    }
}

/// An answer, whatever its status.
pub(super) struct Reply {
    /// HTTP status.
    pub(super) status: u16,
    /// The document; `Null` when there is none.
    pub(super) body: Value,
    /// Path of the `Location` header.
    pub(super) location: Option<String>,
    /// Entity tag, of the header or in the document.
    pub(super) etag: Option<String>,
    /// Token of a new session.
    pub(super) token: Option<Secret>,
    /// Seconds to wait, when it says so.
    pub(super) retry_after: Option<u64>,
    /// Where this was.
    pub(super) at: Where,
}

impl Reply {
    /// Whether the status is one of success.
    pub(super) const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// The answer, when its status is one of success.
    pub(super) fn success(self) -> Result<Self, BmcError> {
        if self.is_success() {
            return Ok(self);
        }
        // Within a session this means that the session is no more.
        if self.status == 401 {
            return Err(BmcError::Closed { at: self.at });
        }
        Err(failure(self.status, &Said::of(&self.body), self.at))
    }
}

/// The way to one service.
pub(super) struct Channel {
    pub(super) client: Client,
    pub(super) target: SocketAddr,
    pub(super) shown: Arc<Shown>,
    pub(super) stopping: watch::Receiver<bool>,
    pub(super) auth: Mutex<Auth>,
    /// Longest wait for an answer.
    pub(super) patience: Duration,
    /// Tells the gate what is seen of the BMC.
    pub(super) reporter: Option<Reporter>,
}

/// A try that brought no answer.
struct Lost {
    error: BmcError,
    /// The connection broke before an answer began: reading again is harmless.
    again: bool,
}

impl Channel {
    /// Sends a request and reads its answer. What only reads is asked once more after a broken connection or by a
    /// busy service.
    pub(super) async fn send(&self, ask: &Ask<'_>) -> Result<Reply, BmcError> {
        let outcome = self.asked(ask).await;
        // That a session can't be deleted any more was told by what went before.
        if let Some(reporter) = self
            .reporter
            .as_ref()
            .filter(|_| ask.method != Method::DELETE)
        {
            match &outcome {
                Ok(_) => reporter.answered(),
                Err(error) => reporter.failed(error),
            }
        }
        outcome
    }

    /// How requests show who asks.
    pub(super) fn auth(&self) -> Auth {
        let auth = self.auth.lock().unwrap_or_else(PoisonError::into_inner);
        auth.clone()
    }

    /// From now on requests show this.
    pub(super) fn show(&self, auth: Auth) {
        *self.auth.lock().unwrap_or_else(PoisonError::into_inner) = auth;
    }

    /// The same connection for another caller, or for other credentials.
    pub(super) fn with(&self, auth: Auth, patience: Duration, reporter: Option<Reporter>) -> Self {
        Self {
            client: self.client.clone(),
            target: self.target,
            shown: self.shown.clone(),
            stopping: self.stopping.clone(),
            auth: Mutex::new(auth),
            patience,
            reporter,
        }
    }

    async fn asked(&self, ask: &Ask<'_>) -> Result<Reply, BmcError> {
        let begun = Instant::now();
        let mut attempt = 1;
        loop {
            let outcome = self.patiently(ask, begun, attempt).await;
            let second_chance = attempt == 1 && ask.acts == Acted::No && ask.method == Method::GET;
            match outcome {
                Ok(reply) if second_chance && matches!(reply.status, 429 | 503) => {
                    tokio::time::sleep(BUSY_PAUSE).await;
                }
                Err(lost) if second_chance && lost.again => {}
                Ok(reply) => return Ok(reply),
                Err(lost) => return Err(lost.error),
            }
            attempt += 1;
        }
    }

    fn at(&self, name: &'static str, begun: Instant, attempt: u32) -> Where {
        Where {
            target: self.target,
            step: Step::Command(name),
            elapsed: begun.elapsed(),
            attempt,
        }
    }

    /// A place for failures found without a request.
    pub(super) const fn here(&self, name: &'static str) -> Where {
        Where {
            target: self.target,
            step: Step::Command(name),
            elapsed: Duration::ZERO,
            attempt: 0,
        }
    }

    async fn patiently(&self, ask: &Ask<'_>, begun: Instant, attempt: u32) -> Result<Reply, Lost> {
        let mut stopping = self.stopping.clone();
        let stopped = async move {
            // A sender that is gone means that the program is at its end too.
            let _ = stopping.wait_for(|stopping| *stopping).await;
        };
        let patience = ask
            .patience
            .map_or(self.patience, |patience| patience.min(self.patience));
        let final_error = |error| Lost {
            error,
            again: false,
        };
        tokio::select! {
            outcome = tokio::time::timeout(patience, self.once(ask, begun, attempt)) => match outcome {
                Ok(outcome) => outcome,
                Err(_) => Err(final_error(BmcError::NoAnswer {
                    at: self.at(ask.name, begun, attempt),
                    acted: ask.acts,
                })),
            },
            () = stopped, if ask.method != Method::DELETE => Err(final_error(BmcError::Cancelled {
                at: self.at(ask.name, begun, attempt),
                acted: ask.acts,
            })),
        }
    }

    async fn once(&self, ask: &Ask<'_>, begun: Instant, attempt: u32) -> Result<Reply, Lost> {
        let mut path = ask.path.to_owned();
        for _ in 0..=MOST_REDIRECTS {
            let response = self
                .request(ask, &path)
                .send()
                .await
                .map_err(|error| self.lost(ask, begun, attempt, error))?;
            match self.redirect(ask, &response) {
                Ok(None) => return self.read(ask, response, begun, attempt).await,
                Ok(Some(further)) => path = further,
                Err(fault) => return Err(self.not_understood(ask, begun, attempt, fault)),
            }
        }
        let fault = "redirects without end".to_owned();
        Err(self.not_understood(ask, begun, attempt, fault))
    }

    fn request(&self, ask: &Ask<'_>, path: &str) -> RequestBuilder {
        let url = format!("https://{}{path}", self.target);
        let mut request = self
            .client
            .request(ask.method.clone(), url)
            .header("Accept", "application/json")
            .header("OData-Version", "4.0");
        request = match &self.auth() {
            Auth::Anonymous => request,
            Auth::Token(token) => request.header("X-Auth-Token", sensitive(token.expose())),
            Auth::Basic { user, password } => request.basic_auth(user, Some(password.expose())),
        };
        if let Some(tag) = &ask.if_match {
            request = request.header("If-Match", tag);
        }
        if let Some(body) = &ask.body {
            request = request
                .header("Content-Type", "application/json")
                .body(body.to_string());
        }
        request
    }

    /// Where to go on after a redirect: only reading, only on the same service.
    fn redirect(&self, ask: &Ask<'_>, response: &Response) -> Result<Option<String>, String> {
        if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
            return Ok(None);
        }
        let to = header(response.headers(), "location").unwrap_or_default();
        let elsewhere = || format!("points elsewhere ({})", cut(&to));
        if ask.method != Method::GET {
            return Err(elsewhere());
        }
        let same = format!("https://{}/", self.target);
        let same_without_port = format!("https://{}/", host(self.target));
        let inside =
            to.starts_with('/') || to.starts_with(&same) || to.starts_with(&same_without_port);
        match look::path(&to) {
            Some(path) if inside => Ok(Some(path)),
            _ => Err(elsewhere()),
        }
    }

    async fn read(
        &self,
        ask: &Ask<'_>,
        mut response: Response,
        begun: Instant,
        attempt: u32,
    ) -> Result<Reply, Lost> {
        let status = response.status().as_u16();
        let mut octets = Vec::new();
        while let Some(part) = response
            .chunk()
            .await
            .map_err(|error| self.lost(ask, begun, attempt, error))?
        {
            octets.extend_from_slice(&part);
            if octets.len() > LONGEST_ANSWER {
                let fault = format!("more than {} KiB", LONGEST_ANSWER / 1024);
                return Err(self.not_understood(ask, begun, attempt, fault));
            }
        }
        let headers = response.headers();
        let body = match document(headers, &octets) {
            Ok(body) => body,
            // What acted has acted, and an error is one by its status, whatever is written below it.
            Err(_) if ask.acts == Acted::Perhaps || status >= 400 => Value::Null,
            Err(fault) => return Err(self.not_understood(ask, begun, attempt, fault)),
        };
        Ok(Reply {
            status,
            location: header(headers, "location").and_then(|to| look::path(&to)),
            etag: header(headers, "etag").or_else(|| look::text(&body, "/@odata.etag")),
            token: header(headers, "x-auth-token").map(Secret::new),
            retry_after: header(headers, "retry-after").and_then(|text| text.parse().ok()),
            body,
            at: self.at(ask.name, begun, attempt),
        })
    }

    fn not_understood(&self, ask: &Ask<'_>, begun: Instant, attempt: u32, fault: String) -> Lost {
        let at = self.at(ask.name, begun, attempt);
        let error = match ask.acts {
            Acted::No => BmcError::NotADocument { at, fault },
            Acted::Perhaps => BmcError::NoAnswer {
                at,
                acted: Acted::Perhaps,
            },
        };
        Lost {
            error,
            again: false,
        }
    }

    fn lost(&self, ask: &Ask<'_>, begun: Instant, attempt: u32, error: reqwest::Error) -> Lost {
        let at = self.at(ask.name, begun, attempt);
        let last = |error| Lost {
            error,
            again: false,
        };
        if let Some(fault) = self.shown.refusal() {
            return last(BmcError::Certificate {
                at,
                fault,
                shown: self.shown.fingerprint().map(Box::new),
            });
        }
        if error.is_connect() {
            return last(unconnected(at, &error));
        }
        Lost {
            error: BmcError::NoAnswer {
                at,
                acted: ask.acts,
            },
            again: !error.is_timeout(),
        }
    }
}

/// Why there is no connection: nothing was sent then.
fn unconnected(at: Where, error: &reqwest::Error) -> BmcError {
    for cause in causes(error) {
        let Some(system) = cause.downcast_ref::<io::Error>() else {
            continue;
        };
        if let Some(tls) = tls_inside(system) {
            return tls_failure(at, tls);
        }
        let kind = system.kind();
        if matches!(
            kind,
            io::ErrorKind::NetworkUnreachable
                | io::ErrorKind::HostUnreachable
                | io::ErrorKind::PermissionDenied
                | io::ErrorKind::AddrNotAvailable
        ) {
            return BmcError::Network { at, kind };
        }
    }
    BmcError::NoAnswer {
        at,
        acted: Acted::No,
    }
}

/// The TLS fault in a fault of the system; the connector wraps it more than once.
fn tls_inside(system: &io::Error) -> Option<&rustls::Error> {
    let inner = system.get_ref()?;
    if let Some(tls) = inner.downcast_ref() {
        return Some(tls);
    }
    tls_inside(inner.downcast_ref()?)
}

fn tls_failure(at: Where, tls: &rustls::Error) -> BmcError {
    let fault = tls.to_string();
    match tls {
        rustls::Error::InvalidCertificate(_) => BmcError::Certificate {
            at,
            fault,
            shown: None,
        },
        _ => BmcError::NotADocument {
            at,
            fault: format!("no TLS: {}", cut(&fault)),
        },
    }
}

type Cause<'a> = &'a (dyn StdError + 'static);

fn causes<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = Cause<'a>> {
    let mut next: Option<Cause<'a>> = error.source();
    std::iter::from_fn(move || {
        let cause = next?;
        next = cause.source();
        Some(cause)
    })
}

/// The document of an answer; `Null` for an empty one.
fn document(headers: &HeaderMap, octets: &[u8]) -> Result<Value, String> {
    if octets.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    match serde_json::from_slice(octets) {
        Ok(document @ Value::Object(_)) => Ok(document),
        Ok(_) => Err("no object".to_owned()),
        Err(error) => {
            let kind = header(headers, "content-type").unwrap_or_default();
            if !kind.is_empty() && !kind.contains("json") {
                return Err(cut(&kind));
            }
            Err(if error.is_eof() {
                "half a document".to_owned()
            } else {
                format!("no JSON at octet {}", error.column())
            })
        }
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

fn sensitive(text: &str) -> HeaderValue {
    // A token came in a header: it can go back in one.
    let mut value = HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

fn host(target: SocketAddr) -> String {
    match target {
        SocketAddr::V4(v4) => v4.ip().to_string(),
        SocketAddr::V6(v6) => format!("[{}]", v6.ip()),
    }
}

fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(120).collect()
}
