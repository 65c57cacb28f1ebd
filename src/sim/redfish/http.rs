//! HTTP/1.1 over TLS, as little of it as simulated services need; also for those that misbehave.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use super::certificate::Certificate;

/// Longest head and longest body that are read, octets.
const LONGEST_HEAD: usize = 16 * 1024;
const LONGEST_BODY: usize = 64 * 1024;

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    /// Method.
    pub method: String,
    /// Path, without the query.
    pub path: String,
    /// Query, without the question mark.
    pub query: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as JSON; `Null` when it is none.
    pub body: Value,
}

impl Request {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// An answer, proper or not.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Status, headers, body.
    Proper(u16, Vec<(&'static str, String)>, String),
    /// These octets, then the connection is closed.
    Raw(Vec<u8>),
    /// Nothing, ever.
    Silence,
}

impl Answer {
    /// A document.
    pub fn json(status: u16, body: &Value) -> Self {
        let kind = ("Content-Type", "application/json".to_owned());
        Self::Proper(status, vec![kind], body.to_string())
    }

    /// No document.
    pub const fn empty(status: u16) -> Self {
        Self::Proper(status, Vec::new(), String::new())
    }

    /// The same with a header more.
    #[must_use]
    pub fn with(self, name: &'static str, value: impl Into<String>) -> Self {
        match self {
            Self::Proper(status, mut headers, body) => {
                headers.push((name, value.into()));
                Self::Proper(status, headers, body)
            }
            other => other,
        }
    }

    fn octets(self) -> Option<(Vec<u8>, bool)> {
        match self {
            Self::Proper(status, headers, body) => {
                let mut head = format!("HTTP/1.1 {status} -\r\nContent-Length: {}\r\n", body.len());
                for (name, value) in headers {
                    head.push_str(&format!("{name}: {value}\r\n"));
                }
                head.push_str("\r\n");
                head.push_str(&body);
                Some((head.into_bytes(), true))
            }
            Self::Raw(octets) => Some((octets, false)),
            Self::Silence => None,
        }
    }
}

/// What answers.
pub type Handler = Arc<dyn Fn(Request) -> Answer + Send + Sync>;

/// A running server; stops when dropped.
pub struct Server {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Server {
    /// Binds and starts to answer.
    ///
    /// # Errors
    /// The address cannot be bound, or the certificate is none.
    pub async fn start(
        bind: SocketAddr,
        certificate: &Certificate,
        handler: Handler,
    ) -> io::Result<Self> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivatePkcs8KeyDer::from(certificate.key.clone());
        let chain = vec![CertificateDer::from(certificate.certificate.clone())];
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder
                    .with_no_client_auth()
                    .with_single_cert(chain, key.into())
            })
            .map_err(io::Error::other)?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind(bind).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(serve(listener, acceptor, handler));
        Ok(Self { address, task })
    }

    /// Stops, and returns when the address is free again.
    pub async fn stop(mut self) {
        self.task.abort();
        // It was told to end: that is no failure.
        let _ = (&mut self.task).await;
    }

    /// The address it answers on.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, handler: Handler) {
    // Dropped with this task, and all connections with it.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                let (acceptor, handler) = (acceptor.clone(), handler.clone());
                connections.spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    // A client that goes away in the middle is no fault.
                    let _ = answer_all(stream, handler).await;
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn answer_all(
    mut stream: tokio_rustls::server::TlsStream<tokio::net::TcpStream>,
    handler: Handler,
) -> io::Result<()> {
    let mut read = Vec::new();
    while let Some(request) = next(&mut stream, &mut read).await? {
        let Some((octets, goes_on)) = handler(request).octets() else {
            std::future::pending::<()>().await;
            return Ok(());
        };
        stream.write_all(&octets).await?;
        stream.flush().await?;
        if !goes_on {
            break;
        }
    }
    stream.shutdown().await
}

/// The next request; none when the client is done or says nonsense.
async fn next(
    stream: &mut (impl AsyncReadExt + Unpin),
    read: &mut Vec<u8>,
) -> io::Result<Option<Request>> {
    let head_end = loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if read.len() > LONGEST_HEAD || stream.read_buf(read).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(read.get(..head_end).unwrap_or_default()).into_owned();
    read.drain(..head_end + 4);
    let Some(mut request) = head_of(&head) else {
        return Ok(None);
    };
    let length = request
        .header("content-length")
        .and_then(|text| text.parse().ok());
    let length: usize = length.unwrap_or(0);
    if length > LONGEST_BODY {
        return Ok(None);
    }
    while read.len() < length {
        if stream.read_buf(read).await? == 0 {
            return Ok(None);
        }
    }
    let body: Vec<u8> = read.drain(..length).collect();
    request.body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    Ok(Some(request))
}

fn head_of(head: &str) -> Option<Request> {
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?, first.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers = lines.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    });
    Some(Request {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: headers.collect(),
        body: Value::Null,
    })
}
