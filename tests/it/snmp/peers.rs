//! Starting and asking the peers.

use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a UDP port");
    socket.local_addr().expect("its address").port()
}

fn needs(program: &str, package: &str) {
    let found = std::env::var_os("PATH")
        .into_iter()
        .flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>())
        .chain([PathBuf::from("/usr/sbin")])
        .any(|folder| folder.join(program).is_file());
    assert!(
        found,
        "{program} is missing: install the Debian package {package}"
    );
}

fn within<T>(seconds: u64, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + Duration::from_secs(seconds);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(
            Instant::now() < until,
            "{what} did not happen within {seconds} s"
        );
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// Net-SNMP's agent with the users of `tests/peers/snmpd/start`.
pub struct Snmpd {
    pub address: SocketAddr,
    pid: String,
    _state: TempDir,
}

impl Snmpd {
    pub fn start() -> Self {
        needs("snmpd", "snmpd");
        needs("snmpget", "snmp");
        let state = tempfile::tempdir().expect("a folder");
        let port = free_port();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/snmpd/start");
        let started = Command::new("bash")
            .arg(script)
            .arg(port.to_string())
            .arg(state.path().join("snmpd"))
            .output()
            .expect("bash");
        assert!(
            started.status.success(),
            "snmpd did not start: {}",
            String::from_utf8_lossy(&started.stderr)
        );
        Self {
            address: ([127, 0, 0, 1], port).into(),
            pid: String::from_utf8_lossy(&started.stdout).trim().to_owned(),
            _state: state,
        }
    }
}

impl Drop for Snmpd {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(&self.pid).status();
    }
}

/// snmpsim serving the recordings of real devices, each under its file's name as community and as
/// context of the user `collector`.
pub struct SnmpSim {
    pub address: SocketAddr,
    child: Child,
    _cache: TempDir,
}

impl SnmpSim {
    /// Where the recordings are; `None` where they are not (they are not this project's to copy).
    pub fn recordings() -> Option<PathBuf> {
        let recordings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/peers/snmprec");
        if !recordings.join("README.md").is_file() {
            println!("skipped: no recordings in {}", recordings.display());
            return None;
        }
        Some(recordings.canonicalize().expect("the recordings"))
    }

    /// `None` where the recordings are not.
    pub fn start() -> Option<Self> {
        let recordings = Self::recordings()?;
        Some(Self::serving(&recordings, "ruijie", |_| Vec::new()))
    }

    /// Serves files of our own; what is written into their `writecache` objects stays until it ends.
    pub fn writable(files: &Path, community: &str) -> Self {
        open_to_all(files);
        Self::serving(files, community, |cache| {
            let written = cache.join("written");
            let module = format!(
                "--variation-module-options=writecache:file:{}",
                written.display()
            );
            vec![module]
        })
    }

