//! The sample machine room, carried by the program itself.

use rust_embed::RustEmbed;

use crate::base::fault::Fault;
use crate::base::fields::Fields;
use crate::exchange::{self, ImportFile, KINDS};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/inventory/sample"]
struct Files;

/// All files of the sample, read.
pub fn files() -> Result<Vec<ImportFile>, Fault> {
    KINDS.iter().map(|kind| file(kind.name)).collect()
}

/// The rows of one kind.
pub fn rows(kind: &str) -> Result<Vec<Fields>, Fault> {
    Ok(file(kind)?.rows.into_iter().map(|row| row.fields).collect())
}

fn file(name: &str) -> Result<ImportFile, Fault> {
    let path = format!("{name}.csv");
    let kind = exchange::kind(name).ok_or_else(|| Fault::internal(format!("no kind {name}")))?;
    let content = Files::get(&path).ok_or_else(|| Fault::internal(format!("no sample {path}")))?;
    let rows = exchange::read(kind, &path, &content.data)
        .map_err(|faults| Fault::internal(format!("sample {path}: {faults:?}")))?;
    Ok(ImportFile::new(path, kind, rows))
}
