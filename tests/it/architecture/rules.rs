//! Who may use whom, and what no file may hold.

use super::source::{SourceFile, Tree};

const DOMAINS: &[&str] = &[
    "access",
    "addressing",
    "attachments",
    "audit",
    "cabling",
    "facility",
    "identity",
    "inventory",
    "metering",
    "notify",
    "power",
    "reports",
    "search",
    "shifts",
    "tenancy",
];

/// The rooms that each room may use, besides itself.
const ROOMS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("words", &["base"]),
    ("paper", &["base", "words"]),
    ("wire", &["base"]),
    ("store", &["base"]),
    ("drivers", &["base", "wire"]),
    ("sim", &["base", "wire", "drivers"]),
    ("config", &["base", "store"]),
    ("audit", &["base", "store"]),
    ("identity", &["base", "store", "audit"]),
    ("tenancy", &["base", "store", "DOMAINS"]),
    ("facility", &["base", "store", "DOMAINS"]),
    ("inventory", &["base", "store", "DOMAINS"]),
    ("addressing", &["base", "store", "DOMAINS"]),
    ("attachments", &["base", "store", "DOMAINS"]),
    ("cabling", &["base", "store", "DOMAINS"]),
    ("power", &["base", "store", "DOMAINS"]),
    ("metering", &["base", "store", "DOMAINS"]),
    ("access", &["base", "store", "DOMAINS"]),
    ("search", &["base", "store", "identity"]),
    ("shifts", &["base", "store", "DOMAINS"]),
    ("notify", &["base", "store", "words", "paper", "DOMAINS"]),
    ("reports", &["base", "store", "words", "paper", "DOMAINS"]),
    ("exchange", &["base", "store", "words", "DOMAINS"]),
    (
        "tasks",
        &["base", "store", "words", "wire", "drivers", "DOMAINS"],
    ),
    (
        "web",
        &["base", "store", "words", "paper", "exchange", "DOMAINS"],
    ),
    (
        "app",
        &[
            "base", "store", "words", "wire", "drivers", "sim", "config", "exchange", "tasks",
            "web", "DOMAINS",
        ],
    ),
    (
        "cli",
        &[
            "base", "store", "words", "wire", "drivers", "sim", "config", "exchange", "tasks",
            "web", "app", "DOMAINS",
        ],
    ),
    ("main", &["cli"]),
];

/// Crates that only some rooms may name.
const CRATES: &[(&str, &[&str])] = &[
    ("clap", &["cli", "main"]),
    ("figment", &["config"]),
    ("fluent_bundle", &["words"]),
    ("indicatif", &["cli"]),
    ("ipmi_rs", &["wire", "drivers", "sim"]),
    ("lettre", &["config", "drivers"]),
    ("minijinja", &["words"]),
    ("pdf_writer", &["paper"]),
    ("pinyin", &["search"]),
    ("qrcode", &["paper", "web"]),
    ("resvg", &["paper"]),
    ("reqwest", &["drivers"]),
    ("ring", &["sim"]),
    ("rocket", &["web"]),
    ("rustls", &["drivers", "sim"]),
    ("saphyr_parser", &["inventory"]),
    ("snmp", &["drivers", "sim"]),
    ("svg2pdf", &["paper"]),
];

/// Rooms that may wait for something.
const ASYNC_ROOMS: &[&str] = &[
    "store", "drivers", "sim", "tasks", "web", "app", "cli", "main",
];

const LONGEST_FILE: usize = 600;

/// Every breach of a rule, one line each.
pub fn breaches(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for file in &tree.files {
        let mut say = |what: String| found.push(format!("src/{}: {what}", file.name));
        rooms(file, &mut say);
        rows(file, &mut say);
        crates(file, &mut say);
        faults_kept(file, &mut say);
        leftovers(file, &mut say);
        size_and_name(file, &mut say);
    }
    found
}

fn may_use(room: &str, other: &str) -> Option<bool> {
    let (_, allowed) = ROOMS.iter().find(|(name, _)| *name == room)?;
    let by_name = allowed.contains(&other);
    let as_domain = allowed.contains(&"DOMAINS") && DOMAINS.contains(&other);
    Some(room == other || by_name || as_domain)
}

fn rooms(file: &SourceFile, say: &mut impl FnMut(String)) {
    if file.module.is_empty() {
        return;
    }
    let room = file.room();
    let mut said = Vec::new();
    for import in &file.paths {
        let other = match import.path[0].as_str() {
            "coldaisle" => import.path.get(1).map(String::as_str),
            _ => Tree::room_of(&import.path),
        };
        let Some(other) = other else { continue };
        // A name in capitals or a macro of the root belongs to no room.
        if said.contains(&other) || may_use(room, other) == Some(true) {
            continue;
        }
        said.push(other);
        say(format!(
            "{room} may not use {other} ({})",
            import.path.join("::")
        ));
    }
    if may_use(room, room).is_none() {
        say(format!(
            "no such room: {room}; tests/it/architecture/rules.rs lists them"
        ));
    }
}

fn rows(file: &SourceFile, say: &mut impl FnMut(String)) {
    for import in &file.paths {
        if let [_, room, rows, ..] = &import.path[..]
            && import.path[0] == "crate"
            && rows == "rows"
            && room != file.room()
        {
            say(format!(
                "uses the rows of {room}; its mod.rs says what is public"
            ));
        }
    }
    if contains_words(&file.code, &["pub", "mod", "rows"]) {
        say("rows are private to their domain".to_owned());
    }
}

