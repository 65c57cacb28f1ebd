//! A day of traffic, read by the poller itself from switches that answer, in which the switches, the poller and the
//! clock of the machine all start anew or jump. What was kept is compared with what the switches knew; the figure is
//! computed again by a script that shares no code.

use std::sync::Arc;

use coldaisle::base::clock::Clock;
use coldaisle::base::ids::{PortId, SnmpTargetId};
use coldaisle::base::seal::Keyring;
use coldaisle::base::time::Timestamp;
use coldaisle::drivers::snmp::SnmpHub;
use coldaisle::identity::{Actor, Role};
use coldaisle::metering::counter::Width;
use coldaisle::metering::packed::{self, PackedPort};
use coldaisle::metering::period::Period;
use coldaisle::metering::slot::{Slot, SlotFlags};
use coldaisle::metering::{TargetDraft, port_by_name, port_series, target_create};
use coldaisle::sim::switch::{Fault, PortSpec, SimAccess, SimSwitch, SwitchSpec};
use coldaisle::store::schema::{readings, snmp_targets};
use coldaisle::tasks::Task;
use coldaisle::tasks::poller::Poller;
use diesel::prelude::*;
use tokio_util::sync::CancellationToken;

use super::evidence::recomputed_the_same;
use super::sealing::seal_all;
use super::world::{MINUTE, allocation, at, link, target_fields};
use crate::harness::{TestDb, both};

/// The day begins so many minutes before `NOW`, at 2026-11-20T21:00:00Z.
const BEGIN: i64 = -35 * 60;
const HOUR: i64 = 60 * MINUTE;
const WRAP_32: u64 = 1 << 32;

/// A switch, and what only it and this test know.
struct Known {
    sim: SimSwitch,
    target: SnmpTargetId,
    ports: Vec<(PortSpec, Option<PortId>)>,
    /// Its counters count from between these.
    since: Option<(Timestamp, Timestamp)>,
}

/// What was true around a poll that was kept.
#[derive(Clone, Copy)]
struct Truth {
    switch: usize,
    at: Timestamp,
    /// True times before and after it.
    around: (Timestamp, Timestamp),
    since: Option<(Timestamp, Timestamp)>,
}

/// The machine room with its own time, and a server whose clock may be wrong.
struct Room<'a> {
    db: &'a TestDb,
    world: Clock,
    server: Clock,
    keyring: Arc<Keyring>,
    poller: Option<Poller>,
    switches: Vec<Known>,
    truths: Vec<Truth>,
}

impl<'a> Room<'a> {
    fn new(db: &'a TestDb) -> Self {
        Self {
            db,
            world: Clock::showing(at(BEGIN)),
            server: Clock::showing(at(BEGIN)),
            keyring: Arc::new(Keyring::generate().unwrap()),
            poller: None,
            switches: Vec::new(),
            truths: Vec::new(),
        }
    }

    async fn add(&mut self, name: &str, seed: u64, width: Width) {
        let boot = self.world.now().plus_millis(-40 * 24 * HOUR);
        let mut spec = SwitchSpec::top_of_rack(name, seed, 6, boot);
        if width == Width::Bits32 {
            // No more than once around a counter of 32 bits between two polls.
            for port in &mut spec.ports {
                port.traffic.speed_bps = 80_000_000;
            }
        }
        let ports = spec.ports.iter().map(|port| (port.clone(), None)).collect();
        let access = SimAccess::community("public-ro");
        let any = ([127, 0, 0, 1], 0).into();
        let sim = SimSwitch::start_by(any, spec, access, self.world.clone());
        let sim = sim.await.unwrap();
        let mut typed = target_fields();
        typed.set("address", sim.address().ip().to_string());
        typed.set("port", sim.address().port().to_string());
        let (draft, staff) = (TargetDraft::parse(&typed).unwrap(), self.staff());
        let device = self.db.device(name, None);
        let keyring = self.keyring.clone();
        let target = self
            .db
            .put(|c| target_create(c, &staff, &keyring, device, &draft));
        self.switches.push(Known {
            sim,
            target,
            ports,
            since: None,
        });
    }

