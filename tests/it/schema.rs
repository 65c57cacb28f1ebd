//! The migrated tables of both databases against each other and against `src/store/schema.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use coldaisle::access::{
    AgreedHow, Direction, DoorAlert, GoodsState, HoldKind, Language, LoanEnd, LoanKind, LoanState,
    NoticeKind, WorkResult,
};
use coldaisle::attachments::{MediaType, SubjectKind};
use coldaisle::audit::Via;
use coldaisle::cabling::{CableKind, CableStatus, Side};
use coldaisle::facility::{Faces, Half, ReservationKind};
use coldaisle::identity::{Role, Theme, TokenScope, UserLocale, ViewedList};
use coldaisle::inventory::chassis::SubdeviceRole;
use coldaisle::inventory::{BayKind, ComponentKind, DeviceRole, PortKind};
use coldaisle::power::console::EndReason;
use coldaisle::shifts::ShiftNoteKind;
use coldaisle::store::conn::{Access, ConnManager};
use coldaisle::store::{Conn, DatabaseUrl, migrate};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};

use crate::harness::{Engine, TestDb};

/// Type and nullability of each column, by table and name.
type Tables = BTreeMap<String, BTreeMap<String, (String, bool)>>;
/// A table and some of its columns.
type Columns = (String, Vec<String>);

