//! RMCP+ status codes: what a BMC says when it refuses a login (IPMI table 13-15).

/// A status code of Open Session and RAKP messages other than 0 (no errors).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RakpStatus(pub u8);

impl RakpStatus {
    /// Insufficient resources to create a session.
    pub const NO_RESOURCES: Self = Self(0x01);
    /// Invalid session id.
    pub const INVALID_SESSION: Self = Self(0x02);
    /// Invalid authentication algorithm.
    pub const INVALID_AUTHENTICATION: Self = Self(0x04);
    /// Invalid integrity algorithm.
    pub const INVALID_INTEGRITY: Self = Self(0x05);
    /// No matching authentication payload.
    pub const NO_AUTHENTICATION_PAYLOAD: Self = Self(0x06);
    /// No matching integrity payload.
    pub const NO_INTEGRITY_PAYLOAD: Self = Self(0x07);
    /// Insufficient resources to create a session at the requested role.
    pub const NO_RESOURCES_FOR_ROLE: Self = Self(0x0B);
    /// Unauthorised role or privilege level requested.
    pub const UNAUTHORIZED_ROLE: Self = Self(0x0A);
    /// Invalid role.
    pub const INVALID_ROLE: Self = Self(0x09);
    /// Unauthorised name.
    pub const UNAUTHORIZED_NAME: Self = Self(0x0D);
    /// Unauthorised globally unique id.
    pub const UNAUTHORIZED_GUID: Self = Self(0x0E);
    /// Invalid integrity check value.
    pub const INVALID_CHECK_VALUE: Self = Self(0x0F);
    /// Invalid confidentiality algorithm.
    pub const INVALID_CONFIDENTIALITY: Self = Self(0x10);
    /// No cipher suite matches the proposed algorithms.
    pub const NO_MATCHING_SUITE: Self = Self(0x11);

    /// True when another cipher suite may work.
    pub const fn refuses_suite(self) -> bool {
        matches!(self.0, 0x04..=0x07 | 0x10 | 0x11)
    }

    /// True when all session slots of the BMC are taken.
    pub const fn slots_full(self) -> bool {
        matches!(self.0, 0x01 | 0x0B)
    }

    /// True when the asked privilege is above what the user may have.
    pub const fn refuses_privilege(self) -> bool {
        matches!(self.0, 0x09 | 0x0A)
    }

    /// True when user name or password is what the BMC does not accept.
    pub const fn refuses_credentials(self) -> bool {
        matches!(self.0, 0x0D..=0x0F)
    }

    /// What the code means, in English.
    pub const fn text(self) -> &'static str {
        match self.0 {
            0x00 => "no errors",
            0x01 => "insufficient resources to create a session",
            0x02 => "invalid session id",
            0x03 => "invalid payload type",
            0x04 => "invalid authentication algorithm",
            0x05 => "invalid integrity algorithm",
            0x06 => "no matching authentication payload",
            0x07 => "no matching integrity payload",
            0x08 => "inactive session id",
            0x09 => "invalid role",
            0x0A => "unauthorised role or privilege level",
            0x0B => "insufficient resources for the requested role",
            0x0C => "invalid name length",
            0x0D => "unauthorised name",
            0x0E => "unauthorised GUID",
            0x0F => "invalid integrity check value",
            0x10 => "invalid confidentiality algorithm",
            0x11 => "no cipher suite matches",
            0x12 => "illegal or unrecognised parameter",
            _ => "status code unknown to the specification",
        }
    }
}

impl std::fmt::Display for RakpStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (0x{:02x})", self.text(), self.0)
    }
}
