//! AWS's own test vectors, from `aws-c-auth` (Apache-2.0), `tests/aws-signing-test-suite/v4`.

use std::path::Path;

use reqwest::{Method, Url};
use serde_json::Value;

use super::*;
use crate::secrets::aws::credentials::time;

/// A request as it is in the suite: a line, headers, an empty line, a body.
fn request(text: &str) -> Request {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let mut words = lines.next().unwrap().split(' ');
    let method = Method::from_bytes(words.next().unwrap().as_bytes()).unwrap();
    let path = words.next().unwrap();
    let mut request = Request::new(
        method,
        Url::parse(&format!("https://example.amazonaws.com{path}")).unwrap(),
    );
    for line in lines {
        let (name, value) = line.split_once(':').unwrap();
        // It follows from the URL and from the body.
        if !["host", "content-length"].contains(&name.to_lowercase().as_str()) {
            let name = HeaderName::try_from(name).unwrap();
            request
                .headers_mut()
                .append(name, value.trim().parse().unwrap());
        }
    }
    if !body.is_empty() {
        *request.body_mut() = Some(body.to_owned().into());
    }
    request
}

#[test]
fn requests_are_signed_as_aws_signs_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/aws-sigv4");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            continue;
        }
        let read = |name: &str| std::fs::read_to_string(path.join(name)).unwrap();
        let context: Value = serde_json::from_str(&read("context.json")).unwrap();
        let text = |name: &str| context[name].as_str().unwrap();
        let secret = |name: &str| context["credentials"][name].as_str();
        let credentials = AwsCredentials {
            access_key_id: secret("access_key_id").unwrap().to_owned(),
            secret_access_key: secret("secret_access_key").unwrap().into(),
            session_token: secret("token").map(Into::into),
            ends_at: None,
        };
        let mut request = request(&read("request.txt"));
        let scope = Scope {
            region: text("region"),
            service: text("service"),
            time: time(text("timestamp")).unwrap(),
        };
        add_signature(&mut request, &credentials, &scope).unwrap();
        let signature = request.headers()["authorization"]
            .to_str()
            .unwrap()
            .to_owned();
        let expected = read("header-signature.txt");
        assert!(
            signature.ends_with(&format!("Signature={}", expected.trim())),
            "{}: {signature}",
            path.display()
        );
        count += 1;
    }
    assert_eq!(count, 6);
}
