//! Writing the files of exports, page by page.

use std::collections::BTreeSet;
use std::path::Path;

use cio_domain::attribute::display;
use cio_domain::condition::{Condition, Grammar};
use cio_domain::delivery::{Delivery, Parent};
use cio_domain::limits::EXPORT_ATTRIBUTES_MAX;
use cio_domain::transfer::{ExportId, ExportSource, ImportId};
use cio_domain::{Person, UnixMillis, WorkspaceId};
use cio_store::PeopleQuery;
use cio_store::messages::DeliveryQuery;
use cio_wire::Identifier;

use super::Transfers;
use super::csv_file::CsvFile;
use crate::long_jobs::{Lease, Stop, off_the_runtime};

/// People of one page: what is held in memory.
const PEOPLE_PAGE: usize = 100;
/// Messages of one page.
const DELIVERIES_PAGE: usize = 500;
/// Rows of an import of one page.
const ERRORS_PAGE: usize = 1_000;

/// The columns of a person that come first.
const NAMES: [&str; 3] = ["id", "email", "cio_id"];
/// The columns of a message that come first, without its metrics.
const OF_DELIVERY: [&str; 14] = [
    "delivery_id",
    "type",
    "created",
    "customer_id",
    "email",
    "cio_id",
    "recipient",
    "subject",
    "campaign_id",
    "newsletter_id",
    "broadcast_id",
    "action_id",
    "transactional_message_id",
    "failure_message",
];
/// What can become of a message, each with the column of its time.
const METRICS: [&str; 19] = [
    "drafted",
    "attempted",
    "sent",
    "delivered",
    "opened",
    "human_opened",
    "prefetch_opened",
    "clicked",
    "human_clicked",
    "prefetch_clicked",
    "converted",
    "bounced",
    "dropped",
    "deferred",
    "failed",
    "undeliverable",
    "spammed",
    "unsubscribed",
    "replied",
];

type Row = Vec<String>;

/// Writes the file of an export anew, and says how many rows it has.
pub(super) async fn run(
    transfers: &Transfers,
    lease: &mut Lease<'_>,
    id: ExportId,
) -> Result<u64, Stop> {
    let workspace = lease.job.workspace;
    let export = transfers.store.export(workspace, id).await?;
    let export = export.ok_or(Stop::Lost)?;
    let path = transfers.files.export(workspace, id);
    let of_file = Of {
        transfers,
        workspace,
        path: &path,
    };
    match export.details.source {
        ExportSource::People { filter, attributes } => {
            of_file.people(lease, &filter, attributes).await
        }
        ExportSource::Deliveries {
            parent,
            since,
            until,
            metric,
            drafts,
            attributes,
        } => {
            let query = DeliveryQuery {
                metric,
                parents: vec![parent],
                since,
                until: Some(until),
                limit: DELIVERIES_PAGE,
                ..DeliveryQuery::default()
            };
            of_file.deliveries(lease, query, drafts, attributes).await
        }
        ExportSource::ImportErrors(import) => of_file.import_errors(lease, import).await,
    }
}

/// An export in the making.
struct Of<'a> {
    transfers: &'a Transfers,
    workspace: WorkspaceId,
    path: &'a Path,
}

