//! A message of Pipelines: the first byte says of which kind.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let kinds = ["identify", "track", "page", "screen", "group", "alias"];
    if let Some((kind, body)) = body.split_first() {
        let kind = kinds[usize::from(*kind) % kinds.len()];
        cio_fuzz::pipelines(&format!("/v1/{kind}"), body);
    }
});
