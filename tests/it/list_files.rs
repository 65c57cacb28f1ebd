//! Files of what lists show, pages of those that were shown whole, and the list of address ranges.

use coldaisle::addressing::{
    RangeDraft, Subject, VlanDraft, range_archive, range_create, vlan_create,
};
use coldaisle::base::fields::Fields;
use coldaisle::base::ids::IpRangeId;
use coldaisle::facility::{FeedDraft, PanelDraft, feed_create, panel_create};
use coldaisle::identity::Role;

use crate::addressing::Nets;
use crate::cabling::Lines;
use crate::harness::{Caller, TestDb, TestWeb, both};

fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().copied().collect()
}

/// The lines of a file without its mark.
async fn file(web: &TestWeb, who: &Caller, path: &str) -> Vec<String> {
    let reply = web.get(who, path).await;
    assert_eq!(reply.status.code, 200, "{path}: {}", reply.body);
    let text = reply.body.trim_start_matches('\u{feff}');
    text.lines().map(str::to_owned).collect()
}

/// The key that the link to the next page carries, when there is one.
fn next(page: &str) -> Option<String> {
    let behind = page.split_once("?after=")?.1;
    Some(
        behind
            .chars()
            .take_while(|letter| *letter != '"' && *letter != '&')
            .collect(),
    )
}

fn range(nets: &Nets, pairs: &[(&str, &str)]) -> IpRangeId {
    let mut all = fields(pairs);
    all.set("vrf_id", nets.vrf.to_string());
    let draft = RangeDraft::parse(&all).unwrap();
    nets.db.put(|c| range_create(c, &nets.actor, &draft))
}

