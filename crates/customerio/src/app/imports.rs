//! Imports: CSV files that the service fetches.

use serde_json::{Value, json};

use super::lenient::answer;
use super::{ApiClient, json_body};
use crate::operations::{CREATE_IMPORT, GET_IMPORT};
use crate::request::{Parts, field};
use crate::{Error, Request};

answer! {
    /// An import and how far it is.
    pub struct Import shows (id, kind, state, rows_to_import, rows_imported, error) {
        /// Its number.
        pub id: u64,
        /// Its name.
        pub name: String,
        /// What it is for.
        pub description: String,
        /// `type` on the wire: `people`, `event`, `object` or `relationship`.
        pub kind: String = "type",
        /// The column that names people: `id`, `email` or `cio_id`.
        pub identifier: Option<String>,
        /// The type of the objects.
        pub object_type_id: Option<String>,
        /// Which rows count: `all`, `only_new`, `only_existing`.
        pub data_to_process: Option<String>,
        /// `preprocessing`, `preprocessed`, `validating`, `validated`, `importing`,
        /// `imported`, `failed` or `canceled`.
        pub state: String,
        /// Rows in the file.
        pub rows_to_import: u64,
        /// Rows that are in.
        pub rows_imported: u64,
        /// Why it failed.
        pub error: Option<String>,
        /// When it was started, in Unix seconds.
        pub created_at: Option<i64>,
        /// When it last changed, in Unix seconds.
        pub updated_at: Option<i64>,
        /// The export of rows that were refused.
        pub error_export_id: Option<u64>,
        /// Where that is to be had.
        pub error_download_url: Option<String>,
        /// The export of rows with warnings.
        pub warning_export_id: Option<u64>,
        /// Where that is to be had.
        pub warning_download_url: Option<String>,
    }
}

impl Import {
    /// Whether nothing more will happen to it.
    pub fn is_finished(&self) -> bool {
        matches!(self.state.as_str(), "imported" | "failed" | "canceled")
    }
}

/// The column by which an import names people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ImportIdentifier {
    /// The id the workspace's owner chose.
    Id,
    /// The email address.
    Email,
    /// The id the service assigned; for relationships only.
    CioId,
}

impl ImportIdentifier {
    const fn as_str(self) -> &'static str {
        match self {
            ImportIdentifier::Id => "id",
            ImportIdentifier::Email => "email",
            ImportIdentifier::CioId => "cio_id",
        }
    }
}

/// Which rows of an import count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DataToProcess {
    /// All, the default.
    All,
    /// Only those that make something new.
    OnlyNew,
    /// Only those that change something.
    OnlyExisting,
}

impl DataToProcess {
    const fn as_str(self) -> &'static str {
        match self {
            DataToProcess::All => "all",
            DataToProcess::OnlyNew => "only_new",
            DataToProcess::OnlyExisting => "only_existing",
        }
    }
}

/// An import to start: what is in the file, and where it is.
///
/// ```
/// use customerio::app::{CreateImport, ImportIdentifier};
///
/// let import = CreateImport::people(
///     "newsletter sign-ups",
///     "https://example.com/people.csv",
///     ImportIdentifier::Email,
/// );
/// # drop(import);
/// ```
#[derive(Debug, Clone)]
pub struct CreateImport {
    kind: &'static str,
    name: String,
    data_file_url: String,
    identifier: Option<ImportIdentifier>,
    object_type_id: Option<String>,
    description: Option<String>,
    data_to_process: Option<DataToProcess>,
}

impl CreateImport {
    /// People, one in a row.
    pub fn people(
        name: impl Into<String>,
        data_file_url: impl Into<String>,
        identifier: ImportIdentifier,
    ) -> CreateImport {
        CreateImport::of(
            "people",
            name.into(),
            data_file_url.into(),
            Some(identifier),
        )
    }

