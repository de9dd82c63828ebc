//! People as a list that is searched from the start: slow, obvious, and independent of
//! how the store does it.

use std::collections::{BTreeMap, BTreeSet};

use cio_domain::attribute::Change;
use cio_domain::operation::{Identify, Subject};
use cio_domain::person::{Attribute, Device};
use cio_domain::{Ignored, Operation, Outcome, Person, PersonId, PersonIdentifiers, UnixSeconds};
use cio_wire::Identifier;

#[derive(Default)]
pub(crate) struct Model {
    /// Everybody there ever was; whoever was removed is `None`.
    people: Vec<Option<Somebody>>,
    /// Names that are blocked together.
    blocks: Vec<BTreeSet<Name>>,
}

struct Somebody {
    person: Person,
    events: usize,
}

/// An identifier as it is compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Id(String),
    Email(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holder {
    Nobody,
    Blocked,
    NoSuchCioId,
    Somebody(usize),
}

fn name(identifier: &Identifier) -> Option<Name> {
    match identifier {
        Identifier::Id(id) => Some(Name::Id(id.clone())),
        Identifier::Email(email) => Some(Name::Email(email.to_lowercase())),
        Identifier::CioId(_) => None,
    }
}

fn names(person: &PersonIdentifiers) -> BTreeSet<Name> {
    let id = person.id.clone().map(Identifier::Id);
    let email = person.email.clone().map(Identifier::Email);
    id.iter().chain(&email).filter_map(name).collect()
}

impl Model {
    pub(crate) fn person(&self, identifier: &Identifier) -> Option<&Person> {
        self.somebody(identifier).map(|it| &it.person)
    }

    pub(crate) fn events(&self, identifier: &Identifier) -> Option<usize> {
        self.somebody(identifier).map(|it| it.events)
    }

    fn somebody(&self, identifier: &Identifier) -> Option<&Somebody> {
        match self.holder(identifier) {
            Holder::Somebody(index) => self.people[index].as_ref(),
            _ => None,
        }
    }

    fn holder(&self, identifier: &Identifier) -> Holder {
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

    fn at(&mut self, index: usize) -> &mut Somebody {
        self.people[index].as_mut().expect("they are there")
    }

    fn create(&mut self, now: UnixSeconds) -> usize {
        let number = self.people.len() as u64 + 1;
        self.people.push(Some(Somebody {
            person: Person {
                identifiers: PersonIdentifiers {
                    id: None,
                    email: None,
                    cio_id: PersonId(number),
                },
                attributes: BTreeMap::new(),
                identified_at: now,
                devices: Vec::new(),
            },
            events: 0,
        }));
        self.people.len() - 1
    }

    /// Gives somebody a name, whatever they had before.
    fn give(&mut self, index: usize, identifier: &Identifier, now: UnixSeconds) {
        let person = &mut self.at(index).person;
        person.identified_at = now;
        match identifier {
            Identifier::Id(id) => person.identifiers.id = Some(id.clone()),
            Identifier::Email(email) => person.identifiers.email = Some(email.clone()),
            Identifier::CioId(_) => unreachable!("a cio_id is never given"),
        }
    }

    fn find_or_create(
        &mut self,
        identifier: &Identifier,
        now: UnixSeconds,
    ) -> Result<usize, Ignored> {
        match self.holder(identifier) {
            Holder::Blocked => Err(Ignored::Suppressed),
            Holder::NoSuchCioId => Err(Ignored::UnknownCioId),
            Holder::Somebody(index) => Ok(index),
            Holder::Nobody => {
                let index = self.create(now);
                self.give(index, identifier, now);
                Ok(index)
            }
        }
    }

    pub(crate) fn apply(&mut self, now: UnixSeconds, operation: &Operation) -> Outcome {
        match self.try_apply(now, operation) {
            Ok(()) => Outcome::Applied,
            Err(reason) => Outcome::Ignored(reason),
        }
    }

    fn try_apply(&mut self, now: UnixSeconds, operation: &Operation) -> Result<(), Ignored> {
        match operation {
            Operation::Identify(identify) => return self.identify(now, identify),
            Operation::Track { person, .. } => {
                let index = self.find_or_create(person, now)?;
                self.at(index).events += 1;
            }
            Operation::PutDevice { person, device } => {
                let index = self.find_or_create(person, now)?;
                let devices = &mut self.at(index).person.devices;
                devices.retain(|it| it.token != device.token);
                devices.push(Device {
                    token: device.token.clone(),
                    platform: device.platform.clone(),
                    last_used: device.last_used.unwrap_or(now),
                    attributes: device.attributes.clone(),
                });
                devices.sort_by(|a, b| a.token.cmp(&b.token));
            }
            Operation::DeleteDevice { person, token } => match self.holder(person) {
                Holder::Blocked => return Err(Ignored::Suppressed),
                Holder::NoSuchCioId => return Err(Ignored::UnknownCioId),
                Holder::Nobody => {}
                Holder::Somebody(index) => {
                    let devices = &mut self.at(index).person.devices;
                    devices.retain(|it| it.token != *token);
                }
            },
            Operation::Delete(person) => match self.holder(person) {
                Holder::Blocked => return Err(Ignored::Suppressed),
                Holder::NoSuchCioId => return Err(Ignored::UnknownCioId),
                Holder::Nobody => {}
                Holder::Somebody(index) => self.people[index] = None,
            },
            Operation::Suppress(person) => match self.holder(person) {
                Holder::NoSuchCioId => return Err(Ignored::UnknownCioId),
                Holder::Blocked => {}
                Holder::Nobody => self.blocks.push(name(person).into_iter().collect()),
                Holder::Somebody(index) => {
                    let block = names(&self.at(index).person.identifiers);
                    self.people[index] = None;
                    self.blocks.push(block);
                }
            },
            Operation::Unsuppress(person) => {
                let name = name(person).ok_or(Ignored::UnknownCioId)?;
                self.blocks.retain(|block| !block.contains(&name));
            }
            other => unreachable!("the property makes no {other:?}"),
        }
        Ok(())
    }

    fn identify(&mut self, now: UnixSeconds, identify: &Identify) -> Result<(), Ignored> {
        let body: Vec<Identifier> = [
            identify.id.clone().map(Identifier::Id),
            identify.email.clone().map(Identifier::Email),
        ]
        .into_iter()
        .flatten()
        .collect();
        let Subject::Person(path) = &identify.person else {
            unreachable!("the property identifies no visitor")
        };
        let index = match self.holder(path) {
            Holder::Blocked => return Err(Ignored::Suppressed),
            Holder::NoSuchCioId => return Err(Ignored::UnknownCioId),
            Holder::Somebody(index) => index,
            Holder::Nobody => {
                let holders: Vec<Holder> = body.iter().map(|it| self.holder(it)).collect();
                if holders.contains(&Holder::Blocked) {
                    return Err(Ignored::Suppressed);
                }
                let known = holders.iter().find_map(|holder| match holder {
                    Holder::Somebody(index) => Some(*index),
                    _ => None,
                });
                match known {
                    Some(index) => index,
                    None if identify.update_only => return Err(Ignored::UpdateMissed),
                    None => self.create(now),
                }
            }
        };
        let by_cio_id = matches!(path, Identifier::CioId(_));
        for wanted in std::iter::once(path).chain(&body) {
            let has_id = self.at(index).person.identifiers.id.is_some();
            let is_id = matches!(wanted, Identifier::Id(_));
            if self.holder(wanted) == Holder::Nobody && (!is_id || !has_id || by_cio_id) {
                self.give(index, wanted, now);
            }
        }
        // The address they have, in another letter case.
        if let Some(email) = &identify.email {
            let wanted = Identifier::Email(email.clone());
            let mine = self.holder(&wanted) == Holder::Somebody(index);
            if mine && self.at(index).person.identifiers.email.as_ref() != Some(email) {
                self.give(index, &wanted, now);
            }
        }
        let changed_at = identify.timestamp.unwrap_or(now);
        let attributes = &mut self.at(index).person.attributes;
        for (name, change) in &identify.attributes {
            let is_older = identify.timestamp.is_some()
                && attributes
                    .get(name)
                    .is_some_and(|stored| stored.changed_at > changed_at);
            match change {
                _ if is_older => {}
                Change::Remove => drop(attributes.remove(name)),
                Change::Set(json) => {
                    let json = json.clone();
                    attributes.insert(name.clone(), Attribute { json, changed_at });
                }
            }
        }
        Ok(())
    }
}
