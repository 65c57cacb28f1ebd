//! The words of both languages: complete, used, filled in, and punctuated as their language is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use coldaisle::access::{
    AgreedHow, Direction, DocumentKind, GoodsAction, GoodsState, HoldKind, Language, LikeKind,
    LoanKind, LoanState, NoticeKind, Purpose, VisitEventKind, VisitScope, VisitState, WorkResult,
};
use coldaisle::cabling::{CableKind, CableStatus, Side, Verdict};
use coldaisle::facility::chain::{Caveat, Effect, Redundancy, Verdict as BudgetVerdict, Why};
use coldaisle::identity::{Role, Theme, TokenScope};
use coldaisle::inventory::{BayKind, ComponentKind, DifferenceKind, PortKind};

const CHINESE: &str = "zh-CN";
const ENGLISH: &str = "en";

/// Messages of one language: text by key, with the file's name.
type Messages = BTreeMap<String, (String, String)>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(directory: &Path, extensions: &[&str], found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, extensions, found);
        } else if path
            .extension()
            .is_some_and(|have| extensions.iter().any(|want| have == *want))
        {
            found.push(path);
        }
    }
}

/// Texts of all files under a folder, by path.
fn texts(folder: &str, extensions: &[&str]) -> Vec<(String, String)> {
    let mut paths = Vec::new();
    files(&root().join(folder), extensions, &mut paths);
    paths.sort();
    assert!(!paths.is_empty(), "nothing in {folder}");
    let name = |path: &Path| path.strip_prefix(root()).unwrap().display().to_string();
    paths
        .iter()
        .map(|path| (name(path), std::fs::read_to_string(path).unwrap()))
        .collect()
}

/// Messages of one language; a key that is there twice fails.
fn messages(locale: &str) -> Messages {
    let mut found = Messages::new();
    for (file, text) in texts(&format!("locales/{locale}"), &["ftl"]) {
        let file = file.rsplit('/').next().unwrap().to_owned();
        let mut last = String::new();
        for line in text.lines() {
            if line.starts_with([' ', '\t', '}', '*', '[']) {
                if let Some((_, text)) = found.get_mut(&last) {
                    text.push('\n');
                    text.push_str(line.trim());
                }
            } else if let Some((key, text)) =
                line.split_once('=').filter(|_| !line.starts_with('#'))
            {
                last = key.trim().to_owned();
                let before = found.insert(last.clone(), (file.clone(), text.trim().to_owned()));
                assert!(before.is_none(), "{locale}: {last} is there twice");
            }
        }
    }
    found
}

/// Names after `$` in a message.
fn variables(text: &str) -> BTreeSet<String> {
    text.split('$')
        .skip(1)
        .map(|rest| word(rest).to_owned())
        .collect()
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
    &text[..end.unwrap_or(text.len())]
}

/// A place where a message is asked for.
#[derive(Debug)]
struct Use {
    file: String,
    key: String,
    /// The key goes on with a value: `t("role-" ~ role)`.
    is_prefix: bool,
    /// Values that are given.
    values: BTreeSet<String>,
}

/// The text inside a bracket that was opened just before.
fn inside(text: &str) -> &str {
    let mut depth = 1;
    let mut quote = None;
    for (index, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[..index];
        }
    }
    text
}

/// The literal that a text begins with, and what follows.
fn literal(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    text[1..].split_once(quote)
}

/// What follows each occurrence of a call that isn't part of a longer name.
fn calls<'a>(text: &'a str, call: &'a str) -> impl Iterator<Item = &'a str> {
    text.match_indices(call).filter_map(move |(index, _)| {
        let before = text[..index].chars().next_back().unwrap_or(' ');
        let whole =
            call.starts_with('.') || (!before.is_alphanumeric() && before != '_' && before != '.');
        whole.then(|| &text[index + call.len()..])
    })
}

fn template_uses() -> Vec<Use> {
    let mut found = Vec::new();
    for (file, text) in texts("templates", &["html", "txt"]) {
        let text = without_template_comments(&text);
        for rest in calls(&text, "t(") {
            let Some((key, after)) = literal(inside(rest)) else {
                continue;
            };
            let values = after
                .split(',')
                .skip(1)
                .filter_map(|part| part.split_once('='));
            found.push(Use {
                file: file.clone(),
                key: key.to_owned(),
                is_prefix: after.trim_start().starts_with('~'),
                values: values.map(|(name, _)| name.trim().to_owned()).collect(),
            });
        }
    }
    found
}

fn without_template_comments(text: &str) -> String {
    let mut parts = text.split("{#");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| {
        kept + part.split_once("#}").map_or("", |(_, rest)| rest)
    })
}

