//! `coldaisle console`: the console of a machine in a terminal, straight to its BMC and with the
//! records of this installation. It needs no running server, which may be the one that hangs.

use std::io::{IsTerminal, Read, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::Common;
use super::console::Console;
use crate::app::App;
use crate::base::fault::Message;
use crate::base::ids::DeviceId;
use crate::base::time::Timestamp;
use crate::identity::Actor;
use crate::power::console::{
    Attach, Attended, Consoles, Keyboard, Seat, Seen, Standing, Wish, reason,
};
use crate::power::ops::device_named;

/// How long ending the console may take.
const CLOSING: Duration = Duration::from_secs(5);
/// Octets read from the keyboard at once.
const PIECE: usize = 1024;

/// Open the console of a machine in this terminal; ~. ends it, ~? lists the other keys
#[derive(Debug, clap::Args)]
pub struct Terminal {
    /// Name of the machine
    #[arg(value_name = "DEVICE")]
    device: String,
    /// Only look
    #[arg(long)]
    watch: bool,
    /// Why; kept with the recording
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
}

/// Runs the console until it ends or the person ends it.
pub async fn run(console: &Console, common: &Common, args: Terminal) -> i32 {
    let config = match common.config(console, Vec::new()) {
        Ok(config) => config,
        Err(code) => return code,
    };
    if !std::io::stdout().is_terminal() || !(args.watch || std::io::stdin().is_terminal()) {
        console.complain(&console.text("console-terminal-no-terminal"));
        return 1;
    }
    let app = match App::open(config, false) {
        Ok(app) => app,
        Err(error) => return console.failed_app(&error),
    };
    let code = sit(console, &app, &args).await;
    app.consoles.shutdown(CLOSING).await;
    app.leave_devices().await;
    code
}

async fn sit(console: &Console, app: &App, args: &Terminal) -> i32 {
    let attended = async {
        let name = args.device.clone();
        let found = app.store.read(move |c| device_named(c, &name)).await?;
        let Some(device) = found else {
            return Ok(None);
        };
        let asked = asked(device, args)?;
        app.consoles.attach(asked).await.map(Some)
    };
    let name = args.device.as_str();
    match attended.await {
        Err(fault) => console.failed(&fault),
        Ok(None) => {
            let message = Message::new("console-terminal-unknown").with("machine", name);
            console.complain(&console.say(&message));
            1
        }
        Ok(Some(attended)) => {
            let message = Message::new("console-terminal-opened").with("machine", name);
            console.answer(&console.say(&message));
            let raw = RawTerminal::enter(!args.watch);
            show(console, attended, !args.watch).await;
            drop(raw);
            println!();
            0
        }
    }
}

fn asked(device: DeviceId, args: &Terminal) -> Result<Attach, crate::base::fault::Fault> {
    Ok(Attach {
        actor: Actor::terminal(Timestamp::now()),
        device,
        seat: if args.watch { Seat::Watch } else { Seat::Write },
        reason: reason(&args.reason)?,
    })
}

/// Shows and types until one side ends it.
async fn show(console: &Console, attended: Attended, types: bool) {
    let Attended {
        mut screen,
        keyboard,
        ..
    } = attended;
    let mut typed = types.then(keyboard_of_process);
    let mut strokes = Strokes::default();
    let mut writer = None;
    loop {
        tokio::select! {
            seen = screen.next() => match seen {
                None => return,
                Some(Seen::Octets(octets)) => print(&octets),
                Some(Seen::Note(_, note)) => say(&console.say(note.message())),
                Some(Seen::Standing(standing)) => watching(console, &mut writer, standing, types),
                Some(Seen::Ended(reason)) => {
                    let message = Message::new("console-ended").with("reason", reason.as_str());
                    say(&console.say(&message));
                    return;
                }
            },
            octets = next(&mut typed) => {
                let Some(octets) = octets else { return };
                for stroke in strokes.take(&octets) {
                    if !act(console, &keyboard, stroke).await {
                        return;
                    }
                }
            }
            _ = tokio::signal::ctrl_c(), if !types => return,
        }
    }
}

/// Does what was typed; false when that ends it.
async fn act(console: &Console, keyboard: &Arc<dyn Keyboard>, stroke: Stroke) -> bool {
    match stroke {
        Stroke::Type(octets) => keyboard.typed(octets).await,
        Stroke::Wish(wish) => keyboard.wish(wish).await,
        Stroke::Help => {
            say(&console.text("console-terminal-help"));
            true
        }
        Stroke::End => false,
    }
}

fn watching(console: &Console, known: &mut Option<String>, now: Standing, types: bool) {
    if types && !now.is_writer && now.writer.is_some() && *known != now.writer {
        let who = now.writer.clone().unwrap_or_default();
        let message = Message::new("console-terminal-watching").with("writer", who);
        say(&console.say(&message));
    }
    *known = now.writer;
}

fn print(octets: &[u8]) {
    let mut out = std::io::stdout().lock();
    // A terminal that went away is noticed by its keyboard.
    let _ = out.write_all(octets).and_then(|()| out.flush());
}

fn say(text: &str) {
    let text: String = text.chars().filter(|letter| !letter.is_control()).collect();
    print(format!("\r\n--- {text} ---\r\n").as_bytes());
}

/// What is typed into this process; a thread, because reading a terminal can't be given up.
fn keyboard_of_process() -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel(4);
    std::thread::spawn(move || {
        let mut piece = [0; PIECE];
        while let Ok(read @ 1..) = std::io::stdin().lock().read(&mut piece) {
            let octets = piece.get(..read).unwrap_or_default().to_vec();
            if sender.blocking_send(octets).is_err() {
                return;
            }
        }
    });
    receiver
}

