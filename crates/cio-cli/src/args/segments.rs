//! What can be typed about segments.

use clap::{Args, Subcommand};

use super::limit::Limit;
use super::{Confirm, DryRun, Person};

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    customerio segments list\n  \
    customerio segments create \"Beta testers\"\n  \
    customerio segments add \"Beta testers\" 42 43\n  \
    customerio segments add \"Beta testers\" --file ids.txt\n  \
    customerio segments members 7 --json\n\n\
    SEGMENT is the number of a segment, or its name.\n\
    PERSON is an id, an email address, or cio_id:…; id:… and email:… say which.")]
pub(crate) struct SegmentsArgs {
    #[command(subcommand)]
    pub(crate) command: SegmentsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SegmentsCommand {
    /// List the segments
    List,
    /// Show a segment, and what uses it
    Show(SegmentArgs),
    /// Create an empty manual segment
    Create(SegmentCreateArgs),
    /// Delete a manual segment; its members stay people
    Delete(SegmentDeleteArgs),
    /// List the people in a segment
    Members(MembersArgs),
    /// Say how many people are in a segment
    Count(SegmentArgs),
    /// Put people into a manual segment; who does not exist is left out
    Add(MembershipArgs),
    /// Take people out of a manual segment
    Remove(MembershipArgs),
}

#[derive(Debug, Args)]
pub(crate) struct SegmentArgs {
    /// Which
    pub(crate) segment: String,
}

#[derive(Debug, Args)]
pub(crate) struct SegmentCreateArgs {
    /// What it is called
    pub(crate) name: String,
    /// What it is for
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    pub(crate) description: String,
    #[command(flatten)]
    pub(crate) dry_run: DryRun,
}

#[derive(Debug, Args)]
pub(crate) struct SegmentDeleteArgs {
    /// Which
    pub(crate) segment: String,
    #[command(flatten)]
    pub(crate) confirm: Confirm,
}

#[derive(Debug, Args)]
pub(crate) struct MembersArgs {
    /// Which
    pub(crate) segment: String,
    #[command(flatten)]
    pub(crate) limit: Limit,
}

#[derive(Debug, Args)]
pub(crate) struct MembershipArgs {
    /// Which
    pub(crate) segment: String,
    /// Whom
    #[arg(value_name = "PERSON", required_unless_present = "file")]
    pub(crate) people: Vec<Person>,
    /// People of a file, one a line, or of - for stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<String>,
    #[command(flatten)]
    pub(crate) dry_run: DryRun,
}
