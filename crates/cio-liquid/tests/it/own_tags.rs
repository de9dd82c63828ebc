//! The tags and objects that are the service's own.

use cio_liquid::{Data, Limits, RenderError, Template};
use serde_json::json;

use crate::case;

fn render(source: &str) -> Result<String, String> {
    case::render(&json!({
        "template": source,
        "data": {
            "customer": {"name": "Ana", "site": "https://example.com/a"},
            "journey": {"body": "Hi {{ customer.name }}!", "bad": "{% if %}", "self": "{% render_liquid journey.self %}"},
        },
        "snippets": {
            "footer": "-- {{ customer.name }}",
            "main address": "1 Main St",
            "list": "[{\"version\": 0, \"text\": \"{{ a }}\"}, {\"version\": 1, \"text\": \"b\"}]",
            "object": "{\"name\": \"{{ customer.name }}\"}",
            "css": "{ color: red }",
            "assigns": "{% assign a = 'inner' %}{{ a }}",
            "reads": "{{ a | default: 'none' }}",
            "itself": "{{ snippets.itself }}",
            "other": "<{{ snippets.footer }}>",
        },
    }))
}

fn renders(source: &str, expected: &str) {
    assert_eq!(render(source).as_deref(), Ok(expected), "{source}");
}

fn fails(source: &str, expected: &str) {
    let error = render(source).unwrap_err();
    assert!(error.contains(expected), "{source}: {error}");
}

#[test]
fn links_of_the_delivery_are_tags() {
    renders("{% unsubscribe_url %}", "https://example.com/unsubscribe/1");
    renders(
        "{%- unsubscribe_url -%}",
        "https://example.com/unsubscribe/1",
    );
    renders(
        "{% unsubscribe %}",
        "<a href=\"https://example.com/unsubscribe/1\" class=\"untracked\">Unsubscribe</a>",
    );
    renders(
        "{% manage_subscription_preferences_url %}",
        "https://example.com/preferences",
    );
    renders("{% tracking_consent_url %}", "https://example.com/consent");
    fails(
        "{% view_in_browser_url %}",
        "`view_in_browser_url`: this message has no such link",
    );
}

#[test]
fn in_braces_they_are_empty() {
    renders(
        "[{{ unsubscribe_url }}{{ view_in_browser_url }}{{ cio_link_id }}]",
        "[]",
    );
}

#[test]
fn a_link_is_written_out_or_a_variable() {
    renders(
        "{% cio_link url:https://example.com %}",
        "https://t.example.com/https://example.com?utm=1",
    );
    renders(
        "{% cio_link url:\"https://example.com\" url_params:false %}",
        "https://t.example.com/https://example.com",
    );
    renders(
        "{% cio_link url:https://example.com track:false url_params:true %}",
        "https://example.com?utm=1",
    );
    renders(
        "{% cio_link track:false url_params:false url:customer.site %}",
        "https://example.com/a",
    );
    renders(
        "{% cio_link url:\"https://example.com/{{ customer.name }}\" track:false url_params:false %}",
        "https://example.com/Ana",
    );
    renders(
        "{% cio_link url:https://example.com/{{ customer.name | downcase }}/x track:false url_params:false %}",
        "https://example.com/ana/x",
    );
    renders(
        "{% cio_link url:mailto:ana@example.com track:false url_params:false %}",
        "mailto:ana@example.com",
    );
    renders("{% cio_link_id %}", "42");
    fails("{% cio_link %}", "needs a URL");
    fails(
        "{% cio_link url:https://example.com colour:red %}",
        "not `colour:`",
    );
}

#[test]
fn random_values_come_from_the_host() {
    renders(
        "{% random 3 %}{% random 3 %}{% random 3 %}{% random 3 %}",
        "0120",
    );
    renders("{{ 3 | random }}{{ 3 | random }}", "01");
    renders(
        "{% generate_uuid %}",
        "00000000-0000-4000-8000-000000000001",
    );
    fails("{% random 0 %}", "needs a number above zero");
    fails("{{ 'x' | random }}", "needs a number above zero");
}

#[test]
fn a_topic_has_a_name_in_a_language() {
    renders("{% subscription_topic_name %}", "News");
    renders("{% subscription_topic_name lang='pt' %}", "News (pt)");
}

#[test]
fn a_countdown_is_the_host_s() {
    let tag = "{% countdown point:64 fg:000000 bg:f2f6f9 time:\"2026-12-31 12:00:00 (GMT)\" looping:true %}";
    renders(
        tag,
        "https://example.com/countdown?point&fg&bg&time&looping",
    );
    fails("{% countdown point:64 %}", "`countdown` needs `time:`");
    let template = Template::parse(tag).unwrap();
    let refused = template.render(&Data::default(), &Limits::default());
    assert!(
        matches!(
            refused,
            Err(RenderError::Tag {
                tag: "countdown",
                ..
            })
        ),
        "{refused:?}"
    );
}

#[test]
fn liquid_in_a_value_is_rendered_when_it_is_asked_for() {
    renders("{{ journey.body }}", "Hi {{ customer.name }}!");
    renders("{% render_liquid journey.body %}", "Hi Ana!");
    fails(
        "{% render_liquid journey.bad %}",
        "liquid in a value: line 1",
    );
    fails(
        "{% render_liquid journey.self %}",
        "too deep in one another",
    );
}

#[test]
fn snippets_are_liquid_with_a_scope_of_their_own() {
    renders("{{ snippets.footer }}", "-- Ana");
    renders("{{ snippets[\"main address\"] }}", "1 Main St");
    renders("{{ snippets.footer | upcase }}", "-- ANA");
    renders("{{ snippets.other }}", "<-- Ana>");
    renders(
        "{% assign a = 'outer' %}{{ snippets.assigns }} {{ a }}",
        "inner outer",
    );
    renders("{% assign a = 'outer' %}{{ snippets.reads }}", "none");
    renders(
        "{% for a in (1..1) %}{{ snippets.reads }}{% endfor %}",
        "none",
    );
    fails("{{ snippets.itself }}", "too deep in one another");
}

#[test]
fn json_in_a_snippet_is_data() {
    renders(
        "{% for g in snippets.list %}{{ g.version }}{{ g.text }};{% endfor %}",
        "0{{ a }};1b;",
    );
    renders("{{ snippets.object.name }}", "Ana");
    renders("{{ snippets.object }}", "{\"name\": \"Ana\"}");
    renders("{{ snippets.css }}", "{ color: red }");
    renders("{{ snippets.css | size }}", "14");
}
