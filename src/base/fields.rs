//! Named texts as they came in: a posted form, a JSON object or a CSV row. One parser serves all three.

/// Names and texts in the order they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// No fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// The first text of a name; empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, text)| text)
    }

    /// Every text of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, text)| text.as_str())
    }

    /// Whether the name is there at all.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    /// Whether a box is ticked, or a text says yes.
    pub fn yes(&self, name: &str) -> bool {
        matches!(
            self.get(name).trim().to_lowercase().as_str(),
            "yes" | "true" | "1" | "on" | "y" | "是"
        )
    }

    /// Sets a name to one text.
    pub fn set(&mut self, name: impl Into<String>, text: impl Into<String>) {
        let name = name.into();
        self.0.retain(|(n, _)| *n != name);
        self.0.push((name, text.into()));
    }

    /// Adds a text.
    pub fn push(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.0.push((name.into(), text.into()));
    }

    /// Names and texts.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// From a JSON object: texts, numbers, booleans and null; arrays become repeated names. `None` for deeper values.
    pub fn from_json(value: &serde_json::Value) -> Option<Self> {
        let mut fields = Self::new();
        for (name, value) in value.as_object()? {
            match value {
                serde_json::Value::Array(values) => {
                    for value in values {
                        fields.push(name.clone(), scalar(value)?);
                    }
                }
                value => fields.push(name.clone(), scalar(value)?),
            }
        }
        Some(fields)
    }
}

fn scalar(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::Null => Some(String::new()),
        serde_json::Value::Bool(yes) => Some(if *yes { "yes" } else { "no" }.to_owned()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        // As in a form: no text in a database has it, and one of them refuses to look for it.
        serde_json::Value::String(text) => Some(text.replace('\0', "\u{fffd}")),
        _ => None,
    }
}

impl<N: Into<String>, T: Into<String>> FromIterator<(N, T)> for Fields {
    fn from_iter<I: IntoIterator<Item = (N, T)>>(pairs: I) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, text)| (name.into(), text.into()))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_objects_and_forms_read_alike() {
        let json = serde_json::json!({"name": "A01", "units": 42, "shared": true, "note": null, "racks": [1, 2]});
        let fields = Fields::from_json(&json).unwrap_or_default();
        assert_eq!(
            (fields.get("units"), fields.get("note"), fields.get("gone")),
            ("42", "", "")
        );
        assert!(fields.yes("shared") && !fields.yes("note") && fields.has("note"));
        assert_eq!(fields.all("racks").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(Fields::from_json(&serde_json::json!({"a": {"b": 1}})), None);
        let nul = Fields::from_json(&serde_json::json!({"a": "b\u{0}"})).unwrap_or_default();
        assert_eq!(nul.get("a"), "b\u{fffd}");
    }
}
