//! Whom people do not want text messages from.

use cio_domain::activity::Page;
use cio_domain::content::opt_out::{OptOut, PersonOptOuts};
use cio_domain::{PersonId, WorkspaceId};
use cio_store::StoreError;
use cio_wire::Identifier;

use crate::engine::{Scan, Table, View, take};
use crate::keys::content::{self as keys, OPT_OUT};
use crate::read::LOOKED_AT_MAX;
use crate::read::cursor::{cursor, read_cursor};
use crate::read::people::{names, person_id};

/// The number of a person.
const PERSON_BYTES: usize = size_of::<u64>();

pub(crate) fn opt_outs_of(
    view: &dyn View,
    workspace: WorkspaceId,
    person: &Identifier,
) -> Result<Option<Vec<OptOut>>, StoreError> {
    let Some(id) = person_id(view, workspace, person)? else {
        return Ok(None);
    };
    if names(view, workspace, id)?.is_none() {
        return Ok(None);
    }
    let own = keys::opt_outs_of(workspace, id);
    let found = take(view, Table::Content, &Scan::forward(&own), usize::MAX)?;
    let opt_outs = found.iter().map(|(key, _)| read(&key[own.len()..]));
    opt_outs.collect::<Result<_, _>>().map(Some)
}

fn read(rest: &[u8]) -> Result<OptOut, StoreError> {
    keys::read_opt_out(rest).ok_or_else(corrupt)
}

fn corrupt() -> StoreError {
    StoreError::Corrupt {
        table: Table::Content.name(),
        reason: "an opt-out that does not read back".to_owned(),
    }
}

pub(crate) fn opt_outs(
    view: &dyn View,
    workspace: WorkspaceId,
    from: Option<&str>,
    start: Option<&str>,
    limit: usize,
) -> Result<Page<PersonOptOuts>, StoreError> {
    let prefix = keys::all(workspace, OPT_OUT);
    let start = read_cursor(&prefix, start, PERSON_BYTES)?;
    let start = start.and_then(|key| person_of(&prefix, &key));
    let behind = start.map(|person| keys::opt_outs_behind(workspace, person));
    let scan = Scan {
        beyond: behind.as_deref(),
        ..Scan::forward(&prefix)
    };
    let mut found: Vec<(PersonId, Vec<OptOut>)> = Vec::new();
    let (mut looked_at, mut current) = (0, None);
    let (mut next, mut result) = (None, Ok(()));
    view.scan(Table::Content, &scan, &mut |key, _| {
        let Some(person) = person_of(&prefix, key) else {
            result = Err(corrupt());
            return false;
        };
        // A page ends between two people only.
        if current != Some(person) && (found.len() == limit || looked_at >= LOOKED_AT_MAX) {
            next = current.map(|person| cursor(&prefix, &keys::opt_outs_of(workspace, person)));
            return false;
        }
        current = Some(person);
        looked_at += 1;
        match read(&key[prefix.len() + PERSON_BYTES..]) {
            Ok(opt_out) if from.is_some_and(|from| from != opt_out.from) => {}
            Ok(opt_out) => match found.last_mut() {
                Some((last, opt_outs)) if *last == person => opt_outs.push(opt_out),
                _ => found.push((person, vec![opt_out])),
            },
            Err(error) => result = Err(error),
        }
        result.is_ok()
    })?;
    result?;
    let mut items = Vec::with_capacity(found.len());
    for (id, opt_outs) in found {
        let person = names(view, workspace, id)?;
        items.extend(person.map(|person| PersonOptOuts { person, opt_outs }));
    }
    Ok(Page { items, next })
}

fn person_of(prefix: &[u8], key: &[u8]) -> Option<PersonId> {
    let number = key.get(prefix.len()..)?.first_chunk::<PERSON_BYTES>()?;
    Some(PersonId(u64::from_be_bytes(*number)))
}
