//! What can be typed about people.

use clap::{Args, Subcommand, ValueEnum};

use super::filter::PeopleFilter;
use super::limit::{Limit, Recent};
use super::time::When;
use super::{Confirm, DryRun, Fields, Person};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    customerio people identify 42 email=ana@example.com plan=pro seats:=5\n  \
    customerio people identify 42 --data @ana.json --dry-run\n  \
    customerio people show ana@example.com\n  \
    customerio people search --attribute plan=pro --json\n  \
    customerio people merge 42 email:ana@example.org\n\n\
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
    /// List the people that meet conditions; without one, everybody
    Search(SearchArgs),
    /// List the segments a person is in
    Segments(ShowArgs),
    /// List the messages to a person, newest first
    Messages(PersonMessagesArgs),
    /// List what a person did and what was done to them, newest first
    Activities(ActivitiesArgs),
    /// Delete a person with all data; a later identify creates them anew
    Delete(RemoveArgs),
    /// Delete a person and keep them out: whatever names them later is ignored
    Suppress(RemoveArgs),
    /// Let a suppressed person be created again
    Unsuppress(UnsuppressArgs),
    /// Make two people one: the first stays, the second is deleted
    Merge(MergeArgs),
    /// Add and delete the devices a person gets push messages on
    #[command(subcommand)]
    Devices(DevicesCommand),
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

#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    #[command(flatten)]
    pub(crate) filter: PeopleFilter,
    #[command(flatten)]
    pub(crate) limit: Limit,
}

#[derive(Debug, Args)]
pub(crate) struct PersonMessagesArgs {
    /// Who
    pub(crate) person: Person,
    /// Only those created since then: a time, or how long ago, such as 7d
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<When>,
    /// Only those created until then
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<When>,
    #[command(flatten)]
    pub(crate) recent: Recent,
}

#[derive(Debug, Args)]
pub(crate) struct ActivitiesArgs {
    /// Who
    pub(crate) person: Person,
    /// Only of this kind: event, page, attribute_change, sent_email and so on
    #[arg(long = "type", value_name = "KIND")]
    pub(crate) kind: Option<String>,
    /// Only events, pages or screens of this name
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) recent: Recent,
}

#[derive(Debug, Args)]
pub(crate) struct RemoveArgs {
    /// Who
    pub(crate) person: Person,
    #[command(flatten)]
    pub(crate) confirm: Confirm,
}

#[derive(Debug, Args)]
pub(crate) struct UnsuppressArgs {
    /// Who
    pub(crate) person: Person,
    #[command(flatten)]
    pub(crate) dry_run: DryRun,
}

#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// Who stays, and gets what they lack of the other
    pub(crate) primary: Person,
    /// Who is deleted
    pub(crate) secondary: Person,
    #[command(flatten)]
    pub(crate) confirm: Confirm,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DevicesCommand {
    /// Add a device to a person, or update it
    Add(AddDeviceArgs),
    /// Delete a device of a person
    Delete(DeleteDeviceArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AddDeviceArgs {
    /// Who
    pub(crate) person: Person,
    /// The token that APNs or FCM gave the device
    #[arg(allow_hyphen_values = true)]
    pub(crate) token: String,
    /// The system it runs
    #[arg(long)]
    pub(crate) platform: Platform,
    /// When it was last used: a time, or how long ago [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) last_used: Option<When>,
    /// An attribute of the device, such as device_model; its values are texts
    #[arg(value_name = "NAME=TEXT", value_parser = super::fields::text_pair)]
    pub(crate) attributes: Vec<(String, String)>,
    #[command(flatten)]
    pub(crate) dry_run: DryRun,
}

#[derive(Debug, Args)]
pub(crate) struct DeleteDeviceArgs {
    /// Who
    pub(crate) person: Person,
    /// The token of the device
    #[arg(allow_hyphen_values = true)]
    pub(crate) token: String,
    #[command(flatten)]
    pub(crate) dry_run: DryRun,
}

/// The system a device runs.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Platform {
    /// Apple's, over APNs
    Ios,
    /// Google's, over FCM
    Android,
}
