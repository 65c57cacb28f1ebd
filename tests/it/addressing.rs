//! Networks, addresses and assignments on both databases: rules, next free under concurrency, who had it, the wall, pages.

use std::collections::BTreeSet;

use coldaisle::addressing::{
    AddressDraft, AddressFilter, AssignmentDraft, PrefixDraft, RangeDraft, Subject, VlanDraft,
    VrfDraft, address_archive, address_by_id, address_create, address_list, address_update,
    assignment_add, assignment_by_id, assignment_end, assignments_of, assignments_of_device,
    holder_at, next_address, next_prefix, prefix_archive, prefix_by_id, prefix_create, prefix_map,
    prefix_tree, prefix_update, range_create, range_next_address, vlan_archive, vlan_create,
    vrf_archive, vrf_create, vrf_update,
};
use coldaisle::base::fault::{Fault, FaultKind};
use coldaisle::base::fields::Fields;
use coldaisle::base::ids::{IpAddressId, IpAssignmentId, PrefixId, VrfId};
use coldaisle::base::ip::Ip;
use coldaisle::base::page::PageRequest;
use coldaisle::base::time::Timestamp;
use coldaisle::identity::{Actor, Role};
use coldaisle::search::{SearchKind, search_find};
use rocket::http::Method;
use serde_json::json;

use crate::harness::{NOW, TestDb, TestWeb, both};

/// A routing table, and someone who may do everything.
pub struct Nets {
    pub db: TestDb,
    pub actor: Actor,
    pub vrf: VrfId,
}

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().copied().collect()
}

fn at_fault(fault: &Fault) -> (String, &'static str) {
    match fault.fields.first() {
        Some(field) => (field.field.to_string(), field.message.key),
        None => (String::new(), fault.message.key),
    }
}

impl Nets {
    pub fn new(db: TestDb) -> Self {
        let actor = db.actor(Role::Operations);
        let draft = VrfDraft::parse(&fields(&[("name", "global"), ("refuse_duplicates", "yes")]));
        let draft = draft.unwrap();
        let vrf = db.put(|c| vrf_create(c, &actor, &draft));
        Self { db, actor, vrf }
    }

    fn try_prefix(&self, text: &str, more: &[(&str, &str)]) -> Result<PrefixId, Fault> {
        let mut row = fields(more);
        row.set("vrf_id", self.vrf.to_string());
        row.set("prefix", text);
        let draft = PrefixDraft::parse(&row)?;
        self.db
            .store
            .write_blocking("t", |c| prefix_create(c, &self.actor, &draft))
    }

    pub fn prefix(&self, text: &str) -> PrefixId {
        self.try_prefix(text, &[]).unwrap()
    }

    fn try_address(&self, text: &str, more: &[(&str, &str)]) -> Result<IpAddressId, Fault> {
        let mut row = fields(more);
        if !row.has("vrf_id") {
            row.set("vrf_id", self.vrf.to_string());
        }
        row.set("address", text);
        let draft = AddressDraft::parse(&row)?;
        self.db
            .store
            .write_blocking("t", |c| address_create(c, &self.actor, &draft))
    }

    pub fn address(&self, text: &str) -> IpAddressId {
        self.try_address(text, &[]).unwrap()
    }

    fn next(&self, prefix: PrefixId) -> Result<String, Fault> {
        self.db.store.write_blocking("t", |c| {
            let id = next_address(c, &self.actor, prefix, &Fields::new(), None)?;
            Ok(address_by_id(c, &self.actor, id)?.address.ip().to_string())
        })
    }

    fn next_net(&self, prefix: PrefixId, length: i64) -> Result<String, Fault> {
        self.db.store.write_blocking("t", |c| {
            let id = next_prefix(c, &self.actor, prefix, length, &Fields::new(), None)?;
            Ok(prefix_by_id(c, &self.actor, id)?
                .prefix
                .prefix()
                .to_string())
        })
    }

    fn try_assign(&self, to: Subject, pairs: &[(&str, &str)]) -> Result<IpAssignmentId, Fault> {
        let draft = AssignmentDraft::parse(&fields(pairs), chrono_tz::UTC, NOW)?;
        self.db
            .store
            .write_blocking("t", |c| assignment_add(c, &self.actor, to, &draft))
    }

    pub fn assign(&self, to: Subject, pairs: &[(&str, &str)]) -> IpAssignmentId {
        self.try_assign(to, pairs).unwrap()
    }

    /// Device and customer that had an address, and the network through which.
    fn had(&self, actor: &Actor, address: &str, at: &str) -> Option<(String, String, String)> {
        let ip = Ip::parse("address", address).unwrap();
        let at = Timestamp::parse_in(at, chrono_tz::UTC).unwrap();
        let holder = self.db.get(|c| holder_at(c, actor, self.vrf, ip, at))?;
        Some((
            holder
                .row
                .device
                .map(|device| device.name)
                .unwrap_or_default(),
            holder
                .row
                .customer
                .map(|customer| customer.code)
                .unwrap_or_default(),
            holder
                .through
                .map(|prefix| prefix.prefix().to_string())
                .unwrap_or_default(),
        ))
    }
}

