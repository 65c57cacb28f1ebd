//! What can go wrong with a BMC, by what the caller can do about it.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use crate::wire::ipmi::completion;
use crate::wire::rmcp::{CipherSuite, DecodeError, LoginLimit, RakpStatus, Stage};

/// What was being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Waiting for the BMC's gate.
    Gate,
    /// Logging in.
    Login(Stage),
    /// A command, by its name in the specification.
    Command(&'static str),
    /// Closing the session.
    Close,
}

/// Target, step, time and attempt of a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Where {
    /// The BMC.
    pub target: SocketAddr,
    /// What was being done.
    pub step: Step,
    /// Time since that was begun.
    pub elapsed: Duration,
    /// Transmissions made, 0 when nothing was sent.
    pub attempt: u32,
}

/// Whether the BMC may have carried out a command that was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Acted {
    /// Certainly not: no command that acts was sent.
    No,
    /// Possibly: read the state before doing anything else.
    Perhaps,
}

/// What is wrong with the credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CredentialFault {
    /// The BMC says that it does not know the user.
    User,
    /// Wrong password, or an unknown user that the BMC does not admit to.
    UserOrPassword,
    /// Name and password fit, K_g does not.
    Kg,
    /// Name or key is longer than the protocol can carry.
    TooLong(LoginLimit),
    /// Not tried: the same credentials were refused before, and BMCs lock accounts.
    Stopped,
}

/// Why there is no session with a BMC that has no IPMI 2.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum V15Fault {
    /// Nobody allowed it for this BMC.
    NotAllowed,
    /// The BMC has no MD5 authentication.
    NoMd5,
    /// The BMC does not put a code on every packet.
    Unprotected,
}

/// A failure. Every variant says where it happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BmcError {
    /// Nothing came back. Check address, cabling, firewall; try later.
    #[error("{at}: no answer{}", if *.acted == Acted::Perhaps { "; the command may have been carried out" } else { "" })]
    NoAnswer {
        /// Where.
        at: Where,
        /// Whether something may have happened.
        acted: Acted,
    },
    /// Not tried: the BMC has not answered for a while and is left alone until the pause is over.
    #[error("{at}: not tried: no answer {failures} times in a row; next trial in {:.0} s", .next.as_secs_f64())]
    Paused {
        /// Where.
        at: Where,
        /// Silent failures in a row.
        failures: u32,
        /// Until the next trial.
        next: Duration,
    },
    /// This machine cannot send there: no route, no permission, no socket.
    #[error("{at}: cannot send: {kind}")]
    Network {
        /// Where.
        at: Where,
        /// Why.
        kind: std::io::ErrorKind,
    },
    /// Change the credentials; further attempts are stopped until then.
    #[error("{at}: {fault}")]
    Credentials {
        /// Where.
        at: Where,
        /// Which.
        fault: CredentialFault,
    },
    /// None of the offered suites is accepted. Allow another, or switch one on in the BMC.
    #[error("{at}: the BMC accepts none of the cipher suites {}", list(.offered))]
    SuiteRefused {
        /// Where.
        at: Where,
        /// Suites tried.
        offered: Vec<CipherSuite>,
        /// The BMC's reason; none when it answered with another suite than asked (downgrade).
        status: Option<RakpStatus>,
    },
    /// The BMC has no IPMI 2.0, and IPMI 1.5 is not allowed or not safe enough.
    #[error("{at}: {fault}")]
    V15 {
        /// Where.
        at: Where,
        /// Why.
        fault: V15Fault,
    },
    /// All sessions of the BMC are in use. Try again in a minute.
    #[error("{at}: all session slots of the BMC are taken")]
    SessionSlotsFull {
        /// Where.
        at: Where,
    },
    /// The BMC stayed busy. Try again.
    #[error("{at}: the BMC is busy")]
    Busy {
        /// Where.
        at: Where,
    },
    /// Not possible now, such as a cycle while off. Read the state.
    #[error("{at}: not possible in the present state")]
    NotInThisState {
        /// Where.
        at: Where,
    },
    /// The user may not do this. Use another user or raise its privilege.
    #[error("{at}: the user's privilege does not suffice")]
    Privilege {
        /// Where.
        at: Where,
    },
    /// The BMC refused a login for another reason.
    #[error("{at}: the BMC refused: {status}")]
    Refused {
        /// Where.
        at: Where,
        /// Its reason.
        status: RakpStatus,
    },
    /// The BMC refused a command for another reason.
    #[error("{at}: {} (completion code 0x{code:02x})", words(.at, *.code).en)]
    Completion {
        /// Where.
        at: Where,
        /// Completion code.
        code: u8,
    },
    /// The answer makes no sense.
    #[error("{at}: answer not understood: {fault}")]
    NotUnderstood {
        /// Where.
        at: Where,
        /// Kind and offset.
        fault: DecodeError,
    },
    /// This BMC or protocol does not have it.
    #[error("{at}: not supported by this BMC")]
    Unsupported {
        /// Where; the step names what was asked.
        at: Where,
    },
    /// A Redfish service answered with an HTTP status that is no success.
    #[error("{at}: HTTP {status}{}", said(.text))]
    Http {
        /// Where.
        at: Where,
        /// HTTP status.
        status: u16,
        /// The service's own words, cut to 200 letters; may be empty.
        text: String,
    },
    /// A Redfish service answered with something that is not the document asked for.
    #[error("{at}: answer not understood: {fault}")]
    NotADocument {
        /// Where.
        at: Where,
        /// What is wrong with it (`half a document`, `text/html`, `Members is missing`).
        fault: String,
    },
    /// The certificate is not the one that was pinned, or no authority vouches for it.
    #[error("{at}: the certificate is not trusted: {fault}")]
    Certificate {
        /// Where.
        at: Where,
        /// Why, with the SHA-256 fingerprint that was shown.
        fault: String,
        /// That fingerprint, where there was a certificate.
        shown: Option<Box<[u8; 32]>>,
    },
    /// The session is over.
    #[error("{at}: the session is over")]
    Closed {
        /// Where.
        at: Where,
    },
    /// The program is stopping.
    #[error("{at}: cancelled, the program is stopping")]
    Cancelled {
        /// Where.
        at: Where,
        /// Whether something may have happened.
        acted: Acted,
    },
}

