//! SNMP against peers that no one here wrote: net-snmp's agent and tools, recordings of real
//! devices served by snmpsim; and against a hostile agent of our own.

mod codec_tests;
mod hostile;
mod hostile_tests;
mod known_tests;
mod pdu_tests;
pub mod peers;
mod probe_tests;
mod quick_tests;
mod recording_file;
mod recording_tests;
mod relay;
mod sim_tests;
mod snmpd_tests;
mod survey_tests;
mod usm_tests;

use std::net::SocketAddr;
use std::time::Duration;

use coldaisle::base::secret::Secret;
use coldaisle::drivers::snmp::{
    AuthProtocol, Credentials, PollOptions, PollPlan, PollReport, PrivProtocol, SnmpError, SnmpHub,
    SnmpTarget,
};

const AUTH: &str = "auth-pass-phrase";
const PRIV: &str = "priv-pass-phrase";
const FULL: PollPlan = PollPlan::Full { packets: true };

fn v2c(address: SocketAddr, community: &str) -> SnmpTarget {
    SnmpTarget {
        address,
        credentials: Credentials::V2c {
            community: Secret::new(community),
        },
        timeout: Duration::from_secs(2),
        retries: 2,
    }
}

fn v3(
    address: SocketAddr,
    user: &str,
    (auth, auth_password): (AuthProtocol, &str),
    (privacy, priv_password): (PrivProtocol, &str),
) -> SnmpTarget {
    SnmpTarget {
        credentials: Credentials::V3 {
            user: user.to_owned(),
            auth: Some((auth, Secret::new(auth_password))),
            privacy: Some((privacy, Secret::new(priv_password))),
            context: String::new(),
        },
        ..v2c(address, "")
    }
}

/// So that a wrong key or a silent agent does not hold the tests up.
fn hasty(mut target: SnmpTarget) -> SnmpTarget {
    target.timeout = Duration::from_millis(150);
    target.retries = 1;
    target
}

fn options() -> PollOptions {
    PollOptions::within(Duration::from_secs(20))
}

async fn poll(target: &SnmpTarget, plan: PollPlan) -> Result<PollReport, SnmpError> {
    SnmpHub::new().poll(target, plan, options()).await
}
