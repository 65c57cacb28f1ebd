//! `coldaisle probe bmc`: asks one BMC who it is and how it does. Uses the drivers, no database.

use std::collections::VecDeque;
use std::io::{BufRead, Write};
use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;

use super::console::Console;
use super::probe_bmc_report::{Facts, Log, Report};
use super::probe_bmc_table::table;
use super::probe_redfish::{Spoken, Stranger, TrustArguments};
use crate::base::locale::Locale;
use crate::base::secret::Secret;
use crate::base::token::hex;
use crate::drivers::bmc::{
    AddressError, BmcAccess, BmcError, BmcSession, BmcTarget, CipherSuite, CredentialFault,
    LogMark, OldSessions, Priority, Privilege, Trust, resolve,
};

/// Exit code: answered.
pub const ANSWERED: i32 = 0;
/// Exit code: bad arguments.
pub const BAD_ARGUMENTS: i32 = 2;
/// Exit code: no answer.
pub const NO_ANSWER: i32 = 3;
/// Exit code: refused credentials.
pub const REFUSED_CREDENTIALS: i32 = 4;
/// Exit code: answered, but not understood or not done.
pub const NOT_UNDERSTOOD: i32 = 5;
/// Exit code: the certificate is not trusted, so that nothing was sent.
pub const NOT_TRUSTED: i32 = 6;

/// Entries of the event log in one question, and parts of it read at most.
const LOG_PART: usize = 256;
const LOG_PARTS: usize = 64;
/// Time to close the session after an interrupt.
const CLOSING: Duration = Duration::from_secs(3);

