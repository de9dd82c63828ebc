//! What the design studio and the assets have in common: folders, lists in numbered pages,
//! and things that are renamed and moved.

use serde_json::{Map, Value, json};

use super::lenient::Lenient;
use crate::request::{Parts, Unreadable, field, list};
use crate::{Error, Timestamp};

/// A folder: a number among the assets, a UUID in the design studio.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FolderId {
    /// Of the assets.
    Number(u64),
    /// Of the design studio.
    Uuid(String),
}

impl From<u64> for FolderId {
    fn from(number: u64) -> Self {
        FolderId::Number(number)
    }
}

/// An integer literal is an `i32`. A negative number names no folder and is refused as a
/// blank one.
impl From<i32> for FolderId {
    fn from(number: i32) -> Self {
        u64::try_from(number).map_or(FolderId::Uuid(String::new()), FolderId::Number)
    }
}

impl From<&str> for FolderId {
    fn from(uuid: &str) -> Self {
        FolderId::Uuid(uuid.to_owned())
    }
}

impl From<String> for FolderId {
    fn from(uuid: String) -> Self {
        FolderId::Uuid(uuid)
    }
}

impl FolderId {
    pub(super) fn json(&self) -> Result<Value, Error> {
        match self {
            FolderId::Number(number) => Ok(json!(number)),
            FolderId::Uuid(uuid) if uuid.trim().is_empty() => Err(Error::invalid_input(
                "parent_folder_id",
                "must not be blank",
            )),
            FolderId::Uuid(uuid) => Ok(json!(uuid)),
        }
    }
}

/// One page of a list whose pages are numbered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NumberedPage<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Which page it is; the first is 1.
    pub page: u64,
    /// Entries in a page, at most.
    pub limit: u64,
    /// Entries of all pages.
    pub total: u64,
}

impl<T> NumberedPage<T> {
    /// The number of the next page: for [`ListFiles::page`]. `None` on the last page.
    pub fn next(&self) -> Option<u32> {
        let so_far = self.page.saturating_mul(self.limit);
        let more = !self.items.is_empty() && so_far < self.total;
        let next = self.page.checked_add(1).filter(|_| more)?;
        u32::try_from(next).ok()
    }
}

/// The entries in one field, and where they are among all in `meta.pagination`.
pub(super) fn numbered_page<T: serde::de::DeserializeOwned>(
    body: &[u8],
    name: &str,
) -> Result<NumberedPage<T>, Unreadable> {
    let items = list(body, name)?;
    let mut meta: Value = field(body, "meta").unwrap_or_default();
    let mut number = |name: &str| {
        let value = meta.pointer_mut(&format!("/pagination/{name}"));
        u64::from_json(value.map(Value::take).unwrap_or_default())
    };
    Ok(NumberedPage {
        page: number("page")?,
        limit: number("limit")?,
        total: number("total")?,
        items,
    })
}

