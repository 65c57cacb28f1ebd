//! IPMI: our driver against OpenIPMI's simulator, a suite 17 BMC on pyghmi, a hostile network
//! and captured sessions; our simulated BMCs against ipmitool and FreeIPMI; the probe command.

mod captures;
mod console;
mod hostile;
pub mod peers;
mod probe;
mod real;
mod simulated;
