//! What the description says of every operation alike: problems, `If-Match`, tags of versions, members of bodies.

use serde_json::{Map, Value, json};

use super::bodies::members;

/// Completes a description that says of each operation only what is its own.
pub(super) fn completed(mut description: Value) -> Value {
    if let Some(schemas) = description.pointer_mut("/components/schemas") {
        put(schemas, "Problem", problem());
        put(schemas, "Scalar", scalar());
    }
    let paths = description.get_mut("paths").and_then(Value::as_object_mut);
    for (path, methods) in paths.into_iter().flatten() {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            if let Some(operation) = operation.as_object_mut() {
                complete(path, method, operation);
            }
        }
    }
    description
}

fn put(object: &mut Value, name: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}

fn complete(path: &str, method: &str, operation: &mut Map<String, Value>) {
    operation.insert("operationId".into(), name(path, method).into());
    complete_path(path, operation);
    let with_version = takes_if_match(path, method);
    if with_version {
        let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
        if let Some(parameters) = parameters.as_array_mut() {
            parameters.push(if_match());
        }
    }
    complete_body(path, with_version, operation);
    let Some(responses) = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    let is_read = method == "get";
    let mut refusals = vec!["401", "403", "422", "503"];
    if path.contains('{') {
        refusals.push("404");
    }
    if !is_read {
        refusals.push("409");
    }
    if with_version {
        refusals.push("412");
    }
    for status in refusals {
        responses.entry(status).or_insert_with(|| json!({}));
    }
    for (status, response) in responses.iter_mut() {
        if status.starts_with('4') || status.starts_with('5') {
            *response = json!({
                "description": told(status),
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            });
        } else if let Some(response) = response.as_object_mut() {
            response.insert("description".into(), told(status).into());
        }
    }
}

/// One of a kind: `get_racks_id`.
fn name(path: &str, method: &str) -> String {
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    let words = path
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let mut name = method.to_owned();
    for word in words {
        name.push('_');
        name.push_str(word);
    }
    name
}

/// The placeholders of a path are its parameters, and no other parameter is in it: `{month}.pdf` is one segment to a route.
fn complete_path(path: &str, operation: &mut Map<String, Value>) {
    let names: Vec<&str> = path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.split('}').next())
        .collect();
    if names.is_empty() {
        return;
    }
    let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
    let Some(parameters) = parameters.as_array_mut() else {
        return;
    };
    let text = |parameter: &Value, member: &str| -> String {
        let text = parameter.get(member).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    parameters.retain(|parameter| {
        text(parameter, "in") != "path" || names.contains(&text(parameter, "name").as_str())
    });
    for name in names {
        if !parameters.iter().any(|there| text(there, "name") == name) {
            let kind = if name == "id" { "integer" } else { "string" };
            parameters.push(
                json!({"name": name, "in": "path", "required": true, "schema": {"type": kind}}),
            );
        }
    }
}

fn complete_body(path: &str, with_version: bool, operation: &mut Map<String, Value>) {
    let Some(body) = operation
        .get_mut("requestBody")
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    body.insert("required".into(), true.into());
    let mut said =
        "A JSON object. A text, a number, true, false or null does for any member.".to_owned();
    if let Some(members) = members(path) {
        let mut properties: Map<String, Value> = members
            .iter()
            .map(|name| {
                (
                    (*name).to_owned(),
                    json!({"$ref": "#/components/schemas/Scalar"}),
                )
            })
            .collect();
        if with_version {
            properties.insert(
                "version".into(),
                json!({"type": ["integer", "null"],
                "description": "The version that was read; not needed with If-Match."}),
            );
        }
        let schema = json!({"type": "object", "properties": properties});
        body.insert(
            "content".into(),
            json!({"application/json": {"schema": schema}}),
        );
    } else {
        said.push_str(" Its members are in the text of the operation.");
    }
    body.insert("description".into(), said.into());
}

/// Whether an operation changes a version that was read.
fn takes_if_match(path: &str, method: &str) -> bool {
    let ends = [
        "/archive",
        "/bmc/remove",
        "/components/{id}/remove",
        "/devices/{id}/undo",
        "/address-assignments/{id}/end",
        "/schedules/{id}/pause",
        "/facts/{fact}/accept",
    ];
    match method {
        "put" => true,
        "delete" => path.ends_with("/reservations/{id}"),
        "post" => ends.iter().any(|end| path.ends_with(end)),
        _ => false,
    }
}

