//! `coldaisle export`: records as CSV files or workbooks that `coldaisle import` reads again.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::Common;
use super::console::Console;
use super::import::kinds;
use crate::app;
use crate::base::fault::{Fault, Message};
use crate::base::seal::Keyring;
use crate::base::time::Timestamp;
use crate::exchange::formula::marked;
use crate::exchange::{self, Context, Kind};
use crate::identity::Actor;
use crate::store::Store;

/// Exit code of arguments that make no sense.
const BAD_ARGUMENTS: i32 = 2;

/// How records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Text with commas, UTF-8
    Csv,
    /// A workbook; every cell is a text
    Xlsx,
}

impl Format {
    const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

/// Arguments of `export`.
#[derive(Debug, clap::Args)]
pub struct Export {
    /// What to export: sites, rooms, racks, devices, …
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    kind: Option<String>,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE", conflicts_with = "all")]
    output: Option<PathBuf>,
    /// Export every kind, a file each, into this folder
    #[arg(long, value_name = "DIR")]
    all: Option<PathBuf>,
    /// How to write them
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
}

/// Exports a kind or all. Exit code 0 done, 1 it could not be done, 2 wrong arguments.
pub async fn run(console: &Console, common: &Common, args: Export) -> i32 {
    let wanted = args.kind.as_deref().unwrap_or_default();
    let kind = exchange::kind(wanted);
    if args.all.is_none() && kind.is_none() {
        let message = Message::new("transfer-no-kind")
            .with("kind", wanted)
            .with("allowed", kinds());
        console.complain(&console.say(&message));
        return BAD_ARGUMENTS;
    }
    let config = match common.config(console, Vec::new()) {
        Ok(config) => config,
        Err(code) => return code,
    };
    let opened = app::open_store(&config, false).and_then(|store| {
        let keys = app::open_key_file(&config, &store)?;
        Ok((store, keys))
    });
    let (store, keys) = match opened {
        Ok(opened) => opened,
        Err(error) => return console.failed_app(&error),
    };
    let done = match (&args.all, kind) {
        (Some(folder), _) => export_all(console, &store, keys.ring(), folder, args.format),
        (None, Some(kind)) => {
            let output = args.output.as_deref();
            export_one(&store, keys.ring(), kind, output, args.format)
        }
        (None, None) => Ok(()),
    };
    match done {
        Ok(()) => 0,
        Err(Failed::Fault(fault)) => console.failed(&fault),
        Err(Failed::System { path, fault }) => {
            let message = Message::new("app-place")
                .with("path", path)
                .with("fault", fault.to_string());
            console.complain(&console.say(&message));
            1
        }
    }
}

/// Why an export was not written.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("{0}")]
    Fault(#[from] Fault),
    #[error("{path}: {fault}")]
    System { path: String, fault: std::io::Error },
}

fn system(path: &Path) -> impl Fn(std::io::Error) -> Failed + '_ {
    |fault| Failed::System {
        path: path.display().to_string(),
        fault,
    }
}

/// All live records of a kind as a file, and how many there are.
fn table(
    store: &Store,
    keyring: &Keyring,
    kind: &'static Kind,
    format: Format,
) -> Result<(Vec<u8>, usize), Fault> {
    let actor = Actor::terminal(Timestamp::now());
    let rows = store.read_blocking(|c| {
        exchange::export(
            c,
            &Context {
                actor: &actor,
                keyring,
            },
            kind,
        )
    })?;
    if format == Format::Xlsx {
        let bytes = exchange::workbook(kind.name, kind.columns, &rows)?;
        return Ok((bytes, rows.len()));
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(kind.columns).map_err(Fault::internal)?;
    for row in &rows {
        let cells = row.iter().map(|cell| marked(cell).into_owned());
        writer.write_record(cells).map_err(Fault::internal)?;
    }
    let bytes = writer.into_inner().map_err(Fault::internal)?;
    Ok((bytes, rows.len()))
}

fn export_one(
    store: &Store,
    keyring: &Keyring,
    kind: &'static Kind,
    output: Option<&Path>,
    format: Format,
) -> Result<(), Failed> {
    let (bytes, _) = table(store, keyring, kind, format)?;
    if let Some(path) = output {
        return std::fs::write(path, bytes).map_err(system(path));
    }
    let mut out = std::io::stdout().lock();
    match out.write_all(&bytes).and_then(|()| out.flush()) {
        // Whoever reads has seen enough.
        Err(fault) if fault.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(system(Path::new("-"))),
    }
}

fn export_all(
    console: &Console,
    store: &Store,
    keyring: &Keyring,
    folder: &Path,
    format: Format,
) -> Result<(), Failed> {
    std::fs::create_dir_all(folder).map_err(system(folder))?;
    for kind in exchange::KINDS {
        let (bytes, count) = table(store, keyring, kind, format)?;
        let path = folder.join(format!("{}.{}", kind.name, format.ending()));
        std::fs::write(&path, bytes).map_err(system(&path))?;
        let line = Message::new("transfer-exported")
            .with("path", path.display().to_string())
            .with("count", count);
        console.answer(&console.say(&line));
    }
    Ok(())
}
