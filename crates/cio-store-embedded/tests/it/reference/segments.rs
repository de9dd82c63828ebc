//! Segments: manual ones as sets of people, the others as what they ask for.

use std::collections::BTreeSet;

use cio_domain::condition::Condition;
use cio_domain::segment::{NewSegment, Segment, SegmentId, SegmentRefusal};
use cio_domain::{Ignored, PersonIdentifiers, UnixMillis};
use cio_wire::Identifier;

use super::{Model, Somebody};

pub(crate) struct Group {
    details: NewSegment,
    created_at: UnixMillis,
    updated_at: UnixMillis,
    /// Of a manual one.
    pub(super) members: BTreeSet<usize>,
}

impl Model {
    pub(crate) fn create_segment(
        &mut self,
        at: UnixMillis,
        details: &NewSegment,
    ) -> Result<(), SegmentRefusal> {
        self.at = at;
        self.all_there(details)?;
        self.segments.push(Some(Group {
            details: details.clone(),
            created_at: at,
            updated_at: at,
            members: BTreeSet::new(),
        }));
        Ok(())
    }

    pub(crate) fn change_segment(
        &mut self,
        at: UnixMillis,
        segment: SegmentId,
        details: &NewSegment,
    ) -> Result<(), SegmentRefusal> {
        self.at = at;
        let group = self.there(segment).ok_or(SegmentRefusal::Unknown)?;
        if group.details.condition.is_some() != details.condition.is_some() {
            return Err(SegmentRefusal::OtherKind);
        }
        self.all_there(details)?;
        if self.asks_for(details, segment) {
            return Err(SegmentRefusal::Circular);
        }
        let group = self.group(segment).and_then(Option::as_mut);
        let group = group.ok_or(SegmentRefusal::Unknown)?;
        if group.details != *details {
            group.updated_at = at;
            group.details = details.clone();
        }
        Ok(())
    }

    pub(crate) fn delete_segment(
        &mut self,
        at: UnixMillis,
        segment: SegmentId,
    ) -> Result<(), SegmentRefusal> {
        self.at = at;
        if self.there(segment).is_none() {
            return Err(SegmentRefusal::Unknown);
        }
        for (id, other) in self.all() {
            if other
                .details
                .condition
                .iter()
                .any(|it| it.segments().contains(&segment))
            {
                return Err(SegmentRefusal::UsedBy(id));
            }
        }
        if let Some(group) = self.group(segment) {
            *group = None;
        }
        Ok(())
    }

    fn all_there(&self, details: &NewSegment) -> Result<(), SegmentRefusal> {
        let asked = details.condition.iter().flat_map(Condition::segments);
        for id in asked {
            self.there(id).ok_or(SegmentRefusal::MissingSegment(id))?;
        }
        Ok(())
    }

    /// Whether something with these details asks for a segment in the end.
    fn asks_for(&self, details: &NewSegment, segment: SegmentId) -> bool {
        let asked = details.condition.iter().flat_map(Condition::segments);
        asked.into_iter().any(|id| {
            id == segment
                || self
                    .there(id)
                    .is_some_and(|it| self.asks_for(&it.details, segment))
        })
    }

    fn all(&self) -> impl Iterator<Item = (SegmentId, &Group)> {
        let numbered = (1..).map(SegmentId).zip(&self.segments);
        numbered.filter_map(|(id, group)| Some((id, group.as_ref()?)))
    }

    fn there(&self, segment: SegmentId) -> Option<&Group> {
        self.all().find(|(id, _)| *id == segment).map(|(_, it)| it)
    }

    fn group(&mut self, segment: SegmentId) -> Option<&mut Option<Group>> {
        let index = usize::try_from(segment.0).unwrap().checked_sub(1)?;
        self.segments.get_mut(index)
    }

    pub(super) fn is_in(&self, segment: SegmentId, index: usize, somebody: &Somebody) -> bool {
        self.there(segment)
            .is_some_and(|group| match &group.details.condition {
                None => group.members.contains(&index),
                Some(condition) => self.holds(condition, index, somebody),
            })
    }

    pub(super) fn set_members(
        &mut self,
        segment: SegmentId,
        people: &[Identifier],
        member: bool,
    ) -> Result<(), Ignored> {
        let found = people.iter().filter_map(|it| self.somebody(it));
        let found: Vec<usize> = found.map(|(index, _)| index).collect();
        let group = self.group(segment).and_then(Option::as_mut);
        let group = group.filter(|it| it.details.condition.is_none());
        let group = group.ok_or(Ignored::NotAManualSegment)?;
        for person in found {
            if member {
                group.members.insert(person);
            } else {
                group.members.remove(&person);
            }
        }
        Ok(())
    }

    /// Everybody of whom a condition holds.
    pub(crate) fn people_matching(&self, condition: &Condition) -> Vec<PersonIdentifiers> {
        let there = self.people.iter().enumerate();
        let there = there.filter_map(|(index, it)| Some((index, it.as_ref()?)));
        there
            .filter(|(index, it)| self.holds(condition, *index, it))
            .map(|(_, it)| it.person.identifiers.clone())
            .collect()
    }

    pub(crate) fn segments(&self) -> Vec<(Segment, Vec<PersonIdentifiers>)> {
        let described = |(id, group): (SegmentId, &Group)| {
            let members = self.people_matching(&Condition::Segment(id));
            (segment(id, group, members.len()), members)
        };
        self.all().map(described).collect()
    }

    pub(crate) fn segments_of(&self, person: &Identifier) -> Option<Vec<Segment>> {
        let (_, somebody) = self.somebody(person)?;
        let names = &somebody.person.identifiers;
        let own = self.segments().into_iter();
        let own = own.filter(|(_, members)| members.contains(names));
        Some(own.map(|(segment, _)| segment).collect())
    }
}

fn segment(id: SegmentId, group: &Group, count: usize) -> Segment {
    Segment {
        id,
        details: group.details.clone(),
        created_at: group.created_at,
        updated_at: group.updated_at,
        count: count as u64,
        progress: None,
    }
}
