//! Conditions as JSON: the grammar of the App API's filters, and what the definition of a
//! segment may say beyond it.

use std::fmt;

use serde_json::{Map, Value, json};

use super::{AttributeCondition, Comparison, Condition, EventCondition, Test};
use crate::activity::ActivityKind;
use crate::attribute::display;
use crate::limits::{
    ATTRIBUTE_NAME_BYTES_MAX, ATTRIBUTE_VALUE_BYTES_MAX, CONDITION_DAYS_MAX, CONDITION_TIMES_MAX,
    DEFINITION_PARTS_MAX, EVENT_NAME_BYTES_MAX, FILTER_PARTS_MAX, SEGMENT_TEXT_BYTES_MAX,
};
use crate::object::ObjectTypeId;
use crate::segment::SegmentId;

/// What may be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grammar {
    /// A filter of the App API: segments, and attributes with `eq` and `exists`.
    Filter,
    /// The definition of a segment: events and more operators, too.
    Definition,
    /// A filter of objects of this type: `object_attribute` with `eq` and `exists`.
    Objects(ObjectTypeId),
}

impl Grammar {
    fn parts_max(self) -> usize {
        match self {
            Grammar::Filter | Grammar::Objects(_) => FILTER_PARTS_MAX,
            Grammar::Definition => DEFINITION_PARTS_MAX,
        }
    }
}

/// What is wrong with a condition, and where in it: `filter.and[1].attribute`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionError {
    path: String,
    reason: String,
}

impl fmt::Display for ConditionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\"{}\" {}", self.path, self.reason)
    }
}

impl std::error::Error for ConditionError {}

impl ConditionError {
    /// Where in the condition.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl Condition {
    /// Reads a condition. `path` is what the caller calls it, for errors.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn from_json(
        value: &Value,
        path: &str,
        grammar: Grammar,
    ) -> Result<Condition, ConditionError> {
        read(value, path, grammar, segment_id)
    }

    /// The same condition as JSON, in the grammar of definitions.
    pub fn to_json(&self) -> Value {
        write(self, &|segment| json!({ "id": segment.0 }))
    }
}

impl Condition<String> {
    /// Reads the definition of a segment that asks for others by name.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn from_json_by_name(
        value: &Value,
        path: &str,
    ) -> Result<Condition<String>, ConditionError> {
        read(value, path, Grammar::Definition, segment_name)
    }

    /// The same condition as JSON.
    pub fn to_json_by_name(&self) -> Value {
        write(self, &|name| json!({ "name": name }))
    }
}

fn read<S>(
    value: &Value,
    path: &str,
    grammar: Grammar,
    segment: ReadSegment<S>,
) -> Result<Condition<S>, ConditionError> {
    let mut reader = Reader {
        grammar,
        parts: 0,
        segment,
    };
    reader.condition(value, path)
}

fn write<S>(condition: &Condition<S>, segment: &impl Fn(&S) -> Value) -> Value {
    let list = |parts: &[Condition<S>]| -> Vec<Value> {
        parts.iter().map(|part| write(part, segment)).collect()
    };
    match condition {
        Condition::All(parts) => json!({ "and": list(parts) }),
        Condition::Any(parts) => json!({ "or": list(parts) }),
        Condition::Not(part) => json!({ "not": write(part, segment) }),
        Condition::Segment(asked) => json!({ "segment": segment(asked) }),
        Condition::Attribute(attribute) => json!({ "attribute": attribute_json(attribute) }),
        Condition::Event(event) => json!({ "event": event_json(event) }),
    }
}

fn attribute_json(attribute: &AttributeCondition) -> Value {
    let (operator, value) = match &attribute.test {
        Test::Exists => ("exists", None),
        Test::Equals(text) => ("eq", Some(text.as_str().into())),
        Test::Contains(text) => ("contains", Some(text.as_str().into())),
        Test::Compares(comparison, number) => {
            let operator = COMPARISONS.iter().find(|(_, known)| known == comparison);
            (
                operator.map_or("", |(name, _)| name),
                Some(number_json(*number)),
            )
        }
        Test::InLastDays(days) => ("in_last_days", Some((*days).into())),
        Test::InNextDays(days) => ("in_next_days", Some((*days).into())),
    };
    let mut object = Map::new();
    object.insert("field".to_owned(), attribute.field.as_str().into());
    object.insert("operator".to_owned(), operator.into());
    if let Some(value) = value {
        object.insert("value".to_owned(), value);
    }
    Value::Object(object)
}

