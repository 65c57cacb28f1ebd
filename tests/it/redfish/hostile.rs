//! Services that misbehave. Each is first seen to do so.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use coldaisle::drivers::bmc::{Acted, BmcError, BmcTarget, LogMark, PowerAction, PowerState};
use coldaisle::sim::redfish::Certificate;
use coldaisle::sim::redfish::http::{Answer, Request, Server};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::{access, open, refused, target};
use crate::ipmi::peers::until;

/// A service that is in order but for what `mischief` answers.
struct Hostile {
    server: Server,
    /// Times mischief was done.
    done: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
}

impl Hostile {
    async fn start(mischief: impl Fn(&Request) -> Option<Answer> + Send + Sync + 'static) -> Self {
        let (done, open) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (counting, sessions) = (done.clone(), open.clone());
        let handler = move |request: Request| match mischief(&request) {
            Some(answer) => {
                counting.fetch_add(1, Ordering::Relaxed);
                answer
            }
            None => in_order(&request, &sessions),
        };
        let certificate = Certificate::new("hostile", "127.0.0.1".parse().unwrap()).unwrap();
        let bind: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let server = Server::start(bind, &certificate, Arc::new(handler))
            .await
            .unwrap();
        Self { server, done, open }
    }

    fn target(&self) -> BmcTarget {
        target(self.server.address(), "admin", "pass-1")
    }

    /// It misbehaved, and no session is left on it.
    async fn proven(&self, name: &str) {
        assert!(
            self.done.load(Ordering::Relaxed) > 0,
            "{name}: it did not misbehave"
        );
        let open = || async { self.open.load(Ordering::Relaxed) };
        until(name, open, |open| *open == 0).await;
    }
}

fn in_order(request: &Request, sessions: &AtomicUsize) -> Answer {
    let system = "/redfish/v1/Systems/1";
    let document = match (request.method.as_str(), request.path.as_str()) {
        ("POST", "/redfish/v1/SessionService/Sessions") => {
            sessions.fetch_add(1, Ordering::Relaxed);
            return Answer::json(201, &json!({}))
                .with("X-Auth-Token", "t")
                .with("Location", "/redfish/v1/SessionService/Sessions/1");
        }
        ("DELETE", _) => {
            sessions.fetch_sub(1, Ordering::Relaxed);
            return Answer::empty(204);
        }
        ("POST", _) => return Answer::empty(204),
        (_, "/redfish/v1/") => {
            json!({"RedfishVersion": "1.0", "Systems": {"@odata.id": "/redfish/v1/Systems"},
            "Links": {"Sessions": {"@odata.id": "/redfish/v1/SessionService/Sessions"}}})
        }
        (_, "/redfish/v1/Systems") => json!({"Members": [{"@odata.id": system}]}),
        (_, "/redfish/v1/Systems/1") => json!({"PowerState": "On",
            "LogServices": {"@odata.id": "/redfish/v1/Systems/1/LogServices"},
            "Actions": {"#ComputerSystem.Reset": {"target": "/redfish/v1/reset"}}}),
        (_, "/redfish/v1/Systems/1/LogServices") => {
            json!({"Members": [{"@odata.id": "/redfish/v1/Systems/1/LogServices/SEL",
            "Id": "SEL", "Entries": {"@odata.id": "/redfish/v1/entries"}}]})
        }
        (_, "/redfish/v1/entries") => json!({"Members": []}),
        _ => return Answer::empty(404),
    };
    Answer::json(200, &document)
}

fn at_system(request: &Request) -> bool {
    request.method == "GET" && request.path == "/redfish/v1/Systems/1"
}

fn html(status: u16) -> Answer {
    let kind = ("Content-Type", "text/html".to_owned());
    Answer::Proper(
        status,
        vec![kind],
        "<html><body>Login</body></html>".to_owned(),
    )
}

