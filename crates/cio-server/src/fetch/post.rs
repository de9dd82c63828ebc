//! Telling something to who a caller names by a URL, within the same bounds.

use std::error::Error as _;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::HeaderMap;
use reqwest::{Client, Response, StatusCode, Url};

use super::{FetchError, PrivateAddress, build, check_place, client, network, parse};

/// How long a connection is kept that nothing is told through: less than common servers keep
/// theirs, so that few are used that are closed already.
const IDLE_MAX: Duration = Duration::from_secs(2);
/// Most of an answer that is read so that its connection can be used again. What it says
/// beyond its status is nobody's.
const ANSWER_BYTES_MAX: usize = 64 << 10;

/// Why something could not be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub(crate) struct PostError {
    text: String,
    /// It took too long; otherwise there was nobody to answer.
    pub(crate) is_late: bool,
}

impl PostError {
    fn never(text: impl Into<String>) -> PostError {
        PostError {
            text: text.into(),
            is_late: false,
        }
    }

    fn private() -> PostError {
        PostError::never(
            "it is at a private address, which is called only where the server's settings say \
             so: allow_private in [webhooks]",
        )
    }

    /// What the network said, without the URL.
    fn of(error: &reqwest::Error) -> PostError {
        let mut source = error.source();
        while let Some(cause) = source {
            if cause.is::<PrivateAddress>() {
                return PostError::private();
            }
            source = cause.source();
        }
        PostError {
            text: network(error).text,
            is_late: error.is_timeout(),
        }
    }
}

/// Tells, within its limits. Connections are kept for the next time.
#[derive(Clone)]
pub(crate) struct Poster {
    client: Client,
    allow_private: bool,
}

impl Poster {
    /// One that waits so long for an answer, connection and all.
    pub(crate) fn new(allow_private: bool, patience: Duration) -> Result<Poster, FetchError> {
        let client = client(allow_private)?
            .timeout(patience)
            .pool_idle_timeout(IDLE_MAX)
            .pool_max_idle_per_host(1);
        Ok(Poster {
            client: build(client)?,
            allow_private,
        })
    }

    /// Whether something can be told there at all. A name may still lead to an address that
    /// is not connected to; that of this machine always does.
    pub(crate) fn check(&self, url: &str) -> Result<(), PostError> {
        let url = self.parse(url)?;
        let host = url.host_str().unwrap_or_default().trim_end_matches('.');
        let is_here = host == "localhost" || host.ends_with(".localhost");
        match is_here && !self.allow_private {
            true => Err(PostError::private()),
            false => Ok(()),
        }
    }

