//! `customerio keys rotate --guided`: a key of the service, which is made in its pages. Each step
//! is checked before the next.

use cio_wire::env_vars;
use customerio::Config;
use serde_json::json;

use super::destination::Destination;
use super::trial::{self, Apis};
use crate::args::{KeysRotateArgs, Kind};
use crate::context::Context;
use crate::exit::Failure;
use crate::prompt::Prompt;
use crate::settings::Variables;

/// Where keys are made.
const SETTINGS: &str = "Settings > Workspace Settings > API & Webhook Credentials";

pub(super) async fn run(
    kind: Kind,
    args: &KeysRotateArgs,
    context: &Context,
) -> Result<(), Failure> {
    let output = &context.output;
    let variables = context.variables()?;
    let old = Old::read(kind, &variables).await?;
    let destination = Destination::open(&args.destination, kind, &variables)?;
    destination.read().await?;
    let what = name(kind)?;
    let mut prompt = Prompt::new(output);

    output.note(&format!(
        "1. Open https://fly.customer.io, {SETTINGS}, and create another {what}.\n   \
         Do not choose Regenerate: it ends the old key at once, while your programs use it."
    ));
    let site_id = match kind {
        Kind::Track => {
            let question = "   Site id of the new key (empty: as before)";
            let typed = prompt.line(question)?;
            if typed.is_empty() {
                old.site_id.clone()
            } else {
                typed
            }
        }
        _ => String::new(),
    };
    let new = prompt.secret(&format!("2. The new {what}, which is not shown"))?;
    if new.is_empty() || new == old.key {
        let problem = if new.is_empty() {
            "is empty"
        } else {
            "is the old one"
        };
        return Err(Failure::config(format!(
            "the new key {problem}: nothing was changed"
        )));
    }
    let apis = Apis::of_settings(&old.config);
    trial::open(kind, &site_id, &new, &apis)
        .await
        .map_err(|failure| {
            failure.next("nothing was changed: copy the new key once more, and its site id with it")
        })?;
    output.note("   It opens the API.");

    let site_id_changes = kind == Kind::Track && site_id != old.site_id;
    if site_id_changes {
        let place = site_id_place(args, &variables)?;
        place.write(&site_id).await?;
        output.note(&format!("   Wrote the site id to {}.", place.name()));
    }
    destination.write(&new).await?;
    if destination.read().await?.as_deref() != Some(new.as_str()) {
        return Err(Failure::unexpected(format!(
            "{} was written and does not give the new key back",
            destination.name()
        ))
        .next("the old key still works; look at what is there"));
    }
    output.note(&format!(
        "3. Wrote it to {} and read it back.",
        destination.name()
    ));
    let is_over = end(kind, &old, &apis, what, &mut prompt, context).await?;
    let done = json!({
        "kind": kind.as_str(),
        "written_to": destination.name(),
        "old_key_ended": is_over,
    });
    output.answer(&done, || {
        output.note(match is_over {
            true => "Done: the new key is in use, and the old one opens nothing.",
            false => "Done so far: the new key is in use. The old one still works; end it soon.",
        });
    });
    Ok(())
}

/// The last step: whether the old key opens nothing any more.
async fn end(
    kind: Kind,
    old: &Old,
    apis: &Apis,
    what: &str,
    prompt: &mut Prompt<'_>,
    context: &Context,
) -> Result<bool, Failure> {
    context.output.note(&format!(
        "4. When all programs use the new key, delete the old {what} in {SETTINGS}.\n   \
         Programs that read a reference pick it up within five minutes; others when they are \
         started again."
    ));
    if !prompt.yes("   Is the old key deleted?")? {
        return Ok(false);
    }
    match trial::open(kind, &old.site_id, &old.key, apis).await {
        Err(failure) if failure.code() == crate::exit::CONFIG => Ok(true),
        Err(failure) => Err(failure),
        Ok(()) => Err(Failure::refused("the old key still opens the API")
            .next("was another one deleted? Look at the list of keys once more")),
    }
}

/// The key that is in use.
struct Old {
    config: Config,
    site_id: String,
    key: String,
}

impl Old {
    async fn read(kind: Kind, variables: &Variables) -> Result<Old, Failure> {
        let config = Config::from_vars(|name| variables.get(name));
        let config = config.map_err(customerio::Error::from)?.resolved().await?;
        let key = match kind {
            Kind::Track => config.track_api_key.expose().to_owned(),
            Kind::App => config.app_api_key.expose().to_owned(),
            _ => {
                let key = config.pipelines_write_key.as_ref();
                key.map(|key| key.expose().to_owned()).ok_or_else(|| {
                    Failure::config(format!("{} is not set", env_vars::PIPELINES_WRITE_KEY))
                })?
            }
        };
        Ok(Old {
            site_id: config.site_id.clone(),
            key,
            config,
        })
    }
}

fn name(kind: Kind) -> Result<&'static str, Failure> {
    match kind {
        Kind::Track => Ok("Track API key"),
        Kind::App => Ok("App API key"),
        Kind::Pipelines => Ok("write key"),
        Kind::Webhook => Err(Failure::config(
            "the service makes the key that signs webhooks, one for each webhook",
        )
        .next("copy it from the webhook's own page")),
    }
}

fn site_id_place(args: &KeysRotateArgs, variables: &Variables) -> Result<Destination, Failure> {
    match &args.destination.site_id_store {
        Some(reference) => Destination::store("--site-id-store", reference, variables),
        None if args.destination.store.is_some() => Err(Failure::config(
            "the new key has a site id of its own, which has to be kept too",
        )
        .next("say where: --site-id-store REFERENCE")),
        None => Destination::file(env_vars::SITE_ID, variables),
    }
}
