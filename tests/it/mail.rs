//! Mails from the outbox into a real SMTP server (aiosmtpd), which refuses, delays and drops by name.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use coldaisle::base::locale::Locale;
use coldaisle::base::secret::Secret;
use coldaisle::base::time::Timestamp;
use coldaisle::drivers::mail::{Letter, MailError, MailServer, MailSession, Security, Stage};
use coldaisle::notify::{self, QueuedMail, VisitAnnounced};
use coldaisle::store::outbox::{self, Entry};
use coldaisle::store::schema::outbox as outbox_rows;
use coldaisle::store::{Store, task_log};
use coldaisle::tasks::mailer::{MailRoute, Mailer};
use coldaisle::tasks::{Driver, Task};
use coldaisle::words::Words;
use diesel::prelude::*;
use tokio_util::sync::CancellationToken;

use crate::harness::{TestDb, both};

/// The Python environment with the peers of the tests.
fn python() -> PathBuf {
    let venv = std::env::var_os("COLDAISLE_TEST_VENV").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers-venv"),
        PathBuf::from,
    );
    let python = venv.join("bin/python3");
    assert!(
        python.exists(),
        "no {}: run scripts/peers-install (Debian package python3-venv)",
        python.display()
    );
    python
}

/// A running mail server that keeps each mail as a file.
pub struct Sink {
    process: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Sink {
    pub fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/smtp/sink.py");
        let mut process = Command::new(python())
            .arg(script)
            .arg("--dir")
            .arg(folder.path())
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let port = line.trim().rsplit(':').next().unwrap().parse().unwrap();
        Self {
            process,
            port,
            folder,
        }
    }

    pub fn server(&self) -> MailServer {
        MailServer {
            host: "127.0.0.1".into(),
            port: self.port,
            security: Security::None,
            authority_pem: None,
            login: None,
            timeout: Duration::from_secs(10),
        }
    }

