//! The composition root: configuration to store, keys, words, background tasks and web; the one place that knows
//! everything.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::access::KeptFor;
use crate::attachments::Shelf;
use crate::base::fault::{Fault, Message};
use crate::base::seal::Keyring;
use crate::base::time::Timestamp;
use crate::config::{Config, KeyFile, KeyFileError, MailConfig, MailSecurity};
use crate::drivers::bmc::BmcAccess;
use crate::drivers::mail::{MailServer, Security};
use crate::drivers::snmp::{FamilyError, SnmpHub, pdu_families};
use crate::identity;
use crate::power::Limits;
use crate::power::console::ConsoleLimits;
use crate::power::ops::Letters;
use crate::power::telling;
use crate::store::{DatabaseUrl, Store, migrate, sealed};
use crate::tasks::attachments::AttachmentSweep;
use crate::tasks::bmc_facts::BmcFacts;
use crate::tasks::bmc_poll::BmcPoll;
use crate::tasks::bmc_port::BmcPort;
use crate::tasks::bmc_rotation::BmcRotation;
use crate::tasks::console::{BmcLines, ConsoleHub, ConsoleKeeper};
use crate::tasks::housekeeping::Housekeeping;
use crate::tasks::machine_watcher::MachineWatcher;
use crate::tasks::mailer::{MailRoute, Mailer};
use crate::tasks::month_report::MonthReports;
use crate::tasks::notifier::{NoticePlace, Notifier};
use crate::tasks::outlet_port::PduPort;
use crate::tasks::period_closer::PeriodCloser;
use crate::tasks::poller::Poller;
use crate::tasks::power::{Pace, PowerExecutor};
use crate::tasks::power_schedule::PowerSchedules;
use crate::tasks::privacy::Forgetting;
use crate::tasks::retention::{KeptDays, Retention};
use crate::tasks::sealer::Sealer;
use crate::tasks::search_index::SearchIndex;
use crate::tasks::traps::Traps;
use crate::tasks::visits::VisitSweep;
use crate::tasks::watcher::Watcher;
use crate::tasks::{Driver, Task};
use crate::web::{self, Launch, ServeError, Settings, TlsFiles, Web};
use crate::words::{Pages, Words};

/// How long requests in flight get when the program stops.
const WEB_GRACE: Duration = Duration::from_secs(5);

/// Pause between two sessions with one BMC.
const BMC_PACING: Duration = Duration::from_millis(250);
/// How long ending the consoles may take when the program stops.
const CONSOLE_CLOSING: Duration = Duration::from_secs(5);
/// How long closing the sessions with BMCs may take when the program stops.
const BMC_CLOSING: Duration = Duration::from_secs(3);

/// The way to BMCs; `authorities` is a PEM file for certificates of Redfish services, or empty.
fn bmc_access(authorities: &str) -> BmcAccess {
    let access = BmcAccess::new(BMC_PACING);
    if authorities.is_empty() {
        return access;
    }
    access.with_authorities(Path::new(authorities))
}

