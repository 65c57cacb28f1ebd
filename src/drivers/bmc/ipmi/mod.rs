//! IPMI 2.0 over RMCP+: many BMCs over one UDP socket per address family.

mod call;
mod console;
mod hub;
mod line;
mod lines;
mod link;
mod login;
mod order;
mod sensors;
mod session;
mod side;
mod sockets;

pub use console::{ConsoleError, ConsoleEvent, IpmiConsole};
pub use hub::IpmiHub;
pub use session::IpmiSession;
pub use side::{SolLink, SolReceiver, SolSender};
