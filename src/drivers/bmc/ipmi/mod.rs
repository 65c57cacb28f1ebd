//! IPMI 2.0 over RMCP+: many BMCs over one UDP socket per address family.

mod call;
mod hub;
mod link;
mod login;
mod sensors;
mod session;

pub use hub::IpmiHub;
pub use session::IpmiSession;
