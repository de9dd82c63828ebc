//! The body of an identify.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    cio_fuzz::track_known("PUT", "/api/v1/customers/1", body);
});
