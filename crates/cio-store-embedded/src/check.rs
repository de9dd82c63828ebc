//! Whether what is stored agrees with itself: every row reads back, and every index and
//! what it is of name each other.
//!
//! A finding names people by their number and never by a name of theirs, so that a report
//! can be shown around.
//!
//! # How to add a table
//!
//! A file beside the others with one function that walks it, and a line in [`PARTS`].

mod activities;
mod content;
mod counts;
mod credentials;
mod deliveries;
mod event_ids;
mod forms;
mod objects;
mod people;
mod reporting;
mod segmentation;
mod segments;
mod series;
mod transfers;
mod triggers;

use std::collections::BTreeMap;

use cio_domain::{PersonId, WorkspaceId};
use cio_store::StoreError;
use serde::Serialize;

use crate::engine::{Scan, Table, View};
use crate::keys::{self, NAMES};
use crate::rows;

/// Most findings that are kept; the others are counted.
const FINDINGS_KEPT: usize = 1_000;

type Part = fn(&Checked<'_>, &mut CheckReport) -> Result<(), StoreError>;

/// What is checked, each walking what is its own.
const PARTS: [Part; 19] = [
    people::identifiers,
    people::rows,
    activities::logs,
    event_ids::both_ways,
    deliveries::rows,
    deliveries::indexes,
    transfers::rows,
    reporting::counts,
    segments::members,
    segmentation::rows,
    segmentation::people,
    segmentation::events,
    forms::rows,
    objects::rows,
    credentials::rows,
    counts::kept,
    content::rows,
    series::counts,
    series::links,
];

/// What a check found.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// Entries by the name of their table.
    pub entries: BTreeMap<&'static str, u64>,
    /// What does not agree, at most a thousand of it.
    pub findings: Vec<Finding>,
    /// How much does not agree.
    pub findings_total: u64,
}

impl CheckReport {
    /// Whether everything agrees.
    pub fn is_clean(&self) -> bool {
        self.findings_total == 0
    }

    fn find(&mut self, table: Table, what: impl Into<String>) {
        self.findings_total += 1;
        if self.findings.len() < FINDINGS_KEPT {
            self.findings.push(Finding {
                table: table.name(),
                what: what.into(),
            });
        }
    }

    /// What could not be read is a finding, too.
    fn failed(&mut self, table: Table, error: StoreError) {
        match error {
            StoreError::Corrupt { table, reason } => {
                self.findings_total += 1;
                if self.findings.len() < FINDINGS_KEPT {
                    self.findings.push(Finding {
                        table,
                        what: format!("does not read back: {reason}"),
                    });
                }
            }
            other => self.find(table, other.to_string()),
        }
    }
}

/// Something that does not agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Where.
    pub table: &'static str,
    /// What, without names of people.
    pub what: String,
}

/// Checks one state.
pub(crate) fn check(view: &dyn View) -> CheckReport {
    let mut report = CheckReport::default();
    for table in Table::ALL {
        let mut count = 0;
        let read = view.scan(table, &Scan::forward(&[]), &mut |_, _| {
            count += 1;
            true
        });
        report.entries.insert(table.name(), count);
        if let Err(error) = read {
            report.failed(table, error);
        }
    }
    // What cannot be read was named just now; walking it again would say it once more.
    if !report.is_clean() {
        return report;
    }
    let checked = match Checked::new(view, &mut report) {
        Ok(checked) => checked,
        Err(error) => {
            report.failed(Table::Meta, error);
            return report;
        }
    };
    for part in PARTS {
        if let Err(error) = part(&checked, &mut report) {
            report.failed(Table::Meta, error);
        }
    }
    report
}

/// One state of the store.
struct Checked<'a> {
    view: &'a dyn View,
    /// The last number of the store-wide sequence.
    sequence: u64,
}

impl<'a> Checked<'a> {
    fn new(view: &'a dyn View, report: &mut CheckReport) -> Result<Checked<'a>, StoreError> {
        crate::read::workspaces(view)?;
        let pepper = view.get(Table::Meta, keys::META_PEPPER)?;
        if pepper.is_some_and(|pepper| pepper.len() != 32) {
            report.find(Table::Meta, "the pepper is not 32 bytes");
        }
        let mut checked = Checked { view, sequence: 0 };
        checked.sequence = checked.counter(keys::META_SEQUENCE)?;
        Ok(checked)
    }

    /// The last number a counter gave out.
    fn counter(&self, counter: &[u8]) -> Result<u64, StoreError> {
        self.view
            .get(Table::Meta, counter)?
            .map_or(Ok(0), |bytes| rows::number(Table::Meta, &bytes))
    }

    fn has(&self, table: Table, key: &[u8]) -> Result<bool, StoreError> {
        Ok(self.view.get(table, key)?.is_some())
    }

    fn has_person(&self, workspace: WorkspaceId, person: PersonId) -> Result<bool, StoreError> {
        let key = keys::person_row(workspace, person, NAMES, "");
        self.has(Table::People, &key)
    }

    /// Visits all rows of a table. A row that does not read back is a finding, and the walk
    /// goes on.
    fn walk(
        &self,
        table: Table,
        report: &mut CheckReport,
        mut visit: impl FnMut(&mut CheckReport, Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut result = Ok(());
        self.view
            .scan(table, &Scan::forward(&[]), &mut |key, value| {
                let Some(row) = Row::new(key, value) else {
                    report.find(table, "a key that is too short");
                    return true;
                };
                match visit(report, row) {
                    Ok(()) => true,
                    Err(error @ StoreError::Corrupt { .. }) => {
                        report.failed(table, error);
                        true
                    }
                    Err(error) => {
                        result = Err(error);
                        false
                    }
                }
            })?;
        result
    }
}

/// A row, and the parts that all keys with a workspace have.
#[derive(Clone, Copy)]
struct Row<'a> {
    workspace: WorkspaceId,
    /// The byte behind the workspace, where it says what kind of row it is.
    kind: u8,
    /// What is behind that.
    rest: &'a [u8],
    value: &'a [u8],
}

impl<'a> Row<'a> {
    fn new(key: &'a [u8], value: &'a [u8]) -> Option<Row<'a>> {
        let (workspace, rest) = key.split_first_chunk::<4>()?;
        let (kind, rest) = rest.split_first()?;
        Some(Row {
            workspace: WorkspaceId(u32::from_be_bytes(*workspace)),
            kind: *kind,
            rest,
            value,
        })
    }

    /// A person's number at the start of the rest, and what is behind it.
    fn person(&self) -> Option<(PersonId, &'a [u8])> {
        let (person, rest) = self.rest.split_first_chunk::<8>()?;
        Some((PersonId(u64::from_be_bytes(*person)), rest))
    }
}

fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

#[cfg(test)]
mod tests;
