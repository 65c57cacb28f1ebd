//! Reading the power of machines: log in, status, close, with every BMC; the same in kept sessions; and other
//! programs doing it beside.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use coldaisle::base::secret::Secret;
use coldaisle::drivers::bmc::{BmcAccess, BmcError, BmcTarget, PowerState, Priority};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::Outcome;
use crate::agents::{Agents, PASSWORD};
use crate::process::{Usage, Watch, cpu_of_ended_children};
use crate::report::{Report, as_figure, micros, millis};

/// Callers under way at once: what the driver lets through by itself.
const AT_ONCE: usize = 256;
/// BMCs up to which other programs are measured as well.
const COMPARED: usize = 200;
/// Statuses of one measurement, at least.
const STATUSES: usize = 5_000;
/// The longest that a session may be kept.
const KEEP: Duration = Duration::from_secs(50);

#[derive(Default)]
struct Tally {
    on: u64,
    failed: u64,
}

impl Tally {
    fn add(&mut self, read: Result<PowerState, BmcError>) {
        match read {
            Ok(PowerState::On) => self.on += 1,
            Ok(_) => {}
            Err(error) => {
                if self.failed == 0 {
                    eprintln!("{error}");
                }
                self.failed += 1;
            }
        }
    }
}

/// The BMCs and our way to them.
struct Bench<'a> {
    agents: Agents,
    runtime: Runtime,
    access: Arc<BmcAccess>,
    report: &'a Report,
}

/// Measures as many BMCs as `size` says; `5000-far` are 5,000 with a round trip of 20 ms.
pub fn measure(size: &str, report: &Report) -> Outcome<()> {
    let (kind, count) = match size.strip_suffix("-far") {
        Some(count) => ("far-bmcs", count.parse()?),
        None => ("bmcs", size.parse()?),
    };
    let mut bench = Bench {
        agents: Agents::start(kind, count)?,
        runtime: Runtime::new()?,
        access: Arc::new(BmcAccess::new(Duration::ZERO)),
        report,
    };
    bench.statuses("fresh session, closed", Duration::ZERO)?;
    let left = bench.agents.open_sessions()?;
    report.tell("sessions left open on the BMCs", as_figure(left), "");
    report.memory(&Usage::own()?);
    bench.sweep(KEEP, &mut Tally::default())?;
    bench.statuses("kept session", KEEP)?;
    report.memory(&Usage::own()?);
    let closing = bench.access.shutdown(Duration::from_secs(10));
    let left = u64::try_from(bench.runtime.block_on(closing))?;
    report.tell("sessions left open here", as_figure(left), "");
    let left = bench.agents.open_sessions()?;
    report.tell("sessions left open on the BMCs", as_figure(left), "");
    if count <= COMPARED {
        bench.compare()?;
    }
    Ok(())
}

impl Bench<'_> {
    /// Some sweeps over all BMCs, and what they cost.
    fn statuses(&mut self, how: &str, keep: Duration) -> Outcome<()> {
        let count = self.agents.addresses.len();
        let sweeps = (STATUSES / count.max(1)).max(2);
        let mut tally = Tally::default();
        let mut walls = Vec::with_capacity(sweeps);
        let packets = self.agents.datagrams()?;
        let watch = Watch::own()?;
        for _ in 0..sweeps {
            let began = Instant::now();
            self.sweep(keep, &mut tally)?;
            walls.push(began.elapsed());
        }
        let spent = watch.spent()?;
        // Each datagram has one answer.
        let packets = 2 * (self.agents.datagrams()? - packets);
        walls.sort_unstable();
        let middle = walls.get(walls.len() / 2).copied().unwrap_or_default();
        let read = u64::try_from(count * sweeps)?;
        let tell =
            |what: &str, value, unit| self.report.tell(format!("{how}: {what}"), value, unit);
        tell("one sweep on the clock, median", millis(middle), "ms");
        tell(
            "processor a status",
            micros(spent.cpu) / as_figure(read),
            "µs",
        );
        tell("packets a status", as_figure(packets) / as_figure(read), "");
        tell("found on", as_figure(tally.on), "");
        tell("failed", as_figure(tally.failed), "");
        Ok(())
    }

    fn sweep(&self, keep: Duration, tally: &mut Tally) -> Outcome<()> {
        let target = |address: &SocketAddr| BmcTarget {
            keep,
            ..BmcTarget::new(*address, "ADMIN", Secret::new(PASSWORD))
        };
        let targets: Vec<_> = self.agents.addresses.iter().map(target).collect();
        self.runtime.block_on(sweep(&self.access, targets, tally))
    }

    /// ipmitool, a process for each BMC, one after the other; FreeIPMI's ipmipower, one for all.
    fn compare(&mut self) -> Outcome<()> {
        let addresses = self.agents.addresses.clone();
        self.beside("ipmitool", || {
            for address in &addresses {
                let (host, port) = (address.ip().to_string(), address.port().to_string());
                let mut tool = Command::new("ipmitool");
                tool.args(["-I", "lanplus", "-C", "17", "-H", &host, "-p", &port]);
                tool.args(["-U", "ADMIN", "-P", PASSWORD, "chassis", "power", "status"]);
                finish(tool)?;
            }
            Ok(())
        })?;
        let hosts: Vec<_> = addresses.iter().map(ToString::to_string).collect();
        self.beside("ipmipower", || {
            let mut tool = Command::new("/usr/sbin/ipmipower");
            tool.args(["-D", "LAN_2_0", "-I", "17", "-l", "OPERATOR", "-u", "ADMIN"]);
            tool.args(["-p", PASSWORD, "-h", &hosts.join(","), "-s"]);
            finish(tool)
        })
    }

    /// Measures another program that reads all BMCs once.
    fn beside(&mut self, name: &str, work: impl FnOnce() -> Outcome<()>) -> Outcome<()> {
        let (cpu, began) = (cpu_of_ended_children()?, Instant::now());
        let packets = self.agents.datagrams()?;
        if let Err(error) = work() {
            eprintln!("{name} is left out: {error}");
            return Ok(());
        }
        let (cpu, clock) = (
            cpu_of_ended_children()?.saturating_sub(cpu),
            began.elapsed(),
        );
        let packets = 2 * (self.agents.datagrams()? - packets);
        let count = as_figure(u64::try_from(self.agents.addresses.len())?);
        let tell = |what: &str, value, unit| {
            self.report
                .tell(format!("beside it {name}: {what}"), value, unit)
        };
        tell("one sweep on the clock", millis(clock), "ms");
        tell("processor a status", micros(cpu) / count, "µs");
        tell("packets a status", as_figure(packets) / count, "");
        Ok(())
    }
}

fn finish(mut tool: Command) -> Outcome<()> {
    let status = tool.stdout(Stdio::null()).status()?;
    if status.success() {
        Ok(())
    } else {
        Err(status.to_string().into())
    }
}

async fn sweep(access: &Arc<BmcAccess>, targets: Vec<BmcTarget>, tally: &mut Tally) -> Outcome<()> {
    let mut under_way = JoinSet::new();
    for target in targets {
        if under_way.len() >= AT_ONCE
            && let Some(read) = under_way.join_next().await
        {
            tally.add(read?);
        }
        let access = Arc::clone(access);
        under_way.spawn(async move {
            let mut session = access.open(&target, Priority::Status).await?;
            let state = session.power_state().await?;
            session.close().await?;
            Ok(state)
        });
    }
    while let Some(read) = under_way.join_next().await {
        tally.add(read?);
    }
    Ok(())
}