fn list(suites: &[CipherSuite]) -> String {
    let numbers: Vec<_> = suites.iter().map(ToString::to_string).collect();
    numbers.join(", ")
}

/// What a completion code means after the command at that step.
fn words(at: &Where, code: u8) -> completion::Words {
    match at.step {
        Step::Command(name) => completion::words_after(name, code),
        _ => completion::words(code),
    }
}

fn said(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!(": {text}")
}

impl BmcError {
    /// Where it happened.
    pub const fn at(&self) -> &Where {
        match self {
            Self::NoAnswer { at, .. }
            | Self::Paused { at, .. }
            | Self::Network { at, .. }
            | Self::Credentials { at, .. }
            | Self::SuiteRefused { at, .. }
            | Self::V15 { at, .. }
            | Self::SessionSlotsFull { at }
            | Self::Busy { at }
            | Self::NotInThisState { at }
            | Self::Privilege { at }
            | Self::Refused { at, .. }
            | Self::Completion { at, .. }
            | Self::NotUnderstood { at, .. }
            | Self::Unsupported { at }
            | Self::Http { at, .. }
            | Self::NotADocument { at, .. }
            | Self::Certificate { at, .. }
            | Self::Closed { at }
            | Self::Cancelled { at, .. } => at,
        }
    }

    /// A stable word for the kind of failure: message key, metric label, database value.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoAnswer { .. } => "no-answer",
            Self::Paused { .. } => "paused",
            Self::Network { .. } => "network",
            Self::Credentials { fault, .. } => match fault {
                CredentialFault::Stopped => "credentials-stopped",
                _ => "credentials",
            },
            Self::SuiteRefused { .. } => "suite-refused",
            Self::V15 {
                fault: V15Fault::NotAllowed,
                ..
            } => "only-v15",
            Self::V15 { .. } => "weak-v15",
            Self::SessionSlotsFull { .. } => "slots-full",
            Self::Busy { .. } => "busy",
            Self::NotInThisState { .. } => "not-in-this-state",
            Self::Privilege { .. } => "privilege",
            Self::Refused { .. } => "refused",
            Self::Completion { .. } => "completion",
            Self::NotUnderstood { .. } => "not-understood",
            Self::Unsupported { .. } => "unsupported",
            Self::Http { .. } => "http",
            Self::NotADocument { .. } => "not-understood",
            Self::Certificate { .. } => "certificate",
            Self::Closed { .. } => "closed",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// True when the command may have been carried out although it failed.
    pub const fn may_have_acted(&self) -> bool {
        matches!(
            self,
            Self::NoAnswer {
                acted: Acted::Perhaps,
                ..
            } | Self::Cancelled {
                acted: Acted::Perhaps,
                ..
            }
        )
    }

