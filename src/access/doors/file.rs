//! Events of doors from a file: one row each, as controllers export them.

use super::model::{Batch, MOST_EVENTS, Reported};
use crate::access::rows::SiteName;
use crate::base::fault::{Fault, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::time::Timestamp;

/// Columns of a file; `site` may be left out when there is one, `source` and `id` always.
pub const DOOR_EVENT_COLUMNS: &[&str] = &["site", "source", "door", "badge", "at", "result", "id"];
/// Who tells the events of a file that does not say.
const FILE_SOURCE: &str = "file";
/// Most rows of one file.
const MOST_ROWS: usize = 100_000;

/// A part of a file that is taken in at once.
#[derive(Debug, Clone)]
pub struct FileBatch {
    /// What it tells.
    pub batch: Batch,
    /// The line of each event, counted from 1.
    pub lines: Vec<usize>,
}

fn wrong(message: Message) -> Fault {
    Fault::field("file", message)
}

/// The site that a row names, or the only one there is.
fn site_of<'a>(sites: &'a [SiteName], code: &str) -> Option<&'a SiteName> {
    match (code.trim(), sites) {
        ("", [only]) => Some(only),
        (code, _) => sites.iter().find(|site| site.code == code),
    }
}

/// Reads a file (UTF-8, comma, a head line) into batches of one site and one source each, at most a thousand events
/// in one, in the order of the file.
pub fn door_file_read(
    bytes: &[u8],
    sites: &[SiteName],
    now: Timestamp,
) -> Result<Vec<FileBatch>, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|_| wrong(Message::new("fault-not-utf8")))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let unreadable = |error: &csv::Error| {
        wrong(Message::new("door-fault-file").with("fault", error.to_string()))
    };
    let head = reader
        .headers()
        .map_err(|error| unreadable(&error))?
        .clone();
    for needed in ["door", "badge", "at", "result"] {
        if !head.iter().any(|column| column.trim() == needed) {
            return Err(wrong(
                Message::new("door-fault-column").with("column", needed),
            ));
        }
    }
    let mut batches: Vec<FileBatch> = Vec::new();
    for (index, row) in reader.records().enumerate() {
        let line = index + 2;
        if index >= MOST_ROWS {
            return Err(wrong(
                Message::new("door-fault-too-many").with("count", MOST_ROWS),
            ));
        }
        let row = row.map_err(|error| unreadable(&error))?;
        let fields: Fields = head
            .iter()
            .zip(row.iter())
            .map(|(name, text)| (name.trim(), text))
            .collect();
        let Some(site) = site_of(sites, fields.get("site")) else {
            return Err(wrong(
                Message::new("door-fault-line-site").with("line", line),
            ));
        };
        let source = match fields.get("source").trim() {
            "" => FILE_SOURCE,
            source => source,
        };
        let event: Result<Reported, FieldFault> = site
            .zone()
            .map_err(|_| FieldFault::new("site", Message::new("visit-fault-site")))
            .and_then(|zone| Reported::parse(&fields, zone, now));
        let open = batches
            .iter_mut()
            .rev()
            .find(|part| part.batch.site.id == site.id && part.batch.source == source)
            .filter(|part| part.lines.len() < MOST_EVENTS);
        match open {
            Some(part) => {
                part.batch.events.push(event);
                part.lines.push(line);
            }
            None => batches.push(FileBatch {
                batch: Batch {
                    source: source.to_owned(),
                    site: site.clone(),
                    events: vec![event],
                },
                lines: vec![line],
            }),
        }
    }
    Ok(batches)
}
