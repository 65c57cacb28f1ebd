//! Workbooks both ways, what a spreadsheet loses, what a check shows before it is written, and exports of NetBox.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use coldaisle::base::seal::Keyring;
use coldaisle::exchange::{self, Context, ImportFile, KINDS, Progress, Report, Stage, netbox};
use coldaisle::identity::{Actor, Role};
use rocket::http::Method;

use crate::cli::coldaisle_ran;
use crate::harness::{Caller, NOW, Reply, TestDb, TestWeb, both};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn keyring() -> &'static Keyring {
    static RING: OnceLock<Keyring> = OnceLock::new();
    RING.get_or_init(|| Keyring::generate().unwrap())
}

fn sample() -> Vec<ImportFile> {
    KINDS
        .iter()
        .map(|kind| {
            let bytes =
                std::fs::read(path(&format!("inventory/sample/{}.csv", kind.name))).unwrap();
            file(kind.name, &bytes).unwrap()
        })
        .collect()
}

fn file(kind: &str, bytes: &[u8]) -> Result<ImportFile, Box<Report>> {
    let kind = exchange::kind(kind).unwrap();
    let rows = exchange::read(kind, kind.name, bytes)
        .map_err(|faults| Box::new(Report::unread(faults)))?;
    Ok(ImportFile::new(kind.name, kind, rows))
}

fn import(db: &TestDb, files: Vec<ImportFile>, dry_run: bool) -> Report {
    let (actor, keyring) = (Actor::terminal(NOW), keyring());
    let context = Context {
        actor: &actor,
        keyring,
    };
    exchange::import(&db.store, &context, files, dry_run, &|_| ()).unwrap()
}

fn import_as_seen(db: &TestDb, files: Vec<ImportFile>, digest: &str) -> Report {
    let (actor, keyring) = (Actor::terminal(NOW), keyring());
    let context = Context {
        actor: &actor,
        keyring,
    };
    exchange::import_as_seen(&db.store, &context, files, digest, &|_| ()).unwrap()
}

fn exported(db: &TestDb, kind: &str) -> Vec<Vec<String>> {
    let (actor, keyring) = (Actor::terminal(NOW), keyring());
    let kind = exchange::kind(kind).unwrap();
    db.get(|c| {
        let context = Context {
            actor: &actor,
            keyring,
        };
        exchange::export(c, &context, kind)
    })
}

/// The cell of a record.
fn cell(db: &TestDb, kind: &str, key: (&str, &str), column: &str) -> String {
    let columns = exchange::kind(kind).unwrap().columns;
    let place = |name: &str| columns.iter().position(|known| *known == name).unwrap();
    let rows = exported(db, kind);
    let row = rows.iter().find(|row| row[place(key.0)] == key.1);
    row.map_or_else(String::new, |row| row[place(column)].clone())
}

fn counts(report: &Report) -> (usize, usize, usize) {
    let sum = |pick: fn(&(String, usize, usize, usize)) -> usize| {
        report.files.iter().map(pick).sum::<usize>()
    };
    (sum(|file| file.1), sum(|file| file.2), sum(|file| file.3))
}

fn keys(report: &Report) -> Vec<(u64, &str, &'static str)> {
    let faults = report.faults.iter();
    faults
        .map(|fault| (fault.line, fault.column.as_str(), fault.message.key))
        .collect()
}

fn workbook(kind: &str, rows: &[Vec<String>]) -> Vec<u8> {
    exchange::workbook(kind, exchange::kind(kind).unwrap().columns, rows).unwrap()
}

