//! What the writer knows of a person, changes of the group included.

use cio_domain::attribute::display;
use cio_domain::condition::{EventCondition, EventTimes, Facts};
use cio_domain::segment::SegmentId;
use cio_domain::{PersonId, UnixSeconds, WorkspaceId};
use cio_store::StoreError;

use super::catalogue::Definition;
use crate::engine::{Scan, Table};
use crate::keys::{self, ATTRIBUTE, NAMES};
use crate::rows::{self, NamesRow};
use crate::transaction::Transaction;

/// How many events to come are looked at before they are stepped over.
const FUTURE_LOOKED_AT: usize = 8;

/// A person, for the condition of one segment.
pub(super) struct StoredFacts<'a, 'b> {
    pub(super) transaction: &'a mut Transaction<'b>,
    pub(super) workspace: WorkspaceId,
    pub(super) person: PersonId,
    pub(super) segment: (SegmentId, &'a Definition),
}

impl Facts for StoredFacts<'_, '_> {
    type Error = StoreError;

    fn attribute(&mut self, field: &str) -> Result<Option<String>, StoreError> {
        if field == "cio_id" {
            return Ok(Some(self.person.to_string()));
        }
        if field == "id" || field == "email" {
            let key = keys::person_row(self.workspace, self.person, NAMES, "");
            let Some(bytes) = self.transaction.get(Table::People, &key)? else {
                return Ok(None);
            };
            let names: NamesRow = rows::decode(Table::People, &bytes)?;
            return Ok(if field == "id" { names.id } else { names.email });
        }
        let key = keys::person_row(self.workspace, self.person, ATTRIBUTE, field);
        let Some(bytes) = self.transaction.get(Table::People, &key)? else {
            return Ok(None);
        };
        let (_, json) = rows::read_attribute(Table::People, &bytes)?;
        Ok(Some(display(&json)))
    }

    fn is_member(&mut self, segment: SegmentId) -> Result<bool, StoreError> {
        let key = keys::member(self.workspace, segment, self.person);
        Ok(self.transaction.get(Table::Segments, &key)?.is_some())
    }

    /// From the index of events that are such: as many are read as are asked for, however
    /// many there are.
    fn events(
        &mut self,
        condition: &EventCondition,
        now: UnixSeconds,
    ) -> Result<EventTimes, StoreError> {
        let (segment, definition) = self.segment;
        let known = &definition.events;
        let number = known.iter().position(|it| it.is_of_same_event(condition));
        let number = number.and_then(|number| u16::try_from(number).ok());
        let leaf = (segment, definition.revision, number.unwrap_or(u16::MAX));
        let events = keys::segment_events(self.workspace, leaf, self.person);
        let nth = condition.at_least as usize;
        let time = |key: &[u8]| keys::segment_event_moment(key).map(|(time, _)| time);
        // Hardly ever something is still to come: the newest are all that is asked for then.
        let most = nth + FUTURE_LOOKED_AT;
        let newest = Scan::forward(&events);
        let newest = self.transaction.first(Table::Segments, &newest, most)?;
        let mut times = newest.iter().filter_map(|(key, _)| time(key)).peekable();
        let mut next = None;
        while let Some(time) = times.next_if(|time| *time > now) {
            next = Some(time);
        }
        let nth_last = times.nth(nth - 1);
        if nth_last.is_some() || newest.len() < most {
            return Ok(EventTimes { nth_last, next });
        }
        let moment = (now.saturating_add(1), 0);
        let now = keys::segment_event(self.workspace, leaf, self.person, moment);
        let past = Scan::beyond(&events, &now);
        let past = self.transaction.first(Table::Segments, &past, nth)?;
        let future = Scan {
            reverse: true,
            ..Scan::beyond(&events, &now)
        };
        let future = self.transaction.first(Table::Segments, &future, 1)?;
        Ok(EventTimes {
            nth_last: past.get(nth - 1).and_then(|(key, _)| time(key)),
            next: future.first().and_then(|(key, _)| time(key)),
        })
    }
}
