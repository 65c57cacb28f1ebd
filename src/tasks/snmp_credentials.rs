//! A target's credentials, opened for the driver.

use crate::base::seal::Keyring;
use crate::base::secret::Secret;
use crate::drivers::snmp::{AuthProtocol, Credentials, PrivProtocol};
use crate::metering::poll::Failed;
use crate::metering::{
    AUTH_PURPOSE, COMMUNITY_PURPOSE, PRIVACY_PURPOSE, PollTrouble, SnmpVersion, Target,
};

/// As whom a target is asked; a secret that is missing or can't be opened is a fault of its settings.
pub(super) fn credentials(keyring: &Keyring, target: &Target) -> Result<Credentials, Failed> {
    let wrong = |what: &dyn std::fmt::Display| Failed {
        trouble: PollTrouble::Settings,
        detail: what.to_string(),
    };
    let open = |purpose: &str, sealed: &Option<Vec<u8>>| -> Result<Secret, Failed> {
        let sealed = sealed
            .as_deref()
            .ok_or_else(|| wrong(&"a secret is missing"))?;
        keyring.open(purpose, sealed).map_err(|error| wrong(&error))
    };
    let credentials = match target.snmp_version {
        SnmpVersion::V2c => Credentials::V2c {
            community: open(COMMUNITY_PURPOSE, &target.community_sealed)?,
        },
        SnmpVersion::V3 => Credentials::V3 {
            user: target.v3_user.clone(),
            auth: match target.auth() {
                None => None,
                Some(auth) => {
                    let protocol: AuthProtocol =
                        auth.as_str().parse().map_err(|error| wrong(&error))?;
                    Some((protocol, open(AUTH_PURPOSE, &target.v3_auth_sealed)?))
                }
            },
            privacy: match target.privacy() {
                None => None,
                Some(privacy) => {
                    let protocol: PrivProtocol =
                        privacy.as_str().parse().map_err(|error| wrong(&error))?;
                    Some((protocol, open(PRIVACY_PURPOSE, &target.v3_privacy_sealed)?))
                }
            },
            context: target.v3_context.clone(),
        },
    };
    Ok(credentials)
}
