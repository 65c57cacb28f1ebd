//! IPMI messages and the commands that `ipmi-rs` does not have: LAN message framing, chassis
//! status and control, GUIDs, sensor data records, readings, completion codes in words.
//!
//! Source: IPMI Specification v2.0 rev. 1.1.

pub mod accounts;
pub mod boot;
pub mod chassis;
pub mod completion;
pub mod dcmi;
mod decode;
pub mod entity;
pub mod fru;
pub mod guid;
pub mod lan;
pub mod message;
mod octets;
pub mod reading;
pub mod sdr;
pub mod sel;
pub mod sensor_kinds;
pub mod states;
pub mod text;
pub mod thresholds;
pub mod units;
pub mod watchdog;

pub use decode::{DecodeError, DecodeKind};
pub use octets::Octets;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_octets_make_a_small_decoder_panic(
            octets in proptest::collection::vec(any::<u8>(), 0..32), kind: u8, english: bool,
        ) {
            let _ = boot::BootFlags::decode(&octets);
            let _ = accounts::UserAccess::decode(&octets);
            let _ = watchdog::Watchdog::decode(&octets).map(|watchdog| watchdog.to_string());
            let _ = dcmi::PowerReading::decode(&octets);
            let _ = thresholds::Limits::decode(&octets);
            let _ = text::sensor_name(&mut Octets::new(&octets));
            let _ = text::fru_field(kind & 3, &octets, english);
            let _ = (lan::address(&octets), lan::mac(&octets), lan::vlan(&octets));
            prop_assert!(accounts::name(&octets).len() <= accounts::NAME_LEN);
        }
    }
}
