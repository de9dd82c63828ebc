//! What conditions say, and what is refused.

use std::convert::Infallible;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::object::ObjectTypeId;

const DAY: i64 = 24 * 60 * 60;

/// A person with one attribute, and events at these times.
struct Known<'a> {
    value: Option<&'a str>,
    events: &'a [i64],
}

impl Facts for Known<'_> {
    type Error = Infallible;

    fn attribute(&mut self, _: &str) -> Result<Option<String>, Infallible> {
        Ok(self.value.map(str::to_owned))
    }

    fn is_member(&mut self, segment: SegmentId) -> Result<bool, Infallible> {
        Ok(segment == SegmentId(7))
    }

    fn events(&mut self, condition: &EventCondition, now: i64) -> Result<EventTimes, Infallible> {
        let mut past: Vec<i64> = self
            .events
            .iter()
            .copied()
            .filter(|at| *at <= now)
            .collect();
        past.sort_unstable_by(|one, other| other.cmp(one));
        Ok(EventTimes {
            nth_last: past.get(condition.at_least as usize - 1).copied(),
            next: self.events.iter().copied().filter(|at| *at > now).min(),
        })
    }
}

fn definition(json: &Value) -> Condition {
    Condition::from_json(json, "condition", Grammar::Definition).unwrap()
}

fn verdict(json: &Value, now: i64, value: Option<&str>, events: &[i64]) -> (bool, Option<i64>) {
    let Ok(verdict) = evaluate(&definition(json), now, &mut Known { value, events });
    (verdict.holds, verdict.until)
}

fn attribute(operator: &str, value: impl Into<Value>) -> Value {
    json!({ "attribute": { "field": "a", "operator": operator, "value": value.into() } })
}

#[test]
fn attributes_are_compared_as_they_are_shown() {
    let holds = |json: Value, value: &str| verdict(&json, 0, Some(value), &[]).0;
    assert!(holds(attribute("eq", "pro"), "pro"));
    assert!(!holds(attribute("eq", "pro"), "Pro"));
    assert!(holds(attribute("eq", true), "true"));
    assert!(holds(attribute("eq", 5), "5"));
    assert!(holds(attribute("contains", "ro"), "pro"));
    assert!(holds(attribute("gt", 9), "10"));
    assert!(holds(attribute("lte", "9.5"), "9.5"));
    assert!(!holds(attribute("lt", 10), "nine"));
    for word in ["Infinity", "inf", "NaN"] {
        assert!(!holds(attribute("gt", 9), word), "{word} is no number");
    }
    let email = json!({"attribute": {"field": "email", "operator": "eq", "value": "Ana@X.test"}});
    assert!(holds(email, "ana@x.TEST"));
    let exists = json!({"attribute": {"field": "a", "operator": "exists"}});
    assert!(holds(exists.clone(), "x"));
    for json in [exists, attribute("eq", "x"), attribute("lt", 5)] {
        assert_eq!(verdict(&json, 0, None, &[]), (false, None));
    }
}

#[test]
fn parts_are_combined() {
    let [yes, no] = [7, 8].map(|id| json!({ "segment": { "id": id } }));
    let holds = |json: Value| verdict(&json, 0, None, &[]).0;
    assert!(holds(json!({ "and": [yes, yes] })));
    assert!(!holds(json!({ "and": [yes, no] })));
    assert!(holds(json!({ "or": [no, yes] })));
    assert!(!holds(json!({ "or": [no, no] })));
    assert!(holds(json!({ "not": { "and": [yes, no] } })));
}

#[test]
fn a_time_is_near_for_so_many_days() {
    let last = attribute("in_last_days", 2);
    let at = |now| verdict(&last, now, Some("1000"), &[]);
    assert_eq!(at(999), (false, Some(1000)));
    assert_eq!(at(1000), (true, Some(1000 + 2 * DAY)));
    assert_eq!(at(1000 + 2 * DAY - 1), (true, Some(1000 + 2 * DAY)));
    assert_eq!(at(1000 + 2 * DAY), (false, None));
    let next = attribute("in_next_days", 1);
    let at = |now| verdict(&next, now, Some("1000.9"), &[]);
    assert_eq!(at(999 - DAY), (false, Some(1000 - DAY)));
    assert_eq!(at(1000 - DAY), (true, Some(1000)));
    assert_eq!(at(1000), (false, None));
    assert_eq!(verdict(&next, 0, Some("soon"), &[]), (false, None));
}

