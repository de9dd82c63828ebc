//! `customerio templates`: what transactional messages are made from.

use serde_json::Value;

use super::named::TEMPLATE;
use super::{items, text};
use crate::args::templates::{TemplateArgs, TemplatesArgs, TemplatesCommand};
use crate::context::Context;
use crate::exit::{self, Failure};
use crate::output::{Tone, utc};

pub(crate) async fn run(args: &TemplatesArgs, context: &Context) -> Result<u8, Failure> {
    match &args.command {
        TemplatesCommand::List => list(context).await,
        TemplatesCommand::Show(args) => show(args, context).await,
    }?;
    Ok(exit::DONE)
}

async fn list(context: &Context) -> Result<(), Failure> {
    let answer = context.app()?.transactional().list().json().await?;
    let templates = items(&answer, "messages");
    let heading = ["ID", "UPDATED", "NAME", "DESCRIPTION"];
    context.output.list(templates, &heading, |template| {
        vec![
            text(&template["id"]),
            utc(&template["updated_at"]),
            text(&template["name"]),
            text(&template["description"]),
        ]
    });
    if templates.is_empty() {
        context.output.note("There is no template.");
    }
    Ok(())
}

async fn show(args: &TemplateArgs, context: &Context) -> Result<(), Failure> {
    let api = context.app()?;
    let number = TEMPLATE.number(&api, &args.template).await?;
    let answer = api.transactional().get(number).json().await;
    let answer = answer.map_err(TEMPLATE.if_missing(number))?;
    let contents = api.transactional().contents(number).json().await?;
    let mut template = answer["message"].clone();
    template["contents"] = contents["contents"].clone();
    let output = &context.output;
    output.answer(&template, || {
        for name in ["id", "name", "description"] {
            output.field(name, &text(&template[name]));
        }
        for name in [
            "send_to_unsubscribed",
            "link_tracking",
            "open_tracking",
            "hide_message_body",
            "queue_drafts",
        ] {
            output.field(name, &text(&template[name]));
        }
        output.field("updated", &utc(&template["updated_at"]));
        for content in items(&template, "contents") {
            let language = content["language"].as_str().filter(|code| !code.is_empty());
            let heading = match language {
                None => format!("{}, default language", text(&content["type"])),
                Some(code) => format!("{}, {code}", text(&content["type"])),
            };
            output.data(&output.out(Tone::Strong, &heading));
            for name in ["from", "reply_to", "recipient", "subject", "preheader_text"] {
                if is_said(&content[name]) {
                    output.field(&format!("  {name}"), &text(&content[name]));
                }
            }
            let body = content["body"].as_str().unwrap_or_default();
            body.lines()
                .for_each(|body| output.data(&format!("  | {body}")));
        }
    });
    Ok(())
}

fn is_said(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}
