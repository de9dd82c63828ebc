//! Manual segments: made and read through the App API, filled through Track.

use serde_json::{Value, json};

use crate::support::{Answer, TestServer};

/// Creates a segment and returns it.
async fn create(server: &TestServer, name: &str) -> Value {
    let body = json!({"segment": {"name": name, "description": "for tests"}});
    let answer = server.app("POST", "/v1/segments", body.to_string()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["segment"].clone()
}

fn assert_error(answer: &Answer, status: u16, detail: &str) {
    answer.assert_app_refused(status, detail);
}

fn assert_not_found(answer: &Answer) {
    answer.assert_app_refused(404, "not found");
}

#[tokio::test]
async fn a_segment_is_made_listed_and_deleted() {
    let server = TestServer::start().await;
    let vip = create(&server, " VIP ").await;
    let created = vip["created_at"].as_i64().unwrap();
    let expected = json!({
        "id": 1, "deduplicate_id": format!("1:{created}"), "name": "VIP",
        "description": "for tests", "state": "finished", "progress": null, "type": "manual",
        "tags": null, "created_at": created, "updated_at": created,
    });
    assert_eq!(vip, expected);
    let plain = r#"{"segment":{"name":"plain"}}"#;
    let second = server.app("POST", "/v1/segments", plain).await.json()["segment"].clone();
    assert_eq!(
        (&second["id"], &second["description"]),
        (&json!(2), &json!(""))
    );

    let list = server.app("GET", "/v1/segments", "").await;
    assert_eq!(list.json(), json!({"segments": [vip, second]}));
    let one = server.app("GET", "/v1/segments/1", "").await;
    assert_eq!(one.json(), json!({"segment": vip}));
    let used_by = server.app("GET", "/v1/segments/1/used_by", "").await;
    let nothing = json!({"campaigns": [], "sent_newsletters": [], "draft_newsletters": []});
    assert_eq!(used_by.json(), json!({"segment_id": 1, "used_by": nothing}));

    let deleted = server.app("DELETE", "/v1/segments/1", "").await;
    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    assert_not_found(&server.app("DELETE", "/v1/segments/1", "").await);
    let list = server.app("GET", "/v1/segments", "").await;
    assert_eq!(list.json(), json!({"segments": [second]}));
}

#[tokio::test]
async fn people_go_in_and_out_through_track() {
    let server = TestServer::start().await;
    create(&server, "VIP").await;
    for (path, body) in [
        ("1", r#"{"email":"ana@example.com"}"#),
        ("2", "{}"),
        ("b%40x.io", "{}"),
    ] {
        server
            .track("PUT", &format!("/api/v1/customers/{path}"), body)
            .await;
    }
    let cio_id = async |segment: &str, id_type: &str| {
        let profile = server.profile(segment, id_type).await.unwrap();
        profile["identifiers"]["cio_id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let two = cio_id("2", "id").await;
    let third = cio_id("b@x.io", "email").await;
    let count = async || {
        let answer = server.app("GET", "/v1/segments/1/customer_count", "").await;
        assert_eq!(answer.json()["segment_id"], 1);
        answer.json()["count"].clone()
    };
    let set = async |call: &str, ids: Value| {
        let path = format!("/api/v1/segments/1/{call}");
        let body = json!({ "ids": ids }).to_string();
        server.track("POST", &path, body).await.assert_taken();
    };
    // A value that is not of the type named matches nobody.
    set("add_customers", json!([1, "nobody", "ana@example.com", ""])).await;
    assert_eq!(count().await, 1);
    set(
        "add_customers?id_type=email",
        json!(["Ana@example.com", "2"]),
    )
    .await;
    assert_eq!(count().await, 1);
    set(
        "add_customers?id_type=cio_id",
        json!([two, format!("cio_{third}"), "ffff"]),
    )
    .await;
    assert_eq!(count().await, 3);

    let membership = async |query: &str| {
        let path = format!("/v1/segments/1/membership{query}");
        server.app("GET", &path, "").await
    };
    let one = cio_id("1", "id").await;
    let everybody = json!([
        {"id": "1", "email": "ana@example.com", "cio_id": one},
        {"id": "2", "email": null, "cio_id": two},
        {"id": null, "email": "b@x.io", "cio_id": third},
    ]);
    let expected = json!({
        "segment_id": 1, "identifiers": everybody, "ids": ["1", "2", ""], "next": "",
    });
    assert_eq!(membership("").await.json(), expected);
    let first = membership("?limit=2").await.json();
    assert_eq!(first["ids"], json!(["1", "2"]));
    let next = first["next"].as_str().unwrap();
    let rest = membership(&format!("?limit=2&start={next}")).await.json();
    assert_eq!((&rest["ids"], &rest["next"]), (&json!([""]), &json!("")));

    let of_person = server
        .app(
            "GET",
            "/v1/customers/ana@example.com/segments?id_type=email",
            "",
        )
        .await;
    let vip = json!({"id": 1, "name": "VIP", "description": "for tests"});
    assert_eq!(of_person.json(), json!({"segments": [vip]}));
    set("remove_customers", json!(["1", "2", "nobody"])).await;
    set(
        "remove_customers?id_type=cio_id",
        json!([format!("cio_{third}")]),
    )
    .await;
    let of_person = server.app("GET", "/v1/customers/1/segments", "").await;
    assert_eq!(of_person.json(), json!({"segments": []}));
    let empty = json!({"segment_id": 1, "identifiers": null, "ids": null, "next": ""});
    assert_eq!(membership("").await.json(), empty);
    assert_eq!(count().await, 0);
}

#[tokio::test]
async fn a_list_of_people_that_cannot_be_taken_is_refused() {
    let server = TestServer::start().await;
    create(&server, "VIP").await;
    let many = |count: usize| json!({"ids": vec!["1"; count]}).to_string();
    let one = many(1);
    let refusals = [
        ("7", "", one.clone(), "there is no manual segment 7"),
        ("VIP", "", one.clone(), "the segment id must be an integer"),
        (
            "1",
            "?id_type=phone",
            one.clone(),
            "id_type must be id, email or cio_id",
        ),
        ("1", "", "{}".to_owned(), "ids is required"),
        ("1", "", "null".to_owned(), "ids is required"),
        (
            "1",
            "",
            r#"{"ids":"1"}"#.to_owned(),
            "ids must be an array of strings",
        ),
        (
            "1",
            "",
            r#"{"ids":[null]}"#.to_owned(),
            "ids must be an array of strings",
        ),
        ("1", "", many(0), "ids must have between 1 and 1000 entries"),
        (
            "1",
            "",
            many(1_001),
            "ids must have between 1 and 1000 entries",
        ),
        (
            "1",
            "",
            "[]".to_owned(),
            "the request body must be a JSON object",
        ),
    ];
    for call in ["add_customers", "remove_customers"] {
        for (segment, query, body, text) in &refusals {
            let path = format!("/api/v1/segments/{segment}/{call}{query}");
            server.track("POST", &path, body).await.assert_refused(text);
        }
        let path = format!("/api/v1/segments/1/{call}");
        server
            .track("POST", &path, many(1_000))
            .await
            .assert_taken();
        let path = format!("{path}?id_type=");
        server.track("POST", &path, &one).await.assert_taken();
        let answer = server.send("POST", &path, "", one.as_bytes()).await;
        assert_eq!(answer.status, 401);
    }
}

#[tokio::test]
async fn a_segment_that_cannot_be_made_or_read_is_refused() {
    let server = TestServer::start().await;
    let long = json!({"segment": {"name": "x".repeat(1_001)}}).to_string();
    let refusals = [
        ("{}", "\"segment\" is required"),
        (r#"{"segment":"VIP"}"#, "\"segment\" must be an object"),
        (
            r#"{"segment":{"description":"d"}}"#,
            "\"segment.name\" is required",
        ),
        (
            r#"{"segment":{"name":" "}}"#,
            "\"segment.name\" is required",
        ),
        (
            r#"{"segment":{"name":7}}"#,
            "\"segment.name\" must be a string",
        ),
        (
            r#"{"segment":{"name":"a","description":[]}}"#,
            "\"segment.description\" must be a string",
        ),
        (
            long.as_str(),
            "\"segment.name\" cannot be longer than 1000 bytes",
        ),
        ("[]", "the request body must be a JSON object"),
    ];
    for (body, text) in refusals {
        assert_error(&server.app("POST", "/v1/segments", body).await, 400, text);
    }
    let none = server.app("GET", "/v1/segments", "").await;
    assert_eq!(none.json(), json!({"segments": []}));
    for path in ["", "/used_by", "/customer_count", "/membership"] {
        let of = |segment: &str| format!("/v1/segments/{segment}{path}");
        assert_not_found(&server.app("GET", &of("1"), "").await);
        let answer = server.app("GET", &of("VIP"), "").await;
        assert_error(&answer, 400, "the segment id must be an integer");
        let answer = server.send("GET", &of("1"), &server.basic(), b"").await;
        assert_eq!(answer.status, 401);
        let body = json!({"errors": [{"detail": "unauthorized", "status": "401"}]});
        assert_eq!(answer.json(), body);
    }
    assert_not_found(&server.app("GET", "/v1/customers/1/segments", "").await);
    create(&server, "VIP").await;
    for (query, text) in [
        ("start=AAAA", "\"start\" is not a cursor of this list"),
        ("limit=0", "\"limit\" must be a positive integer"),
    ] {
        let path = format!("/v1/segments/1/membership?{query}");
        assert_error(&server.app("GET", &path, "").await, 400, text);
    }
}
