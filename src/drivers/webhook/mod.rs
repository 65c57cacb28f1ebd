//! Requests with JSON to programs and group robots: one post, no redirect, a bounded answer.

mod answer;
mod error;

use std::time::{Duration, Instant};

use reqwest::redirect::Policy;
use reqwest::{Client, Url};

pub use answer::Dialect;
pub use error::WebhookError;

use crate::base::secret::Secret;
use error::causes;

/// Longest answer that is read, octets.
const LONGEST_ANSWER: usize = 64 * 1024;

/// One request.
#[derive(Debug, Clone)]
pub struct Request {
    /// Where it goes: http or https, without a user.
    pub url: Secret,
    /// JSON.
    pub body: String,
    /// A header more: name and value.
    pub header: Option<(&'static str, String)>,
    /// Who answers.
    pub dialect: Dialect,
}

/// Sends requests.
#[derive(Debug, Clone)]
pub struct WebhookClient {
    client: Client,
}

impl WebhookClient {
    /// A client; each request ends within `timeout`, connecting within a third of it. Fails when this system's
    /// certificate authorities cannot be read.
    pub fn new(timeout: Duration) -> Result<Self, WebhookError> {
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .timeout(timeout)
            .connect_timeout(timeout / 3)
            .pool_max_idle_per_host(1)
            .user_agent(concat!("Coldaisle/", env!("CARGO_PKG_VERSION")))
            .build();
        client
            .map(|client| Self { client })
            .map_err(|error| WebhookError::Unreachable {
                host: "-".to_owned(),
                elapsed: Duration::ZERO,
                words: causes(&error.without_url()),
            })
    }

    /// Posts a request; `Ok` means that it was taken.
    pub async fn post(&self, request: &Request) -> Result<(), WebhookError> {
        let url = checked(request.url.expose())?;
        let host = host_of(&url);
        let begun = Instant::now();
        let unreachable = |error: reqwest::Error| WebhookError::Unreachable {
            host: host.clone(),
            elapsed: begun.elapsed(),
            words: causes(&error.without_url()),
        };
        let mut post = self
            .client
            .post(url)
            .header("Content-Type", "application/json; charset=utf-8")
            .body(request.body.clone());
        if let Some((name, value)) = &request.header {
            post = post.header(*name, value);
        }
        let mut response = post.send().await.map_err(unreachable)?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while body.len() < LONGEST_ANSWER
            && let Some(part) = response.chunk().await.map_err(unreachable)?
        {
            body.extend_from_slice(&part);
        }
        body.truncate(LONGEST_ANSWER);
        answer::judge(
            request.dialect,
            &host,
            status,
            &String::from_utf8_lossy(&body),
        )
    }
}

fn checked(address: &str) -> Result<Url, WebhookError> {
    let url = Url::parse(address).map_err(|_| WebhookError::Address("not an address"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(WebhookError::Address("neither http nor https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(WebhookError::Address("a user in it"));
    }
    match url.host_str() {
        Some(host) if !host.is_empty() => Ok(url),
        _ => Err(WebhookError::Address("no host")),
    }
}

fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port_or_known_default()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_http_and_has_no_user() {
        assert!(checked("https://x.example/a?b=c").is_ok());
        for (address, expected) in [
            ("x.example", "not an address"),
            ("file:///etc/passwd", "neither http nor https"),
            ("https://me:secret@x.example/", "a user in it"),
            ("https://me@x.example/", "a user in it"),
        ] {
            assert_eq!(
                checked(address).err(),
                Some(WebhookError::Address(expected)),
                "{address}"
            );
        }
    }
}