    /// Envelopes and octets of the mails that were taken, in order.
    pub fn mails(&self) -> Vec<(serde_json::Value, String)> {
        let mut names: Vec<PathBuf> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
            .collect();
        names.sort();
        names
            .iter()
            .map(|path| {
                let facts = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
                let mail = std::fs::read(path.with_extension("eml")).unwrap();
                (facts, String::from_utf8(mail).unwrap())
            })
            .collect()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An authority and a certificate it signed for 127.0.0.1; paths of authority, certificate and key.
pub fn certificates(folder: &Path) -> (PathBuf, PathBuf, PathBuf) {
    let path = |name: &str| folder.join(name);
    let openssl = |arguments: &[&str]| {
        let output = Command::new("openssl")
            .args(arguments)
            .current_dir(folder)
            .output()
            .expect("Debian package openssl");
        assert!(output.status.success(), "{output:?}");
    };
    openssl(&[
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=Test authority",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
    ]);
    openssl(&[
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=localhost",
        "-keyout",
        "tls.key",
        "-out",
        "tls.csr",
    ]);
    std::fs::write(
        path("ext"),
        "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n",
    )
    .unwrap();
    openssl(&[
        "x509",
        "-req",
        "-in",
        "tls.csr",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-days",
        "2",
        "-extfile",
        "ext",
        "-out",
        "tls.pem",
    ]);
    (path("ca.pem"), path("tls.pem"), path("tls.key"))
}

fn letter(to: &str) -> Letter {
    Letter {
        from: "机房 <noreply@dc.example>".into(),
        to: to.into(),
        name: "李雷".into(),
        subject: "来访通行码".into(),
        text: "第一行\n.\n最后一行\n".into(),
        message_id: "outbox-1".into(),
        language: "zh-CN".into(),
        written_at_ms: 1_795_000_000_000,
        enclosed: Vec::new(),
    }
}

async fn send(server: &MailServer, to: &str) -> Result<String, MailError> {
    let mut session = MailSession::open(server).await?;
    let answer = session.send(&letter(to)).await;
    session.close().await;
    answer
}

fn visit(to: &str) -> QueuedMail {
    let facts = VisitAnnounced {
        customer: "Yunfan".into(),
        site: "Shanghai 1".into(),
        address: String::new(),
        from: "2026-11-23 14:00".into(),
        until: "2026-11-23 16:00".into(),
        offset: "+08:00".into(),
        visitors: vec!["Li Lei".into()],
        purpose: "disk".into(),
        pass_code: "K7Q2MX".into(),
        url: String::new(),
        dates: None,
    };
    QueuedMail::visit_announced(to, "Li Lei", Locale::En, &facts).unwrap()
}

pub fn mailer(store: &Store, server: MailServer) -> Mailer {
    let route = MailRoute {
        server,
        from: "noreply@dc.example".into(),
    };
    let words = Words::load().unwrap();
    Mailer::new(store.clone(), words, Some(route), Duration::from_secs(3600)).unwrap()
}

async fn queue(store: &Store, to: &str) {
    let mail = visit(to);
    store
        .write("test", move |c| {
            notify::ops::mail_queue(c, &mail, None, Timestamp::now())
        })
        .await
        .unwrap();
}

/// Makes every waiting mail due, as if its rest were over.
async fn rests_are_over(store: &Store) {
    store
        .write("test", |c| {
            diesel::update(outbox_rows::table.filter(outbox_rows::dead_at.is_null()))
                .set((
                    outbox_rows::not_before.eq(Timestamp::now()),
                    outbox_rows::lease_until.eq(None::<i64>),
                ))
                .execute(c)?;
            Ok(())
        })
        .await
        .unwrap();
}

async fn unfinished(store: &Store) -> Vec<Entry> {
    store.read(|c| outbox::unfinished(c, 100)).await.unwrap()
}

pub async fn activate(mailer: &Mailer) -> Result<String, String> {
    let done = mailer.activate(CancellationToken::new()).await;
    done.map(|said| said.to_string())
        .map_err(|fault| fault.to_string())
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written() {
    let sink = Sink::start(&[]);
    send(&sink.server(), "li@customer.example").await.unwrap();
    let mails = sink.mails();
    let (envelope, mail) = &mails[0];
    assert_eq!(envelope["from"], "noreply@dc.example");
    assert_eq!(envelope["to"][0], "li@customer.example");
    let (head, body) = mail.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("Message-ID: <outbox-1@dc.example>"), "{head}");
    assert!(head.contains("Content-Language: zh-CN"), "{head}");
    assert!(head.is_ascii() && mail.lines().all(|line| line.len() < 998));
    assert!(!body.is_empty());
}

#[tokio::test]
async fn starttls_and_login_work_and_nothing_is_said_without_them() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, certificate, key) = certificates(folder.path());
    let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
    let sink = Sink::start(&["--tls", certificate, key, "--require-tls", "--require-auth"]);
    let right = MailServer {
        security: Security::StartTls,
        authority_pem: Some(std::fs::read(&authority).unwrap()),
        login: Some(("alerts".into(), Secret::new("mail-pass"))),
        ..sink.server()
    };
    send(&right, "li@customer.example").await.unwrap();
    let mails = sink.mails();
    assert_eq!(mails[0].0["user"], "alerts");
    assert!(
        mails[0].0["tls"].as_str().unwrap().starts_with("TLS"),
        "{}",
        mails[0].0
    );

    let wrong_password = MailServer {
        login: Some(("alerts".into(), Secret::new("calvin"))),
        ..right.clone()
    };
    let error = send(&wrong_password, "li@customer.example")
        .await
        .unwrap_err();
    assert!(matches!(error, MailError::Credentials(_)), "{error}");
    assert!(!error.to_string().contains("calvin"));

    let unknown_authority = MailServer {
        authority_pem: None,
        ..right.clone()
    };
    let error = send(&unknown_authority, "li@customer.example")
        .await
        .unwrap_err();
    assert!(
        matches!(&error, MailError::Tls(trouble) if trouble.stage == Stage::StartTls),
        "{error}"
    );

    let other_name = MailServer {
        host: "127.0.0.2".into(),
        ..right.clone()
    };
    assert!(send(&other_name, "li@customer.example").await.is_err());

