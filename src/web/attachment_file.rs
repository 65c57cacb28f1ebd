//! Photos and documents as they are sent to browsers: what somebody uploaded must not act in our name.

use std::fmt::Write;

use rocket::http::{ContentType, Header};
use rocket::request::Request;
use rocket::response::{Responder, Response};
use rocket::tokio::task::spawn_blocking;

use super::Web;
use crate::attachments::{Attachment, MediaType, attachment_by_id};
use crate::base::fault::Fault;
use crate::base::ids::AttachmentId;
use crate::identity::Actor;

/// No script, no form, no frame, no address of ours, whatever is in the file.
const POLICY: &str = "sandbox; default-src 'none'";

/// A photo or document with the headers that it needs.
pub struct AttachmentFile {
    media_type: MediaType,
    disposition: String,
    content: Vec<u8>,
}

impl<'r> Responder<'r, 'static> for AttachmentFile {
    fn respond_to(self, _: &'r Request<'_>) -> rocket::response::Result<'static> {
        let kind = self.media_type.header().parse::<ContentType>();
        Response::build()
            .header(kind.unwrap_or(ContentType::Binary))
            .header(Header::new("Content-Disposition", self.disposition))
            .header(Header::new("Content-Security-Policy", POLICY))
            .header(Header::new("X-Content-Type-Options", "nosniff"))
            .header(Header::new("Cache-Control", "private"))
            .sized_body(self.content.len(), std::io::Cursor::new(self.content))
            .ok()
    }
}

/// The file of an attachment that the actor may see; `is_kept` asks for a file to keep whatever it is.
pub(super) async fn attachment_file(
    web: &Web,
    actor: &Actor,
    id: AttachmentId,
    is_kept: bool,
) -> Result<AttachmentFile, Fault> {
    let reader = actor.clone();
    let there: Attachment = web
        .store
        .read(move |c| attachment_by_id(c, &reader, id))
        .await?;
    let (shelf, sha256) = (web.shelf.clone(), there.sha256);
    let content = spawn_blocking(move || shelf.read(&sha256))
        .await
        .map_err(Fault::internal)??;
    Ok(AttachmentFile {
        media_type: there.media_type,
        disposition: disposition(there.media_type.is_shown() && !is_kept, &there.name),
        content,
    })
}

/// `Content-Disposition` (RFC 6266) with the name twice: for old readers in ASCII, and in UTF-8 (RFC 5987).
fn disposition(is_shown: bool, name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| match c {
            '"' | '\\' | '%' | '/' => '_',
            ' '..='~' => c,
            _ => '_',
        })
        .collect();
    let word = if is_shown { "inline" } else { "attachment" };
    let mut header = format!("{word}; filename=\"{plain}\"; filename*=UTF-8''");
    for octet in name.bytes() {
        // attr-char of RFC 5987.
        if octet.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&octet) {
            header.push(char::from(octet));
        } else {
            // Writing into a text does not fail.
            let _ = write!(header, "%{octet:02X}");
        }
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_breaks_out_of_its_header() {
        for (name, expected) in [
            (
                "a.pdf",
                "inline; filename=\"a.pdf\"; filename*=UTF-8''a.pdf",
            ),
            (
                "机柜 A01.jpg",
                "inline; filename=\"__ A01.jpg\"; filename*=UTF-8''%E6%9C%BA%E6%9F%9C%20A01.jpg",
            ),
            (
                "a\"; x=\"b\\.png",
                "inline; filename=\"a_; x=_b_.png\"; filename*=UTF-8''a%22%3B%20x%3D%22b%5C.png",
            ),
            (
                "a\r\nSet-Cookie: b",
                "inline; filename=\"a__Set-Cookie: b\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20b",
            ),
            (
                "50%'*(x)",
                "inline; filename=\"50_'*(x)\"; filename*=UTF-8''50%25%27%2A%28x%29",
            ),
        ] {
            assert_eq!(disposition(true, name), expected);
            assert!(disposition(false, name).starts_with("attachment; "));
        }
    }
}
