//! What a template says that it reads.

use std::collections::BTreeSet;

use cio_liquid::{Names, References, Template, UrlTag};

fn of(source: &str) -> References {
    Template::parse(source).unwrap().references().clone()
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn variables_by_the_names_they_begin_with() {
    for (source, roots) in [
        ("text", &[][..]),
        (
            "{{ customer.name }} {{ trigger['a b'] }}",
            &["customer", "trigger"],
        ),
        ("{{ a | append: b.c | default: d }}", &["a", "b", "d"]),
        (
            "{% if a and b > c[d] %}{{ e }}{% elsif f %}{% endif %}",
            &["a", "b", "c", "d", "e", "f"],
        ),
        (
            "{% for i in items limit: n %}{{ i }}{{ forloop.index }}{% endfor %}",
            &["items", "n"],
        ),
        (
            "{% for customer in items %}{% endfor %}{{ customer }}",
            &["customer", "items"],
        ),
        (
            "{% case a %}{% when b %}{{ c }}{% endcase %}",
            &["a", "b", "c"],
        ),
        ("{% assign a = b %}{{ a }}", &["b"]),
        ("{{ a }}{% assign a = 1 %}", &["a"]),
        (
            "{% if x %}{% assign a = 1 %}{% endif %}{{ a }}",
            &["a", "x"],
        ),
        ("{% capture a %}{{ b }}{% endcapture %}{{ a }}", &["b"]),
        ("{% liquid\n assign a = b\n echo a\n%}", &["b"]),
        ("{% increment n %}{{ n }}", &[]),
        ("{{ ['first name'] }}", &["first name"]),
        ("{{ (1..n) }}", &["n"]),
        (
            "{{ items | where_exp: 'item', 'item.size > limit' | map: 'x' }}",
            &["items", "limit"],
        ),
        ("{% render 'card', a: b %}", &["b"]),
        (
            "{% cio_link url:\"https://example.com/{{ id }}\" %}",
            &["id"],
        ),
        (
            "{% raw %}{{ a }}{% endraw %}{% comment %}{{ b }}{% endcomment %}",
            &[],
        ),
    ] {
        assert_eq!(of(source).roots, names(roots), "{source}");
    }
}

#[test]
fn snippets_and_partials_by_name_or_all() {
    let found = of("{{ snippets.a }}{{ snippets['b c'].d }}{% include 'p' %}{% render 'q' %}");
    assert_eq!(found.snippets, Names::Some(names(&["a", "b c"])));
    assert_eq!(found.partials, Names::Some(names(&["p", "q"])));
    assert_eq!(found.roots, names(&[]));
    assert_eq!(of("{{ snippets[x] }}").snippets, Names::All);
    assert_eq!(
        of("{% for s in snippets %}{% endfor %}").snippets,
        Names::All
    );
    assert_eq!(of("{% include x %}").partials, Names::All);
    assert_eq!(of("{{ a }}").snippets, Names::default());
}

#[test]
fn links_and_what_cannot_be_known() {
    let urls = of("{% unsubscribe %}{% view_in_browser_url %}").urls;
    assert_eq!(
        urls,
        BTreeSet::from([UrlTag::Unsubscribe, UrlTag::ViewInBrowser])
    );
    assert!(of("{% render_liquid a.b %}").dynamic);
    assert!(of("{{ [name] }}").dynamic);
    assert!(of("{{ a | where_exp: 'i', condition }}").dynamic);
    assert!(!of("{{ a.b[c] | where: 'd' }}").dynamic);
}
