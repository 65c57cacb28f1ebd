//! The driver against recorded trees of real machines, served by a small server of our own. The recordings are other
//! people's and not part of this repository: without them these tests say so and do nothing.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use coldaisle::drivers::bmc::{BmcSession, LogMark, Part, PartKind, PowerState, Quantity};
use coldaisle::sim::redfish::Certificate;
use coldaisle::sim::redfish::http::{Answer, Request, Server};
use serde_json::json;

use super::{access, open, target};

fn recordings() -> Option<PathBuf> {
    let given = std::env::var_os("COLDAISLE_TEST_REDFISH").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/peers/redfish");
    let found = given.unwrap_or(beside);
    if found.is_dir() {
        return Some(found);
    }
    println!(
        "no recorded trees at {}: nothing was compared",
        found.display()
    );
    None
}

fn answer(folder: &Path, request: &Request) -> Answer {
    let sessions = request.path.ends_with("/SessionService/Sessions");
    match (request.method.as_str(), sessions) {
        ("POST", true) => Answer::json(201, &json!({}))
            .with("X-Auth-Token", "recorded")
            .with("Location", format!("{}/1", request.path)),
        ("DELETE", _) => Answer::empty(204),
        ("GET", _) => {
            let file = folder
                .join(request.path.trim_matches('/'))
                .join("index.json");
            let kind = ("Content-Type", "application/json".to_owned());
            match std::fs::read_to_string(file) {
                Ok(body) => Answer::Proper(200, vec![kind], body),
                Err(_) => Answer::empty(404),
            }
        }
        _ => Answer::empty(405),
    }
}

async fn serve(folder: PathBuf) -> Server {
    let certificate = Certificate::new("recorded", "127.0.0.1".parse().unwrap()).unwrap();
    let bind: SocketAddr = "127.0.0.1:0".parse().unwrap();
    let handler = move |request: Request| answer(&folder, &request);
    Server::start(bind, &certificate, Arc::new(handler))
        .await
        .unwrap()
}

async fn log_entries(session: &mut dyn BmcSession) -> Result<usize, &'static str> {
    match session.event_log(LogMark::default(), 1000).await {
        Ok(part) => Ok(part.entries.len()),
        Err(error) => Err(error.code()),
    }
}

/// What a tree holds, counted by hand in its files (members whose files were left out do not count).
struct Held {
    name: &'static str,
    power: PowerState,
    uuid: Option<&'static str>,
    serial: Option<&'static str>,
    /// Entries of the machine's log; HPE's was left out of the recording.
    log: Result<usize, &'static str>,
    parts: &'static [(PartKind, usize)],
    temperatures: usize,
    watts: Option<u32>,
}

