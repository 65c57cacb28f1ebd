//! `coldaisle import`: CSV files into the database, all rows or none.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};

use super::Common;
use super::console::Console;
use crate::app;
use crate::base::fault::{Fault, Message};
use crate::base::seal::Keyring;
use crate::base::time::Timestamp;
use crate::exchange::{self, Context, ImportFile, Kind, Report, RowFault};
use crate::identity::Actor;
use crate::store::Store;

/// Exit code of arguments that make no sense.
const BAD_ARGUMENTS: i32 = 2;

/// Arguments of `import`.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// A CSV file, or a folder with files named after what they hold (sites.csv, racks.csv, …)
    #[arg(value_name = "DIR|FILE")]
    path: PathBuf,
    /// What the file holds, when its name does not say it
    #[arg(long)]
    kind: Option<String>,
    /// Only say what would happen; write nothing
    #[arg(long)]
    dry_run: bool,
}

/// A file that is to be read.
struct Source {
    kind: &'static Kind,
    path: PathBuf,
}

/// Imports a file or a folder. Exit code 0 done, 1 something is wrong and nothing was written, 2 wrong arguments.
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
    let files = match read(&sources) {
        Ok(files) => files,
        Err(faults) => return tell_faults(console, &Report::unread(faults)),
    };
    match import(&store, keys.ring(), files, args.dry_run) {
        Ok(report) if report.fault_count == 0 => {
            tell_counts(console, &report);
            0
        }
        Ok(report) => tell_faults(console, &report),
        Err(fault) => console.failed(&fault),
    }
}

/// The files to read, in the order of their kinds.
fn sources(console: &Console, args: &Import) -> Result<Vec<Source>, Message> {
    let path = args.path.as_path();
    let shown = || path.display().to_string();
    let found = std::fs::metadata(path).map_err(|fault| {
        Message::new("transfer-no-path")
            .with("path", shown())
            .with("fault", fault.to_string())
    })?;
    if found.is_dir() {
        if args.kind.is_some() {
            return Err(Message::new("transfer-kind-of-folder").with("path", shown()));
        }
        return folder(console, path);
    }
    let name = match &args.kind {
        Some(kind) => kind.clone(),
        None => stem(path),
    };
    let kind = exchange::kind(&name).ok_or_else(|| {
        Message::new("transfer-no-kind")
            .with("kind", name)
            .with("allowed", kinds())
    })?;
    Ok(vec![Source {
        kind,
        path: path.to_owned(),
    }])
}

fn folder(console: &Console, path: &Path) -> Result<Vec<Source>, Message> {
    let system = |fault: std::io::Error| {
        Message::new("transfer-no-path")
            .with("path", path.display().to_string())
            .with("fault", fault.to_string())
    };
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(path).map_err(system)? {
        let file = entry.map_err(system)?.path();
        if file.extension().is_none_or(|ending| ending != "csv") {
            continue;
        }
        match exchange::KINDS
            .iter()
            .position(|kind| kind.name == stem(&file))
        {
            Some(place) => {
                found.insert(place, file);
            }
            None => {
                let left =
                    Message::new("transfer-left-out").with("path", file.display().to_string());
                console.complain(&console.say(&left));
            }
        }
    }
    let sources: Vec<Source> = found
        .into_iter()
        .filter_map(|(place, path)| {
            Some(Source {
                kind: exchange::KINDS.get(place)?,
                path,
            })
        })
        .collect();
    if sources.is_empty() {
        return Err(Message::new("transfer-empty-folder")
            .with("path", path.display().to_string())
            .with("allowed", kinds()));
    }
    Ok(sources)
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
fn read(sources: &[Source]) -> Result<Vec<ImportFile>, Vec<RowFault>> {
    let (mut files, mut faults) = (Vec::new(), Vec::new());
    for source in sources {
        let name = source.path.display().to_string();
        let bytes = match std::fs::read(&source.path) {
            Ok(bytes) => bytes,
            Err(fault) => {
                faults.push(unreadable(name, &fault));
                continue;
            }
        };
        match exchange::read(source.kind, &name, &bytes) {
            Ok(rows) => files.push(ImportFile {
                name,
                kind: source.kind,
                rows,
            }),
            Err(wrong) => faults.extend(wrong),
        }
    }
    if faults.is_empty() {
        Ok(files)
    } else {
        Err(faults)
    }
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
    store: &Store,
    keyring: &Keyring,
    files: Vec<ImportFile>,
    dry_run: bool,
) -> Result<Report, Fault> {
    let actor = Actor::terminal(Timestamp::now());
    let context = Context {
        actor: &actor,
        keyring,
    };
    let count: usize = files.iter().map(|file| file.rows.len()).sum();
    let bar = progress(count);
    let report = exchange::import(store, &context, files, dry_run, &|rows| bar.inc(rows));
    bar.finish_and_clear();
    report
}

/// A bar on standard error when that is a terminal, else nothing.
pub(super) fn progress(count: usize) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(count).unwrap_or(u64::MAX));
    match ProgressStyle::with_template("{bar:40} {pos}/{len}  {elapsed}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn tell_counts(console: &Console, report: &Report) {
    for (file, created, updated, unchanged) in &report.files {
        let counts = Message::new("import-counts")
            .with("created", *created)
            .with("updated", *updated)
            .with("unchanged", *unchanged);
        console.answer(&format!("{file}: {}", console.say(&counts)));
    }
    let done = if report.written {
        Message::new("import-written")
    } else {
        Message::new("transfer-dry-run")
    };
    console.answer(&console.say(&done));
}

/// One line each, `file:line:column: words (value)`; gives the exit code.
fn tell_faults(console: &Console, report: &Report) -> i32 {
    for fault in &report.faults {
        eprintln!("{}", line(console, fault));
    }
    let more = report.fault_count.saturating_sub(report.faults.len());
    if more > 0 {
        console.complain(&console.say(&Message::new("transfer-more-faults").with("count", more)));
    }
    let all = Message::new("import-faults").with("count", report.fault_count);
    console.complain(&console.say(&all));
    1
}

fn line(console: &Console, fault: &RowFault) -> String {
    let mut place = fault.file.clone();
    if fault.line > 0 {
        place.push_str(&format!(":{}", fault.line));
    }
    if !fault.column.is_empty() {
        place.push_str(&format!(":{}", fault.column));
    }
    let words = console.say(&fault.message);
    if fault.value.is_empty() {
        format!("{place}: {words}")
    } else {
        format!("{place}: {words} ({})", fault.value)
    }
}
