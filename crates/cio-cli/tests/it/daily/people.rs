//! `people`.

use serde_json::json;

use super::Shop;

#[test]
fn a_person_is_shown_as_they_were_identified() {
    let shop = Shop::stocked();
    let shown = shop.one(&["people", "show", "ana@example.com"]);
    assert_eq!(shown["identifiers"]["id"], "42");
    assert_eq!(shown["attributes"]["seats"], "5");
    let words = shop.ok(&["people", "show", "id:42"]);
    assert!(words.contains("plan"), "{words}");
    let by_cio_id = format!("cio_id:{}", super::text(&shown["identifiers"]["cio_id"]));
    let same = shop.one(&["people", "show", &by_cio_id]);
    assert_eq!(same["identifiers"], shown["identifiers"]);
    let missing = ["nobody has the id \"77\"", "people search"];
    for list in ["show", "segments", "messages", "activities"] {
        shop.refused(&["people", list, "77"], 1, &missing);
    }
}

#[test]
fn identify_takes_fields_and_data_and_shows_what_it_would_send() {
    let shop = Shop::open();
    let typed = r#"{"plan":"free","seats":1}"#;
    let identify = ["people", "identify", "42", "plan=pro", "--data", typed];
    let request = &shop.dry(&identify)[0];
    assert_eq!(request["method"], "PUT");
    assert!(super::text(&request["url"]).ends_with("/api/v1/customers/42"));
    assert_eq!(request["body"], json!({ "plan": "pro", "seats": 1 }));
    shop.refused(&["people", "show", "42"], 1, &["nobody"]);
    assert_eq!(shop.one(&identify), json!({ "id": "42", "attributes": 2 }));
    let told = shop.run_told(
        &["people", "identify", "42", "--data", "-"],
        r#"{"plan":"max"}"#,
    );
    assert_eq!(told.code, 0);
    assert_eq!(
        shop.one(&["people", "show", "42"])["attributes"]["plan"],
        "max"
    );
    shop.refused(
        &["people", "identify", "42", "--data", "[1]"],
        2,
        &["JSON object"],
    );
    shop.refused(&["people", "identify", "42", "plan"], 2, &["NAME=TEXT"]);
    shop.refused(&["people", "identify", " "], 2, &["it names nobody"]);
}

#[test]
fn people_are_found_by_what_they_are() {
    let shop = Shop::stocked();
    let ids = |arguments: &[&str]| -> Vec<String> {
        let arguments = [&["people", "search"], arguments].concat();
        shop.json(&arguments)
            .iter()
            .map(|person| super::text(&person["id"]))
            .collect()
    };
    assert_eq!(ids(&[]), ["42", "43"]);
    assert_eq!(ids(&["--limit", "1"]), ["42"]);
    assert_eq!(ids(&["--email", "ANA@example.com"]), ["42"]);
    assert_eq!(
        ids(&["--email", "bob@example.com", "--attribute", "plan=pro"]),
        [""; 0]
    );
    assert_eq!(ids(&["--attribute", "plan=free"]), ["43"]);
    assert_eq!(ids(&["--attribute", "seats"]), ["42"]);
    let filter = r#"{"not":{"attribute":{"field":"plan","operator":"eq","value":"pro"}}}"#;
    assert_eq!(ids(&["--filter", filter]), ["43"]);
    shop.ok(&["segments", "create", "Testers"]);
    shop.ok(&["segments", "add", "Testers", "43"]);
    assert_eq!(ids(&["--segment", "testers"]), ["43"]);
    assert_eq!(ids(&["--segment", "1", "--attribute", "plan=pro"]), [""; 0]);
    let nobody = shop.run(&["people", "search", "--attribute", "plan=none"]);
    assert_eq!((nobody.code, nobody.stdout.as_str()), (0, ""));
    assert_eq!(nobody.stderr, "Nobody.\n");
    // For programs there is no heading, and tabs between.
    let rows = shop.ok(&["people", "search", "--limit", "1", "--quiet"]);
    assert!(rows.starts_with("42\tana@example.com\t"), "{rows}");
    shop.refused(&["people", "search", "--filter", "{}"], 1, &["400"]);
    shop.refused(&["people", "search", "--segment", "99"], 1, &["99"]);
    shop.refused(&["people", "search", "--limit", "0"], 2, &["--limit"]);
}

#[test]
fn what_cannot_be_undone_wants_a_yes() {
    let shop = Shop::stocked();
    for command in [
        &["people", "delete", "42"][..],
        &["people", "suppress", "42"],
        &["people", "merge", "42", "43"],
        &["segments", "delete", "1"],
    ] {
        shop.refused(command, 2, &["--yes"]);
        if command[0] == "people" {
            assert_eq!(shop.dry(command).len(), 1);
        }
    }
    assert_eq!(shop.json(&["people", "search"]).len(), 2);
    shop.ok(&["people", "delete", "43", "--yes"]);
    shop.refused(&["people", "show", "43"], 1, &["nobody"]);
    let done = shop.one(&["people", "suppress", "42", "--yes"]);
    assert_eq!(done, json!({ "id": "42", "suppressed": true }));
    shop.ok(&["people", "identify", "42", "plan=pro"]);
    shop.refused(&["people", "show", "42"], 1, &["nobody"]);
    shop.ok(&["people", "unsuppress", "42"]);
    shop.ok(&["people", "identify", "42", "plan=pro"]);
    shop.ok(&["people", "show", "42"]);
}