const HELD: &[Held] = &[
    Held {
        name: "dell-r750-idrac9",
        power: PowerState::On,
        uuid: Some("4c4c4544-0035-3410-8050-c6c04f314733"),
        serial: Some("F54P1G3"),
        log: Ok(5),
        parts: &[
            (PartKind::Processor, 2),
            (PartKind::Accelerator, 1),
            (PartKind::Memory, 12),
            (PartKind::Disk, 3),
            (PartKind::PowerSupply, 2),
        ],
        temperatures: 2,
        watts: Some(614),
    },
    Held {
        name: "hpe-dl325-ilo5",
        power: PowerState::On,
        uuid: Some("36383150-3630-584d-5130-313930323042"),
        serial: Some("MXQ019020B"),
        log: Err("http"),
        parts: &[(PartKind::Processor, 1)],
        temperatures: 27,
        watts: Some(97),
    },
    Held {
        name: "supermicro-x10",
        power: PowerState::On,
        uuid: Some("00000000-0000-0000-0000-ac1f6b18a45a"),
        serial: None,
        log: Ok(65),
        parts: &[(PartKind::Processor, 1), (PartKind::Network, 4)],
        temperatures: 0,
        watts: None,
    },
    Held {
        name: "gigabyte-h262-ami",
        power: PowerState::On,
        uuid: Some("e9184000-7983-11ec-8000-b42e99bade15"),
        serial: Some("GJG9NF512A000302"),
        log: Ok(10),
        parts: &[(PartKind::Processor, 2)],
        temperatures: 17,
        watts: Some(100),
    },
    Held {
        name: "openbmc-stock",
        power: PowerState::Off,
        uuid: None,
        serial: None,
        log: Ok(0),
        parts: &[],
        temperatures: 0,
        watts: None,
    },
    Held {
        name: "nvidia-bluefield",
        power: PowerState::On,
        // The service tells it in the order of SMBIOS; ours is that of RFC 4122.
        uuid: Some("94356390-241a-11ee-8000-a088c2088072"),
        serial: Some("MT2328XZ185R"),
        log: Ok(0),
        parts: &[],
        temperatures: 0,
        watts: None,
    },
    Held {
        name: "lenovo-xcc-handmade",
        power: PowerState::On,
        uuid: Some("92384634-2938-2342-8820-489239905423"),
        serial: Some("J100ABCD"),
        log: Ok(0),
        parts: &[],
        temperatures: 1,
        watts: Some(287),
    },
    Held {
        name: "dmtf-public-rackmount1",
        power: PowerState::On,
        uuid: Some("38947555-7742-3448-3784-823347823834"),
        serial: Some("437XR1138R2"),
        log: Ok(2),
        parts: &[(PartKind::Processor, 1), (PartKind::Accelerator, 1)],
        temperatures: 4,
        watts: Some(344),
    },
];

fn summary(parts: &[Part]) -> Vec<(PartKind, usize)> {
    let mut kinds: Vec<PartKind> = parts.iter().map(|part| part.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let count = |kind| parts.iter().filter(|part| part.kind == kind).count();
    kinds.into_iter().map(|kind| (kind, count(kind))).collect()
}

#[tokio::test]
async fn every_recorded_tree_is_read_as_it_was_counted_by_hand() {
    let Some(recordings) = recordings() else {
        return;
    };
    let mut folders: Vec<_> = std::fs::read_dir(&recordings)
        .unwrap()
        .map(|entry| entry.unwrap())
        .collect();
    folders.retain(|entry| entry.path().is_dir());
    assert_eq!(folders.len(), HELD.len(), "another recording: count it");
    for held in HELD {
        let server = serve(recordings.join(held.name)).await;
        let access = access();
        let mut session = open(&access, &target(server.address(), "root", "calvin")).await;
        let name = held.name;
        assert_eq!(session.power_state().await, Ok(held.power), "{name}");
        let identity = session.identity().await.unwrap();
        let uuid = identity.guid.map(|guid| guid.to_string());
        assert_eq!(uuid.as_deref(), held.uuid, "{name}");
        assert_eq!(identity.serial.as_deref(), held.serial, "{name}");
        let sensors = session.sensors().await.unwrap();
        let mut keys: Vec<_> = sensors.iter().map(|sensor| &sensor.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), sensors.len(), "{name}: a key twice");
        let warm = sensors
            .iter()
            .filter(|sensor| sensor.quantity == Quantity::Temperature && sensor.value.is_some());
        let temperatures = warm.count();
        let parts = session.parts().await.unwrap();
        let found = summary(&parts);
        let watts = session.power_draw().await.unwrap();
        let log = log_entries(&mut *session).await;
        println!(
            "{name}: {} sensors, {temperatures} temperatures, {watts:?} W, log {log:?}, {found:?}",
            sensors.len()
        );
        assert_eq!(temperatures, held.temperatures, "{name}");
        assert_eq!(watts, held.watts, "{name}");
        assert_eq!(log, held.log, "{name}");
        for expected in held.parts {
            assert!(
                found.contains(expected),
                "{name}: {expected:?} in {found:?}"
            );
        }
        let controller = session.controller().await.unwrap();
        assert!(
            name != "dell-r750-idrac9" || controller.address == "10.180.247.199",
            "{controller:?}"
        );
        assert!(
            session.boot().await.is_ok() || name == "dmtf-public-rackmount1",
            "{name}"
        );
        session.close().await.unwrap();
    }
}
