//! `POST /api/v1/forms/{form_id}/submit`.

use serde_json::json;

use crate::support::TestServer;

#[tokio::test]
async fn a_submission_identifies_and_is_answered_204() {
    let server = TestServer::start().await;
    let bodies = [
        r#"{"data":{"email":" ana@example.com ","first_name":"Ana","id":"",
            "form_id":7,"form_name":"News","form_type":"t","form_url":"u","form_url_param":"p",
            "_update":"true","cio_id":"1"}}"#,
        r#"{"data":{"id":42,"plan":"pro","empty":"","anonymous_id":"v"}}"#,
        r#"{"data":{"id":"42","plan":"free"},"extra":1}"#,
    ];
    for body in bodies {
        let answer = server
            .track("POST", "/api/v1/forms/any%20id/submit", body)
            .await;
        assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{body}");
        assert!(!answer.head.contains("content-type"), "{answer:?}");
    }
    let ana = server.profile("ana@example.com", "email").await.unwrap();
    let own = ["cio_id", "email", "first_name"];
    let names: Vec<&String> = ana["attributes"].as_object().unwrap().keys().collect();
    assert_eq!(names, own);
    let two = server.profile("42", "id").await.unwrap();
    let expected = json!({
        "id": "42", "plan": "free", "anonymous_id": "v",
        "cio_id": two["identifiers"]["cio_id"],
    });
    assert_eq!(two["attributes"], expected);
}

#[tokio::test]
async fn a_submission_that_cannot_be_taken_is_refused() {
    let server = TestServer::start().await;
    let path = "/api/v1/forms/f/submit";
    let refusals = [
        ("{}", "data is required"),
        ("null", "data is required"),
        (r#"{"data":null}"#, "data is required"),
        (r#"{"data":["a"]}"#, "data must be an object"),
        (r#"{"data":{}}"#, "data must hold an id or an email"),
        (
            r#"{"data":{"plan":"pro"}}"#,
            "data must hold an id or an email",
        ),
        (
            r#"{"data":{"email":"","id":" "}}"#,
            "data must hold an id or an email",
        ),
        (
            r#"{"data":{"email":"a@b.c","id":"1"}}"#,
            "data must hold only one of id and email",
        ),
        (
            r#"{"data":{"id":"1","age":31}}"#,
            "value for 'age' must be a string",
        ),
        (
            r#"{"data":{"id":"1","plan":null}}"#,
            "value for 'plan' must be a string",
        ),
        (r#"{"data":{"id":true}}"#, "value for 'id' must be a string"),
        (
            r#"{"data":{"email":7}}"#,
            "value for 'email' must be a string",
        ),
        ("[]", "the request body must be a JSON object"),
    ];
    for (body, text) in refusals {
        server.track("POST", path, body).await.assert_refused(text);
    }
    let many: serde_json::Map<_, _> = (0..301)
        .map(|n| (format!("a{n}"), json!("x")))
        .chain([("id".to_owned(), json!("1"))])
        .collect();
    let limits = [
        (
            json!({"id": "x".repeat(151)}),
            "id attribute cannot be longer than 150 bytes",
        ),
        (
            json!({"id": "1", "a": "x".repeat(1_001)}),
            "value for attribute 'a' cannot be longer than 1000 bytes",
        ),
        (
            json!({"id": "1", "x".repeat(151): "x"}),
            "attribute name cannot be longer than 150 bytes",
        ),
        (
            json!({"id": "1", "anonymous_id": "x".repeat(151)}),
            "anonymous_id cannot be longer than 150 bytes",
        ),
        (
            json!(many),
            "cannot identify more than 300 attributes in one request",
        ),
    ];
    for (data, text) in limits {
        let body = json!({ "data": data }).to_string();
        server
            .track("POST", path, body)
            .await
            .assert_refused_alone(text);
    }
    assert_eq!(server.profile("1", "id").await, None);
    let named = r#"{"data":{"id":"1"}}"#;
    let long = format!("/api/v1/forms/{}/submit", "x".repeat(151));
    let answer = server.track("POST", &long, named).await;
    answer.assert_refused_alone("the form id cannot be longer than 150 bytes");
    let blank = server
        .track("POST", "/api/v1/forms/%20/submit", named)
        .await;
    blank.assert_refused("the form id cannot be empty");
    let answer = server.send("POST", path, "", named.as_bytes()).await;
    assert_eq!(
        (answer.status, answer.json()),
        (401, json!({"meta": {"error": "Unauthorized request"}}))
    );
}

#[tokio::test]
async fn a_form_is_registered_by_a_submission_that_names_nobody_and_by_no_other_refusal() {
    let server = TestServer::start().await;
    let submissions = [
        ("named", r#"{"data":{"id":"1","form_name":"Named"}}"#, true),
        ("nameless", r#"{"data":{"plan":"pro"}}"#, true),
        ("left-empty", r#"{"data":{"id":"","email":" "}}"#, true),
        ("two", r#"{"data":{"id":"1","email":"a@x.io"}}"#, false),
        ("not-strings", r#"{"data":{"id":"1","age":3}}"#, false),
        ("without-data", "{}", false),
    ];
    for (form, body, _) in submissions {
        let path = format!("/api/v1/forms/{form}/submit");
        let expected = if form == "named" { 204 } else { 400 };
        let answer = server.track("POST", &path, body).await;
        assert_eq!(answer.status, expected, "{form}");
    }
    let listed = server.admin("GET", "/workspaces/1/forms", "").await.json();
    let forms = listed["forms"].as_array().unwrap().iter();
    let found: Vec<&str> = forms.map(|form| form["id"].as_str().unwrap()).collect();
    let registered = submissions.iter().filter(|(_, _, registered)| *registered);
    let mut expected: Vec<&str> = registered.map(|(form, _, _)| *form).collect();
    expected.sort_unstable();
    assert_eq!(found, expected);
}
