//! What can be typed to set up credentials, and to find out why they do not work.

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    customerio init                                  # asks, on a terminal\n  \
    customerio init --local                          # for a server on this machine\n  \
    customerio init --from-env --profile production  # what the environment has, as a profile\n  \
    pass show cio/env | customerio init --stdin      # lines of NAME=value\n\n\
    A value may be a reference to a secret store, such as vault://secret/customerio#app_api_key.\n\
    Each credential is tried before anything is written, and the region is found out.")]
pub(crate) struct InitArgs {
    /// Make up credentials for a server on this machine, ready for `customerio serve`
    #[arg(long)]
    pub(crate) local: bool,
    /// Read lines of NAME=value from stdin
    #[arg(long, conflicts_with = "local")]
    pub(crate) stdin: bool,
    /// Take the variables of the environment
    #[arg(long, conflicts_with_all = ["local", "stdin"])]
    pub(crate) from_env: bool,
    /// Write them without trying them
    #[arg(long)]
    pub(crate) no_check: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
    The first line says what is wrong and what to do; what was looked at follows. Nothing secret\n\
    is printed, and nothing is changed. Something that works but should not stay as it is, such\n\
    as a .env that others can read, is a warning and no failure.\n\n\
    Exit codes: 0 it works, 1 the service refuses, 2 settings or credentials, 3 no way to the\n\
    service.")]
pub(crate) struct DoctorArgs {
    /// Write a throw-away person too, read them back and suppress them, as `verify` does
    #[arg(long)]
    pub(crate) write: bool,
    /// Longest wait for one step of one check
    #[arg(long, value_name = "SECONDS", default_value_t = 5,
          value_parser = clap::value_parser!(u64).range(1..=10))]
    pub(crate) timeout: u64,
}

#[derive(Debug, Args)]
pub(crate) struct ProfilesArgs {
    #[command(subcommand)]
    pub(crate) command: ProfilesCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProfilesCommand {
    /// List the profiles
    List,
    /// Show what a profile sets; credentials by their length alone
    Show(ProfileArgs),
    /// Remove a profile
    Remove(ProfileRemoveArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ProfileArgs {
    /// Its name
    pub(crate) name: String,
}

#[derive(Debug, Args)]
pub(crate) struct ProfileRemoveArgs {
    /// Its name
    pub(crate) name: String,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}
