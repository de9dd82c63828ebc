//! Clients that mean harm, or break: nothing changes, nothing hangs, and the next one is
//! served.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::TestServer;

async fn still_serves(server: &TestServer) {
    let answer = server.track("PUT", "/api/v1/customers/next", "{}").await;
    answer.assert_taken();
}

async fn nobody_is_there(server: &TestServer, person: &str) {
    let path = format!("/v1/customers/{person}/attributes");
    assert_eq!(server.app("GET", &path, "").await.status, 404);
}

#[tokio::test]
async fn bytes_that_are_no_text_are_refused() {
    let server = TestServer::start().await;
    for body in [&b"{\"a\":\"\xff\"}"[..], b"\xff\xfe{}", b"{\"\xc3\":1}"] {
        let answer = server.track("PUT", "/api/v1/customers/p", body).await;
        assert_eq!(answer.status, 400, "{answer:?}");
        assert!(answer.body.contains("not valid JSON"), "{answer:?}");
    }
    let answer = server.track("PUT", "/api/v1/customers/%FF", "{}").await;
    answer.assert_refused_alone("the path is not valid UTF-8");
    nobody_is_there(&server, "p").await;
}

/// What is stored has to be read back, by readers that give up at 128.
#[tokio::test]
async fn what_is_nested_too_deeply_is_refused_wherever_it_is() {
    let server = TestServer::start().await;
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let text = "the request body cannot be nested more than 100 deep";
    for depth in [99, 10_000] {
        let value = deep(depth);
        let event = format!(r#"{{"name":"e","data":{{"d":{value}}}}}"#);
        let entity = format!(
            r#"{{"type":"person","action":"event","identifiers":{{"id":"p"}},"name":"e","attributes":{{"d":{value}}}}}"#
        );
        let batch = format!(r#"{{"batch":[{entity}]}}"#);
        let identify = format!(r#"{{"a":{{"d":{value}}}}}"#);
        let message = format!(r#"{{"userId":"p","event":"e","properties":{{"d":{value}}}}}"#);
        let messages = format!(
            r#"{{"batch":[{{"type":"track","userId":"p","event":"e","properties":{{"d":{value}}}}}]}}"#
        );
        let email = format!(
            r#"{{"to":"a@b.c","from":"a@b.c","subject":"s","body":"b","identifiers":{{"id":"p"}},"message_data":{{"d":{value}}}}}"#
        );
        for answer in [
            server
                .track("POST", "/api/v1/customers/p/events", event)
                .await,
            server.track("PUT", "/api/v1/customers/p", identify).await,
            server.track("POST", "/api/v2/entity", entity).await,
            server.track("POST", "/api/v2/batch", batch).await,
            server.pipelines("track", true, message).await,
            server.pipelines("batch", true, messages).await,
            server.app("POST", "/v1/send/email", email).await,
        ] {
            assert!(matches!(answer.status, 400 | 207), "{answer:?}");
            assert!(answer.body.contains(text), "{answer:?}");
        }
    }
    nobody_is_there(&server, "p").await;

    let event = format!(r#"{{"name":"e","data":{{"d":{}}}}}"#, deep(98));
    let path = "/api/v1/customers/p/events";
    server.track("POST", path, event).await.assert_taken();
    let read = server.app("GET", "/v1/customers/p/activities", "").await;
    assert!(read.body.contains(&deep(98)), "{read:?}");
}

#[tokio::test]
async fn a_repeated_name_and_a_huge_number_are_what_was_sent_last() {
    let server = TestServer::start().await;
    let body = r#"{"a":1,"b":1e400,"c":123456789012345678901234567890,"a":2}"#;
    let answer = server.track("PUT", "/api/v1/customers/p", body).await;
    answer.assert_taken();
    let answer = server.app("GET", "/v1/customers/p/attributes", "").await;
    let attributes = &answer.json()["customer"]["attributes"];
    assert_eq!(attributes["a"], "2");
    assert_eq!(attributes["b"], "1e400");
    assert_eq!(attributes["c"], "123456789012345678901234567890");
}

#[tokio::test]
async fn a_client_that_goes_in_the_middle_of_a_body_changes_nothing() {
    let server = TestServer::start().await;
    let head = |length: usize| {
        format!(
            "PUT /api/v1/customers/p HTTP/1.1\r\nHost: h\r\nAuthorization: {}\r\n\
             Content-Length: {length}\r\n\r\n",
            server.basic()
        )
    };
    for (length, sent) in [(100, "{\"a\":1}"), (100, ""), (1 << 40, "{")] {
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        let request = head(length) + sent;
        stream.write_all(request.as_bytes()).await.unwrap();
        drop(stream);
    }
    // One that only ends its side is told.
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    let request = head(100) + "{\"a\":1}";
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    still_serves(&server).await;
    nobody_is_there(&server, "p").await;
}

/// How long each may take is bounded too; here nobody waits for that.
#[tokio::test]
async fn clients_that_stall_keep_nobody_waiting() {
    let server = TestServer::start().await;
    let mut stalled = Vec::new();
    for part in [
        "",
        "GET / HT",
        "PUT /api/v1/customers/p HTTP/1.1\r\nHost: h\r\nX: ",
    ] {
        for _ in 0..100 {
            let mut stream = TcpStream::connect(&server.address).await.unwrap();
            stream.write_all(part.as_bytes()).await.unwrap();
            stalled.push(stream);
        }
    }
    still_serves(&server).await;
}

#[tokio::test]
async fn what_is_not_http_is_refused() {
    let server = TestServer::start().await;
    for sent in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"PUT /api/v1/customers/p HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n{}",
        b"PUT /api/v1/customers/p HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"PUT /a b HTTP/1.1\r\nHost: h\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(&server.address).await.unwrap();
        stream.write_all(sent).await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 400"),
            "{answer}"
        );
    }
    let long = format!("/api/v1/customers/{}", "x".repeat(1 << 20));
    let mut stream = TcpStream::connect(&server.address).await.unwrap();
    let _ = stream
        .write_all(format!("PUT {long} HTTP/1.1\r\nHost: h\r\n\r\n").as_bytes())
        .await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer);
    assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
    still_serves(&server).await;
}
