//! A month of 10,000 ports on record as finished days: what finishing costs, what is kept, and what reading it takes.

use coldaisle::base::fault::Fault;
use coldaisle::base::ids::PortId;
use coldaisle::base::seal::Keyring;
use coldaisle::base::time::Timestamp;
use coldaisle::base::units::BitsPerSecond;
use coldaisle::identity::Actor;
use coldaisle::metering::counter::Width;
use coldaisle::metering::naming::PortNames;
use coldaisle::metering::packets::PacketCounters;
use coldaisle::metering::period::Period;
use coldaisle::metering::poll::PortSeen;
use coldaisle::metering::{
    AllocationDraft, History, LinkDates, OpenDay, allocation_create, allocation_period,
    allocation_port_add, day_ready, day_seal, days_open, history_fill, port_by_name, port_hours,
    port_series,
};
use coldaisle::store::schema::{reading_blocks, reading_days, series_rollups};
use coldaisle::store::{Conn, DatabaseUrl, Store, migrate};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

use crate::Outcome;
use crate::process::{Spent, Usage, Watch};
use crate::records::{self, Switch};
use crate::report::{Report, as_figure, millis};

/// 2026-11-01T00:00:00Z; a month of 30 days, and a day on either side.
const FROM: Timestamp = Timestamp::from_seconds(1_793_491_200);
const DAY_S: i64 = 86_400;
const DAYS: i64 = 32;
const MONTH: Period = Period {
    from: FROM,
    until: FROM.plus_seconds(30 * DAY_S),
};
const BEGIN: Timestamp = FROM.plus_seconds(-DAY_S);
const END: Timestamp = FROM.plus_seconds((DAYS - 1) * DAY_S);
/// Days settle two hours after their end.
const NOW: Timestamp = END.plus_seconds(3 * 3_600);
const STEP_S: i64 = 300;
const POLLS: usize = (DAYS * DAY_S / STEP_S) as usize + 1;
const SLOTS: usize = 8_640;
const SWITCHES: usize = 208;
const PORTS: usize = 48;
/// Ports of all switches, 9,984 of them.
const ALL: u64 = (SWITCHES * PORTS) as u64;
/// Months of hours before the one with readings: three years in all.
const MONTHS: i64 = 36;

/// What is on record.
struct Records {
    store: Store,
    actor: Actor,
    ports: Vec<Vec<PortId>>,
}

/// Measures on SQLite.
pub fn measure(report: &Report) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let records = records(&folder.path().join("bench.db"), report)?;
    kept(&records, report)?;
    percentiles(&records, report)?;
    graphs(&records, report)?;
    report.memory(&Usage::own()?);
    Ok(())
}

/// Numbers that repeat from run to run (Knuth's 64-bit generator, upper half).
fn chance(state: &mut u64) -> u64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

/// Counters of busy ports of a gigabit: by day three times as much as by night, each poll between a half and one and a
/// half of it, to the octet.
fn counters(seed: u64) -> Vec<[(u64, u64); PORTS]> {
    let mut state = seed.wrapping_mul(977).wrapping_add(13);
    let mut sums = [(0, 0); PORTS];
    for sum in &mut sums {
        *sum = (chance(&mut state) << 12, chance(&mut state) << 12);
    }
    let mut all = Vec::with_capacity(POLLS);
    for poll in 0..POLLS {
        let day = i64::try_from(poll).unwrap_or(0) * STEP_S % DAY_S > 8 * 3_600;
        let usual = if day { 9_000_000_000 } else { 3_000_000_000 };
        for (place, sum) in sums.iter_mut().enumerate() {
            let most = usual / (1 + u64::try_from(place).unwrap_or(0) % 6);
            sum.0 += most / 2 + chance(&mut state) % most;
            sum.1 += most / 8 + chance(&mut state) % (most / 4);
        }
        all.push(sums);
    }
    all
}

fn records(path: &std::path::Path, report: &Report) -> Outcome<Records> {
    let url = DatabaseUrl::Sqlite(path.to_owned());
    migrate::migrate(&url)?;
    let store = Store::open(&url, 2)?;
    let (actor, keyring) = (Actor::terminal(NOW), Keyring::generate()?);
    let switches = store.write_blocking("bench.records", |c| {
        records::switches(c, &actor, &keyring, SWITCHES)
    })?;
    let mut ports = Vec::new();
    let mut sealing = Sealing::default();
    for (number, switch) in switches.iter().enumerate() {
        let all = counters(u64::try_from(number)?);
        ports.push(store.write_blocking("bench.history", |c| month(c, &actor, switch, &all))?);
        sealing.switch(&store)?;
    }
    sealing.tell(report);
    Ok(Records {
        store,
        actor,
        ports,
    })
}

