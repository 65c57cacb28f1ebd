//! The codecs of the program, alone: they need nothing else of it.

#[path = "../../../src/wire/mod.rs"]
pub mod wire;

#[path = "../../../src/attachments/jpeg.rs"]
pub mod jpeg;
