//! The web server over a test database, and browsers and programs that talk to it.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use coldaisle::attachments::Shelf;
use coldaisle::base::ids::{CustomerId, UserId};
use coldaisle::base::seal::Keyring;
use coldaisle::base::time::Timestamp;
use coldaisle::base::token::sha256_hex;
use coldaisle::identity::Role;
use coldaisle::power::Limits;
use coldaisle::power::console::{
    ConsoleLimits, Line, LineFault, LineFaultKind, LineFuture, LinePort,
};
use coldaisle::power::port::PortTarget;
use coldaisle::store::schema::{api_tokens, sessions};
use coldaisle::tasks::console::ConsoleHub;
use coldaisle::web::{Launch, Settings, Web};
use coldaisle::words::{Pages, Words};
use diesel::prelude::*;
use rocket::http::{Cookie, Header, Method, Status};
use rocket::local::asynchronous::Client;

use super::TestDb;
use super::scratch::scratch_dir;

/// The server of one test.
pub struct TestWeb {
    /// Rocket's client without a cookie jar of its own.
    pub client: Client,
    /// The database behind it.
    pub db: TestDb,
    /// What the server was given.
    pub web: Web,
}

/// No machine has a serial line.
struct NoLines;

impl LinePort for NoLines {
    fn open<'a>(
        &'a self,
        _: &'a PortTarget,
        _: bool,
    ) -> LineFuture<'a, Result<Box<dyn Line>, LineFault>> {
        let fault = LineFault {
            kind: LineFaultKind::Disabled,
            text: "no line in this test".into(),
        };
        Box::pin(std::future::ready(Err(fault)))
    }
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: Status,
    /// Body as text.
    pub body: String,
    /// Body as it came.
    pub octets: Vec<u8>,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Reply {
    /// A header by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.body))
    }
}

/// Someone who sends requests.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    cookies: Vec<(String, String)>,
    bearer: Option<String>,
    /// The token that forms carry.
    pub csrf: String,
    language: &'static str,
}

impl Caller {
    /// Nobody in particular.
    pub fn nobody() -> Self {
        let guest = "0".repeat(64);
        Self {
            cookies: vec![("coldaisle_guest".into(), guest.clone())],
            bearer: None,
            csrf: guest,
            language: "en",
        }
    }

    /// The same caller reading Chinese.
    #[must_use]
    pub fn reading_chinese(mut self) -> Self {
        self.language = "zh-CN";
        self
    }
}

impl TestWeb {
    /// Starts the server over a database.
    pub async fn new(db: TestDb) -> Self {
        Self::with_limits(db, Limits::default()).await
    }

    /// Starts it with other limits of power actions.
    pub async fn with_limits(db: TestDb, power: Limits) -> Self {
        let web = Self::web(&db, power, Arc::new(NoLines), ConsoleLimits::default());
        Self::over(db, web).await
    }

    /// What a server is given.
    pub fn web(db: &TestDb, power: Limits, lines: Arc<dyn LinePort>, limits: ConsoleLimits) -> Web {
        let words = Words::load().expect("words");
        let zone = chrono_tz::Asia::Shanghai;
        let keyring = Arc::new(Keyring::generate().expect("keys"));
        let consoles = ConsoleHub::new(db.store.clone(), keyring.clone(), lines, limits);
        Web {
            store: db.store.clone(),
            pages: Pages::new(&words, zone, None),
            words,
            keyring,
            consoles: Arc::new(consoles),
            shelf: Shelf::new(scratch_dir().join("attachments")),
            settings: Arc::new(Settings {
                public_url: "http://127.0.0.1:8000".into(),
                operator_name: "Test Rooms".into(),
                trusted_proxies: Vec::new(),
                zone,
                upload_limit: 8 * 1024 * 1024,
                power,
                port_metrics: true,
                kept_for: coldaisle::access::KeptFor::default(),
            }),
        }
    }

    /// Where it listens.
    pub fn launch() -> Launch {
        Launch {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            tls: None,
            grace: Duration::from_secs(1),
            upload_limit: 8 * 1024 * 1024,
        }
    }

    /// Starts a server with what it is given.
    pub async fn over(db: TestDb, web: Web) -> Self {
        let launch = Self::launch();
        let client = Client::untracked(coldaisle::web::rocket(web.clone(), &launch))
            .await
            .expect("the server starts");
        Self { client, db, web }
    }

    /// A browser signed in as a new user of a role.
    pub fn browser(&self, role: Role, customer: Option<CustomerId>) -> Caller {
        let login = format!("{role}-{}", coldaisle::base::token::random_code(6).unwrap());
        let user = self.db.user(&login, role, customer);
        self.browser_of(user)
    }