/// Readings of a switch; gives its ports.
fn month(
    c: &mut Conn,
    actor: &Actor,
    switch: &Switch,
    all: &[[(u64, u64); PORTS]],
) -> Result<Vec<PortId>, Fault> {
    let names: Vec<String> = (1..=PORTS).map(|n| format!("ge-0/0/{n}")).collect();
    let seen: Vec<PortSeen> = names.iter().zip(1..).map(seen).collect();
    let octets_at = |place: usize, at: Timestamp| {
        let poll = usize::try_from(at.since_millis(BEGIN) / (STEP_S * 1_000)).unwrap_or(0);
        let of_poll = all.get(poll).or(all.last());
        of_poll
            .and_then(|ports| ports.get(place))
            .copied()
            .unwrap_or_default()
    };
    let history = History {
        period: Period {
            from: BEGIN,
            until: END,
        },
        step_ms: STEP_S * 1_000,
        boot: BEGIN.plus_seconds(-DAY_S),
        ports: &seen,
        octets_at: &octets_at,
    };
    history_fill(c, actor, switch.target, &history)?;
    let mut ports = Vec::new();
    for name in &names {
        ports.extend(port_by_name(c, switch.device, name)?.map(|port| port.id));
    }
    Ok(ports)
}

fn seen((name, index): (&String, u32)) -> PortSeen {
    PortSeen {
        if_index: index,
        names: PortNames {
            name: Some(name.clone()),
            ..PortNames::default()
        },
        if_type: Some(6),
        speed: Some(BitsPerSecond::new(1_000_000_000)),
        admin_up: Some(true),
        oper_up: Some(true),
        width: Some(Width::Bits64),
        in_octets: None,
        out_octets: None,
        discontinuity: Some(0),
        packets: PacketCounters::NONE,
    }
}

/// What finishing days has cost so far.
#[derive(Default)]
struct Sealing {
    days: u64,
    ready_ms: f64,
    seal_ms: f64,
    longest_ms: f64,
}

impl Sealing {
    /// Finishes all days of the switch that was filled last.
    fn switch(&mut self, store: &Store) -> Outcome<()> {
        let open: Vec<OpenDay> = store.read_blocking(|c| days_open(c, NOW, None, 1_000))?;
        for day in open {
            let watch = Watch::own()?;
            let ready = store.read_blocking(|c| day_ready(c, day))?;
            let ready = ready.ok_or("a day without rows")?;
            let made = watch.spent()?;
            let watch = Watch::own()?;
            if !store.write_blocking("bench.seal", |c| day_seal(c, &ready))? {
                return Err("a day was not finished".into());
            }
            let put = watch.spent()?;
            self.add(&made, &put);
        }
        Ok(())
    }

    fn add(&mut self, made: &Spent, put: &Spent) {
        self.days += 1;
        self.ready_ms += millis(made.cpu);
        self.seal_ms += millis(put.cpu);
        self.longest_ms = self.longest_ms.max(millis(made.wall) + millis(put.wall));
    }

    fn tell(&self, report: &Report) {
        let days = as_figure(self.days);
        let each = self.ready_ms / days;
        report.tell("a switch's day packed and compared: processor", each, "ms");
        let each = self.seal_ms / days;
        report.tell("a switch's day put in place: processor", each, "ms");
        report.tell("a switch's day, the longest: clock", self.longest_ms, "ms");
    }
}

/// Octets of what is kept, for each counter value.
fn kept(records: &Records, report: &Report) -> Outcome<()> {
    let length = || sql::<Nullable<BigInt>>("CAST(SUM(LENGTH(body)) AS BIGINT)");
    let sums = records.store.read_blocking(|c| {
        let blocks: Option<i64> = reading_blocks::table.select(length()).first(c)?;
        let days: Option<i64> = reading_days::table.select(length()).first(c)?;
        let hours: Option<i64> = series_rollups::table.select(length()).first(c)?;
        Ok::<_, Fault>([blocks, days, hours].map(|sum| sum.unwrap_or(0)))
    })?;
    let [blocks, days, hours] = sums.map(|sum| as_figure(u64::try_from(sum).unwrap_or(0)));
    let values = as_figure(ALL * u64::try_from(POLLS)? * 2);
    report.tell(
        "blocks of ports, each counter value",
        blocks / values,
        "octets",
    );
    report.tell(
        "times of polls, each counter value",
        days / values,
        "octets",
    );
    report.tell("hours, each counter value", hours / values, "octets");
    Ok(())
}

/// A figure of an empty month would be quick.
fn whole(slots: usize) -> Outcome<()> {
    match slots {
        SLOTS => Ok(()),
        some => Err(format!("{some} of {SLOTS} slots").into()),
    }
}