/// A whole number without a point, as people write it.
fn number_json(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        (number as i64).into()
    } else {
        number.into()
    }
}

fn event_json(event: &EventCondition) -> Value {
    let mut object = Map::new();
    if event.kind != ActivityKind::EVENT {
        object.insert("type".to_owned(), event.kind.as_str().into());
    }
    object.insert("name".to_owned(), event.name.as_str().into());
    object.insert("at_least".to_owned(), event.at_least.into());
    if let Some(days) = event.in_last_days {
        object.insert("in_last_days".to_owned(), days.into());
    }
    if !event.data.is_empty() {
        let data = event.data.iter().map(attribute_json).collect();
        object.insert("data".to_owned(), Value::Array(data));
    }
    Value::Object(object)
}

const COMPARISONS: [(&str, Comparison); 4] = [
    ("gt", Comparison::Greater),
    ("gte", Comparison::GreaterOrEqual),
    ("lt", Comparison::Less),
    ("lte", Comparison::LessOrEqual),
];

/// Reads how a condition asks for a segment.
type ReadSegment<S> = fn(&Value, &str) -> Result<S, ConditionError>;

struct Reader<S> {
    grammar: Grammar,
    parts: usize,
    segment: ReadSegment<S>,
}

impl<S> Reader<S> {
    fn condition(&mut self, value: &Value, path: &str) -> Result<Condition<S>, ConditionError> {
        self.parts += 1;
        let most = self.grammar.parts_max();
        if self.parts > most {
            return Err(error(
                path,
                format!("is too long: it has more than {most} parts"),
            ));
        }
        let kinds = match self.grammar {
            Grammar::Filter => "and, or, not, segment or attribute",
            Grammar::Definition => "and, or, not, segment, attribute or event",
            Grammar::Objects(_) => "and, or, not or object_attribute",
        };
        let wrong = || {
            error(
                path,
                format!("must be an object with exactly one of {kinds}"),
            )
        };
        let object = value.as_object().ok_or_else(wrong)?;
        let mut properties = object.iter();
        let (Some((kind, inner)), None) = (properties.next(), properties.next()) else {
            return Err(wrong());
        };
        let path = format!("{path}.{kind}");
        match kind.as_str() {
            "and" => Ok(Condition::All(self.list(inner, &path)?)),
            "or" => Ok(Condition::Any(self.list(inner, &path)?)),
            "not" => Ok(Condition::Not(Box::new(self.condition(inner, &path)?))),
            "object_attribute" => match self.grammar {
                Grammar::Objects(type_id) => self.object_attribute(inner, &path, type_id),
                _ => Err(wrong()),
            },
            _ if matches!(self.grammar, Grammar::Objects(_)) => Err(wrong()),
            "segment" => (self.segment)(inner, &path).map(Condition::Segment),
            "attribute" => {
                let object = known(inner, &path, &["field", "operator", "value"])?;
                self.attribute(object, &path).map(Condition::Attribute)
            }
            "event" if self.grammar == Grammar::Definition => {
                self.event(inner, &path).map(Condition::Event)
            }
            _ => Err(wrong()),
        }
    }

    fn list(&mut self, value: &Value, path: &str) -> Result<Vec<Condition<S>>, ConditionError> {
        let parts = value
            .as_array()
            .filter(|parts| !parts.is_empty())
            .ok_or_else(|| error(path, "must be a list of at least one condition"))?;
        let numbered = parts.iter().enumerate();
        numbered
            .map(|(number, part)| self.condition(part, &format!("{path}[{number}]")))
            .collect()
    }