    /// True when the same attempt may succeed later without anyone changing anything.
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::NoAnswer { .. }
                | Self::Paused { .. }
                | Self::Network { .. }
                | Self::Closed { .. }
                | Self::SessionSlotsFull { .. }
                | Self::Busy { .. }
        )
    }

    /// What happened and what to do, in Chinese; `Display` is the English one.
    pub fn zh(&self) -> String {
        let text = match self {
            Self::NoAnswer {
                acted: Acted::Perhaps,
                ..
            } => "没有应答,命令可能已经执行;请先查看电源状态".to_owned(),
            Self::NoAnswer { .. } => "没有应答;请检查地址、网线和防火墙".to_owned(),
            Self::Paused { failures, next, .. } => format!(
                "连续 {failures} 次没有应答,暂停访问;{} 秒后再试",
                next.as_secs()
            ),
            Self::Network { kind, .. } => format!("无法发送({kind});请检查本机网络"),
            Self::Credentials { fault, .. } => fault.zh().to_owned(),
            Self::SuiteRefused { offered, .. } => {
                format!(
                    "BMC 不接受加密套件 {};请在 BMC 上启用其中之一",
                    list(offered)
                )
            }
            Self::V15 { fault, .. } => fault.zh().to_owned(),
            Self::SessionSlotsFull { .. } => "BMC 会话已满,请一分钟后再试".to_owned(),
            Self::Busy { .. } => "BMC 正忙,请稍后再试".to_owned(),
            Self::NotInThisState { .. } => "当前状态下无法执行".to_owned(),
            Self::Privilege { .. } => "BMC 用户权限不足".to_owned(),
            Self::Refused { status, .. } => format!("BMC 拒绝登录(状态码 0x{:02x})", status.0),
            Self::Completion { code, .. } => {
                let words = words(self.at(), *code);
                format!("{}(完成码 0x{code:02x})", words.zh)
            }
            Self::NotUnderstood { fault, .. } => {
                format!("无法识别 BMC 的应答(第 {} 字节)", fault.offset)
            }
            Self::Unsupported { .. } => "该 BMC 不支持此功能".to_owned(),
            Self::Http { status, text, .. } => format!("BMC 返回 HTTP {status}{}", said(text)),
            Self::NotADocument { fault, .. } => format!("无法识别 BMC 的应答({fault})"),
            Self::Certificate { fault, .. } => {
                format!("BMC 证书不可信({fault});请核对指纹后再信任")
            }
            Self::Closed { .. } => "会话已结束".to_owned(),
            Self::Cancelled { .. } => "程序正在停止,操作已取消".to_owned(),
        };
        format!("{}:{text}", self.at().target)
    }
}

impl V15Fault {
    const fn zh(self) -> &'static str {
        match self {
            Self::NotAllowed => {
                "BMC 只支持 IPMI 1.5，该协议不加密，尚未登录；请升级 BMC 固件，或在 BMC 设置中允许 IPMI 1.5"
            }
            Self::NoMd5 => "BMC 只支持 IPMI 1.5 且没有 MD5 认证，未登录；请在 BMC 上启用 MD5 认证",
            Self::Unprotected => {
                "BMC 只支持 IPMI 1.5 且关闭了逐包认证，未登录；请在 BMC 上启用逐包认证（per-message authentication）"
            }
        }
    }
}

impl fmt::Display for V15Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAllowed => {
                "the BMC only has IPMI 1.5, which does not encrypt; not logged in. \
                 Update its firmware, or allow IPMI 1.5 for this BMC"
            }
            Self::NoMd5 => {
                "the BMC only has IPMI 1.5, and no MD5 authentication for it; not logged in. \
                 Enable MD5 on the BMC"
            }
            Self::Unprotected => {
                "the BMC only has IPMI 1.5, and per-message authentication is switched off; \
                 not logged in. Enable it on the BMC"
            }
        })
    }
}

impl CredentialFault {
    const fn zh(self) -> &'static str {
        match self {
            Self::User => "BMC 上没有该用户;修改账号前不再尝试",
            Self::UserOrPassword => "用户名或密码错误;修改账号前不再尝试",
            Self::Kg => "K_g 密钥错误;修改账号前不再尝试",
            Self::TooLong(LoginLimit::PasswordV15) => "密码过长：IPMI 1.5 的密码最多 16 字节",
            Self::TooLong(_) => "用户名或密码过长(用户名最多 16 字节,密码和 K_g 最多 20 字节)",
            Self::Stopped => "该账号此前被 BMC 拒绝,为避免锁定不再尝试;请先修改账号",
        }
    }
}

impl fmt::Display for CredentialFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User => f.write_str("the BMC does not know this user"),
            Self::UserOrPassword => f.write_str("wrong user or password"),
            Self::Kg => f.write_str("wrong or missing K_g key"),
            Self::TooLong(limit) => limit.fmt(f),
            Self::Stopped => f.write_str(
                "not tried: these credentials were refused before; change them to try again",
            ),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gate => f.write_str("waiting"),
            Self::Login(stage) => write!(f, "login ({stage})"),
            Self::Command(name) => f.write_str(name),
            Self::Close => f.write_str("close session"),
        }
    }
}

impl fmt::Display for Where {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.target, self.step)?;
        match self.attempt {
            0 => Ok(()),
            attempt => write!(
                f,
                ", attempt {attempt}, {:.1} s",
                self.elapsed.as_secs_f64()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_target_step_time_and_attempt_in_both_languages() {
        let at = Where {
            target: SocketAddr::from(([192, 0, 2, 7], 623)),
            step: Step::Command("chassis control"),
            elapsed: Duration::from_millis(8_400),
            attempt: 4,
        };
        let error = BmcError::NoAnswer {
            at: at.clone(),
            acted: Acted::Perhaps,
        };
        assert_eq!(
            error.to_string(),
            "192.0.2.7:623: chassis control, attempt 4, 8.4 s: no answer; \
             the command may have been carried out"
        );
        assert!(error.may_have_acted() && error.zh().contains("命令可能已经执行"));
        let error = BmcError::Completion { at, code: 0xD2 };
        assert!(
            error
                .to_string()
                .contains("the BMC is starting (completion code 0xd2)")
        );
        assert!(error.zh().contains("BMC 正在启动(完成码 0xd2)"));
    }
}
