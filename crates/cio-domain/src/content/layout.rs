//! Layouts: what bodies of messages are put into.

use std::collections::BTreeSet;

use super::Invalid;
use super::usage::{Usage, snippets_in};
use crate::UnixMillis;
use crate::limits::LAYOUT_BYTES_MAX;

/// A layout's number in its workspace, counting from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LayoutId(pub u32);

/// A layout as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLayout {
    /// What messages name it by.
    pub name: String,
    /// Its text, in which `{{ content }}` stands once for the message's own.
    pub body: String,
}

impl NewLayout {
    /// Takes a name without the white space around it, and a body without that behind it.
    ///
    /// # Errors
    /// A name that is no line, a body that is too long, and one without its one place for the
    /// message.
    pub fn new(name: &str, body: &str) -> Result<NewLayout, Invalid> {
        let name = super::name(name)?;
        let body = body.trim_end();
        if body.len() > LAYOUT_BYTES_MAX {
            let problem = format!("cannot be longer than {LAYOUT_BYTES_MAX} bytes");
            return Err(Invalid::new("body", problem));
        }
        let slots = slots(body);
        if slots != 1 {
            let problem = format!(
                "must have {{{{ content }}}} once, where the message stands, and has it {slots} \
                 times"
            );
            return Err(Invalid::new("body", problem));
        }
        let body = body.to_owned();
        Ok(NewLayout { name, body })
    }

    /// What it names.
    pub fn usages(&self) -> BTreeSet<Usage> {
        let snippets = snippets_in(&self.body).into_iter();
        snippets.map(Usage::Snippet).collect()
    }

    /// What it counts for in the size of all layouts.
    pub fn bytes(&self) -> u64 {
        (self.name.len() + self.body.len()) as u64
    }
}

/// How often `{{ content }}` is there, with or without white space control.
fn slots(body: &str) -> usize {
    let tags = body.split("{{").skip(1);
    let insides = tags.filter_map(|tag| tag.split_once("}}"));
    let is_slot = |inside: &str| inside.trim_matches('-').trim() == "content";
    insides.filter(|(inside, _)| is_slot(inside)).count()
}

/// A layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Its number.
    pub id: LayoutId,
    /// Name and body.
    pub details: NewLayout,
    /// When it was created.
    pub created_at: UnixMillis,
    /// When it was last changed.
    pub updated_at: UnixMillis,
}

/// A change of a layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayoutChange {
    /// Creates it, or gives it another body.
    Put(NewLayout),
    /// Removes the one of this name, which must be there and which no message is put into.
    Delete(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_place_for_the_message() {
        for body in ["{{content}}", "<b>{{ a }}{{- content -}}</b>\n\n"] {
            let layout = NewLayout::new(" main ", body).unwrap();
            assert_eq!(
                (layout.name.as_str(), layout.body.as_str()),
                ("main", body.trim_end())
            );
        }
        for (body, problem) in [
            ("", "has it 0 times"),
            ("{{ contents }} content {% content %}", "has it 0 times"),
            ("{{ content", "has it 0 times"),
            ("{{ content }}{{content}}", "has it 2 times"),
            (&"x".repeat(LAYOUT_BYTES_MAX + 1), "cannot be longer than"),
        ] {
            let invalid = NewLayout::new("main", body).unwrap_err();
            assert_eq!(invalid.field, "body");
            assert!(invalid.problem.contains(problem), "{}", invalid.problem);
        }
        assert_eq!(
            NewLayout::new(" ", "{{content}}").unwrap_err().field,
            "name"
        );
    }
}