    fn staff(&self) -> Actor {
        Actor {
            now: self.server.now(),
            ..self.db.actor(Role::Operations)
        }
    }

    /// Time passes, here and on the server's clock.
    fn pass(&self, millis: i64) {
        self.world.step(millis);
        self.server.step(millis);
    }

    fn row(&self, target: SnmpTargetId) -> (Timestamp, Option<Timestamp>) {
        self.db.get(|c| {
            let columns = (snmp_targets::next_poll_at, snmp_targets::last_good_at);
            Ok(snmp_targets::table.find(target).select(columns).first(c)?)
        })
    }

    /// A process begins: it remembers nothing of those before it.
    fn start_poller(&mut self) {
        let (hub, clock) = (Arc::new(SnmpHub::new()), self.server.clone());
        let poller = Poller::going_by(self.db.store.clone(), self.keyring.clone(), hub, clock);
        self.poller = Some(poller.unwrap());
    }

    /// Time passes until the next device is due, and the poller works.
    async fn next_poll(&mut self) {
        let targets: Vec<SnmpTargetId> = self.switches.iter().map(|of| of.target).collect();
        let due = targets.iter().map(|target| self.row(*target).0).min();
        let early = due.unwrap().since_millis(self.server.now());
        if early > 0 {
            self.pass(early);
        }
        let before: Vec<_> = targets.iter().map(|target| self.row(*target).1).collect();
        let begun = self.world.now();
        let poller = self.poller.as_ref().unwrap();
        poller.activate(CancellationToken::new()).await.unwrap();
        poller.settle().await;
        let ended = self.world.now();
        for (switch, target) in targets.into_iter().enumerate() {
            let (_, last) = self.row(target);
            let of = &self.switches[switch];
            if let Some(last) = last.filter(|_| last != before[switch]) {
                self.truths.push(Truth {
                    switch,
                    at: last,
                    around: (begun, ended),
                    since: of.since,
                });
            }
        }
    }

    /// Works until so many minutes of the day have truly passed.
    async fn until(&mut self, minute: i64) {
        while self.world.now() < at(BEGIN + minute) {
            self.next_poll().await;
        }
    }

    async fn restart(&mut self, switch: usize) {
        let before = self.world.now();
        self.switches[switch].sim.restart().await.unwrap();
        self.switches[switch].since = Some((before, self.world.now()));
    }

    /// The poller is asking a device when its process dies.
    async fn kill_poller_in_flight(&mut self, switch: usize) {
        let target = self.switches[switch].target;
        let due = |room: &Self| room.row(target).0;
        while self
            .switches
            .iter()
            .any(|of| self.row(of.target).0 < due(self))
        {
            self.next_poll().await;
        }
        self.pass(due(self).since_millis(self.server.now()).max(0));
        self.switches[switch].sim.set_fault(Fault::Silent).await;
        let poller = self.poller.take().unwrap();
        poller.activate(CancellationToken::new()).await.unwrap();
        let lease: Option<Timestamp> = self.db.get(|c| {
            Ok(snmp_targets::table
                .find(target)
                .select(snmp_targets::lease_until)
                .first(c)?)
        });
        assert!(lease.is_some(), "the device was being asked");
        drop(poller);
        self.switches[switch].sim.set_fault(Fault::None).await;
        self.start_poller();
        let before = self.truths.len();
        self.next_poll().await;
        let taken = |truth: &Truth| truth.switch == switch;
        assert!(!self.truths[before..].iter().any(taken), "its lease holds");
        self.pass(lease.unwrap().since_millis(self.server.now()).max(0) + 1);
    }

    fn note_ports(&mut self) {
        let db = self.db;
        for switch in &mut self.switches {
            let device = db.get(|c| {
                Ok(snmp_targets::table
                    .find(switch.target)
                    .select(snmp_targets::device_id)
                    .first(c)?)
            });
            for (spec, id) in &mut switch.ports {
                *id = db
                    .get(|c| port_by_name(c, device, &spec.name))
                    .map(|port| port.id);
            }
        }
    }

