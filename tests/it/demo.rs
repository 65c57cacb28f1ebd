//! `coldaisle demo` as a user has it: starts, lets everyone in, ends when asked, and keeps its data.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use coldaisle::store::schema::{ports, power_intents, reading_days, readings, users, visits};
use coldaisle::store::{DatabaseUrl, Store};
use diesel::prelude::*;
use serde_json::Value;

const START: Duration = Duration::from_secs(120);
const END: Duration = Duration::from_secs(20);

/// A running demo; killed when dropped.
struct Demo {
    child: Child,
    told: Value,
}

impl Demo {
    fn start(folder: &Path, more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_coldaisle"))
            .args(["demo", "--port", "0", "--days", "1", "--quiet", "--dir"])
            .arg(folder)
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            out.lines()
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
        let mut demo = Self {
            child,
            told: Value::Null,
        };
        let line = lines.recv_timeout(START).expect("one line from the demo");
        demo.told = serde_json::from_str(&line).unwrap();
        demo
    }

    fn address(&self) -> &str {
        self.told["url"]
            .as_str()
            .unwrap()
            .strip_prefix("http://")
            .unwrap()
    }

    /// Sends a request of its own connection; gives head and body.
    fn ask(&self, request: &str) -> (String, String) {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }

    /// The first line of the answer to a login with the right or a wrong password.
    fn sign_in(&self, user: &str, password: &str) -> String {
        let host = self.address();
        let (head, body) = self.ask(&format!(
            "GET /login HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        ));
        let cookie = head
            .lines()
            .find(|line| line.to_lowercase().starts_with("set-cookie:"));
        let cookie = cookie
            .unwrap()
            .split_once(':')
            .unwrap()
            .1
            .split(';')
            .next()
            .unwrap()
            .trim();
        let (_, rest) = body.split_once("name=\"csrf\"").unwrap();
        let csrf = rest
            .split_once("value=\"")
            .unwrap()
            .1
            .split('"')
            .next()
            .unwrap();
        let form = format!("csrf={csrf}&login={user}&password={password}");
        let length = form.len();
        let (head, _) = self.ask(&format!(
            "POST /login HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nCookie: {cookie}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
        ));
        head.lines().next().unwrap().to_owned()
    }

    /// Ends it with a signal; gives the exit code.
    fn end(mut self, signal: &str) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
        let until = Instant::now() + END;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(
                Instant::now() < until,
                "still running {END:?} after {signal}"
            );
            std::thread::yield_now();
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Users, readings, visits, intents and uplinks on record.
fn counts(folder: &Path) -> [i64; 5] {
    let store = Store::open(&DatabaseUrl::Sqlite(folder.join("demo.db")), 1).unwrap();
    store
        .read_blocking(|c| {
            Ok([
                users::table.count().get_result(c)?,
                readings::table.count().get_result::<i64>(c)?
                    + reading_days::table
                        .select(reading_days::polls)
                        .load::<i64>(c)?
                        .iter()
                        .sum::<i64>(),
                visits::table.count().get_result(c)?,
                power_intents::table.count().get_result(c)?,
                ports::table
                    .filter(ports::is_uplink.eq(true))
                    .count()
                    .get_result(c)?,
            ])
        })
        .unwrap()
}

#[test]
fn a_demo_starts_lets_everyone_in_and_keeps_its_data() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path(), &[]);
    let logins = demo.told["logins"].as_array().unwrap().clone();
    assert_eq!(logins.len(), 9);
    for login in &logins {
        let (user, password) = (
            login["user"].as_str().unwrap(),
            login["password"].as_str().unwrap(),
        );
        assert!(demo.sign_in(user, password).contains("303"), "{login}");
        assert_eq!(
            login["role"].as_str().unwrap().starts_with("customer"),
            login["customer"].is_string()
        );
    }
    let refused = demo.sign_in("operations", "demo-operations-2025");
    assert!(!refused.contains("303"), "{refused}");
    assert_eq!(demo.end("-TERM"), Some(0));
    let [users, readings, visits, intents, uplinks] = counts(folder.path());
    // A reading every 300 s of a day, of four switches and two PDUs.
    assert!(
        (6 * 287..6 * 292).contains(&readings),
        "{readings} readings"
    );
    assert_eq!((users, visits, intents), (9, 7, 5));
    assert!(
        (6..=8).contains(&uplinks),
        "{uplinks} uplinks of four switches"
    );

    let again = Demo::start(folder.path(), &[]);
    assert_eq!(again.told["logins"], Value::Array(logins));
    assert!(
        again
            .sign_in("admin", "demo-administrator-2026")
            .contains("303")
    );
    assert_eq!(again.end("-INT"), Some(0));
    let after = counts(folder.path());
    assert_eq!([after[0], after[2], after[3]], [users, visits, intents]);
    assert!(after[1] >= readings);
}

#[test]
fn a_demo_needs_no_configuration_of_a_real_installation() {
    let folder = tempfile::tempdir().unwrap();
    let ended = Command::new(env!("CARGO_BIN_EXE_coldaisle"))
        .args([
            "demo",
            "--database",
            "sqlite:/nowhere/coldaisle.db",
            "--dir",
        ])
        .arg(folder.path())
        .output()
        .unwrap();
    assert_eq!(ended.status.code(), Some(2), "{ended:?}");
    assert!(
        folder.path().read_dir().unwrap().next().is_none(),
        "something was made"
    );
}
