//! Files sent with an email.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::Error;

/// All attachments of one email together. The contract does not say whether it counts
/// the files or their base 64; what is over when counted as files is over either way.
const BYTES_MAX: usize = 2 * 1024 * 1024;

#[derive(Clone, Default)]
pub(super) struct Attachments {
    files: Vec<(String, Vec<u8>)>,
}

impl Attachments {
    pub(super) fn add(&mut self, name: String, content: Vec<u8>) {
        self.files.push((name, content));
    }

    /// File name to base 64 content, as the API takes them.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank or repeated name, or too much in all.
    pub(super) fn body(&self) -> Result<Map<String, Value>, Error> {
        let bytes: usize = self.files.iter().map(|(_, content)| content.len()).sum();
        if bytes > BYTES_MAX {
            return Err(Error::invalid_input(
                "attachments",
                format!("may hold 2 MB in all ({BYTES_MAX} bytes); these are {bytes} bytes"),
            ));
        }
        let mut body = Map::new();
        for (name, content) in &self.files {
            if name.trim().is_empty() {
                return Err(Error::invalid_input("attachment name", "must not be blank"));
            }
            let encoded = Value::String(STANDARD.encode(content));
            if body.insert(name.clone(), encoded).is_some() {
                return Err(Error::invalid_input(
                    "attachments",
                    format!("must have different names; \"{name}\" is there twice"),
                ));
            }
        }
        Ok(body)
    }
}
