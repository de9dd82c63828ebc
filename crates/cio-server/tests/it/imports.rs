//! Imports: files that the server fetches, and what becomes of their rows.

use std::io::Write;

use cio_server::{Fetching, Settings, Storage};
use serde_json::{Value, json};

use crate::exports;
use crate::support::{TestServer, serve_file};

/// A server that may fetch from this machine.
pub(crate) async fn fetching() -> TestServer {
    fetching_at_most(1 << 20, Storage::Memory).await
}

pub(crate) async fn fetching_at_most(bytes_max: u64, storage: Storage) -> TestServer {
    TestServer::start_settings(Settings {
        storage,
        fetch: Fetching {
            allow_private: true,
            bytes_max,
        },
        ..Settings::default()
    })
    .await
}

/// Serves a file, and gives its URL.
async fn file(headers: &str, content: impl Into<Vec<u8>>) -> String {
    let server = serve_file(headers, content).await;
    format!("{server}/people.csv?token=hunter2")
}

async fn create(server: &TestServer, import: Value) -> Value {
    let body = json!({"import": import}).to_string();
    let answer = server.app("POST", "/v1/imports", body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(!answer.body.contains("hunter2"), "{answer:?}");
    answer.json()["import"].clone()
}

async fn found(server: &TestServer, id: &Value) -> Value {
    let answer = server.app("GET", &format!("/v1/imports/{id}"), "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["import"].clone()
}

/// Waits until an import has ended.
async fn ended(server: &TestServer, import: Value) -> Value {
    let created = create(server, import).await;
    for _ in 0..1_000 {
        let import = found(server, &created["id"]).await;
        if import["state"] == "imported" || import["state"] == "failed" {
            return import;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the import did not end");
}

fn people(url: &str) -> Value {
    json!({"type": "people", "name": "June", "data_file_url": url, "identifier": "id"})
}

/// Why an import failed.
async fn failure(server: &TestServer, import: Value) -> String {
    let import = ended(server, import).await;
    assert_eq!(import["state"], "failed", "{import}");
    import["error"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn people_are_imported_and_what_cannot_be_is_in_a_file() {
    let server = fetching().await;
    server
        .track("POST", "/api/v1/customers/9/suppress", "")
        .await
        .assert_taken();
    let content = b"id,email,plan,note\r\n\
        1,ana@example.com,free,\"two\nlines, and \"\"quotes\"\"\"\r\n\
        2,,=1+1,\r\n\
        ,nobody@example.com,free,\r\n\
        3,too,few\r\n\
        4,,\xff,\r\n\
        9,,,\r\n\
        5,eva@example.com,,\r\n";
    let url = file("", content.to_vec()).await;
    let created = create(&server, people(&url)).await;
    let at = created["created_at"].as_i64().unwrap();
    let expected = json!({
        "id": 1, "name": "June", "description": "", "type": "people", "identifier": "id",
        "data_to_process": "all", "people_to_process": "all", "state": "preprocessing",
        "rows_to_import": 0, "rows_imported": 0, "created_at": at, "updated_at": at,
    });
    assert_eq!(created, expected);
    let import = loop {
        let import = found(&server, &created["id"]).await;
        if import["state"] == "imported" {
            break import;
        }
        assert_ne!(import["state"], "failed", "{import}");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    };
    assert_eq!(
        (&import["rows_to_import"], &import["rows_imported"]),
        (&json!(7), &json!(3))
    );
    let ana = server.profile("1", "id").await.unwrap();
    assert_eq!(ana["attributes"]["note"], "two\nlines, and \"quotes\"");
    assert_eq!(ana["identifiers"]["email"], "ana@example.com");
    let ben = server.profile("2", "id").await.unwrap();
    assert_eq!(ben["attributes"]["plan"], "=1+1");
    for nobody in ["3", "4", "9"] {
        assert!(server.profile(nobody, "id").await.is_none(), "{nobody}");
    }
    let export = &import["error_export_id"];
    let url = format!("{}/v1/exports/{export}/download", server.server.url());
    assert_eq!(import["error_download_url"], url);
    let errors = exports::file(&server, export).await.body;
    let expected = "row,reason\r\n4,id cannot be blank\r\n\
        5,\"it has 3 cells, and the header 4\"\r\n\
        6,\"the cell in \"\"plan\"\" is not UTF-8\"\r\n\
        7,the person is suppressed\r\n";
    assert_eq!(errors, expected);
}

#[tokio::test]
async fn events_objects_and_relationships_are_imported() {
    let server = fetching().await;
    let url = file(
        "",
        "id,name,timestamp,price\n1,bought,1700000000,9\n1,left,,\n",
    )
    .await;
    let events = json!({"type": "event", "name": "e", "data_file_url": url, "identifier": "id"});
    assert_eq!(ended(&server, events).await["rows_imported"], 2);
    assert_eq!(server.activity_names("1").await, ["left", "bought"]);
    let url = file("", "object_id,size\nacme,9\n").await;
    let objects = json!({
        "type": "object", "name": "o", "data_file_url": url, "object_type_id": "1",
    });
    let import = ended(&server, objects).await;
    assert_eq!(import["object_type_id"], "1");
    assert_eq!(import["rows_imported"], 1, "{import}");
    let url = file("", "id,object_id,role\n1,acme,boss\n").await;
    let related = json!({
        "type": "relationship", "name": "r", "data_file_url": url, "identifier": "id",
        "object_type_id": 1,
    });
    assert_eq!(ended(&server, related).await["rows_imported"], 1);
    let path = "/v1/objects/1/acme/attributes";
    let object = server.app("GET", path, "").await.json();
    assert_eq!(object["object"]["attributes"]["size"], "9");
    let path = "/v1/customers/1/relationships";
    let related = server.app("GET", path, "").await.json();
    let related = &related["cio_relationships"][0];
    assert_eq!(related["identifiers"]["object_id"], "acme");
    assert_eq!(related["attributes"]["role"], "boss");
}

#[tokio::test]
async fn only_new_and_only_existing_people_are_taken_if_asked_for() {
    let server = fetching().await;
    server
        .track("PUT", "/api/v1/customers/1", "{}")
        .await
        .assert_taken();
    let url = file("", "id,n\n1,x\n2,x\n").await;
    for (which, expected) in [("only_existing", [true, false]), ("only_new", [true, true])] {
        let mut import = people(&url);
        import["data_to_process"] = which.into();
        let import = ended(&server, import).await;
        assert_eq!(import["rows_imported"], 1, "{import}");
        assert_eq!(import["data_to_process"], which);
        assert_eq!(import.get("error_export_id"), None, "nothing is wrong");
        for (id, is_there) in ["1", "2"].into_iter().zip(expected) {
            assert_eq!(
                server.profile(id, "id").await.is_some(),
                is_there,
                "{which} {id}"
            );
        }
    }
}

#[tokio::test]
async fn a_file_that_is_packed_is_unpacked_and_a_bomb_is_not() {
    let packed = |content: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    };
    let server = fetching().await;
    let url = file("Content-Encoding: gzip\r\n", packed(b"id,n\n1,x\n")).await;
    assert_eq!(ended(&server, people(&url)).await["rows_imported"], 1);
    let bomb = packed(&[b"id\n".as_slice(), &vec![b'1'; 8 << 20]].concat());
    assert!(bomb.len() < 1 << 20, "it is small");
    let url = file("Content-Encoding: gzip\r\n", bomb).await;
    let text = failure(&server, people(&url)).await;
    assert_eq!(
        text,
        "the file cannot be fetched: it is larger than 1048576 bytes"
    );
    let url = file("", vec![b'1'; (1 << 20) + 1]).await;
    let text = failure(&server, people(&url)).await;
    assert_eq!(
        text,
        "the file cannot be fetched: it is larger than 1048576 bytes"
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_imported_says_why() {
    let server = fetching_at_most(8 << 20, Storage::Memory).await;
    let endless_row = [b"id\n\"".to_vec(), vec![b'x'; 2 << 20]].concat();
    for (content, text) in [
        (
            b"".to_vec(),
            "the file is empty: it needs a header and rows",
        ),
        (b"id,plan\n".to_vec(), "the file has a header and no rows"),
        (
            b"email\na@b.c\n".to_vec(),
            "the header has no column \"id\"",
        ),
        (
            b"id,a,a\n1,2,3\n".to_vec(),
            "the header has the column \"a\" twice",
        ),
        (
            b"id,\xff\n1,2\n".to_vec(),
            "the header is not UTF-8: save the file as UTF-8",
        ),
        (
            endless_row,
            "row 2 is longer than 1048576 bytes: is a quote left open?",
        ),
    ] {
        let url = file("", content).await;
        assert_eq!(failure(&server, people(&url)).await, text);
    }
    let page = file("Content-Type: text/html\r\n", "<html>Sign in</html>").await;
    let text = failure(&server, people(&page)).await;
    assert!(text.contains("web page"), "{text}");
    let nobody = ended_or_waiting(&server, people("http://127.0.0.1:1/?token=hunter2")).await;
    assert!(
        nobody.contains("cannot be reached") && !nobody.contains("hunter2"),
        "{nobody}"
    );
}

/// What an import says while it waits for another attempt.
async fn ended_or_waiting(server: &TestServer, import: Value) -> String {
    let created = create(server, import).await;
    for _ in 0..1_000 {
        let import = found(server, &created["id"]).await;
        if let Some(error) = import["error"].as_str() {
            return error.to_owned();
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("it says nothing");
}

#[tokio::test]
async fn private_addresses_are_fetched_from_only_if_the_settings_say_so() {
    let server = TestServer::start().await;
    let url = file("", "id\n1\n").await;
    let port = url.split(['/', ':']).nth(4).unwrap().to_owned();
    for host in ["127.0.0.1", "localhost", "[::1]", "169.254.169.254"] {
        let url = format!("http://{host}:{port}/people.csv");
        let text = failure(&server, people(&url)).await;
        assert!(text.contains("private address"), "{host}: {text}");
    }
    assert!(server.profile("1", "id").await.is_none());
}

#[tokio::test]
async fn an_import_that_cannot_be_taken_is_refused() {
    let server = fetching().await;
    let url = "https://example.com/people.csv";
    let with = |changes: Value| {
        let mut import = people(url);
        for (name, value) in changes.as_object().unwrap() {
            import[name] = value.clone();
        }
        json!({"import": import})
    };
    for (body, text) in [
        (json!({}), "\"import\" is required: an object"),
        (json!({"import": []}), "\"import\" is required: an object"),
        (with(json!({"type": null})), "\"type\" is required"),
        (
            with(json!({"type": "pets"})),
            "\"type\" must be one of people, event, relationship, object",
        ),
        (with(json!({"name": " "})), "\"name\" is required"),
        (
            with(json!({"data_file_url": null})),
            "\"data_file_url\" is required",
        ),
        (
            with(json!({"data_file_url": "file:///etc/passwd"})),
            "\"data_file_url\": only https:// and http:// are fetched",
        ),
        (
            with(json!({"data_file_url": "people.csv"})),
            "\"data_file_url\": it is not a URL: use https://…",
        ),
        (
            with(json!({"identifier": null})),
            "\"identifier\" is required",
        ),
        (
            with(json!({"identifier": "cio_id"})),
            "\"identifier\" must be one of id, email",
        ),
        (
            with(json!({"type": "object"})),
            "\"object_type_id\" is required",
        ),
        (
            with(json!({"type": "object", "object_type_id": "companies"})),
            "object_type_id must be the number of a type of objects: 1 or more",
        ),
        (
            with(json!({"type": "event", "data_to_process": "only_new"})),
            "\"data_to_process\" cannot be only_new for events",
        ),
        (
            with(json!({"people_to_process": "some"})),
            "\"people_to_process\" must be one of all, only_new, only_existing",
        ),
        (
            with(json!({"name": "x".repeat(4_097)})),
            "\"name\" cannot be longer than 4096 bytes",
        ),
    ] {
        let answer = server.app("POST", "/v1/imports", body.to_string()).await;
        answer.assert_app_refused(400, text);
    }
    for method in [("POST", "/v1/imports"), ("GET", "/v1/imports/1")] {
        assert_eq!(server.send(method.0, method.1, "", b"{}").await.status, 401);
    }
    let none = server.app("GET", "/v1/imports/1", "").await;
    none.assert_app_refused(404, "not found");
    let word = server.app("GET", "/v1/imports/x", "").await;
    word.assert_app_refused(400, "the import id must be an integer");
}

/// On disk, with a stop in between: what was asked for is done by the next server.
#[tokio::test]
async fn what_was_asked_for_is_done_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let storage = Storage::Directory(directory.path().to_owned());
    let rows: String = (0..20_000).map(|n| format!("p{n},{n}\n")).collect();
    let url = file("", format!("id,n\n{rows}")).await;
    let first = fetching_at_most(8 << 20, storage.clone()).await;
    let id = create(&first, people(&url)).await["id"].clone();
    let credentials = first.credentials.clone();
    // Somewhere in the middle, if it is quick.
    while found(&first, &id).await["rows_imported"] == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    first.server.shutdown().await.unwrap();
    let second = TestServer::start_settings(Settings {
        storage,
        credentials: cio_server::FirstCredentials {
            site_id: Some(credentials.site_id),
            track_api_key: Some(credentials.track_api_key),
            app_api_key: Some(credentials.app_api_key),
            pipelines_write_key: Some(credentials.pipelines_write_key),
        },
        fetch: Fetching {
            allow_private: true,
            ..Fetching::default()
        },
        ..Settings::default()
    })
    .await;
    let import = loop {
        let import = found(&second, &id).await;
        if import["state"] == "imported" {
            break import;
        }
        assert_ne!(import["state"], "failed", "{import}");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    };
    assert_eq!(import["rows_imported"], 20_000);
    let workspaces = second.app("GET", "/v1/workspaces", "").await.json();
    assert_eq!(workspaces["workspaces"][0]["people"], 20_000);
    second.server.shutdown().await.unwrap();
}
