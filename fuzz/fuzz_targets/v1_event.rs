//! An event of a person, and of a visitor.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    cio_fuzz::track("POST", "/api/v1/customers/1/events", body);
    cio_fuzz::track_known("POST", "/api/v1/events", body);
});
