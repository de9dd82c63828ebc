//! `customerio workspaces`: list and create them on a server.

use serde_json::{Value, json};

use super::keys::{dotenv_lines, items, text};
use crate::admin_client::AdminClient;
use crate::args::{WorkspacesArgs, WorkspacesCommand, WorkspacesCreateArgs, WorkspacesListArgs};
use crate::exit::{self, Failure};
use crate::output::{Output, utc};
use crate::settings::Variables;

pub(crate) async fn run(args: &WorkspacesArgs, output: &Output) -> Result<u8, Failure> {
    match &args.command {
        WorkspacesCommand::List(args) => list(args, output).await,
        WorkspacesCommand::Create(args) => create(args, output).await,
    }?;
    Ok(exit::DONE)
}

async fn list(args: &WorkspacesListArgs, output: &Output) -> Result<(), Failure> {
    let client = AdminClient::new(&args.server, &Variables::load()?, output)?;
    let answer = client.get("/workspaces").await?;
    let workspaces = items(&answer, "workspaces");
    if args.server.json {
        workspaces
            .iter()
            .for_each(|it| output.data(&it.to_string()));
        return Ok(());
    }
    let rows: Vec<Vec<String>> = workspaces
        .iter()
        .map(|it| {
            let created = utc(&it["created_at"]);
            vec![
                text(&it["id"]),
                text(&it["name"]),
                text(&it["region"]),
                created,
            ]
        })
        .collect();
    output.table(&["ID", "NAME", "REGION", "CREATED"], &rows);
    Ok(())
}

async fn create(args: &WorkspacesCreateArgs, output: &Output) -> Result<(), Failure> {
    let client = AdminClient::new(&args.server, &Variables::load()?, output)?;
    let body = json!({ "name": args.name, "region": args.region.as_str() });
    let answer = client.post("/workspaces", &body).await?;
    let workspace = &answer["workspace"];
    output.note(&format!(
        "Created workspace {}, {}. Its keys are shown this once.",
        text(&workspace["id"]),
        text(&workspace["name"])
    ));
    if args.server.json {
        output.data(&answer.to_string());
        return Ok(());
    }
    let credentials: &[Value] = items(&answer, "credentials");
    for line in credentials.iter().flat_map(dotenv_lines) {
        output.data(&line);
    }
    Ok(())
}
