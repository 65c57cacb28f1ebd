//! The pages of `coldaisle demo` over one connection, signed in, and what the server needs when nobody looks.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::Outcome;
use crate::http::Connection;
use crate::process::{Usage, Watch};
use crate::report::{Report, as_figure, millis};

const TIMES: usize = 200;
/// How long nobody looks.
const IDLE: Duration = Duration::from_secs(60);
const LOGIN: &str = "operations";

/// A running demo; ends when dropped.
struct Demo {
    child: Child,
    told: Value,
}

impl Demo {
    fn start(folder: &Path) -> Outcome<Self> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_coldaisle"))
            .args(["demo", "--port", "0", "--quiet", "--dir"])
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let out = child.stdout.take().ok_or("no pipe")?;
        let mut demo = Self {
            child,
            told: Value::Null,
        };
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        demo.told = serde_json::from_str(&line)?;
        Ok(demo)
    }

    fn connection(&self) -> Outcome<Connection> {
        let url = self.told.get("url").and_then(Value::as_str);
        let host = url.and_then(|url| url.strip_prefix("http://"));
        Connection::open(host.ok_or("the demo told no address")?)
    }

    fn password(&self) -> Option<&str> {
        let logins = self.told.get("logins")?.as_array()?;
        let login = logins
            .iter()
            .find(|login| login.get("user").and_then(Value::as_str) == Some(LOGIN))?;
        login.get("password")?.as_str()
    }

    fn sign_in(&self) -> Outcome<Connection> {
        let mut connection = self.connection()?;
        let page = connection.get("/login")?.text();
        let token = page
            .split_once("name=\"csrf\"")
            .and_then(|(_, rest)| rest.split_once("value=\""))
            .and_then(|(_, rest)| rest.split('"').next())
            .ok_or("no token on the page of the login")?;
        let password = self.password().ok_or("the demo told no password")?;
        let form = format!("csrf={token}&login={LOGIN}&password={password}");
        match connection.post("/login", &form)?.status {
            303 => Ok(connection),
            status => Err(format!("the login answered {status}").into()),
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Measures the demo with a month of readings.
pub fn measure(report: &Report) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let began = Instant::now();
    let demo = Demo::start(folder.path())?;
    report.tell(
        "first start, a month made and stored",
        millis(began.elapsed()),
        "ms",
    );
    let pid = demo.child.id();
    let mut connection = demo.sign_in()?;
    for path in paths(&mut connection)? {
        page(&mut connection, pid, &path, report)?;
    }
    let usage = Usage::of(pid)?;
    // The simulated hardware lives in the demo's process too: these are upper bounds.
    report.tell(
        "server and simulated hardware: RSS",
        usage.rss_kib / 1024.0,
        "MiB",
    );
    report.tell(
        "server and simulated hardware: HWM",
        usage.hwm_kib / 1024.0,
        "MiB",
    );
    let watch = Watch::of(pid)?;
    std::thread::sleep(IDLE);
    let spent = watch.spent()?;
    let share = spent.cpu.as_secs_f64() / spent.wall.as_secs_f64() * 100.0;
    let what = "server and simulated hardware, nobody looking: a core's";
    report.tell(what, share, "%");
    Ok(())
}

fn page(connection: &mut Connection, pid: u32, path: &str, report: &Report) -> Outcome<()> {
    let warm = connection.get(path)?;
    if warm.status != 200 {
        return Err(format!("{path} answered {}", warm.status).into());
    }
    let mut times = Vec::with_capacity(TIMES);
    let watch = Watch::of(pid)?;
    for _ in 0..TIMES {
        let began = Instant::now();
        connection.get(path)?;
        times.push(began.elapsed());
    }
    let spent = watch.spent()?;
    times.sort_unstable();
    let at = |share: usize| times.get(TIMES * share / 100).copied().unwrap_or_default();
    let octets = as_figure(u64::try_from(warm.body.len())?);
    report.tell(format!("{path}: p50"), millis(at(50)), "ms");
    report.tell(format!("{path}: p95"), millis(at(95)), "ms");
    let times = as_figure(u64::try_from(TIMES)?);
    report.tell(
        format!("{path}: server's processor"),
        millis(spent.cpu) / times,
        "ms",
    );
    report.tell(format!("{path}: body"), octets, "octets");
    Ok(())
}

/// The main pages, of a port that belongs to an allocation.
fn paths(connection: &mut Connection) -> Outcome<Vec<String>> {
    let mut items = |path: &str| -> Outcome<Vec<Value>> {
        let listing: Value = serde_json::from_slice(&connection.get(path)?.body)?;
        let items = listing.get("items").and_then(Value::as_array);
        Ok(items.cloned().unwrap_or_default())
    };
    let ports = items("/api/v1/ports?limit=1000")?;
    let owned = |port: &&Value| {
        let owners = port.get("allocations").and_then(Value::as_array);
        owners.is_some_and(|owners| !owners.is_empty())
    };
    let port = ports.iter().find(owned).ok_or("no port has an owner")?;
    let id = |value: &Value, pointer: &str| {
        let found = value.pointer(pointer).and_then(Value::as_i64);
        found.ok_or_else(|| format!("no {pointer}"))
    };
    let allocation = id(port, "/allocations/0/allocation_id")?;
    let (switch, port) = (id(port, "/device_id")?, id(port, "/id")?);
    let servers = items("/api/v1/devices?limit=1")?;
    let server = id(servers.first().ok_or("no device")?, "/id")?;
    Ok(vec![
        "/".to_owned(),
        "/racks".to_owned(),
        "/racks/1".to_owned(),
        "/devices".to_owned(),
        format!("/devices/{server}"),
        format!("/devices/{switch}"),
        "/ports".to_owned(),
        format!("/ports/{port}?range=month"),
        format!("/allocations/{allocation}?range=month"),
        "/visits".to_owned(),
        "/customers".to_owned(),
        format!("/api/v1/ports/{port}/series?range=month"),
    ])
}
