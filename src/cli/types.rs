//! `coldaisle types`: the community's device type library.

use std::path::{Path, PathBuf};

use indicatif::ProgressBar;

use super::Common;
use super::console::Console;
use super::import_told::progress;
use crate::app;
use crate::base::fault::{Fault, Message};
use crate::base::time::Timestamp;
use crate::exchange::library::{
    FileFinding, LibraryFile, LibraryMode, LibraryReport, Listed, library_import,
};
use crate::exchange::parcel::{is_yaml, is_zip, unpack};
use crate::identity::Actor;

/// Most files of a folder.
const MAX_FILES: usize = 60_000;
/// Deepest folder below the one that is named.
const MAX_DEPTH: usize = 8;
/// Largest zip that is read whole.
const MAX_ZIP: u64 = 2 * 1024 * 1024 * 1024;

/// What is done with device types.
#[derive(Debug, clap::Subcommand)]
pub enum Types {
    /// Import files of the NetBox device type library: all of them, or none
    Import(Import),
}

/// Arguments of `types import`.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// YAML files, folders with them (the whole library), or a zip of them
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Only say what would happen; write nothing
    #[arg(long)]
    dry_run: bool,
    /// Leave out files that are of no use and import the others
    #[arg(long)]
    keep_going: bool,
}

/// Runs a command. Exit code 0 done, 1 something is wrong and nothing was written, 2 wrong arguments.
pub async fn run(console: &Console, common: &Common, command: Types) -> i32 {
    let Types::Import(args) = command;
    let files = match gather(&args.paths) {
        Ok(files) => files,
        Err(fault) => {
            console.complain(&console.fault(&fault));
            return 2;
        }
    };
    let config = match common.config(console, Vec::new()) {
        Ok(config) => config,
        Err(code) => return code,
    };
    let store = match app::open_store(&config, false) {
        Ok(store) => store,
        Err(error) => return console.failed_app(&error),
    };
    let mode = LibraryMode {
        dry_run: args.dry_run,
        keep_going: args.keep_going,
    };
    // Each file is looked at twice: read, then written.
    let bar: ProgressBar = progress(files.len().saturating_mul(2));
    let actor = Actor::terminal(Timestamp::now());
    let report = library_import(&store, &actor, files, mode, &|files| bar.inc(files));
    bar.finish_and_clear();
    match report {
        Ok(report) => tell(console, &report, mode),
        Err(fault) => console.failed(&fault),
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Fault {
    let message = Message::new("library-no-path")
        .with("path", path.display().to_string())
        .with("fault", error.to_string());
    Fault::field("path", message)
}

/// All YAML files of the paths that were named.
fn gather(paths: &[PathBuf]) -> Result<Vec<LibraryFile>, Fault> {
    let mut files = Vec::new();
    for path in paths {
        let found = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
        if found.is_dir() {
            folder(path, 0, &mut files)?;
        } else if found.len() > MAX_ZIP {
            return Err(Fault::field("path", Message::new("library-zip-too-large")));
        } else {
            let bytes = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
            if is_zip(&bytes) {
                files.extend(unpack(&bytes)?);
            } else {
                let name = path.display().to_string();
                files.push(LibraryFile { name, bytes });
            }
        }
    }
    if files.is_empty() {
        return Err(Fault::field("path", Message::new("library-no-files")));
    }
    Ok(files)
}

/// The YAML files of a folder and of those in it. Links are not followed, hidden folders not entered.
fn folder(path: &Path, depth: usize, files: &mut Vec<LibraryFile>) -> Result<(), Fault> {
    if depth > MAX_DEPTH {
        return Ok(());
    }
    let entries = std::fs::read_dir(path).map_err(|error| unreadable(path, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(path, &error))?;
        let below = entry.path();
        let kind = entry
            .file_type()
            .map_err(|error| unreadable(&below, &error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if kind.is_dir() && !name.starts_with('.') {
            folder(&below, depth + 1, files)?;
        } else if kind.is_file() && is_yaml(&name) {
            if files.len() >= MAX_FILES {
                let message = Message::new("library-zip-entries").with("max", MAX_FILES);
                return Err(Fault::field("path", message));
            }
            let bytes = std::fs::read(&below).map_err(|error| unreadable(&below, &error))?;
            let name = below.display().to_string();
            files.push(LibraryFile { name, bytes });
        }
    }
    Ok(())
}

fn tell(console: &Console, report: &LibraryReport, mode: LibraryMode) -> i32 {
    list(console, "library-odd-title", &report.odd);
    list(console, "library-wrong-title", &report.wrong);
    let counts = Message::new("library-counts")
        .with("files", report.files)
        .with("created", report.created)
        .with("updated", report.updated)
        .with("unchanged", report.unchanged)
        .with("modules", report.modules);
    console.answer(&console.say(&counts));
    let understood = Message::new("library-understood")
        .with("understood", report.understood)
        .with("odd", report.odd.count)
        .with("wrong", report.wrong_files)
        .with("left", report.left_out);
    console.answer(&console.say(&understood));
    let done = if report.written {
        "library-written"
    } else if report.wrong_files > 0 && !mode.keep_going {
        "library-not-written"
    } else {
        "library-dry-run"
    };
    console.answer(&console.text(done));
    i32::from(report.wrong_files > 0 && !mode.keep_going)
}

fn list(console: &Console, title: &'static str, listed: &Listed) {
    if listed.count == 0 {
        return;
    }
    console.complain(&console.say(&Message::new(title).with("count", listed.count)));
    for found in &listed.shown {
        console.complain(&line(console, found));
    }
    let more = listed.count.saturating_sub(listed.shown.len());
    if more > 0 {
        console.complain(&console.say(&Message::new("transfer-more-faults").with("count", more)));
    }
}

/// `file:line:place: words (value)`.
fn line(console: &Console, found: &FileFinding) -> String {
    let finding = &found.finding;
    let mut place = found.file.clone();
    if finding.line > 0 {
        place.push_str(&format!(":{}", finding.line));
    }
    if !finding.place.is_empty() {
        place.push_str(&format!(": {}", finding.place));
    }
    let words = console.say(&finding.message);
    if finding.value.is_empty() {
        format!("  {place}: {words}")
    } else {
        format!("  {place}: {words} ({})", finding.value)
    }
}
