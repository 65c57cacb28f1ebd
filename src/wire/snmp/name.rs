//! The last number of an object's name (X.690 section 8.19): the row of a table.

/// Most octets of one number of a name.
const MOST_OCTETS: usize = 5;

/// A number of a name in octets.
#[derive(Clone, Copy, Debug)]
pub struct Arc {
    octets: [u8; MOST_OCTETS],
    first: usize,
}

impl Arc {
    /// A number as a name has it.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        let octets = [
            (number >> 28) as u8 & 0x7f | 0x80,
            (number >> 21) as u8 & 0x7f | 0x80,
            (number >> 14) as u8 & 0x7f | 0x80,
            (number >> 7) as u8 & 0x7f | 0x80,
            number as u8 & 0x7f,
        ];
        let first = match number {
            0..0x80 => 4,
            0x80..0x4000 => 3,
            0x4000..0x20_0000 => 2,
            0x20_0000..0x1000_0000 => 1,
            _ => 0,
        };
        Self { octets, first }
    }

    /// Its octets.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        self.octets.get(self.first..).unwrap_or_default()
    }
}

/// The one number that these octets are; `None` for none, several, or one that is not in its shortest form.
#[must_use]
pub fn only_number(octets: &[u8]) -> Option<u32> {
    match octets {
        [last] if *last < 0x80 => return Some(u32::from(*last)),
        [] | [0x80, ..] => return None,
        _ if octets.len() > MOST_OCTETS => return None,
        _ => {}
    }
    let (last, before) = octets.split_last()?;
    let mut number = 0_u64;
    for octet in before {
        if octet & 0x80 == 0 {
            return None;
        }
        number = number << 7 | u64::from(octet & 0x7f);
    }
    if last & 0x80 != 0 {
        return None;
    }
    u32::try_from(number << 7 | u64::from(*last)).ok()
}

/// Whether these octets are numbers of a name, each at most 2³² − 1 and the last one whole.
#[must_use]
pub fn is_name(octets: &[u8]) -> bool {
    let mut number = 0_u64;
    let mut whole = true;
    for octet in octets {
        number = number << 7 | u64::from(octet & 0x7f);
        if number > u64::from(u32::MAX) {
            return false;
        }
        whole = octet & 0x80 == 0;
        if whole {
            number = 0;
        }
    }
    whole
}
