//! How keys are spelled.

pub(crate) mod content;
mod messages;
mod reporting;
mod segments;
pub(crate) mod series;
mod transfers;
mod triggers;

pub(crate) use messages::*;
pub(crate) use reporting::*;
pub(crate) use segments::*;
pub(crate) use transfers::*;
pub(crate) use triggers::*;

use cio_domain::credential::CredentialId;
use cio_domain::job::Queue;
use cio_domain::object::{ObjectId, ObjectTypeId};
use cio_domain::{PersonId, UnixMillis, UnixSeconds, WorkspaceId};
use cio_wire::Identifier;

pub(crate) const META_FORMAT: &[u8] = b"format";
pub(crate) const META_PEPPER: &[u8] = b"pepper";
pub(crate) const META_ADMIN_TOKEN: &[u8] = b"admin_token";
pub(crate) const META_SEQUENCE: &[u8] = b"sequence";
pub(crate) const META_WORKSPACES: &[u8] = b"workspace/";

/// The sections of a person's rows; an object has the first two.
pub(crate) const NAMES: u8 = 0;
pub(crate) const ATTRIBUTE: u8 = 1;
pub(crate) const DEVICE: u8 = 2;
/// Names the person was a visitor under.
pub(crate) const VISITOR: u8 = 3;

/// Time and sequence.
const MOMENT_BYTES: usize = 16;

fn join(workspace: WorkspaceId, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    // Room for the moment that the key of an activity ends with.
    let mut key = Vec::with_capacity(size_of::<WorkspaceId>() + length + MOMENT_BYTES);
    key.extend_from_slice(&workspace.0.to_be_bytes());
    for part in parts {
        key.extend_from_slice(part);
    }
    key
}

pub(crate) fn workspace(workspace: WorkspaceId) -> Vec<u8> {
    [META_WORKSPACES, &workspace.0.to_be_bytes()].concat()
}

pub(crate) fn credential_counter(workspace: WorkspaceId) -> Vec<u8> {
    [b"credentials/".as_slice(), &workspace.0.to_be_bytes()].concat()
}

/// All credentials of a workspace.
pub(crate) fn credentials(workspace: WorkspaceId) -> Vec<u8> {
    join(workspace, &[])
}

pub(crate) fn credential(workspace: WorkspaceId, credential: CredentialId) -> Vec<u8> {
    join(workspace, &[&credential.0.to_be_bytes()])
}

pub(crate) fn person_counter(workspace: WorkspaceId) -> Vec<u8> {
    [b"people/".as_slice(), &workspace.0.to_be_bytes()].concat()
}

/// How many people were removed: the others with a number are there.
pub(crate) fn removed_people(workspace: WorkspaceId) -> Vec<u8> {
    [b"removed people/".as_slice(), &workspace.0.to_be_bytes()].concat()
}

/// Of an id or an email. Emails are the same in any letter case. A `cio_id` has no entry:
/// it is the person's number.
pub(crate) fn id(workspace: WorkspaceId, id: &str) -> Vec<u8> {
    join(workspace, &[b"i", id.as_bytes()])
}

/// Of a visitor who was identified.
pub(crate) fn visitor(workspace: WorkspaceId, anonymous_id: &str) -> Vec<u8> {
    join(workspace, &[b"a", anonymous_id.as_bytes()])
}

pub(crate) fn email(workspace: WorkspaceId, email: &str) -> Vec<u8> {
    join(workspace, &[b"e", email.to_lowercase().as_bytes()])
}

pub(crate) fn identifier(workspace: WorkspaceId, identifier: &Identifier) -> Option<Vec<u8>> {
    match identifier {
        Identifier::Id(value) => Some(id(workspace, value)),
        Identifier::Email(value) => Some(email(workspace, value)),
        Identifier::CioId(_) => None,
    }
}

/// All rows of all people.
pub(crate) fn people(workspace: WorkspaceId) -> Vec<u8> {
    join(workspace, &[])
}

/// All rows of a person.
pub(crate) fn person(workspace: WorkspaceId, person: PersonId) -> Vec<u8> {
    join(workspace, &[&person.0.to_be_bytes()])
}

pub(crate) fn person_row(
    workspace: WorkspaceId,
    person: PersonId,
    section: u8,
    name: &str,
) -> Vec<u8> {
    join(
        workspace,
        &[&person.0.to_be_bytes(), &[section], name.as_bytes()],
    )
}

/// Whose log an activity is in: what its key starts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Owner {
    Person(PersonId),
    /// An invite belongs to the visitor without a name.
    Visitor(String),
    Object(ObjectId),
    /// Nobody: what was refused, and what is left of who was removed.
    Workspace,
}

