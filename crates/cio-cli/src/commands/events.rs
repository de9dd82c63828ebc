//! `customerio events`: record what people did.

use customerio::Event;
use serde_json::json;

use crate::args::events::{EventArgs, EventsArgs, EventsCommand, Who};
use crate::context::Context;
use crate::exit::{self, Failure};

pub(crate) async fn run(args: &EventsArgs, context: &Context) -> Result<u8, Failure> {
    match &args.command {
        EventsCommand::Track(args) => track(args, context, Event::new).await,
        EventsCommand::Page(args) => track(args, context, Event::page).await,
        EventsCommand::Screen(args) => track(args, context, Event::screen).await,
    }?;
    Ok(exit::DONE)
}

async fn track(
    args: &EventArgs,
    context: &Context,
    kind: fn(String) -> Event,
) -> Result<(), Failure> {
    let (who, name, data) = args.read().map_err(Failure::config)?;
    let data = data.object()?;
    let mut event = kind(name.clone());
    if !data.is_empty() {
        event = event.data(&data);
    }
    if let Some(time) = args.timestamp {
        event = event.timestamp(time.ago());
    }
    if let Some(id) = &args.id {
        event = event.id(id);
    }
    let track = context.track(&args.dry_run)?;
    let (done, whose) = match who {
        Who::Person(person) => {
            let person = person.0;
            track.track(&person, event).await?;
            let done = json!({ person.id_type(): person.value(), "name": name });
            (done, person.value().to_owned())
        }
        Who::Anonymous(id) => {
            track.track_anonymous(&id, event).await?;
            (json!({ "anonymous_id": id, "name": name }), id)
        }
    };
    args.dry_run.say(&context.output, &done, || {
        format!("Recorded {name} of {whose}.")
    });
    Ok(())
}