    /// An attribute of an object; the type may be said again.
    fn object_attribute(
        &mut self,
        value: &Value,
        path: &str,
        type_id: ObjectTypeId,
    ) -> Result<Condition<S>, ConditionError> {
        let object = known(value, path, &["field", "operator", "value", "type_id"])?;
        let is_same = object.get("type_id").is_none_or(|given| match given {
            Value::String(text) => *text == type_id.to_string(),
            given => given.as_u64() == Some(type_id.0.into()),
        });
        if !is_same {
            let path = format!("{path}.type_id");
            return Err(error(
                &path,
                format!("must be {type_id}, the type that is searched"),
            ));
        }
        self.attribute(object, path).map(Condition::Attribute)
    }

    fn attribute(
        &mut self,
        object: &Map<String, Value>,
        path: &str,
    ) -> Result<AttributeCondition, ConditionError> {
        let field = name(object, "field", path, ATTRIBUTE_NAME_BYTES_MAX)?;
        let operators = match self.grammar {
            Grammar::Filter | Grammar::Objects(_) => "eq or exists",
            Grammar::Definition => {
                "eq, exists, contains, gt, gte, lt, lte, in_last_days or in_next_days"
            }
        };
        let unknown = || error(&format!("{path}.operator"), format!("must be {operators}"));
        let operator = object
            .get("operator")
            .and_then(Value::as_str)
            .ok_or_else(unknown)?;
        let comparison = COMPARISONS.iter().find(|(known, _)| *known == operator);
        let test = match operator {
            "eq" => Test::Equals(text(object, path)?),
            "exists" => Test::Exists,
            _ if self.grammar != Grammar::Definition => return Err(unknown()),
            "contains" => Test::Contains(text(object, path)?),
            "in_last_days" => Test::InLastDays(days(object, "value", path)?),
            "in_next_days" => Test::InNextDays(days(object, "value", path)?),
            _ => {
                let (_, comparison) = comparison.ok_or_else(unknown)?;
                Test::Compares(*comparison, number(object, path)?)
            }
        };
        Ok(AttributeCondition { field, test })
    }

    fn event(&mut self, value: &Value, path: &str) -> Result<EventCondition, ConditionError> {
        let properties = ["type", "name", "at_least", "in_last_days", "data"];
        let object = known(value, path, &properties)?;
        let kind = match object.get("type").map(Value::as_str) {
            None => ActivityKind::EVENT,
            Some(Some("event")) => ActivityKind::EVENT,
            Some(Some("page")) => ActivityKind::PAGE,
            Some(Some("screen")) => ActivityKind::SCREEN,
            Some(_) => {
                let path = format!("{path}.type");
                return Err(error(&path, "must be event, page or screen"));
            }
        };
        // The name of a page is its URL, as long as a value may be.
        let longest = EVENT_NAME_BYTES_MAX.max(ATTRIBUTE_VALUE_BYTES_MAX);
        let name = name(object, "name", path, longest)?;
        let at_least = match object.get("at_least") {
            None => 1,
            Some(value) => whole(value, CONDITION_TIMES_MAX).ok_or_else(|| {
                let path = format!("{path}.at_least");
                error(
                    &path,
                    format!("must be a number from 1 to {CONDITION_TIMES_MAX}"),
                )
            })?,
        };
        let in_last_days = match object.get("in_last_days") {
            None => None,
            Some(_) => Some(days(object, "in_last_days", path)?),
        };
        let data = match object.get("data") {
            None => Vec::new(),
            Some(value) => self.data(value, &format!("{path}.data"))?,
        };
        Ok(EventCondition {
            kind,
            name,
            data,
            at_least,
            in_last_days,
        })
    }

