//! Looking through an input before anything of it is sent.

use std::io;

use serde_json::Value;

use super::operation::Operations;
use super::records::{Place, Records};
use super::rejects::Rejects;
use crate::output::Progress;

/// So many of the rows that are wrong are shown.
const SHOWN: usize = 5;
/// Rows between two looks at the clock.
const PACE: u64 = 1_000;

/// What is in an input.
pub(crate) struct Survey {
    pub(crate) rows: u64,
    pub(crate) bad: u64,
    /// The first rows that cannot be sent: line and reason.
    pub(crate) problems: Vec<(u64, String)>,
    /// The first row that can, as it is understood.
    pub(crate) first: Option<Value>,
    pub(crate) end: Place,
}

impl Survey {
    /// Reads everything, and keeps the rows that cannot be sent if there is a file for them.
    pub(crate) fn run(
        mut records: Records,
        operations: &Operations,
        mut rejects: Option<&mut Rejects>,
        progress: &mut Progress,
    ) -> io::Result<Survey> {
        let (mut rows, mut problems, mut first) = (0, Vec::new(), None);
        let mut bad = 0;
        while let Some(record) = records.next()? {
            rows += 1;
            if rows % PACE == 0 {
                progress.set(records.bytes());
            }
            match operations.operation(&record) {
                Ok(_) if first.is_some() => {}
                Ok(_) => first = operations.preview(&record),
                Err(reason) => {
                    bad += 1;
                    if let Some(rejects) = &mut rejects {
                        rejects.add(&record, &reason)?;
                    }
                    if problems.len() < SHOWN {
                        problems.push((record.line, reason));
                    }
                }
            }
        }
        if let Some(rejects) = rejects {
            rejects.sync()?;
        }
        Ok(Survey {
            rows,
            bad,
            problems,
            first,
            end: records.place(),
        })
    }
}
