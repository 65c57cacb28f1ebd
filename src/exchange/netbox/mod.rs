//! CSV exports of NetBox 4 as they come: known by their header, brought into rows of our kinds. What has no place here, what
//! was filled in and what was read as something else is noted with file, line, column and value.

mod addresses;
mod cables;
mod columns;
mod devices;
mod known;
mod places;
mod translation;

use self::columns::Sort;
use self::known::Known;
use self::translation::Translation;
use super::cells::{Sheet, fault_at};
use super::kinds::Context;
use super::reading::{ImportFile, read_sheet};
use super::report::RowFault;
use crate::base::fault::{Fault, Message};
use crate::base::time::Timestamp;
use crate::store::Store;

/// Whether a header is one of NetBox's.
pub fn is_netbox(header: &[String]) -> bool {
    Sort::of_header(header).is_some()
}

/// Files of NetBox as rows of ours.
#[derive(Debug)]
pub struct Translated {
    /// The rows, by file and kind.
    pub files: Vec<ImportFile>,
    /// What was not taken over as it stands, and what was filled in: the first of it.
    pub notes: Vec<RowFault>,
    /// All of it.
    pub note_count: usize,
}

/// Reads files by name and content. The inner faults are those of the files. What has no day is taken to be so since `now`.
pub fn read(
    store: &Store,
    context: &Context<'_>,
    files: &[(String, Vec<u8>)],
    now: Timestamp,
) -> Result<Result<Translated, Vec<RowFault>>, Fault> {
    let (mut sheets, mut faults) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        match read_sheet("netbox", name, bytes) {
            Ok(sheet) => match Sort::of_header(&sheet.header) {
                Some(sort) => sheets.push((sort, name.as_str(), sheet)),
                None => faults.push(fault_at(name, 1, "", Message::new("netbox-unknown"))),
            },
            Err(wrong) => faults.extend(wrong),
        }
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    // What others refer to comes first, whatever the order of the files.
    sheets.sort_by_key(|(sort, ..)| *sort);
    let known = store.read_blocking(|c| Known::read(c, context))?;
    let mut translation = Translation::new(known, now);
    for (sort, name, sheet) in sheets {
        translate(&mut translation, sort, name, sheet);
    }
    let (files, notes, note_count) = translation.finished();
    Ok(Ok(Translated {
        files,
        notes,
        note_count,
    }))
}

fn translate(into: &mut Translation, sort: Sort, name: &str, sheet: Sheet) {
    for line in into.lines(name, sort, sheet) {
        match sort {
            Sort::Sites => places::site(into, &line),
            Sort::Racks => places::rack(into, &line),
            Sort::DeviceTypes => devices::device_type(into, &line),
            Sort::Devices => devices::device(into, &line),
            Sort::Interfaces => devices::interface(into, &line),
            Sort::Prefixes => addresses::prefix(into, &line),
            Sort::Addresses => addresses::address(into, &line),
            Sort::Cables => cables::cable(into, &line),
        }
    }
}
