//! Questions and answers of SNMP version 2c (RFC 3416, RFC 1901), without a copy: what a poll of counters needs.
//!
//! A question is written into one buffer; an answer is read where it lies. Version 3, traps and everything an
//! operator asks for now and then are the library's.

pub mod answer;
pub mod ber;
pub mod decode;
pub mod name;
pub mod question;
pub mod value;

pub use answer::{Answer, Varbind, Varbinds, request_id};
pub use decode::{DecodeError, DecodeKind};
pub use question::{Bulk, Names};
pub use value::Value;