/// What lists of the design studio and the assets are narrowed and ordered by. Nothing set
/// is the first page of everything.
///
/// ```no_run
/// # async fn example(api: customerio::ApiClient) -> Result<(), customerio::Error> {
/// use customerio::app::ListFiles;
///
/// let mut next = Some(1);
/// while let Some(page) = next {
///     let emails = api.design_studio().list_emails(&ListFiles::new().page(page)).await?;
///     for email in &emails.items {
///         println!("{} {}", email.id, email.name);
///     }
///     next = emails.next();
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct ListFiles {
    query: Vec<(&'static str, String)>,
    times: Vec<(&'static str, Timestamp)>,
    folder: Option<FolderId>,
}

impl ListFiles {
    /// Everything.
    pub fn new() -> ListFiles {
        ListFiles::default()
    }

    /// What is in this folder and in those below it.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<FolderId>) -> ListFiles {
        self.folder = Some(folder.into());
        self
    }

    /// Only what is in the folder itself, or in the root if there is none given.
    #[must_use]
    pub fn directly(self) -> ListFiles {
        self.set("direct_descendants_only", "true")
    }

    /// Which page. Default: 1, the first.
    #[must_use]
    pub fn page(self, page: u32) -> ListFiles {
        self.set("page", page)
    }

    /// Entries in a page, up to 10 000. Default: 1000.
    #[must_use]
    pub fn limit(self, limit: u32) -> ListFiles {
        self.set("limit", limit)
    }

    /// In this order, `created`, `updated` or `name`. Default: `created`. For the design
    /// studio.
    #[must_use]
    pub fn sort_by(self, field: impl Into<String>) -> ListFiles {
        self.set("sort_by", field.into())
    }

    /// The other way round. For the design studio.
    #[must_use]
    pub fn descending(self) -> ListFiles {
        self.set("sort_order", "desc")
    }

    /// Only what was made after then, in Unix seconds or as a `SystemTime`. For the design
    /// studio.
    #[must_use]
    pub fn created_after(self, time: impl Into<Timestamp>) -> ListFiles {
        self.time("created_after", time.into())
    }

    /// Only what was made before then. For the design studio.
    #[must_use]
    pub fn created_before(self, time: impl Into<Timestamp>) -> ListFiles {
        self.time("created_before", time.into())
    }

    /// Only what changed after then. For the design studio.
    #[must_use]
    pub fn updated_after(self, time: impl Into<Timestamp>) -> ListFiles {
        self.time("updated_after", time.into())
    }

    /// Only what changed before then, and not since. For the design studio.
    #[must_use]
    pub fn updated_before(self, time: impl Into<Timestamp>) -> ListFiles {
        self.time("updated_before", time.into())
    }

    /// Only templates, or only what is none. For emails.
    #[must_use]
    pub fn templates(self, templates: bool) -> ListFiles {
        self.set("is_template", templates)
    }

    /// Only those with other languages, or only those without. For emails.
    #[must_use]
    pub fn translated(self, translated: bool) -> ListFiles {
        self.set("has_translations", translated)
    }

    /// Only those that a message is linked to, or only the others. For emails.
    #[must_use]
    pub fn linked(self, linked: bool) -> ListFiles {
        self.set("is_linked", linked)
    }

    /// Only the one with this tag. For components.
    #[must_use]
    pub fn tag(self, tag: impl Into<String>) -> ListFiles {
        self.set("tag", tag.into())
    }

    fn set(mut self, name: &'static str, value: impl ToString) -> ListFiles {
        self.query.push((name, value.to_string()));
        self
    }

    fn time(mut self, name: &'static str, time: Timestamp) -> ListFiles {
        self.times.push((name, time));
        self
    }

    pub(super) fn add_to(&self, mut parts: Parts) -> Result<Parts, Error> {
        if let Some(folder) = &self.folder {
            let value = match folder.json()? {
                Value::String(uuid) => uuid,
                number => number.to_string(),
            };
            parts = parts.query("parent_folder_id", value);
        }
        for (name, time) in &self.times {
            time.check(name)?;
            parts = parts.query(name, time.unix_seconds());
        }
        for (name, value) in &self.query {
            parts = parts.query(name, value);
        }
        Ok(parts)
    }
}

/// Another name, another place, or both. What is not set stays.
///
/// ```
/// use customerio::app::FileChange;
///
/// let change = FileChange::new().name("Logo").folder(7);
/// let up = FileChange::new().to_root();
/// # drop((change, up));
/// ```
#[derive(Debug, Clone, Default)]
pub struct FileChange {
    name: Option<String>,
    place: Place,
}

impl FileChange {
    /// No change yet.
    pub fn new() -> FileChange {
        FileChange::default()
    }

    /// Another name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> FileChange {
        self.name = Some(name.into());
        self
    }

    /// Into this folder.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<FolderId>) -> FileChange {
        self.place = Place::Folder(folder.into());
        self
    }

    /// Out of all folders.
    #[must_use]
    pub fn to_root(mut self) -> FileChange {
        self.place = Place::Root;
        self
    }

    pub(super) fn json(&self) -> Result<Value, Error> {
        let mut body = Map::new();
        add_name(&mut body, self.name.as_deref())?;
        self.place.add_to(&mut body)?;
        changed(body)
    }
}

/// Where something is put.
#[derive(Debug, Clone, Default)]
pub(super) enum Place {
    /// Where it is; something new in the root.
    #[default]
    Unchanged,
    Root,
    Folder(FolderId),
}

impl Place {
    pub(super) fn add_to(&self, body: &mut Map<String, Value>) -> Result<(), Error> {
        let folder = match self {
            Place::Unchanged => return Ok(()),
            Place::Root => Value::Null,
            Place::Folder(folder) => folder.json()?,
        };
        body.insert("parent_folder_id".to_owned(), folder);
        Ok(())
    }
}

/// A name that is not blank, if there is one.
pub(super) fn add_name(body: &mut Map<String, Value>, name: Option<&str>) -> Result<(), Error> {
    let Some(name) = name else { return Ok(()) };
    if name.trim().is_empty() {
        return Err(Error::invalid_input("name", "must not be blank"));
    }
    body.insert("name".to_owned(), json!(name));
    Ok(())
}

/// A new folder.
pub(super) fn new_folder(name: &str, folder: Option<FolderId>) -> Result<Value, Error> {
    let mut body = Map::new();
    add_name(&mut body, Some(name))?;
    folder
        .map_or(Place::Unchanged, Place::Folder)
        .add_to(&mut body)?;
    Ok(Value::Object(body))
}

/// A change that changes something: the service refuses any other.
pub(super) fn changed(body: Map<String, Value>) -> Result<Value, Error> {
    match body.is_empty() {
        true => Err(Error::invalid_input("change", "must change something")),
        false => Ok(Value::Object(body)),
    }
}
