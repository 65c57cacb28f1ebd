//! Power: the state, and resets with a type that the service takes.

use std::time::Duration;

use serde_json::{Value, json};

use super::channel::{Ask, Reply};
use super::look;
use super::said::{Said, failure};
use super::session::RedfishSession;
use crate::drivers::bmc::error::BmcError;
use crate::drivers::bmc::{Identity, PowerAction, PowerState};
use crate::wire::ipmi::guid::Guid;

/// Looks at a task that a reset became, and the pause between two.
const TASK_LOOKS: u32 = 20;
const TASK_PAUSE: Duration = Duration::from_secs(1);

/// Reset types (DSP2046, Resource.ResetType) that do what was asked, the most usual first. A soft action has no hard
/// one here, and nothing that depends on the state it meets (`PushPowerButton`).
pub(super) const fn reset_types(action: PowerAction) -> &'static [&'static str] {
    match action {
        PowerAction::On => &["On", "ForceOn"],
        PowerAction::Off => &["ForceOff"],
        PowerAction::SoftOff => &["GracefulShutdown"],
        // "Shut down immediately and non-gracefully and restart": what a cycle is where there is no PowerCycle.
        PowerAction::Cycle => &["PowerCycle", "ForceRestart"],
        PowerAction::Reset => &["ForceRestart"],
        PowerAction::Nmi => &["Nmi"],
    }
}

fn power_state_of(system: &Value) -> PowerState {
    match look::text(system, "/PowerState").as_deref() {
        Some("On" | "PoweringOff") => PowerState::On,
        Some("Off" | "PoweringOn") => PowerState::Off,
        _ => PowerState::Unknown,
    }
}

impl RedfishSession {
    pub(super) async fn read_power(&mut self) -> Result<PowerState, BmcError> {
        Ok(power_state_of(&self.system().await?.body))
    }

    pub(super) async fn act(&mut self, action: PowerAction) -> Result<(), BmcError> {
        let system = self.system().await?.body;
        if power_state_of(&system) == PowerState::Off
            && !matches!(action, PowerAction::On | PowerAction::Off)
        {
            // Some services would switch it on.
            return Err(BmcError::NotInThisState {
                at: self.channel.here("reset"),
            });
        }
        let reset = system
            .pointer("/Actions/#ComputerSystem.Reset")
            .cloned()
            .unwrap_or_default();
        self.reset("reset", &reset, reset_types(action)).await
    }

    /// Asks for a reset with the first of `types` that the service offers and takes.
    pub(super) async fn reset(
        &self,
        name: &'static str,
        reset: &Value,
        types: &[&str],
    ) -> Result<(), BmcError> {
        let unsupported = || BmcError::Unsupported {
            at: self.channel.here(name),
        };
        let target = look::text(reset, "/target").and_then(|target| look::path(&target));
        let target = target.ok_or_else(unsupported)?;
        let offered = self.offered(reset).await?;
        let mut refused = None;
        for kind in types {
            if !offered.is_empty() && !offered.iter().any(|offered| offered == kind) {
                continue;
            }
            let ask = Ask::post(name, &target, json!({"ResetType": kind}));
            let reply = self.send(ask).await?;
            let said = Said::of(&reply.body);
            if matches!(reply.status, 400 | 501) && said.refuses_value() {
                // It did nothing: the next type that means the same may be taken.
                refused = Some(failure(reply.status, &said, reply.at));
                continue;
            }
            return self.accepted(reply).await;
        }
        Err(refused.unwrap_or_else(unsupported))
    }

    /// The reset types that the action lists itself, or its ActionInfo; empty when nobody says.
    async fn offered(&self, reset: &Value) -> Result<Vec<String>, BmcError> {
        let listed = look::words(reset, "/ResetType@Redfish.AllowableValues");
        if !listed.is_empty() {
            return Ok(listed);
        }
        let path = look::text(reset, "/@Redfish.ActionInfo").and_then(|path| look::path(&path));
        let Some(path) = path else {
            return Ok(Vec::new());
        };
        let info = self
            .maybe("reset action info", &path)
            .await?
            .unwrap_or_default();
        let parameters = look::list(&info, "/Parameters");
        let types = parameters
            .iter()
            .find(|parameter| look::text(parameter, "/Name").as_deref() == Some("ResetType"));
        Ok(types
            .map(|types| look::words(types, "/AllowableValues"))
            .unwrap_or_default())
    }

    /// Success, or a task that is watched for a while: what it came to is seen in the state.
    pub(super) async fn accepted(&self, reply: Reply) -> Result<(), BmcError> {
        if reply.status != 202 {
            return reply.success().map(|_| ());
        }
        let monitor = reply.location.clone();
        let Some(monitor) = monitor.or_else(|| look::address(&reply.body)) else {
            return Ok(());
        };
        let pause = reply.retry_after.map_or(TASK_PAUSE, Duration::from_secs);
        for _ in 0..TASK_LOOKS {
            match self.task_outcome(&monitor).await {
                Ok(Some(())) => return Ok(()),
                Ok(None) => {}
                Err(error @ BmcError::Http { .. }) => return Err(error),
                // Restarted controllers forget their tasks; the service accepted it all the same.
                Err(error) => {
                    tracing::debug!(%error, "task not followed any more");
                    return Ok(());
                }
            }
            tokio::time::sleep(pause.clamp(Duration::from_millis(100), TASK_PAUSE * 3)).await;
        }
        Ok(())
    }

