//! Finding one of 100,000 devices: what a person waits for behind the search box, and what keeping the index costs.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use coldaisle::base::fault::Fault;
use coldaisle::base::ids::CustomerId;
use coldaisle::base::time::Timestamp;
use coldaisle::identity::{Actor, Role};
use coldaisle::insert_all;
use coldaisle::search::{SearchKind, search_find};
use coldaisle::store::schema::{
    contacts, customers, device_types, devices, ports, racks, rooms, sites, visits,
};
use coldaisle::store::{Conn, DatabaseUrl, Store, migrate};
use coldaisle::tasks::search_index::rebuild;
use diesel::prelude::*;
use tokio_util::sync::CancellationToken;

use crate::Outcome;
use crate::postgres::Cluster;
use crate::process::Watch;
use crate::report::{Report, as_figure, millis};

const DEVICES: i64 = 100_000;
const CUSTOMERS: i64 = 500;
const RACKS: i64 = 5_000;
const PORTS: i64 = 20_000;
const VISITS: i64 = 20_000;
const QUERIES: usize = 500;
/// Hits of a kind, as the box shows.
const OFFERED: usize = 8;
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
    store.write_blocking("bench", records)?;
    indexed(&store, report)?;
    if cluster.is_some() {
        store.write_blocking("bench", analysed)?;
    }
    let staff = actor(Role::Operations, None);
    let customer = actor(Role::CustomerMember, Some(CustomerId::new(7)));
    asked(&store, &staff, "staff", report)?;
    asked(&store, &customer, "a customer", report)?;
    drop(store);
    drop(cluster);
    Ok(())
}

fn actor(role: Role, customer_id: Option<CustomerId>) -> Actor {
    Actor {
        role,
        customer_id,
        ..Actor::terminal(NOW)
    }
}

/// Makes the whole index and tells how long that took.
fn indexed(store: &Store, report: &Report) -> Outcome<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let started = Instant::now();
    let watch = Watch::own()?;
    let made = runtime.block_on(rebuild(store, &CancellationToken::new(), |_, _| {}))?;
    report.tell("records", as_figure(u64::try_from(made)?), "");
    report.tell("index made anew", started.elapsed().as_secs_f64(), "s");
    report.each(
        "a record, processor",
        watch.spent()?.cpu,
        u64::try_from(made)?,
    );
    Ok(())
}

fn analysed(c: &mut Conn) -> Result<(), Fault> {
    coldaisle::on_engine!(c, inner => diesel::sql_query("ANALYZE").execute(inner))?;
    Ok(())
}

/// A query of each sort in turn, as people type.
fn query(number: usize) -> String {
    let pick = (number * 7_919) % usize::try_from(DEVICES).unwrap_or(1);
    match number % 12 {
        0 => format!("srv-{pick:06}"),
        1 => format!("srv-{:04}", pick / 100),
        2 => format!("sn{pick:08x}"),
        3 => format!("{:04x}", pick % 0xffff),
        4 => mac(pick, ":"),
        5 => mac(pick, "").chars().skip(6).collect(),
        6 => "s".to_owned(),
        7 => "yunhai".to_owned(),
        8 => format!("云海 {}", pick % 500),
        9 => format!("cust-{:03}", pick % 500),
        10 => format!("xe-0/0/{} sw-{:03}", pick % 48, pick % 400),
        _ => format!("V-2026-{:06}", pick % 20_000),
    }
}

fn mac(number: usize, between: &str) -> String {
    let digits = format!("{:012x}", 0x001b_2100_0000 + number);
    let pairs: Vec<&str> = (0..6)
        .filter_map(|at| digits.get(at * 2..at * 2 + 2))
        .collect();
    pairs.join(between)
}

fn asked(store: &Store, actor: &Actor, who: &str, report: &Report) -> Outcome<()> {
    let mut taken = Vec::with_capacity(QUERIES);
    let mut hits = 0;
    for number in 0..QUERIES + 20 {
        let text = query(number);
        let started = Instant::now();
        let groups = store.read_blocking(|c| search_find(c, actor, &text, OFFERED))?;
        // The first ones meet statements that were never planned.
        if number >= 20 {
            taken.push(started.elapsed());
            hits += groups.iter().map(|group| group.hits.len()).sum::<usize>();
        }
    }
    taken.sort_unstable();
    let at = |part: usize| {
        taken
            .get(taken.len() * part / 100)
            .copied()
            .unwrap_or(Duration::ZERO)
    };
    report.tell(format!("{who}: a query, median"), millis(at(50)), "ms");
    report.tell(
        format!("{who}: a query, 99 of 100 below"),
        millis(at(99)),
        "ms",
    );
    let most = taken.last().copied().unwrap_or(Duration::ZERO);
    report.tell(format!("{who}: a query, longest"), millis(most), "ms");
    report.tell(
        format!("{who}: hits of {QUERIES} queries"),
        as_figure(u64::try_from(hits)?),
        "",
    );
    let kinds = as_figure(u64::try_from(SearchKind::ALL.len())?);
    report.tell(format!("{who}: kinds looked at"), kinds, "");
    Ok(())
}

fn records(c: &mut Conn) -> Result<(), Fault> {
    diesel::insert_into(sites::table)
        .values((
            sites::id.eq(1_i64),
            sites::code.eq("SHA1"),
            sites::name.eq("上海一号"),
            sites::time_zone.eq("Asia/Shanghai"),
            sites::created_at.eq(NOW),
            sites::updated_at.eq(NOW),
        ))
        .execute(c)?;
    let rows: Vec<_> = (1..=50_i64)
        .map(|n| {
            (
                rooms::id.eq(n),
                rooms::site_id.eq(1_i64),
                rooms::name.eq(format!("{n} 号机房")),
                rooms::created_at.eq(NOW),
                rooms::updated_at.eq(NOW),
            )
        })
        .collect();
    insert_all!(c, rooms::table, rows)?;
    places_and_people(c)?;
    machines(c)?;
    visits_of(c)
}

