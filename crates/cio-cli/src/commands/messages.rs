//! `customerio messages`: what was sent, and what became of it.

use customerio::{ApiClient, PageRequest, app};
use serde_json::Value;

use super::named::{BROADCAST, TEMPLATE};
use super::{if_no_person, text};
use crate::args::messages::{
    Channel, MessageArgs, MessagesArgs, MessagesCommand, MessagesListArgs, Metric,
};
use crate::context::Context;
use crate::exit::{self, Failure};
use crate::output::{Output, Tone, utc};
use crate::pages::Listing;

/// Messages, however they are found.
pub(super) const MESSAGES: Listing = Listing {
    field: "messages",
    page_max: 1_000,
    heading: &["CREATED", "TYPE", "STATE", "RECIPIENT", "SUBJECT", "ID"],
    row,
    empty: "No messages.",
};

fn row(message: &Value) -> Vec<String> {
    vec![
        utc(&message["created"]),
        channel(message),
        state(message).to_owned(),
        text(&message["recipient"]),
        text(&message["subject"]),
        text(&message["id"]),
    ]
}

/// How a message reaches somebody, as `--channel` says it.
fn channel(message: &Value) -> String {
    match message["type"].as_str() {
        Some("twilio") => "sms".to_owned(),
        _ => text(&message["type"]),
    }
}

/// What happened to a message that says the most.
const BY_WEIGHT: [&str; 14] = [
    "undeliverable",
    "failed",
    "dropped",
    "spammed",
    "unsubscribed",
    "bounced",
    "converted",
    "clicked",
    "opened",
    "delivered",
    "sent",
    "deferred",
    "attempted",
    "drafted",
];

/// What became of a message, in a word.
pub(super) fn state(message: &Value) -> &'static str {
    let metrics = &message["metrics"];
    BY_WEIGHT
        .into_iter()
        .find(|name| !metrics[name].is_null())
        .unwrap_or("queued")
}

pub(crate) async fn run(args: &MessagesArgs, context: &Context) -> Result<u8, Failure> {
    match &args.command {
        MessagesCommand::List(args) => list(args, context).await,
        MessagesCommand::Show(args) => show(args, context).await,
        MessagesCommand::Content(args) => content(args, context).await,
    }?;
    Ok(exit::DONE)
}

async fn list(args: &MessagesListArgs, context: &Context) -> Result<(), Failure> {
    let source = Source::of(args, &context.app()?).await?;
    if args.state.is_some() && !matches!(source, Source::Template(_) | Source::Broadcast(_)) {
        return Err(
            Failure::config("--state goes with --template or --broadcast")
                .next("--metric narrows any list: --metric failed"),
        );
    }
    let channel = args.channel.map(Channel::as_str);
    let metric = args.metric.map(Metric::as_str);
    // The service narrows the messages of a person by time alone.
    let here = matches!(source, Source::Person(_));
    let page = |api: &ApiClient, place: &crate::pages::Place| {
        let mut list = source.list(api, args);
        if let (Some(channel), false) = (channel, here) {
            list = list.channel(channel);
        }
        if let (Some(metric), false) = (metric, here) {
            list = list.metric(metric);
        }
        if let Some(state) = args.state {
            list = list.state(state.as_str());
        }
        if let Some(since) = args.since {
            list = list.since(since.ago());
        }
        if let Some(until) = args.until {
            list = list.until(until.ago());
        }
        place.of(list)
    };
    let wanted = |message: &Value| {
        let right_channel = channel.is_none_or(|channel| message["type"] == channel);
        let right_metric = metric.is_none_or(|metric| !message["metrics"][metric].is_null());
        !here || (right_channel && right_metric)
    };
    let listed = MESSAGES.print_those(context, args.recent.limit(), page, wanted);
    let listed = listed.await;
    match &source {
        Source::Person(person) => listed.map_err(if_no_person(person)),
        Source::Template(number) => listed.map_err(TEMPLATE.if_missing(*number)),
        Source::Broadcast(number) => listed.map_err(BROADCAST.if_missing(*number)),
        Source::All => listed,
    }
}

/// Where a list of messages is.
enum Source {
    All,
    Person(customerio::Identifier),
    Template(u64),
    Broadcast(u64),
}

