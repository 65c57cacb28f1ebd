//! Imports files of the device type library: all of them or none, or with `keep_going` those that are right.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use crate::base::change::Change;
use crate::base::fault::{Fault, FaultKind, Message};
use crate::identity::{Actor, Permission};
use crate::inventory::device_type_define;
use crate::inventory::library::{Definition, Finding, Sort, read};
use crate::store::portable::savepoint;
use crate::store::{Conn, Store};

/// Findings and faults kept in a report; more are only counted.
const SHOWN: usize = 1000;

/// A file as it came.
#[derive(Debug, Clone)]
pub struct LibraryFile {
    /// Its path, for messages; folders tell device types from module types.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Something found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFinding {
    /// The file.
    pub file: String,
    /// What was found.
    pub finding: Finding,
}

/// A list that counts on when it is full.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    /// The first ones.
    pub shown: Vec<FileFinding>,
    /// All of them.
    pub count: usize,
}

impl Listed {
    fn add(&mut self, file: &str, finding: Finding) {
        self.count += 1;
        if self.shown.len() < SHOWN {
            let file = file.to_owned();
            self.shown.push(FileFinding { file, finding });
        }
    }
}

/// What an import of the library found and did, or would do.
#[derive(Debug, Clone, Default)]
pub struct LibraryReport {
    /// Files that were read.
    pub files: usize,
    /// Files that describe no type: they are left alone.
    pub left_out: usize,
    /// New types.
    pub created: usize,
    /// Changed types.
    pub updated: usize,
    /// Types that are as they were.
    pub unchanged: usize,
    /// Module types: read and checked; nothing keeps them yet.
    pub modules: usize,
    /// Files of which everything was understood.
    pub understood: usize,
    /// What was not understood, in files that are used all the same.
    pub odd: Listed,
    /// How often each place of the format was not understood: `interfaces.poe_mode`.
    pub odd_places: BTreeMap<String, usize>,
    /// Files that are of no use, and why.
    pub wrong: Listed,
    /// How many files are of no use.
    pub wrong_files: usize,
    /// Whether anything was written.
    pub written: bool,
}

/// How an import goes about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LibraryMode {
    /// Say what would happen; write nothing.
    pub dry_run: bool,
    /// Leave out files of no use and take the others.
    pub keep_going: bool,
}

/// The files of a library among those of a folder or zip, with what each describes. When there are folders of device types or
/// module types, only what lies in them counts.
fn sorted(files: Vec<LibraryFile>) -> (Vec<(LibraryFile, Option<Sort>)>, usize) {
    let all = files.len();
    let with: Vec<_> = files
        .into_iter()
        .map(|file| {
            let sort = sort_of(&file.name);
            (file, sort)
        })
        .collect();
    let has_folders = with.iter().any(|(_, sort)| sort.is_some());
    let kept: Vec<_> = with
        .into_iter()
        .filter(|(_, sort)| !has_folders || sort.is_some())
        .collect();
    let left_out = all - kept.len();
    (kept, left_out)
}

fn sort_of(name: &str) -> Option<Sort> {
    name.split('/')
        .rev()
        .skip(1)
        .find_map(|folder| match folder {
            "device-types" => Some(Sort::Device),
            "module-types" => Some(Sort::Module),
            _ => None,
        })
}

/// Reads and imports files; `progress` is told of each file that was looked at.
pub fn library_import(
    store: &Store,
    actor: &Actor,
    files: Vec<LibraryFile>,
    mode: LibraryMode,
    progress: &dyn Fn(u64),
) -> Result<LibraryReport, Fault> {
    actor.require(Permission::EditDevices)?;
    let (found, definitions) = read_all(files, progress);
    let kept: Mutex<Option<LibraryReport>> = Mutex::new(None);
    let outcome = store.write_blocking("device_type.library", |c| {
        let mut report = found.clone();
        for (name, definition) in &definitions {
            define(c, actor, name, definition, &mut report)?;
            progress(1);
        }
        let write = !mode.dry_run && (report.wrong_files == 0 || mode.keep_going);
        report.written = write;
        if write {
            return Ok(report);
        }
        if let Ok(mut kept) = kept.lock() {
            *kept = Some(report);
        }
        let message = Message::new("import-rolled-back");
        Err(Fault::new(FaultKind::Conflict, message))
    });
    match (outcome, kept.into_inner()) {
        (Ok(report), _) => Ok(report),
        (Err(fault), Ok(Some(report))) if fault.message.key == "import-rolled-back" => Ok(report),
        (Err(fault), _) => Err(fault),
    }
}

