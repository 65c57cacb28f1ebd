//! Racks, rooms, lines and chains of power as SVG: drawn by the server, readable without script, printable without
//! colour.

pub(super) mod chain;
pub(super) mod elevation;
pub(super) mod floor;
mod paint;
mod text;
pub(super) mod trace;

pub(super) use paint::{Colour, Paints, Told};
