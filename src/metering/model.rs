//! What a target, an allocation and a dated port link must be, and the words of their states.

use std::net::IpAddr;

use chrono_tz::Tz;

use super::percentile::{Direction, GapRule};
use super::period::BillingDay;
use super::slot::slot_start;
use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::CustomerId;
use crate::base::secret::Secret;
use crate::base::text;
use crate::base::time::Timestamp;
use crate::base::units::BitsPerSecond;

/// Zone of allocations that name none.
pub const DEFAULT_ZONE: &str = "Asia/Shanghai";

crate::text_enum! {
    /// Version of SNMP a target speaks.
    pub enum SnmpVersion {
        /// Community based (RFC 3416).
        V2c = "v2c",
        /// User based (RFC 3414).
        V3 = "v3",
    }
}

crate::text_enum! {
    /// The name a device's ports are known by.
    pub enum PortIdentity {
        /// ifName, as almost every switch has it.
        IfName = "if_name",
        /// ifDescr.
        IfDescr = "if_descr",
        /// ifAlias, which people type.
        IfAlias = "if_alias",
    }
}

crate::text_enum! {
    /// Authentication protocol of version 3 (RFC 3414, RFC 7860).
    pub enum AuthWord {
        /// SHA-1.
        Sha1 = "SHA",
        /// SHA-224.
        Sha224 = "SHA-224",
        /// SHA-256.
        Sha256 = "SHA-256",
        /// SHA-384.
        Sha384 = "SHA-384",
        /// SHA-512.
        Sha512 = "SHA-512",
        /// MD5: old and weak.
        Md5 = "MD5",
    }
}

crate::text_enum! {
    /// Privacy protocol of version 3 (RFC 3826).
    pub enum PrivacyWord {
        /// AES-128.
        Aes128 = "AES",
        /// AES-192.
        Aes192 = "AES-192",
        /// AES-256.
        Aes256 = "AES-256",
        /// DES: old and weak.
        Des = "DES",
    }
}

crate::text_enum! {
    /// Direction rule of a contract, as stored.
    pub enum DirectionWord {
        /// The larger of both directions' percentiles.
        MaxOfP95 = "max_of_p95",
        /// The percentile of each slot's larger direction.
        P95OfMax = "p95_of_max",
        /// The percentile of each slot's sum.
        P95OfSum = "p95_of_sum",
        /// Received only.
        In = "in",
        /// Sent only.
        Out = "out",
    }
}

impl DirectionWord {
    /// The rule itself.
    pub const fn rule(self) -> Direction {
        match self {
            Self::MaxOfP95 => Direction::MaxOfP95,
            Self::P95OfMax => Direction::P95OfMax,
            Self::P95OfSum => Direction::P95OfSum,
            Self::In => Direction::In,
            Self::Out => Direction::Out,
        }
    }
}

crate::text_enum! {
    /// Gap rule of a contract, as stored.
    pub enum GapWord {
        /// Gaps are left out.
        Drop = "drop",
        /// Gaps count as no traffic.
        Zero = "zero",
        /// Gaps count as the mean.
        Average = "average",
    }
}

impl GapWord {
    /// The rule itself.
    pub const fn rule(self) -> GapRule {
        match self {
            Self::Drop => GapRule::Drop,
            Self::Zero => GapRule::Zero,
            Self::Average => GapRule::Average,
        }
    }
}

crate::text_enum! {
    /// Why a poll failed, or what the operator should know of one that worked.
    pub enum PollTrouble {
        /// Silence.
        NoAnswer = "no_answer",
        /// The network refused.
        Network = "network",
        /// User, password or level refused.
        Credentials = "credentials",
        /// Answers that mean nothing.
        NotUnderstood = "not_understood",
        /// A table without end.
        Looping = "looping",
        /// Too many ports.
        TooLarge = "too_large",
        /// Not finished in time.
        Deadline = "deadline",
        /// The target's own entries do not do.
        Settings = "settings",
        /// It worked, but ports without any usable name were left out.
        Nameless = "nameless",
    }
}

crate::text_enum! {
    /// Which of the ports that a reading of names finds are metered.
    pub enum TakeOver {
        /// All of them.
        All = "all",
        /// Those that somebody chooses.
        Chosen = "chosen",
    }
}

