//! What a workspace keeps beside people.

mod lists;
mod opt_outs;
mod suppressions;

pub(crate) use lists::{
    collection, collection_rows, collections, preference_center, revision, sender, senders,
    snippets, topics,
};
pub(crate) use opt_outs::{opt_outs, opt_outs_of};
pub(crate) use suppressions::{suppressions, suppressions_of};