impl Source {
    async fn of(args: &MessagesListArgs, api: &ApiClient) -> Result<Source, Failure> {
        if let Some(person) = &args.of.person {
            return Ok(Source::Person(person.0.clone()));
        }
        if let Some(template) = &args.of.template {
            return Ok(Source::Template(TEMPLATE.number(api, template).await?));
        }
        if let Some(broadcast) = &args.of.broadcast {
            return Ok(Source::Broadcast(BROADCAST.number(api, broadcast).await?));
        }
        Ok(Source::All)
    }

    fn list(&self, api: &ApiClient, args: &MessagesListArgs) -> PageRequest<app::Message> {
        match self {
            Source::Person(person) => api.customers().messages(person),
            Source::Template(number) => api.transactional().messages(*number),
            Source::Broadcast(number) => api.broadcasts().messages(*number),
            Source::All => {
                let mut list = api.messages().list();
                if args.drafts {
                    list = list.drafts(true);
                }
                if let Some(campaign) = args.of.campaign {
                    list = list.campaign(campaign);
                }
                if let Some(newsletter) = args.of.newsletter {
                    list = list.newsletter(newsletter);
                }
                if let Some(action) = args.of.action {
                    list = list.action(action);
                }
                list
            }
        }
    }
}

async fn show(args: &MessageArgs, context: &Context) -> Result<(), Failure> {
    let answer = context.app()?.messages().get(&args.id).json().await;
    let answer = answer.map_err(|error| no_message(error, &args.id))?;
    show_message(&answer["message"], &context.output);
    Ok(())
}

fn no_message(error: customerio::Error, id: &str) -> Failure {
    Failure::from(error).if_missing(
        &format!("there is no message \"{id}\""),
        "customerio messages list shows the last ones; one that was sent just now may take a \
         moment to appear",
    )
}

/// What became of a message, with the times in the order they came.
pub(super) fn show_message(message: &Value, output: &Output) {
    output.answer(message, || {
        output.field("id", &text(&message["id"]));
        output.field("type", &channel(message));
        output.field("state", state(message));
        for name in ["recipient", "subject", "failure_message"] {
            if message[name].as_str().is_some_and(|text| !text.is_empty()) {
                output.field(name, &text(&message[name]));
            }
        }
        let person = &message["customer_identifiers"];
        for name in ["id", "email", "cio_id"] {
            if !person[name].is_null() {
                output.field(&format!("person {name}"), &text(&person[name]));
            }
        }
        for name in [
            "transactional_message_id",
            "broadcast_id",
            "campaign_id",
            "newsletter_id",
            "action_id",
        ] {
            if !message[name].is_null() {
                output.field(name, &text(&message[name]));
            }
        }
        let metrics = message["metrics"].as_object();
        let mut metrics: Vec<(&String, &Value)> = metrics.into_iter().flatten().collect();
        metrics.sort_by_key(|(_, time)| time.as_i64());
        output.data(&output.out(Tone::Strong, "what happened"));
        for (name, time) in metrics {
            output.field(&format!("  {name}"), &utc(time));
        }
    });
}

async fn content(args: &MessageArgs, context: &Context) -> Result<(), Failure> {
    let output = &context.output;
    let answer = context.app()?.messages().archived(&args.id).json().await;
    let answer = answer.map_err(|error| no_message(error, &args.id))?;
    let message = &answer["archived_message"];
    if message["forgotten"] == true {
        return Err(
            Failure::refused("the content of this message is not kept").next(
                "its template or its send says so; customerio messages show says what became of it",
            ),
        );
    }
    let body = message["body"].as_str().unwrap_or_default();
    if body.is_empty() && !output.json() {
        let hint = format!("customerio messages show {} says why", args.id);
        return Err(Failure::refused("it has no content: it was not made").next(hint));
    }
    output.answer(message, || {
        for name in [
            "from",
            "reply_to",
            "recipient",
            "cc",
            "bcc",
            "subject",
            "preheader_text",
            "title",
            "link",
        ] {
            if message[name].as_str().is_some_and(|text| !text.is_empty()) {
                output.note(&format!("{name}: {}", text(&message[name])));
            }
        }
        output.note("");
        output.data(body);
    });
    Ok(())
}
