//! `POST /v1/customers`: people found by what is true of them.

use serde_json::{Value, json};

use crate::support::{Answer, TestServer};

async fn search(server: &TestServer, query: &str, filter: &Value) -> Answer {
    let body = json!({ "filter": filter }).to_string();
    server
        .app("POST", &format!("/v1/customers{query}"), body)
        .await
}

/// The ids a filter finds on one page.
async fn ids(server: &TestServer, filter: Value) -> Value {
    let answer = search(server, "", &filter).await;
    assert_eq!(answer.status, 200, "{filter}: {answer:?}");
    let answer = answer.json();
    assert_eq!(answer["next"], "", "{filter}");
    answer["ids"].clone()
}

fn eq(field: &str, value: impl Into<Value>) -> Value {
    json!({ "attribute": { "field": field, "operator": "eq", "value": value.into() } })
}

fn exists(field: &str) -> Value {
    json!({ "attribute": { "field": field, "operator": "exists" } })
}

/// Two people with an id, and one with an email alone.
async fn people(server: &TestServer) {
    for (path, body) in [
        (
            "1",
            r#"{"email":"Ana@example.com","plan":"pro","vip":true}"#,
        ),
        ("2", r#"{"plan":"free","age":30}"#),
        ("ben%40example.com", r#"{"plan":"pro"}"#),
    ] {
        let path = format!("/api/v1/customers/{path}");
        server.track("PUT", &path, body).await.assert_taken();
    }
}

#[tokio::test]
async fn people_are_found_with_all_their_names() {
    let server = TestServer::start().await;
    people(&server).await;
    let cio_id = async |segment: &str, id_type: &str| {
        let profile = server.profile(segment, id_type).await.unwrap();
        profile["identifiers"]["cio_id"].clone()
    };
    let answer = search(&server, "", &eq("plan", "pro")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let expected = json!({
        "identifiers": [
            {"id": "1", "email": "Ana@example.com", "cio_id": cio_id("1", "id").await},
            {"id": null, "email": "ben@example.com", "cio_id": cio_id("ben@example.com", "email").await},
        ],
        "ids": ["1", ""],
        "next": "",
    });
    assert_eq!(answer.json(), expected);
    let nobody = search(&server, "", &eq("plan", "none")).await;
    assert_eq!(nobody.status, 200);
    assert_eq!(
        nobody.json(),
        json!({"identifiers": [], "ids": [], "next": ""})
    );
}

#[tokio::test]
async fn the_filters_of_the_reference_find_whom_they_say() {
    let server = TestServer::start().await;
    people(&server).await;
    let segment = server.app("POST", "/v1/segments", r#"{"segment":{"name":"VIP"}}"#);
    assert_eq!(segment.await.json()["segment"]["id"], 1);
    let path = "/api/v1/segments/1/add_customers";
    server
        .track("POST", path, r#"{"ids":["2"]}"#)
        .await
        .assert_taken();
    let everybody = json!({"and": [exists("cio_id")]});
    let in_it = json!({"segment": {"id": 1}});
    for (filter, expected) in [
        (everybody.clone(), json!(["1", "2", ""])),
        (json!({"not": everybody}), json!([])),
        (in_it.clone(), json!(["2"])),
        (json!({"segment": {"id": "1"}}), json!(["2"])),
        (json!({"not": in_it}), json!(["1", ""])),
        (exists("age"), json!(["2"])),
        (json!({"and": [in_it, eq("plan", "free")]}), json!(["2"])),
        (json!({"and": [in_it, eq("plan", "pro")]}), json!([])),
        (json!({"or": [in_it, eq("id", "1")]}), json!(["1", "2"])),
        (
            json!({"and": [{"or": [in_it, exists("vip")]}, {"not": eq("id", "1")}]}),
            json!(["2"]),
        ),
    ] {
        assert_eq!(ids(&server, filter.clone()).await, expected, "{filter}");
    }
}

#[tokio::test]
async fn values_are_compared_as_they_are_shown() {
    let server = TestServer::start().await;
    people(&server).await;
    for (filter, expected) in [
        (eq("vip", true), json!(["1"])),
        (eq("vip", "true"), json!(["1"])),
        (eq("age", 30), json!(["2"])),
        (eq("age", "30"), json!(["2"])),
        (eq("age", 30.5), json!([])),
        (eq("plan", "Pro"), json!([])),
        (eq("Plan", "pro"), json!([])),
        (eq("email", "ANA@example.COM"), json!(["1"])),
        (eq("id", "1"), json!(["1"])),
        (eq("id", 1), json!(["1"])),
        (eq("cio_id", "ffffffffffffffff"), json!([])),
    ] {
        assert_eq!(ids(&server, filter.clone()).await, expected, "{filter}");
    }
}

#[tokio::test]
async fn pages_hold_everybody_once() {
    let server = TestServer::start().await;
    for number in 0..7 {
        let path = format!("/api/v1/customers/{number}");
        server.track("PUT", &path, "{}").await.assert_taken();
    }
    let everybody = json!({"and": [exists("cio_id")]});
    for limit in [1, 3, 6, 7, 8] {
        let (mut found, mut start) = (Vec::new(), String::new());
        loop {
            let query = format!("?limit={limit}&start={start}");
            let page = search(&server, &query, &everybody).await.json();
            let ids = page["ids"].as_array().unwrap();
            assert!(ids.len() <= limit);
            assert_eq!(page["identifiers"].as_array().unwrap().len(), ids.len());
            found.extend(ids.iter().map(|id| id.as_str().unwrap().to_owned()));
            page["next"].as_str().unwrap().clone_into(&mut start);
            if start.is_empty() {
                break;
            }
        }
        assert_eq!(found, ["0", "1", "2", "3", "4", "5", "6"], "{limit}");
    }
}

#[tokio::test]
async fn a_page_has_fifty_people_unless_said_and_a_thousand_at_most() {
    let server = TestServer::start().await;
    let people: Vec<Value> = (0..1_001)
        .map(|id| json!({"type": "person", "action": "identify", "identifiers": {"id": id.to_string()}}))
        .collect();
    let batch = json!({ "batch": people }).to_string();
    server
        .track("POST", "/api/v2/batch", batch)
        .await
        .assert_taken();
    for (query, count) in [
        ("", 50),
        ("?limit=", 50),
        ("?limit=1000", 1_000),
        ("?limit=30000", 1_000),
    ] {
        let page = search(&server, query, &exists("cio_id")).await.json();
        assert_eq!(page["ids"].as_array().unwrap().len(), count, "{query}");
        assert_ne!(page["next"], "");
    }
}

/// Whatever a filter says that cannot be meant is said with its place.
#[tokio::test]
async fn a_filter_that_cannot_be_meant_is_refused() {
    let server = TestServer::start().await;
    people(&server).await;
    let attribute = |attribute: Value| json!({ "attribute": attribute });
    let one_of = "must be an object with exactly one of and, or, not, segment or attribute";
    let scalar = "must be a text that is not empty, a number or a boolean";
    let at = |path: &str, text: &str| format!("\"{path}\" {text}");
    let deep = (0..999).fold(exists("a"), |inner, _| json!({ "not": inner }));
    let many: Vec<Value> = (0..1_000).map(|_| exists("a")).collect();
    let refusals = [
        (json!([]), at("filter", one_of)),
        (json!("all"), at("filter", one_of)),
        (json!({}), at("filter", one_of)),
        (
            json!({"and": [exists("a")], "or": [exists("a")]}),
            at("filter", one_of),
        ),
        (json!({"xor": [exists("a")]}), at("filter", one_of)),
        (json!({"event": {"name": "e"}}), at("filter", one_of)),
        (
            json!({"object_attribute": {"field": "a"}}),
            at("filter", one_of),
        ),
        (
            json!({"and": []}),
            at("filter.and", "must be a list of at least one condition"),
        ),
        (
            json!({"or": []}),
            at("filter.or", "must be a list of at least one condition"),
        ),
        (
            json!({"and": exists("a")}),
            at("filter.and", "must be a list of at least one condition"),
        ),
        (
            json!({"and": [exists("a"), 7]}),
            at("filter.and[1]", one_of),
        ),
        (json!({"not": [exists("a")]}), at("filter.not", one_of)),
        (
            json!({"or": [{"not": {"and": [{}]}}]}),
            at("filter.or[0].not.and[0]", one_of),
        ),
        (
            json!({"segment": 1}),
            at("filter.segment", "must be an object with id"),
        ),
        (
            json!({"segment": {}}),
            at("filter.segment.id", "must be the number of a segment"),
        ),
        (
            json!({"segment": {"id": "VIP"}}),
            at("filter.segment.id", "must be the number of a segment"),
        ),
        (
            json!({"segment": {"id": -1}}),
            at("filter.segment.id", "must be the number of a segment"),
        ),
        (
            json!({"segment": {"id": 1.5}}),
            at("filter.segment.id", "must be the number of a segment"),
        ),
        (
            json!({"segment": {"id": 1, "name": "VIP"}}),
            at(
                "filter.segment",
                "has an unknown property \"name\"; known are id",
            ),
        ),
        (
            json!({"segment": {"id": 9}}),
            "segment 9 does not exist in this workspace".to_owned(),
        ),
        (
            attribute(json!("a")),
            at(
                "filter.attribute",
                "must be an object with field, operator, value",
            ),
        ),
        (
            attribute(json!({"operator": "exists"})),
            at("filter.attribute.field", "must be a text of 1 to 150 bytes"),
        ),
        (
            attribute(json!({"field": "", "operator": "exists"})),
            at("filter.attribute.field", "must be a text of 1 to 150 bytes"),
        ),
        (
            attribute(json!({"field": 7, "operator": "exists"})),
            at("filter.attribute.field", "must be a text of 1 to 150 bytes"),
        ),
        (
            attribute(json!({"field": "a".repeat(151), "operator": "exists"})),
            at("filter.attribute.field", "must be a text of 1 to 150 bytes"),
        ),
        (
            attribute(json!({"field": "a"})),
            at("filter.attribute.operator", "must be eq or exists"),
        ),
        (
            attribute(json!({"field": "a", "operator": "ne", "value": "x"})),
            at("filter.attribute.operator", "must be eq or exists"),
        ),
        (
            attribute(json!({"field": "a", "operator": "gt", "value": 1})),
            at("filter.attribute.operator", "must be eq or exists"),
        ),
        (
            attribute(json!({"field": "a", "operator": 1})),
            at("filter.attribute.operator", "must be eq or exists"),
        ),
        (
            attribute(json!({"field": "a", "operator": "eq"})),
            at("filter.attribute.value", scalar),
        ),
        (eq("a", Value::Null), at("filter.attribute.value", scalar)),
        (eq("a", ""), at("filter.attribute.value", scalar)),
        (eq("a", json!(["x"])), at("filter.attribute.value", scalar)),
        (eq("a", json!({})), at("filter.attribute.value", scalar)),
        (
            attribute(json!({"field": "a", "operator": "eq", "value": "x", "type": "string"})),
            at(
                "filter.attribute",
                "has an unknown property \"type\"; known are field, operator, value",
            ),
        ),
        (
            json!({"and": many}),
            at(
                "filter.and[999]",
                "is too long: it has more than 1000 parts",
            ),
        ),
        (
            deep,
            "the request body cannot be nested more than 100 deep".to_owned(),
        ),
    ];
    for (filter, text) in refusals {
        search(&server, "", &filter)
            .await
            .assert_app_refused(400, &text);
    }
    let (open, close) = (r#"{"not":"#.repeat(10_000), "}".repeat(10_000));
    let body = format!(r#"{{"filter":{open}{{}}{close}}}"#);
    let answer = server.app("POST", "/v1/customers", body).await;
    answer.assert_app_refused(400, "the request body cannot be nested more than 100 deep");
}

#[tokio::test]
async fn a_search_that_cannot_be_read_is_refused() {
    let server = TestServer::start().await;
    people(&server).await;
    for (body, text) in [
        ("", "\"filter\" is required"),
        ("{}", "\"filter\" is required"),
        (r#"{"filter":null}"#, "\"filter\" is required"),
        (r#"{"filters":{}}"#, "\"filter\" is required"),
        ("[]", "the request body must be a JSON object"),
        (
            "{",
            "the request body is not valid JSON: EOF while parsing an object at line 1 column 1",
        ),
    ] {
        let answer = server.app("POST", "/v1/customers", body).await;
        answer.assert_app_refused(400, text);
    }
    let everybody = exists("cio_id");
    for (query, text) in [
        ("?limit=0", "\"limit\" must be a positive integer"),
        ("?limit=-1", "\"limit\" must be a positive integer"),
        ("?limit=many", "\"limit\" must be a positive integer"),
        ("?start=AAAA", "\"start\" is not a cursor of this list"),
        ("?start=%25%25", "\"start\" is not a cursor of this list"),
    ] {
        search(&server, query, &everybody)
            .await
            .assert_app_refused(400, text);
    }
    let body = json!({ "filter": everybody }).to_string();
    for authorization in [String::new(), server.basic()] {
        let answer = server.send("POST", "/v1/customers", &authorization, body.as_bytes());
        answer.await.assert_app_error(401, "unauthorized");
    }
}
