//! The six messages of a login: Open Session and RAKP 1 to 4 (IPMI 13.17 to 13.24).
//!
//! Every message has `encode` and `decode`, so that the simulated BMC speaks through the same
//! code as the client.

use serde::{Deserialize, Serialize};

use super::status::RakpStatus;
use super::suite::Algorithms;
use crate::wire::ipmi::Octets;
use crate::wire::ipmi::{DecodeError, DecodeKind};

/// Longest user name, in octets (IPMI 22.28).
pub const MAX_USER: usize = 16;

/// Privilege levels (IPMI table 6-1) that a session may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Privilege {
    /// May read.
    User,
    /// May switch power and read; may not configure the BMC.
    Operator,
    /// May do everything.
    Administrator,
}

impl Privilege {
    /// The level's number.
    pub const fn number(self) -> u8 {
        match self {
            Self::User => 2,
            Self::Operator => 3,
            Self::Administrator => 4,
        }
    }

    /// The level of a number.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            2 => Some(Self::User),
            3 => Some(Self::Operator),
            4 => Some(Self::Administrator),
            _ => None,
        }
    }
}

/// How the BMC is to find the user (RAKP message 1, role octet, bit 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lookup {
    /// By name alone; what nearly all BMCs want.
    NameOnly,
    /// By name and privilege: BMCs that keep one name at several levels.
    NameAndPrivilege,
}

impl Lookup {
    /// The role octet of RAKP message 1.
    pub const fn role(self, privilege: Privilege) -> u8 {
        match self {
            Self::NameOnly => privilege.number() | 0x10,
            Self::NameAndPrivilege => privilege.number(),
        }
    }
}

/// Open Session request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRequest {
    /// Message tag, given back in the response.
    pub tag: u8,
    /// Highest privilege asked for, its number; 0 means whatever the suite allows.
    pub privilege: u8,
    /// The session id that the console wants to be called by.
    pub console_session: u32,
    /// Proposed algorithms.
    pub algorithms: Algorithms,
}

/// Open Session response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReply {
    /// Message tag of the request.
    pub tag: u8,
    /// Highest privilege the BMC grants, its number; 0 where a BMC leaves it out.
    pub privilege: u8,
    /// Console's session id.
    pub console_session: u32,
    /// What the BMC answered.
    pub outcome: Result<OpenGrant, RakpStatus>,
}

/// The BMC's part of a successful Open Session response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenGrant {
    /// The session id by which the BMC wants to be called.
    pub bmc_session: u32,
    /// Algorithms the BMC chose.
    pub algorithms: Algorithms,
}

/// RAKP message 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rakp1 {
    /// Message tag.
    pub tag: u8,
    /// BMC's session id.
    pub bmc_session: u32,
    /// Console's random number.
    pub console_random: [u8; 16],
    /// Role octet, see [`Lookup::role`].
    pub role: u8,
    /// User name, at most 16 octets.
    pub user: Vec<u8>,
}

/// RAKP message 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rakp2 {
    /// Message tag.
    pub tag: u8,
    /// Console's session id.
    pub console_session: u32,
    /// What the BMC answered.
    pub outcome: Result<Rakp2Proof, RakpStatus>,
}

/// The BMC's part of a successful RAKP message 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rakp2Proof {
    /// BMC's random number.
    pub bmc_random: [u8; 16],
    /// BMC's GUID.
    pub bmc_guid: [u8; 16],
    /// Key exchange code, 20 or 32 octets.
    pub code: Vec<u8>,
}

/// RAKP message 3: the code, or why the console gives up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rakp3 {
    /// Message tag.
    pub tag: u8,
    /// BMC's session id.
    pub bmc_session: u32,
    /// Key exchange code, or the status that ends the login.
    pub outcome: Result<Vec<u8>, RakpStatus>,
}

/// RAKP message 4: the integrity check value, or the BMC's refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rakp4 {
    /// Message tag.
    pub tag: u8,
    /// Console's session id.
    pub console_session: u32,
    /// Check value of 12 or 16 octets, or the refusal.
    pub outcome: Result<Vec<u8>, RakpStatus>,
}

fn encode_algorithms(out: &mut Vec<u8>, algorithms: Algorithms) {
    for (kind, number) in [
        (0, algorithms.authentication),
        (1, algorithms.integrity),
        (2, algorithms.confidentiality),
    ] {
        out.extend_from_slice(&[kind, 0, 0, 8, number, 0, 0, 0]);
    }
}

