//! What FCM's answers mean.

use serde_json::Value;

use crate::Handed;
use crate::http::{Answer, answered, refused_settings};

const CARRIER: &str = "FCM";

/// Whether the token of the request has been good for long enough, or was taken back.
pub(super) fn is_of_an_old_token(answer: &Answer) -> bool {
    answer.status == 401 && error_code(&answer.json()) != "THIRD_PARTY_AUTH_ERROR"
}

pub(super) fn handed(answer: &Answer) -> Handed {
    let body = answer.json();
    if answer.is_success() {
        let reference = body["name"].as_str().map(str::to_owned);
        return Handed::Taken { reference };
    }
    let code = error_code(&body);
    let text = body["error"]["message"].as_str().unwrap_or_default();
    let said = answered(CARRIER, answer.status, code, text);
    let bounced = || Handed::Bounced {
        reason: said.clone(),
        code: code.to_owned(),
    };
    match (answer.status, code) {
        (_, "UNREGISTERED" | "SENDER_ID_MISMATCH") => bounced(),
        (_, "INVALID_ARGUMENT") if is_about_the_token(&body) => bounced(),
        (_, "THIRD_PARTY_AUTH_ERROR") => refused_settings(
            answer,
            &said,
            "give Firebase the APNs key of the iOS app: Project settings, Cloud Messaging",
        ),
        (401, _) => refused_settings(
            answer,
            &said,
            "is the service account of this project, and its key still in force?",
        ),
        (403, _) => refused_settings(
            answer,
            &said,
            "give the service account the role `Firebase Cloud Messaging API Admin`, and \
             turn on the Firebase Cloud Messaging API",
        ),
        // A token that is gone says UNREGISTERED.
        (404, _) => refused_settings(answer, &said, "is the project's id right?"),
        (408 | 429 | 500 | 503, _) => answer.later(said),
        // Whoever stands before FCM gave up waiting for it.
        (502 | 504, _) => Handed::InDoubt(said),
        (500..=599, _) => answer.later(said),
        (300..=399, _) => refused_settings(answer, &said, "set the address it redirects to"),
        _ => Handed::Failed(said),
    }
}

/// The code of FCM's own among the details, else that of all Google's APIs.
fn error_code(body: &Value) -> &str {
    let error = &body["error"];
    let details = error["details"].as_array();
    details
        .into_iter()
        .flatten()
        .find_map(|detail| detail["errorCode"].as_str())
        .or_else(|| error["status"].as_str())
        .unwrap_or_default()
}

/// An invalid argument is the token's fault, or that of what is sent: the one is of the
/// device, the other of the message.
fn is_about_the_token(body: &Value) -> bool {
    let error = &body["error"];
    let violations = error["details"].as_array().into_iter().flatten();
    let named = violations
        .filter_map(|detail| detail["fieldViolations"].as_array())
        .flatten()
        .any(|violation| violation["field"] == "message.token");
    let text = error["message"].as_str().unwrap_or_default();
    named || text.to_ascii_lowercase().contains("registration token")
}
