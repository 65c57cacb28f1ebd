//! Workbooks as Excel, WPS and LibreOffice write them, and such as would do harm.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::io::Write;

use zip::write::SimpleFileOptions;

use super::*;
use crate::exchange::workbook_writing::workbook;

const RELATIONS: &str = r#"<Relationships><Relationship Id="a" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="b" Type="x/worksheet" Target="/xl/worksheets/sheet2.xml"/><Relationship Id="s" Type="x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="f" Type="x/styles" Target="styles.xml"/></Relationships>"#;
const ONE: &str =
    r#"<workbook><sheets><sheet name="Sheet1" sheetId="1" r:id="a"/></sheets></workbook>"#;
const TWO: &str = r#"<workbook><sheets><sheet name="Notes" sheetId="1" r:id="a"/><sheet name="Device Types" sheetId="2" r:id="b"/></sheets></workbook>"#;
const HIDDEN: &str = r#"<workbook><sheets><sheet name="lists" sheetId="1" state="hidden" r:id="a"/><sheet name="Sheet1" sheetId="2" r:id="b"/></sheets></workbook>"#;
const STRINGS: &str = r#"<sst><si><t>name</t></si><si><r><t>青</t></r><r><t xml:space="preserve">苔 </t></r><rPh><t>qing</t></rPh></si><si/><si><t>a_x000D_b_x005F_x0041_</t></si></sst>"#;
const STYLES: &str = r#"<styleSheet><numFmts><numFmt numFmtId="176" formatCode="000000"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="176"/></cellXfs></styleSheet>"#;

fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in parts {
        zip.start_file(*path, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn book_of(workbook: &str, sheets: &[&str]) -> Vec<u8> {
    let mut parts = vec![
        ("xl/_rels/workbook.xml.rels", RELATIONS),
        ("xl/workbook.xml", workbook),
        ("xl/sharedStrings.xml", STRINGS),
        ("xl/styles.xml", STYLES),
    ];
    let paths = ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"];
    parts.extend(paths.into_iter().zip(sheets.iter().copied()));
    packed(&parts)
}

fn sheet_of(cells: &str) -> String {
    format!(
        r#"<worksheet><sheetData><row r="1"><c t="s"><v>0</v></c><c t="inlineStr"><is><t>value</t></is></c></row>{cells}</sheetData></worksheet>"#
    )
}

fn texts(sheet: &Sheet) -> Vec<Vec<&str>> {
    let columns = sheet.header.len();
    assert!(sheet.rows.iter().all(|row| row.cells.len() == columns));
    sheet
        .rows
        .iter()
        .map(|row| row.cells.iter().map(|cell| cell.text.as_str()).collect())
        .collect()
}

fn keys(bytes: &[u8], wanted: &str) -> Vec<(u64, String, &'static str)> {
    let faults = read("x.xlsx", bytes, wanted).unwrap_err();
    faults
        .into_iter()
        .map(|fault| (fault.line, fault.column, fault.message.key))
        .collect()
}

#[test]
fn cells_become_what_a_person_sees() {
    for (cell, text, origin) in [
        (r#"<c r="B5"><v>42</v></c>"#, "42", Origin::Number),
        (
            r#"<c r="B5"><v>21.899999999999999</v></c>"#,
            "21.9",
            Origin::Number,
        ),
        (
            r#"<c r="B5"><v>0.30000000000000004</v></c>"#,
            "0.3",
            Origin::Number,
        ),
        (
            r#"<c r="B5"><v>1.2345678901234E+15</v></c>"#,
            "1234567890123400",
            Origin::Rounded,
        ),
        (
            r#"<c r="B5" s="1"><v>46348</v></c>"#,
            "2026-11-22",
            Origin::Text,
        ),
        (r#"<c r="B5" s="2"><v>123</v></c>"#, "000123", Origin::Text),
        (r#"<c r="B5" t="s"><v>1</v></c>"#, "青苔", Origin::Text),
        (
            r#"<c r="B5" t="s"><v>3</v></c>"#,
            "a\rb_x0041_",
            Origin::Text,
        ),
        (
            r#"<c r="B5" t="str"><f>A1&amp;"x"</f><v> 007 </v></c>"#,
            "007",
            Origin::Text,
        ),
        (r#"<c r="B5"><f>1+1</f><v>2</v></c>"#, "2", Origin::Number),
        (r#"<c r="B5" t="b"><v>1</v></c>"#, "true", Origin::Text),
        (
            r#"<c r="B5" t="inlineStr"><is><t>a&lt;b</t></is></c>"#,
            "a<b",
            Origin::Text,
        ),
    ] {
        let content = sheet_of(&format!(
            r#"<row r="5"><c r="A5" t="s"><v>1</v></c>{cell}</row><row r="6"><c r="A6" s="1"/></row>"#
        ));
        let sheet = read("x.xlsx", &book_of(ONE, &[&content]), "devices").unwrap();
        assert_eq!(sheet.header, ["name", "value"]);
        assert_eq!(texts(&sheet), [["青苔", text]], "{cell}");
        let row = sheet.rows.first().unwrap();
        assert_eq!(
            (row.line, row.cells.last().unwrap().origin),
            (5, origin),
            "{cell}"
        );
    }
}

#[test]
fn the_sheet_is_the_one_of_the_kind_or_the_only_one() {
    let (one, other) = (
        sheet_of(r#"<row><c t="s"><v>1</v></c></row>"#),
        sheet_of(r#"<row><c><v>7</v></c></row>"#),
    );
    let sheets = [one.as_str(), other.as_str()];
    let seven = read("x.xlsx", &book_of(TWO, &sheets), "device-types").unwrap();
    assert_eq!(texts(&seven), [["7", ""]]);
    let seen = read("x.xlsx", &book_of(HIDDEN, &sheets), "devices").unwrap();
    assert_eq!(texts(&seen), [["7", ""]]);
    assert_eq!(
        keys(&book_of(TWO, &sheets), "devices"),
        [(0, String::new(), "import-workbook-sheet")]
    );
}

#[test]
fn what_was_written_reads_back() {
    let columns = ["name", "note"];
    let rows: Vec<Vec<String>> = [
        ["000123", "1.23E+15"],
        ["", "a\nb <&> \"x\""],
        ["_x0041_", "=1+1"],
        ["青苔", "a\u{b}b"],
    ]
    .iter()
    .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
    .collect();
    let bytes = workbook("devices", &columns, &rows).unwrap();
    let sheet = read("x.xlsx", &bytes, "devices").unwrap();
    assert_eq!(sheet.header, columns);
    assert_eq!(texts(&sheet), rows);
    let mut all = sheet.rows.iter().flat_map(|row| &row.cells);
    assert!(all.all(|cell| cell.origin == Origin::Text));
}

#[test]
fn what_is_wrong_in_a_cell_names_it() {
    let content = sheet_of(
        r##"<row r="17"><c r="A17"/><c r="B17" t="e"><v>#REF!</v></c></row><row r="18"><c r="A18"><v>1</v></c><c r="C18"><v>1</v></c></row><row r="19"><c r="IV19"><v>5</v></c></row>"##,
    );
    let found = keys(&book_of(ONE, &[&content]), "devices");
    assert_eq!(
        found,
        [
            (17, "value".to_owned(), "import-cell-error"),
            (18, String::new(), "import-cell-count"),
            (19, String::new(), "import-too-many-columns"),
        ]
    );
    let faults = read("x.xlsx", &book_of(ONE, &[&content]), "devices").unwrap_err();
    assert!(faults.first().unwrap().message.to_string().contains("B17"));
}

#[test]
fn what_would_do_harm_is_refused() {
    let good = sheet_of(r#"<row><c t="s"><v>1</v></c></row>"#);
    let far = sheet_of(r#"<row><c t="s"><v>99</v></c></row>"#);
    let entities = format!("<!DOCTYPE x [<!ENTITY a \"b\">]>{good}");
    let cut = good.replace("</v></c></row></sheetData></worksheet>", "</v");
    let empty = "<worksheet><sheetData/></worksheet>";
    let rows = sheet_of(&r#"<row><c t="s"><v>1</v></c></row>"#.repeat(MAX_ROWS + 1));
    let mut cases = vec![
        (b"PK\x03\x04nonsense".to_vec(), "import-workbook-broken"),
        (
            packed(&[("a.txt", "no workbook")]),
            "import-workbook-broken",
        ),
        (book_of(ONE, &[]), "import-workbook-broken"),
        (book_of(ONE, &[&far]), "import-workbook-broken"),
        (book_of(ONE, &[&entities]), "import-workbook-broken"),
        (book_of(ONE, &[&cut]), "import-workbook-broken"),
        (book_of(ONE, &[empty]), "import-empty"),
        (book_of(ONE, &[&rows]), "import-workbook-bomb"),
    ];
    cases.push((bomb(), "import-workbook-bomb"));
    for (bytes, key) in cases {
        let found = keys(&bytes, "devices");
        assert_eq!(found.first().map(|(.., found)| *found), Some(key));
    }
    assert!(read("x.xlsx", &book_of(ONE, &[&good]), "devices").is_ok());
}

/// Small files that would become large, or long work.
#[test]
fn a_small_workbook_costs_little() {
    let cell = r#"<c t="s"><v>1</v></c>"#;
    let wide: String = (0..MAX_COLUMNS).map(|_| cell).collect();
    let many = sheet_of("").replace(
        "</sheetData>",
        &format!("<row>{cell}</row>").repeat(MAX_CELLS / MAX_COLUMNS + 1),
    );
    // A header of all columns makes each row as wide.
    let many = many.replace(
        r#"<row r="1">"#,
        &format!(r#"<row r="1">{wide}</row><row>"#),
    );
    let again = sheet_of(&format!(
        "<row>{}</row>",
        r#"<c r="A2"><v>1</v></c>"#.repeat(MAX_COLUMNS + 1)
    ));
    let long = sheet_of(&format!(
        r#"<row><c t="inlineStr"><is><t>{}</t></is></c></row>"#,
        "a".repeat(MAX_CELL + 1)
    ));
    let sheets = r#"<sheet name="S" r:id="a"/>"#.repeat(MAX_SHEETS + 1);
    let book = format!("<workbook><sheets>{sheets}</sheets></workbook>");
    let good = sheet_of("");
    for (what, bytes) in [
        ("cells", book_of(ONE, &[&many])),
        ("the same cell", book_of(ONE, &[&again])),
        ("a long cell", book_of(ONE, &[&long])),
        ("sheets", book_of(&book, &[&good])),
    ] {
        let found = keys(&bytes, "devices");
        assert_eq!(
            found.first().map(|(.., key)| *key),
            Some("import-workbook-bomb"),
            "{what}"
        );
    }
    let last = sheet_of(r#"<row r="1048576"><c r="A1048576"><v>1</v></c></row>"#);
    let read = read("x.xlsx", &book_of(ONE, &[&last]), "devices").unwrap();
    assert_eq!(read.rows.len(), 1);
    assert_eq!(read.rows[0].line, 1_048_576);
}

/// All parts together are bounded, not each of them.
#[test]
fn parts_share_what_may_be_unpacked() {
    let bytes = book_of(ONE, &[&sheet_of("")]);
    let mut package = open(&bytes).ok().unwrap();
    let all = package.left;
    book(&mut package).ok().unwrap();
    let used = RELATIONS.len() + ONE.len();
    assert_eq!(all - package.left, u64::try_from(used).unwrap());
    package.left = 10;
    assert!(matches!(
        strings(&mut package, "xl/sharedStrings.xml"),
        Err(Refused::TooLarge)
    ));
}

/// A sheet that says in the directory of the package that it unpacks to more than may be.
fn bomb() -> Vec<u8> {
    let content = sheet_of(r#"<row><c t="s"><v>1</v></c></row>"#);
    let mut bytes = book_of(ONE, &[&content]);
    let directory = bytes.windows(4).rposition(|part| part == b"PK\x01\x02");
    let size = directory.unwrap() + 24;
    let large = u32::try_from(MAX_UNPACKED + 1).unwrap();
    bytes[size..size + 4].copy_from_slice(&large.to_le_bytes());
    bytes
}

#[test]
fn columns_by_letters() {
    for (address, column) in [
        ("A1", Some(0)),
        ("C17", Some(2)),
        ("AA3", Some(26)),
        ("XFD9", Some(16_383)),
        ("17", None),
    ] {
        assert_eq!(column_of(address), column);
    }
    for (column, name) in [(0, "A"), (25, "Z"), (26, "AA"), (16_383, "XFD")] {
        assert_eq!(letters(column), name);
    }
}
