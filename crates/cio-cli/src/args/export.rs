//! What can be typed to export people and messages.

use clap::{Args, Subcommand};

use super::DryRun;
use super::filter::PeopleFilter;
use super::messages::Metric;
use super::time::{self, When};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    customerio export people --output people.csv\n  \
    customerio export people --attribute plan=pro --columns plan,seats --output pro.csv\n  \
    customerio export deliveries --template order_shipped --since 30d --output sent.csv\n  \
    customerio export deliveries --newsletter 7 --metric bounced > bounced.csv\n\n\
    A file has its name when it is whole.")]
pub(crate) struct ExportArgs {
    #[command(subcommand)]
    pub(crate) command: ExportCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ExportCommand {
    /// Export the people that meet conditions as CSV; without one, everybody
    People(ExportPeopleArgs),
    /// Export messages as CSV
    Deliveries(ExportDeliveriesArgs),
}

/// Where it goes, and how long it may take.
#[derive(Debug, Args)]
pub(crate) struct Target {
    /// The file to write, or - for stdout
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    pub(crate) output: String,
    /// Attributes of the people as columns, with commas between
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) columns: Vec<String>,
    /// Longest wait for the service to make the file
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = time::wait)]
    pub(crate) timeout: std::time::Duration,
    #[command(flatten)]
    pub(crate) dry_run: DryRun,
}

#[derive(Debug, Args)]
pub(crate) struct ExportPeopleArgs {
    #[command(flatten)]
    pub(crate) filter: PeopleFilter,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Args)]
pub(crate) struct ExportDeliveriesArgs {
    #[command(flatten)]
    pub(crate) of: Parent,
    /// Only those created since then: a time, or how long ago, such as 7d [default: 6 months]
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<When>,
    /// Only those created until then
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<When>,
    /// Only those with this metric recorded
    #[arg(long)]
    pub(crate) metric: Option<Metric>,
    /// Drafts that are held, too
    #[arg(long)]
    pub(crate) drafts: bool,
    /// Only those made from this variant, by its number
    #[arg(long, value_name = "ID")]
    pub(crate) variant: Option<u64>,
    #[command(flatten)]
    pub(crate) target: Target,
}

/// What the messages belong to.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Parent {
    /// A transactional template, by its number or name
    #[arg(long, value_name = "TEMPLATE")]
    pub(crate) template: Option<String>,
    /// A campaign, by its number
    #[arg(long, value_name = "ID")]
    pub(crate) campaign: Option<u64>,
    /// A newsletter, by its number
    #[arg(long, value_name = "ID")]
    pub(crate) newsletter: Option<u64>,
    /// An action of a campaign or broadcast, by its number
    #[arg(long, value_name = "ID")]
    pub(crate) action: Option<u64>,
}
