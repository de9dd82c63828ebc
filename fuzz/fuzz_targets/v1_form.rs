//! A submission of a form.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    cio_fuzz::track("POST", "/api/v1/forms/f/submit", body);
});
