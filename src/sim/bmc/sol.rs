//! Serial over LAN of a simulated BMC, and the host behind it that boots, asks for a login and
//! has a small shell. Time is given in.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::login::Sessions;
use super::machine::Power;
use crate::wire::rmcp::{MAX_DATAGRAM, SolEnd, SolEvent, SolGrant, SolTiming, to_bmc};

/// Largest payload in each direction, as a BMC in the field says it.
const GRANT: SolGrant = SolGrant {
    to_bmc: 64,
    from_bmc: 204,
    port: 623,
};
/// The host is looked at this often while someone has the line.
const LOOK: Duration = Duration::from_millis(40);
/// Time between two lines of a boot.
const BOOT_STEP: Duration = Duration::from_millis(120);
const BOOT: [&str; 10] = [
    "\x1b[2J\x1b[H\x1b[1mColdaisle simulated firmware 1.0\x1b[0m",
    "Memory test: 262144 MB OK",
    "Press F2 for set-up, F12 for network boot",
    "Booting from hard disk...",
    "GRUB loading.",
    "[    0.000000] Linux version 6.1.0 (sim@coldaisle)",
    "[    0.412031] Serial: ttyS0 at 115200 baud",
    "[    1.120554] systemd[1]: Reached target Basic System.",
    "[  \x1b[32mOK\x1b[0m  ] Started Serial Getty on ttyS0.",
    "",
];
const ALREADY_ACTIVE: u8 = 0x80;
const ALREADY_INACTIVE: u8 = 0x80;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Off,
    /// The next line of the boot, and when.
    Boot(usize, Instant),
    Login,
    Password,
    Shell,
}

/// What runs on the machine, as far as its serial line shows.
pub(super) struct Host {
    stage: Stage,
    line: Vec<u8>,
}

impl Host {
    const fn new(power: Power) -> Self {
        Self {
            stage: match power {
                Power::On => Stage::Login,
                Power::Off => Stage::Off,
            },
            line: Vec::new(),
        }
    }

    const fn prompt(&self) -> &'static str {
        match self.stage {
            Stage::Off | Stage::Boot(..) => "",
            Stage::Login => "\r\nsim login: ",
            Stage::Password => "\r\nPassword: ",
            Stage::Shell => "\r\nroot@sim:~# ",
        }
    }

    /// What it writes by itself until now.
    fn run(&mut self, power: Power, now: Instant, out: &mut Vec<u8>) {
        match (power, self.stage) {
            (Power::Off, Stage::Off) => {}
            (Power::Off, _) => {
                self.stage = Stage::Off;
                self.line.clear();
            }
            (Power::On, Stage::Off) => self.stage = Stage::Boot(0, now),
            (Power::On, _) => {}
        }
        while let Stage::Boot(step, due) = self.stage
            && due <= now
        {
            let Some(line) = BOOT.get(step) else {
                self.stage = Stage::Login;
                out.extend_from_slice(self.prompt().as_bytes());
                return;
            };
            out.extend_from_slice(line.as_bytes());
            out.extend_from_slice(b"\r\n");
            self.stage = Stage::Boot(step + 1, due + BOOT_STEP);
        }
    }

    /// What it writes when these are typed.
    fn typed(&mut self, octets: &[u8], now: Instant, out: &mut Vec<u8>) {
        for octet in octets {
            match (*octet, self.stage) {
                (_, Stage::Off | Stage::Boot(..)) => {}
                (b'\r' | b'\n', _) => self.entered(now, out),
                (0x08 | 0x7F, _) => {
                    if self.line.pop().is_some() && self.stage != Stage::Password {
                        out.extend_from_slice(b"\x08 \x08");
                    }
                }
                (0x03, _) => {
                    self.line.clear();
                    out.extend_from_slice(b"^C");
                    out.extend_from_slice(self.prompt().as_bytes());
                }
                (octet, stage) => {
                    self.line.push(octet);
                    if stage != Stage::Password {
                        out.push(octet);
                    }
                }
            }
        }
    }

    fn entered(&mut self, now: Instant, out: &mut Vec<u8>) {
        let line = String::from_utf8_lossy(&std::mem::take(&mut self.line))
            .trim()
            .to_owned();
        match self.stage {
            Stage::Login if !line.is_empty() => self.stage = Stage::Password,
            Stage::Password => {
                self.stage = Stage::Shell;
                out.extend_from_slice(b"\r\nWelcome to the simulated machine.");
            }
            Stage::Shell => match line.as_str() {
                "exit" => self.stage = Stage::Login,
                "reboot" => {
                    self.stage = Stage::Boot(0, now + BOOT_STEP);
                    out.extend_from_slice(b"\r\nrebooting\r\n");
                }
                line => out.extend_from_slice(answer(line).as_bytes()),
            },
            _ => {}
        }
        out.extend_from_slice(self.prompt().as_bytes());
    }
}

