//! `coldaisle probe snmp`: ask one device and print what it says. Uses the driver, not the database.

use std::io::{BufRead, Write};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::probe_survey::SurveyAnswer;
use crate::base::secret::Secret;
use crate::base::units::BitsPerSecond;
use crate::drivers::snmp::{
    AdminStatus, AuthProtocol, Credentials, OperStatus, PollOptions, PollPlan, PollReport,
    PortReading, PrivProtocol, SnmpError, SnmpErrorKind, SnmpHub, SnmpTarget, resolve,
};

const AUTH_PASSWORD: &str = "COLDAISLE_PROBE_AUTH_PASSWORD";
const PRIV_PASSWORD: &str = "COLDAISLE_PROBE_PRIV_PASSWORD";
const SNMP_PORT: u16 = 161;

const ANSWERED: i32 = 0;
const BAD_ARGUMENTS: i32 = 2;
const NO_ANSWER: i32 = 3;
const REFUSED: i32 = 4;
const NOT_UNDERSTOOD: i32 = 5;

/// Ask a switch or PDU over SNMP and print its system, ports, neighbours and chassis.
///
/// Exit status: 0 answered, 2 bad arguments, 3 no answer (with 2c also a wrong community),
/// 4 credentials refused, 5 answered but not understood.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("who").required(true).args(["community", "v3"])))]
pub struct ProbeSnmp {
    /// Address or name, with a port if it is not 161: 192.0.2.1, switch:1161, [2001:db8::1]:161
    #[arg(value_name = "HOST[:PORT]")]
    pub target: String,
    /// Ask with version 2c and this community
    #[arg(long, value_name = "COMMUNITY")]
    pub community: Option<String>,
    /// Ask with version 3 as this user
    #[arg(long, value_name = "USER")]
    pub v3: Option<String>,
    /// Authentication of version 3: md5, sha1, sha224, sha256, sha384, sha512. The password is
    /// COLDAISLE_PROBE_AUTH_PASSWORD or the first line of standard input
    #[arg(long, value_name = "PROTOCOL", requires = "v3")]
    pub auth: Option<AuthProtocol>,
    /// Privacy of version 3: des, aes128, aes192, aes256, aes192c, aes256c. The password is
    /// COLDAISLE_PROBE_PRIV_PASSWORD or the next line of standard input
    #[arg(long = "priv", value_name = "PROTOCOL", requires = "auth")]
    pub privacy: Option<PrivProtocol>,
    /// Context name of version 3
    #[arg(long, value_name = "NAME", default_value = "", requires = "v3")]
    pub context: String,
    /// How long to wait for one answer, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 2000, value_parser = clap::value_parser!(u64).range(10..=60_000))]
    pub timeout_ms: u64,
    /// How often to ask again
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(0..=10))]
    pub retries: u32,
    /// How long all of it may take, in seconds
    #[arg(long, value_name = "S", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub deadline_s: u64,
    /// One JSON object instead of a table
    #[arg(long)]
    pub json: bool,
}

/// Runs the probe: result on standard output, diagnostics on standard error, exit status returned.
pub async fn run(args: ProbeSnmp) -> i32 {
    let (status, text) = match probe(&args).await {
        Ok(text) => (ANSWERED, text),
        Err(failure) => {
            eprintln!("coldaisle probe snmp: {}", failure.text);
            return failure.status;
        }
    };
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => status,
        // Whoever read our output had enough of it.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => status,
        Err(error) => {
            eprintln!("coldaisle probe snmp: standard output: {error}");
            BAD_ARGUMENTS
        }
    }
}

struct Failure {
    status: i32,
    text: String,
}

impl Failure {
    fn bad(text: impl Into<String>) -> Self {
        Self {
            status: BAD_ARGUMENTS,
            text: text.into(),
        }
    }
}

async fn probe(args: &ProbeSnmp) -> Result<String, Failure> {
    let credentials = credentials(args)?;
    let target = SnmpTarget {
        address: address(&args.target).await?,
        credentials,
        timeout: Duration::from_millis(args.timeout_ms),
        retries: args.retries,
    };
    let hub = SnmpHub::new();
    let options = PollOptions::within(Duration::from_secs(args.deadline_s));
    let plan = PollPlan::Full { packets: false };
    let begun = Instant::now();
    let report = hub.poll(&target, plan, options).await;
    let report = report.map_err(|error| failure(&error, &hub))?;
    let left = options.deadline.saturating_sub(begun.elapsed());
    let survey = hub.survey(&target, &report.ports, left).await;
    let survey = survey.map_err(|error| failure(&error, &hub))?;
    let survey = SurveyAnswer::of(survey, &report.ports);
    let answer = Answer::of(args, &target, &report, survey);
    if args.json {
        let json = serde_json::to_string_pretty(&answer);
        json.map(|json| json + "\n")
            .map_err(|error| Failure::bad(error.to_string()))
    } else {
        Ok(answer.table())
    }
}

