//! Coldaisle: self-hosted management of colocation machine rooms.

pub mod access;
pub mod addressing;
pub mod app;
pub mod audit;
pub mod base;
pub mod cabling;
pub mod cli;
pub mod config;
pub mod drivers;
pub mod exchange;
pub mod facility;
pub mod identity;
pub mod inventory;
pub mod metering;
pub mod notify;
pub mod paper;
pub mod power;
pub mod reports;
pub mod search;
pub mod sim;
pub mod store;
pub mod tasks;
pub mod tenancy;
pub mod web;
pub mod wire;
pub mod words;
