//! What is asked for before something is done that cannot be undone.

use clap::Args;

use super::DryRun;

/// Whether to ask.
#[derive(Debug, Args)]
pub(crate) struct Confirm {
    /// Do it without asking, which is needed where there is no terminal
    #[arg(long, short)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) dry_run: DryRun,
}
