//! Rows of NetBox on their way into rows of ours, with notes of all that was not taken over as it stands.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::columns::{Column, SILENT, Sort, header_name};
use super::known::Known;
use crate::base::fault::Message;
use crate::base::fields::Fields;
use crate::base::time::Timestamp;
use crate::exchange::cells::{Origin, Sheet};
use crate::exchange::kinds::{KINDS, kind};
use crate::exchange::reading::{ImportFile, Row};
use crate::exchange::report::RowFault;

/// Notes that are kept; more are only counted.
const SHOWN: usize = 1000;

/// One line of a file.
pub(super) struct Line {
    /// The file.
    pub file: usize,
    /// 1-based.
    pub line: u64,
    /// Cells by our names of them; empty ones are missing.
    cells: HashMap<&'static str, String>,
    numbers: HashSet<&'static str>,
}

impl Line {
    /// A cell; empty when there is nothing.
    pub(super) fn get(&self, name: &str) -> &str {
        self.cells.get(name).map_or("", String::as_str)
    }

    /// Whether a cell says yes.
    pub(super) fn yes(&self, name: &str) -> bool {
        matches!(
            self.get(name).to_lowercase().as_str(),
            "true" | "yes" | "1" | "✔" | "y"
        )
    }

    /// Description and comments as one note.
    pub(super) fn note(&self) -> String {
        let parts = [self.get("description"), self.get("comments")];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join("\n")
    }
}

/// A file while it is read.
struct Source {
    name: String,
    /// What the file calls what we read, by our names of it.
    headers: HashMap<&'static str, String>,
}

/// What becomes of files.
pub(super) struct Translation {
    /// What was there before, and what is made on the way.
    pub known: Known,
    /// Now.
    pub now: Timestamp,
    sources: Vec<Source>,
    /// By file and kind.
    made: BTreeMap<(usize, usize), Made>,
    notes: Vec<RowFault>,
    note_count: usize,
}

#[derive(Default)]
struct Made {
    rows: Vec<Row>,
    headers: BTreeMap<&'static str, String>,
}

/// A row of ours that is being made from a line.
pub(super) struct Making {
    fields: Fields,
    numbers: Vec<String>,
    from: Vec<(&'static str, &'static str)>,
}

impl Making {
    pub(super) fn new() -> Self {
        Self {
            fields: Fields::new(),
            numbers: Vec::new(),
            from: Vec::new(),
        }
    }

    /// A column of ours from one of theirs, as it stands. What is empty there stays as it is here.
    pub(super) fn copy(&mut self, ours: &'static str, line: &Line, theirs: &'static str) {
        if line.numbers.contains(theirs) {
            self.numbers.push(ours.to_owned());
        }
        self.set(ours, line.get(theirs), theirs);
    }

    /// A column of ours with a text that came of one of theirs.
    pub(super) fn set(
        &mut self,
        ours: &'static str,
        text: impl Into<String>,
        theirs: &'static str,
    ) {
        let text = text.into();
        if !text.is_empty() {
            self.from.push((ours, theirs));
            self.fields.set(ours, text);
        }
    }
}

impl Translation {
    pub(super) fn new(known: Known, now: Timestamp) -> Self {
        Self {
            known,
            now,
            sources: Vec::new(),
            made: BTreeMap::new(),
            notes: Vec::new(),
            note_count: 0,
        }
    }

    /// The lines of a file; columns that have no place here are noted.
    pub(super) fn lines(&mut self, name: &str, sort: Sort, sheet: Sheet) -> Vec<Line> {
        let file = self.sources.len();
        let names: Vec<String> = sheet.header.iter().map(|raw| header_name(raw)).collect();
        let places = places(sort.columns(), &names);
        let headers = places.iter().filter_map(|(ours, place)| {
            let header = sheet.header.get(*place)?;
            Some((*ours, header.clone()))
        });
        self.sources.push(Source {
            name: name.to_owned(),
            headers: headers.collect(),
        });
        self.note_left(name, &sheet, &names, &places);
        let mut lines = Vec::with_capacity(sheet.rows.len());
        for row in sheet.rows {
            let (mut cells, mut numbers) = (HashMap::new(), HashSet::new());
            for (ours, place) in &places {
                let Some(cell) = row.cells.get(*place) else {
                    continue;
                };
                // NetBox writes a dash where there is nothing.
                if cell.text.is_empty() || cell.text == "—" {
                    continue;
                }
                if cell.origin != Origin::Text {
                    numbers.insert(*ours);
                }
                cells.insert(*ours, cell.text.clone());
            }
            lines.push(Line {
                file,
                line: row.line,
                cells,
                numbers,
            });
        }
        lines
    }

