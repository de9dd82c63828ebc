//! Deliveries, their content and where they are listed.

use cio_domain::{PersonId, WorkspaceId};
use cio_store::StoreError;

use super::{CheckReport, Checked, text};
use crate::apply::{delivery_parent, delivery_work};
use crate::engine::Table;
use crate::keys;
use crate::rows::{self, ContentRow, DeliveryRow, JobRow, UnreadRow, WorkRow};

/// A delivery has its content, is listed by time and by person, and has its job.
pub(super) fn rows(checked: &Checked<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    checked.walk(Table::Deliveries, report, |report, row| {
        let workspace = row.workspace;
        let number = workspace.0;
        // Workspaces count from 1: below 0 is where each delivery is.
        if number == 0 || row.kind != b'd' {
            return Ok(());
        }
        let id = text(row.rest);
        let delivery: DeliveryRow = rows::decode(Table::Deliveries, row.value)?;
        let mut find = |what: &str| {
            report.find(
                Table::Deliveries,
                format!("delivery {id} in workspace {number} {what}"),
            );
        };
        let content = keys::content(workspace, &id);
        let is_sent = delivery.metrics.contains_key("sent");
        match checked.has(Table::Deliveries, &content)? {
            true if delivery.forgotten => find("has content that was to be forgotten"),
            false if is_sent && !delivery.forgotten => find("has no content"),
            _ => {}
        }
        let of_parent =
            |drafts| keys::deliveries_of_parent(workspace, delivery_parent(&delivery), drafts);
        if !is_listed(checked, of_parent, &id, &delivery)? {
            find("is not listed with what it belongs to");
        }
        let all = |drafts| keys::deliveries_by_time(workspace, drafts);
        if !is_listed(checked, all, &id, &delivery)? {
            find("is not listed by time");
        }
        if place(checked, &id)? != Some(workspace) {
            find("is not found by its id alone");
        }
        if let Some(person) = &delivery.person {
            let person = PersonId(person.cio_id);
            let of_person = |drafts| keys::person_deliveries_by_time(workspace, person, drafts);
            let is_listed = is_listed(checked, of_person, &id, &delivery)?;
            // Of a person who was removed only the number stays.
            if is_listed != checked.has_person(workspace, person)? {
                find(match is_listed {
                    true => "is listed for somebody who is not there",
                    false => "is not listed for the person it is to",
                });
            }
        }
        if let Some((due, sequence)) = delivery.job {
            let work = delivery_work(&delivery, &id);
            let job = checked
                .view
                .get(Table::Jobs, &keys::job(work.queue(), due, sequence))?
                .map(|bytes| rows::decode::<JobRow>(Table::Jobs, &bytes))
                .transpose()?;
            if job.is_none_or(|job| job.work != WorkRow::from(&work) || job.workspace != number) {
                find("has no job where it says");
            }
        }
        Ok(())
    })
}

/// The workspace that a delivery's id alone leads to.
fn place(checked: &Checked<'_>, id: &str) -> Result<Option<WorkspaceId>, StoreError> {
    let bytes = checked
        .view
        .get(Table::Deliveries, &keys::delivery_workspace(id))?;
    bytes
        .map(|bytes| rows::read_workspace_id(&bytes))
        .transpose()
}

/// Whether a delivery is in a list where it says it is.
fn is_listed(
    checked: &Checked<'_>,
    list: impl Fn(bool) -> Vec<u8>,
    id: &str,
    delivery: &DeliveryRow,
) -> Result<bool, StoreError> {
    let moment = [delivery.created_at, delivery.sequence].map(u64::to_be_bytes);
    for drafts in [false, true] {
        let key = [&list(drafts), moment.as_flattened()].concat();
        let listed = checked.view.get(Table::Deliveries, &key)?;
        if listed.is_some_and(|listed| &*listed == id.as_bytes()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What is listed is there.
pub(super) fn indexes(checked: &Checked<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    checked.walk(Table::Deliveries, report, |report, row| {
        let workspace = row.workspace;
        let number = workspace.0;
        let mut find = |what: String| report.find(Table::Deliveries, what);
        if number == 0 {
            let id = [&[row.kind], row.rest].concat();
            let id = text(&id);
            let place = rows::read_workspace_id(row.value)?;
            if find_delivery(checked, place, &id)?.is_none() {
                let place = place.0;
                find(format!(
                    "delivery {id} is said to be in workspace {place}, and is not"
                ));
            }
            return Ok(());
        }
        match (row.kind, row.rest.first_chunk::<8>()) {
            (b'd', _) => {}
            (b'c', _) => {
                rows::decode::<ContentRow>(Table::Deliveries, row.value)?;
                let id = text(row.rest);
                if !checked.has(Table::Deliveries, &keys::delivery(workspace, &id))? {
                    find(format!("content of delivery {id}, which is not there"));
                }
            }
            (b't' | b'f', Some(at)) => {
                let id = text(row.value);
                let at = u64::from_be_bytes(*at);
                if find_delivery(checked, workspace, &id)?.is_none_or(|it| it.created_at != at) {
                    find(format!(
                        "delivery {id} in workspace {number} is listed for a time it has not"
                    ));
                }
            }
            (b'o', Some(_)) => {
                let id = text(row.value);
                let at = row.rest.get(10..18);
                let delivery = find_delivery(checked, workspace, &id)?;
                let delivery = delivery.filter(|it| at == Some(&it.created_at.to_be_bytes()));
                let is_its = delivery.is_some_and(|it| {
                    let list = keys::deliveries_of_parent(workspace, delivery_parent(&it), it.draft);
                    list.get(5..14) == row.rest.get(..9)
                });
                if !is_its {
                    find(format!(
                        "delivery {id} in workspace {number} is listed with what it does not belong to, or of another time"
                    ));
                }
            }
            (b'p', Some(person)) => {
                let person = u64::from_be_bytes(*person);
                let id = text(row.value);
                let at = row.rest.get(9..17);
                let delivery = find_delivery(checked, workspace, &id)?;
                let delivery = delivery.filter(|it| at == Some(&it.created_at.to_be_bytes()));
                let to = delivery.and_then(|delivery| delivery.person);
                if to.is_none_or(|to| to.cio_id != person) {
                    let person = PersonId(person);
                    find(format!(
                        "delivery {id} in workspace {number} is listed for {person}, and is not to them, or of another time"
                    ));
                }
            }
            (b'q', Some(person)) => {
                let person = u64::from_be_bytes(*person);
                let UnreadRow { delivery: id, .. } = rows::decode(Table::Deliveries, row.value)?;
                let delivery = find_delivery(checked, workspace, &id)?;
                let moment = row.rest.get(8..);
                let is_its = delivery.is_some_and(|it| {
                    let own = [it.created_at.to_be_bytes(), it.sequence.to_be_bytes()].concat();
                    moment == Some(&own) && it.person.is_some_and(|to| to.cio_id == person)
                });
                if !is_its {
                    let person = PersonId(person);
                    find(format!(
                        "delivery {id} in workspace {number} waits for {person}, and is not to them, or of another time"
                    ));
                }
            }
            _ => find(format!("a row of no known kind in workspace {number}")),
        }
        Ok(())
    })
}

fn find_delivery(
    checked: &Checked<'_>,
    workspace: WorkspaceId,
    id: &str,
) -> Result<Option<DeliveryRow>, StoreError> {
    checked
        .view
        .get(Table::Deliveries, &keys::delivery(workspace, id))?
        .map(|bytes| rows::decode(Table::Deliveries, &bytes))
        .transpose()
}
