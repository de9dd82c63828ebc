//! A running server, and a client that sends exactly the bytes it is told to.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use cio_server::{Credentials, FirstCredentials, Server, Settings, Storage};
use cio_store::Store;
use cio_store_embedded::EmbeddedStore;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The success of Track: exactly these three bytes.
    pub(crate) fn assert_taken(&self) {
        assert_eq!((self.status, self.body.as_str()), (200, "{}\n"), "{self:?}");
    }

    /// A 400 of Track that lists errors.
    pub(crate) fn assert_refused(&self, text: &str) {
        let body = json!({ "meta": { "errors": [text] } });
        assert_eq!((self.status, self.json()), (400, body), "{self:?}");
    }

    /// A 400 of Track with its one error.
    pub(crate) fn assert_refused_alone(&self, text: &str) {
        let body = json!({ "meta": { "error": text } });
        assert_eq!((self.status, self.json()), (400, body), "{self:?}");
    }

    /// The App API's error: a status and a text, and perhaps a reference behind it.
    pub(crate) fn assert_app_error(&self, status: u16, text: &str) {
        let error = &self.json()["errors"][0];
        let said = (self.status, error["status"].as_str());
        assert_eq!(
            said,
            (status, Some(status.to_string().as_str())),
            "{self:?}"
        );
        let detail = error["detail"].as_str().unwrap();
        let detail = detail.split(" (reference ").next().unwrap();
        assert_eq!(detail, text, "{self:?}");
    }

    /// An error of the App API: one, with a reference behind what is wrong.
    pub(crate) fn assert_app_refused(&self, status: u16, text: &str) {
        assert_eq!(self.status, status, "{self:?}");
        let reference = self.reference();
        let detail = format!("{text} (reference {reference})");
        let body = json!({ "errors": [{ "detail": detail, "status": status.to_string() }] });
        assert_eq!(self.json(), body);
    }

    /// The reference of an error of the App API.
    pub(crate) fn reference(&self) -> String {
        let body = self.json();
        let detail = body["errors"][0]["detail"].as_str().unwrap_or_default();
        let reference = detail.rsplit_once(" (reference ").map(|it| it.1);
        let reference = reference.and_then(|it| it.strip_suffix(')'));
        let reference = reference.unwrap_or_else(|| panic!("no reference: {self:?}"));
        assert_eq!(reference.len(), 26, "{reference}");
        reference.to_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Answers every request with these bytes, and gives the root of its URLs.
pub(crate) async fn serve(answer: impl Into<Vec<u8>>) -> String {
    let answer = answer.into();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).await;
            // Whoever has enough leaves.
            let _ = stream.write_all(&answer).await;
        }
    });
    format!("http://{address}")
}

/// Serves a file below every path, with these headers.
pub(crate) async fn serve_file(headers: &str, content: impl Into<Vec<u8>>) -> String {
    let content = content.into();
    let length = content.len();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n{headers}\r\n");
    serve([head.as_bytes(), &content].concat()).await
}

/// The secret of a store that [`TestServer::start_with_secret`] makes.
const SECRET: [u8; 32] = [7; 32];

/// A token as such a server makes it: a claim under its signature for one purpose.
pub(crate) fn signed(purpose: &str, claim: &[u8]) -> String {
    signed_under(SECRET, purpose, claim)
}

/// The same under another secret.
pub(crate) fn signed_under(secret: [u8; 32], purpose: &str, claim: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
    mac.update(purpose.as_bytes());
    mac.update(b"\0");
    mac.update(claim);
    let signature = mac.finalize().into_bytes();
    URL_SAFE_NO_PAD.encode([claim, &signature[..16]].concat())
}

/// A server in memory with credentials of its own.
pub(crate) struct TestServer {
    pub(crate) server: Server,
    pub(crate) credentials: Credentials,
    pub(crate) address: String,
}

impl TestServer {
    pub(crate) async fn start() -> TestServer {
        TestServer::start_with(Storage::Memory, FirstCredentials::default()).await
    }

    pub(crate) async fn start_with(storage: Storage, credentials: FirstCredentials) -> TestServer {
        TestServer::start_settings(Settings {
            storage,
            credentials,
            ..Settings::default()
        })
        .await
    }

    /// A server whose signatures [`signed`] makes, too.
    pub(crate) async fn start_with_secret(directory: &Path) -> TestServer {
        let store = EmbeddedStore::open(&directory.join("store")).unwrap();
        assert_eq!(store.pepper(SECRET).await.unwrap(), SECRET);
        store.close().await.unwrap();
        drop(store);
        let storage = Storage::Directory(directory.to_owned());
        TestServer::start_with(storage, FirstCredentials::default()).await
    }

