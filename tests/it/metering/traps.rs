//! Notifications sent by net-snmp's own programs: who is believed, and what it does.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use coldaisle::base::fields::Fields;
use coldaisle::base::ids::SnmpTargetId;
use coldaisle::base::seal::Keyring;
use coldaisle::base::time::Timestamp;
use coldaisle::drivers::snmp::TrapCounts;
use coldaisle::identity::{Actor, Role};
use coldaisle::metering::{Discovery, TargetDraft, discovery_of, target_by_id, target_create};
use coldaisle::store::schema::{snmp_targets, target_discoveries};
use coldaisle::tasks::Task;
use coldaisle::tasks::traps::Traps;
use diesel::prelude::*;
use tokio_util::sync::CancellationToken;

use super::world::target_fields;
use crate::harness::{TestDb, both};
use crate::snmp::peers::tool;

const LINK_DOWN: &str = "1.3.6.1.6.3.1.1.5.3";
const LINK_UP: &str = "1.3.6.1.6.3.1.1.5.4";
const ENTERPRISE: &str = "1.3.6.1.4.1.32473.0.7";
const PRIVATE: [&str; 12] = [
    "-v3",
    "-u",
    "collector",
    "-l",
    "authPriv",
    "-a",
    "SHA",
    "-A",
    "auth-pass-phrase",
    "-x",
    "AES",
    "-X",
];
const ENGINE: [&str; 2] = ["-e", "0x80007ed90473772d31"];

/// A port below those that systems give out by themselves: nobody takes it while the receiver opens it anew.
fn quiet_address() -> SocketAddr {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let addresses = std::iter::repeat_with(|| {
        let number = std::process::id() + NEXT.fetch_add(1, Ordering::Relaxed);
        let port = u16::try_from(20_000 + number % 10_000).unwrap();
        SocketAddr::from(([127, 0, 0, 1], port))
    });
    let mut free = addresses
        .take(10_000)
        .filter(|at| UdpSocket::bind(at).is_ok());
    free.next().expect("a free port")
}

struct Post<'a> {
    db: &'a TestDb,
    traps: Traps,
    keyring: Arc<Keyring>,
    address: SocketAddr,
}

impl<'a> Post<'a> {
    async fn open(db: &'a TestDb) -> Self {
        let keyring = Arc::new(Keyring::generate().unwrap());
        let address = quiet_address();
        let traps = Traps::new(db.store.clone(), keyring.clone(), address).unwrap();
        let post = Self {
            db,
            traps,
            keyring,
            address,
        };
        post.run().await;
        assert_eq!(post.traps.address().await, Some(address), "it listens");
        post
    }

    async fn run(&self) -> String {
        let said = self.traps.activate(CancellationToken::new()).await;
        said.unwrap().to_string()
    }

    fn add(&self, name: &str, address: &str, more: &[(&str, &str)]) -> SnmpTargetId {
        let mut typed: Fields = target_fields();
        typed.set("address", address);
        for (field, text) in more {
            typed.set(*field, *text);
        }
        let staff = Actor {
            now: Timestamp::now(),
            ..self.db.actor(Role::Operations)
        };
        let device = self.db.device(name, None);
        let draft = TargetDraft::parse(&typed).unwrap();
        self.db
            .put(|c| target_create(c, &staff, &self.keyring, device, &draft))
    }

    /// Far from being due, and free to be hinted.
    fn rest(&self, target: SnmpTargetId) {
        let far = Timestamp::now().plus_millis(3_600_000);
        self.db.put(|c| {
            diesel::update(snmp_targets::table.find(target))
                .set(snmp_targets::next_poll_at.eq(far))
                .execute(c)?;
            diesel::update(target_discoveries::table.find(target))
                .set(target_discoveries::hinted_at.eq(None::<Timestamp>))
                .execute(c)?;
            Ok(())
        });
    }

    fn is_due(&self, target: SnmpTargetId) -> bool {
        let staff = self.db.actor(Role::Operations);
        let row = self.db.get(|c| target_by_id(c, &staff, target)).target;
        row.next_poll_at <= Timestamp::now()
    }

    fn found(&self, target: SnmpTargetId) -> Discovery {
        self.db.get(|c| discovery_of(c, target))
    }

    /// Sends one and waits until it was counted; gives what changed.
    async fn send(
        &self,
        to: SocketAddr,
        program: &'static str,
        who: &[&str],
        kind: &str,
    ) -> TrapCounts {
        let before = self.traps.counts().await;
        let sent = notify(to, program, who, kind).await;
        assert!(sent, "{program} {who:?}");
        self.counted(before).await
    }