fn failure(error: &SnmpError, hub: &SnmpHub) -> Failure {
    let unreadable = hub.stats().malformed > 0;
    let (status, hint) = match &error.kind {
        SnmpErrorKind::NoAnswer if unreadable => (
            NOT_UNDERSTOOD,
            "; something came back that is no SNMP message",
        ),
        SnmpErrorKind::NoAnswer => (
            NO_ANSWER,
            "; check address, access list and (version 2c) community",
        ),
        SnmpErrorKind::Network(_) | SnmpErrorKind::Deadline { .. } => (NO_ANSWER, ""),
        SnmpErrorKind::Credentials(_) => (REFUSED, ""),
        SnmpErrorKind::NotUnderstood(_)
        | SnmpErrorKind::Looping { .. }
        | SnmpErrorKind::TooLarge { .. } => (NOT_UNDERSTOOD, ""),
        SnmpErrorKind::Settings(_) => (BAD_ARGUMENTS, ""),
    };
    let cause = std::error::Error::source(&error.kind);
    let cause = cause.map(|cause| format!(": {cause}")).unwrap_or_default();
    Failure {
        status,
        text: format!("{error}{cause}{hint}"),
    }
}

fn credentials(args: &ProbeSnmp) -> Result<Credentials, Failure> {
    let mut lines = std::io::stdin().lock().lines();
    let mut password = |variable: &str, what: &str| match std::env::var(variable) {
        Ok(password) => Ok(Secret::new(password)),
        Err(_) => match lines.next() {
            Some(Ok(line)) => Ok(Secret::new(line)),
            _ => Err(Failure::bad(format!(
                "no {what} password: set {variable} or give it as a line of standard input"
            ))),
        },
    };
    match (&args.community, &args.v3) {
        (Some(community), None) => Ok(Credentials::V2c {
            community: Secret::new(community.clone()),
        }),
        (None, Some(user)) => Ok(Credentials::V3 {
            user: user.clone(),
            auth: match args.auth {
                Some(protocol) => Some((protocol, password(AUTH_PASSWORD, "authentication")?)),
                None => None,
            },
            privacy: match args.privacy {
                Some(protocol) => Some((protocol, password(PRIV_PASSWORD, "privacy")?)),
                None => None,
            },
            context: args.context.clone(),
        }),
        _ => Err(Failure::bad("give either --community or --v3")),
    }
}

async fn address(text: &str) -> Result<SocketAddr, Failure> {
    let (host, port) = host_and_port(text)
        .ok_or_else(|| Failure::bad(format!("`{text}` is not HOST or HOST:PORT")))?;
    resolve(&host, port).await.map_err(|error| Failure {
        status: NO_ANSWER,
        text: format!("{host}: {error}"),
    })
}

fn host_and_port(text: &str) -> Option<(String, u16)> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some((address.ip().to_string(), address.port()));
    }
    let bare = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    if let Ok(address) = bare.unwrap_or(text).parse::<IpAddr>() {
        return Some((address.to_string(), SNMP_PORT));
    }
    let (host, port) = match text.split_once(':') {
        Some((host, port)) => (host, port.parse().ok()?),
        None => (text, SNMP_PORT),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let named = !host.is_empty() && host.chars().all(plain) && port != 0;
    named.then(|| (host.to_owned(), port))
}

