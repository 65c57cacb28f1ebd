//! The requests of programs and of the group robots of WeCom, DingTalk and Feishu, as their makers describe them:
//! developer.work.weixin.qq.com/document/path/91770, open.dingtalk.com (custom robot access and security settings) and
//! open.feishu.cn (custom bot guide).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::Sha256;

use super::channel::ChannelKind;
use crate::base::secret::Secret;
use crate::base::time::Timestamp;

/// Word of the shape of what programs get; another shape would get another word.
pub const SCHEMA: &str = "coldaisle.notice.v1";
/// Header with the signature of the body, when the channel has a secret: HMAC-SHA256, base64.
pub const SIGNATURE_HEADER: &str = "X-Coldaisle-Signature";

/// Longest text of a WeCom robot, octets of UTF-8.
const WECOM_OCTETS: usize = 2_048;
/// Longest text that DingTalk and Feishu take with room for the rest of their 20,000 octets.
const OTHERS_OCTETS: usize = 18_000;

/// An event as programs hear of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToldEvent {
    /// Row id.
    pub id: i64,
    /// Word of the kind.
    pub kind: String,
    /// `raised`, `escalated` or `ended`.
    pub transition: &'static str,
    /// `critical`, `warning` or `notice`.
    pub severity: &'static str,
    /// Kind of the thing.
    pub subject_kind: String,
    /// Row of the thing.
    pub subject_id: i64,
    /// Name of the thing.
    pub subject: String,
    /// Whose it is.
    pub customer_id: Option<i64>,
    /// RFC 3339.
    pub started_at: String,
    /// RFC 3339; none while it lasts.
    pub ended_at: Option<String>,
}

/// A notice in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeText {
    /// One line.
    pub title: String,
    /// Some lines.
    pub text: String,
    /// Page with more.
    pub url: String,
    /// The events that are told of; none in a test.
    pub told: Vec<ToldEvent>,
}

impl NoticeText {
    /// All of it for people, cut to some octets between two letters; the address stays whole.
    #[must_use]
    pub fn whole(&self, octets: usize) -> String {
        let room = octets.saturating_sub(self.url.len() + 1);
        let words = format!("{}\n{}", self.title, self.text);
        let words = words.trim_end();
        if words.len() <= room {
            return format!("{words}\n{}", self.url);
        }
        let room = room.saturating_sub('…'.len_utf8());
        let end = words
            .char_indices()
            .map(|(start, letter)| start + letter.len_utf8())
            .take_while(|end| *end <= room)
            .last();
        let cut = words.get(..end.unwrap_or(0)).unwrap_or_default();
        format!("{cut}…\n{}", self.url)
    }
}

/// A request to be posted as `application/json`.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Where it goes.
    pub url: Secret,
    /// Its body.
    pub body: String,
    /// Value of [`SIGNATURE_HEADER`].
    pub signature: Option<String>,
}

/// The request of a notice; `None` for mail, which is none.
#[must_use]
pub fn outgoing(
    kind: ChannelKind,
    address: &Secret,
    signing: Option<&Secret>,
    notice: &NoticeText,
    now: Timestamp,
) -> Option<Outgoing> {
    let plain = |body: Value| Outgoing {
        url: address.clone(),
        body: body.to_string(),
        signature: None,
    };
    let outgoing = match kind {
        ChannelKind::Mail => return None,
        ChannelKind::Webhook => {
            let mut outgoing = plain(webhook(notice));
            outgoing.signature =
                signing.map(|secret| mac(secret.expose().as_bytes(), outgoing.body.as_bytes()));
            outgoing
        }
        ChannelKind::WeCom => {
            plain(json!({"msgtype": "text", "text": {"content": notice.whole(WECOM_OCTETS)}}))
        }
        ChannelKind::DingTalk => {
            let content = notice.whole(OTHERS_OCTETS);
            let mut outgoing = plain(json!({"msgtype": "text", "text": {"content": content}}));
            if let Some(secret) = signing {
                outgoing.url = dingtalk_url(address, secret, now.millis());
            }
            outgoing
        }
        ChannelKind::Feishu => {
            let text = notice.whole(OTHERS_OCTETS);
            let mut body = json!({"msg_type": "text", "content": {"text": text}});
            if let (Some(secret), Some(body)) = (signing, body.as_object_mut()) {
                let seconds = now.millis() / 1000;
                body.insert("timestamp".into(), seconds.to_string().into());
                body.insert("sign".into(), feishu_sign(secret, seconds).into());
            }
            plain(body)
        }
    };
    Some(outgoing)
}

fn webhook(notice: &NoticeText) -> Value {
    json!({
        "schema": SCHEMA,
        "test": notice.told.is_empty(),
        "title": notice.title,
        "text": notice.text,
        "url": notice.url,
        "events": notice.told,
    })
}

/// HMAC-SHA256 in base64.
fn mac(key: &[u8], text: &[u8]) -> String {
    // A key of any length will do.
    Hmac::<Sha256>::new_from_slice(key)
        .map(|mut mac| {
            mac.update(text);
            STANDARD.encode(mac.finalize().into_bytes())
        })
        .unwrap_or_default()
}

/// DingTalk: the key is the secret, the text is milliseconds, a line feed and the secret; both go into the address.
#[must_use]
pub fn dingtalk_url(address: &Secret, secret: &Secret, millis: i64) -> Secret {
    let text = format!("{millis}\n{}", secret.expose());
    let sign = mac(secret.expose().as_bytes(), text.as_bytes());
    // Of base64 only these three mean something else in an address.
    let sign = sign
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    let join = if address.expose().contains('?') {
        '&'
    } else {
        '?'
    };
    Secret::new(format!(
        "{}{join}timestamp={millis}&sign={sign}",
        address.expose()
    ))
}

/// Feishu: the key is seconds, a line feed and the secret; the text is empty.
#[must_use]
pub fn feishu_sign(secret: &Secret, seconds: i64) -> String {
    mac(format!("{seconds}\n{}", secret.expose()).as_bytes(), b"")
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
