//! BMCs that have no IPMI 2.0: found out by asking, and logged in to with IPMI 1.5 only where a
//! person allowed it. What decides is what the BMC says of itself before any login; a refused
//! password or suite never leads here.

use super::login::{Attempt, Outcome};
use super::question::Question;
use crate::drivers::bmc::error::{BmcError, Step, V15Fault, Where};
use crate::drivers::bmc::{OldSessions, Timing};
use crate::wire::ipmi::message::{Request, netfn};
use crate::wire::rmcp::{
    Capabilities, CipherSuite, GET_AUTHENTICATION_CAPABILITIES, Generation, Stage,
};

const NAME: &str = "get channel authentication capabilities";
/// Transmissions of that question to a BMC that is silent to everything else.
const LAST_ATTEMPTS: u32 = 2;

impl Attempt {
    /// Logs in with IPMI 1.5 where the BMC has nothing better and that is allowed; none: it has
    /// IPMI 2.0, or only that is allowed.
    pub(super) async fn elder(&self) -> Result<Option<Outcome>, BmcError> {
        if self.target.old_sessions == OldSessions::Refused {
            return Ok(None);
        }
        let capabilities = self.capabilities(self.target.timing).await?;
        if capabilities.has_v20 {
            return Ok(None);
        }
        let fault = |fault| {
            let at = self.at(Stage::Challenge, 0);
            Err(BmcError::V15 { at, fault })
        };
        if !capabilities.has_md5 {
            return fault(V15Fault::NoMd5);
        }
        if !capabilities.is_per_message {
            return fault(V15Fault::Unprotected);
        }
        Ok(Some(self.one(Generation::V15, CipherSuite::Three).await))
    }

    /// The failure of a login with IPMI 2.0 that nothing came back to: a BMC that only has IPMI
    /// 1.5 says so.
    pub(super) async fn explained(&self, error: BmcError) -> BmcError {
        let silent = matches!(
            &error,
            BmcError::NoAnswer {
                at: Where {
                    step: Step::Login(Stage::Open),
                    ..
                },
                ..
            }
        );
        if !silent || self.target.old_sessions == OldSessions::Allowed {
            return error;
        }
        let timing = Timing {
            attempts: self.target.timing.attempts.min(LAST_ATTEMPTS),
            ..self.target.timing
        };
        match self.capabilities(timing).await {
            Ok(capabilities) if !capabilities.has_v20 => BmcError::V15 {
                at: error.at().clone(),
                fault: V15Fault::NotAllowed,
            },
            _ => error,
        }
    }

    async fn capabilities(&self, timing: Timing) -> Result<Capabilities, BmcError> {
        let peer = self.target.address;
        let mut question = Question::new(&self.sockets, peer, timing, NAME).await?;
        let told = match question.told(&request(true)).await {
            // Older ones do not know the bit that asks for more.
            Err(BmcError::Completion { .. }) => question.told(&request(false)).await?,
            told => told?,
        };
        Capabilities::decode(&told).map_err(|fault| question.not_understood(fault))
    }
}

fn request(extended: bool) -> Request {
    Request {
        netfn: netfn::APP,
        lun: 0,
        sequence: u8::from(extended),
        command: GET_AUTHENTICATION_CAPABILITIES,
        data: Capabilities::question(extended).to_vec(),
    }
}
