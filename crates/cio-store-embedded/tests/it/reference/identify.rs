//! Whom an identify means, and what becomes theirs.

use cio_domain::Ignored;
use cio_domain::attribute::Change;
use cio_domain::operation::{Identify, Subject};
use cio_wire::Identifier;

use super::names::Holder;
use super::{Model, change};

impl Model {
    pub(super) fn identify(&mut self, identify: &Identify) -> Result<(), Ignored> {
        let index = self.meant(identify)?;
        self.take_names(index, identify);
        let mut changes = identify.attributes.clone();
        let visitor = identify.anonymous_id.as_deref();
        let visitor = visitor.filter(|it| !it.is_empty() && self.may_be(index, it));
        if let Some(visitor) = visitor {
            let value = Change::Set(format!("\"{visitor}\""));
            changes.push(("anonymous_id".to_owned(), value));
        }
        let now = self.now();
        let attributes = &mut self.at(index).person.attributes;
        change(attributes, &changes, identify.timestamp, now);
        if let Some(visitor) = visitor {
            self.becomes(visitor, index);
        }
        for relate in &identify.relationships {
            // What cannot be related does not keep the rest out.
            let _ = self.relate(index, relate);
        }
        Ok(())
    }

    fn meant(&mut self, identify: &Identify) -> Result<usize, Ignored> {
        let path = match &identify.person {
            Subject::Person(path) => path,
            Subject::Visitor(visitor) => {
                return self.known_as(visitor).ok_or(Ignored::UnknownVisitor);
            }
        };
        if let Some(index) = self.find(path)? {
            return Ok(index);
        }
        let body = body(identify);
        let holders: Vec<Holder> = body.iter().map(|it| self.holder(it)).collect();
        if holders.contains(&Holder::Blocked) {
            return Err(Ignored::Suppressed);
        }
        let known = holders.iter().find_map(|holder| match holder {
            Holder::Somebody(index) => Some(*index),
            _ => None,
        });
        match known {
            Some(index) => Ok(index),
            None if identify.update_only => Err(Ignored::UpdateMissed),
            None => Ok(self.create()),
        }
    }

    fn take_names(&mut self, index: usize, identify: &Identify) {
        let (path, by_cio_id) = match &identify.person {
            Subject::Person(path) => (Some(path), matches!(path, Identifier::CioId(_))),
            // A visitor is addressed by what they are here, not by what they are called.
            Subject::Visitor(_) => (None, true),
        };
        for wanted in path.into_iter().chain(&body(identify)) {
            let has_id = self.at(index).person.identifiers.id.is_some();
            let is_id = matches!(wanted, Identifier::Id(_));
            if self.holder(wanted) == Holder::Nobody && (!is_id || !has_id || by_cio_id) {
                self.give(index, wanted);
            }
        }
        // The address they have, in another letter case.
        if let Some(email) = &identify.email {
            let wanted = Identifier::Email(email.clone());
            let mine = self.holder(&wanted) == Holder::Somebody(index);
            if mine && self.at(index).person.identifiers.email.as_ref() != Some(email) {
                self.give(index, &wanted);
            }
        }
    }
}

fn body(identify: &Identify) -> Vec<Identifier> {
    let id = identify.id.clone().map(Identifier::Id);
    let email = identify.email.clone().map(Identifier::Email);
    id.into_iter().chain(email).collect()
}
