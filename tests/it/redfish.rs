//! Redfish: our driver against an emulator that others wrote, recorded trees of real machines, our simulated
//! services, and services that misbehave.

mod hostile;
mod kept;
mod pages;
mod probe;
mod real;
mod simulated;
mod trees;

use std::time::Duration;

use coldaisle::base::secret::Secret;
use coldaisle::drivers::bmc::{BmcAccess, BmcError, BmcSession, BmcTarget, Priority, Trust};
use std::net::SocketAddr;

fn access() -> BmcAccess {
    BmcAccess::new(Duration::ZERO)
}

fn target(address: SocketAddr, user: &str, password: &str) -> BmcTarget {
    BmcTarget::new(address, user, Secret::new(password)).redfish(Trust::Pin(None))
}

async fn open(access: &BmcAccess, target: &BmcTarget) -> Box<dyn BmcSession> {
    access.open(target, Priority::Status).await.unwrap()
}

async fn refused(access: &BmcAccess, target: &BmcTarget) -> BmcError {
    match access.open(target, Priority::Status).await {
        Ok(_) => panic!("{} was let in", target.user),
        Err(error) => error,
    }
}
