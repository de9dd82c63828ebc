//! `segments`.

use std::fmt::Write as _;
use std::fs;

use serde_json::json;

use super::Shop;

#[test]
fn a_manual_segment_is_made_filled_and_deleted() {
    let shop = Shop::stocked();
    let create = [
        "segments",
        "create",
        "Testers",
        "--description",
        "They try things.",
    ];
    assert_eq!(shop.dry(&create)[0]["body"]["segment"]["name"], "Testers");
    assert!(shop.json(&["segments", "list"]).is_empty());
    assert_eq!(shop.ok(&create), "1\n");
    assert_eq!(
        shop.ok(&["segments", "add", "testers", "42", "bob@example.com", "77"]),
        ""
    );
    let members = || -> Vec<String> {
        let members = shop.json(&["segments", "members", "Testers"]);
        members
            .iter()
            .map(|person| super::text(&person["id"]))
            .collect()
    };
    assert_eq!(members(), ["42", "43"]);
    assert_eq!(shop.ok(&["segments", "count", "1"]), "2\n");
    assert_eq!(
        shop.json(&["segments", "members", "1", "--limit", "1"])
            .len(),
        1
    );
    let removed = shop.one(&["segments", "remove", "1", "42"]);
    assert_eq!(removed, json!({ "segment": "1", "removed": 1 }));
    assert_eq!(members(), ["43"]);
    let shown = shop.one(&["segments", "show", "Testers"]);
    assert_eq!(shown["description"], "They try things.");
    assert_eq!(shown["used_by"]["campaigns"], json!([]));
    shop.ok(&["segments", "delete", "Testers", "--yes"]);
    for command in ["show", "members", "count"] {
        shop.refused(
            &["segments", command, "1"],
            1,
            &["no segment 1", "segments list"],
        );
    }
    shop.refused(&["segments", "delete", "1", "--yes"], 1, &["no segment 1"]);
    shop.refused(&["segments", "show", "Testers"], 1, &["no segment named"]);
    shop.refused(&["segments", "add", "1", "42"], 1, &["no manual segment"]);
    shop.refused(&["segments", "add", "1"], 2, &["PERSON"]);
}

#[test]
fn many_people_are_sent_in_parts_the_service_takes() {
    let shop = Shop::open();
    shop.ok(&["segments", "create", "All"]);
    let mut file = "ana@example.com\n".to_owned();
    for id in 0..2_500 {
        writeln!(file, "p{id}").unwrap();
    }
    fs::write(shop.directory.path().join("people.txt"), file).unwrap();
    let requests = shop.dry(&["segments", "add", "All", "--file", "people.txt"]);
    let counts = requests
        .iter()
        .map(|request| request["body"]["ids"].as_array().unwrap().len());
    assert_eq!(counts.collect::<Vec<usize>>(), [1_000, 1_000, 500, 1]);
    let last = super::text(&requests[3]["url"]);
    assert!(last.ends_with("/add_customers?id_type=email"), "{last}");
    let done = shop.run_told(
        &["segments", "add", "All", "--file", "-", "--json"],
        "p1\n\np2",
    );
    assert_eq!(done.json(), json!({ "segment": "All", "added": 2 }));
    let nobody = shop.run_told(&["segments", "add", "All", "--file", "-"], "");
    assert_eq!(nobody.code, 2, "{}", nobody.said());
    fs::write(shop.directory.path().join("wrong.txt"), "p1\nid:\n").unwrap();
    let wrong = ["segments", "add", "All", "--file", "wrong.txt"];
    shop.refused(&wrong, 2, &["line 2"]);
}
