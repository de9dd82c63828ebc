//! Rows that follow each other and are sent in one request.

use std::collections::HashSet;
use std::io;

use customerio::Entity;

use super::operation::Operations;
use super::records::{Place, Record, Records};

/// A request has 500 000 bytes at most and an operation 32 000: up to here another one fits,
/// whatever it is.
const BYTES_ENOUGH: usize = 500_000 - 32_000 - 100;
/// Rows of a batch, so that one of rows that cannot be sent comes to an end too.
const ROWS_MAX: usize = 10_000;
/// Bytes of rows as they were read, which are kept until it is known what became of them.
const READ_BYTES_MAX: usize = 4 << 20;

pub(crate) struct Batch {
    pub(crate) rows: Vec<(Record, Fate)>,
    /// What is sent, in the order of the rows that wait for it.
    pub(crate) entities: Vec<Entity>,
    people: HashSet<u64>,
    /// Where the next one begins.
    pub(crate) end: Place,
}

/// What is to become of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    Sent,
    Rejected(String),
}

impl Batch {
    /// Whether both are about the same person, so that the later one has to wait for the earlier.
    pub(crate) fn shares_people_with(&self, other: &Batch) -> bool {
        let (fewer, more) = match self.people.len() < other.people.len() {
            true => (&self.people, &other.people),
            false => (&other.people, &self.people),
        };
        fewer.iter().any(|person| more.contains(person))
    }

    /// Takes what the service says of what was sent, by its place there.
    pub(crate) fn settle(&mut self, refused: &[(usize, String)]) {
        let sent = self.rows.iter_mut().filter(|(_, fate)| *fate == Fate::Sent);
        let mut refused = refused.iter().peekable();
        for (place, (_, fate)) in sent.enumerate() {
            if let Some((_, reason)) = refused.next_if(|(refused, _)| *refused == place) {
                *fate = Fate::Rejected(reason.clone());
            }
        }
    }
}

/// Reads batches.
pub(crate) struct Batches {
    pub(crate) records: Records,
    pub(crate) operations: Operations,
    /// Whether batches wait for others about the same people: what is set later must win.
    pub(crate) keep_order: bool,
}

impl Batches {
    /// The next one; none at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Batch>> {
        let mut rows = Vec::new();
        let mut entities = Vec::new();
        let mut people = HashSet::new();
        let (mut size, mut read) = (0, 0);
        while size < BYTES_ENOUGH && rows.len() < ROWS_MAX && read < READ_BYTES_MAX {
            let Some(record) = self.records.next()? else {
                break;
            };
            read += record.bytes.len();
            match self.operations.operation(&record) {
                Ok(operation) => {
                    size += operation.size + 1;
                    if self.keep_order {
                        people.extend(operation.people);
                    }
                    entities.push(operation.entity);
                    rows.push((record, Fate::Sent));
                }
                Err(reason) => rows.push((record, Fate::Rejected(reason))),
            }
        }
        Ok((!rows.is_empty()).then(|| Batch {
            rows,
            entities,
            people,
            end: self.records.place(),
        }))
    }

    /// How far the input has been read.
    pub(crate) fn place(&self) -> Place {
        self.records.place()
    }
}
