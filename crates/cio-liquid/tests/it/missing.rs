//! A variable without a value fails the render, unless it is guarded or only asked for.

use cio_liquid::{Data, Limits, RenderError, Template};
use serde_json::json;

fn render(source: &str) -> Result<String, RenderError> {
    let data = Data::new(json!({
        "customer": {"name": "Ana", "empty": "", "null": null, "list": [], "plan": {"a b": null}},
        "nothing": null,
    }));
    let template = Template::parse(source).unwrap();
    template.render(&data, &Limits::default())
}

fn missing(name: &str) -> Result<String, RenderError> {
    Err(RenderError::Missing(name.to_owned()))
}

#[test]
fn an_output_fails_with_the_name_of_what_is_missing() {
    for (source, name) in [
        ("{{ nope }}", "nope"),
        ("{{ customer.nope }}", "customer.nope"),
        ("{{ customer.nope | upcase }}", "customer.nope"),
        ("{{ customer.nope.deep }}", "customer.nope"),
        ("{{ nope.deep }}", "nope"),
        ("{{ customer[\"no pe\"] }}", "customer[\"no pe\"]"),
        ("{{ customer.plan[\"a b\"].x }}", "customer.plan[\"a b\"]"),
        ("{{ customer.list[0] }}", "customer.list[0]"),
        ("{{ customer.list.first }}", "customer.list.first"),
        ("{{ 'x' | append: customer.nope }}", "customer.nope"),
        ("{{ customer.nope == nil }}", "customer.nope"),
        ("{% echo customer.nope %}", "customer.nope"),
        ("{% cycle customer.nope %}", "customer.nope"),
        (
            "{% capture x %}{{ customer.nope }}{% endcapture %}",
            "customer.nope",
        ),
        (
            "{% if true %}{{ customer.nope }}{% endif %}",
            "customer.nope",
        ),
        (
            "{% for i in (1..2) limit: customer.nope %}{% endfor %}",
            "customer.nope",
        ),
        ("{{ snippets.nope }}", "snippets.nope"),
        ("{{ snippets.nope | upcase }}", "snippets.nope"),
        ("{% render_liquid customer.nope %}", "customer.nope"),
        ("{% cio_link url:customer.nope %}", "customer.nope"),
        (
            "{{ customer.nope | upcase | default: 'x' }}",
            "customer.nope",
        ),
        ("{{ customer.nope | default: customer.no }}", "customer.no"),
    ] {
        assert_eq!(render(source), missing(name), "{source}");
    }
}

#[test]
fn null_is_missing_and_an_empty_text_is_not() {
    assert_eq!(render("{{ customer.null }}"), missing("customer.null"));
    assert_eq!(render("{{ nothing }}"), missing("nothing"));
    assert_eq!(render("[{{ customer.empty }}]").unwrap(), "[]");
    assert_eq!(render("[{{ customer.list }}]").unwrap(), "[]");
    assert_eq!(render("[{{ nil }}]").unwrap(), "[]");
}

#[test]
fn a_default_guards_what_is_before_it() {
    for source in [
        "{{ customer.nope | default: 'x' }}",
        "{{ customer.null | default: 'x' }}",
        "{{ customer.empty | default: 'x' }}",
        "{{ customer.list | default: 'x' }}",
        "{{ nope.deep | default: 'x' }}",
        "{{ snippets.nope | default: 'x' }}",
        "{{ customer.nope | default: customer.no | default: 'x' }}",
        "{% assign a = customer.nope | default: 'x' %}{{ a }}",
    ] {
        assert_eq!(render(source).unwrap(), "x", "{source}");
    }
    let unused = "{{ customer.name | default: customer.nope }}";
    assert_eq!(render(unused).unwrap(), "Ana");
}

#[test]
fn a_condition_may_ask_for_anything() {
    for source in [
        "{% if customer.nope %}{% else %}x{% endif %}",
        "{% unless customer.nope %}x{% endunless %}",
        "{% if customer.nope == nil %}x{% endif %}",
        "{% if customer.nope == blank %}x{% endif %}",
        "{% if customer.nope != 'a' %}x{% endif %}",
        "{% if customer.nope > 3 or customer.nope < 3 %}{% else %}x{% endif %}",
        "{% if customer.nope contains 'a' %}{% else %}x{% endif %}",
        "{% if customer.name == 'B' %}{% elsif customer.nope.deep %}{% else %}x{% endif %}",
        "{% if customer[customer.nope] %}{% else %}x{% endif %}",
        "{% case customer.nope %}{% when 'a' %}{% else %}x{% endcase %}",
        "{% case customer.nope %}{% when nil %}x{% endcase %}",
        "{% case 'a' %}{% when customer.nope, 'a' %}x{% endcase %}",
        "{% for i in customer.nope %}{% else %}x{% endfor %}",
        "{% for i in customer.null %}{% else %}x{% endfor %}",
        "{% tablerow i in customer.nope %}{% endtablerow %}x",
    ] {
        assert_eq!(render(source).unwrap(), "x", "{source}");
    }
}

#[test]
fn what_is_assigned_may_be_nothing_until_it_is_printed() {
    assert_eq!(render("{% assign a = customer.nope %}x").unwrap(), "x");
    assert_eq!(
        render("{% assign a = customer.nope %}{{ a }}"),
        missing("a")
    );
    assert_eq!(
        render("{% assign a = customer.nope | plus: 1 %}{{ a }}").unwrap(),
        "1"
    );
}
