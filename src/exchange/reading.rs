//! CSV as it comes from Excel and its like: UTF-8 with or without a mark, GB18030, commas, semicolons or tabs.

use super::kinds::Kind;
use super::report::RowFault;
use crate::base::fault::Message;
use crate::base::fields::Fields;

/// One row with the line it starts on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// 1-based line of the file.
    pub line: u64,
    /// Columns by name.
    pub fields: Fields,
}

/// Most rows of one file.
const MAX_ROWS: usize = 200_000;

/// Reads the rows of a kind; the faults name line and column.
pub fn read(kind: &Kind, file: &str, bytes: &[u8]) -> Result<Vec<Row>, Vec<RowFault>> {
    let fault = |line, column: &str, value: &str, message| RowFault {
        file: file.to_owned(),
        line,
        column: column.to_owned(),
        value: value.to_owned(),
        message,
    };
    let text =
        decode(bytes).ok_or_else(|| vec![fault(0, "", "", Message::new("import-not-text"))])?;
    // The reader counts a line when it meets the line feed, which after a carriage return is one row too late.
    let text = text.replace("\r\n", "\n");
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(&text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let header = match records.next() {
        Some(Ok(header)) => header,
        _ => return Err(vec![fault(1, "", "", Message::new("import-empty"))]),
    };
    let names: Vec<String> = header
        .iter()
        .map(|name| name.trim().to_lowercase().replace([' ', '-'], "_"))
        .collect();
    let mut faults: Vec<RowFault> = names
        .iter()
        .filter(|name| !kind.columns.contains(&name.as_str()))
        .map(|name| {
            fault(
                1,
                name,
                "",
                Message::new("import-unknown-column").with("allowed", kind.columns.join(", ")),
            )
        })
        .collect();
    for (at, name) in names.iter().enumerate() {
        if names.iter().take(at).any(|earlier| earlier == name) {
            faults.push(fault(1, name, "", Message::new("import-column-twice")));
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut rows = Vec::new();
    for record in records {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                if record.iter().all(|value| value.trim().is_empty()) {
                    continue;
                }
                if record.len() != names.len() {
                    let message = Message::new("import-cell-count")
                        .with("wanted", names.len())
                        .with("found", record.len());
                    faults.push(fault(line, "", "", message));
                    continue;
                }
                let fields = names
                    .iter()
                    .zip(record.iter())
                    .map(|(name, value)| (name.clone(), value.trim()))
                    .collect();
                rows.push(Row { line, fields });
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                faults.push(fault(line, "", "", Message::new("import-broken-row")));
            }
        }
        if rows.len() > MAX_ROWS {
            faults.push(fault(
                0,
                "",
                "",
                Message::new("import-too-many-rows").with("max", MAX_ROWS),
            ));
            break;
        }
    }
    if faults.is_empty() {
        Ok(rows)
    } else {
        Err(faults)
    }
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
