//! A workbook (Office Open XML, ECMA-376), opened with mistrust: what is unpacked is counted and not believed. Cells become
//! the text that a person sees: whole numbers without a point, dates as ISO 8601, formulas by their last value.

use std::io::{BufReader, Cursor, Read};

use zip::ZipArchive;

use super::cells::{
    Cell, MAX_CELLS, MAX_COLUMNS, MAX_FAULTS, MAX_ROWS, Origin, Sheet, SheetRow, column_name,
    fault_at,
};
use super::markup::{Broken, Markup, Piece};
use super::number_format::{NumberFormat, Styles};
use super::report::RowFault;
use super::workbook_writing::looks_escaped;
use crate::base::fault::Message;

/// Most octets of all parts that are unpacked; what packs well is no fault, exports of empty columns do.
const MAX_UNPACKED: u64 = 256 * 1024 * 1024;
/// Most octets of all texts that are kept.
const MAX_TEXT: usize = 128 * 1024 * 1024;
/// Most octets of one cell; workbooks hold 32,767 characters.
const MAX_CELL: usize = 256 * 1024;
/// Most sheets of a workbook, and most letters of the name of one.
const MAX_SHEETS: usize = 1000;
const MAX_NAME: usize = 80;
/// Most relations of a workbook.
const MAX_RELATIONS: usize = 10_000;
/// Most files in the package.
const MAX_ENTRIES: usize = 10_000;

/// The package, and how many octets may still be unpacked from it.
struct Package<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    left: u64,
}

/// Why a workbook is of no use as a whole.
enum Refused {
    /// It can't be read.
    Broken,
    /// It is larger unpacked than may be.
    TooLarge,
}

impl From<Broken> for Refused {
    fn from(_: Broken) -> Self {
        Self::Broken
    }
}

/// Reads the sheet that is called `wanted`, or the only one there is.
pub(super) fn read(file: &str, bytes: &[u8], wanted: &str) -> Result<Sheet, Vec<RowFault>> {
    let whole = |message| vec![fault_at(file, 0, "", message)];
    let refused = |refused| match refused {
        Refused::Broken => whole(Message::new("import-workbook-broken")),
        Refused::TooLarge => whole(Message::new("import-workbook-bomb")),
    };
    let mut package = open(bytes).map_err(refused)?;
    let mut book = book(&mut package).map_err(refused)?;
    let path = match chosen(&book, wanted) {
        Some(path) => path.to_owned(),
        None => {
            let names: Vec<&str> = book
                .sheets
                .iter()
                .map(|sheet| sheet.name.as_str())
                .collect();
            let message = Message::new("import-workbook-sheet")
                .with("wanted", wanted)
                .with("found", names.join(", "));
            return Err(whole(message));
        }
    };
    if let Some(path) = &book.strings_path {
        book.strings = strings(&mut package, path).map_err(refused)?;
    }
    if let Some(path) = &book.styles_path {
        book.styles = styles(&mut package, path).map_err(refused)?;
    }
    let mut reading = Reading {
        file,
        book: &book,
        text: 0,
        faults: Vec::new(),
        sheet: None,
    };
    match reading.sheet(&mut package, &path) {
        Ok(()) => reading.finished(),
        Err(why) => Err(refused(why)),
    }
}

fn open(bytes: &[u8]) -> Result<Package<'_>, Refused> {
    let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refused::Broken)?;
    if zip.len() > MAX_ENTRIES {
        return Err(Refused::TooLarge);
    }
    Ok(Package {
        zip,
        left: MAX_UNPACKED,
    })
}

/// One part, read a piece at a time; `take` is told of each piece.
fn pieces(
    package: &mut Package<'_>,
    path: &str,
    mut take: impl FnMut(Piece) -> Result<(), Refused>,
) -> Result<(), Refused> {
    let Package { zip, left } = package;
    let part = zip.by_name(path).map_err(|_| Refused::Broken)?;
    if part.encrypted() {
        return Err(Refused::Broken);
    }
    if part.size() > *left {
        return Err(Refused::TooLarge);
    }
    // One octet more than may be: a part that lies about its size is found out.
    let mut markup = Markup::new(BufReader::with_capacity(
        64 * 1024,
        part.take(left.saturating_add(1)),
    ));
    while let Some(piece) = markup.next()? {
        take(piece)?;
    }
    let unread = markup.rest().get_ref().limit();
    if unread == 0 {
        return Err(Refused::TooLarge);
    }
    *left = unread.saturating_sub(1);
    Ok(())
}

fn attribute<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

struct SheetName {
    name: String,
    path: String,
    is_hidden: bool,
}

