//! Evidence of visits: who came, what was written down and which doors they passed, as files whose hashes are in a
//! manifest, and the check of such files without a database.

use csv::{ReaderBuilder, Terminator, WriterBuilder};
use serde::{Deserialize, Serialize};

use super::chain::{Facts, Named};
use crate::base::fault::{Fault, Message};
use crate::base::ids::{PersonId, UserId, VisitEventId, VisitId};
use crate::base::time::Timestamp;
use crate::metering::evidence::EvidenceFault;
use crate::metering::evidence::package::{FileInside, Listed, named, pack, sha256, text, unpack};

/// Form of the manifest.
pub const VISITS_FORMAT: &str = "coldaisle-visits/1";
const MANIFEST_FILE: &str = "manifest.json";
const ENTRIES_FILE: &str = "entries.csv";
/// Faults that are listed at most.
const MOST_FAULTS: usize = 200;

/// Columns of `entries.csv`; the program reads them again.
pub(super) const ENTRY_COLUMNS: &[&str] = &[
    "sequence",
    "visit",
    "visit_id",
    "person_id",
    "at_ms",
    "at",
    "event",
    "author_id",
    "author",
    "remote",
    "note",
    "corrects_id",
    "corrected_at_ms",
    "salt",
    "named_digest",
    "previous_hash",
    "entry_hash",
];

/// How much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Visits.
    pub visits: usize,
    /// People on them.
    pub people: usize,
    /// Entries of their records.
    pub entries: usize,
    /// Badges at doors.
    pub passages: usize,
}

/// Where the chain of all entries stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainSaid {
    /// Entries of all visits.
    pub entries: i64,
    /// Hash of the last one.
    pub head_hash: String,
}

/// What is in the package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitsManifest {
    /// [`VISITS_FORMAT`].
    pub format: String,
    /// Version of the program that made it.
    pub program: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Who made it.
    pub made_by: String,
    /// Code of the site.
    pub site: String,
    /// IANA name of its zone.
    pub time_zone: String,
    /// Visits whose planned time or stay ends after this …
    pub from: Timestamp,
    /// … and begins before this.
    pub until: Timestamp,
    /// How much there is.
    pub counts: Counts,
    /// Where the chain stood.
    pub chain: ChainSaid,
    /// All files but this one.
    pub files: Vec<Listed>,
}

/// What was packed, for the answer and the audit log.
#[derive(Debug, Clone)]
pub struct EvidenceSummary {
    /// The ZIP file.
    pub body: Vec<u8>,
    /// Its SHA-256.
    pub hash: String,
    /// What is in it.
    pub manifest: VisitsManifest,
}

/// A table as a file: UTF-8 with a byte order mark, CRLF.
pub(super) fn table(
    name: &str,
    columns: &[&str],
    rows: &[Vec<String>],
) -> Result<FileInside, Fault> {
    let mut body = "\u{feff}".as_bytes().to_vec();
    {
        let mut writer = WriterBuilder::new()
            .terminator(Terminator::CRLF)
            .from_writer(&mut body);
        writer.write_record(columns).map_err(Fault::internal)?;
        for row in rows {
            writer.write_record(row).map_err(Fault::internal)?;
        }
        writer.flush().map_err(Fault::internal)?;
    }
    Ok(FileInside {
        name: name.to_owned(),
        body,
    })
}

/// Tables with their manifest and what explains them, as a ZIP file; the list of files in the manifest is made here.
pub(super) fn packed(
    tables: Vec<FileInside>,
    mut manifest: VisitsManifest,
) -> Result<EvidenceSummary, Fault> {
    let mut files = vec![
        FileInside::new("README.zh-CN.md", include_str!("README.zh-CN.md")),
        FileInside::new("README.en.md", include_str!("README.en.md")),
    ];
    files.extend(tables);
    manifest.files = files
        .iter()
        .map(|file| Listed {
            name: file.name.clone(),
            octets: file.body.len(),
            sha256: sha256(&file.body),
        })
        .collect();
    let said = serde_json::to_string_pretty(&manifest).map_err(Fault::internal)? + "\n";
    files.insert(0, FileInside::new(MANIFEST_FILE, said));
    let body = pack(&files).map_err(Fault::internal)?;
    Ok(EvidenceSummary {
        hash: sha256(&body),
        body,
        manifest,
    })
}

/// What came of a check.
#[derive(Debug, Clone)]
pub struct VisitReport {
    /// What the evidence says of itself.
    pub manifest: VisitsManifest,
    /// SHA-256 of the manifest, which holds those of all other files.
    pub hash: String,
    /// Everything that does not hold; nothing is good.
    pub faults: Vec<Message>,
}

