//! The first start: sample, users, readings, visits and power actions. Each step is done once, whenever it got to it.

use crate::app::{App, AppError};
use crate::base::fault::{Fault, Message};
use crate::base::time::Timestamp;
use crate::cli::console::Console;
use crate::exchange::{self, Context};
use crate::identity::Actor;
use crate::store::Store;
use crate::store::settings::{set_setting, setting};

use super::logins::{self, LOGINS, Login};
use super::{history, power_chain, sample, story};

/// When the simulated switches were started, in milliseconds since 1970.
const BOOT: &str = "demo.boot";
/// Set once the first start has got to its end.
const DONE: &str = "demo.filled";
const DAY_S: i64 = 86_400;

/// What the rest of the start needs.
pub struct Filled {
    /// When the simulated switches were started.
    pub boot: Timestamp,
    /// Who can sign in.
    pub logins: &'static [Login],
}

/// Fills an empty database; one that was filled before is left as it is.
pub async fn fill(console: &Console, app: &App, days: u16) -> Result<Filled, AppError> {
    let store = app.store.clone();
    let now = Timestamp::now();
    let boot = store
        .write("demo.boot", move |c| match setting(c, BOOT)? {
            Some(known) => known
                .parse()
                .map(Timestamp::from_millis)
                .map_err(Fault::internal),
            None => {
                let boot = now.plus_seconds(-(i64::from(days) + 7) * DAY_S);
                set_setting(c, BOOT, &boot.millis().to_string(), now)?;
                Ok(boot)
            }
        })
        .await?;
    let filled = Filled {
        boot,
        logins: LOGINS,
    };
    if store.read(|c| setting(c, DONE)).await?.is_some() {
        return Ok(filled);
    }
    let say = |key| eprintln!("{}", console.text(key));
    say("demo-sample");
    let (at, keyring) = (store.clone(), app.keyring.clone());
    blocking(move || import(&at, &keyring)).await?;
    let at = store.clone();
    blocking(move || logins::make(&at)).await?;
    let at = store.clone();
    blocking(move || power_chain::make(&at, days, now)).await?;
    if days > 0 {
        let readings = Message::new("demo-readings").with("days", i64::from(days));
        eprintln!("{}", console.say(&readings));
        let at = store.clone();
        blocking(move || history::make(&at, boot, days, now)).await?;
    }
    say("demo-story");
    let (at, keyring) = (store.clone(), app.keyring.clone());
    let told = app.config.web.clone();
    blocking(move || {
        at.write_blocking("demo.story", |c| {
            story::tell(c, &keyring, &told.public_url(), told.time_zone, now)?;
            set_setting(c, DONE, &now.to_rfc3339(), now)
        })
    })
    .await?;
    Ok(filled)
}

async fn blocking(
    work: impl FnOnce() -> Result<(), Fault> + Send + 'static,
) -> Result<(), AppError> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(Fault::internal)??)
}

fn import(store: &Store, keyring: &crate::base::seal::Keyring) -> Result<(), Fault> {
    let actor = Actor::terminal(Timestamp::now());
    let context = Context {
        actor: &actor,
        keyring,
    };
    let report = exchange::import(store, &context, sample::files()?, false, &|_| ())?;
    match report.faults.first() {
        None => Ok(()),
        Some(fault) => Err(Fault::internal(format!("sample: {fault:?}"))),
    }
}
