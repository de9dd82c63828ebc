//! The call that is made once and whose answer is left as it comes.

use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Method, Request, Response, StatusCode, Url};

use super::{Call, Transport, USER_AGENT_VALUE, Wire, connection};
use crate::Error;
use crate::operations::of_ones_own;

impl Transport {
    /// Where a path is.
    pub(crate) fn url_of(&self, path: &str) -> Url {
        self.shared.base.join(path)
    }

    /// Sends a request with the credentials. One that is refused for credentials that were
    /// rotated is sent again with their successors.
    pub(crate) async fn raw(
        &self,
        method: Method,
        path: &str,
        headers: HeaderMap,
        body: Option<Bytes>,
    ) -> Result<Response, Error> {
        let shared = &*self.shared;
        let Wire::Http(http) = &shared.wire else {
            return Err(Error::invalid_input(
                "raw",
                "has no answer without a network; url_of says where it would go",
            ));
        };
        let url = self.url_of(path);
        let call = Call::new(of_ones_own(shared.api), path.to_owned(), None);
        let context = shared.context(&call, &url, shared.timeout);
        let mut authorization = shared.authorization.header(&shared.clock).await?;
        let mut is_successor = false;
        loop {
            let mut request = Request::new(method.clone(), url.clone());
            request.headers_mut().clone_from(&shared.headers);
            request.headers_mut().extend(headers.clone());
            let own = HeaderValue::from_static(USER_AGENT_VALUE);
            request.headers_mut().insert(USER_AGENT, own);
            request
                .headers_mut()
                .insert(AUTHORIZATION, authorization.clone());
            match &body {
                Some(body) => *request.body_mut() = Some(body.clone().into()),
                None if method == Method::POST => {
                    let nothing = HeaderValue::from_static("0");
                    request.headers_mut().insert(CONTENT_LENGTH, nothing);
                }
                None => {}
            }
            let work = std::pin::pin!(http.execute(request));
            let answer = match shared.clock.within(shared.timeout, work).await {
                Some(answer) => answer.map_err(|error| connection::failure(&context, error))?,
                None => return Err(connection::too_late(&context)),
            };
            if answer.status() != StatusCode::UNAUTHORIZED || is_successor {
                return Ok(answer);
            }
            let successor = shared
                .authorization
                .successor(&authorization, &shared.clock);
            match successor.await {
                Some(header) => authorization = header,
                None => return Ok(answer),
            }
            is_successor = true;
        }
    }
}
