//! BMC endpoints: sealed, unique, walled, exported without secrets.

use coldaisle::base::change::Change;
use coldaisle::base::fault::FaultKind;
use coldaisle::base::fields::Fields;
use coldaisle::identity::Role;
use coldaisle::power::csv;
use coldaisle::power::ops::{
    PollResult, credential_refused, endpoint_create, endpoint_of_device, endpoint_remove,
    endpoint_update, poll_claim, poll_record, target,
};
use coldaisle::power::port::{BmcIdentity, PortFault, PortFaultKind};
use coldaisle::power::{Action, BmcDraft, BmcEndpoint, BmcPrivilege, PowerState, UserLookup};
use coldaisle::store::schema::audit_entries;
use diesel::prelude::*;

use super::{Room, endpoint_fields, letters};
use crate::harness::{TestDb, both};

fn there(room: &Room) -> BmcEndpoint {
    let (actor, device) = (room.staff(), room.device);
    room.db
        .get(|c| endpoint_of_device(c, &actor, device))
        .unwrap()
}

fn draft(changes: &[(&str, &str)]) -> BmcDraft {
    let mut fields = endpoint_fields("192.0.2.7");
    for (name, text) in changes {
        fields.set(*name, *text);
    }
    BmcDraft::parse(&fields).unwrap()
}

fn update(room: &Room, changes: &[(&str, &str)]) -> Result<(), coldaisle::base::fault::Fault> {
    let (actor, version) = (room.staff(), there(room).version);
    let draft = draft(changes);
    room.db.store.write_blocking("test", |c| {
        endpoint_update(c, &actor, &room.keyring, room.device, version, &draft)
    })
}

fn silent() -> PortFault {
    PortFault::new(PortFaultKind::Passing, "no-answer", "192.0.2.7:623: login")
}

fn polled(room: &Room, outcome: Result<(PowerState, Option<bool>), PortFault>) {
    let endpoint = there(room);
    let identity = |is_expected| BmcIdentity {
        guid: Some("42bdfe50-c199-42d9-8e0b-c9d634020082".into()),
        is_expected,
        manufacturer_id: 2011,
        product_id: 7,
        firmware: "3.21".into(),
    };
    let result = PollResult {
        certificate: None,
        endpoint,
        at: room.staff().now,
        outcome: outcome.map(|(state, expected)| (state, identity(expected), Some(3))),
    };
    room.db
        .put(|c| poll_record(c, std::slice::from_ref(&result), 300_000));
}