/// Rust files without whole-line comments and without what follows the first `#[cfg(test)]`.
fn code() -> Vec<(String, String)> {
    texts("src", &["rs"])
        .into_iter()
        .filter(|(file, _)| !file.ends_with("tests.rs"))
        .map(|(file, text)| {
            let text = text.split("\n#[cfg(test)]").next().unwrap_or_default();
            let lines = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            (file, lines.collect::<Vec<_>>().join("\n"))
        })
        .collect()
}

fn code_uses() -> Vec<Use> {
    let mut found = Vec::new();
    for (file, text) in code() {
        for rest in calls(&text, "Message::new(") {
            let Some((key, _)) = literal(rest) else {
                continue;
            };
            let after = &rest[inside(rest).len() + 1..];
            found.push(Use {
                file: file.clone(),
                key: key.to_owned(),
                is_prefix: false,
                values: given_values(after),
            });
        }
        for rest in calls(&text, ".text(") {
            let Some((_, argument)) = inside(rest).split_once(',') else {
                continue;
            };
            let argument = argument.trim_start().trim_start_matches('&');
            let (formatted, argument) = match argument.strip_prefix("format!(") {
                Some(argument) => (true, argument),
                None => (false, argument),
            };
            let Some((key, _)) = literal(argument) else {
                continue;
            };
            let key = if formatted {
                key.split('{').next().unwrap_or(key)
            } else {
                key
            };
            found.push(Use {
                file: file.clone(),
                key: key.to_owned(),
                is_prefix: formatted,
                values: BTreeSet::new(),
            });
        }
    }
    found
}

/// The names in a chain of `.with("name", value)`.
fn given_values(text: &str) -> BTreeSet<String> {
    let mut values = BTreeSet::new();
    let mut rest = text.trim_start();
    while let Some(after) = rest.strip_prefix(".with(") {
        let arguments = inside(after);
        if let Some((name, _)) = literal(arguments) {
            values.insert(name.to_owned());
        }
        rest = after[arguments.len()..]
            .trim_start_matches(')')
            .trim_start();
    }
    values
}

fn uses() -> Vec<Use> {
    let mut uses = template_uses();
    uses.extend(code_uses());
    assert!(uses.len() > 60, "{} uses", uses.len());
    uses
}

