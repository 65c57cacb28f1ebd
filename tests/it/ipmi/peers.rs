//! Peers that no one here wrote: found, started on an own loopback address, ended.

use std::ffi::OsStr;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use coldaisle::base::secret::Secret;
use coldaisle::drivers::bmc::BmcTarget;
use coldaisle::wire::ipmi::message::{Request, netfn};
use coldaisle::wire::rmcp::plain_v15;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UdpSocket;
use tokio::process::{Child, Command};
use tokio::sync::OnceCell;

/// Longest time for a peer to start or a tool to finish.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a finished tool said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A program of the system; a missing one fails the test.
pub fn program(name: &str, package: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin")])
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .unwrap_or_else(|| panic!("{name} is missing: apt-get install {package}"))
}

/// A loopback address that no other test and no other test run uses.
pub fn own_address() -> IpAddr {
    static NEXT: AtomicU8 = AtomicU8::new(1);
    let [.., high, low] = std::process::id().to_be_bytes();
    let last = NEXT.fetch_add(1, Ordering::Relaxed);
    IpAddr::V4(Ipv4Addr::new(127, 64 | (high & 0x3F), low, last))
}

/// Runs a program to its end, with `input` on its standard input.
pub async fn run<S: AsRef<OsStr>>(program: &Path, arguments: &[S], input: &str) -> Said {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A program that ends without reading its input is no fault.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let output = tokio::time::timeout(PATIENCE, child.wait_with_output())
        .await
        .unwrap_or_else(|_| panic!("{} does not end", program.display()))
        .unwrap();
    Said {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Runs ipmitool over lanplus.
pub async fn ipmitool(bmc: SocketAddr, suite: u8, password: &str, command: &str) -> Said {
    let (host, port, suite) = (
        bmc.ip().to_string(),
        bmc.port().to_string(),
        suite.to_string(),
    );
    let mut arguments = vec![
        "-I", "lanplus", "-C", &suite, "-H", &host, "-p", &port, "-U", "ADMIN", "-P", password,
    ];
    arguments.extend(command.split(' '));
    run(&program("ipmitool", "ipmitool"), &arguments, "").await
}

/// Asks again until the answer is as wanted.
pub async fn until<T, F>(what: &str, mut ask: impl FnMut() -> F, good: impl Fn(&T) -> bool) -> T
where
    F: Future<Output = T>,
    T: std::fmt::Debug,
{
    let begun = Instant::now();
    loop {
        let answer = ask().await;
        if good(&answer) {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "{what}: still {answer:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Whether something answers Get Channel Authentication Capabilities, which needs no login.
async fn answers(bmc: SocketAddr) -> bool {
    let request = Request {
        netfn: netfn::APP,
        lun: 0,
        sequence: 0,
        command: 0x38,
        data: vec![0x8E, 0x04],
    };
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let datagram = plain_v15(&request.encode());
    socket.send_to(&datagram, bmc).await.unwrap();
    let mut answer = [0; 64];
    let received = socket.recv_from(&mut answer);
    tokio::time::timeout(Duration::from_millis(200), received)
        .await
        .is_ok()
}

/// One of OpenIPMI's simulated BMCs.
pub struct IpmiSim {
    state: TempDir,
    pub address: SocketAddr,
    pub password: String,
    /// Files in here steer it, see tests/peers/ipmi_sim/README.md.
    pub folder: PathBuf,
}

impl IpmiSim {
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// Starts one with more environment, such as `BMC_KG`.
    pub async fn with(environment: &[(&str, &str)]) -> Self {
        program("ipmi_sim", "openipmi");
        program("socat", "socat");
        program("python3", "python3");
        let state = tempfile::tempdir().unwrap();
        let ip = own_address();
        let output = Command::new(root().join("tests/peers/ipmi_sim/start"))
            .arg("1")
            .arg(state.path())
            .env("ADDR", ip.to_string())
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .output();
        let output = tokio::time::timeout(PATIENCE, output)
            .await
            .unwrap()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let sim = Self {
            address: SocketAddr::new(ip, 16230),
            password: "sim-pass-0".to_owned(),
            folder: state.path().join("bmc0"),
            state,
        };
        until("ipmi_sim starts", || answers(sim.address), |yes| *yes).await;
        sim
    }

    pub fn target(&self) -> BmcTarget {
        BmcTarget::new(self.address, "ADMIN", Secret::new(self.password.as_str()))
    }

    pub fn target_for(&self, user: &str, password: &str) -> BmcTarget {
        BmcTarget::new(self.address, user, Secret::new(password))
    }

    /// The chassis commands it carried out, without their times.
    pub fn chassis_log(&self) -> Vec<String> {
        let log = std::fs::read_to_string(self.folder.join("chassis.log")).unwrap_or_default();
        log.lines()
            .filter_map(|line| line.split_once(' '))
            .map(|(_, command)| command.replace('"', ""))
            .collect()
    }
}

impl Drop for IpmiSim {
    fn drop(&mut self) {
        let stop = root().join("tests/peers/ipmi_sim/stop");
        let _ = std::process::Command::new(stop)
            .arg(self.state.path())
            .status();
    }
}

/// The pretend BMC for suites 3 and 17 that stands on pyghmi.
pub struct Bmc17 {
    _child: Child,
    pub address: SocketAddr,
}

impl Bmc17 {
    pub const PASSWORD: &str = "sim-pass";

    pub async fn start(arguments: &[&str]) -> Self {
        let python = venv().await.join("bin/python");
        let address = SocketAddr::new(own_address(), 16300);
        let mut child = Command::new(python)
            .arg(root().join("tests/peers/ipmi_suite17/bmc17.py"))
            .args(["--address", &address.ip().to_string()])
            .args(["--port", &address.port().to_string()])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = tokio::time::timeout(PATIENCE, lines.next_line()).await;
        let line = line.expect("bmc17.py starts").unwrap();
        assert!(line.is_some_and(|line| line.starts_with("listening")));
        Self {
            _child: child,
            address,
        }
    }

    pub fn target(&self) -> BmcTarget {
        BmcTarget::new(self.address, "ADMIN", Secret::new(Self::PASSWORD))
    }
}

/// The Python environment with pyghmi: given, or made once under `target`.
pub async fn venv() -> PathBuf {
    static VENV: OnceCell<PathBuf> = OnceCell::const_new();
    VENV.get_or_init(|| async {
        if let Some(given) = std::env::var_os("COLDAISLE_TEST_VENV") {
            return PathBuf::from(given);
        }
        let folder = root().join("target/peers-venv");
        let own = folder.join("bin/python");
        let has = own.exists()
            && run(&own, &["-c", "import pyghmi, sushy_tools, bcrypt"], "")
                .await
                .code
                == 0;
        if !has {
            let python = program("python3", "python3-venv");
            let path = folder.to_string_lossy().into_owned();
            let made = run(&python, &["-m", "venv", &path], "").await;
            assert_eq!(made.code, 0, "apt-get install python3-venv; {made:?}");
            let pip = folder.join("bin/pip");
            let wanted = ["pyghmi==1.6.19", "sushy-tools==2.2.0", "bcrypt==5.0.0"];
            let install = [["install", "--quiet"].as_slice(), &wanted].concat();
            let got = run(&pip, &install, "").await;
            assert_eq!(got.code, 0, "{got:?}");
        }
        folder
    })
    .await
    .clone()
}