#[tokio::test]
async fn what_is_no_document_is_said_to_be_none() {
    let half = json!({"PowerState": "On"}).to_string();
    let half = half[..half.len() / 2].to_owned();
    let big = format!("{{\"x\": \"{}\"}}", "y".repeat(10 << 20));
    let deep = format!("{}{}", "{\"a\":".repeat(5000), "1");
    let json = |body: &str| {
        let kind = ("Content-Type", "application/json".to_owned());
        Answer::Proper(200, vec![kind], body.to_owned())
    };
    let cut = Answer::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"Power".to_vec());
    let away = Answer::empty(302).with("Location", "https://192.0.2.1/redfish/v1/Systems/1");
    let round = Answer::empty(302).with("Location", "/redfish/v1/Systems/1");
    for (name, answer, code, words) in [
        ("HTML", html(200), "not-understood", "text/html"),
        (
            "half a document",
            json(&half),
            "not-understood",
            "half a document",
        ),
        ("a list", json("[1]"), "not-understood", "no object"),
        ("garbage", json("\u{1}\u{2}"), "not-understood", "no JSON"),
        ("10 MB", json(&big), "not-understood", "more than 2048 KiB"),
        ("deep", json(&deep), "not-understood", "no JSON"),
        ("500", html(500), "http", "HTTP 500"),
        ("a cut answer", cut, "no-answer", "no answer"),
        (
            "no HTTP",
            Answer::Raw(b"SSH-2.0-dropbear\r\n\r\n".to_vec()),
            "no-answer",
            "no answer",
        ),
        (
            "elsewhere",
            away,
            "not-understood",
            "points elsewhere (https://192.0.2.1/",
        ),
        (
            "in a circle",
            round,
            "not-understood",
            "redirects without end",
        ),
        ("401", html(401), "closed", "session is over"),
        ("403", html(403), "privilege", "privilege"),
    ] {
        let hostile =
            Hostile::start(move |request| at_system(request).then(|| answer.clone())).await;
        let access = access();
        let mut session = open(&access, &hostile.target()).await;
        let error = session.power_state().await.unwrap_err();
        assert_eq!(error.code(), code, "{name}: {error}");
        assert!(error.to_string().contains(words), "{name}: {error}");
        assert_eq!(error.at().target, hostile.server.address());
        drop(session);
        hostile.proven(name).await;
    }
}

#[tokio::test]
async fn who_never_answers_is_not_waited_for_forever() {
    let hostile = Hostile::start(|request| at_system(request).then_some(Answer::Silence)).await;
    let access = access();
    let impatient = BmcTarget {
        patience: Duration::from_secs(2),
        ..hostile.target()
    };
    let mut session = open(&access, &impatient).await;
    let error = session.power_state().await.unwrap_err();
    assert!(
        matches!(
            &error,
            BmcError::NoAnswer {
                acted: Acted::No,
                ..
            }
        ),
        "{error}"
    );
    drop(session);
    hostile.proven("silence").await;
}

#[tokio::test]
async fn a_reset_whose_answer_is_lost_is_not_sent_again() {
    for (name, answer, lost) in [
        ("cut", Answer::Raw(Vec::new()), true),
        ("HTML", html(200), false),
        (
            "elsewhere",
            Answer::empty(307).with("Location", "/redfish/v1/other"),
            true,
        ),
    ] {
        let reset = |request: &Request| request.path == "/redfish/v1/reset";
        let hostile = Hostile::start(move |request| reset(request).then(|| answer.clone())).await;
        let access = access();
        let mut session = open(&access, &hostile.target()).await;
        let outcome = session.power(PowerAction::Off).await;
        match outcome {
            Ok(()) => assert!(!lost, "{name}"),
            Err(error) => assert!(lost && error.may_have_acted(), "{name}: {error}"),
        }
        session.close().await.unwrap();
        assert_eq!(
            hostile.done.load(Ordering::Relaxed),
            1,
            "{name}: it was sent again"
        );
    }
}

