//! Speaking to the person at the terminal in their language.

use crate::base::fault::{Fault, Message};
use crate::base::kept::KeptMessage;
use crate::base::locale::Locale;
use crate::words::Words;

/// Words and language of the terminal.
pub struct Console {
    words: Words,
    locale: Locale,
}

impl Console {
    /// The language that was asked for, or that of the environment.
    pub fn new(wanted: Option<Locale>) -> Result<Self, String> {
        let from_environment = || {
            let spoken = ["LC_ALL", "LC_MESSAGES", "LANG"]
                .iter()
                .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
            locale_of(spoken.as_deref().unwrap_or(""))
        };
        Ok(Self {
            words: Words::load()?,
            locale: wanted.unwrap_or_else(from_environment),
        })
    }

    /// The words of a message.
    pub fn say(&self, message: &Message) -> String {
        self.words.say(self.locale, message)
    }

    /// The words of a message without values.
    pub fn text(&self, key: &'static str) -> String {
        self.words.text(self.locale, key)
    }

    /// The words of a message that was kept; none for one that is no longer known.
    pub fn say_kept(&self, kept: &KeptMessage) -> Option<String> {
        self.words.say_kept(self.locale, kept)
    }

    /// The words of a fault with its fields, and its detail: the person at the terminal is the operator.
    pub fn fault(&self, fault: &Fault) -> String {
        let mut text = self.say(&fault.message);
        for field in &fault.fields {
            text.push_str(&format!(
                "\n  {}: {}",
                field.field,
                self.say(&field.message)
            ));
        }
        if !fault.detail.is_empty() {
            text.push_str(&format!(" ({})", fault.detail));
        }
        text
    }

    /// The language of the terminal.
    pub const fn locale(&self) -> Locale {
        self.locale
    }

    /// Prints an answer.
    pub fn answer(&self, text: &str) {
        println!("{text}");
    }

    /// Prints what went wrong to standard error.
    pub fn complain(&self, text: &str) {
        // What files and devices say must not steer the terminal.
        let text: String = text
            .chars()
            .map(|c| {
                if c.is_control() && c != '\n' {
                    '\u{FFFD}'
                } else {
                    c
                }
            })
            .collect();
        eprintln!("coldaisle: {text}");
    }

    /// Prints a fault; gives the exit code of a failed command.
    pub fn failed(&self, fault: &Fault) -> i32 {
        self.complain(&self.fault(fault));
        1
    }

    /// Prints why the program could not do it; gives the exit code of a failed command.
    pub fn failed_app(&self, error: &crate::app::AppError) -> i32 {
        match error {
            crate::app::AppError::Store(fault) => self.failed(fault),
            other => {
                self.complain(&self.say(&other.message()));
                1
            }
        }
    }
}

/// The language of a value like `zh_CN.UTF-8`; English for all others.
fn locale_of(value: &str) -> Locale {
    if value.to_ascii_lowercase().starts_with("zh") {
        Locale::ZhCn
    } else {
        Locale::En
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_chooses_the_language() {
        for (value, locale) in [
            ("zh_CN.UTF-8", Locale::ZhCn),
            ("zh_TW", Locale::ZhCn),
            ("en_US.UTF-8", Locale::En),
            ("C", Locale::En),
            ("", Locale::En),
        ] {
            assert_eq!(locale_of(value), locale, "{value}");
        }
    }
}
