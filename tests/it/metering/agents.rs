//! The poller on agents that answer: net-snmp's own and our simulated switches.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use coldaisle::base::fields::Fields;
use coldaisle::base::ids::{PortId, SnmpTargetId};
use coldaisle::base::seal::Keyring;
use coldaisle::base::time::Timestamp;
use coldaisle::drivers::snmp::SnmpHub;
use coldaisle::identity::{Actor, Role};
use coldaisle::metering::note::PollExtent;
use coldaisle::metering::packed::{self, PackedPort};
use coldaisle::metering::{
    PortState, Target, TargetDraft, TargetState, port_by_name, target_by_id, target_create,
    target_poll, target_poll_now,
};
use coldaisle::sim::switch::{Fault, SimAccess, SimSwitch, SwitchSpec};
use coldaisle::store::schema::{readings, snmp_targets, target_polls};
use coldaisle::tasks::Task;
use coldaisle::tasks::poller::Poller;
use diesel::prelude::*;
use tokio_util::sync::CancellationToken;

use super::world::target_fields;
use crate::harness::{TestDb, both};
use crate::snmp::peers::{Snmpd, column};

const IF_NAME: &str = "1.3.6.1.2.1.31.1.1.1.1";
const IF_HC_IN: &str = "1.3.6.1.2.1.31.1.1.1.6";

/// A poller with its keys, and targets to poll.
struct Watch<'a> {
    db: &'a TestDb,
    poller: Poller,
    keyring: Arc<Keyring>,
    hub: Arc<SnmpHub>,
}

impl<'a> Watch<'a> {
    fn new(db: &'a TestDb) -> Self {
        let (keyring, hub) = (
            Arc::new(Keyring::generate().unwrap()),
            Arc::new(SnmpHub::new()),
        );
        let poller = Poller::new(db.store.clone(), keyring.clone(), hub.clone()).unwrap();
        Self {
            db,
            poller,
            keyring,
            hub,
        }
    }

    fn staff(&self) -> Actor {
        Actor {
            now: Timestamp::now(),
            ..self.db.actor(Role::Operations)
        }
    }

    fn add(&self, name: &str, address: SocketAddr, more: &[(&str, &str)]) -> SnmpTargetId {
        let mut typed: Fields = target_fields();
        typed.set("address", address.ip().to_string());
        typed.set("port", address.port().to_string());
        for (field, text) in more {
            typed.set(*field, *text);
        }
        let device = self.db.device(name, None);
        let draft = TargetDraft::parse(&typed).unwrap();
        let staff = self.staff();
        self.db
            .put(|c| target_create(c, &staff, &self.keyring, device, &draft))
    }

    /// Polls what is due and waits for the end of it.
    async fn poll(&self, targets: &[SnmpTargetId]) {
        let staff = self.staff();
        for target in targets {
            self.db.put(|c| target_poll_now(c, &staff, *target));
        }
        self.poller
            .activate(CancellationToken::new())
            .await
            .unwrap();
        self.poller.settle().await;
    }

    /// Polls one target as its beat would, counters only where names are known.
    async fn poll_when_due(&self, target: SnmpTargetId) {
        let now = Timestamp::now();
        self.db.put(|c| {
            Ok(diesel::update(snmp_targets::table.find(target))
                .set(snmp_targets::next_poll_at.eq(now))
                .execute(c)?)
        });
        self.poller
            .activate(CancellationToken::new())
            .await
            .unwrap();
        self.poller.settle().await;
    }

    fn row(&self, id: SnmpTargetId) -> Target {
        let staff = self.staff();
        self.db.get(|c| target_by_id(c, &staff, id)).target
    }

    fn port(&self, target: SnmpTargetId, name: &str) -> coldaisle::metering::Port {
        let device = self.row(target).device_id;
        self.db
            .get(|c| port_by_name(c, device, name))
            .unwrap_or_else(|| panic!("no port {name}"))
    }

    /// Readings of a port, oldest first.
    fn readings(&self, target: SnmpTargetId, port: PortId) -> Vec<PackedPort> {
        let bodies: Vec<Vec<u8>> = self.db.get(|c| {
            Ok(readings::table
                .filter(readings::target_id.eq(target))
                .order(readings::at.asc())
                .select(readings::body)
                .load(c)?)
        });
        bodies
            .iter()
            .filter_map(|body| packed::find(body, port.get()).unwrap())
            .collect()
    }
}

