//! A month on record to the billed figure: one port, a hundred ports each for itself, a hundred as one.

use coldaisle::base::fault::Fault;
use coldaisle::base::ids::{AllocationId, CustomerId, PortId};
use coldaisle::base::seal::Keyring;
use coldaisle::base::time::Timestamp;
use coldaisle::base::units::BitsPerSecond;
use coldaisle::identity::Actor;
use coldaisle::metering::counter::Width;
use coldaisle::metering::naming::PortNames;
use coldaisle::metering::period::Period;
use coldaisle::metering::poll::PortSeen;
use coldaisle::metering::{
    AllocationDraft, History, LinkDates, Series, allocation_create, allocation_period,
    allocation_port_add, history_fill, port_by_name, port_series,
};
use coldaisle::sim::switch::{PortSpec, SwitchSpec};
use coldaisle::store::{Conn, DatabaseUrl, Store, migrate};

use crate::Outcome;
use crate::agents;
use crate::process::{Usage, Watch};
use crate::records::{self, Switch};
use crate::report::{Report, as_figure, millis};

/// 2026-11-01T00:00:00Z; a month of 30 days, and a day on either side.
const FROM: Timestamp = Timestamp::from_seconds(1_793_491_200);
const DAY_S: i64 = 86_400;
const MONTH: Period = Period {
    from: FROM,
    until: FROM.plus_seconds(30 * DAY_S),
};
const NOW: Timestamp = FROM.plus_seconds(31 * DAY_S);
const STEP_MS: i64 = 300_000;
const SWITCHES: usize = 5;
const PORTS: usize = 100;
/// Slots of the month.
const SLOTS: usize = 8_640;

/// What is on record.
struct Records {
    store: Store,
    actor: Actor,
    first: PortId,
    /// Of one port each.
    single: Vec<AllocationId>,
    /// Of many ports.
    joint: AllocationId,
}

/// Measures on SQLite.
pub fn measure(report: &Report) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let records = records(&folder.path().join("bench.db"))?;
    let first = *records.single.first().ok_or("no allocation")?;
    records.times(report, "a port's series", 40, |c, actor| {
        port_series(c, actor, records.first, MONTH)
    })?;
    records.times(report, "the billed figure of one port", 40, |c, actor| {
        allocation_period(c, actor, first, FROM)
    })?;
    records.times(
        report,
        "the billed figure of 100 ports in one",
        4,
        |c, actor| allocation_period(c, actor, records.joint, FROM),
    )?;
    let watch = Watch::own()?;
    for id in &records.single {
        check(
            &records
                .store
                .read_blocking(|c| allocation_period(c, &records.actor, *id, FROM))?,
        )?;
    }
    let spent = watch.spent()?;
    let what = "100 billed figures of a port each, together";
    report.tell(format!("{what}: clock"), millis(spent.wall), "ms");
    report.tell(format!("{what}: processor"), millis(spent.cpu), "ms");
    report.memory(&Usage::own()?);
    Ok(())
}

impl Records {
    fn times(
        &self,
        report: &Report,
        what: &str,
        times: u64,
        work: impl Fn(&mut Conn, &Actor) -> Result<Series, Fault>,
    ) -> Outcome<()> {
        check(&self.store.read_blocking(|c| work(c, &self.actor))?)?;
        let watch = Watch::own()?;
        for _ in 0..times {
            self.store.read_blocking(|c| work(c, &self.actor))?;
        }
        let spent = watch.spent()?;
        let times = as_figure(times);
        report.tell(format!("{what}: clock"), millis(spent.wall) / times, "ms");
        report.tell(
            format!("{what}: processor"),
            millis(spent.cpu) / times,
            "ms",
        );
        Ok(())
    }
}

/// A figure of an empty month would be quick.
fn check(series: &Series) -> Outcome<()> {
    let known = series
        .slots
        .iter()
        .filter(|slot| slot.in_octets.is_some())
        .count();
    match known {
        SLOTS => Ok(()),
        known => Err(format!("{known} of {SLOTS} slots have a rate").into()),
    }
}