/// Why the program could not start, or ended before it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The key file.
    #[error("{0}")]
    Key(#[from] KeyFileError),
    /// The database, or something in it.
    #[error("{0}")]
    Store(#[from] Fault),
    /// The database is behind this version and may not be brought up to date.
    #[error("migrations pending: {}", .0.join(", "))]
    Pending(Vec<String>),
    /// The file or folder of the database can't be made.
    #[error("{path}: {fault}")]
    Place {
        /// The file or folder.
        path: String,
        /// What the system says.
        fault: std::io::Error,
    },
    /// The tables of PDUs are broken.
    #[error("{0}")]
    Pdus(#[from] FamilyError),
    /// Words or templates are broken.
    #[error("{0}")]
    Words(String),
    /// The certificate authority of the mail server can't be read.
    #[error("{path}: {fault}")]
    MailAuthority {
        /// The file.
        path: String,
        /// What the system says.
        fault: std::io::Error,
    },
    /// The server.
    #[error("{0}")]
    Serve(#[from] ServeError),
    /// A task was given up after panics in a row.
    #[error("a background task was given up")]
    TaskGivenUp,
}

impl AppError {
    /// What happened and what to do, in words.
    pub fn message(&self) -> Message {
        match self {
            Self::Key(error) => error.message(),
            Self::Store(fault) => Message::new("app-fault").with("fault", fault.to_string()),
            Self::Pending(names) => Message::new("app-pending")
                .with("count", names.len())
                .with("names", names.join(", ")),
            Self::Place { path, fault } | Self::MailAuthority { path, fault } => {
                Message::new("app-place")
                    .with("path", path.as_str())
                    .with("fault", fault.to_string())
            }
            Self::Pdus(fault) => Message::new("app-fault").with("fault", fault.to_string()),
            Self::Words(fault) => Message::new("app-fault").with("fault", fault.as_str()),
            Self::Serve(ServeError::Bind { address, fault }) => Message::new("app-bind")
                .with("address", address.as_str())
                .with("fault", fault.as_str()),
            Self::Serve(ServeError::Other(fault)) => {
                Message::new("app-fault").with("fault", fault.as_str())
            }
            Self::TaskGivenUp => Message::new("app-task-given-up"),
        }
    }
}

/// Everything that was opened for one configuration.
pub struct App {
    /// The configuration.
    pub config: Config,
    /// The database.
    pub store: Store,
    /// Both languages.
    pub words: Words,
    /// Keys for sealed columns.
    pub keyring: Arc<Keyring>,
    /// The way to all BMCs.
    bmc: Arc<BmcAccess>,
    /// Consoles that are open now.
    pub consoles: Arc<ConsoleHub>,
    /// Holds the shared lock on the key file.
    _key_file: KeyFile,
}

impl App {
    /// Opens database, keys and words. Brings the database up to date, or refuses when it is behind.
    pub fn open(config: Config, may_migrate: bool) -> Result<Self, AppError> {
        let words = Words::load().map_err(AppError::Words)?;
        pdu_families()?;
        let store = open_store(&config, may_migrate)?;
        let key_file = open_key_file(&config, &store)?;
        let keyring = Arc::new(key_file.ring().clone());
        let bmc = Arc::new(bmc_access(&config.power.redfish_authorities));
        let consoles = ConsoleHub::new(
            store.clone(),
            keyring.clone(),
            Arc::new(BmcLines::new(bmc.clone())),
            console_limits(&config),
        );
        Ok(Self {
            config,
            store,
            words,
            keyring,
            bmc,
            consoles: Arc::new(consoles),
            _key_file: key_file,
        })
    }

    /// Closes the sessions with BMCs, for commands that opened some.
    pub async fn leave_devices(&self) {
        self.bmc.shutdown(BMC_CLOSING).await;
    }

    /// All background tasks, from first to last.
    pub fn tasks(&self) -> Result<Vec<Arc<dyn Task>>, AppError> {
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        let intervals = &self.config.tasks;
        let mailer = Mailer::new(
            self.store.clone(),
            self.words.clone(),
            mail_route(&self.config.mail)?,
            seconds(intervals.mailer_interval_s),
        )?;
        let power = &self.config.power;
        let keep = seconds(power.keep_session_s);
        // A session that times out before the next reading is not worth a BMC's slot.
        let often = power.status_interval_s <= power.keep_session_s;
        let background = if often { keep } else { Duration::ZERO };
        let port = Arc::new(BmcPort::new(self.bmc.clone()).keeping(keep, background));
        let at_once = usize::try_from(power.concurrent_bmcs).unwrap_or(64);
        let letters = Letters {
            public_url: self.config.web.public_url(),
            zone: self.config.web.time_zone,
        };
        let pace = Pace {
            interval: seconds(intervals.power_interval_s),
            hard_timeout: seconds(power.hard_timeout_s),
            soft_timeout: seconds(power.soft_timeout_s),
            at_once,
            ..Pace::default()
        };
        let hub = Arc::new(SnmpHub::new());
        let outlets = PduPort::new(self.store.clone(), self.keyring.clone(), hub.clone());
        let executor = PowerExecutor::new(
            self.store.clone(),
            self.keyring.clone(),
            port.clone(),
            letters,
            pace,
        )?
        .with_outlets(Arc::new(outlets));
        let schedules = PowerSchedules::new(
            self.store.clone(),
            self.power_limits(),
            seconds(intervals.power_interval_s),
        );
        let states = BmcPoll::new(
            self.store.clone(),
            self.keyring.clone(),
            port.clone(),
            seconds(intervals.power_interval_s),
            seconds(power.status_interval_s),
            at_once,
        );
        let facts = BmcFacts::new(
            self.store.clone(),
            self.keyring.clone(),
            port.clone(),
            seconds(intervals.power_interval_s),
            self.telling_pace(),
            at_once,
        );
        let rotation = BmcRotation::new(
            self.store.clone(),
            self.keyring.clone(),
            port,
            seconds(intervals.power_interval_s),
        );
        let poller = Poller::new(self.store.clone(), self.keyring.clone(), hub)?;
        let notifier = Notifier::new(
            self.store.clone(),
            self.keyring.clone(),
            self.words.clone(),
            NoticePlace {
                public_url: self.config.web.public_url(),
                zone: self.config.web.time_zone,
            },
            seconds(intervals.mailer_interval_s),
        )?;
        let mut tasks: Vec<Arc<dyn Task>> = vec![
            Arc::new(mailer),
            Arc::new(notifier),
            Arc::new(Watcher::new(
                self.store.clone(),
                seconds(intervals.watcher_interval_s),
            )),
            Arc::new(poller),
            Arc::new(executor),
            Arc::new(schedules),
            Arc::new(states),
            Arc::new(facts),
            Arc::new(rotation),
            Arc::new(MachineWatcher::new(
                self.store.clone(),
                seconds(intervals.watcher_interval_s),
            )),
            Arc::new(PeriodCloser::new(
                self.store.clone(),
                seconds(intervals.period_closer_interval_s),
                intervals.close_periods_after_h,
            )),
            Arc::new(MonthReports::new(
                self.store.clone(),
                self.words.clone(),
                self.pages(),
                self.config.web.operator_name(),
                self.config.web.public_url(),
                seconds(intervals.month_report_interval_s),
            )),
            Arc::new(Housekeeping::new(
                self.store.clone(),
                seconds(intervals.housekeeping_interval_s),
            )),
            Arc::new(VisitSweep::new(
                self.store.clone(),
                seconds(intervals.visits_interval_s),
                intervals.visits_no_show_h.into(),
            )),
            Arc::new(SearchIndex::new(
                self.store.clone(),
                seconds(intervals.housekeeping_interval_s),
            )),
            Arc::new(ConsoleKeeper::new(
                self.store.clone(),
                seconds(intervals.housekeeping_interval_s),
                self.config.console.keep_days.into(),
            )),
            Arc::new(Forgetting::new(
                self.store.clone(),
                seconds(intervals.housekeeping_interval_s),
                self.kept_for(),
            )),
            Arc::new(AttachmentSweep::new(self.store.clone(), self.shelf())),
            Arc::new(Sealer::new(
                self.store.clone(),
                seconds(intervals.sealer_interval_s),
            )),
            Arc::new(Retention::new(
                self.store.clone(),
                seconds(intervals.housekeeping_interval_s),
                KeptDays {
                    readings: self.config.metering.keep_readings_days.into(),
                    hours: self.config.metering.keep_hours_days.into(),
                    events: self.config.tasks.keep_events_days.into(),
                    log: power.keep_log_days.into(),
                    log_faults: power.keep_log_faults_days.into(),
                },
            )),
        ];
        if let Some(listen) = self.config.traps.listen() {
            let traps = Traps::new(self.store.clone(), self.keyring.clone(), listen)?;
            tasks.push(Arc::new(traps));
        }
        Ok(tasks)
    }

    /// What pages and the programming interface need.
    pub fn web(&self) -> Web {
        let web = &self.config.web;
        Web {
            store: self.store.clone(),
            words: self.words.clone(),
            pages: self.pages(),
            keyring: self.keyring.clone(),
            consoles: self.consoles.clone(),
            shelf: self.shelf(),
            settings: Arc::new(Settings {
                public_url: web.public_url(),
                operator_name: web.operator_name(),
                trusted_proxies: web.trusted_proxies.iter().map(|n| n.parts()).collect(),
                zone: web.time_zone,
                upload_limit: u64::from(web.upload_limit_mib) * 1_048_576,
                power: self.power_limits(),
                port_metrics: web.port_metrics,
                kept_for: self.kept_for(),
            }),
        }
    }

    /// The folder of photos and documents.
    fn shelf(&self) -> Shelf {
        Shelf::new(self.config.attachments_folder())
    }

    fn pages(&self) -> Pages {
        let web = &self.config.web;
        Pages::new(&self.words, web.time_zone, web.brand_folder.clone())
    }

    /// How often and how fast power may be asked for.
    fn power_limits(&self) -> Limits {
        Limits {
            cool_down_ms: i64::from(self.config.power.cool_down_s) * 1000,
            customer_actions_per_hour: self.config.power.customer_actions_per_hour.into(),
        }
    }

    /// How long people are remembered.
    fn kept_for(&self) -> KeptFor {
        KeptFor {
            visits_days: self.config.retention.visits_days.into(),
            numbers_days: self.config.retention.numbers_days.into(),
        }
    }

    /// How often machines are read.
    fn telling_pace(&self) -> telling::Pace {
        let power = &self.config.power;
        telling::Pace {
            sensors_ms: i64::from(power.sensor_interval_s) * 1000,
            log_ms: i64::from(power.log_interval_s) * 1000,
            parts_ms: i64::from(power.parts_interval_h) * 3_600_000,
        }
    }

    /// Where and how to listen.
    pub fn launch(&self) -> Launch {
        let web = &self.config.web;
        let tls = web.tls_certificate.clone().zip(web.tls_key.clone());
        Launch {
            address: web.address,
            port: web.port,
            tls: tls.map(|(certificate, key)| TlsFiles { certificate, key }),
            grace: WEB_GRACE,
            upload_limit: u64::from(web.upload_limit_mib) * 1_048_576,
        }
    }

    /// The path of the page that makes the first administrator; `None` when there are users.
    async fn setup_path(&self) -> Result<Option<String>, AppError> {
        let token = self
            .store
            .write("setup.link", |c| {
                identity::ops::setup_link_create(c, Timestamp::now())
            })
            .await?;
        Ok(token.map(|token| format!("/setup/{token}")))
    }
}

/// Runs tasks and web until `stop` is cancelled. Once pages are served `ready` hears the port and, while there is no
/// user, the path of the page that makes the first administrator. A port that is taken ends it before any task has
/// begun and before the link of a running program is replaced. Gives the names of the tasks that did not stop within
/// the budget.
pub async fn run(
    app: &App,
    stop: CancellationToken,
    ready: impl FnOnce(u16, Option<String>),
) -> Result<Vec<&'static str>, AppError> {
    let tasks = app.tasks()?;
    let launch = app.launch();
    let web_stop = stop.child_token();
    let (bound, port) = oneshot::channel();
    let serving = web::serve(app.web(), &launch, web_stop.clone(), move |port| {
        // Nobody listens any more only when the program has ended.
        let _ = bound.send(port);
    });
    tokio::pin!(serving);
    let port = tokio::select! {
        ended = &mut serving => return ended.map(|()| Vec::new()).map_err(AppError::from),
        Ok(port) = port => port,
    };
    let setup = app.setup_path().await?;
    let driver = Driver::start(&app.store, tasks, app.store.wakeups());
    // Ended before pages stop: who sits at one is told, and its connection holds nothing up.
    let (consoles, ending) = (app.consoles.clone(), web_stop.clone());
    let consoles = tokio::spawn(async move {
        ending.cancelled().await;
        consoles.shutdown(CONSOLE_CLOSING).await
    });
    ready(port, setup);
    let ended = tokio::select! {
        ended = &mut serving => ended.map_err(AppError::from),
        () = driver.broken() => {
            web_stop.cancel();
            serving.await.map_err(AppError::from).and(Err(AppError::TaskGivenUp))
        }
    };
    let late = driver.shutdown(app.config.tasks.shutdown_budget()).await;
    web_stop.cancel();
    if let Ok(open @ 1..) = consoles.await {
        tracing::warn!(
            consoles = open,
            "not ended in time; their recordings may lack the end"
        );
    }
    let open = app.bmc.shutdown(BMC_CLOSING).await;
    if open > 0 {
        tracing::warn!(
            sessions = open,
            "left open at BMCs; they time out by themselves"
        );
    }
    if !late.is_empty() {
        tracing::error!(tasks = late.join(", "), "did not stop within the budget");
    }
    ended.map(|()| late)
}

fn console_limits(config: &Config) -> ConsoleLimits {
    ConsoleLimits {
        idle_ms: i64::from(config.console.idle_timeout_min) * 60_000,
        recording_octets: u64::from(config.console.recording_mib) * 1_048_576,
    }
}

/// Opens the database, up to date.
pub fn open_store(config: &Config, may_migrate: bool) -> Result<Store, AppError> {
    let url = &config.database.url;
    if may_migrate {
        make_place(url)?;
        let ran = migrate::migrate(url)?;
        if !ran.is_empty() {
            tracing::info!(database = %url, migrations = ran.join(", "), "database brought up to date");
        }
    } else {
        refuse_missing(url)?;
        let pending = migrate::pending(url)?;
        if !pending.is_empty() {
            return Err(AppError::Pending(pending));
        }
    }
    Ok(Store::open(url, config.database.readers)?)
}

/// Opens the key file; makes it when the database holds no sealed values.
pub fn open_key_file(config: &Config, store: &Store) -> Result<KeyFile, AppError> {
    let has_sealed = store.read_blocking(sealed::any)?;
    Ok(KeyFile::open_or_create(&config.keys.file, || !has_sealed)?)
}

/// Makes the folder and the file of an SQLite database, readable by its owner only.
pub fn make_place(url: &DatabaseUrl) -> Result<(), AppError> {
    let DatabaseUrl::Sqlite(path) = url else {
        return Ok(());
    };
    let place = |path: &Path| {
        let path = path.display().to_string();
        move |fault| AppError::Place { path, fault }
    };
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(place(folder))?;
    }
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    match made {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(place(path)(error)),
        _ => Ok(()),
    }
}

/// Opening an SQLite file would make it, so a missing one is told apart before.
fn refuse_missing(url: &DatabaseUrl) -> Result<(), AppError> {
    let DatabaseUrl::Sqlite(path) = url else {
        return Ok(());
    };
    std::fs::metadata(path)
        .map(drop)
        .map_err(|fault| AppError::Place {
            path: path.display().to_string(),
            fault,
        })
}

/// The mail server of the configuration; `None` when sending is off.
pub fn mail_route(mail: &MailConfig) -> Result<Option<MailRoute>, AppError> {
    if !mail.enabled {
        return Ok(None);
    }
    let authority_pem = match &mail.ca_file {
        None => None,
        Some(path) => Some(
            std::fs::read(path).map_err(|fault| AppError::MailAuthority {
                path: path.display().to_string(),
                fault,
            })?,
        ),
    };
    let server = MailServer {
        host: mail.server.clone(),
        port: mail.port,
        security: match mail.security {
            MailSecurity::None => Security::None,
            MailSecurity::StartTls => Security::StartTls,
            MailSecurity::Tls => Security::Tls,
        },
        authority_pem,
        login: (!mail.user.is_empty()).then(|| (mail.user.clone(), mail.password.clone())),
        timeout: Duration::from_secs(mail.timeout_s.into()),
    };
    Ok(Some(MailRoute {
        server,
        from: mail.from.clone(),
    }))
}