fn held(device: &str, customer: &str, through: &str) -> Option<(String, String, String)> {
    Some((device.into(), customer.into(), through.into()))
}

both! {
    /// A network is in a table once, stands in the tree by its number, and its ends are no host's.
    async fn networks_form_a_tree(db: TestDb) {
        let nets = Nets::new(db);
        for text in ["10.1.0.0/16", "2001:db8::/32", "10.0.0.0/8", "10.1.2.0/24", "9.0.0.0/8", "10.1.2.128/25"] {
            nets.prefix(text);
        }
        let tree = |query: &str| {
            let page = nets.db.get(|c| prefix_tree(c, &nets.actor, None, query, &PageRequest::first()));
            page.rows.iter().map(|row| format!("{}{}", " ".repeat(row.depth), row.row.prefix.prefix())).collect::<Vec<_>>()
        };
        assert_eq!(tree(""), ["9.0.0.0/8", "10.0.0.0/8", " 10.1.0.0/16", "  10.1.2.0/24", "   10.1.2.128/25", "2001:db8::/32"]);
        assert_eq!(tree("10.1.2.0"), ["10.0.0.0/8", " 10.1.0.0/16", "  10.1.2.0/24"], "with what is around a hit");
        assert_eq!(at_fault(&nets.try_prefix("10.1.0.0/16", &[]).unwrap_err()), ("prefix".into(), "prefixes-taken"));
        for (address, key) in [
            ("10.1.2.0", "addresses-is-network"),
            ("10.1.2.128", "addresses-is-network"),
            ("10.1.2.255", "addresses-is-broadcast"),
            ("10.1.255.255", "addresses-is-broadcast"),
        ] {
            assert_eq!(at_fault(&nets.try_address(address, &[]).unwrap_err()), ("address".into(), key), "{address}");
        }
        // The end of a smaller network is a host of none: 10.1.2.127 is a plain host, since /25 begins behind it.
        nets.address("10.1.2.127");
        nets.address("2001:db8::");
        nets.try_prefix("192.0.2.0/24", &[("is_pool", "yes")]).unwrap();
        nets.address("192.0.2.0");
        nets.prefix("198.51.100.0/31");
        nets.address("198.51.100.0");
        let end = nets.try_prefix("10.1.2.64/26", &[]).unwrap_err();
        assert_eq!(at_fault(&end), ("prefix".into(), "prefixes-host-at-end"), "10.1.2.127 would be its broadcast");
        nets.try_prefix("10.1.2.64/26", &[("is_pool", "yes")]).unwrap();
    }

    /// An address is in a table once, unless the table lets it; archived it is free, and comes back with its history.
    async fn an_address_is_there_once(db: TestDb) {
        let nets = Nets::new(db);
        let first = nets.address("10.0.0.5");
        assert_eq!(at_fault(&nets.try_address("10.0.0.5", &[]).unwrap_err()), ("address".into(), "addresses-taken"));
        let loose = VrfDraft::parse(&fields(&[("name", "loose")])).unwrap();
        let vrf = nets.db.put(|c| vrf_create(c, &nets.actor, &loose));
        let there = vrf.to_string();
        let twice = [nets.try_address("10.0.0.5", &[("vrf_id", &there)]), nets.try_address("10.0.0.5", &[("vrf_id", &there)])];
        assert!(twice.iter().all(Result::is_ok));
        let strict = VrfDraft { refuse_duplicates: true, ..loose };
        let fault = nets.db.store.write_blocking("t", |c| vrf_update(c, &nets.actor, vrf, 1, &strict)).unwrap_err();
        assert_eq!(at_fault(&fault), ("refuse_duplicates".into(), "vrfs-has-duplicates"));
        let fault = nets.db.store.write_blocking("t", |c| vrf_archive(c, &nets.actor, nets.vrf, 1, true)).unwrap_err();
        assert_eq!(fault.message.key, "vrfs-in-use");

        nets.db.customer("ACME");
        let assignment = nets.assign(Subject::Address(first), &[("customer", "acme"), ("from", "2026-01-01")]);
        let archive = |version| nets.db.store.write_blocking("t", |c| address_archive(c, &nets.actor, first, version, true));
        assert_eq!(archive(1).unwrap_err().message.key, "addressing-assigned");
        nets.db.put(|c| assignment_end(c, &nets.actor, assignment, 1, Some(NOW.plus_seconds(-5))));
        assert_eq!(archive(7).unwrap_err().kind, FaultKind::Stale);
        archive(1).unwrap();
        assert_eq!(nets.address("10.0.0.5"), first, "the record with its history comes back");
        assert_eq!(nets.db.get(|c| assignments_of(c, &nets.actor, Subject::Address(first))).len(), 1);
        let moved = AddressDraft::parse(&fields(&[("vrf_id", &nets.vrf.to_string()), ("address", "10.0.0.6")])).unwrap();
        let fault = nets.db.store.write_blocking("t", |c| address_update(c, &nets.actor, first, 3, &moved)).unwrap_err();
        assert_eq!(at_fault(&fault), ("address".into(), "addresses-stays"));
    }

    /// The lowest free address lies in no smaller network and no range, is no end and not taken; a pool has its own.
    async fn the_next_free_is_free(db: TestDb) {
        let nets = Nets::new(db);
        let wide = nets.prefix("10.0.0.0/8");
        nets.prefix("10.0.0.0/24");
        nets.address("10.0.1.0");
        nets.address("10.0.1.2");
        let range = |first: &str, last: &str, purpose: &str| {
            let row = fields(&[("vrf_id", &nets.vrf.to_string()), ("first", first), ("last", last), ("purpose", purpose)]);
            RangeDraft::parse(&row).and_then(|draft| nets.db.store.write_blocking("t", |c| range_create(c, &nets.actor, &draft)))
        };
        let dhcp = range("10.0.1.3", "10.0.1.9", "dhcp").unwrap();
        assert_eq!(at_fault(&range("10.0.1.9", "10.0.1.12", "pool").unwrap_err()), ("first".into(), "ranges-overlap"));
        let pool = range("10.0.0.254", "10.0.1.1", "pool");
        let pool = pool.unwrap();
        assert_eq!(nets.next(wide).unwrap(), "10.0.1.10");
        assert_eq!(nets.next(wide).unwrap(), "10.0.1.11");
        let from = |range| nets.db.store.write_blocking("t", |c| {
            let id = range_next_address(c, &nets.actor, range, &Fields::new(), None)?;
            Ok(address_by_id(c, &nets.actor, id)?.address.ip().to_string())
        });
        assert_eq!(at_fault(&from(dhcp).unwrap_err()).1, "ranges-no-pool");
        assert_eq!(from(pool).unwrap(), "10.0.1.1", "10.0.0.254 is in a network that is not the pool's");
        assert_eq!(at_fault(&from(pool).unwrap_err()).1, "addressing-nothing-free");

        assert_eq!(nets.next_net(wide, 24).unwrap(), "10.0.2.0/24", "0 is there, 1 has addresses");
        assert_eq!(nets.next_net(wide, 16).unwrap(), "10.1.0.0/16");
        assert_eq!(nets.next_net(wide, 24).unwrap(), "10.0.3.0/24");
        for length in [8, 33, -1] {
            assert_eq!(at_fault(&nets.next_net(wide, length).unwrap_err()), ("length".into(), "fault-range"));
        }
        let small = nets.prefix("192.0.2.0/30");
        assert_eq!([nets.next(small).unwrap(), nets.next(small).unwrap()], ["192.0.2.1", "192.0.2.2"]);
        assert_eq!(nets.next(small).unwrap_err().message.key, "addressing-nothing-free");
        let six = nets.prefix("2001:db8::/32");
        assert_eq!(nets.next_net(six, 64).unwrap(), "2001:db8::/64");
        assert_eq!(nets.next_net(six, 48).unwrap(), "2001:db8:1::/48");
        assert_eq!(nets.next(six).unwrap(), "2001:db8:0:1::");
        let map = nets.db.get(|c| { let row = prefix_by_id(c, &nets.actor, small)?; prefix_map(c, &nets.actor, &row.prefix) });
        assert_eq!((map.usage.used, map.usage.percent(), map.gaps.len()), (2, 50, 0));
        let map = nets.db.get(|c| { let row = prefix_by_id(c, &nets.actor, wide)?; prefix_map(c, &nets.actor, &row.prefix) });
        // Three /24, one /16, and 10.0.1.0, .1, .2, .10, .11.
        assert_eq!((map.usage.used, map.children.len()), (3 * 256 + 65_536 + 5, 4));
    }

    /// Fifty who ask at once get fifty different addresses, and as many networks.
    async fn fifty_at_once_get_fifty(db: TestDb) {
        let nets = Nets::new(db);
        let wide = nets.prefix("10.0.0.0/8");
        nets.address("10.0.0.3");
        let mut asked = Vec::new();
        for number in 0..50 {
            let (store, actor) = (nets.db.store.clone(), nets.actor.clone());
            asked.push(tokio::spawn(async move {
                store.write("next", move |c| {
                    if number % 2 == 0 {
                        let id = next_address(c, &actor, wide, &Fields::new(), None)?;
                        Ok(address_by_id(c, &actor, id)?.address.ip().to_string())
                    } else {
                        let id = next_prefix(c, &actor, wide, 24, &Fields::new(), None)?;
                        Ok(prefix_by_id(c, &actor, id)?.prefix.prefix().to_string())
                    }
                }).await
            }));
        }
        let mut got = BTreeSet::new();
        for one in asked {
            got.insert(one.await.unwrap().unwrap_or_else(|fault| panic!("lost: {fault}")));
        }
        assert_eq!(got.len(), 50, "no double: {got:?}");
        let all = nets.db.get(|c| address_list(c, &nets.actor, &AddressFilter::default(), &PageRequest::first()));
        let tree = nets.db.get(|c| prefix_tree(c, &nets.actor, None, "", &PageRequest::first()));
        assert_eq!((all.total, tree.total), (26, 26));
    }

    /// One answer for every second: the address before its network, a narrow network before a wide one.
    async fn who_had_it_has_one_answer(db: TestDb) {
        let nets = Nets::new(db);
        let (acme, _) = (nets.db.customer("ACME"), nets.db.customer("BOLT"));
        nets.db.device("web-1", Some(acme));
        nets.db.device("own-1", None);
        let (wide, narrow) = (nets.prefix("10.0.0.0/16"), nets.prefix("10.0.1.0/24"));
        let address = nets.address("10.0.1.5");
        nets.assign(Subject::Prefix(wide), &[("customer", "BOLT"), ("from", "2026-01-01")]);
        nets.assign(Subject::Prefix(narrow), &[("customer", "ACME"), ("from", "2026-02-01"), ("until", "2026-06-01")]);
        let own = nets.assign(Subject::Address(address), &[("device", "web-1"), ("interface", "eth0"), ("from", "2026-03-01T00:00:00Z"), ("until", "2026-04-01T00:00:00Z")]);
        for (at, wanted) in [
            ("2025-12-31 23:59:59", None),
            ("2026-01-01", held("", "BOLT", "10.0.0.0/16")),
            ("2026-02-01", held("", "ACME", "10.0.1.0/24")),
            ("2026-02-28 23:59:59", held("", "ACME", "10.0.1.0/24")),
            ("2026-03-01 00:00:00", held("web-1", "ACME", "")),
            ("2026-03-31 23:59:59", held("web-1", "ACME", "")),
            ("2026-04-01 00:00:00", held("", "ACME", "10.0.1.0/24")),
            ("2026-06-01", held("", "BOLT", "10.0.0.0/16")),
        ] {
            assert_eq!(nets.had(&nets.actor, "10.0.1.5", at), wanted, "{at}");
        }
        assert_eq!(nets.had(&nets.actor, "10.0.9.9", "2026-03-01"), held("", "BOLT", "10.0.0.0/16"), "an address on no record");

        let to = Subject::Address(address);
        for (pairs, wanted) in [
            (&[("device", "own-1"), ("from", "2026-03-31")][..], ("from", "assignments-overlap")),
            (&[("device", "own-1"), ("from", "2026-01-01")][..], ("from", "assignments-overlap")),
            (&[("device", "web-1"), ("customer", "BOLT"), ("from", "2026-05-01")][..], ("customer", "assignments-device-of-other")),
            (&[("device", "nowhere"), ("from", "2026-05-01")][..], ("device", "assignments-no-such-device")),
            (&[("customer", "NOBODY"), ("from", "2026-05-01")][..], ("customer", "fault-no-such-customer")),
        ] {
            let fault = nets.try_assign(to, pairs).unwrap_err();
            assert_eq!(at_fault(&fault), (wanted.0.to_owned(), wanted.1), "{pairs:?}");
        }
        let next = nets.assign(to, &[("device", "own-1"), ("from", "2026-04-01T00:00:00Z")]);
        let end = |version, until: Option<&str>| {
            let until = until.and_then(|text| Timestamp::parse_in(text, chrono_tz::UTC));
            nets.db.store.write_blocking("t", |c| assignment_end(c, &nets.actor, own, version, until))
        };
        assert_eq!(at_fault(&end(1, None).unwrap_err()), ("until".into(), "assignments-overlap"), "it cannot go on");
        assert_eq!(at_fault(&end(1, Some("2026-03-01T00:00:00Z")).unwrap_err()), ("until".into(), "assignments-until-before-from"));
        end(1, Some("2026-03-15")).unwrap();
        assert_eq!(end(1, Some("2026-03-16")).unwrap_err().kind, FaultKind::Stale);
        let history = nets.db.get(|c| assignments_of(c, &nets.actor, to));
        assert_eq!(history.iter().map(|row| row.assignment.id).collect::<Vec<_>>(), [next, own]);
        assert_eq!(nets.had(&nets.actor, "10.0.1.5", "2026-03-20"), held("", "ACME", "10.0.1.0/24"));
        let fault = nets.db.store.write_blocking("t", |c| prefix_archive(c, &nets.actor, wide, 1, true)).unwrap_err();
        assert_eq!(fault.message.key, "addressing-assigned");
    }

    /// A customer sees what is the customer's now, the history of the own times, and nothing else.
    async fn the_wall_stands_around_addresses(db: TestDb) {
        let nets = Nets::new(db);
        let (acme, bolt) = (nets.db.customer("ACME"), nets.db.customer("BOLT"));
        let a = nets.db.actor_of(Role::CustomerAdmin, Some(acme));
        let b = nets.db.actor_of(Role::CustomerMember, Some(bolt));
        let server = nets.db.device("web-1", Some(acme));
        let (top, leased) = (nets.prefix("10.0.0.0/8"), nets.prefix("10.0.1.0/24"));
        let (child, foreign) = (nets.prefix("10.0.1.64/26"), nets.prefix("10.0.1.128/26"));
        let (mine, inside, past) = (nets.address("10.9.0.1"), nets.address("10.0.1.5"), nets.address("10.9.0.2"));
        let others = nets.address("10.0.1.6");
        nets.assign(Subject::Prefix(leased), &[("customer", "ACME"), ("from", "2026-01-01")]);
        nets.assign(Subject::Prefix(foreign), &[("customer", "BOLT"), ("from", "2026-01-01")]);
        nets.assign(Subject::Address(others), &[("customer", "BOLT"), ("from", "2026-01-01")]);
        nets.assign(Subject::Address(mine), &[("customer", "BOLT"), ("from", "2025-01-01"), ("until", "2026-01-01")]);
        let own = nets.assign(Subject::Address(mine), &[("device", "web-1"), ("from", "2026-01-01")]);
        nets.assign(Subject::Address(past), &[("customer", "ACME"), ("from", "2025-01-01"), ("until", "2026-01-01")]);

        let tree = |actor: &Actor| {
            let page = nets.db.get(|c| prefix_tree(c, actor, None, "", &PageRequest::first()));
            page.rows.iter().map(|row| row.row.prefix.id).collect::<Vec<_>>()
        };
        assert_eq!((tree(&a), tree(&b)), (vec![leased, child], vec![foreign]));
        let listed = |actor: &Actor| {
            let page = nets.db.get(|c| address_list(c, actor, &AddressFilter::default(), &PageRequest::first()));
            assert_eq!(page.total, i64::try_from(page.rows.len()).unwrap());
            page.rows.iter().map(|row| row.address.id).collect::<Vec<_>>()
        };
        assert_eq!((listed(&a), listed(&b)), (vec![mine], vec![others]));
        let sees = |actor: &Actor, id| nets.db.store.read_blocking(|c| address_by_id(c, actor, id)).map_err(|fault| fault.kind);
        for (id, by_a, by_b) in [(mine, true, false), (inside, true, false), (others, false, true), (past, false, false)] {
            assert_eq!((sees(&a, id).is_ok(), sees(&b, id).is_ok()), (by_a, by_b), "{id}");
        }
        assert_eq!(sees(&b, mine).unwrap_err(), FaultKind::NotFound);
        let networks = [top, leased, child, foreign].map(|id| nets.db.store.read_blocking(|c| prefix_by_id(c, &a, id)).is_ok());
        assert_eq!(networks, [false, true, true, false]);
        let history = nets.db.get(|c| assignments_of(c, &a, Subject::Address(mine)));
        assert_eq!(history.iter().map(|row| row.assignment.id).collect::<Vec<_>>(), [own], "not what was another's");
        assert!(nets.db.store.read_blocking(|c| assignment_by_id(c, &b, own)).is_err());
        assert_eq!(nets.db.get(|c| assignments_of_device(c, &a, server)).len(), 1);
        assert_eq!(nets.had(&a, "10.9.0.1", "2026-03-01"), held("web-1", "ACME", ""));
        assert_eq!(nets.had(&b, "10.9.0.1", "2025-03-01"), held("", "BOLT", ""), "the own past");
        let ip = Ip::parse("address", "10.9.0.1").unwrap();
        for (actor, at) in [(&a, "2025-03-01"), (&b, "2026-03-01"), (&a, "2024-01-01")] {
            let at = Timestamp::parse_in(at, chrono_tz::UTC).unwrap();
            let fault = nets.db.store.read_blocking(|c| holder_at(c, actor, nets.vrf, ip, at)).unwrap_err();
            assert_eq!(fault.kind, FaultKind::NotFound, "{at:?}");
        }
    }

    /// VLANs count in their site or group, and networks keep to them.
    async fn vlans_have_their_place(db: TestDb) {
        let nets = Nets::new(db);
        let (one, two) = (nets.db.site("S1"), nets.db.site("S2"));
        let vlan = |site: &str, group: &str, number: &str| {
            let row = fields(&[("site_id", site), ("group_name", group), ("number", number), ("name", "v")]);
            VlanDraft::parse(&row).and_then(|draft| nets.db.store.write_blocking("t", |c| vlan_create(c, &nets.actor, &draft)))
        };
        let first = vlan(&one.to_string(), "", "100").unwrap();
        vlan(&two.to_string(), "", "100").unwrap();
        vlan("", "core", "100").unwrap();
        for (site, group) in [(one.to_string(), ""), (String::new(), "core")] {
            assert_eq!(at_fault(&vlan(&site, group, "100").unwrap_err()), ("number".into(), "vlans-number-taken"));
        }
        assert_eq!(at_fault(&vlan("999", "", "7").unwrap_err()), ("site_id".into(), "vlans-no-such-site"));
        let (here, there) = (one.to_string(), two.to_string());
        let number = first.to_string();
        let fault = nets.try_prefix("10.0.0.0/24", &[("site_id", &there), ("vlan_id", &number)]).unwrap_err();
        assert_eq!(at_fault(&fault), ("vlan_id".into(), "prefixes-vlan-elsewhere"));
        let prefix = nets.try_prefix("10.0.0.0/24", &[("site_id", &here), ("vlan_id", &number)]).unwrap();
        let fault = nets.db.store.write_blocking("t", |c| vlan_archive(c, &nets.actor, first, 1, true)).unwrap_err();
        assert_eq!(fault.message.key, "vlans-in-use");
        let row = fields(&[("vrf_id", &nets.vrf.to_string()), ("prefix", "10.0.0.0/24")]);
        let draft = PrefixDraft::parse(&row).unwrap();
        nets.db.put(|c| prefix_update(c, &nets.actor, prefix, 1, &draft));
        nets.db.put(|c| vlan_archive(c, &nets.actor, first, 1, true));
        assert_eq!(at_fault(&vlan(&here, "", "100").unwrap_err()), ("number".into(), "vlans-number-archived"));
    }

    /// Lists go on and back by key, and find by address, by the beginning of one, by network and by name.
    async fn addresses_are_found(db: TestDb) {
        let nets = Nets::new(db);
        for text in ["10.0.0.10", "10.0.0.9", "10.1.0.1", "2001:db8::1", "192.0.2.1"] {
            nets.try_address(text, &[("dns_name", if text == "10.1.0.1" { "Web-1.example.com" } else { "" })]).unwrap();
        }
        let found = |query: &str, after: Option<String>, before: Option<String>, limit: usize| {
            let filter = AddressFilter { query: query.to_owned(), ..AddressFilter::default() };
            let page = nets.db.get(|c| address_list(c, &nets.actor, &filter, &PageRequest { after, before, limit }));
            let texts: Vec<String> = page.rows.iter().map(|row| row.address.ip().to_string()).collect();
            (texts, page.next, page.previous)
        };
        for (query, wanted) in [
            ("10.0.0.9", vec!["10.0.0.9"]),
            ("10.0.0", vec!["10.0.0.9", "10.0.0.10"]),
            ("10.0.0.0/15", vec!["10.0.0.9", "10.0.0.10", "10.1.0.1"]),
            ("2001:db8:", vec!["2001:db8::1"]),
            ("web-1", vec!["10.1.0.1"]),
            ("nothing", vec![]),
        ] {
            assert_eq!(found(query, None, None, 50).0, wanted, "{query}");
        }
        let (first, next, previous) = found("", None, None, 2);
        assert_eq!((first, previous), (vec!["10.0.0.9".to_owned(), "10.0.0.10".to_owned()], None));
        let (second, next, previous) = found("", next, None, 2);
        assert_eq!(second, ["10.1.0.1", "192.0.2.1"]);
        let (third, end, _) = found("", next, None, 2);
        assert_eq!((third, end), (vec!["2001:db8::1".to_owned()], None));
        assert_eq!(found("", None, previous, 2).0, ["10.0.0.9", "10.0.0.10"]);
    }

    /// In the box on every page, by number, beginning and name; what is archived is not, and a customer's are in their lists.
    async fn addresses_and_networks_are_found_by_number_and_name(db: TestDb) {
        let nets = Nets::new(db);
        let customer = nets.db.customer("ACME");
        let (wide, six) = (nets.prefix("10.20.0.0/16"), nets.prefix("2001:db8:7::/48"));
        let v4 = nets.try_address("10.20.0.7", &[("dns_name", "gw-7.example.com")]).unwrap();
        let v6 = nets.address("2001:db8:7::7");
        let find = |actor: &Actor, query: &str| -> Vec<(SearchKind, i64)> {
            let groups = nets.db.get(|c| search_find(c, actor, query, 9));
            let hits = groups.iter().flat_map(|group| group.hits.iter().map(|hit| (group.kind, hit.id)));
            hits.collect()
        };
        let (address, network) = (SearchKind::Address, SearchKind::Prefix);
        for (query, found) in [
            ("10.20.0.7", vec![(address, v4.get())]),
            ("10.20.0", vec![(address, v4.get()), (network, wide.get())]),
            ("10.20.0.0/16", vec![(network, wide.get())]),
            ("gw-7", vec![(address, v4.get())]),
            ("example.com", vec![(address, v4.get())]),
            ("2001:db8:7::7", vec![(address, v6.get())]),
            ("2001:DB8:7::", vec![(address, v6.get()), (network, six.get())]),
        ] {
            assert_eq!(find(&nets.actor, query), found, "{query}");
        }
        nets.assign(Subject::Address(v4), &[("customer", "ACME"), ("from", "")]);
        let own = nets.db.actor_of(Role::CustomerAdmin, Some(customer));
        assert!(find(&own, "10.20.0.7").is_empty(), "whose it is changes with the clock");
        let version = nets.db.get(|c| address_by_id(c, &nets.actor, v6)).address.version;
        nets.db.put(|c| address_archive(c, &nets.actor, v6, version, true));
        assert_eq!(find(&nets.actor, "2001:db8:7::"), [(network, six.get())]);
        let page = TestWeb::new(nets.db.clone()).await;
        let staff = page.browser(Role::Operations, None);
        let found = page.get(&staff, "/search?q=10.20.0").await.body.replace("&#x2f;", "/");
        for href in [format!("/addresses/{v4}"), format!("/prefixes/{wide}")] {
            assert!(found.contains(&href), "{href}: {found}");
        }
    }

    /// A range tells how full it is and who has its addresses, on its page and on that of its network.
    async fn a_range_has_a_page(db: TestDb) {
        let nets = Nets::new(db);
        let customer = nets.db.customer("ACME");
        let prefix = nets.prefix("10.0.0.0/24");
        nets.address("10.0.0.9");
        let inside = nets.address("10.0.0.11");
        nets.assign(Subject::Address(inside), &[("customer", "ACME"), ("from", "2026-01-01")]);
        let web = TestWeb::new(nets.db.clone()).await;
        let staff = web.browser(Role::Operations, None);
        let form = web.get(&staff, &format!("/ip-ranges/new?prefix={prefix}")).await;
        assert!(form.status.code == 200 && form.body.contains("10.0.0.0"), "{}", form.body);
        let vrf = nets.vrf.to_string();
        let range = [("vrf_id", vrf.as_str()), ("first", "10.0.0.10"), ("last", "10.0.0.19"), ("name", "hosts"), ("purpose", "dhcp")];
        let wrong = web.post(&staff, "/ip-ranges/new", &[&range[..2], &[("last", "10.0.0.1")]].concat()).await;
        assert!(wrong.status.code == 422 && wrong.body.contains("10.0.0.10"), "{}", wrong.body);
        let added = web.post(&staff, "/ip-ranges/new", &range).await;
        let at = added.header("location").unwrap_or_else(|| panic!("{}", added.body)).to_owned();
        let page = web.get(&staff, &at).await;
        for text in ["10.0.0.10", "10.0.0.11", "Customer ACME", "hosts", "1 of 10", "10.0.0.0/24"] {
            assert!(page.body.replace("&#x2f;", "/").contains(text), "{text}: {}", page.body);
        }
        assert!(!page.body.contains("10.0.0.9<"), "it is beside the range");
        let around = web.get(&staff, &format!("/prefixes/{prefix}")).await;
        assert!(around.body.replace("&#x2f;", "/").contains(&at), "{}", around.body);
        let overlap = web.post(&staff, "/ip-ranges/new", &range).await;
        assert_eq!(overlap.status.code, 422, "{}", overlap.body);
        assert_eq!(web.get(&staff, &format!("{at}/edit")).await.status.code, 200);
        let longer = [&range[..2], &[("last", "10.0.0.29"), ("purpose", "pool"), ("version", "1")]].concat();
        let saved = web.post(&staff, &format!("{at}/edit"), &longer).await;
        assert_eq!(saved.header("location"), Some(at.as_str()), "{}", saved.body);
        assert!(web.get(&staff, &at).await.body.contains("1 of 20"));
        assert_eq!(web.get(&staff, &format!("{at}/archive")).await.status.code, 200);
        let gone = web.post(&staff, &format!("{at}/archive"), &[("version", "2")]).await;
        assert_eq!(gone.header("location"), Some(at.as_str()), "{}", gone.body);
        assert!(web.get(&staff.reading_chinese(), &at).await.body.contains("已归档"));
        let own = web.browser(Role::CustomerMember, Some(customer));
        assert_eq!(web.get(&own, &at).await.status.code, 404);
    }

    /// A whole walk through the pages and the interface, and what is wrong stays in its form.
    async fn pages_and_interface_tell_the_same(db: TestDb) {
        let nets = Nets::new(db);
        let customer = nets.db.customer("ACME");
        let server = nets.db.device("web-1", Some(customer));
        let wide = nets.prefix("10.0.0.0/16");
        let web = TestWeb::new(nets.db.clone()).await;
        let staff = web.browser(Role::Operations, None);
        let vrf = nets.vrf.to_string();
        let wrong = web.post(&staff, "/prefixes/new", &[("vrf_id", &vrf), ("prefix", "10.0.5.1/24")]).await;
        assert_eq!(wrong.status.code, 422);
        let read = wrong.body.replace("&#x2f;", "/");
        assert!(read.contains("10.0.5.0/24") && read.contains("10.0.5.1/24"), "the right one is named, nothing typed is lost");
        let taken = web.post(&staff, &format!("/prefixes/{wide}/next-prefix"), &[("length", "/24"), ("customer", "ACME"), ("from", "")]).await;
        let at = taken.header("location").unwrap().to_owned();
        assert!(web.get(&staff, &at).await.body.contains("Customer ACME"));
        let taken = web.post(&staff, &format!("{at}/next-address"), &[("dns_name", "<b>"), ("device", "web-1")]).await;
        assert_eq!(taken.status.code, 422, "{}", taken.body);
        assert!(!taken.body.contains("<b>"));
        let taken = web.post(&staff, &format!("{at}/next-address"), &[("dns_name", "web-1.example.com"), ("device", "web-1"), ("interface", "eth0")]).await;
        let address = taken.header("location").unwrap().to_owned();
        let page = web.get(&staff, &address).await;
        for text in ["10.0.0.1", "web-1.example.com", "eth0", "Customer ACME", "10.0.0.0/24"] {
            assert!(page.body.replace("&#x2f;", "/").contains(text), "{text}: {}", page.body);
        }
        assert!(web.get(&staff, &format!("/devices/{server}")).await.body.contains("10.0.0.1"));
        for path in ["/prefixes", "/prefixes?q=10.0", "/addresses", "/addresses?status=active", "/vlans", "/vrfs/new", "/vlans/new", "/prefixes/new", "/addresses/new", "/addresses/who-had"] {
            let page = web.get(&staff, path).await;
            assert_eq!(page.status.code, 200, "{path}: {}", page.body);
        }
        let who = web.get(&staff, "/addresses/who-had?address=10.0.0.1").await;
        assert!(who.body.contains("web-1"), "{}", who.body);
        assert_eq!(web.get(&staff, "/addresses/who-had?address=010.0.0.1").await.status.code, 422);
        let own = web.browser(Role::CustomerMember, Some(customer));
        let page = web.get(&own, &address).await;
        assert!(page.status.code == 200 && page.body.contains("eth0") && !page.body.contains("/customers/"));

        let program = web.program(Role::Operations, None, "write");
        let reply = web.get(&program, "/api/v1/address-holder?address=10.0.0.1").await.json();
        assert_eq!((&reply["assignment"]["device"], &reply["through"]), (&json!("web-1"), &json!(null)));
        let reply = web.json(&program, Method::Post, &format!("/api/v1/prefixes/{wide}/next-prefix"), &json!({"length": 28})).await;
        assert_eq!((reply.status.code, &reply.json()["prefix"]), (201, &json!("10.0.1.0/28")));
        let reply = web.json(&program, Method::Post, "/api/v1/addresses", &json!({"vrf_id": nets.vrf, "address": "10.0.0.1"})).await;
        assert_eq!((reply.status.code, &reply.json()["errors"][0]["code"]), (422, &json!("addresses-taken")));
        let list = web.get(&program, "/api/v1/prefixes").await.json();
        assert_eq!((&list["total"], &list["items"][1]["depth"]), (&json!(3), &json!(1)));
        let one = web.get(&program, &format!("/api/v1{at}")).await.json();
        assert_eq!((&one["usage"]["used"], &one["free"][0]["first"]), (&json!("1"), &json!("10.0.0.2")));
        let held = &web.get(&program, &format!("/api/v1{address}/assignments")).await.json()[0];
        let end = format!("/api/v1/address-assignments/{}/end", held["id"]);
        let reply = web.json(&program, Method::Post, &end, &json!({"version": held["version"], "until": "2099-01-01T00:00:00Z"})).await;
        assert_eq!(reply.json()["until"], "2099-01-01T00:00:00.000Z", "{}", reply.body);
        let reply = web.json(&program, Method::Post, &end, &json!({"version": held["version"], "until": "2098-01-01T00:00:00Z"})).await;
        assert_eq!(reply.status.code, 409, "a stale version");
    }
}
