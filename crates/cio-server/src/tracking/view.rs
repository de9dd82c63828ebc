//! `/v/{token}`: a message in the browser.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use cio_domain::delivery::State as Stage;
use cio_domain::message::Content;

use super::{gone, workspace_of};
use crate::body::Segments;
use crate::error::{ApiError, Family, OrStoreError};
use crate::html;
use crate::state::AppState;

/// It was written by others and is shown under our name: nothing in it runs, and it has no
/// origin whose cookies or pages it could reach. Pictures and styles are from wherever a mail
/// may have them.
const POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
                      img-src http: https: data:; media-src http: https:; \
                      font-src http: https: data:; style-src 'unsafe-inline' http: https:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `GET /v/{token}`: the email as it was sent, while its content is kept.
pub(crate) async fn view(
    State(state): State<AppState>,
    path: Segments,
) -> Result<Response, ApiError> {
    let Some(delivery_id) = state.links.read_view(path.get(0)) else {
        return Ok(gone());
    };
    let Some(workspace) = workspace_of(&state, &delivery_id).await? else {
        return Ok(gone());
    };
    let delivery = state.store.delivery(workspace, delivery_id.clone()).await;
    // Before it was sent its content is what it is made from.
    let delivery = delivery
        .or_store_error(Family::Track)?
        .filter(|delivery| delivery.state() == Some(Stage::Sent));
    let content = state.store.delivery_content(workspace, delivery_id).await;
    match (delivery, content.or_store_error(Family::Track)?) {
        (Some(_), Some(Content::Email(email))) => Ok(shown(email.body)),
        _ => Ok(forgotten()),
    }
}

fn shown(body: String) -> Response {
    let mut response = html::page(StatusCode::OK, body);
    let policy = HeaderValue::from_static(POLICY);
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

fn forgotten() -> Response {
    let text = "This message cannot be shown in the browser: what it says is not kept here.";
    html::page(
        StatusCode::NOT_FOUND,
        html::message("Message not found", text),
    )
}
