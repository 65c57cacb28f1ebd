#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use super::*;

fn notice(text: &str) -> NoticeText {
    NoticeText {
        title: "标题".into(),
        text: text.into(),
        url: "https://dc.example/events/7".into(),
        told: vec![ToldEvent {
            id: 7,
            kind: "port_down".into(),
            transition: "raised",
            severity: "critical",
            subject_kind: "port".into(),
            subject_id: 3,
            subject: "SW-1 Gi1".into(),
            customer_id: None,
            started_at: "2026-11-23T00:00:00.000Z".into(),
            ended_at: None,
        }],
    }
}

fn body(kind: ChannelKind, signing: Option<&str>, text: &str) -> (Outgoing, Value) {
    let address = Secret::new("https://robot.example/send?key=k");
    let signing = signing.map(Secret::new);
    let now = Timestamp::from_millis(1_700_000_000_123);
    let outgoing = outgoing(kind, &address, signing.as_ref(), &notice(text), now).unwrap();
    let body = serde_json::from_str(&outgoing.body).unwrap();
    (outgoing, body)
}

/// Computed with another program: `hmac` and `base64` of Python's library.
const SECRET: &str = "SEC-this is secret 机房";
const DINGTALK: &str = "%2F0tW%2FLkCQaZfGRjAVpe3rX7hdY%2FVT7pe0ScCJNbQ5HY%3D";
const FEISHU: &str = "oguMQw0YXWdTcvJQpTXS61aiN4VdTBkZMrLoiJUhi80=";

#[test]
fn robots_are_signed_as_they_want_it() {
    let (ding, said) = body(ChannelKind::DingTalk, Some(SECRET), "x");
    let expected =
        format!("https://robot.example/send?key=k&timestamp=1700000000123&sign={DINGTALK}");
    assert_eq!(ding.url.expose(), expected);
    assert_eq!(
        said,
        json!({"msgtype": "text", "text": {"content": "标题\nx\nhttps://dc.example/events/7"}})
    );
    let (feishu, said) = body(ChannelKind::Feishu, Some(SECRET), "x");
    assert_eq!(feishu.url.expose(), "https://robot.example/send?key=k");
    assert_eq!(said["timestamp"], "1700000000");
    assert_eq!(said["sign"], FEISHU);
    assert_eq!(said["msg_type"], "text");
    assert_eq!(
        said["content"]["text"],
        "标题\nx\nhttps://dc.example/events/7"
    );
    let (plain, said) = body(ChannelKind::Feishu, None, "x");
    assert!(said.get("sign").is_none() && plain.signature.is_none());
    let (wecom, said) = body(ChannelKind::WeCom, None, "x");
    assert_eq!(wecom.url.expose(), "https://robot.example/send?key=k");
    assert_eq!(said["msgtype"], "text");
    assert_eq!(
        mac(b"k3y", b"{\"a\":1}"),
        "MttxnxcsSOidv6Vu0g2eGc2/2+n2UszfX6A0lNJESFM="
    );
}

#[test]
fn a_program_gets_every_fact_and_a_signature_of_the_body() {
    let (outgoing, said) = body(ChannelKind::Webhook, Some("k3y"), "x");
    assert_eq!(said["schema"], SCHEMA);
    assert_eq!(said["test"], false);
    assert_eq!(said["events"][0]["id"], 7);
    assert_eq!(said["events"][0]["transition"], "raised");
    assert_eq!(said["events"][0]["ended_at"], Value::Null);
    assert_eq!(
        outgoing.signature.unwrap(),
        mac(b"k3y", outgoing.body.as_bytes())
    );
}

#[test]
fn what_is_too_long_is_cut_between_letters_and_keeps_its_address() {
    for letter in ["a", "é", "机", "𠮷"] {
        for length in 2_000..2_050 {
            let text = letter.repeat(length);
            let whole = notice(&text).whole(WECOM_OCTETS);
            assert!(
                whole.len() <= WECOM_OCTETS,
                "{letter} {length}: {}",
                whole.len()
            );
            assert!(whole.ends_with("\nhttps://dc.example/events/7"));
            let full = text.len() + "标题\n\n".len() + "https://dc.example/events/7".len();
            assert_eq!(
                whole.contains('…'),
                full > WECOM_OCTETS,
                "{letter} {length}"
            );
            assert!(
                whole.len() > WECOM_OCTETS - 8 || full <= WECOM_OCTETS,
                "no more is cut than must be"
            );
        }
    }
}
