//! Simulated hardware in a process of its own: `agents switches 1000`, `agents bmcs 10000`.
//!
//! It prints its addresses as one line of JSON, answers each line on standard input (`sessions` open on its BMCs
//! now, `datagrams` that they were sent), and ends with standard input. `far-bmcs` answer after 20 ms.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use coldaisle::base::secret::Secret;
use coldaisle::base::time::Timestamp;
use coldaisle::sim::bmc::{Faults, SimBmc, SimBmcConfig};
use coldaisle::sim::switch::{SimAccess, SimSwitch, SwitchSpec};
use serde_json::json;

use crate::Outcome;

/// Community of the switches.
pub const COMMUNITY: &str = "bench-ro";
/// Password of the BMCs' user `ADMIN`.
pub const PASSWORD: &str = "bench-7-aisle";
/// Ports of a switch: 44 and four upwards.
pub const PORTS: u64 = 48;

/// A switch of 48 ports.
pub fn switch(number: usize, boot: Timestamp) -> SwitchSpec {
    let seed = u64::try_from(number).unwrap_or(0);
    SwitchSpec::top_of_rack(&format!("SW-{number:05}"), seed, 44, boot)
}

/// Hardware running in another process; it ends when dropped.
pub struct Agents {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// Where each of it answers.
    pub addresses: Vec<SocketAddr>,
}

impl Agents {
    /// Starts `switches`, `bmcs` or `far-bmcs`.
    pub fn start(kind: &str, count: usize) -> Outcome<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["agents", kind, &count.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take().ok_or("no pipe")?;
        let output = BufReader::new(child.stdout.take().ok_or("no pipe")?);
        let mut agents = Self {
            child,
            input,
            output,
            addresses: Vec::new(),
        };
        agents.addresses = serde_json::from_str(&agents.line()?)?;
        Ok(agents)
    }

    fn line(&mut self) -> Outcome<String> {
        let mut line = String::new();
        match self.output.read_line(&mut line)? {
            0 => Err("the simulated hardware did not start (limit of open files?)".into()),
            _ => Ok(line),
        }
    }

    /// Sessions open on all BMCs now.
    pub fn open_sessions(&mut self) -> Outcome<u64> {
        self.ask("sessions")
    }

    /// Datagrams that all BMCs were sent so far.
    pub fn datagrams(&mut self) -> Outcome<u64> {
        self.ask("datagrams")
    }

    fn ask(&mut self, what: &str) -> Outcome<u64> {
        writeln!(self.input, "{what}")?;
        Ok(self.line()?.trim().parse()?)
    }
}

impl Drop for Agents {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the other process does.
pub fn serve(kind: &str, count: &str) -> Outcome<()> {
    let count = count.parse()?;
    let runtime = tokio::runtime::Runtime::new()?;
    match kind {
        "switches" => {
            let switches = runtime.block_on(switches(count))?;
            let addresses = switches.iter().map(SimSwitch::address).collect();
            answer(addresses, |_| Ok(0))
        }
        "bmcs" | "far-bmcs" => {
            let bmcs = runtime.block_on(bmcs(count))?;
            for bmc in bmcs.iter().filter(|_| kind == "far-bmcs") {
                bmc.set_faults(Faults {
                    delay: ROUND_TRIP,
                    ..Faults::default()
                });
            }
            let addresses = bmcs.iter().map(SimBmc::address).collect();
            answer(addresses, |what| counted(&bmcs, what))
        }
        _ => Err(format!("no hardware {kind}").into()),
    }
}

fn counted(bmcs: &[SimBmc], what: &str) -> Outcome<u64> {
    let counters = bmcs.iter().map(SimBmc::counters);
    Ok(match what {
        "datagrams" => counters.map(|seen| seen.datagrams).sum(),
        _ => u64::try_from(counters.map(|seen| seen.open_sessions).sum::<usize>())?,
    })
}

fn answer(addresses: Vec<SocketAddr>, count: impl Fn(&str) -> Outcome<u64>) -> Outcome<()> {
    println!("{}", json!(addresses));
    for line in std::io::stdin().lock().lines() {
        println!("{}", count(&line?)?);
    }
    Ok(())
}

/// Of `far-bmcs`.
const ROUND_TRIP: Duration = Duration::from_millis(20);
const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

async fn switches(count: usize) -> Outcome<Vec<SimSwitch>> {
    let access = SimAccess::community(COMMUNITY);
    let boot = Timestamp::now().plus_seconds(-60 * 86_400);
    let mut all = Vec::with_capacity(count);
    for number in 0..count {
        all.push(SimSwitch::start(ANY, switch(number, boot), access.clone()).await?);
    }
    Ok(all)
}

async fn bmcs(count: usize) -> Outcome<Vec<SimBmc>> {
    let mut all = Vec::with_capacity(count);
    for number in 0..count {
        let seed = u64::try_from(number)?;
        let config = SimBmcConfig::new(ANY, Secret::new(PASSWORD), seed);
        all.push(SimBmc::start(config).await?);
    }
    Ok(all)
}
