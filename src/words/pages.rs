//! Templates: strict (a wrong name is an error), escaped, one environment per language.

use std::path::PathBuf;
use std::sync::Arc;

use chrono_tz::Tz;
use fluent_bundle::{FluentArgs, FluentValue};
use minijinja::value::Kwargs;
use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior, Value};

use super::assets::{asset_address, template, template_names};
use super::filters;
use super::text::Words;
use crate::base::locale::Locale;

/// Why a page can't be shown; for the log.
#[derive(Debug, thiserror::Error)]
#[error("template {name}: {fault}")]
pub struct PageError {
    /// The template.
    pub name: String,
    /// What is wrong with it, with line and chain of causes.
    pub fault: String,
}

/// All templates in both languages; cheap to clone.
#[derive(Clone)]
pub struct Pages {
    environments: Arc<Vec<(Locale, Environment<'static>)>>,
}

impl Pages {
    /// Prepares the templates. `zone` is the zone of times on pages that name no other; `brand` a folder whose
    /// files come before the built-in ones.
    pub fn new(words: &Words, zone: Tz, brand: Option<PathBuf>) -> Self {
        let environments = Locale::ALL.iter().map(|locale| {
            (
                *locale,
                environment(*locale, words.clone(), zone, brand.clone()),
            )
        });
        Self {
            environments: Arc::new(environments.collect()),
        }
    }

    /// Renders a template in a language.
    pub fn render<C: serde::Serialize>(
        &self,
        locale: Locale,
        name: &str,
        context: C,
    ) -> Result<String, PageError> {
        let fault = |error: Error| PageError {
            name: name.to_owned(),
            fault: format!("{error:#}"),
        };
        let missing = || PageError {
            name: name.to_owned(),
            fault: format!("no environment for {locale}"),
        };
        let (_, environment) = self
            .environments
            .iter()
            .find(|(known, _)| *known == locale)
            .ok_or_else(missing)?;
        let template = environment.get_template(name).map_err(fault)?;
        template
            .render(minijinja::value::Serde(context))
            .map_err(fault)
    }

    /// Names of all templates, for tests.
    pub fn names() -> Vec<String> {
        template_names()
    }
}

fn environment(
    locale: Locale,
    words: Words,
    zone: Tz,
    brand: Option<PathBuf>,
) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|name| {
        if name.ends_with(".txt") {
            AutoEscape::None
        } else {
            AutoEscape::Html
        }
    });
    environment.set_loader(move |name| {
        let branded = brand
            .as_ref()
            .and_then(|folder| std::fs::read_to_string(folder.join(name)).ok());
        Ok(branded.or_else(|| template(name)))
    });
    environment.set_auto_reload(cfg!(debug_assertions));
    let speaker = words.clone();
    environment.add_function(
        "t",
        move |key: &str, kwargs: Kwargs| -> Result<String, Error> {
            let mut args = FluentArgs::new();
            for name in kwargs.args() {
                let value: Value = kwargs.get(name)?;
                args.set(name.to_owned(), fluent_value(&value));
            }
            kwargs.assert_all_used()?;
            if !speaker.has(locale, key) {
                return Err(Error::new(
                    minijinja::ErrorKind::UndefinedError,
                    format!("no message {key:?} in {locale}"),
                ));
            }
            Ok(speaker.format(locale, key, &args))
        },
    );
    environment.add_function("known", move |key: &str| words.has(locale, key));
    environment.add_function("asset", |path: &str| {
        Value::from_safe_string(asset_address(path))
    });
    environment.add_filter("rate", |value: Value| filters::rate(&value));
    environment.add_filter("octets", |value: Value| filters::octets(&value));
    environment.add_filter("num", |value: Value| filters::num(&value));
    let in_zone = move |given: Option<String>| {
        given
            .and_then(|name| name.parse::<Tz>().ok())
            .unwrap_or(zone)
    };
    environment.add_filter("instant", move |value: Value, given: Option<String>| {
        filters::instant(&value, in_zone(given))
    });
    environment.add_filter("clock", move |value: Value, given: Option<String>| {
        filters::clock(&value, in_zone(given))
    });
    environment.add_filter(
        "typed_instant",
        move |value: Value, given: Option<String>| filters::typed_instant(&value, in_zone(given)),
    );
    environment
}

fn fluent_value(value: &Value) -> FluentValue<'static> {
    if let Ok(number) = i64::try_from(value.clone()) {
        return FluentValue::from(number);
    }
    FluentValue::from(value.to_string())
}
