//! A table as a workbook (Office Open XML, ECMA-376): one sheet, every cell a text, so that leading zeros stay.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::base::fault::Fault;

/// Media type of a workbook.
pub const WORKBOOK_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"#;
const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK_RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
// Format 49 is text: what is typed over a cell stays as it is typed, leading zeros too.
const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font/><font><b/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf xfId="0"/><xf numFmtId="49" applyNumberFormat="1" xfId="0"/><xf numFmtId="49" fontId="1" applyNumberFormat="1" applyFont="1" xfId="0"/></cellXfs></styleSheet>"#;

/// The content of a workbook with one sheet.
pub fn workbook(name: &str, columns: &[&str], rows: &[Vec<String>]) -> Result<Vec<u8>, Fault> {
    written(name, columns, rows).map_err(Fault::internal)
}

fn written(name: &str, columns: &[&str], rows: &[Vec<String>]) -> std::io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let book = format!(
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="{}" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
        escaped(name)
    );
    for (path, content) in [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELATIONS),
        ("xl/workbook.xml", book.as_str()),
        ("xl/_rels/workbook.xml.rels", BOOK_RELATIONS),
        ("xl/styles.xml", STYLES),
    ] {
        zip.start_file(path, SimpleFileOptions::default())?;
        zip.write_all(HEAD.as_bytes())?;
        zip.write_all(content.as_bytes())?;
    }
    zip.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default())?;
    zip.write_all(HEAD.as_bytes())?;
    let last = columns.len().max(1);
    // The header stays in sight, and cells that are empty now are texts when something is typed into them.
    let start = format!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols><col min="1" max="{last}" width="18" style="1" customWidth="1"/></cols><sheetData>"#
    );
    zip.write_all(start.as_bytes())?;
    zip.write_all(row(columns.iter().copied(), 2).as_bytes())?;
    for cells in rows {
        zip.write_all(row(cells.iter().map(String::as_str), 1).as_bytes())?;
    }
    zip.write_all(b"</sheetData></worksheet>")?;
    Ok(zip.finish()?.into_inner())
}

fn row<'a>(cells: impl Iterator<Item = &'a str>, style: u8) -> String {
    let mut text = String::from("<row>");
    for cell in cells {
        if cell.is_empty() {
            text.push_str(&format!(r#"<c s="{style}"/>"#));
        } else {
            let cell = escaped(cell);
            text.push_str(&format!(
                r#"<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{cell}</t></is></c>"#
            ));
        }
    }
    text.push_str("</row>");
    text
}

/// As XML, with the workbooks' own escape for what XML can't hold: `_x000D_`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            '_' if looks_escaped(text.get(at..).unwrap_or_default()) => out.push_str("_x005F_"),
            c if c.is_ascii_control() => out.push_str(&format!("_x{:04X}_", u32::from(c))),
            '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}

/// Whether a text begins like `_x000D_`.
pub(super) fn looks_escaped(text: &str) -> bool {
    text.strip_prefix("_x")
        .and_then(|rest| rest.split_at_checked(4))
        .is_some_and(|(hex, end)| {
            hex.bytes().all(|octet| octet.is_ascii_hexdigit()) && end.starts_with('_')
        })
}