both! {
    /// What is exported as a workbook reads back the same, kind by kind, and changes nothing.
    async fn every_kind_goes_out_and_in_as_a_workbook(db: TestDb) {
        import(&db, sample(), false);
        let mut rows_of_all = 0;
        let files = KINDS.iter().map(|kind| {
            let rows = exported(&db, kind.name);
            let file = file(kind.name, &workbook(kind.name, &rows)).unwrap();
            let read: Vec<Vec<String>> = file.rows.iter().map(|row| {
                kind.columns.iter().map(|column| row.fields.get(column).to_owned()).collect()
            }).collect();
            assert_eq!(read, rows, "{}", kind.name);
            rows_of_all += rows.len();
            file
        });
        let report = import(&db, files.collect(), false);
        assert_eq!((report.fault_count, counts(&report)), (0, (0, 0, rows_of_all)), "{:?}", report.faults);
    }

    /// The last column of text loses its zeros in a spreadsheet: it is said, with what is on record.
    async fn lost_zeros_and_powers_of_ten_are_faults(db: TestDb) {
        import(&db, sample(), false);
        let name = exported(&db, "devices")[0][0].clone();
        let device_type = cell(&db, "devices", ("name", &name), "device_type");
        let with = |serial: &str| format!("name,device_type,status,serial\nNEW-1,{device_type},in_stock,{serial}\n");
        assert_eq!(import(&db, vec![file("devices", with("000123").as_bytes()).unwrap()], false).fault_count, 0);
        let again = import(&db, vec![file("devices", with("123").as_bytes()).unwrap()], false);
        assert_eq!(keys(&again), [(2, "serial", "import-zeros-lost")]);
        assert!(again.faults[0].message.to_string().contains("000123"));
        let power = import(&db, vec![file("devices", with("1.23E+15").as_bytes()).unwrap()], true);
        assert_eq!(keys(&power), [(2, "serial", "import-scientific")]);
        let same = import(&db, vec![file("devices", with("000123").as_bytes()).unwrap()], false);
        assert_eq!(counts(&same), (0, 0, 1));
        assert_eq!(cell(&db, "devices", ("name", "NEW-1"), "serial"), "000123");
    }

    /// A check says what each changed record is and will be, and writes nothing.
    async fn a_check_shows_each_field_before_and_after(db: TestDb) {
        import(&db, sample(), false);
        let text = "code,name,phone,locale\nMOSSVALE,Moss,1,zh-CN\nnew-one,New,2,en\n";
        let steps = std::sync::Mutex::new(Vec::new());
        let (actor, keyring) = (Actor::terminal(NOW), keyring());
        let context = Context { actor: &actor, keyring };
        let files = vec![file("customers", text.as_bytes()).unwrap()];
        let report = exchange::import(&db.store, &context, files, true, &|step| steps.lock().unwrap().push(step)).unwrap();
        assert_eq!((report.written, counts(&report), report.difference_count), (false, (1, 1, 0), 1));
        let difference = &report.differences[0];
        assert_eq!((difference.line, difference.name.as_str()), (2, "MOSSVALE"));
        let phone = difference.fields.iter().find(|field| field.column == "phone").unwrap();
        assert_eq!((phone.before.as_str(), phone.after.as_str()), ("+86 21 0000 0101", "1"));
        assert!(difference.fields.iter().all(|field| field.column != "code"));
        let last = Progress { stage: Stage::Check, done: 2, of: 2 };
        assert_eq!(steps.lock().unwrap().last(), Some(&last));
        assert_ne!(cell(&db, "customers", ("code", "MOSSVALE"), "phone"), "1");
    }

    /// What was seen is what is written: not when a record of the file was changed since, but when another one was.
    async fn an_import_does_what_was_seen_or_nothing(db: TestDb) {
        import(&db, sample(), false);
        let of = |text: &str| vec![file("customers", text.as_bytes()).unwrap()];
        let wanted = "code,name,phone,locale\nMOSSVALE,Moss,1,zh-CN\n";
        let seen = import(&db, of(wanted), true);
        import(&db, of("code,name,phone,locale\nSTARSHINGLE,Star,9,zh-CN\n"), false);
        import(&db, of("code,name,phone,locale\nMOSSVALE,Moss,7,zh-CN\n"), false);
        let refused = import_as_seen(&db, of(wanted), &seen.digest);
        assert_eq!((refused.written, refused.is_other), (false, true));
        assert_eq!(refused.differences[0].fields[0].before, "7");
        assert_eq!(cell(&db, "customers", ("code", "MOSSVALE"), "phone"), "7");
        import(&db, of("code,name,phone,locale\nSTARSHINGLE,Star,10,zh-CN\n"), false);
        let written = import_as_seen(&db, of(wanted), &refused.digest);
        assert_eq!((written.written, written.is_other), (true, false));
        assert_eq!(cell(&db, "customers", ("code", "MOSSVALE"), "phone"), "1");
    }

    /// Exports of NetBox go in as they come, in any order; a second time nothing changes; what was left out is said.
    async fn netbox_exports_go_in_as_they_come(db: TestDb) {
        let (first, notes) = netbox_import(&db);
        assert_eq!((first.fault_count, first.written), (0, true), "{:?}", first.faults);
        for (kind, key, column, wanted) in [
            ("sites", ("code", "harbour-west"), "time_zone", "UTC"),
            ("rooms", ("name", "main"), "site", "harbour-west"),
            ("racks", ("name", "R01"), "units", "42"),
            ("racks", ("name", "R01"), "max_weight_kg", "1000"),
            ("racks", ("name", "R02"), "numbering", "down"),
            ("racks", ("name", "R02"), "customer", "ACME-CORP"),
            ("racks", ("name", "R03"), "room", "main"),
            ("device-types", ("model", "Node 1"), "weight_kg", "4.536"),
            ("device-types", ("model", "Switch 48"), "slug", "aisle-works-switch-48"),
            ("devices", ("name", "node-1"), "serial", "000123"),
            ("devices", ("name", "node-1"), "unit", "10"),
            ("devices", ("name", "sw-1"), "room", "Hall 1"),
            ("devices", ("name", "spare-1"), "status", "in_stock"),
            ("device-ports", ("name", "bmc"), "management", "yes"),
            ("vrfs", ("name", "Customer A"), "route_distinguisher", "65000:1"),
            ("vlans", ("number", "10"), "name", "Management"),
            ("prefixes", ("prefix", "10.20.0.0/24"), "vlan", "10"),
            ("addresses", ("address", "10.20.0.1"), "role", "virtual"),
            ("address-assignments", ("address", "10.20.0.5"), "device", "node-1"),
            ("cables", ("label", "C-1"), "device_b", "sw-1"),
            ("cables", ("label", "C-1"), "kind", "dac"),
            ("cables", ("label", "C-1"), "length_m", "2.5"),
            ("cables", ("label", "C-1"), "colour", "#aa1409"),
        ] {
            assert_eq!(cell(&db, kind, key, column), wanted, "{kind} {key:?} {column}");
        }
        for wanted in [
            ("sites.csv", 3, "time_zone", "netbox-default-zone"),
            ("racks.csv", 4, "Location", "netbox-default-room"),
            ("racks.csv", 4, "Height", "netbox-default-units"),
            ("racks.csv", 3, "Tenant", "netbox-customer-made"),
            ("device_types.csv", 3, "model", "netbox-slug-made"),
            ("devices.csv", 4, "status", "netbox-value-as"),
            ("devices.csv", 5, "name", "netbox-no-name"),
            ("devices.csv", 2, "primary_ip4", "netbox-column-left"),
            ("cables.csv", 3, "Side B Name", "netbox-no-port"),
            ("prefixes.csv", 2, "vrf", "netbox-vrf-made"),
            ("prefixes.csv", 4, "scope", "netbox-value-left"),
            ("ip_addresses.csv", 4, "Parent", "netbox-no-device"),
        ] {
            let (file, line, column, key) = wanted;
            let is_there = notes.iter().any(|note| (note.0.as_str(), note.1, note.2.as_str(), note.3) == (file, line, column, key));
            assert!(is_there, "{wanted:?} is not in {notes:?}");
        }
        let (second, _) = netbox_import(&db);
        let (created, updated, unchanged) = counts(&second);
        assert_eq!((second.fault_count, created, updated), (0, 0, 0), "{:?} {:?}", second.faults, second.files);
        assert!(unchanged > 10);
    }

    /// What was added here, and NetBox does not know, stays when its export goes in again.
    async fn what_netbox_does_not_say_stays(db: TestDb) {
        netbox_import(&db);
        let own = "code,name,time_zone,contact\nharbour-east,Harbour East,Asia/Shanghai,duty desk\n";
        import(&db, vec![file("sites", own.as_bytes()).unwrap()], false);
        let (again, _) = netbox_import(&db);
        assert_eq!(again.fault_count, 0, "{:?}", again.faults);
        assert_eq!(cell(&db, "sites", ("code", "harbour-east"), "contact"), "duty desk");
    }

    /// On the page a file is checked, shown and then written by one button; another person does not find it.
    async fn a_file_is_shown_before_it_is_written(db: TestDb) {
        import(&db, sample(), false);
        let web = TestWeb::new(db).await;
        let (person, other) = (web.browser(Role::Administrator, None), web.browser(Role::Administrator, None));
        let text = "code,name,phone,locale\nMOSSVALE,Moss,77,zh-CN\n";
        let href = sent(&web, &person, "customers", text).await;
        let page = web.get(&person, &href).await;
        assert_eq!(page.status.code, 200);
        for wanted in ["0 new, 1 changed", "+86 21 0000 0101", "77", "Import exactly this file"] {
            assert!(page.body.contains(wanted), "{wanted}: {}", page.body);
        }
        assert_eq!(web.get(&other, &href).await.status.code, 404);
        assert_eq!(web.post(&other, &href, &[]).await.status.code, 404);
        assert_ne!(cell(&web.db, "customers", ("code", "MOSSVALE"), "phone"), "77");
        let events = web.get(&person, &format!("{href}/events?within=1")).await;
        assert!(events.body.contains("settled"), "{}", events.body);
        assert_eq!(web.post(&person, &href, &[]).await.status.code, 303);
        let done = web.get(&person, &href).await;
        assert!(done.body.contains("Imported.") && !done.body.contains("Import exactly"), "{}", done.body);
        assert_eq!(cell(&web.db, "customers", ("code", "MOSSVALE"), "phone"), "77");
        assert_eq!(web.post(&person, &href, &[]).await.status.code, 409);
    }

    /// When a record of the file was changed after the check, the page shows what would happen now instead.
    async fn a_file_is_shown_again_when_its_records_changed(db: TestDb) {
        import(&db, sample(), false);
        let web = TestWeb::new(db).await;
        let person = web.browser(Role::Administrator, None);
        let href = sent(&web, &person, "customers", "code,name,phone,locale\nMOSSVALE,Moss,77,zh-CN\n").await;
        let between = "code,name,phone,locale\nMOSSVALE,Moss,55,zh-CN\n";
        import(&web.db, vec![file("customers", between.as_bytes()).unwrap()], false);
        web.post(&person, &href, &[]).await;
        let page = web.get(&person, &href).await;
        assert!(page.body.contains("were changed since it was checked") && page.body.contains("55"), "{}", page.body);
        assert_eq!(cell(&web.db, "customers", ("code", "MOSSVALE"), "phone"), "55");
        web.post(&person, &href, &[]).await;
        assert_eq!(cell(&web.db, "customers", ("code", "MOSSVALE"), "phone"), "77");
    }

    /// Faults stand on the page with line and column, and there is nothing to import; NetBox is known by its columns.
    async fn faults_and_foreign_files_on_the_page(db: TestDb) {
        let web = TestWeb::new(db).await;
        let person = web.browser(Role::Administrator, None);
        let href = sent(&web, &person, "customers", "code,name\n,Nobody\n").await;
        let page = web.get(&person, &href).await;
        assert!(page.body.contains("One fault") && !page.body.contains("Import exactly"), "{}", page.body);
        assert_eq!(web.post(&person, &href, &[]).await.status.code, 409);
        let sites = std::fs::read_to_string(path("tests/data/netbox/sites.csv")).unwrap();
        for kind in ["netbox", "sites"] {
            let href = sent(&web, &person, kind, &sites).await;
            let page = web.get(&person, &href).await;
            assert!(page.body.contains("2 new") && page.body.contains("No time zone"), "{kind}: {}", page.body);
        }
        for (kind, ending) in [("sites", "xlsx"), ("sites", "csv")] {
            let file = web.get(&person, &format!("/export/{kind}.{ending}")).await;
            assert_eq!(file.status.code, 200);
            assert_eq!(file.octets.starts_with(b"PK"), ending == "xlsx");
        }
        assert_eq!(web.get(&person, "/export/sites.ods").await.status.code, 404);
    }

    /// The terminal does the same: a check with differences, workbooks out and in, files of NetBox.
    async fn the_terminal_checks_and_writes(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("coldaisle.key");
        let url = db.url.to_string();
        let ran = |arguments: &[&str]| coldaisle_ran(&url, &key, arguments);
        assert_eq!(ran(&["migrate"]).0, 0);
        let netbox = path("tests/data/netbox").display().to_string();
        let (code, said, noted) = ran(&["import", "--from", "netbox", &netbox]);
        assert!(code == 0 && said.contains("sites: 2 new") && noted.contains("sites.csv:3:time_zone"), "{said}{noted}");
        let out = folder.path().join("out");
        let all = out.display().to_string();
        let (code, said, fault) = ran(&["export", "--all", &all, "--format", "xlsx"]);
        assert!(code == 0 && said.contains("devices.xlsx"), "{said}{fault}");
        let (code, said, fault) = ran(&["import", &all, "--dry-run"]);
        assert!(code == 0 && said.contains("devices.xlsx: 0 new, 0 changed, 3 as before"), "{said}{fault}");
        let changed = folder.path().join("customers.csv");
        std::fs::write(&changed, "code,name,phone,locale\nACME-CORP,Acme Corp.,5,zh-CN\n").unwrap();
        let (code, said, fault) = ran(&["import", &changed.display().to_string(), "--dry-run"]);
        assert!(code == 0 && said.contains("phone: “” → “5”"), "{said}{fault}");
    }
}

