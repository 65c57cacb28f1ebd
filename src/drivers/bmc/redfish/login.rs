//! From the service root to a session: session authentication where there is one, Basic where there is not.

use std::sync::Arc;

use serde_json::Value;

use super::channel::{Ask, Auth, Channel};
use super::expand::Expand;
use super::look;
use super::place::Place;
use super::session::RedfishSession;
use super::shelf::Shelf;
use super::token::{LOG_IN, new_session, refused};
use crate::drivers::bmc::BmcTarget;
use crate::drivers::bmc::error::BmcError;

/// The service root (DSP0266, URI conventions): the one address that is not learned from a link.
const ROOT: &str = "/redfish/v1/";

/// What a service says without a login.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceSeen {
    /// SHA-256 of the certificate it shows.
    pub certificate: Option<[u8; 32]>,
    /// Version of Redfish.
    pub version: String,
    /// Product or maker; empty where it does not tell.
    pub product: String,
    /// UUID of the service, not of the machine.
    pub uuid: String,
}

/// Reads the service root alone.
pub(super) async fn look_in(channel: &Channel) -> Result<ServiceSeen, BmcError> {
    let root = service_root(channel).await?;
    let said = |pointer: &str| look::said(&root, pointer);
    Ok(ServiceSeen {
        certificate: channel.shown.fingerprint(),
        version: said("/RedfishVersion").unwrap_or_default(),
        product: said("/Product")
            .or_else(|| said("/Vendor"))
            .unwrap_or_default(),
        uuid: said("/UUID").unwrap_or_default(),
    })
}

/// Logs in.
pub(super) async fn log_in(
    channel: Channel,
    place: Place,
    target: &BmcTarget,
    shelf: Arc<Shelf>,
) -> Result<RedfishSession, BmcError> {
    let root = service_root(&channel).await?;
    let made = new_session(&channel, &place, target, &root).await?;
    let expand = Expand::of(&root);
    let Some(made) = made else {
        channel.show(Auth::Basic {
            user: target.user.clone(),
            password: target.password.clone(),
        });
        let session = RedfishSession::new(channel, place, root, expand, target, None, shelf);
        return with_basic(session).await;
    };
    channel.show(Auth::Token(made.token));
    Ok(RedfishSession::new(
        channel,
        place,
        root,
        expand,
        target,
        made.address,
        shelf,
    ))
}

/// Reads the service root, without credentials: before anything else is said it must look like one.
async fn service_root(channel: &Channel) -> Result<Value, BmcError> {
    let reply = channel.send(&Ask::get("service root", ROOT)).await?;
    let at = reply.at.clone();
    let root = match reply.status {
        401 => {
            let fault = "the service root is not readable".to_owned();
            return Err(BmcError::NotADocument { at, fault });
        }
        _ => reply.success()?.body,
    };
    let is_root = root.get("Systems").is_some() || root.get("RedfishVersion").is_some();
    if !is_root {
        let fault = "no Redfish service root".to_owned();
        return Err(BmcError::NotADocument { at, fault });
    }
    Ok(root)
}

/// With Basic the first request that needs it shows whether name and password are right.
async fn with_basic(session: RedfishSession) -> Result<RedfishSession, BmcError> {
    let systems = look::link(&session.root, "/Systems").unwrap_or_else(|| ROOT.to_owned());
    let reply = session.channel.send(&Ask::get(LOG_IN, &systems)).await?;
    if reply.is_success() {
        return Ok(session);
    }
    Err(refused(reply, &session.place))
}
