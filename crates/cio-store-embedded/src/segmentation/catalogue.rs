//! The definitions of a workspace, by what touches them. Kept in the writer's memory.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;

use cio_domain::condition::{Condition, EventCondition, EventTimes, Facts, evaluate};
use cio_domain::segment::SegmentId;
use cio_domain::{UnixSeconds, WorkspaceId};
use cio_store::StoreError;

use crate::engine::{Scan, Table};
use crate::keys;
use crate::rows::{self, IndexRow, SegmentRow};
use crate::transaction::Transaction;

/// In a row about what is left of a segment: all of it.
pub(crate) const EVERY_REVISION: u32 = u32::MAX;

/// A data-driven segment.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) condition: Condition,
    /// How often its condition was changed: events are indexed for one of them.
    pub(crate) revision: u32,
    /// Those its condition asks for, each once.
    pub(crate) events: Vec<EventCondition>,
    /// Beyond those of all segments it asks for, so that it is decided after them.
    pub(crate) rank: u32,
}

/// A field whose values are indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Index {
    pub(crate) number: u32,
    /// Whether everybody is in it.
    pub(crate) is_whole: bool,
}

/// All definitions of a workspace.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    pub(crate) segments: BTreeMap<SegmentId, Definition>,
    by_field: HashMap<String, Vec<SegmentId>>,
    by_event: HashMap<String, Vec<(SegmentId, u16)>>,
    by_segment: HashMap<SegmentId, Vec<SegmentId>>,
    /// Those a person is in of whom nothing is known, or may be in by having names.
    at_creation: Vec<SegmentId>,
    pub(crate) indexes: HashMap<String, Index>,
}

impl Catalogue {
    pub(crate) fn load(
        transaction: &Transaction<'_>,
        workspace: WorkspaceId,
    ) -> Result<Catalogue, StoreError> {
        let mut catalogue = Catalogue::default();
        let all = keys::segments(workspace);
        let scan = Scan::forward(&all);
        for (key, value) in transaction.first(Table::Segments, &scan, usize::MAX)? {
            let row: SegmentRow = rows::decode(Table::Segments, &value)?;
            if let Some(condition) = row.condition()? {
                let id = keys::last_segment(&key);
                catalogue.add(id, condition, row.revision);
            }
        }
        catalogue.rank();
        let indexes = keys::indexes(workspace);
        let scan = Scan::forward(&indexes);
        for (key, value) in transaction.first(Table::Segments, &scan, usize::MAX)? {
            let field = String::from_utf8_lossy(&key[indexes.len()..]).into_owned();
            let row: IndexRow = rows::decode(Table::Segments, &value)?;
            let index = Index {
                number: row.number,
                is_whole: row.is_whole,
            };
            catalogue.indexes.insert(field, index);
        }
        Ok(catalogue)
    }

    fn add(&mut self, id: SegmentId, condition: Condition, revision: u32) {
        for field in condition.fields() {
            self.by_field.entry(field.to_owned()).or_default().push(id);
        }
        for segment in condition.segments() {
            self.by_segment.entry(segment).or_default().push(id);
        }
        let events: Vec<EventCondition> = condition.events().into_iter().cloned().collect();
        for (number, event) in events.iter().enumerate() {
            let number = u16::try_from(number).unwrap_or(u16::MAX);
            let of_name = self.by_event.entry(event.name.clone()).or_default();
            of_name.push((id, number));
        }
        let is_named = condition.fields().contains(&"cio_id");
        let Ok(verdict) = evaluate(&condition, 0, &mut Nothing);
        if is_named || verdict.holds {
            self.at_creation.push(id);
        }
        let definition = Definition {
            condition,
            revision,
            events,
            rank: 0,
        };
        self.segments.insert(id, definition);
    }

    /// Segments ask for others that are there, and never for themselves in the end, so
    /// this ends.
    fn rank(&mut self) {
        for _ in 0..self.segments.len() {
            let mut ranks = BTreeMap::new();
            for (id, definition) in &self.segments {
                let asked = definition.condition.segments();
                let below = asked.iter().filter_map(|id| self.segments.get(id));
                let rank = below.map(|definition| definition.rank + 1).max();
                ranks.insert(*id, rank.unwrap_or(0));
            }
            let mut is_same = true;
            for (id, rank) in ranks {
                if let Some(definition) = self.segments.get_mut(&id) {
                    is_same &= definition.rank == rank;
                    definition.rank = rank;
                }
            }
            if is_same {
                break;
            }
        }
    }

    /// Whether nothing can follow from a change of a person.
    pub(crate) fn is_empty(&self) -> bool {
        self.segments.is_empty() && self.indexes.is_empty()
    }

    pub(crate) fn of_field(&self, field: &str) -> &[SegmentId] {
        self.by_field.get(field).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn of_event(&self, name: &str) -> &[(SegmentId, u16)] {
        self.by_event.get(name).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn of_segment(&self, segment: SegmentId) -> &[SegmentId] {
        self.by_segment.get(&segment).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn at_creation(&self) -> &[SegmentId] {
        &self.at_creation
    }
}

/// Whether a segment would ask for itself in the end, if it had this condition.
pub(crate) fn order_is_circular(
    catalogue: &Catalogue,
    segment: SegmentId,
    condition: &Condition,
) -> bool {
    let mut asked = condition.segments();
    let mut seen = std::collections::BTreeSet::new();
    while let Some(id) = asked.pop() {
        if id == segment {
            return true;
        }
        if seen.insert(id)
            && let Some(definition) = catalogue.segments.get(&id)
        {
            asked.extend(definition.condition.segments());
        }
    }
    false
}

/// A person of whom nothing is known.
struct Nothing;

impl Facts for Nothing {
    type Error = Infallible;

    fn attribute(&mut self, _: &str) -> Result<Option<String>, Infallible> {
        Ok(None)
    }

    fn is_member(&mut self, _: SegmentId) -> Result<bool, Infallible> {
        Ok(false)
    }

    fn events(&mut self, _: &EventCondition, _: UnixSeconds) -> Result<EventTimes, Infallible> {
        Ok(EventTimes::default())
    }
}
