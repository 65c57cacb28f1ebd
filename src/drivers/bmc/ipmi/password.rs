//! The password of the user who is logged in: set, then compared by the BMC itself.

use super::ask::Ask;
use super::session::IpmiSession;
use crate::base::secret::Secret;
use crate::drivers::bmc::BmcSession;
use crate::drivers::bmc::error::{BmcError, CredentialFault};
use crate::wire::ipmi::accounts::{operation, password_data};
use crate::wire::rmcp::{LoginLimit, MAX_PASSWORD_V15, Repeat};

const SET_USER_PASSWORD: u8 = 0x47;
/// Highest user id of the specification.
const MOST_USERS: u8 = 63;

impl IpmiSession {
    pub(super) async fn change_password(&mut self, password: Secret) -> Result<(), BmcError> {
        let octets = password.expose().as_bytes();
        let id_free = password_data(0, operation::SET, octets);
        // A NUL would end the password early on the BMC.
        if id_free.is_none() || octets.contains(&0) {
            return Err(BmcError::Credentials {
                at: self.unsupported_error("set user password").at().clone(),
                fault: CredentialFault::TooLong(LoginLimit::Password),
            });
        }
        if self.is_unencrypted() && octets.len() > MAX_PASSWORD_V15 {
            return Err(BmcError::Credentials {
                at: self.unsupported_error("set user password").at().clone(),
                fault: CredentialFault::TooLong(LoginLimit::PasswordV15),
            });
        }
        self.raise_privilege().await?;
        let user = self.own_user_id().await?;
        self.password_operation(user, operation::SET, octets)
            .await?;
        self.password_operation(user, operation::TEST, octets).await
    }

    async fn password_operation(
        &mut self,
        user: u8,
        operation: u8,
        password: &[u8],
    ) -> Result<(), BmcError> {
        let name = match operation {
            operation::SET => "set user password",
            _ => "test user password",
        };
        let data = password_data(user, operation, password).unwrap_or_default();
        self.act_by(Ask::app(SET_USER_PASSWORD, name, data), Repeat::Again)
            .await
    }

    /// The id of the user whose name this session logged in with.
    async fn own_user_id(&mut self) -> Result<u8, BmcError> {
        let channel = self.channel().await?;
        let most = match self.user_access(channel, 1).await? {
            Some(access) => access.most.clamp(1, MOST_USERS),
            None => MOST_USERS,
        };
        let own = self.user.clone().into_bytes();
        for id in 1..=most {
            match self.user_name(id).await? {
                Some(name) if name == own => return Ok(id),
                Some(_) => {}
                // Ids in use have no gaps of this kind, but the first may be hidden.
                None if id > 2 => break,
                None => {}
            }
        }
        Err(self.unsupported_error("own user among the BMC's users"))
    }
}
