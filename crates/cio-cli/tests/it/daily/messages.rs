//! `messages`.

use super::Shop;

#[test]
fn what_was_sent_is_found_again() {
    let shop = Shop::stocked();
    let send = |to: &str, name: &str| {
        let person = format!("email:{to}");
        let send = [
            "send",
            "email",
            "--template",
            "welcome",
            "--to",
            to,
            "--person",
            &person,
        ];
        let id = shop.ok(&[&send[..], &["--wait", name]].concat());
        id.trim().to_owned()
    };
    let ana = send("ana@example.com", "name=Ana");
    let bob = send("bob@example.com", "name=Bob");
    let ids = |arguments: &[&str]| -> Vec<String> {
        let found = shop.json(&[&["messages", "list"], arguments].concat());
        found
            .iter()
            .map(|message| super::text(&message["id"]))
            .collect()
    };
    let mut all = ids(&[]);
    all.sort();
    let mut both = vec![ana.clone(), bob.clone()];
    both.sort();
    assert_eq!(all, both);
    let one = shop.run(&["messages", "list", "--limit", "1"]);
    assert_eq!(one.stdout.lines().count(), 1);
    assert!(one.stderr.contains("--limit"), "{}", one.stderr);
    assert_eq!(ids(&["--limit", "1", "--quiet"]).len(), 1);
    assert_eq!(ids(&["--all"]).len(), 2);
    assert_eq!(ids(&["--person", "42"]), [ana.as_str()]);
    assert_eq!(ids(&["--person", "42", "--channel", "sms"]).len(), 0);
    assert_eq!(ids(&["--person", "42", "--metric", "sent"]), [ana.as_str()]);
    assert_eq!(ids(&["--template", "welcome", "--state", "sent"]).len(), 2);
    assert_eq!(ids(&["--template", "1", "--metric", "bounced"]).len(), 0);
    assert_eq!(
        ids(&["--channel", "email", "--metric", "sent", "--since", "1h"]).len(),
        2
    );
    assert_eq!(ids(&["--until", "2026-01-01"]).len(), 0);

    let shown = shop.ok(&["messages", "show", &ana]);
    assert!(
        shown.contains("Hello Ana") && shown.contains("sent"),
        "{shown}"
    );
    assert_eq!(shop.one(&["messages", "show", &ana])["id"], ana.as_str());
    let content = shop.run(&["messages", "content", &ana]);
    assert!(
        content.stdout.contains("Ana, welcome."),
        "{}",
        content.said()
    );
    assert!(
        content.stderr.contains("subject: Hello Ana"),
        "{}",
        content.stderr
    );
    assert_eq!(
        shop.one(&["messages", "content", &ana])["subject"],
        "Hello Ana"
    );
}

#[test]
fn what_cannot_be_listed_is_refused() {
    let shop = Shop::stocked();
    shop.refused(
        &["messages", "show", "nope"],
        1,
        &["no message \"nope\"", "messages list"],
    );
    shop.refused(&["messages", "content", "nope"], 1, &["no message"]);
    // Some ids begin like options.
    let hyphen = "-vLT-UHU7jxc8VTBNy89";
    shop.refused(&["messages", "show", hyphen], 1, &["no message \"-vLT"]);
    shop.refused(&["messages", "content", hyphen], 1, &["no message"]);
    shop.refused(&["messages", "list", "--state", "sent"], 2, &["--template"]);
    shop.refused(
        &["messages", "list", "--template", "nope"],
        1,
        &["no template named"],
    );
    shop.refused(
        &["messages", "list", "--template", "99"],
        1,
        &["no template 99"],
    );
    shop.refused(
        &["messages", "list", "--broadcast", "99"],
        1,
        &["no broadcast 99"],
    );
    shop.refused(&["messages", "list", "--metric", "bounce"], 2, &["bounced"]);
    let two = [
        "messages",
        "list",
        "--person",
        "42",
        "--template",
        "welcome",
    ];
    shop.refused(&two, 2, &["--template"]);
    let both = ["messages", "list", "--all", "--limit", "3"];
    shop.refused(&both, 2, &["--limit"]);
}

#[test]
fn a_message_that_was_not_made_has_no_content() {
    let shop = Shop::stocked();
    let send = [
        "send",
        "email",
        "--template",
        "welcome",
        "--person",
        "ana@example.com",
        "--wait",
    ];
    let id = shop.run(&send).stdout.trim().to_owned();
    let content = shop.run(&["messages", "content", &id]);
    assert_eq!((content.code, content.stdout.as_str()), (1, ""));
    assert!(
        content.stderr.contains("messages show"),
        "{}",
        content.stderr
    );
    // The service's own answer is there all the same.
    assert_eq!(shop.one(&["messages", "content", &id])["body"], "");
}
