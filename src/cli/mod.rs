//! Commands in a terminal.

mod audit;
mod check;
mod console;
mod demo;
mod evidence;
mod export;
mod import;
mod import_told;
mod key;
mod log;
mod migrate;
mod power;
pub mod probe_bmc;
mod probe_bmc_report;
mod probe_bmc_table;
mod probe_redfish;
pub mod probe_snmp;
mod probe_survey;
mod search;
mod serve;
mod terminal;
mod types;
mod user;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::base::locale::Locale;
use crate::config::{Config, Sources};

use console::Console;

/// Self-hosted management of colocation machine rooms.
#[derive(Debug, Parser)]
#[command(name = "coldaisle", version, max_term_width = 110)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
struct Common {
    /// Configuration file; /etc/coldaisle/coldaisle.toml is used when it is there
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Database: sqlite:PATH or postgres://USER@HOST/DATABASE
    #[arg(long, global = true, value_name = "URL")]
    database: Option<String>,
    /// Set any key of the configuration, for example --set web.port=443
    #[arg(long, global = true, value_name = "SECTION.KEY=VALUE", value_parser = setting)]
    set: Vec<(String, String)>,
    /// Language of the answers: zh-CN or en; otherwise as LANG says
    #[arg(long, global = true, value_name = "LANGUAGE", value_parser = language)]
    lang: Option<Locale>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the pages and run the background tasks
    Serve(serve::Serve),
    /// Check configuration, database, key file, clock, mail server and address
    Check,
    /// Bring the database up to date
    Migrate,
    /// Users: add, list, set a password
    #[command(subcommand)]
    User(user::User),
    /// The keys that seal secrets in the database
    #[command(subcommand)]
    Key(key::Key),
    /// The audit log
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Import CSV files and workbooks: all rows, or none
    Import(import::Import),
    /// Export records as CSV or as workbooks
    Export(export::Export),
    /// Device types from the community's library
    #[command(subcommand)]
    Types(types::Types),
    /// Billing evidence: write it, or compute its figure again
    #[command(subcommand)]
    Evidence(evidence::Evidence),
    /// A machine room to try things on: sample records, simulated hardware, a login for every role
    Demo(demo::Demo),
    /// Ask for a power action on machines; a running serve carries it out
    Power(power::Power),
    /// Open the console of a machine in this terminal
    Console(terminal::Terminal),
    /// The index by which things are found
    #[command(subcommand)]
    Search(search::Search),
    /// Ask one device and print what it says; needs no database
    #[command(subcommand)]
    Probe(Probe),
}

#[derive(Debug, Subcommand)]
enum Probe {
    /// Ask a switch or PDU over SNMP
    Snmp(probe_snmp::ProbeSnmp),
    /// Ask a BMC over IPMI
    Bmc(probe_bmc::ProbeBmc),
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (key, value) = text
        .split_once('=')
        .ok_or("wanted: SECTION.KEY=VALUE, for example web.port=443")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

fn language(text: &str) -> Result<Locale, String> {
    Locale::from_word(text).ok_or_else(|| format!("allowed: {}", Locale::words()))
}

/// Runs the program with the arguments of the process; gives its exit code.
pub fn main() -> i32 {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("coldaisle")
        .build();
    match runtime {
        Ok(runtime) => {
            let code = runtime.block_on(run(cli));
            // Work that did not stop within its budget must not hold the process.
            runtime.shutdown_timeout(std::time::Duration::from_secs(1));
            code
        }
        Err(error) => {
            eprintln!("coldaisle: {error}");
            1
        }
    }
}

async fn run(cli: Cli) -> i32 {
    let console = match Console::new(cli.common.lang) {
        Ok(console) => console,
        Err(fault) => {
            eprintln!("coldaisle: {fault}");
            return 1;
        }
    };
    let common = &cli.common;
    match cli.command {
        Command::Serve(args) => serve::run(&console, common, args).await,
        Command::Check => check::run(&console, common).await,
        Command::Migrate => migrate::run(&console, common),
        Command::User(command) => user::run(&console, common, command).await,
        Command::Key(command) => key::run(&console, common, command).await,
        Command::Audit(command) => audit::run(&console, common, command).await,
        Command::Import(args) => import::run(&console, common, args).await,
        Command::Export(args) => export::run(&console, common, args).await,
        Command::Types(command) => types::run(&console, common, command).await,
        Command::Evidence(command) => evidence::run(&console, common, command).await,
        Command::Demo(args) => demo::run(&console, common, args).await,
        Command::Power(args) => power::run(&console, common, args).await,
        Command::Console(args) => terminal::run(&console, common, args).await,
        Command::Search(command) => search::run(&console, common, command).await,
        Command::Probe(Probe::Snmp(args)) => probe_snmp::run(args).await,
        Command::Probe(Probe::Bmc(args)) => probe_bmc::run(&console, args).await,
    }
}

impl Common {
    /// Reads the configuration with these flags and `more`; its faults are printed.
    fn config(
        &self,
        console: &Console,
        more: Vec<(String, String, String)>,
    ) -> Result<Config, i32> {
        self.load(console, &self.sources(more))
    }

    /// Reads the configuration from these sources; its faults are printed.
    fn load(&self, console: &Console, sources: &Sources) -> Result<Config, i32> {
        Config::load(sources).map_err(|faults| {
            for fault in &faults.0 {
                console.complain(&format!(
                    "{}: {}",
                    fault.subject(),
                    console.say(&fault.message)
                ));
            }
            1
        })
    }

    /// All sources of the configuration.
    fn sources(&self, more: Vec<(String, String, String)>) -> Sources {
        let mut flags = Vec::new();
        for (key, value) in &self.set {
            flags.push(("--set".to_owned(), key.clone(), value.clone()));
        }
        if let Some(url) = &self.database {
            flags.push(("--database".into(), "database.url".into(), url.clone()));
        }
        flags.extend(more);
        Sources::of_process(self.config.clone(), flags)
    }
}