async fn next(typed: &mut Option<mpsc::Receiver<Vec<u8>>>) -> Option<Vec<u8>> {
    match typed {
        Some(typed) => typed.recv().await,
        None => std::future::pending().await,
    }
}

/// The terminal hands every key over as it is; put back when dropped. `stty` does it: the calls
/// for it are not in the standard library.
struct RawTerminal(Option<String>);

impl RawTerminal {
    fn enter(types: bool) -> Self {
        if !types {
            return Self(None);
        }
        let saved = stty(&["-g"]).filter(|saved| !saved.is_empty());
        if saved.is_some() {
            stty(&["raw", "-echo"]);
        }
        Self(saved)
    }
}

impl Drop for RawTerminal {
    fn drop(&mut self) {
        if let Some(saved) = &self.0 {
            stty(&[saved.as_str()]);
        }
    }
}

fn stty(arguments: &[&str]) -> Option<String> {
    let said = Command::new("stty")
        .args(arguments)
        .stdin(Stdio::inherit())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&said.stdout).trim().to_owned();
    said.status.success().then_some(text)
}

/// What typed octets mean.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stroke {
    Type(Vec<u8>),
    Wish(Wish),
    Help,
    End,
}

/// Finds the keys behind a tilde at the start of a line, as those of remote shells do.
#[derive(Debug)]
struct Strokes {
    line_start: bool,
    tilde: bool,
}

impl Default for Strokes {
    fn default() -> Self {
        Self {
            line_start: true,
            tilde: false,
        }
    }
}

impl Strokes {
    fn take(&mut self, octets: &[u8]) -> Vec<Stroke> {
        let mut strokes = Vec::new();
        let mut plain = Vec::new();
        for octet in octets {
            if !std::mem::take(&mut self.tilde) {
                self.tilde = self.line_start && *octet == b'~';
                self.line_start = matches!(octet, b'\r' | b'\n');
                if !self.tilde {
                    plain.push(*octet);
                }
                continue;
            }
            let stroke = match octet {
                b'.' => Stroke::End,
                b'?' => Stroke::Help,
                b'B' => Stroke::Wish(Wish::Break),
                b'T' => Stroke::Wish(Wish::TakeOver),
                b'X' => Stroke::Wish(Wish::Evict),
                b'R' => Stroke::Wish(Wish::Reopen),
                b'~' => {
                    plain.push(b'~');
                    continue;
                }
                other => {
                    plain.extend([b'~', *other]);
                    self.line_start = matches!(other, b'\r' | b'\n');
                    continue;
                }
            };
            self.line_start = true;
            if !plain.is_empty() {
                strokes.push(Stroke::Type(std::mem::take(&mut plain)));
            }
            strokes.push(stroke);
        }
        if !plain.is_empty() {
            strokes.push(Stroke::Type(plain));
        }
        strokes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Stroke {
        Stroke::Type(text.as_bytes().to_vec())
    }

    #[test]
    fn a_tilde_commands_at_the_start_of_a_line_only() {
        let mut strokes = Strokes::default();
        assert_eq!(
            strokes.take(b"ls ~/x\r~~/bin\r~"),
            [typed("ls ~/x\r~/bin\r")]
        );
        assert_eq!(strokes.take(b"B"), [Stroke::Wish(Wish::Break)]);
        assert_eq!(strokes.take(b"~xa~."), [typed("~xa~.")]);
        assert_eq!(
            strokes.take(b"\r~?~."),
            [typed("\r"), Stroke::Help, Stroke::End]
        );
    }
}
