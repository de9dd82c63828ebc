//! What can be typed. No secret is a flag: process arguments can be read by others.

mod admin;
pub(crate) mod api;
pub(crate) mod broadcast;
mod confirm;
pub(crate) mod events;
pub(crate) mod export;
pub(crate) mod fields;
mod files;
mod filter;
mod import;
mod limit;
pub(crate) mod lines;
pub(crate) mod messages;
pub(crate) mod people;
mod person;
pub(crate) mod segments;
pub(crate) mod send;
mod setup;
mod shell;
pub(crate) mod templates;
mod time;
mod waiting;

pub(crate) use admin::{
    DestinationArgs, KeysArgs, KeysCommand, KeysCreateArgs, KeysListArgs, KeysRevokeArgs,
    KeysRotateArgs, Kind, ServerArgs, WorkspaceArgs, WorkspacesArgs, WorkspacesCommand,
    WorkspacesCreateArgs, WorkspacesListArgs,
};

pub(crate) use confirm::Confirm;
pub(crate) use fields::Fields;
pub(crate) use files::{ApplyArgs, PullArgs};
pub(crate) use filter::PeopleFilter;
pub(crate) use import::{ImportArgs, ImportCommand, ImportFileArgs};
pub(crate) use person::Person;
pub(crate) use setup::{DoctorArgs, InitArgs, ProfileRemoveArgs, ProfilesArgs, ProfilesCommand};
pub(crate) use shell::{CompletionsArgs, ManArgs};

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::config_file::LogFormat;
pub(crate) use crate::dry_run::DryRun;

/// Where the server listens unless told otherwise.
pub(crate) const DEFAULT_LISTEN: &str = "127.0.0.1:8080";
/// Where the server keeps its data unless told otherwise.
pub(crate) const DEFAULT_DATA: &str = ".customerio";

/// Customer.io on the command line: credentials, daily work, and a server that speaks its APIs.
#[derive(Debug, Parser)]
#[command(
    name = "customerio",
    version,
    after_help = "Exit codes: 0 done, 1 the service refused, 2 bad usage, configuration or \
                  credentials, 3 unreachable or unexpected.\n\
                  Credentials are read from CUSTOMERIO_SITE_ID, CUSTOMERIO_TRACK_API_KEY, \
                  CUSTOMERIO_APP_API_KEY and CUSTOMERIO_REGION, in the environment or in .env."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) habits: Habits,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command understands.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Habits {
    /// Use the credentials of this profile, and nothing of the environment or .env
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Print JSON: one object, or one per line for lists
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print data and failures, and nothing else
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the server here, write .env, and walk through the set-up against it
    Quickstart(QuickstartArgs),
    /// Ask for credentials, try them, and write .env (mode 0600, never overwriting) or a profile
    Init(InitArgs),
    /// Say why it does not work: settings, files, git, network, secret stores, the service
    Doctor(DoctorArgs),
    /// List, show and remove profiles
    Profiles(ProfilesArgs),
    /// Check the credentials: identify a throw-away person, read them back, suppress them
    Verify,
    /// Create, change, find, show and remove people
    People(people::PeopleArgs),
    /// Record what people did
    Events(events::EventsArgs),
    /// Send a transactional message
    Send(send::SendArgs),
    /// Send a message to many people at once
    Broadcast(broadcast::BroadcastArgs),
    /// Group people: list, create and fill segments
    Segments(segments::SegmentsArgs),
    /// List and show what was sent
    Messages(messages::MessagesArgs),
    /// Show the templates of transactional messages
    Templates(templates::TemplatesArgs),
    /// Export people and messages as CSV
    Export(export::ExportArgs),
    /// Import people and events from a CSV or JSON Lines file
    Import(ImportArgs),
    /// Call any path of the APIs
    Api(api::ApiArgs),
    /// Run the server
    Serve(ServeArgs),
    /// List and create a server's workspaces
    Workspaces(WorkspacesArgs),
    /// List, create, rotate and revoke a server's keys
    Keys(KeysArgs),
    /// Bring a workspace to what the files of a folder say
    Apply(ApplyArgs),
    /// Write a workspace's definitions to the files of a folder
    Pull(PullArgs),
    /// Check the data of a server, and copy it
    #[command(subcommand)]
    Store(StoreCommand),
    /// Print what makes a shell complete this command's arguments
    Completions(CompletionsArgs),
    /// Print the manual page, or write those of all commands
    Man(ManArgs),
}

#[derive(Debug, Args)]
pub(crate) struct QuickstartArgs {
    /// Stop after the walk-through instead of serving on
    #[arg(long)]
    pub(crate) exit: bool,
    /// Address to listen on [default: 127.0.0.1:8080, or a free port if that is taken]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    /// Directory for the data
    #[arg(long, value_name = "DIR", default_value = DEFAULT_DATA)]
    pub(crate) data: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Read settings from a file; flags and the environment win over it
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Print a file with all settings, their defaults and what they mean, and stop
    #[arg(long)]
    pub(crate) print_config: bool,
    /// Address to listen on; port 0 picks a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    /// Directory for the data [default: .customerio]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Keep everything in memory, and nothing at the end
    #[arg(long, conflicts_with = "data")]
    pub(crate) memory: bool,
    /// Answer https, with a certificate of a local authority
    #[arg(long)]
    pub(crate) tls: bool,
    /// What to log on stderr: error, warn, info, debug, trace, or tracing directives
    #[arg(long, value_name = "LEVEL")]
    pub(crate) log: Option<String>,
    /// How to write the log [default: text]
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub(crate) log_format: Option<LogFormat>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Read everything and compare every index with what it is of; 1 if something does not
    /// agree
    Check(CheckArgs),
    /// Copy the data to a directory that is empty or not there, and check the copy
    Backup(BackupArgs),
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Directory of the data
    #[arg(long, value_name = "DIR", default_value = DEFAULT_DATA)]
    pub(crate) data: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    customerio store backup /backups/today                     # of a server that is stopped\n  \
    customerio store backup /backups/today --running           # of CUSTOMERIO_URL, while it serves\n\n\
    A running server needs CUSTOMERIO_ADMIN_TOKEN, and makes the copy on its own machine.")]
pub(crate) struct BackupArgs {
    /// Where the copy goes
    #[arg(value_name = "TO")]
    pub(crate) directory: PathBuf,
    /// Directory of the data of a server that is stopped
    #[arg(long, value_name = "DIR", default_value = DEFAULT_DATA)]
    pub(crate) data: PathBuf,
    /// Have the server make the copy while it serves; --url says so too
    #[arg(long, conflicts_with = "data")]
    pub(crate) running: bool,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[cfg(test)]
mod tests;
