//! What a workspace keeps beside people.

mod lists;
mod messages;
mod opt_outs;
mod suppressions;

pub(crate) use lists::{
    collection, collection_rows, collections, find_sender, preference_center, revision, sender,
    senders, snippets, topics,
};
pub(crate) use messages::{
    broadcast, broadcast_template, broadcast_variants, broadcasts, layout, layouts,
    transactional_message, transactional_messages, transactional_template, transactional_variants,
    users,
};
pub(crate) use opt_outs::{opt_outs, opt_outs_of};
pub(crate) use suppressions::{suppressions, suppressions_of};