both! {
    /// A file of cables holds the rows of the page, and a customer's tells no more than the page.
    async fn a_file_of_cables_holds_what_is_shown(db: TestDb) {
        let lines = Lines::new(db);
        let own = lines.db.customer("AAA");
        let (switch, server) = (lines.db.device("SW-1", None), lines.db.device("SRV-1", Some(own)));
        for (device, port) in [(switch, "eth1"), (server, "eno1"), (switch, "eth2"), (switch, "eth3")] {
            lines.port(device, "interface", port);
        }
        lines.connect(("SW-1", "eth1"), ("SRV-1", "eno1"), &[("label", "C-7"), ("kind", "cat6a"), ("length_m", "2.5"), ("bundle", "Tray 7")]);
        lines.connect(("SW-1", "eth2"), ("SW-1", "eth3"), &[("label", "D-8"), ("kind", "dac")]);
        let web = TestWeb::new(lines.db.clone()).await;
        let staff = web.browser(Role::Operations, None);
        assert!(web.get(&staff, "/cables?kind=cat6a").await.body.replace("&#x2f;", "/").contains("/cables.csv?kind=cat6a"));
        assert_eq!(file(&web, &staff, "/cables.csv?kind=cat6a").await, [
            "label,side_a,side_b,kind,length_m,colour,status,bundle",
            "C-7,SW-1 eth1,SRV-1 eno1,cat6a,2.5,,connected,Tray 7",
        ]);
        assert_eq!(file(&web, &staff, "/cables.csv").await.len(), 3);
        let customer = web.browser(Role::CustomerMember, Some(own));
        assert_eq!(file(&web, &customer, "/cables.csv").await, [
            "label,side_a,side_b,kind,length_m,colour,status",
            "C-7,,SRV-1 eno1,cat6a,2.5,,connected",
        ]);
    }

    /// Networks, addresses and ranges as files; ranges are listed, narrowed and searched.
    async fn networks_addresses_and_ranges_are_files(db: TestDb) {
        let nets = Nets::new(db);
        let customer = nets.db.customer("ACME");
        nets.prefix("10.0.0.0/24");
        nets.address("10.0.0.9");
        let inside = nets.address("10.0.0.11");
        nets.assign(Subject::Address(inside), &[("customer", "ACME"), ("from", "2026-01-01")]);
        range(&nets, &[("first", "10.0.0.10"), ("last", "10.0.0.19"), ("name", "hosts"), ("purpose", "dhcp")]);
        let pool = range(&nets, &[("first", "10.0.0.20"), ("last", "10.0.0.29"), ("name", "spare"), ("purpose", "pool")]);
        let web = TestWeb::new(nets.db.clone()).await;
        let staff = web.browser(Role::Operations, None);
        let networks = file(&web, &staff, "/prefixes.csv").await;
        assert_eq!(networks.len(), 2, "{networks:?}");
        assert!(networks[1].starts_with("10.0.0.0/24,") && networks[1].ends_with(",2,0"), "{networks:?}");
        let addresses = file(&web, &staff, "/addresses.csv?q=10.0.0.11").await;
        assert_eq!(addresses.len(), 2, "{addresses:?}");
        assert!(addresses[1].starts_with("10.0.0.11,,active,host,,,Customer ACME,"), "{addresses:?}");

        let page = web.get(&staff, "/ip-ranges").await.body;
        for text in ["10.0.0.10 – 10.0.0.19", "hosts", "1 / 10", "spare", "0 / 10"] {
            assert!(page.contains(text), "{text}: {page}");
        }
        for path in ["/ip-ranges?purpose=dhcp", "/ip-ranges?q=HOSTS", "/ip-ranges?q=0.0.19"] {
            let page = web.get(&staff, path).await.body;
            assert!(page.contains("hosts") && !page.contains("spare"), "{path}: {page}");
        }
        let ranges = file(&web, &staff, "/ip-ranges.csv?purpose=dhcp").await;
        assert_eq!(ranges.len(), 2, "{ranges:?}");
        assert!(ranges[1].starts_with("10.0.0.10,10.0.0.19,") && ranges[1].ends_with(",hosts,dhcp,1,10,10,"), "{ranges:?}");
        assert_eq!(web.get(&staff, "/ip-ranges?purpose=lawn").await.status.code, 404);
        nets.db.put(|c| range_archive(c, &nets.actor, pool, 1, true));
        assert_eq!(file(&web, &staff, "/ip-ranges.csv").await.len(), 2, "an archived one is not listed");
        let own = web.browser(Role::CustomerMember, Some(customer));
        assert_eq!(file(&web, &own, "/addresses.csv").await.len(), 2);
        for path in ["/ip-ranges", "/ip-ranges.csv", "/vlans.csv"] {
            assert_eq!(web.get(&own, path).await.status.code, 404, "{path}");
        }
    }

    /// VLANs, feeds and boards come in pages that join, are searched, and their files hold all of them.
    async fn what_was_shown_whole_comes_in_pages(db: TestDb) {
        let nets = Nets::new(db);
        let db = &nets.db;
        let room = db.room(db.site("S1"), "Hall");
        let room_id = room.to_string();
        for n in 0..53 {
            let (number, name) = ((100 + n).to_string(), format!("zq-{n:02}"));
            let vlan = VlanDraft::parse(&fields(&[("number", &number), ("name", &name), ("group_name", "core")])).unwrap();
            let panel = PanelDraft::parse(&fields(&[("room_id", &room_id), ("name", &name)])).unwrap();
            let feed = FeedDraft::parse(&fields(&[("room_id", &room_id), ("name", &name), ("side", "a"), ("phases", "1"), ("volts", "220"), ("amps", "32")])).unwrap();
            db.put(|c| {
                vlan_create(c, &nets.actor, &vlan)?;
                panel_create(c, &nets.actor, &panel)?;
                feed_create(c, &nets.actor, &feed)
            });
        }
        let web = TestWeb::new(db.clone()).await;
        let staff = web.browser(Role::Operations, None);
        for path in ["/vlans", "/feeds", "/panels"] {
            let first = web.get(&staff, path).await;
            assert_eq!(first.status.code, 200, "{path}: {}", first.body);
            assert!(first.body.contains("zq-00") && !first.body.contains("zq-50"), "{path}: {}", first.body);
            let key = next(&first.body).unwrap();
            let second = web.get(&staff, &format!("{path}?after={key}")).await.body;
            for name in ["zq-50", "zq-51", "zq-52"] {
                assert!(second.contains(name) && !second.contains("zq-49"), "{path}: {second}");
            }
            let one = web.get(&staff, &format!("{path}?q=ZQ-17")).await.body;
            assert!(one.contains("zq-17") && !one.contains("zq-18"), "{path}: {one}");
            assert_eq!(file(&web, &staff, &format!("{path}.csv")).await.len(), 54, "{path}");
            assert_eq!(file(&web, &staff, &format!("{path}.csv?q=zq-17")).await.len(), 2, "{path}");
        }
        let feeds = file(&web, &staff, "/feeds.csv?q=zq-17").await;
        assert_eq!(feeds[1], "zq-17,S1,Hall,a,1,220,32,,");
        let vrfs = web.get(&staff, "/vlans?q=zq-17").await.body;
        assert!(vrfs.contains("id=\"vrfs\""), "routing tables stay below: {vrfs}");
        let sites = file(&web, &staff, "/sites.csv").await;
        assert!(sites.len() == 2 && sites[1].starts_with("S1,") && sites[1].ends_with(",Hall"), "{sites:?}");
        assert_eq!(file(&web, &staff, "/differences.csv?kind=serial").await.len(), 1);
    }
}
