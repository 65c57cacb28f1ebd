//! Pages, files and the interface of power: what they show of what was read.

use coldaisle::base::ids::GaugeId;
use coldaisle::facility::outlets_of_pdu;
use coldaisle::identity::Role;
use coldaisle::metering::gauges_of_device;

use super::gauges::{plug_at, read_pdu};
use crate::harness::{NOW, TestDb, TestWeb, both};

both! {
    /// What a PDU said is on its page, on its rack's, in the file and in the interface.
    async fn power_is_shown_where_people_look(db: TestDb) {
        let now = coldaisle::base::time::Timestamp::now();
        let site = db.site("s1");
        let rack = db.rack(db.room(site, "r1"), "A01");
        let customer = db.customer("AAA");
        let pdu = db.device("PDU-A", None);
        let own = db.device("a-1", Some(customer));
        db.install(pdu, rack, 11);
        for minutes in [10, 5] {
            read_pdu(&db, pdu, now.plus_millis(-minutes * 60_000), 1234, [567, 89]);
        }
        plug_at(&db, pdu, 1, "a-1", true, now.plus_millis(-3_600_000));
        let staff = db.actor(Role::Operations);
        let outlet = db.get(|c| outlets_of_pdu(c, &staff, pdu))[0].outlet.id;
        let gauge: GaugeId = db.get(|c| gauges_of_device(c, &staff, pdu))[0].id;
        let web = TestWeb::new(db).await;
        let operations = web.browser(Role::Operations, None);
        let page = web.get(&operations, &format!("/devices/{pdu}")).await;
        for text in ["1234", "567", "a-1", "Outlet 1", "/gauges/"] {
            assert!(page.body.contains(text), "{text}");
        }
        let page = web.get(&operations, &format!("/racks/{rack}")).await;
        assert!(page.body.contains("1,234") || page.body.contains("1234"), "the rack's power");
        for path in [
            format!("/racks/{rack}/power"), format!("/devices/{pdu}/power-course"),
            format!("/customers/{customer}/power"), format!("/gauges/{gauge}"), "/feeds".into(), "/feeds/new".into(),
            format!("/outlets/{outlet}/edit"), format!("/devices/{pdu}/pdu"), format!("/devices/{own}"),
            format!("/gauges/{gauge}?from=2026-11-01&to=2026-11-02"),
        ] {
            let page = web.get(&operations, &path).await;
            assert_eq!(page.status.code, 200, "{path}: {}", page.body);
        }
        let file = web.get(&operations, &format!("/racks/{rack}/power.csv?range=day")).await;
        assert!(file.body.contains("from,mean,least,most,unit,incomplete"), "{}", file.body);
        assert!(file.body.contains(",1234,1234,1234,W,no"), "{}", file.body);
        let series = web.get(&operations, &format!("/api/v1/racks/{rack}/power?points=300")).await;
        let series: serde_json::Value = serde_json::from_str(&series.body).unwrap();
        assert_eq!(series["summary"]["mean"], 1234);
        assert_eq!((series["unit"].as_str(), series["members"].as_i64()), (Some("W"), Some(1)));
        let outlets = web.get(&operations, &format!("/api/v1/devices/{pdu}/outlets")).await;
        let outlets: serde_json::Value = serde_json::from_str(&outlets.body).unwrap();
        assert_eq!((outlets[0]["state"].as_str(), outlets[0]["device"].as_str()), (Some("on"), Some("a-1")));

        let member = web.browser(Role::CustomerMember, Some(customer));
        let page = web.get(&member, &format!("/devices/{own}")).await;
        assert!(page.body.contains("567") && !page.body.contains("PDU-A"), "{}", page.body);
        let page = web.get(&member, &format!("/customers/{customer}/power")).await;
        assert_eq!(page.status.code, 200, "{}", page.body);
        let _ = NOW;
    }
}
