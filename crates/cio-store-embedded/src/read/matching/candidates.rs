//! Who may meet a condition, in the order of their numbers, by the indexes there are.

use cio_domain::condition::{AttributeCondition, Condition, Test};
use cio_domain::{PersonId, WorkspaceId};
use cio_store::StoreError;
use cio_wire::Identifier;

use super::is_name;
use crate::engine::{Scan, Table, View};
use crate::keys;
use crate::read::people::person_id;
use crate::rows::{self, IndexRow};
use crate::segmentation::value_keys;

/// How many are read ahead at first, and at most: a seek costs more than the keys behind it,
/// and those are of no use to who steps over them.
const READ_AHEAD: usize = 4;
const READ_AHEAD_MAX: usize = 256;
/// Most rounds in which people who are in several lists are looked for: whoever is looked
/// at is counted, and where nobody is in all of them nobody would be.
const ROUNDS_MAX: usize = 16;

/// A superset of those who meet a condition.
pub(super) enum Candidates {
    /// One at most, by a name.
    One(Option<PersonId>),
    /// Keys that end with a person's number, in its order.
    Listed(Listed),
    /// Those who are in all of these.
    All(Vec<Candidates>),
    /// Those who are in any of these.
    Any(Vec<Candidates>),
}

impl Candidates {
    /// `None` if everybody has to be looked at.
    pub(super) fn of(
        view: &dyn View,
        workspace: WorkspaceId,
        condition: &Condition,
    ) -> Result<Option<Candidates>, StoreError> {
        Ok(match condition {
            Condition::All(parts) => {
                // Whoever meets all of them meets those that lead to people, too.
                let mut found = Vec::new();
                for part in parts {
                    found.extend(Candidates::of(view, workspace, part)?);
                }
                (!found.is_empty()).then_some(Candidates::All(found))
            }
            Condition::Any(parts) => {
                let mut found = Vec::new();
                for part in parts {
                    match Candidates::of(view, workspace, part)? {
                        Some(candidates) => found.push(candidates),
                        None => return Ok(None),
                    }
                }
                Some(Candidates::Any(found))
            }
            Condition::Segment(segment) => {
                let members = keys::members(workspace, *segment);
                Some(Candidates::Listed(Listed::new(members)))
            }
            Condition::Attribute(attribute) => of_attribute(view, workspace, attribute)?,
            Condition::Not(_) | Condition::Event(_) => None,
        })
    }

    /// The first one from this number on.
    pub(super) fn seek(
        &mut self,
        view: &dyn View,
        from: PersonId,
    ) -> Result<Option<PersonId>, StoreError> {
        match self {
            Candidates::One(person) => Ok(person.filter(|person| *person >= from)),
            Candidates::Listed(listed) => listed.seek(view, from),
            Candidates::Any(parts) => {
                let mut first = None;
                for part in parts {
                    if let Some(person) = part.seek(view, from)? {
                        first = Some(first.map_or(person, |first: PersonId| first.min(person)));
                    }
                }
                Ok(first)
            }
            Candidates::All(parts) => {
                // Each goes to where the one that is furthest is, until all are there. Not
                // for ever: whoever is in only some of them is told apart later.
                let mut goal = from;
                for _ in 0..ROUNDS_MAX {
                    let before = goal;
                    for part in parts.iter_mut() {
                        match part.seek(view, goal)? {
                            Some(person) => goal = person,
                            None => return Ok(None),
                        }
                    }
                    if goal == before {
                        break;
                    }
                }
                Ok(Some(goal))
            }
        }
    }
}

fn of_attribute(
    view: &dyn View,
    workspace: WorkspaceId,
    attribute: &AttributeCondition,
) -> Result<Option<Candidates>, StoreError> {
    let Test::Equals(text) = &attribute.test else {
        return Ok(None);
    };
    let identifier = match attribute.field.as_str() {
        "id" => Identifier::Id(text.clone()),
        "email" => Identifier::Email(text.clone()),
        "cio_id" => Identifier::CioId(text.clone()),
        field => {
            let index = index(view, workspace, field)?.filter(|index| index.is_whole);
            return Ok(index.map(|index| {
                let values = value_keys(workspace, index.number, text);
                Candidates::Listed(Listed::new(values))
            }));
        }
    };
    let person = person_id(view, workspace, &identifier)?;
    Ok(Some(Candidates::One(person)))
}

fn index(
    view: &dyn View,
    workspace: WorkspaceId,
    field: &str,
) -> Result<Option<IndexRow>, StoreError> {
    view.get(Table::Segments, &keys::index(workspace, field))?
        .map(|bytes| rows::decode(Table::Segments, &bytes))
        .transpose()
}

