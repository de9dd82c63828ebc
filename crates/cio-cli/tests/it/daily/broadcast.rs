//! `broadcast`.

use std::fs;

use serde_json::{Value, json};

use super::Shop;

#[test]
fn a_broadcast_is_triggered_and_waited_for() {
    let shop = Shop::stocked();
    assert_eq!(shop.one(&["broadcast", "list"])["name"], "news");
    assert_eq!(shop.one(&["broadcast", "show", "news"])["id"], 1);
    let trigger = [
        "broadcast",
        "trigger",
        "news",
        "--person",
        "42",
        "headline=We moved",
        "--wait",
    ];
    let status = shop.one(&trigger);
    assert_eq!(status["recipients_count"], 1);
    assert!(status["processed_at"].as_i64().unwrap() > 0);
    let of_it = ["messages", "list", "--broadcast", "news"];
    shop.until(&of_it, |rows| {
        rows.contains("sent") && rows.contains("We moved")
    });
    assert_eq!(shop.one(&["broadcast", "status", "1"])["id"], 1);
    assert_eq!(
        shop.one(&["broadcast", "status", "1", "1"])["broadcast_id"],
        1
    );
    assert!(shop.json(&["broadcast", "errors", "1", "1"]).is_empty());
    for (command, says) in [
        (&["broadcast", "show", "9"][..], "no broadcast 9"),
        (&["broadcast", "status", "1", "9"], "no trigger 9"),
        (&["broadcast", "errors", "1", "9"], "no trigger 9"),
        (&["broadcast", "show", "new"], "\"news\""),
    ] {
        shop.refused(command, 1, &[says]);
    }
}

#[test]
fn whom_it_does_not_reach_is_told() {
    let shop = Shop::stocked();
    let trigger = [
        "broadcast",
        "trigger",
        "1",
        "--person",
        "42",
        "--person",
        "77",
    ];
    let done = shop.run(&trigger);
    assert_eq!(done.code, 1);
    assert!(
        done.stderr.contains("broadcast errors 1"),
        "{}",
        done.stderr
    );
    let errors = shop.ok(&["broadcast", "errors", "1", "1"]);
    assert!(errors.contains("77"), "{errors}");
    let lenient = [
        &trigger[..],
        &["--ignore-missing-ids", "headline=x", "--wait"],
    ]
    .concat();
    assert_eq!(shop.one(&lenient)["recipients_count"], 1);
}

#[test]
fn whom_it_goes_to_is_said_in_one_of_six_ways() {
    let shop = Shop::stocked();
    shop.ok(&["segments", "create", "Testers"]);
    let file = |name: &str, text: &str| fs::write(shop.directory.path().join(name), text).unwrap();
    file("ids.txt", "42\n\n 43 \n");
    file("emails.txt", "\u{feff}ana@example.com\n");
    let lines = "{\"id\":\"42\",\"data\":{\"a\":1}}\n{\"email\":\"bob@example.com\"}\n";
    file("people.jsonl", lines);
    file("wrong.jsonl", "{\"id\":\"42\"}\n{\"plan\":1}\n");
    let body = |audience: &[&str]| -> Value {
        let typed = [&["broadcast", "trigger", "news", "headline=x"], audience].concat();
        let mut body = shop.dry(&typed)[0]["body"].clone();
        assert_eq!(body["data"], json!({ "headline": "x" }));
        body.as_object_mut().unwrap().remove("data");
        body
    };
    let people = ["--person", "42", "--person", "43", "--ignore-missing-ids"];
    assert_eq!(
        body(&people),
        json!({ "ids": ["42", "43"], "id_ignore_missing": true })
    );
    assert_eq!(
        body(&["--ids-file", "ids.txt"]),
        json!({ "ids": ["42", "43"] })
    );
    let emails = [
        "--emails-file",
        "emails.txt",
        "--ignore-missing-emails",
        "--add-duplicate-emails",
    ];
    assert_eq!(
        body(&emails),
        json!({
            "emails": ["ana@example.com"], "email_ignore_missing": true,
            "email_add_duplicates": true,
        })
    );
    let mixed = ["--person", "42", "--person", "bob@example.com"];
    let each = json!([{ "id": "42" }, { "email": "bob@example.com" }]);
    assert_eq!(body(&mixed), json!({ "per_user_data": each }));
    let each = json!([{ "id": "42", "data": { "a": 1 } }, { "email": "bob@example.com" }]);
    assert_eq!(
        body(&["--per-person", "people.jsonl"]),
        json!({ "per_user_data": each })
    );
    let segment = json!({ "recipients": { "segment": { "id": 1 } } });
    assert_eq!(body(&["--segment", "testers"]), segment);
    assert_eq!(body(&["--filter", r#"{"segment":{"id":1}}"#]), segment);
    let url = "https://example.com/people.jsonl";
    assert_eq!(
        body(&["--data-file-url", url]),
        json!({ "data_file_url": url })
    );
    assert_eq!(body(&["--default-audience"]), json!({}));
    assert!(shop.json(&["broadcast", "status", "news"]).is_empty());

    let trigger = |audience: &[&'static str]| [&["broadcast", "trigger", "1"], audience].concat();
    shop.refused(&trigger(&[]), 2, &["--default-audience"]);
    shop.refused(
        &trigger(&["--person", "42", "--segment", "1"]),
        2,
        &["--segment"],
    );
    shop.refused(&trigger(&["--person", "cio_id:a3"]), 2, &["cio_id"]);
    shop.refused(&trigger(&["--per-person", "wrong.jsonl"]), 2, &["line 2"]);
    shop.refused(&trigger(&["--ids-file", "none.txt"]), 2, &["none.txt"]);
    let flag = trigger(&["--segment", "1", "--ignore-missing-ids"]);
    shop.refused(&flag, 2, &["--ignore-missing-ids"]);
}
