//! Objects, and who is related to them.

use std::collections::BTreeMap;

use cio_domain::attribute::Change;
use cio_domain::object::{
    Object, ObjectId, ObjectIdentifiers, ObjectRef, ObjectRelationship, ObjectTypeId,
    PersonRelationship,
};
use cio_domain::operation::{IdentifyObject, Relate, RelatePerson, Subject};
use cio_domain::{Ignored, PersonIdentifiers};
use cio_wire::Identifier;

use super::{Model, change};

pub(crate) type Thing = Object;

/// Who is to be related: a person by their place, or a visitor.
enum Party {
    Person(usize),
    Visitor(String),
}

impl Model {
    pub(crate) fn object(&self, object: &ObjectRef) -> Option<&Thing> {
        self.objects[self.find_object(object)?].as_ref()
    }

    pub(crate) fn object_types(&self) -> Vec<ObjectTypeId> {
        self.types.iter().copied().map(ObjectTypeId).collect()
    }

    pub(crate) fn objects_of(&self, person: &Identifier) -> Option<Vec<ObjectRelationship>> {
        let (index, _) = self.somebody(person)?;
        let own = self.related.iter().filter(|((it, _), _)| *it == index);
        Some(
            own.map(|((_, object), attributes)| ObjectRelationship {
                object: self.object_names(*object),
                attributes: attributes.clone(),
            })
            .collect(),
        )
    }

    pub(crate) fn people_of(&self, object: &ObjectRef) -> Option<Vec<PersonRelationship>> {
        let index = self.find_object(object)?;
        let own = self.related.iter().filter(|((_, it), _)| *it == index);
        Some(
            own.map(|((person, _), attributes)| PersonRelationship {
                person: self.names_of(*person),
                attributes: attributes.clone(),
            })
            .collect(),
        )
    }

    fn object_names(&self, object: usize) -> ObjectIdentifiers {
        let object = self.objects[object].as_ref();
        object.expect("it is there").identifiers.clone()
    }

    pub(super) fn names_of(&self, person: usize) -> PersonIdentifiers {
        let person = self.people[person].as_ref();
        person.expect("they are there").person.identifiers.clone()
    }

    fn find_object(&self, object: &ObjectRef) -> Option<usize> {
        self.objects.iter().position(|it| {
            it.as_ref().is_some_and(|it| match object {
                ObjectRef::CioId(id) => it.identifiers.cio_object_id.to_string() == *id,
                ObjectRef::Id(type_id, id) => {
                    (it.identifiers.type_id, &it.identifiers.object_id) == (*type_id, id)
                }
            })
        })
    }

    fn find_or_create_object(&mut self, object: &ObjectRef) -> Result<usize, Ignored> {
        match (self.find_object(object), object) {
            (Some(index), _) => Ok(index),
            (None, ObjectRef::CioId(_)) => Err(Ignored::UnknownObject),
            (None, ObjectRef::Id(type_id, id)) => {
                self.types.insert(type_id.0);
                self.objects.push(Some(Object {
                    identifiers: ObjectIdentifiers {
                        type_id: *type_id,
                        object_id: id.clone(),
                        cio_object_id: ObjectId(self.objects.len() as u64 + 1),
                    },
                    attributes: BTreeMap::new(),
                    created_at: self.now(),
                }));
                Ok(self.objects.len() - 1)
            }
        }
    }

    /// Only a number that names nothing is refused.
    fn is_named(&self, object: &ObjectRef) -> Result<Option<usize>, Ignored> {
        match (self.find_object(object), object) {
            (None, ObjectRef::CioId(_)) => Err(Ignored::UnknownObject),
            (found, _) => Ok(found),
        }
    }

    pub(super) fn identify_object(&mut self, identify: &IdentifyObject) -> Result<(), Ignored> {
        let index = self.find_or_create_object(&identify.object)?;
        let now = self.now();
        if let Some(object) = &mut self.objects[index] {
            let changes = &identify.attributes;
            change(&mut object.attributes, changes, identify.timestamp, now);
        }
        self.relate_people(&identify.object, &identify.people);
        Ok(())
    }

