//! Every failure as a page or as problem details (RFC 9457), with words and a reference for the log.

use rocket::fairing::AdHoc;
use rocket::http::{ContentType, Header, Status};
use rocket::response::{Redirect, Responder, Response};
use rocket::{Request, catch, catchers};
use serde_json::json;

use super::Web;
use super::guards::{Reader, locale, reader};
use super::precondition::IF_MATCH;
use super::view::base_context;
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::locale::Locale;
use crate::base::token::random_code;

/// A failed request.
#[derive(Debug, Clone)]
pub struct Failure {
    fault: Box<Fault>,
    reader: Option<Box<Reader>>,
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self {
            fault: Box::new(fault),
            reader: None,
        }
    }
}

impl Failure {
    /// The HTTP status of the fault's kind.
    pub fn status(&self) -> Status {
        match self.fault.kind {
            FaultKind::Invalid => Status::UnprocessableEntity,
            FaultKind::NotFound => Status::NotFound,
            FaultKind::Conflict | FaultKind::Stale => Status::Conflict,
            FaultKind::Unauthenticated => Status::Unauthorized,
            FaultKind::Forbidden => Status::Forbidden,
            FaultKind::TooMany => Status::TooManyRequests,
            FaultKind::Upstream => Status::BadGateway,
            FaultKind::Unavailable => Status::ServiceUnavailable,
            FaultKind::Internal => Status::InternalServerError,
        }
    }

    /// [`Failure::status`], as the request asked: what is not the version of its `If-Match` is a failed precondition.
    fn status_for(&self, request: &Request<'_>) -> Status {
        match self.fault.kind {
            FaultKind::Stale if wants_json(request) && request.headers().contains(IF_MATCH) => {
                Status::PreconditionFailed
            }
            _ => self.status(),
        }
    }

    /// The same failure, shown in the frame of a signed-in reader.
    #[must_use]
    pub fn for_reader(mut self, reader: &Reader) -> Self {
        self.reader = Some(Box::new(reader.clone()));
        self
    }

    /// Keeps the failure for the catcher, which Rocket calls when a data guard fails.
    #[must_use]
    pub(super) fn remember(self, request: &Request<'_>) -> Self {
        request.local_cache(|| Some((*self.fault).clone()));
        self
    }

    fn log(&self, request: &Request<'_>) -> String {
        let reference = random_code(8).unwrap_or_default();
        let (method, path, kind) = (
            request.method(),
            request.uri().path(),
            self.fault.kind.word(),
        );
        match self.fault.kind {
            FaultKind::Internal | FaultKind::Unavailable | FaultKind::Upstream => {
                tracing::error!(%reference, %method, %path, kind, fault = %self.fault, "request failed");
            }
            _ => {
                tracing::info!(%reference, %method, %path, kind, fault = %self.fault, "request refused")
            }
        }
        reference
    }

    fn problem(&self, request: &Request<'_>, web: &Web, locale: Locale, reference: &str) -> String {
        let say = |message: &Message| web.words.say(locale, message);
        let fields: Vec<_> = self
            .fault
            .fields
            .iter()
            .map(|fault| json!({"field": fault.field, "detail": say(&fault.message), "code": fault.message.key}))
            .collect();
        let mut problem = json!({
            "type": format!("urn:coldaisle:fault:{}", self.fault.kind.word()),
            "title": web.words.text(locale, title_key(self.fault.kind)),
            "status": self.status_for(request).code,
            "detail": say(&self.fault.message),
            "code": self.fault.message.key,
            "instance": request.uri().path().as_str(),
            "reference": reference,
        });
        if !fields.is_empty()
            && let Some(object) = problem.as_object_mut()
        {
            object.insert("errors".into(), fields.into());
        }
        problem.to_string()
    }

    fn page(&self, reader: &Reader, web: &Web, reference: &str) -> Result<String, String> {
        let words = &web.words;
        let locale = reader.locale;
        let kind = self.fault.kind;
        let mut happened = words.say(locale, &self.fault.message);
        for fault in &self.fault.fields {
            happened.push_str(&format!(" {}", words.say(locale, &fault.message)));
        }
        let title = words.text(locale, title_key(kind));
        let mut context = base_context(web, reader, &title, "none");
        if let Some(object) = context.as_object_mut() {
            object.insert(
                "failure".into(),
                json!({
                    "status": self.status().code,
                    "title": title,
                    "happened": happened,
                    "not_done": words.text(locale, "failure-nothing-changed"),
                    "next": words.text(locale, next_key(kind)),
                    "reference": reference,
                    "actions": [],
                }),
            );
        }
        web.pages
            .render(locale, "failure/page.html", context)
            .map_err(|error| error.to_string())
    }
}

