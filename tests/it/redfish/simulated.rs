//! The driver against our simulated services: what no emulator does.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use coldaisle::base::secret::Secret;
use coldaisle::drivers::bmc::{
    BmcError, BmcTarget, Boot, BootDevice, CredentialFault, Health, LogMark, PartKind, PowerAction,
    PowerState, Priority, Quantity, Trust,
};
use coldaisle::sim::redfish::{Certificate, Fault, Power, Shape, SimRedfish, SimRedfishConfig};

use super::{access, open, refused, target};
use crate::ipmi::peers::until;

const UUID: &str = "38947555-4212-4248-9784-823347823834";

fn config(shape: Shape) -> SimRedfishConfig {
    SimRedfishConfig {
        shape,
        delay: Duration::from_millis(20),
        ..SimRedfishConfig::new("127.0.0.1:0".parse().unwrap(), Secret::new("pass-1"), UUID)
    }
}

async fn sim(shape: Shape) -> (SimRedfish, BmcTarget) {
    let sim = SimRedfish::start(config(shape)).await.unwrap();
    let target = target(sim.address(), "admin", "pass-1");
    (sim, target)
}

async fn until_no_session(sim: &SimRedfish) {
    let open = || async { sim.counters().open_sessions };
    until("sessions end", open, |open| *open == 0).await;
}

async fn until_power(sim: &SimRedfish, power: Power) {
    until("power", || async { sim.power() }, |seen| *seen == power).await;
}

#[tokio::test]
async fn a_machine_is_switched_in_the_words_its_service_takes() {
    for (shape, cycle) in [(Shape::Usual, "PowerCycle"), (Shape::Ibmc, "ForceRestart")] {
        let (sim, target) = sim(shape).await;
        let access = access();
        let mut session = open(&access, &target).await;
        assert_eq!(session.protocol(), "redfish");
        assert_eq!(session.power_state().await, Ok(PowerState::On));
        session.power(PowerAction::SoftOff).await.unwrap();
        until_power(&sim, Power::Off).await;
        assert_eq!(session.power_state().await, Ok(PowerState::Off));
        for action in [
            PowerAction::Cycle,
            PowerAction::Reset,
            PowerAction::SoftOff,
            PowerAction::Nmi,
        ] {
            let error = session.power(action).await.unwrap_err();
            assert_eq!(error.code(), "not-in-this-state", "{action:?}");
        }
        session.power(PowerAction::On).await.unwrap();
        until_power(&sim, Power::On).await;
        session.power(PowerAction::Off).await.unwrap();
        until_power(&sim, Power::Off).await;
        session.power(PowerAction::On).await.unwrap();
        until_power(&sim, Power::On).await;
        session.power(PowerAction::Cycle).await.unwrap();
        session.close().await.unwrap();
        let counters = sim.counters();
        assert_eq!(
            counters.resets,
            ["GracefulShutdown", "On", "ForceOff", "On", cycle],
            "{shape:?}"
        );
        assert_eq!(
            (counters.open_sessions, counters.most_open, counters.logins),
            (0, 1, 1)
        );
    }
}

#[tokio::test]
async fn a_machine_tells_who_it_is_and_what_is_in_it() {
    for shape in [Shape::Usual, Shape::Ibmc] {
        let (sim, target) = sim(shape).await;
        let access = access();
        let mut session = open(&access, &target).await;
        let identity = session.identity().await.unwrap();
        assert_eq!(identity.guid.unwrap().to_string(), UUID);
        assert_eq!(identity.serial.as_deref(), Some("SIM38947555"));
        assert_eq!(identity.firmware, "3.12");
        let parts = session.parts().await.unwrap();
        let count = |kind| parts.iter().filter(|part| part.kind == kind).count();
        // Two of three sockets have a module in them.
        for (kind, expected) in [
            (PartKind::Product, 1),
            (PartKind::Processor, 2),
            (PartKind::Memory, 2),
            (PartKind::Disk, 1),
            (PartKind::Network, 2),
            (PartKind::PowerSupply, 2),
            (PartKind::Firmware, 2),
        ] {
            assert_eq!(count(kind), expected, "{shape:?} {kind:?}");
        }
        let port = parts
            .iter()
            .find(|part| part.kind == PartKind::Network)
            .unwrap();
        assert_eq!(
            (port.slot.as_str(), port.mac.as_str()),
            ("mainboardPort1", "02:00:5e:10:00:01")
        );
        let sensors = session.sensors().await.unwrap();
        assert_eq!(sensors.len(), 3 + 4 + 1 + 1);
        let cpu = sensors
            .iter()
            .find(|sensor| sensor.name == "CPU1 Temp")
            .unwrap();
        assert_eq!(
            (cpu.quantity, cpu.health),
            (Quantity::Temperature, Health::Ok)
        );
        assert_eq!(cpu.thresholds.upper_critical, Some(95.0));
        assert_eq!(session.power_draw().await, Ok(Some(212)));
        let controller = session.controller().await.unwrap();
        assert_eq!(
            (
                controller.address.as_str(),
                controller.address_source.as_str()
            ),
            ("192.0.2.17", "static")
        );
        assert_eq!(controller.users, ["admin: administrator"]);
        session.close().await.unwrap();
        assert_eq!(sim.counters().open_sessions, 0);
    }
}

