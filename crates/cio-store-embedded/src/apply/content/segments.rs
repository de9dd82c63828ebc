//! Segments by their names.

use std::collections::{BTreeSet, HashMap, HashSet};

use cio_domain::WorkspaceId;
use cio_domain::condition::Condition;
use cio_domain::content::{ContentOutcome, Refusal};
use cio_domain::segment::{NewSegment, SegmentChange, SegmentId};
use cio_store::StoreError;

use super::Changed;
use crate::apply::{Context, segments};
use crate::engine::{Scan, Table};
use crate::keys;
use crate::rows::{self, SegmentRow};
use crate::transaction::Transaction;

/// Segments by name, and which ask for which. There is no index of names, and the catalogue
/// is read anew after each change: for a list, this is read once and kept in step.
#[derive(Default)]
pub(super) struct Names {
    ids: HashMap<String, Vec<SegmentId>>,
    asks: HashMap<SegmentId, Vec<SegmentId>>,
    asked_by: HashMap<SegmentId, BTreeSet<SegmentId>>,
}

impl Names {
    /// Those that were read before, or those that are read now.
    pub(super) fn kept<'a>(
        names: &'a mut Option<Names>,
        transaction: &Transaction<'_>,
        workspace: WorkspaceId,
    ) -> Result<&'a mut Names, StoreError> {
        Ok(match names {
            Some(names) => names,
            none => none.insert(Names::read(transaction, workspace)?),
        })
    }

    fn read(transaction: &Transaction<'_>, workspace: WorkspaceId) -> Result<Names, StoreError> {
        let mut names = Names::default();
        let all = keys::segments(workspace);
        for (key, value) in transaction.first(Table::Segments, &Scan::forward(&all), usize::MAX)? {
            let row: SegmentRow = rows::decode(Table::Segments, &value)?;
            let id = keys::last_segment(&key);
            names.set(id, row.condition()?.as_ref());
            names.ids.entry(row.name).or_default().push(id);
        }
        Ok(names)
    }

    /// Notes which segments one asks for from now on.
    fn set(&mut self, id: SegmentId, condition: Option<&Condition>) {
        let asked = condition.map(Condition::segments).unwrap_or_default();
        for asked in &asked {
            self.asked_by.entry(*asked).or_default().insert(id);
        }
        for before in self.asks.insert(id, asked).unwrap_or_default() {
            if !self.asks[&id].contains(&before)
                && let Some(asked_by) = self.asked_by.get_mut(&before)
            {
                asked_by.remove(&id);
            }
        }
    }

    /// Whether a segment would ask for itself in the end, if it had this condition.
    fn is_circular(&self, id: SegmentId, condition: &Condition) -> bool {
        let mut asked = condition.segments();
        let mut seen = HashSet::new();
        while let Some(next) = asked.pop() {
            if next == id {
                return true;
            }
            if seen.insert(next) {
                asked.extend(self.asks.get(&next).into_iter().flatten());
            }
        }
        false
    }

    fn used_by(&self, id: SegmentId) -> Option<SegmentId> {
        self.asked_by.get(&id)?.first().copied()
    }

    fn find(&self, name: &str) -> Result<Option<SegmentId>, Refusal> {
        match self.ids.get(name).map_or(&[][..], Vec::as_slice) {
            [] => Ok(None),
            [id] => Ok(Some(*id)),
            ids => Err(Refusal::SegmentsAlike {
                name: name.to_owned(),
                ids: ids.to_vec(),
            }),
        }
    }

    pub(super) fn one(&self, name: &str) -> Result<SegmentId, Refusal> {
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
    let names = Names::kept(names, transaction, context.workspace)?;
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
        Some(id) => segments::change_unless(transaction, context, id, new, |_, condition| {
            Ok(names.is_circular(id, condition))
        })?,
        None => segments::create(transaction, context, new)?,
    };
    Ok(match done {
        Ok(segment) => {
            names.set(segment.id, segment.details.condition.as_ref());
            names.ids.insert(name, vec![segment.id]);
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
    Ok(
        match segments::delete_unless(transaction, context, id, |_| Ok(names.used_by(id)))? {
            Ok(()) => {
                names.set(id, None);
                names.ids.remove(name);
                Ok(ContentOutcome::Done)
            }
            Err(refusal) => Err(Refusal::Segment(refusal)),
        },
    )
}
