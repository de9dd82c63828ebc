//! What an email of the design studio is made of, and how it is given.

use std::fmt;

use serde_json::{Map, Value, json};

use crate::Error;
use crate::app::files::{FolderId, Place, add_name};
use crate::app::lenient::answer;

answer! {
    /// The content of an email of the design studio.
    pub struct DesignContent shows () {
        /// Subject.
        pub subject: Option<String>,
        /// The line shown after the subject.
        pub preheader_text: Option<String>,
        /// The HTML.
        pub html: Option<String>,
        /// The AMP form.
        pub amp: Option<String>,
        /// The plain text.
        pub text: Option<String>,
    }
}

/// An email of the design studio to be made, or what to change in one. What is not set is
/// left out: empty in something new, unchanged in what there is, and in another language
/// as in the default one.
///
/// ```
/// use customerio::app::DesignedEmail;
/// use serde_json::json;
///
/// let receipt = DesignedEmail::new()
///     .subject("Your receipt")
///     .html("<x-base>…</x-base>")
///     .envelope("from_id", json!(1));
/// # drop(receipt);
/// ```
#[derive(Clone, Default)]
pub struct DesignedEmail {
    name: Option<String>,
    place: Place,
    fields: Map<String, Value>,
}

impl DesignedEmail {
    /// Nothing yet.
    pub fn new() -> DesignedEmail {
        DesignedEmail::default()
    }

    /// Its name, for the team. A language has none.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> DesignedEmail {
        self.name = Some(name.into());
        self
    }

    /// Into the folder with this UUID. A language is where its email is.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<String>) -> DesignedEmail {
        self.place = Place::Folder(FolderId::Uuid(folder.into()));
        self
    }

    /// Out of all folders.
    #[must_use]
    pub fn to_root(mut self) -> DesignedEmail {
        self.place = Place::Root;
        self
    }

    /// Whether others can be made from it. A language cannot.
    #[must_use]
    pub fn template(mut self, template: bool) -> DesignedEmail {
        self.fields
            .insert("is_template".to_owned(), json!(template));
        self
    }

    /// Subject.
    #[must_use]
    pub fn subject(self, subject: impl Into<String>) -> DesignedEmail {
        self.within("content", "subject", json!(subject.into()))
    }

    /// The line shown after the subject.
    #[must_use]
    pub fn preheader_text(self, text: impl Into<String>) -> DesignedEmail {
        self.within("content", "preheader_text", json!(text.into()))
    }

    /// The HTML, which may have the elements of the design studio.
    #[must_use]
    pub fn html(self, html: impl Into<String>) -> DesignedEmail {
        self.within("content", "html", json!(html.into()))
    }

    /// The AMP form.
    #[must_use]
    pub fn amp(self, amp: impl Into<String>) -> DesignedEmail {
        self.within("content", "amp", json!(amp.into()))
    }

    /// The plain text.
    #[must_use]
    pub fn text(self, text: impl Into<String>) -> DesignedEmail {
        self.within("content", "text", json!(text.into()))
    }

    /// A field of the envelope by its name in the reference: `from_id`, `reply_to_id`,
    /// `recipient`, `cc`, `bcc`, `fake_bcc`, `headers`.
    #[must_use]
    pub fn envelope(self, name: &'static str, value: Value) -> DesignedEmail {
        self.within("envelope", name, value)
    }

    /// The settings of what is done to the HTML by its name in the reference:
    /// `css_inliner`, `accessibility`, `url_parameters` and so on.
    #[must_use]
    pub fn transformer(self, name: &'static str, settings: Value) -> DesignedEmail {
        self.within("transformers", name, settings)
    }

    fn within(mut self, block: &str, name: &str, value: Value) -> DesignedEmail {
        let block = self.fields.entry(block).or_insert_with(|| json!({}));
        block[name] = value;
        self
    }

    pub(super) fn map(&self) -> Result<Map<String, Value>, Error> {
        let mut body = self.fields.clone();
        add_name(&mut body, self.name.as_deref())?;
        self.place.add_to(&mut body)?;
        Ok(body)
    }
}

/// Contents may be personal, so `Debug` names the blocks that are set.
impl fmt::Debug for DesignedEmail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blocks: Vec<&String> = self.fields.keys().collect();
        f.debug_struct("DesignedEmail")
            .field("blocks", &blocks)
            .finish_non_exhaustive()
    }
}