    fn port(&self, switch: usize, place: usize) -> PortId {
        self.switches[switch].ports[place].1.expect("a port")
    }

    /// What was kept of a device, by the time of the poll.
    fn kept(&self, switch: usize) -> Vec<(Timestamp, Vec<PackedPort>)> {
        let target = self.switches[switch].target;
        let rows: Vec<(Timestamp, Vec<u8>)> = self.db.get(|c| {
            Ok(readings::table
                .filter(readings::target_id.eq(target))
                .order(readings::at.asc())
                .select((readings::at, readings::body))
                .load(c)?)
        });
        let decoded = rows.into_iter();
        decoded
            .map(|(at, body)| (at, packed::decode(&body).unwrap()))
            .collect()
    }
}

impl Truth {
    /// What a port had counted before and after the poll, as the counter shows it.
    fn counted(&self, port: &PortSpec) -> [(u64, u64); 2] {
        let of = |at| port.octets_at(at);
        let (early, late) = self
            .since
            .map_or(((0, 0), (0, 0)), |(before, after)| (of(before), of(after)));
        let (before, after) = (of(self.around.0), of(self.around.1));
        [
            (before.0.saturating_sub(late.0), after.0 - early.0),
            (before.1.saturating_sub(late.1), after.1 - early.1),
        ]
    }

    /// Whether a counter can have shown this during the poll.
    fn allows(width: Width, (before, after): (u64, u64), shown: u64) -> bool {
        match width {
            Width::Bits64 => before <= shown && shown <= after,
            Width::Bits32 => {
                shown < WRAP_32 && shown.wrapping_sub(before) % WRAP_32 <= after - before
            }
        }
    }

    /// Octets from one reading to the next, where the switch counted on.
    fn passed(&self, next: &Self, from: &PackedPort, until: &PackedPort) -> Option<u64> {
        let is_same = self.since == next.since && from.width == until.width;
        let (from, until) = (from.in_octets.unwrap(), until.in_octets.unwrap());
        is_same.then(|| match until >= from {
            true => until - from,
            false => until + WRAP_32 - from,
        })
    }
}

/// Every value that was kept is one that the counter had during that poll, and every poll is there.
fn assert_true(room: &Room<'_>) {
    for (number, switch) in room.switches.iter().enumerate() {
        let truths: Vec<&Truth> = room
            .truths
            .iter()
            .filter(|of| of.switch == number)
            .collect();
        let kept = room.kept(number);
        assert!(kept.len() > 200, "{} polls", kept.len());
        let times: Vec<Timestamp> = kept.iter().map(|(at, _)| *at).collect();
        assert_eq!(times, truths.iter().map(|of| of.at).collect::<Vec<_>>());
        for ((at, ports), truth) in kept.iter().zip(truths) {
            for (spec, id) in &switch.ports {
                let id = id.expect("a port").get();
                let said = ports.iter().find(|port| port.port_id == id).expect("said");
                let shown = [said.in_octets.unwrap(), said.out_octets.unwrap()];
                for (counted, shown) in truth.counted(spec).into_iter().zip(shown) {
                    assert!(
                        Truth::allows(said.width, counted, shown),
                        "{} {at:?}: {shown}, counted {counted:?}",
                        spec.name
                    );
                }
            }
        }
    }
}

/// The octets of a port's slots are those that its switch counted while it counted on, to the octet.
fn assert_sum(room: &Room<'_>, switch: usize, place: usize) {
    let id = room.port(switch, place);
    let truths: Vec<&Truth> = room
        .truths
        .iter()
        .filter(|of| of.switch == switch)
        .collect();
    let kept = room.kept(switch);
    let said: Vec<&PackedPort> = kept
        .iter()
        .map(|(_, ports)| ports.iter().find(|port| port.port_id == id.get()).unwrap())
        .collect();
    let pairs = said.windows(2).zip(truths.windows(2));
    let passed = pairs.filter_map(|(said, truth)| truth[0].passed(truth[1], said[0], said[1]));
    let passed: u64 = passed.sum();
    // Asked an hour later: by then the slot that the day ends in counts as over.
    let staff = Actor {
        now: room.server.now().plus_millis(HOUR),
        ..room.staff()
    };
    let day = Period {
        from: at(BEGIN - 60),
        until: at(BEGIN + 30 * 60),
    };
    let series = room.db.get(|c| port_series(c, &staff, id, day));
    let in_slots: u64 = series.slots.iter().filter_map(|slot| slot.in_octets).sum();
    assert_eq!(in_slots, passed);
    assert!(passed > 1_000_000, "a day without traffic proves nothing");
}

