//! Whether to wait for what a command has begun.

use std::time::Duration;

use clap::Args;

/// Whether to wait for the end, and for how long.
#[derive(Debug, Args)]
pub(crate) struct Waiting {
    /// Wait until it is over; exit with 1 if it failed
    #[arg(long)]
    pub(crate) wait: bool,
    /// Longest wait
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = super::time::wait)]
    pub(crate) timeout: Duration,
}