both! {
    async fn passwords_are_sealed_and_left_out_of_audit_and_csv(db: TestDb) {
        let room = Room::new(db);
        let endpoint = there(&room);
        assert!(!endpoint.password_sealed.windows(6).any(|part| part == b"calvin"));
        let open = target(&endpoint, &room.keyring, true).unwrap();
        assert_eq!((open.password.expose(), open.user.as_str()), ("calvin", "operator"));
        let audit: Vec<String> = room.db.get(|c| {
            Ok(audit_entries::table.select(audit_entries::detail).load(c)?)
        });
        assert!(!audit.is_empty() && !audit.iter().any(|detail| detail.contains("calvin")));
        let rows = room.db.get(|c| csv::export_rows(c, &room.staff()));
        let usual = ["pin", "", "operator", "name", "", "false"];
        let row = [["SRV-0001", "ipmi", "192.0.2.7", "623", "operator", "", "", ""].as_slice(), &usual].concat();
        assert_eq!(rows, [row]);
    }

    async fn what_a_login_asks_for_goes_to_the_driver_and_through_the_file(db: TestDb) {
        let room = Room::new(db);
        let settings = [("privilege", "administrator"), ("lookup", "name_privilege"), ("suites", "3, 8"), ("allow_v15", "true")];
        update(&room, &settings).unwrap();
        let open = target(&there(&room), &room.keyring, false).unwrap();
        assert_eq!((open.privilege, open.lookup), (BmcPrivilege::Administrator, UserLookup::NamePrivilege));
        assert_eq!((open.suites, open.allow_v15), (vec![3, 8], true));
        let rows = room.db.get(|c| csv::export_rows(c, &room.staff()));
        let row: Fields = csv::COLUMNS.iter().copied().zip(rows[0].iter().map(String::as_str)).collect();
        let staff = room.staff();
        let again = room.db.put(|c| csv::import_row(c, &staff, &room.keyring, &row));
        assert_eq!(again, Change::Unchanged);
        let pin = "ab".repeat(32);
        let redfish = [("protocol", "redfish"), ("port", "443"), ("certificate_sha256", pin.as_str())];
        update(&room, &redfish).unwrap();
        assert_eq!(there(&room).certificate_sha256.as_deref(), Some(pin.as_str()));
        update(&room, &[("protocol", "redfish"), ("port", "443"), ("username", "admin")]).unwrap();
        assert_eq!(there(&room).certificate_sha256.as_deref(), Some(pin.as_str()));
        update(&room, &[("protocol", "redfish"), ("port", "8443")]).unwrap();
        assert_eq!(there(&room).certificate_sha256, None);
    }

    async fn an_empty_password_keeps_the_old_one(db: TestDb) {
        let room = Room::new(db);
        update(&room, &[("password", ""), ("username", "admin")]).unwrap();
        let open = target(&there(&room), &room.keyring, false).unwrap();
        assert_eq!((open.password.expose(), open.user.as_str()), ("calvin", "admin"));
        update(&room, &[("password", "new-one"), ("kg", "bmc-key")]).unwrap();
        let open = target(&there(&room), &room.keyring, false).unwrap();
        assert_eq!((open.password.expose(), open.kg.unwrap().expose()), ("new-one", "bmc-key"));
        update(&room, &[("kg_remove", "true")]).unwrap();
        assert!(there(&room).kg_sealed.is_none());
    }

    async fn two_machines_never_share_a_bmc(db: TestDb) {
        let room = Room::new(db);
        let other = room.db.device("SRV-0002", None);
        let actor = room.staff();
        let guid = "42bdfe50-c199-42d9-8e0b-c9d634020082";
        update(&room, &[("expected_guid", guid)]).unwrap();
        let create = |changes: &[(&str, &str)]| {
            let draft = draft(changes);
            room.db.store.write_blocking("test", |c| {
                endpoint_create(c, &actor, &room.keyring, other, &draft)
            })
        };
        let fault = create(&[]).unwrap_err();
        assert_eq!(fault.fields[0].message.key, "power-fault-address-taken");
        let fault = create(&[("address", "192.0.2.8"), ("expected_guid", guid)]).unwrap_err();
        assert_eq!(fault.fields[0].message.key, "power-fault-guid-taken");
        create(&[("port", "6230")]).unwrap();
        assert_eq!(create(&[("port", "6231")]).unwrap_err().kind, FaultKind::Conflict);
    }

    async fn only_those_who_may_edit_bmcs_do(db: TestDb) {
        let room = Room::new(db);
        let draft = draft(&[]);
        for (role, kind) in [
            (Role::Technician, FaultKind::Forbidden),
            (Role::Auditor, FaultKind::Forbidden),
            (Role::Reception, FaultKind::Forbidden),
            (Role::CustomerAdmin, FaultKind::NotFound),
        ] {
            let actor = room.actor(role);
            let fault = room.db.store.write_blocking("test", |c| {
                endpoint_update(c, &actor, &room.keyring, room.device, 1, &draft)
            });
            assert_eq!(fault.unwrap_err().kind, kind, "{role}");
            let fault = room.db.store.write_blocking("test", |c| {
                endpoint_remove(c, &actor, room.device, 1)
            });
            assert_eq!(fault.unwrap_err().kind, kind, "{role}");
        }
        let stranger = room.db.actor_of(Role::CustomerAdmin, Some(room.db.customer("OTHER")));
        let beyond = room.db.store.read_blocking(|c| endpoint_of_device(c, &stranger, room.device));
        assert_eq!(beyond.unwrap_err().kind, FaultKind::NotFound);
    }

    async fn an_edit_of_an_old_version_is_stale(db: TestDb) {
        let room = Room::new(db);
        let (actor, draft) = (room.staff(), draft(&[("username", "admin")]));
        update(&room, &[("port", "6230")]).unwrap();
        let fault = room.db.store.write_blocking("test", |c| {
            endpoint_update(c, &actor, &room.keyring, room.device, 1, &draft)
        });
        assert_eq!(fault.unwrap_err().kind, FaultKind::Stale);
        let fault = room.db.store.write_blocking("test", |c| endpoint_remove(c, &actor, room.device, 1));
        assert_eq!(fault.unwrap_err().kind, FaultKind::Stale);
        assert_eq!((there(&room).username.as_str(), there(&room).port), ("operator", 6230));
    }

    /// A version is of one BMC only: what was read of one that was removed never changes the next one.
    async fn a_new_bmc_has_a_version_that_none_had(db: TestDb) {
        let room = Room::new(db);
        let (actor, draft) = (room.staff(), draft(&[]));
        update(&room, &[("port", "6230")]).unwrap();
        let old = there(&room).version;
        room.db.put(|c| endpoint_remove(c, &actor, room.device, old));
        room.db.put(|c| endpoint_create(c, &actor, &room.keyring, room.device, &draft));
        assert!(there(&room).version > old);
        for version in 1..=old {
            let fault = room.db.store.write_blocking("test", |c| {
                endpoint_update(c, &actor, &room.keyring, room.device, version, &draft)
            });
            assert_eq!(fault.unwrap_err().kind, FaultKind::Stale, "{version}");
            let fault = room.db.store.write_blocking("test", |c| endpoint_remove(c, &actor, room.device, version));
            assert_eq!(fault.unwrap_err().kind, FaultKind::Stale, "{version}");
        }
    }

    async fn a_bmc_stays_as_it_is_while_an_intent_needs_it(db: TestDb) {
        let room = Room::new(db);
        room.asked(Action::Off);
        assert_eq!(update(&room, &[("port", "6230")]).unwrap_err().kind, FaultKind::Conflict);
        let actor = room.staff();
        let fault = room.db.store.write_blocking("test", |c| endpoint_remove(c, &actor, room.device, 1));
        assert_eq!(fault.unwrap_err().kind, FaultKind::Conflict);
    }

    async fn a_refused_credential_stops_readings_until_it_is_changed(db: TestDb) {
        let room = Room::new(db);
        let now = room.staff().now;
        let endpoint = there(&room);
        let due = || room.db.put(|c| poll_claim(c, now.plus_seconds(86_400), 10)).len();
        room.db.put(|c| credential_refused(c, endpoint.id, endpoint.version, now, "credentials: no"));
        assert_eq!(due(), 0);
        assert_eq!(there(&room).power_state, PowerState::Unknown);
        // A change of something else does not lift the stop, a credential does, even the same one.
        update(&room, &[("password", ""), ("expected_guid", "42bdfe50-c199-42d9-8e0b-c9d634020082")]).unwrap();
        assert_eq!(due(), 0);
        update(&room, &[("password", "calvin")]).unwrap();
        assert_eq!(there(&room).credential_fault, None);
        assert_eq!(due(), 1);
        // What the old credential led to says nothing about the new one.
        room.db.put(|c| credential_refused(c, endpoint.id, endpoint.version, now, "credentials: no"));
        assert_eq!(there(&room).credential_fault, None);
    }

    async fn readings_back_off_and_the_state_fades(db: TestDb) {
        let room = Room::new(db);
        polled(&room, Ok((PowerState::Off, None)));
        let good = there(&room);
        assert_eq!((good.power_state, good.remembered_suite, good.consecutive_failures), (PowerState::Off, Some(3), 0));
        assert_eq!(good.firmware.as_deref(), Some("3.21"));
        let mut waits = Vec::new();
        for failures in 1..=4 {
            polled(&room, Err(silent()));
            let bad = there(&room);
            assert_eq!(bad.consecutive_failures, failures);
            let known = if failures < 3 { PowerState::Off } else { PowerState::Unknown };
            assert_eq!(bad.power_state, known, "{failures}");
            waits.push(bad.next_poll_at.since_millis(bad.last_error_at.unwrap()));
        }
        assert!(waits.is_sorted() && waits[3] >= 240_000, "{waits:?}");
        polled(&room, Ok((PowerState::On, None)));
        assert_eq!((there(&room).last_error, there(&room).power_state), (None, PowerState::On));
    }

    async fn a_reading_of_another_machine_is_not_this_one_s_state(db: TestDb) {
        let room = Room::new(db);
        update(&room, &[("expected_guid", "42bdfe50-c199-42d9-8e0b-c9d634020082")]).unwrap();
        polled(&room, Ok((PowerState::On, Some(false))));
        let bmc = there(&room);
        assert_eq!(bmc.power_state, PowerState::Unknown);
        assert!(bmc.last_error.unwrap().starts_with("wrong-machine: "));
        polled(&room, Ok((PowerState::On, Some(true))));
        assert_eq!((there(&room).power_state, there(&room).last_error), (PowerState::On, None));
    }

    async fn nothing_is_read_while_an_intent_runs(db: TestDb) {
        let room = Room::new(db);
        let id = room.asked(Action::Off);
        let now = room.staff().now.plus_seconds(60);
        room.db.put(|c| coldaisle::power::ops::intent_claim(c, "me", now, 1));
        assert_eq!(room.db.put(|c| poll_claim(c, now, 10)).len(), 0);
        let (owner, detail) = ("me", coldaisle::power::Detail::new("power-detail-is-off"));
        room.db.put(|c| coldaisle::power::ops::intent_finish(
            c, &letters(), owner, id, now, coldaisle::power::IntentState::Refused, &detail, None));
        assert_eq!(room.db.put(|c| poll_claim(c, now, 10)).len(), 1);
        assert_eq!(room.db.put(|c| poll_claim(c, now, 10)).len(), 0, "claimed twice");
    }

    async fn rows_are_imported_once_and_again(db: TestDb) {
        let room = Room::new(db);
        room.db.device("SRV-0002", None);
        let actor = room.staff();
        let import = |device: &str, password: &str| {
            let mut row: Fields = endpoint_fields("192.0.2.8");
            row.set("device", device);
            row.set("password", password);
            room.db.store.write_blocking("test", |c| csv::import_row(c, &actor, &room.keyring, &row))
        };
        let fault = import("SRV-0002", "").unwrap_err();
        assert_eq!(fault.fields[0].field, "password");
        assert_eq!(import("SRV-0002", "calvin").unwrap(), Change::Created);
        assert_eq!(import("SRV-0002", "calvin").unwrap(), Change::Unchanged);
        assert_eq!(import("SRV-0002", "").unwrap(), Change::Unchanged);
        assert_eq!(import("SRV-0002", "other").unwrap(), Change::Updated);
        assert_eq!(import("SRV-9999", "calvin").unwrap_err().fields[0].field, "device");
        assert_eq!(import("SRV-0001", "calvin").unwrap_err().fields[0].field, "address");
    }
}
