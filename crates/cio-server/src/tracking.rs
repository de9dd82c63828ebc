//! What links in messages lead to: they tell that a message was opened and which of its links
//! were followed, show it in a browser, and let whoever got it unsubscribe.
//!
//! All a visitor brings is the address. A link to elsewhere leads only where this server said
//! in a message that it does.

mod links;
mod reader;
pub(crate) mod unsubscribe;
mod view;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use cio_domain::operation::Look;
use cio_domain::{Operation, WorkspaceId};
use cio_store::StoreError;

use crate::body::Segments;
use crate::error::{ApiError, Family, OrStoreError};
use crate::html;
use crate::state::AppState;

pub(crate) use links::{Links, links_root};
pub(crate) use view::view;

/// A picture of one transparent point.
const PIXEL: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\
                       \x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;";

/// `GET /e/o/{token}`: the picture in a message. Whoever fetches it opened the message; who
/// asks for its headers alone did not.
pub(crate) async fn open(
    State(state): State<AppState>,
    method: Method,
    path: Segments,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Some(delivery_id) = state.links.read_open(path.get(0)) else {
        return Ok(gone());
    };
    if method == Method::GET {
        let look = Look {
            delivery_id,
            href: None,
            reader: reader::of_open(&headers),
        };
        record(&state, look).await.or_store_error(Family::Track)?;
    }
    let mut response = Response::new(Body::from(PIXEL));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/gif"));
    headers.insert(header::CACHE_CONTROL, NO_STORE);
    Ok(response)
}

/// `GET /e/c/{token}`: a link of a message, which leads on to where it says.
pub(crate) async fn click(
    State(state): State<AppState>,
    method: Method,
    path: Segments,
    headers: HeaderMap,
) -> Response {
    let Some((delivery_id, href)) = state.links.read_click(path.get(0)) else {
        return gone();
    };
    let look = Look {
        delivery_id,
        href: Some(href.clone()),
        reader: reader::of_click(&method, &headers),
    };
    // Somebody is on their way, to confirm an address for one. They get there although
    // nothing can be stored.
    if let Err(error) = record(&state, look).await {
        tracing::warn!(%error, "a click could not be recorded");
    }
    redirect(&href)
}

/// Records a look where the delivery is. One that is not there any more is no error.
async fn record(state: &AppState, look: Look) -> Result<(), StoreError> {
    let found = state.store.find_delivery(look.delivery_id.clone()).await?;
    if let Some(workspace) = found {
        state.apply(workspace, Operation::Look(look)).await?;
    }
    Ok(())
}

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

fn redirect(href: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FOUND;
    let headers = response.headers_mut();
    match HeaderValue::try_from(links::as_location(href)) {
        Ok(location) => headers.insert(header::LOCATION, location),
        Err(_) => return gone(),
    };
    headers.insert(header::CACHE_CONTROL, NO_STORE);
    let robots = header::HeaderName::from_static("x-robots-tag");
    headers.insert(robots, HeaderValue::from_static("noindex"));
    response
}

/// A link that was not made here.
fn gone() -> Response {
    let text = "This link does not work. Please try the one in the message once more: it may \
                have been cut off.";
    html::page(StatusCode::NOT_FOUND, html::message("Link not found", text))
}

/// The workspace of a delivery that a link is about.
async fn workspace_of(
    state: &AppState,
    delivery_id: &str,
) -> Result<Option<WorkspaceId>, ApiError> {
    let found = state.store.find_delivery(delivery_id.to_owned()).await;
    found.or_store_error(Family::Track)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_is_one_line_of_ascii() {
        let response = redirect("https://example.com/a b?q=ü\r\nSet-Cookie: x");
        assert_eq!(response.status(), StatusCode::FOUND);
        let location = response.headers()[header::LOCATION].to_str().unwrap();
        let expected = "https://example.com/a%20b?q=%C3%BC%0D%0ASet-Cookie:%20x";
        assert_eq!(location, expected);
        assert_eq!(response.headers().get(header::SET_COOKIE), None);
    }

    #[test]
    fn the_picture_is_whole() {
        assert_eq!(PIXEL.len(), 42);
        assert_eq!(PIXEL.last(), Some(&b';'));
    }
}
