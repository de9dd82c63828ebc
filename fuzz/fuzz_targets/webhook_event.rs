//! A reporting webhook, as the SDK reads it.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    if let Ok(event) = customerio::webhook::Event::from_json(body) {
        let _ = (event.person(), event.data(), format!("{event:?}"));
    }
});
