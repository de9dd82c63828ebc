//! `customerio serve`: run the server until told to stop.

use cio_server::{Server, Settings, Storage};
use cio_wire::env_vars;
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::args::ServeArgs;
use crate::config_file::{self, LogFormat};
use crate::context::Context;
use crate::dotenv_file;
use crate::exit::{self, Failure};
use crate::output::Output;
use crate::serve_settings::{Logging, ServeSettings};

pub(crate) async fn run(args: &ServeArgs, context: &Context) -> Result<u8, Failure> {
    let output = &context.output;
    if args.print_config {
        output.data(config_file::DEFAULT.trim_end());
        return Ok(exit::DONE);
    }
    let variables = context.variables_of_here("serve")?;
    let variables = variables.revealed(&env_vars::SECRETS).await?;
    let ServeSettings { server, logging } = ServeSettings::load(args, &variables)?;
    start_logging(&logging)?;
    let settings = server.clone();
    let stop = Stop::listen()?;
    let server = Server::start(server).await?;
    if output.json() {
        output.data(&first_line(&server).to_string());
    } else {
        introduce(&settings, &server, output);
    }
    stop.wait().await;
    output.note("Stopping.");
    server.shutdown().await.map_err(Failure::unexpected)?;
    Ok(exit::DONE)
}

/// Logs go to stderr; without personal data, and by default only what matters.
pub(crate) fn start_logging(logging: &Logging) -> Result<(), Failure> {
    let level = &logging.level;
    let filter = EnvFilter::try_new(level)
        .map_err(|error| Failure::config(format!("cannot log \"{level}\": {error}")))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false);
    match logging.format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}

/// The one line that scripts read: keys that are not known any more are null.
fn first_line(server: &Server) -> Value {
    let keys = server.credentials();
    let mut line = json!({
        "url": server.url(),
        "site_id": server.site_id(),
        "track_api_key": keys.map(|keys| &keys.track_api_key),
        "app_api_key": keys.map(|keys| &keys.app_api_key),
        "pipelines_write_key": keys.map(|keys| &keys.pipelines_write_key).filter(|key| !key.is_empty()),
        "admin_token": server.admin_token(),
    });
    if let Some(file) = server.authority_file() {
        line["ca_file"] = file.display().to_string().into();
    }
    line
}

fn introduce(settings: &Settings, server: &Server, output: &Output) {
    output.note(&format!(
        "Serving the Track and App APIs on {}",
        server.url()
    ));
    let data = match &settings.storage {
        Storage::Memory => "in memory, gone at the end".to_owned(),
        Storage::Directory(directory) => directory.display().to_string(),
    };
    output.note(&format!("  data   {data}"));
    let mail = match server.mail().as_str() {
        "captured" => "captured, not sent; set CUSTOMERIO_SMTP_URL to send it".to_owned(),
        server => format!("leaves through {server}"),
    };
    output.note(&format!("  mail   {mail}"));
    if let Some(file) = server.authority_file() {
        let file = file.display();
        output.note(&format!("  tls    clients have to trust {file}:"));
        for name in ["NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"] {
            output.note(&format!("         {name}={file}"));
        }
    }
    if !settings.listen.ip().is_loopback() && !settings.tls {
        output.note("  note   others can reach this address, and credentials travel unencrypted: use --tls or a proxy that has it");
    }
    match server.credentials() {
        Some(keys) if server.made_credentials() => {
            output.note("New credentials, shown this once; put them in .env:\n");
            output.data(&dotenv_file::block(keys, settings.region, server.url()));
        }
        Some(_) => output.note("  keys   those of the environment"),
        None => output.note("  keys   those this data directory was created with"),
    }
    if let Some(token) = server.admin_token().filter(|_| server.made_admin_token()) {
        output.shown_once(
            "A new admin token, for `customerio keys` and /admin/v1, shown this once:\n",
        );
        output.shown_once(&dotenv_file::admin_line(token));
    }
    output.note("Stop with Ctrl-C.");
}

/// Ctrl-C and SIGTERM, heard from before the server starts.
pub(crate) struct Stop {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl Stop {
    pub(crate) fn listen() -> Result<Stop, Failure> {
        let listen = |kind| signal(kind).map_err(Failure::unexpected);
        Ok(Stop {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    pub(crate) async fn wait(mut self) {
        self.next().await;
    }

    /// The next of them.
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
