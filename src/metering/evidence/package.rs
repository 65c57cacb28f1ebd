//! The files of evidence in one ZIP file, and their manifest.

use std::io::{Cursor, Read, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::EvidenceFault;
use super::document::{Frozen, PERIOD_FILE, PeriodDocument, SLOTS_FILE};
use super::tables::{dropped_csv, parse_slots, readings_csv, slots_csv};
use crate::base::time::Timestamp;
use crate::base::token::hex;
use crate::metering::members::Member;

/// Form of the manifest.
pub const FORMAT: &str = "coldaisle-evidence/1";
/// Name of the manifest.
pub const MANIFEST_FILE: &str = "manifest.json";
/// Name of the slots that were left out.
pub const DROPPED_FILE: &str = "dropped.csv";
/// Name of the rule by itself, for reading.
pub const RULE_FILE: &str = "rule.json";
/// Name of the ports with their dates by themselves, for reading.
pub const PORTS_FILE: &str = "ports.json";

/// More files than a thousand ports need are no evidence of ours.
pub(super) const MOST_FILES: usize = 2_048;
/// A month of one port read every minute is 5 MB; nothing in evidence is larger than this.
const MOST_OCTETS_A_FILE: u64 = 64 * 1_048_576;
/// All files unpacked.
const MOST_OCTETS: u64 = 768 * 1_048_576;

/// One file inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInside {
    /// Its name, with `/` between folders.
    pub name: String,
    /// Its content.
    pub body: Vec<u8>,
}

impl FileInside {
    /// A file of text.
    #[must_use]
    pub fn new(name: &str, text: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            body: text.into().into_bytes(),
        }
    }
}

/// A file as the manifest has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its length.
    pub octets: usize,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
}

/// What is in the package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// Version of the program that made it.
    pub program: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// When the period was closed; null while it is open.
    pub closed_at: Option<Timestamp>,
    /// SHA-256 of period.json and slots.csv, one after the other: what was frozen when the period was closed.
    pub sha256: String,
    /// All files but this one.
    pub files: Vec<Listed>,
}

/// SHA-256 in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The evidence of a period as a ZIP file.
///
/// # Errors
/// [`EvidenceFault::Package`] when it can't be packed.
pub fn evidence(
    frozen: &Frozen,
    members: &[Member],
    made_at: Timestamp,
    closed_at: Option<Timestamp>,
) -> Result<Vec<u8>, EvidenceFault> {
    let document = &frozen.document;
    let (rule, _) = document.rule()?;
    let decided = frozen.figure().and_then(|figure| figure.decided_by);
    let pretty = |value: serde_json::Result<String>| value.unwrap_or_default() + "\n";
    let mut files = vec![
        FileInside::new("README.zh-CN.md", include_str!("README.zh-CN.md")),
        FileInside::new("README.en.md", include_str!("README.en.md")),
        FileInside::new(PERIOD_FILE, frozen.period_json()),
        FileInside::new(SLOTS_FILE, slots_csv(&frozen.slots)),
        FileInside::new(
            DROPPED_FILE,
            dropped_csv(&frozen.slots, decided.unwrap_or(rule)),
        ),
        FileInside::new(
            RULE_FILE,
            pretty(serde_json::to_string_pretty(&document.rule)),
        ),
        FileInside::new(
            PORTS_FILE,
            pretty(serde_json::to_string_pretty(&document.ports)),
        ),
    ];
    for (port, member) in document.ports.iter().zip(members) {
        files.push(FileInside::new(
            &port.readings,
            readings_csv(&member.readings),
        ));
    }
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made_at,
        closed_at,
        sha256: frozen.hash(),
        files: files.iter().map(listed).collect(),
    };
    files.insert(
        0,
        FileInside::new(
            MANIFEST_FILE,
            pretty(serde_json::to_string_pretty(&manifest)),
        ),
    );
    pack(&files)
}

