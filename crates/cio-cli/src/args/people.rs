//! What can be typed about people.

use clap::{Args, Subcommand};

use super::{DryRun, Fields, Person};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    customerio people identify 42 email=ana@example.com plan=pro seats:=5\n  \
    customerio people identify 42 --data @ana.json --dry-run\n  \
    customerio people show ana@example.com\n\n\
    PERSON is an id, an email address, or cio_id:…; id:… and email:… say which.")]
pub(crate) struct PeopleArgs {
    #[command(subcommand)]
    pub(crate) command: PeopleCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PeopleCommand {
    /// Create a person, or set some of their attributes
    Identify(IdentifyArgs),
    /// Show a person: identifiers, attributes, devices
    Show(ShowArgs),
}

#[derive(Debug, Args)]
pub(crate) struct IdentifyArgs {
    /// Who
    pub(crate) person: Person,
    #[command(flatten)]
    pub(crate) attributes: Fields,
    #[command(flatten)]
    pub(crate) dry_run: DryRun,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Who
    pub(crate) person: Person,
}
