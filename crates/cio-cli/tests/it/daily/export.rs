//! `export`.

use std::fs;

use serde_json::json;

use super::Shop;

#[test]
fn people_come_as_csv() {
    let shop = Shop::stocked();
    let file = shop.directory.path().join("people.csv");
    let done = shop.run(&["export", "people", "--output", "people.csv"]);
    assert_eq!(
        (done.code, done.stdout.as_str()),
        (0, ""),
        "{}",
        done.stderr
    );
    assert!(done.stderr.contains("Wrote 2 rows"), "{}", done.stderr);
    let csv = fs::read_to_string(&file).unwrap();
    assert_eq!(csv.lines().count(), 3, "{csv}");
    assert!(!shop.directory.path().join("people.csv.part").exists());
    let pro = [
        "export",
        "people",
        "--attribute",
        "plan=pro",
        "--columns",
        "plan,seats",
    ];
    let csv = shop.ok(&pro);
    assert_eq!(csv.lines().next(), Some("id,email,cio_id,plan,seats"));
    assert_eq!(csv.lines().count(), 2);
    let export = shop.one(&["export", "people", "-o", "again.csv"]);
    assert_eq!(
        (&export["total"], &export["file"]),
        (&json!(2), &json!("again.csv"))
    );
    shop.refused(&["export", "people", "--json"], 2, &["--output"]);
    let nowhere = ["export", "people", "-o", "no/such/folder.csv"];
    shop.refused(&nowhere, 2, &["no/such/folder.csv"]);
}

#[test]
fn deliveries_come_as_csv() {
    let shop = Shop::stocked();
    let send = [
        "send",
        "email",
        "--template",
        "welcome",
        "--person",
        "ana@example.com",
        "name=A",
    ];
    let id = shop.ok(&[&send[..], &["--wait"]].concat());
    let csv = shop.ok(&[
        "export",
        "deliveries",
        "--template",
        "welcome",
        "--since",
        "1h",
    ]);
    assert!(csv.contains(id.trim()), "{csv}");
    let asked = [
        "export",
        "deliveries",
        "--action",
        "7",
        "--since",
        "2026-09-21",
        "--until",
        "2026-09-22",
        "--metric",
        "sent",
        "--drafts",
        "--variant",
        "3",
        "--columns",
        "plan",
    ];
    assert_eq!(
        shop.dry(&asked)[0]["body"],
        json!({
            "action_id": 7, "start": 1_789_948_800, "end": 1_790_035_200, "metric": "sent",
            "drafts": true, "template_id": 3, "attributes": ["plan"],
        })
    );
    let newsletter = ["export", "deliveries", "--newsletter", "7"];
    assert_eq!(
        shop.dry(&newsletter)[0]["body"],
        json!({ "newsletter_id": 7 })
    );
    let campaign = ["export", "deliveries", "--campaign", "7"];
    assert_eq!(shop.dry(&campaign)[0]["body"], json!({ "campaign_id": 7 }));
    shop.refused(&["export", "deliveries"], 2, &["--template"]);
}
