//! Who is in data-driven segments, and which values of attributes people can be found by.
//!
//! Nothing here ever looks at everybody when somebody changes. An operation notes whom it
//! touched and which segments may follow (`touched.rs`, by the `catalogue.rs`); before the
//! group is committed each of these is decided once (`membership.rs`). What follows from a
//! new definition, or from time alone, is done in bounded steps by `tend.rs`.

mod catalogue;
mod facts;
mod index;
mod membership;
mod tend;
mod touched;

pub(crate) use catalogue::{Catalogue, EVERY_REVISION, order_is_circular};
pub(crate) use index::{index_field, value_keys, value_of};
pub(crate) use membership::{put_count, set_member, settle};
pub(crate) use tend::{Waiting, tend, waiting};
pub(crate) use touched::{
    Touched, attribute_changed, attribute_row, event_happened, forget_person, membership_changed,
    names_changed, person_created,
};

#[cfg(test)]
mod tests;