fn answer(line: &str) -> String {
    match line.split_once(' ').unwrap_or((line, "")) {
        ("", _) => String::new(),
        ("help", _) => "\r\nhelp echo uname colours blob exit reboot".to_owned(),
        ("uname", _) => "\r\nLinux sim 6.1.0 x86_64 GNU/Linux".to_owned(),
        ("echo", text) => format!("\r\n{text}"),
        ("colours", _) => {
            let all: String = (31..37).map(|n| format!("\x1b[{n}m■ ")).collect();
            format!("\r\n{all}\x1b[0m 机柜")
        }
        ("blob", _) => format!("\r\n{}", "x".repeat(4000)),
        (word, _) => format!("\r\n-sh: {word}: not found"),
    }
}

struct Active {
    session: u32,
    peer: SocketAddr,
    end: SolEnd,
}

/// The payload and the host.
pub(super) struct Sol {
    active: Option<Active>,
    host: Host,
    written: Vec<u8>,
}

impl Sol {
    pub(super) const fn new(power: Power) -> Self {
        Self {
            active: None,
            host: Host::new(power),
            written: Vec::new(),
        }
    }

    /// Activate Payload; the parameters' first octets are kind and instance.
    pub(super) fn activate(
        &mut self,
        session: u32,
        peer: Option<SocketAddr>,
        data: &[u8],
    ) -> Result<Vec<u8>, u8> {
        let ([1, 1, ..], Some(peer)) = (data, peer) else {
            return Err(0xCC);
        };
        if self.active.is_some() {
            return Err(ALREADY_ACTIVE);
        }
        let most = usize::from(GRANT.from_bmc).min(MAX_DATAGRAM) - 4;
        self.active = Some(Active {
            session,
            peer,
            end: SolEnd::new(most, SolTiming::default()),
        });
        self.written = self.host.prompt().as_bytes().to_vec();
        Ok(GRANT.encode())
    }

    /// Deactivate Payload.
    pub(super) fn deactivate(&mut self) -> Result<Vec<u8>, u8> {
        match self.active.take() {
            Some(_) => Ok(Vec::new()),
            None => Err(ALREADY_INACTIVE),
        }
    }

    /// Takes a payload of a session; others' are dropped.
    pub(super) fn payload(&mut self, session: u32, payload: &[u8], now: Instant) {
        let Some(active) = self
            .active
            .as_mut()
            .filter(|active| active.session == session)
        else {
            return;
        };
        if active.end.payload(payload, now).is_err() {
            return;
        }
        while let Some(event) = active.end.event() {
            match event {
                SolEvent::Characters(octets) => {
                    self.host.typed(&octets, now, &mut self.written);
                }
                SolEvent::Bits(bits) if bits & to_bmc::BREAK != 0 => {
                    self.written.extend_from_slice(b"\r\n[sysrq] break\r\n");
                }
                SolEvent::Bits(_) | SolEvent::Lost => {}
            }
        }
    }

    /// Whether someone has the line.
    pub(super) const fn is_active(&self) -> bool {
        self.active.is_some()
    }

    /// Lets the host run until now; payloads to send, each with its session and the way there.
    pub(super) fn run_host(
        &mut self,
        power: Power,
        sessions: &mut Sessions,
        now: Instant,
    ) -> Vec<(u32, SocketAddr, Vec<u8>)> {
        self.host.run(power, now, &mut self.written);
        self.active
            .take_if(|active| !sessions.holds(active.session, now));
        let Some(active) = &mut self.active else {
            self.written.clear();
            return Vec::new();
        };
        let taken = active.end.write(&self.written, now);
        self.written.drain(..taken.min(self.written.len()));
        active.end.tick(now);
        let (session, peer) = (active.session, active.peer);
        std::iter::from_fn(|| active.end.transmit())
            .map(|payload| (session, peer, payload))
            .collect()
    }

    /// When the host has to be looked at again; never while nobody has the line.
    pub(super) fn host_due(&self, now: Instant) -> Option<Instant> {
        self.is_active().then_some(now + LOOK)
    }
}
