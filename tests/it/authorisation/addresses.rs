//! Routes of networks, addresses, VLANs and routing tables.

use coldaisle::addressing::{
    RangeDraft, Subject, VlanDraft, VrfDraft, range_create, vlan_create, vrf_create,
};
use coldaisle::base::fields::Fields;
use coldaisle::identity::Permission;
use rocket::http::Method;

use super::{Line, Rule, World};
use crate::addressing::Nets;

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().copied().collect()
}

pub fn lines(world: &World) -> Vec<Line> {
    let nets = Nets::new(world.web.db.clone());
    let (db, staff) = (&nets.db, &nets.actor);
    let own = [("customer", "AAA"), ("from", "2026-01-01")];
    let prefix = nets.prefix("10.0.0.0/24");
    let address = nets.address("10.0.0.5");
    nets.assign(Subject::Prefix(prefix), &own);
    let assignment = nets.assign(Subject::Address(address), &own);
    let site = db.site("NETS").to_string();
    let vlan = VlanDraft::parse(&fields(&[
        ("site_id", &site),
        ("number", "7"),
        ("name", "v"),
    ]));
    let vlan = db.put(|c| vlan_create(c, staff, vlan.as_ref().unwrap()));
    let vrf = VrfDraft::parse(&fields(&[("name", "auth")])).unwrap();
    let vrf = db.put(|c| vrf_create(c, staff, &vrf));
    let range = fields(&[
        ("vrf_id", &vrf.to_string()),
        ("first", "10.0.0.1"),
        ("last", "10.0.0.9"),
    ]);
    let range = RangeDraft::parse(&range).unwrap();
    let range = db.put(|c| range_create(c, staff, &range));
    let view = Rule::Needs(Permission::ViewAddresses);
    let inside = Rule::StaffNeeds(Permission::ViewAddresses);
    let edit = Rule::Needs(Permission::EditAddresses);
    let shown = Rule::Own(Permission::ViewAddresses);
    let mut lines = vec![
        Line::get("/prefixes", "/prefixes", view),
        Line::get("/prefixes/<id>", format!("/prefixes/{prefix}"), shown),
        Line::get("/addresses", "/addresses", view),
        Line::get("/addresses/who-had", "/addresses/who-had", view),
        Line::get("/addresses/<id>", format!("/addresses/{address}"), shown),
        Line::get("/addresses.csv", "/addresses.csv", view),
        Line::get("/ip-ranges", "/ip-ranges", inside),
        Line::get("/ip-ranges.csv", "/ip-ranges.csv", inside),
        Line::get("/prefixes.csv", "/prefixes.csv", view),
        Line::get("/vlans", "/vlans", inside),
        Line::get("/vlans.csv", "/vlans.csv", inside),
        Line::get("/ip-ranges/<id>", format!("/ip-ranges/{range}"), inside),
        Line::get(
            "/api/v1/address-holder",
            "/api/v1/address-holder?address=10.0.0.5",
            shown,
        ),
        Line::get(
            "/api/v1/address-assignments/<id>",
            format!("/api/v1/address-assignments/{assignment}"),
            shown,
        ),
        Line::json(
            Method::Post,
            "/api/v1/address-assignments/<id>/end",
            format!("/api/v1/address-assignments/{assignment}/end"),
            edit,
        ),
        Line::json(
            Method::Post,
            "/api/v1/prefixes/<id>/next-address",
            format!("/api/v1/prefixes/{prefix}/next-address"),
            edit,
        ),
        Line::json(
            Method::Post,
            "/api/v1/prefixes/<id>/next-prefix",
            format!("/api/v1/prefixes/{prefix}/next-prefix"),
            edit,
        ),
        Line::json(
            Method::Post,
            "/api/v1/ip-ranges/<id>/next-address",
            format!("/api/v1/ip-ranges/{range}/next-address"),
            edit,
        ),
    ];
    for (route, path) in [
        ("/prefixes/new", "/prefixes/new".to_owned()),
        ("/addresses/new", "/addresses/new".to_owned()),
        ("/vlans/new", "/vlans/new".to_owned()),
        ("/vrfs/new", "/vrfs/new".to_owned()),
        ("/prefixes/<id>/edit", format!("/prefixes/{prefix}/edit")),
        (
            "/prefixes/<id>/archive",
            format!("/prefixes/{prefix}/archive"),
        ),
        (
            "/prefixes/<id>/assign",
            format!("/prefixes/{prefix}/assign"),
        ),
        (
            "/prefixes/<id>/next-address",
            format!("/prefixes/{prefix}/next-address"),
        ),
        (
            "/prefixes/<id>/next-prefix",
            format!("/prefixes/{prefix}/next-prefix"),
        ),
        ("/addresses/<id>/edit", format!("/addresses/{address}/edit")),
        (
            "/addresses/<id>/archive",
            format!("/addresses/{address}/archive"),
        ),
        (
            "/addresses/<id>/assign",
            format!("/addresses/{address}/assign"),
        ),
        (
            "/address-assignments/<id>/end",
            format!("/address-assignments/{assignment}/end"),
        ),
        ("/ip-ranges/new", "/ip-ranges/new".to_owned()),
        ("/ip-ranges/<id>/edit", format!("/ip-ranges/{range}/edit")),
        (
            "/ip-ranges/<id>/archive",
            format!("/ip-ranges/{range}/archive"),
        ),
        ("/vlans/<id>/edit", format!("/vlans/{vlan}/edit")),
        ("/vlans/<id>/archive", format!("/vlans/{vlan}/archive")),
        ("/vrfs/<id>/edit", format!("/vrfs/{vrf}/edit")),
        ("/vrfs/<id>/archive", format!("/vrfs/{vrf}/archive")),
    ] {
        lines.push(Line::get(route, path.clone(), edit));
        lines.push(Line::post(route, path, edit));
    }
    let apis = [
        (
            "/api/v1/vrfs",
            "/api/v1/vrfs/<id>",
            "/api/v1/vrfs/<id>/archive",
            vrf.get(),
            inside,
            inside,
        ),
        (
            "/api/v1/vlans",
            "/api/v1/vlans/<id>",
            "/api/v1/vlans/<id>/archive",
            vlan.get(),
            inside,
            inside,
        ),
        (
            "/api/v1/ip-ranges",
            "/api/v1/ip-ranges/<id>",
            "/api/v1/ip-ranges/<id>/archive",
            range.get(),
            inside,
            inside,
        ),
        (
            "/api/v1/prefixes",
            "/api/v1/prefixes/<id>",
            "/api/v1/prefixes/<id>/archive",
            prefix.get(),
            view,
            shown,
        ),
        (
            "/api/v1/addresses",
            "/api/v1/addresses/<id>",
            "/api/v1/addresses/<id>/archive",
            address.get(),
            view,
            shown,
        ),
    ];
    for (all, one, archive, id, list, show) in apis {
        lines.push(Line::get(all, all, list));
        lines.push(Line::json(Method::Post, all, all, edit));
        lines.push(Line::get(one, format!("{all}/{id}"), show));
        lines.push(Line::json(Method::Put, one, format!("{all}/{id}"), edit));
        lines.push(Line::json(
            Method::Post,
            archive,
            format!("{all}/{id}/archive"),
            edit,
        ));
    }
    for (route, path) in [
        (
            "/api/v1/prefixes/<id>/assignments",
            format!("/api/v1/prefixes/{prefix}/assignments"),
        ),
        (
            "/api/v1/addresses/<id>/assignments",
            format!("/api/v1/addresses/{address}/assignments"),
        ),
    ] {
        lines.push(Line::get(route, path.clone(), shown));
        lines.push(Line::json(Method::Post, route, path, edit));
    }
    lines
}