fn assert_eventful(slots: &[Slot]) {
    for reason in ["restart", "reset", "width_changed"] {
        let is = |slot: &&Slot| slot.gap.is_some_and(|gap| gap.as_str() == reason);
        assert!(slots.iter().any(|slot| is(&slot)), "{reason}");
    }
    let estimated = |slot: &&Slot| slot.flags.contains(SlotFlags::ESTIMATED);
    assert!(slots.iter().filter(estimated).count() > 4);
    let quiet = |slot: &&Slot| !slot.is_gap() && slot.flags == SlotFlags::NONE;
    assert!(slots.iter().filter(quiet).count() > 150);
}

both! {
    async fn a_day_of_restarts_and_wrong_clocks_is_billed_to_the_octet(db: TestDb) {
        let mut room = Room::new(&db);
        room.add("SW-WIDE", 13, Width::Bits64).await;
        room.add("SW-NARROW", 14, Width::Bits32).await;
        room.switches[1].sim.set_fault(Fault::NarrowCounters).await;
        room.start_poller();
        room.next_poll().await;
        room.next_poll().await;
        room.note_ports();
        let id = allocation(&db, db.customer("ACME-1"), "BGP");
        for place in [0, 1, 6] {
            link(&db, id, room.port(0, place), BEGIN - 60, None);
        }
        link(&db, id, room.port(1, 0), BEGIN + 100, Some(BEGIN + 1_200));
        link(&db, id, room.port(1, 6), BEGIN + 400, None);

        room.until(120).await;
        room.restart(0).await;
        room.until(240).await;
        // The process is away for twenty minutes.
        room.poller = None;
        room.pass(20 * MINUTE);
        room.start_poller();
        room.until(360).await;
        room.server.step(10 * MINUTE);
        room.until(480).await;
        room.kill_poller_in_flight(0).await;
        room.until(600).await;
        room.server.step(-40 * MINUTE);
        let (before, was) = (room.truths.len(), room.server.now());
        room.next_poll().await;
        assert!(room.server.now() > was.plus_millis(30 * MINUTE), "nothing twice");
        room.until(780).await;
        assert!(room.truths.len() > before + 20, "it goes on");
        let before_clearing = room.world.now();
        room.switches[0].sim.clear_counters();
        room.switches[0].since = Some((before_clearing, room.world.now()));
        room.until(900).await;
        room.restart(0).await;
        room.restart(1).await;
        room.until(1_020).await;
        room.switches[1].sim.set_fault(Fault::None).await;
        room.until(1_080).await;
        room.switches[1].sim.set_fault(Fault::NarrowCounters).await;
        room.until(1_200).await;
        // A small correction, as time services make them.
        room.server.step(-20_000);
        room.switches[0].sim.renumber(500);
        room.until(1_440).await;

        assert_true(&room);
        for (switch, place) in [(0, 0), (0, 6), (1, 0), (1, 6)] {
            assert_sum(&room, switch, place);
        }
        let slots = recomputed_the_same(&db, &room.staff(), id);
        assert_eventful(&slots);
        // The same from blocks as from rows.
        room.pass(3 * HOUR);
        let staff = room.staff();
        let unsealed = recomputed_the_same(&db, &staff, id);
        assert!(seal_all(&db, staff.now) > 1);
        assert_eq!(recomputed_the_same(&db, &staff, id), unsealed);
    }
}
