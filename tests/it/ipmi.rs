//! IPMI: our driver against OpenIPMI's simulator, a suite 17 BMC on pyghmi, a hostile network
//! and captured sessions; our simulated BMCs against ipmitool and FreeIPMI; the probe command.

mod captures;
mod commands;
mod console;
mod elder;
pub mod hostile;
mod lying;
pub mod peers;
mod probe;
mod quirks;
mod real;
mod shared;
mod simulated;
mod simulated_commands;
pub mod soak;
