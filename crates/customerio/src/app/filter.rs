//! Filters: which people, or which objects.

use serde::Serialize;
use serde_json::{Value, json};

/// Which people: for [`Customers::search`](super::Customers::search),
/// [`BroadcastTrigger::filter`](super::BroadcastTrigger::filter) and
/// [`Exports::customers`](super::Exports::customers).
///
/// ```
/// use customerio::Filter;
///
/// // In segment 7, on the pro plan, and with any phone number.
/// let filter = Filter::segment(7)
///     .and(Filter::attribute("plan", "pro"))
///     .and(Filter::has_attribute("phone"));
/// // Neither.
/// let others = Filter::any([filter, Filter::segment(8)]).not();
/// # drop(others);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Filter(Value);

impl Filter {
    /// Everybody in this segment.
    pub fn segment(id: u64) -> Filter {
        Filter(json!({ "segment": { "id": id } }))
    }

    /// Everybody whose attribute has this value. The service compares texts.
    pub fn attribute(name: impl Into<String>, value: impl Into<String>) -> Filter {
        let (name, value) = (name.into(), value.into());
        Filter(json!({ "attribute": { "field": name, "operator": "eq", "value": value } }))
    }

    /// Everybody who has this attribute.
    pub fn has_attribute(name: impl Into<String>) -> Filter {
        Filter(json!({ "attribute": { "field": name.into(), "operator": "exists" } }))
    }

    /// Everybody there is.
    pub fn everybody() -> Filter {
        Filter::all([Filter::has_attribute("cio_id")])
    }

    /// Everybody whom all of these match.
    pub fn all(filters: impl IntoIterator<Item = Filter>) -> Filter {
        Filter(json!({ "and": filters.into_iter().collect::<Vec<Filter>>() }))
    }

    /// Everybody whom any of these matches.
    pub fn any(filters: impl IntoIterator<Item = Filter>) -> Filter {
        Filter(json!({ "or": filters.into_iter().collect::<Vec<Filter>>() }))
    }

    /// Everybody whom both match.
    #[must_use]
    pub fn and(self, other: Filter) -> Filter {
        Filter(join("and", self.0, other.0))
    }

    /// Everybody whom one or the other matches.
    #[must_use]
    pub fn or(self, other: Filter) -> Filter {
        Filter(join("or", self.0, other.0))
    }

    /// Everybody else.
    #[must_use]
    #[expect(
        clippy::should_implement_trait,
        reason = "it reads like the others, and `!` would hide in a chain of calls"
    )]
    pub fn not(self) -> Filter {
        Filter(json!({ "not": self.0 }))
    }
}

/// Which objects of a type: for [`Objects::search`](super::Objects::search). Its leaves
/// name the type again, as the service wants it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct ObjectFilter(Value);

impl ObjectFilter {
    /// Every object of this type whose attribute has this value.
    pub fn attribute(
        object_type_id: impl Into<String>,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> ObjectFilter {
        ObjectFilter(json!({ "object_attribute": {
            "field": name.into(),
            "operator": "eq",
            "value": value.into(),
            "type_id": object_type_id.into(),
        } }))
    }

    /// Every object of this type that has this attribute.
    pub fn has_attribute(
        object_type_id: impl Into<String>,
        name: impl Into<String>,
    ) -> ObjectFilter {
        ObjectFilter(json!({ "object_attribute": {
            "field": name.into(),
            "operator": "exists",
            "type_id": object_type_id.into(),
        } }))
    }

    /// Every object that both match.
    #[must_use]
    pub fn and(self, other: ObjectFilter) -> ObjectFilter {
        ObjectFilter(join("and", self.0, other.0))
    }

    /// Every object that one or the other matches.
    #[must_use]
    pub fn or(self, other: ObjectFilter) -> ObjectFilter {
        ObjectFilter(join("or", self.0, other.0))
    }

    /// Every other object.
    #[must_use]
    #[expect(
        clippy::should_implement_trait,
        reason = "it reads like the others, and `!` would hide in a chain of calls"
    )]
    pub fn not(self) -> ObjectFilter {
        ObjectFilter(json!({ "not": self.0 }))
    }
}

/// A chain of the same connective stays flat, so that it does not nest with its length.
fn join(connective: &str, first: Value, second: Value) -> Value {
    let mut filters = match first {
        Value::Object(mut fields) if fields.contains_key(connective) => {
            match fields.remove(connective) {
                Some(Value::Array(filters)) => filters,
                _ => Vec::new(),
            }
        }
        other => vec![other],
    };
    filters.push(second);
    json!({ connective: filters })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar() {
        let plan = Filter::attribute("plan", "pro");
        let filter = Filter::segment(7)
            .and(plan)
            .and(Filter::has_attribute("phone").not());
        assert_eq!(
            json!(filter),
            json!({ "and": [
                { "segment": { "id": 7 } },
                { "attribute": { "field": "plan", "operator": "eq", "value": "pro" } },
                { "not": { "attribute": { "field": "phone", "operator": "exists" } } },
            ] })
        );
        assert_eq!(
            json!(Filter::any([
                Filter::segment(1),
                Filter::segment(2).or(Filter::segment(3))
            ])),
            json!({ "or": [
                { "segment": { "id": 1 } },
                { "or": [{ "segment": { "id": 2 } }, { "segment": { "id": 3 } }] },
            ] })
        );
        assert_eq!(
            json!(Filter::everybody()),
            json!({ "and": [{ "attribute": { "field": "cio_id", "operator": "exists" } }] })
        );
    }

    #[test]
    fn objects_name_their_type_in_every_leaf() {
        let filter = ObjectFilter::attribute("1", "plan", "pro")
            .or(ObjectFilter::has_attribute("1", "city").not());
        assert_eq!(
            json!(filter),
            json!({ "or": [
                { "object_attribute": { "field": "plan", "operator": "eq", "value": "pro", "type_id": "1" } },
                { "not": { "object_attribute": { "field": "city", "operator": "exists", "type_id": "1" } } },
            ] })
        );
    }
}