    /// A browser signed in as a user.
    pub fn browser_of(&self, user: UserId) -> Caller {
        let token = coldaisle::base::token::random_token().unwrap();
        let csrf = coldaisle::base::token::random_token().unwrap();
        let now = Timestamp::now();
        self.db.put(|c| {
            diesel::insert_into(sessions::table)
                .values((
                    sessions::token_hash.eq(sha256_hex(&token)),
                    sessions::user_id.eq(user),
                    sessions::csrf_token.eq(&csrf),
                    sessions::remote.eq(""),
                    sessions::user_agent.eq("test"),
                    sessions::created_at.eq(now),
                    sessions::last_seen_at.eq(now),
                    sessions::expires_at.eq(now.plus_seconds(3600)),
                ))
                .execute(c)?;
            Ok(())
        });
        Caller {
            cookies: vec![("coldaisle_session".into(), token)],
            bearer: None,
            csrf,
            language: "en",
        }
    }

    /// A program with a token of a new user of a role; `scope` is `read` or `write`.
    pub fn program(&self, role: Role, customer: Option<CustomerId>, scope: &str) -> Caller {
        let login = format!("{role}-{}", coldaisle::base::token::random_code(6).unwrap());
        let user = self.db.user(&login, role, customer);
        let token = format!("cold_{}", coldaisle::base::token::random_token().unwrap());
        self.db.put(|c| {
            diesel::insert_into(api_tokens::table)
                .values((
                    api_tokens::user_id.eq(user),
                    api_tokens::name.eq("test"),
                    api_tokens::prefix.eq("cold_test"),
                    api_tokens::token_hash.eq(sha256_hex(&token)),
                    api_tokens::scope.eq(scope),
                    api_tokens::created_at.eq(Timestamp::now()),
                ))
                .execute(c)?;
            Ok(())
        });
        Caller {
            bearer: Some(token),
            language: "en",
            ..Caller::default()
        }
    }

    /// Sends any request.
    pub async fn send(
        &self,
        caller: &Caller,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Reply {
        let mut request = self.client.req(method, path.to_owned());
        request.add_header(Header::new("Accept-Language", caller.language));
        for (name, value) in headers {
            request.add_header(Header::new((*name).to_owned(), (*value).to_owned()));
        }
        if let Some(token) = &caller.bearer {
            request.add_header(Header::new("Authorization", format!("Bearer {token}")));
        }
        for (name, value) in &caller.cookies {
            request = request.cookie(Cookie::new(name.clone(), value.clone()));
        }
        if let Some(body) = body {
            request.set_body(body);
        }
        let response = request.dispatch().await;
        let status = response.status();
        let headers = response
            .headers()
            .iter()
            .map(|h| (h.name.as_str().to_lowercase(), h.value.to_string()))
            .collect();
        let bytes = response.into_bytes().await.unwrap_or_default();
        Reply {
            status,
            body: String::from_utf8_lossy(&bytes).into_owned(),
            octets: bytes,
            headers,
        }
    }

    /// The cookies of a caller as a header, for clients of other kinds.
    pub fn cookie_header(caller: &Caller) -> String {
        let pairs: Vec<String> = caller
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    /// A page.
    pub async fn get(&self, caller: &Caller, path: &str) -> Reply {
        self.send(caller, Method::Get, path, &[], None).await
    }

    /// A form with the caller's token.
    pub async fn post(&self, caller: &Caller, path: &str, fields: &[(&str, &str)]) -> Reply {
        let mut fields = fields.to_vec();
        fields.push(("csrf", &caller.csrf));
        self.post_raw(caller, path, &fields).await
    }

    /// A form with just these fields.
    pub async fn post_raw(&self, caller: &Caller, path: &str, fields: &[(&str, &str)]) -> Reply {
        let kind = [("Content-Type", "application/x-www-form-urlencoded")];
        self.send(caller, Method::Post, path, &kind, Some(encoded(fields)))
            .await
    }

    /// JSON to the programming interface, with the session's token in the header when there is one.
    pub async fn json(
        &self,
        caller: &Caller,
        method: Method,
        path: &str,
        body: &serde_json::Value,
    ) -> Reply {
        let headers = [
            ("Content-Type", "application/json"),
            ("X-CSRF-Token", caller.csrf.as_str()),
        ];
        self.send(caller, method, path, &headers, Some(body.to_string()))
            .await
    }
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| rocket::http::RawStr::new(text).percent_encode().to_string();
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}