    /// Events of people, one in a row.
    pub fn events(
        name: impl Into<String>,
        data_file_url: impl Into<String>,
        identifier: ImportIdentifier,
    ) -> CreateImport {
        CreateImport::of("event", name.into(), data_file_url.into(), Some(identifier))
    }

    /// Relationships between people and objects, one in a row.
    pub fn relationships(
        name: impl Into<String>,
        data_file_url: impl Into<String>,
        identifier: ImportIdentifier,
    ) -> CreateImport {
        let identifier = Some(identifier);
        CreateImport::of(
            "relationship",
            name.into(),
            data_file_url.into(),
            identifier,
        )
    }

    /// Objects of a type, one in a row.
    pub fn objects(
        name: impl Into<String>,
        data_file_url: impl Into<String>,
        object_type_id: impl Into<String>,
    ) -> CreateImport {
        CreateImport {
            object_type_id: Some(object_type_id.into()),
            ..CreateImport::of("object", name.into(), data_file_url.into(), None)
        }
    }

    fn of(
        kind: &'static str,
        name: String,
        data_file_url: String,
        identifier: Option<ImportIdentifier>,
    ) -> CreateImport {
        CreateImport {
            kind,
            name,
            data_file_url,
            identifier,
            object_type_id: None,
            description: None,
            data_to_process: None,
        }
    }

    /// What it is for.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> CreateImport {
        self.description = Some(description.into());
        self
    }

    /// Which rows count. Default: all. Events are never only new.
    #[must_use]
    pub fn data_to_process(mut self, which: DataToProcess) -> CreateImport {
        self.data_to_process = Some(which);
        self
    }

    fn body(&self) -> Result<Value, Error> {
        for (field, value) in [("name", &self.name), ("data_file_url", &self.data_file_url)] {
            if value.trim().is_empty() {
                return Err(Error::invalid_input(field, "must not be blank"));
            }
        }
        if self.identifier == Some(ImportIdentifier::CioId) && self.kind != "relationship" {
            return Err(Error::invalid_input(
                "identifier",
                "may be cio_id for relationships only; name people by id or email",
            ));
        }
        if self.kind == "event" && self.data_to_process == Some(DataToProcess::OnlyNew) {
            return Err(Error::invalid_input(
                "data_to_process",
                "may not be only_new for events",
            ));
        }
        let mut import = json!({
            "type": self.kind,
            "name": self.name,
            "data_file_url": self.data_file_url,
        });
        if let Some(identifier) = self.identifier {
            import["identifier"] = json!(identifier.as_str());
        }
        if let Some(object_type_id) = &self.object_type_id {
            import["object_type_id"] = json!(object_type_id);
        }
        if let Some(description) = &self.description {
            import["description"] = json!(description);
        }
        if let Some(which) = self.data_to_process {
            import["data_to_process"] = json!(which.as_str());
        }
        Ok(json!({ "import": import }))
    }
}

/// Imports, from [`ApiClient::imports`].
#[derive(Debug, Clone, Copy)]
pub struct Imports<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// CSV files that the service fetches.
    pub const fn imports(&self) -> Imports<'_> {
        Imports { client: self }
    }
}

impl Imports<'_> {
    /// Starts an import: `POST /v1/imports`. A repeat could start a second one, so in
    /// doubt it is not repeated.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank name or URL or a combination that the service
    /// does not know, and the failures of any call.
    pub fn create(&self, import: &CreateImport) -> Request<Import> {
        let parts = Parts::new(&CREATE_IMPORT, [])
            .and_then(|parts| Ok(parts.body(json_body(&import.body()?))));
        self.client
            .ask(&CREATE_IMPORT, parts, |body| field(&body, "import"))
    }

    /// How far an import is: `GET /v1/imports/{import_id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown one, and the failures of any call.
    pub fn get(&self, import_id: u64) -> Request<Import> {
        let parts = Parts::new(&GET_IMPORT, [Ok(import_id.to_string())]);
        self.client
            .ask(&GET_IMPORT, parts, |body| field(&body, "import"))
    }
}