const fn title_key(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Invalid => "failure-title-invalid",
        FaultKind::NotFound => "failure-title-not-found",
        FaultKind::Conflict => "failure-title-conflict",
        FaultKind::Stale => "failure-title-stale",
        FaultKind::Unauthenticated => "failure-title-unauthenticated",
        FaultKind::Forbidden => "failure-title-forbidden",
        FaultKind::TooMany => "failure-title-too-many",
        FaultKind::Upstream => "failure-title-upstream",
        FaultKind::Unavailable => "failure-title-unavailable",
        FaultKind::Internal => "failure-title-internal",
    }
}

const fn next_key(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Invalid => "failure-next-invalid",
        FaultKind::NotFound => "failure-next-not-found",
        FaultKind::Conflict | FaultKind::Stale => "failure-next-conflict",
        FaultKind::Unauthenticated => "failure-next-unauthenticated",
        FaultKind::Forbidden => "failure-next-forbidden",
        FaultKind::TooMany => "failure-next-too-many",
        FaultKind::Upstream => "failure-next-upstream",
        FaultKind::Unavailable | FaultKind::Internal => "failure-next-internal",
    }
}

fn wants_json(request: &Request<'_>) -> bool {
    request.uri().path().starts_with("/api/")
}

impl<'r> Responder<'r, 'static> for Failure {
    fn respond_to(self, request: &'r Request<'_>) -> rocket::response::Result<'static> {
        let web = request
            .rocket()
            .state::<Web>()
            .ok_or(Status::InternalServerError)?;
        let status = self.status_for(request);
        let reference = self.log(request);
        let locale = self
            .reader
            .as_ref()
            .map_or_else(|| locale(request, None), |reader| reader.locale);
        let mut response = Response::build();
        response.status(status);
        if status == Status::Unauthorized && wants_json(request) {
            response.header(Header::new("WWW-Authenticate", "Bearer"));
        }
        let (kind, body) = match &self.reader {
            Some(reader) if !wants_json(request) => {
                let page = self.page(reader, web, &reference).map_err(|error| {
                    tracing::error!(%error, "failure page");
                    Status::InternalServerError
                })?;
                (ContentType::HTML, page)
            }
            _ => (
                ContentType::new("application", "problem+json"),
                self.problem(request, web, locale, &reference),
            ),
        };
        response
            .header(kind)
            .sized_body(body.len(), std::io::Cursor::new(body))
            .ok()
    }
}

/// A form or script that did not carry our token.
pub(super) fn forged() -> Fault {
    Fault::new(FaultKind::Forbidden, Message::new("fault-forged"))
}

pub(super) fn stage() -> AdHoc {
    AdHoc::on_ignite("failures", |rocket| async {
        rocket.register("/", catchers![unauthenticated, otherwise])
    })
}

/// What a page answers to someone who isn't signed in: the login page, coming back afterwards.
#[catch(401)]
async fn unauthenticated(request: &Request<'_>) -> Result<Redirect, Failure> {
    if wants_json(request) {
        return Err(Fault::unauthenticated().into());
    }
    let wanted = match request.method() {
        rocket::http::Method::Get => request.uri().to_string(),
        _ => request
            .headers()
            .get_one("Referer")
            .and_then(|referer| referer.splitn(4, '/').nth(3))
            .map_or_else(|| "/".to_owned(), |path| format!("/{path}")),
    };
    let next = rocket::http::RawStr::new(&wanted)
        .percent_encode()
        .to_string();
    Ok(Redirect::to(format!("/login?next={next}")))
}

#[catch(default)]
async fn otherwise(status: Status, request: &Request<'_>) -> Failure {
    let remembered: &Option<Fault> = request.local_cache(|| None);
    let fault = remembered.clone().unwrap_or_else(|| match status.code {
        404 => Fault::not_found(),
        403 => forged(),
        405 | 406 | 415 => Fault::not_found(),
        413 => Fault::new(FaultKind::Invalid, Message::new("fault-too-large")),
        400 | 422 => Fault::new(FaultKind::Invalid, Message::new("fault-request")),
        503 => Fault::unavailable("a guard failed"),
        code => Fault::internal(format!("status {code}")),
    });
    Failure::from(fault).for_reader(&reader(request).await)
}
