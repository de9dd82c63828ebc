//! Lists that come in pages.

use std::fmt;
use std::future::IntoFuture;

use serde_json::Value;

use super::{Items, Parts, Request, Unreadable};
use crate::operations::Operation;
use crate::transport::Transport;
use crate::{Error, Timestamp};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The entries. A page may be short, even empty, and not be the last.
    pub items: Vec<T>,
    /// Where the next page starts: for [`PageRequest::start`]. `None` on the last page.
    pub next: Option<String>,
}

/// A request for a list that comes in pages.
///
/// Awaiting it gives one [`Page`]; [`stream`](PageRequest::stream) gives the entries of
/// all pages, one after the other, and asks for each page when it is needed.
///
/// ```no_run
/// # async fn example(api: customerio::ApiClient) -> Result<(), customerio::Error> {
/// let page = api.activities().list().limit(100).await?;
/// println!("{} of them, then {:?}", page.items.len(), page.next);
///
/// let mut all = api.activities().list().stream();
/// while let Some(activity) = all.next().await {
///     println!("{}", activity?.kind);
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a request is made when it is awaited"]
pub struct PageRequest<T> {
    source: Result<PageSource<T>, Error>,
    operation: &'static Operation,
}

/// Where pages come from.
pub(super) struct PageSource<T> {
    pub(super) transport: Transport,
    pub(super) operation: &'static Operation,
    parts: Parts,
    read: ReadPage<T>,
    paging: Paging,
}

/// Reads the entries of one page, and what follows `next` if it says so.
pub(crate) type ReadPage<T> = fn(&[u8]) -> Result<(Vec<T>, Option<String>), Unreadable>;

/// How the next page is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paging {
    /// `start` takes the `next` of the page before.
    Cursor,
    /// `offset` counts entries; the list ends with the first page that is not full.
    Offset {
        /// Entries of a full page, unless `limit` says otherwise.
        default_limit: u32,
    },
}

impl<T> Clone for PageSource<T> {
    fn clone(&self) -> Self {
        PageSource {
            transport: self.transport.clone(),
            operation: self.operation,
            parts: self.parts.clone(),
            read: self.read,
            paging: self.paging,
        }
    }
}

impl<T: Send + 'static> PageRequest<T> {
    /// The list behind this path, or the refusal of an argument.
    pub(crate) fn new(
        transport: &Transport,
        operation: &'static Operation,
        parts: Result<Parts, Error>,
        read: ReadPage<T>,
    ) -> PageRequest<T> {
        let source = parts.map(|parts| PageSource {
            transport: transport.clone(),
            operation,
            parts,
            read,
            paging: Paging::Cursor,
        });
        PageRequest { source, operation }
    }

    pub(crate) fn paging(mut self, paging: Paging) -> PageRequest<T> {
        if let Ok(source) = &mut self.source {
            source.paging = paging;
        }
        self
    }

    /// Adds or replaces a query parameter.
    pub(crate) fn query(mut self, name: &'static str, value: impl ToString) -> PageRequest<T> {
        if let Ok(source) = &mut self.source {
            source.parts = source.parts.clone().query(name, value);
        }
        self
    }

    /// Adds or replaces a query parameter that is a time, or refuses it for its unit.
    pub(crate) fn time(mut self, name: &'static str, time: Timestamp) -> PageRequest<T> {
        if let (Ok(_), Err(error)) = (&self.source, time.check(name)) {
            self.source = Err(error);
        }
        self.query(name, time.unix_seconds())
    }

    /// Entries in a page, at most. The operation has a default and a maximum.
    pub fn limit(self, limit: u32) -> PageRequest<T> {
        self.query("limit", limit)
    }

    /// Starts with the page that [`Page::next`] named. Default: the first.
    pub fn start(self, next: impl Into<String>) -> PageRequest<T> {
        let offset_paging = |source: &PageSource<T>| source.paging != Paging::Cursor;
        let name = match self.source.as_ref().is_ok_and(offset_paging) {
            true => "offset",
            false => "start",
        };
        self.query(name, next.into())
    }

    /// The operation it is a request for.
    pub const fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// The entries of this page and of all that follow.
    ///
    /// # Errors
    ///
    /// A page that cannot be had ends the stream with its error.
    pub fn stream(self) -> Items<T> {
        Items::new(self.source)
    }

    /// The request for one page, to give it a timeout or a retry policy of its own.
    pub fn request(self) -> Request<Page<T>> {
        match self.source {
            Ok(source) => source.request(),
            Err(error) => Request {
                operation: self.operation,
                state: super::State::Refused(error),
            },
        }
    }
}

