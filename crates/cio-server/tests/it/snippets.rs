//! Snippets.

use serde_json::json;

use crate::support::{Answer, TestServer};

/// A 422 that names the field.
fn assert_invalid(answer: &Answer, field: &str, text: &str) {
    answer.assert_app_error(422, text);
    let source = &answer.json()["errors"][0]["source"];
    let pointer = format!("/data/attributes/{field}");
    assert_eq!(source, &json!({ "pointer": pointer }));
}

#[tokio::test]
async fn snippets_are_created_changed_listed_and_deleted() {
    let server = TestServer::start().await;
    let body = json!({"name": " footer ", "value": " <p>Bye</p>\n"}).to_string();
    let created = server.app("POST", "/v1/snippets", &body).await;
    assert_eq!(created.status, 200, "{created:?}");
    let created = created.json()["snippet"].clone();
    let at = created["updated_at"].as_i64().unwrap();
    let expected = json!({"name": "footer", "value": "<p>Bye</p>", "updated_at": at});
    assert_eq!(created, expected);
    assert!(at > 1_700_000_000 && at < 100_000_000_000, "seconds: {at}");

    let put = async |name: &str, value: &str| {
        let body = json!({"name": name, "value": value}).to_string();
        let answer = server.app("PUT", "/v1/snippets", body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["snippet"]["value"].clone()
    };
    assert_eq!(put("footer", "Hello").await, "Hello");
    assert_eq!(put("a/b ü", "").await, "");
    let list = server.app("GET", "/v1/snippets", "").await.json();
    let names = |list: &serde_json::Value| -> Vec<String> {
        let all = list["snippets"].as_array().unwrap().iter();
        all.map(|it| it["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&list), ["a/b ü", "footer"]);
    assert_eq!(list["snippets"][1]["value"], "Hello");

    let path = "/v1/snippets/a%2Fb%20%C3%BC";
    let deleted = server.app("DELETE", path, "").await;
    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    let again = server.app("DELETE", path, "").await;
    again.assert_app_error(404, "not found");
    let list = server.app("GET", "/v1/snippets", "").await.json();
    assert_eq!(names(&list), ["footer"]);
}

#[tokio::test]
async fn a_snippet_that_cannot_be_taken_is_refused_and_names_its_field() {
    let server = TestServer::start().await;
    let long = "x".repeat(16_001);
    let refusals = [
        (json!({"value": "v"}), "name", "\"name\" is required"),
        (
            json!({"name": "n", "value": "{% if a %}"}),
            "value",
            "\"value\" is not Liquid, line 1: `{% if %}` is never closed: add `{% endif %}`",
        ),
        (json!({"name": "n"}), "value", "\"value\" is required"),
        (
            json!({"name": "n", "value": null}),
            "value",
            "\"value\" is required",
        ),
        (
            json!({"name": [], "value": "v"}),
            "name",
            "\"name\" must be a string",
        ),
        (
            json!({"name": " ", "value": "v"}),
            "name",
            "\"name\" must be a line of 1 to 150 bytes",
        ),
        (
            json!({"name": "n", "value": long}),
            "value",
            "\"value\" cannot be longer than 16000 characters",
        ),
    ];
    for (body, field, text) in refusals {
        let body = body.to_string();
        let answer = server.app("POST", "/v1/snippets", &body).await;
        assert_invalid(&answer, field, text);
        let answer = server.app("PUT", "/v1/snippets", &body).await;
        answer.assert_app_error(400, text);
        assert_eq!(answer.json()["errors"][0].get("source"), None);
    }
    for method in ["POST", "PUT"] {
        let answer = server.app(method, "/v1/snippets", "[]").await;
        answer.assert_app_error(400, "the request body must be a JSON object");
    }
    let none = server.app("GET", "/v1/snippets", "").await;
    assert_eq!(none.json(), json!({"snippets": []}));

    let longest = json!({"name": "n", "value": "ü".repeat(16_000)}).to_string();
    let taken = server.app("POST", "/v1/snippets", &longest).await;
    assert_eq!(taken.status, 200, "{}", taken.status);
    let again = json!({"name": "n", "value": "v"}).to_string();
    let again = server.app("POST", "/v1/snippets", again).await;
    let text = "there is a snippet of this name already: update it, or choose another name";
    assert_invalid(&again, "name", text);
    let list = server.app("GET", "/v1/snippets", "").await.json();
    assert_eq!(list["snippets"][0]["value"], "ü".repeat(16_000));
}
