//! Two people to merge.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    cio_fuzz::track_known("POST", "/api/v1/merge_customers", body);
});