both! {
    async fn net_snmp_s_counters_agree_with_snmpbulkwalk_around_them(db: TestDb) {
        let agent = Snmpd::start();
        let watch = Watch::new(&db);
        let v2c = watch.add("SNMPD-2C", agent.address, &[("community", "public")]);
        let v3 = watch.add("SNMPD-3", agent.address, &[
            ("version", "v3"), ("v3_user", "sha1aes"), ("v3_auth_protocol", "SHA"), ("v3_auth_password", "auth-pass-phrase"),
            ("v3_privacy_protocol", "AES"), ("v3_privacy_password", "priv-pass-phrase"),
        ]);
        let names = column(agent.address, "public", IF_NAME);
        let (index, _) = names.iter().find(|(_, name)| name.as_str() == "lo").expect("lo");
        let counter = || column(agent.address, "public", IF_HC_IN)[index].parse::<u64>().unwrap();
        let mut limits = vec![counter()];
        for _ in 0..2 {
            watch.poll(&[v2c, v3]).await;
            limits.push(counter());
        }
        for target in [v2c, v3] {
            let row = watch.row(target);
            assert_eq!((row.state(), row.consecutive_failures), (TargetState::Good, 0), "{:?}", row.last_error);
            assert!(row.last_uptime_ms.is_some() && row.names_read_at.is_some() && !row.system_descr.is_empty());
            let port = watch.port(target, "lo");
            assert_eq!((port.state(), port.counter_bits), (PortState::Up, Some(64)));
            let read: Vec<u64> = watch.readings(target, port.id).iter().map(|reading| reading.in_octets.unwrap()).collect();
            assert_eq!(read.len(), 2);
            for (n, octets) in read.iter().enumerate() {
                assert!(limits[n] <= *octets && *octets <= limits[n + 1], "{read:?} is not between {limits:?}");
            }
        }
    }

    async fn a_silent_device_holds_up_nobody(db: TestDb) {
        let (quick, silent) = (sim("quick", 1).await, sim("silent", 2).await);
        silent.set_fault(Fault::Silent).await;
        let watch = Watch::new(&db);
        let wrong_key = watch.add("SW-KEY", quick.address(), &[
            ("version", "v3"), ("v3_user", "collector"), ("v3_auth_protocol", "SHA"), ("v3_auth_password", "not-the-pass-phrase"),
        ]);
        let good = watch.add("SW-GOOD", quick.address(), &[]);
        let mute = watch.add("SW-MUTE", silent.address(), &[]);
        watch.poller.activate(CancellationToken::new()).await.unwrap();
        let until = Instant::now() + Duration::from_secs(5);
        while watch.row(good).last_good_at.is_none() {
            assert!(Instant::now() < until, "the good one waits for the silent one");
            tokio::task::yield_now().await;
        }
        assert_eq!(watch.row(mute).last_attempt_at, None, "the silent one is still being asked");
        watch.poller.settle().await;
        for (target, trouble) in [(mute, "no_answer: "), (wrong_key, "credentials: ")] {
            let row = watch.row(target);
            assert_eq!((row.state(), row.last_good_at), (TargetState::Failing, None));
            assert!(row.last_error.as_deref().unwrap_or("").starts_with(trouble), "{:?}", row.last_error);
        }
        assert_eq!(watch.row(good).state(), TargetState::Good);
        silent.set_fault(Fault::None).await;
        watch.poll(&[mute]).await;
        assert_eq!((watch.row(mute).state(), watch.row(mute).consecutive_failures), (TargetState::Good, 0));
    }

    async fn polls_that_end_together_are_all_kept(db: TestDb) {
        let switch = sim("crowd", 1).await;
        let watch = Watch::new(&db);
        let targets: Vec<_> = (0..90).map(|n| watch.add(&format!("SW-{n:02}"), switch.address(), &[])).collect();
        watch.poll(&targets).await;
        watch.poll(&targets).await;
        for target in targets {
            let row = watch.row(target);
            assert_eq!((row.state(), row.last_error), (TargetState::Good, None));
            let port = watch.port(target, "GigabitEthernet0/0/1");
            assert_eq!(watch.readings(target, port.id).len(), 2);
        }
    }

    async fn a_renumbered_and_restarted_switch_keeps_its_ports(db: TestDb) {
        let switch = sim("moving", 3).await;
        let watch = Watch::new(&db);
        let target = watch.add("SW-SIM", switch.address(), &[("interval_s", "60")]);
        watch.poll(&[target]).await;
        let before = watch.port(target, "GigabitEthernet0/0/1");
        switch.renumber(1000);
        watch.poll(&[target]).await;
        let moved = watch.port(target, "GigabitEthernet0/0/1");
        assert_eq!((moved.id, moved.if_index), (before.id, before.if_index.map(|index| index + 1000)));
        switch.restart().await.unwrap();
        watch.poll(&[target]).await;
        let row = watch.row(target);
        assert_eq!(row.state(), TargetState::Good, "{:?}", row.last_error);
        assert!(row.last_uptime_ms.unwrap() < 60_000);
        assert_eq!(watch.readings(target, before.id).len(), 3);
        let _ = watch.hub.stats();
    }

    async fn known_ports_are_read_by_index_and_the_row_says_how(db: TestDb) {
        let switch = sim("known", 6).await;
        let mut watch = Watch::new(&db);
        let target = watch.add("SW-KNOWN", switch.address(), &[("interval_s", "60")]);
        let measured = || db.get(|c| target_poll(c, target)).expect("a measured poll");
        watch.poll(&[target]).await;
        let first = measured();
        assert_eq!((first.extent, first.timeouts, first.notes().len()), (PollExtent::WholeTable, 0, 0));
        assert!(first.packets >= 4 && first.octets > first.packets * 42 && first.varbinds > 12 * 5, "{first:?}");
        let names_read = watch.row(target).names_read_at;
        watch.poll_when_due(target).await;
        assert_eq!(measured(), first, "nothing worth telling: not written again");
        db.put(|c| Ok(diesel::update(target_polls::table).set(target_polls::at.eq(first.at.plus_millis(-3_600_000))).execute(c)?));
        // A poller remembers what it wrote: only another one looks at the row.
        watch.poller = Poller::new(db.store.clone(), watch.keyring.clone(), watch.hub.clone()).unwrap();
        watch.poll_when_due(target).await;
        let again = measured();
        assert_eq!((again.extent, watch.row(target).names_read_at), (PollExtent::KnownRows, names_read));
        // Counters take more octets the further they have come: about a half, at any hour.
        let share = again.octets as f64 / first.octets as f64;
        assert!(again.packets < first.packets && share < 0.6, "{first:?} {again:?}");
        let port = watch.port(target, "GigabitEthernet0/0/1");
        assert_eq!(port.admin_up, Some(true), "what only names tell stays");
        let read = watch.readings(target, port.id);
        assert!(read.len() == 3 && read.is_sorted_by_key(|reading| reading.in_octets), "{read:?}");
    }

    async fn a_stop_gives_targets_back(db: TestDb) {
        let silent = sim("silent", 4).await;
        silent.set_fault(Fault::Silent).await;
        let watch = Watch::new(&db);
        let target = watch.add("SW-1", silent.address(), &[]);
        let stop = CancellationToken::new();
        watch.poller.activate(stop.clone()).await.unwrap();
        stop.cancel();
        watch.poller.settle().await;
        let row = watch.row(target);
        assert_eq!((row.last_attempt_at, row.consecutive_failures), (None, 0), "a stop is no failure of the device");
        let again = Poller::new(db.store.clone(), watch.keyring.clone(), watch.hub.clone()).unwrap();
        let said = again.activate(CancellationToken::new()).await.unwrap();
        assert!(said.to_string().contains("started=1"), "{said}");
    }
}

async fn sim(name: &str, seed: u64) -> SimSwitch {
    let boot = Timestamp::from_millis(Timestamp::now().millis() - 86_400_000);
    let spec = SwitchSpec::top_of_rack(name, seed, 8, boot);
    let access = SimAccess::community("public-ro")
        .with_sha1_aes128("collector", "sample-auth-pass", "sample-priv-pass")
        .unwrap();
    SimSwitch::start(([127, 0, 0, 1], 0).into(), spec, access)
        .await
        .unwrap()
}
