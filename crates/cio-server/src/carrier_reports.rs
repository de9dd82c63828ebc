//! What carriers tell of messages they took. Who tells it is known by its signature.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use cio_channels::text::twilio::{StatusReport, TextStatus};
use cio_domain::Operation;
use cio_domain::operation::Report;

use crate::body::{FormBody, Segments};
use crate::error::{ApiError, Family, OrStoreError};
use crate::state::AppState;

const SIGNATURE: &str = "x-twilio-signature";

/// `POST /carriers/twilio/{delivery_id}`: Twilio tells what became of a text. It is answered
/// 204 also where nothing follows from it, for Twilio would tell it again otherwise.
pub(crate) async fn twilio(
    State(state): State<AppState>,
    path: Segments,
    uri: Uri,
    headers: HeaderMap,
    body: FormBody,
) -> Result<Response, ApiError> {
    let fields = form(&body.0);
    let signature = headers.get(SIGNATURE).and_then(|it| it.to_str().ok());
    let signed = uri.path_and_query().map_or("", |it| it.as_str());
    if !signature.is_some_and(|it| state.carriers.is_twilio_s(signed, &fields, it)) {
        return Err(ApiError::new(
            Family::Track,
            StatusCode::FORBIDDEN,
            "the signature in X-Twilio-Signature is not that of the account: check its auth \
             token, and callback_url as Twilio reaches it",
        ));
    }
    if let Some(report) = StatusReport::read(&fields)
        && let Some((metric, reason)) = told(report.status)
    {
        let delivery_id = path.get(0).to_owned();
        let found = state.store.find_delivery(delivery_id.clone()).await;
        if let Some(workspace) = found.or_store_error(Family::Track)? {
            let report = Operation::Report(Report {
                delivery_id,
                metric: metric.to_owned(),
                timestamp: None,
                recipient: None,
                reason,
                href: None,
            });
            let applied = state.apply(workspace, report).await;
            applied.or_store_error(Family::Track)?;
        }
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The metric that a status is, and why.
fn told(status: TextStatus) -> Option<(&'static str, Option<String>)> {
    let by_code = |code: &str| match code {
        "" => "Twilio could not deliver it".to_owned(),
        code => format!("Twilio could not deliver it: error {code}"),
    };
    match status {
        TextStatus::Underway => None,
        TextStatus::Delivered => Some(("delivered", None)),
        TextStatus::Read => Some(("opened", None)),
        TextStatus::Bounced { code } => Some(("bounced", Some(by_code(&code)))),
        TextStatus::Failed { code } => Some(("failed", Some(by_code(&code)))),
    }
}

/// The fields of a form, in order.
fn form(body: &[u8]) -> Vec<(String, String)> {
    let text = |part: &[u8]| {
        let spaced: Vec<u8> = part
            .iter()
            .map(|byte| if *byte == b'+' { b' ' } else { *byte })
            .collect();
        let decoded = percent_encoding::percent_decode(&spaced);
        decoded.decode_utf8_lossy().into_owned()
    };
    body.split(|byte| *byte == b'&')
        .filter(|field| !field.is_empty())
        .map(|field| {
            let at = field.iter().position(|byte| *byte == b'=');
            let (name, value) = field.split_at(at.unwrap_or(field.len()));
            (text(name), text(value.get(1..).unwrap_or_default()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::form;

    #[test]
    fn a_form_is_read_as_browsers_write_it() {
        let fields = form(b"A=1+2&B=%2B1%20%C3%BC&C&=x&D=a=b&&E=%");
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let expected = [
            ("A", "1 2"),
            ("B", "+1 ü"),
            ("C", ""),
            ("", "x"),
            ("D", "a=b"),
            ("E", "%"),
        ];
        assert_eq!(fields, expected);
    }
}
