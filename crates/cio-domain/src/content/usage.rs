//! What messages and layouts name, so that it is not removed under them.

use std::collections::BTreeSet;
use std::fmt;

use super::sender::Contact;
use super::topic::TopicId;
use super::variant::NewVariant;
use crate::limits::{CONTENT_NAME_BYTES_MAX, EMAIL_ADDRESS_BYTES_MAX};
use crate::message::Content;
use crate::segment::SegmentId;

/// Something that is named.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Usage {
    /// A layout, by name.
    Layout(String),
    /// A snippet, by name.
    Snippet(String),
    /// A topic.
    Topic(TopicId),
    /// A segment.
    Segment(SegmentId),
    /// What a sender sends from: an address in lower case, a number as it is written.
    Sender(String),
}

impl Usage {
    /// Where a sender sends from.
    pub fn of_sender(contact: &Contact) -> Usage {
        Usage::Sender(contact.value().to_lowercase())
    }
}

/// What names something.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum User {
    /// A transactional message, by number.
    Transactional(super::transactional::TransactionalId),
    /// A broadcast, by number.
    Broadcast(super::broadcast::BroadcastId),
    /// A layout, by name.
    Layout(String),
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            User::Transactional(id) => write!(f, "transactional message {}", id.0),
            User::Broadcast(id) => write!(f, "broadcast {}", id.0),
            User::Layout(name) => write!(f, "layout {name:?}"),
        }
    }
}

impl NewVariant {
    /// What it names.
    pub fn usages(&self) -> BTreeSet<Usage> {
        let mut all: BTreeSet<Usage> = self.layout.clone().map(Usage::Layout).into_iter().collect();
        for (_, text) in self.texts() {
            all.extend(snippets_in(&text).into_iter().map(Usage::Snippet));
        }
        all.extend(sender_of(&self.content).map(Usage::Sender));
        all
    }
}

/// Where a message says it comes from, if it says so without variables.
pub fn sender_of(content: &Content) -> Option<String> {
    let from = match content {
        Content::Email(email) => {
            let from = email.from.as_str();
            let address = from
                .rsplit_once('<')
                .and_then(|(_, it)| it.strip_suffix('>'));
            address.unwrap_or(from).trim()
        }
        Content::Sms(text) | Content::Whatsapp(text) => text.from.as_str(),
        Content::Push(_) | Content::InApp(_) | Content::Inbox(_) => "",
    };
    let is_said = !from.is_empty() && !from.contains('{') && from.len() <= EMAIL_ADDRESS_BYTES_MAX;
    is_said.then(|| from.to_lowercase())
}

/// The snippets that a text names: `snippets.name` and `snippets["a name"]` in the tags of
/// Liquid. Names that are worked out when it is rendered are not among them.
pub fn snippets_in(text: &str) -> BTreeSet<String> {
    const SNIPPETS: &str = "snippets";
    let mut found = BTreeSet::new();
    for tag in tags(text) {
        let mut before = None;
        let mut rest = tag;
        while let Some(start) = rest.find(SNIPPETS) {
            before = rest[..start].chars().next_back().or(before);
            rest = &rest[start + SNIPPETS.len()..];
            if !before.is_some_and(is_in_names) {
                found.extend(snippet_name(rest).filter(|name| can_be_a_name(name)));
            }
            before = SNIPPETS.chars().next_back();
        }
    }
    found
}

/// The insides of `{{ … }}` and `{% … %}`.
fn tags(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let start = rest.find('{')?;
            rest = &rest[start + 1..];
            let close = match rest.bytes().next() {
                Some(b'{') => "}}",
                Some(b'%') => "%}",
                _ => continue,
            };
            let inside = &rest[1..];
            let end = inside.find(close).unwrap_or(inside.len());
            rest = &inside[end..];
            return Some(&inside[..end]);
        }
    })
}

fn is_in_names(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '.')
}

/// Whether a snippet can be called so.
fn can_be_a_name(name: &str) -> bool {
    name.len() <= CONTENT_NAME_BYTES_MAX && !name.contains(char::is_control)
}

/// The name behind `snippets`.
fn snippet_name(rest: &str) -> Option<String> {
    let rest = rest.trim_start();
    if let Some(rest) = rest.strip_prefix('.') {
        let rest = rest.trim_start();
        let end = rest.find(|it: char| !it.is_alphanumeric() && !matches!(it, '_' | '-'));
        let name = &rest[..end.unwrap_or(rest.len())];
        // A closing `-` is white space control.
        let name = name.trim_end_matches('-');
        return (!name.is_empty()).then(|| name.to_owned());
    }
    let rest = rest.strip_prefix('[')?.trim_start();
    let quote = rest.chars().next().filter(|it| matches!(it, '"' | '\''))?;
    let (name, _) = rest[1..].split_once(quote)?;
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::message::{EmailContent, TextContent};

    #[test]
    fn snippets_are_found_where_they_are_named() {
        for (text, expected) in [
            ("{{ snippets.footer }}", &["footer"][..]),
            ("{{snippets.a}} {{- snippets.b-}}", &["a", "b"]),
            ("{{ snippets[\"a b\"] | upcase }}", &["a b"]),
            ("{% if snippets['x'] == snippets . y %}", &["x", "y"]),
            ("{{ snippets.größe-2 }}", &["größe-2"]),
            ("{{ snippets.open", &["open"]),
            ("{ {{ snippets.a }} }", &["a"]),
            ("snippets.footer", &[]),
            ("{{ my_snippets.footer }}{{ x.snippets.y }}", &[]),
            ("{{ snippets[name] }}{{ snippets }}{{ snippets. }}", &[]),
            ("{{ snippetssnippets.a }}{{ snippets['a\0'] }}", &[]),
        ] {
            let found: Vec<String> = snippets_in(text).into_iter().collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn a_sender_is_known_by_where_it_sends_from() {
        let email = |from: &str| {
            let from = from.to_owned();
            sender_of(
                &EmailContent {
                    from,
                    ..EmailContent::default()
                }
                .into(),
            )
        };
        let ana = Some("ana@example.com".to_owned());
        assert_eq!(email("Ana <Ana@example.com>"), ana);
        assert_eq!(email("ana@example.com"), ana);
        assert_eq!(email("{{ trigger.from }}"), None);
        assert_eq!(email(""), None);
        let text = TextContent {
            from: "SHOP".to_owned(),
            ..TextContent::default()
        };
        assert_eq!(sender_of(&Content::Sms(text)).as_deref(), Some("shop"));
        let contact = Contact::Phone("SHOP".to_owned());
        assert_eq!(Usage::of_sender(&contact), Usage::Sender("shop".to_owned()));
    }

    proptest! {
        #[test]
        fn any_text_is_looked_through(text in r#"(\{|\}|%|-|snippets|\.|\[|"|ü| |x)*"#) {
            let _ = snippets_in(&text);
        }
    }
}
