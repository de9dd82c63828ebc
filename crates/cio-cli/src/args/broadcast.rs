//! What can be typed about broadcasts.

use clap::{ArgGroup, Args, Subcommand};

use super::limit::Limit;
use super::waiting::Waiting;
use super::{DryRun, Fields, Person};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    customerio broadcast list\n  \
    customerio broadcast trigger 4 --segment 7 headline='We moved' --wait\n  \
    customerio broadcast trigger 4 --person 42 --person 43\n  \
    customerio broadcast trigger 4 --ids-file ids.txt --ignore-missing-ids\n  \
    customerio broadcast trigger 4 --per-person people.jsonl\n  \
    customerio broadcast status 4 12\n\n\
    BROADCAST is the number of a broadcast, or its name. People must exist already.\n\
    NAME=VALUE is data for everybody, {{trigger.NAME}} in the messages.")]
pub(crate) struct BroadcastArgs {
    #[command(subcommand)]
    pub(crate) command: BroadcastCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BroadcastCommand {
    /// List the broadcasts that can be triggered
    List,
    /// Show a broadcast
    Show(OneBroadcastArgs),
    /// Send a broadcast to people; the service takes one in 10 seconds
    Trigger(Box<TriggerArgs>),
    /// Say how far a trigger is; without a number, list the triggers of a broadcast
    Status(StatusArgs),
    /// List whom a trigger did not reach, and why
    Errors(ErrorsArgs),
}

#[derive(Debug, Args)]
pub(crate) struct OneBroadcastArgs {
    /// Which
    pub(crate) broadcast: String,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("audience").args([
    "people", "ids_file", "emails_file", "segment", "filter", "per_person", "data_file_url",
    "default_audience",
]))]
pub(crate) struct TriggerArgs {
    /// Which
    pub(crate) broadcast: String,
    #[command(flatten)]
    pub(crate) to: Audience,
    #[command(flatten)]
    pub(crate) data: Fields,
    /// Leave out ids that nobody has, instead of failing
    #[arg(long, conflicts_with_all = ["segment", "filter", "default_audience", "emails_file"])]
    pub(crate) ignore_missing_ids: bool,
    /// Leave out addresses that nobody has, instead of failing
    #[arg(long, conflicts_with_all = ["segment", "filter", "default_audience", "ids_file"])]
    pub(crate) ignore_missing_emails: bool,
    /// Send to everybody with an address that several people have, instead of failing
    #[arg(long, conflicts_with_all = ["segment", "filter", "default_audience", "ids_file"])]
    pub(crate) add_duplicate_emails: bool,
    /// Do it once however often it is run with this key, for a day; for a server of your own,
    /// as Customer.io knows no keys
    #[arg(long, value_name = "KEY")]
    pub(crate) idempotency_key: Option<String>,
    #[command(flatten)]
    pub(crate) waiting: Waiting,
    #[command(flatten)]
    pub(crate) dry_run: DryRun,
}

/// Whom it goes to, in one way.
#[derive(Debug, Args)]
pub(crate) struct Audience {
    /// A person, by id or address; may be repeated, up to 10000 in all
    #[arg(
        long = "person",
        value_name = "PERSON",
        help_heading = "Whom it goes to"
    )]
    pub(crate) people: Vec<Person>,
    /// The ids of a file, one a line, or of - for stdin
    #[arg(long, value_name = "FILE", help_heading = "Whom it goes to")]
    pub(crate) ids_file: Option<String>,
    /// The addresses of a file, one a line, or of - for stdin
    #[arg(long, value_name = "FILE", help_heading = "Whom it goes to")]
    pub(crate) emails_file: Option<String>,
    /// Everybody in a segment, by its number or name
    #[arg(long, value_name = "SEGMENT", help_heading = "Whom it goes to")]
    pub(crate) segment: Option<String>,
    /// Everybody a filter of the App API matches: JSON, @FILE, or - for stdin
    #[arg(long, value_name = "JSON", help_heading = "Whom it goes to")]
    pub(crate) filter: Option<String>,
    /// People with data of their own: a file with {"id" or "email", "data"} on each line
    #[arg(long, value_name = "FILE", help_heading = "Whom it goes to")]
    pub(crate) per_person: Option<String>,
    /// The same in a file that the service fetches
    #[arg(long, value_name = "URL", help_heading = "Whom it goes to")]
    pub(crate) data_file_url: Option<String>,
    /// Whom the broadcast itself says
    #[arg(long, help_heading = "Whom it goes to")]
    pub(crate) default_audience: bool,
}

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// Which
    pub(crate) broadcast: String,
    /// The number that `broadcast trigger` printed
    pub(crate) trigger: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct ErrorsArgs {
    /// Which
    pub(crate) broadcast: String,
    /// The number that `broadcast trigger` printed
    pub(crate) trigger: u64,
    #[command(flatten)]
    pub(crate) limit: Limit,
}
