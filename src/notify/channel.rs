//! Ways notices go, as people enter them.

use chrono_tz::Tz;

use super::event::Severity;
use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::fold::fold;
use crate::base::ids::CustomerId;
use crate::base::locale::Locale;
use crate::base::number::whole;
use crate::base::secret::Secret;
use crate::base::text::required_line;

crate::text_enum! {
    /// What takes a notice.
    pub enum ChannelKind {
        /// Mail boxes.
        Mail = "mail",
        /// A program that takes JSON.
        Webhook = "webhook",
        /// A group robot of WeCom.
        WeCom = "wecom",
        /// A group robot of DingTalk.
        DingTalk = "dingtalk",
        /// A group robot of Feishu.
        Feishu = "feishu",
    }
}

/// What people enter of a channel.
#[derive(Debug, Clone)]
pub struct ChannelDraft {
    /// Name.
    pub name: String,
    /// What it is.
    pub kind: ChannelKind,
    /// Address; empty leaves that which is there.
    pub address: Secret,
    /// As much of it as may be seen.
    pub address_shown: String,
    /// Secret to sign with; empty leaves that which is there.
    pub signing: Secret,
    /// Whether the secret that is there goes.
    pub forget_signing: bool,
    /// Language.
    pub locale: Locale,
    /// Only events at least this bad.
    pub min_severity: Severity,
    /// Only these kinds; all when empty.
    pub event_kinds: Vec<String>,
    /// Only events of this customer's things.
    pub customer: Option<CustomerId>,
    /// Quiet minutes of the day, from and until.
    pub quiet: Option<(i64, i64)>,
    /// Days on which quiet hours begin, as digits.
    pub quiet_days: String,
    /// Zone of these hours.
    pub zone: Tz,
    /// Whether critical events go out at once even then.
    pub critical_passes: bool,
    /// Minutes without anybody's note after which it is told again.
    pub escalate_minutes: Option<i64>,
    /// Whether anything goes there.
    pub enabled: bool,
}

const LONGEST_ADDRESS: usize = 2_000;

impl ChannelDraft {
    /// Reads a form.
    pub fn parse(fields: &Fields, zone: Tz) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let name = faults.keep(required_line("name", fields.get("name"), 100));
        let kind = faults.keep(word("kind", ChannelKind::from_word(fields.get("kind"))));
        let locale = faults.keep(word("locale", Locale::from_word(fields.get("locale"))));
        let severity = Severity::from_word(fields.get("min_severity"));
        let min_severity = faults.keep(word("min_severity", severity));
        let address = fields.get("address").trim();
        let shown = kind.and_then(|kind| faults.keep(shown(kind, address)));
        let quiet = faults.keep(quiet(fields));
        let quiet_days = faults.keep(days(fields));
        let escalate = faults.keep(whole(
            "escalate_minutes",
            fields.get("escalate_minutes"),
            1,
            10_080,
        ));
        let customer = faults.keep(whole("customer_id", fields.get("customer_id"), 1, i64::MAX));
        let customer = customer.map(|id| id.map(CustomerId::new));
        let typed_zone = fields.get("quiet_zone").trim();
        let zone = if typed_zone.is_empty() {
            Some(zone)
        } else {
            let known = typed_zone
                .parse::<Tz>()
                .map_err(|_| FieldFault::new("quiet_zone", Message::new("fault-channel-zone")));
            faults.keep(known)
        };
        let draft = (|| {
            Some(Self {
                name: name?,
                kind: kind?,
                address: Secret::new(address),
                address_shown: shown?,
                signing: Secret::new(fields.get("signing").trim()),
                forget_signing: fields.yes("forget_signing"),
                locale: locale?,
                min_severity: min_severity?,
                event_kinds: kinds(fields),
                customer: customer?,
                quiet: quiet?,
                quiet_days: quiet_days?,
                zone: zone?,
                critical_passes: fields.yes("critical_passes"),
                escalate_minutes: escalate?,
                enabled: fields.yes("enabled"),
            })
        })();
        faults.into_result(draft)
    }
}

fn word<T>(field: &'static str, value: Option<T>) -> Result<T, FieldFault> {
    value.ok_or_else(|| FieldFault::new(field, Message::new("fault-required")))
}

/// Words of kinds: letters and low lines only.
fn kinds(fields: &Fields) -> Vec<String> {
    let is_word =
        |kind: &&str| !kind.is_empty() && kind.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let ticked = fields.iter().filter_map(|(name, _)| {
        let kind = name.strip_prefix("kind_")?;
        fields.yes(name).then_some(kind)
    });
    ticked.filter(is_word).map(str::to_owned).collect()
}

/// Days of the week as digits, in order, however they were typed.
fn days(fields: &Fields) -> Result<String, FieldFault> {
    let typed: Vec<&str> = fields.all("quiet_days").collect();
    let typed = fold(&typed.join(" "));
    let is_known = |letter: char| matches!(letter, '1'..='7' | ' ' | ',' | '、');
    if !typed.chars().all(is_known) {
        let message = Message::new("fault-channel-days");
        return Err(FieldFault::new("quiet_days", message));
    }
    Ok(('1'..='7').filter(|day| typed.contains(*day)).collect())
}

