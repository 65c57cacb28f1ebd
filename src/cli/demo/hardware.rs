//! The simulated hardware: a BMC or switch at the address of each row that points to this machine.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::app::{App, AppError};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::secret::Secret;
use crate::base::time::Timestamp;
use crate::drivers::bmc::CipherSuite;
use crate::identity::Actor;
use crate::metering::{NamedTarget, TargetDraft, target_update};
use crate::power::ops::{endpoint_list, endpoint_update, target};
use crate::power::{BmcDraft, BmcEndpoint, PowerState, Protocol};
use crate::sim::bmc::{Power, SimBmc, SimBmcConfig};
use crate::sim::redfish::SimRedfish;
use crate::sim::switch::{SimAccess, SimError, SimSwitch, SwitchSpec};

use super::labels::labels;
use super::models::SoldPorts;
use super::{history, models, redfish, sample};

/// Everything that answers; it stops when dropped.
pub struct Hardware {
    /// BMCs.
    pub bmcs: Vec<SimBmc>,
    /// Redfish services.
    pub services: Vec<SimRedfish>,
    /// Switches and PDUs.
    pub switches: Vec<SimSwitch>,
    /// What answers somewhere else than the sample says, in words.
    pub moved: Vec<Message>,
}

/// Starts all of it. What can't have its address gets another one, and its record is changed.
pub async fn start(app: &App, boot: Timestamp) -> Result<Hardware, AppError> {
    let mut hardware = Hardware {
        bmcs: Vec::new(),
        services: Vec::new(),
        switches: Vec::new(),
        moved: Vec::new(),
    };
    let mut moved = Moved::default();
    start_bmcs(app, &mut hardware, &mut moved).await?;
    start_switches(app, boot, &mut hardware, &mut moved).await?;
    hardware.moved.extend(moved.message());
    Ok(hardware)
}

/// What answers at another address than wanted.
#[derive(Default)]
struct Moved {
    count: usize,
    first: Option<(SocketAddr, String)>,
}

impl Moved {
    fn add(&mut self, wanted: SocketAddr, fault: String) {
        self.count += 1;
        self.first.get_or_insert((wanted, fault));
    }

    fn message(self) -> Option<Message> {
        let (address, fault) = self.first?;
        Some(
            Message::new("demo-moved")
                .with("count", self.count)
                .with("address", address.to_string())
                .with("fault", fault),
        )
    }
}

/// Where to try in turn: as on record, another port there, another port of 127.0.0.1.
fn places(wanted: SocketAddr) -> [SocketAddr; 3] {
    let local = IpAddr::V4(Ipv4Addr::LOCALHOST);
    [
        wanted,
        SocketAddr::new(wanted.ip(), 0),
        SocketAddr::new(local, 0),
    ]
}

/// The address on record, when it is of this machine: nothing else is simulated.
fn own_address(address: &str, port: i64) -> Option<SocketAddr> {
    let address: IpAddr = address.parse().ok()?;
    let port = u16::try_from(port).ok()?;
    address
        .is_loopback()
        .then(|| SocketAddr::new(address, port))
}

async fn start_bmcs(app: &App, hardware: &mut Hardware, moved: &mut Moved) -> Result<(), AppError> {
    let actor = Actor::task("demo", Timestamp::now());
    let asking = actor.clone();
    let endpoints = app.store.read(move |c| endpoint_list(c, &asking)).await?;
    let sample: HashMap<String, Fields> = sample::rows("bmc-endpoints")?
        .into_iter()
        .map(|row| (row.get("device").to_owned(), row))
        .collect();
    let devices: HashMap<String, Fields> = sample::rows("devices")?
        .into_iter()
        .map(|row| (row.get("name").to_owned(), row))
        .collect();
    let nobody = Fields::new();
    let mut labels = labels()?;
    for (place, (device, endpoint)) in endpoints.into_iter().enumerate() {
        let Some(wanted) = own_address(&endpoint.address, endpoint.port) else {
            continue;
        };
        if endpoint.protocol == Protocol::Redfish {
            let row = devices.get(&device).unwrap_or(&nobody);
            let (service, fault) = service(app, &device, &endpoint, row, wanted).await?;
            if let Some(fault) = fault {
                moved.add(wanted, fault.to_string());
                move_endpoint(app, &actor, &endpoint, service.address()).await?;
            }
            hardware.services.push(service);
            continue;
        }
        let make = devices
            .get(&device)
            .map_or("", |row| row.get("device_type"));
        let mut config = bmc(
            app,
            &device,
            &endpoint,
            sample.get(&device),
            place,
            make,
            wanted,
        )?;
        if let Some(label) = labels.remove(&device) {
            config.label = label;
        }
        let (bmc, fault) = bmc_somewhere(config)
            .await
            .map_err(|fault| no_place(wanted, &fault))?;
        if let Some(fault) = fault {
            moved.add(wanted, fault.to_string());
            move_endpoint(app, &actor, &endpoint, bmc.address()).await?;
        }
        hardware.bmcs.push(bmc);
    }
    Ok(())
}

