//! Subscription topics, and who is subscribed to which.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value};

use super::{Invalid, language, text};
use crate::limits::CONTENT_TEXT_BYTES_MAX;

/// A topic's number, chosen by whoever makes it. Its identifier is `topic_<number>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TopicId(pub u32);

impl fmt::Display for TopicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "topic_{}", self.0)
    }
}

/// A text that is no identifier of a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotATopic;

impl FromStr for TopicId {
    type Err = NotATopic;

    fn from_str(text: &str) -> Result<TopicId, NotATopic> {
        let number = text.strip_prefix("topic_").ok_or(NotATopic)?;
        let id = number.parse().map(TopicId).map_err(|_| NotATopic)?;
        // One spelling per topic, and none without a number.
        (id.0 > 0 && id.to_string() == text)
            .then_some(id)
            .ok_or(NotATopic)
    }
}

/// What people read of a topic, in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TopicText {
    /// What it is called.
    pub name: String,
    /// What it is about; may be empty.
    pub description: String,
}

impl TopicText {
    /// Takes both without the white space around them.
    ///
    /// # Errors
    /// A name that is no line, or a description that is too long.
    pub fn new(name: &str, description: &str) -> Result<TopicText, Invalid> {
        Ok(TopicText {
            name: super::name(name)?,
            description: text("description", description, CONTENT_TEXT_BYTES_MAX)?,
        })
    }
}

/// A topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Its number.
    pub id: TopicId,
    /// What people read of it where there is no translation.
    pub text: TopicText,
    /// Whether people are subscribed who never said so.
    pub subscribed_by_default: bool,
    /// The same text in other languages, by language.
    pub translations: BTreeMap<String, TopicText>,
}

impl Topic {
    /// What somebody reads of it who reads this language.
    pub fn text_in(&self, language: Option<&str>) -> &TopicText {
        language::pick(&self.translations, language).unwrap_or(&self.text)
    }
}

/// A change of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TopicChange {
    /// Creates it, or takes the place of the one of the same number.
    Put(Topic),
    /// Removes one that must be there. What people chose of it stays with them.
    Delete(TopicId),
}

/// Each topic, and whether somebody is subscribed to it: as they chose, else by default.
/// `chosen` is their `cio_subscription_preferences`.
pub fn subscriptions<'a>(topics: &'a [Topic], chosen: Option<&str>) -> Vec<(&'a Topic, bool)> {
    let chosen = chosen
        .and_then(|json| serde_json::from_str::<Map<String, Value>>(json).ok())
        .and_then(|mut all| match all.remove("topics") {
            Some(Value::Object(topics)) => Some(topics),
            _ => None,
        })
        .unwrap_or_default();
    let is_subscribed = |topic: &Topic| {
        let choice = chosen.get(&topic.id.to_string()).and_then(choice);
        choice.unwrap_or(topic.subscribed_by_default)
    };
    topics
        .iter()
        .map(|topic| (topic, is_subscribed(topic)))
        .collect()
}

/// Callers write booleans, and texts and numbers that mean them. Anything else says nothing.
fn choice(value: &Value) -> Option<bool> {
    let text = match value {
        Value::Bool(choice) => return Some(*choice),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.to_ascii_lowercase(),
        _ => return None,
    };
    match text.as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_a_number_with_its_prefix() {
        assert_eq!("topic_12".parse(), Ok(TopicId(12)));
        for text in [
            "topic_0",
            "topic_01",
            "topic_",
            "topic_-1",
            "12",
            "topic_4294967296",
        ] {
            assert_eq!(text.parse::<TopicId>(), Err(NotATopic), "{text}");
        }
    }

    #[test]
    fn a_choice_counts_before_the_default() {
        let topic = |id: u32, subscribed_by_default: bool| Topic {
            id: TopicId(id),
            text: TopicText::default(),
            subscribed_by_default,
            translations: BTreeMap::new(),
        };
        let topics = [topic(1, true), topic(2, false)];
        let of = |chosen: Option<&str>| -> Vec<bool> {
            let all = subscriptions(&topics, chosen);
            all.into_iter().map(|(_, subscribed)| subscribed).collect()
        };
        for (chosen, expected) in [
            (None, [true, false]),
            (
                Some(r#"{"topics":{"topic_1":false,"topic_2":true}}"#),
                [false, true],
            ),
            (
                Some(r#"{"topics":{"topic_1":"False","topic_2":1}}"#),
                [false, true],
            ),
            (
                Some(r#"{"topics":{"topic_1":null,"topic_2":[]}}"#),
                [true, false],
            ),
            (Some(r#"{"topics":7}"#), [true, false]),
            (Some(r#"{"channels":{"topic_1":false}}"#), [true, false]),
            (Some("\"odd\""), [true, false]),
        ] {
            assert_eq!(of(chosen), expected, "{chosen:?}");
        }
    }
}