    let without_login = MailServer {
        login: None,
        ..right
    };
    let error = send(&without_login, "li@customer.example")
        .await
        .unwrap_err();
    assert!(matches!(error, MailError::Credentials(_)), "{error}");
    assert!(!error.is_permanent());
    assert_eq!(sink.mails().len(), 1);
}

#[tokio::test]
async fn tls_from_the_first_byte_works_and_a_server_without_starttls_gets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, certificate, key) = certificates(folder.path());
    let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
    let sink = Sink::start(&["--tls", certificate, key, "--smtps", "--require-auth"]);
    let server = MailServer {
        security: Security::Tls,
        authority_pem: Some(std::fs::read(&authority).unwrap()),
        login: Some(("alerts".into(), Secret::new("mail-pass"))),
        ..sink.server()
    };
    send(&server, "li@customer.example").await.unwrap();
    assert_eq!(sink.mails().len(), 1);

    let plain = Sink::start(&[]);
    let downgraded = MailServer {
        port: plain.port,
        security: Security::StartTls,
        ..server
    };
    let error = send(&downgraded, "li@customer.example").await.unwrap_err();
    assert!(matches!(error, MailError::Tls(_)), "{error}");
    assert!(plain.mails().is_empty());
}

#[tokio::test]
async fn each_trouble_has_its_own_kind() {
    let sink = Sink::start(&["--delay", "5"]);
    let server = sink.server();
    for (to, fits) in [
        ("nobody@x.example", "refused"),
        ("spam@x.example", "refused"),
        ("full@x.example", "later"),
        ("grey@x.example", "later"),
        ("drop@x.example", "not reached"),
        ("no address", "wrong to"),
    ] {
        let error = send(&server, to).await.unwrap_err();
        assert!(error.to_string().contains(fits), "{to}: {error}");
    }
    let hasty = MailServer {
        timeout: Duration::from_millis(300),
        ..server.clone()
    };
    let started = Instant::now();
    let error = send(&hasty, "slow@x.example").await.unwrap_err();
    assert!(matches!(error, MailError::Unreachable(_)), "{error}");
    assert!(started.elapsed() < Duration::from_secs(4));
    // A port that was free a moment ago: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let error = send(&MailServer { port, ..server }, "li@x.example")
        .await
        .unwrap_err();
    assert!(
        matches!(&error, MailError::Unreachable(trouble) if trouble.stage == Stage::Connect),
        "{error}"
    );
}

