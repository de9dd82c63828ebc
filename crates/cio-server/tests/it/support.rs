//! A running server, and a client that sends exactly the bytes it is told to.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cio_server::{Credentials, FirstCredentials, Server, Settings, Storage};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A server in memory with credentials of its own.
pub(crate) struct TestServer {
    pub(crate) server: Server,
    pub(crate) credentials: Credentials,
    address: String,
}

impl TestServer {
    pub(crate) async fn start() -> TestServer {
        let server = Server::start(Settings {
            listen: ([127, 0, 0, 1], 0).into(),
            storage: Storage::Memory,
            tls: false,
            smtp_url: None,
            credentials: FirstCredentials::default(),
            region: cio_wire::Region::Eu,
            ..Settings::default()
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

    /// A Track call with the right credentials.
    pub(crate) async fn track(&self, method: &str, path: &str, body: impl AsRef<[u8]>) -> Answer {
        self.send(method, path, &self.basic(), body.as_ref()).await
    }

    /// An App API call with the right key.
    pub(crate) async fn app(&self, method: &str, path: &str, body: impl AsRef<[u8]>) -> Answer {
        self.send(method, path, &self.bearer(), body.as_ref()).await
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        authorization: &str,
        body: &[u8],
    ) -> Answer {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
            self.address
        );
        if !authorization.is_empty() {
            head += &format!("Authorization: {authorization}\r\n");
        }
        if !body.is_empty() {
            head += &format!(
                "Content-Type: application/json\r\nContent-Length: {}\r\n",
                body.len()
            );
        }
        head += "\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let text = String::from_utf8(answer).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer {
            status,
            head: head.to_lowercase(),
            body: body.to_owned(),
        }
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
