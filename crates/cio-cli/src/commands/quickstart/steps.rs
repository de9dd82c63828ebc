//! The five steps of the set-up, each with its call and its time.

use std::time::Instant;

use customerio::{ApiClient, Identifier, SendEmail, TrackClient};
use serde_json::json;

use crate::exit::Failure;
use crate::output::{Output, Tone};

/// How often a delivery is looked at before it counts as still on its way.
const LOOKS_MAX: u32 = 40;
const PAUSE: std::time::Duration = std::time::Duration::from_millis(50);

/// Runs the steps; the first that fails ends them.
pub(super) async fn run(
    track: &TrackClient,
    api: &ApiClient,
    mail: &str,
    output: &Output,
) -> Result<(), Failure> {
    let person = format!(
        "quickstart-{}",
        ulid::Ulid::generate().to_string().to_lowercase()
    );
    let email = format!("{person}@example.com");
    let step = |number: u8, title: &str| {
        output.data(&output.out(Tone::Strong, &format!("{number}. {title}")));
    };

    step(1, "Track client");
    let region = call(output, "GET", "/api/v1/accounts/region", track.region()).await?;
    line(
        output,
        &format!(
            "the site id and Track key work; the region is {}",
            region.region.as_str()
        ),
    );

    step(2, "App client");
    call(
        output,
        "GET",
        "/v1/customers?email=…",
        api.customers().by_email(&email),
    )
    .await?;
    line(output, "the App key works");

    step(3, "Identify a person and read them back");
    let attributes = json!({ "email": email, "first_name": "Ana", "plan": "pro" });
    call(
        output,
        "PUT",
        "/api/v1/customers/{id}",
        track.identify(&person, &attributes),
    )
    .await?;
    call(
        output,
        "POST",
        "/api/v1/customers/{id}/events",
        track.track(&person, "signed_up"),
    )
    .await?;
    let path = "/v1/customers/{id}/attributes";
    let customer = call(output, "GET", path, api.customers().attributes(&person)).await?;
    let plan = customer.attribute("plan").unwrap_or_default();
    line(output, &format!("{person} has the plan \"{plan}\""));

    step(4, "Send an email");
    send(api, &person, &email, mail, output).await?;

    step(5, "Suppress the person");
    call(
        output,
        "POST",
        "/api/v1/customers/{id}/suppress",
        track.suppress(&person),
    )
    .await?;
    call(
        output,
        "PUT",
        "/api/v1/customers/{id}",
        track.identify(&person, &attributes),
    )
    .await?;
    let started = Instant::now();
    match api.customers().attributes(&person).await {
        Err(error) if error.status() == Some(404) => {
            tick(output, "GET", path, started);
            line(output, "404: identify no longer brings them back");
            Ok(())
        }
        Err(error) => Err(error.into()),
        Ok(_) => Err(Failure::unexpected("the suppressed person came back")),
    }
}

async fn send(
    api: &ApiClient,
    person: &str,
    email: &str,
    mail: &str,
    output: &Output,
) -> Result<(), Failure> {
    let message = SendEmail::inline(
        "Quickstart <quickstart@example.com>",
        email,
        "Welcome, {{ customer.first_name }} ✓",
        "<p>Hello {{ customer.first_name }}, your code is {{ trigger.code }}.</p>",
    )
    .identifiers(Identifier::from(person))
    .message_data(json!({ "code": "4711" }));
    let sent = call(output, "POST", "/v1/send/email", api.send_email(&message)).await?;
    // Delivery follows the answer: it is looked at until it has left.
    for look in 1.. {
        let delivery = api.messages().get(&sent.delivery_id).await?;
        if let Some(reason) = delivery.failure_message {
            return Err(Failure::unexpected(format!(
                "the email did not leave: {reason}"
            )));
        }
        if delivery.metrics.contains_key("sent") || look >= LOOKS_MAX {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    let path = "/v1/messages/{id}/archived_message";
    let shown = call(
        output,
        "GET",
        path,
        api.messages().archived(&sent.delivery_id),
    )
    .await?;
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    line(output, &format!("From:    {}", or_empty(&shown.from)));
    line(output, &format!("To:      {}", or_empty(&shown.recipient)));
    line(output, &format!("Subject: {}", or_empty(&shown.subject)));
    line(output, &format!("         {}", shown.body));
    line(
        output,
        &match mail {
            "captured" => "captured, not sent: set CUSTOMERIO_SMTP_URL to send mail".to_owned(),
            server => format!("sent through {server}"),
        },
    );
    Ok(())
}

async fn call<T>(
    output: &Output,
    method: &str,
    path: &str,
    future: impl Future<Output = Result<T, customerio::Error>>,
) -> Result<T, Failure> {
    let started = Instant::now();
    match future.await {
        Ok(value) => {
            tick(output, method, path, started);
            Ok(value)
        }
        Err(error) => {
            output.data(&format!(
                "   {} {method:<4} {path}",
                output.out(Tone::Bad, "✗")
            ));
            Err(error.into())
        }
    }
}

fn tick(output: &Output, method: &str, path: &str, started: Instant) {
    let time = format!("{:.1} ms", started.elapsed().as_secs_f64() * 1_000.0);
    let mark = output.out(Tone::Good, "✓");
    output.data(&format!(
        "   {mark} {method:<4} {path:<38} {}",
        output.out(Tone::Faint, &format!("{time:>9}"))
    ));
}

fn line(output: &Output, text: &str) {
    output.data(&format!("     {}", output.out(Tone::Faint, text)));
}
