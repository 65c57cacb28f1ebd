//! Tables as CSV files: UTF-8 with a byte order mark (Excel needs it for Chinese), CRLF line ends (RFC 4180).

use super::view::Answer;
use crate::base::fault::Fault;

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
            writer.write_record(row).map_err(Fault::internal)?;
        }
        writer.flush().map_err(Fault::internal)?;
    }
    Ok(Answer::File {
        name: format!("{name}.csv"),
        media_type: "text/csv; charset=utf-8",
        body,
    })
}
