//! A session on the service: made with name and password, shown by its token, deleted.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::channel::{Ask, Channel, Reply};
use super::look;
use super::place::Place;
use super::said::{Said, failure, login_failure, refuses_login};
use crate::base::secret::Secret;
use crate::drivers::bmc::BmcTarget;
use crate::drivers::bmc::error::{Acted, BmcError};

/// Its name in errors.
pub(super) const LOG_IN: &str = "log in";
/// Longest wait for the answer to a deletion.
const CLOSING: Duration = Duration::from_secs(5);

/// A new session.
pub(super) struct Token {
    /// What requests show.
    pub(super) token: Secret,
    /// Where it is deleted.
    pub(super) address: Option<String>,
}

/// Makes a session; none where the service has none.
pub(super) async fn new_session(
    channel: &Channel,
    place: &Place,
    target: &BmcTarget,
    root: &Value,
) -> Result<Option<Token>, BmcError> {
    match sessions_address(channel, root).await? {
        Some(sessions) => make_session(channel, place, target, root, &sessions).await,
        None => Ok(None),
    }
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

/// Asks for a session; none when the service turns out not to have any.
async fn make_session(
    channel: &Channel,
    place: &Place,
    target: &BmcTarget,
    root: &Value,
    sessions: &str,
) -> Result<Option<Token>, BmcError> {
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

fn made(reply: Reply) -> Result<Token, BmcError> {
    let in_body = look::address(&reply.body);
    match reply.token {
        Some(token) => Ok(Token {
            token,
            address: reply.location.or(in_body),
        }),
        None => Err(BmcError::NotADocument {
            at: reply.at,
            fault: "a session without X-Auth-Token".to_owned(),
        }),
    }
}

/// What a refused login means; a wrong password stops the gate.
pub(super) fn refused(reply: Reply, place: &Place) -> BmcError {
    let said = Said::of(&reply.body);
    if refuses_login(reply.status, &said) {
        place.credentials_refused();
        return login_failure(reply.at);
    }
    failure(reply.status, &said, reply.at)
}

/// Deletes a session on the BMC.
pub(super) async fn log_out(channel: &Channel, address: &str) {
    let mut ask = Ask::of("log out", Method::DELETE, address, None, Acted::No);
    ask.patience = Some(CLOSING);
    match channel.send(&ask).await {
        Ok(reply) if reply.is_success() || reply.status == 404 || reply.status == 401 => {}
        Ok(reply) => {
            tracing::debug!(at = %reply.at, status = reply.status, "session not deleted");
        }
        Err(error) => tracing::debug!(%error, "session not deleted"),
    }
}
