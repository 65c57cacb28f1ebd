//! Computing a period again from the readings of its evidence alone.

use std::collections::BTreeSet;

use super::EvidenceFault;
use super::document::{
    FigureSaid, Frozen, PERIOD_FILE, PeriodDocument, SLOTS_FILE, figure_said, hash_of,
};
use super::package::{
    DROPPED_FILE, FORMAT, FileInside, MANIFEST_FILE, MOST_FILES, Manifest, named, sha256, text,
    unpack,
};
use super::tables::{dropped_csv, first_difference, parse_readings, slots_csv};
use crate::base::units::BitsPerSecond;
use crate::metering::members::{Member, slots_of_members};
use crate::metering::percentile::percentile;
use crate::metering::slot::{MAX_SLOTS, SLOT_MS};

/// Slots of all ports together that are computed at most.
const MOST_PORT_SLOTS: usize = 20_000_000;

/// What came of it.
#[derive(Clone, Debug)]
pub struct Report {
    /// The period as the evidence has it.
    pub document: PeriodDocument,
    /// SHA-256 of period.json and slots.csv as they are in the evidence.
    pub hash: String,
    /// The 95th computed from the readings, in bit/s.
    pub computed_bps: Option<i64>,
    /// Readings that it was computed from.
    pub readings: usize,
    /// Everything that does not hold; nothing is good.
    pub faults: Vec<EvidenceFault>,
}

/// Computes the figure of evidence from its readings and compares all that the evidence says.
///
/// # Errors
/// [`EvidenceFault`] when it can't be read so far that something could be computed; what was computed and does
/// not hold is in the report.
pub fn verify(bytes: &[u8]) -> Result<Report, EvidenceFault> {
    let files = unpack(bytes)?;
    let document = PeriodDocument::parse(&named(&files, PERIOD_FILE)?.body)?;
    let members = members(&files, &document)?;
    let mut faults = Vec::new();
    let computed = computed(&files, &document, &members, &mut faults)?;
    let slots_file = named(&files, SLOTS_FILE)?;
    let hash = hash_of(&named(&files, PERIOD_FILE)?.body, &slots_file.body);
    manifest_holds(&files, &hash, &mut faults)?;
    Ok(Report {
        hash,
        computed_bps: computed.p95_bps,
        readings: members.iter().map(|member| member.readings.len()).sum(),
        document,
        faults,
    })
}

fn members(files: &[FileInside], document: &PeriodDocument) -> Result<Vec<Member>, EvidenceFault> {
    let counted = document.counted;
    let slots = counted.until.since_millis(counted.from) / SLOT_MS;
    if usize::try_from(slots).map_or(counted.until > counted.from, |slots| slots > MAX_SLOTS) {
        return Err(EvidenceFault::TooLarge {
            file: PERIOD_FILE.to_owned(),
        });
    }
    let too_large = || EvidenceFault::TooLarge {
        file: PERIOD_FILE.to_owned(),
    };
    let ports = document.ports.len();
    let all_slots = usize::try_from(slots.max(0)).map(|slots| slots.saturating_mul(ports));
    if ports > MOST_FILES || all_slots.is_ok_and(|slots| slots > MOST_PORT_SLOTS) {
        return Err(too_large());
    }
    let names: BTreeSet<&String> = document.ports.iter().map(|port| &port.readings).collect();
    if names.len() < ports {
        return Err(EvidenceFault::Line {
            file: PERIOD_FILE.to_owned(),
            line: 1,
            what: "two ports name one file".to_owned(),
        });
    }
    let member = |port: &super::document::PortSaid| {
        let file = named(files, &port.readings)?;
        Ok(port.member(parse_readings(&file.name, text(file)?)?))
    };
    document.ports.iter().map(member).collect()
}