/// Ask a BMC for power state, identity, cipher suite and, if wanted, everything else it tells.
///
/// A Redfish service that shows a certificate nobody trusts yet gets no password: its fingerprint is printed, to be
/// compared and given with --fingerprint.
#[derive(Debug, Args)]
pub struct ProbeBmc {
    /// Address of the BMC; if no port is given, 623 for IPMI and 443 for Redfish
    #[arg(value_name = "HOST[:PORT]")]
    pub address: String,
    /// How it is spoken to
    #[arg(long, value_enum, default_value = "ipmi")]
    pub protocol: Spoken,
    /// User name; with IPMI at most 16 bytes
    #[arg(long)]
    pub user: Option<String>,
    /// Read the password from standard input, first line
    #[arg(long)]
    pub password_stdin: bool,
    /// Whose certificate is trusted
    #[command(flatten)]
    pub trust: TrustArguments,
    /// Read the BMC's K_g key from standard input too, second line
    #[arg(long)]
    pub kg_stdin: bool,
    /// Use only this cipher suite: 17, 3, 8 or 12; without it 17 is tried first, then 3
    #[arg(long, value_name = "N", value_parser = suite)]
    pub suite: Option<CipherSuite>,
    /// Allow IPMI 1.5, which does not encrypt, where the BMC says that it has no IPMI 2.0
    #[arg(long)]
    pub v15: bool,
    /// Privilege to ask for
    #[arg(long, value_name = "LEVEL", default_value = "operator", value_parser = privilege)]
    pub privilege: Privilege,
    /// Read all sensors too
    #[arg(long)]
    pub sensors: bool,
    /// Read the event log too: its newest entries
    #[arg(long, value_name = "ENTRIES", num_args = 0..=1, default_missing_value = "50")]
    pub log: Option<usize>,
    /// Read the parts too: chassis, board, product, power supplies, memory, with serial numbers
    #[arg(long)]
    pub parts: bool,
    /// Read facts about the controller too: network, users, watchdog, boot override, power draw
    #[arg(long)]
    pub controller: bool,
    /// Read all of that
    #[arg(long)]
    pub all: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

fn suite(text: &str) -> Result<CipherSuite, String> {
    let number: u8 = text.parse().map_err(|_| "not a number".to_owned())?;
    CipherSuite::try_from(number)
}

fn privilege(text: &str) -> Result<Privilege, String> {
    match text {
        "user" => Ok(Privilege::User),
        "operator" => Ok(Privilege::Operator),
        "administrator" | "admin" => Ok(Privilege::Administrator),
        _ => Err("allowed are user, operator, administrator".to_owned()),
    }
}

/// What the probe found.
enum Found {
    /// All that was asked for.
    Report(Box<Report>),
    /// A service whose certificate nobody trusts yet.
    Stranger(Box<Stranger>),
}

/// Why there is no report.
enum Fault {
    Input(String),
    Address(AddressError),
    Bmc(Box<BmcError>),
    Interrupted,
}

/// Runs the probe; returns the exit code of the program.
pub async fn run(console: &Console, args: ProbeBmc) -> i32 {
    let mut access = BmcAccess::new(Duration::ZERO);
    if let Some(file) = args.trust.authority_file() {
        access = access.with_authorities(file);
    }
    let outcome = tokio::select! {
        outcome = probe(&access, &args, console.locale()) => outcome,
        _ = tokio::signal::ctrl_c() => Err(Fault::Interrupted),
    };
    access.shutdown(CLOSING).await;
    match outcome {
        Ok(Found::Report(report)) => print(console, &report, args.json),
        Ok(Found::Stranger(stranger)) => print_stranger(console, &stranger, args.json),
        Err(fault) => {
            eprintln!("coldaisle probe bmc: {}", fault.text(console.locale()));
            fault.exit_code()
        }
    }
}

async fn probe(access: &BmcAccess, args: &ProbeBmc, locale: Locale) -> Result<Found, Fault> {
    let address = resolve(&args.address, args.protocol.port())
        .await
        .map_err(Fault::Address)?;
    let bmc = |error| Fault::Bmc(Box::new(error));
    let trust = args.trust.trust();
    let is_redfish = args.protocol == Spoken::Redfish;
    if is_redfish && trust.is_none() {
        let nobody = BmcTarget::new(address, "", Secret::new("")).redfish(Trust::Pin(None));
        let seen = access.service(&nobody).await.map_err(bmc)?;
        let stranger = Stranger::new(address.to_string(), seen);
        return Ok(Found::Stranger(Box::new(stranger)));
    }
    let target = target(args, address)?;
    let target = match trust.filter(|_| is_redfish) {
        Some(trust) => target.redfish(trust),
        None => target,
    };
    let report = ask(access, &target, args, locale).await.map_err(bmc)?;
    Ok(Found::Report(Box::new(report)))
}

/// Where and how to log in; reads what is to be read from standard input.
fn target(args: &ProbeBmc, address: SocketAddr) -> Result<BmcTarget, Fault> {
    let (Some(user), true) = (&args.user, args.password_stdin) else {
        let text = "--user and --password-stdin are needed to log in".to_owned();
        return Err(Fault::Input(text));
    };
    let mut input = std::io::stdin().lock().lines();
    let mut line = |what: &str| match input.next() {
        Some(Ok(line)) => Ok(Secret::new(line)),
        Some(Err(error)) => Err(Fault::Input(format!("cannot read the {what}: {error}"))),
        None => Err(Fault::Input(format!("no {what} on standard input"))),
    };
    let mut target = BmcTarget::new(address, user.as_str(), line("password")?);
    if args.kg_stdin {
        target.kg = Some(line("K_g key")?);
    }
    drop(input);
    if let Some(suite) = args.suite {
        target.suites = vec![suite];
    }
    if args.v15 {
        target.old_sessions = OldSessions::Allowed;
    }
    target.privilege = args.privilege;
    Ok(target)
}

async fn ask(
    access: &BmcAccess,
    target: &BmcTarget,
    args: &ProbeBmc,
    locale: Locale,
) -> Result<Report, BmcError> {
    let mut session = access.open(target, Priority::Status).await?;
    let report = read(session.as_mut(), target, args, locale).await?;
    session.close().await?;
    Ok(report)
}

async fn read(
    session: &mut dyn BmcSession,
    target: &BmcTarget,
    args: &ProbeBmc,
    locale: Locale,
) -> Result<Report, BmcError> {
    let power = session.power_state().await?;
    let identity = session.identity().await?;
    let mut report = Report {
        target: target.address.to_string(),
        protocol: session.protocol(),
        cipher_suite: session.cipher_suite(),
        unencrypted: session.is_unencrypted(),
        power,
        manufacturer_id: identity.manufacturer_id,
        product_id: identity.product_id,
        firmware: identity.firmware,
        guid: identity.guid.map(|guid| guid.to_string()),
        serial: identity.serial,
        certificate_sha256: session.certificate().map(|shown| hex(&shown)),
        controller: None,
        parts: None,
        sensors: None,
        log: None,
        not_told: Vec::new(),
    };
    if args.sensors || args.all {
        report.sensors = Some(session.sensors().await?);
    }
    let mut asked = Asked {
        locale,
        not_told: &mut report.not_told,
    };
    if args.controller || args.all {
        report.controller = Some(asked.facts(session).await?);
    }
    if args.parts || args.all {
        report.parts = asked.told(session.parts().await)?;
    }
    if let Some(most) = args.log.or(args.all.then_some(50)) {
        report.log = asked.told(log(session, most).await)?;
    }
    Ok(report)
}

/// Keeps what a BMC did not tell beside what it did.
struct Asked<'a> {
    locale: Locale,
    not_told: &'a mut Vec<String>,
}

