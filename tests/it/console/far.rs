//! The far end of a serial line that tests hold, and browsers at the near end.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use coldaisle::base::ids::{CustomerId, DeviceId};
use coldaisle::identity::Role;
use coldaisle::power::console::{
    ConsoleLimits, Line, LineEvent, LineFault, LineFaultKind, LineFuture, LinePort,
};
use coldaisle::power::ops::endpoint_create;
use coldaisle::power::port::PortTarget;
use coldaisle::power::{BmcDraft, Limits};
use coldaisle::tasks::console::ConsoleHub;
use coldaisle::web;
use rocket::futures::{SinkExt, StreamExt};
use rocket::http::Status;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_util::sync::CancellationToken;

use crate::harness::{Caller, TestDb, TestWeb};

/// Longest wait for what has to come.
const PATIENCE: Duration = Duration::from_secs(30);

type Happened = Result<LineEvent, LineFault>;

/// A machine's end: what it writes, what was typed to it.
#[derive(Default)]
pub struct Far {
    sender: Mutex<Option<mpsc::UnboundedSender<Happened>>>,
    pub typed: Mutex<Vec<u8>>,
    pub refuse: Mutex<VecDeque<LineFaultKind>>,
    pub opened: Mutex<Vec<bool>>,
}

impl Far {
    pub fn happens(&self, happened: Happened) {
        let sender = self.sender.lock().unwrap();
        sender.as_ref().unwrap().send(happened).unwrap();
    }

    pub fn shows(&self, octets: &[u8]) {
        self.happens(Ok(LineEvent::Shown(octets.to_vec())));
    }

    pub fn is_lost(&self) {
        self.happens(Err(fault(LineFaultKind::Passing)));
    }
}

fn fault(kind: LineFaultKind) -> LineFault {
    LineFault {
        kind,
        text: "192.0.2.7:623: gone".into(),
    }
}

struct FarPort(Arc<Far>);

impl LinePort for FarPort {
    fn open<'a>(
        &'a self,
        _: &'a PortTarget,
        evict: bool,
    ) -> LineFuture<'a, Result<Box<dyn Line>, LineFault>> {
        self.0.opened.lock().unwrap().push(evict);
        let refused = self.0.refuse.lock().unwrap().pop_front();
        if let Some(kind) = refused {
            return Box::pin(std::future::ready(Err(fault(kind))));
        }
        let (sender, happens) = mpsc::unbounded_channel();
        *self.0.sender.lock().unwrap() = Some(sender);
        let line: Box<dyn Line> = Box::new(FarLine(self.0.clone(), happens));
        Box::pin(std::future::ready(Ok(line)))
    }
}

struct FarLine(Arc<Far>, mpsc::UnboundedReceiver<Happened>);

impl Line for FarLine {
    fn write(&mut self, octets: &[u8]) -> usize {
        self.0.typed.lock().unwrap().extend(octets);
        octets.len()
    }

    fn send_break(&mut self) {
        self.0.typed.lock().unwrap().extend(b"<break>");
    }

    fn waiting(&self) -> usize {
        0
    }

    fn event(&mut self) -> LineFuture<'_, Happened> {
        Box::pin(async move {
            self.1
                .recv()
                .await
                .unwrap_or_else(|| Err(fault(LineFaultKind::Passing)))
        })
    }

    fn close(self: Box<Self>) -> LineFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// A server with one machine of customer ACME.