impl Of<'_> {
    async fn people(
        &self,
        lease: &mut Lease<'_>,
        filter: &str,
        attributes: Vec<String>,
    ) -> Result<u64, Stop> {
        let condition = read_filter(filter)?;
        let at = lease.now();
        let attributes = if attributes.is_empty() {
            self.all_attributes(lease, &condition, at).await?
        } else {
            without(attributes, &NAMES)
        };
        let header = NAMES.map(str::to_owned).into_iter();
        let mut file = self
            .create(header.chain(attributes.clone()).collect())
            .await?;
        let mut start = None;
        loop {
            lease.keep().await?;
            let query = people_query(&condition, at, start);
            let people = self.transfers.store.people_matching(self.workspace, query);
            let page = people.await?;
            let rows = page.items.iter();
            let rows = rows.map(|person| person_row(person, &attributes)).collect();
            file = write(file, rows).await?;
            start = page.next;
            if start.is_none() {
                return finish(file).await;
            }
        }
    }

    /// The attributes that the people of an export have: a first walk over them all.
    async fn all_attributes(
        &self,
        lease: &mut Lease<'_>,
        condition: &Condition,
        at: UnixMillis,
    ) -> Result<Vec<String>, Stop> {
        let mut found = BTreeSet::new();
        let mut start = None;
        loop {
            lease.keep().await?;
            let query = people_query(condition, at, start);
            let people = self.transfers.store.people_matching(self.workspace, query);
            let page = people.await?;
            for person in page.items {
                found.extend(person.attributes.into_keys());
            }
            if found.len() > EXPORT_ATTRIBUTES_MAX {
                return Err(Stop::Never(format!(
                    "these people have more than {EXPORT_ATTRIBUTES_MAX} attributes: name those \
                     to export in \"attributes\""
                )));
            }
            start = page.next;
            if start.is_none() {
                return Ok(found.into_iter().collect());
            }
        }
    }

    async fn deliveries(
        &self,
        lease: &mut Lease<'_>,
        query: DeliveryQuery,
        drafts: bool,
        attributes: Vec<String>,
    ) -> Result<u64, Stop> {
        let attributes = without(attributes, &NAMES);
        let header = OF_DELIVERY.into_iter().chain(METRICS).map(str::to_owned);
        let mut file = self
            .create(header.chain(attributes.clone()).collect())
            .await?;
        let lists: &[bool] = if drafts { &[false, true] } else { &[false] };
        for drafts in lists {
            let mut query = DeliveryQuery {
                drafts: *drafts,
                ..query.clone()
            };
            loop {
                lease.keep().await?;
                let page = self
                    .transfers
                    .store
                    .deliveries(self.workspace, query.clone());
                let page = page.await?;
                let mut rows = Vec::with_capacity(page.items.len());
                for delivery in &page.items {
                    let mut row = delivery_row(delivery);
                    row.extend(self.attributes_of(delivery, &attributes).await?);
                    rows.push(row);
                }
                file = write(file, rows).await?;
                query.start = page.next;
                if query.start.is_none() {
                    break;
                }
            }
        }
        finish(file).await
    }

    /// Attributes of whom a message went to, as they are now.
    async fn attributes_of(&self, delivery: &Delivery, names: &[String]) -> Result<Row, Stop> {
        let person = match &delivery.person {
            Some(person) if !names.is_empty() => {
                let cio_id = Identifier::CioId(person.cio_id.to_string());
                self.transfers.store.person(self.workspace, cio_id).await?
            }
            _ => None,
        };
        Ok(names
            .iter()
            .map(|name| value(person.as_ref(), name))
            .collect())
    }

    async fn import_errors(&self, lease: &mut Lease<'_>, import: ImportId) -> Result<u64, Stop> {
        let header = ["row", "reason"].map(str::to_owned);
        let mut file = self.create(header.to_vec()).await?;
        let mut after = 0;
        let store = &self.transfers.store;
        let mut listed = 0;
        loop {
            lease.keep().await?;
            let errors = store.import_errors(self.workspace, import, after, ERRORS_PAGE);
            let errors = errors.await?;
            let Some((last, _)) = errors.last() else {
                break;
            };
            after = *last;
            listed += errors.len() as u64;
            let rows = errors.into_iter();
            let rows = rows.map(|(row, reason)| vec![row.to_string(), reason]);
            file = write(file, rows.collect()).await?;
        }
        let import = store.import(self.workspace, import).await?;
        let others = import.map_or(0, |import| import.rows_failed.saturating_sub(listed));
        if others > 0 {
            let row = vec![String::new(), format!("{others} more rows were not taken")];
            file = write(file, vec![row]).await?;
        }
        finish(file).await
    }

    async fn create(&self, header: Row) -> Result<CsvFile, Stop> {
        let (path, escape) = (self.path.to_owned(), self.transfers.escape_formulas);
        Ok(off_the_runtime(move || CsvFile::create(&path, &header, escape)).await??)
    }
}

async fn write(mut file: CsvFile, rows: Vec<Row>) -> Result<CsvFile, Stop> {
    let written = off_the_runtime(move || {
        for row in &rows {
            file.write(row.iter().map(String::as_str))?;
        }
        Ok::<_, std::io::Error>(file)
    });
    Ok(written.await??)
}

async fn finish(file: CsvFile) -> Result<u64, Stop> {
    Ok(off_the_runtime(move || file.finish()).await??)
}

fn read_filter(filter: &str) -> Result<Condition, Stop> {
    let unreadable = |reason: String| Stop::Never(format!("its filter cannot be read: {reason}"));
    let value = serde_json::from_str(filter).map_err(|error| unreadable(error.to_string()))?;
    Condition::from_json(&value, "filters", Grammar::Filter)
        .map_err(|error| unreadable(error.to_string()))
}

fn people_query(condition: &Condition, at: UnixMillis, start: Option<String>) -> PeopleQuery {
    PeopleQuery {
        condition: Some(condition.clone()),
        at,
        start,
        limit: PEOPLE_PAGE,
    }
}

/// Those names that are none of the others, each once.
fn without(names: Vec<String>, others: &[&str]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let is_new = |name: &String| !others.contains(&name.as_str()) && seen.insert(name.clone());
    names.into_iter().filter(is_new).collect()
}

fn person_row(person: &Person, attributes: &[String]) -> Row {
    let names = &person.identifiers;
    let mut row = vec![
        names.id.clone().unwrap_or_default(),
        names.email.clone().unwrap_or_default(),
        names.cio_id.to_string(),
    ];
    row.extend(attributes.iter().map(|name| value(Some(person), name)));
    row
}

fn value(person: Option<&Person>, name: &str) -> String {
    let attribute = person.and_then(|person| person.attributes.get(name));
    attribute.map_or_else(String::new, |it| display(&it.json))
}

fn delivery_row(delivery: &Delivery) -> Row {
    let person = delivery.person.as_ref();
    let name = |name: Option<&String>| name.cloned().unwrap_or_default();
    let template = delivery.is_of(Parent::Transactional(1));
    let mut row = vec![
        delivery.id.clone(),
        "email".to_owned(),
        (delivery.created_at / 1_000).to_string(),
        name(person.and_then(|it| it.id.as_ref())),
        name(person.and_then(|it| it.email.as_ref())),
        person.map_or_else(String::new, |it| it.cio_id.to_string()),
        delivery.recipient.clone(),
        delivery.subject.clone(),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
        if template { "1" } else { "" }.to_owned(),
        name(delivery.failure_message.as_ref()),
    ];
    for metric in METRICS {
        let time = delivery.metrics.get(metric);
        row.push(time.map_or_else(String::new, ToString::to_string));
    }
    row
}
