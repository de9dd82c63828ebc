//! Creating and updating people.

use cio_domain::activity::ActivityKind;
use cio_domain::attribute::Change;
use cio_domain::message::Channel;
use cio_domain::operation::{Identify, Subject};
use cio_domain::preferences::{PREFERENCES, Preference};
use cio_domain::resolution::{Claim, Owners, Resolution, resolve};
use cio_domain::{Ignored, Outcome, PersonId, UnixSeconds};
use cio_store::StoreError;
use cio_wire::Identifier;
use serde_json::json;

use super::attributes::{Changing, Noted};
use super::names::{Taking, claim, create, respell, take_identifiers};
use super::outbox::{self, Subscriber};
use super::{Context, activities, relationships, visitors};
use crate::engine::{Shared, Table};
use crate::keys::{self, ATTRIBUTE};
use crate::rows;
use crate::segmentation;
use crate::transaction::Transaction;

pub(super) fn identify(
    transaction: &mut Transaction<'_>,
    context: Context,
    identify: Identify,
) -> Result<Outcome, StoreError> {
    let path = match identify.person {
        Subject::Person(identifier) => identifier,
        Subject::Visitor(visitor) => match visitors::known_as(transaction, context, &visitor)? {
            Some(person) => Identifier::CioId(person.to_string()),
            None => return refuse(transaction, context, Ignored::UnknownVisitor),
        },
    };
    let by_cio_id = matches!(path, Identifier::CioId(_));
    // A body that repeats the path says nothing new.
    let body_id = identify.id.map(Identifier::Id).filter(|id| *id != path);
    let body_email = identify
        .email
        .clone()
        .map(Identifier::Email)
        .filter(|email| *email != path);
    let mut claim_body = |identifier: &Option<Identifier>| {
        identifier
            .as_ref()
            .map(|it| claim(transaction, context, it))
            .transpose()
    };
    let (id_claim, email_claim) = (claim_body(&body_id)?, claim_body(&body_email)?);
    let owners = Owners {
        path: claim(transaction, context, &path)?,
        body_id: id_claim,
        body_email: email_claim,
    };
    let (person, is_new) = match resolve(&owners, identify.update_only) {
        Resolution::Ignore(reason) => return refuse(transaction, context, reason),
        Resolution::Update(person) => (person, false),
        Resolution::Create => (create(transaction, context)?, true),
    };
    let named: Vec<&Identifier> = [Some(&path), body_id.as_ref(), body_email.as_ref()]
        .into_iter()
        .flatten()
        .collect();
    let is_theirs = |claim| claim == Claim::Person(person);
    let claims = [Some(owners.path), owners.body_id, owners.body_email];
    // Most identifies name a person as they are known: those do not read the names.
    if is_new || !claims.into_iter().flatten().all(is_theirs) {
        let taking = Taking {
            person,
            is_new,
            by_cio_id,
        };
        take_identifiers(transaction, context, taking, &named)?;
    }
    if let Some(email) = &identify.email {
        respell(transaction, context, person, email)?;
    }
    let changed_at = identify.timestamp.unwrap_or_else(|| context.seconds());
    let attributes = Attributes {
        person,
        changed_at,
        may_be_late: identify.timestamp.is_some(),
        answered: None,
    };
    let mut changes = identify.attributes;
    // The visitor without a name is everybody who was invited.
    let visitor = match identify.anonymous_id.filter(|name| !name.is_empty()) {
        Some(name) if visitors::may_be(transaction, context, person, &name)? => Some(name),
        _ => None,
    };
    if let Some(visitor) = &visitor {
        let value = Change::Set(json!(visitor).to_string());
        changes.push((visitors::ATTRIBUTE_NAME.to_owned(), value));
    }
    attributes.write(transaction, context, changes)?;
    if let Some(visitor) = visitor {
        visitors::identify(transaction, context, person, &visitor)?;
    }
    for relate in identify.relationships {
        relationships::relate(transaction, context, person, relate)?;
    }
    Ok(Outcome::Applied)
}

fn refuse(
    transaction: &mut Transaction<'_>,
    context: Context,
    reason: Ignored,
) -> Result<Outcome, StoreError> {
    let kind = ActivityKind::FAILED_ATTRIBUTE_CHANGE;
    activities::refusal(transaction, context, &kind, None, reason)?;
    Ok(Outcome::Ignored(reason))
}

/// Whose attributes change, and when.
pub(super) struct Attributes {
    pub(super) person: PersonId,
    pub(super) changed_at: UnixSeconds,
    /// The change says when it happened, so it can be older than what is stored. All
    /// others are written without reading.
    pub(super) may_be_late: bool,
    /// The channel of the message that the change is an answer to.
    pub(super) answered: Option<Channel>,
}

impl Attributes {
    /// Writes changes and notes them in the log, those that came too late apart.
    pub(super) fn write(
        &self,
        transaction: &mut Transaction<'_>,
        context: Context,
        changes: Vec<(String, Change)>,
    ) -> Result<(), StoreError> {
        let changing = Changing {
            at: self.changed_at,
            may_be_late: self.may_be_late,
        };
        let something_follows = !transaction.catalogue(context.workspace)?.is_empty();
        let mut noted = Noted::default();
        for (name, change) in changes {
            let key =
                |name: &str| keys::person_row(context.workspace, self.person, ATTRIBUTE, name);
            let change = match Preference::named(&name) {
                Some(one) => {
                    let stored = transaction.get(Table::People, &key(PREFERENCES))?;
                    let stored = stored
                        .map(|bytes| rows::read_attribute(Table::People, &bytes))
                        .transpose()?;
                    let stored = stored.as_ref().map(|(_, json)| json.as_str());
                    (PREFERENCES.to_owned(), one.change(stored, &change))
                }
                None => (name, change),
            };
            let key = key(&change.0);
            let is_told = outbox::tells_attribute(transaction, context, &change.0)?;
            if !something_follows && !is_told {
                noted.write(transaction, (Table::People, key), changing, change)?;
                continue;
            }
            let name = change.0.clone();
            let before = segmentation::attribute_row(transaction, context, self.person, &name)?;
            let told = is_told.then(|| transaction.get(Table::People, &key));
            let told = told.transpose()?;
            let row = (Table::People, key.clone());
            if noted.write(transaction, row, changing, change)? {
                segmentation::attribute_changed(transaction, context, self.person, &name, before)?;
                if let Some(before) = told {
                    let after = transaction.get(Table::People, &key)?;
                    self.tell(transaction, context, &name, (before, after))?;
                }
            }
        }
        for (kind, data) in [
            (ActivityKind::ATTRIBUTE_CHANGE, noted.changed),
            (ActivityKind::SKIPPED_UPDATE, noted.skipped),
        ] {
            if !data.is_empty() {
                let data = data.into_json();
                activities::of_person_saying(transaction, context, self.person, &kind, data)?;
            }
        }
        Ok(())
    }

    fn tell(
        &self,
        transaction: &mut Transaction<'_>,
        context: Context,
        name: &str,
        change: (Option<Shared>, Option<Shared>),
    ) -> Result<(), StoreError> {
        let subscriber = Subscriber {
            person: self.person,
            at: self.changed_at,
            channel: self.answered,
        };
        outbox::attribute_changed(transaction, context, &subscriber, name, change)
    }
}
