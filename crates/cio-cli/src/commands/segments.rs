//! `customerio segments`: groups of people.

mod members;

use serde_json::json;

use super::named::SEGMENT;
use super::{items, text};
use crate::args::segments::{
    SegmentArgs, SegmentCreateArgs, SegmentDeleteArgs, SegmentsArgs, SegmentsCommand,
};
use crate::context::Context;
use crate::exit::{self, Failure};
use crate::output::utc;

pub(crate) async fn run(args: &SegmentsArgs, context: &Context) -> Result<u8, Failure> {
    match &args.command {
        SegmentsCommand::List => list(context).await,
        SegmentsCommand::Show(args) => show(args, context).await,
        SegmentsCommand::Create(args) => create(args, context).await,
        SegmentsCommand::Delete(args) => delete(args, context).await,
        SegmentsCommand::Members(args) => members::list(args, context).await,
        SegmentsCommand::Count(args) => count(args, context).await,
        SegmentsCommand::Add(args) => members::add(args, context).await,
        SegmentsCommand::Remove(args) => members::remove(args, context).await,
    }?;
    Ok(exit::DONE)
}

async fn list(context: &Context) -> Result<(), Failure> {
    let answer = context.app()?.segments().list().json().await?;
    let segments = items(&answer, "segments");
    let heading = ["ID", "TYPE", "STATE", "NAME", "DESCRIPTION"];
    context.output.list(segments, &heading, |segment| {
        ["id", "type", "state", "name", "description"]
            .map(|name| text(&segment[name]))
            .to_vec()
    });
    if segments.is_empty() {
        context.output.note("There is no segment.");
    }
    Ok(())
}

async fn show(args: &SegmentArgs, context: &Context) -> Result<(), Failure> {
    let api = context.app()?;
    let number = SEGMENT.number(&api, &args.segment).await?;
    let answer = api.segments().get(number).json().await;
    let answer = answer.map_err(SEGMENT.if_missing(number))?;
    let mut segment = answer["segment"].clone();
    let usage = api.segments().used_by(number).json().await?;
    segment["used_by"] = usage["used_by"].clone();
    let output = &context.output;
    output.answer(&segment, || {
        for name in ["id", "name", "description", "type", "state"] {
            output.field(name, &text(&segment[name]));
        }
        output.field("created", &utc(&segment["created_at"]));
        output.field("updated", &utc(&segment["updated_at"]));
        let used_by = segment["used_by"].as_object();
        for (kind, users) in used_by.into_iter().flatten() {
            let users: Vec<String> = users.as_array().into_iter().flatten().map(text).collect();
            if !users.is_empty() {
                output.field(&format!("used by {kind}"), &users.join(", "));
            }
        }
    });
    Ok(())
}

async fn create(args: &SegmentCreateArgs, context: &Context) -> Result<(), Failure> {
    let api = context.app_writing(&args.dry_run)?;
    let created = api.segments().create(&args.name, &args.description);
    let answer = created.json().await?;
    let segment = &answer["segment"];
    let output = &context.output;
    if args.dry_run.shown(output) {
        return Ok(());
    }
    output.answer(segment, || {
        let number = text(&segment["id"]);
        output.data(&number);
        output.note(&format!(
            "Created. Put people into it: customerio segments add {number} PERSON…"
        ));
    });
    Ok(())
}

async fn delete(args: &SegmentDeleteArgs, context: &Context) -> Result<(), Failure> {
    // What is deleted is looked up in a dry run, too: its number is part of the request.
    let number = SEGMENT.number(&context.app()?, &args.segment).await?;
    let question = format!("Delete segment {}?", args.segment);
    context.confirm(&args.confirm, &question)?;
    let dry_run = &args.confirm.dry_run;
    let api = context.app_writing(dry_run)?;
    let deleted = api.segments().delete(number).await;
    deleted.map_err(SEGMENT.if_missing(number))?;
    let done = json!({ "id": number, "deleted": true });
    dry_run.say(&context.output, &done, || {
        format!("Deleted segment {}.", args.segment)
    });
    Ok(())
}

async fn count(args: &SegmentArgs, context: &Context) -> Result<(), Failure> {
    let api = context.app()?;
    let number = SEGMENT.number(&api, &args.segment).await?;
    let answer = api.segments().customer_count(number).json().await;
    let answer = answer.map_err(SEGMENT.if_missing(number))?;
    context
        .output
        .answer(&answer, || context.output.data(&text(&answer["count"])));
    Ok(())
}
