//! Templates that mean harm, or loop by mistake: each ends at a limit that it names.

use std::cell::Cell;
use std::fmt::Write;

use cio_liquid::{Data, Host, Limit, Limits, RenderError, SOURCE_BYTES_MAX, Template};
use serde_json::{Value, json};

/// What ends for want of steps ends in the same way with fewer.
const FEW_STEPS: Limits = Limits {
    output_bytes: 4 << 20,
    steps: 100_000,
    memory_bytes: 32 << 20,
    include_depth: 10,
};

pub(crate) fn render_with(source: &str, data: Value) -> Result<String, RenderError> {
    let template = Template::parse(source).unwrap();
    template.render(&Data::new(data), &Limits::default())
}

#[track_caller]
pub(crate) fn ends_at(limit: Limit, source: &str) {
    let rendered = render_with(source, json!({"big": "x".repeat(1 << 20)}));
    let outcome = rendered.map(|text| text.len());
    assert_eq!(outcome, Err(RenderError::Limit(limit)), "{source}");
}

#[test]
fn loops_end_at_the_steps() {
    ends_at(Limit::Steps, "{% for i in (1..100000000000) %}{% endfor %}");
    ends_at(
        Limit::Steps,
        "{% for i in (1..2000) %}{% for j in (1..2000) %}{% if i == j %}{% endif %}{% endfor %}{% endfor %}",
    );
    ends_at(
        Limit::Output,
        "{% tablerow i in (1..100000000000) %}{% endtablerow %}",
    );
    ends_at(
        Limit::Steps,
        "{{ (1..100000000000) | size }}{% for i in (1..9999999) %}{{ i | upcase | downcase }}{% endfor %}",
    );
    ends_at(Limit::Memory, "{{ (1..100000000000) | reverse }}");
}

#[test]
fn a_range_as_long_as_numbers_go_is_walked_step_by_step() {
    ends_at(
        Limit::Steps,
        "{% for i in (-9223372036854775807..9223372036854775807) reversed %}{% endfor %}",
    );
    ends_at(
        Limit::Memory,
        "{% assign n = (-9223372036854775807..9223372036854775807) | sort %}",
    );
}

#[test]
fn growth_ends_at_the_memory() {
    ends_at(
        Limit::Memory,
        "{% assign a = 'xxxxxxxx' %}{% for i in (1..100) %}{% assign a = a | append: a %}{% endfor %}",
    );
    ends_at(
        Limit::Memory,
        "{% assign a = 'x' %}{% for i in (1..100) %}{% assign a = a | replace: 'x', 'xxxx' %}{% endfor %}",
    );
    ends_at(
        Limit::Memory,
        "{% assign a = 'x' %}{% for i in (1..100) %}{% capture a %}{{ a }}{{ a }}{% endcapture %}{% endfor %}",
    );
    ends_at(
        Limit::Memory,
        "{% for i in (1..10) %}{% assign a = big | split: '' %}{% endfor %}",
    );
    ends_at(
        Limit::Memory,
        "{% assign a = big | split: '' | join: big %}",
    );
    ends_at(
        Limit::Memory,
        "{% for i in (1..100) %}{% assign a = big | upcase %}{% endfor %}",
    );
    ends_at(
        Limit::Steps,
        "{% assign a = '1' | split: ',' %}{% for i in (1..100) %}{% assign a = a | concat: a %}{% endfor %}",
    );
    ends_at(
        Limit::Memory,
        "{% assign a = '<' %}{% for i in (1..100) %}{% assign a = a | escape | json | json %}{% endfor %}",
    );
}

#[test]
fn output_ends_at_its_size() {
    ends_at(
        Limit::Output,
        "{% for i in (1..100) %}{{ big }}{% endfor %}",
    );
    ends_at(Limit::Output, "{{ (1..100000000000) }}");
    let wide = "{% for i in (1..100000) %}{{ 0 | date: '%1000Y%1000d%99999999999N' }}{% endfor %}";
    let rendered = render_with(wide, json!({}));
    assert!(
        matches!(
            rendered,
            Err(RenderError::Limit(Limit::Output | Limit::Memory))
        ),
        "{rendered:?}"
    );
}