impl Asked<'_> {
    /// A refusal is noted; a BMC that went away ends the probe.
    fn told<T>(&mut self, outcome: Result<T, BmcError>) -> Result<Option<T>, BmcError> {
        match outcome {
            Ok(told) => Ok(Some(told)),
            Err(
                gone @ (BmcError::NoAnswer { .. }
                | BmcError::Network { .. }
                | BmcError::Closed { .. }
                | BmcError::Cancelled { .. }),
            ) => Err(gone),
            Err(refused) => {
                self.not_told.push(in_words(&refused, self.locale));
                Ok(None)
            }
        }
    }

    async fn facts(&mut self, session: &mut dyn BmcSession) -> Result<Facts, BmcError> {
        Ok(Facts {
            controller: self.told(session.controller().await)?.unwrap_or_default(),
            power_draw_w: self.told(session.power_draw().await)?.flatten(),
            boot: self.told(session.boot().await)?.flatten(),
            light: self.told(session.light().await)?.flatten(),
        })
    }
}

/// The newest entries: a log is read from its beginning.
async fn log(session: &mut dyn BmcSession, most: usize) -> Result<Log, BmcError> {
    let mut mark = LogMark::default();
    let mut newest = VecDeque::new();
    let (mut drift_ms, mut free_percent) = (None, None);
    for _ in 0..LOG_PARTS {
        let part = session.event_log(mark, LOG_PART).await?;
        newest.extend(part.entries);
        while newest.len() > most {
            newest.pop_front();
        }
        (drift_ms, free_percent, mark) = (part.drift_ms, part.free_percent, part.mark);
        if !part.more {
            break;
        }
    }
    Ok(Log {
        entries: newest.into(),
        drift_ms,
        free_percent,
    })
}

fn in_words(error: &BmcError, locale: Locale) -> String {
    match locale {
        Locale::ZhCn => error.zh(),
        Locale::En => error.to_string(),
    }
}

fn print(console: &Console, report: &Report, json: bool) -> i32 {
    let text = if json {
        match serde_json::to_string(report) {
            Ok(text) => text + "\n",
            Err(error) => {
                eprintln!("coldaisle probe bmc: {error}");
                return NOT_UNDERSTOOD;
            }
        }
    } else {
        table(console, report)
    };
    write(&text);
    if report.not_told.is_empty() {
        ANSWERED
    } else {
        NOT_UNDERSTOOD
    }
}

fn print_stranger(console: &Console, stranger: &Stranger, json: bool) -> i32 {
    let text = if json {
        serde_json::to_string(stranger).unwrap_or_default() + "\n"
    } else {
        stranger.text(console)
    };
    write(&text);
    NOT_TRUSTED
}

fn write(text: &str) {
    // A reader that went away is no fault of the BMC.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

impl Fault {
    fn text(&self, locale: Locale) -> String {
        match self {
            Self::Input(text) => text.clone(),
            Self::Address(error) => error.to_string(),
            Self::Bmc(error) => in_words(error, locale),
            Self::Interrupted => "interrupted".to_owned(),
        }
    }

    fn exit_code(&self) -> i32 {
        match self {
            Self::Input(_) | Self::Address(AddressError::Syntax(_)) => BAD_ARGUMENTS,
            Self::Address(AddressError::Unknown(_)) | Self::Interrupted => NO_ANSWER,
            Self::Bmc(error) => match **error {
                BmcError::NoAnswer { .. }
                | BmcError::Network { .. }
                | BmcError::Cancelled { .. }
                | BmcError::Closed { .. } => NO_ANSWER,
                BmcError::Credentials {
                    fault: CredentialFault::TooLong(_),
                    ..
                } => BAD_ARGUMENTS,
                BmcError::Certificate { .. } => NOT_TRUSTED,
                BmcError::Credentials { .. } | BmcError::Privilege { .. } => REFUSED_CREDENTIALS,
                _ => NOT_UNDERSTOOD,
            },
        }
    }
}
