//! Reports of a delivery: a metric, an event of a device, an unsubscribe.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    cio_fuzz::track("POST", "/api/v1/metrics", body);
    cio_fuzz::track("POST", "/api/v1/push/events", body);
    cio_fuzz::track("POST", "/unsubscribe/ZA==", body);
});
