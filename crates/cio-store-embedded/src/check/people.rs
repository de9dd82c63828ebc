//! Names of people, and what is stored of them.

use cio_domain::{PersonId, WorkspaceId};
use cio_store::StoreError;

use super::{CheckReport, Checked, Row, text};
use crate::engine::Table;
use crate::keys::{self, ATTRIBUTE, DEVICE, NAMES, VISITOR};
use crate::rows::{self, DeviceRow, HolderRow, NamesRow};

/// Who holds an identifier has it among their names.
pub(super) fn identifiers(
    checked: &Checked<'_>,
    report: &mut CheckReport,
) -> Result<(), StoreError> {
    checked.walk(Table::Identifiers, report, |report, row| {
        let name = text(row.rest);
        let holder = HolderRow::decode(row.value)?;
        let problem = match (row.kind, &holder) {
            (b'i' | b'e', HolderRow::Person(person, spelling)) => {
                let person = PersonId(*person);
                match names(checked, row.workspace, person)? {
                    None => Some(format!("is held by {person}, who is not there")),
                    Some(names) => {
                        let (of_person, held) = match row.kind {
                            b'i' => (names.id, name.as_ref()),
                            _ => (names.email, spelling.as_deref().unwrap_or(&name)),
                        };
                        (of_person.as_deref() != Some(held))
                            .then(|| format!("is held by {person}, who has another"))
                    }
                }
            }
            (b'a', HolderRow::Visitor { person, .. }) => {
                let person = PersonId(*person);
                let mark = keys::person_row(row.workspace, person, VISITOR, &name);
                (!checked.has(Table::People, &mark)?)
                    .then(|| format!("is held by {person}, who has no mark of it"))
            }
            (b'i', HolderRow::Suppressed { id, .. }) => (id.as_deref() != Some(&name))
                .then(|| "is blocked by a row that does not name it".to_owned()),
            (b'e', HolderRow::Suppressed { email, .. }) => (email.as_ref())
                .is_none_or(|email| email.to_lowercase() != name)
                .then(|| "is blocked by a row that does not name it".to_owned()),
            _ => Some("has a holder of another kind".to_owned()),
        };
        if let Some(problem) = problem {
            let kind = match row.kind {
                b'i' => "an id",
                b'e' => "an email address",
                b'a' => "an anonymous id",
                _ => "a name of no known kind",
            };
            let workspace = row.workspace.0;
            report.find(
                Table::Identifiers,
                format!("{kind} in workspace {workspace} {problem}"),
            );
        }
        Ok(())
    })
}

/// A person holds their names, and every row is somebody's.
pub(super) fn rows(checked: &Checked<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    // The row of names comes first of a person's.
    let mut last_person = None;
    checked.walk(Table::People, report, |report, row| {
        let Some((person, section, name)) = parts(&row) else {
            report.find(Table::People, "a key that is too short");
            return Ok(());
        };
        let workspace = row.workspace;
        let mut find = |what: &str| {
            let workspace = workspace.0;
            report.find(
                Table::People,
                format!("{person} in workspace {workspace} {what}"),
            );
        };
        if section == NAMES {
            last_person = Some((workspace, person));
            let names: NamesRow = rows::decode(Table::People, row.value)?;
            if person.0 > checked.counter(&keys::person_counter(workspace))? {
                find("has a number that was never given out");
            }
            let id = names.id.map(|id| keys::id(workspace, &id));
            let email = names.email.map(|email| keys::email(workspace, &email));
            for (key, what) in [(id, "id"), (email, "email address")] {
                let Some(key) = key else { continue };
                if !is_held_by(checked, &key, person)? {
                    find(&format!("has an {what} that is not theirs"));
                }
            }
            return Ok(());
        }
        if last_person != Some((workspace, person)) {
            find("is not there, and has rows");
        }
        match section {
            ATTRIBUTE => drop(rows::read_attribute(Table::People, row.value)?),
            DEVICE => drop(rows::decode::<DeviceRow>(Table::People, row.value)?),
            VISITOR => {
                let key = keys::visitor(workspace, &text(name));
                if !is_held_by(checked, &key, person)? {
                    find("has the mark of an anonymous id that is not theirs");
                }
            }
            _ => find("has a row of no known section"),
        }
        Ok(())
    })
}

/// Person, section, and what is behind it. A person's key has no kind behind the workspace.
pub(super) fn parts<'a>(row: &Row<'a>) -> Option<(PersonId, u8, &'a [u8])> {
    let (number, rest) = row.rest.split_first_chunk::<7>()?;
    let mut person = [row.kind; 8];
    person[1..].copy_from_slice(number);
    let (section, name) = rest.split_first()?;
    Some((PersonId(u64::from_be_bytes(person)), *section, name))
}

fn names(
    checked: &Checked<'_>,
    workspace: WorkspaceId,
    person: PersonId,
) -> Result<Option<NamesRow>, StoreError> {
    let key = keys::person_row(workspace, person, NAMES, "");
    let row = checked.view.get(Table::People, &key)?;
    row.map(|bytes| rows::decode(Table::People, &bytes))
        .transpose()
}

fn is_held_by(checked: &Checked<'_>, key: &[u8], person: PersonId) -> Result<bool, StoreError> {
    let Some(bytes) = checked.view.get(Table::Identifiers, key)? else {
        return Ok(false);
    };
    Ok(match HolderRow::decode(&bytes)? {
        HolderRow::Person(holder, _) | HolderRow::Visitor { person: holder, .. } => {
            holder == person.0
        }
        HolderRow::Suppressed { .. } => false,
    })
}
