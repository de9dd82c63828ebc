//! A server that speaks HTTP/2 alone, with or without TLS, and records what it is asked.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

/// What it was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) version: Version,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: hyper::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// What it does.
pub(crate) enum Reply {
    Answer(u16, String),
    AnswerAfter(u16, String, &'static str),
    /// The connection ends.
    Close,
    /// No answer, and no end either.
    Stall,
}

#[derive(Default)]
struct Script {
    replies: VecDeque<Reply>,
    asked: Vec<Asked>,
    connections: usize,
}

pub(crate) struct Http2Server {
    address: SocketAddr,
    scheme: &'static str,
    /// In PEM, of a server with TLS.
    pub(crate) certificate: Option<String>,
    script: Arc<Mutex<Script>>,
    accepting: JoinHandle<()>,
}

impl Drop for Http2Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Http2Server {
    pub(crate) async fn start() -> Http2Server {
        Http2Server::start_on(None, None).await
    }

    pub(crate) async fn start_tls() -> Http2Server {
        let certified = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(
            certified.signing_key.serialize_der(),
        ));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certified.cert.der().clone()], key)
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Http2Server::start_on(Some(acceptor), Some(certified.cert.pem())).await
    }

    async fn start_on(tls: Option<TlsAcceptor>, certificate: Option<String>) -> Http2Server {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let script = Arc::new(Mutex::new(Script::default()));
        let accepting = tokio::spawn(accept(listener, tls, Arc::clone(&script)));
        Http2Server {
            address,
            scheme,
            certificate,
            script,
            accepting,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    pub(crate) fn reply(&self, reply: Reply) {
        self.script.lock().unwrap().replies.push_back(reply);
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.script.lock().unwrap().asked.clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.script.lock().unwrap().connections
    }
}

async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, script: Arc<Mutex<Script>>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        script.lock().unwrap().connections += 1;
        let script = Arc::clone(&script);
        let tls = tls.clone();
        connections.spawn(async move {
            match tls {
                None => serve(stream, script).await,
                Some(acceptor) => {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        serve(stream, script).await;
                    }
                }
            }
        });
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    script: Arc<Mutex<Script>>,
) {
    let closing = Arc::new(tokio::sync::Notify::new());
    let service = service_fn(|request: Request<Incoming>| {
        let script = Arc::clone(&script);
        let closing = Arc::clone(&closing);
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.unwrap().to_bytes().to_vec();
            let reply = {
                let mut script = script.lock().unwrap();
                script.asked.push(Asked {
                    version: head.version,
                    method: head.method.to_string(),
                    path: head.uri.path().to_owned(),
                    headers: head.headers,
                    body,
                });
                script.replies.pop_front().expect("a reply is scripted")
            };
            let (status, text, wait) = match reply {
                Reply::Answer(status, text) => (status, text, None),
                Reply::AnswerAfter(status, text, wait) => (status, text, Some(wait)),
                Reply::Close => {
                    closing.notify_one();
                    std::future::pending().await
                }
                Reply::Stall => std::future::pending().await,
            };
            let mut response = Response::builder().status(status);
            if let Some(wait) = wait {
                response = response.header("retry-after", wait);
            }
            Ok::<_, Infallible>(response.body(Full::new(Bytes::from(text))).unwrap())
        }
    });
    let connection = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        _ = connection => {}
        () = closing.notified() => {}
    }
}
