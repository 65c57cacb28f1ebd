//! `coldaisle power`: asks for an action on machines in this database; a running `serve` carries it out.

use std::io::{BufRead, IsTerminal};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tokio::time::Instant;

use super::Common;
use super::console::Console;
use crate::app;
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::fields::Fields;
use crate::base::ids::PowerBulkId;
use crate::base::time::Timestamp;
use crate::config::Config;
use crate::identity::Actor;
use crate::power::bulk::BulkWish;
use crate::power::ops::{bulk_by_id, bulk_machines, bulk_request, device_named};
use crate::power::{BulkMachine, IntentState, Limits};
use crate::store::Store;

/// Some did not succeed.
const FAILED: i32 = 1;
/// The command line means nothing, or was not confirmed.
const USAGE: i32 = 2;
/// Some showed no effect in time, or the wait was over.
const TIMED_OUT: i32 = 3;
/// Some were refused or taken back.
const REFUSED: i32 = 4;
/// Time between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Arguments of `power`.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Actions: on, off, soft_off, cycle, reset, nmi, identify, boot_device, bmc_reset
Exit code: 0 all succeeded (without --wait: all were taken up), 1 some failed, 2 usage, 3 some timed out, 4 some were refused")]
pub struct Power {
    /// Names of the machines, then the action
    #[arg(required = true, num_args = 2.., value_name = "DEVICE... ACTION")]
    words: Vec<String>,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Wait until every machine has come to its end
    #[arg(long)]
    wait: bool,
    /// How long to wait, seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    wait_s: u64,
    /// Do not ask before what ends with what runs on the machines
    #[arg(long)]
    yes: bool,
    /// Switch the confirmed outlets of the PDUs instead of asking the BMC
    #[arg(long)]
    by_outlets: bool,
    /// Time between two starts
    #[arg(long, value_name = "SECONDS", default_value_t = 2)]
    stagger: u32,
    /// Take back what has not begun after so many failures
    #[arg(long, value_name = "NUMBER", default_value_t = 3)]
    stop_after: u32,
    /// The people checked in at the rack know
    #[arg(long)]
    acknowledge_presence: bool,
    /// Act although nobody knows whether the machine is on
    #[arg(long)]
    confirm_unknown_state: bool,
    /// Of identify: seconds of light, 0 for off, 255 until it is switched off
    #[arg(long, value_name = "SECONDS")]
    light: Option<u8>,
    /// Of boot_device: pxe, disk, cdrom, bios or default
    #[arg(long, value_name = "DEVICE")]
    boot: Option<String>,
    /// Of boot_device: for all boots to come
    #[arg(long)]
    persistent: bool,
    /// Of boot_device: in UEFI mode
    #[arg(long)]
    uefi: bool,
}

impl Power {
    fn split(&self) -> (&[String], &str) {
        match self.words.split_last() {
            Some((action, devices)) => (devices, action),
            None => (&[], ""),
        }
    }

    fn fields(&self) -> Fields {
        let yes = |yes: bool| if yes { "true" } else { "" };
        let mut fields: Fields = [
            ("action", self.split().1),
            ("reason", self.reason.as_str()),
            ("path", if self.by_outlets { "outlets" } else { "bmc" }),
            ("acknowledge_presence", yes(self.acknowledge_presence)),
            ("confirm_unknown_state", yes(self.confirm_unknown_state)),
            ("boot_device", self.boot.as_deref().unwrap_or_default()),
            ("boot_persistent", yes(self.persistent)),
            ("boot_uefi", yes(self.uefi)),
        ]
        .into_iter()
        .collect();
        fields.set("stagger_s", self.stagger.to_string());
        fields.set("stop_after", self.stop_after.to_string());
        if let Some(seconds) = self.light {
            fields.set("identify_seconds", seconds.to_string());
        }
        fields
    }
}

/// Runs the command.
pub async fn run(console: &Console, common: &Common, args: Power) -> i32 {
    let config = match common.config(console, Vec::new()) {
        Ok(config) => config,
        Err(code) => return code,
    };
    let store = match app::open_store(&config, false) {
        Ok(store) => store,
        Err(error) => return console.failed_app(&error),
    };
    let bulk = match typed(&store, &args).await {
        Ok(bulk) => bulk,
        Err(fault) => {
            console.complain(&console.fault(&fault));
            return USAGE;
        }
    };
    if bulk.wish.action.is_destructive() && !args.yes && !confirmed(console, &bulk) {
        return USAGE;
    }
    match ask(console, &config, &store, &args, bulk).await {
        Ok(code) => code,
        Err(fault) if matches!(fault.kind, FaultKind::Conflict | FaultKind::TooMany) => {
            console.complain(&console.fault(&fault));
            REFUSED
        }
        Err(fault) => console.failed(&fault),
    }
}

