//! A batch of Pipelines.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    cio_fuzz::pipelines("/v1/batch", body);
});