#[test]
fn events_count_in_their_days() {
    let twice = json!({ "event": { "name": "e", "at_least": 2, "in_last_days": 1 } });
    assert_eq!(verdict(&twice, 100, None, &[90]), (false, None));
    assert_eq!(
        verdict(&twice, 100, None, &[90, 95]),
        (true, Some(90 + DAY))
    );
    assert_eq!(verdict(&twice, 90 + DAY, None, &[90, 95]), (false, None));
    assert_eq!(
        verdict(&twice, 100, None, &[90, 150, 120]),
        (false, Some(120))
    );
    let ever = json!({ "event": { "name": "e" } });
    assert_eq!(verdict(&ever, 1 << 40, None, &[1]), (true, None));
    assert_eq!(verdict(&ever, 0, None, &[1]), (false, Some(1)));
}

#[test]
fn the_earliest_change_of_any_part_counts() {
    let json = json!({ "or": [
        { "event": { "name": "e", "in_last_days": 3 } },
        { "not": { "event": { "name": "e", "in_last_days": 1 } } },
    ] });
    assert_eq!(verdict(&json, 10, None, &[0]), (true, Some(DAY)));
}

#[test]
fn data_of_events_are_conditions_too() {
    let json = json!({ "event": { "name": "order", "data": [
        { "field": "total", "operator": "gte", "value": 50 },
        { "field": "gift", "operator": "eq", "value": true },
    ] } });
    let condition = definition(&json);
    let event = condition.events()[0].clone();
    let matches = |data: Option<&str>| event.matches(&ActivityKind::EVENT, Some("order"), data);
    assert!(matches(Some(r#"{"total":50.5,"gift":true}"#)));
    assert!(!matches(Some(r#"{"total":50.5,"gift":false}"#)));
    assert!(!matches(Some(r#"{"total":null,"gift":true}"#)));
    assert!(!matches(None));
    assert!(!event.matches(&ActivityKind::PAGE, Some("order"), Some(r#"{"total":90}"#)));
    assert!(!event.matches(&ActivityKind::EVENT, Some("other"), Some(r#"{"total":90}"#)));
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let refusal = |grammar, json: Value| {
        let error = Condition::from_json(&json, "filter", grammar).unwrap_err();
        error.to_string()
    };
    let filter = |json| refusal(Grammar::Filter, json);
    let one_of = "must be an object with exactly one of and, or, not, segment or attribute";
    for json in [
        json!(null),
        json!([]),
        json!({}),
        json!({"event": {"name": "e"}}),
    ] {
        assert!(filter(json).ends_with(one_of));
    }
    let two = json!({"segment": {"id": 1}, "not": {}});
    assert_eq!(filter(two), format!("\"filter\" {one_of}"));
    assert_eq!(
        filter(json!({ "and": [] })),
        "\"filter.and\" must be a list of at least one condition"
    );
    assert_eq!(
        filter(json!({ "and": [{ "segment": { "id": "x" } }] })),
        "\"filter.and[0].segment.id\" must be the number of a segment"
    );
    assert_eq!(
        filter(attribute("gt", 1)),
        "\"filter.attribute.operator\" must be eq or exists"
    );
    assert_eq!(
        filter(attribute("eq", "")),
        "\"filter.attribute.value\" must be a text that is not empty, a number or a boolean"
    );
    assert_eq!(
        filter(json!({"attribute": {"field": "", "operator": "exists"}})),
        "\"filter.attribute.field\" must be a text of 1 to 150 bytes"
    );
    assert_eq!(
        filter(json!({"attribute": {"feild": "a", "operator": "exists"}})),
        "\"filter.attribute\" has an unknown property \"feild\"; known are field, operator, value"
    );
    let many = json!({ "or": vec![json!({ "segment": { "id": 1 } }); 1_000] });
    assert_eq!(
        filter(many),
        "\"filter.or[999]\" is too long: it has more than 1000 parts"
    );
    let definition = |json| refusal(Grammar::Definition, json);
    assert_eq!(
        definition(json!({ "event": { "name": "e", "at_least": 0 } })),
        "\"filter.event.at_least\" must be a number from 1 to 1000"
    );
    assert_eq!(
        definition(json!({ "event": { "name": "e", "in_last_days": 9_000 } })),
        "\"filter.event.in_last_days\" must be a number of days from 1 to 3650"
    );
    assert_eq!(
        definition(json!({ "event": { "name": "e", "type": "click" } })),
        "\"filter.event.type\" must be event, page or screen"
    );
    let today = json!([{ "field": "at", "operator": "in_last_days", "value": 3 }]);
    assert_eq!(
        definition(json!({ "event": { "name": "e", "data": today } })),
        "\"filter.event.data[0].operator\" cannot compare data of an event with today"
    );
    assert_eq!(
        definition(attribute("gt", "many")),
        "\"filter.attribute.value\" must be a number"
    );
}

#[test]
fn objects_are_filtered_by_attributes_of_their_type() {
    let read = |json: Value| {
        Condition::from_json(&json, "filter", Grammar::Objects(ObjectTypeId(3)))
            .map_err(|error| error.to_string())
    };
    let leaf = |type_id: Value| {
        json!({ "object_attribute": {
            "field": "plan", "operator": "eq", "value": "pro", "type_id": type_id,
        } })
    };
    let pro = Condition::Attribute(AttributeCondition {
        field: "plan".to_owned(),
        test: Test::Equals("pro".to_owned()),
    });
    for type_id in [json!("3"), json!(3)] {
        assert_eq!(read(leaf(type_id)), Ok(pro.clone()));
    }
    assert_eq!(
        read(leaf(json!("4"))),
        Err("\"filter.object_attribute.type_id\" must be 3, the type that is searched".to_owned())
    );
    let kinds = "must be an object with exactly one of and, or, not or object_attribute";
    for json in [json!({ "segment": { "id": 1 } }), attribute("eq", "x")] {
        assert_eq!(read(json), Err(format!("\"filter\" {kinds}")));
    }
    let of_people = Condition::from_json(&leaf(json!(3)), "filter", Grammar::Filter);
    assert!(of_people.is_err());
}

fn tests() -> impl Strategy<Value = Test> {
    let comparison = prop_oneof![
        Just(Comparison::Greater),
        Just(Comparison::GreaterOrEqual),
        Just(Comparison::Less),
        Just(Comparison::LessOrEqual),
    ];
    prop_oneof![
        Just(Test::Exists),
        "[a-z]{1,3}".prop_map(Test::Equals),
        "[a-z]{1,3}".prop_map(Test::Contains),
        (comparison, -1e9..1e9f64).prop_map(|(how, number)| Test::Compares(how, number)),
        (1..=3650u32).prop_map(Test::InLastDays),
        (1..=3650u32).prop_map(Test::InNextDays),
    ]
}

fn conditions() -> impl Strategy<Value = Condition> {
    let attribute = ("[a-z]{1,3}", tests())
        .prop_map(|(field, test)| Condition::Attribute(AttributeCondition { field, test }));
    let event = ("[a-z]{1,3}", 1..=1000u32, prop::option::of(1..=3650u32)).prop_map(
        |(name, at_least, in_last_days)| {
            Condition::Event(EventCondition {
                kind: ActivityKind::SCREEN,
                name,
                data: vec![AttributeCondition {
                    field: "f".to_owned(),
                    test: Test::Exists,
                }],
                at_least,
                in_last_days,
            })
        },
    );
    let segment = any::<u32>().prop_map(|id| Condition::Segment(SegmentId(id)));
    prop_oneof![attribute, event, segment].prop_recursive(4, 24, 3, |inner| {
        let parts = prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            parts.clone().prop_map(Condition::All),
            parts.prop_map(Condition::Any),
            inner.prop_map(|part| Condition::Not(Box::new(part))),
        ]
    })
}

proptest! {
    #[test]
    fn every_condition_reads_back(condition in conditions()) {
        prop_assert_eq!(definition(&condition.to_json()), condition);
    }

    #[test]
    fn a_verdict_stays_until_it_says(
        condition in conditions(),
        value in prop::option::of(-400 * DAY..400 * DAY),
        events in prop::collection::vec(-400 * DAY..400 * DAY, 0..4),
        part in 0.0..1.0f64,
    ) {
        let text = value.map(|value| value.to_string());
        let at = |now| {
            let mut known = Known { value: text.as_deref(), events: &events };
            let Ok(verdict) = evaluate(&condition, now, &mut known);
            verdict
        };
        let first = at(0);
        let end = first.until.unwrap_or(10_000 * DAY);
        prop_assert!(end > 0);
        let later = (end as f64 * part) as i64;
        prop_assert_eq!(at(later.min(end - 1)).holds, first.holds);
        prop_assert_eq!(at(end - 1).holds, first.holds);
    }
}
