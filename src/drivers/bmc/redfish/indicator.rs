//! The identify light: `LocationIndicatorActive`, or the older `IndicatorLED`.

use serde_json::{Value, json};

use super::look;
use super::session::RedfishSession;
use crate::drivers::bmc::Light;
use crate::drivers::bmc::error::BmcError;

const NAME: &str = "identify";

impl RedfishSession {
    /// Redfish has no timer: the light stays as it is set.
    pub(super) async fn switch_indicator(&mut self, on: bool) -> Result<(), BmcError> {
        let system = self.system().await?.body;
        let chassis = self.chassis(&system).await?.unwrap_or_default();
        for document in [&system, &chassis] {
            if look::yes(document, "/LocationIndicatorActive").is_some() {
                return self
                    .set(document, json!({"LocationIndicatorActive": on}))
                    .await;
            }
        }
        for document in [&system, &chassis] {
            if look::text(document, "/IndicatorLED").is_some() {
                return self.switch_led(document, on).await;
            }
        }
        Err(BmcError::Unsupported {
            at: self.channel.here(NAME),
        })
    }

    /// The newer property of system and chassis before the older one. Redfish has no timer: what is on stays on.
    pub(super) async fn read_indicator(&mut self) -> Result<Option<Light>, BmcError> {
        let system = self.system().await?.body;
        if let Some(light) = light_of(&system) {
            return Ok(Some(light));
        }
        let chassis = self.chassis(&system).await?.unwrap_or_default();
        Ok(light_of(&chassis))
    }

    async fn switch_led(&self, document: &Value, on: bool) -> Result<(), BmcError> {
        let led = |word: &str| json!({"IndicatorLED": word});
        // A service without one of the two words has the other.
        let (first, second) = if on {
            ("Blinking", "Lit")
        } else {
            ("Off", "Lit")
        };
        match self.set(document, led(first)).await {
            Err(BmcError::Http { status: 400, .. }) => self.set(document, led(second)).await,
            outcome => outcome,
        }
    }

    async fn set(&self, document: &Value, change: Value) -> Result<(), BmcError> {
        let path = look::address(document)
            .or_else(|| self.system.clone())
            .unwrap_or_default();
        let reply = self.change(NAME, &path, change).await?;
        self.accepted(reply).await
    }
}

/// What a document says of the light; none when it says nothing, or that it does not know.
fn light_of(document: &Value) -> Option<Light> {
    if let Some(on) = look::yes(document, "/LocationIndicatorActive") {
        return Some(if on { Light::On } else { Light::Off });
    }
    match look::text(document, "/IndicatorLED")?.as_str() {
        "Lit" | "Blinking" => Some(Light::On),
        "Off" => Some(Light::Off),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_light_is_read_in_the_words_of_both_ages() {
        for (document, light) in [
            (
                json!({"LocationIndicatorActive": true, "IndicatorLED": "Off"}),
                Some(Light::On),
            ),
            (json!({"LocationIndicatorActive": false}), Some(Light::Off)),
            (json!({"IndicatorLED": "Blinking"}), Some(Light::On)),
            (json!({"IndicatorLED": "Lit"}), Some(Light::On)),
            (json!({"IndicatorLED": "Off"}), Some(Light::Off)),
            (json!({"IndicatorLED": "Unknown"}), None),
            (
                json!({"IndicatorLED": null, "LocationIndicatorActive": null}),
                None,
            ),
            (json!({}), None),
        ] {
            assert_eq!(light_of(&document), light, "{document}");
        }
    }
}
