//! `customerio events`: record what people did.

use customerio::Event;
use customerio::entity::{Person, PersonEvent};
use serde_json::{Map, Value, json};

use super::exact;
use crate::args::events::{EventArgs, EventsArgs, EventsCommand, Who};
use crate::context::Context;
use crate::exit::{self, Failure};

pub(crate) async fn run(args: &EventsArgs, context: &Context) -> Result<u8, Failure> {
    match &args.command {
        EventsCommand::Track(args) => track(args, context, Kind::Event).await,
        EventsCommand::Page(args) => track(args, context, Kind::Page).await,
        EventsCommand::Screen(args) => track(args, context, Kind::Screen).await,
    }?;
    Ok(exit::DONE)
}

/// The three kinds of what people do, as an event by itself and as one of a person.
#[derive(Clone, Copy)]
enum Kind {
    Event,
    Page,
    Screen,
}

async fn track(args: &EventArgs, context: &Context, kind: Kind) -> Result<(), Failure> {
    let (who, name, data) = args.read().map_err(Failure::config)?;
    let data = data.object()?;
    let track = context.track(&args.dry_run)?;
    let (done, whose) = match who {
        Who::Person(person) => {
            let person = person.0;
            let recorded = exact::call(
                &person,
                |person| track.track(person, event(args, kind, &name, &data)),
                |exact| track.entity(event_of(exact, args, kind, &name, &data)),
            );
            recorded.await?;
            let done = json!({ person.id_type(): person.value(), "name": name });
            (done, person.value().to_owned())
        }
        Who::Anonymous(id) => {
            let event = event(args, kind, &name, &data);
            track.track_anonymous(&id, event).await?;
            (json!({ "anonymous_id": id, "name": name }), id)
        }
    };
    args.dry_run.say(&context.output, &done, || {
        format!("Recorded {name} of {whose}.")
    });
    Ok(())
}

fn event(args: &EventArgs, kind: Kind, name: &str, data: &Map<String, Value>) -> Event {
    let mut event = match kind {
        Kind::Event => Event::new(name),
        Kind::Page => Event::page(name),
        Kind::Screen => Event::screen(name),
    };
    if !data.is_empty() {
        event = event.data(data);
    }
    if let Some(time) = args.timestamp {
        event = event.timestamp(time.ago());
    }
    match &args.id {
        Some(id) => event.id(id),
        None => event,
    }
}

fn event_of(
    person: Person,
    args: &EventArgs,
    kind: Kind,
    name: &str,
    data: &Map<String, Value>,
) -> PersonEvent {
    let mut event = match kind {
        Kind::Event => person.event(name),
        Kind::Page => person.page(name),
        Kind::Screen => person.screen(name),
    };
    if !data.is_empty() {
        event = event.attributes(data);
    }
    if let Some(time) = args.timestamp {
        event = event.timestamp(time.ago());
    }
    match &args.id {
        Some(id) => event.id(id),
        None => event,
    }
}