fn computed(
    files: &[FileInside],
    document: &PeriodDocument,
    members: &[Member],
    faults: &mut Vec<EvidenceFault>,
) -> Result<FigureSaid, EvidenceFault> {
    let (direction, gaps) = document.rule()?;
    let slots = slots_of_members(members, document.counted.into());
    let figure = percentile(&slots, direction, gaps);
    let dropped = dropped_csv(&slots, figure.decided_by.unwrap_or(direction));
    for (name, computed) in [(SLOTS_FILE, slots_csv(&slots)), (DROPPED_FILE, dropped)] {
        let found = text(named(files, name)?)?;
        faults.extend(first_difference(name, found, &computed));
    }
    let committed = BitsPerSecond::new(document.committed_bps);
    let computed = figure_said(&slots, direction, gaps, committed);
    figures_hold(&document.figure, &computed, faults);
    // Anything else that the line of JSON says in another way than it is written is not what was hashed.
    let frozen = Frozen {
        document: document.clone(),
        slots,
    };
    let written = text(named(files, PERIOD_FILE)?)?;
    faults.extend(first_difference(
        PERIOD_FILE,
        written,
        &frozen.period_json(),
    ));
    Ok(computed)
}

fn figures_hold(found: &FigureSaid, computed: &FigureSaid, faults: &mut Vec<EvidenceFault>) {
    let optional =
        |number: Option<i64>| number.map_or_else(|| "null".to_owned(), |n| n.to_string());
    let word = |word: &Option<String>| word.clone().unwrap_or_else(|| "null".to_owned());
    let fields = |said: &FigureSaid| {
        [
            ("p95_bps", optional(said.p95_bps)),
            ("overage_bps", optional(said.overage_bps)),
            ("decided_by", word(&said.decided_by)),
            ("ranked", said.ranked.to_string()),
            ("rank", said.rank.to_string()),
            ("slots", said.slots.to_string()),
            ("used", said.used.to_string()),
            ("gap", said.gap.to_string()),
            ("estimated", said.estimated.to_string()),
            ("suspect", said.suspect.to_string()),
            ("incomplete", said.incomplete.to_string()),
            ("in_octets", said.in_octets.to_string()),
            ("out_octets", said.out_octets.to_string()),
        ]
    };
    for ((field, found), (_, computed)) in fields(found).into_iter().zip(fields(computed)) {
        if found != computed {
            faults.push(EvidenceFault::Figure {
                field,
                found,
                computed,
            });
        }
    }
}

fn manifest_holds(
    files: &[FileInside],
    hash: &str,
    faults: &mut Vec<EvidenceFault>,
) -> Result<(), EvidenceFault> {
    let file = named(files, MANIFEST_FILE)?;
    let manifest: Manifest =
        serde_json::from_slice(&file.body).map_err(|error| EvidenceFault::Line {
            file: MANIFEST_FILE.to_owned(),
            line: error.line(),
            what: error.to_string(),
        })?;
    if manifest.format != FORMAT {
        return Err(EvidenceFault::Version {
            file: MANIFEST_FILE.to_owned(),
            version: manifest.format,
        });
    }
    if manifest.files.len() > MOST_FILES {
        return Err(EvidenceFault::TooLarge {
            file: MANIFEST_FILE.to_owned(),
        });
    }
    for listed in &manifest.files {
        match named(files, &listed.name) {
            Err(fault) => faults.push(fault),
            Ok(file) => {
                let found = sha256(&file.body);
                if found != listed.sha256 || file.body.len() != listed.octets {
                    faults.push(EvidenceFault::Changed {
                        file: listed.name.clone(),
                        found,
                        listed: listed.sha256.clone(),
                    });
                }
            }
        }
    }
    let is_listed = |file: &&FileInside| {
        file.name != MANIFEST_FILE && !manifest.files.iter().any(|known| known.name == file.name)
    };
    faults.extend(
        files
            .iter()
            .filter(is_listed)
            .map(|file| EvidenceFault::Unlisted {
                file: file.name.clone(),
            }),
    );
    if manifest.sha256 != hash {
        faults.push(EvidenceFault::Changed {
            file: format!("{PERIOD_FILE} + {SLOTS_FILE}"),
            found: hash.to_owned(),
            listed: manifest.sha256,
        });
    }
    Ok(())
}
