//! Files for the browser.

use std::path::PathBuf;

use rocket::fairing::AdHoc;
use rocket::http::{ContentType, Header, Status};
use rocket::response::{Responder, Response};
use rocket::{Request, get, routes};

use crate::words::{Asset, asset};

pub(super) fn stage() -> AdHoc {
    AdHoc::on_ignite("static files", |rocket| async {
        rocket.mount("/static", routes![file])
    })
}

struct StaticFile(Asset, bool);

impl<'r> Responder<'r, 'static> for StaticFile {
    fn respond_to(self, _: &'r Request<'_>) -> rocket::response::Result<'static> {
        let Self(asset, versioned) = self;
        let cache = if versioned {
            "public, max-age=31536000, immutable"
        } else {
            "public, max-age=300"
        };
        let body = asset.bytes.into_owned();
        Response::build()
            .header(
                asset
                    .media_type
                    .parse::<ContentType>()
                    .unwrap_or(ContentType::Plain),
            )
            .header(Header::new("Cache-Control", cache))
            .sized_body(body.len(), std::io::Cursor::new(body))
            .ok()
    }
}

#[get("/<path..>?<v>")]
fn file(path: PathBuf, v: Option<&str>) -> Result<StaticFile, Status> {
    let path = path.to_str().ok_or(Status::NotFound)?;
    let asset = asset(path).ok_or(Status::NotFound)?;
    let versioned = v == Some(asset.version.as_str());
    Ok(StaticFile(asset, versioned))
}