impl Owner {
    /// All activities of this owner. The length keeps one visitor's name from being
    /// another's prefix.
    pub(crate) fn prefix(&self, workspace: WorkspaceId) -> Vec<u8> {
        match self {
            Owner::Person(person) => join(workspace, &[b"p", &person.0.to_be_bytes()]),
            Owner::Visitor(name) => {
                let length = u16::try_from(name.len()).unwrap_or(u16::MAX);
                join(workspace, &[b"a", &length.to_be_bytes(), name.as_bytes()])
            }
            Owner::Object(object) => join(workspace, &[b"o", &object.0.to_be_bytes()]),
            Owner::Workspace => join(workspace, &[b"w"]),
        }
    }
}

/// The end of an activity's key, in its owner's log and in the workspace's. The sign bit is
/// turned so that times before 1970 sort first.
pub(crate) fn moment(timestamp: UnixSeconds, sequence: u64) -> [u8; 16] {
    let mut moment = [0; 16];
    let time = timestamp.cast_unsigned() ^ (1 << 63);
    moment[..8].copy_from_slice(&time.to_be_bytes());
    moment[8..].copy_from_slice(&sequence.to_be_bytes());
    moment
}

/// Time and sequence at the end of an activity's key.
pub(crate) fn moment_of(key: &[u8]) -> Option<(UnixSeconds, u64)> {
    let (rest, sequence) = key.split_last_chunk::<8>()?;
    let (_, time) = rest.split_last_chunk::<8>()?;
    let time = (u64::from_be_bytes(*time) ^ (1 << 63)).cast_signed();
    Some((time, u64::from_be_bytes(*sequence)))
}

/// One activity in a log.
pub(crate) fn activity(mut log: Vec<u8>, timestamp: UnixSeconds, sequence: u64) -> Vec<u8> {
    log.extend_from_slice(&moment(timestamp, sequence));
    log
}

/// The log of the whole workspace: where each activity is.
pub(crate) fn activity_log(workspace: WorkspaceId) -> Vec<u8> {
    join(workspace, &[b"t"])
}

pub(crate) fn event_id(workspace: WorkspaceId, id: &str) -> Vec<u8> {
    join(workspace, &[b"i", id.as_bytes()])
}

pub(crate) fn event_ids_by_time(workspace: WorkspaceId) -> Vec<u8> {
    join(workspace, &[b"t"])
}

pub(crate) fn event_id_by_time(workspace: WorkspaceId, at: UnixMillis, id: &str) -> Vec<u8> {
    join(workspace, &[b"t", &at.to_be_bytes(), id.as_bytes()])
}

pub(crate) fn object_counter(workspace: WorkspaceId) -> Vec<u8> {
    [b"objects/".as_slice(), &workspace.0.to_be_bytes()].concat()
}

/// How many objects were removed: the others with a number are there.
pub(crate) fn removed_objects(workspace: WorkspaceId) -> Vec<u8> {
    [b"removed objects/".as_slice(), &workspace.0.to_be_bytes()].concat()
}

/// How many types objects were ever of.
pub(crate) fn object_type_counter(workspace: WorkspaceId) -> Vec<u8> {
    [b"object types/".as_slice(), &workspace.0.to_be_bytes()].concat()
}

/// All types that objects were ever of.
pub(crate) fn object_types(workspace: WorkspaceId) -> Vec<u8> {
    join(workspace, &[b"t"])
}

pub(crate) fn object_type(workspace: WorkspaceId, type_id: ObjectTypeId) -> Vec<u8> {
    join(workspace, &[b"t", &type_id.0.to_be_bytes()])
}

/// Of an object by the caller's id for it.
pub(crate) fn object_id(workspace: WorkspaceId, type_id: ObjectTypeId, object_id: &str) -> Vec<u8> {
    let type_id = type_id.0.to_be_bytes();
    join(workspace, &[b"i", &type_id, object_id.as_bytes()])
}

/// All rows of an object.
pub(crate) fn object(workspace: WorkspaceId, object: ObjectId) -> Vec<u8> {
    join(workspace, &[b"o", &object.0.to_be_bytes()])
}

pub(crate) fn object_row(
    workspace: WorkspaceId,
    object: ObjectId,
    section: u8,
    name: &str,
) -> Vec<u8> {
    let object = object.0.to_be_bytes();
    join(workspace, &[b"o", &object, &[section], name.as_bytes()])
}

/// All objects of a person.
pub(crate) fn objects_of(workspace: WorkspaceId, person: PersonId) -> Vec<u8> {
    join(workspace, &[b"p", &person.0.to_be_bytes()])
}

