//! `customerio workspaces`: list and create them on a server.

use serde_json::{Value, json};

use super::keys::dotenv_lines;
use super::{items, text};
use crate::args::{WorkspacesArgs, WorkspacesCommand, WorkspacesCreateArgs, WorkspacesListArgs};
use crate::context::Context;
use crate::exit::{self, Failure};
use crate::output::utc;

pub(crate) async fn run(args: &WorkspacesArgs, context: &Context) -> Result<u8, Failure> {
    match &args.command {
        WorkspacesCommand::List(args) => list(args, context).await,
        WorkspacesCommand::Create(args) => create(args, context).await,
    }?;
    Ok(exit::DONE)
}

async fn list(args: &WorkspacesListArgs, context: &Context) -> Result<(), Failure> {
    let output = &context.output;
    let client = context.admin(&args.server).await?;
    let answer = client.get("/workspaces").await?;
    let workspaces = items(&answer, "workspaces");
    output.list(workspaces, &["ID", "NAME", "REGION", "CREATED"], |it| {
        let [id, name, region] = ["id", "name", "region"].map(|field| text(&it[field]));
        vec![id, name, region, utc(&it["created_at"])]
    });
    Ok(())
}

async fn create(args: &WorkspacesCreateArgs, context: &Context) -> Result<(), Failure> {
    let output = &context.output;
    let client = context.admin(&args.server).await?;
    let body = json!({ "name": args.name, "region": args.region.as_str() });
    let answer = client.post("/workspaces", &body).await?;
    let workspace = &answer["workspace"];
    output.note(&format!(
        "Created workspace {}, {}. Its keys are shown this once.",
        text(&workspace["id"]),
        text(&workspace["name"])
    ));
    output.answer(&answer, || {
        let credentials: &[Value] = items(&answer, "credentials");
        let lines = credentials.iter().flat_map(dotenv_lines);
        lines.for_each(|line| output.data(&line));
    });
    Ok(())
}
