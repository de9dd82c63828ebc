//! `/unsubscribe/{delivery_id}` as people and their mailboxes use it: a page that asks, its
//! form, and the one click of RFC 8058.
//!
//! The id of the delivery is 120 random bits, which only whoever got the message knows. A look
//! at the page changes nothing, since mail scanners follow links.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use cio_domain::{Operation, Person, WorkspaceId};
use cio_wire::Identifier;

use super::{gone, workspace_of};
use crate::body::Segments;
use crate::error::{ApiError, Family, OrStoreError};
use crate::html;
use crate::state::AppState;

/// The field of our own form, and of the API's JSON.
const FIELD: &str = "unsubscribe";

/// `GET /unsubscribe/{delivery_id}`: a page that asks.
pub(crate) async fn ask(
    State(state): State<AppState>,
    path: Segments,
) -> Result<Response, ApiError> {
    match whom(&state, path.get(0)).await? {
        None => Ok(gone()),
        Some((_, None)) => Ok(nobody()),
        Some((_, Some(person))) if person.is_unsubscribed() => Ok(unsubscribed()),
        Some((_, Some(_))) => Ok(question()),
    }
}

/// What a form says: to unsubscribe, or not to be unsubscribed any more.
pub(crate) fn read_form(headers: &HeaderMap, body: &[u8]) -> Option<bool> {
    let media_type = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let (media_type, _) = media_type.split_once(';').unwrap_or((media_type, ""));
    let media_type = media_type.trim().to_ascii_lowercase();
    let body = String::from_utf8_lossy(body);
    match media_type.as_str() {
        "application/x-www-form-urlencoded" => body.split('&').find_map(|field| {
            let (name, value) = field.split_once('=')?;
            match (name, value.trim()) {
                (ONE_CLICK, _) if is_one_click(value) => Some(true),
                (FIELD, value) => value.parse().ok(),
                _ => None,
            }
        }),
        // Mailboxes may send the one field this way, too.
        "multipart/form-data" => {
            let named = body.split_once(&format!("name=\"{ONE_CLICK}\""));
            let (_, value) = named?.1.split_once("\r\n\r\n")?;
            is_one_click(value.lines().next()?).then_some(true)
        }
        _ => None,
    }
}

const ONE_CLICK: &str = "List-Unsubscribe";

fn is_one_click(value: &str) -> bool {
    value.trim() == "One-Click"
}

/// `POST /unsubscribe/{delivery_id}` with a form.
pub(crate) async fn by_form(
    state: &AppState,
    delivery_id: &str,
    wanted: bool,
) -> Result<Response, ApiError> {
    let Some((workspace, person)) = whom(state, delivery_id).await? else {
        return Ok(gone());
    };
    let operation = Operation::Unsubscribe {
        delivery_id: delivery_id.to_owned(),
        unsubscribed: wanted,
    };
    let applied = state.apply(workspace, operation).await;
    applied.or_store_error(Family::Track)?;
    Ok(match (person, wanted) {
        (None, _) => nobody(),
        (Some(_), true) => unsubscribed(),
        (Some(_), false) => subscribed(),
    })
}

/// Where a delivery is, and who got it, if they are still there.
async fn whom(
    state: &AppState,
    delivery_id: &str,
) -> Result<Option<(WorkspaceId, Option<Person>)>, ApiError> {
    let Some(workspace) = workspace_of(state, delivery_id).await? else {
        return Ok(None);
    };
    let delivery = state.store.delivery(workspace, delivery_id.to_owned());
    let delivery = delivery.await.or_store_error(Family::Track)?;
    let Some(person) = delivery.and_then(|delivery| delivery.person) else {
        return Ok(Some((workspace, None)));
    };
    let identifier = Identifier::CioId(person.cio_id.to_string());
    let person = state.store.person(workspace, identifier).await;
    let person = person.or_store_error(Family::Track)?;
    Ok(Some((workspace, person)))
}

fn question() -> Response {
    page(
        "Unsubscribe?",
        "You will get no more messages from us, except for those that you ask for, such as \
         receipts.",
        Some((true, "Unsubscribe")),
    )
}

fn unsubscribed() -> Response {
    page(
        "You are unsubscribed",
        "You will get no more messages from us, except for those that you ask for, such as \
         receipts. If you did not mean to, you can subscribe again.",
        Some((false, "Subscribe again")),
    )
}

fn subscribed() -> Response {
    page(
        "You are subscribed",
        "You will get messages from us as before.",
        Some((true, "Unsubscribe")),
    )
}

fn nobody() -> Response {
    page(
        "Nothing to unsubscribe from",
        "We do not know whoever got this message, and keep them on no list.",
        None,
    )
}

/// A page with one button, or none.
fn page(title: &str, text: &str, button: Option<(bool, &str)>) -> Response {
    let mut main = format!(
        "<h1>{}</h1><p>{}</p>",
        html::escaped(title),
        html::escaped(text)
    );
    if let Some((value, label)) = button {
        main += &format!(
            "<form method=\"post\"><input type=\"hidden\" name=\"{FIELD}\" \
             value=\"{value}\"><button>{label}</button></form>"
        );
    }
    html::page(StatusCode::OK, html::document(title, &main))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn read(media_type: &'static str, body: &str) -> Option<bool> {
        let value = HeaderValue::from_static(media_type);
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, value)]);
        read_form(&headers, body.as_bytes())
    }

    #[test]
    fn one_click_is_read_in_both_of_its_forms_and_our_own_beside() {
        let form = "application/x-www-form-urlencoded";
        assert_eq!(read(form, "List-Unsubscribe=One-Click"), Some(true));
        assert_eq!(read(form, "a=b&List-Unsubscribe=One-Click\r\n"), Some(true));
        assert_eq!(read(form, "unsubscribe=true"), Some(true));
        assert_eq!(read(form, "unsubscribe=false"), Some(false));
        let part = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\n\
                    One-Click\r\n--x--\r\n";
        assert_eq!(read("multipart/form-data; boundary=x", part), Some(true));
        for body in ["", "unsubscribe=1", "List-Unsubscribe=Two-Clicks", "{}"] {
            assert_eq!(read(form, body), None, "{body}");
            assert_eq!(
                read("multipart/form-data; boundary=x", body),
                None,
                "{body}"
            );
        }
        assert_eq!(read("application/json", "unsubscribe=true"), None);
    }
}
