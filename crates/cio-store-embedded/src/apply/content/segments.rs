//! Segments by their names.

use std::collections::HashMap;

use cio_domain::WorkspaceId;
use cio_domain::content::{ContentOutcome, Refusal};
use cio_domain::segment::{NewSegment, SegmentChange, SegmentId};
use cio_store::StoreError;

use super::Changed;
use crate::apply::{Context, segments};
use crate::engine::{Scan, Table};
use crate::keys;
use crate::rows::{self, SegmentRow};
use crate::transaction::Transaction;

/// Segments by name. There is no index of them: they are read once for a whole list.
pub(super) struct Names(HashMap<String, Vec<SegmentId>>);

impl Names {
    fn read(transaction: &Transaction<'_>, workspace: WorkspaceId) -> Result<Names, StoreError> {
        let mut names: HashMap<String, Vec<SegmentId>> = HashMap::new();
        let all = keys::segments(workspace);
        for (key, value) in transaction.first(Table::Segments, &Scan::forward(&all), usize::MAX)? {
            let row: SegmentRow = rows::decode(Table::Segments, &value)?;
            let ids = names.entry(row.name).or_default();
            ids.push(keys::last_segment(&key));
        }
        Ok(Names(names))
    }

    fn find(&self, name: &str) -> Result<Option<SegmentId>, Refusal> {
        match self.0.get(name).map_or(&[][..], Vec::as_slice) {
            [] => Ok(None),
            [id] => Ok(Some(*id)),
            ids => Err(Refusal::SegmentsAlike {
                name: name.to_owned(),
                ids: ids.to_vec(),
            }),
        }
    }

    fn one(&self, name: &str) -> Result<SegmentId, Refusal> {
        self.find(name)?.ok_or_else(|| Refusal::NoSegment {
            name: name.to_owned(),
        })
    }
}

pub(super) fn change(
    transaction: &mut Transaction<'_>,
    context: Context,
    names: &mut Option<Names>,
    change: SegmentChange,
) -> Changed {
    let names = match names {
        Some(names) => names,
        none => none.insert(Names::read(transaction, context.workspace)?),
    };
    match change {
        SegmentChange::Put(new) => put(transaction, context, names, new),
        SegmentChange::Delete(name) => delete(transaction, context, names, &name),
    }
}

fn put(
    transaction: &mut Transaction<'_>,
    context: Context,
    names: &mut Names,
    new: NewSegment<String>,
) -> Changed {
    let (id, new) = match by_number(names, new) {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let name = new.name.clone();
    let done = match id {
        Some(id) => segments::change(transaction, context, id, new)?,
        None => segments::create(transaction, context, new)?,
    };
    Ok(match done {
        Ok(segment) => {
            names.0.insert(name, vec![segment.id]);
            Ok(ContentOutcome::Done)
        }
        Err(refusal) => Err(Refusal::Segment(refusal)),
    })
}

/// The segment of this name, if there is one, and the definition with numbers for names.
fn by_number(
    names: &Names,
    new: NewSegment<String>,
) -> Result<(Option<SegmentId>, NewSegment), Refusal> {
    let condition = new.condition.as_ref();
    let condition = condition.map(|it| it.rename_segments(&mut |name: &String| names.one(name)));
    let id = names.find(&new.name)?;
    let new = NewSegment {
        name: new.name,
        description: new.description,
        condition: condition.transpose()?,
    };
    Ok((id, new))
}

fn delete(
    transaction: &mut Transaction<'_>,
    context: Context,
    names: &mut Names,
    name: &str,
) -> Changed {
    let id = match names.one(name) {
        Ok(id) => id,
        Err(refusal) => return Ok(Err(refusal)),
    };
    Ok(match segments::delete(transaction, context, id)? {
        Ok(()) => {
            names.0.remove(name);
            Ok(ContentOutcome::Done)
        }
        Err(refusal) => Err(Refusal::Segment(refusal)),
    })
}
