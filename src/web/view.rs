//! The frame of a page: who reads it, where they may go, what it is called.

use rocket::http::{ContentType, Header, Status};
use rocket::request::{FlashMessage, Request};
use rocket::response::{Flash, Redirect, Responder, Response};
use serde_json::{Value, json};

use super::guards::Reader;
use super::{Failure, Web};
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::locale::Locale;
use crate::identity::{Permission, Role, allows};

/// What a page handler answers.
#[allow(
    clippy::large_enum_variant,
    reason = "one a request, never kept in numbers"
)]
pub enum Answer {
    /// A page.
    Html(Status, String),
    /// After a form: go there, with a sentence.
    Done(Box<Flash<Redirect>>),
    /// Go there.
    See(Redirect),
    /// A file to keep.
    File {
        /// Its name.
        name: String,
        /// Its media type.
        media_type: &'static str,
        /// Its content.
        body: Vec<u8>,
    },
}

impl<'r> Responder<'r, 'static> for Answer {
    fn respond_to(self, request: &'r Request<'_>) -> rocket::response::Result<'static> {
        match self {
            Self::Html(status, html) => Response::build()
                .status(status)
                .header(ContentType::HTML)
                .sized_body(html.len(), std::io::Cursor::new(html))
                .ok(),
            Self::Done(flash) => flash.respond_to(request),
            Self::See(redirect) => redirect.respond_to(request),
            Self::File {
                name,
                media_type,
                body,
            } => Response::build()
                .header(
                    media_type
                        .parse::<ContentType>()
                        .unwrap_or(ContentType::Binary),
                )
                .header(Header::new(
                    "Content-Disposition",
                    format!("attachment; filename=\"{name}\""),
                ))
                .sized_body(body.len(), std::io::Cursor::new(body))
                .ok(),
        }
    }
}

/// A page about to be rendered.
pub struct View<'a> {
    web: &'a Web,
    reader: &'a Reader,
    template: &'static str,
    status: Status,
    context: Value,
}

impl<'a> View<'a> {
    /// A page of an area (`racks`, `devices`, …) with its title.
    pub fn new(
        web: &'a Web,
        reader: &'a Reader,
        template: &'static str,
        title: &str,
        section: &str,
    ) -> Self {
        Self {
            web,
            reader,
            template,
            status: Status::Ok,
            context: base_context(web, reader, title, section),
        }
    }

    /// With one more value for the template.
    #[must_use]
    pub fn with<V: serde::Serialize>(mut self, name: &str, value: V) -> Self {
        let value = serde_json::to_value(value).unwrap_or(Value::Null);
        if let Some(object) = self.context.as_object_mut() {
            object.insert(name.to_owned(), value);
        }
        self
    }

    /// With what the page belongs to: label and address, outermost first.
    #[must_use]
    pub fn crumbs(mut self, crumbs: &[(&str, &str)]) -> Self {
        let mut list: Vec<Value> = crumbs
            .iter()
            .map(|(label, href)| json!({"label": label, "href": href}))
            .collect();
        if let Some(page) = self.context.get_mut("page").and_then(Value::as_object_mut) {
            list.push(json!({"label": page.get("title"), "href": null}));
            page.insert("crumbs".into(), list.into());
        }
        self
    }

    /// With the sentence left by the page before.
    #[must_use]
    pub fn flash(self, flash: Option<&FlashMessage<'_>>) -> Self {
        match flash {
            Some(flash) => {
                let kind = if flash.kind() == "success" {
                    "ok"
                } else {
                    flash.kind()
                };
                let said = json!({"kind": kind, "text": flash.message(), "href": null});
                self.with("flash", said)
            }
            None => self,
        }
    }

    /// With another status than 200.
    #[must_use]
    pub fn status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    /// Renders it.
    pub fn answer(self) -> Result<Answer, Failure> {
        let html = self
            .web
            .pages
            .render(self.reader.locale, self.template, self.context)
            .map_err(Fault::internal)?;
        Ok(Answer::Html(self.status, html))
    }
}

/// What every page gets.
pub(super) fn base_context(web: &Web, reader: &Reader, title: &str, section: &str) -> Value {
    let who = reader.who.as_ref().map(|(name, role)| {
        json!({
            "name": name,
            "role": web.words.text(reader.locale, &format!("role-{role}")),
            "is_customer": role.is_customer(),
            "nav": navigation(web, reader.locale, *role),
            "phone_nav": phone_navigation(web, reader.locale, *role),
        })
    });
    json!({
        "page": {
            "title": title,
            "path": reader.path,
            "section": section,
            "crumbs": [],
            "version": env!("CARGO_PKG_VERSION"),
        },
        "who": who,
        "locale": reader.locale,
        "theme": reader.theme,
        "csrf": reader.csrf,
        "flash": null,
        "sites": [],
    })
}

