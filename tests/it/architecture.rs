//! The rules of docs/ARCHITECTURE.md, read off the source files.

mod circles;
mod rules;
mod source;

use std::path::{Path, PathBuf};

use self::circles::{ACCEPTED, circles};
use self::rules::breaches;
use self::source::{SourceFile, Tree};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn collect(directory: &Path, files: &mut Vec<SourceFile>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap();
            files.push(SourceFile::new(
                name,
                &std::fs::read_to_string(&path).unwrap(),
            ));
        }
    }
}

fn program() -> Tree {
    let mut files = Vec::new();
    collect(&root(), &mut files);
    files.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(files.len() > 30, "{} files", files.len());
    Tree::new(files)
}

fn assert_none(breaches: &[String]) {
    assert!(
        breaches.is_empty(),
        "{} breaches of docs/ARCHITECTURE.md:\n{}",
        breaches.len(),
        breaches.join("\n")
    );
}

#[test]
fn every_file_keeps_to_its_room() {
    assert_none(&breaches(&program()));
}

#[test]
fn no_two_files_need_each_other() {
    assert_none(&circles(&program()));
}

#[test]
fn every_accepted_need_is_still_there() {
    let tree = program();
    for (from, to, reason) in ACCEPTED {
        let file = tree.file(from).unwrap_or_else(|| panic!("{from} is gone"));
        let needs = tree
            .imports(file)
            .filter_map(|import| tree.resolve(&import.path))
            .any(|target| target.name == *to);
        assert!(needs, "{from} does not need {to} any more ({reason})");
    }
}

/// A file that no `mod` line names isn't compiled, and nothing else says so.
#[test]
fn every_file_is_part_of_the_program() {
    let tree = program();
    let lost: Vec<String> = tree
        .files
        .iter()
        .filter(|file| !tree.is_declared(file))
        .map(|file| format!("src/{}: no mod line names it", file.name))
        .collect();
    assert_none(&lost);
}

/// The program is seen, not just an empty list of files.
#[test]
fn paths_are_followed_to_the_file_that_defines_the_name() {
    let tree = program();
    let users = tree.file("identity/ops/users.rs").unwrap();
    let targets: Vec<&str> = tree
        .imports(users)
        .filter_map(|import| tree.resolve(&import.path))
        .map(|file| file.name.as_str())
        .collect();
    for expected in [
        "audit/ops.rs",
        "audit/model.rs",
        "base/fault.rs",
        "identity/actor.rs",
        "store/conn.rs",
        "store/schema.rs",
    ] {
        assert!(
            targets.contains(&expected),
            "{expected} is not among {targets:?}"
        );
    }
}

/// Each rule with a file that breaks it, and a word of what is then said.
const BROKEN: &[(&str, &str, &str)] = &[
    (
        "base/time.rs",
        "use crate::store::Conn;",
        "base may not use store",
    ),
    (
        "wire/rmcp.rs",
        "fn f() { crate::drivers::send() }",
        "wire may not use drivers",
    ),
    (
        "drivers/bmc.rs",
        "use crate::{base::id::Id, store::Store};",
        "drivers may not use store",
    ),
    (
        "facility/ops.rs",
        "use crate::web::Web;",
        "facility may not use web",
    ),
    (
        "web/pages/racks.rs",
        "use crate::drivers::bmc::Bmc;",
        "web may not use drivers",
    ),
    (
        "tasks/poll.rs",
        "use super::super::web::Web;",
        "tasks may not use web",
    ),
    ("basement/x.rs", "fn f() {}", "no such room"),
    (
        "facility/ops.rs",
        "use crate::inventory::rows::Row;",
        "rows of inventory",
    ),
    ("facility/mod.rs", "pub mod rows;", "rows are private"),
    (
        "facility/model.rs",
        "use diesel::prelude::*;",
        "names diesel",
    ),
    (
        "web/pages/racks.rs",
        "fn f() { diesel::delete(x); }",
        "names diesel",
    ),
    (
        "base/id.rs",
        "fn f() { diesel::sql_query(\"\"); }",
        "makes a statement",
    ),
    ("facility/ops.rs", "use rocket::State;", "names rocket"),
    (
        "power/ops.rs",
        "use std::net::{IpAddr, UdpSocket};",
        "opens sockets",
    ),
    ("web/x.rs", "use tokio::net::TcpStream;", "opens sockets"),
    ("wire/rmcp.rs", "use tokio::time::sleep;", "names tokio"),
    ("web/x.rs", "use minijinja::Environment;", "names minijinja"),
    (
        "facility/ops.rs",
        "fn f() { let x = racks.first(c).ok(); }",
        "never \"not found\"",
    ),
    (
        "facility/ops.rs",
        "fn f() { racks.load::<Row>(c)\n.unwrap_or_default(); }",
        "never \"not found\"",
    ),
    (
        "web/x.rs",
        "fn f() { store.read(|c| list(c)).await.ok(); }",
        "never \"not found\"",
    ),
    (
        "facility/ops.rs",
        "fn f() {\n// let old = rack.units;\n}",
        "commented-out",
    ),
    ("facility/ops.rs", "fn f() { todo!() }", "todo!"),
    ("facility/rack_utils.rs", "fn f() {}", "says nothing"),
    ("facility/manager.rs", "fn f() {}", "says nothing"),
];