/// The month's percentile of every port: each for itself, and a switch's ports together.
fn percentiles(records: &Records, report: &Report) -> Outcome<()> {
    let Records {
        store,
        actor,
        ports,
    } = records;
    let watch = Watch::own()?;
    for port in ports.iter().flatten() {
        let series = store.read_blocking(|c| port_series(c, actor, *port, MONTH))?;
        whole(series.slots.iter().filter(|slot| !slot.is_gap()).count())?;
    }
    let spent = watch.spent()?;
    let what = "month percentile of 9,984 ports, one by one";
    report.tell(format!("{what}: clock"), millis(spent.wall), "ms");
    report.tell(format!("{what}: processor"), millis(spent.cpu), "ms");
    let customer = store.write_blocking("bench.customer", |c| records::customer(c, NOW))?;
    let mut joint = Vec::new();
    for (number, ports) in ports.iter().enumerate() {
        let name = format!("switch {number}");
        let typed = records::fields(&[
            ("name", &name),
            ("committed_mbps", "100"),
            ("active_from", "2026-01-01"),
            ("time_zone", "UTC"),
        ]);
        joint.push(store.write_blocking("bench.allocation", |c| {
            let draft = AllocationDraft::parse(&typed)?;
            let id = allocation_create(c, actor, customer, &draft)?;
            let dates = LinkDates {
                from: BEGIN,
                until: None,
            };
            for port in ports {
                allocation_port_add(c, actor, id, *port, dates)?;
            }
            Ok::<_, Fault>(id)
        })?);
    }
    let watch = Watch::own()?;
    for id in &joint {
        let series = store.read_blocking(|c| allocation_period(c, actor, *id, FROM))?;
        whole(series.slots.len())?;
    }
    let spent = watch.spent()?;
    let what = "billed figures of 208 allocations of 48 ports";
    report.tell(format!("{what}: clock"), millis(spent.wall), "ms");
    report.tell(format!("{what}: processor"), millis(spent.cpu), "ms");
    Ok(())
}

/// What a graph of a month and of three years is drawn from, for 200 of the ports.
fn graphs(records: &Records, report: &Report) -> Outcome<()> {
    let Records {
        store,
        actor,
        ports,
    } = records;
    hours(store, ports)?;
    let some: Vec<PortId> = ports.iter().flatten().copied().step_by(50).collect();
    let many = as_figure(u64::try_from(some.len())?);
    let watch = Watch::own()?;
    for port in &some {
        let series = store.read_blocking(|c| port_series(c, actor, *port, MONTH))?;
        whole(series.slots.len())?;
    }
    let spent = watch.spent()?;
    report.tell(
        "graph of a port's month: clock",
        millis(spent.wall) / many,
        "ms",
    );
    let years = Period {
        from: FROM.plus_seconds(-1_066 * DAY_S),
        until: MONTH.until,
    };
    let watch = Watch::own()?;
    let mut found = 0;
    for port in &some {
        found += store
            .read_blocking(|c| port_hours(c, actor, *port, years))?
            .hours
            .len();
    }
    let spent = watch.spent()?;
    report.tell(
        "graph of a port's three years: clock",
        millis(spent.wall) / many,
        "ms",
    );
    report.tell(
        "hours it is drawn from",
        as_figure(u64::try_from(found)?) / many,
        "",
    );
    Ok(())
}

/// Three years of hours for all ports: those of the month with readings again for every month before it.
fn hours(store: &Store, ports: &[Vec<PortId>]) -> Outcome<()> {
    use coldaisle::metering::day::Day;
    use coldaisle::metering::rollup;
    let last = Day::of(FROM).month();
    for of_switch in ports {
        store.write_blocking("bench.hours", |c| {
            for port in of_switch {
                let body: Vec<u8> = series_rollups::table
                    .filter(series_rollups::port_id.eq(port))
                    .filter(series_rollups::month.eq(last.number()))
                    .select(series_rollups::body)
                    .first(c)?;
                let wrong = |error: &dyn std::fmt::Display| Fault::internal(error.to_string());
                let there = rollup::decode(&body, port.get(), last).map_err(|e| wrong(&e))?;
                for back in 2..=MONTHS {
                    let month = coldaisle::metering::day::Month::from_number(last.number() - back);
                    let begin = month.first_day().start();
                    let moved: Vec<rollup::Hour> = there
                        .iter()
                        .take(28 * 24)
                        .map(|hour| rollup::Hour {
                            start: begin.plus_millis(hour.start.since_millis(FROM)),
                            ..*hour
                        })
                        .collect();
                    let body = rollup::encode(&moved, port.get(), month).map_err(|e| wrong(&e))?;
                    diesel::insert_into(series_rollups::table)
                        .values((
                            series_rollups::port_id.eq(port),
                            series_rollups::month.eq(month.number()),
                            series_rollups::body.eq(body),
                        ))
                        .execute(c)?;
                }
            }
            Ok::<_, Fault>(())
        })?;
    }
    Ok(())
}
