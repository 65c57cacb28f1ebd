//! A switch with a target and ports, and polls of it without a network.

use coldaisle::base::fields::Fields;
use coldaisle::base::ids::{AllocationId, CustomerId, DeviceId, PortId, SnmpTargetId};
use coldaisle::base::seal::Keyring;
use coldaisle::base::time::Timestamp;
use coldaisle::base::units::BitsPerSecond;
use coldaisle::identity::{Actor, Role};
use coldaisle::metering::counter::Width;
use coldaisle::metering::naming::PortNames;
use coldaisle::metering::note::{Measured, Note, PollExtent};
use coldaisle::metering::poll::{Failed, PortSeen, Sample, SystemSeen};
use coldaisle::metering::{
    AllocationDraft, LinkDates, PollTrouble, Port, Target, TargetDraft, allocation_create,
    allocation_port_add, poll_failed, poll_succeeded, port_by_name, target_by_id, target_create,
    targets_claim,
};

use crate::harness::{NOW, TestDb};

pub const OWNER: &str = "poller-test";
pub const MINUTE: i64 = 60_000;

pub fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().map(|(name, text)| (*name, *text)).collect()
}

/// Minutes after [`NOW`].
pub fn at(minutes: i64) -> Timestamp {
    NOW.plus_millis(minutes * MINUTE)
}

pub fn target_fields() -> Fields {
    fields(&[
        ("address", "127.20.0.1"),
        ("port", "10161"),
        ("version", "v2c"),
        ("community", "public-ro"),
        ("interval_s", "300"),
        ("enabled", "yes"),
    ])
}

pub struct Switch<'a> {
    pub db: &'a TestDb,
    pub staff: Actor,
    pub device: DeviceId,
    pub target: SnmpTargetId,
}

impl<'a> Switch<'a> {
    pub fn new(db: &'a TestDb, name: &str) -> Self {
        Self::of(db, name, &target_fields())
    }

    pub fn of(db: &'a TestDb, name: &str, typed: &Fields) -> Self {
        let staff = db.actor(Role::Operations);
        let device = db.device(name, None);
        let draft = TargetDraft::parse(typed).unwrap();
        let keyring = Keyring::generate().unwrap();
        let target = db.put(|c| target_create(c, &staff, &keyring, device, &draft));
        Self {
            db,
            staff,
            device,
            target,
        }
    }

    pub fn row(&self) -> Target {
        self.db
            .get(|c| target_by_id(c, &self.staff, self.target))
            .target
    }

    pub fn port(&self, name: &str) -> Port {
        self.db
            .get(|c| port_by_name(c, self.device, name))
            .unwrap_or_else(|| panic!("no port {name}"))
    }

    pub fn port_id(&self, name: &str) -> PortId {
        self.port(name).id
    }

    /// Claims the target and keeps a poll of it.
    pub fn poll(&self, sample: &Sample) -> bool {
        self.claim(sample.at);
        self.db
            .put(|c| poll_succeeded(c, OWNER, self.target, sample, sample.at))
    }

    pub fn fail(&self, now: Timestamp) -> bool {
        self.claim(now);
        let failed = Failed {
            trouble: PollTrouble::NoAnswer,
            detail: "127.20.0.1:10161: no answer".into(),
        };
        self.db
            .put(|c| poll_failed(c, OWNER, self.target, &failed, now))
    }

    /// Claims it whatever the schedule says.
    fn claim(&self, now: Timestamp) {
        let far = now.plus_millis(2 * 3_600_000);
        let claimed = self.db.put(|c| targets_claim(c, OWNER, now, far, 100));
        assert!(
            claimed
                .iter()
                .any(|claimed| claimed.target.id == self.target),
            "{claimed:?}"
        );
    }
}

/// A poll with uptime running since an hour before [`NOW`].
pub fn sample(at: Timestamp, ports: Vec<PortSeen>) -> Sample {
    Sample {
        at,
        uptime_ms: Some(u64::try_from(at.since_millis(NOW) + 60 * MINUTE).unwrap()),
        system: SystemSeen {
            name: Some("SW".into()),
            ..SystemSeen::default()
        },
        with_names: true,
        max_repetitions: 25,
        ports,
    }
}

pub fn seen(if_index: u32, name: &str, octets: (u64, u64)) -> PortSeen {
    PortSeen {
        if_index,
        names: PortNames {
            name: Some(name.into()),
            descr: Some(format!("{name} long")),
            alias: None,
        },
        if_type: Some(6),
        speed: Some(BitsPerSecond::new(1_000_000_000)),
        admin_up: Some(true),
        oper_up: Some(true),
        width: Some(Width::Bits64),
        in_octets: Some(octets.0),
        out_octets: Some(octets.1),
        discontinuity: Some(0),
        packets: coldaisle::metering::packets::PacketCounters::NONE,
    }
}

pub fn allocation(db: &TestDb, customer: CustomerId, name: &str) -> AllocationId {
    let staff = db.actor(Role::Operations);
    let typed = fields(&[
        ("name", name),
        ("committed_mbps", "100"),
        ("active_from", "2026-01-01"),
        ("time_zone", "UTC"),
    ]);
    let draft = AllocationDraft::parse(&typed).unwrap();
    db.put(|c| allocation_create(c, &staff, customer, &draft))
}

pub fn link(db: &TestDb, allocation: AllocationId, port: PortId, from: i64, until: Option<i64>) {
    let staff = db.actor(Role::Operations);
    let dates = LinkDates {
        from: at(from),
        until: until.map(at),
    };
    db.put(|c| allocation_port_add(c, &staff, allocation, port, dates));
}

/// How a poll went that showed this.
pub fn measured(with_names: bool, notes: Vec<Note>) -> Measured {
    Measured {
        lag_ms: 12,
        duration_ms: 34,
        requests: 5,
        timeouts: 0,
        varbinds: 242,
        packets: 10,
        octets: 7_000,
        extent: PollExtent::KnownRows,
        with_names,
        notes,
    }
}
