//! Imports: files whose rows are taken in.

use std::fmt;

use super::ExportId;
use crate::object::ObjectTypeId;
use crate::{Operation, UnixMillis};

/// An import's number in its workspace, counting from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImportId(pub u64);

/// What the rows of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportKind {
    /// People.
    People,
    /// What people did.
    Event,
    /// Relationships between people and objects.
    Relationship,
    /// Objects.
    Object,
}

impl ImportKind {
    /// All of them.
    pub const ALL: [ImportKind; 4] = [
        ImportKind::People,
        ImportKind::Event,
        ImportKind::Relationship,
        ImportKind::Object,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            ImportKind::People => "people",
            ImportKind::Event => "event",
            ImportKind::Relationship => "relationship",
            ImportKind::Object => "object",
        }
    }
}

/// By which of their names the rows name people, and the column that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonName {
    /// The caller's id.
    Id,
    /// The email address.
    Email,
    /// The id assigned here.
    CioId,
}

impl PersonName {
    /// All of them.
    pub const ALL: [PersonName; 3] = [PersonName::Id, PersonName::Email, PersonName::CioId];

    /// The word on the wire, and the name of the column.
    pub const fn as_str(self) -> &'static str {
        match self {
            PersonName::Id => "id",
            PersonName::Email => "email",
            PersonName::CioId => "cio_id",
        }
    }
}

/// Which rows are taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DataToProcess {
    /// All.
    #[default]
    All,
    /// Those of whom or what is not there yet.
    OnlyNew,
    /// Those of whom or what is there.
    OnlyExisting,
}

impl DataToProcess {
    /// All of them.
    pub const ALL: [DataToProcess; 3] = [
        DataToProcess::All,
        DataToProcess::OnlyNew,
        DataToProcess::OnlyExisting,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            DataToProcess::All => "all",
            DataToProcess::OnlyNew => "only_new",
            DataToProcess::OnlyExisting => "only_existing",
        }
    }
}

/// An import as it is asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct NewImport {
    /// What it is called.
    pub name: String,
    /// What it is, for people.
    pub description: String,
    /// What its rows are.
    pub kind: ImportKind,
    /// How rows name people; objects name none.
    pub person: Option<PersonName>,
    /// The type of the objects, where no column says it.
    pub object_type: Option<ObjectTypeId>,
    /// Which rows are taken.
    pub data_to_process: DataToProcess,
    /// Where the file is. It may hold a secret; it is empty once the import has ended.
    pub data_file_url: String,
}

impl fmt::Debug for NewImport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewImport")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .field("person", &self.person)
            .field("object_type", &self.object_type)
            .field("data_to_process", &self.data_to_process)
            .finish_non_exhaustive()
    }
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportState {
    /// Its file is fetched.
    Preprocessing,
    /// Its file is there, and its rows are counted.
    Validating,
    /// Its rows are taken in.
    Importing,
    /// All its rows were looked at.
    Imported,
    /// It ended early.
    Failed,
}

impl ImportState {
    /// All of them.
    pub const ALL: [ImportState; 5] = [
        ImportState::Preprocessing,
        ImportState::Validating,
        ImportState::Importing,
        ImportState::Imported,
        ImportState::Failed,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            ImportState::Preprocessing => "preprocessing",
            ImportState::Validating => "validating",
            ImportState::Importing => "importing",
            ImportState::Imported => "imported",
            ImportState::Failed => "failed",
        }
    }

    /// Whether nothing follows.
    pub const fn has_ended(self) -> bool {
        matches!(self, ImportState::Imported | ImportState::Failed)
    }
}

/// Where in its file an import goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Position {
    /// Bytes before it.
    pub offset: u64,
    /// Lines before it.
    pub line: u64,
    /// Rows before it, the header included.
    pub row: u64,
}

/// An import as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its number.
    pub id: ImportId,
    /// What was asked for.
    pub details: NewImport,
    /// How far it is.
    pub state: ImportState,
    /// Rows of its file, once they were counted.
    pub rows_to_import: u64,
    /// Rows that were taken.
    pub rows_imported: u64,
    /// Rows that could not be taken.
    pub rows_failed: u64,
    /// Where it goes on.
    pub position: Position,
    /// Why it failed, or waits for another attempt.
    pub error: Option<String>,
    /// The export of what could not be taken.
    pub error_export: Option<ExportId>,
    /// When it was asked for.
    pub created_at: UnixMillis,
    /// When it last changed.
    pub updated_at: UnixMillis,
}

/// A row of a file: what it asks for, or why it cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// Its number in the file; the header is the first.
    pub number: u64,
    /// What it asks for.
    pub content: Result<Operation, String>,
}

/// A part of an import: rows, and how far it is with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportStep {
    /// How far it is.
    pub state: ImportState,
    /// Rows of the file, once they are counted.
    pub rows_to_import: Option<u64>,
    /// Rows to take.
    pub rows: Vec<ImportRow>,
    /// Where it goes on after them.
    pub position: Position,
}
