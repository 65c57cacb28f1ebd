//! The program as a person starts it: check, migrate, serve and stop, users, and a new key for all secrets.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use coldaisle::audit::{self, Filter};
use coldaisle::base::seal::Keyring;
use coldaisle::base::secret::Secret;
use coldaisle::config::{Hold, KeyFile};
use coldaisle::store::schema::people;
use coldaisle::store::sealed::{SEALED, reseal};
use diesel::prelude::*;

use crate::harness::{NOW, TestDb, both};

const PURPOSE: &str = "people.identity_sealed";

/// The program with a database and key file, in English, without the environment's own settings.
pub fn coldaisle(url: &str, key: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coldaisle"));
    command
        .args(["--lang", "en", "--database", url, "--set"])
        .arg(format!("keys.file={}", key.display()))
        .args(arguments)
        .env_remove("RUST_LOG")
        .stdin(Stdio::null());
    command
}

pub fn coldaisle_ran(url: &str, key: &Path, arguments: &[&str]) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = coldaisle(url, key, arguments).output().unwrap();
    let text = |octets| String::from_utf8(octets).unwrap();
    (status.code().unwrap_or(-1), text(stdout), text(stderr))
}

/// Opens the key file and seals the identity numbers of `count` people with it.
fn people_with_secrets(db: &TestDb, key: &Path, count: usize) -> Keyring {
    let ring = KeyFile::open(key, Hold::Shared).unwrap().ring().clone();
    for number in 0..count {
        let sealed = ring
            .seal(PURPOSE, &Secret::new(number.to_string()))
            .unwrap();
        db.put(|c| {
            Ok(diesel::insert_into(people::table)
                .values((
                    people::name.eq("Li Lei"),
                    people::identity_kind.eq("passport"),
                    people::identity_sealed.eq(&sealed),
                    people::created_at.eq(NOW),
                    people::updated_at.eq(NOW),
                ))
                .execute(c)?)
        });
    }
    ring
}

fn all_open(db: &TestDb, ring: &Keyring) -> bool {
    let sealed: Vec<Option<Vec<u8>>> = db.get(|c| {
        Ok(people::table
            .order(people::id)
            .select(people::identity_sealed)
            .load(c)?)
    });
    sealed.iter().enumerate().all(|(number, sealed)| {
        ring.open(PURPOSE, sealed.as_deref().unwrap())
            .is_ok_and(|secret| secret.expose() == number.to_string())
    })
}

fn rotations(db: &TestDb) -> usize {
    let filter = Filter {
        action: Some("key.rotate".into()),
        limit: 10,
        ..Filter::default()
    };
    db.get(|c| audit::list(c, &filter)).len()
}

