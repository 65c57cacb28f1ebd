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
        let secrets = secrets_of(&url);
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
        let said = without_address(&String::from_utf8_lossy(&body), &secrets);
        answer::judge(request.dialect, &host, status, &said)
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

/// Shortest single part of an address that is taken for a token.
const TOKEN_LETTERS: usize = 16;

/// What of an address may be a secret, the longest first: path and query, and what in them looks like a token.
fn secrets_of(url: &Url) -> Vec<String> {
    let (path, query) = (url.path(), url.query().unwrap_or_default());
    let parts = path.split('/').chain(query.split(['&', '=']));
    let tokens = parts.filter(|part| part.len() >= TOKEN_LETTERS);
    let mut all: Vec<String> = [path, query]
        .into_iter()
        .filter(|part| part.len() > 1)
        .chain(tokens)
        .map(str::to_owned)
        .collect();
    all.sort_by_key(|part| std::cmp::Reverse(part.len()));
    all
}

/// What a receiver said, should it repeat the address it was asked at.
fn without_address(body: &str, secrets: &[String]) -> String {
    let hide = |text: String, secret: &String| text.replace(secret.as_str(), "…");
    secrets.iter().fold(body.to_owned(), hide)
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
    fn an_answer_that_repeats_the_address_does_not_tell_it() {
        let token = "0123456789abcdef0123";
        for (address, body, expected) in [
            (
                "https://x.example/hook/s3cret",
                "no /hook/s3cret here",
                "no … here",
            ),
            (
                "https://x.example/send?key=s3cret",
                "POST /send?key=s3cret: gone",
                "POST …?…: gone",
            ),
            (
                "https://x.example/",
                "a/b {\"errcode\":0}",
                "a/b {\"errcode\":0}",
            ),
        ] {
            let secrets = checked(address).map(|url| secrets_of(&url));
            let secrets = secrets.unwrap_or_default();
            assert_eq!(without_address(body, &secrets), expected, "{address}");
        }
        let address = format!("https://x.example/robot/send?access_token={token}");
        let secrets = checked(&address).map(|url| secrets_of(&url));
        let body = format!("token {token} is not known");
        assert_eq!(
            without_address(&body, &secrets.unwrap_or_default()),
            "token … is not known"
        );
    }

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