    pub(super) fn delete_object(&mut self, object: &ObjectRef) -> Result<(), Ignored> {
        if let Some(index) = self.is_named(object)? {
            self.objects[index] = None;
            self.related.retain(|(_, it), _| *it != index);
            self.waiting.retain(|(_, it), _| *it != index);
        }
        Ok(())
    }

    pub(super) fn relate_object(
        &mut self,
        object: &ObjectRef,
        people: &[RelatePerson],
    ) -> Result<(), Ignored> {
        self.is_named(object)?;
        self.relate_people(object, people);
        Ok(())
    }

    fn relate_people(&mut self, object: &ObjectRef, people: &[RelatePerson]) {
        for relate in people {
            match relate {
                RelatePerson::Add { person, attributes } => {
                    let Some(party) = self.party(person, true) else {
                        continue;
                    };
                    let Ok(object) = self.find_or_create_object(object) else {
                        continue;
                    };
                    let now = self.now();
                    let relationship = match party {
                        Party::Person(person) => self.related.entry((person, object)).or_default(),
                        Party::Visitor(name) => self.waiting.entry((name, object)).or_default(),
                    };
                    change(relationship, attributes, None, now);
                }
                RelatePerson::Delete(person) => {
                    match (self.party(person, false), self.find_object(object)) {
                        (Some(Party::Person(person)), Some(object)) => {
                            self.related.remove(&(person, object));
                        }
                        (Some(Party::Visitor(name)), Some(object)) => {
                            self.waiting.remove(&(name, object));
                        }
                        _ => {}
                    }
                }
            }
        }
    }

    fn party(&mut self, subject: &Subject, create: bool) -> Option<Party> {
        match subject {
            Subject::Visitor(name) => Some(match self.known_as(name) {
                Some(person) => Party::Person(person),
                None => Party::Visitor(name.clone()),
            }),
            Subject::Person(person) if create => {
                self.find_or_create(person).ok().map(Party::Person)
            }
            Subject::Person(person) => self.find(person).ok().flatten().map(Party::Person),
        }
    }

    pub(super) fn relate_person(
        &mut self,
        person: &Identifier,
        relationships: &[Relate],
    ) -> Result<(), Ignored> {
        let adds = |it: &Relate| matches!(it, Relate::Add { .. });
        let index = if relationships.iter().any(adds) {
            self.find_or_create(person)?
        } else {
            match self.find(person)? {
                Some(index) => index,
                None => return Ok(()),
            }
        };
        let mut outcomes = Vec::new();
        for relate in relationships {
            outcomes.push(self.relate(index, relate));
        }
        // It was left out only if nothing of it was applied.
        if outcomes.is_empty() || outcomes.contains(&Ok(())) {
            return Ok(());
        }
        outcomes[0]
    }

    pub(super) fn relate(&mut self, person: usize, relate: &Relate) -> Result<(), Ignored> {
        match relate {
            Relate::Add { object, attributes } => {
                let object = self.find_or_create_object(object)?;
                let now = self.now();
                let relationship = self.related.entry((person, object)).or_default();
                change(relationship, attributes, None, now);
            }
            Relate::Delete(object) => {
                if let Some(object) = self.is_named(object)? {
                    self.related.remove(&(person, object));
                }
            }
        }
        Ok(())
    }

    /// What waited for a visitor becomes the person's. Of an attribute that both have, the
    /// later change stays.
    pub(super) fn relate_visitor(&mut self, visitor: &str, person: usize) {
        for ((name, object), attributes) in self.waiting.clone() {
            if name != visitor {
                continue;
            }
            self.waiting.remove(&(name, object));
            let relationship = self.related.entry((person, object)).or_default();
            for (name, value) in attributes {
                let at = value.changed_at;
                let set = [(name, Change::Set(value.json))];
                change(relationship, &set, Some(at), at);
            }
        }
    }
}
