//! Import and export: the whole sample both ways on both databases, and inputs that are wrong.

use std::path::{Path, PathBuf};

use coldaisle::base::fields::Fields;
use coldaisle::base::gauge::{OutletSeen, OutletState};
use coldaisle::base::seal::Keyring;
use coldaisle::exchange::{self, Context, ImportFile, KINDS, Kind, Report};
use coldaisle::facility::pdu_seen;
use coldaisle::identity::Actor;

use crate::cabling::Lines;
use crate::harness::{NOW, TestDb, both};

/// Columns that go in and never come out.
const SECRETS: &[&str] = &[
    "password",
    "kg",
    "community",
    "v3_auth_password",
    "v3_privacy_password",
];
/// Columns with codes of customers, which are kept in capitals.
const CODES: &[(&str, &str)] = &[("customers", "code"), ("", "customer")];

fn sample(kind: &Kind) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("inventory/sample/{}.csv", kind.name))
}

fn sample_files() -> Vec<ImportFile> {
    // In the wrong order: the import sorts them.
    KINDS
        .iter()
        .rev()
        .map(|kind| file(kind, &std::fs::read(sample(kind)).unwrap()).unwrap())
        .collect()
}

fn file(kind: &'static Kind, bytes: &[u8]) -> Result<ImportFile, Box<Report>> {
    let name = format!("{}.csv", kind.name);
    let rows =
        exchange::read(kind, &name, bytes).map_err(|faults| Box::new(Report::unread(faults)))?;
    Ok(ImportFile::new(name, kind, rows))
}

fn import(db: &TestDb, keyring: &Keyring, files: Vec<ImportFile>, dry_run: bool) -> Report {
    let actor = Actor::terminal(NOW);
    let context = Context {
        actor: &actor,
        keyring,
    };
    exchange::import(&db.store, &context, files, dry_run, &|_| ()).unwrap()
}

/// Sums of new, changed and unchanged rows.
fn counts(report: &Report) -> (usize, usize, usize) {
    let sum =
        |pick: fn(&(String, usize, usize, usize)) -> usize| report.files.iter().map(pick).sum();
    (sum(|file| file.1), sum(|file| file.2), sum(|file| file.3))
}

fn exported(db: &TestDb, keyring: &Keyring, kind: &Kind) -> Vec<Vec<String>> {
    let actor = Actor::terminal(NOW);
    let mut rows = db.get(|c| {
        exchange::export(
            c,
            &Context {
                actor: &actor,
                keyring,
            },
            kind,
        )
    });
    rows.sort();
    rows
}

/// The rows of a file as an export gives them.
fn as_exported(kind: &Kind, rows: impl Iterator<Item = Fields>) -> Vec<Vec<String>> {
    let cell = |row: &Fields, column: &&str| {
        let text = row.get(column).to_owned();
        // Where a device is, its rack says; one without a rack is nowhere.
        let nowhere = kind.name == "devices"
            && row.get("rack").is_empty()
            && ["site", "room"].contains(column);
        if SECRETS.contains(column) || nowhere {
            String::new()
        } else if *column == "half_width" && text.is_empty() {
            // The file is older than the column.
            "no".to_owned()
        } else if CODES
            .iter()
            .any(|(of, name)| name == column && (of.is_empty() || *of == kind.name))
        {
            text.to_uppercase()
        } else {
            text
        }
    };
    let mut rows: Vec<Vec<String>> = rows
        .map(|row| {
            kind.columns
                .iter()
                .map(|column| cell(&row, column))
                .collect()
        })
        .collect();
    rows.sort();
    rows
}

