//! The IPMI LAN message: addresses, network function, sequence and two checksums (IPMI 13.8).

use crate::wire::ipmi::{DecodeError, DecodeKind, Octets};

/// Slave address of the BMC.
pub const BMC_ADDRESS: u8 = 0x20;
/// Software id of a remote console.
pub const CONSOLE_ADDRESS: u8 = 0x81;

/// Network functions used here (request values; a response is one more).
pub mod netfn {
    /// Chassis.
    pub const CHASSIS: u8 = 0x00;
    /// Sensor and event.
    pub const SENSOR: u8 = 0x04;
    /// Application.
    pub const APP: u8 = 0x06;
    /// Storage.
    pub const STORAGE: u8 = 0x0A;
    /// Transport.
    pub const TRANSPORT: u8 = 0x0C;
}

/// A request from the console to the BMC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Network function, even.
    pub netfn: u8,
    /// Logical unit of the BMC, 0 to 3.
    pub lun: u8,
    /// Sequence number of the message, 0 to 63.
    pub sequence: u8,
    /// Command.
    pub command: u8,
    /// Parameters.
    pub data: Vec<u8>,
}

/// A response from the BMC to the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Network function, odd.
    pub netfn: u8,
    /// Logical unit of the BMC, 0 to 3.
    pub lun: u8,
    /// Sequence number of the request.
    pub sequence: u8,
    /// Command of the request.
    pub command: u8,
    /// Completion code, 0 is success.
    pub completion: u8,
    /// What the command gives.
    pub data: Vec<u8>,
}

/// Checksum that makes the octets sum to zero (two's complement).
pub fn checksum(octets: &[u8]) -> u8 {
    octets
        .iter()
        .fold(0u8, |sum, octet| sum.wrapping_add(*octet))
        .wrapping_neg()
}

fn frame(head: [u8; 2], body: &[u8]) -> Vec<u8> {
    let mut out = head.to_vec();
    out.push(checksum(&head));
    out.extend_from_slice(body);
    out.push(checksum(body));
    out
}

/// Splits a message into first octets and body after checking both checksums.
fn unframe(payload: &[u8]) -> Result<([u8; 2], Octets<'_>), DecodeError> {
    let mut octets = Octets::new(payload);
    let head = octets.array::<2>()?;
    octets.expect(checksum(&head)).map_err(|e| match e.kind {
        DecodeKind::Field => DecodeError::new(DecodeKind::Checksum, e.offset),
        _ => e,
    })?;
    let Some((last, body)) = octets.rest().split_last() else {
        return Err(octets.error(DecodeKind::Truncated));
    };
    if checksum(body) != *last {
        return Err(DecodeError::new(DecodeKind::Checksum, payload.len() - 1));
    }
    Ok((head, Octets::new(body)))
}

/// Offsets inside the body start behind the two addresses octets and their checksum.
fn in_body(error: DecodeError) -> DecodeError {
    DecodeError::new(error.kind, error.offset + 3)
}

impl Request {
    /// The message's octets.
    pub fn encode(&self) -> Vec<u8> {
        let mut body = vec![CONSOLE_ADDRESS, self.sequence << 2, self.command];
        body.extend_from_slice(&self.data);
        frame([BMC_ADDRESS, self.netfn << 2 | self.lun & 3], &body)
    }

    /// Reads a message.
    ///
    /// # Errors
    /// Kind and offset of what is wrong.
    pub fn decode(payload: &[u8]) -> Result<Self, DecodeError> {
        let ([_, netfn_lun], mut octets) = unframe(payload)?;
        octets.u8().map_err(in_body)?;
        let sequence = octets.u8().map_err(in_body)? >> 2;
        let command = octets.u8().map_err(in_body)?;
        Ok(Self {
            netfn: netfn_lun >> 2,
            lun: netfn_lun & 3,
            sequence,
            command,
            data: octets.rest().to_vec(),
        })
    }

    /// A response to this request.
    pub fn response(&self, completion: u8, data: Vec<u8>) -> Response {
        Response {
            netfn: self.netfn | 1,
            lun: self.lun,
            sequence: self.sequence,
            command: self.command,
            completion,
            data,
        }
    }

    /// True when `response` answers this request: sequence, network function and command fit.
    pub const fn answered_by(&self, response: &Response) -> bool {
        response.sequence == self.sequence
            && response.netfn == self.netfn | 1
            && response.command == self.command
    }
}

impl Response {
    /// The message's octets.
    pub fn encode(&self) -> Vec<u8> {
        let mut body = vec![
            BMC_ADDRESS,
            self.sequence << 2 | self.lun & 3,
            self.command,
            self.completion,
        ];
        body.extend_from_slice(&self.data);
        frame([CONSOLE_ADDRESS, self.netfn << 2], &body)
    }

    /// Reads a message.
    ///
    /// # Errors
    /// Kind and offset of what is wrong.
    pub fn decode(payload: &[u8]) -> Result<Self, DecodeError> {
        let ([_, netfn_lun], mut octets) = unframe(payload)?;
        octets.u8().map_err(in_body)?;
        let sequence_lun = octets.u8().map_err(in_body)?;
        let command = octets.u8().map_err(in_body)?;
        let completion = octets.u8().map_err(in_body)?;
        Ok(Self {
            netfn: netfn_lun >> 2,
            lun: sequence_lun & 3,
            sequence: sequence_lun >> 2,
            command,
            completion,
            data: octets.rest().to_vec(),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn get_channel_authentication_capabilities_as_ipmitool_sends_it() {
        let request = Request {
            netfn: netfn::APP,
            lun: 0,
            sequence: 0,
            command: 0x38,
            data: vec![0x8E, 0x04],
        };
        let wire = [0x20, 0x18, 0xC8, 0x81, 0x00, 0x38, 0x8E, 0x04, 0xB5];
        assert_eq!(request.encode(), wire);
        assert_eq!(Request::decode(&wire).unwrap(), request);
    }

    #[test]
    fn a_wrong_checksum_is_told_with_its_place() {
        let mut wire = [0x20, 0x18, 0xC8, 0x81, 0x00, 0x38, 0x8E, 0x04, 0xB5];
        wire[2] ^= 1;
        let first = Request::decode(&wire).unwrap_err();
        assert_eq!(first, DecodeError::new(DecodeKind::Checksum, 2));
        wire[2] ^= 1;
        wire[6] ^= 1;
        let second = Request::decode(&wire).unwrap_err();
        assert_eq!(second, DecodeError::new(DecodeKind::Checksum, 8));
    }

    proptest! {
        #[test]
        fn requests_and_responses_survive_the_wire(
            netfn in 0u8..32, lun in 0u8..4, sequence in 0u8..64, command: u8, completion: u8,
            data in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let request = Request { netfn: netfn * 2, lun, sequence, command, data: data.clone() };
            prop_assert_eq!(&Request::decode(&request.encode()).unwrap(), &request);
            let response = request.response(completion, data);
            prop_assert!(request.answered_by(&response));
            prop_assert_eq!(Response::decode(&response.encode()).unwrap(), response);
        }

        #[test]
        fn no_octets_make_the_decoder_panic(octets in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = Request::decode(&octets);
            let _ = Response::decode(&octets);
        }
    }
}
