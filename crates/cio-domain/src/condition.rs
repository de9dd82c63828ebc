//! Conditions on people: what a filter of the App API and the definition of a data-driven
//! segment say.

mod evaluate;
mod json;
#[cfg(test)]
mod tests;

pub use evaluate::{EventTimes, Facts, Verdict, evaluate};
pub use json::{ConditionError, Grammar};

use crate::activity::ActivityKind;
use crate::segment::SegmentId;

/// What is true of a person, or not. Segments are asked for by number; where a definition
/// is moved between workspaces, by name.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition<S = SegmentId> {
    /// All of these: `and`.
    All(Vec<Condition<S>>),
    /// Any of these: `or`.
    Any(Vec<Condition<S>>),
    /// Not this: `not`.
    Not(Box<Condition<S>>),
    /// The person is in this segment.
    Segment(S),
    /// An attribute is so; `id`, `email` and `cio_id` count as attributes.
    Attribute(AttributeCondition),
    /// The person did this so often.
    Event(EventCondition),
}

/// What an attribute is.
#[derive(Debug, Clone, PartialEq)]
pub struct AttributeCondition {
    /// Its name, in its letter case.
    pub field: String,
    /// What its value is.
    pub test: Test,
}

/// What a value is. A value that is not there passes none.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// There is one.
    Exists,
    /// It is shown as this text; an email in any letter case.
    Equals(String),
    /// The text it is shown as has this in it.
    Contains(String),
    /// It is a number that compares so.
    Compares(Comparison, f64),
    /// It is a time in the last so many days, now included.
    InLastDays(u32),
    /// It is a time in the next so many days.
    InNextDays(u32),
}

/// How two numbers compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
}

/// What a person did, and how often.
#[derive(Debug, Clone, PartialEq)]
pub struct EventCondition {
    /// `event`, `page` or `screen`.
    pub kind: ActivityKind,
    /// Its name; of a page, its URL.
    pub name: String,
    /// What its data say; all of it.
    pub data: Vec<AttributeCondition>,
    /// How often at least, from 1.
    pub at_least: u32,
    /// In how many days up to now. `None`: ever.
    pub in_last_days: Option<u32>,
}

impl EventCondition {
    /// Whether whatever is such an event for one is for the other.
    pub fn is_of_same_event(&self, other: &EventCondition) -> bool {
        self.kind == other.kind && self.name == other.name && self.data == other.data
    }

    /// Whether an activity is such an event.
    pub fn matches(&self, kind: &ActivityKind, name: Option<&str>, data: Option<&str>) -> bool {
        if *kind != self.kind || name != Some(self.name.as_str()) {
            return false;
        }
        if self.data.is_empty() {
            return true;
        }
        let data = data.and_then(|data| serde_json::from_str::<serde_json::Value>(data).ok());
        self.data.iter().all(|condition| {
            let value = data.as_ref().and_then(|data| data.get(&condition.field));
            let text = value.filter(|value| !value.is_null()).map(|value| {
                let json = value.to_string();
                crate::attribute::display(&json)
            });
            // A time in the data does not move: it is compared with no clock.
            evaluate::passes(&condition.test, text.as_deref(), 0, &condition.field).holds
        })
    }
}

impl<S> Condition<S> {
    /// Calls `visit` with every condition in it, itself first.
    pub fn visit<'a>(&'a self, visit: &mut impl FnMut(&'a Condition<S>)) {
        visit(self);
        match self {
            Condition::All(parts) | Condition::Any(parts) => {
                for part in parts {
                    part.visit(visit);
                }
            }
            Condition::Not(part) => part.visit(visit),
            Condition::Segment(_) | Condition::Attribute(_) | Condition::Event(_) => {}
        }
    }

    /// The segments it asks for.
    pub fn segments(&self) -> Vec<S>
    where
        S: Clone + Ord,
    {
        let mut found = Vec::new();
        self.visit(&mut |part| {
            if let Condition::Segment(segment) = part {
                found.push(segment.clone());
            }
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The same condition with its segments named in another way.
    ///
    /// # Errors
    /// The first that `rename` fails with.
    pub fn rename_segments<T, E>(
        &self,
        rename: &mut impl FnMut(&S) -> Result<T, E>,
    ) -> Result<Condition<T>, E> {
        let mut all = |parts: &[Condition<S>]| -> Result<Vec<Condition<T>>, E> {
            let parts = parts.iter();
            parts.map(|part| part.rename_segments(rename)).collect()
        };
        Ok(match self {
            Condition::All(parts) => Condition::All(all(parts)?),
            Condition::Any(parts) => Condition::Any(all(parts)?),
            Condition::Not(part) => Condition::Not(Box::new(part.rename_segments(rename)?)),
            Condition::Segment(segment) => Condition::Segment(rename(segment)?),
            Condition::Attribute(attribute) => Condition::Attribute(attribute.clone()),
            Condition::Event(event) => Condition::Event(event.clone()),
        })
    }

    /// The attributes it asks for.
    pub fn fields(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.visit(&mut |part| {
            if let Condition::Attribute(attribute) = part {
                found.push(attribute.field.as_str());
            }
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The events it asks for, however often and however long ago: the first condition on
    /// each.
    pub fn events(&self) -> Vec<&EventCondition> {
        let mut found: Vec<&EventCondition> = Vec::new();
        self.visit(&mut |part| {
            if let Condition::Event(event) = part
                && !found.iter().any(|other| other.is_of_same_event(event))
            {
                found.push(event);
            }
        });
        found
    }
}