both! {
    /// Every secret opens with the new key and none with the old one; a server that runs forbids it.
    async fn a_rotation_seals_every_secret_anew(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("coldaisle.key");
        let url = db.url.to_string();
        assert_eq!(coldaisle_ran(&url, &key, &["migrate"]).0, 0);
        let old = people_with_secrets(&db, &key, 450);

        let server = KeyFile::open(&key, Hold::Shared).unwrap();
        let (code, _, fault) = coldaisle_ran(&url, &key, &["key", "rotate"]);
        assert!(code == 1 && fault.contains("coldaisle serve"), "{fault}");
        drop(server);

        let (code, said, fault) = coldaisle_ran(&url, &key, &["key", "rotate"]);
        assert!(code == 0 && said.contains("450"), "{said}{fault}");
        let file = KeyFile::open(&key, Hold::Shared).unwrap();
        assert_eq!(file.ring().key_count(), 1);
        assert!(all_open(&db, file.ring()));
        assert!(!all_open(&db, &old));
        assert_eq!(rotations(&db), 1);
    }

    /// A rotation that ended after its first batch is finished by the next one, with the same new key.
    async fn an_interrupted_rotation_is_finished_by_the_next(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("coldaisle.key");
        let url = db.url.to_string();
        assert_eq!(coldaisle_ran(&url, &key, &["migrate"]).0, 0);
        people_with_secrets(&db, &key, 250);
        let mut file = KeyFile::open(&key, Hold::Alone).unwrap();
        let both = file.ring().with_new_key().unwrap();
        file.replace(both.clone()).unwrap();
        let column = SEALED.into_iter().find(|column| column.purpose == PURPOSE).unwrap();
        assert_eq!(db.put(|c| reseal(c, &both, column, 0)).changed, 200);
        drop(file);
        assert!(all_open(&db, &both), "nothing is lost in between");
        let (code, said, _) = coldaisle_ran(&url, &key, &["check"]);
        assert!(code == 1 && said.contains("FAULT") && said.contains("key rotate"), "{said}");

        let (code, said, fault) = coldaisle_ran(&url, &key, &["key", "rotate"]);
        assert!(code == 0 && said.contains("50"), "{said}{fault}");
        let file = KeyFile::open(&key, Hold::Shared).unwrap();
        assert_eq!(file.ring().key_count(), 1);
        assert!(all_open(&db, file.ring()) && all_open(&db, &both.only_newest()));
        assert_eq!(coldaisle_ran(&url, &key, &["audit", "verify"]).0, 0);
    }

    /// Without its key file a database with secrets gets no new key: the old one must come back.
    async fn a_lost_key_file_is_not_replaced(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("coldaisle.key");
        let url = db.url.to_string();
        assert_eq!(coldaisle_ran(&url, &key, &["migrate"]).0, 0);
        people_with_secrets(&db, &key, 1);
        std::fs::remove_file(&key).unwrap();
        for arguments in [["serve", "--port=0"].as_slice(), &["migrate"]] {
            let (code, _, fault) = coldaisle_ran(&url, &key, arguments);
            assert!(code == 1 && fault.contains("sealed values"), "{fault}");
        }
        let (code, said, _) = coldaisle_ran(&url, &key, &["check"]);
        assert!(code == 1 && said.contains("sealed values"), "{said}");
        assert!(!key.exists());
        // The key of another installation is no help, and is said to be none.
        let other = TestDb::sqlite();
        assert_eq!(coldaisle_ran(&other.url.to_string(), &key, &["migrate"]).0, 0);
        let (code, said, _) = coldaisle_ran(&url, &key, &["check"]);
        assert!(code == 1 && said.contains("does not open with this key"), "{said}");
    }

    /// A first start prints the link for the administrator, serves it, stops on SIGTERM, and logs no token.
    async fn a_server_starts_answers_and_stops(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("coldaisle.key");
        let url = db.url.to_string();
        let arguments = ["serve", "--port", "0", "--set", "log.level=debug", "--set", "log.format=json"];
        let mut server = Server(
            coldaisle(&url, &key, &arguments)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap(),
        );
        let mut lines = BufReader::new(server.0.stdout.take().unwrap()).lines();
        let link = lines
            .find_map(|line| line.unwrap().trim().strip_prefix("http://").map(str::to_owned))
            .expect("the link");
        let (place, path) = link.split_once('/').unwrap();
        let token = path.rsplit('/').next().unwrap();
        assert_eq!(token.len(), 64);
        assert!(get(place, path).starts_with("HTTP/1.1 200"));
        assert!(get(place, "readyz").ends_with("ready\n"));
        let (code, _, fault) = coldaisle_ran(&url, &key, &["serve", "--port", place.rsplit(':').next().unwrap()]);
        assert!(code == 1 && fault.contains(place), "{fault}");
        assert!(get(place, path).starts_with("HTTP/1.1 200"), "the link of the first program still works");

        let id = server.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert_eq!(server.0.wait().unwrap().code(), Some(0));
        let mut log = String::new();
        server.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        assert!(log.contains("\"stopping\""), "{log}");
        assert!(!log.contains(token), "a one-time link is in the log");
        for line in log.lines() {
            assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
        }
    }

    /// A password from standard input lets the user in; the audit log names the terminal.
    async fn a_user_is_added_from_the_terminal(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("coldaisle.key");
        let url = db.url.to_string();
        let add = ["user", "add", "root", "--role", "administrator", "--password-stdin"];
        let mut adding = coldaisle(&url, &key, &add).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        adding.stdin.take().unwrap().write_all(b"correct horse battery\n").unwrap();
        assert!(adding.wait().unwrap().success());
        let (_, list, _) = coldaisle_ran(&url, &key, &["user", "list"]);
        assert!(list.contains("root") && list.contains("administrator"), "{list}");
        let (code, _, fault) = coldaisle_ran(&url, &key, &["user", "add", "root", "--role", "finance"]);
        assert!(code == 1 && fault.contains("login"), "{fault}");
        let (code, said, _) = coldaisle_ran(&url, &key, &["user", "password", "root"]);
        assert!(code == 0 && said.contains("/welcome/"), "{said}");
        let entries = db.get(|c| audit::list(c, &Filter { limit: 10, ..Filter::default() }));
        assert!(entries.iter().all(|entry| entry.author_name == "terminal"));
    }
}

