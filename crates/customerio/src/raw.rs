//! Calls that are made once and whose answers are left as they come.

use bytes::Bytes;
use reqwest::header::HeaderMap;
use reqwest::{Method, Response, Url};

use crate::Error;
use crate::transport::Transport;

/// A call whose answer is left as it comes, from `raw` of each client.
pub(crate) async fn raw(
    transport: &Transport,
    method: Method,
    path: &str,
    headers: HeaderMap,
    body: Option<Bytes>,
) -> Result<Response, Error> {
    check(path)?;
    transport.raw(method, path, headers, body).await
}

/// The URL of a path, from `url_of` of each client.
pub(crate) fn url_of(transport: &Transport, path: &str) -> Result<Url, Error> {
    check(path)?;
    Ok(transport.url_of(path))
}

fn check(path: &str) -> Result<(), Error> {
    match path.starts_with('/') {
        true => Ok(()),
        false => Err(Error::invalid_input("path", "must start with a slash")),
    }
}

/// The two methods, for a client with a field `transport`.
macro_rules! raw_calls {
    ($client:ident) => {
        impl $client {
            /// Makes a call to any path of this API, for tools that show or pass on what comes
            /// back: any answer is a success, with its status, headers and body as they are.
            /// `path` is percent-encoded and begins with `/`; the credentials are added here,
            /// the type of the body is not.
            ///
            /// It is made once: not repeated, no redirect followed, and without a turn of the
            /// rate limits. The client's timeout is for the answer to begin.
            ///
            /// # Errors
            ///
            /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a path without its
            /// slash and with a [`Recorder`](crate::testing::Recorder) in the network's place,
            /// and failures of the connection.
            pub async fn raw(
                &self,
                method: reqwest::Method,
                path: &str,
                headers: reqwest::header::HeaderMap,
                body: Option<bytes::Bytes>,
            ) -> Result<reqwest::Response, crate::Error> {
                crate::raw::raw(&self.transport, method, path, headers, body).await
            }

            /// Where a call to this path goes, as a whole URL.
            ///
            /// # Errors
            ///
            /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a path without its slash.
            pub fn url_of(&self, path: &str) -> Result<reqwest::Url, crate::Error> {
                crate::raw::url_of(&self.transport, path)
            }
        }
    };
}
pub(crate) use raw_calls;