#[tokio::test]
async fn a_log_in_pages_newest_first_is_read_on_from_the_mark() {
    let (sim, target) = sim(Shape::Usual).await;
    let access = access();
    let mut session = open(&access, &target).await;
    let part = session.event_log(LogMark::default(), 2).await.unwrap();
    let ids: Vec<_> = part.entries.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(
        (ids, part.more, part.cleared),
        (vec!["1", "2"], true, false)
    );
    assert_eq!(part.entries[0].health, Health::Critical);
    assert_eq!(
        part.entries[0].at.unwrap().to_rfc3339(),
        "2026-11-20T00:00:00.000Z"
    );
    assert!(part.drift_ms.unwrap().abs() < 60_000 && part.free_percent == Some(97));
    let rest = session.event_log(part.mark, 10).await.unwrap();
    let ids: Vec<_> = rest.entries.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!((ids, rest.more), (vec!["3"], false));
    drop(session);
    until_no_session(&sim).await;
}

#[tokio::test]
async fn a_boot_override_is_set_under_the_tag_of_the_moment() {
    let (sim, target) = sim(Shape::Usual).await;
    let access = access();
    let mut session = open(&access, &target).await;
    assert_eq!(session.boot().await, Ok(None));
    sim.set_fault(Fault::TagMovesOnce, true);
    let pxe = Boot {
        device: BootDevice::Pxe,
        persistent: false,
        uefi: true,
    };
    session.set_boot(pxe).await.unwrap();
    assert!(!sim.has_fault(Fault::TagMovesOnce), "nobody was faster");
    assert_eq!(session.boot().await, Ok(Some(pxe)));
    let none = Boot {
        device: BootDevice::Default,
        ..pxe
    };
    session.set_boot(none).await.unwrap();
    assert_eq!(session.boot().await, Ok(None));
    session.identify(255).await.unwrap();
    assert!(sim.is_lit());
    session.identify(0).await.unwrap();
    assert!(!sim.is_lit());
    session.reset_controller().await.unwrap();
    assert_eq!(sim.counters().controller_restarts, 1);
    // The session went with the controller.
    let error = session.power_state().await.unwrap_err();
    assert_eq!(error.code(), "closed");
}

#[tokio::test]
async fn a_task_is_followed_to_its_end() {
    let (sim, target) = sim(Shape::Usual).await;
    let access = access();
    sim.set_fault(Fault::Tasks, true);
    let mut session = open(&access, &target).await;
    session.power(PowerAction::Off).await.unwrap();
    sim.set_fault(Fault::TasksFail, true);
    let error = session.power(PowerAction::On).await;
    // It is off by now, or will be: the failure is that of the task.
    let error = error.unwrap_err();
    assert!(error.to_string().contains("The fuse is blown."), "{error}");
    session.close().await.unwrap();
}

#[tokio::test]
async fn a_changed_password_is_the_one_that_lets_in() {
    for shape in [Shape::Usual, Shape::Ibmc] {
        let (sim, target) = sim(shape).await;
        let access = access();
        let mut session = open(&access, &target).await;
        session
            .set_password(Secret::new("a-new-password-of-more-than-twenty"))
            .await
            .unwrap();
        session.close().await.unwrap();
        let changed = super::target(sim.address(), "admin", "a-new-password-of-more-than-twenty");
        open(&access, &changed).await.close().await.unwrap();
        let error = refused(&access, &target).await;
        assert_eq!(error.code(), "credentials");
        assert_eq!(sim.counters().refused_logins, 1);
    }
}

