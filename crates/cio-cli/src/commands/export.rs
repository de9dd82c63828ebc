//! `customerio export`: people and messages as files.

mod download;

use customerio::ApiClient;
use customerio::app::DeliveryExport;
use serde_json::{Value, json};

use super::named::{TEMPLATE, people_filter};
use super::text;
use crate::args::export::{
    ExportArgs, ExportCommand, ExportDeliveriesArgs, ExportPeopleArgs, Target,
};
use crate::context::Context;
use crate::exit::{self, Failure};
use crate::patience::Patience;

pub(crate) async fn run(args: &ExportArgs, context: &Context) -> Result<u8, Failure> {
    match &args.command {
        ExportCommand::People(args) => people(args, context).await,
        ExportCommand::Deliveries(args) => deliveries(args, context).await,
    }?;
    Ok(exit::DONE)
}

async fn people(args: &ExportPeopleArgs, context: &Context) -> Result<(), Failure> {
    let target = &args.target;
    check(target, context)?;
    let filter = people_filter(&args.filter, context).await?;
    let api = context.app_writing(&target.dry_run)?;
    let begun = api.exports().customers(filter, &target.columns).json();
    fetch(&begun.await?, target, &api, context).await
}

async fn deliveries(args: &ExportDeliveriesArgs, context: &Context) -> Result<(), Failure> {
    let target = &args.target;
    check(target, context)?;
    let mut export = of(args, context).await?;
    if let Some(since) = args.since {
        export = export.since(since.ago());
    }
    if let Some(until) = args.until {
        export = export.until(until.ago());
    }
    if let Some(metric) = args.metric {
        export = export.metric(metric.as_str());
    }
    if args.drafts {
        export = export.drafts(true);
    }
    if let Some(variant) = args.variant {
        export = export.template(variant);
    }
    if !target.columns.is_empty() {
        export = export.attributes(&target.columns);
    }
    let api = context.app_writing(&target.dry_run)?;
    let begun = api.exports().deliveries(&export).json();
    fetch(&begun.await?, target, &api, context).await
}

async fn of(args: &ExportDeliveriesArgs, context: &Context) -> Result<DeliveryExport, Failure> {
    let of = &args.of;
    if let Some(template) = &of.template {
        let number = TEMPLATE.number(&context.app()?, template).await?;
        return Ok(DeliveryExport::of_transactional(number));
    }
    Ok(match (of.campaign, of.newsletter, of.action) {
        (Some(id), _, _) => DeliveryExport::of_campaign(id),
        (_, Some(id), _) => DeliveryExport::of_newsletter(id),
        (_, _, id) => DeliveryExport::of_action(id.unwrap_or_default()),
    })
}

/// What can be told before the service begins to work.
fn check(target: &Target, context: &Context) -> Result<(), Failure> {
    if target.output == "-" && context.output.json() && target.dry_run.recorder().is_none() {
        return Err(Failure::config(
            "with --json stdout says what was exported, so the file needs a name",
        )
        .next("add --output FILE"));
    }
    Ok(())
}

/// Waits until the file is there, and writes it.
async fn fetch(
    begun: &Value,
    target: &Target,
    api: &ApiClient,
    context: &Context,
) -> Result<(), Failure> {
    let output = &context.output;
    if target.dry_run.shown(output) {
        return Ok(());
    }
    let Some(number) = begun["export"]["id"].as_u64() else {
        return Err(Failure::unexpected("the service names no export"));
    };
    let mut patience = Patience::new(target.timeout);
    let export = loop {
        let answer = api.exports().get(number).json().await?;
        let export = &answer["export"];
        match export["status"].as_str() {
            Some("done") => break export.clone(),
            Some("failed") => {
                let why = match &export["error"] {
                    Value::Null => String::new(),
                    why => format!(": {}", text(why)),
                };
                let failure = Failure::refused(format!("export {number} failed{why}"));
                return Err(failure.next("the service keeps no file of it: run it again"));
            }
            _ => {}
        }
        let status = text(&export["status"]);
        if !patience
            .waits(output, || format!("export {number}: {status}"))
            .await
        {
            let seconds = target.timeout.as_secs();
            let text = format!("after {seconds} s export {number} is still {status}");
            return Err(Failure::unexpected(text).next(format!(
                "it goes on: customerio api GET /v1/exports/{number}/download names its file \
                 when it is done"
            )));
        }
    };
    let url = api.exports().download(number).await?;
    let bytes = download::to(&url, &target.output, output).await?;
    output.passing("");
    let mut done = export;
    done["file"] = json!(target.output);
    output.answer(&done, || {
        if target.output != "-" {
            let rows = text(&done["total"]);
            let file = &target.output;
            output.note(&format!("Wrote {rows} rows, {bytes} bytes, to {file}."));
        }
    });
    Ok(())
}
