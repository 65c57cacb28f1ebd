//! Tables as CSV files, without what a spreadsheet would calculate: UTF-8 with a byte order mark (Excel needs it for Chinese), CRLF line ends (RFC 4180).

use super::view::Answer;
use crate::base::fault::Fault;
use crate::exchange::formula::marked;

/// A CSV file to keep; `name` without the ending.
pub(super) fn csv_answer(
    name: &str,
    columns: &[&str],
    rows: &[Vec<String>],
) -> Result<Answer, Fault> {
    let mut body = "\u{feff}".as_bytes().to_vec();
    {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(&mut body);
        writer.write_record(columns).map_err(Fault::internal)?;
        for row in rows {
            let cells = row.iter().map(|cell| marked(cell).into_owned());
            writer.write_record(cells).map_err(Fault::internal)?;
        }
        writer.flush().map_err(Fault::internal)?;
    }
    Ok(Answer::File {
        name: format!("{name}.csv"),
        media_type: "text/csv; charset=utf-8",
        body,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "tests")]
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let rows = [vec!["=cmd|'/C calc'!A0".to_owned(), "-12.5".to_owned()]];
        let Ok(Answer::File { body, .. }) = csv_answer("x", &["name", "share"], &rows) else {
            panic!("no file");
        };
        assert_eq!(
            String::from_utf8_lossy(&body),
            "\u{feff}name,share\r\n'=cmd|'/C calc'!A0,-12.5\r\n"
        );
    }
}