both! {
    /// Good mails go, greylisted ones go at the second attempt, refused ones are buried at once.
    async fn the_outbox_is_emptied_by_the_rules(db: TestDb) {
        let sink = Sink::start(&[]);
        for to in ["one@x.example", "nobody@x.example", "grey@x.example", "two@x.example"] {
            queue(&db.store, to).await;
        }
        let mailer = mailer(&db.store, sink.server());
        assert_eq!(activate(&mailer).await.unwrap(), "tasks-said-mailer sent=2 later=1 dead=1");
        let left = unfinished(&db.store).await;
        assert_eq!(left.len(), 2);
        assert!(left[0].dead_at.is_some() && left[0].last_error.as_deref().unwrap().contains("550"));
        assert!(left[1].last_error.as_deref().unwrap().contains("451"));
        let rest = left[1].not_before.since_millis(Timestamp::now());
        assert!((30_000..=60_000).contains(&rest), "{rest}");
        // Not due yet: nothing happens.
        assert_eq!(activate(&mailer).await.unwrap(), "tasks-said-mailer sent=0 later=0 dead=0");
        rests_are_over(&db.store).await;
        assert_eq!(activate(&mailer).await.unwrap(), "tasks-said-mailer sent=1 later=0 dead=0");
        assert_eq!(unfinished(&db.store).await.len(), 1);
        let mails = sink.mails();
        assert_eq!(mails.len(), 3);
        assert!(mails[0].1.contains("K7Q2MX"), "{}", mails[0].1);
    }

    /// A mail that always meets a 452 rests longer each time and is given up after five rests; reviving starts anew.
    async fn a_mail_that_never_goes_is_given_up_after_its_rests(db: TestDb) {
        let sink = Sink::start(&[]);
        queue(&db.store, "full@x.example").await;
        let mailer = mailer(&db.store, sink.server());
        for minutes in [1, 5, 30, 120, 360] {
            activate(&mailer).await.unwrap();
            let rest = unfinished(&db.store).await[0].not_before.since_millis(Timestamp::now());
            assert!((minutes * 60_000 - 30_000..=minutes * 60_000).contains(&rest), "{minutes}: {rest}");
            rests_are_over(&db.store).await;
        }
        assert_eq!(activate(&mailer).await.unwrap(), "tasks-said-mailer sent=0 later=0 dead=1");
        let dead = unfinished(&db.store).await;
        assert!(dead[0].dead_at.is_some());
        assert_eq!(dead[0].attempts, 6);
        let id = dead[0].id;
        assert!(db.store.write("test", move |c| outbox::revive(c, id, Timestamp::now())).await.unwrap());
        assert_eq!(activate(&mailer).await.unwrap(), "tasks-said-mailer sent=0 later=1 dead=0");
    }

    /// A server that is down fails the run, costs one mail one attempt, and the mails go once it is back.
    async fn a_server_that_is_down_costs_one_attempt(db: TestDb) {
        let sink = Sink::start(&[]);
        for to in ["one@x.example", "two@x.example"] {
            queue(&db.store, to).await;
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let down = mailer(&db.store, MailServer { port, ..sink.server() });
        assert!(activate(&down).await.unwrap_err().contains("not reached"));
        let attempts: i64 = unfinished(&db.store).await.iter().map(|entry| entry.attempts).sum();
        assert_eq!(attempts, 1);
        rests_are_over(&db.store).await;
        assert_eq!(activate(&mailer(&db.store, sink.server())).await.unwrap(), "tasks-said-mailer sent=2 later=0 dead=0");
    }

    /// A mail that another process holds is not touched until the lease ends; a restart loses nothing.
    async fn a_leased_mail_is_left_alone(db: TestDb) {
        let sink = Sink::start(&[]);
        queue(&db.store, "one@x.example").await;
        let claimed = db.store.write("test", |c| {
            outbox::claim(c, notify::OUTBOX_KIND, "another", Timestamp::now(), 300_000, 10)
        }).await.unwrap();
        assert_eq!(claimed.len(), 1);
        let mailer = mailer(&db.store, sink.server());
        assert_eq!(activate(&mailer).await.unwrap(), "tasks-said-mailer sent=0 later=0 dead=0");
        rests_are_over(&db.store).await;
        assert_eq!(activate(&mailer).await.unwrap(), "tasks-said-mailer sent=1 later=0 dead=0");
    }

    /// Under the driver: a wake-up after the commit sends at once, and the run is on record.
    async fn a_wake_up_sends_at_once(db: TestDb) {
        let sink = Sink::start(&[]);
        let task: Arc<dyn Task> = Arc::new(mailer(&db.store, sink.server()));
        let driver = Driver::start(&db.store, vec![task], db.store.wakeups());
        queue(&db.store, "one@x.example").await;
        db.store.wakeups().wake(notify::MAILER);
        let deadline = Instant::now() + Duration::from_secs(20);
        while sink.mails().is_empty() {
            assert!(Instant::now() < deadline, "the mail did not come");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(driver.shutdown(Duration::from_secs(10)).await.is_empty());
        let runs = db.store.read(task_log::all).await.unwrap();
        assert_eq!(runs[0].name, notify::MAILER);
        assert_eq!(runs[0].last_outcome, "ok");
        assert!(unfinished(&db.store).await.is_empty());
    }

    /// A payload that is no mail is given up at once and holds nothing else up.
    async fn a_broken_payload_is_given_up(db: TestDb) {
        let sink = Sink::start(&[]);
        db.store.write("test", |c| {
            outbox::put(c, notify::OUTBOX_KIND, &serde_json::json!({"to": "x"}), None, Timestamp::now())
        }).await.unwrap();
        queue(&db.store, "one@x.example").await;
        let mailer = mailer(&db.store, sink.server());
        assert_eq!(activate(&mailer).await.unwrap(), "tasks-said-mailer sent=1 later=0 dead=1");
    }
}