pub struct Site {
    pub web: TestWeb,
    pub hub: Arc<ConsoleHub>,
    pub far: Arc<Far>,
    pub device: DeviceId,
    pub customer: CustomerId,
    port: u16,
    stop: CancellationToken,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Site {
    pub async fn new(db: TestDb) -> Self {
        let far = Arc::new(Far::default());
        let lines = Arc::new(FarPort(far.clone()));
        let limits = ConsoleLimits::default();
        let mut given = TestWeb::web(&db, Limits::default(), lines.clone(), limits);
        let hub = ConsoleHub::new(db.store.clone(), given.keyring.clone(), lines, limits);
        let hub = Arc::new(hub);
        given.consoles = hub.clone();
        let customer = db.customer("ACME");
        let device = db.device("SRV-0001", Some(customer));
        let fields = crate::power::endpoint_fields("192.0.2.7");
        let draft = BmcDraft::parse(&fields).unwrap();
        let staff = db.actor(Role::Administrator);
        db.put(|c| endpoint_create(c, &staff, &given.keyring, device, &draft));
        let stop = CancellationToken::new();
        let (ready, port) = oneshot::channel();
        let (serving, stopped) = (given.clone(), stop.clone());
        tokio::spawn(async move {
            let told = move |port| ready.send(port).unwrap();
            web::serve(serving, &TestWeb::launch(), stopped, told)
                .await
                .unwrap();
        });
        let port = port.await.unwrap();
        Self {
            web: TestWeb::over(db, given).await,
            hub,
            far,
            device,
            customer,
            port,
            stop,
        }
    }

    pub fn line(&self) -> String {
        format!("/devices/{}/console/line", self.device)
    }

    /// Opens the line as a browser does; the status when it is refused.
    pub async fn sit(
        &self,
        caller: &Caller,
        path: &str,
        origin: Option<&str>,
    ) -> Result<Browser, Status> {
        let host = format!("127.0.0.1:{}", self.port);
        let mut request = format!("ws://{host}{path}").into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("Cookie", TestWeb::cookie_header(caller).parse().unwrap());
        headers.insert("Accept-Language", "en".parse().unwrap());
        if let Some(origin) = origin {
            headers.insert("Origin", origin.parse().unwrap());
        }
        let stream = TcpStream::connect(&host).await.unwrap();
        match tokio_tungstenite::client_async(request, stream).await {
            Ok((socket, _)) => Ok(Browser {
                socket,
                shown: Vec::new(),
                said: Vec::new(),
            }),
            Err(Error::Http(response)) => Err(Status::new(response.status().as_u16())),
            Err(error) => panic!("{error}"),
        }
    }

    /// The same from a page of ours.
    pub async fn seat(&self, caller: &Caller, path: &str) -> Browser {
        let origin = format!("http://127.0.0.1:{}", self.port);
        self.sit(caller, path, Some(&origin)).await.unwrap()
    }
}

/// A browser at a console.
pub struct Browser {
    socket: WebSocketStream<TcpStream>,
    pub shown: Vec<u8>,
    pub said: Vec<Value>,
}

impl Browser {
    pub async fn types(&mut self, text: &str) {
        self.socket
            .send(Message::Binary(text.into()))
            .await
            .unwrap();
    }

    pub async fn wishes(&mut self, what: &str) {
        let wish = json!({"do": what}).to_string();
        self.socket.send(Message::Text(wish)).await.unwrap();
    }

    /// Listens until something holds.
    pub async fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let listen = async {
            while !holds(self) {
                match self.socket.next().await {
                    Some(Ok(Message::Binary(octets))) => self.shown.extend(octets),
                    Some(Ok(Message::Text(text))) => {
                        self.said.push(serde_json::from_str(&text).unwrap());
                    }
                    Some(Ok(_)) => {}
                    over => panic!("{what}: over ({over:?}) after {:?}", self.said),
                }
            }
        };
        let heard = tokio::time::timeout(PATIENCE, listen).await.is_ok();
        assert!(
            heard,
            "{what}: not within {PATIENCE:?} after {:?}",
            self.said
        );
    }

    pub async fn sees(&mut self, text: &[u8]) {
        let what = String::from_utf8_lossy(text).into_owned();
        self.until(&what, |own| {
            own.shown.windows(text.len()).any(|part| part == text)
        })
        .await;
    }

    /// Listens until a note or the end says this.
    pub async fn hears(&mut self, text: &str) {
        self.until(text, |own| {
            own.said.iter().any(|said| said.to_string().contains(text))
        })
        .await;
    }

    /// Listens until the standing is as wanted.
    pub async fn stands(&mut self, line: &str, is_writer: bool) {
        self.until(line, |own| {
            let last = own.said.iter().rev().find_map(|said| said.get("standing"));
            last.is_some_and(|now| now["line"] == line && now["is_writer"] == is_writer)
        })
        .await;
    }
}
