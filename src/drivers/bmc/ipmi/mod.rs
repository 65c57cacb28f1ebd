//! IPMI 2.0 over RMCP+: many BMCs over one UDP socket per address family.

mod ask;
mod call;
mod control;
mod controller;
mod event_log;
mod hub;
mod inventory;
mod link;
mod login;
mod password;
mod records;
mod sensors;
mod session;
mod shelf;

pub use hub::IpmiHub;
pub use session::IpmiSession;
pub use shelf::SdrCache;
