//! `coldaisle check`: one line per part, OK or what to do.

use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use super::Common;
use super::console::Console;
use crate::app;
use crate::base::fault::{Fault, Message};
use crate::base::time::Timestamp;
use crate::config::{Config, Hold, KeyFile, KeyFileError};
use crate::drivers::mail::{MailError, MailSession};
use crate::store::{DatabaseUrl, Store, migrate, portable, sealed};

/// No clock is right that is before the day this version was written: 2026-11-22.
const CLOCK_FLOOR: Timestamp = Timestamp::from_seconds(1_795_305_600);

/// What a part's check found.
enum Finding {
    Ok(String),
    Fault { what: String, todo: Message },
}

/// Checks every part; exit code 1 when one is at fault.
pub async fn run(console: &Console, common: &Common) -> i32 {
    let sources = common.sources(Vec::new());
    let config = match Config::load(&sources) {
        Ok(config) => config,
        Err(faults) => {
            for fault in faults.0 {
                let finding = Finding::Fault {
                    what: fault.subject(),
                    todo: fault.message,
                };
                print(console, "check-configuration", &finding);
            }
            return 1;
        }
    };
    let file = sources
        .file
        .unwrap_or_else(|| crate::config::DEFAULT_FILE.into());
    let configuration = if file.exists() {
        file.display().to_string()
    } else {
        console.text("check-built-in")
    };
    let findings = [
        ("check-configuration", Finding::Ok(configuration)),
        ("check-database", database(console, &config)),
        ("check-key-file", key_file(console, &config)),
        ("check-clock", clock(&config)),
        ("check-mail", mail(console, &config).await),
        ("check-address", address(&config)),
    ];
    for (name, finding) in &findings {
        print(console, name, finding);
    }
    let whole = findings
        .iter()
        .all(|(_, finding)| matches!(finding, Finding::Ok(_)));
    i32::from(!whole)
}

fn print(console: &Console, name: &'static str, finding: &Finding) {
    let name = console.text(name);
    match finding {
        Finding::Ok(what) => console.answer(&format!("OK     {name}: {what}")),
        Finding::Fault { what, todo } => {
            let todo = console.say(&Message::new("check-do").with("todo", console.say(todo)));
            console.answer(&format!("FAULT  {name}: {what}: {todo}"));
        }
    }
}

fn database(console: &Console, config: &Config) -> Finding {
    let url = &config.database.url;
    let fault = |todo: Message| Finding::Fault {
        what: url.to_string(),
        todo,
    };
    if let DatabaseUrl::Sqlite(path) = url
        && !path.exists()
    {
        return fault(Message::new("check-database-missing"));
    }
    let pending = match migrate::pending(url) {
        Ok(pending) => pending,
        Err(error) => {
            return fault(Message::new("check-database-unreachable").with("fault", error.detail));
        }
    };
    if !pending.is_empty() {
        return fault(Message::new("check-database-pending").with("count", pending.len()));
    }
    let version =
        Store::open(url, 1).and_then(|store| store.read_blocking(portable::engine_version));
    match version {
        Ok(version) => Finding::Ok(format!(
            "{url}, {version}, {}",
            console.text("check-database-current")
        )),
        Err(error) => fault(Message::new("check-database-unreachable").with("fault", error.detail)),
    }
}

fn key_file(console: &Console, config: &Config) -> Finding {
    let path = &config.keys.file;
    let what = path.display().to_string();
    let mode = std::fs::metadata(path).map(|facts| facts.mode() & 0o7777);
    let found = match KeyFile::open(path, Hold::Shared) {
        Ok(file) if file.ring().key_count() > 1 => Err(Message::new("check-key-rotation")),
        Ok(file) => opens(config, &file).map(|()| format!("{mode:04o}", mode = mode.unwrap_or(0))),
        Err(KeyFileError::Missing(path)) => {
            none_needed(config, path).map(|()| console.text("check-key-later"))
        }
        Err(error) => Err(error.message()),
    };
    match found {
        Ok(state) => Finding::Ok(format!("{what}, {state}")),
        Err(todo) => Finding::Fault { what, todo },
    }
}

/// An up-to-date database, when there is one; the database has its own line that says what is wrong with it.
fn current_store(config: &Config) -> Option<Store> {
    app::open_store(config, false).ok()
}

fn unreachable(fault: Fault) -> Message {
    Message::new("check-database-unreachable").with("fault", fault.detail)
}

/// Whether it is right that there is no key file; what to do when not.
fn none_needed(config: &Config, path: PathBuf) -> Result<(), Message> {
    let Some(store) = current_store(config) else {
        return Ok(());
    };
    match store.read_blocking(sealed::any) {
        Ok(false) => Ok(()),
        Ok(true) => Err(KeyFileError::Lost(path).message()),
        Err(fault) => Err(unreachable(fault)),
    }
}

/// Whether the key opens what is sealed in the database; what to do when not.
fn opens(config: &Config, file: &KeyFile) -> Result<(), Message> {
    let Some(store) = current_store(config) else {
        return Ok(());
    };
    match store.read_blocking(|c| sealed::old_values(c, file.ring())) {
        Ok(0) => Ok(()),
        Ok(old) => Err(Message::new("check-key-other").with("count", old)),
        Err(fault) => Err(unreachable(fault)),
    }
}

fn clock(config: &Config) -> Finding {
    let now = Timestamp::now();
    let zone = config.web.time_zone;
    let what = format!(
        "{} {} ({zone})",
        now.local_minute(zone),
        now.local_offset(zone)
    );
    if now < CLOCK_FLOOR {
        return Finding::Fault {
            what,
            todo: Message::new("check-clock-behind"),
        };
    }
    Finding::Ok(what)
}

async fn mail(console: &Console, config: &Config) -> Finding {
    let route = match app::mail_route(&config.mail) {
        Ok(Some(route)) => route,
        Ok(None) => return Finding::Ok(console.text("check-mail-off")),
        Err(error) => {
            return Finding::Fault {
                what: config.mail.server.clone(),
                todo: error.message(),
            };
        }
    };
    let what = route.server.label();
    match MailSession::open(&route.server).await {
        Ok(session) => {
            let security = config.mail.security.as_str();
            let login = if config.mail.user.is_empty() {
                console.text("check-mail-no-login")
            } else {
                console
                    .say(&Message::new("check-mail-login").with("user", config.mail.user.as_str()))
            };
            session.close().await;
            Finding::Ok(format!("{what}, {security}, {login}"))
        }
        Err(error) => {
            let key = match &error {
                MailError::Tls(_) => "check-mail-tls",
                MailError::Credentials(_) => "check-mail-credentials",
                MailError::NotUnderstood(_) => "check-mail-strange",
                _ => "check-mail-unreachable",
            };
            Finding::Fault {
                what,
                todo: Message::new(key).with("fault", error.to_string()),
            }
        }
    }
}

fn address(config: &Config) -> Finding {
    let web = &config.web;
    let what = web.public_url();
    let is_guess = web.public_url.is_empty();
    if is_guess && !web.address.is_loopback() {
        return Finding::Fault {
            what,
            todo: Message::new("check-address-missing"),
        };
    }
    let is_plain = !web.is_secure() && !web.address.is_loopback();
    if is_plain {
        return Finding::Fault {
            what,
            todo: Message::new("check-address-plain"),
        };
    }
    Finding::Ok(what)
}