    fn data(
        &mut self,
        value: &Value,
        path: &str,
    ) -> Result<Vec<AttributeCondition>, ConditionError> {
        let list = value
            .as_array()
            .ok_or_else(|| error(path, "must be a list of conditions on the event's data"))?;
        let mut data = Vec::new();
        for (number, one) in list.iter().enumerate() {
            let path = format!("{path}[{number}]");
            self.parts += 1;
            let one = known(one, &path, &["field", "operator", "value"])?;
            let one = self.attribute(one, &path)?;
            if matches!(one.test, Test::InLastDays(_) | Test::InNextDays(_)) {
                let path = format!("{path}.operator");
                return Err(error(&path, "cannot compare data of an event with today"));
            }
            data.push(one);
        }
        Ok(data)
    }
}

fn segment_name(value: &Value, path: &str) -> Result<String, ConditionError> {
    let object = known(value, path, &["name"])?;
    name(object, "name", path, SEGMENT_TEXT_BYTES_MAX)
}

fn segment_id(value: &Value, path: &str) -> Result<SegmentId, ConditionError> {
    let id = known(value, path, &["id"])?.get("id");
    // Clients of strict types send numbers as texts.
    let id = id.and_then(|id| match id {
        Value::String(text) => text.parse().ok(),
        id => id.as_u64(),
    });
    id.and_then(|id| u32::try_from(id).ok())
        .map(SegmentId)
        .ok_or_else(|| error(&format!("{path}.id"), "must be the number of a segment"))
}

/// The object, if it has no other properties: what is misspelled must not be passed over.
fn known<'a>(
    value: &'a Value,
    path: &str,
    properties: &[&str],
) -> Result<&'a Map<String, Value>, ConditionError> {
    let names = properties.join(", ");
    let object = value
        .as_object()
        .ok_or_else(|| error(path, format!("must be an object with {names}")))?;
    match object
        .keys()
        .find(|key| !properties.contains(&key.as_str()))
    {
        Some(key) => {
            let key: String = key.chars().take(50).collect();
            Err(error(
                path,
                format!("has an unknown property \"{key}\"; known are {names}"),
            ))
        }
        None => Ok(object),
    }
}

fn name(
    object: &Map<String, Value>,
    property: &str,
    path: &str,
    longest: usize,
) -> Result<String, ConditionError> {
    object
        .get(property)
        .and_then(Value::as_str)
        .filter(|name| !name.is_empty() && name.len() <= longest)
        .map(str::to_owned)
        .ok_or_else(|| {
            let path = format!("{path}.{property}");
            error(&path, format!("must be a text of 1 to {longest} bytes"))
        })
}

/// A scalar, as attributes are shown: `true` means the text `true`.
fn text(object: &Map<String, Value>, path: &str) -> Result<String, ConditionError> {
    let value = object.get("value").filter(|value| {
        let is_scalar = value.is_string() || value.is_number() || value.is_boolean();
        is_scalar && value.as_str() != Some("")
    });
    value
        .map(|value| display(&value.to_string()))
        .ok_or_else(|| {
            let path = format!("{path}.value");
            error(
                &path,
                "must be a text that is not empty, a number or a boolean",
            )
        })
}

fn number(object: &Map<String, Value>, path: &str) -> Result<f64, ConditionError> {
    let number = object.get("value").and_then(|value| match value {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_f64(),
    });
    number
        .filter(|number| number.is_finite())
        .ok_or_else(|| error(&format!("{path}.value"), "must be a number"))
}

fn days(object: &Map<String, Value>, property: &str, path: &str) -> Result<u32, ConditionError> {
    object
        .get(property)
        .and_then(|value| whole(value, CONDITION_DAYS_MAX))
        .ok_or_else(|| {
            let path = format!("{path}.{property}");
            error(
                &path,
                format!("must be a number of days from 1 to {CONDITION_DAYS_MAX}"),
            )
        })
}

/// A whole number from 1.
fn whole(value: &Value, most: u32) -> Option<u32> {
    let number = match value {
        Value::String(text) => text.parse().ok()?,
        value => value.as_u64()?,
    };
    u32::try_from(number)
        .ok()
        .filter(|number| (1..=most).contains(number))
}

fn error(path: &str, reason: impl Into<String>) -> ConditionError {
    ConditionError {
        path: path.to_owned(),
        reason: reason.into(),
    }
}
