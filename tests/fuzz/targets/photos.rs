//! Photos of strangers: whatever is kept of one is kept the same a second time, without comments.
#![no_main]

use coldaisle_fuzz::jpeg::without_position;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Some(kept) = without_position(input) {
        assert_eq!(without_position(&kept).as_deref(), Some(&kept[..]));
    }
});
