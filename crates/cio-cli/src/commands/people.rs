//! `customerio people`: create, change, show people.

use customerio::reqwest::Method;
use serde_json::{Value, json};

use super::text;
use crate::args::{IdentifyArgs, PeopleArgs, PeopleCommand, ShowArgs};
use crate::context::Context;
use crate::exit::{self, Failure};
use crate::output::Tone;

pub(crate) async fn run(args: &PeopleArgs, context: &Context) -> Result<u8, Failure> {
    match &args.command {
        PeopleCommand::Identify(args) => identify(args, context).await,
        PeopleCommand::Show(args) => show(args, context).await,
    }?;
    Ok(exit::DONE)
}

async fn identify(args: &IdentifyArgs, context: &Context) -> Result<(), Failure> {
    let person = &args.person.0;
    let attributes = args.attributes.object()?;
    let track = context.track(&args.dry_run)?;
    track.identify(person, &attributes).await?;
    let count = attributes.len();
    let done = json!({ person.id_type(): person.value(), "attributes": count });
    args.dry_run.say(&context.output, &done, || {
        format!("Identified {}, {count} attributes.", person.value())
    });
    Ok(())
}

async fn show(args: &ShowArgs, context: &Context) -> Result<(), Failure> {
    let output = &context.output;
    let person = &args.person.0;
    let path = format!("/v1/customers/{}/attributes", person.path_segment());
    let request = context.app()?.request(Method::GET, path);
    let answer: Value = request.query("id_type", person.id_type()).await?;
    let customer = &answer["customer"];
    output.answer(customer, || {
        let line = |name: &str, value: &Value| {
            output.data(&format!("{name:<24} {}", text(value)));
        };
        for name in ["id", "email", "cio_id"] {
            line(name, &customer["identifiers"][name]);
        }
        line("unsubscribed", &customer["unsubscribed"]);
        output.data(&output.out(Tone::Strong, "attributes"));
        let attributes = customer["attributes"].as_object();
        for (name, value) in attributes.into_iter().flatten() {
            line(&format!("  {name}"), value);
        }
        let devices = customer["devices"].as_array();
        for device in devices.into_iter().flatten() {
            output.data(&output.out(Tone::Strong, "device"));
            for name in ["id", "platform", "last_used"] {
                line(&format!("  {name}"), &device[name]);
            }
        }
    });
    Ok(())
}
