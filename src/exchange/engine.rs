//! Runs an import in one transaction, or an export.

use std::cell::Cell;
use std::sync::Mutex;

use sha2::{Digest, Sha256};

use super::difference::{Records, row_name};
use super::kinds::{Context, KINDS, Kind};
use super::lost_digits::{is_watched, lost_digits};
use super::progress::{Progress, Stage};
use super::reading::{ImportFile, Row};
use super::report::{Report, RowDifference, RowFault};
use crate::base::change::Change;
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::fields::Fields;
use crate::base::token::hex;
use crate::identity::Permission;
use crate::store::portable::savepoint;
use crate::store::{Conn, Store};

/// What is wanted of an import.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted<'a> {
    /// Say what would happen, with what differs.
    Preview,
    /// Write it.
    Write,
    /// Write it when it does what was seen: the digest of that report.
    WriteAsSeen(&'a str),
}

impl Wanted<'_> {
    const fn stage(self) -> Stage {
        match self {
            Self::Preview => Stage::Check,
            Self::Write | Self::WriteAsSeen(_) => Stage::Write,
        }
    }
}

/// Imports files in the order of their kinds: all rows or none. A dry run writes nothing but says the same, and what differs.
/// `progress` is told of each row that was looked at; from the first row again when the transaction has to run again.
pub fn import(
    store: &Store,
    context: &Context<'_>,
    files: Vec<ImportFile>,
    dry_run: bool,
    progress: &dyn Fn(Progress),
) -> Result<Report, Fault> {
    let wanted = if dry_run {
        Wanted::Preview
    } else {
        Wanted::Write
    };
    run(store, context, files, wanted, progress)
}

/// Imports files that a dry run has reported about with this `digest`. When a row would do something else than it would have
/// then, nothing is written and the report says what it would be now ([`Report::is_other`]).
pub fn import_as_seen(
    store: &Store,
    context: &Context<'_>,
    files: Vec<ImportFile>,
    digest: &str,
    progress: &dyn Fn(Progress),
) -> Result<Report, Fault> {
    run(store, context, files, Wanted::WriteAsSeen(digest), progress)
}

fn run(
    store: &Store,
    context: &Context<'_>,
    mut files: Vec<ImportFile>,
    wanted: Wanted<'_>,
    progress: &dyn Fn(Progress),
) -> Result<Report, Fault> {
    context.actor.require(Permission::ImportExport)?;
    files.sort_by_key(|file| KINDS.iter().position(|kind| kind.name == file.kind.name));
    let of = files.iter().map(|file| file.rows.len()).sum();
    let kept: Mutex<Option<Report>> = Mutex::new(None);
    let outcome = store.write_blocking("import", |c| {
        let mut report = Report::default();
        let mut digest = Sha256::new();
        let done = Cell::new(0_usize);
        let step = || {
            done.set(done.get().saturating_add(1));
            progress(Progress {
                stage: wanted.stage(),
                done: done.get(),
                of,
            });
        };
        for file in &files {
            let mut one = One {
                context,
                file,
                wanted,
                report: &mut report,
                digest: &mut digest,
            };
            one.import(c, &step)?;
        }
        report.digest = hex(&digest.finalize());
        report.is_other = match wanted {
            Wanted::WriteAsSeen(seen) => seen != report.digest || report.fault_count > 0,
            Wanted::Preview | Wanted::Write => false,
        };
        let write = wanted != Wanted::Preview && report.fault_count == 0 && !report.is_other;
        report.written = write;
        if write {
            return Ok(report);
        }
        if let Ok(mut kept) = kept.lock() {
            *kept = Some(report);
        }
        Err(Fault::new(
            FaultKind::Conflict,
            Message::new("import-rolled-back"),
        ))
    });
    match (outcome, kept.into_inner()) {
        (Ok(report), _) => Ok(report),
        (Err(fault), Ok(Some(report))) if fault.message.key == "import-rolled-back" => Ok(report),
        (Err(fault), _) => Err(fault),
    }
}

/// One file of an import.
struct One<'a> {
    context: &'a Context<'a>,
    file: &'a ImportFile,
    wanted: Wanted<'a>,
    report: &'a mut Report,
    digest: &'a mut Sha256,
}

