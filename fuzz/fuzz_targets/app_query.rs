//! The query of a list.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    if let Ok(query) = std::str::from_utf8(body) {
        for list in [
            "activities",
            "messages",
            "customers",
            "customers/1/activities",
        ] {
            cio_fuzz::app("GET", &format!("/v1/{list}?{query}"), b"");
        }
    }
});
