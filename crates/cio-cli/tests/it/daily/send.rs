//! `send`.

use serde_json::json;

use super::Shop;

#[test]
fn an_email_from_a_template_is_sent_and_waited_for() {
    let shop = Shop::stocked();
    let send = [
        "send",
        "email",
        "--template",
        "welcome",
        "--to",
        "ana@example.com",
        "--person",
        "42",
        "name=Ana",
        "--wait",
    ];
    let message = shop.one(&send);
    assert_eq!(message["subject"], "Hello Ana");
    assert!(message["metrics"]["sent"].is_i64(), "{message}");
    assert_eq!(message["customer_id"], "42");
    // For a person: the id on stdout, the rest on stderr.
    let done = shop.run(&send[..send.len() - 1]);
    let id = done.stdout.trim();
    assert_eq!(
        done.stderr,
        format!("Queued. What becomes of it: customerio messages show {id}\n")
    );
    shop.ok(&["messages", "show", id]);
}

#[test]
fn what_was_not_sent_says_why_and_is_a_refusal() {
    let shop = Shop::stocked();
    // The template names a variable that is not given.
    let send = [
        "send",
        "email",
        "--template",
        "welcome",
        "--person",
        "ana@example.com",
        "--wait",
    ];
    let done = shop.run(&send);
    assert_eq!(done.code, 1, "{}", done.said());
    assert!(done.stderr.contains("trigger.name"), "{}", done.stderr);
    assert!(done.stderr.contains("messages show"), "{}", done.stderr);
    let unknown = [
        "send",
        "email",
        "--template",
        "welcom",
        "--to",
        "ana@example.com",
    ];
    shop.refused(&unknown, 1, &["welcom"]);
}

#[test]
fn a_draft_is_held_and_that_is_an_end() {
    let shop = Shop::stocked();
    let send = [
        "send",
        "email",
        "--template",
        "welcome",
        "--person",
        "ana@example.com",
        "name=A",
        "--queue-draft",
        "--wait",
    ];
    let done = shop.run(&send);
    assert_eq!(done.code, 0, "{}", done.said());
    assert!(done.stderr.contains("draft"), "{}", done.stderr);
    assert_eq!(shop.json(&["messages", "list", "--drafts"]).len(), 1);
}

#[test]
fn an_email_is_written_out_with_all_its_parts() {
    let shop = Shop::stocked();
    std::fs::write(shop.directory.path().join("body.html"), "<p>Hi</p>\n").unwrap();
    std::fs::write(shop.directory.path().join("receipt.txt"), "1 x tea").unwrap();
    let send = [
        "send",
        "email",
        "--from",
        "shop@example.com",
        "--to",
        "ana@example.com",
        "--subject",
        "Hello",
        "--body",
        "@body.html",
        "--body-plain",
        "Hi",
        "--preheader",
        "p",
        "--reply-to",
        "r@example.com",
        "--cc",
        "c@example.com",
        "--bcc",
        "b@example.com",
        "--fake-bcc",
        "--header",
        "X-Kind=receipt",
        "--attach",
        "receipt.txt",
        "--tracked=false",
        "--language",
        "de",
        "--send-at",
        "1790000000",
        "--disable-message-retention",
        "--send-to-unsubscribed=false",
        "--disable-css-preprocessing",
        "--auto-create",
        "--set",
        "brand_new:={\"a\":1}",
        "--person",
        "42",
        "order:=7",
    ];
    let request = &shop.dry(&send)[0];
    assert_eq!(
        request["body"],
        json!({
            "from": "shop@example.com", "to": "ana@example.com", "subject": "Hello",
            "body": "<p>Hi</p>\n", "body_plain": "Hi", "preheader": "p",
            "reply_to": "r@example.com", "cc": "c@example.com", "bcc": "b@example.com",
            "fake_bcc": true, "headers": { "X-Kind": "receipt" },
            "attachments": { "receipt.txt": "MSB4IHRlYQ==" }, "tracked": false,
            "language": "de", "send_at": 1_790_000_000, "disable_message_retention": true,
            "send_to_unsubscribed": false, "disable_css_preprocessing": true,
            "auto_create": true, "brand_new": { "a": 1 }, "identifiers": { "id": "42" },
            "message_data": { "order": 7 },
        })
    );
    assert!(
        shop.json(&["messages", "list"]).is_empty(),
        "a dry run sends nothing"
    );
    shop.ok(&send);
    shop.refused(
        &["send", "email", "--to", "ana@example.com"],
        2,
        &["--from", "--body"],
    );
    let nobody = ["send", "email", "--template", "welcome", "--person", "42"];
    shop.refused(&nobody, 2, &["--to"]);
    let no_file = [
        "send",
        "email",
        "--template",
        "welcome",
        "--to",
        "a@example.com",
        "--attach",
        "nothing.txt",
    ];
    shop.refused(&no_file, 2, &["nothing.txt"]);
    let both = [
        "send",
        "email",
        "--template",
        "welcome",
        "--to",
        "a@example.com",
        "--wait",
        "--send-at",
        "2h",
    ];
    shop.refused(&both, 2, &["--send-at"]);
}

#[test]
fn each_channel_has_its_own_fields() {
    let shop = Shop::stocked();
    let body = |arguments: &[&str], path: &str| {
        let arguments = [&["send"], arguments].concat();
        let request = shop.dry(&arguments).remove(0);
        assert!(super::text(&request["url"]).ends_with(path), "{request}");
        request["body"].clone()
    };
    let push = [
        "push",
        "--template",
        "7",
        "--person",
        "42",
        "--to",
        "last_used",
        "--title",
        "T",
        "--message",
        "M",
        "--image-url",
        "https://i",
        "--link",
        "app://x",
        "--sound",
        "none",
        "--custom-data",
        "k=v",
        "--custom-payload",
        r#"{"ios":{}}"#,
        "a=b",
    ];
    assert_eq!(
        body(&push, "/v1/send/push"),
        json!({
            "transactional_message_id": 7, "identifiers": { "id": "42" }, "to": "last_used",
            "title": "T", "message": "M", "image_url": "https://i", "link": "app://x",
            "sound": "none", "custom_data": { "k": "v" }, "custom_payload": { "ios": {} },
            "message_data": { "a": "b" },
        })
    );
    let text = [
        "--template",
        "code",
        "--to",
        "+15550100",
        "--person",
        "cio_id:a3",
        "--from",
        "+15550199",
        "--tracked",
        "code=1",
    ];
    let expected = json!({
        "transactional_message_id": "code", "to": "+15550100", "identifiers": { "cio_id": "a3" },
        "from": "+15550199", "tracked": true, "message_data": { "code": "1" },
    });
    for (channel, path) in [("sms", "/v1/send/sms"), ("whatsapp", "/v1/send/whatsapp")] {
        assert_eq!(body(&[&[channel], &text[..]].concat(), path), expected);
    }
    let shown = ["--template", "hint", "--person", "42", "--set", "to=x"];
    let expected = json!({
        "transactional_message_id": "hint", "identifiers": { "id": "42" }, "to": "x",
    });
    for (channel, path) in [
        ("in-app", "/v1/send/in_app"),
        ("inbox", "/v1/send/inbox_message"),
    ] {
        assert_eq!(body(&[&[channel], &shown[..]].concat(), path), expected);
    }
    let sound = [
        "send",
        "push",
        "--template",
        "7",
        "--person",
        "42",
        "--sound",
        "defualt",
    ];
    shop.refused(&sound, 2, &["default"]);
}
