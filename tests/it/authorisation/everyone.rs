//! Routes that need no right: files, health, the description of the interface, one's own account.

use super::{Line, Rule, World};

pub fn lines(_: &World) -> Vec<Line> {
    vec![
        Line::get("/static/<path..>", "/static/coldaisle.css", Rule::Anyone),
        Line::get("/healthz", "/healthz", Rule::Anyone),
        Line::get("/readyz", "/readyz", Rule::Anyone),
        Line::get("/metrics", "/metrics", Rule::Anyone),
        Line::get("/api/openapi.json", "/api/openapi.json", Rule::Anyone),
        Line::get("/", "/", Rule::SignedIn),
        Line::get("/search", "/search?q=a", Rule::SignedIn),
        Line::get("/search/suggest", "/search/suggest?q=a", Rule::SignedIn),
        Line::get("/api/v1/search", "/api/v1/search?q=a", Rule::SignedIn),
        Line::get("/account", "/account", Rule::SignedIn),
        Line::post("/account/password", "/account/password", Rule::SignedIn),
        Line::post("/account/tokens", "/account/tokens", Rule::SignedIn),
        Line::post(
            "/account/tokens/<id>/revoke",
            "/account/tokens/4711/revoke",
            Rule::Gone,
        ),
    ]
}