#[test]
fn two_people_become_one() {
    let shop = Shop::stocked();
    let merge = ["people", "merge", "42", "email:bob@example.com", "--yes"];
    let body = &shop.dry(&merge)[0]["body"];
    assert_eq!(
        *body,
        json!({ "primary": { "id": "42" }, "secondary": { "email": "bob@example.com" } })
    );
    shop.ok(&merge);
    shop.refused(&["people", "show", "43"], 1, &["nobody"]);
    let same = ["people", "merge", "42", "42", "--yes"];
    shop.refused(&same, 2, &["another person"]);
}

#[test]
fn devices_come_and_go() {
    let shop = Shop::stocked();
    let add = [
        "people",
        "devices",
        "add",
        "42",
        "token-1",
        "--platform",
        "ios",
        "--last-used",
        "2026-09-21T14:13:20Z",
        "device_model=iPhone",
    ];
    let body = &shop.dry(&add)[0]["body"]["device"];
    assert_eq!(body["last_used"], 1_790_000_000);
    shop.ok(&add);
    let devices = shop.one(&["people", "show", "42"])["devices"].clone();
    assert_eq!(devices[0]["id"], "token-1");
    assert_eq!(devices[0]["attributes"]["device_model"], "iPhone");
    shop.ok(&["people", "devices", "delete", "42", "token-1"]);
    assert_eq!(shop.one(&["people", "show", "42"])["devices"], json!([]));
    let slip = [
        "people",
        "devices",
        "add",
        "42",
        "t",
        "--platform",
        "andriod",
    ];
    shop.refused(&slip, 2, &["android"]);
}

#[test]
fn what_belongs_to_a_person_is_listed() {
    let shop = Shop::stocked();
    shop.ok(&["segments", "create", "Testers"]);
    shop.ok(&["segments", "add", "Testers", "42"]);
    assert_eq!(shop.one(&["people", "segments", "42"])["name"], "Testers");
    shop.ok(&["events", "track", "42", "order_placed"]);
    let events = [
        "people",
        "activities",
        "42",
        "--type",
        "event",
        "--name",
        "order_placed",
    ];
    assert_eq!(shop.one(&events)["name"], "order_placed");
    let typed = [
        "send",
        "email",
        "--template",
        "welcome",
        "--person",
        "ana@example.com",
        "name=A",
    ];
    let sent = shop.one(&typed);
    let listed = shop.one(&["people", "messages", "42", "--since", "1h"]);
    assert_eq!(listed["id"], sent["delivery_id"]);
    assert!(
        shop.json(&["people", "messages", "42", "--until", "1d"])
            .is_empty()
    );
}

/// The path of a call does not say that an address is an id.
#[test]
fn an_id_may_look_like_an_address() {
    let shop = Shop::open();
    let person = "id:ana@example.com";
    let request = &shop.dry(&["people", "identify", person, "plan=pro"])[0];
    assert!(
        super::text(&request["url"]).ends_with("/api/v2/entity"),
        "{request}"
    );
    assert_eq!(
        request["body"]["identifiers"],
        json!({ "id": "ana@example.com" })
    );
    shop.ok(&["people", "identify", person, "plan=pro"]);
    let identifiers = shop.one(&["people", "show", person])["identifiers"].clone();
    assert_eq!(identifiers["id"], "ana@example.com");
    assert_eq!(identifiers["email"], json!(null));
    shop.refused(
        &["people", "show", "ana@example.com"],
        1,
        &["nobody has the email"],
    );
    let event = [
        "events",
        "track",
        person,
        "order_placed",
        "total:=1",
        "--timestamp",
        "1h",
    ];
    shop.ok(&event);
    shop.ok(&["events", "page", person, "/"]);
    let activities = shop.json(&["people", "activities", person]);
    assert!(activities.iter().any(|it| it["type"] == "page"));
    assert!(activities.iter().any(|it| it["name"] == "order_placed"));
    shop.ok(&["people", "devices", "add", person, "t", "--platform", "ios"]);
    shop.ok(&["people", "devices", "delete", person, "t"]);
    shop.ok(&["people", "suppress", person, "--yes"]);
    shop.refused(&["people", "show", person], 1, &["nobody"]);
    shop.ok(&["people", "unsuppress", person]);
    shop.ok(&["people", "identify", person]);
    shop.ok(&["people", "delete", person, "--yes"]);
    shop.refused(&["people", "show", person], 1, &["nobody"]);
}
