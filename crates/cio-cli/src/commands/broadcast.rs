//! `customerio broadcast`: messages to many people at once.

mod audience;
mod trigger;

use serde_json::Value;

use super::named::BROADCAST;
use super::{items, text};
use crate::args::broadcast::{
    BroadcastArgs, BroadcastCommand, ErrorsArgs, OneBroadcastArgs, StatusArgs,
};
use crate::context::Context;
use crate::exit::{self, Failure};
use crate::output::{Output, utc};
use crate::pages::Listing;

const ERRORS: Listing = Listing {
    field: "errors",
    page_max: 1_000,
    heading: &["ERROR"],
    row: |error| vec![text(error)],
    empty: "No errors.",
};

pub(crate) async fn run(args: &BroadcastArgs, context: &Context) -> Result<u8, Failure> {
    match &args.command {
        BroadcastCommand::List => list(context).await,
        BroadcastCommand::Show(args) => show(args, context).await,
        BroadcastCommand::Trigger(args) => trigger::run(args, context).await,
        BroadcastCommand::Status(args) => status(args, context).await,
        BroadcastCommand::Errors(args) => errors(args, context).await,
    }?;
    Ok(exit::DONE)
}

async fn list(context: &Context) -> Result<(), Failure> {
    let answer = context.app()?.broadcasts().list().json().await?;
    let broadcasts = items(&answer, "broadcasts");
    let heading = ["ID", "STATE", "UPDATED", "NAME"];
    context.output.list(broadcasts, &heading, |broadcast| {
        vec![
            text(&broadcast["id"]),
            text(&broadcast["state"]),
            utc(&broadcast["updated"]),
            text(&broadcast["name"]),
        ]
    });
    if broadcasts.is_empty() {
        context.output.note("There is no broadcast.");
    }
    Ok(())
}

async fn show(args: &OneBroadcastArgs, context: &Context) -> Result<(), Failure> {
    let api = context.app()?;
    let number = BROADCAST.number(&api, &args.broadcast).await?;
    let answer = api.broadcasts().get(number).json().await;
    let answer = answer.map_err(BROADCAST.if_missing(number))?;
    let broadcast = &answer["broadcast"];
    let output = &context.output;
    output.answer(broadcast, || {
        for name in ["id", "name", "description", "state"] {
            if !broadcast[name].is_null() {
                output.field(name, &text(&broadcast[name]));
            }
        }
        let tags: Vec<String> = items(broadcast, "tags").iter().map(text).collect();
        if !tags.is_empty() {
            output.field("tags", &tags.join(", "));
        }
        output.field("created", &utc(&broadcast["created"]));
        output.field("updated", &utc(&broadcast["updated"]));
        output.field("first triggered", &utc(&broadcast["first_started"]));
        for action in items(broadcast, "actions") {
            let (id, kind) = (text(&action["id"]), text(&action["type"]));
            output.field("action", &format!("{id}, {kind}"));
        }
    });
    Ok(())
}

async fn status(args: &StatusArgs, context: &Context) -> Result<(), Failure> {
    let api = context.app()?;
    let output = &context.output;
    let number = BROADCAST.number(&api, &args.broadcast).await?;
    if let Some(trigger) = args.trigger {
        let status = api.broadcasts().status(number, trigger).json().await;
        let status = status.map_err(|error| no_trigger(error, &args.broadcast, trigger))?;
        show_status(&status, output);
        return Ok(());
    }
    let answer = api.broadcasts().triggers(number).json().await;
    let answer = answer.map_err(BROADCAST.if_missing(number))?;
    let triggers = items(&answer, "triggers");
    output.list(triggers, &["TRIGGER", "CREATED", "PROCESSED"], |trigger| {
        vec![
            text(&trigger["id"]),
            utc(&trigger["created_at"]),
            processed(trigger),
        ]
    });
    if triggers.is_empty() {
        output.note("It was never triggered.");
    }
    Ok(())
}

fn no_trigger(failure: impl Into<Failure>, broadcast: &str, trigger: u64) -> Failure {
    failure.into().if_missing(
        &format!("the broadcast {broadcast} has no trigger {trigger}"),
        "customerio broadcast status with the broadcast alone lists its triggers",
    )
}

/// When a trigger was done, or that it is not yet.
fn processed(trigger: &Value) -> String {
    match trigger["processed_at"].as_i64() {
        Some(time) if time > 0 => utc(&time.into()),
        _ => "not yet".to_owned(),
    }
}

fn show_status(status: &Value, output: &Output) {
    output.answer(status, || {
        output.field("trigger", &text(&status["id"]));
        output.field("created", &utc(&status["created_at"]));
        output.field("processed", &processed(status));
        for (name, field) in [
            ("recipients", "recipients_count"),
            ("lines of the file done", "data_file_position"),
            ("lines with errors", "data_file_error_count"),
        ] {
            if !status[field].is_null() {
                output.field(name, &text(&status[field]));
            }
        }
    });
}

async fn errors(args: &ErrorsArgs, context: &Context) -> Result<(), Failure> {
    let number = BROADCAST.number(&context.app()?, &args.broadcast).await?;
    ERRORS
        .print(context, args.limit.limit, |api, place| {
            place.of(api.broadcasts().errors(number, args.trigger))
        })
        .await
        .map_err(|failure| no_trigger(failure, &args.broadcast, args.trigger))
}
