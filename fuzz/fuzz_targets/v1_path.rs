//! A path: whom it names, and whether it is one.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    if let Ok(path) = std::str::from_utf8(body) {
        cio_fuzz::track("PUT", &format!("/api/v1/customers/{path}"), b"{}");
        cio_fuzz::app("GET", &format!("/v1/customers/{path}"), b"");
    }
});