#[test]
fn each_rule_is_seen_to_fail() {
    for (name, text, expected) in BROKEN {
        let tree = Tree::new(vec![SourceFile::new(name, text)]);
        let found = breaches(&tree);
        assert!(
            found.iter().any(|breach| breach.contains(expected)),
            "{name}: {text}: {found:?}"
        );
    }
    let long = "fn f() {}\n".repeat(601);
    let found = breaches(&Tree::new(vec![SourceFile::new("facility/ops.rs", &long)]));
    assert!(found[0].contains("601 lines"), "{found:?}");
}

/// What looks like a breach to a simple search and is none.
const FINE: &[(&str, &str)] = &[
    (
        "facility/model.rs",
        "/// Like [`crate::web::Web`], but no `diesel`.\nconst X: &str = \"use rocket;\";",
    ),
    (
        "facility/model.rs",
        "// A unit has two halves; see the schema.\nfn f<'a>(x: &'a str) { g('\"', x) } ",
    ),
    (
        "facility/model.rs",
        "fn f() {}\n#[cfg(test)]\nmod tests { use crate::web::Web; fn t() { x.first(c).ok(); } }",
    ),
    ("facility/model_tests.rs", "use crate::web::Web;"),
    (
        "facility/ops/racks.rs",
        "use diesel::prelude::*;\nfn f() { text.parse::<i64>().ok(); }",
    ),
    ("power/x.rs", "use std::net::IpAddr;"),
    ("store/schema.rs", "use crate::base::id::Id;"),
];

#[test]
fn what_is_allowed_is_not_reported() {
    for (name, text) in FINE {
        let found = breaches(&Tree::new(vec![SourceFile::new(name, text)]));
        assert!(found.is_empty(), "{name}: {found:?}");
    }
}

#[test]
fn a_circle_is_seen_through_other_files_and_public_faces() {
    let file = SourceFile::new;
    let tree = Tree::new(vec![
        file(
            "facility/mod.rs",
            "mod model; mod ops; pub use model::Rack; pub use ops::place;",
        ),
        file("facility/model.rs", "use crate::inventory::Device;"),
        file("facility/ops.rs", "use super::Rack; use super::model::Row;"),
        file(
            "inventory/mod.rs",
            "mod model; pub use model::{Device, Kind};",
        ),
        file(
            "inventory/model.rs",
            "use crate::base::Id; fn f() { crate::facility::place(); }",
        ),
    ]);
    let found = circles(&tree);
    assert_eq!(found.len(), 1, "{found:?}");
    for part in ["facility/model.rs", "facility/ops.rs", "inventory/model.rs"] {
        assert!(found[0].contains(part), "{found:?}");
    }
    let tree = Tree::new(vec![
        file(
            "facility/mod.rs",
            "mod model; mod ops; pub use model::Rack; pub use ops::place;",
        ),
        file("facility/model.rs", "pub struct Rack;"),
        file("facility/ops.rs", "use super::Rack; pub fn place() {}"),
    ]);
    assert!(circles(&tree).is_empty(), "a public face is no circle");
}
