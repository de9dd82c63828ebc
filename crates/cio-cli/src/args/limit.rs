//! How much of a list.

use clap::Args;

/// Most entries of a list, for one that ends by itself.
#[derive(Debug, Args)]
pub(crate) struct Limit {
    /// Stop after this many [default: all of them]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,
}

/// Entries of a list that goes back for months, unless told otherwise.
const RECENT: u64 = 50;

/// Most entries of a list that goes back for months.
#[derive(Debug, Args)]
pub(crate) struct Recent {
    /// Stop after this many
    #[arg(long, value_name = "COUNT", default_value_t = RECENT, value_parser = clap::value_parser!(u64).range(1..))]
    limit: u64,
    /// Go on until there are no more
    #[arg(long, conflicts_with = "limit")]
    all: bool,
}

impl Recent {
    /// As many as asked for; `None` for all of them.
    pub(crate) fn limit(&self) -> Option<u64> {
        (!self.all).then_some(self.limit)
    }
}
