//! `templates`.

use super::Shop;

#[test]
fn templates_are_shown_by_number_and_name() {
    let shop = Shop::stocked();
    let number = shop.one(&["templates", "list"])["id"].to_string();
    let shown = shop.one(&["templates", "show", "Welcome"]);
    assert_eq!(shop.one(&["templates", "show", &number]), shown);
    assert_eq!(shown["contents"][0]["subject"], "Hello {{ trigger.name }}");
    let words = shop.ok(&["templates", "show", "welcome"]);
    assert!(
        words.contains("| <p>{{ trigger.name }}, welcome.</p>"),
        "{words}"
    );
    shop.refused(
        &["templates", "show", "welcom"],
        1,
        &["did you mean \"welcome\"?"],
    );
    shop.refused(
        &["templates", "show", "something else"],
        1,
        &["templates list"],
    );
    shop.refused(&["templates", "show", "99"], 1, &["no template 99"]);
}
