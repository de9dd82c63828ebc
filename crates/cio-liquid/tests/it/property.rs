//! What holds for any template at all.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;

use cio_liquid::{Data, Host, Limits, Names, Template};
use proptest::prelude::*;
use serde_json::{Value, json};

const LIMITS: Limits = Limits {
    output_bytes: 2_000,
    steps: 5_000,
    memory_bytes: 20_000,
    include_depth: 3,
};

fn data() -> Data {
    Data::new(json!({
        "a": "Ünïcode text", "n": 42, "f": -1.5, "t": true, "z": null,
        "l": [3, "b", null, {"k": 1}, [2]],
        "o": {"k": "v", "n": [1, 2]},
        "e": [], "s": "", "d": "2026-11-25T12:00:00+01:00",
    }))
}

/// Notes what it is asked for.
#[derive(Default)]
struct Asked {
    data: Data,
    roots: RefCell<BTreeSet<String>>,
    snippets: RefCell<BTreeSet<String>>,
}

impl Host for Asked {
    fn root(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.roots.borrow_mut().insert(name.to_owned());
        self.data.root(name)
    }

    fn snippet(&self, name: &str) -> Option<Template> {
        self.snippets.borrow_mut().insert(name.to_owned());
        None
    }
}

/// Panics if a template asks for what it did not say it would.
fn assert_asks_for_what_it_says(template: &Template) {
    let host = Asked {
        data: data(),
        ..Asked::default()
    };
    let _outcome = template.render(&host, &LIMITS);
    let said = template.references();
    if said.dynamic {
        return;
    }
    let mut asked = host.roots.into_inner();
    // Whether the host has a variable of that name comes before the snippets.
    asked.remove("snippets");
    let source = template.source();
    assert!(
        asked.is_subset(&said.roots),
        "{source:?} asks for {asked:?}, said {said:?}"
    );
    if let Names::Some(names) = &said.snippets {
        let asked = host.snippets.into_inner();
        assert!(
            asked.is_subset(names),
            "{source:?} asks for {asked:?}, said {said:?}"
        );
    }
}

/// Pieces that mean something to the engine, in any order.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => proptest::sample::select(WORDS).prop_map(str::to_owned),
        1 => ".{0,6}",
    ]
}

/// Tags and outputs that parse more often than not.
fn sensible() -> impl Strategy<Value = String> {
    let filters = proptest::sample::select(FILTERS);
    let value = proptest::sample::select(
        &[
            "a", "n", "f", "t", "z", "l", "o", "e", "s", "d", "l[3].k", "(1..4)", "'now'", "-7",
            "1.005", "'a,b,,c'", "nil",
        ][..],
    );
    let arguments = proptest::collection::vec(value.clone(), 0..4);
    let call = (filters, arguments).prop_map(|(name, arguments)| match arguments.is_empty() {
        true => format!(" | {name}"),
        false => format!(" | {name}: {}", arguments.join(", ")),
    });
    (value, proptest::collection::vec(call, 0..4), 0..9_u8).prop_map(|(value, calls, form)| {
        let calls = calls.concat();
        match form {
            0 => format!("{{% assign x = {value}{calls} %}}{{{{ x | default: 1 }}}}"),
            1 => format!("{{% for i in {value} %}}{{{{ i | default: 0{calls} }}}}{{% endfor %}}"),
            2 => {
                format!("{{% if {value} > n or {value} contains 'a' %}}y{{% else %}}n{{% endif %}}")
            }
            4 => format!("{{% if {value} %}}{{% assign y = {value} %}}{{% endif %}}{{{{ y{calls} }}}}"),
            5 => format!("{{% for n in l %}}{{{{ n | default: a{calls} }}}}{{% endfor %}}{{{{ snippets.x | default: o[d] }}}}"),
            3 => format!("{{% tablerow i in {value} cols: 2 %}}{{{{ i }}}}{{% endtablerow %}}"),
            _ => format!("{{{{ {value} | default: a{calls} }}}}"),
        }
    })
}