    /// Columns with something in them that nothing is read from: one note each, with the first value.
    fn note_left(
        &mut self,
        name: &str,
        sheet: &Sheet,
        names: &[String],
        places: &[(&'static str, usize)],
    ) {
        for (place, column) in names.iter().enumerate() {
            let is_read = places.iter().any(|(_, read)| *read == place);
            if is_read || SILENT.contains(&column.as_str()) {
                continue;
            }
            let filled = sheet.rows.iter().filter_map(|row| {
                let cell = row.cells.get(place)?;
                (!cell.text.is_empty() && cell.text != "—").then_some((row.line, &cell.text))
            });
            let filled: Vec<(u64, &String)> = filled.collect();
            if let Some((line, value)) = filled.first() {
                let message = Message::new("netbox-column-left").with("count", filled.len());
                self.keep_note(RowFault {
                    file: name.to_owned(),
                    line: *line,
                    column: sheet.header.get(place).cloned().unwrap_or_default(),
                    value: value.chars().take(80).collect(),
                    message,
                });
            }
        }
    }

    fn keep_note(&mut self, note: RowFault) {
        self.note_count += 1;
        if self.notes.len() < SHOWN {
            self.notes.push(note);
        }
    }

    /// Notes something about a cell of a line.
    pub(super) fn note(&mut self, line: &Line, column: &str, message: Message) {
        let source = self.sources.get(line.file);
        let header = source.and_then(|source| source.headers.get(column));
        let note = RowFault {
            file: source.map(|source| source.name.clone()).unwrap_or_default(),
            line: line.line,
            column: header.cloned().unwrap_or_else(|| column.to_owned()),
            value: line.get(column).chars().take(80).collect(),
            message,
        };
        self.keep_note(note);
    }

    /// A row of a kind from a line.
    pub(super) fn make(&mut self, kind: &str, line: &Line, making: Making, only_new: bool) {
        let Some(place) = KINDS.iter().position(|known| known.name == kind) else {
            return;
        };
        let headers = self.sources.get(line.file).map(|source| &source.headers);
        let made = self.made.entry((line.file, place)).or_default();
        for (ours, theirs) in making.from {
            if let Some(header) = headers.and_then(|headers| headers.get(theirs)) {
                made.headers.entry(ours).or_insert_with(|| header.clone());
            }
        }
        made.rows.push(Row {
            line: line.line,
            fields: making.fields,
            numbers: making.numbers,
            only_new,
        });
    }

    /// The code of the customer that a tenant is; one is made when there is none. Empty when there is no tenant.
    pub(super) fn customer(&mut self, line: &Line) -> String {
        let name = line.get("tenant");
        if name.is_empty() {
            return String::new();
        }
        if let Some(code) = self.known.customer(name) {
            return code;
        }
        let code = code_of(name);
        if code.is_empty() || self.known.has_customer_code(&code) {
            let message = Message::new("netbox-no-customer");
            self.note(line, "tenant", message);
            return String::new();
        }
        let message = Message::new("netbox-customer-made").with("code", code.as_str());
        self.note(line, "tenant", message);
        let mut making = Making::new();
        making.set("code", code.as_str(), "tenant");
        making.set("name", name, "tenant");
        self.make("customers", line, making, true);
        self.known.add_customer(&code, name);
        code
    }

    /// The code of the site that a line names; as it stands when there is no such site.
    pub(super) fn site(&self, line: &Line) -> String {
        let name = line.get("site");
        self.known.site(name).unwrap_or_else(|| name.to_owned())
    }

    /// The routing table that a line names; one is made when there is none.
    pub(super) fn vrf(&mut self, line: &Line) -> String {
        let raw = line.get("vrf");
        let (name, distinguisher) =
            match raw.strip_suffix(')').and_then(|raw| raw.rsplit_once(" (")) {
                Some((name, inside)) if inside.contains(':') => (name, inside),
                _ if raw.is_empty() || raw.eq_ignore_ascii_case("global") => ("global", ""),
                _ => (raw, ""),
            };
        if self.known.add_vrf(name) {
            self.note(
                line,
                "vrf",
                Message::new("netbox-vrf-made").with("name", name),
            );
            let mut making = Making::new();
            making.set("name", name, "vrf");
            making.set("route_distinguisher", distinguisher, "vrf");
            self.make("vrfs", line, making, true);
        }
        name.to_owned()
    }

    /// Files of ours in the order of imports, and the notes with their number.
    pub(super) fn finished(self) -> (Vec<ImportFile>, Vec<RowFault>, usize) {
        let sources = self.sources;
        let files = self.made.into_iter().filter_map(|((file, place), made)| {
            let kind = kind(KINDS.get(place)?.name)?;
            Some(ImportFile {
                name: sources.get(file)?.name.clone(),
                kind,
                rows: made.rows,
                headers: made.headers,
                keeps_missing: true,
            })
        });
        (files.collect(), self.notes, self.note_count)
    }
}

/// Where what we read stands; the first of NetBox's names that is there counts.
fn places(columns: &'static [Column], names: &[String]) -> Vec<(&'static str, usize)> {
    columns
        .iter()
        .filter_map(|(ours, theirs)| {
            let place = theirs
                .iter()
                .find_map(|wanted| names.iter().position(|name| name == wanted))?;
            Some((*ours, place))
        })
        .collect()
}

/// `Acme Corp.` is `ACME-CORP`; empty for a name without a Latin letter.
fn code_of(name: &str) -> String {
    let mut code = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            code.push(c.to_ascii_uppercase());
        } else if !code.is_empty() && !code.ends_with('-') {
            code.push('-');
        }
    }
    code.chars()
        .take(32)
        .collect::<String>()
        .trim_matches('-')
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_by_table() {
        for (name, code) in [
            ("Acme Corp.", "ACME-CORP"),
            ("  7 Seas / North", "7-SEAS-NORTH"),
            ("青苔谷", ""),
            ("云 Cloud", "CLOUD"),
        ] {
            assert_eq!(code_of(name), code, "{name}");
        }
    }
}
