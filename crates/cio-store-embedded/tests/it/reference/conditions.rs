//! Whether a condition holds, by counting from the start.

use cio_domain::condition::{AttributeCondition, Comparison, Condition, EventCondition, Test};
use serde_json::Value;

use super::events::Entry;
use super::{Model, Somebody};

const DAY: i64 = 24 * 60 * 60;

impl Model {
    /// Whether it holds of a person now.
    pub(super) fn holds(&self, condition: &Condition, index: usize, somebody: &Somebody) -> bool {
        match condition {
            Condition::All(parts) => parts.iter().all(|it| self.holds(it, index, somebody)),
            Condition::Any(parts) => parts.iter().any(|it| self.holds(it, index, somebody)),
            Condition::Not(part) => !self.holds(part, index, somebody),
            Condition::Segment(segment) => self.is_in(*segment, index, somebody),
            Condition::Attribute(AttributeCondition { field, test }) => {
                let names = &somebody.person.identifiers;
                let value = match field.as_str() {
                    "id" => names.id.clone().map(Value::from),
                    "email" => names.email.clone().map(Value::from),
                    "cio_id" => Some(names.cio_id.to_string().into()),
                    name => somebody
                        .person
                        .attributes
                        .get(name)
                        .map(|it| serde_json::from_str(&it.json).unwrap()),
                };
                value.is_some_and(|it| passes(test, &it, field == "email", self.now()))
            }
            Condition::Event(event) => {
                let since = event
                    .in_last_days
                    .map(|days| self.now() - i64::from(days) * DAY);
                let counted = somebody.log.iter().filter(|entry| {
                    entry.timestamp <= self.now()
                        && since.is_none_or(|since| entry.timestamp > since)
                        && is_such(event, entry)
                });
                counted.count() >= event.at_least as usize
            }
        }
    }
}

fn is_such(event: &EventCondition, entry: &Entry) -> bool {
    let data = entry.data.as_deref().unwrap_or("{}");
    let data: Value = serde_json::from_str(data).unwrap();
    entry
        .kind
        .is_some_and(|kind| kind.as_str() == event.kind.as_str())
        && entry.name.as_ref() == Some(&event.name)
        && event.data.iter().all(|it| {
            data.get(&it.field)
                .is_some_and(|value| passes(&it.test, value, false, 0))
        })
}

fn passes(test: &Test, value: &Value, is_email: bool, now: i64) -> bool {
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    let number = text.parse::<f64>().ok();
    match test {
        Test::Exists => true,
        Test::Equals(other) if is_email => text.to_lowercase() == other.to_lowercase(),
        Test::Equals(other) => text == *other,
        Test::Contains(part) => text.contains(part.as_str()),
        Test::Compares(comparison, other) => number.is_some_and(|number| match comparison {
            Comparison::Greater => number > *other,
            Comparison::GreaterOrEqual => number >= *other,
            Comparison::Less => number < *other,
            Comparison::LessOrEqual => number <= *other,
        }),
        Test::InLastDays(days) => number.is_some_and(|at| {
            let ago = now - at as i64;
            0 <= ago && ago < i64::from(*days) * DAY
        }),
        Test::InNextDays(days) => number.is_some_and(|at| {
            let ahead = at as i64 - now;
            0 < ahead && ahead <= i64::from(*days) * DAY
        }),
    }
}