fn decode_algorithms(octets: &mut Octets<'_>) -> Result<Algorithms, DecodeError> {
    let mut one = |wanted: u8| -> Result<u8, DecodeError> {
        octets.expect(wanted)?;
        octets.take(2)?;
        // Payload length 8; 0 stands for "null", which is only allowed in requests.
        let at = octets.error(DecodeKind::Length);
        if !matches!(octets.u8()?, 0 | 8) {
            return Err(at);
        }
        let number = octets.u8()? & 0x3F;
        octets.take(3)?;
        Ok(number)
    };
    Ok(Algorithms {
        authentication: one(0)?,
        integrity: one(1)?,
        confidentiality: one(2)?,
    })
}

impl OpenRequest {
    /// The payload.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![self.tag, self.privilege, 0, 0];
        out.extend_from_slice(&self.console_session.to_le_bytes());
        encode_algorithms(&mut out, self.algorithms);
        out
    }

    /// Reads the payload.
    ///
    /// # Errors
    /// Kind and offset of what is wrong.
    pub fn decode(payload: &[u8]) -> Result<Self, DecodeError> {
        let mut octets = Octets::new(payload);
        let tag = octets.u8()?;
        let privilege = octets.u8()? & 0x0F;
        octets.take(2)?;
        let console_session = octets.u32()?;
        let algorithms = decode_algorithms(&mut octets)?;
        octets.end()?;
        Ok(Self {
            tag,
            privilege,
            console_session,
            algorithms,
        })
    }
}

/// Tag and status in front of every answer of the BMC: (tag, status, third octet). A refusal may
/// end right behind its status.
fn answer_head(octets: &mut Octets<'_>) -> Result<(u8, RakpStatus, u8), DecodeError> {
    let tag = octets.u8()?;
    let status = RakpStatus(octets.u8()?);
    if status.0 != 0 && octets.rest().len() < 2 {
        return Ok((tag, status, 0));
    }
    let third = octets.u8()?;
    octets.u8()?;
    Ok((tag, status, third))
}

/// The session id behind a refusal; some BMCs end the message before it.
fn refused_session(octets: &mut Octets<'_>) -> u32 {
    octets.u32().unwrap_or_default()
}

impl OpenReply {
    /// The payload.
    pub fn encode(&self) -> Vec<u8> {
        let status = self.outcome.err().map_or(0, |status| status.0);
        let mut out = vec![self.tag, status, self.privilege, 0];
        out.extend_from_slice(&self.console_session.to_le_bytes());
        if let Ok(grant) = &self.outcome {
            out.extend_from_slice(&grant.bmc_session.to_le_bytes());
            encode_algorithms(&mut out, grant.algorithms);
        }
        out
    }

    /// Reads the payload.
    ///
    /// # Errors
    /// Kind and offset of what is wrong.
    pub fn decode(payload: &[u8]) -> Result<Self, DecodeError> {
        let mut octets = Octets::new(payload);
        let (tag, status, privilege) = answer_head(&mut octets)?;
        if status.0 != 0 {
            return Ok(Self {
                tag,
                privilege,
                console_session: refused_session(&mut octets),
                outcome: Err(status),
            });
        }
        let console_session = octets.u32()?;
        let at = octets.error(DecodeKind::Field);
        let bmc_session = octets.u32()?;
        if bmc_session == 0 {
            return Err(at);
        }
        let algorithms = decode_algorithms(&mut octets)?;
        octets.end()?;
        Ok(Self {
            tag,
            privilege: privilege & 0x0F,
            console_session,
            outcome: Ok(OpenGrant {
                bmc_session,
                algorithms,
            }),
        })
    }
}

