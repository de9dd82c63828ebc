//! Reading files, and what waits for one that does not come.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

fn list(rows: &Rows) -> String {
    Rows::join(rows.pieces().iter().map(String::as_str))
}

#[test]
fn a_file_is_what_its_server_says_or_else_what_its_name_says() {
    let files = "https://example.com/files";
    for (content_type, name, format) in [
        (Some("text/csv; charset=utf-8"), "/a.json", Format::Csv),
        (Some("application/json"), "/a.csv", Format::Json),
        (Some("text/plain"), "/a.CSV?token=a.json", Format::Csv),
        (Some("application/octet-stream"), "/a.csv.gz", Format::Csv),
        (None, "/a.csv", Format::Csv),
        (None, "/a.json", Format::Json),
        (None, "/a?file=a.csv", Format::Json),
        (None, "", Format::Json),
    ] {
        let url = format!("{files}{name}");
        assert_eq!(
            Format::of(content_type, &url),
            format,
            "{content_type:?} {url}"
        );
    }
}

#[test]
fn csv_is_read_as_texts_in_the_order_of_its_columns() {
    for (file, json) in [
        (
            "\u{feff}sku, price,\r\na,1.10,left out\r\n\r\nb,,\r\n",
            r#"[{"sku":"a","price":"1.10"},{"sku":"b","price":""}]"#,
        ),
        ("z\n\"x, \"\"y\"\"\nz\"", r#"[{"z":"x, \"y\"\nz"}]"#),
        ("a,b\n", "[]"),
    ] {
        let rows = read(Format::Csv, file.as_bytes()).unwrap();
        assert_eq!(list(&rows), json, "{file}");
    }
    let rows = read(Format::Csv, b"b,a\n1,2\n").unwrap();
    assert_eq!(rows.schema(), ["b", "a"]);
}

#[test]
fn csv_that_is_no_table_says_which_row_is_wrong() {
    let long = |bytes: usize| format!("a\n1\n{}\n", "x".repeat(bytes));
    let wide: Vec<String> = (0..1_001).map(|n| n.to_string()).collect();
    let wide = wide.join(",");
    for (file, text) in [
        ("", "the file is empty: it needs a header and rows"),
        (",\n1,2\n", "the header has no names"),
        ("a,a\n1,2\n", "the header has the column \"a\" twice"),
        ("a,b\n1,2\n3\n", "row 3: it has 1 cells, and the header 2"),
        (&long(10_240), "row 3 cannot be larger than 10240 bytes"),
        (
            &long(2 << 20),
            "row 3 is longer than 1048576 bytes: is a quote left open?",
        ),
        (
            &format!("{}\n1\n", "x".repeat(151)),
            "row 2 cannot have a name longer than 150 bytes",
        ),
        (
            &format!("{wide}\n{}\n", ",".repeat(1_000)),
            "the file cannot have more than 1000 different names",
        ),
    ] {
        assert_eq!(read(Format::Csv, file.as_bytes()).unwrap_err(), text);
    }
    let broken = read(Format::Csv, b"a,b\n1,\xff\n").unwrap_err();
    assert_eq!(broken, "row 2: the cell in \"b\" is not UTF-8");
    let broken = read(Format::Csv, b"\xff\n1\n").unwrap_err();
    assert_eq!(broken, "the header is not UTF-8: save the file as UTF-8");
    // As JSON it is larger than the file.
    let many = format!("{}\n{}", "n".repeat(150), "1\n".repeat(80_000));
    assert_eq!(
        read(Format::Csv, many.as_bytes()).unwrap_err(),
        "the file cannot be larger than 10485760 bytes"
    );
}

#[test]
fn json_is_read_as_rows_that_are_sent_are() {
    let rows = read(
        Format::Json,
        b"\xef\xbb\xbf [ {\"b\": 1.10}, {\"a\": null} ]\n",
    )
    .unwrap();
    assert_eq!(list(&rows), r#"[{"b":1.10},{"a":null}]"#);
    for (file, text) in [
        (
            b"{\"a\":1}".as_slice(),
            "the file must be a list of objects",
        ),
        (b"[{},1]", "the file [1] must be an object"),
        (b"[\"\xff\"]", "the file is not UTF-8: save it as UTF-8"),
    ] {
        assert_eq!(read(Format::Json, file).unwrap_err(), text);
    }
    let cut = read(Format::Json, b"[{").unwrap_err();
    assert!(cut.starts_with("the file is not valid JSON: "), "{cut}");
}

/// One that lets nobody wait for long.
fn impatient(turns: usize) -> RowFiles {
    RowFiles {
        fetcher: Fetcher::new(true, 1 << 20, Duration::from_secs(60)).unwrap(),
        turns: Arc::new(Semaphore::new(turns)),
        turn_max: Duration::from_millis(10),
        fetch_max: Duration::from_millis(300),
    }
}

async fn refusal(files: &RowFiles, url: &str) -> (u16, String) {
    use axum::response::IntoResponse as _;
    use http_body_util::BodyExt as _;

    let response = files.rows(url).await.unwrap_err().into_response();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_file_that_drips_is_given_up_and_its_turn_goes_on() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                let mut next: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[";
                while stream.write_all(next).await.is_ok() {
                    next = b" ";
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            });
        }
    });
    let files = impatient(1);
    for _ in 0..2 {
        let (status, body) = refusal(&files, &url).await;
        assert_eq!(status, 400);
        assert!(body.contains("did not come as a whole within"), "{body}");
    }
}

#[tokio::test]
async fn whoever_has_read_lets_the_next_one_read() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        for rows in ["[{}]", "[1]", "[{},{}]"] {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 4096]).await;
            let length = rows.len();
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{rows}");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let files = RowFiles {
        fetch_max: Duration::from_secs(60),
        ..impatient(1)
    };
    assert_eq!(files.rows(&url).await.unwrap().count(), 1);
    assert_eq!(refusal(&files, &url).await.0, 400);
    assert_eq!(files.rows(&url).await.unwrap().count(), 2);
}

#[tokio::test]
async fn too_many_files_at_a_time_are_refused_for_now() {
    let (status, body) = refusal(&impatient(0), "http://127.0.0.1:1").await;
    assert_eq!(status, 429);
    assert!(body.contains("try again later"), "{body}");
}
