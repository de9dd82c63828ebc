//! Reading, past the writer. A read takes one view and sees one state: a call's operations
//! are never seen half done.

mod activities;
pub(crate) mod content;
mod counts;
mod credentials;
mod cursor;
mod deliveries;
mod forms;
mod in_app;
mod matching;
mod objects;
mod people;
pub(crate) mod reporting;
mod segments;
pub(crate) mod series;
pub(crate) mod transfers;
pub(crate) mod triggers;

pub(crate) use activities::{activities, activity_log, anonymous_events};
pub(crate) use counts::counts;
pub(crate) use credentials::{admin_token, credentials, workspaces};
pub(crate) use deliveries::{
    deliveries, deliveries_of, delivery, delivery_content, find_delivery, next_job_due,
};
pub(crate) use forms::forms;
pub(crate) use in_app::waiting_for;
pub(crate) use matching::{PersonFacts, people_matching};
pub(crate) use objects::{
    object, object_types, objects_matching, relationships_of_object, relationships_of_person,
};
pub(crate) use people::{people_by_email, person};
pub(crate) use segments::{members, segment, segments, segments_of};

/// Most entries a filtered page looks at before it is returned short.
const LOOKED_AT_MAX: usize = 20_000;
