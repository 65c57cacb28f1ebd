//! From a name to an address.

use std::net::SocketAddr;

/// The first address of a host name (or of an address as text), with a port.
///
/// # Errors
/// What the resolver says; `NotFound` when a name has no address.
pub async fn resolve(host: &str, port: u16) -> std::io::Result<SocketAddr> {
    let mut found = tokio::net::lookup_host((host, port)).await?;
    found
        .next()
        .ok_or_else(|| std::io::Error::new(std::io::ErrorKind::NotFound, "no address"))
}
