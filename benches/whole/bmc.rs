//! Reading the power of machines: log in, status, close, with every BMC; and ipmitool doing the same.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use coldaisle::base::secret::Secret;
use coldaisle::drivers::bmc::{BmcAccess, BmcError, BmcTarget, PowerState, Priority};
use tokio::task::JoinSet;

use crate::Outcome;
use crate::agents::{Agents, PASSWORD};
use crate::process::{Usage, Watch, cpu_of_ended_children};
use crate::report::{Report, as_figure, micros, millis};

/// Sessions under way at once: what the driver lets through by itself.
const AT_ONCE: usize = 256;
const COMPARED: usize = 5;

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

/// Measures `count` BMCs.
pub fn measure(count: usize, report: &Report) -> Outcome<()> {
    let mut agents = Agents::start("bmcs", count)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let access = Arc::new(BmcAccess::new(Duration::ZERO));
    let targets: Vec<BmcTarget> = agents
        .addresses
        .iter()
        .map(|address| BmcTarget::new(*address, "ADMIN", Secret::new(PASSWORD)))
        .collect();
    let sweeps = (5_000 / count.max(1)).max(2);
    let mut tally = Tally::default();
    let mut walls = Vec::with_capacity(sweeps);
    let watch = Watch::own()?;
    for _ in 0..sweeps {
        let began = Instant::now();
        runtime.block_on(sweep(&access, &targets, &mut tally))?;
        walls.push(began.elapsed());
    }
    let spent = watch.spent()?;
    walls.sort_unstable();
    let middle = walls.get(walls.len() / 2).copied().unwrap_or_default();
    let read = u64::try_from(count * sweeps)?;
    report.tell("one sweep on the clock, median", millis(middle), "ms");
    report.each(
        "processor time a BMC (login, status, close)",
        spent.cpu,
        read,
    );
    report.tell("found on", as_figure(tally.on), "");
    report.tell("failed", as_figure(tally.failed), "");
    report.tell(
        "sessions left open on the BMCs",
        as_figure(agents.open_sessions()?),
        "",
    );
    report.memory(&Usage::own()?);
    let left = runtime.block_on(access.shutdown(Duration::from_secs(5)));
    report.tell(
        "sessions left open here",
        as_figure(u64::try_from(left)?),
        "",
    );
    compare(&agents.addresses, report)
}

async fn sweep(access: &Arc<BmcAccess>, targets: &[BmcTarget], tally: &mut Tally) -> Outcome<()> {
    let mut under_way = JoinSet::new();
    for target in targets {
        if under_way.len() >= AT_ONCE
            && let Some(read) = under_way.join_next().await
        {
            tally.add(read?);
        }
        let (access, target) = (Arc::clone(access), target.clone());
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

/// ipmitool with suite 17, a process each.
fn compare(addresses: &[SocketAddr], report: &Report) -> Outcome<()> {
    let (cpu, began) = (cpu_of_ended_children()?, Instant::now());
    let compared = addresses.len().min(COMPARED);
    for address in addresses.iter().take(compared) {
        let (host, port) = (address.ip().to_string(), address.port().to_string());
        let ended = Command::new("ipmitool")
            .args(["-I", "lanplus", "-C", "17", "-H", &host, "-p", &port])
            .args(["-U", "ADMIN", "-P", PASSWORD, "chassis", "power", "status"])
            .stdout(Stdio::null())
            .status();
        match ended {
            Ok(status) if status.success() => {}
            Ok(status) => return Err(format!("ipmitool: {status}").into()),
            Err(error) => {
                eprintln!("ipmitool is left out: {error}");
                return Ok(());
            }
        }
    }
    let compared = as_figure(u64::try_from(compared)?);
    let cpu = cpu_of_ended_children()?.saturating_sub(cpu);
    let beside = "beside it ipmitool, one after the other:";
    report.tell(format!("{beside} processor"), micros(cpu) / compared, "µs");
    report.tell(
        format!("{beside} clock"),
        millis(began.elapsed()) / compared,
        "ms",
    );
    Ok(())
}
