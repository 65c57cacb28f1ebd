//! The device type library, ports and components on both databases.

use std::io::{Cursor, Write};
use std::path::Path;

use coldaisle::audit;
use coldaisle::base::fault::{Fault, FaultKind};
use coldaisle::base::fields::Fields;
use coldaisle::base::ids::{DeviceId, DeviceTypeId};
use coldaisle::exchange::library::{LibraryFile, LibraryMode, LibraryReport, library_import};
use coldaisle::exchange::parcel::unpack;
use coldaisle::identity::{Actor, Role};
use coldaisle::inventory::{
    ComponentDraft, DeviceDraft, DeviceRole, PortDraft, PortKind, RemovalDraft, component_add,
    component_remove, component_replace, device_archive, device_components, device_create,
    device_port_archive, device_port_create, device_ports, device_ports_from_type,
    device_type_by_slug, device_type_parts,
};

use crate::cli::coldaisle_ran;
use crate::harness::{TestDb, TestWeb, both};

const WRITE: LibraryMode = LibraryMode {
    dry_run: false,
    keep_going: false,
};
const TRY: LibraryMode = LibraryMode {
    dry_run: true,
    keep_going: false,
};

const SERVER: &str = "\
manufacturer: Aisle Works
model: Node 1
slug: aisle-works-node-1
u_height: 1
weight: 12.5
weight_unit: kg
airflow: front-to-rear
power-ports:
  - {name: PSU1, type: iec-60320-c14, maximum_draw: 800}
interfaces:
  - {name: eth0, type: 10gbase-t}
  - {name: BMC, type: 1000base-t, mgmt_only: true}
module-bays:
  - {name: PSU bay, position: '1'}
";
const PANEL: &str = "\
manufacturer: Aisle Works
model: Panel
slug: aisle-works-panel
is_powered: false
rear-ports:
  - {name: R1, type: mpo, positions: 2}
front-ports:
  - {name: F1, type: lc, rear_port: R1}
  - {name: F2, type: lc, rear_port: R1, rear_port_position: 2}
colour: red
";
const MODULE: &str =
    "manufacturer: Aisle Works\nmodel: Supply\npower-ports:\n  - {name: 'PSU{module}'}\n";
const BROKEN: &str = "manufacturer: Aisle Works\nmodel: [\n";

fn file(name: &str, text: &str) -> LibraryFile {
    LibraryFile {
        name: name.to_owned(),
        bytes: text.as_bytes().to_vec(),
    }
}

fn import(db: &TestDb, actor: &Actor, files: Vec<LibraryFile>, mode: LibraryMode) -> LibraryReport {
    library_import(&db.store, actor, files, mode, &|_| ()).unwrap()
}

fn type_id(db: &TestDb, slug: &str) -> Option<DeviceTypeId> {
    db.get(|c| device_type_by_slug(c, slug)).map(|row| row.id)
}

fn device(db: &TestDb, actor: &Actor, name: &str, device_type: DeviceTypeId) -> DeviceId {
    let fields: Fields = [
        ("name", name.to_owned()),
        ("device_type_id", device_type.to_string()),
    ]
    .into_iter()
    .collect();
    let draft = DeviceDraft::parse(&fields).unwrap();
    db.put(|c| device_create(c, actor, &draft))
}

fn component(pairs: &[(&str, &str)]) -> ComponentDraft {
    let mut fields: Fields = [("kind", "disk"), ("slot", "Bay 1")].into_iter().collect();
    pairs
        .iter()
        .for_each(|(name, text)| fields.set(*name, *text));
    ComponentDraft::parse(&fields).unwrap()
}

fn removal(day: &str) -> RemovalDraft {
    RemovalDraft {
        removed_on: day.to_owned(),
        because: "failed".to_owned(),
    }
}

fn field_of(fault: &Fault) -> (&str, &str) {
    let first = fault
        .fields
        .first()
        .unwrap_or_else(|| panic!("no field in {fault}"));
    (first.field.as_ref(), first.message.key)
}

