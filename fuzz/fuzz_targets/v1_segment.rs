//! Ids of people for a segment: the query says of which type, up to the first line break.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let at = body.iter().position(|it| *it == b'\n').unwrap_or(0);
    let (query, body) = body.split_at(at);
    let query = String::from_utf8_lossy(query);
    let path = format!("/api/v1/segments/1/add_customers?{query}");
    cio_fuzz::track_known("POST", &path, body);
});
