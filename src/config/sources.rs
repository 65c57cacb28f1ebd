//! Reading the sources in their order, and telling which of them gave a wrong value.

use std::path::PathBuf;

use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};

use super::fault::{ConfigFault, ConfigFaults, Place};
use super::key::{Key, Kind};
use super::{Config, DEFAULT_FILE};
use crate::base::fault::Message;
use crate::store::DatabaseUrl;

/// How every environment variable of ours starts.
const PREFIX: &str = "COLDAISLE_";

/// What the configuration is read from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The file; `None` means the usual place, if there is one.
    pub file: Option<PathBuf>,
    /// Environment variables: name and value.
    pub variables: Vec<(String, String)>,
    /// Flags: as typed (`--port`), key and value.
    pub flags: Vec<(String, String, String)>,
}

impl Sources {
    /// The sources of this process.
    pub fn of_process(file: Option<PathBuf>, flags: Vec<(String, String, String)>) -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| name.starts_with(PREFIX))
            .collect();
        Self {
            file,
            variables,
            flags,
        }
    }
}

/// Every key there is.
pub fn keys() -> impl Iterator<Item = Key> {
    Config::KEYS.into_iter().flatten().copied()
}

pub(super) fn key_of(path: &str) -> Option<Key> {
    keys().find(|key| key.path == path)
}

/// Reads all sources and checks what they say.
pub(super) fn load(sources: &Sources) -> Result<Config, ConfigFaults> {
    let mut faults = Vec::new();
    let mut figment = Figment::new();
    if let Some(file) = read_file(sources, &mut faults) {
        figment = figment.merge(file);
    }
    for (name, value) in &sources.variables {
        match variable_key(name) {
            Some(Ok(path)) => {
                figment = figment.merge(One::new(Place::Variable(name.clone()), &path, value));
            }
            Some(Err(meant)) => faults.push(ConfigFault {
                place: Place::Variable(name.clone()),
                key: String::new(),
                value: None,
                message: Message::new("config-variable-name").with("meant", meant),
            }),
            None => {}
        }
    }
    for (flag, path, value) in &sources.flags {
        figment = figment.merge(One::new(Place::Flag(flag.clone()), path, value));
    }
    check_values(&figment, &mut faults);
    if !faults.is_empty() {
        return Err(ConfigFaults(faults));
    }
    let config: Config = figment.extract().map_err(|error| {
        ConfigFaults(
            error
                .into_iter()
                .map(|e| extraction(&figment, &e))
                .collect(),
        )
    })?;
    let findings = config.check().0;
    if findings.is_empty() {
        return Ok(config);
    }
    let placed = findings
        .into_iter()
        .map(|(key, value, message)| ConfigFault {
            place: place_of(&figment, key),
            key: key.to_owned(),
            value,
            message,
        });
    Err(ConfigFaults(placed.collect()))
}

/// The file's text as a source; notes a file that is named but can't be read, or isn't TOML.
fn read_file(sources: &Sources, faults: &mut Vec<ConfigFault>) -> Option<FileText> {
    let usual = PathBuf::from(DEFAULT_FILE);
    let path = match &sources.file {
        Some(path) => path.clone(),
        None if usual.exists() => usual,
        None => return None,
    };
    let mut fault = |message: Message| {
        faults.push(ConfigFault {
            place: Place::File(path.clone()),
            key: String::new(),
            value: None,
            message,
        });
    };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            fault(Message::new("config-file-unreadable").with("fault", error.to_string()));
            return None;
        }
    };
    match Toml::string(&text).data() {
        Ok(values) => Some(FileText { path, values }),
        Err(error) => {
            // The parser's second line on quotes the text, which may hold a password.
            let words = error.to_string();
            let first = words.lines().next().unwrap_or("").to_owned();
            fault(Message::new("config-file-not-toml").with("fault", first));
            None
        }
    }
}

/// A file that was read, with its path for the errors.
struct FileText {
    path: PathBuf,
    values: Map<Profile, Dict>,
}

impl Provider for FileText {
    fn metadata(&self) -> Metadata {
        Metadata::named("file").source(self.path.as_path())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(self.values.clone())
    }
}

/// One value of a variable or flag, read as its key wants it.
struct One {
    place: Place,
    path: String,
    value: Value,
}

impl One {
    fn new(place: Place, path: &str, text: &str) -> Self {
        let value = match key_of(path).map(|key| key.kind) {
            Some(Kind::Whole { .. }) => text
                .trim()
                .parse::<i64>()
                .map_or_else(|_| Value::from(text), Value::from),
            Some(Kind::Switch) => text
                .trim()
                .parse::<bool>()
                .map_or_else(|_| Value::from(text), Value::from),
            Some(Kind::List) => Value::from(
                text.split(',')
                    .map(str::trim)
                    .filter(|part| !part.is_empty())
                    .map(Value::from)
                    .collect::<Vec<_>>(),
            ),
            _ => Value::from(text),
        };
        Self {
            place,
            path: path.to_owned(),
            value,
        }
    }
}

impl Provider for One {
    fn metadata(&self) -> Metadata {
        match &self.place {
            Place::Variable(name) => Metadata::named(format!("variable {name}")),
            place => Metadata::named(format!("flag {place}")),
        }
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let nested = figment::util::nest(&self.path, self.value.clone());
        let values = nested.into_dict().unwrap_or_default();
        Ok(Map::from([(Profile::Default, values)]))
    }
}

