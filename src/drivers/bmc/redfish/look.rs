//! Looking into a document of a Redfish service without trusting its shape.

use serde_json::Value;

/// What makers write when they have nothing to say.
const SAYS_NOTHING: &[&str] = &[
    "to be filled by o.e.m.",
    "not specified",
    "not available",
    "unknown",
    "none",
    "null",
    "n/a",
    "na",
    "undefined",
];

/// Text or number at a pointer (RFC 6901), trimmed; none when missing, empty or of another kind.
pub(super) fn text(document: &Value, pointer: &str) -> Option<String> {
    match document.pointer(pointer)? {
        Value::String(text) => {
            let text: String = text.trim().chars().filter(|c| !c.is_control()).collect();
            (!text.is_empty()).then_some(text)
        }
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The same where blank phrases of makers count as nothing said; at most 200 letters.
pub(super) fn said(document: &Value, pointer: &str) -> Option<String> {
    let text = text(document, pointer)?;
    let phrase = text.to_lowercase();
    let silent = SAYS_NOTHING.contains(&phrase.as_str())
        || phrase.chars().all(|c| matches!(c, '0' | '-' | '.' | '?'));
    (!silent).then(|| text.chars().take(200).collect())
}

/// A finite number at a pointer, also one written as text.
pub(super) fn number(document: &Value, pointer: &str) -> Option<f64> {
    let number = match document.pointer(pointer)? {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

/// A whole number that is not negative.
pub(super) fn whole(document: &Value, pointer: &str) -> Option<u64> {
    let value = document.pointer(pointer)?;
    value.as_u64().or_else(|| {
        let number = number(document, pointer)?;
        let fits = (0.0..9.0e15).contains(&number);
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked to be in range"
        )]
        fits.then_some(number as u64)
    })
}

/// Yes or no at a pointer.
pub(super) fn yes(document: &Value, pointer: &str) -> Option<bool> {
    document.pointer(pointer)?.as_bool()
}

/// The list at a pointer; empty when there is none.
pub(super) fn list<'a>(document: &'a Value, pointer: &str) -> &'a [Value] {
    let list = document.pointer(pointer).and_then(Value::as_array);
    list.map_or(&[], Vec::as_slice)
}

/// The words of a list of texts.
pub(super) fn words(document: &Value, pointer: &str) -> Vec<String> {
    list(document, pointer)
        .iter()
        .filter_map(|word| word.as_str().map(str::to_owned))
        .collect()
}

/// The address behind a link (`{"@odata.id": …}`) at a pointer.
pub(super) fn link(document: &Value, pointer: &str) -> Option<String> {
    address(document.pointer(pointer)?)
}

/// The address that a document or a link names.
pub(super) fn address(document: &Value) -> Option<String> {
    path(document.get("@odata.id")?.as_str()?)
}

/// The addresses of a list of links.
pub(super) fn links(document: &Value, pointer: &str) -> Vec<String> {
    list(document, pointer).iter().filter_map(address).collect()
}

/// The path of an address, without its fragment. Where an address names a host, that is left out: everything is
/// asked of the one service.
pub(super) fn path(address: &str) -> Option<String> {
    let address = address.split('#').next().unwrap_or_default().trim();
    let path = match address.split_once("://") {
        Some((_, rest)) => rest.get(rest.find('/')?..)?,
        None => address,
    };
    let plain = |c: char| c.is_ascii_graphic();
    let good = path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= 1024
        && path.chars().all(plain)
        && !path.split(['/', '?']).any(|part| part == "..");
    good.then(|| path.to_owned())
}

/// The last segment of an address.
pub(super) fn last_segment(address: &str) -> &str {
    address
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default()
}

/// Whether a member of a collection is only a link to it.
pub(super) fn is_only_link(member: &Value) -> bool {
    let fields = member.as_object();
    fields.is_some_and(|fields| fields.keys().all(|name| name.starts_with('@')))
}

/// True for what is not there or cannot be read: `Status.State` of DSP2046.
pub(super) fn is_absent(document: &Value) -> bool {
    let state = text(document, "/Status/State");
    state.is_some_and(|state| state == "Absent")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_is_what_was_said_or_nothing() {
        let document = json!({
            "Name": "  CPU1 ", "Socket": 2, "Serial": "          ", "Tag": "To be filled by O.E.M.",
            "Zero": "0000", "Reading": null, "Watts": "61.5", "Wrong": "NaN", "Id": {"x": 1},
        });
        assert_eq!(text(&document, "/Name").as_deref(), Some("CPU1"));
        assert_eq!(text(&document, "/Socket").as_deref(), Some("2"));
        for name in ["/Serial", "/Tag", "/Zero", "/Reading", "/Id", "/Missing"] {
            assert_eq!(said(&document, name), None, "{name}");
        }
        assert_eq!(number(&document, "/Watts"), Some(61.5));
        assert_eq!(number(&document, "/Wrong"), None);
        assert_eq!(whole(&document, "/Socket"), Some(2));
        assert_eq!(whole(&json!({"n": -1}), "/n"), None);
    }

    #[test]
    fn a_link_leads_to_the_same_service_or_nowhere() {
        for (address, expected) in [
            ("/redfish/v1/Systems/1", Some("/redfish/v1/Systems/1")),
            ("/redfish/v1/Systems/1/", Some("/redfish/v1/Systems/1/")),
            (
                "/redfish/v1/Chassis/1/Power#/Fans/0",
                Some("/redfish/v1/Chassis/1/Power"),
            ),
            (
                "https://ilo.example/redfish/v1/S?$skip=50",
                Some("/redfish/v1/S?$skip=50"),
            ),
            ("https://ilo.example", None),
            ("//other.example/x", None),
            ("redfish/v1", None),
            ("/redfish/../../etc", None),
            ("/red fish", None),
            ("", None),
        ] {
            assert_eq!(path(address).as_deref(), expected, "{address}");
        }
    }
}