/// With certificate and key the pages come over TLS alone, with a cookie for TLS alone.
#[test]
fn pages_come_over_tls_with_a_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, certificate, key_file) = crate::mail::certificates(folder.path());
    let db = TestDb::sqlite();
    let set = |name: &str, path: &Path| format!("web.{name}={}", path.display());
    let (certificate, key_file) = (
        set("tls_certificate", &certificate),
        set("tls_key", &key_file),
    );
    let arguments = [
        "serve",
        "--port",
        "0",
        "--set",
        &certificate,
        "--set",
        &key_file,
    ];
    let key = folder.path().join("coldaisle.key");
    let mut server = Server(
        coldaisle(&db.url.to_string(), &key, &arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    let mut lines = BufReader::new(server.0.stdout.take().unwrap()).lines();
    let link = lines
        .find_map(|line| {
            line.unwrap()
                .trim()
                .strip_prefix("https://")
                .map(str::to_owned)
        })
        .expect("the link");
    let (place, _) = link.split_once('/').unwrap();
    let mut client = Command::new("openssl")
        .args([
            "s_client",
            "-quiet",
            "-verify_return_error",
            "-verify_ip",
            "127.0.0.1",
        ])
        .arg("-CAfile")
        .arg(&authority)
        .args(["-connect", place])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Debian package openssl");
    let request = format!("GET /login HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n\r\n");
    let mut input = client.stdin.take().unwrap();
    input.write_all(request.as_bytes()).unwrap();
    let said = client.wait_with_output().unwrap();
    drop(input);
    let page = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(page.starts_with("HTTP/1.1 200"), "{page} {said:?}");
    let cookie = page
        .lines()
        .find(|line| line.to_lowercase().starts_with("set-cookie:"));
    assert!(
        cookie.is_some_and(|cookie| cookie.contains("Secure") && cookie.contains("HttpOnly")),
        "{page}"
    );
    assert!(
        page.to_lowercase().contains("strict-transport-security:"),
        "{page}"
    );
    let mut plain = TcpStream::connect(place).unwrap();
    plain.write_all(request.as_bytes()).unwrap();
    let mut reply = Vec::new();
    let _ = plain.read_to_end(&mut reply);
    assert!(!reply.starts_with(b"HTTP/"), "nothing is said without TLS");
}

/// A server that ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// One request without keeping the connection.
fn get(place: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(place).unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    reply
}

#[test]
fn configuration_faults_are_said_in_words() {
    for (language, words) in [("en", "from 1 to 65535"), ("zh-CN", "1 到 65535")] {
        let output = Command::new(env!("CARGO_BIN_EXE_coldaisle"))
            .args(["check", "--lang", language, "--set", "mail.port=0"])
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(
            said.contains("--set: mail.port = 0") && said.contains(words),
            "{said}"
        );
    }
}
