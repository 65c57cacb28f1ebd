//! Transactions, portable statements and the outbox on both databases.

use coldaisle::store::settings::{set_setting, setting};

use crate::harness::{NOW, TestDb, both};

both! {
    async fn a_setting_is_written_once_and_over(db: TestDb) {
        for value in ["first", "second"] {
            db.store
                .write("test", move |c| set_setting(c, "site-name", value, NOW))
                .await
                .unwrap();
            let read = db.store.read(|c| setting(c, "site-name")).await.unwrap();
            assert_eq!(read.as_deref(), Some(value));
        }
        assert_eq!(db.get(|c| setting(c, "nothing")), None);
    }
}
