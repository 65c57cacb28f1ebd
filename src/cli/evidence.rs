//! `coldaisle evidence`: what a billed figure was made of, or who came to a site, as a file; and the check of such files.

use std::path::{Path, PathBuf};

use super::Common;
use super::console::Console;
use crate::access::{
    EvidenceSummary, site_choices, visit_evidence, visit_evidence_note, visits_format,
    visits_verify,
};
use crate::app;
use crate::base::fault::{Fault, Message};
use crate::base::ids::{AllocationId, SiteId};
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;
use crate::identity::Actor;
use crate::metering::evidence::verify::{Report, verify};
use crate::metering::{EvidenceFile, allocation_named_by, period_evidence, period_named_by};
use crate::store::Conn;

/// Evidence is smaller than this, packed.
const MOST_OCTETS: u64 = 256 * 1_048_576;
/// Faults that are printed one by one.
const MOST_PRINTED: usize = 20;

/// Commands about evidence: of billing periods and of visits.
#[derive(Debug, clap::Subcommand)]
pub enum Evidence {
    /// Write the evidence of a period into a ZIP file
    Export(Export),
    /// Write the evidence of visits to a site into a ZIP file
    Visits(Visits),
    /// Check a file of evidence by itself: compute a billed figure again, or the hashes of visits; needs no database
    Verify(Verify),
}

/// Arguments of `evidence export`.
#[derive(Debug, clap::Args)]
pub struct Export {
    /// The allocation: its number, or CUSTOMER/NAME
    allocation: String,
    /// The period: the month it begins in (2026-11), or a day in it (2026-11-05)
    period: String,
    /// The file to write
    file: PathBuf,
}

/// Arguments of `evidence visits`.
#[derive(Debug, clap::Args)]
pub struct Visits {
    /// Code of the site; may be left out when there is one
    #[arg(long)]
    site: Option<String>,
    /// Visits from this time on, in the site's zone: 2026-11-01, or 2026-11-01 08:00
    #[arg(long)]
    from: String,
    /// Visits before this time
    #[arg(long)]
    until: String,
    /// The file to write
    file: PathBuf,
}

/// Arguments of `evidence verify`.
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// The file of evidence
    file: PathBuf,
}

/// Exports or verifies. Exit code 0 done and whole, 1 not.
pub async fn run(console: &Console, common: &Common, command: Evidence) -> i32 {
    match command {
        Evidence::Export(args) => export(console, common, &args),
        Evidence::Visits(args) => visits(console, common, &args),
        Evidence::Verify(args) => check(console, &args.file),
    }
}

fn export(console: &Console, common: &Common, args: &Export) -> i32 {
    let config = match common.config(console, Vec::new()) {
        Ok(config) => config,
        Err(code) => return code,
    };
    let store = match app::open_store(&config, false) {
        Ok(store) => store,
        Err(error) => return console.failed_app(&error),
    };
    let made = store.read_blocking(|c| made(c, &args.allocation, &args.period));
    let evidence = match made {
        Ok(evidence) => evidence,
        Err(fault) => return console.failed(&fault),
    };
    if let Err(fault) = std::fs::write(&args.file, &evidence.body) {
        return unreadable(console, &args.file, &fault);
    }
    let message = Message::new("evidence-written")
        .with("path", args.file.display().to_string())
        .with("hash", evidence.hash);
    console.answer(&console.say(&message));
    0
}

fn made(c: &mut Conn, allocation: &str, period: &str) -> Result<EvidenceFile, Fault> {
    let actor = Actor::terminal(Timestamp::now());
    let id: AllocationId = allocation_named_by(c, &actor, allocation)?;
    let at = period_named_by(c, &actor, id, period)?;
    period_evidence(c, &actor, id, at)
}

fn visits(console: &Console, common: &Common, args: &Visits) -> i32 {
    let config = match common.config(console, Vec::new()) {
        Ok(config) => config,
        Err(code) => return code,
    };
    let store = match app::open_store(&config, false) {
        Ok(store) => store,
        Err(error) => return console.failed_app(&error),
    };
    let actor = Actor::terminal(Timestamp::now());
    let (site, made) = match store.read_blocking(|c| visits_made(c, &actor, args)) {
        Ok(made) => made,
        Err(fault) => return console.failed(&fault),
    };
    let noted = store.write_blocking("visit.evidence", |c| {
        visit_evidence_note(c, &actor, site, &made)
    });
    if let Err(fault) = noted {
        return console.failed(&fault);
    }
    if let Err(fault) = std::fs::write(&args.file, &made.body) {
        return unreadable(console, &args.file, &fault);
    }
    let counts = made.manifest.counts;
    let message = Message::new("visit-evidence-written")
        .with("path", args.file.display().to_string())
        .with("visits", counts.visits)
        .with("people", counts.people)
        .with("hash", made.hash.as_str());
    console.answer(&console.say(&message));
    0
}

