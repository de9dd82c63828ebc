//! Sends a transactional message on each channel but email, which has an example of its
//! own: push, SMS, WhatsApp, in-app and inbox.
//!
//! ```sh
//! export CUSTOMERIO_APP_API_KEY=… CUSTOMERIO_REGION=us
//! cargo run -p customerio --example send_messages -- 42 +15550100
//! ```
//!
//! 42 is the id of a person. The templates are named by their trigger names; make them in
//! the user interface first, or see what the service says without them.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::process::ExitCode;

use customerio::{
    ApiClient, Error, PushTarget, SendInApp, SendInboxMessage, SendPush, SendSms, SendWhatsApp,
    SentMessage,
};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<ExitCode, Error> {
    let mut arguments = std::env::args().skip(1);
    let (Some(person), Some(number)) = (arguments.next(), arguments.next()) else {
        println!("usage: send_messages <person's id> <phone number>");
        return Ok(ExitCode::from(2));
    };
    let api = ApiClient::from_env()?;
    let data = json!({ "order": 1001 });

    let push = SendPush::new("order_shipped_push", person.as_str())
        .to(PushTarget::LastUsed)
        .message_data(&data);
    tell("push", api.send_push(&push).await);

    let sms = SendSms::new("order_shipped_sms", &number, person.as_str()).message_data(&data);
    tell("SMS", api.send_sms(&sms).await);

    let whatsapp = SendWhatsApp::new("order_shipped_whatsapp", &number, person.as_str());
    tell(
        "WhatsApp",
        api.send_whatsapp(&whatsapp.message_data(&data)).await,
    );

    let in_app = SendInApp::new("order_shipped_in_app", person.as_str()).message_data(&data);
    tell("in-app", api.send_in_app(&in_app).await);

    let inbox = SendInboxMessage::new("order_shipped_inbox", person.as_str()).message_data(&data);
    tell("inbox", api.send_inbox_message(&inbox).await);
    Ok(ExitCode::SUCCESS)
}

fn tell(channel: &str, sent: Result<SentMessage, Error>) {
    match sent {
        Ok(sent) => println!("{channel}: queued as {}", sent.delivery_id),
        // A channel that the workspace does not have is a refusal of that one message.
        Err(error) => println!("{channel}: {error}"),
    }
}