/// The Redfish service of an endpoint.
async fn service(
    app: &App,
    device: &str,
    endpoint: &BmcEndpoint,
    row: &Fields,
    wanted: SocketAddr,
) -> Result<(SimRedfish, Option<io::Error>), AppError> {
    let password = target(endpoint, &app.keyring, false)?.password;
    let is_on = power_before(device, endpoint.power_state) == Power::On;
    let config = redfish::config(wanted, endpoint, password, row, is_on);
    let started = redfish::start(config, places(wanted)).await;
    started.map_err(|fault| no_place(wanted, &fault))
}

fn no_place(wanted: SocketAddr, fault: &dyn std::fmt::Display) -> AppError {
    AppError::Place {
        path: wanted.to_string(),
        fault: io::Error::other(fault.to_string()),
    }
}

/// Also tells why it is not where it should be.
async fn bmc_somewhere(config: SimBmcConfig) -> io::Result<(SimBmc, Option<io::Error>)> {
    let mut first = None;
    for bind in places(config.bind) {
        match SimBmc::start(SimBmcConfig {
            bind,
            ..config.clone()
        })
        .await
        {
            Ok(bmc) => return Ok((bmc, first)),
            Err(fault) => first = first.or(Some(fault)),
        }
    }
    Err(first.unwrap_or_else(|| io::ErrorKind::AddrNotAvailable.into()))
}

/// A BMC as the sample knows it, else as its record says.
fn bmc(
    app: &App,
    device: &str,
    endpoint: &BmcEndpoint,
    sample: Option<&Fields>,
    place: usize,
    make: &str,
    bind: SocketAddr,
) -> Result<SimBmcConfig, Fault> {
    let seed = models::seed(device);
    let (user, password, kg) = match sample {
        Some(row) => {
            let kg = Some(row.get("kg"))
                .filter(|kg| !kg.is_empty())
                .map(Secret::new);
            (
                row.get("username").to_owned(),
                Secret::new(row.get("password")),
                kg,
            )
        }
        None => {
            let known = target(endpoint, &app.keyring, false)?;
            (known.user, known.password, known.kg)
        }
    };
    let usual = SimBmcConfig::new(bind, password, seed);
    Ok(SimBmcConfig {
        user,
        kg,
        suites: match place % 3 {
            0 => CipherSuite::PREFERRED.to_vec(),
            1 => vec![CipherSuite::Seventeen],
            _ => vec![CipherSuite::Three],
        },
        guid: endpoint
            .expected_guid
            .as_deref()
            .and_then(on_the_wire)
            .unwrap_or(usual.guid),
        product: (maker(make), usual.product.1),
        power: power_before(device, endpoint.power_state),
        ..usual
    })
}

/// What was off when the demo ended is off again; at the first start a few machines are.
fn power_before(device: &str, last_seen: PowerState) -> Power {
    let number: u32 = device
        .rsplit('-')
        .next()
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(1);
    match last_seen {
        PowerState::Off => Power::Off,
        PowerState::Unknown if number.is_multiple_of(19) => Power::Off,
        PowerState::On | PowerState::Unknown => Power::On,
    }
}

/// A GUID as most BMCs send it: the first three fields last octet first (SMBIOS 7.2.1).
fn on_the_wire(text: &str) -> Option<[u8; 16]> {
    let octets: [u8; 16] = crate::base::token::hex_bytes(&text.replace('-', ""))?
        .try_into()
        .ok()?;
    let [a, b, c, d, e, f, g, h, rest @ ..] = octets;
    let [i, j, k, l, m, n, o, p] = rest;
    Some([d, c, b, a, f, e, h, g, i, j, k, l, m, n, o, p])
}

/// IANA enterprise number of the maker of a device type.
fn maker(slug: &str) -> u32 {
    const MAKERS: [(&str, u32); 8] = [
        ("dell", 674),
        ("hpe", 47_196),
        ("huawei", 2_011),
        ("inspur", 37_945),
        ("lenovo", 19_046),
        ("supermicro", 10_876),
        ("h3c", 25_506),
        ("xfusion", 58_132),
    ];
    // 32473 is the number for examples (RFC 5612).
    MAKERS
        .iter()
        .find(|(name, _)| slug.starts_with(name))
        .map_or(32_473, |(_, number)| *number)
}

async fn move_endpoint(
    app: &App,
    actor: &Actor,
    endpoint: &BmcEndpoint,
    to: SocketAddr,
) -> Result<(), Fault> {
    let fields: Fields = [
        ("protocol", endpoint.protocol.to_string()),
        ("address", to.ip().to_string()),
        ("port", to.port().to_string()),
        ("username", endpoint.username.clone()),
        (
            "expected_guid",
            endpoint.expected_guid.clone().unwrap_or_default(),
        ),
    ]
    .into_iter()
    .collect();
    let draft = BmcDraft::parse(&fields)?;
    let (actor, keyring) = (actor.clone(), app.keyring.clone());
    let (device, version) = (endpoint.device_id, endpoint.version);
    app.store
        .write("demo.move", move |c| {
            endpoint_update(c, &actor, &keyring, device, version, &draft)
        })
        .await
}

