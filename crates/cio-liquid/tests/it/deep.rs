//! What is deep, or without end, in itself: templates, data, lists that are made. Nothing of it
//! goes deeper than the stack.

use std::borrow::Cow;

use cio_liquid::{Data, Host, Limit, Limits, NESTING_MAX, RenderError, Template};
use serde_json::{Value, json};

use crate::hostile::{ends_at, render_with};

#[test]
fn templates_that_include_themselves_end() {
    struct Circle;
    impl Host for Circle {
        fn root(&self, _: &str) -> Option<Cow<'_, Value>> {
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
        fn root(&self, _: &str) -> Option<Cow<'_, Value>> {
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
    fn root(&self, _: &str) -> Option<Cow<'_, Value>> {
        Some(Cow::Borrowed(&self.deep))
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