/// Whether a file is evidence of visits, whatever else is wrong with it.
pub fn visits_format(bytes: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Form {
        format: String,
    }
    let Ok(files) = unpack(bytes) else {
        return false;
    };
    let Ok(manifest) = named(&files, MANIFEST_FILE) else {
        return false;
    };
    serde_json::from_slice::<Form>(&manifest.body)
        .is_ok_and(|form| form.format.starts_with("coldaisle-visits/"))
}

/// Checks evidence of visits by itself: each file is the one of the manifest, and each entry of a record hashes to
/// what it says and follows the one before when that is there.
///
/// # Errors
/// [`EvidenceFault`] when it can't be read so far that something could be checked; what was checked and does not hold
/// is in the report.
pub fn visits_verify(bytes: &[u8]) -> Result<VisitReport, EvidenceFault> {
    let files = unpack(bytes)?;
    let said = named(&files, MANIFEST_FILE)?;
    let manifest: VisitsManifest =
        serde_json::from_slice(&said.body).map_err(|error| EvidenceFault::Line {
            file: MANIFEST_FILE.to_owned(),
            line: error.line(),
            what: error.to_string(),
        })?;
    if manifest.format != VISITS_FORMAT {
        return Err(EvidenceFault::Version {
            file: MANIFEST_FILE.to_owned(),
            version: manifest.format,
        });
    }
    let mut faults = Vec::new();
    for listed in &manifest.files {
        match named(&files, &listed.name) {
            Ok(file) => {
                let found = sha256(&file.body);
                if found != listed.sha256 {
                    let fault = EvidenceFault::Changed {
                        file: listed.name.clone(),
                        found,
                        listed: listed.sha256.clone(),
                    };
                    faults.push(fault.message());
                }
            }
            Err(fault) => faults.push(fault.message()),
        }
    }
    for file in &files {
        let is_listed = manifest.files.iter().any(|listed| listed.name == file.name);
        if !is_listed && file.name != MANIFEST_FILE {
            let fault = EvidenceFault::Unlisted {
                file: file.name.clone(),
            };
            faults.push(fault.message());
        }
    }
    faults.extend(entry_faults(text(named(&files, ENTRIES_FILE)?)?)?);
    faults.truncate(MOST_FAULTS);
    Ok(VisitReport {
        hash: sha256(&said.body),
        manifest,
        faults,
    })
}

/// An entry as `entries.csv` has it.
#[derive(Debug, Deserialize)]
struct EntrySaid {
    sequence: Option<i64>,
    visit: String,
    visit_id: i64,
    person_id: Option<i64>,
    at_ms: i64,
    event: String,
    author_id: Option<i64>,
    author: String,
    remote: String,
    note: String,
    corrects_id: Option<i64>,
    corrected_at_ms: Option<i64>,
    salt: String,
    named_digest: String,
    previous_hash: String,
    entry_hash: String,
}

impl EntrySaid {
    /// Whether its hash, and the digest of its names unless they are forgotten, are what its words give.
    fn holds(&self, sequence: i64) -> bool {
        let facts = Facts {
            visit: VisitId::new(self.visit_id),
            person: self.person_id.map(PersonId::new),
            at: Timestamp::from_millis(self.at_ms),
            event: &self.event,
            author: self.author_id.map(UserId::new),
            corrects: self
                .corrects_id
                .map(VisitEventId::new)
                .zip(self.corrected_at_ms.map(Timestamp::from_millis)),
        };
        let names = Named {
            author_name: &self.author,
            remote: &self.remote,
            note: &self.note,
        };
        let names_hold = if self.salt.is_empty() {
            self.author.is_empty() && self.remote.is_empty() && self.note.is_empty()
        } else {
            names.digest(&self.salt) == self.named_digest
        };
        let hash = facts.entry_hash(sequence, &self.previous_hash, &self.named_digest);
        names_hold && hash == self.entry_hash
    }
}

fn entry_faults(text: &str) -> Result<Vec<Message>, EvidenceFault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = ReaderBuilder::new().from_reader(text.as_bytes());
    let mut faults = Vec::new();
    let mut last: Option<(i64, String)> = None;
    for (index, row) in reader.deserialize::<EntrySaid>().enumerate() {
        let line = index + 2;
        let entry = row.map_err(|error| EvidenceFault::Line {
            file: ENTRIES_FILE.to_owned(),
            line,
            what: error.to_string(),
        })?;
        let Some(sequence) = entry.sequence else {
            // From before there was a chain.
            continue;
        };
        let follows = match &last {
            Some((before, hash)) if before + 1 == sequence => *hash == entry.previous_hash,
            Some((before, _)) => *before < sequence,
            None => true,
        };
        if !follows || !entry.holds(sequence) {
            faults.push(
                Message::new("visit-evidence-entry")
                    .with("line", line)
                    .with("visit", entry.visit.as_str())
                    .with("sequence", sequence),
            );
        }
        last = Some((sequence, entry.entry_hash));
    }
    Ok(faults)
}
