//! `/api/v1/ports/{id}/packets`.

use rocket::serde::json::Json;
use rocket::{Route, State, get, routes};
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::ids::PortId;
use crate::metering::packets::Passed;
use crate::metering::{PacketSeries, checked_span, port_by_id, port_packets};
use crate::web::guards::Caller;
use crate::web::pages::spans::SpanQuery;
use crate::web::{Failure, Web};

/// A reading a minute for so long is what one answer holds.
const LONGEST_DAYS: i64 = 7;

pub(super) fn routes() -> Vec<Route> {
    routes![packets]
}

/// Unicast packets, errors and discards of a port.
#[derive(Debug, Serialize, ToSchema)]
pub struct PacketsJson {
    /// Packets received (ifHCInUcastPkts).
    in_unicast: Vec<PassedJson>,
    /// Packets sent (ifHCOutUcastPkts).
    out_unicast: Vec<PassedJson>,
    /// Packets received with errors (ifInErrors).
    in_errors: Vec<PassedJson>,
    /// Packets not sent for errors (ifOutErrors).
    out_errors: Vec<PassedJson>,
    /// Packets received and thrown away (ifInDiscards).
    in_discards: Vec<PassedJson>,
    /// Packets thrown away instead of sent (ifOutDiscards).
    out_discards: Vec<PassedJson>,
}

/// What passed between two readings.
#[derive(Debug, Serialize, ToSchema)]
pub struct PassedJson {
    /// The first reading, RFC 3339.
    from: String,
    /// The second reading, RFC 3339.
    until: String,
    /// So many; null where a restart or a cleared counter hides it.
    count: Option<u64>,
}

impl From<PacketSeries> for PacketsJson {
    fn from(series: PacketSeries) -> Self {
        let mut place = 0;
        let mut each = series.of.into_iter();
        let mut next = || {
            let of = each.next().unwrap_or_default();
            let json = of.iter().map(|passed| json_of(passed, place)).collect();
            place += 1;
            json
        };
        Self {
            in_unicast: next(),
            out_unicast: next(),
            in_errors: next(),
            out_errors: next(),
            in_discards: next(),
            out_discards: next(),
        }
    }
}

fn json_of(passed: &Passed, place: usize) -> PassedJson {
    PassedJson {
        from: passed.from.to_rfc3339(),
        until: passed.until.to_rfc3339(),
        count: passed.counts.get(place).copied().flatten(),
    }
}

/// Unicast packets, errors and discards between the readings that end in a time of at most seven days.
#[utoipa::path(get, path = "/api/v1/ports/{id}/packets", tag = "ports", params(SpanQuery),
    responses((status = 200, body = PacketsJson), (status = 404), (status = 422)))]
#[get("/ports/<id>/packets?<query..>")]
pub(super) async fn packets(
    web: &State<Web>,
    caller: Caller,
    id: i64,
    query: SpanQuery,
) -> Result<Json<PacketsJson>, Failure> {
    let usual = web.settings.zone;
    let series = web
        .store
        .read(move |c| {
            // Who may not see the port learns nothing from its faults.
            let full = port_by_id(c, &caller.actor, PortId::new(id))?;
            let asked = query.graph_period(caller.actor.now, full.zone.unwrap_or(usual))?;
            let asked = checked_span(asked.from, asked.until, LONGEST_DAYS)?;
            port_packets(c, &caller.actor, full.row.port.id, asked)
        })
        .await?;
    Ok(Json(series.into()))
}
