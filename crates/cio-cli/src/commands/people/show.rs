//! What is known of a person.

use serde_json::Value;

use crate::args::people::ShowArgs;
use crate::commands::{if_no_person, text};
use crate::context::Context;
use crate::exit::Failure;
use crate::output::{Tone, utc};

pub(super) async fn run(args: &ShowArgs, context: &Context) -> Result<(), Failure> {
    let output = &context.output;
    let api = context.app()?;
    let person = &args.person.0;
    let answer = api.customers().attributes(person).json().await;
    let answer = answer.map_err(if_no_person(person))?;
    let customer = &answer["customer"];
    output.answer(customer, || {
        let heading = |name: &str| output.data(&output.out(Tone::Strong, name));
        for name in ["id", "email", "cio_id"] {
            output.field(name, &text(&customer["identifiers"][name]));
        }
        output.field("unsubscribed", &text(&customer["unsubscribed"]));
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
            output.field(&format!("  {name}"), &text(value));
        }
        for device in customer["devices"].as_array().into_iter().flatten() {
            heading("device");
            output.field("  id", &text(&device["id"]));
            output.field("  platform", &text(&device["platform"]));
            output.field("  last_used", &utc(&device["last_used"]));
        }
    });
    Ok(())
}
