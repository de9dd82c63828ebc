//! A transactional email.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    cio_fuzz::app("POST", "/v1/send/email", body);
});
