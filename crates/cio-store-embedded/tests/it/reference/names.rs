//! Who is called what.

use std::collections::{BTreeMap, BTreeSet};

use cio_domain::{Ignored, Person, PersonId, PersonIdentifiers};
use cio_wire::Identifier;

use super::{Model, Somebody};

/// An identifier as it is compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    Id(String),
    Email(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    Nobody,
    Blocked,
    NoSuchCioId,
    Somebody(usize),
}

pub(super) fn name(identifier: &Identifier) -> Option<Name> {
    match identifier {
        Identifier::Id(id) => Some(Name::Id(id.clone())),
        Identifier::Email(email) => Some(Name::Email(email.to_lowercase())),
        Identifier::CioId(_) => None,
    }
}

pub(super) fn names(person: &PersonIdentifiers) -> BTreeSet<Name> {
    let id = person.id.clone().map(Identifier::Id);
    let email = person.email.clone().map(Identifier::Email);
    id.iter().chain(&email).filter_map(name).collect()
}

impl Model {
    pub(super) fn holder(&self, identifier: &Identifier) -> Holder {
        let there = self
            .people
            .iter()
            .enumerate()
            .filter_map(|(index, it)| Some((index, &it.as_ref()?.person.identifiers)));
        let Some(name) = name(identifier) else {
            return there
                .filter(|(_, it)| it.cio_id.to_string() == identifier.value())
                .map(|(index, _)| Holder::Somebody(index))
                .next()
                .unwrap_or(Holder::NoSuchCioId);
        };
        if self.blocks.iter().any(|block| block.contains(&name)) {
            return Holder::Blocked;
        }
        there
            .filter(|(_, it)| names(it).contains(&name))
            .map(|(index, _)| Holder::Somebody(index))
            .next()
            .unwrap_or(Holder::Nobody)
    }

    pub(super) fn somebody(&self, identifier: &Identifier) -> Option<(usize, &Somebody)> {
        match self.holder(identifier) {
            Holder::Somebody(index) => Some((index, self.people[index].as_ref()?)),
            _ => None,
        }
    }

    pub(super) fn at(&mut self, index: usize) -> &mut Somebody {
        self.people[index].as_mut().expect("they are there")
    }

    pub(super) fn create(&mut self) -> usize {
        let number = self.people.len() as u64 + 1;
        self.people.push(Some(Somebody {
            person: Person {
                identifiers: PersonIdentifiers {
                    id: None,
                    email: None,
                    cio_id: PersonId(number),
                },
                attributes: BTreeMap::new(),
                identified_at: self.now(),
                devices: Vec::new(),
            },
            log: Vec::new(),
        }));
        self.people.len() - 1
    }

    /// Gives somebody a name, whatever they had before.
    pub(super) fn give(&mut self, index: usize, identifier: &Identifier) {
        let now = self.now();
        let person = &mut self.at(index).person;
        person.identified_at = now;
        match identifier {
            Identifier::Id(id) => person.identifiers.id = Some(id.clone()),
            Identifier::Email(email) => person.identifiers.email = Some(email.clone()),
            Identifier::CioId(_) => unreachable!("a cio_id is never given"),
        }
    }

    /// `None`: nobody is called that.
    pub(super) fn find(&self, identifier: &Identifier) -> Result<Option<usize>, Ignored> {
        match self.holder(identifier) {
            Holder::Blocked => Err(Ignored::Suppressed),
            Holder::NoSuchCioId => Err(Ignored::UnknownCioId),
            Holder::Nobody => Ok(None),
            Holder::Somebody(index) => Ok(Some(index)),
        }
    }

    pub(super) fn find_or_create(&mut self, identifier: &Identifier) -> Result<usize, Ignored> {
        if let Some(index) = self.find(identifier)? {
            return Ok(index);
        }
        let index = self.create();
        self.give(index, identifier);
        Ok(index)
    }
}
