//! One record as an answer, with its version as the entity tag.

use rocket::Request;
use rocket::http::Header;
use rocket::response::Responder;
use rocket::serde::json::Json;
use serde::Serialize;

/// What has a version that a change must name.
pub trait Versioned {
    /// Its version.
    fn version(&self) -> i64;
}

/// A record as JSON. Its strong `ETag` is the version in quotes: what `If-Match` of a change repeats.
#[derive(Debug)]
pub struct One<T>(pub T);

impl<'r, T: Serialize + Versioned> Responder<'r, 'static> for One<T> {
    fn respond_to(self, request: &'r Request<'_>) -> rocket::response::Result<'static> {
        let tag = format!("\"{}\"", self.0.version());
        let mut response = Json(self.0).respond_to(request)?;
        response.set_header(Header::new("ETag", tag));
        Ok(response)
    }
}

/// Says where the version of a record is: `versioned!(PrefixDetailJson: prefix.version)`.
macro_rules! versioned {
    ($($name:ident: $($part:ident).+),+ $(,)?) => {
        $(impl $crate::web::api::one::Versioned for $name {
            fn version(&self) -> i64 {
                self.$($part).+
            }
        })+
    };
}
pub(super) use versioned;