both! {
    /// A cable is found by its label first: one that moved shows from where to where, one that gets a label shows the label.
    async fn a_cable_that_moves_by_its_label_shows_before_and_after(db: TestDb) {
        let lines = Lines::new(db);
        let (one, two) = (lines.db.device("SW-1", None), lines.db.device("SW-2", None));
        for name in ["eth1", "eth2", "eth3"] {
            lines.port(one, "interface", name);
            lines.port(two, "interface", name);
        }
        lines.connect(("SW-1", "eth1"), ("SW-2", "eth1"), &[("label", "C-1"), ("kind", "cat6a")]);
        lines.connect(("SW-1", "eth2"), ("SW-2", "eth2"), &[("kind", "cat6a")]);
        let kind = exchange::kind("cables").unwrap();
        let text = "device_a,port_a,device_b,port_b,label,kind\nSW-1,eth3,SW-2,eth1,C-1,cat6a\nSW-1,eth2,SW-2,eth2,C-2,cat6a\n";
        let keyring = Keyring::generate().unwrap();
        let report = import(&lines.db, &keyring, vec![file(kind, text.as_bytes()).unwrap()], true);
        assert_eq!((report.fault_count, counts(&report)), (0, (0, 2, 0)), "{:?}", report.faults);
        let told: Vec<_> = report
            .differences
            .iter()
            .map(|row| {
                let field = row.fields.iter().find(|field| ["port_a", "label"].contains(&field.column)).unwrap();
                (row.name.as_str(), field.column, field.before.as_str(), field.after.as_str())
            })
            .collect();
        assert_eq!(told, [("C-1", "port_a", "eth1", "eth3"), ("C-2", "label", "", "C-2")]);
    }

    /// All kinds go in in one transaction, a second import changes nothing, and what comes out is what went in.
    async fn the_sample_goes_in_once_and_comes_out_the_same(db: TestDb) {
        let keyring = Keyring::generate().unwrap();
        assert_eq!(KINDS.len(), 25);
        let rows: usize = sample_files().iter().map(|file| file.rows.len()).sum();
        let dry = import(&db, &keyring, sample_files(), true);
        assert_eq!((dry.fault_count, dry.written), (0, false), "{:?}", dry.faults);
        assert_eq!(counts(&dry), (rows, 0, 0));
        assert!(exported(&db, &keyring, &KINDS[0]).is_empty(), "a dry run wrote something");
        let first = import(&db, &keyring, sample_files(), false);
        assert_eq!((first.fault_count, first.written), (0, true), "{:?}", first.faults);
        assert_eq!(counts(&first), (rows, 0, 0));
        let second = import(&db, &keyring, sample_files(), false);
        assert_eq!(counts(&second), (0, 0, rows), "{:?}", second.files);
        for (file, kind) in sample_files().into_iter().rev().zip(KINDS) {
            let wanted = as_exported(kind, file.rows.into_iter().map(|row| row.fields));
            assert_eq!(exported(&db, &keyring, kind), wanted, "{}", kind.name);
        }
    }

    /// What was exported can be imported again and changes nothing.
    async fn an_export_is_an_import_that_changes_nothing(db: TestDb) {
        let keyring = Keyring::generate().unwrap();
        import(&db, &keyring, sample_files(), false);
        let files = KINDS.iter().map(|kind| {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(kind.columns).unwrap();
            exported(&db, &keyring, kind).iter().for_each(|row| writer.write_record(row).unwrap());
            file(kind, &writer.into_inner().unwrap()).unwrap()
        });
        let again = import(&db, &keyring, files.collect(), false);
        let (created, updated, unchanged) = counts(&again);
        assert_eq!((again.fault_count, created, updated), (0, 0, 0), "{:?}", again.faults);
        assert!(unchanged > 300);
    }

    /// Each wrong input is found at its line and column, and nothing of it stays.
    async fn a_wrong_row_is_found_and_nothing_is_written(db: TestDb) {
        let keyring = Keyring::generate().unwrap();
        import(&db, &keyring, sample_files(), false);
        let before: Vec<_> = KINDS.iter().map(|kind| exported(&db, &keyring, kind)).collect();
        let mut wrong = Vec::new();
        for (kind, text, line, column) in BAD {
            let report = match file(exchange::kind(kind).unwrap(), text.as_bytes()) {
                Ok(file) => import(&db, &keyring, vec![file], false),
                Err(report) => *report,
            };
            assert!(!report.written, "{text}");
            let found: Vec<_> = report.faults.iter().map(|f| (f.line, f.column.as_str())).collect();
            let named = report.faults.iter().all(|fault| fault.file == format!("{kind}.csv"));
            if !named || !found.contains(&(*line, *column)) {
                wrong.push(format!("{kind} {text:?}: wanted {line} {column:?}, found {:?}", report.faults));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        let after: Vec<_> = KINDS.iter().map(|kind| exported(&db, &keyring, kind)).collect();
        assert_eq!(before, after);
    }

    /// What is plugged in goes in by names once the PDU was read; nothing of it makes an outlet.
    async fn a_pdu_s_feed_and_outlets_go_in_and_come_out(db: TestDb) {
        let keyring = Keyring::generate().unwrap();
        import(&db, &keyring, sample_files(), false);
        let of = |name: &str, text: &str| file(exchange::kind(name).unwrap(), text.as_bytes()).unwrap();
        let feeds = exported(&db, &keyring, exchange::kind("power-feeds").unwrap());
        let (site, room, feed) = (&feeds[0][0], &feeds[0][1], &feeds[0][2]);
        let pdu = db.get(|c| coldaisle::inventory::device_by_name(c, "SRV-0001")).unwrap();
        let outlet = |index: &str| OutletSeen { index: index.into(), name: None, state: OutletState::On };
        db.put(|c| pdu_seen(c, pdu.id, NOW, "apc", None, &[outlet("1"), outlet("2"), outlet("10")]));
        let plugs = "pdu,number,device,supply,confirmed\nSRV-0001,3,SRV-0002,PSU1,yes\nSRV-0001,1,SRV-0003,PSU2,\n";
        let connected = format!("pdu,site,room,feed\nSRV-0001,{site},{room},{feed}\n");
        let files = || vec![of("pdus", &connected), of("outlets", plugs)];
        let dry = import(&db, &keyring, files(), true);
        assert_eq!((counts(&dry), dry.fault_count), ((0, 3, 0), 0), "{:?}", dry.faults);
        let first = import(&db, &keyring, files(), false);
        assert_eq!(counts(&first), (0, 3, 0), "{:?}", first.faults);
        assert_eq!(counts(&import(&db, &keyring, files(), false)), (0, 0, 3));
        let out = |name: &str| exported(&db, &keyring, exchange::kind(name).unwrap());
        assert_eq!(out("pdus"), [[["SRV-0001"].as_slice(), &[site.as_str(), room, feed]].concat()]);
        assert_eq!(out("outlets"), [
            ["SRV-0001", "1", "SRV-0003", "PSU2", ""],
            ["SRV-0001", "2", "", "", ""],
            ["SRV-0001", "3", "SRV-0002", "PSU1", "yes"],
        ]);
        // A cable that was moved is not confirmed any more; one that is where it was stays so.
        let moved = "pdu,number,device,supply,confirmed\nSRV-0001,3,SRV-0002,PSU1,\nSRV-0001,1,SRV-0004,PSU2,yes\n";
        assert_eq!(counts(&import(&db, &keyring, vec![of("outlets", moved)], false)), (0, 1, 1));
        assert_eq!(out("outlets")[0], ["SRV-0001", "1", "SRV-0004", "PSU2", "yes"]);
        assert_eq!(out("outlets")[2], ["SRV-0001", "3", "SRV-0002", "PSU1", "yes"]);
        for (wrong, column) in [("SRV-0001,4,SRV-0002,PSU1,", "number"), ("SRV-0001,2,SRV-0002,PSU1,", "supply"), ("SRV-0001,2,NONE,PSU1,", "device")] {
            let text = format!("pdu,number,device,supply,confirmed\n{wrong}\n");
            let report = import(&db, &keyring, vec![of("outlets", &text)], false);
            assert_eq!(report.faults[0].column, column, "{wrong}");
        }
    }

    /// One wrong row in the last file keeps everything out.
    async fn all_files_or_none(db: TestDb) {
        let keyring = Keyring::generate().unwrap();
        let mut files = sample_files();
        let links = exchange::kind("allocation-ports").unwrap();
        let row = b"customer,allocation,device,port,from\nmossvale,MV-BGP-1,NO-SUCH-SWITCH,1,2026-01-01\n";
        files.retain(|file| file.kind.name != links.name);
        files.push(file(links, row).unwrap());
        let report = import(&db, &keyring, files, false);
        assert_eq!((report.fault_count, report.written), (1, false), "{:?}", report.faults);
        assert_eq!(report.faults[0].column, "device");
        assert!(KINDS.iter().all(|kind| exported(&db, &keyring, kind).is_empty()));
    }
}

/// Kind, file, line and column of the fault.
const BAD: &[(&str, &str, u64, &str)] = &[
    // The file as a whole.
    ("sites", "", 1, ""),
    ("sites", "code,nmae\nX,Y\n", 1, "nmae"),
    ("sites", "code,name,code\nX,Y,X\n", 1, "code"),
    ("sites", "code,name\nX\n", 2, ""),
    ("sites", "code,name\nX,Y,Z\n", 2, ""),
    ("sites", "code,name\nX,a\0b\n", 0, ""),
    // Ports and components.
    (
        "device-ports",
        "device,kind,name\nNONE,interface,a\n",
        2,
        "device",
    ),
    (
        "device-ports",
        "device,kind,name\nSRV-0001,socket,a\n",
        2,
        "kind",
    ),
    (
        "device-ports",
        "device,kind,name,mac\nSRV-0001,interface,a,xx\n",
        2,
        "mac",
    ),
    (
        "device-components",
        "device,kind,slot,serial\nSRV-0001,disk,,\n",
        2,
        "slot",
    ),
    (
        "device-components",
        "device,kind,slot,serial\nSRV-0003,disk,Bay 9,S64HNE0R100000\n",
        2,
        "serial",
    ),
    // Cables.
    (
        "cables",
        "device_a,port_a,device_b,port_b\nNONE,a,SRV-0001,eno2\n",
        2,
        "device_a",
    ),
    (
        "cables",
        "device_a,port_a,device_b,port_b\nSRV-0002,eno2,SRV-0001,eno9\n",
        2,
        "port_b",
    ),
    (
        "cables",
        "device_a,port_a,device_b,port_b\nSRV-0002,eno2,SRV-0001,eno1\n",
        2,
        "port_b",
    ),
    (
        "cables",
        "device_a,port_a,device_b,port_b\nSRV-0002,eno2,SRV-0002,PSU1\n",
        2,
        "port_b",
    ),
    (
        "cables",
        "device_a,port_a,device_b,port_b,colour\nSRV-0002,eno2,SRV-0001,eno2,bluish\n",
        2,
        "colour",
    ),
    // Sites and rooms.
    (
        "sites",
        "code,name,time_zone\n,No code,Asia/Shanghai\n",
        2,
        "code",
    ),
    (
        "sites",
        "code,name,time_zone\nBJS1,,Asia/Shanghai\n",
        2,
        "name",
    ),
    (
        "sites",
        "code,name,time_zone\nBJS1,Beijing,Asia/Atlantis\n",
        2,
        "time_zone",
    ),
    (
        "sites",
        "code,name,time_zone\nBJS1,Beijing,Asia/Shanghai\nBJS2,,Asia/Shanghai\n",
        3,
        "name",
    ),
    ("rooms", "site,name\nNOWHERE,4A\n", 2, "site"),
    ("rooms", "site,name\nSHA1,\n", 2, "name"),
    // Customers and contacts.
    ("customers", "code,name\n,Nobody\n", 2, "code"),
    ("customers", "code,name\nNEW,\n", 2, "name"),
    (
        "customers",
        "code,name,email\nNEW,New,not-an-address\n",
        2,
        "email",
    ),
    ("customers", "code,name,locale\nNEW,New,fr\n", 2, "locale"),
    ("customers", "code,name\nNEW,New\nsp ace,Space\n", 3, "code"),
    ("contacts", "customer,name\nnobody,Someone\n", 2, "customer"),
    ("contacts", "customer,name\nmossvale,\n", 2, "name"),
    (
        "contacts",
        "customer,name,email\nmossvale,Someone,x@\n",
        2,
        "email",
    ),
    (
        "contacts",
        "customer,name,locale\nmossvale,Someone,klingon\n",
        2,
        "locale",
    ),
    // Addresses.
    (
        "vrfs",
        "name,route_distinguisher\na,65000\n",
        2,
        "route_distinguisher",
    ),
    ("vlans", "site,number,name\nSHA1,4095,x\n", 2, "number"),
    ("vlans", "site,number,name\nNOWHERE,7,x\n", 2, "site"),
    ("prefixes", "vrf,prefix\nglobal,10.0.0.1/24\n", 2, "prefix"),
    ("prefixes", "vrf,prefix\nnowhere,10.0.0.0/24\n", 2, "vrf"),
    (
        "prefixes",
        "vrf,prefix,vlan\nglobal,10.0.0.0/24,999\n",
        2,
        "vlan",
    ),
    (
        "ip-ranges",
        "vrf,first,last\nglobal,10.0.0.9,10.0.0.1\n",
        2,
        "last",
    ),
    ("addresses", "vrf,address\nglobal,010.0.0.1\n", 2, "address"),
    (
        "addresses",
        "vrf,address\nglobal,203.0.113.64\n",
        2,
        "address",
    ),
    (
        "addresses",
        "vrf,address,dns_name\nglobal,10.0.0.1,=cmd\n",
        2,
        "dns_name",
    ),
    (
        "address-assignments",
        "vrf,address,device,from\nglobal,10.99.0.1,SRV-0001,2026-01-01\n",
        2,
        "address",
    ),
    (
        "address-assignments",
        "vrf,address,device,from\nglobal,203.0.113.67,SRV-0001,2024-05-01\n",
        2,
        "from",
    ),
    // Racks.
    (
        "racks",
        "site,room,name,units\nNOWHERE,3A,Z01,42\n",
        2,
        "site",
    ),
    ("racks", "site,room,name,units\nSHA1,9Z,Z01,42\n", 2, "room"),
    ("racks", "site,room,name,units\nSHA1,3A,,42\n", 2, "name"),
    ("racks", "site,room,name,units\nSHA1,3A,Z01,0\n", 2, "units"),
    (
        "racks",
        "site,room,name,units\nSHA1,3A,Z01,many\n",
        2,
        "units",
    ),
    (
        "racks",
        "site,room,name,units,numbering\nSHA1,3A,Z01,42,sideways\n",
        2,
        "numbering",
    ),
    (
        "racks",
        "site,room,name,units,max_watts\nSHA1,3A,Z01,42,-5\n",
        2,
        "max_watts",
    ),
    (
        "racks",
        "site,room,name,units,ownership,customer\nSHA1,3A,Z01,42,customer,nobody\n",
        2,
        "customer",
    ),
    // Device types.
    (
        "device-types",
        "manufacturer,model,slug,height_units,role\nA,B,,1,server\n",
        2,
        "slug",
    ),
    (
        "device-types",
        "manufacturer,model,slug,height_units,role\nA,B,a-b,1.3,server\n",
        2,
        "height_units",
    ),
    (
        "device-types",
        "manufacturer,model,slug,height_units,role\nA,B,a-b,51,server\n",
        2,
        "height_units",
    ),
    (
        "device-types",
        "manufacturer,model,slug,height_units,role\nA,B,a-b,1,toaster\n",
        2,
        "role",
    ),
    (
        "device-types",
        "manufacturer,model,slug,height_units,role,watts\nA,B,a-b,1,server,lots\n",
        2,
        "watts",
    ),
    // Devices.
    (
        "devices",
        "name,device_type,status\nNEW-1,no-such-type,in_stock\n",
        2,
        "device_type",
    ),
    (
        "devices",
        "name,device_type,status\n,dell-poweredge-r640,in_stock\n",
        2,
        "name",
    ),
    (
        "devices",
        "name,device_type,status\nNEW-1,dell-poweredge-r640,lost\n",
        2,
        "status",
    ),
    (
        "devices",
        "name,device_type,status,customer\nNEW-1,dell-poweredge-r640,in_stock,nobody\n",
        2,
        "customer",
    ),
    (
        "devices",
        "name,device_type,status,asset_tag\nNEW-1,dell-poweredge-r640,in_stock,CA-00018\n",
        2,
        "asset_tag",
    ),
    (
        "devices",
        "name,device_type,status,serial\nNEW-1,dell-poweredge-r640,in_stock,210640LMB10Q10111350\n",
        2,
        "serial",
    ),
    (
        "devices",
        "name,device_type,status,warranty_until\nNEW-1,dell-poweredge-r640,in_stock,2026-02-30\n",
        2,
        "warranty_until",
    ),
    (
        "devices",
        "name,device_type,status,site,room,rack,unit,face\nNEW-1,dell-poweredge-r640,installed,SHA1,3A,A02,2,front\n",
        2,
        "unit",
    ),
    (
        "devices",
        "name,device_type,status,site,room,rack,unit,face\nNEW-1,dell-poweredge-r640,installed,SHA1,3A,A02,43,front\n",
        2,
        "unit",
    ),
    (
        "devices",
        "name,device_type,status,site,room,rack,unit,face\nNEW-1,dell-poweredge-r640,installed,SHA1,3A,Z99,2,front\n",
        2,
        "rack",
    ),
    // BMCs.
    (
        "bmc-endpoints",
        "device,address,username,password\nNO-SUCH,127.0.0.9,u,p\n",
        2,
        "device",
    ),
    (
        "bmc-endpoints",
        "device,protocol,address,username,password\nSRV-0001,telnet,127.0.0.9,u,p\n",
        2,
        "protocol",
    ),
    (
        "bmc-endpoints",
        "device,address,username,password\nSRV-0001,bmc.example,u,p\n",
        2,
        "address",
    ),
    (
        "bmc-endpoints",
        "device,address,port,username,password\nSRV-0001,127.0.0.9,70000,u,p\n",
        2,
        "port",
    ),
    (
        "bmc-endpoints",
        "device,address,username,password\nSRV-0001,127.0.0.9,u,much-too-long-a-password\n",
        2,
        "password",
    ),
    (
        "bmc-endpoints",
        "device,address,username,password,expected_guid\nSRV-0001,127.0.0.9,u,p,1234\n",
        2,
        "expected_guid",
    ),
    // Power feeds, PDUs and outlets.
    (
        "power-feeds",
        "site,room,name,side,phases,volts,amps\nNONE,1,UPS,a,1,220,32\n",
        2,
        "site",
    ),
    (
        "power-feeds",
        "site,room,name,side,phases,volts,amps\nSHA1,3A,UPS,a,2,220,32\n",
        2,
        "phases",
    ),
    (
        "power-panels",
        "site,room,name\nSHA1,NONE,LP-A\n",
        2,
        "room",
    ),
    (
        "power-feeds",
        "site,room,name,side,phases,volts,amps,panel\nSHA1,3A,UPS,a,1,220,32,NONE\n",
        2,
        "panel",
    ),
    (
        "power-feeds",
        "site,room,name,side,phases,volts,amps,panel_room,panel\nSHA1,3A,UPS,a,1,220,32,NONE,LP-A\n",
        2,
        "panel_room",
    ),
    (
        "power-feeds",
        "site,room,name,side,phases,volts,amps,max_percent\nSHA1,3A,UPS,a,1,220,32,101\n",
        2,
        "max_percent",
    ),
    (
        "pdus",
        "pdu,site,room,feed\nSRV-0001,SHA1,3A,UPS-A-A01\n",
        2,
        "pdu",
    ),
    (
        "outlets",
        "pdu,number,device,supply,confirmed\nSRV-0001,none,SRV-0001,PSU1,yes\n",
        2,
        "number",
    ),
    (
        "outlets",
        "pdu,number,device,supply,confirmed\nSRV-0001,1,SRV-0001,PSU1,yes\n",
        2,
        "pdu",
    ),
    // SNMP targets.
    (
        "snmp-targets",
        "device,address,version,community\nNO-SUCH,127.0.0.9,v2c,public\n",
        2,
        "device",
    ),
    (
        "snmp-targets",
        "device,address,version,community\nSW-A06-1,switch.example,v2c,public\n",
        2,
        "address",
    ),
    (
        "snmp-targets",
        "device,address,version,community\nSW-A06-1,127.0.0.9,v1,public\n",
        2,
        "version",
    ),
    (
        "snmp-targets",
        "device,address,version,community,interval_s\nSW-A06-1,127.0.0.9,v2c,public,5\n",
        2,
        "interval_s",
    ),
    (
        "snmp-targets",
        "device,address,version,community,port_identity\nSW-A06-1,127.0.0.9,v2c,public,mac\n",
        2,
        "port_identity",
    ),
    (
        "snmp-targets",
        "device,address,version,v3_user,v3_auth_protocol\nSW-A06-1,127.0.0.9,v3,u,ROT13\n",
        2,
        "v3_auth_protocol",
    ),
    // Allocations and their ports.
    (
        "allocations",
        "customer,name,committed_mbps,active_from\nnobody,X,100,2026-01-01\n",
        2,
        "customer",
    ),
    (
        "allocations",
        "customer,name,committed_mbps,active_from\nmossvale,X,plenty,2026-01-01\n",
        2,
        "committed_mbps",
    ),
    (
        "allocations",
        "customer,name,committed_mbps,active_from,billing_day\nmossvale,X,100,2026-01-01,32\n",
        2,
        "billing_day",
    ),
    (
        "allocations",
        "customer,name,committed_mbps,active_from,direction_rule\nmossvale,X,100,2026-01-01,up\n",
        2,
        "direction_rule",
    ),
    (
        "allocations",
        "customer,name,committed_mbps,active_from\nmossvale,X,100,yesterday\n",
        2,
        "active_from",
    ),
    (
        "allocation-ports",
        "customer,allocation,device,port,from\nmossvale,NO-SUCH,SW-A06-1,p,2026-01-01\n",
        2,
        "allocation",
    ),
    (
        "allocation-ports",
        "customer,allocation,device,port,from\nmossvale,MV-EDGE,SW-A06-1,p,soon\n",
        2,
        "from",
    ),
];
