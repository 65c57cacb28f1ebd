//! Who is at the other end of the connection, believing only proxies that the operator named.

use std::net::IpAddr;

use rocket::Request;

use super::Web;

/// The client's address as text; empty when the connection has none (local tests).
pub(super) fn remote_address(request: &Request<'_>) -> String {
    let Some(peer) = request.remote().map(|peer| peer.ip()) else {
        return String::new();
    };
    let trusted = request
        .rocket()
        .state::<Web>()
        .map_or(&[][..], |web| &web.settings.trusted_proxies);
    forwarded(peer, request.headers().get("X-Forwarded-For"), trusted).to_string()
}

/// The nearest address that is no trusted proxy, reading the header from its end.
fn forwarded<'a>(
    peer: IpAddr,
    headers: impl Iterator<Item = &'a str>,
    trusted: &[(IpAddr, u8)],
) -> IpAddr {
    let hops: Vec<&str> = headers
        .flat_map(|header| header.split(','))
        .map(str::trim)
        .collect();
    let mut nearest = peer;
    for hop in hops.iter().rev() {
        if !is_trusted(nearest, trusted) {
            break;
        }
        match hop.parse() {
            Ok(address) => nearest = address,
            Err(_) => break,
        }
    }
    nearest
}

fn is_trusted(address: IpAddr, trusted: &[(IpAddr, u8)]) -> bool {
    trusted
        .iter()
        .any(|(network, prefix)| match (address, network) {
            (IpAddr::V4(a), IpAddr::V4(n)) => same_prefix(
                u128::from(u32::from(a)) << 96,
                u128::from(u32::from(*n)) << 96,
                *prefix,
            ),
            (IpAddr::V6(a), IpAddr::V6(n)) => same_prefix(a.into(), (*n).into(), *prefix),
            _ => false,
        })
}

fn same_prefix(a: u128, b: u128, prefix: u8) -> bool {
    let shift = 128 - u32::from(prefix.min(128));
    a.checked_shr(shift).unwrap_or(0) == b.checked_shr(shift).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn only_named_proxies_are_believed() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let trusted = [(ip("127.0.0.1"), 32), (ip("10.0.0.0"), 8)];
        let ask =
            |peer: &str, header: &'static str| forwarded(ip(peer), [header].into_iter(), &trusted);
        assert_eq!(ask("127.0.0.1", "203.0.113.9"), ip("203.0.113.9"));
        assert_eq!(ask("198.51.100.7", "203.0.113.9"), ip("198.51.100.7"));
        assert_eq!(
            ask("127.0.0.1", "6.6.6.6, 203.0.113.9, 10.1.2.3"),
            ip("203.0.113.9")
        );
        assert_eq!(ask("127.0.0.1", "nonsense"), ip("127.0.0.1"));
        assert_eq!(ask("127.0.0.1", ""), ip("127.0.0.1"));
    }
}
