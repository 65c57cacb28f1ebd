//! A throw-away PostgreSQL cluster for this test process: made at first use, stopped by the scratch watchdog.

use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

use coldaisle::store::conn::{Access, ConnManager};
use coldaisle::store::{Conn, DatabaseUrl, migrate};
use diesel::connection::SimpleConnection;

use super::scratch::scratch_dir;

/// Name of the migrated database that every test's database is a copy of.
const TEMPLATE: &str = "migrated";

const MISSING: &str = "no initdb in PATH or /usr/lib/postgresql/*/bin: these tests need PostgreSQL; \
                       install the Debian package `postgresql` (scripts/peers-install does it)";

/// Nothing has to survive a crash, and many tests connect at once.
const CONFIGURATION: &str = "\nlisten_addresses = ''\nfsync = off\nsynchronous_commit = off\n\
    full_page_writes = off\nautovacuum = off\nmax_connections = 300\nshared_buffers = 32MB\n";

struct Cluster {
    directory: PathBuf,
    /// A connection to make and drop databases with.
    administrator: Mutex<Conn>,
}

/// Makes a database of this name, a copy of the migrated one.
pub fn create(name: &str) -> DatabaseUrl {
    let cluster = cluster();
    cluster.execute(&format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}"));
    url(&cluster.directory, name)
}

/// Makes an empty database of this name.
pub fn create_empty(name: &str) -> DatabaseUrl {
    let cluster = cluster();
    cluster.execute(&format!("CREATE DATABASE {name} TEMPLATE template0"));
    url(&cluster.directory, name)
}

/// Drops a database, whoever is still connected to it.
pub fn remove(name: &str) {
    cluster().execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
}

impl Cluster {
    fn execute(&self, statement: &str) {
        let mut administrator = self
            .administrator
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = administrator.batch_execute(statement) {
            // No panic here: this also runs while a failed test is cleaned up.
            eprintln!("{statement}: {error}");
        }
    }
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();
    CLUSTER
        .get_or_init(start)
        .as_ref()
        .unwrap_or_else(|error| panic!("{error}"))
}

fn start() -> Result<Cluster, String> {
    let programs = programs().ok_or(MISSING)?;
    let directory = scratch_dir().join("pg");
    std::fs::create_dir(&directory).map_err(|error| error.to_string())?;
    let server = Server::new(programs, &directory)?;
    let cluster = directory.join("data");
    server.run(
        "initdb",
        &[
            "--pgdata",
            &text(&cluster),
            "--username=app",
            "--auth=trust",
            "--no-locale",
            "--encoding=UTF8",
            "--no-sync",
        ],
    )?;
    let configuration = cluster.join("postgresql.conf");
    let mut lines = std::fs::read_to_string(&configuration).map_err(|error| error.to_string())?;
    lines.push_str(CONFIGURATION);
    lines.push_str(&format!(
        "unix_socket_directories = '{}'\n",
        directory.display()
    ));
    std::fs::write(&configuration, lines).map_err(|error| error.to_string())?;
    server.run(
        "pg_ctl",
        &[
            "--pgdata",
            &text(&cluster),
            "--log",
            &text(&directory.join("server.log")),
            "--wait",
            "--timeout=60",
            "start",
        ],
    )?;
    prepare(directory)
}

fn prepare(directory: PathBuf) -> Result<Cluster, String> {
    let mut administrator = ConnManager::new(url(&directory, "postgres"), Access::Write)
        .open()
        .map_err(|error| error.to_string())?;
    administrator
        .batch_execute("SET lock_timeout = 0; SET statement_timeout = 0;")
        .and_then(|()| administrator.batch_execute(&format!("CREATE DATABASE {TEMPLATE}")))
        .map_err(|error| error.to_string())?;
    migrate::migrate(&url(&directory, TEMPLATE)).map_err(|fault| fault.to_string())?;
    Ok(Cluster {
        directory,
        administrator: Mutex::new(administrator),
    })
}

fn url(directory: &Path, database: &str) -> DatabaseUrl {
    let host = text(directory).replace('%', "%25").replace('/', "%2F");
    format!("postgres://app@{host}/{database}")
        .parse()
        .expect("a database URL")
}

fn text(path: &Path) -> String {
    path.to_str().expect("a UTF-8 path").to_owned()
}

/// The directory of `initdb` and `pg_ctl`; the newest release when Debian has several.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut debian: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let release = entry.file_name().to_str()?.parse().ok()?;
            Some((release, entry.path().join("bin")))
        })
        .collect();
    debian.sort();
    std::env::split_paths(&path)
        .chain(debian.into_iter().rev().map(|(_, directory)| directory))
        .find(|directory| directory.join("initdb").is_file() && directory.join("pg_ctl").is_file())
}

/// The server's programs and the user to run them as: PostgreSQL refuses root.
struct Server {
    programs: PathBuf,
    directory: PathBuf,
    user: Option<(u32, u32)>,
}

impl Server {
    fn new(programs: PathBuf, directory: &Path) -> Result<Self, String> {
        let owner = std::fs::metadata(directory)
            .map_err(|error| error.to_string())?
            .uid();
        let user = if owner == 0 {
            let user = unprivileged().ok_or("neither user postgres nor nobody in /etc/passwd")?;
            std::os::unix::fs::chown(directory, Some(user.0), Some(user.1))
                .map_err(|error| error.to_string())?;
            Some(user)
        } else {
            None
        };
        Ok(Self {
            programs,
            directory: directory.to_owned(),
            user,
        })
    }

    /// Runs a program to its end; its words go to a file, since the server it starts would hold a pipe open.
    fn run(&self, program: &str, arguments: &[&str]) -> Result<(), String> {
        let log = self.directory.join(format!("{program}.log"));
        let words = std::fs::File::create(&log).map_err(|error| error.to_string())?;
        let more = words.try_clone().map_err(|error| error.to_string())?;
        let mut command = Command::new(self.programs.join(program));
        command
            .args(arguments)
            .current_dir(&self.directory)
            .env_remove("PGDATA")
            .stdin(Stdio::null())
            .stdout(words)
            .stderr(more)
            .process_group(0);
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        let status = command
            .status()
            .map_err(|error| format!("{program}: {error}"))?;
        if status.success() {
            return Ok(());
        }
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        let server = std::fs::read_to_string(self.directory.join("server.log")).unwrap_or_default();
        Err(format!("{program}: {status}\n{said}\n{server}"))
    }
}

/// User and group numbers of `postgres`, or else `nobody`.
fn unprivileged() -> Option<(u32, u32)> {
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    ["postgres", "nobody"].into_iter().find_map(|name| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    })
}
