//! Whoever is told: on loopback, answering as the test says, and gone when it says so.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use customerio::webhook::Verifier;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::task::JoinSet;

/// Instead of a status: no answer at all.
pub(super) const SILENCE: u16 = 0;

/// A call as it came.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) head: String,
    pub(super) body: String,
}

impl Call {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

#[derive(Default)]
struct Seen {
    calls: Vec<Call>,
    connections: usize,
    /// The next answers; 200 when there is none.
    answers: VecDeque<u16>,
    /// What is not signed with this is answered 401.
    key: Option<String>,
}

pub(super) struct Receiver {
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    serving: JoinHandle<()>,
}

impl Receiver {
    pub(super) async fn start() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::default();
        Receiver {
            address,
            serving: tokio::spawn(serve(listener, Arc::clone(&seen))),
            seen,
        }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// Nobody answers at its address any more.
    pub(super) async fn leave(&mut self) {
        self.serving.abort();
        let _ = (&mut self.serving).await;
    }

    pub(super) async fn come_back(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.serving = tokio::spawn(serve(listener, Arc::clone(&self.seen)));
    }

    pub(super) fn answer(&self, statuses: &[u16]) {
        self.seen.lock().unwrap().answers.extend(statuses);
    }

    pub(super) fn only(&self, key: &str) {
        self.seen.lock().unwrap().key = Some(key.to_owned());
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        self.seen.lock().unwrap().calls.clone()
    }

    pub(super) fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }
}

async fn serve(listener: TcpListener, seen: Arc<Mutex<Seen>>) {
    // Ended with the listener.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        seen.lock().unwrap().connections += 1;
        connections.spawn(answer_all(stream, Arc::clone(&seen)));
    }
}

async fn answer_all(mut stream: TcpStream, seen: Arc<Mutex<Seen>>) {
    let mut read = Vec::new();
    while let Some(call) = next_call(&mut stream, &mut read).await {
        let status = {
            let mut seen = seen.lock().unwrap();
            let is_known = seen.key.as_ref().is_none_or(|key| is_signed(&call, key));
            seen.calls.push(call);
            match is_known {
                true => seen.answers.pop_front().unwrap_or(200),
                false => 401,
            }
        };
        if status == SILENCE {
            std::future::pending::<()>().await;
        }
        // Where it leads is asked nothing.
        let location = "Location: http://127.0.0.1:9/\r\n";
        let answer = format!("HTTP/1.1 {status} X\r\n{location}Content-Length: 2\r\n\r\nok");
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

fn is_signed(call: &Call, key: &str) -> bool {
    let (timestamp, signature) = (
        call.header("x-cio-timestamp"),
        call.header("x-cio-signature"),
    );
    let verified = Verifier::new(key).verify(timestamp, signature, call.body.as_bytes());
    verified.is_ok()
}

/// The next request of a connection, or its end.
async fn next_call(stream: &mut TcpStream, read: &mut Vec<u8>) -> Option<Call> {
    loop {
        let text = String::from_utf8_lossy(read).into_owned();
        if let Some((head, rest)) = text.split_once("\r\n\r\n") {
            let call = Call {
                head: format!("{head}\r\n"),
                body: String::new(),
            };
            let length: usize = call.header("content-length")?.parse().ok()?;
            if rest.len() >= length {
                let body = rest[..length].to_owned();
                read.drain(..head.len() + 4 + length);
                return Some(Call { body, ..call });
            }
        }
        let mut bytes = [0; 4096];
        match stream.read(&mut bytes).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => read.extend_from_slice(&bytes[..count]),
        }
    }
}
