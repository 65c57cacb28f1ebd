//! The program's work as a whole, with sockets, disks and processes: what it costs in processor time, memory and
//! octets written.
//!
//! `scripts/bench [snmp|bmc|store|find|imports|figures|kept|pages] [--json FILE]`. Nothing is asserted: the figures are for reading
//! and comparing. Each measurement has a process of its own, and the simulated hardware another one, so that its
//! work is not counted as ours.

mod agents;
mod billing;
mod bmc;
mod database;
mod find;
mod http;
mod imports;
mod kept;
mod pages;
mod postgres;
mod process;
mod records;
mod report;
mod snmp;

use std::io::{BufRead, BufReader};
use std::process::{Command, ExitCode, Stdio};

use report::{Figure, Report};

/// What goes wrong while measuring, in words.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Each case with the sizes it is measured at.
const CASES: &[(&str, &[&str])] = &[
    ("snmp", &["100", "1000"]),
    ("bmc", &["200", "1000", "5000-far", "10000"]),
    ("store", &["sqlite", "postgres"]),
    ("find", &["sqlite", "postgres"]),
    ("imports", &["sqlite", "postgres"]),
    ("figures", &["month"]),
    ("kept", &["sqlite"]),
    ("pages", &["demo"]),
];

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let as_bench = arguments.iter().any(|argument| argument == "--bench");
    arguments.retain(|argument| argument != "--bench");
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["agents", kind, count] => agents::serve(kind, count),
        ["measure", case, size] => measure(case, size),
        // `cargo test --all-targets` runs benches too, without this flag.
        _ if !as_bench => {
            println!("measures with `cargo bench` only");
            Ok(())
        }
        asked => run(asked),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures what was asked for, everything when nothing was.
fn run(asked: &[&str]) -> Outcome<()> {
    let (name, file) = match asked {
        [] => (None, None),
        ["--json", file] => (None, Some(*file)),
        [name] => (Some(*name), None),
        [name, "--json", file] | ["--json", file, name] => (Some(*name), Some(*file)),
        _ => return Err("usage: [CASE] [--json FILE]".into()),
    };
    let known = |name: &str| CASES.iter().any(|(case, _)| *case == name);
    if let Some(name) = name.filter(|name| !known(name)) {
        let names: Vec<&str> = CASES.iter().map(|(case, _)| *case).collect();
        return Err(format!("no case {name}; there are {}", names.join(", ")).into());
    }
    let mut figures = Vec::new();
    let mut failed = Vec::new();
    for (case, sizes) in CASES {
        if name.is_some_and(|name| name != *case) {
            continue;
        }
        for size in *sizes {
            if let Err(error) = apart(case, size, &mut figures) {
                eprintln!("{case} {size}: {error}");
                failed.push(format!("{case} {size}"));
            }
        }
    }
    if let Some(file) = file {
        report::write(file, &figures)?;
    }
    match failed.as_slice() {
        [] => Ok(()),
        failed => Err(format!("not measured: {}", failed.join(", ")).into()),
    }
}

/// Measures one case at one size in a process of its own and shows its figures as they come.
fn apart(case: &str, size: &str, figures: &mut Vec<Figure>) -> Outcome<()> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["measure", case, size])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let out = child.stdout.take().ok_or("no pipe")?;
    for line in BufReader::new(out).lines() {
        let figure: Figure = serde_json::from_str(&line?)?;
        println!("{figure}");
        figures.push(figure);
    }
    match child.wait()? {
        status if status.success() => Ok(()),
        status => Err(status.to_string().into()),
    }
}

fn measure(case: &str, size: &str) -> Outcome<()> {
    match case {
        "snmp" => snmp::measure(
            size.parse()?,
            &Report::new(format!("snmp, {size} switches")),
        ),
        "bmc" => bmc::measure(size, &Report::new(format!("bmc, {size}"))),
        "store" => database::measure(size, &Report::new(format!("store, {size}"))),
        "find" => find::measure(size, &Report::new(format!("find, {size}"))),
        "imports" => imports::measure(size, &Report::new(format!("imports, {size}"))),
        "figures" => billing::measure(&Report::new("figures, a month")),
        "kept" => kept::measure(&Report::new("kept, 9,984 ports")),
        "pages" => pages::measure(&Report::new("pages, demo")),
        _ => Err(format!("no case {case}").into()),
    }
}
