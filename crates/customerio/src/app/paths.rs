//! Paths of things that are named by numbers.

use crate::operations::Operation;
use crate::request::Parts;
use crate::{Error, person};

/// The path of one thing.
pub(super) fn of(operation: &'static Operation, id: u64) -> Result<Parts, Error> {
    Parts::new(operation, [Ok(id.to_string())])
}

/// The path of a thing within another.
pub(super) fn of_two(
    operation: &'static Operation,
    outer: u64,
    inner: u64,
) -> Result<Parts, Error> {
    Parts::new(operation, [Ok(outer.to_string()), Ok(inner.to_string())])
}

/// The path of a thing in a language, which must not be blank.
pub(super) fn of_language(
    operation: &'static Operation,
    id: u64,
    language: &str,
) -> Result<Parts, Error> {
    let language = person::segment("language", language);
    Parts::new(operation, [Ok(id.to_string()), language])
}

/// The path of a thing within another, in a language, which must not be blank.
pub(super) fn of_two_in_language(
    operation: &'static Operation,
    outer: u64,
    inner: u64,
    language: &str,
) -> Result<Parts, Error> {
    let language = person::segment("language", language);
    Parts::new(
        operation,
        [Ok(outer.to_string()), Ok(inner.to_string()), language],
    )
}
