//! What somebody wants to hear of: `cio_subscription_preferences`, a JSON object with
//! `topics` and `channels`, which may also be changed one at a time.

use serde_json::{Map, Value};

use crate::attribute::Change;

/// The attribute that holds them all.
pub const PREFERENCES: &str = "cio_subscription_preferences";

/// One of them, as an attribute name says it:
/// `cio_subscription_preferences.topics.topic_1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preference<'a> {
    /// `topics` or `channels`.
    pub section: &'a str,
    /// The topic or channel.
    pub name: &'a str,
}

impl<'a> Preference<'a> {
    /// The preference that an attribute name means; `None` for any other attribute.
    pub fn named(attribute: &'a str) -> Option<Preference<'a>> {
        let path = attribute.strip_prefix(PREFERENCES)?.strip_prefix('.')?;
        let (section, name) = path.split_once('.')?;
        let is_one = matches!(section, "topics" | "channels") && !name.is_empty();
        is_one.then_some(Preference { section, name })
    }

    /// All preferences after this one changed; the others stay as they are stored.
    pub fn change(&self, stored: Option<&str>, change: &Change) -> Change {
        let mut all = stored
            .and_then(|json| serde_json::from_str::<Map<String, Value>>(json).ok())
            .unwrap_or_default();
        let mut section = match all.remove(self.section) {
            Some(Value::Object(section)) => section,
            _ => Map::new(),
        };
        match change {
            Change::Remove => {
                section.remove(self.name);
            }
            Change::Set(json) => {
                let value = serde_json::from_str(json).unwrap_or_else(|_| json.as_str().into());
                section.insert(self.name.to_owned(), value);
            }
        }
        if !section.is_empty() {
            all.insert(self.section.to_owned(), section.into());
        }
        if all.is_empty() {
            Change::Remove
        } else {
            Change::Set(Value::Object(all).to_string())
        }
    }
}

/// What is different of two values of [`PREFERENCES`], as a value of it; what is there no
/// more is null. `None`: they say the same.
pub fn difference(before: Option<&str>, after: Option<&str>) -> Option<String> {
    let read = |json: Option<&str>| {
        json.and_then(|json| serde_json::from_str::<Map<String, Value>>(json).ok())
            .unwrap_or_default()
    };
    let different = different(&read(before), &read(after), &|before, after| {
        let section = |value: &Value| value.as_object().cloned();
        match (section(before), section(after)) {
            (None, None) => after.clone(),
            (before, after) => {
                let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
                different(&before, &after, &|_, after| after.clone()).into()
            }
        }
    });
    (!different.is_empty()).then(|| Value::Object(different).to_string())
}

/// The entries that differ, each as `of` has it.
fn different(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    of: &dyn Fn(&Value, &Value) -> Value,
) -> Map<String, Value> {
    let mut different = Map::new();
    for name in before.keys().chain(after.keys()) {
        let of_both = |all: &Map<String, Value>| all.get(name).cloned().unwrap_or_default();
        let (before, after) = (of_both(before), of_both(after));
        if before != after {
            different.insert(name.clone(), of(&before, &after));
        }
    }
    different
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_different_is_told() {
        let before = r#"{"topics":{"topic_1":true,"topic_2":true},"channels":{"email":true}}"#;
        for (after, expected) in [
            (before, None),
            (
                r#"{"channels":{"email":true}, "topics":{"topic_2":true,"topic_1":false}}"#,
                Some(r#"{"topics":{"topic_1":false}}"#),
            ),
            (
                r#"{"topics":{"topic_1":true}}"#,
                Some(r#"{"channels":{"email":null},"topics":{"topic_2":null}}"#),
            ),
            (
                r#"{"topics":7,"channels":{"email":true},"extra":"x"}"#,
                Some(r#"{"extra":"x","topics":{"topic_1":null,"topic_2":null}}"#),
            ),
        ] {
            let told = difference(Some(before), Some(after));
            assert_eq!(told.as_deref(), expected, "{after}");
        }
        let first = r#"{"topics":{"topic_1":true}}"#;
        assert_eq!(difference(None, Some(first)).as_deref(), Some(first));
        assert_eq!(difference(None, None), None);
        assert_eq!(difference(Some("\"odd\""), None), None);
    }

    #[test]
    fn only_topics_and_channels_are_preferences() {
        let topic = Preference {
            section: "topics",
            name: "topic_1",
        };
        let named = Preference::named("cio_subscription_preferences.topics.topic_1");
        assert_eq!(named, Some(topic));
        for name in [
            "cio_subscription_preferences",
            "cio_subscription_preferences.topics",
            "cio_subscription_preferences.topics.",
            "cio_subscription_preferences.other.topic_1",
            "cio_subscription_preferencestopics.topic_1",
            "topics.topic_1",
        ] {
            assert_eq!(Preference::named(name), None, "{name}");
        }
    }

    #[test]
    fn one_changes_and_the_others_stay() {
        let one = Preference::named("cio_subscription_preferences.topics.topic_1").unwrap();
        let set = |json: &str| Change::Set(json.to_owned());
        for (stored, change, expected) in [
            (None, set("true"), set(r#"{"topics":{"topic_1":true}}"#)),
            (
                Some(r#"{"topics":{"topic_1":true,"topic_2":false},"channels":{"email":true}}"#),
                set("false"),
                set(r#"{"channels":{"email":true},"topics":{"topic_1":false,"topic_2":false}}"#),
            ),
            (
                Some(r#"{"topics":{"topic_1":true}}"#),
                Change::Remove,
                Change::Remove,
            ),
            (
                Some(r#""odd""#),
                set("true"),
                set(r#"{"topics":{"topic_1":true}}"#),
            ),
            (
                Some(r#"{"topics":7}"#),
                set("true"),
                set(r#"{"topics":{"topic_1":true}}"#),
            ),
        ] {
            assert_eq!(one.change(stored, &change), expected, "{stored:?}");
        }
    }
}
