//! A PostgreSQL cluster of its own with the settings it comes with (durable), stopped when dropped.

use std::fs::File;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use coldaisle::store::DatabaseUrl;

use crate::Outcome;

/// A running cluster.
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    user: Option<(u32, u32)>,
}

impl Cluster {
    /// Makes and starts one below a folder; none where PostgreSQL's programs are not found.
    pub fn start(parent: &Path) -> Outcome<Option<Self>> {
        let Some(programs) = programs() else {
            return Ok(None);
        };
        let folder = parent.join("pg");
        std::fs::create_dir(&folder)?;
        // The server refuses root and must get through to its folder as somebody else.
        let user = match std::fs::metadata(&folder)?.uid() {
            0 => {
                let user = unprivileged()?;
                std::fs::set_permissions(parent, std::fs::Permissions::from_mode(0o711))?;
                chown(&folder, Some(user.0), Some(user.1))?;
                Some(user)
            }
            _ => None,
        };
        let cluster = Self {
            programs,
            folder,
            user,
        };
        let login = [
            "--username=app",
            "--auth=trust",
            "--no-locale",
            "--encoding=UTF8",
        ];
        cluster.run("initdb", &login)?;
        let sockets = format!("-c listen_addresses= -k {}", cluster.folder.display());
        cluster.run("pg_ctl", &["--wait", "--options", &sockets, "start"])?;
        Ok(Some(cluster))
    }

    /// Its database.
    pub fn url(&self) -> Outcome<DatabaseUrl> {
        let host = self.folder.to_str().ok_or("a folder that is not UTF-8")?;
        let host = host.replace('%', "%25").replace('/', "%2F");
        Ok(format!("postgres://app@{host}/postgres").parse()?)
    }

    /// Its first process.
    pub fn pid(&self) -> Outcome<u32> {
        let text = std::fs::read_to_string(self.folder.join("data/postmaster.pid"))?;
        Ok(text.lines().next().unwrap_or_default().trim().parse()?)
    }

    /// Runs a program to its end; its words go to a file, since the server would hold a pipe open.
    fn run(&self, program: &str, arguments: &[&str]) -> Outcome<()> {
        let log = self.folder.join(format!("{program}.log"));
        let words = File::create(&log)?;
        let mut command = Command::new(self.programs.join(program));
        command
            .arg("--pgdata")
            .arg(self.folder.join("data"))
            .args(arguments)
            .current_dir(&self.folder)
            .env_remove("PGDATA")
            .stdin(Stdio::null())
            .stdout(words.try_clone()?)
            .stderr(words);
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        match command.status()? {
            status if status.success() => Ok(()),
            status => {
                let said = std::fs::read_to_string(&log)?;
                Err(format!("{program}: {status}\n{said}").into())
            }
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.run("pg_ctl", &["--wait", "--mode=immediate", "stop"]) {
            eprintln!("{error}");
        }
    }
}

/// The folder of `initdb` and `pg_ctl`; the newest release where Debian has several.
fn programs() -> Option<PathBuf> {
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
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = debian.into_iter().rev().map(|(_, folder)| folder);
    debian.chain(std::env::split_paths(&path)).find(|folder| {
        ["initdb", "pg_ctl"]
            .iter()
            .all(|name| folder.join(name).is_file())
    })
}

/// User and group numbers of `postgres`, else `nobody`.
fn unprivileged() -> Outcome<(u32, u32)> {
    let users = std::fs::read_to_string("/etc/passwd")?;
    let found = ["postgres", "nobody"].into_iter().find_map(|name| {
        let mut fields = users
            .lines()
            .map(|line| line.split(':'))
            .find_map(|mut fields| (fields.next() == Some(name)).then_some(fields))?
            .skip(1);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    });
    found.ok_or_else(|| "neither user postgres nor nobody in /etc/passwd".into())
}
