//! Completion codes in words (IPMI table 5-2).

/// A sentence in the two languages of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// English.
    pub en: &'static str,
    /// 简体中文.
    pub zh: &'static str,
}

/// The BMC is busy; ask again.
pub const NODE_BUSY: u8 = 0xC0;
/// The command is not known to the BMC.
pub const INVALID_COMMAND: u8 = 0xC1;
/// The reservation was lost; reserve again.
pub const RESERVATION_LOST: u8 = 0xC5;
/// The asked number of octets cannot be given at once.
pub const CANNOT_RETURN_LENGTH: u8 = 0xCA;
/// The sensor or record does not exist.
pub const NOT_PRESENT: u8 = 0xCB;
/// The privilege does not suffice.
pub const INSUFFICIENT_PRIVILEGE: u8 = 0xD4;
/// Not possible in the present state.
pub const NOT_IN_THIS_STATE: u8 = 0xD5;

const CODES: &[(u8, &str, &str)] = &[
    (0x00, "done", "成功"),
    (0xC0, "the BMC is busy", "BMC 正忙"),
    (
        0xC1,
        "the BMC does not know this command",
        "BMC 不支持该命令",
    ),
    (
        0xC2,
        "the command is not valid for this unit",
        "该命令不适用于此逻辑单元",
    ),
    (0xC3, "the BMC took too long inside", "BMC 内部处理超时"),
    (0xC4, "the BMC is out of space", "BMC 存储空间不足"),
    (0xC5, "the reservation was cancelled", "预留已失效"),
    (0xC6, "the request was cut short", "请求数据被截断"),
    (0xC7, "the request has the wrong length", "请求数据长度错误"),
    (0xC8, "the request is too long", "请求数据超长"),
    (0xC9, "a parameter is out of range", "参数超出范围"),
    (
        0xCA,
        "the BMC cannot return that many octets",
        "BMC 无法一次返回这么多数据",
    ),
    (
        0xCB,
        "the sensor or record does not exist",
        "传感器或记录不存在",
    ),
    (
        0xCC,
        "the request holds an invalid field",
        "请求中有无效字段",
    ),
    (
        0xCD,
        "not allowed for this sensor or record",
        "该传感器或记录不支持此操作",
    ),
    (0xCE, "the BMC could not give an answer", "BMC 无法给出应答"),
    (
        0xCF,
        "the BMC does not repeat the request",
        "BMC 拒绝重复执行请求",
    ),
    (
        0xD0,
        "sensor records are being updated",
        "传感器记录正在更新",
    ),
    (0xD1, "the BMC is updating its firmware", "BMC 正在升级固件"),
    (0xD2, "the BMC is starting", "BMC 正在启动"),
    (0xD3, "the destination is unavailable", "目标不可用"),
    (
        0xD4,
        "the user's privilege does not suffice",
        "用户权限不足",
    ),
    (
        0xD5,
        "not possible in the present state",
        "当前状态下无法执行",
    ),
    (0xD6, "the function is switched off", "该功能已被禁用"),
    (0xFF, "unspecified error", "未说明的错误"),
];

/// Codes of one command's own: its name in errors, code, words.
const OF_COMMANDS: &[(&str, u8, &str, &str)] = &[
    (
        "set system boot options",
        0x80,
        "the BMC does not have this boot parameter",
        "BMC 不支持该启动参数",
    ),
    (
        "set system boot options",
        0x81,
        "someone else is setting boot options",
        "有其他人正在设置启动参数",
    ),
    (
        "set system boot options",
        0x82,
        "the boot parameter can only be read",
        "该启动参数只读",
    ),
    (
        "test user password",
        0x80,
        "the BMC kept another password than it was given",
        "BMC 保存的密码与设置的不一致",
    ),
    (
        "test user password",
        0x81,
        "the BMC kept the password in another length",
        "BMC 保存的密码长度与设置的不一致",
    ),
    (
        "get sel info",
        0x81,
        "the event log is being erased",
        "系统事件日志正在清除",
    ),
    (
        "get sel entry",
        0x81,
        "the event log is being erased",
        "系统事件日志正在清除",
    ),
];

/// What a completion code means after a command, by the command's name in errors.
pub fn words_after(command: &str, code: u8) -> Words {
    let own = OF_COMMANDS
        .iter()
        .find(|(name, known, ..)| *name == command && *known == code);
    own.map_or_else(|| words(code), |(_, _, en, zh)| Words { en, zh })
}

/// What a completion code means, for a person.
pub fn words(code: u8) -> Words {
    if let Some((_, en, zh)) = CODES.iter().find(|(known, ..)| *known == code) {
        return Words { en, zh };
    }
    match code {
        0x01..=0x7E => Words {
            en: "a code of the maker's own",
            zh: "厂商自定义错误码",
        },
        0x80..=0xBE => Words {
            en: "a code of this command's own",
            zh: "该命令特有的错误码",
        },
        _ => Words {
            en: "a code unknown to the specification",
            zh: "规范中未定义的错误码",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_words_in_both_languages() {
        for code in 0..=u8::MAX {
            let words = words(code);
            assert!(!words.en.is_empty() && !words.zh.is_empty(), "{code:#x}");
        }
        let refused = words_after("test user password", 0x80);
        assert!(refused.en.contains("another password") && refused.zh.contains("不一致"));
        assert_eq!(words_after("test user password", 0xD4), words(0xD4));
        assert_eq!(words(0xD4).zh, "用户权限不足");
        assert_eq!(words(0x81).en, "a code of this command's own");
    }
}