    /// Posts a body, and says with which status it was answered. A user and a password in the
    /// URL are sent as the `Authorization` they mean.
    pub(crate) async fn post(
        &self,
        url: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<StatusCode, PostError> {
        let url = self.parse(url)?;
        let answer = match self.send(&url, &headers, &body).await {
            // A kept connection that was closed from the other side in the same moment. Its
            // end says nothing of whoever is behind it.
            Err(error) if !error.is_connect() && !error.is_timeout() => {
                self.send(&url, &headers, &body).await
            }
            answer => answer,
        };
        let answer = answer.map_err(|error| PostError::of(&error))?;
        let status = answer.status();
        read_to_its_end(answer).await;
        Ok(status)
    }

    fn parse(&self, url: &str) -> Result<Url, PostError> {
        let url = parse(url).map_err(|error| PostError::never(error.text))?;
        check_place(&url, self.allow_private).map_err(|_| PostError::private())?;
        Ok(url)
    }

    async fn send(
        &self,
        url: &Url,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<Response, reqwest::Error> {
        let request = self.client.post(url.clone()).headers(headers.clone());
        request.body(body.clone()).send().await
    }
}

/// Leaves the connection free for the next one, where that costs little.
async fn read_to_its_end(mut answer: Response) {
    let mut read = 0;
    while let Ok(Some(chunk)) = answer.chunk().await {
        read += chunk.len();
        if read > ANSWER_BYTES_MAX {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    const PATIENCE: Duration = Duration::from_millis(500);

    fn poster(allow_private: bool) -> Poster {
        Poster::new(allow_private, PATIENCE).unwrap()
    }

    async fn listener() -> (TcpListener, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        (listener, format!("http://{address}/hook"))
    }

    /// The head of a request whose body is `{}`.
    async fn request(stream: &mut TcpStream) -> String {
        let mut request = Vec::new();
        while !request.ends_with(b"{}") {
            let mut bytes = [0; 1024];
            let read = stream.read(&mut bytes).await.unwrap();
            assert!(read > 0, "it ended early");
            request.extend_from_slice(&bytes[..read]);
        }
        String::from_utf8(request).unwrap()
    }

    async fn answer(stream: &mut TcpStream, status: u16) {
        let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\nok");
        stream.write_all(answer.as_bytes()).await.unwrap();
    }

    async fn post(poster: &Poster, url: &str) -> Result<StatusCode, PostError> {
        poster
            .post(url, HeaderMap::new(), Bytes::from_static(b"{}"))
            .await
    }

    #[tokio::test]
    async fn one_connection_is_kept_and_a_password_is_sent_as_what_it_means() {
        let (listener, url) = listener().await;
        let url = url.replace("http://", "http://ana:hunter2@");
        let told = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut heads = Vec::new();
            for status in [200, 404, 302] {
                heads.push(request(&mut stream).await);
                answer(&mut stream, status).await;
            }
            heads
        });
        let poster = poster(true);
        for status in [200, 404, 302] {
            assert_eq!(post(&poster, &url).await.unwrap().as_u16(), status);
        }
        for head in told.await.unwrap() {
            assert!(head.starts_with("POST /hook HTTP/1.1\r\n"), "{head}");
            assert!(head.contains("authorization: Basic YW5hOmh1bnRlcjI=\r\n"));
        }
    }

    #[tokio::test]
    async fn a_connection_closed_meanwhile_is_made_anew() {
        let (listener, url) = listener().await;
        let told = tokio::spawn(async move {
            let (mut first, _) = listener.accept().await.unwrap();
            request(&mut first).await;
            answer(&mut first, 200).await;
            // The second request is taken and not answered.
            request(&mut first).await;
            drop(first);
            let (mut second, _) = listener.accept().await.unwrap();
            request(&mut second).await;
            answer(&mut second, 204).await;
        });
        let poster = poster(true);
        assert_eq!(post(&poster, &url).await.unwrap(), 200);
        assert_eq!(post(&poster, &url).await.unwrap(), 204);
        told.await.unwrap();
    }

    #[tokio::test]
    async fn who_is_silent_is_late_and_who_is_not_there_is_not() {
        let (listener, url) = listener().await;
        let late = post(&poster(true), &url).await.unwrap_err();
        assert!(late.is_late);
        assert_eq!(late.to_string(), "its server did not answer in time");
        drop(listener);
        let gone = post(&poster(true), &url).await.unwrap_err();
        assert!(!gone.is_late);
        assert!(gone.to_string().contains("cannot be reached"), "{gone}");
        assert!(!gone.to_string().contains("hook"), "{gone}");
    }

    #[tokio::test]
    async fn private_addresses_are_not_told_anything() {
        let (listener, url) = listener().await;
        let port = listener.local_addr().unwrap().port();
        for url in [url, format!("http://localhost:{port}/")] {
            let strict = poster(false);
            let error = post(&strict, &url).await.unwrap_err();
            assert!(error.to_string().contains("private address"), "{error}");
            assert!(!error.is_late);
            assert!(strict.check(&url).is_err(), "{url}");
            assert!(poster(true).check(&url).is_ok(), "{url}");
        }
        for url in ["https://example.com/x", "http://1.1.1.1/"] {
            assert!(poster(false).check(url).is_ok(), "{url}");
        }
        for url in ["http://", "https://[::1/", "ftp://x/"] {
            assert!(poster(true).check(url).is_err(), "{url}");
        }
    }
}
