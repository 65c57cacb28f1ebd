//! Importing 100,000 devices in 2,400 racks: new, checked with differences, and once more as they are.

use std::path::PathBuf;
use std::time::Instant;

use coldaisle::base::seal::Keyring;
use coldaisle::base::time::Timestamp;
use coldaisle::exchange::{self, Context, ImportFile, Kind};
use coldaisle::identity::Actor;
use coldaisle::store::{DatabaseUrl, Store, migrate};

use crate::Outcome;
use crate::postgres::Cluster;
use crate::process::Watch;
use crate::report::{Report, as_figure};

const DEVICES: usize = 100_000;
const RACKS: usize = 2_400;
const UNITS: usize = 42;
const CUSTOMERS: usize = 100;
/// 2026-11-22T08:00:00Z.
const NOW: Timestamp = Timestamp::from_seconds(1_795_334_400);

/// Measures `sqlite` or `postgres`.
pub fn measure(engine: &str, report: &Report) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let mut cluster = None;
    let url = if engine == "sqlite" {
        let path: PathBuf = folder.path().join("bench.db");
        std::fs::write(&path, [])?;
        DatabaseUrl::Sqlite(path)
    } else {
        let Some(running) = Cluster::start(folder.path())? else {
            eprintln!("PostgreSQL is left out: no initdb in PATH or /usr/lib/postgresql");
            return Ok(());
        };
        let url = running.url()?;
        cluster = Some(running);
        url
    };
    migrate::migrate(&url)?;
    let store = Store::open(&url, 4)?;
    let keyring = Keyring::generate()?;
    let places = places()?;
    timed(
        &store,
        &keyring,
        places,
        false,
        "racks and customers",
        report,
    )?;
    timed(
        &store,
        &keyring,
        devices("0")?,
        true,
        "checked, all new",
        report,
    )?;
    timed(
        &store,
        &keyring,
        devices("0")?,
        false,
        "written, all new",
        report,
    )?;
    timed(
        &store,
        &keyring,
        devices("0")?,
        false,
        "written, none differs",
        report,
    )?;
    timed(
        &store,
        &keyring,
        devices("1")?,
        true,
        "checked, all differ",
        report,
    )?;
    drop(store);
    drop(cluster);
    workbook(report)
}

fn kind(name: &str) -> Outcome<&'static Kind> {
    Ok(exchange::kind(name).ok_or("no such kind")?)
}

fn file(name: &str, text: &str) -> Outcome<ImportFile> {
    let kind = kind(name)?;
    let rows = exchange::read(kind, name, text.as_bytes());
    let rows = rows.map_err(|faults| format!("{faults:?}"))?;
    Ok(ImportFile::new(name, kind, rows))
}

fn places() -> Outcome<Vec<ImportFile>> {
    let mut racks = String::from("site,room,name,units\n");
    for rack in 0..RACKS {
        racks.push_str(&format!("S1,R1,A{rack:04},{UNITS}\n"));
    }
    let mut customers = String::from("code,name\n");
    for customer in 0..CUSTOMERS {
        customers.push_str(&format!("C{customer},Customer {customer}\n"));
    }
    Ok(vec![
        file("sites", "code,name,time_zone\nS1,One,Asia/Shanghai\n")?,
        file("rooms", "site,name\nS1,R1\n")?,
        file("racks", &racks)?,
        file("customers", &customers)?,
        file(
            "device-types",
            "manufacturer,model,slug,height_units,role\nMaker,Model,model,1,server\n",
        )?,
    ])
}

fn devices(note: &str) -> Outcome<Vec<ImportFile>> {
    let mut text = String::from(
        "name,serial,asset_tag,device_type,customer,status,site,room,rack,unit,face,note\n",
    );
    for device in 0..DEVICES {
        let (rack, unit) = (device / UNITS, device % UNITS + 1);
        let customer = device % CUSTOMERS;
        text.push_str(&format!("srv-{device:06},SN{device:08x},A{device:06},model,C{customer},installed,S1,R1,A{rack:04},{unit},front,{note}\n"));
    }
    Ok(vec![file("devices", &text)?])
}

fn timed(
    store: &Store,
    keyring: &Keyring,
    files: Vec<ImportFile>,
    dry_run: bool,
    what: &str,
    report: &Report,
) -> Outcome<()> {
    let actor = Actor::terminal(NOW);
    let context = Context {
        actor: &actor,
        keyring,
    };
    let rows: usize = files.iter().map(|file| file.rows.len()).sum();
    let (started, watch) = (Instant::now(), Watch::own()?);
    let done = exchange::import(store, &context, files, dry_run, &|_| ())?;
    if done.fault_count > 0 {
        return Err(format!("{what}: {:?}", done.faults.first()).into());
    }
    report.tell(what, started.elapsed().as_secs_f64(), "s");
    let rows = u64::try_from(rows)?;
    report.each(
        format!("{what}, a row, processor"),
        watch.spent()?.cpu,
        rows,
    );
    Ok(())
}

/// Writing and reading the same as a workbook.
fn workbook(report: &Report) -> Outcome<()> {
    let kind = kind("devices")?;
    let rows: Vec<Vec<String>> = devices("0")?
        .into_iter()
        .flat_map(|file| file.rows)
        .map(|row| {
            let cells = kind.columns.iter();
            cells
                .map(|column| row.fields.get(column).to_owned())
                .collect()
        })
        .collect();
    let started = Instant::now();
    let bytes = exchange::workbook(kind.name, kind.columns, &rows)?;
    report.tell("workbook written", started.elapsed().as_secs_f64(), "s");
    report.tell(
        "workbook",
        as_figure(u64::try_from(bytes.len())?) / 1e6,
        "MB",
    );
    let started = Instant::now();
    exchange::read(kind, "devices.xlsx", &bytes).map_err(|faults| format!("{faults:?}"))?;
    report.tell("workbook read", started.elapsed().as_secs_f64(), "s");
    Ok(())
}
