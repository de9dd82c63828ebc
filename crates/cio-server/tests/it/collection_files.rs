//! Collections from a `url`: files of this machine that the server fetches.

use std::io::Write;

use cio_server::Storage;
use serde_json::{Value, json};

use crate::imports::{fetching, fetching_at_most};
use crate::support::{TestServer, serve, serve_file};

/// Makes a collection, or changes the first one, from a URL.
async fn from_url(server: &TestServer, method: &str, url: &str) -> crate::support::Answer {
    let path = match method {
        "POST" => "/v1/collections",
        _ => "/v1/collections/1",
    };
    let body = json!({"name": "events", "url": url}).to_string();
    let answer = server.app(method, path, body).await;
    assert!(!answer.body.contains("hunter2"), "{answer:?}");
    answer
}

async fn rows(server: &TestServer) -> String {
    let content = "/v1/collections/1/content";
    server.app("GET", content, "").await.body
}

#[tokio::test]
async fn a_collection_is_made_and_replaced_from_a_file() {
    let server = fetching().await;
    let csv = "\u{feff}sku,price\r\na,1.10\r\nb,\r\n";
    let csv = serve_file("Content-Type: text/csv; charset=utf-8\r\n", csv).await;
    let answer = from_url(&server, "POST", &format!("{csv}/rows?token=hunter2")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let made = answer.json()["collection"].clone();
    let expected = r#"[{"sku":"a","price":"1.10"},{"sku":"b","price":""}]"#;
    assert_eq!(rows(&server).await, expected);
    let at = made["created_at"].as_i64().unwrap();
    let expected = json!({
        "id": 1, "name": "events", "rows": 2, "bytes": expected.len(),
        "schema": ["sku", "price"], "created_at": at, "updated_at": at,
    });
    assert_eq!(made, expected);

    // Numbers stay as they are written.
    let file = " [ {\"a\": 1.10, \"b\": [true]},\n {} ] ";
    let with_type = serve_file("Content-Type: application/json\r\n", file).await;
    let answer = from_url(&server, "PUT", &format!("{with_type}/rows.csv")).await;
    assert_eq!(answer.json()["collection"]["schema"], json!(["a", "b"]));
    assert_eq!(rows(&server).await, r#"[{"a":1.10,"b":[true]},{}]"#);

    // Without a name it keeps its own.
    let body = json!({"url": format!("{csv}/rows")}).to_string();
    let answer = server.app("PUT", "/v1/collections/1", body).await;
    assert_eq!(answer.json()["collection"]["name"], "events");
    assert_eq!(answer.json()["collection"]["rows"], 2);
}

#[tokio::test]
async fn without_a_type_a_file_is_what_its_url_ends_with() {
    let server = fetching().await;
    let body = json!({"name": "events", "data": []}).to_string();
    server.app("POST", "/v1/collections", body).await;
    let csv = serve_file("", "a\n1\n").await;
    let list = serve_file("", "[{\"a\":2}]").await;
    for (url, expected) in [
        (format!("{csv}/rows.csv?v=1"), r#"[{"a":"1"}]"#),
        (format!("{list}/rows.json"), r#"[{"a":2}]"#),
        (format!("{csv}/ROWS.CSV"), r#"[{"a":"1"}]"#),
        (list, r#"[{"a":2}]"#),
    ] {
        let answer = from_url(&server, "PUT", &url).await;
        assert_eq!(answer.status, 200, "{url}: {answer:?}");
        assert_eq!(rows(&server).await, expected, "{url}");
    }
    let answer = from_url(&server, "PUT", &csv).await;
    assert_eq!(answer.status, 400, "{answer:?}");
    assert!(answer.body.contains("is not valid JSON"), "{answer:?}");
}

#[tokio::test]
async fn redirects_and_packed_files_are_followed_and_unpacked() {
    let server = fetching().await;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(b"a\n1\n").unwrap();
    let headers = "Content-Type: text/csv\r\nContent-Encoding: gzip\r\n";
    let file = serve_file(headers, packed.finish().unwrap()).await;
    let moved = format!("HTTP/1.1 302 Found\r\nLocation: {file}\r\nContent-Length: 0\r\n\r\n");
    let moved = serve(moved).await;
    let answer = from_url(&server, "POST", &moved).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(rows(&server).await, r#"[{"a":"1"}]"#);
}

#[tokio::test]
async fn the_largest_file_is_taken_and_a_larger_one_refused() {
    let server = fetching_at_most(1 << 30, Storage::Memory).await;
    let row = format!("{{\"a\":\"{}\"}}", "x".repeat(10_240 - 8));
    let largest = format!("[{}]", vec![row.as_str(); 1_023].join(","));
    let spaces = " ".repeat((10 << 20) - largest.len());
    let file = serve_file("", format!("{spaces}{largest}")).await;
    let answer = from_url(&server, "POST", &file).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(rows(&server).await == largest, "it reads back");
    let file = serve_file("", format!("{spaces} []")).await;
    let answer = from_url(&server, "PUT", &file).await;
    assert_eq!(answer.status, 200, "white space is no row: {answer:?}");
    let file = serve_file("", format!("{spaces} {largest}")).await;
    let answer = from_url(&server, "PUT", &file).await;
    let text = "\"url\": the file cannot be fetched: it is larger than 10485760 bytes";
    answer.assert_app_refused(400, text);
    assert_eq!(rows(&server).await, "[]");
}

#[tokio::test]
async fn a_file_that_cannot_be_taken_says_why_and_changes_nothing() {
    let server = fetching().await;
    let body = json!({"name": "first", "data": [{"a": 1}]}).to_string();
    server.app("POST", "/v1/collections", body).await;
    let before = server.app("GET", "/v1/collections", "").await.body;
    let csv = "Content-Type: text/csv\r\n";
    let gone = serve("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").await;
    let long = "x".repeat(10_240);
    for (url, text) in [
        (gone, "the file cannot be fetched: its server answered 404"),
        (
            serve_file("Content-Type: text/html\r\n", "<html>").await,
            "the file cannot be fetched: its server sent a web page; is the link public?",
        ),
        (
            serve_file("Content-Encoding: br\r\n", "[]").await,
            "the file cannot be fetched: its Content-Encoding is br: serve it as it is, or packed \
             with gzip",
        ),
        (
            serve("HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n").await,
            "the file cannot be fetched: it is redirected to something that is not https:// or \
             http://",
        ),
        (
            serve_file("", r#"{"a":1}"#).await,
            "the file must be a list of objects",
        ),
        (
            serve_file("", "[{},1]").await,
            "the file [1] must be an object",
        ),
        (
            serve_file("", json!([{"a": long}]).to_string()).await,
            "the file [0] cannot be larger than 10240 bytes",
        ),
        (
            serve_file("", b"[\"\xff\"]").await,
            "the file is not UTF-8: save it as UTF-8",
        ),
        (
            serve_file(csv, "").await,
            "the file is empty: it needs a header and rows",
        ),
        (
            serve_file(csv, "a,b\n1,2\n3\n").await,
            "row 3: it has 1 cells, and the header 2",
        ),
        (
            serve_file(csv, "a,a\n1,2\n").await,
            "the header has the column \"a\" twice",
        ),
        (
            serve_file(csv, format!("a\n1\n{long}\n")).await,
            "row 3 cannot be larger than 10240 bytes",
        ),
        ("rows.csv".to_owned(), "it is not a URL: use https://…"),
        (String::new(), "it is not a URL: use https://…"),
        (
            "file:///etc/passwd".to_owned(),
            "only https:// and http:// are fetched",
        ),
    ] {
        for method in ["POST", "PUT"] {
            let answer = from_url(&server, method, &url).await;
            answer.assert_app_refused(400, &format!("\"url\": {text}"));
        }
    }
    let answer = from_url(&server, "POST", "http://127.0.0.1:1/?token=hunter2").await;
    let text = answer.json()["errors"][0]["detail"].clone();
    let is_said = |text: &Value| text.as_str().unwrap().contains("cannot be reached");
    assert!(answer.status == 400 && is_said(&text), "{text}");
    let after = server.app("GET", "/v1/collections", "").await.body;
    assert_eq!(after, before);
    assert_eq!(rows(&server).await, r#"[{"a":1}]"#);
}

#[tokio::test]
async fn where_rows_are_is_said_once_and_with_all_that_is_needed() {
    let server = fetching().await;
    let file = serve_file("", "[]").await;
    let both = json!({"name": "n", "data": [], "url": file});
    let twice = "\"data\" and \"url\" cannot be used together: send one of them";
    let list = json!({"name": "n", "url": [file]});
    let nameless = json!({"url": file});
    for (body, text) in [
        (both, twice),
        (list, "\"url\" must be a string"),
        (nameless, "\"name\" is required"),
    ] {
        let answer = server
            .app("POST", "/v1/collections", body.to_string())
            .await;
        answer.assert_app_refused(400, text);
    }
    // What is `null` is not there.
    let body = json!({"name": "n", "data": null, "url": file}).to_string();
    let answer = server.app("POST", "/v1/collections", body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let body = json!({"name": "n", "url": file}).to_string();
    let answer = server.app("POST", "/v1/collections", &body).await;
    let taken = "there is a collection of this name already: update it, or choose another name";
    answer.assert_app_refused(400, taken);
    // For what is not there nobody is asked.
    let nobody = json!({"url": "http://127.0.0.1:1/"}).to_string();
    let answer = server.app("PUT", "/v1/collections/7", nobody).await;
    answer.assert_app_refused(404, "not found");
}

#[tokio::test]
async fn rows_are_fetched_from_private_addresses_only_if_the_settings_say_so() {
    let server = TestServer::start().await;
    let file = serve_file("", "[]").await;
    let port = file.rsplit(':').next().unwrap();
    for host in ["127.0.0.1", "localhost", "[::1]", "169.254.169.254"] {
        let answer = from_url(&server, "POST", &format!("http://{host}:{port}/")).await;
        answer.assert_app_refused(
            400,
            "\"url\": the file cannot be fetched: it is at a private address, which is fetched \
             only where the server's settings allow it",
        );
    }
    let list = server.app("GET", "/v1/collections", "").await;
    assert_eq!(list.json(), json!({"collections": []}));
}