/// The wish with its machines by number.
async fn typed(store: &Store, args: &Power) -> Result<BulkWish, Fault> {
    let names = args.split().0.to_vec();
    let devices = store
        .read(move |c| {
            let mut found = Vec::with_capacity(names.len());
            for name in &names {
                let device = device_named(c, name)?.ok_or_else(|| {
                    let message = Message::new("power-fault-no-device").with("name", name.as_str());
                    Fault::field("device", message)
                })?;
                found.push(device);
            }
            Ok(found)
        })
        .await?;
    let mut fields = args.fields();
    for device in devices {
        fields.push("devices", device.to_string());
    }
    BulkWish::parse(&fields, None)
}

/// Whether the person types the number of machines; nobody is asked where nobody can answer.
fn confirmed(console: &Console, bulk: &BulkWish) -> bool {
    if !std::io::stdin().is_terminal() {
        console.complain(&console.text("cli-power-needs-yes"));
        return false;
    }
    let count = bulk.machines.len();
    let question = Message::new("cli-power-confirm").with("count", count);
    eprintln!("{}", console.say(&question));
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    read.is_ok() && line.trim() == count.to_string()
}

fn limits(config: &Config) -> Limits {
    Limits {
        cool_down_ms: i64::from(config.power.cool_down_s) * 1000,
        customer_actions_per_hour: config.power.customer_actions_per_hour.into(),
    }
}

async fn ask(
    console: &Console,
    config: &Config,
    store: &Store,
    args: &Power,
    bulk: BulkWish,
) -> Result<i32, Fault> {
    let limits = limits(config);
    let asked = store
        .write("power.bulk", move |c| {
            bulk_request(c, &Actor::terminal(Timestamp::now()), &bulk, &limits, None)
        })
        .await?;
    let said = Message::new("cli-power-asked")
        .with("bulk", asked.id.to_string())
        .with("count", asked.accepted)
        .with("refused", asked.refused);
    console.answer(&console.say(&said));
    if args.wait {
        return watch(console, store, args, asked.id).await;
    }
    let machines = machines_of(store, asked.id).await?;
    for one in machines.iter().filter(|one| one.intent.is_none()) {
        tell(console, one);
    }
    Ok(if asked.refused > 0 { REFUSED } else { 0 })
}

async fn machines_of(store: &Store, id: PowerBulkId) -> Result<Vec<BulkMachine>, Fault> {
    store
        .read(move |c| {
            let bulk = bulk_by_id(c, &Actor::terminal(Timestamp::now()), id)?;
            bulk_machines(c, &bulk)
        })
        .await
}

/// One line about a machine that has come to its end.
fn tell(console: &Console, one: &BulkMachine) {
    let state = Message::new("power-intent-state").with("state", one.state().as_str());
    let detail = match (&one.intent, &one.refused) {
        (Some(intent), _) => intent.detail().map(|detail| console.say(detail.message())),
        (None, Some(refused)) => console.say_kept(refused),
        (None, None) => None,
    };
    let detail = detail.unwrap_or_default();
    console.answer(&format!("{}: {}: {detail}", one.name, console.say(&state)));
}

async fn watch(
    console: &Console,
    store: &Store,
    args: &Power,
    id: PowerBulkId,
) -> Result<i32, Fault> {
    let until = Instant::now() + Duration::from_secs(args.wait_s);
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len}") {
        bar.set_style(style);
    }
    let mut told: Vec<usize> = Vec::new();
    loop {
        let machines = machines_of(store, id).await?;
        bar.set_length(u64::try_from(machines.len()).unwrap_or(u64::MAX));
        for (place, one) in machines.iter().enumerate() {
            if one.state().is_final() && !told.contains(&place) {
                told.push(place);
                bar.suspend(|| tell(console, one));
            }
        }
        bar.set_position(u64::try_from(told.len()).unwrap_or(u64::MAX));
        if told.len() == machines.len() {
            bar.finish_and_clear();
            return Ok(exit_code(&machines));
        }
        if Instant::now() >= until {
            bar.finish_and_clear();
            let left = machines.len() - told.len();
            let message = Message::new("cli-power-wait-over").with("count", left);
            console.complain(&console.say(&message));
            return Ok(TIMED_OUT);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// The worst that happened.
fn exit_code(machines: &[BulkMachine]) -> i32 {
    let any = |states: &[IntentState]| machines.iter().any(|one| states.contains(&one.state()));
    if any(&[IntentState::Failed]) {
        FAILED
    } else if any(&[IntentState::TimedOut]) {
        TIMED_OUT
    } else if any(&[IntentState::Refused, IntentState::Cancelled]) {
        REFUSED
    } else {
        0
    }
}
