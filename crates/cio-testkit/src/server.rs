//! The server: one task per connection, all ended with the server.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use crate::reply::{Action, Ending};
use crate::{Reply, Request, tls};

/// The status of an answer to a request that no reply was scripted for.
const UNEXPECTED: u16 = 599;

/// A scripted HTTP/1.1 server on a free port of 127.0.0.1. Dropping it ends it.
pub struct TestServer {
    address: SocketAddr,
    scheme: &'static str,
    certificate: Option<Vec<u8>>,
    script: Arc<Mutex<Script>>,
    accepting: JoinHandle<()>,
}

type Handler = Box<dyn FnMut(&Request) -> Reply + Send>;

#[derive(Default)]
struct Script {
    replies: VecDeque<Reply>,
    handler: Option<Handler>,
    requests: Vec<Request>,
    connections: usize,
    silences: usize,
}

impl TestServer {
    /// Starts a server without TLS.
    ///
    /// # Panics
    ///
    /// If the loopback has no free port.
    pub async fn start() -> TestServer {
        TestServer::start_on(None, None).await
    }

    /// Starts a server with TLS and a self-signed certificate for these host names.
    ///
    /// # Panics
    ///
    /// If the loopback has no free port, or a name is not a host name.
    pub async fn start_tls(names: &[&str]) -> TestServer {
        let (acceptor, certificate) = tls::acceptor(names, None);
        TestServer::start_on(Some(acceptor), Some(certificate.to_vec())).await
    }

    /// The same with a certificate that ended on the first day of `year`.
    ///
    /// # Panics
    ///
    /// As [`TestServer::start_tls`].
    pub async fn start_tls_ended(names: &[&str], year: i32) -> TestServer {
        let (acceptor, certificate) = tls::acceptor(names, Some(year));
        TestServer::start_on(Some(acceptor), Some(certificate.to_vec())).await
    }

    async fn start_on(tls: Option<TlsAcceptor>, certificate: Option<Vec<u8>>) -> TestServer {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("the loopback has a free port");
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        let scheme = if tls.is_some() { "https" } else { "http" };
        let script = Arc::new(Mutex::new(Script::default()));
        let accepting = tokio::spawn(accept(listener, tls, Arc::clone(&script)));
        TestServer {
            address,
            scheme,
            certificate,
            script,
            accepting,
        }
    }

    /// `http://127.0.0.1:<port>`, without a trailing slash.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate in DER, of a server with TLS.
    pub fn certificate(&self) -> Option<&[u8]> {
        self.certificate.as_deref()
    }

    /// Scripts the reply to the next request that has none yet.
    pub fn reply(&self, reply: Reply) {
        self.script().replies.push_back(reply);
    }

    /// Scripts several replies, in order.
    pub fn replies(&self, replies: impl IntoIterator<Item = Reply>) {
        self.script().replies.extend(replies);
    }

    /// Decides by request, once the scripted replies are used up.
    pub fn answer_with(&self, handler: impl FnMut(&Request) -> Reply + Send + 'static) {
        self.script().handler = Some(Box::new(handler));
    }

    /// Everything asked so far.
    pub fn requests(&self) -> Vec<Request> {
        self.script().requests.clone()
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.script().connections
    }

    /// How often it fell silent for good: [`Reply::stall`] and [`Reply::stalled`]. What
    /// came before the silence is written by then.
    pub fn silences(&self) -> usize {
        self.script().silences
    }

    /// The one request that was made.
    ///
    /// # Panics
    ///
    /// If there was none, or more than one.
    pub fn only_request(&self) -> Request {
        let mut requests = self.requests();
        let lines: Vec<String> = requests.iter().map(Request::line).collect();
        assert_eq!(lines.len(), 1, "expected one request, got {lines:?}");
        requests.remove(0)
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        lock(&self.script)
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// A test that panicked inside a handler has failed already; its server goes on.
fn lock(script: &Mutex<Script>) -> MutexGuard<'_, Script> {
    script.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Connections belong to this task, so ending it ends them.
async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, script: Arc<Mutex<Script>>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        lock(&script).connections += 1;
        connections.spawn(connection(stream, tls.clone(), Arc::clone(&script)));
    }
}

async fn connection(stream: TcpStream, tls: Option<TlsAcceptor>, script: Arc<Mutex<Script>>) {
    // A broken connection is often what a test is about; the client's side tells of it.
    match tls {
        None => serve(stream, &script).await,
        Some(acceptor) => {
            if let Ok(stream) = acceptor.accept(stream).await {
                serve(stream, &script).await;
            }
        }
    }
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, script: &Mutex<Script>) {
    let mut unread = Vec::new();
    while let Ok(Some(request)) = Request::read(&mut stream, &mut unread).await {
        let reply = next_reply(&mut lock(script), request);
        tokio::time::sleep(reply.delay).await;
        let (bytes, ending) = match &reply.action {
            Action::Answer(answer) => (answer.to_bytes(), answer.ending),
            Action::Raw(bytes) => (bytes.clone(), Ending::Cut),
            Action::Close => return,
            Action::Stall => return silence(script).await,
        };
        let is_written = stream.write_all(&bytes).await.is_ok() && stream.flush().await.is_ok();
        match ending {
            Ending::Whole if is_written => {}
            Ending::Stalled => return silence(script).await,
            Ending::Whole | Ending::Cut => return,
        }
    }
}

async fn silence(script: &Mutex<Script>) {
    lock(script).silences += 1;
    std::future::pending::<()>().await;
}

fn next_reply(script: &mut Script, request: Request) -> Reply {
    let scripted = script.replies.pop_front();
    let reply = match (scripted, &mut script.handler) {
        (Some(reply), _) => reply,
        (None, Some(handler)) => handler(&request),
        (None, None) => Reply::new(
            UNEXPECTED,
            "text/plain",
            format!(
                "no reply is scripted for request {}, {}: add one with `server.reply(…)`",
                script.requests.len() + 1,
                request.line()
            ),
        ),
    };
    script.requests.push(request);
    reply
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

    use super::*;

    async fn ask(server: &TestServer, text: &str) -> String {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn answers_in_order_on_one_connection_and_records() {
        let server = TestServer::start().await;
        server.replies([Reply::ok(), Reply::empty(204)]);
        let answer = ask(
            &server,
            "PUT /a HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}GET /b?c=%20 HTTP/1.1\r\n\r\n",
        )
        .await;
        assert!(
            answer.contains("200 Scripted") && answer.contains("204 Scripted"),
            "{answer}"
        );
        let requests = server.requests();
        assert_eq!(requests[0].text(), "{}");
        assert_eq!(requests[1].line(), "GET /b?c=%20");
        assert_eq!(server.connections(), 1);
    }

    #[tokio::test]
    async fn an_unexpected_request_names_the_missing_expectation() {
        let server = TestServer::start().await;
        let answer = ask(&server, "GET /x HTTP/1.1\r\n\r\n").await;
        assert!(
            answer.contains("no reply is scripted for request 1, GET /x"),
            "{answer}"
        );
    }

    #[tokio::test]
    async fn the_handler_decides_by_request() {
        let server = TestServer::start().await;
        server.answer_with(|request| match request.path.as_str() {
            "/known" => Reply::ok(),
            _ => Reply::empty(404),
        });
        assert!(
            ask(&server, "GET /known HTTP/1.1\r\n\r\n")
                .await
                .contains("200")
        );
        assert!(
            ask(&server, "GET /other HTTP/1.1\r\n\r\n")
                .await
                .contains("404")
        );
    }
}
