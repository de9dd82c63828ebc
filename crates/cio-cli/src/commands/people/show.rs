//! What is known of a person.

use serde_json::Value;

use crate::args::people::ShowArgs;
use crate::commands::text;
use crate::context::Context;
use crate::exit::Failure;
use crate::output::{Tone, utc};

pub(super) async fn run(args: &ShowArgs, context: &Context) -> Result<(), Failure> {
    let output = &context.output;
    let api = context.app()?;
    let answer = api.customers().attributes(&args.person.0).json().await?;
    let customer = &answer["customer"];
    output.answer(customer, || {
        let line = |name: &str, value: &str| output.data(&format!("{name:<24} {value}"));
        let heading = |name: &str| output.data(&output.out(Tone::Strong, name));
        for name in ["id", "email", "cio_id"] {
            line(name, &text(&customer["identifiers"][name]));
        }
        line("unsubscribed", &text(&customer["unsubscribed"]));
        let attributes = customer["attributes"].as_object();
        // What is an identifier is above.
        let attributes: Vec<(&String, &Value)> = attributes
            .into_iter()
            .flatten()
            .filter(|(name, _)| !["id", "email", "cio_id"].contains(&name.as_str()))
            .collect();
        if !attributes.is_empty() {
            heading("attributes");
        }
        for (name, value) in attributes {
            line(&format!("  {name}"), &text(value));
        }
        for device in customer["devices"].as_array().into_iter().flatten() {
            heading("device");
            line("  id", &text(&device["id"]));
            line("  platform", &text(&device["platform"]));
            line("  last_used", &utc(&device["last_used"]));
        }
    });
    Ok(())
}
