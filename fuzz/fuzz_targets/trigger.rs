//! A trigger of a broadcast, and the people it names.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    cio_fuzz::trigger(body);
});
