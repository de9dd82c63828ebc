//! Snippets: pieces of content that messages share.

use super::Invalid;
use crate::UnixMillis;
use crate::limits::SNIPPET_CHARS_MAX;

/// A snippet as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSnippet {
    /// What messages name it by.
    pub name: String,
    /// What stands there instead.
    pub value: String,
}

impl NewSnippet {
    /// Takes both without the white space around them.
    ///
    /// # Errors
    /// A name that is no line, or a value that is too long.
    pub fn new(name: &str, value: &str) -> Result<NewSnippet, Invalid> {
        let name = super::name(name)?;
        let value = value.trim();
        if value.chars().count() > SNIPPET_CHARS_MAX {
            let problem = format!("cannot be longer than {SNIPPET_CHARS_MAX} characters");
            return Err(Invalid::new("value", problem));
        }
        let value = value.to_owned();
        Ok(NewSnippet { name, value })
    }

    /// What it counts for in the size of all snippets.
    pub fn bytes(&self) -> u64 {
        (self.name.len() + self.value.len()) as u64
    }
}

/// A snippet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// Name and value.
    pub details: NewSnippet,
    /// When it was last written.
    pub updated_at: UnixMillis,
}

/// A change of a snippet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SnippetChange {
    /// One that must not be there.
    Create(NewSnippet),
    /// Creates it, or gives it another value.
    Put(NewSnippet),
    /// Removes the one of this name, which must be there.
    Delete(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_and_not_bytes() {
        let longest = "ü".repeat(SNIPPET_CHARS_MAX);
        let snippet = NewSnippet::new(" footer ", &format!(" {longest}\n")).unwrap();
        assert_eq!(
            (snippet.name.as_str(), &snippet.value),
            ("footer", &longest)
        );
        assert_eq!(snippet.bytes(), 6 + 2 * SNIPPET_CHARS_MAX as u64);
        let invalid = NewSnippet::new("footer", &format!("{longest}a")).unwrap_err();
        assert_eq!(invalid.field, "value");
        assert_eq!(NewSnippet::new("empty", "").unwrap().value, "");
        assert_eq!(NewSnippet::new(" ", "a").unwrap_err().field, "name");
    }
}
