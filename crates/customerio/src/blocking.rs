//! Without a runtime of one's own: the twin of `.await` is `.wait()`.
//!
//! Requests are values, so there are no second clients with second methods: every
//! [`Request`] can be awaited or waited for, and every list streamed or iterated over.
//!
//! ```no_run
//! use customerio::{Config, Event};
//! use serde_json::json;
//!
//! fn main() -> Result<(), customerio::Error> {
//!     let config = Config::from_env()?;
//!     let track = config.track_client()?;
//!     track.identify("42", json!({ "plan": "pro" })).wait()?;
//!     track.track("42", Event::new("order_placed")).wait()?;
//!
//!     let api = config.api_client()?;
//!     for segment in api.segments().list().wait()? {
//!         println!("{}", segment.name);
//!     }
//!     for member in api.segments().membership(7).iter() {
//!         println!("{:?}", member?.id);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! The first call starts one thread, which then serves all clients of the process and
//! keeps their connections alive between calls. Waiting on a thread that runs
//! asynchronous code is refused with an error, because it would stop that code.

use std::fmt;
use std::future::Future;
use std::sync::LazyLock;

use tokio::runtime::{Builder, Handle, Runtime};

use crate::config::ConfigError;
use crate::{Error, Items, Request};

/// `None` if the system gives no thread.
static RUNTIME: LazyLock<Option<Runtime>> = LazyLock::new(|| {
    Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("customerio")
        .enable_all()
        .build()
        .ok()
});

pub(crate) fn wait<T: Send + 'static>(request: Request<T>) -> Result<T, Error> {
    run(request)?
}

fn run<F: Future>(future: F) -> Result<F::Output, Error> {
    if Handle::try_current().is_ok() {
        return Err(Error::invalid_input(
            "wait",
            "must not be called from asynchronous code; await the request there",
        ));
    }
    let Some(runtime) = &*RUNTIME else {
        let mut problem = ConfigError::default();
        problem.add_invalid("blocking", "the thread behind it could not be started");
        return Err(Error::Config(problem));
    };
    Ok(runtime.block_on(future))
}

/// The entries of all pages of a list, from [`PageRequest::iter`](crate::PageRequest::iter).
/// Ends after the last one, and after an error.
pub struct Iter<T> {
    items: Items<T>,
}

impl<T> Iter<T> {
    pub(crate) const fn new(items: Items<T>) -> Iter<T> {
        Iter { items }
    }
}

impl<T: Send + 'static> Iterator for Iter<T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        run(self.items.next()).unwrap_or_else(|error| Some(Err(error)))
    }
}

impl<T> fmt::Debug for Iter<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items.fmt(f)
    }
}