fn visits_made(
    c: &mut Conn,
    actor: &Actor,
    args: &Visits,
) -> Result<(SiteId, EvidenceSummary), Fault> {
    let sites = site_choices(c)?;
    let only = sites.len() == 1;
    let site = sites
        .into_iter()
        .find(|site| match &args.site {
            Some(code) => site.code == *code,
            None => only,
        })
        .ok_or_else(|| Fault::field("site", Message::new("visit-fault-site")))?;
    let zone = site.zone()?;
    let instant = |name: &'static str, typed: &str| {
        Timestamp::parse_in(typed, zone)
            .ok_or_else(|| Fault::field(name, Message::new("visit-fault-time")))
    };
    let (from, until) = (instant("from", &args.from)?, instant("until", &args.until)?);
    let made = visit_evidence(c, actor, site.id, from, until)?;
    Ok((site.id, made))
}

/// Checks a file of evidence of visits.
fn check_visits(console: &Console, bytes: &[u8]) -> i32 {
    let report = match visits_verify(bytes) {
        Ok(report) => report,
        Err(fault) => {
            console.complain(&console.say(&fault.message()));
            return 1;
        }
    };
    for fault in report.faults.iter().take(MOST_PRINTED) {
        console.complain(&console.say(fault));
    }
    if !report.faults.is_empty() {
        let message = Message::new("visit-evidence-broken").with("count", report.faults.len());
        console.complain(&console.say(&message));
        return 1;
    }
    let manifest = &report.manifest;
    let message = Message::new("visit-evidence-whole")
        .with("site", manifest.site.as_str())
        .with("from", manifest.from.to_rfc3339())
        .with("until", manifest.until.to_rfc3339())
        .with("visits", manifest.counts.visits)
        .with("entries", manifest.counts.entries)
        .with("head", manifest.chain.head_hash.as_str())
        .with("hash", report.hash.as_str());
    console.answer(&console.say(&message));
    0
}

fn check(console: &Console, path: &Path) -> i32 {
    let bytes = match read_bounded(path) {
        Ok(bytes) => bytes,
        Err(fault) => return unreadable(console, path, &fault),
    };
    if visits_format(&bytes) {
        return check_visits(console, &bytes);
    }
    let report = match verify(&bytes) {
        Ok(report) => report,
        Err(fault) => {
            console.complain(&console.say(&fault.message()));
            return 1;
        }
    };
    for fault in report.faults.iter().take(MOST_PRINTED) {
        console.complain(&console.say(&fault.message()));
    }
    if report.faults.is_empty() {
        console.answer(&console.say(&whole(&report)));
        0
    } else {
        let message = Message::new("evidence-broken").with("count", report.faults.len());
        console.complain(&console.say(&message));
        1
    }
}

fn whole(report: &Report) -> Message {
    let document = &report.document;
    let figure = report.computed_bps.map_or_else(
        || "–".to_owned(),
        |bps| BitsPerSecond::new(bps).to_mbps_text(),
    );
    Message::new("evidence-whole")
        .with("allocation", document.owner.allocation.as_str())
        .with("from", document.period.from.to_rfc3339())
        .with("until", document.period.until.to_rfc3339())
        .with("mbps", figure)
        .with("readings", report.readings.to_string())
        .with("hash", report.hash.as_str())
}

fn read_bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    let octets = std::fs::metadata(path)?.len();
    if octets > MOST_OCTETS {
        return Err(std::io::Error::new(
            std::io::ErrorKind::FileTooLarge,
            format!("{octets} octets, more than evidence has"),
        ));
    }
    std::fs::read(path)
}

fn unreadable(console: &Console, path: &Path, fault: &std::io::Error) -> i32 {
    let message = Message::new("app-place")
        .with("path", path.display().to_string())
        .with("fault", fault.to_string());
    console.complain(&console.say(&message));
    1
}