crate::text_enum! {
    /// What became of reading neighbours or chassis.
    pub enum SurveyState {
        /// Nobody has asked yet.
        Unread = "unread",
        /// They were read.
        Read = "read",
        /// The device has no such table, or does not show it.
        Absent = "absent",
        /// It could not be read.
        Failed = "failed",
    }
}

crate::text_enum! {
    /// How a target fares.
    pub enum TargetState {
        /// Nobody wants it polled.
        Disabled = "disabled",
        /// Not polled yet.
        Waiting = "waiting",
        /// The last poll worked.
        Good = "good",
        /// The last poll worked, with something to know.
        Warned = "warned",
        /// The last poll failed; it is tried again at its interval.
        Failing = "failing",
        /// Many polls failed; it is tried less often.
        BackingOff = "backing_off",
    }
}

crate::text_enum! {
    /// How a port fares.
    pub enum PortState {
        /// Carries traffic.
        Up = "up",
        /// Should and does not.
        Down = "down",
        /// Switched off.
        Disabled = "disabled",
        /// Was there and is not any more.
        Missing = "missing",
        /// Never seen yet.
        Unseen = "unseen",
        /// The device does not say.
        Unknown = "unknown",
    }
}

/// Secrets of a target as typed; an empty one keeps what is there.
#[derive(Debug, Clone)]
pub struct TargetSecrets {
    /// Community of version 2c.
    pub community: Secret,
    /// Authentication password of version 3.
    pub auth: Secret,
    /// Privacy password of version 3.
    pub privacy: Secret,
}

/// An SNMP target as typed, checked.
#[derive(Debug, Clone)]
pub struct TargetDraft {
    /// Address of the agent.
    pub address: IpAddr,
    /// UDP port of the agent.
    pub port: u16,
    /// Version.
    pub version: SnmpVersion,
    /// Security name of version 3.
    pub v3_user: String,
    /// Authentication of version 3.
    pub auth: Option<AuthWord>,
    /// Privacy of version 3.
    pub privacy: Option<PrivacyWord>,
    /// Context of version 3, mostly empty.
    pub context: String,
    /// Seconds from one poll to the next, 60 to 3600.
    pub interval_s: i64,
    /// The name its ports are known by.
    pub identity: PortIdentity,
    /// Whether it is polled.
    pub enabled: bool,
    /// Secrets.
    pub secrets: TargetSecrets,
}

impl TargetDraft {
    /// Checks what was typed; all faults at once. A form that leaves `enabled` out means no, a CSV says it.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let address = faults.keep(address(fields.get("address")));
        let port = faults.keep(number("port", fields.get("port"), 161, 1..=65_535));
        // A form carries the row's version as `version`, so there the word is `snmp_version`.
        let field = if fields.has("snmp_version") {
            "snmp_version"
        } else {
            "version"
        };
        let version = faults.keep(word(field, fields.get(field), Some(SnmpVersion::V2c)));
        // RFC 3414 section 5, usmUserName: 1 to 32 octets.
        let v3_user = faults.keep(text::octets("v3_user", fields.get("v3_user"), 32));
        let auth = faults.keep(optional_word(
            "v3_auth_protocol",
            fields.get("v3_auth_protocol"),
        ));
        let privacy = faults.keep(optional_word(
            "v3_privacy_protocol",
            fields.get("v3_privacy_protocol"),
        ));
        let context = faults.keep(text::line("v3_context", fields.get("v3_context"), 64));
        let interval_s = faults.keep(number(
            "interval_s",
            fields.get("interval_s"),
            300,
            60..=3600,
        ));
        let identity = faults.keep(word(
            "port_identity",
            fields.get("port_identity"),
            Some(PortIdentity::IfName),
        ));
        let draft = (|| {
            Some(Self {
                address: address?,
                port: u16::try_from(port?).ok()?,
                version: version?,
                v3_user: v3_user?,
                auth: auth?,
                privacy: privacy?,
                context: context?,
                interval_s: interval_s?,
                identity: identity?,
                enabled: fields.yes("enabled"),
                secrets: TargetSecrets {
                    community: Secret::new(fields.get("community")),
                    auth: Secret::new(fields.get("v3_auth_password")),
                    privacy: Secret::new(fields.get("v3_privacy_password")),
                },
            })
        })();
        if let Some(draft) = &draft {
            draft.check(&mut faults);
        }
        faults.into_result(draft)
    }

    fn check(&self, faults: &mut Faults) {
        if self.version == SnmpVersion::V3 && self.v3_user.is_empty() {
            faults.add("v3_user", Message::new("fault-required"));
        }
        if self.privacy.is_some() && self.auth.is_none() {
            faults.add(
                "v3_auth_protocol",
                Message::new("fault-target-privacy-needs-auth"),
            );
        }
        for (field, secret) in [
            ("v3_auth_password", &self.secrets.auth),
            ("v3_privacy_password", &self.secrets.privacy),
        ] {
            // RFC 3414 section 11.2: at least eight letters.
            if !secret.is_empty() && secret.expose().chars().count() < 8 {
                faults.add(field, Message::new("fault-target-short-password"));
            }
        }
        if self.address.is_unspecified() || self.address.is_multicast() {
            faults.add("address", Message::new("fault-target-address"));
        }
    }
}

