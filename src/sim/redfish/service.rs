//! What a simulated service answers.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::http::{Answer, Request};
use super::machine::{Fault, State};
use super::tree::{Moving, Names, documents};
use super::{Shape, SimRedfishConfig};

const SESSIONS: &str = "/redfish/v1/SessionService/Sessions";
const TASKS: &str = "/redfish/v1/TaskService/Tasks";
/// Times a task is looked at before it is over.
const TASK_LOOKS: u32 = 2;

pub(super) struct Service {
    config: SimRedfishConfig,
    state: Mutex<State>,
    begun: Instant,
}

fn refusal(status: u16, id: &str, text: &str) -> Answer {
    let said = json!({"error": {"code": "Base.1.8.GeneralError", "message": "See ExtendedInfo.",
        "@Message.ExtendedInfo": [{"MessageId": id, "Message": text}]}});
    Answer::json(status, &said)
}

impl Service {
    pub(super) fn new(config: SimRedfishConfig) -> Self {
        let state = State::new(config.power, config.password.expose().to_owned());
        Self {
            config,
            state: Mutex::new(state),
            begun: Instant::now(),
        }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn answer(&self, request: &Request) -> Answer {
        let path = request.path.trim_end_matches('/').to_owned();
        let is_root = path == "/redfish/v1" && request.method == "GET";
        if path == SESSIONS && request.method == "POST" {
            return self.log_in(&request.body);
        }
        if !is_root && !self.is_known(request) {
            return refusal(401, "Base.1.8.NoValidSession", "There is no valid session.");
        }
        match request.method.as_str() {
            "GET" => self.read(&path, &request.query),
            "DELETE" => self.log_out(&path),
            "POST" => self.act(&path, &request.body),
            "PATCH" => self.change(&path, request),
            _ => Answer::empty(405),
        }
    }

    fn is_known(&self, request: &Request) -> bool {
        let mut state = self.state();
        if let Some(token) = request.header("x-auth-token") {
            return state.sessions.values().any(|known| known == token);
        }
        if !state.has(Fault::NoSessions) {
            return false;
        }
        let expected = STANDARD.encode(format!("{}:{}", self.config.user, state.password));
        let known = request.header("authorization") == Some(&format!("Basic {expected}"));
        state.refused_logins += u32::from(!known);
        known
    }

    fn log_in(&self, body: &Value) -> Answer {
        let mut state = self.state();
        if state.has(Fault::NoSessions) {
            return Answer::empty(404);
        }
        if state.has(Fault::SessionsFull) || state.sessions.len() >= self.config.most_sessions {
            return refusal(
                503,
                "Base.1.8.SessionLimitExceeded",
                "All sessions are taken.",
            );
        }
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
        let domain = body.pointer("/Oem/Huawei/Domain").is_some();
        if self.config.shape == Shape::Ibmc && !domain {
            return refusal(403, "iBMC.1.0.AuthorizationFailed", "Authorization failed.");
        }
        if text("UserName") != self.config.user || text("Password") != state.password {
            state.refused_logins += 1;
            return refusal(401, "Base.1.8.ResourceAtUriUnauthorized", "Unauthorized.");
        }
        let number = state.number();
        let token = format!("token-{number}-{}", self.config.serial);
        state.sessions.insert(number, token.clone());
        state.logins += 1;
        state.most_open = state.most_open.max(state.sessions.len());
        let address = format!("{SESSIONS}/{number}");
        // A host name of its own in it, as iLO has.
        Answer::json(
            201,
            &json!({"@odata.id": address, "Id": number.to_string()}),
        )
        .with("X-Auth-Token", token)
        .with("Location", format!("https://bmc.example{address}"))
    }

    fn log_out(&self, path: &str) -> Answer {
        let number = path
            .strip_prefix(SESSIONS)
            .and_then(|rest| rest.trim_start_matches('/').parse().ok());
        let gone = number.and_then(|number: u64| self.state().sessions.remove(&number));
        Answer::empty(if gone.is_some() { 204 } else { 404 })
    }

    fn documents(&self) -> HashMap<String, Value> {
        let mut state = self.state();
        let moving = Moving {
            power: state.power(Instant::now()),
            lit: state.lit,
            boot: state.boot.clone(),
            tag: format!("W/\"{}\"", state.version),
            warmth: (self.begun.elapsed().as_secs_f64() / 30.0)
                .sin()
                .mul_add(2.0, 0.0)
                .round(),
        };
        documents(&self.config, &moving).into_iter().collect()
    }

    fn read(&self, path: &str, query: &str) -> Answer {
        if let Some(task) = path.strip_prefix(TASKS) {
            return self.task(task.trim_start_matches('/'));
        }
        let documents = self.documents();
        let expand = query.contains("$expand");
        if expand && (self.config.shape == Shape::Ibmc || self.state().has(Fault::BadExpand)) {
            return Answer::empty(500);
        }
        let wanted = if query.contains("$skip") {
            format!("{path}?{query}")
        } else {
            path.to_owned()
        };
        let Some(document) = documents.get(&wanted) else {
            return refusal(404, "Base.1.8.ResourceMissingAtURI", "No such resource.");
        };
        let mut document = document.clone();
        if expand
            && let Some(members) = document
                .pointer_mut("/Members")
                .and_then(Value::as_array_mut)
        {
            for member in members {
                let full = member
                    .get("@odata.id")
                    .and_then(Value::as_str)
                    .and_then(|path| documents.get(path));
                if let Some(full) = full {
                    *member = full.clone();
                }
            }
        }
        let tag = document
            .get("@odata.etag")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let answer = Answer::json(200, &document);
        match tag {
            Some(tag) => answer.with("ETag", tag),
            None => answer,
        }
    }

    fn task(&self, number: &str) -> Answer {
        let mut state = self.state();
        let fails = state.has(Fault::TasksFail);
        let looks = number
            .parse()
            .ok()
            .and_then(|number: u64| state.tasks.get_mut(&number));
        let Some(looks) = looks else {
            return Answer::empty(404);
        };
        *looks += 1;
        if *looks < TASK_LOOKS {
            let running = json!({"@odata.id": format!("{TASKS}/{number}"), "TaskState": "Running"});
            return Answer::json(202, &running);
        }
        let ended = if fails {
            json!({"TaskState": "Exception", "Messages": [{"Message": "The fuse is blown."}]})
        } else {
            json!({"TaskState": "Completed"})
        };
        Answer::json(200, &ended)
    }

    fn act(&self, path: &str, body: &Value) -> Answer {
        let names = Names::of(self.config.shape);
        let kind = body
            .get("ResetType")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if path == format!("{}/Actions/Manager.Reset", names.manager) {
            let mut state = self.state();
            state.controller_restarts += 1;
            state.sessions.clear();
            return Answer::empty(204);
        }
        if path != format!("{}/Actions/ComputerSystem.Reset", names.system) {
            return Answer::empty(404);
        }
        let refused = self.config.shape == Shape::Ibmc
            && matches!(kind, "PowerCycle" | "ForceOn" | "GracefulRestart");
        let mut state = self.state();
        if refused || !state.reset(kind, self.config.delay, Instant::now()) {
            let id = "iBMC.1.0.ActionParameterValueFormatError";
            return refusal(400, id, "The value is of a different format.");
        }
        if !state.has(Fault::Tasks) {
            return Answer::empty(204);
        }
        let number = state.number();
        state.tasks.insert(number, 0);
        Answer::json(
            202,
            &json!({"@odata.id": format!("{TASKS}/{number}"), "TaskState": "New"}),
        )
        .with("Location", format!("{TASKS}/{number}"))
        .with("Retry-After", "0")
    }

    fn change(&self, path: &str, request: &Request) -> Answer {
        let names = Names::of(self.config.shape);
        let mut state = self.state();
        if state.has(Fault::TagMovesOnce) {
            state.version += 1;
        }
        let tag = format!("W/\"{}\"", state.version);
        if request.header("if-match") != Some(&tag) {
            return refusal(
                412,
                "Base.1.8.PreconditionFailed",
                "The resource was changed.",
            );
        }
        let body = &request.body;
        let text = |pointer: &str| {
            body.pointer(pointer)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        if path.starts_with("/redfish/v1/AccountService/Accounts/") {
            let Some(password) = text("/Password") else {
                return Answer::empty(400);
            };
            state.password = password;
        } else if path == names.system {
            let boot = &mut state.boot;
            boot.0 = text("/Boot/BootSourceOverrideEnabled").unwrap_or_else(|| boot.0.clone());
            boot.1 = text("/Boot/BootSourceOverrideTarget").unwrap_or_else(|| boot.1.clone());
            boot.2 = text("/Boot/BootSourceOverrideMode").unwrap_or_else(|| boot.2.clone());
            let light = body.get("LocationIndicatorActive").and_then(Value::as_bool);
            let led = text("/IndicatorLED").map(|led| led != "Off");
            state.lit = light.or(led).unwrap_or(state.lit);
        } else {
            return Answer::empty(404);
        }
        state.version += 1;
        Answer::empty(204)
    }
}
