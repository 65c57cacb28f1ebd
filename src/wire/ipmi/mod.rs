//! IPMI messages and the commands that `ipmi-rs` does not have: LAN message framing, chassis
//! status and control, GUIDs, sensor data records, readings, completion codes in words.
//!
//! Source: IPMI Specification v2.0 rev. 1.1.

pub mod chassis;
pub mod completion;
mod decode;
pub mod guid;
pub mod message;
mod octets;
pub mod reading;
pub mod sdr;

pub use decode::{DecodeError, DecodeKind};
pub use octets::Octets;