/// Fields that would lead to people if their values were indexed.
pub(super) fn unindexed(
    view: &dyn View,
    workspace: WorkspaceId,
    condition: &Condition,
) -> Result<Vec<String>, StoreError> {
    let mut fields = leading(condition).unwrap_or_default();
    fields.sort_unstable();
    fields.dedup();
    let mut missing = Vec::new();
    for field in fields {
        if index(view, workspace, field)?.is_none() {
            missing.push(field.to_owned());
        }
    }
    Ok(missing)
}

/// The fields whose indexes lead to whoever meets a condition. `None` if everybody has to be
/// looked at whatever is indexed, as [`Candidates::of`] does.
fn leading(condition: &Condition) -> Option<Vec<&str>> {
    match condition {
        Condition::All(parts) => {
            let found: Vec<_> = parts.iter().filter_map(leading).collect();
            (!found.is_empty()).then(|| found.concat())
        }
        Condition::Any(parts) => {
            let found: Option<Vec<_>> = parts.iter().map(leading).collect();
            found.map(|found| found.concat())
        }
        Condition::Segment(_) => Some(Vec::new()),
        Condition::Attribute(attribute) if is_name(condition) => {
            matches!(attribute.test, Test::Equals(_)).then(Vec::new)
        }
        Condition::Attribute(AttributeCondition {
            field,
            test: Test::Equals(_),
        }) => Some(vec![field]),
        Condition::Attribute(_) | Condition::Not(_) | Condition::Event(_) => None,
    }
}

/// Keys with a prefix that end with a person's number.
pub(super) struct Listed {
    prefix: Vec<u8>,
    /// The next ones, the last first.
    ahead: Vec<PersonId>,
    /// From where on they were read, and whether there are more.
    read_from: Option<PersonId>,
    is_all: bool,
    /// How many are read at a time, and how often what was read last was of use.
    width: usize,
    used: usize,
}

impl Listed {
    fn new(prefix: Vec<u8>) -> Listed {
        Listed {
            prefix,
            ahead: Vec::new(),
            read_from: None,
            is_all: false,
            width: READ_AHEAD,
            used: 0,
        }
    }

    fn seek(&mut self, view: &dyn View, from: PersonId) -> Result<Option<PersonId>, StoreError> {
        let is_ahead = self.read_from.is_some_and(|read_from| read_from <= from);
        if is_ahead {
            while self.ahead.last().is_some_and(|person| *person < from) {
                self.ahead.pop();
            }
            if let Some(person) = self.ahead.last() {
                self.used += 1;
                return Ok(Some(*person));
            }
            if self.is_all {
                return Ok(None);
            }
        }
        self.read(view, from)?;
        Ok(self.ahead.last().copied())
    }

    fn read(&mut self, view: &dyn View, from: PersonId) -> Result<(), StoreError> {
        if self.used * 2 >= self.width {
            self.width = (self.width * 2).min(READ_AHEAD_MAX);
        } else {
            self.width = READ_AHEAD;
        }
        self.used = 0;
        self.ahead.clear();
        self.read_from = Some(from);
        let before = from.0.checked_sub(1).map(|number| {
            let number = number.to_be_bytes();
            [self.prefix.as_slice(), &number].concat()
        });
        let scan = Scan {
            prefix: &self.prefix,
            beyond: before.as_deref(),
            reverse: false,
        };
        let (ahead, width) = (&mut self.ahead, self.width);
        view.scan(Table::Segments, &scan, &mut |key, _| {
            ahead.extend(keys::last_number(key).map(PersonId));
            ahead.len() < width
        })?;
        self.is_all = self.ahead.len() < width;
        self.ahead.reverse();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use cio_domain::segment::SegmentId;

    use super::*;
    use crate::engine::{Engine, Memory};

    /// Two large segments with nobody in common: a page ends all the same.
    #[test]
    fn who_is_in_several_lists_is_not_looked_for_without_end() {
        let engine = Memory::default();
        let workspace = WorkspaceId(1);
        let member = |number: u64| {
            let segment = SegmentId(1 + u32::from(number.is_multiple_of(2)));
            let key = keys::member(workspace, segment, PersonId(number));
            (Table::Segments, key.into(), Some(Vec::new().into()))
        };
        engine.commit(1, &mut (1..10_000).map(member)).unwrap();
        let both = [1, 2].map(|id| Condition::Segment(SegmentId(id)));
        let view = engine.view();
        let view = view.as_ref();
        let found = Candidates::of(view, workspace, &Condition::All(both.to_vec()));
        let mut candidates = found.unwrap().unwrap();
        let (mut from, mut looked_at) = (PersonId(0), 0);
        while let Some(found) = candidates.seek(view, from).unwrap() {
            assert!(found.0 - from.0 < 100, "{from} to {found}");
            from = PersonId(found.0 + 1);
            looked_at += 1;
        }
        assert!(looked_at > 100, "{looked_at}");
    }
}
