//! Components of the design studio: pieces that emails are built of.

use std::fmt;

use serde_json::{Map, Value, json};

use super::{DesignStudio, listed, of, written};
use crate::app::files::{
    FolderId, ListFiles, NumberedPage, Place, add_name, changed, numbered_page,
};
use crate::app::lenient::answer;
use crate::operations::{
    CREATE_DESIGN_COMPONENT, DELETE_DESIGN_COMPONENT, GET_DESIGN_COMPONENT, LIST_DESIGN_COMPONENTS,
    UPDATE_DESIGN_COMPONENT,
};
use crate::request::{Parts, field, nothing};
use crate::{Error, Request};

answer! {
    /// A component of the design studio. In a list it comes without content.
    pub struct DesignComponent shows (id, name, tag) {
        /// Its UUID.
        pub id: String,
        /// Its name.
        pub name: String,
        /// The element that stands for it in an email; there is no other one with it.
        pub tag: String,
        /// The folder it is in; none in the root.
        pub parent_folder_id: Option<String>,
        /// Its HTML.
        pub content: Option<String>,
        /// When it was made, in Unix seconds.
        pub created: Option<i64>,
        /// When it last changed, in Unix seconds.
        pub updated: Option<i64>,
    }
}

/// A component to be made, or what to change in one. What is not set stays.
///
/// ```
/// use customerio::app::ComponentContent;
///
/// let footer = ComponentContent::new().name("Footer").tag("x-footer").html("<p>Bye</p>");
/// # drop(footer);
/// ```
#[derive(Clone, Default)]
pub struct ComponentContent {
    name: Option<String>,
    tag: Option<String>,
    html: Option<String>,
    place: Place,
}

impl ComponentContent {
    /// Nothing yet.
    pub fn new() -> ComponentContent {
        ComponentContent::default()
    }

    /// Its name, for the team.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> ComponentContent {
        self.name = Some(name.into());
        self
    }

    /// The element that stands for it in an email.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<String>) -> ComponentContent {
        self.tag = Some(tag.into());
        self
    }

    /// Its HTML.
    #[must_use]
    pub fn html(mut self, html: impl Into<String>) -> ComponentContent {
        self.html = Some(html.into());
        self
    }

    /// Into the folder with this UUID.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<String>) -> ComponentContent {
        self.place = Place::Folder(FolderId::Uuid(folder.into()));
        self
    }

    /// Out of all folders.
    #[must_use]
    pub fn to_root(mut self) -> ComponentContent {
        self.place = Place::Root;
        self
    }

    fn map(&self) -> Result<Map<String, Value>, Error> {
        let mut body = Map::new();
        add_name(&mut body, self.name.as_deref())?;
        if let Some(tag) = &self.tag {
            if tag.trim().is_empty() {
                return Err(Error::invalid_input("tag", "must not be blank"));
            }
            body.insert("tag".to_owned(), json!(tag));
        }
        if let Some(html) = &self.html {
            body.insert("content".to_owned(), json!(html));
        }
        self.place.add_to(&mut body)?;
        Ok(body)
    }
}

/// The content is the caller's, so `Debug` shows the tag only.
impl fmt::Debug for ComponentContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ComponentContent")
            .field("tag", &self.tag)
            .finish_non_exhaustive()
    }
}

impl DesignStudio<'_> {
    /// Components without their content, in numbered pages:
    /// `GET /v1/design_studio/components`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a time in another unit, [`Error::NotFound`] for an
    /// unknown folder to look in, and the failures of any call.
    pub fn list_components(&self, list: &ListFiles) -> Request<NumberedPage<DesignComponent>> {
        let parts = listed(&LIST_DESIGN_COMPONENTS, list);
        self.client.ask(&LIST_DESIGN_COMPONENTS, parts, |body| {
            numbered_page(&body, "components")
        })
    }

    /// Makes a component, which needs a name and a tag:
    /// `POST /v1/design_studio/components`. In doubt it is not repeated.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a name or tag that is missing or blank,
    /// [`Error::Rejected`] for a tag that another one has, and the failures of any call.
    pub fn create_component(&self, component: &ComponentContent) -> Request<DesignComponent> {
        let body = component.map().and_then(|body| {
            for needed in ["name", "tag"] {
                if !body.contains_key(needed) {
                    return Err(Error::invalid_input(needed, "must be given"));
                }
            }
            Ok(Value::Object(body))
        });
        let parts = written(Parts::new(&CREATE_DESIGN_COMPONENT, []), body);
        self.client.ask(&CREATE_DESIGN_COMPONENT, parts, |body| {
            field(&body, "component")
        })
    }

    /// One component: `GET /v1/design_studio/components/{id}`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank id, [`Error::NotFound`] for an unknown one, and
    /// the failures of any call.
    pub fn component(&self, id: impl Into<String>) -> Request<DesignComponent> {
        let parts = of(&GET_DESIGN_COMPONENT, &id.into());
        self.client.ask(&GET_DESIGN_COMPONENT, parts, |body| {
            field(&body, "component")
        })
    }

    /// Changes a component, and its place and name too:
    /// `PUT /v1/design_studio/components/{id}`.
    ///
    /// # Errors
    ///
    /// The same, [`Error::InvalidInput`] for no change, and [`Error::Rejected`] for a tag
    /// that another one has.
    pub fn update_component(
        &self,
        id: impl Into<String>,
        change: &ComponentContent,
    ) -> Request<()> {
        let body = change.map().and_then(changed);
        let parts = written(of(&UPDATE_DESIGN_COMPONENT, &id.into()), body);
        self.client.ask(&UPDATE_DESIGN_COMPONENT, parts, nothing)
    }

    /// Deletes a component: `DELETE /v1/design_studio/components/{id}`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank id, [`Error::NotFound`] for an unknown one,
    /// [`Error::Rejected`] for one that is used, and the failures of any call.
    pub fn delete_component(&self, id: impl Into<String>) -> Request<()> {
        let parts = of(&DELETE_DESIGN_COMPONENT, &id.into());
        self.client.ask(&DELETE_DESIGN_COMPONENT, parts, nothing)
    }
}