fn contains_all(body: &str, words: &[&str]) {
    for word in words {
        assert!(body.contains(word), "{word} is missing in {body}");
    }
}

/// Every file of the folder of peers, or `None` where it is not.
fn peers() -> Option<Vec<LibraryFile>> {
    let folder = std::env::var_os("COLDAISLE_DEVICE_TYPES").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/peers/devicetypes"),
        Into::into,
    );
    if !folder.is_dir() {
        return None;
    }
    let mut files = Vec::new();
    let mut open = vec![folder];
    while let Some(path) = open.pop() {
        for entry in std::fs::read_dir(&path).unwrap() {
            let below = entry.unwrap().path();
            if below.is_dir() {
                open.push(below);
            } else if below
                .extension()
                .is_some_and(|end| end == "yaml" || end == "yml")
            {
                files.push(LibraryFile {
                    name: below.display().to_string(),
                    bytes: std::fs::read(&below).unwrap(),
                });
            }
        }
    }
    Some(files)
}

both! {
    /// Types come with their ports, a second import changes nothing, and what a person said of a type stays.
    async fn a_type_comes_with_its_ports_once(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let files = || vec![file("lib/device-types/A/node.yaml", SERVER), file("lib/device-types/A/panel.yaml", PANEL), file("lib/module-types/A/psu.yaml", MODULE)];
        let dry = import(&db, &actor, files(), TRY);
        assert_eq!((dry.created, dry.modules, dry.written, dry.understood), (2, 1, false, 2));
        assert_eq!(type_id(&db, "aisle-works-node-1"), None, "a dry run wrote something");
        let first = import(&db, &actor, files(), WRITE);
        assert_eq!((first.created, first.odd.count, first.wrong_files, first.written), (2, 1, 0, true));
        let odd = &first.odd.shown[0];
        assert_eq!((odd.finding.place.as_str(), odd.finding.line, odd.finding.value.as_str()), ("colour", 10, "red"));
        let node = db.get(|c| device_type_by_slug(c, "aisle-works-node-1")).unwrap();
        assert_eq!(node.weight_g.map(|weight| weight.get()), Some(12_500));
        let (ports, bays) = db.get(|c| device_type_parts(c, &actor, node.id));
        let names: Vec<_> = ports.iter().map(|port| (port.kind, port.name.as_str())).collect();
        assert_eq!(names, [(PortKind::PowerPort, "PSU1"), (PortKind::Interface, "eth0"), (PortKind::Interface, "BMC")]);
        assert_eq!(bays.len(), 1);
        let panel = db.get(|c| device_type_by_slug(c, "aisle-works-panel")).unwrap();
        assert_eq!((panel.role, panel.passive), (DeviceRole::PatchPanel, true));

        let again = import(&db, &actor, files(), WRITE);
        assert_eq!((again.created, again.updated, again.unchanged), (0, 0, 2));
        let more = SERVER.replace("- {name: eth0,", "- {name: eth1, type: 10gbase-t}\n  - {name: eth0,");
        let changed = import(&db, &actor, vec![file("node.yaml", &more)], WRITE);
        assert_eq!((changed.updated, changed.unchanged), (1, 0));
        assert_eq!(db.get(|c| device_type_parts(c, &actor, node.id)).0.len(), 4);
    }

    /// One file of no use stops all of them, or with `keep_going` only itself.
    async fn all_files_or_none(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let files = || vec![file("a.yaml", SERVER), file("b.yaml", BROKEN), file("c.yaml", &SERVER.replace("Node 1", "Node 2"))];
        let stopped = import(&db, &actor, files(), WRITE);
        assert_eq!((stopped.wrong_files, stopped.written), (2, false));
        let keys: Vec<_> = stopped.wrong.shown.iter().map(|found| (found.file.as_str(), found.finding.message.key)).collect();
        assert_eq!(keys, [("b.yaml", "library-not-yaml"), ("c.yaml", "library-slug-twice")]);
        assert_eq!(type_id(&db, "aisle-works-node-1"), None);
        let going = import(&db, &actor, files(), LibraryMode { dry_run: false, keep_going: true });
        assert_eq!((going.created, going.wrong_files, going.written), (1, 2, true));
        assert!(type_id(&db, "aisle-works-node-1").is_some());
        // A height that no longer fits is a fault of its file, and nothing of it stays.
        let rack = db.rack(db.room(db.site("S1"), "R1"), "A01");
        let id = type_id(&db, "aisle-works-node-1").unwrap();
        for (name, unit) in [("N1", "1"), ("N2", "2")] {
            let fields: Fields = [("name", name.to_owned()), ("device_type_id", id.to_string()), ("status", "installed".into()),
                ("rack_id", rack.to_string()), ("unit", unit.into()), ("face", "front".into())].into_iter().collect();
            let draft = DeviceDraft::parse(&fields).unwrap();
            db.put(|c| device_create(c, &actor, &draft));
        }
        let taller = import(&db, &actor, vec![file("a.yaml", &SERVER.replace("u_height: 1", "u_height: 2"))], WRITE);
        assert_eq!((taller.wrong_files, taller.written), (1, false), "{:?}", taller.wrong);
        let technician = db.actor(Role::Auditor);
        let fault = library_import(&db.store, &technician, files(), TRY, &|_| ()).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Forbidden);
    }

    /// Every file of the recorded library is read; what is left over is exactly this.
    async fn the_recorded_library_is_read_whole(db: TestDb) {
        let Some(files) = peers() else {
            println!("the folder of recorded device types is not here: nothing was checked");
            return;
        };
        let actor = db.actor(Role::Operations);
        let report = import(&db, &actor, files, WRITE);
        assert_eq!((report.files, report.created, report.modules, report.wrong_files), (81, 67, 14, 0), "{:?}", report.wrong);
        let odd: Vec<String> = report.odd_places.iter().map(|(place, count)| format!("{place} {count}")).collect();
        println!("understood whole: {} of 81; left over: {odd:?}", report.understood);
        assert_eq!(odd, [
            "front-ports.rear-ports 1",
            "interfaces.management-only 1",
            "module-bays.maximum_draw 4",
            "rear-ports.position 60",
        ], "{:#?}", report.odd.shown);
    }

    /// The command takes a folder, says what it would do, stops at a broken file, and goes on when it is told to.
    async fn the_command_imports_a_folder(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("device-types/A W");
        std::fs::create_dir_all(&below).unwrap();
        std::fs::write(below.join("node.yaml"), SERVER).unwrap();
        std::fs::write(below.join("panel.yml"), PANEL).unwrap();
        std::fs::write(folder.path().join("schema.yaml"), "a: b").unwrap();
        let (key, path) = (folder.path().join("key"), folder.path().display().to_string());
        let run = |more: &[&str]| coldaisle_ran(&db.url.to_string(), &key, &[&["types", "import", &path], more].concat());
        let (code, out, said) = run(&["--dry-run"]);
        assert_eq!(code, 0, "{said}");
        assert!(out.contains("2 files: 2 new types") && out.contains("leave --dry-run out"), "{out}");
        assert!(said.contains("panel.yml:10: colour: Not a name of the format; left out. (red)"), "{said}");
        std::fs::write(below.join("broken.yaml"), BROKEN).unwrap();
        let (code, out, said) = run(&[]);
        assert_eq!((code, type_id(&db, "aisle-works-node-1")), (1, None), "{out}");
        assert!(said.contains("broken.yaml") && said.contains("no YAML"), "{said}");
        assert_eq!(run(&["--keep-going"]).0, 0);
        assert!(type_id(&db, "aisle-works-node-1").is_some());
        assert_eq!(run(&["/nowhere"]).0, 2);
    }

    /// A new device has the ports of its type; one that is older takes them over once.
    async fn a_device_gets_the_ports_of_its_type(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let older = db.device("OLD", None);
        let old_type = db.device_type("aisle-works-node-1", 2);
        let old = device(&db, &actor, "OLD-2", old_type);
        assert!(db.get(|c| device_ports(c, &actor, older)).is_empty());
        import(&db, &actor, vec![file("a.yaml", SERVER)], WRITE);
        let new = device(&db, &actor, "NEW", old_type);
        let ports = db.get(|c| device_ports(c, &actor, new));
        let names: Vec<_> = ports.iter().map(|port| port.name.as_str()).collect();
        assert_eq!(names, ["eth0", "BMC", "PSU1"]);
        assert_eq!(ports[2].max_watts.map(|watts| watts.get()), Some(800));
        assert_eq!(db.put(|c| device_ports_from_type(c, &actor, old)), 3);
        assert_eq!(db.put(|c| device_ports_from_type(c, &actor, old)), 0);
        // One that was archived is not brought back behind anybody's back.
        let bmc = db.get(|c| device_ports(c, &actor, old)).into_iter().find(|port| port.name == "BMC").unwrap();
        db.put(|c| device_port_archive(c, &actor, bmc.id, 1, true));
        assert_eq!(db.put(|c| device_ports_from_type(c, &actor, old)), 0);
        let fields: Fields = [("kind", "interface"), ("name", "BMC")].into_iter().collect();
        let draft = PortDraft::parse(&fields).unwrap();
        let fault = db.store.write_blocking("t", |c| device_port_create(c, &actor, old, &draft)).unwrap_err();
        assert_eq!(field_of(&fault), ("name", "parts-port-archived"));
        let stale = db.store.write_blocking("t", |c| device_port_archive(c, &actor, bmc.id, 1, false)).unwrap_err();
        assert_eq!(stale.kind, FaultKind::Stale);
        let customer = db.actor(Role::CustomerAdmin);
        let hidden = db.store.read_blocking(|c| device_ports(c, &customer, old)).unwrap_err();
        assert_eq!(hidden.kind, FaultKind::NotFound);
    }

    /// A disk goes in, is replaced in one act, and its serial number is free again once it is out.
    async fn a_disk_is_replaced_in_one_act(db: TestDb) {
        let actor = db.actor(Role::Technician);
        let (one, two) = (db.device("SRV-1", None), db.device("SRV-2", None));
        let add = |device, draft: ComponentDraft| db.store.write_blocking("t", |c| component_add(c, &actor, device, &draft));
        let disk = add(one, component(&[("serial", "S1"), ("installed_on", "2026-03-01")])).unwrap();
        let taken = add(two, component(&[("serial", "S1")])).unwrap_err();
        assert_eq!(field_of(&taken), ("serial", "parts-serial-taken"));
        assert!(taken.to_string().contains("SRV-1"), "{taken}");
        let slot = add(one, component(&[("serial", "S2")])).unwrap_err();
        assert_eq!(field_of(&slot), ("slot", "parts-slot-taken"));
        // Another kind may have the same number.
        add(two, component(&[("kind", "dimm"), ("serial", "S1")])).unwrap();

        let replace = |removal: RemovalDraft, draft: ComponentDraft| {
            db.store.write_blocking("t", |c| component_replace(c, &actor, disk, 1, &removal, &draft))
        };
        let early = replace(removal("2026-02-28"), component(&[("serial", "S2")])).unwrap_err();
        assert_eq!(field_of(&early), ("removed_on", "parts-out-before-in"));
        let same = replace(removal("2026-11-22"), component(&[("kind", "dimm"), ("serial", "S1")])).unwrap_err();
        assert_eq!(field_of(&same), ("serial", "parts-serial-taken"));
        assert_eq!(db.get(|c| device_components(c, &actor, one)).len(), 1, "half of a replacement stayed");
        let new = replace(removal("2026-11-22"), component(&[("serial", "S2")])).unwrap();
        let rows = db.get(|c| device_components(c, &actor, one));
        assert_eq!((rows[0].id, rows[0].replaces_id, rows[0].serial.as_deref()), (new, Some(disk), Some("S2")));
        assert_eq!((rows[1].id, rows[1].removed_on.as_deref(), rows[1].removed_because.as_str()), (disk, Some("2026-11-22"), "failed"));
        assert_eq!(replace(removal("2026-11-22"), component(&[("serial", "S3")])).unwrap_err().kind, FaultKind::Conflict);
        add(two, component(&[("serial", "S1")])).unwrap();

        let stale = db.store.write_blocking("t", |c| component_remove(c, &actor, new, 9, &removal("2026-11-22"))).unwrap_err();
        assert_eq!(stale.kind, FaultKind::Stale);
        let log = db.get(|c| audit::list(c, &audit::Filter { object_kind: Some("device".into()), object_id: Some(one.get()), limit: 10, ..Default::default() }));
        let actions: Vec<_> = log.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(actions, ["device.component_replace", "device.component_add"]);
        assert!(log[0].detail.contains("\"serial\":\"S1\"") && log[0].detail.contains("failed"), "{}", log[0].detail);
        let version = db.get(|c| coldaisle::inventory::device_by_id(c, &actor, one)).device.version;
        db.put(|c| device_archive(c, &actor, one, version, true));
        let fault = add(one, component(&[("slot", "Bay 2")])).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Conflict);
    }

    /// Two people put the same disk in at once: one of them is told where it is.
    async fn a_serial_number_goes_in_once(db: TestDb) {
        let actor = db.actor(Role::Operations);
        let devices: Vec<DeviceId> = (0..8).map(|n| db.device(&format!("SRV-{n}"), None)).collect();
        let tasks: Vec<_> = devices.into_iter().map(|device| {
            let (actor, store) = (actor.clone(), db.store.clone());
            tokio::spawn(async move {
                let draft = component(&[("serial", "TWICE")]);
                store.write("t", move |c| component_add(c, &actor, device, &draft)).await
            })
        }).collect();
        let mut won = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(_) => won += 1,
                Err(fault) => assert!(matches!(fault.kind, FaultKind::Invalid | FaultKind::Conflict | FaultKind::Unavailable), "{fault}"),
            }
        }
        assert_eq!(won, 1);
    }

    /// The pages: ports and parts of a device, its forms, the type with its ports, and what a customer sees of them.
    async fn the_pages_show_ports_and_parts(db: TestDb) {
        let actor = db.actor(Role::Operations);
        import(&db, &actor, vec![file("a.yaml", SERVER)], WRITE);
        let type_id = type_id(&db, "aisle-works-node-1").unwrap();
        let id = device(&db, &actor, "SRV-PAGE", type_id);
        let web = TestWeb::new(db).await;
        let browser = web.browser(Role::Operations, None);
        let page = web.get(&browser, &format!("/device-types/{type_id}")).await;
        contains_all(&page.body, &["eth0", "10gbase-t", "PSU bay"]);
        let form = web.get(&browser, &format!("/devices/{id}/components/new")).await;
        contains_all(&form.body, &["installed_on", "serial"]);
        let posted = web.post(&browser, &format!("/devices/{id}/components/new"), &[("kind", "disk"), ("slot", "Bay 7"), ("serial", "<b>S9</b>")]).await;
        assert_eq!(posted.status.code, 303);
        let shown = web.get(&browser, &format!("/devices/{id}")).await;
        contains_all(&shown.body, &["Bay 7", "&lt;b&gt;S9&lt;", "eth0", "BMC"]);
        assert!(!shown.body.contains("<b>S9"));
        let again = web.post(&browser, &format!("/devices/{id}/components/new"), &[("kind", "disk"), ("slot", "Bay 7")]).await;
        assert_eq!(again.status.code, 422);
        contains_all(&again.body, &["Bay 7"]);
    }
}

#[test]
fn the_zip_of_a_library_is_unpacked() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [
        ("lib/device-types/A/a.yaml", SERVER),
        ("lib/README.md", "words"),
    ] {
        writer
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    let files = unpack(&writer.finish().unwrap().into_inner()).unwrap();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].bytes, SERVER.as_bytes());
}
