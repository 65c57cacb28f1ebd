//! Files as they come: CSV from Excel and its like (UTF-8 with or without a mark, GB18030, commas, semicolons or tabs), and
//! workbooks.

use std::collections::BTreeMap;

use super::cells::{
    Cell, MAX_CELLS, MAX_COLUMNS, MAX_FAULTS, MAX_ROWS, Origin, Sheet, SheetRow, column_name,
    fault_at,
};
use super::formula::unmarked;
use super::kinds::Kind;
use super::parcel::is_zip;
use super::report::RowFault;
use super::workbook_reading;
use crate::base::fault::Message;
use crate::base::fields::Fields;

/// One row with the line it starts on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// 1-based line of the file, or row of the sheet.
    pub line: u64,
    /// Columns by name.
    pub fields: Fields,
    /// Columns whose cells hold numbers and not texts, so that leading zeros may be lost.
    pub numbers: Vec<String>,
    /// A record that is there already is left as it is.
    pub only_new: bool,
}

/// The rows of one file.
#[derive(Debug, Clone)]
pub struct ImportFile {
    /// Name of the file, for messages.
    pub name: String,
    /// What it holds.
    pub kind: &'static Kind,
    /// Its rows.
    pub rows: Vec<Row>,
    /// What the file calls a column, where that differs from the kind's name of it.
    pub headers: BTreeMap<&'static str, String>,
    /// A column that a row does not have stays as it is on record.
    pub keeps_missing: bool,
}

impl ImportFile {
    /// A file whose columns are those of its kind.
    pub fn new(name: impl Into<String>, kind: &'static Kind, rows: Vec<Row>) -> Self {
        Self {
            name: name.into(),
            kind,
            rows,
            headers: BTreeMap::new(),
            keeps_missing: false,
        }
    }
}

/// Reads the rows of a kind; the faults name line and column.
pub fn read(kind: &Kind, file: &str, bytes: &[u8]) -> Result<Vec<Row>, Vec<RowFault>> {
    rows_of(kind, file, read_sheet(kind.name, file, bytes)?)
}

/// Reads a table, whatever it holds. Of a workbook it is the sheet with the wanted name, or the only one.
pub fn read_sheet(wanted: &str, file: &str, bytes: &[u8]) -> Result<Sheet, Vec<RowFault>> {
    if is_zip(bytes) {
        return workbook_reading::read(file, bytes, wanted);
    }
    read_text(file, bytes)
}

/// The rows of a table as those of a kind.
pub fn rows_of(kind: &Kind, file: &str, sheet: Sheet) -> Result<Vec<Row>, Vec<RowFault>> {
    let names: Vec<String> = sheet.header.iter().map(|name| column_name(name)).collect();
    let at = |name: &str, message| vec![fault_at(file, sheet.header_line, name, message)];
    let mut faults: Vec<RowFault> = names
        .iter()
        .filter(|name| !kind.columns.contains(&name.as_str()))
        .flat_map(|name| {
            let allowed = kind.columns.join(", ");
            let message = Message::new("import-unknown-column").with("allowed", allowed);
            at(name, message)
        })
        .collect();
    faults.extend(twice(&names).flat_map(|name| at(name, Message::new("import-column-twice"))));
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut rows = Vec::with_capacity(sheet.rows.len());
    for row in sheet.rows {
        if faults.len() >= MAX_FAULTS {
            break;
        }
        let mut fields = Fields::new();
        let mut numbers = Vec::new();
        for (name, cell) in names.iter().zip(row.cells) {
            match cell.origin {
                Origin::Text => {}
                Origin::Number => numbers.push(name.clone()),
                Origin::Rounded => faults.push(RowFault {
                    value: cell.text.clone(),
                    ..fault_at(file, row.line, name, Message::new("import-digits-lost"))
                }),
            }
            fields.push(name.clone(), cell.text);
        }
        rows.push(Row {
            line: row.line,
            fields,
            numbers,
            only_new: false,
        });
    }
    if faults.is_empty() {
        Ok(rows)
    } else {
        Err(faults)
    }
}

/// Names that are there before.
pub(super) fn twice(names: &[String]) -> impl Iterator<Item = &str> {
    names
        .iter()
        .enumerate()
        .filter(|(at, name)| names.iter().take(*at).any(|earlier| earlier == *name))
        .map(|(_, name)| name.as_str())
}