/// An allocation as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllocationDraft {
    /// Name, unique for the customer.
    pub name: String,
    /// What is paid for in any case.
    pub committed: BitsPerSecond,
    /// What may be used for a while.
    pub burst: Option<BitsPerSecond>,
    /// How two directions make one figure.
    pub direction: DirectionWord,
    /// What a slot without data counts as.
    pub gaps: GapWord,
    /// Day of month periods begin on.
    pub billing_day: BillingDay,
    /// Zone its days are in.
    pub zone: Tz,
    /// First instant it is in force.
    pub active_from: Timestamp,
    /// First instant it is not.
    pub active_until: Option<Timestamp>,
    /// For the operator's eyes.
    pub note: String,
}

impl AllocationDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let name = faults.keep(text::required_line("name", fields.get("name"), 80));
        let committed = faults.keep(
            rate("committed_mbps", fields.get("committed_mbps")).and_then(|rate| {
                rate.ok_or_else(|| {
                    FieldFault::new("committed_mbps", Message::new("fault-required"))
                })
            }),
        );
        let burst = faults.keep(rate("burst_mbps", fields.get("burst_mbps")));
        let direction = faults.keep(word(
            "direction_rule",
            fields.get("direction_rule"),
            Some(DirectionWord::MaxOfP95),
        ));
        let gaps = faults.keep(word(
            "gap_rule",
            fields.get("gap_rule"),
            Some(GapWord::Drop),
        ));
        let day = faults.keep(number("billing_day", fields.get("billing_day"), 1, 1..=31));
        let zone = faults.keep(zone("time_zone", fields.get("time_zone")));
        let within = zone.unwrap_or(Tz::UTC);
        let active_from = faults.keep(required_instant(
            "active_from",
            fields.get("active_from"),
            within,
        ));
        let active_until = faults.keep(instant("active_until", fields.get("active_until"), within));
        let note = faults.keep(text::paragraph("note", fields.get("note"), 4000));
        if let (Some(Some(burst)), Some(committed)) = (burst, committed)
            && burst < committed
        {
            faults.add("burst_mbps", Message::new("fault-allocation-burst"));
        }
        if let (Some(from), Some(Some(until))) = (active_from, active_until)
            && until <= from
        {
            faults.add("active_until", Message::new("fault-until-before-from"));
        }
        let draft = (|| {
            Some(Self {
                name: name?,
                committed: committed?,
                burst: burst?,
                direction: direction?,
                gaps: gaps?,
                billing_day: BillingDay::new(u8::try_from(day?).ok()?).ok()?,
                zone: zone?,
                active_from: active_from?,
                active_until: active_until?,
                note: note?,
            })
        })();
        faults.into_result(draft)
    }
}

/// The dates of a port link, checked; both lie on the edge of a slot, so that no slot has two owners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkDates {
    /// First instant the port belongs to the allocation.
    pub from: Timestamp,
    /// First instant it does not any more.
    pub until: Option<Timestamp>,
}

