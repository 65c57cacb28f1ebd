//! From the service root to a session: session authentication where there is one, Basic where there is not.

use reqwest::Method;
use serde_json::{Value, json};

use super::channel::{Ask, Auth, Channel, Reply};
use super::expand::Expand;
use super::look;
use super::place::Place;
use super::said::{Said, failure, login_failure, refuses_login};
use super::session::RedfishSession;
use crate::drivers::bmc::BmcTarget;
use crate::drivers::bmc::error::{Acted, BmcError};

/// The service root (DSP0266, URI conventions): the one address that is not learned from a link.
const ROOT: &str = "/redfish/v1/";
const LOG_IN: &str = "log in";

/// Logs in.
pub(super) async fn log_in(
    mut channel: Channel,
    place: Place,
    target: &BmcTarget,
) -> Result<RedfishSession, BmcError> {
    let root = service_root(&channel).await?;
    let made = match sessions_address(&channel, &root).await? {
        Some(sessions) => make_session(&channel, &place, target, &root, &sessions).await?,
        None => None,
    };
    let expand = Expand::of(&root);
    let Some(made) = made else {
        channel.auth = Auth::Basic {
            user: target.user.clone(),
            password: target.password.clone(),
        };
        let session = RedfishSession::new(channel, place, root, expand, target, None);
        return with_basic(session).await;
    };
    channel.auth = Auth::Token(made.token);
    Ok(RedfishSession::new(
        channel,
        place,
        root,
        expand,
        target,
        made.address,
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

/// Where sessions are made; none when the service has no sessions.
async fn sessions_address(channel: &Channel, root: &Value) -> Result<Option<String>, BmcError> {
    if let Some(sessions) = look::link(root, "/Links/Sessions") {
        return Ok(Some(sessions));
    }
    let Some(service) = look::link(root, "/SessionService") else {
        return Ok(None);
    };
    let reply = channel.send(&Ask::get("session service", &service)).await?;
    Ok(match reply.status {
        200 => look::link(&reply.body, "/Sessions"),
        _ => None,
    })
}

struct Made {
    token: crate::base::secret::Secret,
    address: Option<String>,
}

/// Asks for a session; none when the service turns out not to have any.
async fn make_session(
    channel: &Channel,
    place: &Place,
    target: &BmcTarget,
    root: &Value,
    sessions: &str,
) -> Result<Option<Made>, BmcError> {
    let (user, password) = (&target.user, target.password.expose());
    let body = if root.pointer("/Oem/Huawei").is_some() {
        // iBMC makes no session without knowing whose accounts are meant.
        let domain = json!({"Huawei": {"Domain": "LocaliBMC"}});
        json!({"UserName": user, "Password": password, "Oem": domain})
    } else {
        json!({"UserName": user, "Password": password})
    };
    let ask = Ask::of(LOG_IN, Method::POST, sessions, Some(body), Acted::No);
    let reply = channel.send(&ask).await?;
    match reply.status {
        200..=299 => made(reply).map(Some),
        404 | 405 | 501 => Ok(None),
        _ => Err(refused(reply, place)),
    }
}

fn made(reply: Reply) -> Result<Made, BmcError> {
    let in_body = look::address(&reply.body);
    match reply.token {
        Some(token) => Ok(Made {
            token,
            address: reply.location.or(in_body),
        }),
        None => Err(BmcError::NotADocument {
            at: reply.at,
            fault: "a session without X-Auth-Token".to_owned(),
        }),
    }
}

fn refused(reply: Reply, place: &Place) -> BmcError {
    let said = Said::of(&reply.body);
    if refuses_login(reply.status, &said) {
        place.credentials_refused();
        return login_failure(reply.at);
    }
    failure(reply.status, &said, reply.at)
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