/// Entry of a bar: section, key of its words, address, icon, the right it needs.
type Entry = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Option<Permission>,
);

const STAFF: &[Entry] = &[
    ("now", "nav-now", "/", "now", None),
    (
        "racks",
        "nav-racks",
        "/racks",
        "racks",
        Some(Permission::ViewFacility),
    ),
    (
        "devices",
        "nav-devices",
        "/devices",
        "devices",
        Some(Permission::ViewDevices),
    ),
    (
        "network",
        "nav-network",
        "/ports",
        "network",
        Some(Permission::ViewNetwork),
    ),
    (
        "power",
        "nav-power",
        "/power",
        "power",
        Some(Permission::ViewPower),
    ),
    (
        "visits",
        "nav-visits",
        "/visits",
        "visits",
        Some(Permission::ViewVisits),
    ),
    (
        "customers",
        "nav-customers",
        "/customers",
        "customers",
        Some(Permission::ViewCustomers),
    ),
    (
        "settings",
        "nav-settings",
        "/settings",
        "settings",
        Some(Permission::ViewTasks),
    ),
];
const CUSTOMER: &[Entry] = &[
    (
        "servers",
        "nav-servers",
        "/devices",
        "servers",
        Some(Permission::ViewDevices),
    ),
    (
        "bandwidth",
        "nav-bandwidth",
        "/allocations",
        "bandwidth",
        Some(Permission::ViewNetwork),
    ),
    (
        "visits",
        "nav-visits",
        "/visits",
        "visits",
        Some(Permission::ViewVisits),
    ),
    ("account", "nav-account", "/account", "account", None),
];
const TECHNICIAN_PHONE: &[Entry] = &[
    (
        "visits",
        "nav-here",
        "/visits/here",
        "here",
        Some(Permission::DeskVisits),
    ),
    ("scan", "nav-scan", "/search?scan=1", "scan", None),
    ("find", "nav-find", "/search", "find", None),
    ("now", "nav-now", "/", "now", None),
];

fn entries(web: &Web, locale: Locale, role: Role, list: &[Entry]) -> Vec<Value> {
    list.iter()
        .filter(|(.., right)| right.is_none_or(|right| allows(role, right)))
        .map(|(id, key, href, icon, _)| json!({"id": id, "label": web.words.text(locale, key), "href": href, "icon": icon}))
        .collect()
}

fn navigation(web: &Web, locale: Locale, role: Role) -> Vec<Value> {
    entries(
        web,
        locale,
        role,
        if role.is_customer() { CUSTOMER } else { STAFF },
    )
}

fn phone_navigation(web: &Web, locale: Locale, role: Role) -> Vec<Value> {
    if role.is_customer() {
        entries(web, locale, role, CUSTOMER)
    } else {
        entries(web, locale, role, TECHNICIAN_PHONE)
    }
}

/// Redirect after a form with a sentence of success.
pub(super) fn done(
    web: &Web,
    locale: Locale,
    href: impl Into<String>,
    message: &Message,
) -> Answer {
    let text = web.words.say(locale, message);
    Answer::Done(Box::new(Flash::success(Redirect::to(href.into()), text)))
}

/// The `form` of a template: what was typed, and what is wrong with it.
pub(super) fn form_context(
    web: &Web,
    locale: Locale,
    action: &str,
    fields: &Fields,
    fault: Option<&Fault>,
) -> Value {
    let mut values = serde_json::Map::new();
    for (name, text) in fields.iter() {
        values.entry(name.to_owned()).or_insert_with(|| text.into());
    }
    let mut faults: Vec<Value> = Vec::new();
    if let Some(fault) = fault {
        if fault.fields.is_empty() {
            faults.push(json!({"field": "", "text": web.words.say(locale, &fault.message)}));
        }
        for field in &fault.fields {
            faults
                .push(json!({"field": field.field, "text": web.words.say(locale, &field.message)}));
        }
    }
    json!({
        "action": action,
        "method": "post",
        "values": values,
        "faults": faults,
        "version": fields.has("version").then(|| fields.get("version")),
    })
}

/// Whether a fault is shown in the form it came from; anything else is a failure page.
pub(super) fn belongs_in_form(fault: &Fault) -> bool {
    use crate::base::fault::FaultKind as K;
    matches!(fault.kind, K::Invalid | K::Conflict | K::Stale | K::TooMany)
}
