//! Sending a broadcast, and waiting for it.

use std::time::Duration;

use customerio::{ApiClient, Error, Request, RetryPolicy, TriggeredBroadcast};
use serde_json::Value;

use super::{audience, show_status};
use crate::args::broadcast::TriggerArgs;
use crate::commands::named::BROADCAST;
use crate::commands::text;
use crate::context::Context;
use crate::exit::Failure;
use crate::patience::Patience;

/// Longest wait for the service to take the next trigger: several times what it promises.
const TURN_MAX: Duration = Duration::from_secs(60);
/// What is waited for where the service does not say how long.
const TURN: Duration = Duration::from_secs(10);

pub(super) async fn run(args: &TriggerArgs, context: &Context) -> Result<(), Failure> {
    let output = &context.output;
    // What is named is looked up in a dry run, too: its number is part of the request.
    let reading = context.app()?;
    let broadcast = BROADCAST.number(&reading, &args.broadcast).await?;
    let trigger = audience::trigger(args, &reading).await?;
    let api = context.app_writing(&args.dry_run)?;
    let request = || {
        let request = api.trigger_broadcast(broadcast, &trigger);
        match &args.idempotency_key {
            Some(key) => request.idempotency_key(key),
            None => request,
        }
    };
    let answer = in_turn(request, broadcast, context).await?;
    if args.dry_run.shown(output) {
        return Ok(());
    }
    let Some(number) = answer["id"].as_u64() else {
        return Err(Failure::unexpected("the service names no trigger"));
    };
    if args.waiting.wait {
        return wait(args, &api, (broadcast, number), context).await;
    }
    output.answer(&answer, || {
        output.data(&text(&answer["id"]));
        output.note(&format!(
            "Triggered. How far it is: customerio broadcast status {broadcast} {number}"
        ));
    });
    Ok(())
}

/// Sends it, once the service takes the next one.
async fn in_turn(
    request: impl Fn() -> Request<TriggeredBroadcast>,
    broadcast: u64,
    context: &Context,
) -> Result<Value, Failure> {
    let mut waited = Duration::ZERO;
    loop {
        match request().retry(RetryPolicy::none()).json().await {
            Ok(answer) => return Ok(answer),
            Err(error @ Error::RateLimited(_)) => {
                let turn = error.retry_after().unwrap_or(TURN);
                waited += turn;
                if waited > TURN_MAX {
                    return Err(Failure::from(error)
                        .next("the service takes one trigger in 10 seconds, and keeps 5 waiting"));
                }
                context.output.note(&format!(
                    "The service takes one trigger in 10 seconds: waiting {} s.",
                    turn.as_secs().max(1)
                ));
                tokio::time::sleep(turn).await;
            }
            // It says that somebody is not there.
            Err(error) if error.status() == Some(422) => {
                return Err(Failure::from(error).next(format!(
                    "customerio broadcast status {broadcast} lists this trigger too, and \
                     customerio broadcast errors {broadcast} TRIGGER says whom it is about; \
                     --ignore-missing-ids and --ignore-missing-emails leave them out"
                )));
            }
            Err(error) => return Err(BROADCAST.if_missing(broadcast)(error)),
        }
    }
}

/// Waits until everybody has their message, and says whom it did not reach.
async fn wait(
    args: &TriggerArgs,
    api: &ApiClient,
    (broadcast, number): (u64, u64),
    context: &Context,
) -> Result<(), Failure> {
    let output = &context.output;
    let mut patience = Patience::new(args.waiting.timeout);
    let status = loop {
        let status = api.broadcasts().status(broadcast, number).json().await?;
        if status["processed_at"].as_i64().is_some_and(|time| time > 0) {
            break status;
        }
        let how_far = || match &status["recipients_count"] {
            Value::Null => format!("trigger {number} is being processed"),
            count => format!("trigger {number}: {count} people so far"),
        };
        if !patience.waits(output, how_far).await {
            let seconds = args.waiting.timeout.as_secs();
            let text = format!("after {seconds} s trigger {number} is not processed yet");
            let hint = format!("it goes on: customerio broadcast status {broadcast} {number}");
            return Err(Failure::unexpected(text).next(hint));
        }
    };
    output.passing("");
    show_status(&status, output);
    let errors = api.broadcasts().errors(broadcast, number).limit(1).await?;
    match errors.items.first() {
        None => Ok(()),
        Some(first) => Err(
            Failure::refused(format!("not everybody was reached: {first}"))
                .next(format!("customerio broadcast errors {broadcast} {number}")),
        ),
    }
}
