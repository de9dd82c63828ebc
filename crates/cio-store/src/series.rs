//! How many messages became what: the part of the contract that is about counts over time.
//!
//! Counts are kept by what a message belongs to, in the commit of what is counted. A message
//! counts in the hour in which it was accepted ([`cio_domain::series`]), for the first time it
//! has a metric.

use std::collections::BTreeMap;

use cio_domain::delivery::Parent;
use cio_domain::message::Channel;
use cio_domain::{UnixSeconds, WorkspaceId};

use crate::Reply;

/// Counts by metric, one for each period.
pub type Series = BTreeMap<String, Vec<u64>>;

/// Of which messages, and in which periods.
#[derive(Debug, Clone)]
pub struct SeriesQuery {
    /// Those that belong to this.
    pub parent: Parent,
    /// Only those of this channel.
    pub channel: Option<Channel>,
    /// When each period starts, and when the last one ends; rising, and full hours.
    pub bounds: Vec<UnixSeconds>,
}

/// Of the links in which messages, and in which periods.
#[derive(Debug, Clone)]
pub struct LinkQuery {
    /// Those that belong to this.
    pub parent: Parent,
    /// When each period starts, and when the last one ends; rising, and full hours.
    pub bounds: Vec<UnixSeconds>,
    /// Each message counts once, however often its link was followed.
    pub unique: bool,
}

/// A link in messages that belong together, and how often it was followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkSeries {
    /// Its number, unique in the workspace.
    pub id: u64,
    /// Where it leads.
    pub href: String,
    /// How often.
    pub series: Series,
}

/// A place for counts.
pub trait SeriesStore {
    /// Counts of messages. A metric that none has may be left out.
    fn series(&self, workspace: WorkspaceId, query: SeriesQuery) -> Reply<'_, Series>;

    /// All links that were followed, the earliest known first. At most
    /// [`LINKS_MAX`](cio_domain::limits::LINKS_MAX): what is followed beyond them counts for
    /// its message alone.
    fn links(&self, workspace: WorkspaceId, query: LinkQuery) -> Reply<'_, Vec<LinkSeries>>;
}
