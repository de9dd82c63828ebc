//! `customerio quickstart`: the whole set-up, run against a server of one's own.

mod next_steps;
mod steps;

use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use cio_server::{Credentials, FirstCredentials, Server, Settings, StartError, Storage};
use cio_wire::{Region, env_vars};
use customerio::{ApiClient, TrackClient};

use super::serve::{Stop, start_logging};
use crate::args::{DEFAULT_LISTEN, QuickstartArgs};
use crate::context::Context;
use crate::dotenv_file;
use crate::exit::{self, Failure};
use crate::output::{Output, Tone};
use crate::serve_settings::Logging;
use crate::settings::{DOTENV, Variables};

pub(crate) async fn run(args: &QuickstartArgs, context: &Context) -> Result<u8, Failure> {
    let output = &context.output;
    let variables = context.variables_of_here("quickstart")?;
    let variables = variables.revealed(&env_vars::SECRETS).await?;
    start_logging(&Logging::of(&variables))?;
    let plan = Plan::make(args, &variables)?;
    let stop = Stop::listen()?;
    let server = start(args, &plan).await?;
    let keys = known_keys(&server, args)?;

    output.data(&output.out(
        Tone::Strong,
        &format!("A Customer.io server is running on {}", server.url()),
    ));
    write_dotenv(&plan, &keys, &server, output)?;
    output.data("");

    let track = TrackClient::builder(&keys.site_id, &keys.track_api_key)
        .region(plan.region)
        .base_url(server.url())
        .build()?;
    let api = ApiClient::builder(&keys.app_api_key)
        .region(plan.region)
        .base_url(server.url())
        .build()?;
    let done = steps::run(&track, &api, &server.mail(), output).await;
    if done.is_ok() {
        next_steps::print(server.url(), plan.dotenv_is_ours, output);
        if !args.exit {
            output.note("\nThe server keeps running; stop it with Ctrl-C.");
            stop.wait().await;
        }
    }
    server.shutdown().await.map_err(Failure::unexpected)?;
    done.map(|()| exit::DONE)
}

/// Where to listen and with which keys.
struct Plan {
    listen: SocketAddr,
    /// Whether another port will do if this one is taken.
    may_move: bool,
    credentials: FirstCredentials,
    admin_token: Option<String>,
    region: Region,
    smtp_url: Option<String>,
    /// `.env` is absent, or leads to a server on this machine.
    dotenv_is_ours: bool,
}

impl Plan {
    fn make(args: &QuickstartArgs, variables: &Variables) -> Result<Plan, Failure> {
        let has_dotenv = Path::new(DOTENV).exists();
        let local = variables
            .filled(env_vars::URL)
            .as_deref()
            .and_then(loopback_address);
        let default: SocketAddr = DEFAULT_LISTEN.parse().map_err(Failure::unexpected)?;
        // Credentials that belong to the real service stay out of the local server: it
        // takes them only where the settings lead to this machine.
        let use_variables = local.is_some();
        Ok(Plan {
            listen: args.listen.or(local).unwrap_or(default),
            may_move: args.listen.is_none() && local.is_none(),
            credentials: if use_variables {
                variables.first_credentials()
            } else {
                FirstCredentials::default()
            },
            admin_token: variables.admin_token().filter(|_| use_variables),
            region: if use_variables {
                variables.region()?
            } else {
                Region::default()
            },
            smtp_url: variables.smtp_url(),
            dotenv_is_ours: !has_dotenv || local.is_some(),
        })
    }
}

/// The address of a URL on this machine, `http://127.0.0.1:8080` or `http://localhost:8080`.
fn loopback_address(url: &str) -> Option<SocketAddr> {
    let authority = url.strip_prefix("http://")?.trim_end_matches('/');
    let address = authority
        .replace("localhost", "127.0.0.1")
        .parse::<SocketAddr>()
        .ok()?;
    address.ip().is_loopback().then_some(address)
}

async fn start(args: &QuickstartArgs, plan: &Plan) -> Result<Server, Failure> {
    let settings = Settings {
        listen: plan.listen,
        storage: Storage::Directory(args.data.clone()),
        tls: false,
        smtp_url: plan.smtp_url.clone(),
        credentials: plan.credentials.clone(),
        admin_token: plan.admin_token.clone(),
        region: plan.region,
        ..Settings::default()
    };
    match Server::start(settings.clone()).await {
        Err(StartError::Listen { address, .. }) if plan.may_move => {
            let free = SocketAddr::new(IpAddr::from([127, 0, 0, 1]), 0);
            tracing::info!(%address, "the address is taken, another is used");
            Ok(Server::start(Settings {
                listen: free,
                ..settings
            })
            .await?)
        }
        other => Ok(other?),
    }
}

fn known_keys(server: &Server, args: &QuickstartArgs) -> Result<Credentials, Failure> {
    server.credentials().cloned().ok_or_else(|| {
        Failure::config(format!(
            "{} was set up with other credentials, and a server keeps no keys it could show: \
             bring back the .env that belongs to it, or start afresh with another directory \
             (--data DIR)",
            args.data.display()
        ))
    })
}

fn write_dotenv(
    plan: &Plan,
    keys: &Credentials,
    server: &Server,
    output: &Output,
) -> Result<(), Failure> {
    let cannot = |file: &str, error: std::io::Error| {
        Failure::unexpected(format!("cannot write {file}: {error}"))
    };
    dotenv_file::ignore().map_err(|error| cannot(".gitignore", error))?;
    let admin_line = server.admin_token().map(dotenv_file::admin_line);
    let mut block = dotenv_file::block(keys, plan.region, server.url());
    block.push_str(admin_line.as_deref().unwrap_or_default());
    let created = dotenv_file::create(&block).map_err(|error| cannot(".env", error))?;
    let text = match (created, plan.dotenv_is_ours) {
        (true, _) => "Wrote .env with its credentials (readable by you only, ignored by git).",
        (false, true) => "Using the .env that is here.",
        (false, false) => {
            ".env leads to another service and was left alone; this server has credentials of its own."
        }
    };
    output.data(text);
    // It is not known later, and an existing file is left as it is.
    if let Some(line) = admin_line.filter(|_| server.made_admin_token() && !created) {
        output.shown_once(
            "A new admin token, for `customerio keys` and /admin/v1, shown this once:\n",
        );
        output.shown_once(&line);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_urls_on_this_machine_are_local() {
        assert!(loopback_address("http://127.0.0.1:8080/").is_some());
        assert!(loopback_address("http://localhost:9").is_some());
        for url in [
            "https://track.customer.io",
            "http://example.com:80",
            "http://10.0.0.1:80",
            "http://127.0.0.1",
        ] {
            assert_eq!(loopback_address(url), None, "{url}");
        }
    }
}
