//! All entries of a list, page after page.

use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::{Page, PageSource, Request};
use crate::Error;
use crate::transport::unusable;

/// The entries of all pages of a list, from [`PageRequest::stream`](super::PageRequest::stream).
///
/// It is a [`Stream`], and has a [`next`](Items::next) of its own, so that a loop over it
/// needs no other crate. It asks for a page when the one before is used up, ends after
/// the last one, and ends after an error.
pub struct Items<T> {
    ready: VecDeque<T>,
    then: Then<T>,
    /// The cursors of the pages so far are not all kept: a service that repeats one does
    /// so at once.
    last_next: Option<String>,
}

enum Then<T> {
    Ask(Box<PageSource<T>>),
    Asking(Box<PageSource<T>>, Request<Page<T>>),
    Fail(Error),
    End,
}

impl<T: Send + 'static> Items<T> {
    pub(super) fn new(source: Result<PageSource<T>, Error>) -> Items<T> {
        Items {
            ready: VecDeque::new(),
            then: match source {
                Ok(source) => Then::Ask(Box::new(source)),
                Err(error) => Then::Fail(error),
            },
            last_next: None,
        }
    }

    /// The next entry; `None` after the last one, and after an error.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Everything there is, in one list. For a long list, take the entries one by one.
    ///
    /// # Errors
    ///
    /// The first error, in which case what was read before it is lost.
    pub async fn collect(mut self) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        while let Some(item) = self.next().await {
            all.push(item?);
        }
        Ok(all)
    }

    fn take_page(&mut self, source: PageSource<T>, page: Page<T>) {
        self.ready.extend(page.items);
        self.then = match page.next {
            None => Then::End,
            // The same page again, and again: an endless list of the same entries.
            Some(next) if self.last_next.as_ref() == Some(&next) => {
                Then::Fail(unusable(source.operation, source.transport.origin(), None))
            }
            Some(next) => {
                self.last_next = Some(next.clone());
                Then::Ask(Box::new(source.starting_at(next)))
            }
        };
    }
}

/// Nothing in it is ever pinned.
impl<T> Unpin for Items<T> {}

impl<T: Send + 'static> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            match std::mem::replace(&mut self.then, Then::End) {
                Then::Ask(source) => {
                    let request = source.request();
                    self.then = Then::Asking(source, request);
                }
                Then::Asking(source, mut request) => match Pin::new(&mut request).poll(context) {
                    Poll::Pending => {
                        self.then = Then::Asking(source, request);
                        return Poll::Pending;
                    }
                    Poll::Ready(Ok(page)) => self.take_page(*source, page),
                    Poll::Ready(Err(error)) => return Poll::Ready(Some(Err(error))),
                },
                Then::Fail(error) => return Poll::Ready(Some(Err(error))),
                Then::End => return Poll::Ready(None),
            }
        }
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("ready", &self.ready.len())
            .finish_non_exhaustive()
    }
}
