//! The simulated Redfish services of the demonstration.

use std::io;
use std::net::SocketAddr;

use crate::base::fields::Fields;
use crate::base::secret::Secret;
use crate::power::BmcEndpoint;
use crate::sim::redfish::{Power, Shape, SimRedfish, SimRedfishConfig};

/// A service as endpoint and device are on record.
pub fn config(
    bind: SocketAddr,
    endpoint: &BmcEndpoint,
    password: Secret,
    device: &Fields,
    is_on: bool,
) -> SimRedfishConfig {
    let kind = device.get("device_type");
    let (maker, model) = kind.split_once('-').unwrap_or(("sample", kind));
    let uuid = endpoint.expected_guid.clone().unwrap_or_default();
    SimRedfishConfig {
        user: endpoint.username.clone(),
        shape: match maker {
            "huawei" | "xfusion" => Shape::Ibmc,
            _ => Shape::Usual,
        },
        serial: device.get("serial").to_owned(),
        maker: maker.to_owned(),
        model: model.to_owned(),
        power: if is_on { Power::On } else { Power::Off },
        ..SimRedfishConfig::new(bind, password, &uuid)
    }
}

/// Starts it at the first place that is free; also tells why that is not the first one.
pub async fn start(
    config: SimRedfishConfig,
    places: [SocketAddr; 3],
) -> io::Result<(SimRedfish, Option<io::Error>)> {
    let mut first = None;
    for bind in places {
        let config = SimRedfishConfig {
            bind,
            ..config.clone()
        };
        match SimRedfish::start(config).await {
            Ok(service) => return Ok((service, first)),
            Err(fault) => first = first.or(Some(fault)),
        }
    }
    Err(first.unwrap_or_else(|| io::ErrorKind::AddrNotAvailable.into()))
}