#[tokio::test]
async fn a_wrong_password_is_tried_once() {
    for basic in [false, true] {
        let (sim, target) = sim(Shape::Usual).await;
        sim.set_fault(Fault::NoSessions, basic);
        let wrong = BmcTarget {
            password: Secret::new("pass-2"),
            ..target.clone()
        };
        let access = access();
        let error = refused(&access, &wrong).await;
        let fault = CredentialFault::UserOrPassword;
        assert!(
            matches!(&error, BmcError::Credentials { fault: found, .. } if *found == fault),
            "{error}"
        );
        let refusals = sim.counters().refused_logins;
        assert_eq!(refusals, 1);
        assert_eq!(refused(&access, &wrong).await.code(), "credentials-stopped");
        assert_eq!(
            sim.counters().refused_logins,
            refusals,
            "it was tried again"
        );
        let mut session = open(&access, &target).await;
        assert_eq!(session.power_state().await, Ok(PowerState::On));
        session.close().await.unwrap();
        assert_eq!(sim.counters().open_sessions, 0);
    }
}

#[tokio::test]
async fn nothing_is_sent_to_whoever_shows_another_certificate() {
    let (sim, target) = sim(Shape::Usual).await;
    let access = access();
    let session = open(&access, &target).await;
    assert_eq!(session.certificate(), Some(sim.fingerprint()));
    session.close().await.unwrap();
    let pinned = target.clone().redfish(Trust::Pin(Some(sim.fingerprint())));
    open(&access, &pinned).await.close().await.unwrap();
    let before = sim.counters();
    let other = target.clone().redfish(Trust::Pin(Some([7; 32])));
    let error = refused(&access, &other).await;
    let shown = Some(sim.fingerprint());
    assert!(
        matches!(&error, BmcError::Certificate { shown: found, .. } if found.as_deref().copied() == shown),
        "{error}"
    );
    assert_eq!(sim.counters(), before);
    assert!(!error.is_passing() && !error.may_have_acted());
}

fn pem(certificate: &Certificate, file: &Path) {
    let text = STANDARD.encode(&certificate.certificate);
    let text = format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
    std::fs::write(file, text).unwrap();
}

#[tokio::test]
async fn an_authority_vouches_for_a_certificate_or_it_is_refused() {
    let certificate = Certificate::new("bmc.example", "127.0.0.1".parse().unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("authority.pem");
    pem(&certificate, &file);
    let own = SimRedfish::start(SimRedfishConfig {
        certificate: Some(certificate),
        ..config(Shape::Usual)
    });
    let own = own.await.unwrap();
    let other = SimRedfish::start(SimRedfishConfig {
        serial: "OTHER".to_owned(),
        ..config(Shape::Usual)
    });
    let other = other.await.unwrap();
    let access = access().with_authorities(&file);
    let at = |sim: &SimRedfish| target(sim.address(), "admin", "pass-1").redfish(Trust::Authority);
    open(&access, &at(&own)).await.close().await.unwrap();
    let error = refused(&access, &at(&other)).await;
    assert_eq!(error.code(), "certificate");
    assert_eq!(other.counters().logins, 0);
}

#[tokio::test]
async fn every_session_is_deleted_also_of_callers_that_vanish() {
    let (sim, target) = sim(Shape::Usual).await;
    let access = Arc::new(access());
    // A caller that is aborted at each stage: before, while and after logging in, and in the middle of a call.
    for yields in 0..60 {
        let (access, target) = (access.clone(), target.clone());
        let job = tokio::spawn(async move {
            let mut session = access.open(&target, Priority::Status).await?;
            session.parts().await
        });
        for _ in 0..yields * 20 {
            tokio::task::yield_now().await;
        }
        job.abort();
        let _ = job.await;
    }
    until_no_session(&sim).await;
    let counters = sim.counters();
    assert!(
        counters.logins > 0 && counters.most_open == 1,
        "{counters:?}"
    );
    // The gate lets the next one in.
    let session = open(&access, &target).await;
    assert_eq!(sim.counters().open_sessions, 1);
    let left = access.shutdown(Duration::ZERO).await;
    assert_eq!(left, 1);
    drop(session);
    assert_eq!(access.shutdown(Duration::from_secs(10)).await, 0);
    assert_eq!(sim.counters().open_sessions, 0);
    assert_eq!(refused(&access, &target).await.code(), "cancelled");
}

#[tokio::test]
async fn a_service_without_room_or_with_half_of_what_it_promises() {
    let (sim, target) = sim(Shape::Usual).await;
    let access = access();
    sim.set_fault(Fault::SessionsFull, true);
    let error = refused(&access, &target).await;
    assert_eq!(error.code(), "slots-full");
    assert!(error.is_passing());
    sim.set_fault(Fault::SessionsFull, false);
    sim.set_fault(Fault::BadExpand, true);
    let mut session = open(&access, &target).await;
    assert_eq!(session.sensors().await.unwrap().len(), 9);
    let parts = session.parts().await.unwrap();
    assert_eq!(
        parts
            .iter()
            .filter(|part| part.kind == PartKind::Memory)
            .count(),
        2
    );
    session.close().await.unwrap();
}