fn places_and_people(c: &mut Conn) -> Result<(), Fault> {
    let rows: Vec<_> = (1..=RACKS)
        .map(|n| {
            (
                racks::id.eq(n),
                racks::room_id.eq(n % 50 + 1),
                racks::name.eq(format!(
                    "{}{:03}",
                    char::from(b'A' + u8::try_from(n % 26).unwrap_or(0)),
                    n / 26
                )),
                racks::units.eq(42_i64),
                racks::numbering.eq("up"),
                racks::ownership.eq("operator"),
                racks::created_at.eq(NOW),
                racks::updated_at.eq(NOW),
            )
        })
        .collect();
    insert_all!(c, racks::table, rows)?;
    let rows: Vec<_> = (1..=CUSTOMERS)
        .map(|n| {
            (
                customers::id.eq(n),
                customers::code.eq(format!("CUST-{n:03}")),
                customers::name.eq(format!("云海第 {n} 科技有限公司")),
                customers::locale.eq("zh-CN"),
                customers::created_at.eq(NOW),
                customers::updated_at.eq(NOW),
            )
        })
        .collect();
    insert_all!(c, customers::table, rows)?;
    let rows: Vec<_> = (1..=CUSTOMERS * 2)
        .map(|n| {
            (
                contacts::customer_id.eq(n % CUSTOMERS + 1),
                contacts::name.eq(format!("李云海 {n}")),
                contacts::phone.eq(format!("+86 138 {n:08}")),
                contacts::locale.eq("zh-CN"),
                contacts::created_at.eq(NOW),
                contacts::updated_at.eq(NOW),
            )
        })
        .collect();
    insert_all!(c, contacts::table, rows)?;
    Ok(())
}

fn machines(c: &mut Conn) -> Result<(), Fault> {
    diesel::insert_into(device_types::table)
        .values((
            device_types::id.eq(1_i64),
            device_types::manufacturer.eq("Example"),
            device_types::model.eq("One"),
            device_types::slug.eq("example-one"),
            device_types::height_half_units.eq(2_i64),
            device_types::full_depth.eq(true),
            device_types::role.eq("server"),
            device_types::created_at.eq(NOW),
            device_types::updated_at.eq(NOW),
        ))
        .execute(c)?;
    for from in (0..DEVICES).step_by(10_000) {
        let rows: Vec<_> = (from..from + 10_000)
            .map(|n| {
                let number = usize::try_from(n).unwrap_or(0);
                (
                    (
                        devices::id.eq(n + 1),
                        devices::name.eq(if n < 400 {
                            format!("sw-{n:03}")
                        } else {
                            format!("srv-{n:06}")
                        }),
                        devices::label.eq(if n % 10 == 0 {
                            format!("云海计费 {n}")
                        } else {
                            String::new()
                        }),
                        devices::serial.eq(Some(format!("SN{n:08X}"))),
                        devices::asset_tag.eq(Some(format!("IT{n:07}"))),
                        devices::device_type_id.eq(1_i64),
                        devices::customer_id.eq(n % CUSTOMERS + 1),
                        devices::status.eq("installed"),
                    ),
                    (
                        devices::rack_id.eq(n % RACKS + 1),
                        devices::position_half_units.eq(n / RACKS * 2),
                        devices::face.eq("front"),
                        devices::nics.eq(format!(
                            "eno1 {} eno2 {}",
                            mac(number, ":"),
                            mac(number + 200_000, ":")
                        )),
                        devices::search_folded.eq(format!("srv-{n:06}")),
                        devices::created_at.eq(NOW),
                        devices::updated_at.eq(NOW),
                    ),
                )
            })
            .collect();
        insert_all!(c, devices::table, rows)?;
    }
    let rows: Vec<_> = (0..PORTS)
        .map(|n| {
            (
                ports::device_id.eq(n % 400 + 1),
                ports::name.eq(format!("xe-0/0/{}", n / 400)),
                ports::alias.eq(format!("to srv-{n:06}")),
                ports::created_at.eq(NOW),
                ports::updated_at.eq(NOW),
            )
        })
        .collect();
    insert_all!(c, ports::table, rows)?;
    Ok(())
}

fn visits_of(c: &mut Conn) -> Result<(), Fault> {
    let rows: Vec<_> = (0..VISITS)
        .map(|n| {
            let number = format!("V-2026-{n:06}");
            (
                (
                    visits::search_folded.eq(format!(
                        "{} 李云海 rack a{:03}",
                        number.to_lowercase(),
                        n % 200
                    )),
                    visits::number.eq(number),
                    visits::site_id.eq(1_i64),
                    visits::customer_id.eq(n % CUSTOMERS + 1),
                    visits::purpose.eq("repair"),
                    visits::planned_from.eq(NOW),
                    visits::planned_until.eq(NOW),
                    visits::state.eq("expected"),
                ),
                (
                    visits::pass_code.eq(format!("P{n:07}")),
                    visits::created_by_name.eq("bench"),
                    visits::created_at.eq(NOW),
                    visits::updated_at.eq(NOW),
                ),
            )
        })
        .collect();
    insert_all!(c, visits::table, rows)?;
    Ok(())
}
