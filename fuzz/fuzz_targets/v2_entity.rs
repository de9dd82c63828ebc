//! An operation of Track v2.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    cio_fuzz::track_known("POST", "/api/v2/entity", body);
});
