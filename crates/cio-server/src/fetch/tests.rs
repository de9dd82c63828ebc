//! Against servers of this machine that answer what the test says.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// Answers every request with these bytes, and ends or stays silent then.
async fn server(answer: Vec<u8>, stays: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move {
                let mut head = [0; 4096];
                let _ = stream.read(&mut head).await;
                // Whoever has enough leaves.
                let _ = stream.write_all(&answer).await;
                if stays {
                    std::future::pending::<()>().await;
                }
            });
        }
    });
    format!("http://{address}")
}

fn ok(headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n{headers}\r\n");
    [head.as_bytes(), body].concat()
}

fn moved(to: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

fn packed(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn fetcher(allow_private: bool, bytes_max: u64) -> Fetcher {
    Fetcher::new(allow_private, bytes_max, Duration::from_millis(300)).unwrap()
}

async fn fetch(fetcher: &Fetcher, url: &str) -> Result<Vec<u8>, FetchError> {
    fetcher.get(url).await?.all().await
}

async fn refused(url: &str) -> FetchError {
    fetch(&fetcher(true, 1_000), url).await.unwrap_err()
}

#[tokio::test]
async fn what_is_there_comes_with_its_type() {
    let url = server(ok("Content-Type: Text/CSV\r\n", b"id\n1\n"), false).await;
    let mut fetched = fetcher(true, 5).get(&url).await.unwrap();
    assert_eq!(fetched.content_type.as_deref(), Some("text/csv"));
    assert_eq!(fetched.chunk().await.unwrap().unwrap(), "id\n1\n");
    assert_eq!(fetched.chunk().await.unwrap(), None);
}

#[tokio::test]
async fn what_is_packed_comes_unpacked() {
    let file = b"id,email\n1,ana@example.com\n".repeat(1_000);
    let body = packed(&file);
    let encoded = server(ok("Content-Encoding: gzip\r\n", &body), false).await;
    let named = server(ok("", &body), false).await + "/people.CSV.gz?token=1";
    for url in [encoded, named] {
        assert_eq!(fetch(&fetcher(true, 1 << 20), &url).await.unwrap(), file);
        let error = fetch(&fetcher(true, 1_000), &url).await.unwrap_err();
        assert_eq!(error.to_string(), "it is larger than 1000 bytes");
    }
    let broken = server(ok("Content-Encoding: gzip\r\n", b"id\n1\n"), false).await;
    assert_eq!(
        refused(&broken).await.to_string(),
        "it is not gzip, or broken"
    );
    let other = server(ok("Content-Encoding: br\r\n", b"x"), false).await;
    let error = refused(&other).await;
    assert!(
        error.to_string().contains("br") && !error.may_pass,
        "{error}"
    );
}

#[tokio::test]
async fn a_bomb_is_given_up_early() {
    let bomb = packed(&vec![b'a'; 200 << 20]);
    let url = server(ok("Content-Encoding: gzip\r\n", &bomb), false).await;
    let mut fetched = fetcher(true, 1 << 40).get(&url).await.unwrap();
    let mut given = 0;
    let error = loop {
        match fetched.chunk().await {
            Ok(Some(chunk)) => given += chunk.len(),
            Ok(None) => panic!("it was taken"),
            Err(error) => break error,
        }
    };
    assert!(error.to_string().contains("200 times"), "{error}");
    assert!(given < 32 << 20, "{given}");
}

#[tokio::test]
async fn a_body_beyond_the_bound_or_without_an_end_is_given_up() {
    let told = server(ok("", &[b'x'; 1_001]), false).await;
    let untold = [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'x'; 1 << 20]].concat();
    let untold = server(untold, true).await;
    for url in [told, untold] {
        let error = refused(&url).await;
        assert_eq!(error.to_string(), "it is larger than 1000 bytes");
        assert!(!error.may_pass);
    }
    let short = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nabc".to_vec();
    let cut = refused(&server(short.clone(), false).await).await;
    assert!(cut.may_pass, "{cut}");
    let silent = refused(&server(short, true).await).await;
    assert_eq!(silent.to_string(), "its server did not answer in time");
    assert!(silent.may_pass);
    let mute = refused(&server(Vec::new(), true).await).await;
    assert_eq!(mute.to_string(), "its server did not answer in time");
}

#[tokio::test]
async fn private_addresses_are_not_connected_to() {
    let url = server(ok("", b"secret"), false).await;
    let port = url.rsplit(':').next().unwrap();
    let strict = fetcher(false, 1_000);
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0x7f.1",
        "2130706433",
        "10.0.0.1",
        "169.254.169.254",
    ] {
        let error = fetch(&strict, &format!("http://{host}:{port}/"))
            .await
            .unwrap_err();
        assert!(
            error.to_string().contains("private address"),
            "{host}: {error}"
        );
        assert!(!error.may_pass, "{host}");
    }
    assert_eq!(fetch(&fetcher(true, 9), &url).await.unwrap(), b"secret");
}

#[tokio::test]
async fn redirects_are_followed_and_held_to_the_same() {
    let end = server(ok("", b"there"), false).await;
    let relative = server(moved(&format!("{end}/x")), false).await;
    assert_eq!(fetch(&fetcher(true, 9), &relative).await.unwrap(), b"there");
    for (to, text) in [
        ("file:///etc/passwd", "not https:// or http://"),
        ("http://", "redirected to nowhere"),
        ("/again", "more than 5 times"),
    ] {
        let error = refused(&server(moved(to), false).await).await;
        assert!(error.to_string().contains(text), "{to}: {error}");
        assert!(!error.may_pass);
    }
    // Nobody public is asked in a test: where a redirect leads is checked by itself.
    let inside = check_place(&"http://10.0.0.1/".parse().unwrap(), false);
    assert!(inside.unwrap_err().to_string().contains("private address"));
    let secure: Url = "https://example.com/a".parse().unwrap();
    let answer = http_answer("http://example.com/b");
    let error = redirected(&secure, &answer).unwrap_err();
    assert!(
        error.to_string().contains("from https:// to http://"),
        "{error}"
    );
}

fn http_answer(location: &str) -> Response {
    axum::http::Response::builder()
        .status(302)
        .header("location", location)
        .body("")
        .unwrap()
        .into()
}

#[tokio::test]
async fn what_is_not_there_is_told_without_its_url() {
    for (status, may_pass) in [(404, false), (403, false), (503, true), (429, true)] {
        let answer = format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n");
        let url = server(answer.into_bytes(), false).await + "/?token=hunter2";
        let error = refused(&url).await;
        assert_eq!(error.to_string(), format!("its server answered {status}"));
        assert_eq!(error.may_pass, may_pass, "{status}");
    }
    for url in [
        "http://127.0.0.1:1/?token=hunter2",
        "http://hunter2.invalid/",
    ] {
        let error = refused(url).await;
        assert!(error.to_string().contains("cannot be reached"), "{error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
        assert!(error.may_pass);
    }
    for url in ["", "no url", "ftp://example.com/", "file:///etc/passwd"] {
        assert!(!refused(url).await.may_pass, "{url}");
    }
}
