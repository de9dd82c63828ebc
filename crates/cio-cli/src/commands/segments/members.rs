//! Who is in a segment.

use customerio::{Identifier, Request, TrackClient};
use serde_json::json;

use crate::args::Person;
use crate::args::lines;
use crate::args::segments::{MembersArgs, MembershipArgs};
use crate::commands::named::SEGMENT;
use crate::commands::people::PEOPLE;
use crate::context::Context;
use crate::exit::Failure;
use crate::pages::Listing;

/// People in one call.
const CHUNK: usize = 1_000;

const MEMBERS: Listing = Listing {
    page_max: 30_000,
    ..PEOPLE
};

pub(super) async fn list(args: &MembersArgs, context: &Context) -> Result<(), Failure> {
    let number = SEGMENT.number(&context.app()?, &args.segment).await?;
    MEMBERS
        .print(context, args.limit.limit, |api, place| {
            place.of(api.segments().membership(number))
        })
        .await
        .map_err(SEGMENT.if_missing(number))
}

pub(super) async fn add(args: &MembershipArgs, context: &Context) -> Result<(), Failure> {
    let count = change(args, context, |track, segment, people| {
        track.add_to_segment(segment, people)
    });
    let count = count.await?;
    let done = json!({ "segment": args.segment, "added": count });
    args.dry_run.say(&context.output, &done, || {
        format!(
            "Put {} into the segment; who does not exist is left out.",
            people(count)
        )
    });
    Ok(())
}

pub(super) async fn remove(args: &MembershipArgs, context: &Context) -> Result<(), Failure> {
    let count = change(args, context, |track, segment, people| {
        track.remove_from_segment(segment, people)
    });
    let count = count.await?;
    let done = json!({ "segment": args.segment, "removed": count });
    args.dry_run.say(&context.output, &done, || {
        format!("Took {} out of the segment.", people(count))
    });
    Ok(())
}

fn people(count: usize) -> String {
    match count {
        1 => "1 person".to_owned(),
        count => format!("{count} people"),
    }
}

/// Changes the membership of everybody that is named, by a call for each kind of identifier
/// and thousand people. A long file is read as it is sent.
async fn change(
    args: &MembershipArgs,
    context: &Context,
    call: impl Fn(&TrackClient, u64, Vec<Identifier>) -> Request<()>,
) -> Result<usize, Failure> {
    // A segment is looked up in a dry run, too: its number is part of the request.
    let segment = match args.segment.parse() {
        Ok(number) => number,
        Err(_) => SEGMENT.number(&context.app()?, &args.segment).await?,
    };
    let track = context.track(&args.dry_run)?;
    let typed = args.people.iter().cloned().map(Ok);
    let of_file: Box<dyn Iterator<Item = Result<Person, Failure>>> = match &args.file {
        Some(path) => Box::new(lines::parsed("--file", path)?),
        None => Box::new(std::iter::empty()),
    };
    let mut waiting: [Vec<Identifier>; 3] = Default::default();
    let mut count = 0;
    let failed = |failure: Failure, count: usize| match count {
        0 => failure,
        count => failure.next(format!(
            "the {count} before were done; to do all of it again does no harm"
        )),
    };
    for person in typed.chain(of_file) {
        let person = person.map_err(|failure| failed(failure, count))?.0;
        let kind = match person {
            Identifier::Id(_) => 0,
            Identifier::Email(_) => 1,
            Identifier::CioId(_) => 2,
        };
        waiting[kind].push(person);
        if waiting[kind].len() == CHUNK {
            let people = std::mem::take(&mut waiting[kind]);
            let sent = call(&track, segment, people).await;
            sent.map_err(|error| failed(error.into(), count))?;
            count += CHUNK;
            context.output.passing(&format!("{count} people"));
        }
    }
    context.output.passing("");
    for people in waiting {
        if !people.is_empty() {
            let length = people.len();
            let sent = call(&track, segment, people).await;
            sent.map_err(|error| failed(error.into(), count))?;
            count += length;
        }
    }
    match count {
        0 => Err(Failure::config("--file names nobody").next("write one person a line")),
        count => Ok(count),
    }
}