#[derive(Default)]
struct Book {
    sheets: Vec<SheetName>,
    from_1904: bool,
    strings_path: Option<String>,
    styles_path: Option<String>,
    strings: Vec<String>,
    styles: Styles,
}

/// Sheets and where they are.
fn book(package: &mut Package<'_>) -> Result<Book, Refused> {
    let mut relations: Vec<(String, String, String)> = Vec::new();
    pieces(package, "xl/_rels/workbook.xml.rels", |piece| {
        if let Piece::Open {
            name, attributes, ..
        } = piece
            && name == "Relationship"
        {
            let of = |name| attribute(&attributes, name).unwrap_or_default().to_owned();
            relations.push((of("Id"), of("Type"), part_path(&of("Target"))));
            if relations.len() > MAX_RELATIONS {
                return Err(Refused::TooLarge);
            }
        }
        Ok(())
    })?;
    let of_type = |ending: &str| {
        relations
            .iter()
            .find(|(_, sort, _)| sort.ends_with(ending))
            .map(|(.., path)| path.clone())
    };
    let mut book = Book {
        strings_path: of_type("/sharedStrings"),
        styles_path: of_type("/styles"),
        ..Book::default()
    };
    pieces(package, "xl/workbook.xml", |piece| {
        let Piece::Open {
            name, attributes, ..
        } = piece
        else {
            return Ok(());
        };
        if name == "workbookPr" {
            book.from_1904 = matches!(attribute(&attributes, "date1904"), Some("1" | "true"));
        }
        if name == "sheet" {
            let id = attribute(&attributes, "id").unwrap_or_default();
            let path = relations.iter().find(|(known, ..)| known == id);
            book.sheets.push(SheetName {
                name: attribute(&attributes, "name")
                    .unwrap_or_default()
                    .chars()
                    .take(MAX_NAME)
                    .collect(),
                path: path.map(|(.., path)| path.clone()).unwrap_or_default(),
                is_hidden: attribute(&attributes, "state").is_some_and(|state| state != "visible"),
            });
            if book.sheets.len() > MAX_SHEETS {
                return Err(Refused::TooLarge);
            }
        }
        Ok(())
    })?;
    Ok(book)
}

/// Where a part is: targets are below `xl/`, or from the root with a slash.
fn part_path(target: &str) -> String {
    match target.strip_prefix('/') {
        Some(path) => path.to_owned(),
        None => format!("xl/{target}"),
    }
}

/// The sheet called as wanted, else the only one that is to be seen.
fn chosen<'a>(book: &'a Book, wanted: &str) -> Option<&'a str> {
    let named = book
        .sheets
        .iter()
        .find(|sheet| column_name(&sheet.name) == column_name(wanted));
    let mut seen = book.sheets.iter().filter(|sheet| !sheet.is_hidden);
    let only = seen.next().filter(|_| seen.next().is_none());
    named.or(only).map(|sheet| sheet.path.as_str())
}

/// The texts that cells share; what stands above Chinese characters to say how they sound is left out.
fn strings(package: &mut Package<'_>, path: &str) -> Result<Vec<String>, Refused> {
    let (mut found, mut total) = (Vec::new(), 0_usize);
    let mut text = String::new();
    let (mut in_text, mut in_sound) = (false, false);
    pieces(package, path, |piece| {
        match piece {
            Piece::Open { name, is_empty, .. } => match name.as_str() {
                "si" if is_empty => found.push(String::new()),
                "rPh" => in_sound = !is_empty,
                "t" => in_text = !is_empty && !in_sound,
                _ => {}
            },
            Piece::Close(name) => match name.as_str() {
                "si" => found.push(plain(&std::mem::take(&mut text))),
                "rPh" => in_sound = false,
                "t" => in_text = false,
                _ => {}
            },
            Piece::Text(part) if in_text => {
                total = total.saturating_add(part.len());
                text.push_str(&part);
            }
            Piece::Text(_) => {}
        }
        if total > MAX_TEXT || text.len() > MAX_CELL || found.len() > MAX_CELLS {
            return Err(Refused::TooLarge);
        }
        Ok(())
    })?;
    Ok(found)
}