impl Rakp1 {
    /// The payload. A name longer than 16 octets is cut by no one here: see [`MAX_USER`].
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![self.tag, 0, 0, 0];
        out.extend_from_slice(&self.bmc_session.to_le_bytes());
        out.extend_from_slice(&self.console_random);
        let length = u8::try_from(self.user.len()).unwrap_or(u8::MAX);
        out.extend_from_slice(&[self.role, 0, 0, length]);
        out.extend_from_slice(&self.user);
        out
    }

    /// Reads the payload.
    ///
    /// # Errors
    /// Kind and offset of what is wrong; `Length` for a name of more than 16 octets.
    pub fn decode(payload: &[u8]) -> Result<Self, DecodeError> {
        let mut octets = Octets::new(payload);
        let tag = octets.u8()?;
        octets.take(3)?;
        let bmc_session = octets.u32()?;
        let console_random = octets.array()?;
        let role = octets.u8()?;
        octets.take(2)?;
        let at = octets.error(DecodeKind::Length);
        let length = usize::from(octets.u8()?);
        if length > MAX_USER {
            return Err(at);
        }
        let user = octets.take(length).map_err(|_| at)?.to_vec();
        // Some consoles always send sixteen octets of name.
        Ok(Self {
            tag,
            bmc_session,
            console_random,
            role,
            user,
        })
    }
}

impl Rakp2 {
    /// The payload.
    pub fn encode(&self) -> Vec<u8> {
        let status = self.outcome.as_ref().err().map_or(0, |status| status.0);
        let mut out = vec![self.tag, status, 0, 0];
        out.extend_from_slice(&self.console_session.to_le_bytes());
        if let Ok(proof) = &self.outcome {
            out.extend_from_slice(&proof.bmc_random);
            out.extend_from_slice(&proof.bmc_guid);
            out.extend_from_slice(&proof.code);
        }
        out
    }

    /// Reads the payload; `code_len` is the suite's digest length in octets.
    ///
    /// # Errors
    /// Kind and offset of what is wrong.
    pub fn decode(payload: &[u8], code_len: usize) -> Result<Self, DecodeError> {
        let mut octets = Octets::new(payload);
        let (tag, status, _) = answer_head(&mut octets)?;
        if status.0 != 0 {
            return Ok(Self {
                tag,
                console_session: refused_session(&mut octets),
                outcome: Err(status),
            });
        }
        let console_session = octets.u32()?;
        let proof = Rakp2Proof {
            bmc_random: octets.array()?,
            bmc_guid: octets.array()?,
            code: octets.take(code_len)?.to_vec(),
        };
        octets.end()?;
        Ok(Self {
            tag,
            console_session,
            outcome: Ok(proof),
        })
    }
}

impl Rakp3 {
    /// The payload.
    pub fn encode(&self) -> Vec<u8> {
        let status = self.outcome.as_ref().err().map_or(0, |status| status.0);
        let mut out = vec![self.tag, status, 0, 0];
        out.extend_from_slice(&self.bmc_session.to_le_bytes());
        if let Ok(code) = &self.outcome {
            out.extend_from_slice(code);
        }
        out
    }

    /// Reads the payload; `code_len` is the suite's digest length in octets.
    ///
    /// # Errors
    /// Kind and offset of what is wrong.
    pub fn decode(payload: &[u8], code_len: usize) -> Result<Self, DecodeError> {
        let mut octets = Octets::new(payload);
        let (tag, status, _) = answer_head(&mut octets)?;
        let bmc_session = octets.u32()?;
        let outcome = if status.0 == 0 {
            let code = octets.take(code_len)?.to_vec();
            octets.end()?;
            Ok(code)
        } else {
            Err(status)
        };
        Ok(Self {
            tag,
            bmc_session,
            outcome,
        })
    }
}

impl Rakp4 {
    /// The payload.
    pub fn encode(&self) -> Vec<u8> {
        let status = self.outcome.as_ref().err().map_or(0, |status| status.0);
        let mut out = vec![self.tag, status, 0, 0];
        out.extend_from_slice(&self.console_session.to_le_bytes());
        if let Ok(code) = &self.outcome {
            out.extend_from_slice(code);
        }
        out
    }

    /// Reads the payload; `code_len` is the length in octets of the suite's integrity code.
    ///
    /// # Errors
    /// Kind and offset of what is wrong.
    pub fn decode(payload: &[u8], code_len: usize) -> Result<Self, DecodeError> {
        let mut octets = Octets::new(payload);
        let (tag, status, _) = answer_head(&mut octets)?;
        if status.0 != 0 {
            return Ok(Self {
                tag,
                console_session: refused_session(&mut octets),
                outcome: Err(status),
            });
        }
        let console_session = octets.u32()?;
        let code = octets.take(code_len)?.to_vec();
        octets.end()?;
        Ok(Self {
            tag,
            console_session,
            outcome: Ok(code),
        })
    }
}
