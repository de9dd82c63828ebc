//! `customerio keys`: list, create, rotate and revoke a server's keys.

use cio_wire::env_vars;
use serde_json::{Value, json};

use crate::admin_client::AdminClient;
use crate::args::{
    KeysArgs, KeysCommand, KeysCreateArgs, KeysListArgs, KeysRevokeArgs, KeysRotateArgs,
    WorkspaceArgs,
};
use crate::exit::{self, Failure};
use crate::output::{Output, utc};
use crate::settings::Variables;

pub(crate) async fn run(args: &KeysArgs, output: &Output) -> Result<u8, Failure> {
    match &args.command {
        KeysCommand::List(args) => list(args, output).await,
        KeysCommand::Create(args) => create(args, output).await,
        KeysCommand::Rotate(args) => rotate(args, output).await,
        KeysCommand::Revoke(args) => revoke(args, output).await,
    }?;
    Ok(exit::DONE)
}

fn path(of: &WorkspaceArgs) -> String {
    format!("/workspaces/{}/credentials", of.workspace)
}

async fn list(args: &KeysListArgs, output: &Output) -> Result<(), Failure> {
    let client = AdminClient::new(&args.server, &Variables::load()?, output)?;
    let answer = client.get(&path(&args.of)).await?;
    let keys = items(&answer, "credentials");
    if args.server.json {
        keys.iter().for_each(|key| output.data(&key.to_string()));
        return Ok(());
    }
    let rows: Vec<Vec<String>> = keys.iter().map(row).collect();
    output.table(
        &[
            "ID",
            "KIND",
            "NAME",
            "STATE",
            "AGE",
            "LAST USED",
            "ENDS",
            "LIMITS",
        ],
        &rows,
    );
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

async fn create(args: &KeysCreateArgs, output: &Output) -> Result<(), Failure> {
    let client = AdminClient::new(&args.server, &Variables::load()?, output)?;
    let scopes: Vec<&str> = args.scopes.iter().map(|scope| scope.as_str()).collect();
    let body = json!({
        "kind": args.kind.as_str(),
        "name": args.name,
        "scopes": scopes,
        "allowed_ips": args.allowed_ips,
    });
    let answer = client.post(&path(&args.of), &body).await?;
    let key = &answer["credential"];
    output.note(&format!(
        "Created {} key {} in workspace {}. It is shown this once.",
        text(&key["kind"]),
        text(&key["id"]),
        args.of.workspace
    ));
    show(key, &answer, args.server.json, output);
    Ok(())
}

async fn rotate(args: &KeysRotateArgs, output: &Output) -> Result<(), Failure> {
    let client = AdminClient::new(&args.server, &Variables::load()?, output)?;
    let path = format!("{}/{}/rotate", path(&args.of), args.id);
    let body = json!({ "grace_seconds": args.grace_seconds });
    let answer = client.post(&path, &body).await?;
    let key = &answer["credential"];
    let old = match args.grace_seconds {
        0 => "opens nothing from now on".to_owned(),
        _ => format!("works until {}", utc(&answer["replaced"]["expires_at"])),
    };
    output.note(&format!(
        "Rotated key {}: its successor is key {}, shown this once. The old key {old}.",
        args.id,
        text(&key["id"]),
    ));
    show(key, &answer, args.server.json, output);
    Ok(())
}

async fn revoke(args: &KeysRevokeArgs, output: &Output) -> Result<(), Failure> {
    let client = AdminClient::new(&args.server, &Variables::load()?, output)?;
    let path = format!("{}/{}/revoke", path(&args.of), args.id);
    let answer = client.post(&path, &json!({})).await?;
    output.note(&format!(
        "Revoked {} key {}: it opens nothing from now on.",
        text(&answer["credential"]["kind"]),
        args.id
    ));
    if args.server.json {
        output.data(&answer.to_string());
    }
    Ok(())
}

fn show(key: &Value, answer: &Value, json: bool, output: &Output) {
    if json {
        output.data(&answer.to_string());
        return;
    }
    for line in dotenv_lines(key) {
        output.data(&line);
    }
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

/// A list in an answer.
pub(super) fn items<'a>(answer: &'a Value, name: &str) -> &'a [Value] {
    answer[name].as_array().map_or(&[], Vec::as_slice)
}

/// A value as it is read by people.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    }
}
