//! Controllers with a maker's oddity: with the maker's number it is honoured, without it is the
//! fault that it is. Each test looks first whether the simulated BMC did misbehave.

use std::time::Duration;

use coldaisle::base::machine::{Boot, BootDevice};
use coldaisle::drivers::bmc::{BmcAccess, BmcError, BmcSession, Priority};
use coldaisle::sim::bmc::{Faults, SimBmc, SimBmcConfig};

use super::simulated::{config, target};

const SUPERMICRO: (u32, u16) = (10_876, 2_404);
const DELL: (u32, u16) = (674, 256);
const INSPUR: (u32, u16) = (37_945, 514);
const NOBODY: (u32, u16) = (0x2A2A, 7);

async fn of(product: (u32, u16), faults: Faults) -> (SimBmc, BmcAccess, Box<dyn BmcSession>) {
    let config = SimBmcConfig {
        product,
        ..config(90)
    };
    let bmc = SimBmc::start(config).await.unwrap();
    bmc.set_faults(faults);
    let access = BmcAccess::new(Duration::ZERO);
    let session = access.open(&target(&bmc), Priority::Status).await.unwrap();
    (bmc, access, session)
}

/// How many sensors a BMC without oddities lists.
async fn usual() -> usize {
    let (_bmc, _access, mut session) = of(NOBODY, Faults::default()).await;
    session.sensors().await.unwrap().len()
}

#[tokio::test]
async fn a_last_record_that_is_refused_for_good_ends_the_list_of_its_maker() {
    let faults = || Faults {
        last_record_refused: true,
        ..Faults::default()
    };
    let (bmc, _access, mut session) = of(DELL, faults()).await;
    let sensors = session.sensors().await.unwrap();
    assert!(bmc.counters().spoilt > 0, "the last record was refused");
    let all = usual().await;
    assert!(
        (all - 1..=all).contains(&sensors.len()),
        "{} of {all}",
        sensors.len()
    );
    let (bmc, _access, mut session) = of(NOBODY, faults()).await;
    let error = session.sensors().await.unwrap_err();
    assert!(bmc.counters().spoilt > 0);
    assert!(
        matches!(error, BmcError::Completion { code: 0xC3, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn records_without_an_end_are_counted_where_their_maker_is_known_for_it() {
    let faults = || Faults {
        records_without_end: true,
        ..Faults::default()
    };
    let (bmc, _access, mut session) = of(INSPUR, faults()).await;
    let sensors = session.sensors().await.unwrap();
    assert!(bmc.counters().spoilt > 0, "the last record named another");
    assert_eq!(sensors.len(), usual().await);
    let (bmc, _access, mut session) = of(NOBODY, faults()).await;
    let error = session.sensors().await.unwrap_err();
    assert!(bmc.counters().spoilt > 0);
    assert!(
        matches!(error, BmcError::Completion { code: 0xCB, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_disk_in_uefi_mode_has_its_makers_selector_and_reads_as_a_disk() {
    for (product, uefi, selector) in [
        (SUPERMICRO, true, 9),
        (SUPERMICRO, false, 2),
        (NOBODY, true, 2),
    ] {
        let (bmc, _access, mut session) = of(product, Faults::default()).await;
        let disk = Boot {
            device: BootDevice::Disk,
            persistent: true,
            uefi,
        };
        session.set_boot(disk).await.unwrap();
        assert_eq!(bmc.boot_flags().device, selector, "{product:?} {uefi}");
        assert_eq!(session.boot().await, Ok(Some(disk)), "{product:?} {uefi}");
    }
}