impl LinkDates {
    /// Checks `from` and `until` in the allocation's zone.
    pub fn parse(fields: &Fields, zone: Tz) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let from = faults.keep(required_instant("from", fields.get("from"), zone));
        let until = faults.keep(instant("until", fields.get("until"), zone));
        if let (Some(from), Some(Some(until))) = (from, until)
            && slot_start(until) <= slot_start(from)
        {
            faults.add("until", Message::new("fault-until-before-from"));
        }
        let dates = (|| {
            Some(Self {
                from: slot_start(from?),
                until: until?.map(slot_start),
            })
        })();
        faults.into_result(dates)
    }

    /// Whether both have an instant in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        let ends_after =
            |until: Option<Timestamp>, from: Timestamp| until.is_none_or(|until| until > from);
        ends_after(self.until, other.from) && ends_after(other.until, self.from)
    }
}

/// Which allocations to list.
#[derive(Debug, Clone, Default)]
pub struct AllocationFilter {
    /// Part of the allocation's or the customer's name.
    pub query: String,
    /// Only this customer's.
    pub customer: Option<CustomerId>,
    /// The archived ones instead of the live ones.
    pub archived: bool,
}

/// An instant as people type it, or none.
pub fn instant(field: &'static str, raw: &str, zone: Tz) -> Result<Option<Timestamp>, FieldFault> {
    if raw.trim().is_empty() {
        return Ok(None);
    }
    Timestamp::parse_in(raw, zone)
        .map(Some)
        .ok_or_else(|| FieldFault::new(field, Message::new("fault-instant")))
}

fn required_instant(field: &'static str, raw: &str, zone: Tz) -> Result<Timestamp, FieldFault> {
    instant(field, raw, zone)?.ok_or_else(|| FieldFault::new(field, Message::new("fault-required")))
}

fn zone(field: &'static str, raw: &str) -> Result<Tz, FieldFault> {
    let name = if raw.trim().is_empty() {
        DEFAULT_ZONE
    } else {
        raw.trim()
    };
    name.parse().map_err(|_| {
        FieldFault::new(
            field,
            Message::new("fault-allocation-zone").with("given", name),
        )
    })
}

/// A rate in decimal Mbps, or none.
pub(super) fn rate(field: &'static str, raw: &str) -> Result<Option<BitsPerSecond>, FieldFault> {
    if raw.trim().is_empty() {
        return Ok(None);
    }
    // Up to 10 Tbps: what is larger is a slip of the hand.
    BitsPerSecond::from_mbps_text(raw)
        .filter(|rate| rate.get() <= 10_000_000_000_000)
        .map(Some)
        .ok_or_else(|| FieldFault::new(field, Message::new("fault-mbps")))
}

fn address(raw: &str) -> Result<IpAddr, FieldFault> {
    let raw = raw.trim();
    if raw.is_empty() {
        return Err(FieldFault::new("address", Message::new("fault-required")));
    }
    raw.parse()
        .map_err(|_| FieldFault::new("address", Message::new("fault-target-address")))
}

fn number(
    field: &'static str,
    raw: &str,
    default: i64,
    range: std::ops::RangeInclusive<i64>,
) -> Result<i64, FieldFault> {
    let raw = raw.trim();
    if raw.is_empty() {
        return Ok(default);
    }
    raw.parse()
        .ok()
        .filter(|n| range.contains(n))
        .ok_or_else(|| {
            let message = Message::new("fault-range")
                .with("min", *range.start())
                .with("max", *range.end());
            FieldFault::new(field, message)
        })
}

/// Enums that are words.
trait Word: Sized + Copy {
    fn of(word: &str) -> Option<Self>;
    fn allowed() -> String;
}

macro_rules! words {
    ($($name:ident),+) => {$(
        impl Word for $name {
            fn of(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str().eq_ignore_ascii_case(word))
            }
            fn allowed() -> String {
                Self::words()
            }
        }
    )+};
}
words!(
    SnmpVersion,
    PortIdentity,
    AuthWord,
    PrivacyWord,
    DirectionWord,
    GapWord
);

fn word<W: Word>(field: &'static str, raw: &str, default: Option<W>) -> Result<W, FieldFault> {
    let raw = raw.trim();
    let found = if raw.is_empty() { default } else { W::of(raw) };
    found.ok_or_else(|| {
        FieldFault::new(
            field,
            Message::new("fault-choice").with("allowed", W::allowed()),
        )
    })
}

fn optional_word<W: Word>(field: &'static str, raw: &str) -> Result<Option<W>, FieldFault> {
    if raw.trim().is_empty() {
        return Ok(None);
    }
    word(field, raw, None).map(Some)
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
