//! Asking a BMC which cipher suites it offers, without a login.

use std::net::SocketAddr;

use super::hub::IpmiHub;
use super::question::Question;
use crate::drivers::bmc::Timing;
use crate::drivers::bmc::error::BmcError;
use crate::wire::ipmi::message::{Request, netfn};
use crate::wire::rmcp::{GET_CHANNEL_CIPHER_SUITES, Offer};

impl IpmiHub {
    /// The numbers of the cipher suites that a BMC offers, in its order. Many BMCs do not answer
    /// this before a login, or leave out what they have: for people to look at, never needed for
    /// a login.
    ///
    /// # Errors
    /// [`BmcError`], `NoAnswer` and `NotUnderstood` above all.
    pub async fn offered_suites(
        &self,
        peer: SocketAddr,
        timing: Timing,
    ) -> Result<Vec<u8>, BmcError> {
        let name = "get channel cipher suites";
        let mut question = Question::new(self.sockets(), peer, timing, name).await?;
        let mut offer = Offer::default();
        while let Some(data) = offer.question() {
            let told = question.told(&request(data)).await?;
            offer
                .take(&told)
                .map_err(|fault| question.not_understood(fault))?;
        }
        offer
            .suites()
            .map_err(|fault| question.not_understood(fault))
    }
}

fn request(data: [u8; 3]) -> Request {
    let [_, _, part] = data;
    Request {
        netfn: netfn::APP,
        lun: 0,
        sequence: part & 0x3F,
        command: GET_CHANNEL_CIPHER_SUITES,
        data: data.to_vec(),
    }
}
