//! What an object says (RFC 2578 section 7.1, RFC 3416 section 3).

use super::ber::{INTEGER, NULL, OBJECT_IDENTIFIER, OCTET_STRING, Reader};
use super::decode::{DecodeError, DecodeKind};

const IP_ADDRESS: u8 = 0x40;
const COUNTER32: u8 = 0x41;
const GAUGE32: u8 = 0x42;
const TIME_TICKS: u8 = 0x43;
const OPAQUE: u8 = 0x44;
const NSAP: u8 = 0x45;
const COUNTER64: u8 = 0x46;
const UINTEGER32: u8 = 0x47;
const NO_SUCH_OBJECT: u8 = 0x80;
const NO_SUCH_INSTANCE: u8 = 0x81;
const END_OF_MIB_VIEW: u8 = 0x82;
/// An OCTET STRING in parts: nobody sends it, nobody reads it.
const OCTET_STRING_IN_PARTS: u8 = 0x24;

/// A value where it lies in its message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// INTEGER.
    Integer(i32),
    /// OCTET STRING.
    Octets(&'a [u8]),
    /// NULL, or a 64-bit counter without octets: nothing was said.
    Null,
    /// OBJECT IDENTIFIER, as it is encoded.
    ObjectId(&'a [u8]),
    /// IpAddress.
    IpAddress([u8; 4]),
    /// Counter32.
    Counter32(u32),
    /// Gauge32, Unsigned32.
    Gauge32(u32),
    /// TimeTicks, in hundredths of a second.
    TimeTicks(u32),
    /// Opaque.
    Opaque(&'a [u8]),
    /// NsapAddress (version 2 before 1996).
    Nsap(&'a [u8]),
    /// Counter64.
    Counter64(u64),
    /// UInteger32 (version 2 before 1996).
    UInteger32(u32),
    /// There is no such object.
    NoSuchObject,
    /// The object is not there for this row.
    NoSuchInstance,
    /// There is nothing behind the name.
    EndOfMibView,
    /// Of a kind that no standard knows.
    Unknown(u8),
}

impl<'a> Value<'a> {
    /// The value of a tag and what it holds.
    ///
    /// # Errors
    /// [`DecodeError`] when that can't be: the whole message is no good then.
    #[inline]
    pub fn of(tag: u8, inside: Reader<'a>) -> Result<Self, DecodeError> {
        let narrow = |inside: Reader<'a>| {
            let wrong = inside.error(DecodeKind::Number);
            inside
                .as_unsigned()
                .and_then(|number| u32::try_from(number).map_err(|_| wrong))
        };
        Ok(match tag {
            COUNTER64 if inside.is_empty() => Self::Null,
            COUNTER64 => Self::Counter64(inside.as_unsigned()?),
            COUNTER32 => Self::Counter32(narrow(inside)?),
            GAUGE32 => Self::Gauge32(narrow(inside)?),
            TIME_TICKS => Self::TimeTicks(narrow(inside)?),
            UINTEGER32 => Self::UInteger32(narrow(inside)?),
            INTEGER => Self::Integer(inside.as_integer()?),
            OCTET_STRING => Self::Octets(inside.octets()),
            OBJECT_IDENTIFIER => Self::ObjectId(inside.octets()),
            OPAQUE => Self::Opaque(inside.octets()),
            NSAP => Self::Nsap(inside.octets()),
            IP_ADDRESS => {
                let wrong = inside.error(DecodeKind::Value);
                Self::IpAddress(inside.octets().try_into().map_err(|_| wrong)?)
            }
            NULL => inside.end().map(|()| Self::Null)?,
            NO_SUCH_OBJECT => inside.end().map(|()| Self::NoSuchObject)?,
            NO_SUCH_INSTANCE => inside.end().map(|()| Self::NoSuchInstance)?,
            END_OF_MIB_VIEW => inside.end().map(|()| Self::EndOfMibView)?,
            OCTET_STRING_IN_PARTS => return Err(inside.error(DecodeKind::Tag(tag))),
            other => Self::Unknown(other),
        })
    }

    /// Its kind in a word.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Integer(_) => "integer",
            Self::Octets(_) => "octet_string",
            Self::Null => "null",
            Self::ObjectId(_) => "object_identifier",
            Self::IpAddress(_) => "ip_address",
            Self::Counter32(_) => "counter32",
            Self::Gauge32(_) => "gauge32",
            Self::TimeTicks(_) => "time_ticks",
            Self::Opaque(_) => "opaque",
            Self::Nsap(_) => "nsap",
            Self::Counter64(_) => "counter64",
            Self::UInteger32(_) => "uinteger32",
            Self::NoSuchObject => "no_such_object",
            Self::NoSuchInstance => "no_such_instance",
            Self::EndOfMibView => "end_of_mib_view",
            Self::Unknown(_) => "unknown",
        }
    }
}
