//! People who meet conditions, and what belongs to one.

use serde_json::Value;

use crate::args::people::{ActivitiesArgs, PersonMessagesArgs, SearchArgs, ShowArgs};
use crate::commands::messages::MESSAGES;
use crate::commands::named::people_filter;
use crate::commands::{if_no_person, items, text};
use crate::context::Context;
use crate::exit::Failure;
use crate::output::utc;
use crate::pages::Listing;

/// People, by what names them.
pub(crate) const PEOPLE: Listing = Listing {
    field: "identifiers",
    page_max: 1_000,
    heading: &["ID", "EMAIL", "CIO_ID"],
    row: identifiers,
    empty: "Nobody.",
};

const ACTIVITIES: Listing = Listing {
    field: "activities",
    page_max: 100,
    heading: &["TIME", "TYPE", "WHAT", "DELIVERY"],
    row: activity,
    empty: "Nothing happened in the last 30 days.",
};

fn identifiers(person: &Value) -> Vec<String> {
    ["id", "email", "cio_id"]
        .map(|name| text(&person[name]))
        .to_vec()
}

fn activity(activity: &Value) -> Vec<String> {
    let named = ["name", "url"].into_iter().map(|field| &activity[field]);
    let what = named.into_iter().find(|value| !value.is_null());
    vec![
        utc(&activity["timestamp"]),
        text(&activity["type"]),
        text(what.unwrap_or(&Value::Null)),
        text(&activity["delivery_id"]),
    ]
}

pub(super) async fn search(args: &SearchArgs, context: &Context) -> Result<(), Failure> {
    if let Some(email) = args.filter.only_email() {
        // Found however its letters are written, and without delay.
        let answer = context.app()?.customers().by_email(email).json().await?;
        let found = items(&answer, "results");
        let shown = found.len().min(most(args.limit.limit));
        let mut rows = context.output.rows(PEOPLE.heading, PEOPLE.row);
        rows.add(&found[..shown].iter().collect::<Vec<&Value>>());
        if found.is_empty() {
            context.output.note(PEOPLE.empty);
        }
        return Ok(());
    }
    let filter = people_filter(&args.filter, context).await?;
    let limit = args.limit.limit;
    PEOPLE
        .print(context, limit, |api, place| {
            place.of(api.customers().search(&filter))
        })
        .await
}

fn most(limit: Option<u64>) -> usize {
    limit.map_or(usize::MAX, |limit| {
        usize::try_from(limit).unwrap_or(usize::MAX)
    })
}

pub(super) async fn segments(args: &ShowArgs, context: &Context) -> Result<(), Failure> {
    let api = context.app()?;
    let person = &args.person.0;
    let answer = api.customers().segments(person).json().await;
    let answer = answer.map_err(if_no_person(person))?;
    let segments = items(&answer, "segments");
    context
        .output
        .list(segments, &["ID", "NAME", "DESCRIPTION"], |segment| {
            ["id", "name", "description"]
                .map(|name| text(&segment[name]))
                .to_vec()
        });
    if segments.is_empty() {
        context.output.note("In no segment.");
    }
    Ok(())
}

pub(super) async fn messages(args: &PersonMessagesArgs, context: &Context) -> Result<(), Failure> {
    MESSAGES
        .print(context, args.recent.limit(), |api, place| {
            let mut list = api.customers().messages(&args.person.0);
            if let Some(since) = args.since {
                list = list.since(since.ago());
            }
            if let Some(until) = args.until {
                list = list.until(until.ago());
            }
            place.of(list)
        })
        .await
        .map_err(if_no_person(&args.person.0))
}

pub(super) async fn activities(args: &ActivitiesArgs, context: &Context) -> Result<(), Failure> {
    ACTIVITIES
        .print(context, args.recent.limit(), |api, place| {
            let mut list = api.customers().activities(&args.person.0);
            if let Some(kind) = &args.kind {
                list = list.kind(kind);
            }
            if let Some(name) = &args.name {
                list = list.named(name);
            }
            place.of(list)
        })
        .await
        .map_err(if_no_person(&args.person.0))
}
