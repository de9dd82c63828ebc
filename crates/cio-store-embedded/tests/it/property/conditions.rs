//! What segments ask for, over the same tiny alphabet.

use cio_domain::activity::ActivityKind;
use cio_domain::condition::{AttributeCondition, Comparison, Condition, EventCondition, Test};
use cio_domain::segment::{NewSegment, SegmentId};
use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::select;

const NAMES: [(&str, &str); 3] = [("id", "1"), ("email", "A@x.io"), ("cio_id", "00000002")];

/// One in four is manual.
pub(super) fn segment() -> impl Strategy<Value = NewSegment> {
    let name = select(&["s", "t"][..]);
    (name, weighted(0.75, condition())).prop_map(|(name, condition)| NewSegment {
        name: name.to_owned(),
        description: String::new(),
        condition,
    })
}

fn condition() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        4 => attribute().prop_map(Condition::Attribute),
        4 => event().prop_map(Condition::Event),
        2 => (1..5_u32).prop_map(|id| Condition::Segment(SegmentId(id))),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        let parts = vec(inner.clone(), 1..4);
        prop_oneof![
            2 => parts.clone().prop_map(Condition::All),
            2 => parts.prop_map(Condition::Any),
            1 => inner.prop_map(|it| Condition::Not(Box::new(it))),
        ]
    })
}

fn days() -> impl Strategy<Value = u32> {
    select(&[1, 10, 30][..])
}

fn test() -> impl Strategy<Value = Test> {
    prop_oneof![
        3 => (0..9_u8).prop_map(|n| Test::Equals(n.to_string())),
        1 => Just(Test::Exists),
        1 => Just(Test::Contains("1".to_owned())),
        1 => (0..9_u8).prop_map(|n| Test::Compares(Comparison::GreaterOrEqual, n.into())),
    ]
}

fn attribute() -> impl Strategy<Value = AttributeCondition> {
    let own = select(&["p", "q"][..]).prop_map(str::to_owned);
    let near = prop_oneof![
        days().prop_map(Test::InLastDays),
        days().prop_map(Test::InNextDays),
    ];
    prop_oneof![
        4 => (own.clone(), test()).prop_map(|(field, test)| AttributeCondition { field, test }),
        2 => (own, near).prop_map(|(field, test)| AttributeCondition { field, test }),
        1 => (select(&NAMES[..]), of(Just(()))).prop_map(|((field, value), exists)| {
            AttributeCondition {
                field: field.to_owned(),
                test: exists.map_or_else(|| Test::Equals(value.to_owned()), |()| Test::Exists),
            }
        }),
    ]
}

fn event() -> impl Strategy<Value = EventCondition> {
    let kind = select(vec![ActivityKind::EVENT, ActivityKind::PAGE]);
    let name = select(&["e", "f", "g", "h"][..]);
    let data = test().prop_map(|test| AttributeCondition {
        field: "n".to_owned(),
        test,
    });
    let data = prop_oneof![3 => Just(Vec::new()), 1 => vec(data, 1)];
    (kind, name, data, 1..3_u32, of(days())).prop_map(
        |(kind, name, data, at_least, in_last_days)| EventCondition {
            kind,
            name: name.to_owned(),
            data,
            at_least,
            in_last_days,
        },
    )
}
