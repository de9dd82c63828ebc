//! The page on which people choose their topics.

use std::collections::BTreeMap;

use super::{Invalid, language, text};
use crate::limits::CONTENT_TEXT_BYTES_MAX;

/// What stands above the topics, in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The first line.
    pub title: String,
    /// The line below it; may be empty.
    pub subtitle: String,
}

impl Default for Header {
    fn default() -> Header {
        Header {
            title: "Subscription preferences".to_owned(),
            subtitle: "Choose what you would like to hear about.".to_owned(),
        }
    }
}

impl Header {
    /// Takes both without the white space around them.
    ///
    /// # Errors
    /// Texts that are too long.
    pub fn new(title: &str, subtitle: &str) -> Result<Header, Invalid> {
        Ok(Header {
            title: text("title", title, CONTENT_TEXT_BYTES_MAX)?,
            subtitle: text("subtitle", subtitle, CONTENT_TEXT_BYTES_MAX)?,
        })
    }
}

/// The page's own texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PreferenceCenter {
    /// What stands there where there is no translation.
    pub header: Header,
    /// The same in other languages, by language.
    pub translations: BTreeMap<String, Header>,
}

impl PreferenceCenter {
    /// What stands there for somebody who reads this language.
    pub fn header_in(&self, language: Option<&str>) -> &Header {
        language::pick(&self.translations, language).unwrap_or(&self.header)
    }
}
