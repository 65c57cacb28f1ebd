//! `/api/v1/inventory/ansible`: what `ansible-inventory --list` prints
//! (<https://docs.ansible.com/ansible/latest/dev_guide/developing_inventory.html>).

use std::collections::BTreeMap;

use rocket::serde::json::Json;
use rocket::{Route, State, get, routes};
use serde_json::{Map, Value, json};

use super::hosts::{Host, HostQuery, Wanted, host_facts, hosts};
use crate::web::guards::Caller;
use crate::web::{Failure, Web};

pub(super) fn routes() -> Vec<Route> {
    routes![inventory]
}

/// The name of a group: letters, digits and underscores, as Ansible wants them.
fn group_name(parts: &[&str]) -> String {
    let letter = |c: char| match c.is_alphanumeric() {
        true => c,
        false => '_',
    };
    parts.join("_").to_lowercase().chars().map(letter).collect()
}

/// A text that Ansible takes for no template: what begins one (`{{`, `{%`, `{#`) gets a blank between its two letters. Names
/// and serial numbers come from machines and from people, and Ansible runs what stands in templates of an inventory.
fn inert(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        plain.push(letter);
        if letter == '{' && matches!(letters.peek(), Some('{' | '%' | '#')) {
            plain.push(' ');
        }
    }
    plain
}

/// The groups of a host.
fn groups_of(facts: &BTreeMap<&'static str, String>) -> Vec<String> {
    let fact = |name: &str| facts.get(name).map_or("", String::as_str);
    let (site, room, rack) = (fact("site"), fact("room"), fact("rack"));
    let mut groups = Vec::new();
    for (parts, is_there) in [
        (vec!["site", site], !site.is_empty()),
        (vec!["room", site, room], !room.is_empty()),
        (vec!["rack", site, room, rack], !rack.is_empty()),
        (
            vec!["customer", fact("customer")],
            !fact("customer").is_empty(),
        ),
        (vec!["role", fact("role")], true),
        (vec!["type", fact("type")], true),
    ] {
        if is_there {
            groups.push(group_name(&parts));
        }
    }
    groups
}

fn variables(facts: &BTreeMap<&'static str, String>, host: &Host<'_>) -> Value {
    let mut variables: Map<String, Value> = facts
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (format!("coldaisle_{name}"), inert(value).into()))
        .collect();
    let controller = host.controller.map(|one| one.address.as_str());
    if let Some(address) = host.address {
        variables.insert("ansible_host".to_owned(), inert(address).into());
    }
    if let Some(address) = controller {
        variables.insert("coldaisle_bmc_address".to_owned(), inert(address).into());
    }
    if let Some(address) = host.address.or(controller) {
        variables.insert("coldaisle_address".to_owned(), inert(address).into());
    }
    Value::Object(variables)
}

/// Devices as an inventory for Ansible: groups by site, room, rack, customer, role and type, and the variables of each host.
#[utoipa::path(get, path = "/api/v1/inventory/ansible", tag = "devices", params(HostQuery),
    responses((status = 200, body = Object), (status = 404), (status = 409), (status = 422)))]
#[get("/inventory/ansible?<query..>")]
pub(super) async fn inventory(
    web: &State<Web>,
    caller: Caller,
    query: HostQuery,
) -> Result<Json<Value>, Failure> {
    let (members, variables) = web
        .store
        .read(move |c| {
            let mut members: BTreeMap<String, Vec<String>> = BTreeMap::new();
            let mut all: Map<String, Value> = Map::new();
            hosts(c, &caller.actor, &query, Wanted::All, |host| {
                let name = inert(&host.row.device.name);
                let facts: BTreeMap<&'static str, String> =
                    host_facts(host.row).into_iter().collect();
                for group in groups_of(&facts) {
                    members.entry(group).or_default().push(name.clone());
                }
                all.insert(name, variables(&facts, host));
            })?;
            Ok((members, all))
        })
        .await?;
    let names: Vec<String> = members.keys().cloned().collect();
    let mut document: Map<String, Value> = members
        .into_iter()
        .map(|(group, hosts)| (group, json!({"hosts": hosts})))
        .collect();
    document.insert("_meta".to_owned(), json!({"hostvars": variables}));
    document.insert("all".to_owned(), json!({"children": names}));
    Ok(Json(Value::Object(document)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_a_template() {
        for (text, plain) in [
            ("web-1", "web-1"),
            ("{a} {", "{a} {"),
            ("{{ lookup('pipe', 'id') }}", "{ { lookup('pipe', 'id') }}"),
            ("{% if 1 %}", "{ % if 1 %}"),
            ("{# x #}", "{ # x #}"),
            ("{{{{%", "{ { { { %"),
            ("机柜{{", "机柜{ {"),
        ] {
            assert_eq!(inert(text), plain);
            for start in ["{{", "{%", "{#"] {
                assert!(!inert(text).contains(start), "{text}");
            }
        }
        assert_eq!(group_name(&["role", "{{ x }}"]), "role____x___");
    }

    #[test]
    fn groups_are_named_as_ansible_wants_them() {
        for (parts, name) in [
            (
                &["rack", "SHA-1", "Hall 2", "A01"][..],
                "rack_sha_1_hall_2_a01",
            ),
            (&["room", "S1", "三楼"][..], "room_s1_三楼"),
        ] {
            assert_eq!(group_name(parts), name);
        }
    }
}