async fn start_switches(
    app: &App,
    boot: Timestamp,
    hardware: &mut Hardware,
    moved: &mut Moved,
) -> Result<(), AppError> {
    let actor = Actor::task("demo", Timestamp::now());
    let store = app.store.clone();
    let targets = tokio::task::spawn_blocking(move || history::targets(&store))
        .await
        .map_err(Fault::internal)??;
    let sold: SoldPorts = models::sold_ports(
        &sample::rows("allocations")?,
        &sample::rows("allocation-ports")?,
    );
    let devices = sample::rows("devices")?;
    let access = access()?;
    for target in targets {
        let Some(wanted) = own_address(&target.target.address, target.target.port) else {
            continue;
        };
        let mut spec = models::switch(&target.device, boot, &sold);
        spec.pdu = models::pdu(&target.device, &devices);
        let (switch, fault) = switch_somewhere(wanted, spec, &access)
            .await
            .map_err(|fault| no_place(wanted, &fault))?;
        if let Some(fault) = fault {
            moved.add(wanted, fault.to_string());
            move_target(app, &actor, &target, switch.address()).await?;
        }
        hardware.switches.push(switch);
    }
    Ok(())
}

/// What the sample's switches let in: one community, one user of version 3.
fn access() -> Result<SimAccess, Fault> {
    let rows = sample::rows("snmp-targets")?;
    let community = rows
        .iter()
        .map(|row| row.get("community"))
        .find(|text| !text.is_empty());
    let access = SimAccess::community(community.unwrap_or("public"));
    match rows.iter().find(|row| row.get("version") == "v3") {
        None => Ok(access),
        Some(row) => access
            .with_sha1_aes128(
                row.get("v3_user"),
                row.get("v3_auth_password"),
                row.get("v3_privacy_password"),
            )
            .map_err(Fault::internal),
    }
}

async fn switch_somewhere(
    wanted: SocketAddr,
    spec: SwitchSpec,
    access: &SimAccess,
) -> Result<(SimSwitch, Option<SimError>), SimError> {
    let [own, rest @ ..] = places(wanted);
    let first = match SimSwitch::start(own, spec.clone(), access.clone()).await {
        Ok(switch) => return Ok((switch, None)),
        Err(fault) => fault,
    };
    for place in rest {
        if let Ok(switch) = SimSwitch::start(place, spec.clone(), access.clone()).await {
            return Ok((switch, Some(first)));
        }
    }
    Err(first)
}

async fn move_target(
    app: &App,
    actor: &Actor,
    named: &NamedTarget,
    to: SocketAddr,
) -> Result<(), Fault> {
    let target = &named.target;
    let fields: Fields = [
        ("address", to.ip().to_string()),
        ("port", to.port().to_string()),
        ("version", target.snmp_version.to_string()),
        ("v3_user", target.v3_user.clone()),
        ("v3_auth_protocol", target.v3_auth_protocol.clone()),
        ("v3_privacy_protocol", target.v3_privacy_protocol.clone()),
        ("v3_context", target.v3_context.clone()),
        ("interval_s", target.interval_s.to_string()),
        ("port_identity", target.port_identity.to_string()),
        (
            "enabled",
            if target.enabled { "yes" } else { "no" }.to_owned(),
        ),
    ]
    .into_iter()
    .collect();
    let draft = TargetDraft::parse(&fields)?;
    let (actor, keyring) = (actor.clone(), app.keyring.clone());
    let (id, version) = (target.id, target.version);
    app.store
        .write("demo.move", move |c| {
            target_update(c, &actor, &keyring, id, version, &draft)
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::ipmi::guid::Guid;

    #[test]
    fn a_guid_goes_out_so_that_it_is_read_back_as_it_is_on_record() {
        for row in sample::rows("bmc-endpoints").unwrap_or_default() {
            let text = row.get("expected_guid");
            let wire = on_the_wire(text).unwrap_or_default();
            assert_eq!(Guid(wire).to_string(), text);
        }
    }

    #[test]
    fn only_addresses_of_this_machine_are_simulated() {
        assert!(own_address("127.21.0.1", 10_623).is_some());
        for (address, port) in [("192.0.2.1", 623), ("127.0.0.1", 70_000), ("bmc", 1)] {
            assert_eq!(own_address(address, port), None);
        }
    }

    #[test]
    fn power_lasts_from_one_start_to_the_next() {
        assert_eq!(power_before("SRV-0004", PowerState::Unknown), Power::On);
        assert_eq!(power_before("SRV-0019", PowerState::Unknown), Power::Off);
        assert_eq!(power_before("SRV-0019", PowerState::On), Power::On);
        assert_eq!(power_before("SRV-0004", PowerState::Off), Power::Off);
    }
}
