//! What the answers of APNs mean.

use crate::Handed;
use crate::http::{Answer, answered, refused_settings};

const CARRIER: &str = "APNs";

/// Whether the token of the request is too old.
pub(super) fn is_of_an_old_token(answer: &Answer) -> bool {
    answer.status == 403 && answer.json()["reason"] == "ExpiredProviderToken"
}

/// Of a push that has this id, which is ours.
pub(super) fn handed(answer: &Answer, id: String) -> Handed {
    if answer.is_success() {
        return Handed::Taken {
            reference: Some(id),
        };
    }
    let body = answer.json();
    let reason = body["reason"].as_str().unwrap_or_default();
    let said = answered(CARRIER, answer.status, reason, reason);
    let wrong = |advice: &str| refused_settings(answer, &said, advice);
    match (answer.status, reason) {
        (410, _)
        | (
            _,
            "BadDeviceToken" | "DeviceTokenNotForTopic" | "MissingDeviceToken" | "Unregistered",
        ) => Handed::Bounced {
            reason: said,
            code: match reason {
                "" => answer.status.to_string(),
                reason => reason.to_owned(),
            },
        },
        (_, "ExpiredProviderToken") => wrong("is the clock of this machine right?"),
        (_, "BadTopic" | "MissingTopic" | "TopicDisallowed") => {
            wrong("is the topic the app's bundle id, and may the key send to it?")
        }
        (_, "BadEnvironmentKeyIdInToken") => {
            wrong("is the key for this environment, production or sandbox?")
        }
        (401 | 403, _) => wrong("are the key, its id and the team's id right?"),
        (429 | 500 | 503, _) => answer.later(said),
        // Whoever stands before APNs gave up waiting for it.
        (502 | 504, _) => Handed::InDoubt(said),
        (500..=599, _) => answer.later(said),
        (300..=399, _) => wrong("set the address it redirects to"),
        _ => Handed::Failed(said),
    }
}
