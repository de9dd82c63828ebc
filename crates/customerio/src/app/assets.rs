//! Assets: pictures and PDFs that messages show, kept by the service.

mod upload;

pub use upload::UploadAsset;

use super::files::{FileChange, FolderId, ListFiles, NumberedPage, new_folder, numbered_page};
use super::lenient::answer;
use super::paths::of;
use super::{ApiClient, json_body};
use crate::Request;
use crate::operations::{
    CREATE_ASSET, CREATE_ASSET_FOLDER, DELETE_ASSET, DELETE_ASSET_FOLDER, GET_ASSET,
    GET_ASSET_FOLDER, LIST_ASSET_FOLDERS, LIST_ASSETS, UPDATE_ASSET, UPDATE_ASSET_FOLDER,
};
use crate::request::{Parts, field, nothing};

answer! {
    /// A file that messages can show.
    pub struct Asset shows (id, size) {
        /// Its number.
        pub id: u64,
        /// Its name.
        pub name: String,
        /// The folder it is in; none in the root.
        pub parent_folder_id: Option<u64>,
        /// Where it can be had.
        pub path: String,
        /// How many bytes it has.
        pub size: u64,
        /// When it was made, in Unix seconds.
        pub created: Option<i64>,
        /// When it last changed, in Unix seconds.
        pub updated: Option<i64>,
    }
}

answer! {
    /// A folder of assets.
    pub struct AssetFolder shows (id, name) {
        /// Its number.
        pub id: u64,
        /// Its name.
        pub name: String,
        /// The folder it is in; none in the root.
        pub parent_folder_id: Option<u64>,
        /// When it was made, in Unix seconds.
        pub created: Option<i64>,
        /// When it last changed, in Unix seconds.
        pub updated: Option<i64>,
    }
}

/// Assets, from [`ApiClient::assets`].
#[derive(Debug, Clone, Copy)]
pub struct Assets<'a> {
    client: &'a ApiClient,
}

impl ApiClient {
    /// Pictures and PDFs that messages show, kept by the service.
    pub const fn assets(&self) -> Assets<'_> {
        Assets { client: self }
    }
}

impl Assets<'_> {
    /// Files, in numbered pages: `GET /v1/assets`. Takes a folder, a page and a limit.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown folder to look in, and
    /// the failures of any call.
    pub fn list(&self, list: &ListFiles) -> Request<NumberedPage<Asset>> {
        let parts = Parts::new(&LIST_ASSETS, []).and_then(|parts| list.add_to(parts));
        self.client
            .ask(&LIST_ASSETS, parts, |body| numbered_page(&body, "assets"))
    }

    /// Uploads a file: `POST /v1/assets/files`. The service takes BMP, JPEG, PNG, GIF and
    /// PDF, up to 2 MB, and pictures of up to 4096 pixels a side. A repeat could make a
    /// second one, so in doubt it is not repeated.
    ///
    /// ```no_run
    /// # use customerio::{ApiClient, Error};
    /// # async fn example(api: ApiClient, png: Vec<u8>) -> Result<(), Error> {
    /// use customerio::app::UploadAsset;
    ///
    /// let logo = UploadAsset::new("logo.png", png).folder(7);
    /// let asset = api.assets().create(&logo).await?;
    /// println!("{}", asset.path);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a file that is empty, has
    /// no name or is of no kind the service takes,
    /// [`Error::Rejected`](crate::Error::Rejected) for one that is too large, and the
    /// failures of any call.
    pub fn create(&self, file: &UploadAsset) -> Request<Asset> {
        let parts = Parts::new(&CREATE_ASSET, []).and_then(|parts| Ok(parts.body(file.form()?)));
        self.client
            .ask(&CREATE_ASSET, parts, |body| field(&body, "asset"))
    }

    /// One file: `GET /v1/assets/files/{id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown one, and the failures of
    /// any call.
    pub fn get(&self, id: u64) -> Request<Asset> {
        self.client
            .ask(&GET_ASSET, of(&GET_ASSET, id), |body| field(&body, "asset"))
    }

    /// Renames a file, moves it, or both: `PUT /v1/assets/files/{id}`. Its content stays:
    /// another one is uploaded as another file.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a blank name or no change,
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown file or folder, and the
    /// failures of any call.
    pub fn update(&self, id: u64, change: &FileChange) -> Request<()> {
        let parts =
            of(&UPDATE_ASSET, id).and_then(|parts| Ok(parts.body(json_body(&change.json()?))));
        self.client.ask(&UPDATE_ASSET, parts, nothing)
    }

    /// Deletes a file: `DELETE /v1/assets/files/{id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown one,
    /// [`Error::Rejected`](crate::Error::Rejected) for one the service keeps because it is
    /// used, and the failures of any call.
    pub fn delete(&self, id: u64) -> Request<()> {
        let parts = of(&DELETE_ASSET, id);
        self.client.ask(&DELETE_ASSET, parts, nothing)
    }

    /// Folders, in numbered pages: `GET /v1/assets/folders`. Takes a folder, a page and a
    /// limit.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown folder to look in, and
    /// the failures of any call.
    pub fn list_folders(&self, list: &ListFiles) -> Request<NumberedPage<AssetFolder>> {
        let parts = Parts::new(&LIST_ASSET_FOLDERS, []).and_then(|parts| list.add_to(parts));
        self.client.ask(&LIST_ASSET_FOLDERS, parts, |body| {
            numbered_page(&body, "folders")
        })
    }

    /// Makes a folder, in another or in the root: `POST /v1/assets/folders`. A repeat
    /// could make a second one, so in doubt it is not repeated.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a blank name,
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown folder to put it in, and
    /// the failures of any call.
    pub fn create_folder(
        &self,
        name: impl Into<String>,
        parent_folder_id: Option<u64>,
    ) -> Request<AssetFolder> {
        let parts = Parts::new(&CREATE_ASSET_FOLDER, []).and_then(|parts| {
            let folder = new_folder(&name.into(), parent_folder_id.map(FolderId::Number))?;
            Ok(parts.body(json_body(&folder)))
        });
        self.client
            .ask(&CREATE_ASSET_FOLDER, parts, |body| field(&body, "folder"))
    }

    /// One folder: `GET /v1/assets/folders/{id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown one, and the failures of
    /// any call.
    pub fn folder(&self, id: u64) -> Request<AssetFolder> {
        let parts = of(&GET_ASSET_FOLDER, id);
        self.client
            .ask(&GET_ASSET_FOLDER, parts, |body| field(&body, "folder"))
    }

    /// Renames a folder, moves it, or both: `PUT /v1/assets/folders/{id}`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a blank name or no change,
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown folder, and the failures
    /// of any call.
    pub fn update_folder(&self, id: u64, change: &FileChange) -> Request<()> {
        let parts = of(&UPDATE_ASSET_FOLDER, id)
            .and_then(|parts| Ok(parts.body(json_body(&change.json()?))));
        self.client.ask(&UPDATE_ASSET_FOLDER, parts, nothing)
    }

    /// Deletes an empty folder: `DELETE /v1/assets/folders/{id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`](crate::Error::NotFound) for an unknown one,
    /// [`Error::Rejected`](crate::Error::Rejected) for one that is not empty, and the
    /// failures of any call.
    pub fn delete_folder(&self, id: u64) -> Request<()> {
        let parts = of(&DELETE_ASSET_FOLDER, id);
        self.client.ask(&DELETE_ASSET_FOLDER, parts, nothing)
    }
}