/// How numbers are shown.
fn styles(package: &mut Package<'_>, path: &str) -> Result<Styles, Refused> {
    let mut styles = Styles::default();
    let mut in_cells = false;
    pieces(package, path, |piece| {
        match piece {
            Piece::Open {
                name, attributes, ..
            } => match name.as_str() {
                "numFmt" => {
                    let id = attribute(&attributes, "numFmtId").and_then(|id| id.parse().ok());
                    if let Some(id) = id {
                        styles.define(id, attribute(&attributes, "formatCode").unwrap_or_default());
                    }
                }
                "cellXfs" => in_cells = true,
                "xf" if in_cells => {
                    let id = attribute(&attributes, "numFmtId").and_then(|id| id.parse().ok());
                    styles.add_cell_style(id.unwrap_or(0));
                }
                _ => {}
            },
            Piece::Close(name) if name == "cellXfs" => in_cells = false,
            _ => {}
        }
        if styles.len() > 100_000 {
            return Err(Refused::TooLarge);
        }
        Ok(())
    })?;
    Ok(styles)
}

/// `_x000D_` is a character that XML can't hold.
fn plain(text: &str) -> String {
    if !text.contains("_x") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, _)) = rest.split_once("_x") {
        out.push_str(before);
        let escape = rest.get(before.len()..).unwrap_or_default();
        let taken = if looks_escaped(escape) { 7 } else { 2 };
        let (escape, more) = escape.split_at_checked(taken).unwrap_or((escape, ""));
        let code = escape
            .get(2..6)
            .and_then(|hex| u32::from_str_radix(hex, 16).ok());
        match code.and_then(char::from_u32) {
            Some(c) => out.push(c),
            None => out.push_str(escape),
        }
        rest = more;
    }
    out.push_str(rest);
    out
}

/// A cell while it is read.
#[derive(Default)]
struct Raw {
    column: usize,
    sort: String,
    style: usize,
    value: String,
    is_open: bool,
}

struct Reading<'a> {
    file: &'a str,
    book: &'a Book,
    text: usize,
    faults: Vec<RowFault>,
    sheet: Option<Sheet>,
}

