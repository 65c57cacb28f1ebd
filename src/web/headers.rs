//! Headers on every answer: a strict content policy, no sniffing, no framing.

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::Header;
use rocket::{Request, Response};

use super::Web;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

pub(super) struct SecurityHeaders;

#[rocket::async_trait]
impl Fairing for SecurityHeaders {
    fn info(&self) -> Info {
        Info {
            name: "security headers",
            kind: Kind::Response,
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        // What people uploaded has a stricter one of its own.
        if !response.headers().contains("Content-Security-Policy") {
            response.set_header(Header::new("Content-Security-Policy", POLICY));
        }
        response.set_header(Header::new("X-Content-Type-Options", "nosniff"));
        response.set_header(Header::new("X-Frame-Options", "DENY"));
        response.set_header(Header::new("Referrer-Policy", "same-origin"));
        response.set_header(Header::new("Cross-Origin-Opener-Policy", "same-origin"));
        response.set_header(Header::new(
            "Permissions-Policy",
            "camera=(self), geolocation=(), microphone=()",
        ));
        if !response.headers().contains("Cache-Control") {
            response.set_header(Header::new("Cache-Control", "no-store"));
        }
        if request
            .rocket()
            .state::<Web>()
            .is_some_and(|web| web.settings.is_secure())
        {
            response.set_header(Header::new("Strict-Transport-Security", "max-age=31536000"));
        }
    }
}