#[test]
fn reading_large_texts_again_and_again_ends() {
    let quoted = Data::new(json!({"big": format!("\"{}\"", "x".repeat(1 << 20))}));
    for filter in [
        "size",
        "strip",
        "first",
        "slice: 3",
        "truncate: 5",
        "url_decode",
        "sha256",
        "number_of_words",
        "strip_html",
        "date: '%Y'",
        "remove: 'y'",
        "escape",
        "base64_decode",
        "slugify",
        "contains: 'y'",
        "truncatewords: 1",
        "from_json",
        "currency",
    ] {
        let source =
            format!("{{% for i in (1..1000000) %}}{{% assign a = big | {filter} %}}{{% endfor %}}");
        let template = Template::parse(&source).unwrap();
        let rendered = template.render(&quoted, &FEW_STEPS);
        // Those that look at nothing but the beginning may go on to the steps.
        assert!(
            matches!(
                rendered,
                Err(RenderError::Limit(_) | RenderError::Filter { .. })
            ),
            "{filter}: {rendered:?}"
        );
    }
    ends_at(
        Limit::Steps,
        "{% assign b = big | append: '' %}{% for i in (1..1000000) %}{% if big == b and big <= b and big contains 'y' %}{% endif %}{% endfor %}",
    );
}

#[test]
fn long_templates_are_read_in_one_go() {
    for source in [
        format!("{{{{ a{} }}}}", " | upcase".repeat(50_000)),
        format!("{{{{ true{} }}}}", " and true".repeat(50_000)),
        format!("{{% if not {}true %}}{{% endif %}}", "not ".repeat(50_000)),
        format!("{{{{ a{} | default: 'x' }}}}", ".a".repeat(50_000)),
        format!("{{% cycle {}1 %}}", "1, ".repeat(50_000)),
        format!(
            "{{% case 1 %}}{}{{% endcase %}}",
            "{% when 1 %}".repeat(50_000)
        ),
        format!(
            "{{% if true %}}{}{{% endif %}}",
            "{% elsif true %}".repeat(50_000)
        ),
        "{ ".repeat(100_000),
        "{% # x %}".repeat(50_000),
        "< {".repeat(50_000),
    ] {
        let rendered = render_with(&source, json!({"a": "x"}));
        assert!(rendered.is_ok(), "{:?}", rendered.map(|text| text.len()));
    }
    let too_large = "x".repeat(SOURCE_BYTES_MAX + 1);
    assert!(
        Template::parse(&too_large)
            .unwrap_err()
            .message()
            .contains("make it shorter")
    );
}

#[test]
fn many_variables_are_found_one_as_fast_as_another() {
    let mut source = String::new();
    for index in 0..20_000 {
        write!(
            source,
            "{{% assign a{index} = {index} %}}{{{{ a{index} }}}}"
        )
        .unwrap();
    }
    assert!(render_with(&source, json!({})).is_ok());
}

#[test]
fn the_host_s_time_may_run_out() {
    struct Hurried(Cell<u32>);
    impl Host for Hurried {
        fn root(&self, _: &str) -> Option<std::borrow::Cow<'_, Value>> {
            None
        }
        fn expired(&self) -> bool {
            self.0.set(self.0.get() + 1);
            self.0.get() > 2
        }
    }
    let template = Template::parse("{% for i in (1..100000) %}{{ i }}{% endfor %}").unwrap();
    let host = Hurried(Cell::new(0));
    let rendered = template.render(&host, &Limits::default());
    assert_eq!(rendered, Err(RenderError::Limit(Limit::Deadline)));
    assert_eq!(host.0.get(), 3);
}
