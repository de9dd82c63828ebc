//! The design studio: emails, the components they are built of, and folders.

mod components;
mod content;
mod emails;

pub use components::{ComponentContent, DesignComponent};
pub use content::{DesignContent, DesignedEmail};
pub use emails::{DesignEmail, EmailTranslation};

use serde_json::Value;

use super::files::{FileChange, FolderId, ListFiles, NumberedPage, new_folder, numbered_page};
use super::lenient::answer;
use super::{ApiClient, json_body};
use crate::operations::{
    CREATE_DESIGN_FOLDER, DELETE_DESIGN_FOLDER, GET_DESIGN_FOLDER, LIST_DESIGN_FOLDERS, Operation,
    UPDATE_DESIGN_FOLDER,
};
use crate::request::{Parts, field, nothing};
use crate::{Error, Request, person};

answer! {
    /// A folder of the design studio.
    pub struct DesignFolder shows (id, name) {
        /// Its UUID.
        pub id: String,
        /// Its name.
        pub name: String,
        /// The folder it is in; none in the root.
        pub parent_folder_id: Option<String>,
        /// When it was made, in Unix seconds.
        pub created: Option<i64>,
        /// When it last changed, in Unix seconds.
        pub updated: Option<i64>,
    }
}

/// The design studio, from [`ApiClient::design_studio`].
#[derive(Debug, Clone, Copy)]
pub struct DesignStudio<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// The design studio: emails, the components they are built of, and folders. What is
    /// changed here is saved; a message that is linked to it sends it once it is published.
    pub const fn design_studio(&self) -> DesignStudio<'_> {
        DesignStudio { client: self }
    }
}

impl DesignStudio<'_> {
    /// Folders, in numbered pages: `GET /v1/design_studio/folders`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a time in another unit, [`Error::NotFound`] for an
    /// unknown folder to look in, and the failures of any call.
    pub fn list_folders(&self, list: &ListFiles) -> Request<NumberedPage<DesignFolder>> {
        let parts = listed(&LIST_DESIGN_FOLDERS, list);
        self.client.ask(&LIST_DESIGN_FOLDERS, parts, |body| {
            numbered_page(&body, "folders")
        })
    }

    /// Makes a folder, in another or in the root: `POST /v1/design_studio/folders`. A
    /// repeat could make a second one, so in doubt it is not repeated.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank name, [`Error::Rejected`] for one with a
    /// character that file names do not have, and the failures of any call.
    pub fn create_folder(
        &self,
        name: impl Into<String>,
        parent_folder_id: Option<&str>,
    ) -> Request<DesignFolder> {
        let body = new_folder(&name.into(), parent_folder_id.map(FolderId::from));
        let parts = written(Parts::new(&CREATE_DESIGN_FOLDER, []), body);
        self.client
            .ask(&CREATE_DESIGN_FOLDER, parts, |body| field(&body, "folder"))
    }

    /// One folder: `GET /v1/design_studio/folders/{id}`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank id, [`Error::NotFound`] for an unknown one, and
    /// the failures of any call.
    pub fn folder(&self, id: impl Into<String>) -> Request<DesignFolder> {
        let parts = of(&GET_DESIGN_FOLDER, &id.into());
        self.client
            .ask(&GET_DESIGN_FOLDER, parts, |body| field(&body, "folder"))
    }

    /// Renames a folder, moves it, or both: `PUT /v1/design_studio/folders/{id}`.
    ///
    /// # Errors
    ///
    /// The same, and [`Error::InvalidInput`] for no change.
    pub fn update_folder(&self, id: impl Into<String>, change: &FileChange) -> Request<()> {
        let parts = written(of(&UPDATE_DESIGN_FOLDER, &id.into()), change.json());
        self.client.ask(&UPDATE_DESIGN_FOLDER, parts, nothing)
    }

    /// Deletes a folder: `DELETE /v1/design_studio/folders/{id}`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank id, [`Error::NotFound`] for an unknown one,
    /// [`Error::Rejected`] for one the service keeps, and the failures of any
    /// call.
    pub fn delete_folder(&self, id: impl Into<String>) -> Request<()> {
        let parts = of(&DELETE_DESIGN_FOLDER, &id.into());
        self.client.ask(&DELETE_DESIGN_FOLDER, parts, nothing)
    }
}

fn listed(operation: &'static Operation, list: &ListFiles) -> Result<Parts, Error> {
    Parts::new(operation, []).and_then(|parts| list.add_to(parts))
}

fn of(operation: &'static Operation, id: &str) -> Result<Parts, Error> {
    Parts::new(operation, [person::segment("id", id)])
}

fn written(parts: Result<Parts, Error>, body: Result<Value, Error>) -> Result<Parts, Error> {
    parts.and_then(|parts| Ok(parts.body(json_body(&body?))))
}