/// What was noted: file, line, column, message.
type Notes = Vec<(String, u64, String, &'static str)>;

/// Imports all samples of NetBox, the last first.
fn netbox_import(db: &TestDb) -> (Report, Notes) {
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(path("tests/data/netbox"))
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            (name, std::fs::read(entry.path()).unwrap())
        })
        .collect();
    files.sort_by(|one, other| other.0.cmp(&one.0));
    let (actor, keyring) = (Actor::terminal(NOW), keyring());
    let context = Context {
        actor: &actor,
        keyring,
    };
    let read = netbox::read(&db.store, &context, &files, NOW)
        .unwrap()
        .unwrap();
    assert_eq!(read.note_count, read.notes.len());
    let notes = read
        .notes
        .into_iter()
        .map(|note| (note.file, note.line, note.column, note.message.key))
        .collect();
    (import(db, read.files, false), notes)
}

/// Sends a file; gives the address of its check.
async fn sent(web: &TestWeb, person: &Caller, kind: &str, text: &str) -> String {
    let reply = upload(web, person, kind, text).await;
    assert_eq!(reply.status.code, 303, "{}", reply.body);
    reply.header("location").unwrap().to_owned()
}

async fn upload(web: &TestWeb, person: &Caller, kind: &str, text: &str) -> Reply {
    let part = |name: &str, value: &str| {
        format!("--part\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = format!(
        "{}{}--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"list.csv\"\r\nContent-Type: text/csv\r\n\r\n{text}\r\n--part--\r\n",
        part("csrf", &person.csrf),
        part("kind", kind),
    );
    let headers = [("Content-Type", "multipart/form-data; boundary=part")];
    web.send(person, Method::Post, "/import", &headers, Some(body))
        .await
}
