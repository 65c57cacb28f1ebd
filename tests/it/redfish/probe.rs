//! `coldaisle probe bmc --protocol redfish` as an operator or a script runs it.

use std::path::Path;

use coldaisle::base::secret::Secret;
use coldaisle::base::token::hex;
use coldaisle::sim::redfish::{SimRedfish, SimRedfishConfig};
use serde_json::{Value, json};

use crate::ipmi::peers::{Said, run};

const UUID: &str = "38947555-4212-4248-9784-823347823834";

async fn sim() -> SimRedfish {
    let bind = "127.0.0.1:0".parse().unwrap();
    let config = SimRedfishConfig::new(bind, Secret::new("pass-1"), UUID);
    SimRedfish::start(config).await.unwrap()
}

async fn probe(sim: &SimRedfish, arguments: &[&str], input: &str) -> Said {
    let program = Path::new(env!("CARGO_BIN_EXE_coldaisle"));
    let address = sim.address().to_string();
    let mut all = vec!["probe", "bmc", &address, "--protocol", "redfish"];
    all.extend(arguments);
    run(program, &all, input).await
}

#[tokio::test]
async fn a_certificate_that_nobody_trusts_gets_no_password() {
    let sim = sim().await;
    let login = ["--user", "admin", "--password-stdin"];
    let said = probe(&sim, &login, "pass-1\n").await;
    assert_eq!(said.code, 6, "{said:?}");
    let shown = hex(&sim.fingerprint());
    assert!(
        said.out.contains(&shown) && said.out.contains("--fingerprint"),
        "{said:?}"
    );
    let json_too = probe(&sim, &["--json"], "").await;
    let seen: Value = serde_json::from_str(&json_too.out).unwrap();
    assert_eq!(
        (&seen["certificate_sha256"], &seen["logged_in"]),
        (&json!(shown), &json!(false)),
        "{seen}"
    );
    let other = "ab".repeat(32);
    let wrong = [&login[..], &["--fingerprint", &other]].concat();
    let said = probe(&sim, &wrong, "pass-1\n").await;
    assert_eq!(said.code, 6, "{said:?}");
    assert_eq!(
        (sim.counters().logins, sim.counters().refused_logins),
        (0, 0)
    );
    let said = probe(&sim, &["--trust-shown"], "").await;
    assert_eq!(said.code, 2, "{said:?}");
}

#[tokio::test]
async fn all_that_a_service_says_is_printed_and_the_session_deleted() {
    let sim = sim().await;
    let shown = hex(&sim.fingerprint());
    let arguments = [
        "--user",
        "admin",
        "--password-stdin",
        "--fingerprint",
        &shown,
        "--all",
        "--json",
    ];
    let said = probe(&sim, &arguments, "pass-1\n").await;
    assert_eq!(said.code, 0, "{said:?}");
    let seen: Value = serde_json::from_str(&said.out).unwrap();
    for (name, wanted) in [
        ("protocol", json!("redfish")),
        ("power", json!("on")),
        ("guid", json!(UUID)),
        ("serial", json!("SIM38947555")),
        ("certificate_sha256", json!(shown)),
        ("cipher_suite", Value::Null),
    ] {
        assert_eq!(seen[name], wanted, "{name}");
    }
    assert_eq!(seen["controller"]["power_draw_w"], 212);
    assert_eq!(seen["controller"]["light"], "off");
    let firmware = |part: &Value| part["kind"] == "firmware";
    assert!(seen["parts"].as_array().unwrap().iter().any(firmware));
    assert_eq!(seen["sensors"].as_array().unwrap().len(), 9);
    assert!(!seen["log"]["entries"].as_array().unwrap().is_empty());
    assert_eq!(
        (sim.counters().logins, sim.counters().open_sessions),
        (1, 0)
    );
    let people = [
        "--user",
        "admin",
        "--password-stdin",
        "--trust-shown",
        "--lang",
        "zh-CN",
    ];
    let said = probe(&sim, &people, "pass-1\n").await;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.out.contains(&shown) && said.out.contains("SIM38947555"),
        "{said:?}"
    );
    let wrong = ["--user", "admin", "--password-stdin", "--trust-shown"];
    let said = probe(&sim, &wrong, "pass-9\n").await;
    assert_eq!(
        (said.code, sim.counters().refused_logins),
        (4, 1),
        "{said:?}"
    );
}
