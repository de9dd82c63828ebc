//! What Twilio's answers mean.

use super::codes::{Meaning, meaning};
use crate::Handed;
use crate::http::{Answer, answered, refused_settings};

const CARRIER: &str = "Twilio";

pub(super) fn handed(answer: &Answer) -> Handed {
    let body = answer.json();
    if answer.is_success() {
        let reference = body["sid"].as_str().map(str::to_owned);
        return Handed::Taken { reference };
    }
    let code = body["code"].as_u64();
    let name = code.map(|code| code.to_string()).unwrap_or_default();
    let text = body["message"].as_str().unwrap_or_default();
    let said = answered(CARRIER, answer.status, &name, text);
    let wrong = |advice: &str| refused_settings(answer, &said, advice);
    match (answer.status, code.map(meaning)) {
        (400..=499, Some(Meaning::Recipient)) => Handed::Bounced {
            reason: said,
            code: name,
        },
        (408 | 429, _) | (400..=499, Some(Meaning::Busy)) => answer.later(said),
        (401, _) => wrong("are the account's SID and its auth token right?"),
        (400..=499, Some(Meaning::Settings)) | (403, _) => {
            wrong("see in Twilio's console what the account may do")
        }
        (404, _) => wrong("is the account's SID right?"),
        (503, _) => answer.later(said),
        // Twilio knows no key that makes a repeat harmless, and may have taken the message
        // before it failed.
        (500..=599, _) => Handed::InDoubt(said),
        (300..=399, _) => wrong("set the address it redirects to"),
        _ => Handed::Failed(said),
    }
}
