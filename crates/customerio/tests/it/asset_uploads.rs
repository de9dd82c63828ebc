//! A file is uploaded as a form, byte by byte as it is.

use cio_testkit::{Reply, Request, TestServer};
use customerio::app::UploadAsset;
use customerio::{Error, ErrorKind};

use crate::support::app;

const ASSET: &str = r#"{"asset":{"id":3,"name":"logo.png","path":"https://h/logo.png","size":5}}"#;

async fn request_of(upload: UploadAsset) -> Request {
    let server = TestServer::start().await;
    server.reply(Reply::json(200, ASSET));
    let asset = app(&server).assets().create(&upload).await.unwrap();
    assert_eq!((asset.id, asset.size), (3, 5));
    server.only_request()
}

#[tokio::test]
async fn the_form_holds_the_file_its_name_and_its_folder() {
    let content: &[u8] = b"\x89P\r\n\xff";
    let upload = UploadAsset::new("logo.PNG", content).name("Logo").folder(7);
    let request = request_of(upload).await;
    assert_eq!(request.line(), "POST /v1/assets/files");
    assert_eq!(
        request.header("content-type"),
        Some("multipart/form-data; boundary=customerio-form-0-")
    );
    let mut form = b"--customerio-form-0-\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"logo.PNG\"\r\n\
        Content-Type: image/png\r\n\r\n"
        .to_vec();
    form.extend_from_slice(content);
    form.extend_from_slice(
        b"\r\n--customerio-form-0-\r\n\
        Content-Disposition: form-data; name=\"name\"\r\n\r\nLogo\r\n\
        --customerio-form-0-\r\n\
        Content-Disposition: form-data; name=\"parent_folder_id\"\r\n\r\n7\r\n\
        --customerio-form-0---\r\n",
    );
    assert_eq!(request.body, form);
}

#[tokio::test]
async fn the_boundary_does_not_occur_in_the_file() {
    let request = request_of(UploadAsset::new("a.pdf", "--customerio-form-0-\r\n")).await;
    assert_eq!(
        request.header("content-type"),
        Some("multipart/form-data; boundary=customerio-form-1-")
    );
    assert!(request.text().starts_with("--customerio-form-1-\r\n"));
}

#[tokio::test]
async fn the_kind_follows_from_the_name_or_is_given() {
    for (name, kind) in [
        ("a.bmp", "image/bmp"),
        ("a.jpg", "image/jpeg"),
        ("a.JPEG", "image/jpeg"),
        ("a.b.gif", "image/gif"),
        ("a.pdf", "application/pdf"),
    ] {
        let request = request_of(UploadAsset::new(name, "12345")).await;
        let line = format!("\r\nContent-Type: {kind}\r\n");
        assert!(request.text().contains(&line), "{name}");
    }
    let upload = UploadAsset::new("logo", "12345").content_type("image/png");
    let request = request_of(upload).await;
    assert!(request.text().contains("\r\nContent-Type: image/png\r\n"));
}

#[tokio::test]
async fn what_the_service_would_not_take_is_not_sent() {
    let server = TestServer::start().await;
    for upload in [
        UploadAsset::new("", "12345"),
        UploadAsset::new("a.png", ""),
        UploadAsset::new("a.svg", "12345"),
        UploadAsset::new("png", "12345"),
        UploadAsset::new("a.png", "12345").content_type("png"),
        UploadAsset::new("a.png", "12345").content_type("image/png\r\nX-A: b"),
    ] {
        let error: Error = app(&server).assets().create(&upload).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
    assert!(server.requests().is_empty());
}

#[test]
fn debug_shows_no_content() {
    let upload = UploadAsset::new("secret.png", "s3cret").name("secret");
    assert_eq!(format!("{upload:?}"), "UploadAsset { bytes: 6, .. }");
}
