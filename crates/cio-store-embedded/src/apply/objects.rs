//! Objects, and how people are related to them.

use cio_domain::object::ObjectRef;
use cio_domain::operation::{IdentifyObject, Relate, RelatePerson};
use cio_domain::{Outcome, PersonId};
use cio_store::StoreError;
use cio_wire::Identifier;

use super::Context;
use crate::transaction::Transaction;

fn not_yet<T>() -> Result<T, StoreError> {
    Err(StoreError::Unavailable("objects".to_owned()))
}

pub(super) fn relate(
    _: &mut Transaction<'_>,
    _: Context,
    _: PersonId,
    _: Relate,
) -> Result<(), StoreError> {
    not_yet()
}

pub(super) fn relate_visitor(
    _: &mut Transaction<'_>,
    _: Context,
    _: PersonId,
    _: &str,
) -> Result<(), StoreError> {
    Ok(())
}

pub(super) fn relate_person(
    _: &mut Transaction<'_>,
    _: Context,
    _: &Identifier,
    _: Vec<Relate>,
) -> Result<Outcome, StoreError> {
    not_yet()
}

pub(super) fn identify(
    _: &mut Transaction<'_>,
    _: Context,
    _: IdentifyObject,
) -> Result<Outcome, StoreError> {
    not_yet()
}

pub(super) fn relate_object(
    _: &mut Transaction<'_>,
    _: Context,
    _: &ObjectRef,
    _: Vec<RelatePerson>,
) -> Result<Outcome, StoreError> {
    not_yet()
}

pub(super) fn delete(
    _: &mut Transaction<'_>,
    _: Context,
    _: &ObjectRef,
) -> Result<Outcome, StoreError> {
    not_yet()
}

pub(super) fn hand_over(
    _: &mut Transaction<'_>,
    _: Context,
    _: PersonId,
    _: PersonId,
) -> Result<(), StoreError> {
    Ok(())
}

pub(super) fn forget(_: &mut Transaction<'_>, _: Context, _: PersonId) -> Result<(), StoreError> {
    Ok(())
}
