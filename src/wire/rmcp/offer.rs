//! Which cipher suites a BMC offers: Get Channel Cipher Suites (IPMI 22.15).

use crate::wire::ipmi::{DecodeError, DecodeKind, Octets};

/// Command number, of network function App.
pub const GET_CHANNEL_CIPHER_SUITES: u8 = 0x54;

/// Octets of the list in one answer; fewer are the last ones.
const PART: usize = 16;
/// Parts that can be asked for.
const MOST_PARTS: u8 = 64;
const STANDARD: u8 = 0xC0;
const OEM: u8 = 0xC1;

/// The list, put together part by part.
#[derive(Debug, Clone, Default)]
pub struct Offer {
    octets: Vec<u8>,
    parts: u8,
    complete: bool,
}

impl Offer {
    /// The parameters of the next question, about this channel and IPMI messages; none when the
    /// list is complete.
    pub fn question(&self) -> Option<[u8; 3]> {
        let more = !self.complete && self.parts < MOST_PARTS;
        more.then_some([0x0E, 0x00, 0x80 | self.parts])
    }

    /// Takes the data of an answer: the channel, and up to sixteen octets of the list.
    ///
    /// # Errors
    /// `Truncated` without a channel, `Length` when it is more than a part.
    pub fn take(&mut self, data: &[u8]) -> Result<(), DecodeError> {
        let mut octets = Octets::new(data);
        octets.u8()?;
        let part = octets.rest();
        if part.len() > PART {
            return Err(octets.error(DecodeKind::Length));
        }
        self.octets.extend_from_slice(part);
        self.parts += 1;
        self.complete = part.len() < PART;
        Ok(())
    }

    /// The numbers of the suites, in the BMC's order; makers' own suites are left out.
    ///
    /// # Errors
    /// `Field` where no record begins, `Truncated` in the middle of one.
    pub fn suites(&self) -> Result<Vec<u8>, DecodeError> {
        let mut octets = Octets::new(&self.octets);
        let mut suites = Vec::new();
        while !octets.rest().is_empty() {
            let at = octets.error(DecodeKind::Field);
            match octets.u8()? {
                STANDARD => {
                    let suite = octets.u8()?;
                    if !suites.contains(&suite) {
                        suites.push(suite);
                    }
                }
                // Number and the maker's enterprise number.
                OEM => {
                    octets.take(4)?;
                }
                _ => return Err(at),
            }
            // The algorithms: tagged 00b, 01b or 10b in the upper two bits.
            while octets.rest().first().is_some_and(|tag| tag >> 6 != 3) {
                octets.u8()?;
            }
        }
        Ok(suites)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(list: &[u8]) -> Result<Vec<u8>, DecodeError> {
        let mut offer = Offer::default();
        let mut parts = list.chunks(PART);
        while offer.question().is_some() {
            let mut data = vec![1];
            data.extend_from_slice(parts.next().unwrap_or_default());
            offer.take(&data)?;
        }
        offer.suites()
    }

    #[test]
    fn the_list_is_read_across_its_parts() {
        // Suites 1, 2, 3 and 17 as table 22-20 composes them: 17 octets, so two parts.
        let list = [
            0xC0, 1, 1, 0xC0, 2, 1, 0x41, 0xC0, 3, 1, 0x41, 0x81, 0xC0, 17, 3, 0x44, 0x81,
        ];
        assert_eq!(of(&list), Ok(vec![1, 2, 3, 17]));
        let with_makers_own = [
            0xC1, 0x80, 0x57, 1, 0, 3, 0x44, 0x81, 0xC0, 17, 3, 0x44, 0x81,
        ];
        assert_eq!(of(&with_makers_own), Ok(vec![17]));
        assert_eq!(of(&[]), Ok(vec![]));
        // Exactly one part: an empty one ends it.
        assert_eq!(
            of(&[
                0xC0, 0, 0, 0xC0, 2, 1, 0x41, 0xC0, 3, 1, 0x41, 0x81, 0xC0, 6, 2, 2
            ]),
            Ok(vec![0, 2, 3, 6])
        );
    }

    #[test]
    fn a_list_that_is_none_is_refused_with_its_place() {
        assert_eq!(of(&[1, 2]), Err(DecodeError::new(DecodeKind::Field, 0)));
        let cut = of(&[0xC0]).unwrap_err();
        assert_eq!(cut.kind, DecodeKind::Truncated);
        let mut offer = Offer::default();
        assert!(offer.take(&[]).is_err() && offer.take(&[0; 18]).is_err());
    }

    #[test]
    fn a_list_without_end_ends() {
        let mut offer = Offer::default();
        let mut asked = 0;
        while offer.question().is_some() {
            offer.take(&[0xC0; 17]).unwrap();
            asked += 1;
        }
        assert_eq!(asked, 64);
    }

    proptest! {
        #[test]
        fn no_list_makes_it_panic(list in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = of(&list);
        }
    }
}
