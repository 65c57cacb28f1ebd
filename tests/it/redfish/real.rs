//! The driver against sushy-emulator, which no one here wrote: Basic only, several systems behind one root.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use coldaisle::drivers::bmc::{
    BmcAccess, BmcTarget, Boot, BootDevice, PowerAction, PowerState, Trust,
};
use tempfile::TempDir;
use tokio::process::Command;

use super::{access, open, refused, target};
use crate::ipmi::peers::{own_address, program, run, until, venv};

/// The emulator with two systems.
struct Sushy {
    _state: TempDir,
    pid: String,
    address: SocketAddr,
}

const FIRST: &str = "00000000-0000-4000-8000-000000000000";
const SECOND: &str = "00000000-0000-4000-8000-000000000001";

impl Sushy {
    async fn start() -> Self {
        program("openssl", "openssl");
        let state = tempfile::tempdir().unwrap();
        let ip = own_address();
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let output = Command::new(root.join("tests/peers/redfish_sushy/start"))
            .args(["16400", "2"])
            .arg(state.path())
            .arg("https")
            .env("ADDR", ip.to_string())
            .env("SUSHY", venv().await.join("bin/sushy-emulator"))
            .stdin(Stdio::null())
            .output();
        let output = tokio::time::timeout(Duration::from_secs(120), output).await;
        let output = output.unwrap().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{output:?}");
        Self {
            pid: said.split_whitespace().last().unwrap().to_owned(),
            address: SocketAddr::new(ip, 16400),
            _state: state,
        }
    }

    fn target(&self, uuid: &str) -> BmcTarget {
        BmcTarget {
            expected_guid: Some(uuid.to_owned()),
            ..target(self.address, "admin", "password")
        }
    }
}

impl Drop for Sushy {
    fn drop(&mut self) {
        let _ = std::process::Command::new("kill").arg(&self.pid).status();
    }
}

async fn state(access: &BmcAccess, target: &BmcTarget) -> PowerState {
    let mut session = open(access, target).await;
    let state = session.power_state().await.unwrap();
    session.close().await.unwrap();
    state
}

async fn until_power(access: &BmcAccess, target: &BmcTarget, wanted: PowerState) {
    until("power", || state(access, target), |seen| *seen == wanted).await;
}

/// What another program reads of a system.
async fn read_with_curl(sushy: &Sushy, uuid: &str) -> String {
    let url = format!("https://{}/redfish/v1/Systems/{uuid}", sushy.address);
    let curl = program("curl", "curl");
    run(&curl, &["-sku", "admin:password", &url], "").await.out
}

#[tokio::test]
async fn the_emulator_is_switched_and_its_neighbour_is_not() {
    let sushy = Sushy::start().await;
    let (access, target) = (access(), sushy.target(SECOND));
    assert_eq!(state(&access, &target).await, PowerState::Off);
    let mut session = open(&access, &target).await;
    assert_eq!(
        session.identity().await.unwrap().guid.unwrap().to_string(),
        SECOND
    );
    session.power(PowerAction::On).await.unwrap();
    session.close().await.unwrap();
    until_power(&access, &target, PowerState::On).await;
    let mut session = open(&access, &target).await;
    session.power(PowerAction::Reset).await.unwrap();
    session.close().await.unwrap();
    // It reads off for a while after a forced restart.
    until_power(&access, &target, PowerState::Off).await;
    until_power(&access, &target, PowerState::On).await;
    let seen = read_with_curl(&sushy, SECOND).await;
    assert!(seen.contains(r#""PowerState": "On""#), "{seen}");
    let neighbour = read_with_curl(&sushy, FIRST).await;
    assert!(neighbour.contains(r#""PowerState": "Off""#), "{neighbour}");
    let mut session = open(&access, &target).await;
    session.power(PowerAction::SoftOff).await.unwrap();
    session.close().await.unwrap();
    until_power(&access, &target, PowerState::Off).await;
}

#[tokio::test]
async fn the_emulator_takes_a_boot_override_and_no_wrong_password() {
    let sushy = Sushy::start().await;
    let (access, target) = (access(), sushy.target(FIRST));
    let mut session = open(&access, &target).await;
    let pinned = session.certificate();
    assert!(pinned.is_some());
    let cdrom = Boot {
        device: BootDevice::Cdrom,
        persistent: true,
        uefi: true,
    };
    session.set_boot(cdrom).await.unwrap();
    assert_eq!(session.boot().await, Ok(Some(cdrom)));
    let seen = read_with_curl(&sushy, FIRST).await;
    assert!(
        seen.contains(r#""BootSourceOverrideTarget": "Cd""#),
        "{seen}"
    );
    // Broken resources of it are missing ones.
    let parts = session.parts().await.unwrap();
    assert!(!parts.is_empty());
    assert!(session.sensors().await.is_ok());
    session.close().await.unwrap();
    let again = sushy.target(FIRST).redfish(Trust::Pin(pinned));
    assert_eq!(state(&access, &again).await, PowerState::Off);
    let wrong = BmcTarget {
        password: coldaisle::base::secret::Secret::new("wrong"),
        ..target
    };
    assert_eq!(refused(&access, &wrong).await.code(), "credentials");
    assert_eq!(refused(&access, &wrong).await.code(), "credentials-stopped");
}
