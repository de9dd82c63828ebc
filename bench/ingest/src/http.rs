//! As much of HTTP/1.1 as a load needs: one request after the other on a connection.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Failure;

/// A request, head and body, ready to be sent.
pub(crate) struct Request {
    pub(crate) bytes: Vec<u8>,
    /// Where the ids of events are.
    pub(crate) ids: Vec<usize>,
    /// Where the body starts.
    body: usize,
}

impl Request {
    pub(crate) fn new(line: &str, authorization: &str, body: &str) -> Request {
        let bytes = format!(
            "{line} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {authorization}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        Request {
            body: bytes.len() - body.len(),
            bytes: bytes.into_bytes(),
            ids: Vec::new(),
        }
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.bytes[self.body..]
    }
}

/// A connection that is kept.
pub(crate) struct Connection {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: &str) -> Result<Connection, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection {
            stream,
            answer: Vec::with_capacity(4_096),
        })
    }

    /// Sends a request and reads the answer to its end.
    ///
    /// # Errors
    ///
    /// Any answer but 200.
    pub(crate) async fn call(&mut self, request: &Request) -> Result<(), Failure> {
        self.stream.write_all(&request.bytes).await?;
        self.answer.clear();
        let mut end = None;
        while end.is_none_or(|end| self.answer.len() < end) {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                return Err("the server closed the connection".into());
            }
            if end.is_none() {
                end = end_of(&self.answer)?;
            }
        }
        if self.answer.starts_with(b"HTTP/1.1 200 ") {
            return Ok(());
        }
        let answer = String::from_utf8_lossy(&self.answer);
        Err(format!("not a success: {answer}").into())
    }
}

/// Where an answer ends, once its head is there.
fn end_of(answer: &[u8]) -> Result<Option<usize>, Failure> {
    const END: &[u8] = b"\r\n\r\n";
    let Some(head) = answer.windows(END.len()).position(|window| window == END) else {
        return Ok(None);
    };
    let text = std::str::from_utf8(&answer[..head])?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    let length = length.ok_or("an answer without its length")?;
    Ok(Some(head + END.len() + length))
}
