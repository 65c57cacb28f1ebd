//! From when until when something has an address: half-open, and never two at once.

use chrono_tz::Tz;

use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{IpAddressId, PrefixId};
use crate::base::text;
use crate::base::time::Timestamp;

/// What is assigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// An address.
    Address(IpAddressId),
    /// A network as a whole.
    Prefix(PrefixId),
}

/// A stretch of time: the first instant it holds, and the first it does not any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// First instant.
    pub from: Timestamp,
    /// First instant after; none while it goes on.
    pub until: Option<Timestamp>,
}

impl Times {
    /// Whether an instant lies within.
    #[must_use]
    pub fn covers(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }

    /// Whether both have an instant in common.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let ends_after =
            |until: Option<Timestamp>, from: Timestamp| until.is_none_or(|until| until > from);
        ends_after(self.until, other.from) && ends_after(other.until, self.from)
    }

    /// The first of others that is in the way.
    #[must_use]
    pub fn clash<'a>(&self, others: impl IntoIterator<Item = &'a Self>) -> Option<&'a Self> {
        others.into_iter().find(|other| self.overlaps(other))
    }

    /// Reads `from` and `until`; the times of people are those of a zone.
    pub fn parse(fields: &Fields, zone: Tz) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let from = faults.keep(required_instant("from", fields.get("from"), zone));
        let until = faults.keep(instant("until", fields.get("until"), zone));
        if let (Some(from), Some(Some(until))) = (from, until)
            && until <= from
        {
            faults.add("until", Message::new("assignments-until-before-from"));
        }
        let times = (|| {
            Some(Self {
                from: from?,
                until: until?,
            })
        })();
        faults.into_result(times)
    }
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

/// An assignment as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignmentDraft {
    /// Name of the device; may be empty when there is a customer.
    pub device: String,
    /// Its interface, as it calls it.
    pub interface: String,
    /// Code of the customer; the device's owner when empty.
    pub customer: String,
    /// From when until when.
    pub times: Times,
    /// For the operator's eyes.
    pub note: String,
}

impl AssignmentDraft {
    /// Checks what was typed; all faults at once. Without `from` it begins `now`.
    pub fn parse(fields: &Fields, zone: Tz, now: Timestamp) -> Result<Self, Fault> {
        let mut fields = fields.clone();
        if fields.get("from").trim().is_empty() {
            fields.set("from", now.to_rfc3339());
        }
        let mut faults = Faults::new();
        let device = faults.keep(text::line("device", fields.get("device"), 120));
        let interface = faults.keep(text::line("interface", fields.get("interface"), 120));
        let customer = faults.keep(text::line("customer", fields.get("customer"), 64));
        let note = faults.keep(text::paragraph("note", fields.get("note"), 4000));
        if let (Some(device), Some(customer)) = (&device, &customer)
            && device.is_empty()
            && customer.is_empty()
        {
            faults.add("device", Message::new("assignments-to-whom"));
        }
        if let (Some(device), Some(interface)) = (&device, &interface)
            && device.is_empty()
            && !interface.is_empty()
        {
            faults.add("interface", Message::new("assignments-interface-of-what"));
        }
        let times = match Times::parse(&fields, zone) {
            Ok(times) => Some(times),
            Err(fault) => {
                for at in fault.fields {
                    faults.add(at.field, at.message);
                }
                None
            }
        };
        let draft = (|| {
            Some(Self {
                device: device?,
                interface: interface?,
                customer: customer?,
                times: times?,
                note: note?,
            })
        })();
        faults.into_result(draft)
    }

    /// Whether anything was typed that says to whom.
    #[must_use]
    pub fn is_wanted(fields: &Fields) -> bool {
        ["device", "customer", "interface"]
            .iter()
            .any(|name| !fields.get(name).trim().is_empty())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use proptest::prelude::*;

    use super::*;

    fn times(from: i64, until: Option<i64>) -> Times {
        Times {
            from: Timestamp::from_millis(from),
            until: until.map(Timestamp::from_millis),
        }
    }

    #[test]
    fn times_are_half_open() {
        for (one, other, overlap) in [
            (times(0, Some(10)), times(10, Some(20)), false),
            (times(0, Some(11)), times(10, Some(20)), true),
            (times(0, None), times(10, Some(20)), true),
            (times(20, None), times(10, Some(20)), false),
            (times(0, None), times(5, None), true),
            (times(12, Some(13)), times(10, Some(20)), true),
        ] {
            assert_eq!(one.overlaps(&other), overlap, "{one:?} {other:?}");
            assert_eq!(other.overlaps(&one), overlap, "{other:?} {one:?}");
        }
        let hour = times(0, Some(10));
        let covered = [-1, 0, 9, 10].map(|at| hour.covers(Timestamp::from_millis(at)));
        assert_eq!(covered, [false, true, true, false]);
    }

    #[test]
    fn an_assignment_says_to_whom() {
        let now = Timestamp::from_seconds(1_800_000_000);
        let parse = |pairs: &[(&str, &str)]| {
            let fields: Fields = pairs.iter().copied().collect();
            AssignmentDraft::parse(&fields, chrono_tz::Asia::Shanghai, now)
        };
        assert_eq!(parse(&[("device", "SRV-1")]).unwrap().times.from, now);
        for (pairs, field) in [
            (&[("device", "")][..], "device"),
            (&[("customer", "a"), ("interface", "eth0")][..], "interface"),
            (&[("customer", "a"), ("from", "soon")][..], "from"),
            (
                &[
                    ("customer", "a"),
                    ("from", "2026-01-02"),
                    ("until", "2026-01-02"),
                ][..],
                "until",
            ),
        ] {
            let fault = parse(pairs).unwrap_err();
            assert_eq!(fault.fields[0].field, field, "{pairs:?}");
        }
    }

    proptest! {
        /// Whatever is asked for in whatever order: of what was let in, no instant has two.
        #[test]
        fn no_instant_has_two(asked in proptest::collection::vec((0_i64..50, proptest::option::of(1_i64..20)), 0..40)) {
            let mut kept: Vec<Times> = Vec::new();
            for (from, long) in asked {
                let wanted = times(from, long.map(|long| from + long));
                if wanted.clash(&kept).is_none() {
                    kept.push(wanted);
                }
            }
            for at in 0..100 {
                let at = Timestamp::from_millis(at);
                prop_assert!(kept.iter().filter(|times| times.covers(at)).count() <= 1);
            }
        }
    }
}
