//! Objects and relationships: what an identify relates, and how the App API reads it.

use serde_json::{Value, json};

use crate::support::TestServer;

const PERSON: &str = "/api/v1/customers/42";

/// An identify of this person with `cio_relationships`.
async fn relate(server: &TestServer, path: &str, action: &str, relationships: Value) {
    let body = json!({
        "plan": "pro",
        "cio_relationships": { "action": action, "relationships": relationships },
    });
    let answer = server.track("PUT", path, body.to_string()).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}\n"));
}

async fn add(server: &TestServer, relationships: Value) {
    relate(server, PERSON, "add_relationships", relationships).await;
}

/// The body of an App API read that succeeds.
async fn read(server: &TestServer, path: &str) -> Value {
    let answer = server.app("GET", path, "").await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.json()
}

/// The ids of the objects a person is related to.
async fn objects_of(server: &TestServer, person: &str) -> Vec<String> {
    let path = format!("/v1/customers/{person}/relationships");
    read(server, &path).await["cio_relationships"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["identifiers"]["object_id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn what_an_identify_relates_reads_back_from_both_sides() {
    let server = TestServer::start().await;
    let acme = json!({"object_type_id": "1", "object_id": "acme"});
    let attributes = json!({"role": "boss", "since": 2020, "left": null, "note": ""});
    add(
        &server,
        json!([{ "identifiers": acme, "relationship_attributes": attributes }]),
    )
    .await;

    let answer = read(&server, "/v1/customers/42/relationships").await;
    assert_eq!(answer["next"], "");
    assert_eq!(answer["cio_relationships"].as_array().unwrap().len(), 1);
    let relationship = &answer["cio_relationships"][0];
    assert_eq!(relationship["object_type_id"], 1, "a number here");
    assert_eq!(relationship["identifiers"]["object_id"], "acme");
    assert_eq!(
        relationship["attributes"],
        json!({"role": "boss", "since": "2020"})
    );
    assert!(relationship["timestamps"]["role"].is_i64());

    let answer = read(&server, "/v1/objects/1/acme/relationships").await;
    let profile = server.profile("42", "id").await.unwrap();
    assert_eq!(
        answer,
        json!({
            "cio_relationships": [{
                "object_type_id": "1",
                "object_type_disabled": false,
                "identifiers": profile["identifiers"],
            }],
            "next": "",
        })
    );
    assert_eq!(profile["attributes"]["plan"], "pro");
    assert!(profile["attributes"].get("cio_relationships").is_none());

    // By the number given to it, too; of the wrong type it is not there.
    let number = relationship["identifiers"]["cio_object_id"]
        .as_str()
        .unwrap();
    let object = read(
        &server,
        &format!("/v1/objects/1/{number}/attributes?id_type=cio_object_id"),
    )
    .await;
    let identifiers = json!({"object_id": "acme", "cio_object_id": number});
    assert_eq!(
        object,
        json!({"object": {
            "identifiers": identifiers,
            "object_type_id": "1",
            "attributes": {},
            "timestamps": {},
        }})
    );
    let people = format!("/v1/objects/1/{number}/relationships?id_type=cio_object_id");
    assert_eq!(read(&server, &people).await, answer);
    for what in ["attributes", "relationships"] {
        let path = format!("/v1/objects/2/{number}/{what}?id_type=cio_object_id");
        assert_eq!(server.app("GET", &path, "").await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn relationships_are_taken_away_again() {
    let server = TestServer::start().await;
    let objects = json!([
        {"identifiers": {"object_type_id": "1", "object_id": "acme"}},
        {"identifiers": {"object_type_id": "1", "object_id": "other"}},
    ]);
    add(&server, objects).await;
    assert_eq!(objects_of(&server, "42").await, ["acme", "other"]);
    let acme = json!([{"identifiers": {"object_type_id": "1", "object_id": "acme"}}]);
    for _ in 0..2 {
        relate(&server, PERSON, "delete_relationships", acme.clone()).await;
        assert_eq!(objects_of(&server, "42").await, ["other"]);
    }
    let people = read(&server, "/v1/objects/1/acme/relationships").await;
    assert_eq!(people, json!({"cio_relationships": [], "next": ""}));
    server.track("DELETE", PERSON, "").await;
    let people = read(&server, "/v1/objects/1/other/relationships").await;
    assert_eq!(people["cio_relationships"], json!([]));
}

#[tokio::test]
async fn ids_are_taken_as_numbers_and_in_both_spellings() {
    let server = TestServer::start().await;
    let objects = json!([
        {"identifiers": {"object_type_id": 1, "object_id": 7}},
        {"identifiers": {"objectTypeId": "2", "object_id": "b"}, "relationship_attributes": null},
    ]);
    add(&server, objects).await;
    let answer = read(&server, "/v1/customers/42/relationships").await;
    let number = &answer["cio_relationships"][1]["identifiers"]["cio_object_id"];
    let by_number = json!([
        {"identifiers": {"cio_object_id": number}, "relationship_attributes": {"n": 1}},
        {"identifiers": {"cio_object_id": "ffffffff"}},
    ]);
    add(&server, by_number).await;
    assert_eq!(objects_of(&server, "42").await, ["7", "b"]);
    let answer = read(&server, "/v1/customers/42/relationships").await;
    let attributes = &answer["cio_relationships"][1]["attributes"];
    assert_eq!(attributes, &json!({"n": "1"}));

    // The types were never named, so they go by their number.
    let types = read(&server, "/v1/object_types").await;
    let of_one = json!({
        "id": "1",
        "name": "Objects 1",
        "slug": "objects_1",
        "singular_name": "Object 1",
        "singular_slug": "object_1",
        "icon": "",
        "enabled": true,
    });
    assert_eq!(types["types"][0], of_one);
    assert_eq!(types["types"][1]["id"], "2");
}

#[tokio::test]
async fn no_types_and_no_relationships_are_empty_lists() {
    let server = TestServer::start().await;
    assert_eq!(
        read(&server, "/v1/object_types").await,
        json!({"types": []})
    );
    for nothing in [
        json!(null),
        json!({"action": "add_relationships"}),
        json!({"action": "add_relationships", "relationships": null}),
        json!({"action": "delete_relationships", "relationships": []}),
    ] {
        let body = json!({"cio_relationships": nothing}).to_string();
        assert_eq!(server.track("PUT", PERSON, body).await.status, 200);
    }
    let none = read(&server, "/v1/customers/42/relationships").await;
    assert_eq!(none, json!({"cio_relationships": [], "next": ""}));
}

#[tokio::test]
async fn an_object_reads_back_with_every_value_a_string() {
    let server = TestServer::start().await;
    let operation = async |action: &str, attributes: Value| {
        let body = json!({
            "type": "object",
            "action": action,
            "identifiers": {"object_type_id": "1", "object_id": "a/b"},
            "attributes": attributes,
        });
        let answer = server.track("POST", "/api/v2/entity", body.to_string());
        assert_eq!(answer.await.status, 200);
    };
    operation(
        "identify",
        json!({"name": "Acme", "size": 12, "city": "Rome"}),
    )
    .await;
    operation("identify", json!({"size": 1.5, "city": null, "name": ""})).await;
    operation("identify", json!({"tags": ["a"], "open": true})).await;
    let path = "/v1/objects/1/a%2Fb/attributes";
    let object = read(&server, path).await["object"].clone();
    assert_eq!(object["identifiers"]["object_id"], "a/b");
    assert_eq!(object["object_type_id"], "1");
    let attributes = json!({"size": "1.5", "tags": "[\"a\"]", "open": "true"});
    assert_eq!(object["attributes"], attributes);
    let timestamps = object["timestamps"].as_object().unwrap();
    assert!(timestamps.len() == 3 && timestamps.values().all(Value::is_i64));
    operation("delete", json!(null)).await;
    assert_eq!(server.app("GET", path, "").await.status, 404);
}

#[tokio::test]
async fn relationships_come_in_pages() {
    let server = TestServer::start().await;
    for n in 0..5 {
        let object = |id: Value| json!([{"identifiers": {"object_type_id": 1, "object_id": id}}]);
        add(&server, object(json!(n))).await;
        let path = format!("/api/v1/customers/p{n}");
        relate(&server, &path, "add_relationships", object(json!("acme"))).await;
    }
    for (path, count) in [
        ("/v1/customers/42/relationships", 5),
        ("/v1/objects/1/acme/relationships", 5),
    ] {
        let (mut found, mut start) = (Vec::new(), String::new());
        loop {
            let page = read(&server, &format!("{path}?limit=2&start={start}")).await;
            let items = page["cio_relationships"].as_array().unwrap().clone();
            assert!(items.len() <= 2);
            found.extend(items.iter().map(|it| it["identifiers"].to_string()));
            start = page["next"].as_str().unwrap().to_owned();
            if start.is_empty() {
                break;
            }
        }
        found.dedup();
        assert_eq!(found.len(), count, "{path}");
        for query in ["start=x", "limit=0", "limit=x"] {
            let answer = server.app("GET", &format!("{path}?{query}"), "").await;
            assert_eq!(answer.status, 400, "{path} {query}");
            assert_eq!(answer.json()["errors"][0]["status"], "400");
        }
    }
}

#[tokio::test]
async fn the_log_tells_of_objects_and_relationships() {
    let server = TestServer::start().await;
    let acme = json!({"object_type_id": "1", "object_id": "acme"});
    let related = json!([{"identifiers": acme, "relationship_attributes": {"role": "boss"}}]);
    add(&server, related).await;
    let log = read(&server, "/v1/customers/42/activities?type=add_relationship").await;
    let entry = &log["activities"][0];
    assert_eq!(entry["customer_id"], "42");
    assert_eq!(entry["data"]["object_id"], "acme");
    for kind in ["create", "add_relationship"] {
        let path = format!("/v1/activities?type=_o:1:{kind}");
        let log = read(&server, &path).await;
        let entry = &log["activities"][0];
        assert_eq!(entry["data"]["object_type_id"], "1", "{kind}");
        assert_eq!(entry["customer_identifiers"], Value::Null, "{kind}");
    }
    let log = read(&server, "/v1/activities?type=_r:1:attribute_change").await;
    let data = log["activities"][0]["data"].clone();
    assert_eq!(data["attributes"], json!(["role"]));
    assert!(!data.to_string().contains("boss"), "whose it is goes away");
}

/// Every refusal: a 400 with its text, and nothing changed.
#[tokio::test]
async fn relationships_that_cannot_be_taken_are_refused() {
    let server = TestServer::start().await;
    let with = |relationship: Value| json!({"action": "add_relationships", "relationships": [relationship]});
    let named = |identifiers: Value| with(json!({ "identifiers": identifiers }));
    let having = |attributes: Value| {
        with(json!({
            "identifiers": {"object_type_id": "1", "object_id": "acme"},
            "relationship_attributes": attributes,
        }))
    };
    let many = |count: usize, value: &str| -> Value {
        (0..count)
            .map(|n| (format!("a{n}"), json!(value)))
            .collect::<serde_json::Map<String, Value>>()
            .into()
    };
    let long = |bytes: usize| "x".repeat(bytes);
    let cases = [
        (json!([]), "cio_relationships must be an object"),
        (json!("acme"), "cio_relationships must be an object"),
        (
            json!({}),
            "action must be add_relationships or delete_relationships",
        ),
        (
            json!({"action": "add", "relationships": []}),
            "action must be add_relationships or delete_relationships",
        ),
        (
            json!({"action": "add_relationships", "relationships": {}}),
            "relationships must be an array",
        ),
        (with(json!("acme")), "a relationship must be an object"),
        (with(json!({})), "identifiers is required"),
        (named(json!([])), "identifiers must be an object"),
        (named(json!({})), "object_type_id is required"),
        (
            named(json!({"object_id": "acme"})),
            "object_type_id is required",
        ),
        (
            named(json!({"object_type_id": "1"})),
            "object_id is required",
        ),
        (
            named(json!({"object_type_id": "0", "object_id": "acme"})),
            "object_type_id must be",
        ),
        (
            named(json!({"object_type_id": "companies", "object_id": "acme"})),
            "object_type_id must be",
        ),
        (
            named(json!({"object_type_id": "1", "object_id": " "})),
            "object_id cannot be blank",
        ),
        (
            named(json!({"object_type_id": "1", "object_id": long(151)})),
            "object_id cannot be longer than 150 bytes",
        ),
        (
            named(json!({"cio_object_id": "1", "object_id": "acme"})),
            "or cio_object_id",
        ),
        (
            having(json!([])),
            "relationship_attributes must be an object",
        ),
        (having(many(301, "x")), "more than 300 attributes"),
        (
            having(json!({ long(151): 1 })),
            "attribute name cannot be longer than 150 bytes",
        ),
        (
            having(many(101, &long(1_000))),
            "attributes cannot be longer than 100000 bytes together",
        ),
    ];
    for (relationships, text) in cases {
        let body = json!({ "cio_relationships": relationships }).to_string();
        let answer = server.track("PUT", PERSON, body).await;
        assert_eq!(answer.status, 400, "{text}: {answer:?}");
        let said = answer.json()["meta"]["error"].clone();
        let said = said.as_str().unwrap_or_default();
        assert!(said.contains(text), "expected {text:?} in {said:?}");
    }
    assert!(server.profile("42", "id").await.is_none());
    let acme = server.app("GET", "/v1/objects/1/acme/attributes", "").await;
    assert_eq!(acme.status, 404, "a refused call changes nothing");
    // The largest that is allowed.
    let body = json!({ "cio_relationships": having(many(99, &long(1_000))) }).to_string();
    assert_eq!(server.track("PUT", PERSON, body).await.status, 200);
}

#[tokio::test]
async fn reads_of_what_is_not_there_are_refused_in_the_api_s_shape() {
    let server = TestServer::start().await;
    add(
        &server,
        json!([{"identifiers": {"object_type_id": "1", "object_id": "acme"}}]),
    )
    .await;
    let cases = [
        ("/v1/customers/nobody/relationships", 404),
        ("/v1/customers/42/relationships?id_type=email", 404),
        ("/v1/customers/42/relationships?id_type=phone", 400),
        ("/v1/objects/1/nowhere/attributes", 404),
        ("/v1/objects/1/nowhere/relationships", 404),
        ("/v1/objects/2/acme/attributes", 404),
        ("/v1/objects/2/acme/relationships", 404),
        ("/v1/objects/1/acme/attributes?id_type=cio_object_id", 404),
        ("/v1/objects/1/acme/relationships?id_type=id", 400),
        ("/v1/objects/companies/acme/attributes", 400),
        ("/v1/objects/0/acme/relationships", 400),
    ];
    for (path, status) in cases {
        let answer = server.app("GET", path, "").await;
        assert_eq!(answer.status, status, "{path}: {answer:?}");
        let error = answer.json()["errors"][0].clone();
        assert_eq!(error["status"], status.to_string(), "{path}");
        assert!(error["detail"].is_string(), "{path}");
        let keyless = server.send("GET", path, "", b"").await;
        assert_eq!(keyless.status, 401, "{path}");
    }
    let types = server.send("GET", "/v1/object_types", "", b"").await;
    assert_eq!(types.status, 401);
}

#[tokio::test]
async fn objects_are_found_by_a_filter_page_by_page() {
    let server = TestServer::start().await;
    for (type_id, id, plan) in [
        (1, "acme", "pro"),
        (1, "bolt", "free"),
        (1, "cyan", "pro"),
        (2, "acme", "pro"),
    ] {
        let body = json!({
            "type": "object", "action": "identify",
            "identifiers": { "object_type_id": type_id.to_string(), "object_id": id },
            "attributes": { "plan": plan, "seats": 5 },
        });
        let answer = server.track("POST", "/api/v2/entity", body.to_string());
        answer.await.assert_taken();
    }
    let leaf = |field: &str, value: Value| {
        json!({ "object_attribute": {
            "field": field, "operator": "eq", "value": value, "type_id": "1",
        } })
    };
    let search = async |query: &str, filter: Value| {
        let body = json!({ "object_type_id": "1", "filter": filter });
        let path = format!("/v1/objects{query}");
        let answer = server.app("POST", &path, body.to_string()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    };
    let pro = search("", leaf("plan", json!("pro"))).await;
    assert_eq!(pro["ids"], json!(["acme", "cyan"]));
    assert_eq!(pro["identifiers"][0]["object_id"], "acme");
    assert!(pro["identifiers"][0]["cio_object_id"].is_string());
    assert_eq!(pro["next"], "");
    let both = json!({ "and": [leaf("seats", json!(5)), { "not": leaf("plan", json!("pro")) }] });
    assert_eq!(search("", both).await["ids"], json!(["bolt"]));
    let named = leaf("object_id", json!("cyan"));
    assert_eq!(search("", named).await["ids"], json!(["cyan"]));

    let exists = json!({ "object_attribute": { "field": "plan", "operator": "exists" } });
    let mut start = String::new();
    let mut all = Vec::new();
    loop {
        let page = search(&format!("?limit=1&start={start}"), exists.clone()).await;
        all.extend(page["ids"].as_array().unwrap().clone());
        start = page["next"].as_str().unwrap().to_owned();
        if start.is_empty() {
            break;
        }
    }
    assert_eq!(all, ["acme", "bolt", "cyan"]);
}

#[tokio::test]
async fn a_filter_of_objects_that_cannot_be_read_is_refused() {
    let server = TestServer::start().await;
    let refused = async |query: &str, body: Value, text: &str| {
        let path = format!("/v1/objects{query}");
        let answer = server.app("POST", &path, body.to_string()).await;
        assert_eq!(answer.status, 400, "{answer:?}");
        let detail = answer.json()["errors"][0]["detail"].clone();
        assert!(detail.as_str().unwrap().starts_with(text), "{detail}");
    };
    let exists = json!({ "object_attribute": { "field": "plan", "operator": "exists" } });
    refused(
        "",
        json!({ "filter": exists }),
        "\"object_type_id\" is required",
    )
    .await;
    let wrong = json!({ "object_type_id": "x", "filter": exists });
    refused("", wrong, "\"object_type_id\" must be a positive integer").await;
    refused(
        "",
        json!({ "object_type_id": "1" }),
        "\"filter\" is required",
    )
    .await;
    let people = json!({ "object_type_id": 1, "filter": { "segment": { "id": 1 } } });
    let kinds = "\"filter\" must be an object with exactly one of and, or, not or object_attribute";
    refused("", people, kinds).await;
    let other = json!({ "object_type_id": 1, "filter": { "object_attribute": {
        "field": "plan", "operator": "exists", "type_id": "2",
    } } });
    let text = "\"filter.object_attribute.type_id\" must be 1, the type that is searched";
    refused("", other, text).await;
    let right = json!({ "object_type_id": 1, "filter": exists });
    refused(
        "?start=x",
        right.clone(),
        "\"start\" is not a cursor of this list",
    )
    .await;
    refused("?limit=0", right, "\"limit\" must be a positive integer").await;
}
