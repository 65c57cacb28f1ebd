//! LAN configuration parameters in words (IPMI 23.2, table 23-4). Each takes the data behind the
//! parameter revision; what is too short or says nothing gives an empty text.

use std::net::Ipv4Addr;

/// Parameters of Get LAN Configuration Parameters.
pub mod parameter {
    /// IP address.
    pub const ADDRESS: u8 = 3;
    /// Where the address is from.
    pub const ADDRESS_SOURCE: u8 = 4;
    /// MAC address.
    pub const MAC: u8 = 5;
    /// Subnet mask.
    pub const NETMASK: u8 = 6;
    /// Address of the default gateway.
    pub const GATEWAY: u8 = 12;
    /// VLAN id.
    pub const VLAN: u8 = 20;
}

/// An IPv4 address; empty for 0.0.0.0, which is none.
pub fn address(data: &[u8]) -> String {
    let octets = data.first_chunk::<4>().copied().map(Ipv4Addr::from);
    octets
        .filter(|address| !address.is_unspecified())
        .map(|address| address.to_string())
        .unwrap_or_default()
}

/// Where the address is from: `static`, `dhcp`, `bios`, `other`.
pub fn address_source(data: &[u8]) -> &'static str {
    match data.first().map(|octet| octet & 0x0F) {
        Some(1) => "static",
        Some(2) => "dhcp",
        Some(3) => "bios",
        Some(4) => "other",
        _ => "",
    }
}

/// A MAC address, lower-case with colons; empty for all zeroes.
pub fn mac(data: &[u8]) -> String {
    let octets = data.first_chunk::<6>().filter(|octets| **octets != [0; 6]);
    octets.map_or_else(String::new, |octets| {
        let pairs: Vec<_> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
        pairs.join(":")
    })
}

/// The VLAN id; none while tagging is off.
pub fn vlan(data: &[u8]) -> Option<u16> {
    let [low, high] = data.first_chunk::<2>()?;
    (high & 0x80 != 0).then(|| u16::from_le_bytes([*low, high & 0x0F]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_read_in_words() {
        assert_eq!(address(&[192, 0, 2, 10]), "192.0.2.10");
        assert_eq!(address(&[0; 4]), "");
        assert_eq!(address(&[192, 0]), "");
        assert_eq!(mac(&[2, 0, 0, 0, 0, 0x1F]), "02:00:00:00:00:1f");
        assert_eq!(mac(&[0; 6]), "");
        for (octet, word) in [(1, "static"), (0x12, "dhcp"), (3, "bios"), (0, "")] {
            assert_eq!(address_source(&[octet]), word);
        }
        assert_eq!(vlan(&[0x64, 0x80]), Some(100));
        assert_eq!(vlan(&[0x64, 0x00]), None);
        assert_eq!(vlan(&[0xFF, 0xFF]), Some(4095));
        assert_eq!(vlan(&[1]), None);
    }
}
