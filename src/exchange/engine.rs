//! Runs an import in one transaction, or an export.

use std::sync::Mutex;

use super::kinds::{Context, Kind};
use super::reading::Row;
use super::report::{Report, RowFault};
use crate::base::change::Change;
use crate::base::fault::{Fault, FaultKind, Message};
use crate::identity::Permission;
use crate::store::portable::savepoint;
use crate::store::{Conn, Store};

/// The rows of one file.
pub struct ImportFile {
    /// Name of the file, for messages.
    pub name: String,
    /// What it holds.
    pub kind: &'static Kind,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// Imports files in the order of their kinds: all rows or none. A dry run writes nothing but says the same.
/// `progress` is told of each row that was looked at.
pub fn import(
    store: &Store,
    context: &Context<'_>,
    mut files: Vec<ImportFile>,
    dry_run: bool,
    progress: &dyn Fn(u64),
) -> Result<Report, Fault> {
    context.actor.require(Permission::ImportExport)?;
    files.sort_by_key(|file| {
        super::KINDS
            .iter()
            .position(|kind| kind.name == file.kind.name)
    });
    let kept: Mutex<Option<Report>> = Mutex::new(None);
    let outcome = store.write_blocking("import", |c| {
        let mut report = Report::default();
        for file in &files {
            import_file(c, context, file, &mut report, progress)?;
        }
        let write = !dry_run && report.fault_count == 0;
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

fn import_file(
    c: &mut Conn,
    context: &Context<'_>,
    file: &ImportFile,
    report: &mut Report,
    progress: &dyn Fn(u64),
) -> Result<(), Fault> {
    let (mut created, mut updated, mut unchanged) = (0, 0, 0);
    for row in &file.rows {
        // A savepoint each: a row that fails must leave nothing behind, and PostgreSQL ready to go on.
        let outcome = savepoint(c, |c| (file.kind.import_row)(c, context, &row.fields));
        progress(1);
        match outcome {
            Ok(Change::Created) => created += 1,
            Ok(Change::Updated) => updated += 1,
            Ok(Change::Unchanged) => unchanged += 1,
            Err(fault) if fault.retryable => return Err(fault),
            Err(fault) => match fault.kind {
                FaultKind::Internal
                | FaultKind::Unavailable
                | FaultKind::Forbidden
                | FaultKind::Unauthenticated => {
                    return Err(fault);
                }
                _ => note(report, file, row, &fault),
            },
        }
    }
    report
        .files
        .push((file.name.clone(), created, updated, unchanged));
    Ok(())
}

fn note(report: &mut Report, file: &ImportFile, row: &Row, fault: &Fault) {
    let at = |column: &str, message: &Message| RowFault {
        file: file.name.clone(),
        line: row.line,
        column: column.to_owned(),
        value: if is_secret(column) {
            String::new()
        } else {
            row.fields.get(column).chars().take(80).collect()
        },
        message: message.clone(),
    };
    if fault.fields.is_empty() {
        report.add(at("", &fault.message));
    }
    for field in &fault.fields {
        report.add(at(&field.field, &field.message));
    }
}

fn is_secret(column: &str) -> bool {
    column.contains("password") || matches!(column, "kg" | "community")
}

/// All live records of a kind.
pub fn export(c: &mut Conn, context: &Context<'_>, kind: &Kind) -> Result<Vec<Vec<String>>, Fault> {
    context.actor.require(Permission::ImportExport)?;
    (kind.export_rows)(c, context)
}
