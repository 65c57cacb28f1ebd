//! What a BMC says behind its completion code: sensors, event log, inventory, settings.
#![no_main]

use coldaisle_fuzz::wire::ipmi::{Octets, accounts, boot, dcmi, fru, lan, sdr, sel, watchdog};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = sdr::decode(data);
    let _ = sdr::Header::decode(&mut Octets::new(data));
    if let Ok(state) = sel::SelInfo::decode(data) {
        let _ = state.free_percent();
    }
    if let Ok(record) = sel::SelRecord::decode(data) {
        let _ = record.kind_name();
        if let sel::Body::Event(event) = &record.body {
            let _ = (event.text(), event.severity());
        }
    }
    let _ = fru::area_len(data);
    let _ = fru::FruHeader::decode(data);
    for kind in [
        fru::AreaKind::Chassis,
        fru::AreaKind::Board,
        fru::AreaKind::Product,
    ] {
        let _ = fru::area(kind, data);
    }
    let _ = (
        lan::address(data),
        lan::address_source(data),
        lan::mac(data),
        lan::vlan(data),
    );
    let _ = (accounts::name(data), accounts::UserAccess::decode(data));
    let _ = boot::BootFlags::decode(data);
    let _ = dcmi::PowerReading::decode(data);
    let _ = watchdog::Watchdog::decode(data);
});
