//! The body of an error, as the SDK reads it.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    if let Some(error) = cio_wire::ErrorBody::parse(body) {
        let _ = error.message();
    }
});
