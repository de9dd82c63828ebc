//! What can be typed to manage a server's workspaces and keys.

use cio_wire::env_vars;
use clap::{Args, Subcommand, ValueEnum};

/// How long an old key works beside its successor, unless told otherwise.
const DEFAULT_GRACE_SECONDS: u64 = 86_400;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    customerio workspaces list\n  \
    customerio workspaces create Staging --region eu\n\n\
    The server is CUSTOMERIO_URL, the token CUSTOMERIO_ADMIN_TOKEN, in the environment or in .env.")]
pub(crate) struct WorkspacesArgs {
    #[command(subcommand)]
    pub(crate) command: WorkspacesCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WorkspacesCommand {
    /// List the workspaces
    List(WorkspacesListArgs),
    /// Create a workspace with Track, App and Pipelines keys, and print them this once
    Create(WorkspacesCreateArgs),
}

#[derive(Debug, Args)]
pub(crate) struct WorkspacesListArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Args)]
pub(crate) struct WorkspacesCreateArgs {
    /// What people call it
    pub(crate) name: String,
    /// Region its credentials answer for: us or eu
    #[arg(long, default_value = "us")]
    pub(crate) region: cio_wire::Region,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    customerio keys list\n  \
    customerio keys create --kind app --name CI --scope send --allow-ip 10.0.0.0/8\n  \
    customerio keys rotate 2 --grace-seconds 3600\n  \
    customerio keys revoke 2\n  \
    pass cio/admin | customerio keys list --token-stdin --url https://127.0.0.1:8443\n\n\
    The server is CUSTOMERIO_URL, the token CUSTOMERIO_ADMIN_TOKEN, in the environment or in .env.")]
pub(crate) struct KeysArgs {
    #[command(subcommand)]
    pub(crate) command: KeysCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// List the keys: their age, last use and end, never the keys themselves
    List(KeysListArgs),
    /// Create a key and print it this once
    Create(KeysCreateArgs),
    /// Create a key's successor and print it this once; the old key works on for a while
    Rotate(KeysRotateArgs),
    /// Revoke a key: from now on it opens nothing
    Revoke(KeysRevokeArgs),
}

#[derive(Debug, Args)]
pub(crate) struct KeysListArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(flatten)]
    pub(crate) of: WorkspaceArgs,
}

#[derive(Debug, Args)]
pub(crate) struct KeysCreateArgs {
    /// What it is for
    #[arg(long)]
    pub(crate) kind: Kind,
    /// What people call it
    #[arg(long)]
    pub(crate) name: String,
    /// Limit an App API key to a part of the API; may be repeated [default: everything]
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(crate) scopes: Vec<Scope>,
    /// Limit it to addresses, such as 10.0.0.0/8; may be repeated [default: everywhere]
    #[arg(long = "allow-ip", value_name = "RANGE")]
    pub(crate) allowed_ips: Vec<String>,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(flatten)]
    pub(crate) of: WorkspaceArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    customerio keys rotate 2                                  # print the new key\n  \
    customerio keys rotate 2 --env                            # write it to .env, or the profile\n  \
    customerio keys rotate 2 --store vault://secret/cio#app   # write it there, try it, end the old one\n  \
    customerio keys rotate --guided app --env                 # a key of the service, step by step\n\n\
    Where the new key is written, the old one ends last: until what was written was read back and\n\
    opened the API, nothing is lost.")]
pub(crate) struct KeysRotateArgs {
    /// Number of the key, as `keys list` shows it
    #[arg(required_unless_present = "guided")]
    pub(crate) id: Option<u32>,
    /// How long the old key works on
    #[arg(long, value_name = "SECONDS", default_value_t = DEFAULT_GRACE_SECONDS)]
    pub(crate) grace_seconds: u64,
    /// Go through it with a key of the service, which is made in its pages
    #[arg(long, value_name = "KIND", conflicts_with_all = ["id", "url", "token_stdin"])]
    pub(crate) guided: Option<Kind>,
    #[command(flatten)]
    pub(crate) destination: DestinationArgs,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(flatten)]
    pub(crate) of: WorkspaceArgs,
}

/// Where a new key is written.
#[derive(Debug, Args)]
pub(crate) struct DestinationArgs {
    /// Write the new key to a secret store: vault://…, aws-ssm://…, aws-secretsmanager://…,
    /// gcp-secretmanager://…, file://…
    #[arg(long, value_name = "REFERENCE")]
    pub(crate) store: Option<String>,
    /// Write it where the variable comes from: .env, the profile, or what a reference there names
    #[arg(long, conflicts_with = "store")]
    pub(crate) env: bool,
    /// Write a new site id to a secret store
    #[arg(long, value_name = "REFERENCE", requires = "store")]
    pub(crate) site_id_store: Option<String>,
}

impl DestinationArgs {
    pub(crate) const fn is_given(&self) -> bool {
        self.store.is_some() || self.env
    }
}

#[derive(Debug, Args)]
pub(crate) struct KeysRevokeArgs {
    /// Number of the key, as `keys list` shows it
    pub(crate) id: u32,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(flatten)]
    pub(crate) of: WorkspaceArgs,
}

#[derive(Debug, Args)]
pub(crate) struct WorkspaceArgs {
    /// Number of the workspace, as `workspaces list` shows it
    #[arg(long, value_name = "ID", default_value_t = 1)]
    pub(crate) workspace: u32,
}

/// Which server, and how to talk to it.
#[derive(Debug, Args)]
pub(crate) struct ServerArgs {
    /// Root of the server [default: CUSTOMERIO_URL]
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Read the admin token from the first line of stdin instead of CUSTOMERIO_ADMIN_TOKEN
    #[arg(long)]
    pub(crate) token_stdin: bool,
}

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// The Track API: a site id and a key
    Track,
    /// The App API
    App,
    /// The Pipelines API
    Pipelines,
    /// Signing webhooks
    Webhook,
}

impl Kind {
    /// The kind of this name.
    pub(crate) fn of(name: &str) -> Option<Kind> {
        Kind::value_variants()
            .iter()
            .copied()
            .find(|kind| kind.as_str() == name)
    }

    /// The variable that its keys are kept in.
    pub(crate) const fn variable(self) -> Option<&'static str> {
        match self {
            Kind::Track => Some(env_vars::TRACK_API_KEY),
            Kind::App => Some(env_vars::APP_API_KEY),
            Kind::Pipelines => Some(env_vars::PIPELINES_WRITE_KEY),
            Kind::Webhook => None,
        }
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Kind::Track => "track",
            Kind::App => "app",
            Kind::Pipelines => "pipelines",
            Kind::Webhook => "webhook",
        }
    }
}

/// A part of the App API.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Scope {
    /// Sending messages and triggering broadcasts
    Send,
    /// Reading, searches and exports included
    Read,
    /// Everything else
    Write,
}

impl Scope {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Scope::Send => "send",
            Scope::Read => "read",
            Scope::Write => "write",
        }
    }
}