impl Reading<'_> {
    fn sheet(&mut self, package: &mut Package<'_>, path: &str) -> Result<(), Refused> {
        let (mut line, mut next_column) = (0_u64, 0_usize);
        let mut raw = Raw::default();
        let mut cells: Vec<(usize, Cell)> = Vec::new();
        let (mut in_value, mut in_sound) = (false, false);
        pieces(package, path, |piece| {
            match piece {
                Piece::Open {
                    name,
                    attributes,
                    is_empty,
                } => match name.as_str() {
                    "row" => {
                        let said = attribute(&attributes, "r").and_then(|r| r.parse().ok());
                        line = said.unwrap_or(line.saturating_add(1));
                        next_column = 0;
                        cells.clear();
                    }
                    "c" => {
                        let of = |name| attribute(&attributes, name);
                        raw = Raw {
                            column: of("r").and_then(column_of).unwrap_or(next_column),
                            sort: of("t").unwrap_or_default().to_owned(),
                            style: of("s").and_then(|s| s.parse().ok()).unwrap_or(0),
                            value: String::new(),
                            is_open: !is_empty,
                        };
                        next_column = raw.column.saturating_add(1);
                    }
                    "rPh" => in_sound = !is_empty,
                    "v" | "t" => in_value = raw.is_open && !is_empty && !in_sound,
                    _ => {}
                },
                Piece::Close(name) => match name.as_str() {
                    "c" => {
                        raw.is_open = false;
                        self.cell(line, &raw, &mut cells)?;
                    }
                    "row" => self.row(line, std::mem::take(&mut cells))?,
                    "rPh" => in_sound = false,
                    "v" | "t" => in_value = false,
                    _ => {}
                },
                Piece::Text(text) if in_value => {
                    self.text = self.text.saturating_add(text.len());
                    let is_long = raw.value.len().saturating_add(text.len()) > MAX_CELL;
                    if is_long || self.text > MAX_TEXT {
                        return Err(Refused::TooLarge);
                    }
                    raw.value.push_str(&text);
                }
                Piece::Text(_) => {}
            }
            Ok(())
        })
    }

    fn fault(&mut self, line: u64, column: &str, value: &str, message: Message) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(RowFault {
                value: value.chars().take(80).collect(),
                ..fault_at(self.file, line, column, message)
            });
        }
    }

    /// Keeps a cell that holds something.
    fn cell(
        &mut self,
        line: u64,
        raw: &Raw,
        cells: &mut Vec<(usize, Cell)>,
    ) -> Result<(), Refused> {
        let address = || format!("{}{line}", letters(raw.column));
        let cell = match raw.sort.as_str() {
            "s" => {
                let at: usize = raw.value.trim().parse().map_err(|_| Refused::Broken)?;
                let text = self.book.strings.get(at).ok_or(Refused::Broken)?;
                self.text = self.text.saturating_add(text.len());
                Cell::text(text.trim())
            }
            "inlineStr" | "str" => Cell::text(plain(&raw.value).trim()),
            "b" => Cell::text(if raw.value.trim() == "1" {
                "true"
            } else {
                "false"
            }),
            "d" => Cell::text(raw.value.trim()),
            "e" => {
                let message = Message::new("import-cell-error").with("cell", address());
                let column = self.column_at(raw.column);
                self.fault(line, &column, &raw.value, message);
                Cell::empty()
            }
            "" | "n" => number(
                &raw.value,
                self.book.styles.of(raw.style),
                self.book.from_1904,
            )
            .ok_or(Refused::Broken)?,
            _ => return Err(Refused::Broken),
        };
        if self.text > MAX_TEXT {
            return Err(Refused::TooLarge);
        }
        if cell.text.is_empty() {
            return Ok(());
        }
        if raw.column >= MAX_COLUMNS {
            let message = Message::new("import-too-many-columns")
                .with("max", MAX_COLUMNS)
                .with("cell", address());
            self.fault(line, "", &cell.text, message);
            return Ok(());
        }
        // More than there are columns: the same ones again and again.
        if cells.len() >= MAX_COLUMNS {
            return Err(Refused::TooLarge);
        }
        cells.push((raw.column, cell));
        Ok(())
    }

    /// The name of a column, once the header is known.
    fn column_at(&self, column: usize) -> String {
        let name = self
            .sheet
            .as_ref()
            .and_then(|sheet| sheet.header.get(column));
        name.map(|name| column_name(name)).unwrap_or_default()
    }

    /// The first row that holds something is the header; empty ones are passed over.
    fn row(&mut self, line: u64, cells: Vec<(usize, Cell)>) -> Result<(), Refused> {
        let Some(width) = cells
            .iter()
            .map(|(column, _)| column.saturating_add(1))
            .max()
        else {
            return Ok(());
        };
        let mut wide = vec![Cell::empty(); width];
        for (column, cell) in cells {
            if let Some(place) = wide.get_mut(column) {
                *place = cell;
            }
        }
        let Some(sheet) = &mut self.sheet else {
            self.sheet = Some(Sheet {
                header: wide.into_iter().map(|cell| cell.text).collect(),
                header_line: line,
                rows: Vec::new(),
            });
            return Ok(());
        };
        let columns = sheet.header.len();
        if width > columns {
            let message = Message::new("import-cell-count")
                .with("wanted", columns)
                .with("found", width);
            self.fault(line, "", "", message);
            return Ok(());
        }
        let held = sheet.rows.len().saturating_add(1).saturating_mul(columns);
        if sheet.rows.len() >= MAX_ROWS || held > MAX_CELLS {
            return Err(Refused::TooLarge);
        }
        wide.resize(columns, Cell::empty());
        sheet.rows.push(SheetRow { line, cells: wide });
        Ok(())
    }

    fn finished(self) -> Result<Sheet, Vec<RowFault>> {
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        self.sheet
            .ok_or_else(|| vec![fault_at(self.file, 1, "", Message::new("import-empty"))])
    }
}

/// `C17` is column 2.
fn column_of(address: &str) -> Option<usize> {
    let mut column = 0_usize;
    for letter in address.bytes().take_while(u8::is_ascii_uppercase) {
        column = column
            .checked_mul(26)?
            .checked_add(usize::from(letter - b'A') + 1)?;
    }
    column.checked_sub(1)
}

/// Column 2 is `C`.
fn letters(column: usize) -> String {
    let (mut name, mut rest) = (Vec::new(), column.saturating_add(1));
    while rest > 0 {
        rest -= 1;
        name.push(char::from(
            b'A' + u8::try_from(rest % 26).unwrap_or_default(),
        ));
        rest /= 26;
    }
    name.iter().rev().collect()
}

/// A number as a person sees it.
fn number(raw: &str, format: NumberFormat, from_1904: bool) -> Option<Cell> {
    let raw = raw.trim();
    if raw.is_empty() {
        return Some(Cell::empty());
    }
    let value: f64 = raw.parse().ok().filter(|value: &f64| value.is_finite())?;
    Some(match format.shown(value, from_1904) {
        Some(text) => Cell::text(text),
        None if value.abs() >= 1e15 => Cell {
            text: format!("{value}"),
            origin: Origin::Rounded,
        },
        None => Cell {
            // Fifteen digits are what a workbook shows; the last ones of a sum are dust.
            text: format!("{value:.14e}")
                .parse::<f64>()
                .map_or_else(|_| raw.to_owned(), |value| format!("{value}")),
            origin: Origin::Number,
        },
    })
}

#[cfg(test)]
#[path = "workbook_tests.rs"]
mod tests;
