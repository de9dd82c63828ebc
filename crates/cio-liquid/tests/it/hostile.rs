//! Templates that mean harm, or loop by mistake: each ends at a limit that it names.

use std::cell::Cell;
use std::fmt::Write;

use cio_liquid::{Data, Host, Limit, Limits, NESTING_MAX, RenderError, SOURCE_BYTES_MAX, Template};
use serde_json::{Value, json};

/// What ends for want of steps ends in the same way with fewer.
const FEW_STEPS: Limits = Limits {
    output_bytes: 4 << 20,
    steps: 100_000,
    memory_bytes: 32 << 20,
    include_depth: 10,
};

fn render_with(source: &str, data: Value) -> Result<String, RenderError> {
    let template = Template::parse(source).unwrap();
    template.render(&Data::new(data), &Limits::default())
}

#[track_caller]
fn ends_at(limit: Limit, source: &str) {
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
fn templates_that_include_themselves_end() {
    struct Circle;
    impl Host for Circle {
        fn root(&self, _: &str) -> Option<std::borrow::Cow<'_, Value>> {
            None
        }
        fn snippet(&self, name: &str) -> Option<Template> {
            Template::parse(&format!(
                "{{{{ snippets.{name} }}}}{{{{ snippets.{name} | upcase }}}}"
            ))
            .ok()
        }
        fn partial(&self, name: &str) -> Option<Template> {
            Template::parse(&format!("{{% {name} '{name}' %}}")).ok()
        }
    }
    for source in [
        "{% include 'include' %}",
        "{% render 'render' %}",
        "{{ snippets.a }}",
        "{{ snippets.a | upcase }}",
        "{% render 'render' for (1..3) as x %}",
    ] {
        let template = Template::parse(source).unwrap();
        let rendered = template.render(&Circle, &Limits::default());
        assert_eq!(
            rendered,
            Err(RenderError::Limit(Limit::IncludeDepth)),
            "{source}"
        );
    }
    // Blocks in partials in blocks: as deep as includes may be, and each as deep as blocks may.
    struct Deep;
    impl Host for Deep {
        fn root(&self, _: &str) -> Option<std::borrow::Cow<'_, Value>> {
            None
        }
        fn partial(&self, name: &str) -> Option<Template> {
            Template::parse(&nested(
                &format!("{{% include '{name}' %}}"),
                NESTING_MAX - 1,
            ))
            .ok()
        }
    }
    let rendered = Template::parse("{% include 'a' %}")
        .unwrap()
        .render(&Deep, &Limits::default());
    assert_eq!(rendered, Err(RenderError::Limit(Limit::IncludeDepth)));
}

fn nested(inner: &str, depth: usize) -> String {
    format!(
        "{}{inner}{}",
        "{% if true %}".repeat(depth),
        "{% endif %}".repeat(depth)
    )
}

#[test]
fn a_condition_that_has_itself_ends() {
    let source = "{% assign c = \"list | where_exp: 'i', c\" %}{{ list | where_exp: 'i', c }}";
    let rendered = render_with(source, json!({"list": [1]}));
    assert_eq!(rendered, Err(RenderError::Limit(Limit::IncludeDepth)));
}

#[test]
fn deep_templates_render_or_are_refused() {
    assert_eq!(
        render_with(&nested("x", NESTING_MAX), json!({})).unwrap(),
        "x"
    );
    for source in [
        nested("x", NESTING_MAX + 1),
        nested("x", 50_000),
        "{% if true %}".repeat(50_000),
        "{% for i in (1..2) %}".repeat(50_000),
        "{% capture a %}".repeat(50_000),
        "{% case a %}{% when 1 %}".repeat(50_000),
        format!("{{{{ {}a{} }}}}", "a[".repeat(50_000), "]".repeat(50_000)),
        format!("{{{{ {} }}}}", "(".repeat(50_000)),
        format!("{{{{ {} }}}}", "(1..".repeat(50_000)),
        format!("{{% liquid\n{} %}}", "if true\n".repeat(50_000)),
        format!("{{{{ {} }}}}", "[".repeat(50_000)),
        "{{".repeat(50_000),
        "{%".repeat(50_000),
        "{% raw %}".repeat(50_000),
        "{% comment %}".repeat(50_000),
        format!("{{{{ '{}", "\\".repeat(100_000)),
    ] {
        let error = Template::parse(&source).unwrap_err();
        assert!(error.to_string().len() < 300, "{error}");
    }
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
fn deep_data_is_refused_and_not_fallen_into() {
    let mut deep = json!("x");
    for _ in 0..10_000 {
        deep = Value::Array(vec![deep]);
    }
    let host = Data::new(json!({ "shallow": [[["x"]]] }));
    let template = Template::parse("{{ shallow }}{{ shallow | json }}").unwrap();
    assert_eq!(
        template.render(&host, &Limits::default()).unwrap(),
        "x[[[\"x\"]]]"
    );

    let host = Held {
        deep: std::mem::take(&mut deep),
    };
    for source in [
        "{{ deep }}",
        "{{ deep | json }}",
        "{{ deep | uniq }}",
        "{% if deep == deep %}{% endif %}",
        "{{ deep | join }}",
    ] {
        let rendered = Template::parse(source)
            .unwrap()
            .render(&host, &Limits::default());
        assert_eq!(
            rendered,
            Err(RenderError::Limit(Limit::DataDepth)),
            "{source}"
        );
    }
    host.drop_slowly();

    ends_at(
        Limit::DataDepth,
        "{% assign a = 'x' %}{% for i in (1..1000) %}{% assign a = a | push: a %}{% endfor %}{{ a | size }}",
    );
    let brackets = format!(
        "{{{{ '{}{}' | from_json }}}}",
        "[".repeat(1000),
        "]".repeat(1000)
    );
    assert!(matches!(
        render_with(&brackets, json!({})),
        Err(RenderError::Filter { .. })
    ));
}

/// Data that is too deep to be dropped level by level.
struct Held {
    deep: Value,
}

impl Held {
    fn drop_slowly(mut self) {
        while let Value::Array(mut items) = std::mem::take(&mut self.deep) {
            self.deep = items.pop().unwrap_or_default();
        }
    }
}

impl Host for Held {
    fn root(&self, _: &str) -> Option<std::borrow::Cow<'_, Value>> {
        Some(std::borrow::Cow::Borrowed(&self.deep))
    }
}

#[test]
fn a_list_that_holds_itself_many_times_is_not_printed_without_end() {
    // Thirty levels of three: 3^30 items, none of which has any text.
    let source = "{% assign e = '' | split: ',' %}{% assign a = e %}{% for i in (1..30) %}\
        {% assign a = e | push: a | push: a | push: a %}{% endfor %}";
    for use_of_it in [
        "{{ a }}",
        "{{ a | uniq }}",
        "{% if a == a %}{% endif %}",
        "{{ a | join: '' }}",
    ] {
        let rendered = render_with(&format!("{source}{use_of_it}"), json!({}));
        assert!(
            matches!(
                rendered,
                Err(RenderError::Limit(Limit::Steps | Limit::Memory))
            ),
            "{use_of_it}: {rendered:?}"
        );
    }
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
