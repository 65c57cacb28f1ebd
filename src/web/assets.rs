//! Files for the browser.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io::{Cursor, Write};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, RwLock};

use flate2::Compression;
use flate2::write::GzEncoder;
use rocket::fairing::AdHoc;
use rocket::http::{ContentType, Header, Status};
use rocket::request::{FromRequest, Outcome};
use rocket::response::{Responder, Response};
use rocket::{Request, get, routes};

use crate::words::{Asset, asset};

pub(super) fn stage() -> AdHoc {
    AdHoc::on_ignite("static files", |rocket| async {
        rocket.mount("/static", routes![file])
    })
}

/// Files smaller than this are sent as they are.
const WORTH_PACKING_OCTETS: usize = 1_024;

/// Packed bodies by path and version, made when first asked for.
static PACKED: LazyLock<RwLock<HashMap<String, Arc<[u8]>>>> = LazyLock::new(RwLock::default);

/// Whether the browser takes gzip.
struct TakesGzip(bool);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for TakesGzip {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        let mut said = request.headers().get("Accept-Encoding");
        Outcome::Success(Self(said.any(takes_gzip)))
    }
}

/// RFC 9110, section 12.5.3: `gzip` or `*`, unless with a weight of nothing.
fn takes_gzip(said: &str) -> bool {
    said.split(',').any(|one| {
        let (coding, weight) = one.split_once(';').unwrap_or((one, ""));
        let refused = weight
            .trim()
            .strip_prefix("q=")
            .and_then(|weight| weight.parse::<f32>().ok())
            .is_some_and(|weight| weight <= 0.0);
        matches!(coding.trim(), "gzip" | "*") && !refused
    })
}

/// The file in gzip; none when that would not make it smaller.
fn packed(path: &str, asset: &Asset) -> Option<Arc<[u8]>> {
    let is_text = asset.media_type.starts_with("text/") || asset.media_type.ends_with("+xml");
    if !is_text || asset.bytes.len() < WORTH_PACKING_OCTETS {
        return None;
    }
    let key = format!("{path}?{}", asset.version);
    let known = PACKED.read().ok()?.get(&key).cloned();
    if known.is_some() {
        return known;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&asset.bytes).ok()?;
    let bytes: Arc<[u8]> = encoder.finish().ok()?.into();
    PACKED.write().ok()?.insert(key, bytes.clone());
    Some(bytes)
}

struct StaticFile {
    asset: Asset,
    packed: Option<Arc<[u8]>>,
    versioned: bool,
}

impl<'r> Responder<'r, 'static> for StaticFile {
    fn respond_to(self, _: &'r Request<'_>) -> rocket::response::Result<'static> {
        let cache = if self.versioned {
            "public, max-age=31536000, immutable"
        } else {
            "public, max-age=300"
        };
        let media_type = self.asset.media_type.parse::<ContentType>();
        let mut response = Response::build();
        response
            .header(media_type.unwrap_or(ContentType::Plain))
            .header(Header::new("Cache-Control", cache))
            .header(Header::new("Vary", "Accept-Encoding"));
        if let Some(packed) = self.packed {
            return response
                .header(Header::new("Content-Encoding", "gzip"))
                .sized_body(packed.len(), Cursor::new(packed))
                .ok();
        }
        let body = self.asset.bytes.into_owned();
        response.sized_body(body.len(), Cursor::new(body)).ok()
    }
}

#[get("/<path..>?<v>")]
fn file(path: PathBuf, v: Option<&str>, takes: TakesGzip) -> Result<StaticFile, Status> {
    let path = path.to_str().ok_or(Status::NotFound)?;
    let asset = asset(path).ok_or(Status::NotFound)?;
    Ok(StaticFile {
        packed: takes.0.then(|| packed(path, &asset)).flatten(),
        versioned: v == Some(asset.version.as_str()),
        asset,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        for (said, takes) in [
            ("gzip, deflate, br", true),
            ("br;q=1.0, gzip;q=0.5", true),
            ("*", true),
            ("gzip;q=0", false),
            ("br", false),
            ("", false),
        ] {
            assert_eq!(takes_gzip(said), takes, "{said}");
        }
    }

    #[test]
    fn what_is_packed_is_smaller_and_made_once() {
        let style = asset("vendor/tabler.min.css");
        let style = style.as_ref();
        let first = style.and_then(|style| packed("vendor/tabler.min.css", style));
        let second = style.and_then(|style| packed("vendor/tabler.min.css", style));
        let sizes = style
            .zip(first.as_ref())
            .map(|(style, packed)| (style.bytes.len(), packed.len()));
        assert!(
            sizes.is_some_and(|(whole, packed)| packed * 4 < whole),
            "{sizes:?}"
        );
        assert!(first.zip(second).is_some_and(|(a, b)| Arc::ptr_eq(&a, &b)));
    }
}
