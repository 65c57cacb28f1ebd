//! Files that need each other, directly or through others.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::source::{SourceFile, Tree};

/// Needs that are left out, each with its reason. One that has gone must leave this list.
pub const ACCEPTED: &[(&str, &str, &str)] = &[
    (
        "web/failure.rs",
        "web/guards.rs",
        "guards fail with a failure, and a failure is told in the language of who reads it",
    ),
    (
        "web/failure.rs",
        "web/view.rs",
        "a page fails with a failure, and a failure is shown as a page",
    ),
    (
        "config/fault.rs",
        "config/sources.rs",
        "faults name the key that a variable stands for",
    ),
    (
        "drivers/bmc/ipmi/call.rs",
        "drivers/bmc/ipmi/session.rs",
        "one set of methods of a session in two files: what it can do, and how a call is made",
    ),
];

type Edges<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// One line for each circle: the files on its shortest way round.
pub fn circles(tree: &Tree) -> Vec<String> {
    let edges = edges(tree);
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for start in edges.keys() {
        if seen.contains(start) {
            continue;
        }
        if let Some(way) = shortest_way_back(&edges, start) {
            seen.extend(way.iter().copied());
            found.push(way.join(" -> "));
        }
    }
    found
}

fn edges(tree: &Tree) -> Edges<'_> {
    let mut edges = Edges::new();
    for file in tree.files.iter().filter(|file| !file.module.is_empty()) {
        let targets = tree
            .imports(file)
            .filter_map(|import| tree.resolve(&import.path))
            .filter(|target| !target.module.is_empty() && target.name != file.name)
            .filter(|target| !assembles(file, target) && !is_accepted(file, target))
            .map(|target| target.name.as_str());
        edges.entry(file.name.as_str()).or_default().extend(targets);
    }
    edges
}

/// Whether a file is the `mod.rs` of the other: putting its parts together (mounting, listing) is its work,
/// and the parts may use what it defines.
fn assembles(file: &SourceFile, part: &SourceFile) -> bool {
    file.name.ends_with("mod.rs") && part.module.starts_with(&file.module)
}

fn is_accepted(file: &SourceFile, target: &SourceFile) -> bool {
    ACCEPTED
        .iter()
        .any(|(from, to, _)| *from == file.name && *to == target.name)
}

fn shortest_way_back<'a>(edges: &Edges<'a>, start: &'a str) -> Option<Vec<&'a str>> {
    let mut before: BTreeMap<&str, &str> = BTreeMap::new();
    let mut next = VecDeque::from([start]);
    while let Some(file) = next.pop_front() {
        for target in edges.get(file).into_iter().flatten() {
            if *target == start {
                let mut way = vec![start, file];
                while let Some(earlier) = before.get(way[way.len() - 1]) {
                    way.push(earlier);
                }
                way.dedup();
                way.reverse();
                way.push(start);
                way.dedup();
                return Some(way);
            }
            if !before.contains_key(target) {
                before.insert(target, file);
                next.push_back(target);
            }
        }
    }
    None
}
