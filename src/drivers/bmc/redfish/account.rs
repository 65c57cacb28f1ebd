//! The password of the account that is logged in.

use serde_json::json;

use super::look;
use super::session::RedfishSession;
use crate::base::secret::Secret;
use crate::drivers::bmc::error::BmcError;

const NAME: &str = "change of the password";

impl RedfishSession {
    pub(super) async fn write_password(&mut self, password: Secret) -> Result<(), BmcError> {
        let accounts = self.accounts().await?;
        let own = accounts.iter().find(|account| {
            look::text(account, "/UserName").as_deref() == Some(self.user.as_str())
        });
        let path = own
            .and_then(look::address)
            .ok_or_else(|| BmcError::Unsupported {
                at: self.channel.here(NAME),
            })?;
        let change = json!({"Password": password.expose()});
        let reply = self.change(NAME, &path, change).await?;
        self.accepted(reply).await
    }
}
