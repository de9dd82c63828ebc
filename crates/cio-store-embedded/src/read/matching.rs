//! People who meet a condition.

mod candidates;

use std::borrow::Cow;

use cio_domain::activity::Page;
use cio_domain::attribute::display;
use cio_domain::condition::{Condition, EventCondition, EventTimes, Facts, evaluate};
use cio_domain::segment::SegmentId;
use cio_domain::{Person, PersonId, UnixSeconds, WorkspaceId};
use cio_store::{PeopleQuery, StoreError};

use super::cursor::{cursor, read_cursor};
use super::people::{self, PersonRows};
use crate::engine::{Scan, Table, View};
use crate::keys::{self, Owner};
use crate::rows::ActivityRow;
use candidates::Candidates;
use cio_wire::Identifier;

/// Most people held to a condition for one page. Few in tests, so that pages end there.
const LOOKED_AT_MAX: usize = if cfg!(test) { 20 } else { 250_000 };

/// A page, and what would have made it faster.
pub(crate) struct Matching {
    pub(crate) page: Page<Person>,
    /// Fields that everybody was looked at for. An index of them leads to the people.
    pub(crate) unindexed: Vec<String>,
}

pub(crate) fn people_matching(
    view: &dyn View,
    workspace: WorkspaceId,
    query: &PeopleQuery,
) -> Result<Matching, StoreError> {
    let everybody = keys::people(workspace);
    let beyond = read_cursor(&everybody, query.start.as_deref(), size_of::<u64>())?;
    let after = beyond.as_deref().and_then(keys::last_number).map(PersonId);
    let mut page = PageOf {
        view,
        workspace,
        query,
        items: Vec::new(),
        looked_at: 0,
        last: None,
        is_cut: false,
    };
    let candidates = match &query.condition {
        Some(condition) => Candidates::of(view, workspace, condition)?,
        None => None,
    };
    let mut unindexed = Vec::new();
    match candidates {
        Some(candidates) => page.read_candidates(candidates, after)?,
        None => {
            if let Some(condition) = &query.condition {
                unindexed = candidates::unindexed(view, workspace, condition)?;
            }
            page.read_everybody(&everybody, beyond.as_deref())?;
        }
    }
    let next = page.last.filter(|_| page.is_cut);
    Ok(Matching {
        page: Page {
            items: page.items,
            next: next.map(|id| cursor(&everybody, &keys::person(workspace, id))),
        },
        unindexed,
    })
}

/// A page in the making.
struct PageOf<'a> {
    view: &'a dyn View,
    workspace: WorkspaceId,
    query: &'a PeopleQuery,
    items: Vec<Person>,
    looked_at: usize,
    last: Option<PersonId>,
    /// Somebody was left for another page.
    is_cut: bool,
}

impl PageOf<'_> {
    fn read_candidates(
        &mut self,
        mut candidates: Candidates,
        after: Option<PersonId>,
    ) -> Result<(), StoreError> {
        let next = |id: PersonId| id.0.checked_add(1).map(PersonId);
        let mut from = after.map_or(Some(PersonId(0)), next);
        while let Some(first) = from
            && let Some(id) = candidates.seek(self.view, first)?
        {
            if self.is_full() {
                break;
            }
            let identifier = Identifier::CioId(id.to_string());
            match people::person(self.view, self.workspace, &identifier)? {
                Some(person) => self.add(person)?,
                None => {
                    self.looked_at += 1;
                    self.last = Some(id);
                }
            }
            from = next(id);
        }
        Ok(())
    }

    /// Row by row, as they lie: nothing is looked up.
    fn read_everybody(&mut self, prefix: &[u8], beyond: Option<&[u8]>) -> Result<(), StoreError> {
        let mut current: Option<PersonRows> = None;
        let mut result = Ok(());
        // All rows of the last person begin with its key: beyond those.
        let start = beyond.map(|key| [key, &[u8::MAX]].concat());
        let scan = Scan {
            prefix,
            beyond: start.as_deref(),
            reverse: false,
        };
        self.view.scan(Table::People, &scan, &mut |key, value| {
            let Some((id, rest)) = key[prefix.len()..].split_first_chunk::<8>() else {
                return true;
            };
            let id = PersonId(u64::from_be_bytes(*id));
            if current.as_ref().is_none_or(|rows| rows.id() != id) {
                if let Some(person) = current.take().and_then(PersonRows::into_person) {
                    result = self.add(person);
                }
                if result.is_err() || self.is_full() {
                    return false;
                }
                current = Some(PersonRows::new(id));
            }
            if let Some(rows) = &mut current {
                result = rows.add(rest, value);
            }
            result.is_ok()
        })?;
        result?;
        match current.and_then(PersonRows::into_person) {
            Some(person) => self.add(person),
            None => Ok(()),
        }
    }

    /// Notes that somebody is left if there is no more room.
    fn is_full(&mut self) -> bool {
        self.is_cut = self.items.len() >= self.query.limit || self.looked_at >= LOOKED_AT_MAX;
        self.is_cut
    }

    fn add(&mut self, person: Person) -> Result<(), StoreError> {
        self.looked_at += 1;
        self.last = Some(person.identifiers.cio_id);
        let holds = match &self.query.condition {
            None => true,
            Some(condition) => {
                let now = i64::try_from(self.query.at / 1_000).unwrap_or(i64::MAX);
                let mut facts = PersonFacts {
                    view: self.view,
                    workspace: self.workspace,
                    person: Cow::Borrowed(&person),
                };
                evaluate(condition, now, &mut facts)?.holds
            }
        };
        if holds {
            self.items.push(person);
        }
        Ok(())
    }
}