/// Whether these words follow one another.
fn contains_words(code: &str, words: &[&str]) -> bool {
    let all: Vec<&str> = code
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|w| !w.is_empty())
        .collect();
    all.windows(words.len()).any(|window| window == words)
}

fn crates(file: &SourceFile, say: &mut impl FnMut(String)) {
    let room = file.room();
    let names = |name: &str| file.paths.iter().any(|import| import.path[0] == name);
    for (name, rooms) in CRATES {
        if names(name) && !rooms.contains(&room) {
            say(format!("names {name}; only {} may", rooms.join(", ")));
        }
    }
    if names("diesel") && !may_name_diesel(file) {
        say(
            "names diesel; only store, rows.rs, ops.rs and ops/ may, and base for its column types"
                .to_owned(),
        );
    }
    if room == "base" && file.paths.iter().any(|import| is_statement(&import.path)) {
        say("makes a statement; base only teaches diesel its types".to_owned());
    }
    if !ASYNC_ROOMS.contains(&room) && names("tokio") {
        say("names tokio; this room does nothing that has to be waited for".to_owned());
    }
    if !matches!(room, "drivers" | "sim") && file.paths.iter().any(|import| is_socket(&import.path))
    {
        say("opens sockets; only drivers and sim may".to_owned());
    }
}

fn may_name_diesel(file: &SourceFile) -> bool {
    let part_of_domain = file
        .module
        .iter()
        .skip(1)
        .any(|part| part == "ops" || part == "rows");
    matches!(file.room(), "store" | "base") || (DOMAINS.contains(&file.room()) && part_of_domain)
}

fn is_statement(path: &[String]) -> bool {
    path[0] == "diesel"
        && path.iter().any(|part| {
            matches!(
                part.as_str(),
                "prelude" | "insert_into" | "update" | "delete" | "sql_query" | "RunQueryDsl"
            )
        })
}

fn is_socket(path: &[String]) -> bool {
    match path {
        [first, second, ..] if first == "tokio" && second == "net" => true,
        [first, second, third, ..] if first == "std" && second == "net" => {
            matches!(third.as_str(), "UdpSocket" | "TcpStream" | "TcpListener")
        }
        _ => false,
    }
}

/// Ways to drop a fault.
const DROPPING: &[&str] = &[
    ".ok()",
    ".unwrap_or_default()",
    ".unwrap_or(",
    ".unwrap_or_else(|_|",
    ".is_ok()",
];
/// Methods whose faults are the database's.
const QUERYING: &[&str] = &[
    "execute",
    "first",
    "get_result",
    "get_results",
    "load",
    "optional",
    "read",
    "read_blocking",
    "write",
    "write_blocking",
];

fn faults_kept(file: &SourceFile, say: &mut impl FnMut(String)) {
    for dropping in DROPPING {
        for (index, _) in file.code.match_indices(dropping) {
            if let Some(method) = method_before(&file.code[..index])
                && QUERYING.contains(&method)
            {
                say(format!(
                    ".{method}(…){dropping} drops a fault: a broken database is never \"not found\""
                ));
            }
        }
    }
}

/// The method whose call, with arguments and perhaps awaited, ends a text.
fn method_before(text: &str) -> Option<&str> {
    let text = text.trim_end();
    let text = text.strip_suffix(".await").unwrap_or(text).trim_end();
    let mut depth = 0_usize;
    let open = text.char_indices().rev().find_map(|(index, c)| {
        match c {
            ')' => depth += 1,
            '(' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        (depth == 0).then_some(index)
    })?;
    if !text.ends_with(')') || text[open + 1..text.len() - 1].trim().is_empty() {
        return None;
    }
    let before = &text[..open];
    let before = match before.strip_suffix('>') {
        Some(generic) => &generic[..generic.rfind("::<")?],
        None => before,
    };
    let start = before.rfind(|c: char| !c.is_alphanumeric() && c != '_')?;
    before[..=start]
        .ends_with('.')
        .then(|| &before[start + 1..])
}

fn leftovers(file: &SourceFile, say: &mut impl FnMut(String)) {
    for word in ["todo!", "unimplemented!", "dbg!"] {
        if file.code.contains(word) {
            say(format!("has {word}"));
        }
    }
    for comment in &file.comments {
        if comment.ends_with([';', '{', '}']) {
            say(format!("has commented-out code: {comment}"));
        }
    }
}

fn size_and_name(file: &SourceFile, say: &mut impl FnMut(String)) {
    const EMPTY_WORDS: &[&str] = &[
        "common", "data", "helper", "helpers", "info", "manager", "managers", "misc", "shared",
        "stuff", "util", "utils",
    ];
    let lines = file.code.lines().count();
    if lines > LONGEST_FILE && file.name != "store/schema.rs" {
        say(format!(
            "has {lines} lines without tests; what is the second thing in it?"
        ));
    }
    let parts = file.module.iter().flat_map(|part| part.split('_'));
    for part in parts.filter(|part| EMPTY_WORDS.contains(part)) {
        say(format!("a name that says nothing: {part}"));
    }
}
