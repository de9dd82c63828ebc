//! What can be typed to keep a workspace in files.

use std::path::PathBuf;

use clap::Args;

use super::{ServerArgs, WorkspaceArgs};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    customerio apply crm --dry-run       # show what would change\n  \
    customerio apply crm                 # show it, ask, and change it\n  \
    customerio apply crm --yes --prune   # in CI; also removes what the files do not have\n\n\
    DIR has workspace.toml, senders.toml, topics.toml, segments/, snippets/ and collections/. What is\n\
    missing is left alone. All changes are made at once, or none.\n\n\
    The server is CUSTOMERIO_URL, the token CUSTOMERIO_ADMIN_TOKEN, in the environment or in .env.")]
pub(crate) struct ApplyArgs {
    /// Folder with the files
    #[arg(value_name = "DIR")]
    pub(crate) directory: PathBuf,
    /// Only show what would change, and whether the server would refuse it
    #[arg(long, conflicts_with = "yes")]
    pub(crate) dry_run: bool,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
    /// Also remove what the files do not have
    #[arg(long)]
    pub(crate) prune: bool,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(flatten)]
    pub(crate) of: WorkspaceArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    customerio pull crm                  # into a new folder: everything there is\n  \
    customerio pull crm                  # again: only what changed, git shows it\n\n\
    Files that say what the server has stay as they are. In a folder that has files, only what it\n\
    looks after is written.\n\n\
    The server is CUSTOMERIO_URL, the token CUSTOMERIO_ADMIN_TOKEN, in the environment or in .env.")]
pub(crate) struct PullArgs {
    /// Folder for the files; it is created if absent
    #[arg(value_name = "DIR")]
    pub(crate) directory: PathBuf,
    /// Also write what the folder does not look after yet
    #[arg(long)]
    pub(crate) all: bool,
    /// Write into a folder that has other files, too; they stay
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(flatten)]
    pub(crate) of: WorkspaceArgs,
}