/// What is known of a person who was read.
pub(crate) struct PersonFacts<'a> {
    view: &'a dyn View,
    workspace: WorkspaceId,
    person: Cow<'a, Person>,
}

impl<'a> PersonFacts<'a> {
    /// `None` if nobody has this number.
    pub(crate) fn read(
        view: &'a dyn View,
        workspace: WorkspaceId,
        person: PersonId,
    ) -> Result<Option<PersonFacts<'a>>, StoreError> {
        let identifier = Identifier::CioId(person.to_string());
        let found = people::person(view, workspace, &identifier)?;
        Ok(found.map(|person| PersonFacts {
            view,
            workspace,
            person: Cow::Owned(person),
        }))
    }
}

impl Facts for PersonFacts<'_> {
    type Error = StoreError;

    fn attribute(&mut self, field: &str) -> Result<Option<String>, StoreError> {
        let names = &self.person.identifiers;
        Ok(match field {
            "id" => names.id.clone(),
            "email" => names.email.clone(),
            "cio_id" => Some(names.cio_id.to_string()),
            field => {
                let attribute = self.person.attributes.get(field);
                attribute.map(|attribute| display(&attribute.json))
            }
        })
    }

    fn is_member(&mut self, segment: SegmentId) -> Result<bool, StoreError> {
        let key = keys::member(self.workspace, segment, self.person.identifiers.cio_id);
        Ok(self.view.get(Table::Segments, &key)?.is_some())
    }

    /// From the person's log: only segments have events indexed.
    fn events(
        &mut self,
        condition: &EventCondition,
        now: UnixSeconds,
    ) -> Result<EventTimes, StoreError> {
        let log = Owner::Person(self.person.identifiers.cio_id).prefix(self.workspace);
        let scan = Scan {
            reverse: true,
            ..Scan::forward(&log)
        };
        let mut times = EventTimes::default();
        let mut left = condition.at_least;
        let mut result = Ok(());
        self.view
            .scan(Table::Activities, &scan, &mut |key, value| {
                let row = match ActivityRow::decode(value) {
                    Ok(row) => row,
                    Err(error) => {
                        result = Err(error);
                        return false;
                    }
                };
                let Some((time, _)) = keys::moment_of(key) else {
                    return true;
                };
                if !condition.matches(row.kind(), row.name.as_deref(), row.data.as_deref()) {
                    return true;
                }
                if time > now {
                    times.next = Some(time);
                    return true;
                }
                left -= 1;
                if left == 0 {
                    times.nth_last = Some(time);
                }
                left > 0
            })?;
        result.map(|()| times)
    }
}

/// Whether somebody may be found without looking at everybody.
pub(super) fn is_name(condition: &Condition) -> bool {
    matches!(condition, Condition::Attribute(attribute)
        if ["id", "email", "cio_id"].contains(&attribute.field.as_str()))
}
