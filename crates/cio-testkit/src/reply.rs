//! What the server does with one request.

use std::time::Duration;

/// One scripted reply: an answer, or one of the ways in which answers go missing.
#[derive(Debug, Clone)]
pub struct Reply {
    pub(crate) delay: Duration,
    pub(crate) action: Action,
}

#[derive(Debug, Clone)]
pub(crate) enum Action {
    Answer(Answer),
    /// Bytes as they are, then close.
    Raw(Vec<u8>),
    /// Close without a byte.
    Close,
    /// Keep the connection open and say nothing.
    Stall,
}

#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// What becomes of the body.
    pub(crate) ending: Ending,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Whole,
    /// More body is announced than sent, then the connection closes.
    Cut,
    /// More body is announced than sent, and it never comes.
    Stalled,
}

impl Reply {
    /// An answer with a body of this type.
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Reply {
        Reply::empty(status)
            .with_body(body.into())
            .header("Content-Type", content_type)
    }

    /// A JSON answer. The text is sent as it is.
    pub fn json(status: u16, body: impl ToString) -> Reply {
        Reply::new(status, "application/json; charset=utf-8", body.to_string())
    }

    /// An HTML page, as a proxy or a login portal sends.
    pub fn html(status: u16, body: &str) -> Reply {
        Reply::new(status, "text/html; charset=utf-8", body)
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Reply {
        Reply {
            delay: Duration::ZERO,
            action: Action::Answer(Answer {
                status,
                headers: Vec::new(),
                body: Vec::new(),
                ending: Ending::Whole,
            }),
        }
    }

    /// What the Track API answers to everything it takes: `{}` and a new line.
    pub fn ok() -> Reply {
        Reply::json(200, "{}\n")
    }

    /// A redirect.
    pub fn redirect(status: u16, location: &str) -> Reply {
        Reply::empty(status).header("Location", location)
    }

    /// Bytes that need not be HTTP, then the end of the connection.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Reply {
        Reply::acting(Action::Raw(bytes.into()))
    }

    /// The end of the connection, without an answer.
    pub fn close() -> Reply {
        Reply::acting(Action::Close)
    }

    /// No answer, and no end either.
    pub fn stall() -> Reply {
        Reply::acting(Action::Stall)
    }

    /// The end of the connection in the middle of this answer's body.
    #[must_use]
    pub fn cut_short(self) -> Reply {
        self.change(|answer| answer.ending = Ending::Cut)
    }

    /// Silence in the middle of this answer's body.
    #[must_use]
    pub fn stalled(self) -> Reply {
        self.change(|answer| answer.ending = Ending::Stalled)
    }

    /// One more header.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Reply {
        self.change(|answer| answer.headers.push((name.to_owned(), value.to_owned())))
    }

    /// Wait before doing it.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Reply {
        self.delay = delay;
        self
    }

    fn with_body(self, body: Vec<u8>) -> Reply {
        self.change(|answer| answer.body = body)
    }

    fn acting(action: Action) -> Reply {
        Reply {
            delay: Duration::ZERO,
            action,
        }
    }

    fn change(mut self, change: impl FnOnce(&mut Answer)) -> Reply {
        match &mut self.action {
            Action::Answer(answer) => change(answer),
            other => panic!("{other:?} is not an answer, so it has no headers or body"),
        }
        self
    }
}

impl Answer {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Scripted\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let announced = self.body.len() + usize::from(self.ending != Ending::Whole) * 100;
        if !matches!(self.status, 204 | 304) {
            head.push_str(&format!("Content-Length: {announced}\r\n"));
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}
