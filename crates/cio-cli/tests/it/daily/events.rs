//! `events`.

use serde_json::json;

use super::Shop;

#[test]
fn what_people_do_is_recorded() {
    let shop = Shop::stocked();
    let track = [
        "events",
        "track",
        "42",
        "order_placed",
        "total:=99.5",
        "--timestamp",
        "2026-09-21T14:13:20Z",
        "--id",
        "01K8W3E9Q2ZJ5V7N4T6R0XBCDE",
    ];
    let request = &shop.dry(&track)[0];
    assert_eq!(
        request["body"],
        json!({
            "name": "order_placed",
            "id": "01K8W3E9Q2ZJ5V7N4T6R0XBCDE",
            "timestamp": 1_790_000_000,
            "data": { "total": 99.5 },
        })
    );
    assert_eq!(
        shop.one(&track),
        json!({ "id": "42", "name": "order_placed" })
    );
    // The same id is the same event.
    shop.ok(&track);
    let now = ["events", "page", "ana@example.com", "/pricing", "from=mail"];
    shop.ok(&now);
    shop.ok(&["events", "screen", "42", "Settings"]);
    let activities = shop.json(&["people", "activities", "42"]);
    let count = |kind: &str| activities.iter().filter(|it| it["type"] == kind).count();
    assert_eq!((count("event"), count("page"), count("screen")), (1, 1, 1));
}

#[test]
fn somebody_unknown_has_a_name_of_their_own() {
    let shop = Shop::open();
    let track = [
        "events",
        "track",
        "--anonymous",
        "visitor-7",
        "cart_filled",
        "items:=3",
    ];
    let request = &shop.dry(&track)[0];
    assert!(super::text(&request["url"]).ends_with("/api/v1/events"));
    assert_eq!(request["body"]["anonymous_id"], "visitor-7");
    assert_eq!(request["body"]["data"], json!({ "items": 3 }));
    shop.ok(&track);
    shop.ok(&["people", "identify", "42", "anonymous_id=visitor-7"]);
    let events = ["people", "activities", "42", "--type", "event"];
    shop.until(&events, |rows| rows.contains("cart_filled"));
    shop.refused(
        &["events", "track", "--anonymous", "v"],
        2,
        &["name of the event"],
    );
}

#[test]
fn what_is_no_event_is_refused_before_it_is_sent() {
    let shop = Shop::open();
    shop.refused(&["events", "track", "42"], 2, &["<EVENT>"]);
    shop.refused(&["events", "track", "42", " "], 2, &["must not be blank"]);
    shop.refused(&["events", "track", "42", "e", "--id", "7"], 2, &["ULID"]);
    let wrong_time = ["events", "track", "42", "e", "--timestamp", "1790000000000"];
    shop.refused(&wrong_time, 2, &["milliseconds"]);
    shop.refused(&["people", "show", "42"], 1, &["nobody"]);
}