    /// Sends an inform that must be acknowledged, and waits until it was told: it is acknowledged before that.
    async fn inform(&self, who: &[&str], kind: &str) {
        let before = self.traps.counts().await;
        assert!(
            notify(self.address, "snmpinform", who, kind).await,
            "no acknowledgement"
        );
        assert_eq!(self.counted(before).await, ACCEPTED);
    }

    async fn counted(&self, before: TrapCounts) -> TrapCounts {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            let now = self.traps.counts().await;
            if now != before {
                return TrapCounts {
                    accepted: now.accepted - before.accepted,
                    unknown: now.unknown - before.unknown,
                    refused: now.refused - before.refused,
                    over_rate: now.over_rate - before.over_rate,
                };
            }
            assert!(Instant::now() < until, "nothing was counted");
            tokio::task::yield_now().await;
        }
    }
}

/// Whether the program was content: an inform must have been acknowledged.
async fn notify(to: SocketAddr, program: &'static str, who: &[&str], kind: &str) -> bool {
    let arguments: Vec<String> = who
        .iter()
        .map(|part| (*part).to_owned())
        .chain([to.to_string(), String::new(), kind.to_owned()])
        .collect();
    let sent = tokio::task::spawn_blocking(move || tool(program).args(arguments).output());
    let sent = sent.await.unwrap().expect(program);
    sent.status.success()
}

/// One whose address is no target's.
struct Stranger<'a> {
    post: &'a Post<'a>,
    socket: UdpSocket,
    octets: Vec<u8>,
}

impl<'a> Stranger<'a> {
    async fn new(post: &'a Post<'a>) -> Self {
        let socket = UdpSocket::bind("127.0.0.77:0").unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        let mut octets = vec![0; 65_535];
        let own = socket.local_addr().unwrap();
        assert!(notify(own, "snmptrap", &["-v2c", "-c", "x"], LINK_DOWN).await);
        let (length, _) = socket.recv_from(&mut octets).unwrap();
        octets.truncate(length);
        Self {
            post,
            socket,
            octets,
        }
    }

    /// How many were accepted of all that was sent before.
    async fn accepted_before(&self) -> u64 {
        let before = self.post.traps.counts().await.unknown;
        self.socket
            .send_to(&self.octets, self.post.address)
            .unwrap();
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            let now = self.post.traps.counts().await;
            if now.unknown > before {
                return now.accepted;
            }
            assert!(Instant::now() < until, "the stranger was not counted");
            tokio::task::yield_now().await;
        }
    }
}

const ACCEPTED: TrapCounts = TrapCounts {
    accepted: 1,
    unknown: 0,
    refused: 0,
    over_rate: 0,
};
const REFUSED: TrapCounts = TrapCounts {
    accepted: 0,
    unknown: 0,
    refused: 1,
    over_rate: 0,
};

/// A trap under these keys at boots and time of its sender.
fn private(password: &'static str, clock: &'static str) -> Vec<&'static str> {
    let engine = ENGINE.into_iter().chain(["-Z", clock]);
    engine.chain(PRIVATE).chain([password]).collect()
}

