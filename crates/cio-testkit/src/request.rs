//! What the server was asked.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// A request is refused beyond this: tests are small.
const REQUEST_BYTES_MAX: usize = 64 * 1024 * 1024;

/// One recorded request, as it came over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `PUT` and so on.
    pub method: String,
    /// The raw target: path and query, still percent-encoded.
    pub path: String,
    /// Names in lower case, in the order they came.
    pub headers: Vec<(String, String)>,
    /// The body; empty if there was none.
    pub body: Vec<u8>,
}

impl Request {
    /// A header's value, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// If it is not JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{} has no JSON body: {error}", self.line()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// `PUT /api/v1/customers/42`.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Reads the next request of a connection. `None` at its end.
    pub(crate) async fn read(
        stream: &mut (impl AsyncRead + Unpin),
        unread: &mut Vec<u8>,
    ) -> io::Result<Option<Request>> {
        let head_len = loop {
            if let Some(end) = unread.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            if !read_more(stream, unread).await? {
                return Ok(None);
            }
        };
        let head: Vec<u8> = unread.drain(..head_len).collect();
        let mut request = parse_head(&String::from_utf8_lossy(&head))?;
        if request.header("transfer-encoding").is_some() {
            return Err(invalid("the test server reads bodies with a length only"));
        }
        let body_len = match request.header("content-length") {
            Some(length) => length
                .parse()
                .map_err(|_| invalid("a length is a number"))?,
            None => 0,
        };
        while unread.len() < body_len {
            if !read_more(stream, unread).await? {
                return Ok(None);
            }
        }
        request.body = unread.drain(..body_len).collect();
        Ok(Some(request))
    }
}

async fn read_more(
    stream: &mut (impl AsyncRead + Unpin),
    unread: &mut Vec<u8>,
) -> io::Result<bool> {
    if unread.len() > REQUEST_BYTES_MAX {
        return Err(invalid("the request is too large for a test"));
    }
    Ok(stream.read_buf(unread).await? > 0)
}

fn parse_head(head: &str) -> io::Result<Request> {
    let mut lines = head.split("\r\n").filter(|line| !line.is_empty());
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(path)) = (first.next(), first.next()) else {
        return Err(invalid("a request starts with a method and a path"));
    };
    let headers = lines.filter_map(|line| line.split_once(':'));
    Ok(Request {
        method: method.to_owned(),
        path: path.to_owned(),
        headers: headers
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect(),
        body: Vec::new(),
    })
}

fn invalid(problem: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem.to_owned())
}
