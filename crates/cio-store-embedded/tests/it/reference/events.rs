//! What people and visitors do.

use cio_domain::operation::{Event, EventKind};
use cio_domain::{Ignored, UnixMillis, UnixSeconds};
use cio_wire::Identifier;

use super::Model;

const MINUTES: u64 = 60 * 1_000;
const DAYS: u64 = 24 * 60 * MINUTES;

/// Something in a log: an event, or news of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) timestamp: UnixSeconds,
    /// `None` of a delivery.
    pub(super) kind: Option<EventKind>,
    pub(crate) name: Option<String>,
    pub(crate) data: Option<String>,
    pub(crate) delivery_id: Option<String>,
    received_at: UnixMillis,
    order: usize,
}

#[derive(Debug, Default)]
pub(super) struct Visitor {
    /// Who they were identified as, and when last.
    pub(super) known: Option<(usize, UnixMillis)>,
    log: Vec<Entry>,
}

impl Visitor {
    pub(super) fn is(&self, person: usize) -> bool {
        self.known.is_some_and(|(known, _)| known == person)
    }
}

impl Model {
    /// Newest first.
    pub(crate) fn log(&self, identifier: &Identifier) -> Option<Vec<Entry>> {
        let (_, somebody) = self.somebody(identifier)?;
        let mut log = sorted(&somebody.log);
        log.reverse();
        Some(log)
    }

    /// Oldest first.
    pub(crate) fn log_of_visitor(&self, visitor: &str) -> Vec<Entry> {
        let log = self.visitors.get(visitor).map(|it| sorted(&it.log));
        log.unwrap_or_default()
    }

    pub(super) fn known_as(&self, visitor: &str) -> Option<usize> {
        Some(self.visitors.get(visitor)?.known?.0)
    }

    /// Whether nobody else was this visitor.
    pub(super) fn may_be(&self, person: usize, visitor: &str) -> bool {
        self.known_as(visitor).is_none_or(|known| known == person)
    }

    /// What a visitor did becomes a person's, if it was received lately.
    pub(super) fn becomes(&mut self, visitor: &str, person: usize) {
        let at = self.at;
        let entry = self.visitors.entry(visitor.to_owned()).or_default();
        entry.known = Some((person, at));
        let is_late = |it: &Entry| it.received_at + 30 * DAYS < at;
        let (late, log) = entry.log.drain(..).partition(is_late);
        entry.log = late;
        let log: Vec<Entry> = log;
        self.at(person).log.extend(log);
        self.relate_visitor(visitor, person);
    }

    pub(super) fn track(&mut self, person: &Identifier, event: &Event) -> Result<(), Ignored> {
        self.is_new(event)?;
        let index = self.find_or_create(person)?;
        let entry = self.entry(event);
        self.at(index).log.push(entry);
        Ok(())
    }

    pub(super) fn track_anonymous(
        &mut self,
        visitor: Option<&str>,
        event: &Event,
    ) -> Result<(), Ignored> {
        self.is_new(event)?;
        let entry = self.entry(event);
        let visitor = visitor.unwrap_or_default();
        let visitor = self.visitors.entry(visitor.to_owned()).or_default();
        let known = visitor.known.filter(|(_, at)| self.at <= at + 5 * MINUTES);
        match known {
            Some((person, _)) => self.at(person).log.push(entry),
            None => visitor.log.push(entry),
        }
        Ok(())
    }

    fn is_new(&self, event: &Event) -> Result<(), Ignored> {
        let seen = event.id.as_ref().and_then(|id| self.seen.get(id));
        match seen {
            Some(seen) if self.at < seen + 30 * DAYS => Err(Ignored::DuplicateEvent),
            _ => Ok(()),
        }
    }

    fn entry(&mut self, event: &Event) -> Entry {
        if let Some(id) = &event.id {
            self.seen.insert(id.clone(), self.at);
        }
        self.entries += 1;
        Entry {
            timestamp: event.timestamp.unwrap_or(self.now()),
            kind: Some(event.kind),
            name: Some(event.name.clone()),
            data: event.data.clone(),
            delivery_id: None,
            received_at: self.at,
            order: self.entries,
        }
    }

    /// News of a delivery, in the log of whom it went to.
    pub(super) fn note(&mut self, delivery_id: &str, timestamp: UnixSeconds) {
        self.entries += 1;
        let entry = Entry {
            timestamp,
            kind: None,
            name: None,
            data: None,
            delivery_id: Some(delivery_id.to_owned()),
            received_at: self.at,
            order: self.entries,
        };
        if let Some(person) = self.addressee(delivery_id) {
            self.at(person).log.push(entry);
        }
    }
}

fn sorted(log: &[Entry]) -> Vec<Entry> {
    let mut log = log.to_vec();
    log.sort_by_key(|it| (it.timestamp, it.order));
    log
}
