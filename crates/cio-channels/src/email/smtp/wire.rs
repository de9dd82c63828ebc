//! Lines out, replies in, each step bounded in time and size.

use std::fmt;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout};

use super::reply::Reply;

/// A connection, encrypted or not.
pub(super) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Duplex for S {}

/// What a connection broke at.
#[derive(Debug)]
pub(super) enum Broken {
    /// The server said nothing for so long.
    Silence(Duration),
    /// The server ended it.
    Ended,
    /// The network did.
    Network(io::ErrorKind),
    /// What the server said is no SMTP.
    NotSmtp,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Broken::Silence(wait) => write!(f, "no answer within {} ms", wait.as_millis()),
            Broken::Ended => f.write_str("the server ended the connection"),
            Broken::Network(kind) => write!(f, "the connection broke: {kind}"),
            Broken::NotSmtp => f.write_str("the server's answer is not SMTP"),
        }
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Broken {
        match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::WriteZero => Broken::Ended,
            kind => Broken::Network(kind),
        }
    }
}

/// A connection with what was read of it and not yet used.
pub(super) struct Wire<S> {
    stream: S,
    read: Vec<u8>,
    step_max: Duration,
    /// No step lasts longer than until then.
    until: Option<Instant>,
}

impl<S: Duplex> Wire<S> {
    pub(super) fn new(stream: S, step_max: Duration) -> Wire<S> {
        Wire {
            stream,
            read: Vec::new(),
            step_max,
            until: None,
        }
    }

    /// The bare connection. `None`: the server said more than it was asked, which would be
    /// taken for something said under encryption.
    pub(super) fn into_stream(self) -> Option<S> {
        self.read.is_empty().then_some(self.stream)
    }

    /// The same, of whatever kind.
    pub(super) fn boxed(self) -> Wire<Box<dyn Duplex>>
    where
        S: 'static,
    {
        Wire {
            stream: Box::new(self.stream),
            read: self.read,
            step_max: self.step_max,
            until: self.until,
        }
    }

    /// Bounds all steps together, or each alone again.
    pub(super) fn end_by(&mut self, until: Option<Instant>) {
        self.until = until;
    }

    fn at_most(&self, wait: Duration) -> Duration {
        let left = self
            .until
            .map(|it| it.saturating_duration_since(Instant::now()));
        left.map_or(wait, |left| left.min(wait))
    }

    /// Sends bytes; when this returns they have left this process.
    pub(super) async fn send(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        let wait = self.at_most(self.step_max);
        let writing = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        match timeout(wait, writing).await {
            Ok(written) => Ok(written?),
            Err(_) => Err(Broken::Silence(wait)),
        }
    }

    /// The next reply, within the usual time.
    pub(super) async fn reply(&mut self) -> Result<Reply, Broken> {
        self.reply_within(self.step_max).await
    }

    /// The next reply.
    pub(super) async fn reply_within(&mut self, wait: Duration) -> Result<Reply, Broken> {
        let wait = self.at_most(wait);
        match timeout(wait, self.next_reply()).await {
            Ok(reply) => reply,
            Err(_) => Err(Broken::Silence(wait)),
        }
    }

    /// Sends a line and reads its reply.
    pub(super) async fn command(&mut self, line: &str) -> Result<Reply, Broken> {
        self.send(format!("{line}\r\n").as_bytes()).await?;
        self.reply().await
    }

    async fn next_reply(&mut self) -> Result<Reply, Broken> {
        loop {
            let read = Reply::read(&self.read).map_err(|_| Broken::NotSmtp)?;
            if let Some((reply, length)) = read {
                self.read.drain(..length);
                return Ok(reply);
            }
            if self.stream.read_buf(&mut self.read).await? == 0 {
                return Err(Broken::Ended);
            }
        }
    }

    /// What the server has said unasked by now, or that it ended the connection. `None`:
    /// it is silent, as it should be. Does not wait.
    pub(super) async fn unasked(&mut self) -> Option<Result<Reply, Broken>> {
        // Not a timeout of nothing: a timer's shortest wait is a millisecond.
        tokio::select! {
            biased;
            said = self.next_reply() => Some(said),
            () = std::future::ready(()) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP_MAX: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn replies_come_in_pieces_and_together() {
        let (mut server, client) = tokio::io::duplex(64);
        let mut wire = Wire::new(client, STEP_MAX);
        server.write_all(b"250-a\r\n2").await.unwrap();
        assert!(wire.unasked().await.is_none());
        server.write_all(b"50 b\r\n354 go\r\n").await.unwrap();
        assert_eq!(wire.reply().await.unwrap().lines, ["a", "b"]);
        assert_eq!(wire.unasked().await.unwrap().unwrap().code, 354);
        assert!(matches!(wire.reply().await, Err(Broken::Silence(_))));
        drop(server);
        assert!(matches!(wire.reply().await, Err(Broken::Ended)));
    }

    #[tokio::test]
    async fn what_was_said_before_encryption_is_not_taken_along() {
        let (mut server, client) = tokio::io::duplex(64);
        let mut wire = Wire::new(client, STEP_MAX);
        server
            .write_all(b"220 go\r\n250 injected\r\n")
            .await
            .unwrap();
        assert_eq!(wire.reply().await.unwrap().code, 220);
        assert!(wire.into_stream().is_none());
    }
}
