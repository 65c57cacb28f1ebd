//! The system's GUID, and the three ways in which BMCs write it down.

use std::fmt;

/// Sixteen octets as a BMC sent them in RAKP message 2 or Get System GUID (IPMI 22.14).
///
/// The specification stores a GUID last octet first; many BMCs give the SMBIOS layout (first
/// three fields last octet first) or plain RFC 4122 order instead and do not say which. The
/// version and variant digits decide; the order of trying is SMBIOS, IPMI, RFC 4122.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Guid(pub [u8; 16]);

impl Guid {
    fn smbios(self) -> [u8; 16] {
        let [a, b, c, d, e, f, g, h, rest @ ..] = self.0;
        let [i, j, k, l, m, n, o, p] = rest;
        [d, c, b, a, f, e, h, g, i, j, k, l, m, n, o, p]
    }

    fn reversed(self) -> [u8; 16] {
        let mut octets = self.0;
        octets.reverse();
        octets
    }

    /// The GUID in RFC 4122 order, by the layout that gives a valid version (1 to 5) and variant.
    pub fn in_order(self) -> [u8; 16] {
        [self.smbios(), self.reversed(), self.0]
            .into_iter()
            .find(|[_, _, _, _, _, _, version, _, variant, ..]| {
                (1..=5).contains(&(version >> 4)) && variant >> 6 == 0b10
            })
            .unwrap_or(self.0)
    }

    /// A GUID as it is written (RFC 4122), such as Redfish's `UUID`, so that it shows as written again.
    pub fn from_text(text: &str) -> Option<Self> {
        let digits: Vec<char> = text.trim().chars().filter(|c| *c != '-').collect();
        if !digits.iter().all(char::is_ascii_hexdigit) {
            return None;
        }
        let mut octets = [0; 16];
        if digits.len() != 2 * octets.len() {
            return None;
        }
        for (octet, pair) in octets.iter_mut().zip(digits.chunks_exact(2)) {
            let pair: String = pair.iter().collect();
            *octet = u8::from_str_radix(&pair, 16).ok()?;
        }
        let written = Self(octets);
        let layouts = [Self(written.smbios()), written, Self(written.reversed())];
        let shows_so = layouts
            .into_iter()
            .find(|layout| layout.in_order() == octets);
        Some(shows_so.unwrap_or(written))
    }

    /// True when `text` is this GUID in any of the three layouts; case, dashes and braces do
    /// not matter. For comparing with a record that came from elsewhere (label, `dmidecode`).
    pub fn is_also(self, text: &str) -> bool {
        let digits: String = text
            .chars()
            .filter(char::is_ascii_hexdigit)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        [self.smbios(), self.reversed(), self.0]
            .into_iter()
            .any(|octets| hex(&octets) == digits)
    }

    /// True when the octets say nothing: all zero or all ones.
    pub fn is_blank(self) -> bool {
        self.0 == [0; 16] || self.0 == [0xFF; 16]
    }
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, octet) in self.in_order().iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{octet:02x}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Guid;

    const TEXT: &str = "12345678-9abc-4def-8123-456789abcdef";
    const RFC: [u8; 16] = [
        0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0x4D, 0xEF, 0x81, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD,
        0xEF,
    ];

    #[test]
    fn the_three_layouts_are_recognised() {
        let smbios = Guid(Guid(RFC).smbios());
        let mut octets = RFC;
        octets.reverse();
        for guid in [Guid(RFC), smbios, Guid(octets)] {
            assert_eq!(guid.to_string(), TEXT);
            assert!(guid.is_also(&TEXT.to_uppercase()));
            assert!(!guid.is_also("12345678-9abc-4def-8123-456789abcdee"));
        }
    }

    #[test]
    fn a_written_guid_shows_as_it_was_written() {
        for text in [
            TEXT,
            "4c4c4544-0035-3410-8050-c6c04f314733",
            "00000000-0000-0000-0000-ac1f6b18a45a",
            // Valid digits of version and variant also in the other layouts.
            "38947555-4212-4248-9784-823347823834",
        ] {
            assert_eq!(
                Guid::from_text(text)
                    .map(|guid| guid.to_string())
                    .as_deref(),
                Some(text)
            );
        }
        for text in [
            "",
            "12345678",
            "zzzzzzzz-9abc-4def-8123-456789abcdef",
            "+1234567-9abc-4def-8123-456789abcdef",
        ] {
            assert_eq!(Guid::from_text(text), None, "{text}");
        }
    }

    #[test]
    fn blank_octets_are_no_identity() {
        assert!(Guid([0; 16]).is_blank() && Guid([0xFF; 16]).is_blank());
        assert!(!Guid(RFC).is_blank());
    }
}
