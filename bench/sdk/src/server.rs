//! The least that answers as the Track API does, over http and over https.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use serde_json::json;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::Failure;

/// Serves until it is killed. Writes to `authority_file` what clients have to trust.
pub(crate) async fn serve(authority_file: &Path) -> Result<(), Failure> {
    let plain = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let secure = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let tls = TlsAcceptor::from(tls_config(authority_file)?);
    crate::say(&json!({
        "http": format!("http://{}", plain.local_addr()?),
        "https": format!("https://{}", secure.local_addr()?),
    }))?;
    loop {
        tokio::select! {
            accepted = plain.accept() => {
                let (stream, _) = accepted?;
                tokio::spawn(answer_all(undelayed(stream)?));
            }
            accepted = secure.accept() => {
                let (stream, _) = accepted?;
                let handshake = tls.accept(undelayed(stream)?);
                tokio::spawn(async move {
                    if let Ok(stream) = handshake.await {
                        answer_all(stream).await;
                    }
                });
            }
        }
    }
}

fn undelayed(stream: TcpStream) -> Result<TcpStream, Failure> {
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// A client that goes away is no failure here: it has reported what it saw.
async fn answer_all(stream: impl AsyncRead + AsyncWrite + Unpin) {
    let connection = http1::Builder::new();
    let connection = connection.serve_connection(TokioIo::new(stream), service_fn(answer));
    drop(connection.await);
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let mut body = request.into_body();
    while let Some(Ok(_)) = body.frame().await {}
    let mut response = Response::new(Full::new(Bytes::from_static(b"{}\n")));
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    Ok(response)
}

/// An authority for this run, and a certificate for this machine signed by it.
fn tls_config(authority_file: &Path) -> Result<Arc<ServerConfig>, Failure> {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority_key = KeyPair::generate()?;
    std::fs::write(authority_file, authority.self_signed(&authority_key)?.pem())?;

    let mut leaf = CertificateParams::new(["127.0.0.1".to_owned(), "localhost".to_owned()])?;
    leaf.is_ca = IsCa::ExplicitNoCa;
    leaf.use_authority_key_identifier_extension = true;
    let leaf_key = KeyPair::generate()?;
    let leaf = leaf.signed_by(&leaf_key, &Issuer::new(authority, &authority_key))?;

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let private = PrivateKeyDer::try_from(leaf_key.serialize_der())?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], private)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