fn assert_none(what: &str, faults: Vec<String>) {
    assert!(
        faults.is_empty(),
        "{} {what}:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn both_languages_have_the_same_messages_in_the_same_files() {
    let (chinese, english) = (messages(CHINESE), messages(ENGLISH));
    assert!(chinese.len() > 100);
    let only_in = |language: &str, one: &Messages, other: &Messages| -> Vec<String> {
        let missing = one
            .iter()
            .filter(|(key, (file, _))| other.get(*key).is_none_or(|(there, _)| there != file));
        missing
            .map(|(key, (file, _))| format!("{key} of {file} only in {language}"))
            .collect()
    };
    let mut faults = only_in(CHINESE, &chinese, &english);
    faults.extend(only_in(ENGLISH, &english, &chinese));
    assert_none("messages without the other language", faults);
}

#[test]
fn both_languages_tell_the_same_values() {
    let (chinese, english) = (messages(CHINESE), messages(ENGLISH));
    let faults = chinese.iter().filter_map(|(key, (_, text))| {
        let (_, other) = english.get(key)?;
        (variables(text) != variables(other)).then(|| format!("{key}: {text} / {other}"))
    });
    assert_none("messages that differ in their values", faults.collect());
}

#[test]
fn every_message_that_is_asked_for_is_there() {
    let known = messages(CHINESE);
    let there = |wanted: &Use| match wanted.is_prefix {
        true => known.keys().any(|key| key.starts_with(&wanted.key)),
        false => known.contains_key(&wanted.key),
    };
    let missing = uses().into_iter().filter(|wanted| !there(wanted));
    assert_none(
        "unknown messages",
        missing
            .map(|wanted| format!("{}: {}", wanted.file, wanted.key))
            .collect(),
    );
}

#[test]
fn every_value_of_a_message_is_given() {
    let known = messages(CHINESE);
    let faults = uses().into_iter().filter_map(|wanted| {
        let (_, text) = known.get(&wanted.key).filter(|_| !wanted.is_prefix)?;
        let needed = variables(text);
        let lacking: Vec<&String> = needed.difference(&wanted.values).collect();
        (!lacking.is_empty()).then(|| format!("{}: {} lacks {lacking:?}", wanted.file, wanted.key))
    });
    assert_none("messages with holes", faults.collect());
}

#[test]
fn every_message_is_used() {
    let mut everything = String::new();
    for (folder, extensions) in [
        ("src", &["rs"][..]),
        ("templates", &["html", "txt"]),
        ("static", &["js"]),
    ] {
        for (file, text) in texts(folder, extensions) {
            if !file.contains("vendor/") {
                everything.push_str(&text);
            }
        }
    }
    let prefixes = prefixes(&everything);
    let known = messages(CHINESE);
    let quoted: BTreeSet<&str> = everything.split(['"', '\'']).collect();
    let by_others: BTreeSet<&str> = known
        .values()
        .flat_map(|(_, text)| text.split("{ ").skip(1))
        .filter_map(|rest| Some(rest.split_once(" }")?.0))
        .collect();
    let used = |key: &str| {
        quoted.contains(key)
            || by_others.contains(key)
            || prefixes.iter().any(|prefix| key.starts_with(prefix))
    };
    let unused = known.keys().filter(|key| !used(key));
    assert_none("messages that nothing asks for", unused.cloned().collect());
}

/// Beginnings of keys that are put together: `"role-" ~ role` and `format!("role-{role}")`.
fn prefixes(text: &str) -> BTreeSet<String> {
    let is_prefix = |part: &str| {
        part.len() > 2
            && part.ends_with('-')
            && part.chars().all(|c| c.is_ascii_lowercase() || c == '-')
    };
    let joined = text.split(['"', '\'']).collect::<Vec<_>>();
    let in_templates = joined
        .windows(2)
        .filter(|pair| pair[1].trim_start().starts_with('~'))
        .map(|pair| pair[0]);
    let in_code = text
        .split("format!(\"")
        .skip(1)
        .filter_map(|rest| rest.split('{').next());
    in_templates
        .chain(in_code)
        .filter(|part| is_prefix(part))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_word_of_an_enum_that_pages_show_has_its_message() {
    let known = messages(CHINESE);
    macro_rules! named {
        ($($kind:ty: $prefix:literal),+ $(,)?) => {$(
            for variant in <$kind>::ALL {
                let key = format!("{}{variant}", $prefix);
                assert!(known.contains_key(&key), "no message {key}");
            }
        )+};
    }
    named! {
        AgreedHow: "people-how-",
        BayKind: "parts-bay-",
        Caveat: "redundancy-caveat-",
        CableKind: "cables-kind-",
        CableStatus: "cables-status-",
        ComponentKind: "parts-component-",
        DifferenceKind: "differences-kind-",
        Direction: "goods-direction-",
        DocumentKind: "visit-document-",
        Effect: "failure-effect-",
        LoanKind: "loan-kind-",
        LoanState: "loan-state-",
        GoodsAction: "goods-consequence-",
        GoodsAction: "goods-step-",
        GoodsState: "goods-state-",
        HoldKind: "hold-kind-",
        Language: "people-language-",
        LikeKind: "people-like-",
        NoticeKind: "people-notice-",
        PortKind: "cables-port-",
        PortKind: "parts-port-",
        Purpose: "visit-purpose-",
        Redundancy: "redundancy-class-",
        Role: "role-",
        Side: "cables-side-",
        Theme: "theme-",
        TokenScope: "token-scope-",
        Verdict: "cables-verdict-",
        BudgetVerdict: "budget-verdict-",
        VisitEventKind: "visit-event-",
        VisitScope: "visit-scope-",
        VisitState: "visit-state-",
        Why: "failure-why-",
        WorkResult: "visit-result-",
    }
}

#[test]
fn chinese_has_chinese_punctuation() {
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let mut faults = Vec::new();
    for (key, (_, text)) in messages(CHINESE) {
        let letters: Vec<char> = text.chars().collect();
        let western = letters.windows(2).any(|pair| {
            is_chinese(pair[0]) && matches!(pair[1], ',' | '.' | ':' | ';' | '?' | '!')
        });
        if western {
            faults.push(format!("{key}: {text}"));
        }
    }
    assert_none("Chinese messages with western punctuation", faults);
}

/// The readers above against small texts.
#[test]
fn keys_and_values_are_read_off_templates_and_code() {
    assert_eq!(inside("a, b(c), \")\") rest"), "a, b(c), \")\"");
    assert_eq!(literal(" 'nav-who', name=x"), Some(("nav-who", ", name=x")));
    assert_eq!(calls("cart('x') t('y') a.t('z')", "t(").count(), 1);
    let values = given_values(".with(\"min\", 1_i64)\n    .with(\"max\", f(2)) }");
    assert_eq!(values.into_iter().collect::<Vec<_>>(), ["max", "min"]);
    let prefixes = prefixes("t(\"role-\" ~ role) format!(\"theme-{x}\") format!(\"{x}\")");
    assert_eq!(
        prefixes.into_iter().collect::<Vec<_>>(),
        ["role-", "theme-"]
    );
    assert_eq!(without_template_comments("a{# t('x') #}b"), "ab");
}