/// Reads all files; those of device types come back, in the order of their names.
fn read_all(
    files: Vec<LibraryFile>,
    progress: &dyn Fn(u64),
) -> (LibraryReport, Vec<(String, Definition)>) {
    let (mut files, left_out) = sorted(files);
    files.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name));
    let mut report = LibraryReport {
        files: files.len(),
        left_out,
        ..LibraryReport::default()
    };
    let mut definitions = Vec::new();
    let mut slugs: HashMap<String, String> = HashMap::new();
    for (file, sort) in files {
        let read = read(&file.bytes, sort);
        progress(1);
        match read {
            Err(wrong) => note_wrong(&mut report, &file.name, wrong),
            Ok((definition, odd)) => {
                note_odd(&mut report, &file.name, odd);
                if definition.sort == Sort::Module {
                    report.modules += 1;
                    continue;
                }
                let slug = definition.slug.clone();
                match slugs.insert(slug.clone(), file.name.clone()) {
                    Some(other) => {
                        let message = Message::new("library-slug-twice").with("file", other);
                        let finding = Finding::new(0, "slug", &slug, message);
                        note_wrong(&mut report, &file.name, vec![finding]);
                    }
                    None => definitions.push((file.name, definition)),
                }
            }
        }
    }
    (report, definitions)
}

fn note_wrong(report: &mut LibraryReport, file: &str, wrong: Vec<Finding>) {
    report.wrong_files += 1;
    for finding in wrong {
        report.wrong.add(file, finding);
    }
}

fn note_odd(report: &mut LibraryReport, file: &str, odd: Vec<Finding>) {
    if odd.is_empty() {
        report.understood += 1;
    }
    for finding in odd {
        *report
            .odd_places
            .entry(without_numbers(&finding.place))
            .or_default() += 1;
        report.odd.add(file, finding);
    }
}

/// `interfaces[3].type` as `interfaces.type`.
fn without_numbers(place: &str) -> String {
    let mut inside = false;
    place
        .chars()
        .filter(|c| {
            inside = (inside || *c == '[') && *c != ']';
            !inside && *c != ']'
        })
        .collect()
}

fn define(
    c: &mut Conn,
    actor: &Actor,
    name: &str,
    definition: &Definition,
    report: &mut LibraryReport,
) -> Result<(), Fault> {
    // A savepoint each: a type that fails must leave nothing behind, and PostgreSQL ready to go on.
    match savepoint(c, |c| device_type_define(c, actor, definition)) {
        Ok(Change::Created) => report.created += 1,
        Ok(Change::Updated) => report.updated += 1,
        Ok(Change::Unchanged) => report.unchanged += 1,
        Err(fault) if fault.retryable => return Err(fault),
        Err(fault) => match fault.kind {
            FaultKind::Invalid | FaultKind::Conflict | FaultKind::Stale => {
                note_wrong(report, name, findings_of(&fault));
            }
            _ => return Err(fault),
        },
    }
    Ok(())
}

fn findings_of(fault: &Fault) -> Vec<Finding> {
    if fault.fields.is_empty() {
        return vec![Finding::new(0, "", "", fault.message.clone())];
    }
    let fields = fault.fields.iter();
    fields
        .map(|field| Finding::new(0, field.field.as_ref(), "", field.message.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_tell_what_a_file_describes() {
        let file = |name: &str| LibraryFile {
            name: name.to_owned(),
            bytes: Vec::new(),
        };
        let names = |files: Vec<&str>| {
            let (kept, left_out) = sorted(files.into_iter().map(file).collect());
            let kept: Vec<_> = kept
                .into_iter()
                .map(|(file, sort)| (file.name, sort))
                .collect();
            (kept, left_out)
        };
        let (kept, left_out) = names(vec![
            "lib/device-types/M/x.yaml",
            "lib/module-types/M/y.yaml",
            "lib/.pre-commit-config.yaml",
        ]);
        assert_eq!(left_out, 1);
        assert_eq!(
            kept,
            [
                ("lib/device-types/M/x.yaml".to_owned(), Some(Sort::Device)),
                ("lib/module-types/M/y.yaml".to_owned(), Some(Sort::Module)),
            ]
        );
        assert_eq!(
            names(vec!["x.yaml"]),
            (vec![("x.yaml".to_owned(), None)], 0)
        );
    }

    #[test]
    fn places_are_counted_without_their_numbers() {
        assert_eq!(without_numbers("interfaces[12].type"), "interfaces.type");
        assert_eq!(without_numbers("comments"), "comments");
    }
}
