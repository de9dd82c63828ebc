//! `customerio keys rotate`: a key's successor, and the end of the old one.
//!
//! Where the new key is written somewhere, the old one ends last: what is there is read back
//! and tried before, and until then the old one works as it did.

use cio_wire::env_vars;
use serde_json::{Value, json};

use super::destination::{Destination, Kept};
use super::{no_such_key, no_such_workspace, path, show, trial};
use crate::admin_client::AdminClient;
use crate::args::{KeysRotateArgs, Kind};
use crate::commands::{items, text};
use crate::context::Context;
use crate::exit::Failure;
use crate::output::utc;

pub(super) async fn run(args: &KeysRotateArgs, context: &Context) -> Result<(), Failure> {
    let Some(id) = args.id else {
        return Err(Failure::config("which key? Give its number").next(
            "`customerio keys list` shows them; a key of the service: keys rotate --guided app",
        ));
    };
    let url = context.variables()?.filled(env_vars::URL);
    if args.server.url.is_none() && url.is_none() {
        return Err(Failure::config(format!(
            "key {id} of which server? Neither {} nor --url names one",
            env_vars::URL
        ))
        .next(
            "keys of Customer.io are made in its pages: customerio keys rotate --guided app --env",
        ));
    }
    let client = context.admin(&args.server).await?;
    match args.destination.is_given() {
        false => print(args, id, &client, context).await,
        true => write(args, id, &client, context).await,
    }
}

/// Prints the new key; the old one works on for a while.
async fn print(
    args: &KeysRotateArgs,
    id: u32,
    client: &AdminClient,
    context: &Context,
) -> Result<(), Failure> {
    let output = &context.output;
    let body = json!({ "grace_seconds": args.grace_seconds });
    let answer = client.post(&at(args, id, "rotate"), &body).await;
    let answer = answer.map_err(|failure| no_such_key(failure, id, &args.of))?;
    let key = &answer["credential"];
    output.note(&format!(
        "Rotated key {id}: its successor is key {}, shown this once. The old key {}.",
        text(&key["id"]),
        what_becomes_of(&answer["replaced"], args.grace_seconds),
    ));
    show(key, &answer, output);
    Ok(())
}

/// Writes the new key where it is kept, tries it, and only then lets the old one end.
async fn write(
    args: &KeysRotateArgs,
    id: u32,
    client: &AdminClient,
    context: &Context,
) -> Result<(), Failure> {
    let output = &context.output;
    let variables = context.variables()?;
    let answer = client.get(&path(&args.of)).await;
    let answer = answer.map_err(|failure| no_such_workspace(failure, &args.of))?;
    let old = items(&answer, "credentials")
        .iter()
        .find(|it| it["id"] == id);
    let missing = || no_such_key(Failure::missing("not found"), id, &args.of);
    let old = old.ok_or_else(missing)?;
    let kind = old["kind"].as_str().and_then(Kind::of).ok_or_else(|| {
        Failure::unexpected("the server has a kind of key that this command does not know")
    })?;
    // Whatever is wrong with the place is to be found before there is a new key.
    let destination = Destination::open(&args.destination, kind, &variables)?;
    let before = destination.read().await?;

    let rotation = json!({ "old_key_ends": false });
    let answer = client.post(&at(args, id, "rotate"), &rotation).await?;
    let key = &answer["credential"];
    let new = &text(&key["key"]);
    output.note(&format!("Made key {}, beside key {id}.", text(&key["id"])));
    let placed = place(&destination, kind, key, new, client.root()).await;
    if let Err(failure) = placed {
        let back = put_back(&destination, &before).await;
        let revoked = client
            .post(&at(args, number(key), "revoke"), &json!({}))
            .await;
        let state = match (back, revoked) {
            (Ok(()), Ok(_)) => format!("key {id} works as before, and everything is as it was"),
            (Err(why), _) => format!(
                "key {id} works as before, but {} may hold the new key: {why}",
                destination.name()
            ),
            (_, Err(why)) => format!(
                "key {id} works as before, and key {} is left over: {why}",
                text(&key["id"])
            ),
        };
        return Err(failure.next(state));
    }
    output.note(&format!(
        "Wrote it to {}, read it back, and it opens the API.",
        destination.name()
    ));
    let end = json!({ "grace_seconds": args.grace_seconds });
    let ended = client
        .post(&at(args, id, "end"), &end)
        .await
        .map_err(|failure| {
            failure.next(format!(
                "the new key is in use; end the old one: customerio keys revoke {id}"
            ))
        })?;
    let done = json!({
        "credential": without_key(key),
        "replaced": ended["credential"],
        "written_to": destination.name(),
    });
    output.answer(&done, || {
        output.note(&format!(
            "Rotated key {id}: its successor is key {}. The old key {}.",
            text(&key["id"]),
            what_becomes_of(&ended["credential"], args.grace_seconds),
        ));
    });
    Ok(())
}

/// Puts the key there, reads what is there then, and opens the API with that.
async fn place(
    destination: &Destination,
    kind: Kind,
    key: &Value,
    new: &str,
    root: &str,
) -> Result<(), Failure> {
    destination.write(new).await?;
    let kept = destination.read().await?;
    if kept.as_deref() != Some(new) {
        let name = destination.name();
        return Err(Failure::unexpected(format!(
            "{name} was written and does not give the new key back"
        )));
    }
    let site_id = key["site_id"].as_str().unwrap_or_default();
    trial::open(kind, site_id, new, &trial::Apis::of_server(root)).await
}

async fn put_back(destination: &Destination, before: &Kept) -> Result<(), Failure> {
    match before {
        Some(before) if destination.read().await?.as_ref() != Some(before) => {
            destination.write(before).await
        }
        _ => Ok(()),
    }
}

fn at(args: &KeysRotateArgs, id: u32, action: &str) -> String {
    format!("{}/{id}/{action}", path(&args.of))
}

fn number(key: &Value) -> u32 {
    let number = key["id"].as_u64().unwrap_or_default();
    u32::try_from(number).unwrap_or_default()
}

fn without_key(key: &Value) -> Value {
    let mut key = key.clone();
    if let Some(fields) = key.as_object_mut() {
        fields.remove("key");
    }
    key
}

fn what_becomes_of(old: &Value, grace_seconds: u64) -> String {
    match grace_seconds {
        0 => "opens nothing from now on".to_owned(),
        _ => format!("works until {}", utc(&old["expires_at"])),
    }
}
