//! What an answer means. Robots say no with status 200 and a number of their own.

use serde_json::Value;

use super::error::{WebhookError, words};

/// Whose answers are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// A program: the status says it all.
    Plain,
    /// WeCom and DingTalk: `errcode` and `errmsg`.
    ErrorCode,
    /// Feishu: `code` and `msg`.
    Code,
}

/// Numbers that mean "too many, later": WeCom 45009 and -1 (busy), DingTalk 130101, 130102, 410100 and -1 (busy),
/// Feishu 11232 and 9499.
const LATER: [i64; 8] = [-1, 45_009, 45_033, 130_101, 130_102, 410_100, 11_232, 9_499];

pub(super) fn judge(
    dialect: Dialect,
    host: &str,
    status: u16,
    body: &str,
) -> Result<(), WebhookError> {
    let host = host.to_owned();
    let code = i64::from(status);
    match status {
        200..=299 => judge_said(dialect, host, body),
        300..=399 => Err(WebhookError::Elsewhere { host, status }),
        408 | 425 | 429 => Err(WebhookError::Later {
            host,
            code,
            words: words(body),
        }),
        400..=499 => Err(WebhookError::Refused {
            host,
            code,
            words: words(body),
        }),
        _ => Err(WebhookError::Broken {
            host,
            status,
            words: words(body),
        }),
    }
}

fn judge_said(dialect: Dialect, host: String, body: &str) -> Result<(), WebhookError> {
    let (number, text) = match dialect {
        Dialect::Plain => return Ok(()),
        Dialect::ErrorCode => ("errcode", "errmsg"),
        Dialect::Code => ("code", "msg"),
    };
    let said: Option<Value> = serde_json::from_str(body).ok();
    let code = said.as_ref().and_then(|said| {
        // An older Feishu says StatusCode.
        let code = said.get(number).or_else(|| said.get("StatusCode"));
        code.and_then(Value::as_i64)
    });
    let said_words = || {
        let words = said.as_ref().and_then(|said| said.get(text)?.as_str());
        words.unwrap_or_default()
    };
    match code {
        None => Err(WebhookError::NotUnderstood {
            host,
            words: words(body),
        }),
        Some(0) => Ok(()),
        Some(code) if LATER.contains(&code) => Err(WebhookError::Later {
            host,
            code,
            words: words(said_words()),
        }),
        Some(code) => Err(WebhookError::Refused {
            host,
            code,
            words: words(said_words()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_robot_says_no_with_status_200() {
        for (dialect, status, body, expected) in [
            (Dialect::Plain, 204, "", "ok"),
            (Dialect::Plain, 200, "<html>", "ok"),
            (
                Dialect::ErrorCode,
                200,
                r#"{"errcode":0,"errmsg":"ok"}"#,
                "ok",
            ),
            (
                Dialect::ErrorCode,
                200,
                r#"{"errcode":93000,"errmsg":"invalid webhook url"}"#,
                "refused (93000)",
            ),
            (
                Dialect::ErrorCode,
                200,
                r#"{"errcode":310000,"errmsg":"sign not match"}"#,
                "refused (310000)",
            ),
            (
                Dialect::ErrorCode,
                200,
                r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#,
                "later (45009)",
            ),
            (
                Dialect::ErrorCode,
                200,
                r#"{"errcode":130101,"errmsg":"send too fast"}"#,
                "later (130101)",
            ),
            (
                Dialect::Code,
                200,
                r#"{"code":0,"msg":"success","data":{}}"#,
                "ok",
            ),
            (
                Dialect::Code,
                200,
                r#"{"StatusCode":0,"StatusMessage":"success"}"#,
                "ok",
            ),
            (
                Dialect::Code,
                200,
                r#"{"code":19021,"msg":"sign match fail"}"#,
                "refused (19021)",
            ),
            (
                Dialect::Code,
                200,
                r#"{"code":11232,"msg":"frequency limited"}"#,
                "later (11232)",
            ),
            (Dialect::Code, 200, "garbage", "not understood"),
            (Dialect::ErrorCode, 200, "[]", "not understood"),
            (Dialect::Plain, 302, "", "elsewhere (302)"),
            (Dialect::Plain, 404, "no", "refused (404)"),
            (Dialect::Plain, 429, "", "later (429)"),
            (Dialect::Code, 500, "", "failed (500)"),
        ] {
            let said = judge(dialect, "h:1", status, body);
            let said = said.map_or_else(|error| error.to_string(), |()| "ok".to_owned());
            assert!(
                said.contains(expected),
                "{dialect:?} {status} {body}: {said}"
            );
        }
    }
}
