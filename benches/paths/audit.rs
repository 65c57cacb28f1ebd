//! The hash that chains one entry of the audit log to the one before.

use coldaisle::audit::{Entry, Via};
use coldaisle::base::ids::{AuditEntryId, UserId};
use coldaisle::base::time::Timestamp;
use divan::{Bencher, black_box};

fn entry() -> Entry {
    Entry {
        id: AuditEntryId::new(7),
        at: Timestamp::from_seconds(1_793_491_200),
        author_user_id: Some(UserId::new(3)),
        author_name: "王工".to_owned(),
        via: Via::Web,
        remote: "192.0.2.7".to_owned(),
        action: "device.update".to_owned(),
        object_kind: "device".to_owned(),
        object_id: Some(81),
        object_label: "A03-U17 R740-0017".to_owned(),
        customer_id: None,
        detail: r#"{"serial":["CN7016","CN7061"],"note":["","换过主板"],"version":[3,4]}"#
            .to_owned(),
        previous_hash: "5".repeat(64),
        entry_hash: "6".repeat(64),
    }
}

#[divan::bench]
fn entry_hash(bencher: Bencher) {
    let entry = entry();
    bencher.bench(|| black_box(&entry).expected_hash());
}
