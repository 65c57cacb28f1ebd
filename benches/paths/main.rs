//! The hot paths that touch neither network nor disk, measured with divan.
//!
//! `scripts/bench paths [FILTER]`. Nothing is asserted: the figures are for reading and comparing.

mod audit;
mod metering;
mod rmcp;
mod secrets;
mod words;

fn main() {
    divan::main();
}
