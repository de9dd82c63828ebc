//! What becomes of a message that was sent.

use std::time::Duration;

use customerio::{ApiClient, ErrorKind};
use serde_json::Value;

use crate::commands::messages::state;
use crate::commands::text;
use crate::context::Context;
use crate::exit::{self, Failure};
use crate::patience::Patience;

/// Waits until a message was sent, is held, or was not sent, which is a refusal.
pub(super) async fn wait(
    context: &Context,
    api: &ApiClient,
    id: &str,
    timeout: Duration,
) -> Result<u8, Failure> {
    let output = &context.output;
    let mut patience = Patience::new(timeout);
    let mut last = "queued";
    loop {
        match api.messages().get(id).json().await {
            Ok(answer) => {
                let message = &answer["message"];
                last = state(message);
                if let Some(end) = End::of(message) {
                    output.passing("");
                    output.answer(message, || output.data(id));
                    return end.tell(context, id);
                }
            }
            // A message may take a moment to be there.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        if !patience.waits(output, || format!("{id}: {last}")).await {
            let seconds = timeout.as_secs();
            let text = format!("after {seconds} s the message {id} is still {last}");
            let hint = format!("it may be sent yet: customerio messages show {id}");
            return Err(Failure::unexpected(text).next(hint));
        }
    }
}

/// How sending a message ended.
enum End {
    Sent,
    Held,
    Not(String),
}

impl End {
    fn of(message: &Value) -> Option<End> {
        let reason = message["failure_message"]
            .as_str()
            .filter(|text| !text.is_empty());
        match state(message) {
            "queued" | "attempted" | "deferred" => None,
            "drafted" => Some(End::Held),
            state @ ("undeliverable" | "failed" | "dropped" | "bounced") => {
                Some(End::Not(match reason {
                    Some(reason) => format!("{state}: {reason}"),
                    None => state.to_owned(),
                }))
            }
            _ => Some(End::Sent),
        }
    }

    fn tell(self, context: &Context, id: &str) -> Result<u8, Failure> {
        match self {
            End::Sent => context.output.note("Sent."),
            End::Held => context.output.note("Held as a draft, to be sent by hand."),
            End::Not(reason) => {
                let hint = format!("customerio messages show {} says more", text(&id.into()));
                return Err(Failure::refused(format!("it was not sent; {reason}")).next(hint));
            }
        }
        Ok(exit::DONE)
    }
}