both! {
    async fn a_trap_of_version_2c_makes_its_device_due_at_once(db: TestDb) {
        let post = Post::open(&db).await;
        let target = post.add("SW-1", "127.0.0.1", &[]);
        let elsewhere = post.add("SW-2", "127.9.9.9", &[]);
        post.run().await;
        for id in [target, elsewhere] {
            post.rest(id);
        }
        let who = ["-v2c", "-c", "public-ro"];
        assert_eq!(post.send(post.address, "snmptrap", &who, LINK_DOWN).await, ACCEPTED);
        let said = post.run().await;
        assert!(said.contains("hinted=1") && said.contains("accepted=1"), "{said}");
        assert!(post.is_due(target) && !post.is_due(elsewhere), "from its own address and no other");
        assert_eq!((post.found(target).trap_kind, post.found(elsewhere).traps), ("link_down".to_owned(), 0));
        // An inform is acknowledged.
        post.rest(target);
        post.inform(&who, LINK_UP).await;
        post.run().await;
        assert!(post.is_due(target));
        assert_eq!(post.found(target).trap_kind, "link_up");
        // A wrong community is nobody's word.
        post.rest(target);
        assert_eq!(post.send(post.address, "snmptrap", &["-v2c", "-c", "public"], LINK_DOWN).await, REFUSED);
        assert!(!notify(post.address, "snmpinform", &["-v2c", "-c", "public"], LINK_DOWN).await, "acknowledged");
        post.run().await;
        assert!(!post.is_due(target) && post.found(target).traps == 2);
    }

    async fn a_source_that_is_no_target_is_counted_and_dropped(db: TestDb) {
        let post = Post::open(&db).await;
        post.add("SW-2", "127.9.9.9", &[]);
        post.run().await;
        let counts = post.send(post.address, "snmptrap", &["-v2c", "-c", "public-ro"], LINK_DOWN).await;
        assert_eq!(counts, TrapCounts { unknown: 1, ..TrapCounts::default() });
        assert!(post.run().await.contains("hinted=0"));
    }

    async fn a_trap_of_version_3_needs_the_device_s_own_keys_and_a_present_clock(db: TestDb) {
        let post = Post::open(&db).await;
        let target = post.add("SW-1", "127.0.0.1", &[
            ("version", "v3"), ("v3_user", "collector"), ("v3_auth_protocol", "SHA"), ("v3_auth_password", "auth-pass-phrase"),
            ("v3_privacy_protocol", "AES"), ("v3_privacy_password", "priv-pass-phrase"),
        ]);
        post.run().await;
        assert_eq!(post.traps.address().await, Some(post.address), "the same port after users came");
        post.rest(target);
        // Through a relay, to have the octets of the first one.
        let relay = UdpSocket::bind("127.0.0.1:0").unwrap();
        relay.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut octets = vec![0; 65_535];
        assert!(notify(relay.local_addr().unwrap(), "snmptrap", &private("priv-pass-phrase", "7,5000"), ENTERPRISE).await);
        let (length, _) = relay.recv_from(&mut octets).unwrap();
        let first = &octets[..length];
        let before = post.traps.counts().await;
        relay.send_to(first, post.address).unwrap();
        assert_eq!(post.counted(before).await, ACCEPTED);
        post.run().await;
        assert!(post.is_due(target));
        assert_eq!(post.found(target).trap_kind, ENTERPRISE);
        // The next start of the device is later than what was recorded: its octets are of the past.
        assert_eq!(post.send(post.address, "snmptrap", &private("priv-pass-phrase", "9,5000"), LINK_DOWN).await, ACCEPTED);
        post.run().await;
        post.rest(target);
        // What is wrong is dropped, some of it in silence: a stranger's that follows is counted, so it was seen.
        let stranger = Stranger::new(&post).await;
        relay.send_to(first, post.address).unwrap();
        assert_eq!(stranger.accepted_before().await, 2, "a replay is taken");
        let unsigned = ["-v3", "-u", "collector", "-l", "noAuthNoPriv"];
        let wrong: [(&str, Vec<&str>); 4] = [
            ("of a quarter of an hour ago", private("priv-pass-phrase", "9,4000")),
            ("under another key", private("wrong-pass-phrase", "9,5000")),
            ("with less than the device is asked with", ENGINE.into_iter().chain(unsigned).collect()),
            ("of version 2c", vec!["-v2c", "-c", "public-ro"]),
        ];
        for (what, who) in wrong {
            assert!(notify(post.address, "snmptrap", &who, LINK_DOWN).await);
            assert_eq!(stranger.accepted_before().await, 2, "one {what} is taken");
        }
        post.run().await;
        assert!(!post.is_due(target));
        let inform: Vec<&str> = PRIVATE.into_iter().chain(["priv-pass-phrase", "-t", "5"]).collect();
        post.inform(&inform, LINK_UP).await;
        post.run().await;
        assert!(post.is_due(target));
    }

    async fn a_flood_is_cut_and_costs_one_poll(db: TestDb) {
        let post = Post::open(&db).await;
        let target = post.add("SW-1", "127.0.0.1", &[]);
        post.run().await;
        post.rest(target);
        let relay = UdpSocket::bind("127.0.0.1:0").unwrap();
        relay.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        assert!(notify(relay.local_addr().unwrap(), "snmptrap", &["-v2c", "-c", "public-ro"], LINK_DOWN).await);
        let mut octets = vec![0; 65_535];
        let (length, _) = relay.recv_from(&mut octets).unwrap();
        let until = Instant::now() + Duration::from_secs(20);
        while post.traps.counts().await.over_rate == 0 {
            assert!(Instant::now() < until, "a flood is not cut");
            relay.send_to(&octets[..length], post.address).unwrap();
            tokio::task::yield_now().await;
        }
        assert!(post.run().await.contains("hinted=1"));
        assert!(post.run().await.contains("hinted=0"));
    }
}