/// Reads CSV.
fn read_text(file: &str, bytes: &[u8]) -> Result<Sheet, Vec<RowFault>> {
    let fault = |line, message| fault_at(file, line, "", message);
    let text = decode(bytes).ok_or_else(|| vec![fault(0, Message::new("import-not-text"))])?;
    // The reader counts a line when it meets the line feed, which after a carriage return is one row too late.
    let text = text.replace("\r\n", "\n");
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(&text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let Some(Ok(header)) = records.next() else {
        return Err(vec![fault(1, Message::new("import-empty"))]);
    };
    if header.len() > MAX_COLUMNS {
        let message = Message::new("import-too-many-columns")
            .with("max", MAX_COLUMNS)
            .with("cell", "1");
        return Err(vec![fault(1, message)]);
    }
    let header: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
    let most_rows = MAX_ROWS.min(MAX_CELLS / header.len().max(1));
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for record in records {
        if faults.len() >= MAX_FAULTS {
            break;
        }
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                if record.iter().all(|value| value.trim().is_empty()) {
                    continue;
                }
                if record.len() != header.len() {
                    let message = Message::new("import-cell-count")
                        .with("wanted", header.len())
                        .with("found", record.len());
                    faults.push(fault(line, message));
                    continue;
                }
                let cells = record
                    .iter()
                    .map(|value| Cell::text(unmarked(value.trim()).trim()));
                rows.push(SheetRow {
                    line,
                    cells: cells.collect(),
                });
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                faults.push(fault(line, Message::new("import-broken-row")));
            }
        }
        if rows.len() > most_rows {
            let message = Message::new("import-too-many-rows").with("max", most_rows);
            faults.push(fault(0, message));
            break;
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Sheet {
        header,
        header_line: 1,
        rows,
    })
}

fn decode(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.contains(&0) {
        return None;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some(text.to_owned());
    }
    let (text, _, broken) = encoding_rs::GB18030.decode(bytes);
    (!broken).then(|| text.into_owned())
}

/// The mark that parts the cells of the first line.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or("");
    [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|mark| first.bytes().filter(|byte| byte == mark).count())
        .filter(|mark| first.bytes().any(|byte| byte == *mark))
        .unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;
    use crate::exchange::kind;

    fn faults(text: &[u8]) -> Vec<(u64, String, &'static str)> {
        let faults = read(kind("customers").unwrap(), "c.csv", text).unwrap_err();
        faults
            .into_iter()
            .map(|fault| (fault.line, fault.column, fault.message.key))
            .collect()
    }

    #[test]
    fn excel_s_habits_are_read() {
        let kind = kind("customers").unwrap();
        for text in [
            "code,name\nMOSS,苔谷\n".as_bytes(),
            "\u{feff}Code ; Name\r\nMOSS;苔谷\r\n\r\n;;\r\n"
                .trim_end_matches(";;\r\n")
                .as_bytes(),
            "code\tname\n MOSS \t\"苔谷\"".as_bytes(),
            &encoding_rs::GB18030.encode("code,name\nMOSS,苔谷\n").0,
        ] {
            let rows = read(kind, "c.csv", text).unwrap();
            assert_eq!(rows.len(), 1);
            assert_eq!(
                (
                    rows[0].line,
                    rows[0].fields.get("code"),
                    rows[0].fields.get("name")
                ),
                (2, "MOSS", "苔谷")
            );
        }
    }

    #[test]
    fn a_file_is_bounded_in_cells_and_faults() {
        let columns: Vec<String> = (0..MAX_COLUMNS).map(|at| format!("c{at}")).collect();
        let row = format!("1{}\n", ",".repeat(MAX_COLUMNS - 1));
        let header = format!("{}\n", columns.join(","));
        let most = MAX_CELLS / MAX_COLUMNS;
        let text = header.clone() + &row.repeat(most + 1);
        let found = read_sheet("customers", "c.csv", text.as_bytes()).unwrap_err();
        assert_eq!(found[0].message.key, "import-too-many-rows");
        assert_eq!(
            read_sheet("customers", "c.csv", (header + &row).as_bytes())
                .map(|sheet| sheet.rows.len()),
            Ok(1)
        );
        let text = format!("code,name\n{}", "A\n".repeat(10_000));
        assert_eq!(faults(text.as_bytes()).len(), MAX_FAULTS);
    }

    #[test]
    fn the_apostrophe_before_a_formula_is_no_part_of_the_text() {
        let text = "code,name\nA,'=1+1\nB,''=1\nC,'quoted'\nD,=2\n";
        let rows = read(kind("customers").unwrap(), "c.csv", text.as_bytes()).unwrap();
        let names: Vec<&str> = rows.iter().map(|row| row.fields.get("name")).collect();
        assert_eq!(names, ["=1+1", "'=1", "'quoted'", "=2"]);
    }

    #[test]
    fn faults_name_line_and_column() {
        assert_eq!(faults(b""), [(1, String::new(), "import-empty")]);
        assert_eq!(
            faults(b"code,nmae\n"),
            [(1, "nmae".into(), "import-unknown-column")]
        );
        assert_eq!(
            faults(b"code,code\n"),
            [(1, "code".into(), "import-column-twice")]
        );
        assert_eq!(
            faults(b"code,name\nA,b\nC\n"),
            [(3, String::new(), "import-cell-count")]
        );
        assert_eq!(
            faults(b"code,name\nA,b\0\n"),
            [(0, String::new(), "import-not-text")]
        );
    }
}