    /// Whether a task is over; its failure is an error.
    async fn task_outcome(&self, monitor: &str) -> Result<Option<()>, BmcError> {
        let reply = self.send(Ask::get("task", monitor)).await?;
        let at = reply.at.clone();
        if reply.status == 404 {
            return Ok(Some(())); // over and forgotten
        }
        let running = reply.status == 202;
        let task = reply.success()?.body;
        let state = look::text(&task, "/TaskState").unwrap_or_default();
        if matches!(
            state.as_str(),
            "Exception" | "Killed" | "Cancelled" | "Interrupted"
        ) {
            let message = look::list(&task, "/Messages");
            let text = message
                .iter()
                .find_map(|message| look::said(message, "/Message"));
            return Err(BmcError::Http {
                at,
                status: 200,
                text: text.unwrap_or_else(|| format!("the task ended as {state}")),
            });
        }
        let moving = matches!(
            state.as_str(),
            "New" | "Starting" | "Running" | "Pending" | "Service" | "Stopping"
        );
        Ok((!running && !moving).then_some(()))
    }

    pub(super) async fn read_identity(&mut self) -> Result<Identity, BmcError> {
        let system = self.system().await?.body;
        let manager = self.manager(&system).await?.unwrap_or_default();
        let guid = look::text(&system, "/UUID").and_then(|uuid| Guid::from_text(&uuid));
        Ok(Identity {
            guid: guid.filter(|guid| !guid.is_blank()),
            manufacturer_id: self.maker(&system),
            product_id: 0,
            firmware: look::said(&manager, "/FirmwareVersion").unwrap_or_default(),
            serial: serial(&system),
        })
    }

    /// The serial number on the label, where the system tells it.
    pub(super) async fn read_serials(&mut self) -> Result<Vec<String>, BmcError> {
        let system = self.system().await?.body;
        Ok(serial(&system).into_iter().collect())
    }

    /// The maker's IANA enterprise number, so that both protocols say the same; 0 when it is none of these.
    fn maker(&self, system: &Value) -> u32 {
        let said =
            look::said(system, "/Manufacturer").or_else(|| look::said(&self.root, "/Vendor"));
        let said = said.unwrap_or_default().to_lowercase();
        let known = MAKERS.iter().find(|(name, _)| said.starts_with(name));
        known.map_or(0, |(_, number)| *number)
    }
}

/// Beginnings of makers' names and their IANA enterprise numbers.
const MAKERS: &[(&str, u32)] = &[
    ("dell", 674),
    ("hpe", 47196),
    ("hewlett", 47196),
    ("lenovo", 19046),
    ("supermicro", 10876),
    ("super micro", 10876),
    ("huawei", 2011),
    ("gigabyte", 15370),
    ("nvidia", 5703),
    ("intel", 343),
    ("inspur", 37945),
    ("fujitsu", 10368),
    ("cisco", 5771),
];

/// The serial number on the label: Dell's is the service tag in `SKU`, while `SerialNumber` is the board's.
pub(super) fn serial(system: &Value) -> Option<String> {
    let maker = look::said(system, "/Manufacturer").unwrap_or_default();
    let tag = maker.to_lowercase().starts_with("dell");
    let tag = tag.then(|| look::said(system, "/SKU")).flatten();
    tag.or_else(|| look::said(system, "/SerialNumber"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_soft_action_never_becomes_a_hard_one() {
        assert_eq!(reset_types(PowerAction::SoftOff), ["GracefulShutdown"]);
        for action in [
            PowerAction::Off,
            PowerAction::Reset,
            PowerAction::Nmi,
            PowerAction::Cycle,
        ] {
            let types = reset_types(action);
            assert!(
                !types.iter().any(|kind| kind.starts_with("Graceful")),
                "{types:?}"
            );
        }
        let all = [
            PowerAction::On,
            PowerAction::Off,
            PowerAction::SoftOff,
            PowerAction::Cycle,
            PowerAction::Reset,
            PowerAction::Nmi,
        ];
        for action in all {
            assert!(
                !reset_types(action).contains(&"PushPowerButton"),
                "{action:?}"
            );
        }
    }

    #[test]
    fn the_serial_number_is_the_one_on_the_label() {
        for (maker, sku, serial_number, expected) in [
            ("Dell Inc.", "F54P1G3", "CNIVC0014M0388", Some("F54P1G3")),
            ("Dell Inc.", "", "CNIVC0014M0388", Some("CNIVC0014M0388")),
            ("HPE", "P18606-B21", "MXQ019020B", Some("MXQ019020B")),
            ("Supermicro", "To be filled by O.E.M.", "          ", None),
        ] {
            let system = json!({"Manufacturer": maker, "SKU": sku, "SerialNumber": serial_number});
            assert_eq!(serial(&system).as_deref(), expected, "{maker}");
        }
    }
}