fn quiet(fields: &Fields) -> Result<Option<(i64, i64)>, FieldFault> {
    let from = minute("quiet_from", fields.get("quiet_from"))?;
    let until = minute("quiet_until", fields.get("quiet_until"))?;
    match (from, until) {
        (None, None) => Ok(None),
        (Some(from), Some(until)) => Ok(Some((from, until))),
        (None, Some(_)) => Err(FieldFault::new(
            "quiet_from",
            Message::new("fault-required"),
        )),
        (Some(_), None) => Err(FieldFault::new(
            "quiet_until",
            Message::new("fault-required"),
        )),
    }
}

/// A time of day as people type it, in minutes.
fn minute(field: &'static str, text: &str) -> Result<Option<i64>, FieldFault> {
    let text = fold(text);
    if text.is_empty() {
        return Ok(None);
    }
    let minute = text.split_once(':').and_then(|(hour, minute)| {
        let hour = hour
            .parse::<i64>()
            .ok()
            .filter(|hour| (0..24).contains(hour))?;
        let minute = minute.parse::<i64>().ok();
        minute
            .filter(|minute| (0..60).contains(minute))
            .map(|minute| hour * 60 + minute)
    });
    minute
        .map(Some)
        .ok_or_else(|| FieldFault::new(field, Message::new("fault-channel-minute")))
}

/// A time of day as forms have it.
#[must_use]
pub fn minute_text(minute: i64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// As much of an address as may be seen: mail addresses whole, of a URL scheme and host. An empty one leaves that
/// which is there.
fn shown(kind: ChannelKind, address: &str) -> Result<String, FieldFault> {
    if address.is_empty() {
        return Ok(String::new());
    }
    let count = address.chars().count();
    if count > LONGEST_ADDRESS {
        let message = Message::new("fault-too-long")
            .with("max", LONGEST_ADDRESS)
            .with("count", count);
        return Err(FieldFault::new("address", message));
    }
    if kind == ChannelKind::Mail {
        return match addresses(address) {
            Some(all) => Ok(all.join(", ")),
            None => Err(FieldFault::new(
                "address",
                Message::new("fault-channel-mail"),
            )),
        };
    }
    url_shown(address).ok_or_else(|| FieldFault::new("address", Message::new("fault-channel-url")))
}

/// The mail addresses of a list with commas; `None` when one of them can't be one.
#[must_use]
pub fn addresses(text: &str) -> Option<Vec<&str>> {
    let parts = text.split([',', '，', ';', '\n']).map(str::trim);
    let all: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let is_address = |part: &&str| {
        let two = part.split_once('@');
        two.is_some_and(|(name, host)| {
            !name.is_empty() && host.contains('.') && !host.contains('@')
        }) && !part.chars().any(|c| c.is_whitespace() || c.is_control())
    };
    (!all.is_empty() && all.iter().all(is_address)).then_some(all)
}

/// Scheme and host of an address that a request may go to: http or https, without a user in it.
fn url_shown(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    if scheme != "https" && scheme != "http" {
        return None;
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_host = !host.is_empty()
        && host
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c))
        && !address.chars().any(|c| c.is_whitespace() || c.is_control());
    is_host.then(|| format!("{scheme}://{host}/…"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_only_the_host_is_seen_and_no_user_may_be_in_it() {
        let secret = "https://oapi.dingtalk.com/robot/send?access_token=s3cret";
        assert_eq!(url_shown(secret).unwrap(), "https://oapi.dingtalk.com/…");
        assert_eq!(
            url_shown("http://[::1]:8080/x").unwrap(),
            "http://[::1]:8080/…"
        );
        for wrong in [
            "",
            "oapi.dingtalk.com",
            "ftp://x.example/",
            "https://",
            "https:///x",
            "https://a:b@x.example/",
            "file:///etc/passwd",
            "https://x.example/a b",
            "https://x.example\\@evil/",
        ] {
            assert_eq!(url_shown(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_list_of_mail_addresses_is_whole_or_refused() {
        assert_eq!(
            addresses("a@x.example，b@y.example").unwrap(),
            ["a@x.example", "b@y.example"]
        );
        for wrong in [
            "",
            "a",
            "a@x",
            "a@x.example, b",
            "a b@x.example",
            "a@x@y.example",
        ] {
            assert_eq!(addresses(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn days_are_digits_and_nothing_else() {
        let typed = |text: &str| days(&[("quiet_days", text)].into_iter().collect());
        for (text, expected) in [
            ("", ""),
            ("135", "135"),
            ("5, 3，1", "135"),
            ("６、７", "67"),
            ("11", "1"),
        ] {
            assert_eq!(typed(text), Ok(expected.to_owned()), "{text}");
        }
        for wrong in ["8", "0", "1-5", "Mon", "一"] {
            assert!(typed(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_of_day_are_minutes() {
        assert_eq!(minute("quiet_from", "07:30"), Ok(Some(450)));
        assert_eq!(minute_text(450), "07:30");
        assert_eq!(minute("quiet_from", "０７：３０"), Ok(Some(450)));
        assert_eq!(minute("quiet_from", " "), Ok(None));
        for wrong in ["24:00", "7", "07:60", "-1:00", "x:y"] {
            assert!(minute("quiet_from", wrong).is_err(), "{wrong}");
        }
    }
}
