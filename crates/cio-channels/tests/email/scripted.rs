//! A mail server that follows a script, one for each connection it is to get.
//!
//! ```text
//! S: 250 ok        says it; `|` is a line end
//! C: MAIL FROM     reads a line that begins with it
//! M                reads a message up to its dot
//! B: last line     reads a message up to this line of it
//! END              the client ends the connection, without another word
//! TLS              encrypts the connection
//! STALL            says nothing more until the client goes
//! X                ends the connection; so does the end of a script
//! ```

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Duplex for S {}

/// What a server saw.
#[derive(Default)]
pub(crate) struct Seen {
    /// Messages whose dot arrived, dots at the beginnings of lines taken off.
    pub(crate) messages: Mutex<Vec<String>>,
    /// All lines that are none of a message.
    pub(crate) commands: Mutex<Vec<String>>,
    pub(crate) connections: AtomicUsize,
    now: AtomicUsize,
    pub(crate) most_at_once: AtomicUsize,
}

pub(crate) struct Scripted {
    pub(crate) port: u16,
    pub(crate) seen: Arc<Seen>,
    /// One for each script that was followed to its end, when its connection has ended.
    pub(crate) ended: Arc<Semaphore>,
    running: JoinHandle<()>,
}

impl Scripted {
    /// A server for as many connections as there are scripts.
    pub(crate) async fn start(scripts: &[&str]) -> Scripted {
        Scripted::with_tls(scripts, None).await
    }

    pub(crate) async fn with_tls(scripts: &[&str], tls: Option<Arc<ServerConfig>>) -> Scripted {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Seen::default());
        let ended = Arc::new(Semaphore::new(0));
        let scripts: Vec<String> = scripts.iter().map(|it| (*it).to_owned()).collect();
        let (seen_there, ended_there) = (Arc::clone(&seen), Arc::clone(&ended));
        let running = tokio::spawn(async move {
            let mut sessions = tokio::task::JoinSet::new();
            for script in scripts {
                let (stream, _) = listener.accept().await.unwrap();
                let (seen, ended) = (Arc::clone(&seen_there), Arc::clone(&ended_there));
                let tls = tls.clone();
                sessions.spawn(async move {
                    seen.connections.fetch_add(1, Ordering::SeqCst);
                    let now = seen.now.fetch_add(1, Ordering::SeqCst) + 1;
                    seen.most_at_once.fetch_max(now, Ordering::SeqCst);
                    follow(&script, Box::new(stream), &seen, tls).await;
                    ended.add_permits(1);
                    seen.now.fetch_sub(1, Ordering::SeqCst);
                });
            }
            while let Some(session) = sessions.join_next().await {
                session.unwrap();
            }
        });
        Scripted {
            port,
            seen,
            ended,
            running,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Waits until every script has been followed to its end.
    pub(crate) async fn finish(self) -> Arc<Seen> {
        tokio::time::timeout(Duration::from_secs(10), self.running)
            .await
            .expect("a script was not followed to its end")
            .expect("a script was not followed");
        self.seen
    }
}

async fn follow(
    script: &str,
    stream: Box<dyn Duplex>,
    seen: &Seen,
    tls: Option<Arc<ServerConfig>>,
) {
    let mut stream = BufReader::new(stream);
    for step in script.lines().map(str::trim).filter(|it| !it.is_empty()) {
        match step.split_once(": ").unwrap_or((step, "")) {
            ("S", text) => {
                let line = format!("{}\r\n", text.replace('|', "\r\n"));
                // The client may be gone already.
                stream.write_all(line.as_bytes()).await.ok();
                stream.flush().await.ok();
            }
            ("C", begin) => {
                let line = line(&mut stream).await;
                assert!(
                    line.starts_with(begin),
                    "{line:?} where {begin:?} should be"
                );
                seen.commands
                    .lock()
                    .unwrap()
                    .push(line.trim_end().to_owned());
            }
            ("M", _) => {
                let mut message = String::new();
                loop {
                    let line = line(&mut stream).await;
                    assert!(line.ends_with("\r\n"), "the message ends with {line:?}");
                    if line == ".\r\n" {
                        break;
                    }
                    message.push_str(line.strip_prefix('.').unwrap_or(&line));
                }
                seen.messages.lock().unwrap().push(message);
            }
            ("B", last) => while line(&mut stream).await.trim_end() != last {},
            ("END", _) => assert_eq!(line(&mut stream).await, ""),
            ("TLS", _) => {
                let tls = TlsAcceptor::from(tls.clone().expect("a certificate"));
                match tls.accept(stream.into_inner()).await {
                    Ok(encrypted) => stream = BufReader::new(Box::new(encrypted)),
                    // The client does not trust it.
                    Err(_) => return,
                }
            }
            ("STALL", _) => while !line(&mut stream).await.is_empty() {},
            ("X", _) => return,
            other => panic!("no step of a script: {other:?}"),
        }
    }
}

/// The next line, or nothing at the end.
async fn line(stream: &mut BufReader<Box<dyn Duplex>>) -> String {
    let mut line = Vec::new();
    stream.read_until(b'\n', &mut line).await.ok();
    String::from_utf8(line).unwrap()
}
