//! Posted forms and JSON bodies, read into [`Fields`] and never past the forgery check.

use rocket::data::{Data, FromData, Outcome, ToByteUnit};
use rocket::http::ContentType;
use rocket::request::Request;

use super::Failure;
use super::failure::forged;
use super::guards::csrf_fits;
use super::precondition::Condition;
use crate::base::fault::{Fault, FaultKind, FieldFault, Message};
use crate::base::fields::Fields;

/// A form posted by a page of ours: its token was checked.
pub struct Posted {
    /// What was typed, without the token.
    pub fields: Fields,
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Posted {
    type Error = Failure;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        match read_form(request, data).await {
            Ok(posted) => Outcome::Success(posted),
            Err(fault) => {
                let failure = Failure::from(fault);
                Outcome::Error((failure.status(), failure.remember(request)))
            }
        }
    }
}

async fn read_form(request: &Request<'_>, data: Data<'_>) -> Result<Posted, Fault> {
    if request.content_type() != Some(&ContentType::Form) {
        return Err(wrong_type("application/x-www-form-urlencoded"));
    }
    let limit = request.limits().get("form").unwrap_or(1.mebibytes());
    let body = data
        .open(limit)
        .into_string()
        .await
        .map_err(|_| unreadable())?;
    if !body.is_complete() {
        return Err(too_large());
    }
    let fields = url_encoded(&body);
    if !csrf_fits(request, fields.get("csrf")).await {
        return Err(forged());
    }
    Ok(Posted {
        fields: fields.iter().filter(|(name, _)| *name != "csrf").collect(),
    })
}

/// Reads `application/x-www-form-urlencoded`. NUL never gets further.
fn url_encoded(body: &str) -> Fields {
    let decode = |text: &str| {
        rocket::http::RawStr::new(text)
            .url_decode_lossy()
            .replace('\0', "\u{fffd}")
    };
    body.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, text)| (decode(name), decode(text)))
        .collect()
}

/// A JSON object, read into fields; the forgery check of browsers is the [`super::guards::Caller`] guard's.
pub struct Body {
    /// Members of the object.
    pub fields: Fields,
    if_match: Option<Condition>,
}

impl Body {
    /// Whether the change is meant for a version, and so for a record that is there.
    pub(super) fn names_version(&self) -> bool {
        self.if_match.is_some() || !self.fields.get("version").is_empty()
    }

    /// Which version the change is meant for: the header `If-Match`, else the `version` among the members.
    pub(super) fn condition(&self) -> Result<Condition, Fault> {
        match &self.if_match {
            Some(condition) => Ok(condition.clone()),
            None => version(&self.fields).map(Condition::Version),
        }
    }
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Body {
    type Error = Failure;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        match read_json(request, data).await {
            Ok(body) => Outcome::Success(body),
            Err(fault) => {
                let failure = Failure::from(fault);
                Outcome::Error((failure.status(), failure.remember(request)))
            }
        }
    }
}

/// Any JSON value, for what is deeper than [`Body`].
pub struct Document {
    /// The value.
    pub value: serde_json::Value,
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Document {
    type Error = Failure;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        match read_value(request, data).await {
            Ok(value) => Outcome::Success(Self { value }),
            Err(fault) => {
                let failure = Failure::from(fault);
                Outcome::Error((failure.status(), failure.remember(request)))
            }
        }
    }
}

async fn read_json(request: &Request<'_>, data: Data<'_>) -> Result<Body, Fault> {
    let json = read_value(request, data).await?;
    let fields = Fields::from_json(&json)
        .ok_or_else(|| Fault::new(FaultKind::Invalid, Message::new("fault-json-object")))?;
    let if_match = Condition::of(request);
    Ok(Body { fields, if_match })
}

async fn read_value(request: &Request<'_>, data: Data<'_>) -> Result<serde_json::Value, Fault> {
    if !request.content_type().is_some_and(|kind| kind.is_json()) {
        return Err(wrong_type("application/json"));
    }
    let limit = request.limits().get("json").unwrap_or(4.mebibytes());
    let body = data
        .open(limit)
        .into_string()
        .await
        .map_err(|_| unreadable())?;
    if !body.is_complete() {
        return Err(too_large());
    }
    serde_json::from_str(&body).map_err(|error| {
        let message = Message::new("fault-json")
            .with("line", error.line())
            .with("column", error.column());
        Fault::new(FaultKind::Invalid, message).because(error)
    })
}

fn wrong_type(wanted: &'static str) -> Fault {
    Fault::new(
        FaultKind::Invalid,
        Message::new("fault-content-type").with("wanted", wanted),
    )
}

fn unreadable() -> Fault {
    Fault::new(FaultKind::Invalid, Message::new("fault-not-utf8"))
}

fn too_large() -> Fault {
    Fault::new(FaultKind::Invalid, Message::new("fault-too-large"))
}

/// Reads a version number that a form carried.
pub(super) fn version(fields: &Fields) -> Result<i64, Fault> {
    fields.get("version").parse().map_err(|_| {
        Fault::invalid(vec![FieldFault::new(
            "version",
            Message::new("fault-version"),
        )])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_decoded_once() {
        let fields = url_encoded("name=%E6%9C%BA%E6%9F%9C+A01&note=50%2525&&flag&nul=a%00b");
        assert_eq!(fields.get("name"), "机柜 A01");
        assert_eq!(fields.get("note"), "50%25");
        assert!(fields.has("flag"));
        assert_eq!(fields.get("nul"), "a\u{fffd}b");
    }
}
