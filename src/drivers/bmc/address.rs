//! `HOST[:PORT]` to a socket address.

use std::net::{IpAddr, SocketAddr};

/// Why a text is no address of a BMC.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not `HOST`, `HOST:PORT`, `IPV6` or `[IPV6]:PORT`.
    #[error("{0:?} is not an address; write HOST, HOST:PORT or [IPV6]:PORT")]
    Syntax(String),
    /// The name has no address.
    #[error("the name {0:?} has no address")]
    Unknown(String),
}

/// Reads an address or looks a name up; `default_port` where none is given.
///
/// # Errors
/// [`AddressError`].
pub async fn resolve(text: &str, default_port: u16) -> Result<SocketAddr, AddressError> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Ok(address);
    }
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    if let Ok(ip) = bare.parse::<IpAddr>() {
        return Ok(SocketAddr::new(ip, default_port));
    }
    let syntax = || AddressError::Syntax(text.to_owned());
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().map_err(|_| syntax())?),
        None => (text, default_port),
    };
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_');
    if host.is_empty() || port == 0 || !host.chars().all(plain) {
        return Err(syntax());
    }
    let unknown = || AddressError::Unknown(host.to_owned());
    let mut found = tokio::net::lookup_host((host, port))
        .await
        .map_err(|_| unknown())?;
    found.next().ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn reads_addresses_with_and_without_port() {
        for (text, wanted) in [
            ("192.0.2.1", Some("192.0.2.1:623")),
            ("192.0.2.1:6230", Some("192.0.2.1:6230")),
            ("2001:db8::1", Some("[2001:db8::1]:623")),
            ("[2001:db8::1]", Some("[2001:db8::1]:623")),
            ("[2001:db8::1]:99", Some("[2001:db8::1]:99")),
            ("", None),
            (":623", None),
            ("bmc:port", None),
            ("bmc:0", None),
            ("a b", None),
            ("bmc:70000", None),
        ] {
            let found = resolve(text, 623).await;
            assert_eq!(
                found.ok().map(|a| a.to_string()).as_deref(),
                wanted,
                "{text}"
            );
        }
    }
}
