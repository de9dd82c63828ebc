//! Sends a transactional email, and looks at what became of it.
//!
//! ```sh
//! export CUSTOMERIO_APP_API_KEY=… CUSTOMERIO_REGION=us
//! cargo run -p customerio --example send_email -- ana@example.com shop@example.com
//! ```
//!
//! The second address is the sender, which must be a verified one.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::process::ExitCode;

use customerio::{ApiClient, Error, Identifier, SendEmail};
use serde_json::json;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(to), Some(from)) = (arguments.next(), arguments.next()) else {
        println!("usage: send_email <to> <from>");
        return ExitCode::from(2);
    };
    match send(&to, &from).await {
        Ok(()) => ExitCode::SUCCESS,
        // The message says what to do; the variant is there to act on.
        Err(error) if error.may_have_been_received() => {
            println!("{error}\nnot repeated, because it may have gone out");
            ExitCode::FAILURE
        }
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn send(to: &str, from: &str) -> Result<(), Error> {
    let api = ApiClient::from_env()?;
    let email = SendEmail::inline(from, to, "Your receipt", "<p>{{trigger.items}} x tea</p>")
        .identifiers(Identifier::Email(to.to_owned()))
        .message_data(json!({ "items": 2 }))
        .attachment("receipt.txt", b"2 x tea".to_vec());
    let sent = api.send_email(&email).await?;
    println!("queued as {}", sent.delivery_id);

    match api.messages().get(&sent.delivery_id).await {
        Ok(message) => println!("so far: {:?}", message.metrics),
        Err(Error::NotFound(_)) => println!("not processed yet, ask again in a moment"),
        Err(error) => return Err(error),
    }
    Ok(())
}
