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
            let response = question.ask(&request(data)).await?;
            let at = question.at(1);
            match response.completion {
                0 => offer
                    .take(&response.data)
                    .map_err(|fault| BmcError::NotUnderstood { at, fault })?,
                code => return Err(BmcError::Completion { at, code }),
            }
        }
        let at = question.at(1);
        offer
            .suites()
            .map_err(|fault| BmcError::NotUnderstood { at, fault })
    }
}

const fn part_of([_, _, part]: [u8; 3]) -> u8 {
    part & 0x3F
}

fn request(data: [u8; 3]) -> Request {
    Request {
        netfn: netfn::APP,
        lun: 0,
        sequence: part_of(data),
        command: GET_CHANNEL_CIPHER_SUITES,
        data: data.to_vec(),
    }
}
