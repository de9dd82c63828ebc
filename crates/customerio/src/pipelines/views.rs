//! What people see: pages and screens.

use std::fmt;

use serde::Serialize;

use super::User;
use super::envelope::{Body, Envelope, message_type, with_own};
use super::user::not_blank;
use crate::Error;
use crate::json_object::JsonObject;

/// Pages and screens differ in their names only.
macro_rules! view {
    ($(#[$meta:meta])* $type:ident, $kind:literal, $name_field:literal, $what:literal) => {
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $type {
            pub(super) envelope: Envelope,
            user: User,
            name: Option<String>,
            category: Option<String>,
            properties: Option<JsonObject>,
        }

        message_type!($type);

        impl $type {
            /// Seen by this user.
            pub fn new(user: impl Into<User>) -> $type {
                $type {
                    envelope: Envelope::default(),
                    user: user.into(),
                    name: None,
                    category: None,
                    properties: None,
                }
            }

            #[doc = concat!("The name of the ", $what, ".")]
            #[must_use]
            pub fn name(mut self, name: impl Into<String>) -> $type {
                self.name = Some(name.into());
                self
            }

            #[doc = concat!("The kind of the ", $what, ", for destinations that know kinds.")]
            #[must_use]
            pub fn category(mut self, category: impl Into<String>) -> $type {
                self.category = Some(category.into());
                self
            }

            #[doc = concat!("What belongs to the ", $what, ": anything that serialises to a JSON object.")]
            #[must_use]
            pub fn properties(mut self, properties: impl Serialize) -> $type {
                self.properties = Some(JsonObject::new(properties));
                self
            }

            pub(super) fn body(&self) -> Result<Body<'_>, Error> {
                let mut body = Body::new($kind);
                self.user.fill(&mut body)?;
                if let Some(name) = &self.name {
                    body.name = Some(not_blank($name_field, name)?);
                }
                body.category = self.category.as_deref();
                body.properties =
                    with_own(&self.properties, None, "properties")?;
                Ok(body)
            }
        }

        /// What somebody looks at is personal.
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($type))
                    .field("user", &self.user)
                    .finish_non_exhaustive()
            }
        }
    };
}

view!(
    /// A page that was seen, for [`PipelinesClient::page`](super::PipelinesClient::page).
    ///
    /// Destinations know the properties `url`, `title`, `path`, `search` and `referrer`.
    ///
    /// ```
    /// use customerio::pipelines::{Page, User};
    /// use serde_json::json;
    ///
    /// let page = Page::new(User::anonymous("v-7f3a"))
    ///     .name("Pricing")
    ///     .properties(json!({ "url": "https://example.com/pricing" }));
    /// # drop(page);
    /// ```
    Page, "page", "page name", "page"
);

view!(
    /// A screen of an app that was seen, for
    /// [`PipelinesClient::screen`](super::PipelinesClient::screen).
    Screen, "screen", "screen name", "screen"
);