/// What a database says about itself.
#[derive(Debug, Default)]
struct Found {
    tables: Tables,
    foreign_keys: BTreeSet<Columns>,
    /// Columns of each index in order.
    indexes: BTreeSet<Columns>,
    /// Columns of each unique index in order, primary keys included.
    unique: BTreeSet<Columns>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

fn rows(conn: &mut Conn, query: &str) -> Vec<Row> {
    diesel::sql_query(query)
        .load(conn)
        .unwrap_or_else(|error| panic!("{error}: {query}"))
}

/// Column lists in order, from rows of (table, index, column as `kind`, unique as `number`).
fn indexes(rows: Vec<Row>, found: &mut Found) {
    let mut lists: BTreeMap<(String, String), (Vec<String>, bool)> = BTreeMap::new();
    for row in rows {
        let list = lists.entry((row.table_name, row.name)).or_default();
        list.0.push(row.kind);
        list.1 = row.number == 1;
    }
    for ((table, _), (columns, unique)) in lists {
        if unique {
            found.unique.insert((table.clone(), columns.clone()));
        }
        found.indexes.insert((table, columns));
    }
}

const DIESEL_TABLE: &str = "__diesel_schema_migrations";

fn sqlite_found(conn: &mut Conn) -> Found {
    let mut found = Found::default();
    let columns = format!(
        "SELECT t.name AS table_name, c.name AS name, c.type AS kind, c.\"notnull\" AS number
         FROM pragma_table_list t, pragma_table_info(t.name) c
         WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite_%' AND t.name <> '{DIESEL_TABLE}'"
    );
    for row in rows(conn, &columns) {
        let kind = match row.kind.as_str() {
            "INTEGER" => "integer",
            "TEXT" => "text",
            "BLOB" => "binary",
            other => panic!("{}.{}: {other}", row.table_name, row.name),
        };
        found
            .tables
            .entry(row.table_name)
            .or_default()
            .insert(row.name, (kind.to_owned(), row.number == 0));
    }
    for row in rows(
        conn,
        "SELECT t.name AS table_name, f.\"from\" AS name, '' AS kind, f.seq AS number
         FROM pragma_table_list t, pragma_foreign_key_list(t.name) f WHERE t.schema = 'main'",
    ) {
        assert_eq!(
            row.number, 0,
            "{}: a key of several columns",
            row.table_name
        );
        found.foreign_keys.insert((row.table_name, vec![row.name]));
    }
    let of_indexes = rows(
        conn,
        "SELECT t.name AS table_name, i.name AS name, c.name AS kind, i.\"unique\" AS number
         FROM pragma_table_list t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
         WHERE t.schema = 'main' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\'
         ORDER BY t.name, i.name, c.seqno",
    );
    indexes(of_indexes, &mut found);
    // A row id is unique without an index of its own.
    for row in rows(
        conn,
        "SELECT t.name AS table_name, c.name AS name, '' AS kind, 1 AS number
         FROM pragma_table_list t, pragma_table_info(t.name) c
         WHERE t.schema = 'main' AND c.pk = 1 AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\'
           AND (SELECT count(*) FROM pragma_table_info(t.name) p WHERE p.pk > 0) = 1",
    ) {
        found.unique.insert((row.table_name.clone(), vec![row.name.clone()]));
        found.indexes.insert((row.table_name, vec![row.name]));
    }
    found
}

fn postgres_found(conn: &mut Conn) -> Found {
    let mut found = Found::default();
    let columns = format!(
        "SELECT table_name::text, column_name::text AS name, data_type::text AS kind,
                (is_nullable = 'NO')::int::bigint AS number
         FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name <> '{DIESEL_TABLE}'"
    );
    for row in rows(conn, &columns) {
        let kind = match row.kind.as_str() {
            "bigint" => "bigint",
            "boolean" => "boolean",
            "text" => "text",
            "bytea" => "binary",
            other => panic!("{}.{}: {other}", row.table_name, row.name),
        };
        found
            .tables
            .entry(row.table_name)
            .or_default()
            .insert(row.name, (kind.to_owned(), row.number == 0));
    }
    for row in rows(
        conn,
        "SELECT r.relname::text AS table_name, a.attname::text AS name, '' AS kind,
                array_length(k.conkey, 1)::bigint AS number
         FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid
         JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.conkey[1]
         WHERE k.contype = 'f'",
    ) {
        assert_eq!(
            row.number, 1,
            "{}: a key of several columns",
            row.table_name
        );
        found.foreign_keys.insert((row.table_name, vec![row.name]));
    }
    let of_indexes = rows(
        conn,
        "SELECT r.relname::text AS table_name, x.relname::text AS name, a.attname::text AS kind,
                i.indisunique::int::bigint AS number
         FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
         JOIN pg_namespace n ON n.oid = r.relnamespace AND n.nspname = 'public'
         CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
         JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.attnum
         WHERE r.relname NOT LIKE '\\_\\_%'
         ORDER BY r.relname, x.relname, k.place",
    );
    indexes(of_indexes, &mut found);
    found
}

fn open(url: &DatabaseUrl) -> Conn {
    ConnManager::new(url.clone(), Access::Write).open().unwrap()
}

fn found(db: &TestDb) -> Found {
    let mut conn = open(&db.url);
    let found = match db.engine {
        Engine::Sqlite => sqlite_found(&mut conn),
        Engine::Postgres => postgres_found(&mut conn),
    };
    assert!(found.tables.len() > 20, "{} tables", found.tables.len());
    assert!(found.foreign_keys.len() > 20);
    found
}

/// Column types as `schema.rs` names them, by table and column.
fn declared() -> BTreeMap<String, BTreeMap<String, String>> {
    let text = std::fs::read_to_string(root().join("src/store/schema.rs")).unwrap();
    let mut tables: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut current = None;
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("diesel::table!") {
            inside = true;
        } else if line.contains("allow_tables_to_appear") || line.contains("joinable!") {
            inside = false;
        } else if inside && let Some((name, _)) = line.split_once(" (") {
            current = (!line.starts_with("//"))
                .then(|| name.to_owned())
                .or(current);
        } else if inside && let Some((column, kind)) = line.split_once(" -> ") {
            let table = current.clone().expect("a table around the column");
            let kind = kind.trim_end_matches(',').to_owned();
            tables
                .entry(table)
                .or_default()
                .insert(column.to_owned(), kind);
        }
    }
    tables
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// `schema.rs` in the words of one database.
fn expected(engine: Engine) -> Tables {
    let kind_of = |declared: &str| match (declared, engine) {
        ("BigInt" | "Bool", Engine::Sqlite) => "integer",
        ("BigInt", Engine::Postgres) => "bigint",
        ("Bool", Engine::Postgres) => "boolean",
        ("Text", _) => "text",
        ("Binary", _) => "binary",
        (other, _) => panic!("schema.rs has a {other}: say here what it is in both databases"),
    };
    declared()
        .into_iter()
        .map(|(table, columns)| {
            let columns = columns.into_iter().map(|(column, kind)| {
                let inner = kind
                    .strip_prefix("Nullable<")
                    .and_then(|kind| kind.strip_suffix('>'));
                let nullable = inner.is_some();
                let kind = kind_of(inner.unwrap_or(&kind)).to_owned();
                (column, (kind, nullable))
            });
            (table, columns.collect())
        })
        .collect()
}

fn assert_same(found: &Tables, expected: &Tables) {
    let names = |tables: &Tables| tables.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(found), names(expected), "tables");
    for (table, columns) in expected {
        assert_eq!(&found[table], columns, "columns of {table}");
    }
}

#[test]
fn sqlite_has_the_tables_of_the_schema_file_and_no_others() {
    assert_same(&found(&TestDb::sqlite()).tables, &expected(Engine::Sqlite));
}

#[test]
fn postgres_has_the_tables_of_the_schema_file_and_no_others() {
    assert_same(
        &found(&TestDb::postgres()).tables,
        &expected(Engine::Postgres),
    );
}

#[test]
fn every_foreign_key_leads_an_index() {
    for db in [TestDb::sqlite(), TestDb::postgres()] {
        let found = found(&db);
        for (table, columns) in &found.foreign_keys {
            let led = found
                .indexes
                .iter()
                .any(|(of, index)| of == table && index.first() == columns.first());
            assert!(led, "{:?}: {table}.{} has no index", db.engine, columns[0]);
        }
    }
}

#[test]
fn both_databases_have_the_same_keys_and_indexes() {
    let sqlite = found(&TestDb::sqlite());
    let postgres = found(&TestDb::postgres());
    assert_eq!(sqlite.foreign_keys, postgres.foreign_keys);
    assert_eq!(sqlite.unique, postgres.unique);
    assert_eq!(sqlite.indexes, postgres.indexes);
}