#[derive(Serialize)]
struct Answer {
    target: String,
    version: &'static str,
    system: SystemAnswer,
    ports: Vec<PortAnswer>,
    #[serde(flatten)]
    survey: SurveyAnswer,
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct SystemAnswer {
    name: Option<String>,
    descr: Option<String>,
    object_id: Option<String>,
    uptime_ms: Option<u64>,
}

#[derive(Serialize)]
struct PortAnswer {
    if_index: u32,
    name: Option<String>,
    descr: Option<String>,
    alias: Option<String>,
    if_type: Option<u32>,
    speed_bps: Option<i64>,
    admin_up: Option<bool>,
    oper_up: Option<bool>,
    counter_bits: Option<u8>,
    in_octets: Option<u64>,
    out_octets: Option<u64>,
}

impl From<&PortReading> for PortAnswer {
    fn from(port: &PortReading) -> Self {
        Self {
            if_index: port.if_index,
            name: port.name.clone(),
            descr: port.descr.clone(),
            alias: port.alias.clone(),
            if_type: port.if_type,
            speed_bps: port.speed.map(BitsPerSecond::get),
            admin_up: port.admin.map(|admin| admin == AdminStatus::Up),
            oper_up: match port.oper {
                None | Some(OperStatus::Unknown) => None,
                Some(oper) => Some(oper == OperStatus::Up),
            },
            counter_bits: port.width.map(|width| width.bits()),
            in_octets: port.in_octets,
            out_octets: port.out_octets,
        }
    }
}

impl Answer {
    fn of(
        args: &ProbeSnmp,
        target: &SnmpTarget,
        report: &PollReport,
        survey: SurveyAnswer,
    ) -> Self {
        let mut warnings: Vec<String> = report.warnings.iter().map(ToString::to_string).collect();
        warnings.extend(survey.warnings.iter().cloned());
        Self {
            target: args.target.clone(),
            version: target.credentials.version(),
            system: SystemAnswer {
                name: report.system.name.clone(),
                descr: report.system.descr.clone(),
                object_id: report.system.object_id.clone(),
                uptime_ms: report.uptime_ms,
            },
            ports: report.ports.iter().map(PortAnswer::from).collect(),
            survey,
            warnings,
        }
    }

    fn table(&self) -> String {
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let mut text = format!(
            "{} (SNMP {})\n  name    {}\n  descr   {}\n  object  {}\n  uptime  {}\n\n",
            self.target,
            self.version,
            or_dash(&self.system.name),
            or_dash(&self.system.descr),
            or_dash(&self.system.object_id),
            self.system.uptime_ms.map_or("-".to_owned(), uptime),
        );
        text += &format!(
            "{:>10}  {:<24} {:>9} {:<6} {:<6} {:>4} {:>20} {:>20}  {}\n",
            "ifIndex",
            "name",
            "Mbit/s",
            "admin",
            "oper",
            "bits",
            "in octets",
            "out octets",
            "alias"
        );
        for port in &self.ports {
            text += &port.line();
        }
        text += &self.survey.lines();
        for warning in &self.warnings {
            text += &format!("warning: {warning}\n");
        }
        text
    }
}

impl PortAnswer {
    fn line(&self) -> String {
        let number = |value: Option<u64>| value.map_or("-".to_owned(), |value| value.to_string());
        let state = |up: Option<bool>| match up {
            Some(true) => "up",
            Some(false) => "down",
            None => "-",
        };
        let name = self.name.as_deref().or(self.descr.as_deref());
        let speed = self.speed_bps.map(|bps| (bps / 1_000_000).unsigned_abs());
        format!(
            "{:>10}  {:<24} {:>9} {:<6} {:<6} {:>4} {:>20} {:>20}  {}\n",
            self.if_index,
            name.unwrap_or("-"),
            number(speed),
            state(self.admin_up),
            state(self.oper_up),
            self.counter_bits
                .map_or("-".to_owned(), |bits| bits.to_string()),
            number(self.in_octets),
            number(self.out_octets),
            self.alias.as_deref().unwrap_or("")
        )
    }
}

fn uptime(ms: u64) -> String {
    let seconds = ms / 1000;
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let (hours, minutes) = (rest / 3_600, rest % 3_600 / 60);
    format!("{days} d {hours:02}:{minutes:02}:{:02}", rest % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_as_people_write_them() {
        let table = [
            ("192.0.2.1", Some(("192.0.2.1", 161))),
            ("192.0.2.1:1161", Some(("192.0.2.1", 1161))),
            ("switch-1", Some(("switch-1", 161))),
            (
                "switch-1.example.org:162",
                Some(("switch-1.example.org", 162)),
            ),
            ("2001:db8::1", Some(("2001:db8::1", 161))),
            ("[2001:db8::1]", Some(("2001:db8::1", 161))),
            ("[2001:db8::1]:1161", Some(("2001:db8::1", 1161))),
            ("", None),
            (":161", None),
            ("switch:", None),
            ("switch:0", None),
            ("switch:99999", None),
            ("switch 1", None),
            ("http://switch/", None),
        ];
        for (text, expected) in table {
            let expected = expected.map(|(host, port)| (host.to_owned(), port));
            assert_eq!(host_and_port(text), expected, "{text:?}");
        }
    }

    #[test]
    fn uptimes_are_readable() {
        assert_eq!(uptime(42_949_672_950), "497 d 02:27:52");
    }
}
