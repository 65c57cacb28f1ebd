//! Messages by key in both languages.

use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use super::assets::locale_files;
use crate::base::fault::{Argument, Message};
use crate::base::kept::KeptMessage;
use crate::base::locale::Locale;

/// Both languages, ready to use; cheap to clone.
#[derive(Clone)]
pub struct Words {
    bundles: Arc<Vec<(Locale, FluentBundle<FluentResource>)>>,
}

impl Words {
    /// Reads all messages; an error names the file and what is wrong in it.
    pub fn load() -> Result<Self, String> {
        let bundles = Locale::ALL
            .iter()
            .map(|locale| Ok((*locale, bundle(*locale)?)))
            .collect::<Result<Vec<_>, String>>()?;
        Ok(Self {
            bundles: Arc::new(bundles),
        })
    }

    /// The words of a message.
    pub fn say(&self, locale: Locale, message: &Message) -> String {
        let args = filled(message.arguments.iter().map(|(name, value)| (*name, value)));
        self.format(locale, message.key, &args)
    }

    /// The words of a message that was kept in a row; `None` when this program has no words for it.
    pub fn say_kept(&self, locale: Locale, kept: &KeptMessage) -> Option<String> {
        let arguments = kept.arguments.iter();
        let args = filled(arguments.map(|(name, value)| (name.as_str(), value)));
        self.has(locale, &kept.key)
            .then(|| self.format(locale, &kept.key, &args))
    }

    /// The words of a key without values.
    pub fn text(&self, locale: Locale, key: &str) -> String {
        self.format(locale, key, &FluentArgs::new())
    }

    /// Whether a key has words in a language.
    pub fn has(&self, locale: Locale, key: &str) -> bool {
        self.bundle(locale)
            .is_some_and(|bundle| bundle.has_message(key))
    }

    pub(super) fn format(&self, locale: Locale, key: &str, args: &FluentArgs<'_>) -> String {
        let Some(bundle) = self.bundle(locale) else {
            return key.to_owned();
        };
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(key, %locale, "a message is missing");
            return key.to_owned();
        };
        let mut errors = Vec::new();
        let text = bundle
            .format_pattern(pattern, Some(args), &mut errors)
            .into_owned();
        if !errors.is_empty() {
            tracing::error!(key, %locale, ?errors, "a message could not be filled in");
        }
        text
    }

    fn bundle(&self, locale: Locale) -> Option<&FluentBundle<FluentResource>> {
        self.bundles
            .iter()
            .find(|(known, _)| *known == locale)
            .map(|(_, bundle)| bundle)
    }
}

fn filled<'a>(arguments: impl Iterator<Item = (&'a str, &'a Argument)>) -> FluentArgs<'a> {
    arguments
        .map(|(name, value)| {
            let value = match value {
                Argument::Text(text) => FluentValue::from(text.as_str()),
                Argument::Number(number) => FluentValue::from(*number),
            };
            (name, value)
        })
        .collect()
}

fn bundle(locale: Locale) -> Result<FluentBundle<FluentResource>, String> {
    let language = locale
        .as_str()
        .parse()
        .map_err(|error| format!("{locale}: {error}"))?;
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    bundle.set_use_isolating(false);
    for (name, text) in locale_files(locale.as_str()) {
        let resource = FluentResource::try_new(text)
            .map_err(|(_, errors)| format!("locales/{name}: {errors:?}"))?;
        bundle
            .add_resource(resource)
            .map_err(|errors| format!("locales/{name}: {errors:?}"))?;
    }
    Ok(bundle)
}