pub(crate) fn object_of(workspace: WorkspaceId, person: PersonId, object: ObjectId) -> Vec<u8> {
    let (person, object) = (person.0.to_be_bytes(), object.0.to_be_bytes());
    join(workspace, &[b"p", &person, &object])
}

/// All people of an object.
pub(crate) fn people_of(workspace: WorkspaceId, object: ObjectId) -> Vec<u8> {
    join(workspace, &[b"m", &object.0.to_be_bytes()])
}

pub(crate) fn person_of(workspace: WorkspaceId, object: ObjectId, person: PersonId) -> Vec<u8> {
    let (person, object) = (person.0.to_be_bytes(), object.0.to_be_bytes());
    join(workspace, &[b"m", &object, &person])
}

/// An attribute of a relationship; without a name, all of them.
pub(crate) fn relationship_attribute(
    workspace: WorkspaceId,
    person: PersonId,
    object: ObjectId,
    name: &str,
) -> Vec<u8> {
    let (person, object) = (person.0.to_be_bytes(), object.0.to_be_bytes());
    join(workspace, &[b"r", &person, &object, name.as_bytes()])
}

/// All objects that wait for a visitor to be identified. The length keeps one visitor's
/// name from being another's prefix.
pub(crate) fn objects_of_visitor(workspace: WorkspaceId, visitor: &str) -> Vec<u8> {
    let length = u16::try_from(visitor.len()).unwrap_or(u16::MAX);
    join(
        workspace,
        &[b"v", &length.to_be_bytes(), visitor.as_bytes()],
    )
}

pub(crate) fn object_of_visitor(
    workspace: WorkspaceId,
    visitor: &str,
    object: ObjectId,
) -> Vec<u8> {
    let mut key = objects_of_visitor(workspace, visitor);
    key.extend_from_slice(&object.0.to_be_bytes());
    key
}

/// All visitors of an object.
pub(crate) fn visitors_of(workspace: WorkspaceId, object: ObjectId) -> Vec<u8> {
    join(workspace, &[b"w", &object.0.to_be_bytes()])
}

pub(crate) fn visitor_of(workspace: WorkspaceId, object: ObjectId, visitor: &str) -> Vec<u8> {
    let object = object.0.to_be_bytes();
    join(workspace, &[b"w", &object, visitor.as_bytes()])
}

/// The number at the end of a key, where it ends with one.
pub(crate) fn last_number(key: &[u8]) -> Option<u64> {
    key.last_chunk::<8>()
        .map(|number| u64::from_be_bytes(*number))
}

pub(crate) fn form(workspace: WorkspaceId, form_id: &str) -> Vec<u8> {
    join(workspace, &[form_id.as_bytes()])
}

/// All jobs of a queue.
pub(crate) fn jobs(queue: Queue) -> &'static [u8] {
    match queue {
        Queue::Deliveries => b"d",
        Queue::BulkDeliveries => b"b",
        Queue::Transfers => b"t",
        Queue::Broadcasts => b"c",
        Queue::Reporting => b"n",
    }
}

pub(crate) fn job(queue: Queue, due: UnixMillis, sequence: u64) -> Vec<u8> {
    [jobs(queue), &due.to_be_bytes(), &sequence.to_be_bytes()].concat()
}

/// Just before the first job that is due then. Sequence numbers count from 1.
pub(crate) fn jobs_from(queue: Queue, due: UnixMillis) -> Vec<u8> {
    job(queue, due, 0)
}

/// When a job is due, from its key.
pub(crate) fn job_due(key: &[u8]) -> Option<UnixMillis> {
    let (_, rest) = key.split_first()?;
    rest.first_chunk::<8>().map(|due| u64::from_be_bytes(*due))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_sort_as_keys_and_read_back() {
        let times = [i64::MIN, -5, 0, 7, 1_700_000_000, i64::MAX];
        let keys: Vec<Vec<u8>> = times
            .iter()
            .map(|time| activity(vec![1], *time, 9))
            .collect();
        assert!(keys.is_sorted());
        for (time, key) in times.iter().zip(&keys) {
            assert_eq!(moment_of(key), Some((*time, 9)));
        }
    }

    #[test]
    fn no_visitor_is_another_s_prefix() {
        let [a, ab] = ["a", "ab"].map(|name| Owner::Visitor(name.into()).prefix(WorkspaceId(1)));
        assert!(!ab.starts_with(&a));
        let [a, ab] = ["a", "ab"].map(|name| objects_of_visitor(WorkspaceId(1), name));
        assert!(!ab.starts_with(&a));
    }
}
