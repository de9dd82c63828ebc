//! Manual segments as sets of people.

use std::collections::BTreeSet;

use cio_domain::segment::{NewSegment, Segment, SegmentId};
use cio_domain::{Ignored, PersonIdentifiers, UnixMillis};
use cio_wire::Identifier;

use super::Model;

pub(crate) struct Group {
    created_at: UnixMillis,
    pub(super) members: BTreeSet<usize>,
}

impl Model {
    pub(crate) fn create_segment(&mut self, at: UnixMillis) {
        self.segments.push(Some(Group {
            created_at: at,
            members: BTreeSet::new(),
        }));
    }

    /// False if there is none.
    pub(crate) fn delete_segment(&mut self, segment: SegmentId) -> bool {
        self.group(segment).is_some_and(|it| it.take().is_some())
    }

    fn group(&mut self, segment: SegmentId) -> Option<&mut Option<Group>> {
        let index = usize::try_from(segment.0).unwrap().checked_sub(1)?;
        self.segments.get_mut(index)
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

    pub(crate) fn segments(&self) -> Vec<(Segment, Vec<PersonIdentifiers>)> {
        let there = (1..).zip(&self.segments);
        let there = there.filter_map(|(number, it)| Some((number, it.as_ref()?)));
        there
            .map(|(number, group)| {
                let members = group.members.iter().map(|it| self.names_of(*it));
                (described(number, group), members.collect())
            })
            .collect()
    }

    pub(crate) fn segments_of(&self, person: &Identifier) -> Option<Vec<Segment>> {
        let (index, _) = self.somebody(person)?;
        let there = (1..).zip(&self.segments);
        let there = there.filter_map(|(number, it)| Some((number, it.as_ref()?)));
        let own = there.filter(|(_, group)| group.members.contains(&index));
        Some(own.map(|(number, it)| described(number, it)).collect())
    }
}

fn described(number: u32, group: &Group) -> Segment {
    Segment {
        id: SegmentId(number),
        details: new_segment(),
        created_at: group.created_at,
        count: group.members.len() as u64,
    }
}

/// All segments are called the same: nothing depends on it.
pub(crate) fn new_segment() -> NewSegment {
    NewSegment {
        name: "s".to_owned(),
        description: String::new(),
    }
}