fn listed(file: &FileInside) -> Listed {
    Listed {
        name: file.name.clone(),
        octets: file.body.len(),
        sha256: sha256(&file.body),
    }
}

/// Files as a ZIP file; the same files give the same bytes.
///
/// # Errors
/// [`EvidenceFault::Package`] when it can't be packed.
pub fn pack(files: &[FileInside]) -> Result<Vec<u8>, EvidenceFault> {
    let failed = |error: &dyn std::fmt::Display| EvidenceFault::Package(error.to_string());
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for file in files {
        writer
            .start_file(file.name.as_str(), options)
            .map_err(|error| failed(&error))?;
        writer
            .write_all(&file.body)
            .map_err(|error| failed(&error))?;
    }
    let cursor = writer.finish().map_err(|error| failed(&error))?;
    Ok(cursor.into_inner())
}

/// The files of a ZIP file, never more or larger ones than evidence has, whatever it announces.
///
/// # Errors
/// [`EvidenceFault::Package`] and [`EvidenceFault::TooLarge`].
pub fn unpack(bytes: &[u8]) -> Result<Vec<FileInside>, EvidenceFault> {
    let failed = |error: &dyn std::fmt::Display| EvidenceFault::Package(error.to_string());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| failed(&error))?;
    if archive.len() > MOST_FILES {
        return Err(EvidenceFault::TooLarge {
            file: String::new(),
        });
    }
    let mut files = Vec::new();
    let mut left = MOST_OCTETS;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| failed(&error))?;
        let name = entry.name().map_err(|error| failed(&error))?.into_owned();
        let most = left.min(MOST_OCTETS_A_FILE);
        let mut body = Vec::new();
        let mut entry = entry.take(most.saturating_add(1));
        entry
            .read_to_end(&mut body)
            .map_err(|error| failed(&format!("{name}: {error}")))?;
        let octets = u64::try_from(body.len()).unwrap_or(u64::MAX);
        if octets > most {
            return Err(EvidenceFault::TooLarge { file: name });
        }
        left = left.saturating_sub(octets);
        files.push(FileInside { name, body });
    }
    Ok(files)
}

/// A frozen period as it is kept in the database: the two files that are hashed.
///
/// # Errors
/// [`EvidenceFault::Package`] when it can't be packed.
pub fn freeze(frozen: &Frozen) -> Result<Vec<u8>, EvidenceFault> {
    pack(&[
        FileInside::new(PERIOD_FILE, frozen.period_json()),
        FileInside::new(SLOTS_FILE, slots_csv(&frozen.slots)),
    ])
}

/// What [`freeze`] kept.
///
/// # Errors
/// [`EvidenceFault`] for bytes that are something else.
pub fn thaw(bytes: &[u8]) -> Result<Frozen, EvidenceFault> {
    let files = unpack(bytes)?;
    Ok(Frozen {
        document: PeriodDocument::parse(&named(&files, PERIOD_FILE)?.body)?,
        slots: parse_slots(SLOTS_FILE, text(named(&files, SLOTS_FILE)?)?)?,
    })
}

/// The file of a name.
///
/// # Errors
/// [`EvidenceFault::Missing`].
pub fn named<'a>(files: &'a [FileInside], name: &str) -> Result<&'a FileInside, EvidenceFault> {
    let found = files.iter().find(|file| file.name == name);
    found.ok_or_else(|| EvidenceFault::Missing {
        file: name.to_owned(),
    })
}

/// The text of a file.
///
/// # Errors
/// [`EvidenceFault::Line`] with the line that is no UTF-8.
pub fn text(file: &FileInside) -> Result<&str, EvidenceFault> {
    std::str::from_utf8(&file.body).map_err(|error| {
        let before = file.body.get(..error.valid_up_to()).unwrap_or_default();
        EvidenceFault::Line {
            file: file.name.clone(),
            line: before.iter().filter(|octet| **octet == b'\n').count() + 1,
            what: "no UTF-8".to_owned(),
        }
    })
}
