//! The only integration binary: one file per area, all over the same harness.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod access;
mod access_pages;
mod addressing;
mod architecture;
mod attachments;
mod audit;
mod authorisation;
mod bulk;
mod cabling;
mod cli;
mod console;
mod demo;
mod device_roles;
mod differences;
mod doors;
mod exchange;
mod facility;
mod goods;
mod harness;
mod identity;
mod interface;
mod inventory;
mod ipmi;
mod list_files;
mod lists;
mod loans;
mod mail;
mod metering;
mod notices;
mod parts;
mod people;
mod people_pages;
mod places;
mod port_bulk;
mod power;
mod power_chain;
mod programs;
mod rack_bulk;
mod record_history;
mod redfish;
mod schema;
mod search;
mod search_kinds;
mod sheets;
mod shifts;
mod snmp;
mod stock;
mod store;
mod thread;
mod undo;
mod visit_chain;
mod visit_rules;
mod web;
mod words;
