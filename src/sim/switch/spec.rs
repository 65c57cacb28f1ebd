//! What a simulated switch is: its name and its ports.

use crate::base::time::Timestamp;

use super::pdu::PduSpec;
use super::traffic::{Profile, Traffic, Way};

/// A switch.
#[derive(Clone, Debug)]
pub struct SwitchSpec {
    /// sysName.
    pub name: String,
    /// sysDescr.
    pub descr: String,
    /// sysObjectID.
    pub object_id: Vec<u32>,
    /// sysLocation.
    pub location: String,
    /// When it was started: uptime counts from here.
    pub boot: Timestamp,
    /// Its ports, by ascending ifIndex.
    pub ports: Vec<PortSpec>,
    /// What it measures, when it is a PDU.
    pub pdu: Option<PduSpec>,
    /// What it is made of and who is around it.
    pub beside: Beside,
}

/// A port of a switch.
#[derive(Clone, Debug)]
pub struct PortSpec {
    /// ifIndex.
    pub if_index: u32,
    /// ifName.
    pub name: String,
    /// ifDescr.
    pub descr: String,
    /// ifAlias: what the operator wrote.
    pub alias: String,
    /// ifType: 6 is Ethernet, 161 a link aggregate.
    pub if_type: u32,
    /// ifHighSpeed.
    pub speed_mbps: u32,
    /// ifAdminStatus and ifOperStatus.
    pub up: bool,
    /// What passes.
    pub traffic: Traffic,
}

/// What a switch is made of and who is around it.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// MAC address of its chassis; without one it does not speak LLDP.
    pub mac: Option<[u8; 6]>,
    /// Who is at the other end of its ports.
    pub neighbours: Vec<NeighbourSpec>,
    /// Its chassis, several in a stack.
    pub chassis: Vec<ChassisSpec>,
}

/// A device at the other end of a port.
#[derive(Clone, Debug)]
pub struct NeighbourSpec {
    /// Name of the port here.
    pub port: String,
    /// Its chassis.
    pub mac: [u8; 6],
    /// Name of its port.
    pub remote_port: String,
    /// Its name.
    pub name: String,
    /// How it describes itself.
    pub descr: String,
    /// Where it is managed.
    pub address: Option<[u8; 4]>,
}

/// A chassis.
#[derive(Clone, Debug)]
pub struct ChassisSpec {
    /// Serial number.
    pub serial: String,
    /// Model.
    pub model: String,
    /// Who made it.
    pub maker: String,
    /// Revision of its software.
    pub revision: String,
}

impl PortSpec {
    /// Octets received and sent at a time, since counting began.
    #[must_use]
    pub fn octets_at(&self, at: Timestamp) -> (u64, u64) {
        let traffic = &self.traffic;
        (
            traffic.octets_at(Way::In, at),
            traffic.octets_at(Way::Out, at),
        )
    }
}

impl SwitchSpec {
    /// A top-of-rack switch: `access` ports of 1 Gbit/s and four of 10 Gbit/s upwards. The same
    /// seed makes the same switch.
    #[must_use]
    pub fn top_of_rack(name: &str, seed: u64, access: u32, boot: Timestamp) -> Self {
        let access_ports = (1..=access).map(|n| {
            let profile = match (seed.wrapping_add(u64::from(n) * 7)) % 10 {
                0..4 => Profile::Office,
                4..6 => Profile::Web,
                6 => Profile::Steady,
                7 | 8 => Profile::Idle,
                _ => Profile::Unused,
            };
            Self::port(seed, n, &format!("GigabitEthernet0/0/{n}"), 1_000, profile)
        });
        let uplinks = (1..=4).map(|n| {
            let profile = if n <= 2 {
                Profile::Web
            } else {
                Profile::Unused
            };
            Self::port(
                seed,
                access + n,
                &format!("XGigabitEthernet0/0/{n}"),
                10_000,
                profile,
            )
        });
        Self {
            name: name.to_owned(),
            descr: "Simulated S5735-L48T4X, VRP (R) Software".to_owned(),
            object_id: vec![1, 3, 6, 1, 4, 1, 2011, 2, 23, 1],
            location: String::new(),
            boot,
            ports: access_ports.chain(uplinks).collect(),
            pdu: None,
            beside: Beside::default(),
        }
    }

    fn port(seed: u64, n: u32, name: &str, speed_mbps: u32, profile: Profile) -> PortSpec {
        PortSpec {
            if_index: n + 4,
            name: name.to_owned(),
            descr: name.to_owned(),
            alias: String::new(),
            if_type: 6,
            speed_mbps,
            up: profile != Profile::Unused,
            traffic: Traffic {
                seed: seed.wrapping_mul(100_003).wrapping_add(u64::from(n)),
                profile,
                speed_bps: u64::from(speed_mbps) * 1_000_000,
            },
        }
    }
}
