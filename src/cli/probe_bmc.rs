//! `coldaisle probe bmc`: asks one BMC who it is and how it does. Uses the drivers, no database.

use std::io::{BufRead, Write};
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use crate::base::secret::Secret;
use crate::drivers::bmc::{
    AddressError, BmcAccess, BmcError, BmcTarget, CipherSuite, CredentialFault, Identity,
    PowerState, Priority, Privilege, SensorReading, resolve,
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

const IPMI_PORT: u16 = 623;
/// Time to close the session after an interrupt.
const CLOSING: Duration = Duration::from_secs(3);

/// Ask a BMC for power state, identity, cipher suite and, if wanted, its sensors.
#[derive(Debug, Args)]
pub struct ProbeBmc {
    /// Address of the BMC; port 623 if none is given
    #[arg(value_name = "HOST[:PORT]")]
    pub address: String,
    /// User name, at most 16 bytes
    #[arg(long)]
    pub user: String,
    /// Read the password from standard input, first line
    #[arg(long, required = true)]
    pub password_stdin: bool,
    /// Read the BMC's K_g key from standard input too, second line
    #[arg(long)]
    pub kg_stdin: bool,
    /// Use only this cipher suite: 17 or 3; without it 17 is tried first, then 3
    #[arg(long, value_name = "N", value_parser = suite)]
    pub suite: Option<CipherSuite>,
    /// Privilege to ask for
    #[arg(long, value_name = "LEVEL", default_value = "operator", value_parser = privilege)]
    pub privilege: Privilege,
    /// Read all sensors too
    #[arg(long)]
    pub sensors: bool,
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

/// What is printed.
#[derive(Debug, Serialize)]
struct Report {
    target: String,
    protocol: &'static str,
    cipher_suite: Option<CipherSuite>,
    power: PowerState,
    manufacturer_id: u32,
    product_id: u16,
    firmware: String,
    guid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sensors: Option<Vec<SensorReading>>,
}

/// Why there is no report.
enum Fault {
    Input(String),
    Address(AddressError),
    Bmc(Box<BmcError>),
    Interrupted,
}

/// Runs the probe; returns the exit code of the program.
pub async fn run(args: ProbeBmc) -> i32 {
    let access = BmcAccess::new(Duration::ZERO);
    let outcome = tokio::select! {
        outcome = probe(&access, &args) => outcome,
        _ = tokio::signal::ctrl_c() => Err(Fault::Interrupted),
    };
    access.shutdown(CLOSING).await;
    match outcome {
        Ok(report) => print(&report, args.json),
        Err(fault) => {
            eprintln!("coldaisle probe bmc: {}", fault.text());
            fault.exit_code()
        }
    }
}

async fn probe(access: &BmcAccess, args: &ProbeBmc) -> Result<Report, Fault> {
    let address = resolve(&args.address, IPMI_PORT)
        .await
        .map_err(Fault::Address)?;
    let mut input = std::io::stdin().lock().lines();
    let mut line = |what: &str| match input.next() {
        Some(Ok(line)) => Ok(Secret::new(line)),
        Some(Err(error)) => Err(Fault::Input(format!("cannot read the {what}: {error}"))),
        None => Err(Fault::Input(format!("no {what} on standard input"))),
    };
    let mut target = BmcTarget::new(address, args.user.as_str(), line("password")?);
    if args.kg_stdin {
        target.kg = Some(line("K_g key")?);
    }
    drop(input);
    if let Some(suite) = args.suite {
        target.suites = vec![suite];
    }
    target.privilege = args.privilege;
    ask(access, &target, args.sensors)
        .await
        .map_err(|error| Fault::Bmc(Box::new(error)))
}

async fn ask(access: &BmcAccess, target: &BmcTarget, sensors: bool) -> Result<Report, BmcError> {
    let mut session = access.open(target, Priority::Status).await?;
    let power = session.power_state().await?;
    let identity: Identity = session.identity().await?;
    let sensors = if sensors {
        Some(session.sensors().await?)
    } else {
        None
    };
    let report = Report {
        target: target.address.to_string(),
        protocol: session.protocol(),
        cipher_suite: session.cipher_suite(),
        power,
        manufacturer_id: identity.manufacturer_id,
        product_id: identity.product_id,
        firmware: identity.firmware,
        guid: identity.guid.map(|guid| guid.to_string()),
        sensors,
    };
    session.close().await?;
    Ok(report)
}

fn print(report: &Report, json: bool) -> i32 {
    let text = if json {
        match serde_json::to_string(report) {
            Ok(text) => text + "\n",
            Err(error) => {
                eprintln!("coldaisle probe bmc: {error}");
                return NOT_UNDERSTOOD;
            }
        }
    } else {
        table(report)
    };
    // A reader that went away is no fault of the BMC.
    let _ = std::io::stdout().write_all(text.as_bytes());
    ANSWERED
}

fn table(report: &Report) -> String {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let power = match report.power {
        PowerState::On => "on",
        PowerState::Off => "off",
        PowerState::Unknown => "unknown",
    };
    let suite = or_dash(report.cipher_suite.map(|suite| suite.to_string()));
    let mut out = format!(
        "target        {}\nprotocol      {}, cipher suite {suite}\npower         {power}\n\
         manufacturer  {}\nproduct       {}\nfirmware      {}\nguid          {}\n",
        report.target,
        report.protocol,
        report.manufacturer_id,
        report.product_id,
        report.firmware,
        or_dash(report.guid.clone()),
    );
    for sensor in report.sensors.iter().flatten() {
        let value = or_dash(sensor.value.map(|value| value.to_string()));
        let unit = sensor.unit.unwrap_or_default();
        out.push_str(&format!(
            "{:<18}{value:>12} {unit:<4} {}\n",
            sensor.name, sensor.state
        ));
    }
    out
}

impl Fault {
    fn text(&self) -> String {
        match self {
            Self::Input(text) => text.clone(),
            Self::Address(error) => error.to_string(),
            Self::Bmc(error) => error.to_string(),
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
                BmcError::Credentials { .. } | BmcError::Privilege { .. } => REFUSED_CREDENTIALS,
                _ => NOT_UNDERSTOOD,
            },
        }
    }
}
