//! `/api/v1/sd/prometheus`: HTTP service discovery (<https://prometheus.io/docs/prometheus/latest/http_sd/>).

use rocket::serde::json::Json;
use rocket::{Route, State, get, routes};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::hosts::{Host, HostQuery, Wanted, host_facts, hosts};
use crate::base::fault::{Fault, Message};
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![targets]
}

crate::text_enum! {
    /// What is to be scraped.
    pub enum Job {
        /// The devices' own addresses.
        Devices = "devices",
        /// SNMP agents that are polled.
        Snmp = "snmp",
        /// Management controllers.
        Bmc = "bmc",
    }
}

/// Targets that share their labels.
#[derive(Debug, Serialize, ToSchema)]
pub struct TargetGroupJson {
    targets: Vec<String>,
    labels: BTreeMap<String, String>,
}

/// An address with its port where it is not the usual one.
fn target(address: &str, port: i64, usual: i64) -> String {
    if port == usual {
        return address.to_owned();
    }
    match address.contains(':') {
        true => format!("[{address}]:{port}"),
        false => format!("{address}:{port}"),
    }
}

fn group(job: Job, host: &Host<'_>) -> Option<TargetGroupJson> {
    let (target, protocol) = match job {
        Job::Devices => (host.address?.to_owned(), None),
        Job::Snmp => {
            let agent = host.agent.filter(|agent| agent.is_enabled)?;
            let version = agent.version.to_string();
            (target(&agent.address, agent.port, 161), Some(version))
        }
        Job::Bmc => {
            let controller = host.controller?;
            let usual = controller.protocol.usual_port();
            let protocol = controller.protocol.to_string();
            let there = target(&controller.address, controller.port, usual);
            (there, Some(protocol))
        }
    };
    let mut labels: BTreeMap<String, String> = host_facts(host.row)
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (format!("__meta_coldaisle_{name}"), value))
        .collect();
    if let Some(protocol) = protocol {
        labels.insert("__meta_coldaisle_protocol".to_owned(), protocol);
    }
    Some(TargetGroupJson {
        targets: vec![target],
        labels,
    })
}

/// Targets for Prometheus, one group a device: `job` is `devices` (when missing), `snmp` or `bmc`. No secrets are in it.
#[utoipa::path(get, path = "/api/v1/sd/prometheus", tag = "devices", params(("job" = Option<String>, Query), HostQuery),
    responses((status = 200, body = Vec<TargetGroupJson>), (status = 404), (status = 409), (status = 422)))]
#[get("/sd/prometheus?<job>&<query..>")]
pub(super) async fn targets(
    web: &State<Web>,
    caller: Caller,
    job: Option<&str>,
    query: HostQuery,
) -> Result<Json<Vec<TargetGroupJson>>, Failure> {
    let job = match job.map(str::trim) {
        None | Some("") => Job::Devices,
        Some(word) => Job::from_word(word).ok_or_else(|| {
            let message = Message::new("fault-choice").with("allowed", Job::words());
            Fault::field("job", message)
        })?,
    };
    let wanted = match job {
        Job::Devices => Wanted::Addresses,
        Job::Snmp => Wanted::Agents,
        Job::Bmc => Wanted::Controllers,
    };
    let groups = web
        .store
        .read(move |c| {
            let mut groups = Vec::new();
            hosts(c, &caller.actor, &query, wanted, |host| {
                groups.extend(group(job, host));
            })?;
            Ok(groups)
        })
        .await?;
    Ok(Json(groups))
}