const FILTERS: &[&str] = &[
    "append",
    "array_to_sentence_string",
    "capitalize",
    "contains",
    "downcase",
    "lstrip",
    "normalize_whitespace",
    "number_of_words",
    "pluralize",
    "prepend",
    "remove",
    "remove_first",
    "remove_last",
    "replace",
    "replace_first",
    "replace_last",
    "rstrip",
    "size",
    "slice",
    "split",
    "squish",
    "strip",
    "strip_newlines",
    "titlecase",
    "truncate",
    "truncatewords",
    "upcase",
    "escape",
    "escape_once",
    "newline_to_br",
    "raw",
    "strip_html",
    "unescape",
    "xml_escape",
    "base64",
    "base64_decode",
    "base64_url_safe_encode",
    "cgi_escape",
    "hex_base64",
    "slugify",
    "uri_escape",
    "url_decode",
    "url_encode",
    "hmac_sha1",
    "hmac_sha256",
    "md5",
    "sha1",
    "sha256",
    "abs",
    "at_least",
    "at_most",
    "ceil",
    "divided_by",
    "floor",
    "minus",
    "modulo",
    "plus",
    "random",
    "round",
    "times",
    "to_integer",
    "currency",
    "format_number",
    "rounded_currency",
    "compact",
    "concat",
    "first",
    "join",
    "json_array_uniq",
    "last",
    "limit",
    "map",
    "pop",
    "push",
    "reverse",
    "sample",
    "shift",
    "sort",
    "sort_natural",
    "sum",
    "uniq",
    "unshift",
    "find",
    "find_index",
    "group_by",
    "has",
    "reject",
    "where",
    "where_not",
    "from_json",
    "json",
    "add_day",
    "add_month",
    "add_year",
    "date",
    "date_to_long_string",
    "date_to_rfc822",
    "date_to_string",
    "date_to_xmlschema",
    "subtract_day",
    "subtract_month",
    "default",
];

const WORDS: &[&str] = &[
    "{{",
    "}}",
    "{%",
    "%}",
    "{{-",
    "-}}",
    "{%-",
    "-%}",
    "|",
    ":",
    ",",
    ".",
    "..",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "'",
    "==",
    "!=",
    "<",
    ">",
    "<=",
    "=",
    "#",
    " ",
    "\n",
    "if",
    "elsif",
    "else",
    "endif",
    "unless",
    "endunless",
    "case",
    "when",
    "endcase",
    "for",
    "in",
    "endfor",
    "break",
    "continue",
    "cycle",
    "tablerow",
    "endtablerow",
    "assign",
    "capture",
    "endcapture",
    "increment",
    "liquid",
    "echo",
    "raw",
    "endraw",
    "comment",
    "endcomment",
    "render",
    "include",
    "and",
    "or",
    "not",
    "contains",
    "nil",
    "true",
    "blank",
    "empty",
    "a",
    "n",
    "f",
    "l",
    "o",
    "d",
    "z",
    "forloop",
    "limit",
    "offset",
    "reversed",
    "cols",
    "continue",
    "1",
    "-3",
    "2.5",
    "0",
    "(1..5)",
    "'x'",
    "\"%Y\"",
    "l[0]",
    "o.k",
    "o.n.first",
    "date",
    "default",
    "split",
    "join",
    "map",
    "where",
    "where_exp",
    "sort",
    "plus",
    "divided_by",
    "replace",
    "truncate",
    "slice",
    "json",
    "random",
    "cio_link",
    "url",
    "unsubscribe_url",
    "é",
    "\u{0}",
];

proptest! {
    #[test]
    fn text_without_braces_stays_itself(text in "[^{}]{0,200}") {
        let template = Template::parse(&text).unwrap();
        prop_assert_eq!(template.render(&Data::default(), &Limits::default()).unwrap(), text);
    }

    #[test]
    fn anything_is_read_or_refused(text in ".{0,100}") {
        if let Ok(template) = Template::parse(&text) {
            let _outcome = template.render(&data(), &LIMITS);
        }
    }

    #[test]
    fn words_of_liquid_in_any_order_are_read_or_refused(pieces in proptest::collection::vec(piece(), 0..30)) {
        for separator in ["", " "] {
            let Ok(template) = Template::parse(&pieces.join(separator)) else {
                continue;
            };
            assert_asks_for_what_it_says(&template);
            if let Ok(output) = template.render(&data(), &LIMITS) {
                prop_assert!(output.len() <= LIMITS.output_bytes);
            }
        }
    }

    #[test]
    fn templates_render_within_their_limits_and_the_same_again(parts in proptest::collection::vec(sensible(), 1..5)) {
        let source = parts.join("\n");
        if let Ok(template) = Template::parse(&source) {
            assert_asks_for_what_it_says(&template);
            let rendered = template.render(&data(), &LIMITS);
            if let Ok(output) = &rendered {
                prop_assert!(output.len() <= LIMITS.output_bytes);
            }
            prop_assert_eq!(template.render(&data(), &LIMITS), rendered);
        }
    }

    #[test]
    fn a_value_goes_through_json_and_comes_back(text in ".{0,40}", number in any::<i64>()) {
        let data = Data::new(json!({"v": {"text": text, "list": [number, null, true]}}));
        let template = Template::parse("{{ v | json | from_json | json }}").unwrap();
        let rendered = template.render(&data, &Limits::default()).unwrap();
        let back: Value = serde_json::from_str(&rendered).unwrap();
        prop_assert_eq!(back, json!({"text": text, "list": [number, null, true]}));
    }
}