fn records(path: &std::path::Path) -> Outcome<Records> {
    let url = DatabaseUrl::Sqlite(path.to_owned());
    migrate::migrate(&url)?;
    let store = Store::open(&url, 2)?;
    let (actor, keyring) = (Actor::terminal(NOW), Keyring::generate()?);
    let (customer, switches) = store.write_blocking("bench.records", |c| {
        let customer = records::customer(c, NOW)?;
        Ok((customer, records::switches(c, &actor, &keyring, SWITCHES)?))
    })?;
    let mut ports = Vec::new();
    for (number, switch) in switches.iter().enumerate() {
        let spec = agents::switch(number, FROM.plus_seconds(-60 * DAY_S));
        ports.extend(store.write_blocking("bench.history", |c| month(c, &actor, switch, &spec))?);
    }
    let mut ports = ports.into_iter();
    let mut single = Vec::new();
    let first = ports.clone().next().ok_or("no port")?;
    for (number, port) in ports.by_ref().take(PORTS).enumerate() {
        single.push(store.write_blocking("bench.allocation", |c| {
            allocation(c, &actor, customer, &format!("single {number}"), &[port])
        })?);
    }
    let together: Vec<PortId> = ports.take(PORTS).collect();
    let joint = store.write_blocking("bench.allocation", |c| {
        allocation(c, &actor, customer, "joint", &together)
    })?;
    Ok(Records {
        store,
        actor,
        first,
        single,
        joint,
    })
}

fn allocation(
    c: &mut Conn,
    actor: &Actor,
    customer: CustomerId,
    name: &str,
    ports: &[PortId],
) -> Result<AllocationId, Fault> {
    let typed = records::fields(&[
        ("name", name),
        ("committed_mbps", "100"),
        ("active_from", "2026-01-01"),
        ("time_zone", "UTC"),
    ]);
    let id = allocation_create(c, actor, customer, &AllocationDraft::parse(&typed)?)?;
    let dates = LinkDates {
        from: FROM.plus_seconds(-30 * DAY_S),
        until: None,
    };
    for port in ports {
        allocation_port_add(c, actor, id, *port, dates)?;
    }
    Ok(id)
}

/// Readings of a switch from a day before the month to a day after it; gives its ports.
fn month(
    c: &mut Conn,
    actor: &Actor,
    switch: &Switch,
    spec: &SwitchSpec,
) -> Result<Vec<PortId>, Fault> {
    let seen: Vec<PortSeen> = spec.ports.iter().map(seen).collect();
    let octets_at = |place: usize, at| {
        spec.ports
            .get(place)
            .map_or((0, 0), |port| port.octets_at(at))
    };
    let history = History {
        period: Period {
            from: FROM.plus_seconds(-DAY_S),
            until: NOW,
        },
        step_ms: STEP_MS,
        boot: spec.boot,
        ports: &seen,
        octets_at: &octets_at,
    };
    history_fill(c, actor, switch.target, &history)?;
    let mut ports = Vec::new();
    for port in &spec.ports {
        ports.extend(port_by_name(c, switch.device, &port.name)?.map(|port| port.id));
    }
    Ok(ports)
}

/// A port as a poll of it would bring it.
fn seen(port: &PortSpec) -> PortSeen {
    PortSeen {
        if_index: port.if_index,
        names: PortNames {
            name: Some(port.name.clone()),
            ..PortNames::default()
        },
        if_type: Some(port.if_type),
        speed: Some(BitsPerSecond::new(i64::from(port.speed_mbps) * 1_000_000)),
        admin_up: Some(true),
        oper_up: Some(port.up),
        width: Some(Width::Bits64),
        in_octets: None,
        out_octets: None,
        discontinuity: Some(0),
        packets: coldaisle::metering::packets::PacketCounters::NONE,
    }
}
