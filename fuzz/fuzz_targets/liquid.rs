//! A template: it is read or refused, and renders within its limits, the same each time.
#![no_main]

use std::borrow::Cow;
use std::sync::LazyLock;

use cio_liquid::{Host, Limits, Template, UrlTag};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

const LIMITS: Limits = Limits {
    output_bytes: 10_000,
    steps: 20_000,
    memory_bytes: 100_000,
    include_depth: 3,
};

static DATA: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "a": "Grüße 👋 a b", "n": 42, "f": -1.5, "t": true, "z": null, "s": "", "e": [],
        "l": [3, "b", null, {"k": 1, "n": "x"}, [2], {"k": 2}],
        "o": {"k": "v", "n": [1, 2], "first name": "Ana"},
        "d": "2026-11-25T12:00:00+01:00", "j": "{\"a\": [1, {\"b\": null}]}",
    })
});

/// Everything has a value: snippets and partials are the template itself.
struct Everything<'a>(&'a Template);

impl Host for Everything<'_> {
    fn root(&self, name: &str) -> Option<Cow<'_, Value>> {
        DATA.get(name).map(Cow::Borrowed)
    }

    fn snippet(&self, _: &str) -> Option<Template> {
        Some(self.0.clone())
    }

    fn partial(&self, _: &str) -> Option<Template> {
        Some(self.0.clone())
    }

    fn url(&self, _: UrlTag) -> Option<String> {
        Some("https://example.com/".to_owned())
    }

    fn now(&self) -> i64 {
        1_795_609_845
    }
}

fuzz_target!(|source: &str| {
    let Ok(template) = Template::parse(source) else {
        return;
    };
    let host = Everything(&template);
    let rendered = template.render(&host, &LIMITS);
    if let Ok(output) = &rendered {
        assert!(output.len() <= LIMITS.output_bytes);
    }
    assert_eq!(template.render(&host, &LIMITS), rendered);
});