impl<T: Send + 'static> PageSource<T> {
    pub(super) fn request(&self) -> Request<Page<T>> {
        let read = self.read;
        let paging = self.paging;
        let (offset, limit) = (self.number("offset"), self.number("limit"));
        let parts = Ok(self.parts.clone());
        Request::new(&self.transport, self.operation, parts, move |body| {
            let (items, cursor) = read(&body)?;
            let next = match paging {
                Paging::Cursor => cursor.filter(|next| !next.is_empty()),
                Paging::Offset { default_limit } => {
                    let full = limit.unwrap_or(u64::from(default_limit));
                    let count = items.len() as u64;
                    (count > 0 && count >= full)
                        .then(|| (offset.unwrap_or_default() + count).to_string())
                }
            };
            Ok(Page { items, next })
        })
    }

    /// The same list from the page that `next` names.
    pub(super) fn starting_at(mut self, next: String) -> PageSource<T> {
        let name = match self.paging {
            Paging::Cursor => "start",
            Paging::Offset { .. } => "offset",
        };
        self.parts = self.parts.query(name, next);
        self
    }

    fn number(&self, name: &str) -> Option<u64> {
        let (_, value) = self.parts.query.iter().find(|(known, _)| *known == name)?;
        value.parse().ok()
    }
}

/// The entries in one field of the body and the cursor in `next`. The service writes
/// `null` for the empty list, and numbers for cursors in places, with 0 as their end.
pub(crate) fn page<T: serde::de::DeserializeOwned>(
    body: &[u8],
    name: &str,
) -> Result<(Vec<T>, Option<String>), Unreadable> {
    Ok((super::list(body, name)?, next(body)?))
}

/// The cursor in `next`.
pub(crate) fn next(body: &[u8]) -> Result<Option<String>, Unreadable> {
    #[derive(serde::Deserialize)]
    struct Next {
        next: Option<Value>,
    }
    let Next { next } = serde_json::from_slice(body)?;
    Ok(match next {
        Some(Value::String(cursor)) if !cursor.is_empty() => Some(cursor),
        Some(Value::Number(number)) if number.as_u64() != Some(0) => Some(number.to_string()),
        _ => None,
    })
}

impl<T: Send + 'static> IntoFuture for PageRequest<T> {
    type Output = Result<Page<T>, Error>;
    type IntoFuture = Request<Page<T>>;

    fn into_future(self) -> Self::IntoFuture {
        self.request()
    }
}

#[cfg(feature = "blocking")]
impl<T: Send + 'static> PageRequest<T> {
    /// Asks for one page and waits for it on this thread. See
    /// [`blocking`](crate::blocking).
    ///
    /// # Errors
    ///
    /// Those of [`Request::wait`].
    pub fn wait(self) -> Result<Page<T>, Error> {
        self.request().wait()
    }

    /// The entries of all pages, each waited for on this thread when it is needed: the
    /// twin of [`stream`](PageRequest::stream).
    pub fn iter(self) -> crate::blocking::Iter<T> {
        crate::blocking::Iter::new(self.stream())
    }
}

impl<T> fmt::Debug for PageRequest<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PageRequest({})", self.operation)
    }
}