    /// With any settings, on a free port.
    pub(crate) async fn start_settings(settings: Settings) -> TestServer {
        let server = Server::start(Settings {
            listen: ([127, 0, 0, 1], 0).into(),
            region: cio_wire::Region::Eu,
            ..settings
        })
        .await
        .unwrap();
        let credentials = server.credentials().unwrap().clone();
        let address = server.url().trim_start_matches("http://").to_owned();
        TestServer {
            server,
            credentials,
            address,
        }
    }

    pub(crate) fn basic(&self) -> String {
        let Credentials {
            site_id,
            track_api_key,
            ..
        } = &self.credentials;
        format!(
            "Basic {}",
            STANDARD.encode(format!("{site_id}:{track_api_key}"))
        )
    }

    pub(crate) fn bearer(&self) -> String {
        format!("Bearer {}", self.credentials.app_api_key)
    }

    pub(crate) fn write_key(&self) -> String {
        let key = format!("{}:", self.credentials.pipelines_write_key);
        format!("Basic {}", STANDARD.encode(key))
    }

    /// A Track call with the right credentials.
    pub(crate) async fn track(&self, method: &str, path: &str, body: impl AsRef<[u8]>) -> Answer {
        self.send(method, path, &self.basic(), body.as_ref()).await
    }

    /// An App API call with the right key.
    pub(crate) async fn app(&self, method: &str, path: &str, body: impl AsRef<[u8]>) -> Answer {
        self.send(method, path, &self.bearer(), body.as_ref()).await
    }

    /// A Pipelines call with the right write key, in strict mode or not.
    pub(crate) async fn pipelines(
        &self,
        call: &str,
        is_strict: bool,
        body: impl AsRef<[u8]>,
    ) -> Answer {
        let authorization = self.write_key();
        let mut headers = vec![("Authorization", authorization.as_str())];
        if is_strict {
            headers.push(("X-Strict-Mode", "1"));
        }
        let path = format!("/v1/{call}");
        self.send_with("POST", &path, &headers, body.as_ref()).await
    }

    /// A call of an operator: method, path below `/admin/v1`, body.
    pub(crate) async fn admin(&self, method: &str, path: &str, body: impl AsRef<[u8]>) -> Answer {
        let token = format!("Bearer {}", self.server.admin_token().unwrap());
        let path = format!("/admin/v1{path}");
        self.send(method, &path, &token, body.as_ref()).await
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        authorization: &str,
        body: &[u8],
    ) -> Answer {
        let mut headers = vec![("Host", self.address.as_str())];
        if !authorization.is_empty() {
            headers.push(("Authorization", authorization));
        }
        if !body.is_empty() {
            headers.push(("Content-Type", "application/json"));
        }
        self.send_headers(method, path, &headers, body).await
    }

    /// A request with these headers, and those a request cannot do without.
    pub(crate) async fn send_with(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let headers = [&[("Host", self.address.as_str())], headers].concat();
        self.send_headers(method, path, &headers, body).await
    }

    /// A request with exactly these headers, and the length of a body.
    pub(crate) async fn send_headers(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        if !body.is_empty() {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        head += "\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        // A picture is no text.
        let text = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer {
            status,
            head: head.to_lowercase(),
            body: body.to_owned(),
        }
    }

    /// The id of a message to somebody, which is held and never sent.
    pub(crate) async fn message_to(&self, id: &str) -> String {
        let email = json!({
            "to": "ana@example.com",
            "from": "shop@example.com",
            "subject": "Hello",
            "body": "<p>Hello</p>",
            "identifiers": { "id": id },
            "queue_draft": true,
        });
        let answer = self.app("POST", "/v1/send/email", email.to_string()).await;
        answer.json()["delivery_id"].as_str().unwrap().to_owned()
    }

    /// Activities the App API lists under this path, newest first.
    pub(crate) async fn activities(&self, path: &str) -> Vec<Value> {
        let answer = self.app("GET", path, "").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["activities"].as_array().unwrap().clone()
    }

    /// A profile as the App API shows it, or `None`.
    pub(crate) async fn profile(&self, segment: &str, id_type: &str) -> Option<Value> {
        let path = format!("/v1/customers/{segment}/attributes?id_type={id_type}");
        let answer = self.app("GET", &path, "").await;
        match answer.status {
            200 => Some(answer.json()["customer"].clone()),
            404 => None,
            _ => panic!("{answer:?}"),
        }
    }

    /// Names of a person's events and views, newest first.
    pub(crate) async fn activity_names(&self, segment: &str) -> Vec<String> {
        let path = format!("/v1/customers/{segment}/activities?limit=100");
        let answer = self.app("GET", &path, "").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["activities"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|it| it["name"].as_str().or(it["url"].as_str()))
            .map(str::to_owned)
            .collect()
    }
}
