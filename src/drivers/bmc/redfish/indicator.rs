//! The identify light: `LocationIndicatorActive`, or the older `IndicatorLED`.

use serde_json::{Value, json};

use super::look;
use super::session::RedfishSession;
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
