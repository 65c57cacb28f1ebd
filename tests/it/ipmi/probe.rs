//! `coldaisle probe bmc` as an operator or a script runs it.

use std::path::Path;

use serde_json::{Value, json};

use super::peers::{Bmc17, IpmiSim, Said, own_address, run};

async fn probe(arguments: &[&str], input: &str) -> Said {
    let program = Path::new(env!("CARGO_BIN_EXE_coldaisle"));
    let mut all = vec!["probe", "bmc"];
    all.extend(arguments);
    run(program, &all, input).await
}

fn object(said: &Said) -> Value {
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.ends_with('\n') && said.out.lines().count() == 1);
    serde_json::from_str(&said.out).unwrap()
}

#[tokio::test]
async fn prints_one_object_with_sensors_if_asked() {
    let sim = IpmiSim::start().await;
    let target = sim.address.to_string();
    let login = ["--user", "ADMIN", "--password-stdin", "--json"];
    let without = [&[target.as_str()][..], &login].concat();
    let seen = object(&probe(&without, "sim-pass-0\n").await);
    let wanted = json!({
        "target": target, "protocol": "ipmi", "cipher_suite": 3, "power": "off",
        "manufacturer_id": 4753, "product_id": 3842, "firmware": "9.08",
        "guid": "53494d42-4d43-0000-0000-000000000000",
    });
    assert_eq!(seen, wanted);
    let with = [&without[..], &["--sensors", "--suite", "3"]].concat();
    let seen = object(&probe(&with, "sim-pass-0").await);
    let sensors = seen["sensors"].as_array().unwrap();
    let p12v = sensors.iter().find(|s| s["name"] == "P12V").unwrap();
    let told = [
        &p12v["value"],
        &p12v["unit"],
        &p12v["health"],
        &p12v["quantity"],
    ];
    let wanted = [json!(12.033), json!("V"), json!("ok"), json!("voltage")];
    assert_eq!(told, wanted.each_ref(), "{seen}");
    assert_eq!(sensors.len(), 7);
    assert!(
        sensors
            .iter()
            .any(|s| s["name"] == "DIMM1 Temp" && s["value"].is_null())
    );
}

#[tokio::test]
async fn prints_all_that_the_bmc_tells() {
    let sim = IpmiSim::start().await;
    let target = sim.address.to_string();
    let arguments = [
        &target,
        "--user",
        "ADMIN",
        "--password-stdin",
        "--all",
        "--json",
    ];
    let seen = object(&probe(&arguments, "sim-pass-0\n").await);
    assert_eq!(seen["controller"]["address"], "192.0.2.10", "{seen}");
    assert_eq!(seen["controller"]["power_draw_w"], Value::Null);
    assert_eq!(seen["parts"].as_array().unwrap().len(), 4);
    assert_eq!(seen["log"]["entries"].as_array().unwrap().len(), 3);
    assert_eq!(seen["sensors"].as_array().unwrap().len(), 7);
    let mut chinese = arguments[..5].to_vec();
    chinese.extend(["--lang", "zh-CN"]);
    let said = probe(&chinese, "sim-pass-0\n").await;
    assert_eq!(said.code, 0, "{said:?}");
    for wanted in [
        "电源          已断电",
        "整机                       S/N SN000000",
        "Power Supply PSU1 Status | Presence detected | 发生",
        "Sys Power                  308 W    正常",
    ] {
        assert!(said.out.contains(wanted), "{wanted}: {}", said.out);
    }
}

#[tokio::test]
async fn prints_a_table_for_people() {
    let bmc = Bmc17::start(&[]).await;
    let target = bmc.address.to_string();
    let arguments = [&target, "--user", "ADMIN", "--password-stdin"];
    let said = probe(&arguments, "sim-pass\n").await;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("ipmi, cipher suite 17"), "{said:?}");
    assert!(said.out.contains("power         off") && said.err.is_empty());
}

#[tokio::test]
async fn exit_codes_tell_what_went_wrong() {
    let sim = IpmiSim::start().await;
    let target = sim.address.to_string();
    let silent = format!("{}:9", own_address());
    let cases: [(&[&str], &str, i32, &str); 9] = [
        (
            &[&target, "--user", "ADMIN", "--password-stdin"],
            "guess",
            4,
            "wrong user or password",
        ),
        (
            &[&target, "--user", "none", "--password-stdin"],
            "guess",
            4,
            "does not know this user",
        ),
        (
            &[
                &target,
                "--user",
                "ADMIN",
                "--password-stdin",
                "--suite",
                "17",
            ],
            "sim-pass-0",
            5,
            "cipher suites 17",
        ),
        (
            &[
                &target,
                "--user",
                "ADMIN",
                "--password-stdin",
                "--suite",
                "0",
            ],
            "x",
            2,
            "allowed are 17, 3, 8 and 12",
        ),
        (&[&target, "--user", "ADMIN"], "x", 2, "--password-stdin"),
        (
            &[&target, "--user", "ADMIN", "--password-stdin"],
            "",
            2,
            "no password",
        ),
        (
            &[
                &target,
                "--user",
                "a-name-that-is-too-long",
                "--password-stdin",
            ],
            "x",
            2,
            "longer than 16",
        ),
        (
            &["not an address", "--user", "ADMIN", "--password-stdin"],
            "x",
            2,
            "not an address",
        ),
        (
            &[&silent, "--user", "ADMIN", "--password-stdin"],
            "x",
            3,
            "attempt 4",
        ),
    ];
    for (arguments, input, code, text) in cases {
        let said = probe(arguments, input).await;
        assert_eq!(said.code, code, "{arguments:?} {said:?}");
        assert!(said.out.is_empty() && said.err.contains(text), "{said:?}");
        assert!(!said.err.contains("guess"), "secrets stay out of messages");
    }
}
