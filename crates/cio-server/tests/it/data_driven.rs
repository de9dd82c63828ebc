//! Data-driven segments: defined at `/admin/v1`, filled by what people are and do, and read
//! through the App API as any other.

use serde_json::{Value, json};

use crate::support::{Answer, TestServer};

const SEGMENTS: &str = "/workspaces/1/segments";

fn of(segment: u32) -> String {
    format!("{SEGMENTS}/{segment}")
}

fn refused(answer: &Answer, status: u16, text: &str) {
    let error = &answer.json()["errors"][0];
    let said = (answer.status, &error["status"], &error["detail"]);
    let expected = (status, &json!(status.to_string()), &json!(text));
    assert_eq!(said, expected, "{answer:?}");
}

fn is_pro() -> Value {
    json!({"attribute": {"field": "plan", "operator": "eq", "value": "pro"}})
}

async fn create(server: &TestServer, body: &Value) -> Value {
    let answer = server.admin("POST", SEGMENTS, body.to_string()).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["segment"].clone()
}

async fn identify(server: &TestServer, person: &str, body: &str) {
    let path = format!("/api/v1/customers/{person}");
    server.track("PUT", &path, body).await.assert_taken();
}

async fn segment(server: &TestServer, id: u32) -> Value {
    let answer = server.app("GET", &format!("/v1/segments/{id}"), "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["segment"].clone()
}

/// Waits for the server to fill a segment.
async fn filled(server: &TestServer, id: u32) -> Value {
    loop {
        let segment = segment(server, id).await;
        if segment["state"] == "finished" {
            return segment;
        }
        assert!(["build_queued", "build"].contains(&segment["state"].as_str().unwrap()));
        assert!(segment["progress"].is_u64(), "{segment}");
        tokio::task::yield_now().await;
    }
}

async fn members(server: &TestServer, id: u32) -> Vec<String> {
    let read = async |what: &str| {
        let path = format!("/v1/segments/{id}/{what}");
        server.app("GET", &path, "").await.json()
    };
    let (membership, count) = (read("membership").await, read("customer_count").await);
    let ids: Vec<String> = serde_json::from_value(membership["ids"].clone()).unwrap_or_default();
    assert_eq!(count["count"], ids.len());
    ids
}

#[tokio::test]
async fn a_segment_is_defined_filled_and_read_as_any_other() {
    let server = TestServer::start().await;
    identify(&server, "1", r#"{"plan":"pro"}"#).await;
    identify(&server, "2", r#"{"plan":"free"}"#).await;
    let body = json!({"name": " Pro ", "description": " who pays ", "condition": is_pro()});
    let created = create(&server, &body).await;
    let at = created["created_at"].as_u64().unwrap();
    let mut expected = json!({
        "id": 1, "deduplicate_id": format!("1:{at}"), "name": "Pro", "description": "who pays",
        "state": "build_queued", "progress": 0, "type": "dynamic", "tags": null,
        "created_at": at, "updated_at": at, "count": 0, "condition": is_pro(),
    });
    assert_eq!(created, expected);
    let finished = filled(&server, 1).await;
    expected["state"] = json!("finished");
    expected["progress"] = Value::Null;
    expected["count"] = json!(1);
    let list = server.admin("GET", SEGMENTS, "").await;
    assert_eq!(list.json(), json!({"segments": [expected]}));
    // The App API shows the same without what only operators see.
    let shown = expected.as_object_mut().unwrap();
    shown.retain(|name, _| name != "count" && name != "condition");
    assert_eq!(finished, expected);
    let list = server.app("GET", "/v1/segments", "").await;
    assert_eq!(list.json(), json!({"segments": [expected]}));

    assert_eq!(members(&server, 1).await, ["1"]);
    identify(&server, "2", r#"{"plan":"pro"}"#).await;
    identify(&server, "1", r#"{"plan":""}"#).await;
    assert_eq!(members(&server, 1).await, ["2"]);
    let of_person = server.app("GET", "/v1/customers/2/segments", "").await;
    let pro = json!({"id": 1, "name": "Pro", "description": "who pays"});
    assert_eq!(of_person.json(), json!({"segments": [pro]}));
    let filter = json!({"filter": {"segment": {"id": 1}}}).to_string();
    let found = server.app("POST", "/v1/customers", filter).await.json();
    assert_eq!(found["ids"], json!(["2"]));
    let used_by = server.app("GET", "/v1/segments/1/used_by", "").await;
    assert_eq!(used_by.status, 200);
}

#[tokio::test]
async fn everything_a_definition_can_say_comes_back() {
    let server = TestServer::start().await;
    let manual = create(&server, &json!({"name": "by hand"})).await;
    assert_eq!(
        (&manual["type"], &manual["state"]),
        (&json!("manual"), &json!("finished"))
    );
    assert_eq!(manual["condition"], Value::Null);
    let attribute = |operator: &str, value: Value| json!({"attribute": {"field": "a", "operator": operator, "value": value}});
    let condition = json!({"and": [
        {"or": [
            {"attribute": {"field": "a", "operator": "exists"}},
            attribute("eq", json!("x")), attribute("contains", json!("y")),
            attribute("gt", json!(1)), attribute("gte", json!(1.5)),
            attribute("lt", json!(-2)), attribute("lte", json!(0)),
            attribute("in_last_days", json!(7)), attribute("in_next_days", json!(3_650)),
        ]},
        {"not": {"segment": {"id": 1}}},
        {"event": {"name": "bought", "at_least": 3, "in_last_days": 30, "data": [
            {"field": "total", "operator": "gte", "value": 10},
        ]}},
        {"event": {"type": "page", "name": "https://example.com/", "at_least": 1}},
    ]});
    let created = create(&server, &json!({"name": "all", "condition": condition})).await;
    assert_eq!(created["condition"], condition);
    let list = server.admin("GET", SEGMENTS, "").await.json();
    assert_eq!(list["segments"][1]["condition"], condition);
    // What need not be said is filled in, and values are as they are compared.
    let short = json!({"and": [
        {"event": {"type": "event", "name": "e", "at_least": "2"}},
        {"event": {"name": "e"}},
        {"attribute": {"field": "a", "operator": "eq", "value": true}},
        {"attribute": {"field": "a", "operator": "gt", "value": "3"}},
        {"segment": {"id": "1"}},
    ]});
    let created = create(&server, &json!({"name": "short", "condition": short})).await;
    let long = json!({"and": [
        {"event": {"name": "e", "at_least": 2}},
        {"event": {"name": "e", "at_least": 1}},
        {"attribute": {"field": "a", "operator": "eq", "value": "true"}},
        {"attribute": {"field": "a", "operator": "gt", "value": 3}},
        {"segment": {"id": 1}},
    ]});
    assert_eq!(created["condition"], long);
}

#[tokio::test]
async fn a_definition_is_changed_and_deleted() {
    let server = TestServer::start().await;
    for (person, plan) in [("1", "pro"), ("2", "free")] {
        identify(&server, person, &json!({ "plan": plan }).to_string()).await;
    }
    create(&server, &json!({"name": "one", "condition": is_pro()})).await;
    filled(&server, 1).await;
    let change = async |id: u32, body: Value| {
        let answer = server.admin("PUT", &of(id), body.to_string()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["segment"].clone()
    };
    let renamed = change(1, json!({"name": "two", "condition": is_pro()})).await;
    assert_eq!(
        (&renamed["name"], &renamed["state"], &renamed["count"]),
        (&json!("two"), &json!("finished"), &json!(1))
    );
    let free = json!({"not": is_pro()});
    let changed = change(1, json!({"name": "two", "condition": free})).await;
    assert_eq!(
        (&changed["state"], &changed["progress"]),
        (&json!("build_queued"), &json!(0))
    );
    filled(&server, 1).await;
    assert_eq!(members(&server, 1).await, ["2"]);

    let asks = json!({"name": "asks", "condition": {"not": {"segment": {"id": 1}}}});
    create(&server, &asks).await;
    filled(&server, 2).await;
    assert_eq!(members(&server, 2).await, ["1"]);
    let in_use = "segment 2 asks for it: change or delete that one first";
    refused(&server.admin("DELETE", &of(1), "").await, 400, in_use);
    for id in [2, 1] {
        let deleted = server.admin("DELETE", &of(id), "").await;
        assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    }
    let list = server.app("GET", "/v1/segments", "").await;
    assert_eq!(list.json(), json!({"segments": []}));
    let of_person = server.app("GET", "/v1/customers/1/segments", "").await;
    assert_eq!(of_person.json(), json!({"segments": []}));
    assert_eq!(server.admin("DELETE", &of(1), "").await.status, 404);
    assert!(server.profile("1", "id").await.is_some(), "members stay");
}

/// What is not said by hand cannot be changed by hand, and what is asked for stays.
#[tokio::test]
async fn a_data_driven_segment_is_not_for_the_calls_of_manual_ones() {
    let server = TestServer::start().await;
    identify(&server, "1", "{}").await;
    create(&server, &json!({"name": "pro", "condition": is_pro()})).await;
    filled(&server, 1).await;
    for call in ["add_customers", "remove_customers"] {
        let path = format!("/api/v1/segments/1/{call}");
        let answer = server.track("POST", &path, r#"{"ids":["1"]}"#).await;
        answer.assert_refused("there is no manual segment 1");
    }
    assert!(members(&server, 1).await.is_empty());
    let answer = server.app("DELETE", "/v1/segments/1", "").await;
    let text = "only manual segments can be deleted here: delete a data-driven one at /admin/v1";
    answer.assert_app_refused(400, text);

    create(&server, &json!({"name": "manual"})).await;
    let asks = json!({"name": "asks", "condition": {"segment": {"id": 2}}});
    create(&server, &asks).await;
    let answer = server.app("DELETE", "/v1/segments/2", "").await;
    answer.assert_app_refused(
        400,
        "segment 3 asks for it: change or delete that one first",
    );
    let path = "/api/v1/segments/2/add_customers";
    server
        .track("POST", path, r#"{"ids":["1"]}"#)
        .await
        .assert_taken();
    filled(&server, 3).await;
    assert_eq!(members(&server, 3).await, ["1"]);
}

/// Events of Track, Pipelines and visitors count, and so do those of before.
#[tokio::test]
async fn what_people_do_moves_them() {
    let server = TestServer::start().await;
    let buy = async |person: &str, total: u32| {
        let event = json!({"name": "bought", "data": {"total": total}});
        let path = format!("/api/v1/customers/{person}/events");
        server
            .track("POST", &path, event.to_string())
            .await
            .assert_taken();
    };
    buy("1", 20).await;
    buy("1", 5).await;
    buy("2", 20).await;
    let event = json!({"name": "bought", "at_least": 2, "in_last_days": 30, "data": [
        {"field": "total", "operator": "gte", "value": 10},
    ]});
    create(
        &server,
        &json!({"name": "often", "condition": {"event": event}}),
    )
    .await;
    filled(&server, 1).await;
    assert!(members(&server, 1).await.is_empty());
    buy("1", 10).await;
    buy("2", 9).await;
    assert_eq!(members(&server, 1).await, ["1"]);
    let message = json!({"userId": "2", "event": "bought", "properties": {"total": 30}});
    let answer = server.pipelines("track", true, message.to_string()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(members(&server, 1).await, ["1", "2"]);
    let event = r#"{"name":"bought","anonymous_id":"v","data":{"total":50}}"#;
    for _ in 0..2 {
        server
            .track("POST", "/api/v1/events", event)
            .await
            .assert_taken();
    }
    identify(&server, "3", r#"{"anonymous_id":"v"}"#).await;
    assert_eq!(members(&server, 1).await, ["1", "2", "3"]);
    server
        .track("DELETE", "/api/v1/customers/2", "")
        .await
        .assert_taken();
    let merge = r#"{"primary":{"id":"4"},"secondary":{"id":"3"}}"#;
    identify(&server, "4", "{}").await;
    server
        .track("POST", "/api/v1/merge_customers", merge)
        .await
        .assert_taken();
    assert_eq!(members(&server, 1).await, ["1", "4"]);
}

#[tokio::test]
async fn a_definition_that_cannot_be_meant_is_refused() {
    let server = TestServer::start().await;
    create(&server, &json!({"name": "manual"})).await;
    create(
        &server,
        &json!({"name": "one", "condition": {"segment": {"id": 1}}}),
    )
    .await;
    filled(&server, 2).await;
    let before = server.admin("GET", SEGMENTS, "").await.body;
    let one_of = "must be an object with exactly one of and, or, not, segment, attribute or event";
    let operators = "must be eq, exists, contains, gt, gte, lt, lte, in_last_days or in_next_days";
    let days = "must be a number of days from 1 to 3650";
    let name = "must be a text of 1 to 1000 bytes";
    let attribute = |operator: &str, value: Value| json!({"attribute": {"field": "a", "operator": operator, "value": value}});
    let many = vec![is_pro(); 100];
    let refusals = [
        (json!(7), format!("\"condition\" {one_of}")),
        (json!({"and": []}), "\"condition.and\" must be a list of at least one condition".to_owned()),
        (json!({"or": [{"e": 1}]}), format!("\"condition.or[0]\" {one_of}")),
        (attribute("like", json!("x")), format!("\"condition.attribute.operator\" {operators}")),
        (attribute("gt", json!("many")), "\"condition.attribute.value\" must be a number".to_owned()),
        (attribute("lt", json!(true)), "\"condition.attribute.value\" must be a number".to_owned()),
        (attribute("lt", json!("inf")), "\"condition.attribute.value\" must be a number".to_owned()),
        (attribute("in_last_days", json!(0)), format!("\"condition.attribute.value\" {days}")),
        (attribute("in_next_days", json!(3_651)), format!("\"condition.attribute.value\" {days}")),
        (attribute("in_last_days", json!(1.5)), format!("\"condition.attribute.value\" {days}")),
        (
            json!({"event": "e"}),
            "\"condition.event\" must be an object with type, name, at_least, in_last_days, data".to_owned(),
        ),
        (json!({"event": {}}), format!("\"condition.event.name\" {name}")),
        (json!({"event": {"name": "x".repeat(1_001)}}), format!("\"condition.event.name\" {name}")),
        (
            json!({"event": {"name": "e", "type": "click"}}),
            "\"condition.event.type\" must be event, page or screen".to_owned(),
        ),
        (
            json!({"event": {"name": "e", "at_least": 0}}),
            "\"condition.event.at_least\" must be a number from 1 to 1000".to_owned(),
        ),
        (
            json!({"event": {"name": "e", "in_last_days": -1}}),
            format!("\"condition.event.in_last_days\" {days}"),
        ),
        (
            json!({"event": {"name": "e", "data": {}}}),
            "\"condition.event.data\" must be a list of conditions on the event's data".to_owned(),
        ),
        (
            json!({"event": {"name": "e", "data": [{"field": "a", "operator": "in_last_days", "value": 1}]}}),
            "\"condition.event.data[0].operator\" cannot compare data of an event with today".to_owned(),
        ),
        (
            json!({"event": {"name": "e", "times": 2}}),
            "\"condition.event\" has an unknown property \"times\"; known are type, name, at_least, in_last_days, data".to_owned(),
        ),
        (json!({"and": many}), "\"condition.and[99]\" is too long: it has more than 100 parts".to_owned()),
        (json!({"segment": {"id": 9}}), "segment 9 does not exist".to_owned()),
    ];
    for (condition, text) in &refusals {
        let body = json!({"name": "x", "condition": condition}).to_string();
        refused(&server.admin("POST", SEGMENTS, &body).await, 400, text);
        refused(&server.admin("PUT", &of(2), &body).await, 400, text);
    }
    let other_kind =
        "a manual segment cannot become data-driven, nor the other way round: create another";
    let circular = "the segment's condition asks for the segment itself";
    let itself = json!({"name": "one", "condition": {"not": {"segment": {"id": 2}}}});
    for (id, body, text) in [
        (1, json!({"name": "x", "condition": is_pro()}), other_kind),
        (2, json!({"name": "x"}), other_kind),
        (2, json!({"name": "x", "condition": null}), other_kind),
        (2, itself, circular),
    ] {
        refused(
            &server.admin("PUT", &of(id), body.to_string()).await,
            400,
            text,
        );
    }
    for (body, text) in [
        (
            json!({"name": " ", "condition": is_pro()}),
            "\"name\" is required",
        ),
        (
            json!({"name": "x".repeat(1_001)}),
            "\"name\" cannot be longer than 1000 bytes",
        ),
        (
            json!({"name": "x", "description": "x".repeat(1_001)}),
            "\"description\" cannot be longer than 1000 bytes",
        ),
    ] {
        refused(
            &server.admin("POST", SEGMENTS, body.to_string()).await,
            400,
            text,
        );
    }
    let text = "the request body cannot be nested more than 100 deep";
    for depth in [50, 10_000] {
        let (open, close) = (r#"{"and":["#.repeat(depth), "]}".repeat(depth));
        let body = format!(r#"{{"name":"x","condition":{open}{}{close}}}"#, is_pro());
        if body.len() < 64 << 10 {
            refused(&server.admin("POST", SEGMENTS, &body).await, 400, text);
        } else {
            assert_eq!(server.admin("POST", SEGMENTS, &body).await.status, 413);
        }
    }
    for path in ["/workspaces/9/segments", "/workspaces/1/segments/9"] {
        let method = if path.ends_with("/9") { "PUT" } else { "POST" };
        let answer = server.admin(method, path, r#"{"name":"x"}"#).await;
        assert_eq!(answer.status, 404, "{answer:?}");
    }
    let path = format!("/admin/v1{SEGMENTS}");
    let answer = server.send("GET", &path, &server.bearer(), b"").await;
    assert_eq!(answer.status, 401);
    let after = server.admin("GET", SEGMENTS, "").await.body;
    assert_eq!(after, before, "what is refused changes nothing");
}

/// The same number in another workspace is another segment.
#[tokio::test]
async fn definitions_are_a_workspace_s_own() {
    let server = TestServer::start().await;
    let body = r#"{"name":"two","region":"eu"}"#;
    let created = server.admin("POST", "/workspaces", body).await.json();
    let key = created["credentials"][1]["key"]
        .as_str()
        .unwrap()
        .to_owned();
    create(&server, &json!({"name": "mine", "condition": is_pro()})).await;
    identify(&server, "1", r#"{"plan":"pro"}"#).await;
    let theirs = json!({"name": "theirs", "condition": {"segment": {"id": 1}}}).to_string();
    let answer = server
        .admin("POST", "/workspaces/2/segments", &theirs)
        .await;
    refused(&answer, 400, "segment 1 does not exist");
    let list = server.admin("GET", "/workspaces/2/segments", "").await;
    assert_eq!(list.json(), json!({"segments": []}));
    let bearer = format!("Bearer {key}");
    let answer = server.send("GET", "/v1/segments/1", &bearer, b"").await;
    assert_eq!(answer.status, 404);
}