impl One<'_> {
    fn import(&mut self, c: &mut Conn, step: &dyn Fn()) -> Result<(), Fault> {
        let file = self.file;
        let kind = file.kind;
        let says_differences = self.wanted != Wanted::Write;
        let before = if says_differences
            || file.keeps_missing
            || is_watched(kind.columns)
            || file.rows.iter().any(|row| row.only_new)
        {
            self.records(c)?
        } else {
            Records::default()
        };
        let (mut created, mut updated, mut unchanged) = (0, Vec::new(), 0);
        for row in &file.rows {
            match self.row(c, row, &before)? {
                Some(Change::Created) => created += 1,
                Some(Change::Updated) => updated.push(row),
                Some(Change::Unchanged) => unchanged += 1,
                None => {}
            }
            step();
        }
        let name = if file.keeps_missing {
            format!("{} → {}", file.name, kind.name)
        } else {
            file.name.clone()
        };
        let counts = (name, created, updated.len(), unchanged);
        if says_differences {
            let after = self.records(c)?;
            let said = format!("{} {created} {} {unchanged}\n", kind.name, updated.len());
            self.digest.update(said);
            before.digest(&after, self.digest);
            for row in updated {
                self.report.add_difference(|| RowDifference {
                    file: file.name.clone(),
                    line: row.line,
                    name: row_name(kind, &row.fields),
                    fields: before.fields(&after, kind, &row.fields),
                });
            }
        }
        self.report.files.push(counts);
        Ok(())
    }

    fn records(&self, c: &mut Conn) -> Result<Records, Fault> {
        let rows = (self.file.kind.export_rows)(c, self.context)?;
        Ok(Records::of(self.file.kind, rows))
    }

    /// Imports a row; nothing when it is at fault, which is noted.
    fn row(&mut self, c: &mut Conn, row: &Row, before: &Records) -> Result<Option<Change>, Fault> {
        let kind = self.file.kind;
        let there = before.of_row(kind, &row.fields);
        if row.only_new && there.is_some() {
            return Ok(Some(Change::Unchanged));
        }
        let lost = lost_digits(row, |column| {
            let place = kind.columns.iter().position(|known| *known == column)?;
            there?.get(place).cloned()
        });
        if !lost.is_empty() {
            self.note(row, &Fault::invalid(lost));
            return Ok(None);
        }
        let filled;
        let fields = match there.filter(|_| self.file.keeps_missing) {
            Some(record) => {
                filled = filled_in(kind, &row.fields, record);
                &filled
            }
            None => &row.fields,
        };
        // A savepoint each: a row that fails must leave nothing behind, and PostgreSQL ready to go on.
        match savepoint(c, |c| (kind.import_row)(c, self.context, fields)) {
            Ok(change) => Ok(Some(change)),
            Err(fault) if fault.retryable => Err(fault),
            Err(fault) => match fault.kind {
                FaultKind::Internal
                | FaultKind::Unavailable
                | FaultKind::Forbidden
                | FaultKind::Unauthenticated => Err(fault),
                _ => {
                    self.note(row, &fault);
                    Ok(None)
                }
            },
        }
    }

    fn note(&mut self, row: &Row, fault: &Fault) {
        let file = self.file;
        let at = |column: &str, message: &Message| RowFault {
            file: file.name.clone(),
            line: row.line,
            column: file
                .headers
                .get(column)
                .map_or_else(|| column.to_owned(), Clone::clone),
            value: if is_secret(column) {
                String::new()
            } else {
                row.fields.get(column).chars().take(80).collect()
            },
            message: message.clone(),
        };
        if fault.fields.is_empty() {
            self.report.add(at("", &fault.message));
        }
        for field in &fault.fields {
            self.report.add(at(&field.field, &field.message));
        }
    }
}

/// A row with what the record has in the columns that the row does not have.
fn filled_in(kind: &Kind, row: &Fields, record: &[String]) -> Fields {
    let mut fields = row.clone();
    for (column, cell) in kind.columns.iter().zip(record) {
        if !fields.has(column) {
            fields.set(*column, cell.as_str());
        }
    }
    fields
}

fn is_secret(column: &str) -> bool {
    column.contains("password") || matches!(column, "kg" | "community")
}

/// All live records of a kind.
pub fn export(c: &mut Conn, context: &Context<'_>, kind: &Kind) -> Result<Vec<Vec<String>>, Fault> {
    context.actor.require(Permission::ImportExport)?;
    (kind.export_rows)(c, context)
}
