//! `/api/v1/search`: what the search box finds.

use rocket::serde::json::Json;
use rocket::{Route, State, get, routes};
use serde::Serialize;
use utoipa::ToSchema;

use crate::search::{Group, Hit, Rank};
use crate::web::guards::Caller;
use crate::web::pages::search::groups_of;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![find]
}

/// Hits of a kind when nobody says how many.
const USUAL: usize = 10;
/// Most hits of a kind.
const MOST: usize = 50;

/// Something that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct HitJson {
    id: i64,
    /// What it belongs to: the customer of a contact, the rack of a reservation.
    parent_id: Option<i64>,
    /// Its name.
    label: String,
    /// What tells it from others of that name.
    detail: Vec<String>,
    /// Whether the words are its whole name or number.
    exact: bool,
}

impl From<Hit> for HitJson {
    fn from(hit: Hit) -> Self {
        Self {
            id: hit.id,
            parent_id: hit.parent,
            label: hit.label,
            detail: hit
                .detail
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect(),
            exact: hit.rank == Rank::Exact,
        }
    }
}

/// What was found of a kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupJson {
    /// `device` (by its components too), `rack`, `room`, `reservation`, `customer`, `contact`, `port`, `cable`, `address`,
    /// `prefix`, `vlan`, `visit` or `goods`.
    kind: String,
    /// How many fit; with `is_more` there are more than were counted.
    total: usize,
    is_more: bool,
    /// The best ones.
    hits: Vec<HitJson>,
}

impl From<Group> for GroupJson {
    fn from(group: Group) -> Self {
        Self {
            kind: group.kind.to_string(),
            total: group.total,
            is_more: group.is_more,
            hits: group.hits.into_iter().map(Into::into).collect(),
        }
    }
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundJson {
    /// The words that were looked for.
    query: String,
    /// By kind; only kinds of which something was found.
    groups: Vec<GroupJson>,
}

/// Finds what the caller may see by names, numbers, addresses and pinyin, as the search box does; nothing for no words.
#[utoipa::path(get, path = "/api/v1/search", tag = "search",
    params(("q" = Option<String>, Query, description = "The words."),
        ("limit" = Option<usize>, Query, description = "At most this many of each kind, 1 to 50; 10 when missing.")),
    responses((status = 200, body = FoundJson)))]
#[get("/search?<q>&<limit>")]
pub(super) async fn find(
    web: &State<Web>,
    caller: Caller,
    q: Option<&str>,
    limit: Option<usize>,
) -> Result<Json<FoundJson>, Failure> {
    let query = q.unwrap_or("").trim().to_owned();
    let most = limit.unwrap_or(USUAL).clamp(1, MOST);
    let groups = groups_of(web, &caller.actor, &query, most).await?;
    Ok(Json(FoundJson {
        query,
        groups: groups.into_iter().map(Into::into).collect(),
    }))
}
