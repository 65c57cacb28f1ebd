//! Reading switches: a sweep over all of them as the poller makes it, and net-snmp reading the same columns.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use coldaisle::base::secret::Secret;
use coldaisle::drivers::snmp::{
    Credentials, PollOptions, PollPlan, PollReport, SnmpError, SnmpHub, SnmpTarget,
};
use tokio::task::JoinSet;

use crate::Outcome;
use crate::agents::{Agents, COMMUNITY, PORTS};
use crate::process::{Usage, Watch, cpu_of_ended_children};
use crate::report::{Report, as_figure, micros, millis};

/// Polls under way at once, as `metering.concurrent_polls` has it.
const AT_ONCE: usize = 256;
/// Sweeps of a hundred switches; larger sets are swept less often.
const SWEEPS: usize = 40;
/// Switches that net-snmp reads.
const COMPARED: usize = 20;
/// The columns of [`PollPlan::CountersAndErrors`], for net-snmp: octets in and out, state, name, discontinuity, errors and
/// discards in and out.
const COLUMNS: [&str; 9] = [
    "1.3.6.1.2.1.31.1.1.1.6",
    "1.3.6.1.2.1.31.1.1.1.10",
    "1.3.6.1.2.1.2.2.1.8",
    "1.3.6.1.2.1.31.1.1.1.1",
    "1.3.6.1.2.1.31.1.1.1.19",
    "1.3.6.1.2.1.2.2.1.14",
    "1.3.6.1.2.1.2.2.1.20",
    "1.3.6.1.2.1.2.2.1.13",
    "1.3.6.1.2.1.2.2.1.19",
];

/// What all polls of some sweeps came to.
#[derive(Default)]
struct Tally {
    failed: u64,
    ports: u64,
    varbinds: u64,
    requests: u64,
    timeouts: u64,
    packets: u64,
    octets: u64,
}

impl Tally {
    fn add(&mut self, polled: Result<PollReport, SnmpError>) {
        let Ok(report) = polled else {
            self.failed += 1;
            return;
        };
        self.ports += u64::try_from(report.ports.len()).unwrap_or(0);
        self.varbinds += report.varbinds;
        self.requests += u64::from(report.requests);
        self.timeouts += u64::from(report.timeouts);
        self.packets += report.packets;
        self.octets += report.wire_octets();
    }
}

/// Measures `count` switches of 48 ports.
pub fn measure(count: usize, report: &Report) -> Outcome<()> {
    let agents = Agents::start("switches", count)?;
    let targets: Vec<SnmpTarget> = agents.addresses.iter().copied().map(target).collect();
    let runtime = tokio::runtime::Runtime::new()?;
    let hub = Arc::new(SnmpHub::new());
    // Once before, names and all: sockets are open and clients made, as in a program that runs.
    let mut before = Tally::default();
    let plan = PollPlan::Full { packets: true };
    runtime.block_on(sweep(&hub, &targets, plan, &mut before))?;
    let sweeps = (SWEEPS * 100 / count.max(1)).max(4);
    let (mut tally, mut walls) = (Tally::default(), Vec::with_capacity(sweeps));
    let watch = Watch::own()?;
    for _ in 0..sweeps {
        let began = Instant::now();
        runtime.block_on(sweep(
            &hub,
            &targets,
            PollPlan::CountersAndErrors,
            &mut tally,
        ))?;
        walls.push(began.elapsed());
    }
    let spent = watch.spent()?;
    let usage = Usage::own()?;
    walls.sort_unstable();
    let middle = walls.get(walls.len() / 2).copied().unwrap_or_default();
    report.tell("one sweep on the clock, median", millis(middle), "ms");
    report.each("processor time a port", spent.cpu, tally.ports);
    report.each(
        "processor time a value (varbind)",
        spent.cpu,
        tally.varbinds,
    );
    report.each("processor time a question", spent.cpu, tally.requests);
    let a_switch = as_figure(tally.requests) / as_figure(tally.ports) * as_figure(PORTS);
    report.tell("questions for a switch", a_switch, "");
    let packets = as_figure(tally.packets) / as_figure(tally.ports) * as_figure(PORTS);
    report.tell("packets for a switch, both ways", packets, "");
    let octets = as_figure(tally.octets) / as_figure(tally.ports);
    report.tell(
        "octets on the wire for a port, frames and all",
        octets,
        "octets",
    );
    report.tell(
        "questions without answer in time",
        as_figure(tally.timeouts),
        "",
    );
    report.tell("failed polls", as_figure(tally.failed + before.failed), "");
    report.memory(&usage);
    compare(&agents.addresses, report)
}

fn target(address: SocketAddr) -> SnmpTarget {
    SnmpTarget {
        address,
        credentials: Credentials::V2c {
            community: Secret::new(COMMUNITY),
        },
        timeout: Duration::from_secs(2),
        retries: 2,
    }
}

async fn sweep(
    hub: &Arc<SnmpHub>,
    targets: &[SnmpTarget],
    plan: PollPlan,
    tally: &mut Tally,
) -> Outcome<()> {
    let mut under_way = JoinSet::new();
    for target in targets {
        if under_way.len() >= AT_ONCE
            && let Some(polled) = under_way.join_next().await
        {
            tally.add(polled?);
        }
        let (hub, target) = (Arc::clone(hub), target.clone());
        let options = PollOptions::within(Duration::from_secs(60));
        under_way.spawn(async move { hub.poll(&target, plan, options).await });
    }
    while let Some(polled) = under_way.join_next().await {
        tally.add(polled?);
    }
    Ok(())
}

/// net-snmp's own program, a process a column, one switch after the other.
fn compare(addresses: &[SocketAddr], report: &Report) -> Outcome<()> {
    let (cpu, began) = (cpu_of_ended_children()?, Instant::now());
    let compared = addresses.len().min(COMPARED);
    for address in addresses.iter().take(compared) {
        for column in COLUMNS {
            let address = address.to_string();
            let ended = Command::new("snmpbulkwalk")
                // No MIB files: reading them costs more than the rest.
                .args([
                    "-v2c", "-c", COMMUNITY, "-m", "", "-On", "-Cr25", &address, column,
                ])
                .stdout(Stdio::null())
                .status();
            match ended {
                Ok(status) if status.success() => {}
                Ok(status) => return Err(format!("snmpbulkwalk: {status}").into()),
                Err(error) => {
                    eprintln!("snmpbulkwalk is left out: {error}");
                    return Ok(());
                }
            }
        }
    }
    let ports = as_figure(u64::try_from(compared)? * PORTS);
    let cpu = cpu_of_ended_children()?.saturating_sub(cpu);
    let beside = "beside it snmpbulkwalk, a process a column:";
    report.tell(
        format!("{beside} processor, a port"),
        micros(cpu) / ports,
        "µs",
    );
    let wall = millis(began.elapsed()) / as_figure(u64::try_from(compared)?);
    report.tell(format!("{beside} clock, a switch"), wall, "ms");
    Ok(())
}
