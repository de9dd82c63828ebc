//! `customerio keys`: list, create, rotate and revoke a server's keys.

mod destination;
mod guided;
mod rotate;
pub(crate) mod trial;

use cio_wire::env_vars;
use serde_json::{Value, json};

use super::{items, text};
use crate::args::{
    KeysArgs, KeysCommand, KeysCreateArgs, KeysListArgs, KeysRevokeArgs, WorkspaceArgs,
};
use crate::context::Context;
use crate::exit::{self, Failure};
use crate::output::{Output, utc};

pub(crate) async fn run(args: &KeysArgs, context: &Context) -> Result<u8, Failure> {
    match &args.command {
        KeysCommand::List(args) => list(args, context).await,
        KeysCommand::Create(args) => create(args, context).await,
        KeysCommand::Rotate(args) => match args.guided {
            Some(kind) => guided::run(kind, args, context).await,
            None => rotate::run(args, context).await,
        },
        KeysCommand::Revoke(args) => revoke(args, context).await,
    }?;
    Ok(exit::DONE)
}

fn path(of: &WorkspaceArgs) -> String {
    format!("/workspaces/{}/credentials", of.workspace)
}

async fn list(args: &KeysListArgs, context: &Context) -> Result<(), Failure> {
    let output = &context.output;
    let client = context.admin(&args.server).await?;
    let answer = client.get(&path(&args.of)).await;
    let answer = answer.map_err(|failure| no_such_workspace(failure, &args.of))?;
    let keys = items(&answer, "credentials");
    let heading = [
        "ID",
        "KIND",
        "NAME",
        "STATE",
        "AGE",
        "LAST USED",
        "ENDS",
        "LIMITS",
    ];
    output.list(keys, &heading, row);
    let stale = keys.iter().filter(|key| key["stale"] == true).count();
    if stale > 0 {
        output.note(&format!(
            "{stale} of them older than 90 days: customerio keys rotate ID"
        ));
    }
    Ok(())
}

fn row(key: &Value) -> Vec<String> {
    let stale = if key["stale"] == true { ", stale" } else { "" };
    let ends = match key["revoked_at"].is_null() {
        true => &key["expires_at"],
        false => &key["revoked_at"],
    };
    let limits = items(key, "scopes").iter().chain(items(key, "allowed_ips"));
    let limits: Vec<String> = limits.map(text).collect();
    vec![
        text(&key["id"]),
        text(&key["kind"]),
        text(&key["name"]),
        text(&key["state"]),
        format!("{} d{stale}", text(&key["age_days"])),
        utc(&key["last_used_at"]),
        utc(ends),
        if limits.is_empty() {
            "-".to_owned()
        } else {
            limits.join(" ")
        },
    ]
}

async fn create(args: &KeysCreateArgs, context: &Context) -> Result<(), Failure> {
    let output = &context.output;
    let client = context.admin(&args.server).await?;
    let scopes: Vec<&str> = args.scopes.iter().map(|scope| scope.as_str()).collect();
    let body = json!({
        "kind": args.kind.as_str(),
        "name": args.name,
        "scopes": scopes,
        "allowed_ips": args.allowed_ips,
    });
    let answer = client.post(&path(&args.of), &body).await;
    let answer = answer.map_err(|failure| no_such_workspace(failure, &args.of))?;
    let key = &answer["credential"];
    output.note(&format!(
        "Created {} key {} in workspace {}. It is shown this once.",
        text(&key["kind"]),
        text(&key["id"]),
        args.of.workspace
    ));
    show(key, &answer, output);
    Ok(())
}

async fn revoke(args: &KeysRevokeArgs, context: &Context) -> Result<(), Failure> {
    let output = &context.output;
    let client = context.admin(&args.server).await?;
    let path = format!("{}/{}/revoke", path(&args.of), args.id);
    let answer = client.post(&path, &json!({})).await;
    let answer = answer.map_err(|failure| no_such_key(failure, args.id, &args.of))?;
    output.note(&format!(
        "Revoked {} key {}: it opens nothing from now on.",
        text(&answer["credential"]["kind"]),
        args.id
    ));
    if output.json() {
        output.data(&answer.to_string());
    }
    Ok(())
}

/// Which workspace is missing, if that is why.
fn no_such_workspace(failure: Failure, of: &WorkspaceArgs) -> Failure {
    let text = format!("there is no workspace {}", of.workspace);
    failure.if_missing(&text, "`customerio workspaces list` shows which there are")
}

/// Which key is missing, if that is why.
fn no_such_key(failure: Failure, id: u32, of: &WorkspaceArgs) -> Failure {
    let text = format!("there is no key {id} in workspace {}", of.workspace);
    failure.if_missing(&text, "`customerio keys list` shows which there are")
}

fn show(key: &Value, answer: &Value, output: &Output) {
    output.answer(answer, || {
        let lines = dotenv_lines(key);
        lines.iter().for_each(|line| output.data(line));
    });
}

/// A new key as the lines of a `.env`. A signing key has no variable: it is itself.
pub(super) fn dotenv_lines(key: &Value) -> Vec<String> {
    let value = text(&key["key"]);
    let line = |name: &str, value: &str| format!("{name}={value}");
    match key["kind"].as_str() {
        Some("track") => vec![
            line(env_vars::SITE_ID, &text(&key["site_id"])),
            line(env_vars::TRACK_API_KEY, &value),
        ],
        Some("app") => vec![line(env_vars::APP_API_KEY, &value)],
        Some("pipelines") => vec![line(env_vars::PIPELINES_WRITE_KEY, &value)],
        _ => vec![value],
    }
}
