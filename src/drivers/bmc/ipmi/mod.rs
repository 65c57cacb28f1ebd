//! IPMI 2.0 over RMCP+, and 1.5 where it is allowed: many BMCs over one UDP socket per address family.

mod ask;
mod call;
mod console;
mod control;
mod controller;
mod elder;
mod event_log;
mod hub;
mod inventory;
mod line;
mod lines;
mod link;
mod login;
mod offer;
mod order;
mod password;
mod question;
mod quirks;
mod records;
mod sensors;
mod session;
mod shelf;
mod side;
mod sockets;

pub use console::{ConsoleError, ConsoleEvent, IpmiConsole};
pub use hub::IpmiHub;
pub use quirks::{QuirkFault, Quirks};
pub use session::IpmiSession;
pub use shelf::SdrCache;
pub use side::{SolLink, SolReceiver, SolSender};
