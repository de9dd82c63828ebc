//! `customerio people`: create, change, show, find and remove people.

mod devices;
mod lists;
mod removal;
mod show;

pub(super) use lists::PEOPLE;

use serde_json::json;

use super::exact;
use crate::args::people::{IdentifyArgs, PeopleArgs, PeopleCommand};
use crate::context::Context;
use crate::exit::{self, Failure};

pub(crate) async fn run(args: &PeopleArgs, context: &Context) -> Result<u8, Failure> {
    match &args.command {
        PeopleCommand::Identify(args) => identify(args, context).await,
        PeopleCommand::Show(args) => show::run(args, context).await,
        PeopleCommand::Search(args) => lists::search(args, context).await,
        PeopleCommand::Segments(args) => lists::segments(args, context).await,
        PeopleCommand::Messages(args) => lists::messages(args, context).await,
        PeopleCommand::Activities(args) => lists::activities(args, context).await,
        PeopleCommand::Delete(args) => removal::delete(args, context).await,
        PeopleCommand::Suppress(args) => removal::suppress(args, context).await,
        PeopleCommand::Unsuppress(args) => removal::unsuppress(args, context).await,
        PeopleCommand::Merge(args) => removal::merge(args, context).await,
        PeopleCommand::Devices(command) => devices::run(command, context).await,
    }?;
    Ok(exit::DONE)
}

async fn identify(args: &IdentifyArgs, context: &Context) -> Result<(), Failure> {
    let person = &args.person.0;
    let attributes = args.attributes.object()?;
    let track = context.track(&args.dry_run)?;
    let identified = exact::call(
        person,
        |person| track.identify(person, &attributes),
        |exact| track.entity(exact.identify(&attributes)),
    );
    identified.await?;
    let done = json!({ person.id_type(): person.value(), "attributes": attributes.len() });
    args.dry_run.say(&context.output, &done, || {
        let attributes = match attributes.len() {
            0 => "no attributes".to_owned(),
            1 => "1 attribute".to_owned(),
            count => format!("{count} attributes"),
        };
        format!("Identified {} with {attributes}.", person.value())
    });
    Ok(())
}