/// The key a variable stands for; `Err` with the right name for a likely slip; `None` when it is not ours to read.
fn variable_key(name: &str) -> Option<Result<String, String>> {
    let rest = name.strip_prefix(PREFIX)?;
    if let Some((section, key)) = rest.split_once("__") {
        return Some(Ok(format!("{section}.{key}").to_lowercase()));
    }
    let folded = rest.to_lowercase();
    keys()
        .find(|key| key.path.replace('.', "_") == folded)
        .map(|key| Err(variable_name(key.path)))
}

/// The variable that sets a key.
fn variable_name(path: &str) -> String {
    format!("{PREFIX}{}", path.replace('.', "__").to_uppercase())
}

fn place_of(figment: &Figment, path: &str) -> Place {
    figment
        .find_metadata(path)
        .map_or(Place::BuiltIn, place_from)
}

fn place_from(metadata: &Metadata) -> Place {
    if let Some(path) = metadata
        .source
        .as_ref()
        .and_then(|source| source.file_path())
    {
        return Place::File(path.to_owned());
    }
    match metadata.name.split_once(' ') {
        Some(("variable", name)) => Place::Variable(name.to_owned()),
        Some(("flag", name)) => Place::Flag(name.to_owned()),
        _ => Place::BuiltIn,
    }
}

/// Refuses unknown keys and values of the wrong kind, all at once.
fn check_values(figment: &Figment, faults: &mut Vec<ConfigFault>) {
    let Ok(values) = figment.data() else { return };
    let Some(sections) = values.get(&Profile::Default) else {
        return;
    };
    for (section, value) in sections {
        match value.as_dict() {
            Some(entries) => {
                for (key, value) in entries {
                    check_value(figment, &format!("{section}.{key}"), value, faults);
                }
            }
            None => check_value(figment, section, value, faults),
        }
    }
}

fn check_value(figment: &Figment, path: &str, value: &Value, faults: &mut Vec<ConfigFault>) {
    let (message, value) = match key_of(path) {
        None => (unknown(path), None),
        Some(key) if fits(key.kind, value) => return,
        Some(key) => (key.kind.allowed(), shown(key, value)),
    };
    faults.push(ConfigFault {
        place: place_of(figment, path),
        key: path.to_owned(),
        value,
        message,
    });
}

fn fits(kind: Kind, value: &Value) -> bool {
    match kind {
        Kind::Text | Kind::Secret => value.as_str().is_some(),
        Kind::Whole { least, most } => value
            .to_i128()
            .is_some_and(|number| (i128::from(least)..=i128::from(most)).contains(&number)),
        Kind::Switch => value.to_bool().is_some(),
        Kind::Word(words) => value.as_str().is_some_and(|word| words.contains(&word)),
        Kind::List => value
            .as_array()
            .is_some_and(|parts| parts.iter().all(|part| part.as_str().is_some())),
    }
}

fn unknown(path: &str) -> Message {
    let section = path.split('.').next().unwrap_or("");
    let in_section: Vec<&str> = keys()
        .map(|key| key.path)
        .filter(|known| known.split('.').next() == Some(section))
        .collect();
    let allowed = if in_section.is_empty() {
        let mut sections: Vec<&str> = keys()
            .filter_map(|key| key.path.split('.').next())
            .collect();
        sections.dedup();
        sections.join(", ")
    } else {
        in_section.join(", ")
    };
    Message::new("config-unknown-key").with("allowed", allowed)
}

/// A value for an error message; nothing for secrets, no password in an address.
fn shown(key: Key, value: &Value) -> Option<String> {
    if key.kind == Kind::Secret {
        return None;
    }
    Some(match value {
        Value::String(_, text) if key.path == "database.url" => without_password(text),
        Value::String(_, text) => text.clone(),
        Value::Bool(_, switch) => switch.to_string(),
        Value::Num(_, number) => number
            .to_i128()
            .map(|n| n.to_string())
            .or_else(|| number.to_f64().map(|n| n.to_string()))
            .unwrap_or_default(),
        Value::Array(..) => "[…]".to_owned(),
        Value::Dict(..) => "{…}".to_owned(),
        Value::Char(_, letter) => letter.to_string(),
        Value::Empty(..) => String::new(),
    })
}

fn without_password(text: &str) -> String {
    match text.parse::<DatabaseUrl>() {
        Ok(url) => url.to_string(),
        Err(error) => error.given,
    }
}

/// What serde could not read: texts that are no address, no zone and the like.
fn extraction(figment: &Figment, error: &figment::Error) -> ConfigFault {
    let path: Vec<&str> = error.path.iter().take(2).map(String::as_str).collect();
    let path = path.join(".");
    let value = figment.find_value(&path).ok();
    ConfigFault {
        place: place_of(figment, &path),
        value: value
            .zip(key_of(&path))
            .and_then(|(value, key)| shown(key, &value)),
        message: Message::new(match path.as_str() {
            "database.url" => "config-database-url",
            "web.address" => "config-web-listen",
            "web.trusted_proxies" => "config-web-proxies",
            "web.time_zone" => "config-time-zone",
            _ => "config-not-understood",
        }),
        key: path,
    }
}
