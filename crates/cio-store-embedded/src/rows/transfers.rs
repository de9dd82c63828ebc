//! Rows of exports and imports. Words are those of the wire.

use cio_domain::UnixMillis;
use cio_domain::delivery::Parent;
use cio_domain::object::ObjectTypeId;
use cio_domain::transfer::{
    DataToProcess, Export, ExportId, ExportSource, ExportStatus, Import, ImportId, ImportKind,
    ImportState, NewExport, NewImport, PersonName, Position,
};
use cio_store::StoreError;
use serde::{Deserialize, Serialize};

use crate::engine::Table;

/// Where a job stands in its queue.
type Place = (UnixMillis, u64);

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ExportRow {
    source: SourceRow,
    description: String,
    status: String,
    failure: Option<String>,
    total: u64,
    downloads: u64,
    created_at: UnixMillis,
    updated_at: UnixMillis,
    /// Its job, while it has one.
    pub(crate) job: Option<Place>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum SourceRow {
    People {
        filter: String,
        attributes: Vec<String>,
    },
    Deliveries {
        parent: ParentRow,
        since: UnixMillis,
        until: UnixMillis,
        metric: Option<String>,
        drafts: bool,
        attributes: Vec<String>,
    },
    ImportErrors(u64),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum ParentRow {
    Campaign(u64),
    Newsletter(u64),
    Action(u64),
    Transactional(u64),
    Broadcast(u64),
}

impl ExportRow {
    pub(crate) fn new(export: Export, job: Option<Place>) -> ExportRow {
        ExportRow {
            source: export.details.source.into(),
            description: export.details.description,
            status: export.status.as_str().to_owned(),
            failure: export.failure,
            total: export.total,
            downloads: export.downloads,
            created_at: export.created_at,
            updated_at: export.updated_at,
            job,
        }
    }

    /// Whether it ended, and that is that long ago.
    pub(crate) fn ended_before(&self, time: UnixMillis) -> bool {
        self.job.is_none() && self.updated_at < time
    }

    pub(crate) fn into_export(self, id: ExportId) -> Result<Export, StoreError> {
        let all = [
            ExportStatus::Pending,
            ExportStatus::Done,
            ExportStatus::Failed,
        ];
        Ok(Export {
            id,
            details: NewExport {
                source: self.source.into(),
                description: self.description,
            },
            status: named(all, &self.status, ExportStatus::as_str)?,
            failure: self.failure,
            total: self.total,
            downloads: self.downloads,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

impl From<ExportSource> for SourceRow {
    fn from(source: ExportSource) -> SourceRow {
        match source {
            ExportSource::People { filter, attributes } => SourceRow::People { filter, attributes },
            ExportSource::Deliveries {
                parent,
                since,
                until,
                metric,
                drafts,
                attributes,
            } => SourceRow::Deliveries {
                parent: match parent {
                    Parent::Campaign(id) => ParentRow::Campaign(id),
                    Parent::Newsletter(id) => ParentRow::Newsletter(id),
                    Parent::Action(id) => ParentRow::Action(id),
                    Parent::Transactional(id) => ParentRow::Transactional(id),
                    Parent::Broadcast(id) => ParentRow::Broadcast(id),
                },
                since,
                until,
                metric,
                drafts,
                attributes,
            },
            ExportSource::ImportErrors(import) => SourceRow::ImportErrors(import.0),
        }
    }
}

impl From<SourceRow> for ExportSource {
    fn from(row: SourceRow) -> ExportSource {
        match row {
            SourceRow::People { filter, attributes } => ExportSource::People { filter, attributes },
            SourceRow::Deliveries {
                parent,
                since,
                until,
                metric,
                drafts,
                attributes,
            } => ExportSource::Deliveries {
                parent: match parent {
                    ParentRow::Campaign(id) => Parent::Campaign(id),
                    ParentRow::Newsletter(id) => Parent::Newsletter(id),
                    ParentRow::Action(id) => Parent::Action(id),
                    ParentRow::Transactional(id) => Parent::Transactional(id),
                    ParentRow::Broadcast(id) => Parent::Broadcast(id),
                },
                since,
                until,
                metric,
                drafts,
                attributes,
            },
            SourceRow::ImportErrors(import) => ExportSource::ImportErrors(ImportId(import)),
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ImportFileRow {
    name: String,
    description: String,
    kind: String,
    person: Option<String>,
    object_type: Option<u32>,
    data_to_process: String,
    data_file_url: String,
    state: String,
    rows_to_import: u64,
    rows_imported: u64,
    rows_failed: u64,
    /// Offset, line and row.
    position: (u64, u64, u64),
    error: Option<String>,
    error_export: Option<u64>,
    created_at: UnixMillis,
    updated_at: UnixMillis,
    /// Its job, while it has one.
    pub(crate) job: Option<Place>,
}

impl ImportFileRow {
    pub(crate) fn new(import: Import, job: Option<Place>) -> ImportFileRow {
        let details = import.details;
        let Position { offset, line, row } = import.position;
        ImportFileRow {
            name: details.name,
            description: details.description,
            kind: details.kind.as_str().to_owned(),
            person: details.person.map(|it| it.as_str().to_owned()),
            object_type: details.object_type.map(|it| it.0),
            data_to_process: details.data_to_process.as_str().to_owned(),
            data_file_url: details.data_file_url,
            state: import.state.as_str().to_owned(),
            rows_to_import: import.rows_to_import,
            rows_imported: import.rows_imported,
            rows_failed: import.rows_failed,
            position: (offset, line, row),
            error: import.error,
            error_export: import.error_export.map(|it| it.0),
            created_at: import.created_at,
            updated_at: import.updated_at,
            job,
        }
    }

    /// Whether it ended, and that is that long ago.
    pub(crate) fn ended_before(&self, time: UnixMillis) -> bool {
        self.job.is_none() && self.updated_at < time
    }

    pub(crate) fn into_import(self, id: ImportId) -> Result<Import, StoreError> {
        let person = self
            .person
            .map(|person| named(PersonName::ALL, &person, PersonName::as_str));
        let data_to_process = &self.data_to_process;
        let (offset, line, row) = self.position;
        Ok(Import {
            id,
            details: NewImport {
                name: self.name,
                description: self.description,
                kind: named(ImportKind::ALL, &self.kind, ImportKind::as_str)?,
                person: person.transpose()?,
                object_type: self.object_type.map(ObjectTypeId),
                data_to_process: named(DataToProcess::ALL, data_to_process, DataToProcess::as_str)?,
                data_file_url: self.data_file_url,
            },
            state: named(ImportState::ALL, &self.state, ImportState::as_str)?,
            rows_to_import: self.rows_to_import,
            rows_imported: self.rows_imported,
            rows_failed: self.rows_failed,
            position: Position { offset, line, row },
            error: self.error,
            error_export: self.error_export.map(ExportId),
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

/// The one of this name.
pub(super) fn named<T: Copy, const N: usize>(
    all: [T; N],
    name: &str,
    as_str: impl Fn(T) -> &'static str,
) -> Result<T, StoreError> {
    all.into_iter()
        .find(|it| as_str(*it) == name)
        .ok_or_else(|| StoreError::Corrupt {
            table: Table::Jobs.name(),
            reason: "a word that is none of those there are".to_owned(),
        })
}