#[tokio::test]
async fn what_only_reads_is_asked_again_after_a_broken_connection() {
    let times = AtomicUsize::new(0);
    let once = move |request: &Request| {
        let first = at_system(request) && times.fetch_add(1, Ordering::Relaxed) == 0;
        first.then(|| Answer::Raw(Vec::new()))
    };
    let hostile = Hostile::start(once).await;
    let access = access();
    let mut session = open(&access, &hostile.target()).await;
    assert_eq!(session.power_state().await, Ok(PowerState::On));
    session.close().await.unwrap();
    hostile.proven("broken once").await;
}

#[tokio::test]
async fn a_collection_without_end_ends() {
    let pages = AtomicUsize::new(0);
    let endless = move |request: &Request| {
        (request.path == "/redfish/v1/entries").then(|| {
            let next = format!(
                "/redfish/v1/entries?$skip={}",
                pages.fetch_add(1, Ordering::Relaxed)
            );
            Answer::json(
                200,
                &json!({"Members": [{"Id": "1", "Message": "x"}], "Members@odata.nextLink": next}),
            )
        })
    };
    let round = |request: &Request| {
        let page = json!({"Members": [], "Members@odata.nextLink": "/redfish/v1/entries"});
        (request.path == "/redfish/v1/entries").then(|| Answer::json(200, &page))
    };
    let out = |request: &Request| {
        let page = json!({"Members": [], "Members@odata.nextLink": "//other.example/x"});
        (request.path == "/redfish/v1/entries").then(|| Answer::json(200, &page))
    };
    for (name, hostile, words) in [
        (
            "endless",
            Hostile::start(endless).await,
            "more than 100 pages",
        ),
        ("round", Hostile::start(round).await, "goes round"),
        ("out", Hostile::start(out).await, "leads nowhere"),
    ] {
        let access = access();
        let mut session = open(&access, &hostile.target()).await;
        let error = session.event_log(LogMark::default(), 10).await.unwrap_err();
        assert!(error.to_string().contains(words), "{name}: {error}");
        drop(session);
        hostile.proven(name).await;
    }
}

#[tokio::test]
async fn a_login_that_goes_wrong_says_how() {
    fn login(request: &Request) -> bool {
        request.method == "POST" && request.path.ends_with("/Sessions")
    }
    fn root(request: &Request) -> bool {
        request.path == "/redfish/v1/"
    }
    let no_token = || {
        Answer::json(
            201,
            &json!({"@odata.id": "/redfish/v1/SessionService/Sessions/1"}),
        )
    };
    type When = fn(&Request) -> bool;
    let (at_login, at_root): (When, When) = (login, root);
    for (name, when, answer, code) in [
        ("401", at_login, html(401), "credentials"),
        ("no token", at_login, no_token(), "not-understood"),
        ("500", at_login, html(500), "http"),
        ("a web page", at_root, html(200), "not-understood"),
        (
            "another JSON",
            at_root,
            Answer::json(200, &json!({"hello": 1})),
            "not-understood",
        ),
        ("a closed root", at_root, html(401), "not-understood"),
    ] {
        let hostile = Hostile::start(move |request| when(request).then(|| answer.clone())).await;
        let error = refused(&access(), &hostile.target()).await;
        assert_eq!(error.code(), code, "{name}: {error}");
        hostile.proven(name).await;
    }
}

#[tokio::test]
async fn who_speaks_no_tls_is_told_from_who_is_not_there() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let plain = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
        stream.shutdown().await.unwrap();
        stream
    });
    let error = refused(&access(), &target(address, "admin", "x")).await;
    assert!(error.to_string().contains("no TLS"), "{error}");
    drop(plain.await.unwrap());
    let error = refused(&access(), &target(address, "admin", "x")).await;
    assert!(
        matches!(
            error,
            BmcError::NoAnswer {
                acted: Acted::No,
                ..
            }
        ),
        "{error}"
    );
}