    fn serving(files: &Path, community: &str, more: impl FnOnce(&Path) -> Vec<String>) -> Self {
        let cache = tempfile::tempdir().expect("a folder");
        let address: SocketAddr = ([127, 0, 0, 1], free_port()).into();
        let as_root = std::fs::metadata("/proc/self")
            .is_ok_and(|self_| std::os::unix::fs::MetadataExt::uid(&self_) == 0);
        let mut command = Command::new(snmpsim());
        if as_root {
            open_to_all(cache.path());
            command.args(["--process-user=nobody", "--process-group=nogroup"]);
        }
        let child = command
            .arg(format!("--cache-dir={}", cache.path().display()))
            .arg("--log-level=error")
            .args(["--v3-engine-id=auto", "--v3-user=collector"])
            .args(["--v3-auth-proto=SHA", "--v3-priv-proto=AES"])
            .arg(format!("--v3-auth-key={}", super::AUTH))
            .arg(format!("--v3-priv-key={}", super::PRIV))
            .arg(format!("--data-dir={}", files.display()))
            .arg(format!("--agent-udpv4-endpoint={address}"))
            .args(more(cache.path()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("snmpsim");
        let sim = Self {
            address,
            child,
            _cache: cache,
        };
        within(60, "an answer of snmpsim", || {
            let answer = get_v2c(address, community, "1.3.6.1.2.1.1.5.0");
            answer.status.success().then_some(())
        });
        sim
    }
}

/// snmpsim gives its rights up, and has to get at its files then.
fn open_to_all(folder: &Path) {
    let open = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o777);
    std::fs::set_permissions(folder, open).expect("an open folder");
}

impl Drop for SnmpSim {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program, from the venv of the environment or one made here once.
fn snmpsim() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let venv = std::env::var_os("COLDAISLE_TEST_VENV").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers-venv"),
            PathBuf::from,
        );
        let program = venv.join("bin/snmpsim-command-responder");
        if !program.is_file() {
            run_or_say(
                Command::new("/usr/bin/python3")
                    .args(["-m", "venv"])
                    .arg(&venv),
                "python3-venv",
            );
            run_or_say(
                Command::new(venv.join("bin/pip")).args([
                    "install",
                    "--quiet",
                    "snmpsim==1.2.2",
                    "pysmi",
                    "cryptography",
                ]),
                "snmpsim==1.2.2, pysmi and cryptography from PyPI",
            );
        }
        program
    })
}

fn run_or_say(command: &mut Command, needed: &str) {
    let outcome = command.output();
    let said = match &outcome {
        Ok(outcome) if outcome.status.success() => return,
        Ok(outcome) => String::from_utf8_lossy(&outcome.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    panic!("cannot install {needed}: {said}");
}

/// A tool of net-snmp, without MIB files and without touching the machine's state.
pub fn tool(name: &str) -> Command {
    needs(name, "snmp");
    // A folder for each: two that begin and end at once in one leave a third without an engine of its own.
    static STATES: OnceLock<TempDir> = OnceLock::new();
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let states = STATES.get_or_init(|| tempfile::tempdir().expect("a folder"));
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let state = states.path().join(number.to_string());
    std::fs::create_dir(&state).expect("a folder");
    let mut command = Command::new(name);
    command
        .env("MIBS", "")
        .env("SNMP_PERSISTENT_DIR", state)
        .args(["-On", "-Oe", "-Ot", "-t", "1", "-r", "2"]);
    command
}

pub fn get_v2c(address: SocketAddr, community: &str, oid: &str) -> Output {
    tool("snmpget")
        .args(["-v2c", "-c", community, &address.to_string(), oid])
        .output()
        .expect("snmpget")
}

/// Everything a walk prints, by its last arc; the values as net-snmp writes them.
pub fn column(address: SocketAddr, community: &str, oid: &str) -> BTreeMap<u32, String> {
    let output = tool("snmpbulkwalk")
        .args(["-v2c", "-c", community, &address.to_string(), oid])
        .output()
        .expect("snmpbulkwalk");
    rows(&output)
}

/// The same over version 3.
pub fn column_v3(address: SocketAddr, user: &str, auth: &str, oid: &str) -> BTreeMap<u32, String> {
    let output = tool("snmpbulkwalk")
        .args([
            "-v3",
            "-l",
            "authPriv",
            "-u",
            user,
            "-a",
            auth,
            "-A",
            super::AUTH,
        ])
        .args(["-x", "AES", "-X", super::PRIV, &address.to_string(), oid])
        .output()
        .expect("snmpbulkwalk");
    rows(&output)
}

fn rows(output: &Output) -> BTreeMap<u32, String> {
    assert!(
        output.status.success(),
        "snmpbulkwalk: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| {
            let (name, value) = line.split_once(" = ")?;
            let index = name.rsplit('.').next()?.parse().ok()?;
            let value = value.split_once(": ").map_or(value, |(_, value)| value);
            Some((index, value.trim_matches('"').to_owned()))
        })
        .collect()
}