#[test]
fn every_sqlite_table_is_strict() {
    let db = TestDb::sqlite();
    let loose = rows(
        &mut open(&db.url),
        "SELECT name AS table_name, name, type AS kind, strict AS number FROM pragma_table_list
         WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'",
    );
    assert!(loose.len() > 20);
    for table in loose {
        assert_eq!(table.number, 1, "{} isn't STRICT", table.table_name);
    }
}

/// The words that each tree's CHECK constraints allow, by column, in order of appearance.
fn allowed_words(tree: &str) -> Vec<(String, Vec<String>)> {
    let mut lists = Vec::new();
    for name in migration_names(tree) {
        let path = root()
            .join("migrations")
            .join(tree)
            .join(name)
            .join("up.sql");
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let Some((_, check)) = line.split_once("CHECK (") else {
                continue;
            };
            let (column, words) = check.split_once(" IN (").expect("a list of words");
            let words: Vec<String> = words
                .trim_end_matches([',', ')', ';'])
                .split(", ")
                .map(|word| word.trim_matches('\'').to_owned())
                .collect();
            // SQLite's booleans are numbers.
            if words != ["0", "1"] {
                lists.push((column.to_owned(), words));
            }
        }
    }
    lists
}

#[test]
fn both_databases_allow_the_same_words() {
    // A changed check is a table made anew in SQLite, with all its other checks: what counts is the set.
    let distinct = |tree| BTreeSet::from_iter(allowed_words(tree));
    let sqlite = distinct("sqlite");
    assert!(sqlite.len() > 15);
    assert_eq!(sqlite, distinct("postgres"));
}

#[test]
fn the_program_and_the_database_know_the_same_words() {
    macro_rules! same_words {
        ($($kind:ty: $column:literal),+ $(,)?) => {$(
            let words: Vec<String> = <$kind>::ALL.iter().map(ToString::to_string).collect();
            assert!(
                allowed_words("sqlite").contains(&($column.to_owned(), words.clone())),
                "no column {} allows just {words:?}", $column
            );
        )+};
    }
    same_words! {
        AgreedHow: "how",
        BayKind: "kind",
        DoorAlert: "alert",
        MediaType: "media_type",
        SubjectKind: "subject_kind",
        CableKind: "kind",
        CableStatus: "status",
        ShiftNoteKind: "kind",
        Side: "side",
        ComponentKind: "kind",
        Direction: "direction",
        EndReason: "end_reason",
        Faces: "faces",
        GoodsState: "event",
        GoodsState: "state",
        Half: "half",
        LoanEnd: "ended_how",
        LoanKind: "kind",
        LoanState: "state",
        HoldKind: "kind",
        Language: "language",
        NoticeKind: "kind",
        ReservationKind: "kind",
        PortKind: "kind",
        SubdeviceRole: "subdevice_role",
        DeviceRole: "role",
        Role: "role",
        Theme: "theme",
        TokenScope: "scope",
        UserLocale: "locale",
        Via: "via",
        ViewedList: "list",
        WorkResult: "result",
    }
}

fn migration_names(tree: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(root().join("migrations").join(tree))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn both_trees_have_the_same_migrations() {
    assert_eq!(migration_names("sqlite"), migration_names("postgres"));
}

fn revert_all(url: &DatabaseUrl) {
    let tree = |name| FileBasedMigrations::from_path(root().join("migrations").join(name)).unwrap();
    match open(url) {
        Conn::Sqlite(mut conn) => conn.revert_all_migrations(tree("sqlite")).map(drop),
        Conn::Postgres(mut conn) => conn.revert_all_migrations(tree("postgres")).map(drop),
    }
    .unwrap_or_else(|error| panic!("{url}: {error}"));
}

fn table_count(engine: Engine, url: &DatabaseUrl) -> usize {
    let mut conn = open(url);
    match engine {
        Engine::Sqlite => sqlite_found(&mut conn),
        Engine::Postgres => postgres_found(&mut conn),
    }
    .tables
    .len()
}

#[test]
fn migrations_go_up_and_down_and_up_again() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let url = TestDb::empty_url(engine);
        let names = migrate::pending(&url).unwrap();
        assert_eq!(names.len(), migration_names("sqlite").len());
        for _ in 0..2 {
            assert_eq!(migrate::migrate(&url).unwrap().len(), names.len());
            assert!(migrate::pending(&url).unwrap().is_empty());
            assert!(
                migrate::migrate(&url).unwrap().is_empty(),
                "nothing is left to do"
            );
            revert_all(&url);
            assert_eq!(
                table_count(engine, &url),
                0,
                "{engine:?}: down.sql leaves tables"
            );
        }
    }
}

#[test]
fn processes_that_start_together_migrate_once() {
    let url = TestDb::empty_url(Engine::Postgres);
    let ran: usize = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| migrate::migrate(&url).unwrap().len()))
            .collect();
        starts.into_iter().map(|start| start.join().unwrap()).sum()
    });
    assert_eq!(ran, migration_names("postgres").len());
}