fn if_match() -> Value {
    json!({
        "name": "If-Match",
        "in": "header",
        "required": false,
        "description": "The ETag that was read, or *: then the version of the body is not looked at (RFC 9110 section 13.1.1).",
        "schema": {"type": "string"},
    })
}

fn told(status: &str) -> &'static str {
    match status {
        "200" => "Done; here it is. One record with a version carries it as its ETag.",
        "201" => "Made; here it is.",
        "202" => "Taken; it is done later.",
        "204" => "Done.",
        "304" => "What is there already is still the same.",
        "401" => "Nobody is signed in, or the token is unknown, revoked or over.",
        "403" => "The role lacks the right, or the token only reads.",
        "404" => "Nothing there, or nothing the caller may see.",
        "409" => {
            "The state of things forbids it, or somebody saved in between (type urn:coldaisle:fault:stale)."
        }
        "412" => "Another version is there than that of If-Match.",
        "422" => "What was sent is wrong; errors names each field.",
        "429" => "Too many; wait.",
        "502" => "A device or another server did not do its part.",
        "503" => "The database is busy or gone; try again.",
        _ => "The answer.",
    }
}

/// What a member of a body may be: each is read as the text that a form would have had.
fn scalar() -> Value {
    let one = json!(["string", "number", "boolean", "null"]);
    json!({
        "description": "A value, or a list of values where several are taken.",
        "anyOf": [{"type": one}, {"type": "array", "items": {"type": one}}],
    })
}

/// RFC 9457.
fn problem() -> Value {
    let text = |said: &str| json!({"type": "string", "description": said});
    json!({
        "type": "object",
        "description": "What went wrong (RFC 9457).",
        "required": ["type", "title", "status", "detail", "code", "instance", "reference"],
        "properties": {
            "type": text("`urn:coldaisle:fault:` and the kind."),
            "title": text("The kind in words."),
            "status": {"type": "integer"},
            "detail": text("What happened and what to do, in the caller's language."),
            "code": text("The same for programs."),
            "instance": text("The path that was asked for."),
            "reference": text("Stands beside the line in the log."),
            "errors": {
                "type": "array",
                "description": "Each field at fault.",
                "items": {
                    "type": "object",
                    "required": ["field", "detail", "code"],
                    "properties": {
                        "field": text("Its name; in a bulk with its step: `steps[3].fields.name`."),
                        "detail": text("What is wrong with it."),
                        "code": text("The same for programs."),
                    },
                },
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_takes_the_version_in_its_header() {
        let whole = json!({
            "components": {"schemas": {}},
            "paths": {"/api/v1/panels/{id}": {
                "get": {"responses": {"200": {}, "404": {}}},
                "put": {"requestBody": {"content": {}}, "responses": {"200": {}}},
            }},
        });
        let whole = completed(whole);
        let at = |pointer: &str| whole.pointer(pointer).cloned().unwrap_or_default();
        let path = "/paths/~1api~1v1~1panels~1{id}";
        assert_eq!(at(&format!("{path}/put/operationId")), "put_panels_id");
        assert_eq!(at(&format!("{path}/put/parameters/0/name")), "id");
        assert_eq!(at(&format!("{path}/put/parameters/1/name")), "If-Match");
        assert_eq!(at(&format!("{path}/get/parameters/1")), Value::Null);
        assert_ne!(at(&format!("{path}/put/responses/412")), Value::Null);
        assert_eq!(at(&format!("{path}/get/responses/412")), Value::Null);
        let problem =
            format!("{path}/get/responses/404/content/application~1problem+json/schema/$ref");
        assert_eq!(at(&problem), "#/components/schemas/Problem");
        let members = format!("{path}/put/requestBody/content/application~1json/schema/properties");
        assert_eq!(
            at(&format!("{members}/room_id/$ref")),
            "#/components/schemas/Scalar"
        );
        assert_eq!(at(&format!("{members}/version/type/0")), "integer");
    }
}
