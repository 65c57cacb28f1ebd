//! `coldaisle import`: CSV files and workbooks into the database, all rows or none.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Common;
use super::console::Console;
use super::import_told::{Told, tell_counts, tell_differences, tell_faults, tell_notes};
use crate::app;
use crate::base::fault::{Fault, Message};
use crate::base::seal::Keyring;
use crate::base::time::Timestamp;
use crate::exchange::{self, Context, ImportFile, Kind, Report, RowFault, netbox};
use crate::identity::Actor;
use crate::store::Store;

/// Exit code of arguments that make no sense.
const BAD_ARGUMENTS: i32 = 2;
/// Endings of files that are read.
const ENDINGS: &[&str] = &["csv", "xlsx"];

/// Whose files they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Program {
    /// CSV exports of NetBox: sites, racks, device types, devices, interfaces, prefixes, IP addresses
    Netbox,
}

/// Arguments of `import`.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// CSV files or workbooks (.xlsx), or a folder with files named after what they hold (sites.csv, racks.xlsx, …)
    #[arg(value_name = "DIR|FILE", required = true)]
    paths: Vec<PathBuf>,
    /// What the file holds, when its name does not say it
    #[arg(long, conflicts_with = "from")]
    kind: Option<String>,
    /// The files are exports of another program; their columns are known
    #[arg(long, value_name = "PROGRAM")]
    from: Option<Program>,
    /// Only say what would happen, and what would be different; write nothing
    #[arg(long)]
    dry_run: bool,
}

/// A file that is to be read.
struct Source {
    /// None when its header says what it holds.
    kind: Option<&'static Kind>,
    path: PathBuf,
}

/// Files that were read, and what is to be said about how.
#[derive(Default)]
struct Read {
    files: Vec<ImportFile>,
    notes: Vec<RowFault>,
    note_count: usize,
}

/// Imports files or folders. Exit code 0 done, 1 something is wrong and nothing was written, 2 wrong arguments.
pub async fn run(console: &Console, common: &Common, args: Import) -> i32 {
    let sources = match sources(console, &args) {
        Ok(sources) => sources,
        Err(message) => {
            console.complain(&console.say(&message));
            return BAD_ARGUMENTS;
        }
    };
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
    match import(console, &store, keys.ring(), &sources, args.dry_run) {
        Ok(report) => {
            tell_notes(console, &report);
            if report.fault_count > 0 {
                return tell_faults(console, &report);
            }
            if args.dry_run {
                tell_differences(console, &report);
            }
            tell_counts(console, &report);
            0
        }
        Err(fault) => console.failed(&fault),
    }
}

/// The files to read.
fn sources(console: &Console, args: &Import) -> Result<Vec<Source>, Message> {
    let mut sources = Vec::new();
    for path in &args.paths {
        let found = std::fs::metadata(path).map_err(|fault| {
            Message::new("transfer-no-path")
                .with("path", path.display().to_string())
                .with("fault", fault.to_string())
        })?;
        if !found.is_dir() {
            let kind = match args.from {
                Some(Program::Netbox) => None,
                None => Some(kind_of(path, args.kind.as_deref())?),
            };
            let path = path.clone();
            sources.push(Source { kind, path });
        } else if args.kind.is_some() {
            let path = path.display().to_string();
            return Err(Message::new("transfer-kind-of-folder").with("path", path));
        } else {
            sources.extend(folder(console, path, args.from)?);
        }
    }
    Ok(sources)
}

/// What a file holds, by what was said or by its name.
fn kind_of(path: &Path, said: Option<&str>) -> Result<&'static Kind, Message> {
    let name = said.map_or_else(|| stem(path), str::to_owned);
    exchange::kind(&name).ok_or_else(|| {
        Message::new("transfer-no-kind")
            .with("kind", name)
            .with("allowed", kinds())
    })
}

fn folder(console: &Console, path: &Path, from: Option<Program>) -> Result<Vec<Source>, Message> {
    let system = |fault: std::io::Error| {
        Message::new("transfer-no-path")
            .with("path", path.display().to_string())
            .with("fault", fault.to_string())
    };
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(path).map_err(system)? {
        let file = entry.map_err(system)?.path();
        let ending = file.extension().map(|ending| ending.to_ascii_lowercase());
        if !ending.is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known)) {
            continue;
        }
        let kind = exchange::kind(&stem(&file));
        if kind.is_none() && from.is_none() {
            let left = Message::new("transfer-left-out").with("path", file.display().to_string());
            console.complain(&console.say(&left));
            continue;
        }
        found.insert(file, kind.filter(|_| from.is_none()));
    }
    if found.is_empty() {
        return Err(Message::new("transfer-empty-folder")
            .with("path", path.display().to_string())
            .with("allowed", kinds()));
    }
    let sources = found.into_iter().map(|(path, kind)| Source { kind, path });
    Ok(sources.collect())
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

/// All kinds by name, as they are imported.
pub(super) fn kinds() -> String {
    let names: Vec<&str> = exchange::KINDS.iter().map(|kind| kind.name).collect();
    names.join(", ")
}

/// Reads all files; the faults of all of them come together.
fn read(
    store: &Store,
    context: &Context<'_>,
    sources: &[Source],
) -> Result<Result<Read, Vec<RowFault>>, Fault> {
    let (mut read, mut faults) = (Read::default(), Vec::new());
    let mut foreign = Vec::new();
    for source in sources {
        let name = source.path.display().to_string();
        let bytes = match std::fs::read(&source.path) {
            Ok(bytes) => bytes,
            Err(fault) => {
                faults.push(unreadable(name, &fault));
                continue;
            }
        };
        let Some(kind) = source.kind else {
            foreign.push((name, bytes));
            continue;
        };
        match exchange::read(kind, &name, &bytes) {
            Ok(rows) => read.files.push(ImportFile::new(name, kind, rows)),
            Err(wrong) => faults.extend(wrong),
        }
    }
    if !foreign.is_empty() {
        match netbox::read(store, context, &foreign, context.actor.now)? {
            Ok(translated) => {
                read.files.extend(translated.files);
                read.notes = translated.notes;
                read.note_count = translated.note_count;
            }
            Err(wrong) => faults.extend(wrong),
        }
    }
    Ok(if faults.is_empty() {
        Ok(read)
    } else {
        Err(faults)
    })
}

fn unreadable(file: String, fault: &std::io::Error) -> RowFault {
    RowFault {
        message: Message::new("transfer-unreadable").with("fault", fault.to_string()),
        file,
        line: 0,
        column: String::new(),
        value: String::new(),
    }
}

fn import(
    console: &Console,
    store: &Store,
    keyring: &Keyring,
    sources: &[Source],
    dry_run: bool,
) -> Result<Report, Fault> {
    let actor = Actor::terminal(Timestamp::now());
    let context = Context {
        actor: &actor,
        keyring,
    };
    let read = match read(store, &context, sources)? {
        Ok(read) => read,
        Err(faults) => return Ok(Report::unread(faults)),
    };
    let count: usize = read.files.iter().map(|file| file.rows.len()).sum();
    let told = Told::new(console, count);
    let report = exchange::import(store, &context, read.files, dry_run, &|step| told.at(step));
    told.finish();
    Ok(report?.noted(read.notes, read.note_count))
}
