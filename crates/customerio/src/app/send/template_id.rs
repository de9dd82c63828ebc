//! How a transactional template is named.

use serde_json::{Value, json};

use crate::Error;

/// Which transactional template: its number, or its trigger name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TemplateId {
    /// The number of the template.
    Number(u64),
    /// The trigger name of the template; letter case does not matter.
    Name(String),
}

impl From<u64> for TemplateId {
    fn from(number: u64) -> Self {
        TemplateId::Number(number)
    }
}

impl From<u32> for TemplateId {
    fn from(number: u32) -> Self {
        TemplateId::Number(u64::from(number))
    }
}

/// An integer literal is an `i32`. A negative number names no template and is refused
/// as a blank one when sending.
impl From<i32> for TemplateId {
    fn from(number: i32) -> Self {
        u64::try_from(number).map_or(TemplateId::Name(String::new()), TemplateId::Number)
    }
}

impl From<&str> for TemplateId {
    fn from(name: &str) -> Self {
        TemplateId::Name(name.to_owned())
    }
}

impl From<String> for TemplateId {
    fn from(name: String) -> Self {
        TemplateId::Name(name)
    }
}

impl TemplateId {
    pub(super) fn json(&self) -> Result<Value, Error> {
        match self {
            TemplateId::Number(number) => Ok(json!(number)),
            TemplateId::Name(name) if name.trim().is_empty() => Err(Error::invalid_input(
                "transactional_message_id",
                "must be a template's number or its trigger name",
            )),
            TemplateId::Name(name) => Ok(json!(name)),
        }
    }
}
